package names_test

import (
	"net/netip"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/names"
)

// BenchmarkLoad reads the names of a machine, BenchmarkLookup asks for some.
func BenchmarkLoad(b *testing.B) {
	root := fixtures.Big{Rows: 1000, Peers: 40}.Names().FS()
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := names.Load(root, names.Auto); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	table, problems := names.Load(fixtures.Big{Rows: 1000, Peers: 40}.Names().FS(), names.Auto)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	host := netip.MustParseAddr("10.0.1.7")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := table.Host4(host); !ok {
			b.Fatalf("%s has no name", host)
		}
		if _, ok := table.TCPPort(443); !ok {
			b.Fatal("443 has no name")
		}
	}
}
