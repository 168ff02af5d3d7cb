package cli

import (
	"fmt"
	"sync"
	"time"

	"github.com/coldstat/coldstat/parser/words"
)

// A progress line on the terminal shows that a large archive is being read. It
// appears after a second and goes away with what follows.
type progress struct {
	s     Streams
	name  string
	mu    sync.Mutex
	start time.Time
	last  time.Time
	shown bool
	ended bool
}

const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

func startProgress(s Streams, name string) *progress {
	return &progress{s: s, name: name, start: time.Now()}
}

// told is called while the bundle is read.
func (p *progress) told(bytes int64) {
	if !p.s.ErrIsTerminal {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.ended || now.Sub(p.start) < progressAfter || now.Sub(p.last) < progressEvery {
		return
	}
	p.last, p.shown = now, true
	fmt.Fprintf(p.s.Err, "\rcoldstat: reading %s: %d MB", words.Safe(p.name), bytes/1_000_000)
}

// stop wipes the line.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	if p.shown {
		fmt.Fprint(p.s.Err, "\r\x1b[K")
	}
}

// A tally is the line that shows how many bundles were read. Whatever else is said on
// stderr goes through it, and wipes it.
type tally struct {
	s     Streams
	all   int
	done  int
	start time.Time

	mu    sync.Mutex
	last  time.Time
	shown bool
}

func newTally(s Streams, all int) *tally { return &tally{s: s, all: all, start: time.Now()} }

// step says how many are done.
func (t *tally) step(done int) {
	if t == nil {
		return
	}
	if t.done = done; t.s.ErrIsTerminal {
		t.show()
	}
}

// await waits, and shows the line meanwhile.
func (t *tally) await(ready <-chan struct{}) {
	if !t.s.ErrIsTerminal {
		<-ready
		return
	}
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-ready:
			return
		case <-tick.C:
			t.show()
		}
	}
}

func (t *tally) show() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if now.Sub(t.start) < progressAfter || now.Sub(t.last) < progressEvery {
		return
	}
	t.last, t.shown = now, true
	fmt.Fprintf(t.s.Err, "\rcoldstat: %d of %d bundles", t.done, t.all)
}

// clear wipes the line if what comes stands on the same terminal.
func (t *tally) clear() {
	if t != nil && t.s.OutIsTerminal {
		t.wipe()
	}
}

// wipe wipes the line.
func (t *tally) wipe() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wiped()
}

func (t *tally) wiped() {
	if t.shown {
		fmt.Fprint(t.s.Err, "\r\x1b[K")
		t.shown = false
	}
}

func (t *tally) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wiped()
	return t.s.Err.Write(p)
}
