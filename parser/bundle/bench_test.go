package bundle_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// BenchmarkOpen opens a small sosreport in each container and holds its tables; the
// rate is that of the tar.
func BenchmarkOpen(b *testing.B) {
	var tar bytes.Buffer
	if err := fixtures.Sosreport(&tar, 3_000_000, 500); err != nil {
		b.Fatal(err)
	}
	files := map[string][]byte{"tar": tar.Bytes()}
	for ending, compress := range fixtures.Compressors() {
		files["tar."+ending] = compress(b, tar.Bytes())
	}
	for _, ending := range slices.Sorted(maps.Keys(files)) {
		name := filepath.Join(b.TempDir(), "sosreport."+ending)
		if err := os.WriteFile(name, files[ending], 0o644); err != nil {
			b.Fatal(err)
		}
		b.Run(ending, func(b *testing.B) {
			b.SetBytes(int64(tar.Len()))
			b.ReportAllocs()
			for b.Loop() {
				opened, err := bundle.Open(name, bundle.Options{Want: []string{"proc/net/tcp", "proc/net/tcp6"}})
				if err != nil {
					b.Fatal(err)
				}
				opened.Close()
			}
		})
	}
}
