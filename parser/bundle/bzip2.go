package bundle

import (
	"bytes"
	"compress/bzip2"
	"errors"
	"io"
	"math/bits"
	"slices"
)

// A bzip2 stream is "BZh" and a digit, blocks, and a trailer with a checksum over
// those of the blocks. Blocks begin at any bit, each with digits of pi as its magic
// number; the trailer begins with digits of pi's root. The library decodes one block
// after the other; several at once are had by giving it runs of blocks, each behind
// a header of its own.

const (
	bzip2Block   = 0x314159265359
	bzip2Trailer = 0x177245385090
	bzip2Magic   = 48 // bits of both
	bzip2Sum     = 32 // bits of a checksum
	bzip2Header  = 32 // bits of a header

	// bzip2Run is how many bytes of blocks make a piece: the library's decoder
	// takes 3.6 MB, which a small block is not worth.
	bzip2Run = 64 << 10
	// bzip2Longest is more than the longest run with another block behind it: a
	// symbol of the 900,000 in a block has at most 20 bits.
	bzip2Longest = 4 << 20
	// bzip2Ahead is how many chunks of a piece may wait.
	bzip2Ahead = 16
)

// splitBzip2 cuts a stream into runs of blocks.
func splitBzip2(in io.ReaderAt, size int64, _ int) (split splitter, depth int) {
	return newBzip2Splitter(in, size, bzip2Run).next, bzip2Ahead
}

func newBzip2Splitter(in io.ReaderAt, size int64, least int) *bzip2Splitter {
	s := &bzip2Splitter{r: io.NewSectionReader(in, 0, size), least: least}
	s.state = s.header
	return s
}

// A bzip2Splitter searches for the magic numbers. Bits are counted from the
// beginning of buf, which is the byte that has the first bit of what comes next.
type bzip2Splitter struct {
	r     io.Reader
	least int // bytes of a run
	buf   []byte
	atEnd bool // buf has all that is left
	state func() (*bzip2Piece, error)

	head  []byte // the stream's header
	start int    // where the run or the trailer begins
	sum   uint32 // of the blocks so far

	seen int    // bytes of buf that were searched
	last uint64 // the last of them
}

func (s *bzip2Splitter) next() (piece, error) {
	for {
		p, err := s.state()
		if err != nil {
			return piece{}, err
		}
		if p != nil {
			return piece{open: p.open}, nil
		}
	}
}

// more reads on.
func (s *bzip2Splitter) more() error {
	if s.atEnd || len(s.buf) > bzip2Longest {
		return errOdd
	}
	n := len(s.buf)
	s.buf = slices.Grow(s.buf, chunkSize)[:n+chunkSize]
	m, err := readFull(s.r, s.buf[n:])
	s.buf = s.buf[:n+m]
	if s.atEnd = errors.Is(err, io.EOF); s.atEnd {
		return nil
	}
	return err
}

// bits gives n bits from a place on, at most 56.
func (s *bzip2Splitter) bits(at, n int) (v uint64, err error) {
	end := (at + n + 7) / 8
	for end > len(s.buf) {
		if err := s.more(); err != nil {
			return 0, err
		}
	}
	for _, b := range s.buf[at/8 : end] {
		v = v<<8 | uint64(b)
	}
	return v >> (end*8 - at - n) & (1<<n - 1), nil
}

// forget drops the bytes in front of a bit. Somebody may still have them.
func (s *bzip2Splitter) forget(at int) {
	s.buf = bytes.Clone(s.buf[at/8:])
	s.start = at % 8
}

// header reads the header of a stream, or finds the end.
func (s *bzip2Splitter) header() (*bzip2Piece, error) {
	if len(s.buf) == 0 && !s.atEnd {
		if err := s.more(); err != nil {
			return nil, err
		}
	}
	if len(s.buf) == 0 && s.head != nil {
		return nil, io.EOF
	}
	if _, err := s.bits(0, bzip2Header); err != nil {
		return nil, err
	}
	if !isBzip2(s.buf) {
		return nil, errOdd
	}
	s.head, s.start, s.sum = bytes.Clone(s.buf[:bzip2Header/8]), bzip2Header, 0
	magic, err := s.bits(s.start, bzip2Magic)
	switch {
	case err != nil:
		return nil, err
	case magic == bzip2Block:
		s.state = s.run
	case magic == bzip2Trailer:
		s.state = s.trailer
	default:
		return nil, errOdd
	}
	return nil, nil
}

// run cuts off the blocks that make a piece. Whether they are whole shows when
// they are decoded.
func (s *bzip2Splitter) run() (*bzip2Piece, error) {
	for block := s.start; ; {
		s.seen, s.last = (block+bzip2Magic)/8, 0
		at, magic, err := s.search(block + bzip2Magic)
		if err != nil {
			return nil, err
		}
		sum, err := s.bits(block+bzip2Magic, bzip2Sum)
		if err != nil {
			return nil, err
		}
		s.sum = bits.RotateLeft32(s.sum, 1) ^ uint32(sum)
		block = at
		if magic == bzip2Block && at-s.start < s.least*8 {
			continue
		}
		p := &bzip2Piece{head: s.head, buf: s.buf, start: s.start, end: at}
		if magic == bzip2Trailer {
			s.state = s.trailer
		}
		s.forget(at)
		return p, nil
	}
}

// trailer checks the sum of a stream; another one may follow in the next byte.
func (s *bzip2Splitter) trailer() (*bzip2Piece, error) {
	sum, err := s.bits(s.start+bzip2Magic, bzip2Sum)
	if err != nil {
		return nil, err
	}
	if uint32(sum) != s.sum {
		return nil, errOdd
	}
	s.forget((s.start + bzip2Magic + bzip2Sum + 7) / 8 * 8)
	s.state = s.header
	return nil, nil
}

// bzip2Marks tells by which shifts, one bit for each, a byte may be the last whole
// one of a magic number. Few bytes can.
var bzip2Marks = func() (marks [256]uint8) {
	for shift := range 8 {
		for _, magic := range []uint64{bzip2Block, bzip2Trailer} {
			marks[byte(magic>>(8-shift))] |= 1 << shift
		}
	}
	return marks
}()

// search gives the first bit, not before the given one, at which a magic number
// begins, and which it is.
func (s *bzip2Splitter) search(from int) (at int, magic uint64, err error) {
	for {
		last := s.last
		for i, b := range s.buf[s.seen:] {
			last = last<<8 | uint64(b)
			marks := bzip2Marks[byte(last>>8)]
			for shift := 0; marks != 0; shift, marks = shift+1, marks>>1 {
				magic := last >> shift & (1<<bzip2Magic - 1)
				at := (s.seen+i+1)*8 - shift - bzip2Magic
				if marks&1 != 0 && at >= from && (magic == bzip2Block || magic == bzip2Trailer) {
					return at, magic, nil
				}
			}
		}
		s.seen, s.last = len(s.buf), last
		if err := s.more(); err != nil {
			return 0, 0, err
		}
	}
}

// A bzip2Piece is a run of blocks: the bits of buf from start to end. Behind them
// is a magic number.
type bzip2Piece struct {
	head, buf  []byte
	start, end int
}

// open gives the library the stream's header, the blocks, and of what is behind
// them only the magic number: if that is one by chance, in the middle of a block,
// the block lacks the rest of its bits, which must not go unnoticed.
func (p *bzip2Piece) open() (io.Reader, error) {
	size := (p.end - p.start + bzip2Magic + 7) / 8
	in := append(make([]byte, 0, len(p.head)+size+1), p.head...)
	from, shift := p.start/8, p.start%8
	for i := range size {
		b := p.buf[from+i] << shift
		if from+i+1 < len(p.buf) {
			b |= p.buf[from+i+1] >> (8 - shift)
		}
		in = append(in, b)
	}
	in[len(in)-1] |= 1<<(size*8-(p.end-p.start+bzip2Magic)) - 1 // no magic number ends so
	in = append(in, 0xff)
	r := bytes.NewReader(in)
	return &bzip2Reader{r: bzip2.NewReader(r), in: r, end: len(p.head) + (p.end-p.start+7)/8}, nil
}

// A bzip2Reader reads a run of blocks. Those are whole if the library, which reads
// byte by byte, and a block to its end before it gives anything of it, has read
// the byte that has the last bit, and no further, when it gave the last byte; and if
// it then takes the magic number for one, that is, wants more bits.
type bzip2Reader struct {
	r    io.Reader
	in   *bytes.Reader
	end  int // bytes of in that have the blocks
	read int // bytes of in that had been read when the last output came
}

func (b *bzip2Reader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	read := int(b.in.Size()) - b.in.Len()
	switch {
	case n > 0 && err == nil && read <= b.end:
		b.read = read
		return n, nil
	case n == 0 && errors.Is(err, io.ErrUnexpectedEOF) && b.read == b.end:
		return 0, io.EOF
	case n == 0 && err == nil:
		return 0, nil
	}
	return 0, errOdd
}
