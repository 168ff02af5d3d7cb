package cli

import (
	"errors"
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/coldstat/coldstat/parser/bundle"
)

// Of several bundles those behind the one whose turn it is are read ahead, on all cores:
// they are opened, and looked at. What is written, and all that is said, comes in the order
// of the command line, as if each were read when its turn comes.

// maxAhead bounds how many are read ahead on machines of many cores.
const maxAhead = 8

// A turn is a bundle whose turn it is, or that is read ahead of it.
type turn[T any] struct {
	// What is known of it when ready is closed.
	ready chan struct{}
	say   *talk // what was said on the way
	list  []*found[T]
	err   error
	close func()

	stop chan struct{} // closed when nobody wants it any more
	done chan struct{} // closed when nothing works on it
}

// A found is what is known of a machine when ready is closed.
type found[T any] struct {
	*machine
	ready chan struct{}
	say   *talk
	what  T
	err   error
}

// A queue has the bundles in the order of the command line.
type queue[T any] struct {
	reading
	look func(*machine) (T, error)

	most  int // how many may be open at once
	at    int // the number of the bundle whose turn it is
	next  int // and of the first that is not read ahead
	ahead []*turn[T]
	tally *tally // nil if there is but one bundle
}

func newQueue[T any](rd reading, look func(*machine) (T, error)) *queue[T] {
	q := &queue[T]{reading: rd, look: look, most: 1}
	if len(rd.bundles) == 1 {
		return q
	}
	if workers := min(runtime.GOMAXPROCS(0), maxAhead); workers > 1 {
		q.most = min(workers+1, len(rd.bundles))
	}
	q.tally = newTally(rd.Streams, len(rd.bundles))
	q.Err, q.ErrIsTerminal = q.tally, false
	return q
}

// needsTurn reports whether a bundle cannot be read ahead: it can be read but once, and
// what is read ahead may have to be read again.
func needsTurn(name string) bool {
	if name == "-" {
		return true
	}
	fi, err := os.Stat(name)
	return err == nil && !fi.IsDir() && !fi.Mode().IsRegular()
}

// take gives the bundle whose turn it is. It is to be left.
func (q *queue[T]) take(name string) *turn[T] {
	for q.most > 1 && q.next < len(q.bundles) && q.next < q.at+q.most && !needsTurn(q.bundles[q.next]) {
		q.ahead = append(q.ahead, q.begin(q.bundles[q.next]))
		q.next++
	}
	q.tally.step(q.at)
	q.at++
	if len(q.ahead) == 0 {
		q.next = q.at
		return q.now(name)
	}
	t := q.ahead[0]
	q.ahead = q.ahead[1:]
	q.tally.await(t.ready)
	if !errors.Is(t.err, bundle.ErrCrowded) {
		t.say.pass(q.Err)
		return t
	}
	q.giveWay()
	return q.now(name)
}

// giveWay closes all that was read ahead, for a bundle that needs the memory, and has fewer
// bundles open from there on: the next ones may be as large.
func (q *queue[T]) giveWay() {
	for _, t := range q.ahead {
		close(t.stop)
	}
	for _, t := range q.ahead {
		<-t.done
		t.close()
	}
	q.ahead, q.next, q.most = nil, q.at, max(1, q.most/2)
}

// now reads a bundle whose turn it is, when no other is open.
func (q *queue[T]) now(name string) *turn[T] {
	b, list, err := q.open(name)
	if err != nil {
		return &turn[T]{err: err, close: func() {}}
	}
	t := &turn[T]{close: func() { b.Close() }}
	for _, m := range list {
		t.list = append(t.list, &found[T]{machine: m})
	}
	return t
}

// begin reads a bundle ahead of its turn.
func (q *queue[T]) begin(name string) *turn[T] {
	t := &turn[T]{ready: make(chan struct{}), close: func() {}, stop: make(chan struct{}), done: make(chan struct{})}
	t.say = newTalk(t.stop)
	rd := q.reading
	rd.Err, rd.share, rd.stop = t.say, q.most, t.stop
	go func() {
		defer close(t.done)
		b, list, err := rd.open(name)
		if err == nil {
			t.close = func() { b.Close() }
		}
		for _, m := range list {
			say := newTalk(t.stop)
			m.report.w = say
			t.list = append(t.list, &found[T]{machine: m, ready: make(chan struct{}), say: say})
		}
		t.err = err
		close(t.ready)
		for _, f := range t.list {
			f.what, f.err = q.look(f.machine)
			close(f.ready)
			if f.err != nil && !f.goesOn(f.err) {
				return
			}
		}
	}()
	return t
}

// lookAt gives what is known of a machine whose turn it is.
func (q *queue[T]) lookAt(f *found[T]) (T, error) {
	if f.ready == nil {
		return q.look(f.machine)
	}
	f.say.pass(q.Err)
	q.tally.await(f.ready)
	return f.what, f.err
}

// leave closes a bundle when nothing works on it any more.
func (t *turn[T]) leave(wait bool) {
	if t.done == nil {
		t.close()
		return
	}
	close(t.stop)
	if !wait {
		go func() {
			<-t.done
			t.close()
		}()
		return
	}
	<-t.done
	t.close()
}

// end gives up what was read ahead, as the run ends.
func (q *queue[T]) end() {
	for _, t := range q.ahead {
		t.leave(false)
	}
	q.tally.wipe()
}

// maxTalk bounds what is said of a bundle, or of a machine, before its turn comes. Whoever
// has more to say waits for it.
const maxTalk = 64 << 10

// A talk holds what is said ahead of its turn.
type talk struct {
	mu   sync.Mutex
	held []byte
	to   io.Writer     // where it goes, once it may
	may  chan struct{} // closed when it may
	stop <-chan struct{}
}

func newTalk(stop <-chan struct{}) *talk { return &talk{may: make(chan struct{}), stop: stop} }

func (t *talk) Write(p []byte) (int, error) {
	to, held := t.hold(p)
	if held {
		return len(p), nil
	}
	if to == nil {
		select {
		case <-t.may:
			to = t.to
		case <-t.stop:
			return len(p), nil
		}
	}
	return to.Write(p)
}

// hold holds p if its turn has not come and there is room for it; else it tells where p
// goes, which is nowhere yet if there was no room.
func (t *talk) hold(p []byte) (to io.Writer, held bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.to != nil || len(t.held)+len(p) > maxTalk {
		return t.to, false
	}
	t.held = append(t.held, p...)
	return nil, true
}

// pass writes what was said so far. What comes is written as it is said.
func (t *talk) pass(w io.Writer) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.held) > 0 {
		w.Write(t.held) // stderr: nobody can be told
	}
	t.held, t.to = nil, w
	close(t.may)
}
