package parser_test

import (
	"io"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

const benchRows = 50_000

// bigTable writes n rows.
func bigTable(t testing.TB, name string, n int) string {
	t.Helper()
	text, _ := tableNamed(t, name).random(rand.New(rand.NewPCG(1, 2)), fixtures.Kernel{}, n)
	return text
}

// allocsPerRow measures what reading costs beyond the fixed cost of a file.
func allocsPerRow(t *testing.T, name string, read func(r io.Reader) int) float64 {
	t.Helper()
	const few, many = 10, 10_000
	measure := func(n int) float64 {
		text := bigTable(t, name, n)
		return testing.AllocsPerRun(5, func() {
			if rows := read(strings.NewReader(text)); rows != n {
				t.Fatalf("%d rows, want %d", rows, n)
			}
		})
	}
	small := measure(few)
	if small > 16 {
		t.Errorf("a file of %d rows takes %v allocations, want 16 at most", few, small)
	}
	return (measure(many) - small) / (many - few)
}

func countRows[T any](seq iter.Seq2[T, error]) (n int) {
	for _, err := range seq {
		if err == nil {
			n++
		}
	}
	return n
}

// TestAllocs: reading a row allocates nothing. The names of UNIX sockets share
// one allocation for many.
func TestAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, name := range fixtures.InetFiles {
		got := allocsPerRow(t, name, func(r io.Reader) int { return countRows(parser.Inet("x", r, parser.Options{})) })
		if got >= 0.01 {
			t.Errorf("%s: %v allocations per row, want less than 0.01", name, got)
		}
	}
	for name, read := range map[string]func(r io.Reader) int{
		"packet":  func(r io.Reader) int { return countRows(parser.Packet("x", r, parser.Options{})) },
		"netlink": func(r io.Reader) int { return countRows(parser.Netlink("x", r, parser.Options{})) },
	} {
		if got := allocsPerRow(t, name, read); got >= 0.01 {
			t.Errorf("%s: %v allocations per row, want less than 0.01", name, got)
		}
	}
	got := allocsPerRow(t, "unix", func(r io.Reader) int { return countRows(parser.Unix("x", r, parser.Options{})) })
	if got >= 0.05 {
		t.Errorf("unix: %v allocations per row, want less than 0.05", got)
	}
}

func benchInet(b *testing.B, name string, o parser.Options) {
	text := bigTable(b, name, benchRows)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range parser.Inet(name, strings.NewReader(text), o) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != benchRows {
			b.Fatalf("%d rows", n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}

func BenchmarkInet(b *testing.B)          { benchInet(b, "tcp", parser.Options{}) }
func BenchmarkInet6(b *testing.B)         { benchInet(b, "tcp6", parser.Options{}) }
func BenchmarkInetUDP(b *testing.B)       { benchInet(b, "udp", parser.Options{}) }
func BenchmarkInetUpToInode(b *testing.B) { benchInet(b, "tcp", parser.Options{UpToInode: true}) }

func BenchmarkUnix(b *testing.B)    { benchTable(b, "unix", parser.Unix) }
func BenchmarkPacket(b *testing.B)  { benchTable(b, "packet", parser.Packet) }
func BenchmarkNetlink(b *testing.B) { benchTable(b, "netlink", parser.Netlink) }
func BenchmarkARP(b *testing.B)     { benchTable(b, "arp", parser.ARP) }

func benchTable[T any](b *testing.B, name string, decode func(string, io.Reader, parser.Options) iter.Seq2[T, error]) {
	text := bigTable(b, name, benchRows)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range decode(name, strings.NewReader(text), parser.Options{}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != benchRows {
			b.Fatalf("%d rows", n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}
