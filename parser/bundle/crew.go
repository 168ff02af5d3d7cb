package bundle

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// A compressed stream in a file is decompressed in goroutines of its own, while
// the tar in it is read: piece by piece on all cores, if it is made of pieces, or
// else as a whole. A stream in a pipe is not: a goroutine that waits for a pipe
// cannot be stopped, and reading must be able to end early.

const (
	// maxAhead bounds what is decompressed and not yet read, of all pieces together.
	maxAhead = 128 << 20
	// maxSlots bounds the pieces that are in memory at once.
	maxSlots = 9
	// wholeAhead is how many chunks are decompressed ahead of what is no piece.
	wholeAhead = 4
)

// A piece is a part of a compressed stream that can be decompressed on its own.
// It is opened, read and released in one goroutine.
type piece struct {
	open func() (io.Reader, error)
	free func() // called when it was read to its end without error; may be nil
}

// A splitter gives one piece after the other, and io.EOF behind the last. It is
// called in one goroutine at a time.
type splitter func() (piece, error)

// errOdd is the error of a splitter or a piece for all that the format's own
// decoder has to judge: damage, and what the splitter does not know.
var errOdd = errors.New("it cannot be decompressed in pieces")

// A crew decompresses pieces in goroutines and gives what comes out in the order of
// the pieces. Close must be called.
type crew struct {
	split splitter
	depth int           // chunks of a piece that may wait
	slots chan struct{} // one for each piece in memory
	order chan *job
	stop  chan struct{}
	idle  chan []byte // chunks to use again
	wg    sync.WaitGroup
	end   error // of the splitter, once order is closed

	now         *job
	chunk, rest []byte
	err         error
}

// A job is a piece that somebody works on. err is valid once out is closed.
type job struct {
	out chan []byte
	err error
}

// newCrew starts to work. Of each piece up to depth chunks are made in advance.
func newCrew(split splitter, slots, depth int) *crew {
	c := &crew{split: split, depth: depth, slots: make(chan struct{}, slots), order: make(chan *job), stop: make(chan struct{}), idle: make(chan []byte, slots*min(depth, 2*wholeAhead))}
	c.wg.Go(c.feed)
	return c
}

// feed starts the pieces in their order.
func (c *crew) feed() {
	defer close(c.order)
	for {
		select {
		case c.slots <- struct{}{}:
		case <-c.stop:
			return
		}
		p, err := c.next()
		if err != nil {
			c.end = err
			return
		}
		j := &job{out: make(chan []byte, c.depth)}
		c.wg.Go(func() { c.work(p, j) })
		select {
		case c.order <- j:
		case <-c.stop:
			return
		}
	}
}

// A panicError is a panic of a goroutine, for the one that reads.
type panicError struct{ v any }

func (e *panicError) Error() string { return fmt.Sprint(e.v) }

func rescue(err *error) {
	if v := recover(); v != nil {
		*err = &panicError{v}
	}
}

func (c *crew) next() (p piece, err error) {
	defer rescue(&err)
	return c.split()
}

// work decompresses one piece.
func (c *crew) work(p piece, j *job) {
	defer close(j.out)
	defer rescue(&j.err)
	r, err := p.open()
	if err != nil {
		j.err = err
		return
	}
	for {
		var chunk []byte
		select {
		case <-c.stop:
			return
		case chunk = <-c.idle:
		default:
			chunk = make([]byte, chunkSize)
		}
		n, err := readFull(r, chunk)
		select {
		case j.out <- chunk[:n]:
		case <-c.stop:
			return
		}
		switch {
		case err == nil:
		case err == io.EOF:
			if p.free != nil {
				p.free()
			}
			return
		default:
			j.err = err
			return
		}
	}
}

// readFull is io.ReadFull, but the error is always the reader's own.
func readFull(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	return n, err
}

func (c *crew) Read(p []byte) (int, error) {
	part, err := c.peel(len(p))
	return copy(p, part), err
}

// peel is Read without copying. What it gives is valid until the next call.
func (c *crew) peel(most int) ([]byte, error) {
	for len(c.rest) == 0 && c.err == nil {
		c.more()
	}
	if len(c.rest) == 0 {
		return nil, c.err
	}
	part := c.rest[:min(most, len(c.rest))]
	c.rest = c.rest[len(part):]
	return part, nil
}

// more gets the next chunk, or sets the error.
func (c *crew) more() {
	if c.chunk != nil {
		select {
		case c.idle <- c.chunk[:chunkSize]:
		default:
		}
		c.chunk = nil
	}
	if c.now == nil {
		if c.now = <-c.order; c.now == nil {
			c.err = c.end
			return
		}
	}
	chunk, ok := <-c.now.out
	if ok {
		c.chunk, c.rest = chunk, chunk
		return
	}
	if c.err = c.now.err; c.err == nil {
		c.now = nil
		<-c.slots
	}
}

// Close stops the work and waits until nobody works any more.
func (c *crew) Close() {
	close(c.stop)
	for range c.order { // a feeder may be about to hand over a job
	}
	c.wg.Wait()
}

// A rerun reads a stream by a crew. At the first error, whatever it is, the
// format's own decoder has the say: it reads the stream from its start, and what the
// crew gave already is dropped. So a stream gives the same in pieces and whole.
type rerun struct {
	crew    *crew
	whole   io.Reader
	given   int64
	dropped []byte // room for what nobody wants
}

func (r *rerun) Read(p []byte) (int, error) {
	if r.crew != nil {
		n, err := r.crew.Read(p)
		if done, err := r.gave(n, err); done {
			return n, err
		}
	}
	return r.whole.Read(p)
}

func (r *rerun) peel(most int) ([]byte, error) {
	if r.crew != nil {
		part, err := r.crew.peel(most)
		if done, err := r.gave(len(part), err); done {
			return part, err
		}
	}
	if r.dropped == nil {
		r.dropped = make([]byte, bufferSize)
	}
	n, err := r.whole.Read(r.dropped[:min(most, bufferSize)])
	return r.dropped[:n], err
}

// gave reports whether what the crew gave is to be given on. If not, the whole
// stream is at the place where the crew failed.
func (r *rerun) gave(n int, err error) (bool, error) {
	r.given += int64(n)
	if err == nil || errors.Is(err, io.EOF) {
		return true, err
	}
	r.Close()
	if _, err := io.CopyN(io.Discard, r.whole, r.given); err != nil {
		return true, err
	}
	return false, nil
}

func (r *rerun) Close() {
	if r.crew != nil {
		r.crew.Close()
		r.crew = nil
	}
}

// aside makes goroutines decompress the format's stream in the file, if there are
// cores for them. whole is the decoder that does it alone. close may be nil.
func (f *format) aside(whole io.Reader, in io.ReaderAt, size int64) (r io.Reader, done func()) {
	cores := runtime.GOMAXPROCS(0)
	if cores < 2 {
		return whole, nil
	}
	slots := min(cores+1, maxSlots)
	if f.share > 1 { // the others take cores too
		slots = max(2, slots/f.share+1)
	}
	if again := f.inPieces(whole, in, size, slots); again != nil {
		return again, again.Close
	}
	once := false
	c := newCrew(func() (piece, error) {
		if once {
			return piece{}, io.EOF
		}
		once = true
		return piece{open: func() (io.Reader, error) { return whole, nil }}, nil
	}, 1, wholeAhead)
	return c, c.Close
}

// inPieces is nil if the stream has no pieces.
func (f *format) inPieces(whole io.Reader, in io.ReaderAt, size int64, slots int) *rerun {
	if f.split == nil {
		return nil
	}
	split, depth := f.split(in, size, slots)
	if split == nil {
		return nil
	}
	chunks := maxAhead / chunkSize / max(1, f.share)
	slots = max(2, min(slots, chunks/max(1, depth))) // large pieces are worked on by fewer
	return &rerun{crew: newCrew(split, slots, min(depth, chunks/slots)), whole: whole}
}
