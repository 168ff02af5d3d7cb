package parser_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// doubted reads a table of UNIX sockets whole, and gives what is in doubt.
func doubted(text string) string {
	d := new(parser.UnixDoubts)
	for range parser.Unix("unix", strings.NewReader(text), parser.Options{Doubts: d}) {
	}
	return said(d)
}

func said(d *parser.UnixDoubts) string {
	if err := d.Error("unix"); err != nil {
		return err.Error()
	}
	return ""
}

// doubtedByChunks reads it by chunks, the last first and several at once.
func doubtedByChunks(text string) string {
	d := new(parser.UnixDoubts)
	var chunks []parser.Chunk[parser.UnixSocket]
	for c := range parser.UnixChunks("unix", strings.NewReader(text), parser.Options{Doubts: d}) {
		chunks = append(chunks, c)
	}
	var all sync.WaitGroup
	for i := range chunks {
		all.Go(func() {
			for range chunks[len(chunks)-1-i].Rows {
			}
		})
	}
	all.Wait()
	return said(d)
}

// unixLine is a row as a recent kernel prints it.
func unixLine(num, typ, state string, inode int64, path string) string {
	return fmt.Sprintf("%s: 00000002 00000000 00010000 %s %s %d %s\n", num, typ, state, inode, path)
}

// TestForgedRows: what gives away a row that a name forged, and the whole text.
func TestForgedRows(t *testing.T) {
	const intro = "unix: a name may hold a newline and forge rows: "
	rows := func(form string, n int) (text string) {
		for i := range n {
			text += unixLine(fmt.Sprintf(form, 0x10+i), "0001", "01", int64(100+i), fmt.Sprintf("/run/%d", i))
		}
		return text
	}
	hashed, zeros, pointers, short := rows("00000000ad59b3%02x", 6), regexp.MustCompile(`(?m)^[0-9a-f]{16}`).ReplaceAllString(rows("%016x", 6), "0000000000000000"), rows("ffff8800ad59b3%02x", 6), rows("c1b2b3%02x", 6)
	forged := func(num string, inode int64) string { return unixLine(num, "0001", "01", inode, "/run/docker.sock") }
	for _, tt := range []struct{ name, text, want string }{
		{"hashes", hashed, ""},
		{"zeros", zeros, ""},
		{"pointers", pointers, ""},
		{"pointers of 32 bits", short, ""},
		{"another inode", hashed + forged("00000000ad59b3ff", 99), ""},
		{"no inode", hashed + forged("00000000ad59b3fe", 0) + forged("00000000ad59b3ff", 0), ""},
		{"the same socket twice", hashed + hashed, ""},
		{"an inode twice", hashed + forged("00000000ad59b3ff", 103), "lines 5 and 8 have inode 103"},
		{"an inode three times", forged("00000000ad59b3ff", 103) + hashed + forged("00000000ad59b3fe", 103), "lines 2, 6 and 9 have inode 103"},
		{"an inode twice, and its Num", hashed + forged("00000000ad59b313", 103), "lines 5 and 8 have inode 103"},
		{"a hash twice", hashed + forged("00000000ad59b313", 99), ""},
		{"a pointer twice", pointers + forged("ffff8800ad59b313", 99), "lines 5 and 8 have Num ffff8800ad59b313"},
		{"zeros among hashes", hashed + forged("0000000000000000", 99), "line 8 has another kind of Num than 6 others"},
		{"a hash among zeros", zeros + forged("00000000ad59b3ff", 99), "line 8 has another kind of Num than 6 others"},
		{"a pointer among hashes", hashed + forged("ffff8800ad59b3ff", 99) + forged("ffff8800ad59b3fe", 98), "lines 8 and 9 have another kind of Num than 6 others"},
		{"a short one", hashed + forged("ad59b3ff", 99), "line 8 has another kind of Num than 6 others"},
		{"a long one among short ones", short + forged("00000000ad59b3ff", 99), "line 8 has another kind of Num than 6 others"},
		{"of no width", hashed + forged("0", 99), "line 8 has another kind of Num than 6 others"},
		{"type", hashed + unixLine("00000000ad59b3ff", "0003", "01", 99, "/x"), "line 8 has Type 0003"},
		{"state", hashed + unixLine("00000000ad59b3ff", "0001", "07", 99, "/x"), "line 8 has St 07"},
		{"protocol", hashed + "00000000ad59b3ff: 00000002 00000006 00010000 0001 01 99 /x\n", "line 8 has Protocol 00000006"},
		{"flags", hashed + "00000000ad59b3ff: 00000002 00000000 00080000 0001 01 99 /x\n", "line 8 has Flags 00080000"},
		{"inode of 33 bits", hashed + unixLine("00000000ad59b3ff", "0001", "01", 1<<32, "/x"), "line 8 has Inode 4294967296"},
		{"many", hashed + strings.ReplaceAll(hashed, "/run", "/forged") + forged("0000000000000000", 99) + unixLine("00000000ad59b3ff", "0009", "01", 98, "/x"),
			"lines 2 and 8 have inode 100; lines 3 and 9 have inode 101; lines 4 and 10 have inode 102; lines 5 and 11 have inode 103; lines 6 and 12 have inode 104; and 3 more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want != "" {
				want = intro + want
			}
			for _, text := range []string{unixHeader + tt.text, unixHeader + strings.TrimSuffix(tt.text, "\n")} {
				if got := doubted(text); got != want {
					t.Errorf("got  %q\nwant %q", got, want)
				}
			}
		})
	}
}

// TestForgedRowsAnyOrder: in whatever order the pieces of a table are read, the same is
// said; and every row is there.
func TestForgedRowsAnyOrder(t *testing.T) {
	r := rng(t)
	for range 5 {
		var text strings.Builder
		text.WriteString(unixHeader)
		for range 8000 {
			inode := r.Int64N(1 << 30)
			if r.IntN(500) == 0 {
				inode = r.Int64N(10) + 1
			}
			text.WriteString(unixLine(fmt.Sprintf("%016x", r.Uint32()), "0001", []string{"01", "03", "03", "03", "09"}[r.IntN(5)], inode, fmt.Sprintf("/p/%d", r.IntN(20))))
		}
		want := doubted(text.String())
		for range 5 {
			if got := doubtedByChunks(text.String()); got != want {
				t.Fatalf("by chunks\n got %q\nwant %q", got, want)
			}
		}
		if !strings.Contains(want, "inode") {
			t.Errorf("only %q", want)
		}
	}
}

// TestForgedRowsLimit: of more rows than are compared, that is said.
func TestForgedRowsLimit(t *testing.T) {
	var text strings.Builder
	text.WriteString(unixHeader)
	for i := range 1<<16 + 1 {
		fmt.Fprintf(&text, "0000000000000000: 00000002 00000000 00010000 0001 01 %d\n", i+1)
	}
	want := "unix: only the first 65536 rows were compared, to find forged ones by their inodes"
	if got := doubtedByChunks(text.String()); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestGenuineRows: nothing that a kernel wrote is in doubt, in our captures, the public
// ones. Only lab-b has a forged row, and one public capture was edited.
func TestGenuineRows(t *testing.T) {
	for _, host := range fixtures.Captures() {
		want := ""
		if host == forged {
			want = "unix: a name may hold a newline and forge rows: line 43 has another kind of Num than 39 others"
		}
		if got := doubted(fromFixture(t, host, "unix")); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
	tables := 0
	for _, host := range fixtures.CorpusHosts(t) {
		data, err := os.ReadFile(filepath.Join(fixtures.Corpus(t), host, "proc/net/unix"))
		if err != nil || host == edited {
			continue
		}
		tables++
		if got := doubted(string(data)); got != "" {
			t.Errorf("%s: %s", host, got)
		}
	}
	if tables < 5 {
		t.Errorf("%d tables were read, want at least 5", tables)
	}
}

// BenchmarkUnixDoubts has rows as a kernel writes them, with and without a look for
// forged ones.
func BenchmarkUnixDoubts(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	text.WriteString(unixHeader)
	for i := range benchRows {
		text.WriteString(unixLine(fmt.Sprintf("%016x", r.Uint32()), "0001", "03", int64(20_000+i*3), "/run/systemd/journal/stdout"))
	}
	for name, look := range map[string]bool{"without": false, "with": true} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				var o parser.Options
				if look {
					o.Doubts = new(parser.UnixDoubts)
				}
				if n := countRows(parser.Unix("unix", strings.NewReader(text.String()), o)); n != benchRows {
					b.Fatalf("%d rows", n)
				}
				if look && o.Doubts.Error("unix") != nil {
					b.Fatal(o.Doubts.Error("unix"))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
		})
	}
}
