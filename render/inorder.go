package render

import (
	"iter"
	"runtime"
	"sync/atomic"

	"github.com/coldstat/coldstat/parser/rows"
)

// Making text takes longer than reading, so pieces of a table are rendered by several
// goroutines, and written in their order. Two more than there are goroutines are in
// memory, whatever the table: one is read, one is written.

// maxWorkers bounds the memory on machines of many cores: a piece may take a megabyte.
const maxWorkers = 8

// A piece is some rows of a table, and what is made of them.
type piece struct {
	render func(b []byte) ([]byte, error)
	after  func() // called when it is written, in order; may be nil
	text   []byte
	err    error
	done   chan struct{}
}

// An assembly is a line of pieces. A table of one piece is rendered without other
// goroutines.
type assembly struct {
	o       *out
	begin   func(text []byte) // may change the very first text; may be nil
	work    chan *piece       // to be rendered
	order   chan *piece       // to be written
	free    chan *piece
	workers int
	made    int
	failed  atomic.Bool
	ended   chan struct{}
	first   *piece // held back: it may be the only one
	err     error  // of rendering
}

// newAssembly writes what the buffer holds, and behind it what it gets.
func newAssembly(o *out) *assembly {
	o.flush()
	workers := min(runtime.GOMAXPROCS(0), maxWorkers)
	return &assembly{o: o, workers: workers, free: make(chan *piece, workers+2)}
}

// take gives a piece to be filled.
func (a *assembly) take() *piece {
	if a.made < cap(a.free) {
		a.made++
		return &piece{done: make(chan struct{}, 1)}
	}
	p := <-a.free
	p.text, p.after = p.text[:0], nil
	return p
}

// hand gives a piece to be rendered and written. It reports whether it makes sense to
// go on.
func (a *assembly) hand(p *piece) bool {
	if a.first == nil && a.work == nil {
		a.first = p
		return a.o.err == nil
	}
	if a.work == nil {
		a.start()
		a.send(a.first)
		a.first = nil
	}
	a.send(p)
	return !a.failed.Load()
}

func (a *assembly) send(p *piece) {
	a.order <- p
	a.work <- p
}

func (a *assembly) start() {
	a.work, a.order, a.ended = make(chan *piece, cap(a.free)), make(chan *piece, cap(a.free)), make(chan struct{})
	for range a.workers {
		go func() {
			for p := range a.work {
				p.text, p.err = p.render(p.text)
				p.done <- struct{}{}
			}
		}()
	}
	go func() {
		defer close(a.ended)
		for p := range a.order {
			<-p.done
			a.write(p)
			a.free <- p
		}
	}()
}

func (a *assembly) write(p *piece) {
	if a.err == nil {
		a.err = p.err
	}
	if a.begin != nil && a.err == nil && len(p.text) > 0 {
		a.begin(p.text)
		a.begin = nil
	}
	if a.o.err == nil && a.err == nil && len(p.text) > 0 {
		_, a.o.err = a.o.w.Write(p.text)
	}
	if p.after != nil {
		p.after()
	}
	if a.o.err != nil || a.err != nil {
		a.failed.Store(true)
	}
}

// finish writes what is left, and gives the first error of rendering or writing.
func (a *assembly) finish() error {
	if a.first != nil {
		a.first.text, a.first.err = a.first.render(a.first.text)
		a.write(a.first)
	}
	if a.work != nil {
		close(a.work)
		close(a.order)
		<-a.ended
	}
	if a.err != nil {
		return a.err
	}
	return a.o.err
}

// inOrder renders the rows of a kind by pieces and writes the texts in order, behind
// what the buffer holds. render appends the text of some rows and gives their number;
// it is called by several goroutines. begin, if not nil, may change the very first
// text. inOrder gives the number of rows, and the first error.
func inOrder(o *out, k *rows.Kind, r *rows.Reader, sort []rows.SortKey, begin func(text []byte),
	render func(b []byte, list iter.Seq[rows.Row]) ([]byte, int, error)) (n int, err error) {
	all := newAssembly(o)
	all.begin = begin
	for some := range k.Pieces(r, sort) {
		p := all.take()
		count := 0
		p.render = func(b []byte) (text []byte, err error) {
			text, count, err = render(b, some.Rows)
			return text, err
		}
		p.after = func() {
			n += count
			some.Done()
		}
		if !all.hand(p) {
			break
		}
	}
	err = all.finish()
	return n, err
}
