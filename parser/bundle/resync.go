package bundle

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A header is all that a tar has a checksum for. Behind one that is broken, reading
// goes on at the next that is whole: bytes that got lost or came in between move what
// is behind them, so it is looked for at every byte, by its magic.

const (
	magicAt  = 257 // of a header
	typeAt   = 156
	sizeAt   = 124
	tarMagic = "ustar"
)

// hasMagic reports whether a block is marked as a header. "ustar" has another byte of
// its own behind it, in POSIX a NUL and in GNU's tar a blank.
func hasMagic(block []byte) bool {
	return string(block[magicAt:magicAt+len(tarMagic)]) == tarMagic && (block[magicAt+5] == 0 || block[magicAt+5] == ' ')
}

// isBrokenTar tells a tar whose first header is broken, but not in more than one byte
// of its magic.
func isBrokenTar(head []byte) bool {
	if len(head) < headSize {
		return false
	}
	alike := 0
	for i, b := range []byte(tarMagic) {
		if head[magicAt+i] == b {
			alike++
		}
	}
	return alike >= len(tarMagic)-1
}

// findHeader gives where in b a whole header begins, or -1. Headers from before 1988
// have no magic: of an old archive they are looked for at every 512 bytes, of which
// the first are at skew.
func findHeader(b []byte, old bool, skew int) int {
	if old {
		for at := skew; at+headSize <= len(b); at += headSize {
			if block := b[at : at+headSize]; block[0] != 0 && isTar(block) {
				return at
			}
		}
		return -1
	}
	for from := 0; from+headSize <= len(b); from++ {
		at := bytes.Index(b[from+magicAt:], []byte(tarMagic))
		if from += at; at < 0 || from+headSize > len(b) {
			break
		}
		if block := b[from : from+headSize]; hasMagic(block) && isTar(block) {
			return from
		}
	}
	return -1
}

// A headReader is what archive/tar reads a tar from. It counts, and remembers what
// tells where the next header may be if archive/tar gives up.
type headReader struct {
	src *source
	r   interface {
		io.Reader
		io.Seeker
	}
	old     bool
	at      int64
	longAt  int64 // where the last extended header begins, and its content ends
	long    int64
	zeros   int   // blocks of zeros that were read last
	after   int   // such blocks before the last block
	found   int64 // where reading went on last
	buf     []byte
	content int64 // where that of the last member begins, or -1
	err     error // of r: then archive/tar is not to blame
}

func newHeadReader(src *source) *headReader {
	head, _ := src.peek()
	h := &headReader{src: src, r: src.reader(), found: -1, content: -1}
	h.old = len(head) == headSize && head[0] != 0 && !isBrokenTar(head)
	return h
}

// Read reads a block of the size of a header as a whole.
func (h *headReader) Read(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = h.r.Read(p[n:])
		if n += m; len(p) != headSize {
			break
		}
	}
	if h.at += int64(n); n == headSize && len(p) == headSize && h.at > h.long {
		h.sawBlock(p)
	}
	if err != nil {
		h.err = err
	}
	return n, err
}

// sawBlock looks at what may be a header.
func (h *headReader) sawBlock(block []byte) {
	h.after = h.zeros
	if h.zeros++; block[0] != 0 || len(bytes.Trim(block, "\x00")) > 0 {
		h.zeros = 0
	}
	if strings.IndexByte("xgLK", block[typeAt]) < 0 || !isTar(block) {
		return
	}
	size, err := strconv.ParseInt(string(bytes.Trim(block[sizeAt:sizeAt+12], " \x00")), 8, 64)
	if err == nil && size >= 0 {
		h.longAt, h.long = h.at-headSize, h.at+(size+headSize-1)/headSize*headSize
	}
}

func (h *headReader) Seek(off int64, whence int) (int64, error) {
	at, err := h.r.Seek(off, whence)
	if err != nil {
		h.err = err
		return at, err
	}
	h.at += off // archive/tar only seeks from where it is
	return h.at, nil
}

// resync goes to the next header that is whole and tells how many bytes it passes
// over, from the header on that is broken, or else from where reading failed; io.EOF
// says that there is none.
func (h *headReader) resync(inHeader bool) (passed int64, err error) {
	start := h.at - headSize
	from := start + 1 // that block is no header, but one may begin in it
	switch {
	case !inHeader:
		start = h.at
	case h.long > h.at:
		start, from = h.longAt, h.long
		if _, err := h.Seek(h.long-h.at, io.SeekCurrent); err != nil {
			return 0, err
		}
	case h.after > 0: // archive/tar wanted zeros and did not look for a header
		from, start = start, start-int64(h.after)*headSize
	case h.zeros > 0:
		start = h.at
	}
	from = max(from, h.found+1)
	find := h.searchStream
	if h.src.in != nil {
		find = h.searchFile
	}
	at, err := find(from)
	if inHeader && h.src.in != nil && (err != nil || (at-start)%headSize != 0) {
		if back, found := h.searchBack(from); found {
			at, err = back, nil
		}
	}
	if err != nil {
		h.err = err
		return 0, err
	}
	h.at, h.found = at, at
	return max(0, at-start), nil
}

// skew is how far from a place the next block of 512 bytes begins.
func skew(at int64) int { return int(-at & (headSize - 1)) }

// searchFile looks into larger and larger parts: most headers are near.
func (h *headReader) searchFile(at int64) (int64, error) {
	if h.buf == nil {
		h.buf = make([]byte, bufferSize)
	}
	for size := 2 * headSize; ; size = min(2*size, bufferSize) {
		n, err := h.src.in.ReadAt(h.buf[:size], at)
		if found := findHeader(h.buf[:n], h.old, skew(at)); found >= 0 {
			return h.src.in.Seek(at+int64(found), io.SeekStart)
		}
		if err != nil {
			return 0, err
		}
		at += int64(size) - headSize + 1
	}
}

// searchBack looks into the content of the member before, of a file. If bytes of it got
// lost, further members were taken for its end; without that it is not looked into,
// as it may be an archive by itself.
func (h *headReader) searchBack(to int64) (int64, bool) {
	if h.content < 0 {
		return 0, false
	}
	in := h.src.in
	h.src.in = io.NewSectionReader(in, 0, min(in.Size(), to+headSize))
	at, err := h.searchFile(max(h.content, h.found+1))
	h.src.in, h.content = in, -1 // once is enough
	if err == nil {
		_, err = in.Seek(at, io.SeekStart)
	}
	return at, err == nil
}

// searchStream looks into what the stream's buffer holds, and begins with the end of
// what was read last.
func (h *headReader) searchStream(from int64) (int64, error) {
	t := &h.src.tail
	kept := bytes.Clone(t.last[headSize-(h.at-from):])
	next, _ := t.r.Peek(headSize)
	if found := findHeader(slices.Concat(kept, next), h.old, skew(from)); found >= 0 {
		t.again = kept[found:]
		return from + int64(found), nil
	}
	for at := h.at; ; {
		part, err := t.r.Peek(max(t.r.Buffered(), 2*headSize))
		n := max(0, len(part)-headSize+1)
		found := findHeader(part, h.old, skew(at))
		if found >= 0 {
			n = found
		}
		t.pass(int64(n)) // which is in the buffer
		if at += int64(n); found >= 0 {
			return at, nil
		}
		if err != nil {
			return 0, err
		}
	}
}
