package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// A section is a stretch of a stored text that holds one file of the machine.
type section struct {
	name     string // of the file on the machine
	line     int    // where its content begins in the text, 1-based
	off, end int64
}

// A ruler tells what a line means for the sections of a text. It sees the line
// without its end, its number, the section that it would belong to, and whether
// the line before was a heading. Of a long line it sees the beginning.
type ruler func(line []byte, n int, in string, headed bool) mark

// A mark is what a ruler finds in a line. The zero mark is a line of content.
type mark struct {
	ends    bool   // the section before ends here
	heading bool   // the next line names a section
	name    string // a section begins here
	own     bool   // it begins with this line, and not behind it
	skip    int    // so many bytes of the line are not content
}

// maxSections bounds how many sections of a text are remembered.
const maxSections = 10_000

// errSections is the error of a text that is read up to that limit.
var errSections = fmt.Errorf("it has more than %d entries, the rest is not read", maxSections)

// bom is what Windows puts in front of UTF-8.
const bom = "\xef\xbb\xbf"

// split finds the sections of a text, in their order. Empty lines at the end of
// a section are those of the collector. A read error ends the last section; full
// tells that there are more than are remembered.
func split(r io.Reader, rule ruler) (sections []section, full bool, err error) {
	br := bufio.NewReaderSize(r, bufferSize)
	var open section // without a name: none
	var headed bool
	closing := func() {
		if open.name != "" {
			sections = append(sections, open)
		}
		open = section{}
	}
	for n, off := 1, int64(0); ; n++ {
		head, size, readErr := wholeLine(br)
		if size > 0 {
			start := off
			if n == 1 && bytes.HasPrefix(head, []byte(bom)) {
				head, start = head[len(bom):], off+int64(len(bom))
			}
			off += size
			m := rule(head, n, open.name, headed)
			headed = m.heading
			if m.ends || m.name != "" {
				closing()
			}
			switch {
			case m.name != "" && len(sections) >= maxSections:
				return sections, true, nil
			case m.name != "" && m.own:
				open = section{m.name, n, start + int64(m.skip), off}
			case m.name != "":
				open = section{m.name, n + 1, off, off}
			case len(head) > 0:
				open.end = off
			}
		}
		if readErr != nil {
			closing()
			if !errors.Is(readErr, io.EOF) {
				err = readErr
			}
			return sections, false, err
		}
	}
}

// wholeLine reads a line of any length. head is its beginning without the line's
// end, and size the number of bytes with it.
func wholeLine(br *bufio.Reader) (head []byte, size int64, err error) {
	text, err := br.ReadSlice('\n')
	size = int64(len(text))
	head = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	if !errors.Is(err, bufio.ErrBufferFull) {
		return head, size, err
	}
	head = bytes.Clone(head[:headSize])
	for errors.Is(err, bufio.ErrBufferFull) {
		text, err = br.ReadSlice('\n')
		size += int64(len(text))
	}
	return head, size, err
}

// A stretch is the content of a file that is a part of a stored one.
type stretch struct {
	t         tree
	stored    string
	off, size int64
	err       error // what it ends with instead of io.EOF
}

func (s stretch) reader() io.Reader { return &stretchReader{s: s} }

// A stretchReader opens the stored file when it is first read.
type stretchReader struct {
	s    stretch
	file io.ReadCloser
	left int64
	err  error
}

func (r *stretchReader) Read(p []byte) (int, error) {
	if r.file == nil && r.err == nil {
		r.start()
	}
	if r.err != nil {
		return 0, r.err
	}
	if r.left == 0 {
		if r.err = io.EOF; r.s.err != nil {
			r.err = r.s.err
		}
		return 0, r.err
	}
	n, err := r.file.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	if err != nil && r.left > 0 {
		if r.err = err; errors.Is(err, io.EOF) {
			r.err = io.ErrUnexpectedEOF
		}
		return n, r.err
	}
	return n, nil
}

func (r *stretchReader) start() {
	f, err := r.s.t.open(r.s.stored)
	if err != nil {
		r.err = cause(err)
		return
	}
	r.file, r.left = f, r.s.size
	if s, ok := f.(io.Seeker); ok {
		_, r.err = s.Seek(r.s.off, io.SeekStart)
	} else {
		_, r.err = io.CopyN(io.Discard, f, r.s.off)
	}
}

// Close lets go of a file on disk.
func (r *stretchReader) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
