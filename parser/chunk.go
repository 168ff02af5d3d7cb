package parser

import (
	"bytes"
	"io"
	"iter"
)

// A Chunk is a piece of a table that can be decoded on its own, by any goroutine.
type Chunk[T any] struct {
	// Rows yields its rows, each valid until the next, with the errors that the whole
	// table would yield there, beside which there is no row.
	Rows iter.Seq2[*T, error]
	// Free hands back its memory.
	Free func()
}

// chunkSize is large against a row and small against a cache. A line must fit.
const chunkSize = MaxLine + 32<<10

// InetChunks cuts a file of [Inet] at ends of lines: the rows of all chunks, one
// behind the other, are those that Inet yields. How much memory it takes depends on
// how many chunks are held at once, and not on the file.
func InetChunks(file string, r io.Reader, o Options) iter.Seq[Chunk[InetSocket]] {
	return chunks(file, r, inetLayout(o))
}

// UnixChunks does the same for [Unix].
func UnixChunks(file string, r io.Reader, o Options) iter.Seq[Chunk[UnixSocket]] {
	return chunks(file, r, unixLayout(o))
}

func chunks[T any](file string, r io.Reader, of layout[T]) iter.Seq[Chunk[T]] {
	return func(yield func(Chunk[T]) bool) {
		l := &lines{r: r, buf: make([]byte, chunkSize)} // so what it has read is a chunk at most
		head, err := l.header()
		if err != nil { // a header that cannot be read is rare
			yield(Chunk[T]{Free: func() {}, Rows: func(yield func(*T, error) bool) {
				if yieldFail(l, file, head, err, yield) {
					each(l, file, of(head)(l), yield)
				}
			}})
			return
		}
		decode := of(head)
		c := chunker{r: r, rest: bytes.Clone(l.buf[l.pos:l.end]), err: l.err, line: l.line, free: make(chan []byte, maxFree)}
		for {
			piece, last := c.next()
			piece.crlf, piece.heads = l.crlf, l.heads
			text := piece.buf
			chunk := Chunk[T]{Free: func() {}, Rows: func(yield func(*T, error) bool) { each(piece, file, decode(piece), yield) }}
			if !last {
				chunk.Free = func() { c.put(text[:chunkSize]) }
			}
			if !yield(chunk) || last {
				return
			}
		}
	}
}

// maxFree is how many buffers wait to be used again.
const maxFree = 16

// A chunker takes whole lines out of a reader.
type chunker struct {
	r    io.Reader
	err  error  // of the reader
	rest []byte // what was read behind the last newline
	line int    // how many lines were taken
	free chan []byte
}

func (c *chunker) put(buf []byte) {
	select {
	case c.free <- buf:
	default:
	}
}

func (c *chunker) take() []byte {
	select {
	case buf := <-c.free:
		return buf
	default:
		return make([]byte, chunkSize)
	}
}

// next gives a reader of some whole lines, or of all that is left: at the end of the
// file, or where a line is longer than a chunk.
func (c *chunker) next() (piece *lines, last bool) {
	buf := c.take()
	n := copy(buf, c.rest)
	for tries := 0; n < len(buf) && c.err == nil; tries++ {
		var m int
		m, c.err = c.r.Read(buf[n:])
		if n += m; m > 0 {
			tries = 0
		} else if tries == 100 && c.err == nil {
			c.err = io.ErrNoProgress
		}
	}
	if c.err != nil {
		return &lines{buf: buf[:n], end: n, err: c.err, line: c.line}, true
	}
	end := bytes.LastIndexByte(buf, '\n') + 1
	if end == 0 {
		piece = newLines(io.MultiReader(bytes.NewReader(buf), c.r))
		piece.line = c.line
		return piece, true
	}
	c.rest = append(c.rest[:0], buf[end:]...)
	piece = &lines{buf: buf[:end], end: end, err: io.EOF, line: c.line}
	c.line += bytes.Count(buf[:end], []byte("\n"))
	return piece, false
}
