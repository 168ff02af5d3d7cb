package bundle

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// A zstd stream is a row of frames, of which pzstd writes many. The ends of frames
// show without decoding. (The format: RFC 8878)

const (
	// zstdRun is how many bytes of frames make a piece.
	zstdRun = 256 << 10
	// zstdPeek is how much is read at once to find the ends of frames.
	zstdPeek = 4 << 10
	// zstdAhead is how many chunks of a piece may wait.
	zstdAhead       = 64
	zstdBlockHeader = 3 // bytes
	zstdSum         = 4
)

// splitZstd cuts a file into runs of frames. It gives nil if there is but one.
func splitZstd(in io.ReaderAt, size int64, slots int) (split splitter, depth int) {
	return newZstdSplitter(in, size, slots, zstdRun).split(), zstdAhead
}

func newZstdSplitter(in io.ReaderAt, size int64, slots int, least int64) *zstdSplitter {
	return &zstdSplitter{in: in, size: size, least: least, window: maxDictionary / uint64(slots), idle: make(chan *zstd.Decoder, slots)}
}

// split is nil if there is but one piece.
func (s *zstdSplitter) split() splitter {
	first, err := s.next()
	if err != nil || s.at == s.size {
		return nil
	}
	return func() (p piece, err error) {
		if first.open != nil {
			p, first = first, piece{}
			return p, nil
		}
		return s.next()
	}
}

// A zstdSplitter walks over frames and the blocks in them.
type zstdSplitter struct {
	in       io.ReaderAt
	at, size int64
	least    int64  // bytes of a run
	window   uint64 // the largest of a frame

	peeked   []byte // what is in the file
	peekedAt int64  // here

	idle chan *zstd.Decoder // to use again
}

// peek gives n bytes from a place on, or fewer at the end.
func (s *zstdSplitter) peek(at int64, n int) ([]byte, error) {
	if at < s.peekedAt || at+int64(n) > s.peekedAt+int64(len(s.peeked)) {
		if s.peeked == nil {
			s.peeked = make([]byte, zstdPeek)
		}
		s.peeked = s.peeked[:zstdPeek]
		m, err := s.in.ReadAt(s.peeked, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		s.peeked, s.peekedAt = s.peeked[:m], at
	}
	have := s.peeked[at-s.peekedAt:]
	return have[:min(n, len(have))], nil
}

// next gives a run of frames.
func (s *zstdSplitter) next() (piece, error) {
	from := s.at
	for s.at < s.size && s.at-from < s.least {
		if err := s.frame(); err != nil {
			return piece{}, err
		}
	}
	if from == s.at {
		return piece{}, io.EOF
	}
	in := io.NewSectionReader(s.in, from, s.at-from)
	var zr *zstd.Decoder
	return piece{
		open: func() (r io.Reader, err error) {
			select {
			case zr = <-s.idle:
				return zr, zr.Reset(in)
			default:
				zr, err = zstd.NewReader(in, append(zstdOptions[:len(zstdOptions):len(zstdOptions)], zstd.WithDecoderMaxWindow(s.window))...)
				return zr, err
			}
		},
		free: func() { s.idle <- zr },
	}, nil
}

// frame walks over one frame.
func (s *zstdSplitter) frame() error {
	head, err := s.peek(s.at, zstd.HeaderMaxSize)
	if err != nil {
		return err
	}
	var h zstd.Header
	if err := h.Decode(head); err != nil {
		return errOdd
	}
	at := s.at + int64(h.HeaderSize)
	if h.Skippable {
		return s.end(at + int64(h.SkippableSize))
	}
	if h.WindowSize > s.window || h.SingleSegment && h.FrameContentSize > s.window {
		return errOdd
	}
	for last := false; !last; {
		text, err := s.peek(at, zstdBlockHeader)
		if err != nil {
			return err
		}
		if len(text) < zstdBlockHeader {
			return errOdd
		}
		block := binary.LittleEndian.Uint32(append(text[:zstdBlockHeader:zstdBlockHeader], 0))
		last = block&1 != 0
		size := int64(block >> 3)
		switch block >> 1 & 3 {
		case 1: // a byte that is repeated
			size = 1
		case 3:
			return errOdd
		}
		if at += zstdBlockHeader + size; at > s.size {
			return errOdd
		}
	}
	if h.HasCheckSum {
		at += zstdSum
	}
	return s.end(at)
}

func (s *zstdSplitter) end(at int64) error {
	if at > s.size {
		return errOdd
	}
	s.at = at
	return nil
}
