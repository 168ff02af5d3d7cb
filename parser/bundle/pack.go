package bundle

import (
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// packings is THE list of ways to compress a tar that is written. The same bytes
// in give the same bytes out: no time, no name, one thread.
var packings = []struct {
	ending string
	pack   func(io.Writer) (io.WriteCloser, error)
}{
	{".tar.zst", func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	}},
	{".tar.gz", func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) }},
	{".tar", func(w io.Writer) (io.WriteCloser, error) { return notPacked{w}, nil }},
}

type notPacked struct{ io.Writer }

func (notPacked) Close() error { return nil }

// DefaultEnding is that of an archive without a name.
const DefaultEnding = ".tar.zst"

// Endings lists the names' endings that [Pack] knows.
func Endings() (list []string) {
	for _, p := range packings {
		list = append(list, p.ending)
	}
	return list
}

// Pack compresses what is written as the name's ending says. Close ends the
// compression, and not w.
func Pack(w io.Writer, name string) (io.WriteCloser, error) {
	for _, p := range packings {
		if strings.HasSuffix(name, p.ending) {
			return p.pack(w)
		}
	}
	return nil, fmt.Errorf("%q ends in none of %s", name, strings.Join(Endings(), ", "))
}
