package bundle

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/mikelolasagasti/xz"
)

// A stream of xz is a header, blocks, an index with the sizes of the blocks, and a
// footer. xz -T writes several blocks, which can be decompressed on their own: as
// streams of one block each, whose index the library compares with the block.
// (The format: https://tukaani.org/xz/xz-file-format.txt)

const (
	xzEnds = 12 // bytes of the header, and of the footer
	// xzBlock is the most that a block may hold: it waits in memory.
	xzBlock = 64 << 20
	// xzIndex is the largest index that is read; one of that size is of some
	// 100,000 blocks.
	xzIndex = 1 << 20
)

// xzSize are the sizes of a block in an index: of what is compressed, without the
// padding to a multiple of four bytes, and of what comes out.
type xzSize struct{ packed, unpacked uint64 }

// splitXz cuts a file of one stream into its blocks. It gives nil for any other,
// and for one with blocks that are too large.
func splitXz(in io.ReaderAt, size int64, slots int) (split splitter, depth int) {
	var header, footer [xzEnds]byte
	if size < 2*xzEnds || size%4 != 0 {
		return nil, 0
	}
	if _, err := in.ReadAt(header[:], 0); err != nil {
		return nil, 0
	}
	if _, err := in.ReadAt(footer[:], size-xzEnds); err != nil {
		return nil, 0
	}
	flags := [2]byte(header[6:])
	index := 4 * (int64(binary.LittleEndian.Uint32(footer[4:])) + 1)
	if header != xzHeader(flags) || footer != xzFooter(flags, index) || index > min(xzIndex, size-2*xzEnds) {
		return nil, 0
	}
	blocks, ok := xzBlocks(io.NewSectionReader(in, size-xzEnds-index, index), size-2*xzEnds-index)
	if !ok || len(blocks) < 2 {
		return nil, 0
	}
	for _, b := range blocks {
		depth = max(depth, int((b.unpacked+chunkSize-1)/chunkSize))
	}
	s := &xzSplitter{in: in, flags: flags, blocks: blocks, at: xzEnds, dictionary: maxDictionary / uint32(slots), idle: make(chan *xz.Reader, slots)}
	return s.next, depth
}

// xzHeader and xzFooter are what a stream with these flags begins and ends with.
func xzHeader(flags [2]byte) (h [xzEnds]byte) {
	copy(h[:], "\xfd7zXZ\x00")
	copy(h[6:], flags[:])
	binary.LittleEndian.PutUint32(h[8:], crc32.ChecksumIEEE(flags[:]))
	return h
}

func xzFooter(flags [2]byte, index int64) (f [xzEnds]byte) {
	binary.LittleEndian.PutUint32(f[4:], uint32(index/4-1))
	copy(f[8:], flags[:])
	binary.LittleEndian.PutUint32(f[:], crc32.ChecksumIEEE(f[4:10]))
	copy(f[10:], "YZ")
	return f
}

// xzBlocks reads an index, of which the blocks must fill so many bytes.
func xzBlocks(index *io.SectionReader, fill int64) (blocks []xzSize, ok bool) {
	text, err := io.ReadAll(bufio.NewReader(index))
	if err != nil || len(text) < 8 {
		return nil, false
	}
	sum := len(text) - 4
	if text[0] != 0 || crc32.ChecksumIEEE(text[:sum]) != binary.LittleEndian.Uint32(text[sum:]) {
		return nil, false
	}
	r := bytes.NewReader(text[1:sum])
	count, err := xzNumber(r)
	for ; err == nil && count > 0; count-- {
		var b xzSize
		if b.packed, err = xzNumber(r); err == nil {
			b.unpacked, err = xzNumber(r)
		}
		// What a block has is at least its header.
		if b.packed < 5 || b.packed > uint64(fill) || b.unpacked > xzBlock {
			return nil, false
		}
		fill -= int64(b.packed+3) &^ 3
		blocks = append(blocks, b)
	}
	padding := r.Len()
	for ; padding > 0 && err == nil; padding-- {
		var b byte
		if b, err = r.ReadByte(); b != 0 || padding > 3 {
			return nil, false
		}
	}
	return blocks, err == nil && fill == 0
}

var errXzNumber = errors.New("no number of xz")

// xzNumber reads a number of the format, which has at most 9 bytes of 7 bits.
func xzNumber(r io.ByteReader) (v uint64, err error) {
	for shift := 0; shift < 63; shift += 7 {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if v |= uint64(b&0x7f) << shift; b < 0x80 {
			if b == 0 && shift > 0 {
				break // it has a shorter form
			}
			return v, nil
		}
	}
	return 0, errXzNumber
}

// xzRecord is the index of one block.
func xzRecord(b xzSize) []byte {
	index := binary.AppendUvarint(binary.AppendUvarint([]byte{0, 1}, b.packed), b.unpacked)
	index = append(index, make([]byte, -len(index)&3)...)
	return binary.LittleEndian.AppendUint32(index, crc32.ChecksumIEEE(index))
}

// An xzSplitter gives the blocks of a stream.
type xzSplitter struct {
	in         io.ReaderAt
	flags      [2]byte
	blocks     []xzSize // those that are still to come
	at         int64
	dictionary uint32
	idle       chan *xz.Reader // decoders with their dictionaries, to use again
}

func (s *xzSplitter) next() (piece, error) {
	if len(s.blocks) == 0 {
		return piece{}, io.EOF
	}
	b := s.blocks[0]
	packed := int64(b.packed+3) &^ 3
	header, record := xzHeader(s.flags), xzRecord(b)
	footer := xzFooter(s.flags, int64(len(record)))
	stream := io.MultiReader(bytes.NewReader(header[:]), io.NewSectionReader(s.in, s.at, packed), bytes.NewReader(record), bytes.NewReader(footer[:]))
	s.at, s.blocks = s.at+packed, s.blocks[1:]
	var zr *xz.Reader
	return piece{
		open: func() (r io.Reader, err error) {
			stream := bufio.NewReaderSize(stream, bufferSize)
			select {
			case zr = <-s.idle:
				return zr, zr.Reset(stream)
			default:
				zr, err = xz.NewReader(stream, s.dictionary)
				return zr, err
			}
		},
		free: func() { s.idle <- zr },
	}, nil
}
