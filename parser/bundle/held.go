package bundle

import (
	"bytes"
	"errors"
	"io"
)

// held is the content of a member of a stream: its bytes in chunks, so that
// nothing is copied while it grows and a size that the header claims is never
// believed.
type held struct {
	chunks [][]byte
	err    error // what reading ends with instead of io.EOF
}

const chunkSize = 256 << 10

// hold reads a member to its end and takes what it holds off the budget. One that
// does not fit costs only itself: nothing of it is held.
func (ld *loader) hold(r io.Reader, size int64, budget *int64) *held {
	if most := ld.limits.Member; most < *budget {
		left := most
		h := hold(r, size, &left, func() error { return ld.full("member") })
		*budget -= most - left
		return h
	}
	return ld.holdAll(r, size, budget)
}

// holdAll is hold for what is no member.
func (ld *loader) holdAll(r io.Reader, size int64, budget *int64) *held {
	return hold(r, size, budget, func() error { return ld.full("held") })
}

func hold(r io.Reader, size int64, budget *int64, full func() error) *held {
	h := &held{}
	all := *budget
	next := int(min(max(size+1, 512), chunkSize)) // small files do not need a whole chunk, nor another one for their end
	for {
		if *budget <= 0 {
			if n, _ := r.Read(make([]byte, 1)); n > 0 {
				*h, *budget = held{err: full()}, all
			}
			return h
		}
		chunk := make([]byte, min(int64(next), *budget))
		next = chunkSize
		n, err := io.ReadFull(r, chunk)
		*budget -= int64(n)
		if chunk = chunk[:n]; n < cap(chunk)/2 {
			chunk = bytes.Clone(chunk) // the last: many small contents must not take a whole chunk each
		}
		if n > 0 {
			h.chunks = append(h.chunks, chunk)
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			return h
		default:
			// ReadFull says ErrUnexpectedEOF for a short last chunk and for a
			// cut archive alike; a further read tells them apart.
			if errors.Is(err, io.ErrUnexpectedEOF) {
				if _, again := r.Read(make([]byte, 1)); again == io.EOF {
					return h
				}
			}
			h.err = err
			return h
		}
	}
}

func (h *held) size() (n int64) {
	for _, c := range h.chunks {
		n += int64(len(c))
	}
	return n
}

// text gives small contents as a string.
func (h *held) text() string { return string(bytes.Join(h.chunks, nil)) }

// section gives it as a file to read in place, with checked offsets.
func (h *held) section() *io.SectionReader { return io.NewSectionReader(h, 0, h.size()) }

// ReadAt needs all chunks but the last to be whole: hold makes them so if it is
// told of a size from chunkSize on.
func (h *held) ReadAt(p []byte, off int64) (n int, err error) {
	for i, inner := off/chunkSize, off%chunkSize; n < len(p) && i < int64(len(h.chunks)); i, inner = i+1, 0 {
		if inner < int64(len(h.chunks[i])) {
			n += copy(p[n:], h.chunks[i][inner:])
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *held) reader() io.Reader { return &heldReader{h: h} }

type heldReader struct {
	h        *held
	i, inner int
}

func (r *heldReader) Read(p []byte) (int, error) {
	for r.i < len(r.h.chunks) {
		if n := copy(p, r.h.chunks[r.i][r.inner:]); n > 0 || len(p) == 0 {
			r.inner += n
			return n, nil
		}
		r.i, r.inner = r.i+1, 0
	}
	if r.h.err != nil {
		return 0, r.h.err
	}
	return 0, io.EOF
}
