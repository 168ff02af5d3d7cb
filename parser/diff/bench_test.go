package diff_test

import (
	"bytes"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/diff"
)

const benchRows = 50_000

// BenchmarkCompare compares two captures of 50,000 tcp sockets, a fifth of which came or
// went in between.
func BenchmarkCompare(b *testing.B) {
	var table bytes.Buffer
	if err := (fixtures.Big{Rows: benchRows + benchRows/10, Peers: 40}).TCP(&table); err != nil {
		b.Fatal(err)
	}
	lines := bytes.SplitAfter(table.Bytes(), []byte("\n"))
	host := func(from int) *fixtures.Host {
		rows := bytes.Join(append([][]byte{lines[0]}, lines[1+from:1+from+benchRows]...), nil)
		return fixtures.NewHost(map[string]string{"proc/net/tcp": string(rows), bootFile: boot})
	}
	old, new := host(0), host(benchRows/10)
	for _, bb := range []struct {
		name string
		all  bool
	}{{"folded", false}, {"all", true}} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(old.Files["proc/net/tcp"]) + len(new.Files["proc/net/tcp"])))
			b.ReportAllocs()
			for b.Loop() {
				r := diff.Compare(capture(old, "a.tgz"), capture(new, "b.tgz"), diff.Options{All: bb.all})
				if r.Rows() == 0 {
					b.Fatal("nothing differs")
				}
			}
		})
	}
}
