package bundle

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// regular gives what is behind r if it is a file that can be read in place.
func regular(r io.Reader) *io.SectionReader {
	f, ok := r.(*os.File)
	if !ok {
		return nil
	}
	fi, err := f.Stat()
	if err != nil || !fi.Mode().IsRegular() || fi.Size() == 0 { // those of /proc say 0
		return nil
	}
	return io.NewSectionReader(f, 0, fi.Size())
}

// A source is where an archive comes from: a file that can be read in place,
// or just a stream.
type source struct {
	r        io.Reader
	in       *io.SectionReader // nil of a stream, as of all that was unpacked
	unpacked *unpacked         // what that is; else nil
	quiet    bool              // reading it is not reading of the bundle
	tail     tailReader
}

// at gives the file with its reading counted.
func (s *source) at(m *meter) io.ReaderAt {
	if s.quiet {
		return s.in
	}
	return meteredAt{s.in, m}
}

// section is a stretch of the file, or what of it there is.
func (s *source) section(off, size int64) *io.SectionReader {
	return io.NewSectionReader(s.in, off, max(0, min(size, s.in.Size()-off)))
}

func (s *source) reader() io.ReadSeeker {
	if s.in != nil {
		return s.in // archive/tar seeks over contents if it can
	}
	s.tail.r, s.tail.unpacked = s.buffered(), s.unpacked
	return &s.tail
}

// offset is where the member's content starts in the file.
func (s *source) offset() (int64, bool) {
	if s.in == nil {
		return 0, false
	}
	off, err := s.in.Seek(0, io.SeekCurrent)
	return off, err == nil
}

// bufferSize is how much of a stream is read at once.
const bufferSize = 64 << 10

// peek gives the first bytes of the source without using them up.
func (s *source) peek() ([]byte, error) {
	head, err := s.buffered().Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return head, nil
}

// buffered gives r with a buffer around it.
func (s *source) buffered() *bufio.Reader {
	br, ok := s.r.(*bufio.Reader)
	if !ok {
		br = bufio.NewReaderSize(s.r, bufferSize)
		s.r = br
	}
	return br
}
