package bundle

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"
	"github.com/pierrec/lz4/v4"
)

// formats is THE list of containers, told by content. Adding one is one line
// here and, where a library alone does not do it, one file.
func formats() []format {
	return []format{
		{name: "tar", match: isTar, load: loadTar},
		{name: "zip", match: isZip, load: loadZip},
		{name: "gzip", match: magic("\x1f\x8b"), unpack: unpackGzip, garbage: gzip.ErrHeader},
		{name: "xz", match: magic("\xfd7zXZ\x00"), unpack: unpackXz, split: splitXz, garbage: xz.ErrFormat, cut: xz.ErrBuf, large: xz.ErrMemlimit, tool: "xz -dc"},
		{name: "bzip2", match: isBzip2, unpack: unpackBzip2, split: splitBzip2, garbage: bzip2.StructuralError("bad magic value in continuation file")},
		{name: "zstd", match: isZstd, unpack: unpackZstd, split: splitZstd, garbage: zstd.ErrMagicMismatch, large: zstd.ErrDecoderSizeExceeded, tool: "zstd -dc --long=31"},
		{name: "lz4", match: magic("\x04\x22\x4d\x18"), unpack: unpackLz4, garbage: lz4.ErrInvalidFrame},
		{name: "tar", match: isBrokenTar, load: loadTar},
	}
}

// foreign are containers that are recognised only to say what to do with them.
// %s in a hint is the bundle's name.
var foreign = []struct {
	name  string
	match func(head []byte) bool
	hint  string
}{
	{"encrypted with GPG", isPGP, "decrypt it first: gpg -d %s | coldstat ... -"},
	{"a 7z archive", magic("7z\xbc\xaf\x27\x1c"), "unpack it into a directory and name that: 7z x %s"},
	{"a rar archive", magic("Rar!\x1a\x07"), "unpack it into a directory and name that: unrar x %s"},
}

// A format either unpacks a stream into another stream, which is told again
// from its content, or loads the members of an archive.
type format struct {
	name   string
	match  func(head []byte) bool
	unpack func(*bufio.Reader) (io.Reader, error)
	load   func(*loader, *source) error
	// split cuts a stream in a file into pieces, of which there may be so many at
	// once, and tells how many chunks of each may wait. The splitter is nil if the
	// stream is no such; the format has no split if there are no such.
	split func(in io.ReaderAt, size int64, slots int) (s splitter, depth int)

	// How the library says that no further stream begins where one has ended,
	// that the input ends too early (besides io.ErrUnexpectedEOF), and that
	// more memory is needed than maxDictionary; tool can do without that limit.
	garbage, cut, large error
	tool                string

	share int // see Options
}

// headSize is how much of a stream the matchers see: one tar header.
const headSize = 512

func magic(m string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(m)) }
}

func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) // one without members
}

func isBzip2(head []byte) bool {
	return len(head) > 3 && string(head[:3]) == "BZh" && '1' <= head[3] && head[3] <= '9'
}

// isZstd takes a skippable frame in front too, as pzstd writes it.
func isZstd(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")) ||
		len(head) > 3 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18"
}

// isPGP tells an encrypted message of OpenPGP (RFC 9580): in armour, or binary
// with a packet that holds the session key, by public key (tag 1) or passphrase
// (tag 3). A byte alone is no proof, so the packet's version must be one there is.
func isPGP(head []byte) bool {
	if bytes.HasPrefix(head, []byte("-----BEGIN PGP MESSAGE-----")) {
		return true
	}
	if len(head) < 6 {
		return false
	}
	at := 2 // of the version, behind tag and length
	switch head[0] {
	case 0x84, 0x8c:
	case 0x85, 0x8d:
		at = 3
	case 0xc1, 0xc3:
		if head[1] >= 192 {
			at = 3
		}
	default:
		return false
	}
	version := head[at]
	if head[0] == 0x84 || head[0] == 0x85 || head[0] == 0xc1 {
		return version == 2 || version == 3 || version == 6
	}
	return 4 <= version && version <= 6
}

// isTar checks the header's own checksum, which holds for every tar since V7;
// "ustar" does not stand in all of them. A tar without members is zeros.
func isTar(head []byte) bool {
	if len(head) < headSize {
		return false
	}
	sum := int64(0)
	for _, b := range bytes.Trim(head[148:156], " \x00") {
		if b < '0' || b > '7' {
			return false
		}
		sum = sum<<3 | int64(b-'0')
	}
	unsigned, high := byteSum(head[:headSize])
	for _, b := range head[148:156] { // the checksum field counts as blanks
		unsigned += ' ' - int64(b)
		high -= int64(b >> 7)
	}
	if unsigned == 8*' ' {
		return len(bytes.Trim(head[:headSize], "\x00")) == 0
	}
	return sum == unsigned || sum == unsigned-high<<8
}

// byteSum gives the sum of a block's bytes, and how many have their highest bit set.
// Hostile archives have a header at every few bytes, as far as one can tell without it:
// eight bytes are added at once, in lanes of 16 bits and of 8.
func byteSum(block []byte) (sum, high int64) {
	const even, ones = 0x00ff00ff00ff00ff, 0x0101010101010101
	lanes, bits := uint64(0), uint64(0)
	for i := 0; i < headSize; i += 8 {
		word := binary.LittleEndian.Uint64(block[i:])
		lanes += word&even + word>>8&even
		bits += word >> 7 & ones
	}
	for ; lanes > 0; lanes >>= 16 {
		sum += int64(lanes & 0xffff)
	}
	for ; bits > 0; bits >>= 8 {
		high += int64(bits & 0xff)
	}
	return sum, high
}
