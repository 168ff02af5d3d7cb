package parser

import (
	"bytes"
	"errors"
	"io"
)

const (
	bufSize = 128 << 10
	// MaxLine is the longest line that is looked at. The kernel's longest rows
	// (SCTP associations with many addresses) stay far below it.
	MaxLine = 64 << 10
)

// lines cuts a stream at newlines without copying. The slice that next returns
// is only valid until the following call.
type lines struct {
	r    io.Reader
	buf  []byte // unread bytes are buf[pos:end]
	pos  int
	end  int
	err  error // sticky, delivered once the buffer is used up
	line int   // number of the line last returned, 1-based
	cut  bool  // the line last returned had no newline: the file ends there
	// heads are the lines of the header, to know them when they come again.
	heads [2][]byte
	crlf  bool // set by the first line: the file went through a CR LF conversion
	// sniff lets next tell crlf from the first line, for files without a header.
	sniff bool
}

func newLines(r io.Reader) *lines {
	return &lines{r: r, buf: make([]byte, bufSize)}
}

// next returns the next line without its newline. At the end of the file the
// error is io.EOF. A line over MaxLine is passed over and reported as
// ErrLineTooLong with its first bytes.
func (l *lines) next() ([]byte, error) {
	from := 0 // what of buf[pos:end] has been searched already
	for {
		if i := bytes.IndexByte(l.buf[l.pos+from:l.end], '\n'); i >= 0 {
			text := l.buf[l.pos : l.pos+from+i]
			l.pos += from + i + 1
			l.line++
			return l.trim(text)
		}
		from = l.end - l.pos
		if from > MaxLine {
			return l.skipLong()
		}
		if l.err != nil {
			if from == 0 {
				return nil, l.err
			}
			text := l.buf[l.pos:l.end]
			l.pos = l.end
			l.line++
			l.cut = true
			return l.trim(text)
		}
		l.fill()
	}
}

// bom is what editors put in front of UTF-8. No kernel begins a file with it.
var bom = []byte("\xef\xbb\xbf")

func (l *lines) trim(text []byte) ([]byte, error) {
	if l.line == 1 {
		text = bytes.TrimPrefix(text, bom)
	}
	if l.sniff {
		l.sniff, l.crlf = false, len(text) > 0 && text[len(text)-1] == '\r'
	}
	if l.crlf && len(text) > 0 && text[len(text)-1] == '\r' {
		text = text[:len(text)-1]
	}
	if len(text) > MaxLine {
		return text[:maxValue], ErrLineTooLong
	}
	return text, nil
}

// header reads the first line and notes whether the file has CR LF line ends.
// Only there can it be told: a unix path may itself end in a carriage return.
func (l *lines) header() ([]byte, error) {
	h, err := l.next()
	if n := len(h); n > 0 && h[n-1] == '\r' {
		l.crlf = true
		h = h[:n-1]
	}
	l.heads[0] = bytes.Clone(h)
	return h, err
}

// isHead reports whether a line begins as one of the header does: two captures were
// put into one file. Their kernels may differ, and so what stands further on.
func (l *lines) isHead(text []byte) bool {
	for _, head := range l.heads {
		if words := firstWords(head); len(words) > 0 && bytes.Equal(words, firstWords(text)) {
			return true
		}
	}
	return false
}

// firstWords gives a line up to the end of its second word, without what is before.
func firstWords(text []byte) []byte {
	text = bytes.TrimLeft(text, " \t")
	end := 0
	for range 2 {
		for end < len(text) && isBlank(text[end]) {
			end++
		}
		for end < len(text) && !isBlank(text[end]) {
			end++
		}
	}
	return text[:end]
}

func (l *lines) fill() {
	if l.pos > 0 {
		copy(l.buf, l.buf[l.pos:l.end])
		l.end -= l.pos
		l.pos = 0
	}
	// A reader may return nothing a few times; one that never ends must not hang us.
	for range 100 {
		n, err := l.r.Read(l.buf[l.end:])
		l.end += n
		if err != nil {
			l.err = err
			return
		}
		if n > 0 {
			return
		}
	}
	l.err = io.ErrNoProgress
}

// skipLong drops the line that fills the buffer, up to and including its newline.
func (l *lines) skipLong() ([]byte, error) {
	head := append([]byte(nil), l.buf[l.pos:l.pos+maxValue]...)
	l.line++
	for {
		if i := bytes.IndexByte(l.buf[l.pos:l.end], '\n'); i >= 0 {
			l.pos += i + 1
			return head, ErrLineTooLong
		}
		l.pos = l.end
		if l.err != nil {
			l.cut = true
			return head, ErrLineTooLong
		}
		l.fill()
	}
}

// fail turns an error of next into what a sequence yields, and tells whether
// the sequence ends there. It returns nil at the regular end of the file.
func (l *lines) fail(file string, head []byte, err error) (out error, end bool) {
	switch {
	case errors.Is(err, io.EOF):
		return nil, true
	case errors.Is(err, ErrLineTooLong):
		return &RowError{File: file, Line: l.line, Value: string(head), Err: err}, false
	default:
		return &FileError{File: file, Line: l.line, Err: err}, true
	}
}
