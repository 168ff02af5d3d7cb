package bundle

import (
	"bytes"
	"compress/gzip"
	"io"
)

// formats is THE list of containers, told by content. Adding one is one line
// here and, where a library alone does not do it, one file.
var formats = []format{
	{name: "gzip", match: magic("\x1f\x8b"), unpack: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{name: "tar", match: isTar, load: loadTar},
}

// foreign are containers that are recognised only to say what to do with them.
var foreign = []struct {
	name  string
	match func(head []byte) bool
	hint  string
}{
	{"xz-compressed", magic("\xfd7zXZ\x00"), "xz -dc %s | coldstat ... -"},
	{"bzip2-compressed", magic("BZh"), "bzip2 -dc %s | coldstat ... -"},
	{"zstd-compressed", magic("\x28\xb5\x2f\xfd"), "zstd -dc %s | coldstat ... -"},
	{"lz4-compressed", magic("\x04\x22\x4d\x18"), "lz4 -dc %s | coldstat ... -"},
	{"a zip file", magic("PK\x03\x04"), "unzip it into a directory and name that"},
}

// A format either unpacks a stream into another stream, which is told again
// from its content, or loads the members of an archive.
type format struct {
	name   string
	match  func(head []byte) bool
	unpack func(io.Reader) (io.Reader, error)
	load   func(*loader, *source) error
}

// headSize is how much of a stream the matchers see: one tar header.
const headSize = 512

func magic(m string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(m)) }
}

// isTar checks the header's own checksum, which holds for every tar since V7;
// "ustar" does not stand in all of them. A tar without members is zeros.
func isTar(head []byte) bool {
	if len(head) < headSize {
		return false
	}
	unsigned, signed := int64(0), int64(0)
	for i, b := range head[:headSize] {
		if 148 <= i && i < 156 {
			b = ' ' // the checksum field counts as blanks
		}
		unsigned += int64(b)
		signed += int64(int8(b))
	}
	if unsigned == 8*' ' {
		return len(bytes.Trim(head[:headSize], "\x00")) == 0
	}
	sum := int64(0)
	for _, b := range bytes.Trim(head[148:156], " \x00") {
		if b < '0' || b > '7' {
			return false
		}
		sum = sum<<3 | int64(b-'0')
	}
	return sum == unsigned || sum == signed
}
