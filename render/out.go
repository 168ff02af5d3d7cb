package render

import (
	"io"
	"strconv"

	"github.com/coldstat/coldstat/parser/words"
)

// out collects text in one buffer and writes it in large pieces. The first
// write error sticks and is what flush returns.
type out struct {
	w   io.Writer
	buf []byte
	err error
}

const flushAt = 64 << 10

func newOut(w io.Writer) *out { return &out{w: w, buf: make([]byte, 0, flushAt+4096)} }

func (o *out) text(s string) { o.buf = append(o.buf, s...) }

// full writes the buffer if it is large enough; call it between rows. It
// reports whether it makes sense to go on.
func (o *out) full() bool {
	if len(o.buf) >= flushAt {
		o.flush()
	}
	return o.err == nil
}

func (o *out) flush() error {
	if o.err == nil && len(o.buf) > 0 {
		_, o.err = o.w.Write(o.buf)
	}
	o.buf = o.buf[:0]
	return o.err
}

const blanks = "                                                                "

// pad appends blanks until what was appended since from is width bytes long.
// What is longer already stays whole: netstat never cuts a padded column.
func pad(b []byte, from, width int) []byte {
	if n := width - (len(b) - from); n > 0 {
		return append(b, blanks[:n]...)
	}
	return b
}

// left appends s padded to width.
func left(b []byte, s string, width int) []byte {
	from := len(b)
	return pad(append(b, s...), from, width)
}

// right appends s with blanks before it.
func right(b []byte, s string, width int) []byte {
	if n := width - len(s); n > 0 {
		b = append(b, blanks[:n]...)
	}
	return append(b, s...)
}

// safeLeft appends text of a capture, made safe and padded to width.
func safeLeft[T string | []byte](b []byte, s T, width int) []byte {
	from := len(b)
	return pad(words.AppendSafe(b, s), from, width)
}

func leftInt(b []byte, n int64, width int) []byte {
	from := len(b)
	if n >= 0 {
		return pad(words.AppendUint(b, uint64(n)), from, width)
	}
	return pad(strconv.AppendInt(b, n, 10), from, width)
}

func leftUint(b []byte, n uint64, width int) []byte {
	from := len(b)
	return pad(words.AppendUint(b, n), from, width)
}

func rightInt(b []byte, n int64, width int) []byte {
	if 0 <= n && n <= 9 { // most queues are empty
		return append(append(b, blanks[:width-1]...), byte('0'+n))
	}
	var digits [20]byte
	return rightBytes(b, strconv.AppendInt(digits[:0], n, 10), width)
}

func rightUint(b []byte, n uint64, width int) []byte {
	var digits [20]byte
	return rightBytes(b, strconv.AppendUint(digits[:0], n, 10), width)
}

// leftKnown and rightKnown append a number, or "-" in its place if it is not known.
func leftKnown[N int64 | uint64](b []byte, known bool, n N, width int) []byte {
	switch {
	case !known:
		return left(b, "-", width)
	case n < 0:
		return leftInt(b, int64(n), width)
	}
	return leftUint(b, uint64(n), width)
}

func rightKnown[N int64 | uint64](b []byte, known bool, n N, width int) []byte {
	switch {
	case !known:
		return right(b, "-", width)
	case n < 0:
		return rightInt(b, int64(n), width)
	}
	return rightUint(b, uint64(n), width)
}

func rightBytes(b, s []byte, width int) []byte {
	if n := width - len(s); n > 0 {
		b = append(b, blanks[:n]...)
	}
	return append(b, s...)
}
