package render

import (
	"iter"
	"reflect"
	"runtime"
	"sync/atomic"
)

// Rows are read by one goroutine, as each may depend on those before it. Making text
// of them takes longer, so batches of rows are rendered by others meanwhile, and
// written in their order. At most maxBatches are in memory, whatever the table.

const (
	batchRows  = 128
	maxBatches = 6
)

// A batch is some rows, a slice of their type, and what is made of them.
type batch struct {
	rows reflect.Value
	text []byte
	err  error
	done chan struct{}
}

// A renderRows appends what is to be written of some rows. It is called by several
// goroutines.
type renderRows func(b []byte, rows reflect.Value) ([]byte, error)

// inOrder renders rows of a type and writes the texts in order, behind what the
// buffer holds. begin, if not nil, may change the very first text. It gives the
// number of rows, and the first error.
func inOrder(o *out, typ reflect.Type, rows iter.Seq[any], begin func(text []byte), render renderRows) (n int, err error) {
	if err := o.flush(); err != nil {
		return 0, err
	}
	line := &assembly{o: o, render: render, begin: begin, free: make(chan *batch, maxBatches)}
	current := line.take(typ)
	for row := range rows {
		n++
		current.rows = reflect.Append(current.rows, reflect.ValueOf(row).Elem())
		if current.rows.Len() < batchRows {
			continue
		}
		if !line.hand(current) {
			break
		}
		current = line.take(typ)
	}
	if current.rows.Len() > 0 {
		line.hand(current)
	}
	return n, line.finish()
}

// An assembly line of batches. Small tables are rendered without other goroutines.
type assembly struct {
	o      *out
	render renderRows
	begin  func(text []byte)
	work   chan *batch // to be rendered
	order  chan *batch // to be written
	free   chan *batch
	made   int
	failed atomic.Bool
	ended  chan struct{}
	first  *batch // held back: it may be the only one
	err    error  // of rendering
}

// take gives an empty batch.
func (a *assembly) take(typ reflect.Type) *batch {
	if a.made < maxBatches {
		a.made++
		return &batch{rows: reflect.MakeSlice(reflect.SliceOf(typ), 0, batchRows), done: make(chan struct{}, 1)}
	}
	b := <-a.free
	b.rows, b.text = b.rows.Slice(0, 0), b.text[:0]
	return b
}

// hand gives a batch to be rendered and written. It reports whether it makes sense to
// go on.
func (a *assembly) hand(b *batch) bool {
	if a.first == nil && a.work == nil {
		a.first = b
		return true
	}
	if a.work == nil {
		a.start()
		a.send(a.first)
		a.first = nil
	}
	a.send(b)
	return !a.failed.Load()
}

func (a *assembly) send(b *batch) {
	a.order <- b
	a.work <- b
}

func (a *assembly) start() {
	a.work, a.order, a.ended = make(chan *batch, maxBatches), make(chan *batch, maxBatches), make(chan struct{})
	for range max(1, runtime.GOMAXPROCS(0)) {
		go func() {
			for b := range a.work {
				b.text, b.err = a.render(b.text, b.rows)
				b.done <- struct{}{}
			}
		}()
	}
	go func() {
		defer close(a.ended)
		for b := range a.order {
			<-b.done
			a.write(b)
			a.free <- b
		}
	}()
}

func (a *assembly) write(b *batch) {
	if a.err == nil {
		a.err = b.err
	}
	if a.begin != nil && a.err == nil {
		a.begin(b.text)
		a.begin = nil
	}
	if a.o.err == nil && a.err == nil {
		_, a.o.err = a.o.w.Write(b.text)
	}
	if a.o.err != nil || a.err != nil {
		a.failed.Store(true)
	}
}

// finish writes what is left, and gives the first error of rendering or writing.
func (a *assembly) finish() error {
	if a.first != nil {
		b := a.first
		b.text, b.err = a.render(b.text, b.rows)
		a.write(b)
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
