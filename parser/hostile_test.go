package parser_test

import (
	"fmt"
	"io"
	"iter"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

const bom = "\ufeff"

// TestByteOrderMark: a file that an editor saved with a byte order mark gives the
// same rows, with the same columns in its errors.
func TestByteOrderMark(t *testing.T) {
	for _, tb := range allTables() {
		t.Run(tb.name, func(t *testing.T) {
			r := rng(t)
			for range 10 {
				text, _ := tb.random(r, fixtures.RandomKernel(r), 8)
				text += "bad\n"
				want := tb.read(text, nil)
				if got := tb.read(bom+text, nil); !reflect.DeepEqual(got, want) {
					t.Fatalf("with a byte order mark\n got %+v %q\nwant %+v %q", got, got.texts(), want, want.texts())
				}
			}
		})
	}
	for name, decode := range map[string]func(string) int{
		"ifconfig": func(text string) int {
			return countRows(parser.Ifconfig("x", strings.NewReader(text), parser.Options{}))
		},
		"ip -j address": func(text string) int {
			return countRows(parser.IPLinksJSON("x", strings.NewReader(text), parser.Options{}))
		},
		"snmp": func(text string) int { return countRows(parser.SNMP("x", strings.NewReader(text), parser.Options{})) },
		"ss": func(text string) int {
			return countRows(parser.SSSockets("x", strings.NewReader(text), parser.Options{}))
		},
	} {
		text := map[string]string{
			"ifconfig":      "lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n",
			"ip -j address": `[{"ifname":"lo","mtu":65536}]`,
			"snmp":          "Udp: InDatagrams NoPorts\nUdp: 1 2\n",
			"ss":            "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port\ntcp   LISTEN 0      128    127.0.0.1:22      0.0.0.0:*\n",
		}[name]
		if want, got := decode(text), decode(bom+text); want == 0 || got != want {
			t.Errorf("%s: %d rows with a byte order mark and %d without", name, got, want)
		}
	}
}

// TestHostileColumns: names of columns come from the capture in tables that a command
// printed. Errors repeat them quoted, and not at length.
func TestHostileColumns(t *testing.T) {
	long := strings.Repeat("x", 35_000)
	for _, tt := range []struct{ name, column, want string }{
		{"hostile", "A\x1b[31m\u202e\xff", `f:2: "A\x1b[31m\u202e\xff" missing: row ends before this column`},
		{"long", long, "f:2: " + long[:64] + " missing: row ends before this column"},
		{"usual", "MSS", "f:2: MSS missing: row ends before this column"},
	} {
		text := "Destination Gateway Genmask Flags Iface " + tt.column + "\n0.0.0.0 0.0.0.0 0.0.0.0 U eth0\n"
		for _, err := range parser.RouteText("f", strings.NewReader(text), parser.Options{}) {
			if err == nil || err.Error() != tt.want {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
			}
		}
	}
}

// TestHeaderAgain: of two captures that were put into one file all rows are read, and
// the header between them is told as what it is.
func TestHeaderAgain(t *testing.T) {
	for _, tb := range allTables() {
		if tb.header == 0 {
			continue
		}
		t.Run(tb.name, func(t *testing.T) {
			r := rng(t)
			k := fixtures.RandomKernel(r)
			first, rows1 := tb.random(r, k, 5)
			second, rows2 := tb.random(r, k, 4)
			res := tb.read(first+second, k.Order)
			if want := append(rows1, rows2...); !reflect.DeepEqual(res.rows, want) {
				t.Errorf("%d rows, want %d; errors %q", len(res.rows), len(want), res.texts())
			}
			var want []string
			at := strings.Count(first, "\n")
			for i, head := range strings.Split(second, "\n")[:tb.header] {
				head = strings.TrimLeft(head, " \t")
				want = append(want, fmt.Sprintf("%s:%d: header %q: it stands here again: the file holds several captures, or a name forges it",
					tb.name, at+i+1, head[:min(len(head), 64)]))
			}
			if !reflect.DeepEqual(res.texts(), want) {
				t.Errorf("errors\n got %q\nwant %q", res.texts(), want)
			}
		})
	}
}

// TestMixedKernels: behind the header of another kernel, rows are read as the first
// header says: no row of a newer kernel is lost, only what its columns are not known by.
func TestMixedKernels(t *testing.T) {
	const row = "   7: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 15 2 ffff880012345678"
	old := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" + row + "\n"
	recent := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n" + row + " 12\n"
	for _, tt := range []struct {
		name, text string
		drops      []parser.Opt[uint64]
	}{
		{"old first", old + recent, []parser.Opt[uint64]{none, none}},
		{"new first", recent + old, []parser.Opt[uint64]{parser.Some[uint64](12), none}},
	} {
		var drops []parser.Opt[uint64]
		var errs []string
		for s, err := range parser.Inet("udp", strings.NewReader(tt.text), parser.Options{}) {
			if err != nil {
				errs = append(errs, err.Error())
			} else {
				drops = append(drops, s.Drops)
			}
		}
		want := []string{`udp:3: header "sl  local_address rem_address   st tx_queue rx_queue tr tm->when": it stands here again: the file holds several captures, or a name forges it`}
		if !reflect.DeepEqual(drops, tt.drops) || !reflect.DeepEqual(errs, want) {
			t.Errorf("%s: drops %v, errors %q; want %v, %q", tt.name, drops, errs, tt.drops, want)
		}
	}
}

// endless gives a text over and over, up to a number of bytes. It is not on any disk.
type endless struct {
	head, text string
	at, left   int
}

func (e *endless) Read(p []byte) (n int, err error) {
	if e.head != "" {
		n = copy(p, e.head)
		e.head = e.head[n:]
		return n, nil
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), e.left)]
	for n < len(p) {
		m := copy(p[n:], e.text[e.at:])
		n += m
		e.at = (e.at + m) % len(e.text)
	}
	e.left -= n
	return n, nil
}

// live is how much memory is in use when all garbage is gone.
func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// readHuge reads a table whole (unless whole is nil) and by chunks, and wants so many
// rows, the errors, and at no time more than 8 MiB of memory.
func readHuge[T any](t *testing.T, rows int, errs []string, open func() io.Reader,
	whole func(string, io.Reader, parser.Options) iter.Seq2[T, error],
	chunks func(string, io.Reader, parser.Options) iter.Seq[parser.Chunk[T]]) {
	t.Helper()
	start := live()
	n := 0
	var got []string
	count := func(err error) {
		if err != nil {
			got = append(got, err.Error())
			return
		}
		if n++; n%(rows/4+1) == 0 {
			if used := live(); used > start+8<<20 {
				t.Errorf("behind row %d: %d bytes are in use", n, used-start)
			}
		}
	}
	if whole != nil {
		for _, err := range whole("f", open(), parser.Options{}) {
			count(err)
		}
	}
	if whole != nil && n != rows || !reflect.DeepEqual(got, errs) && whole != nil {
		t.Errorf("%d rows and %q, want %d and %q", n, got, rows, errs)
	}
	n, got = 0, nil
	for c := range chunks("f", open(), parser.Options{}) {
		for _, err := range c.Rows {
			count(err)
		}
		c.Free()
	}
	if n != rows || !reflect.DeepEqual(got, errs) {
		t.Errorf("by chunks: %d rows and %q, want %d and %q", n, got, rows, errs)
	}
}

// huge is the full size, or with -short or the race detector a fortieth.
func huge(full int) int {
	if testing.Short() || raceEnabled {
		return full / 40
	}
	return full
}

const (
	inetHeader = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	inetRow    = "   0: 0100007F:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 15 1 0 100 0 0 10 0\n"
	unixHeader = "Num       RefCount Protocol Flags    Type St Inode Path\n"
	unixRow    = "00000000ad59b368: 00000002 00000000 00010000 0001 01 17581 /run/a/path\n"
)

// TestTenMillionRows: memory does not grow with the number of rows.
func TestTenMillionRows(t *testing.T) {
	rows := huge(10_000_000)
	t.Run("tcp", func(t *testing.T) {
		readHuge(t, rows, nil, func() io.Reader { return &endless{head: inetHeader, text: inetRow, left: rows * len(inetRow)} }, nil, parser.InetChunks)
	})
	t.Run("unix", func(t *testing.T) {
		readHuge(t, rows, nil, func() io.Reader { return &endless{head: unixHeader, text: unixRow, left: rows * len(unixRow)} }, nil, parser.UnixChunks)
	})
}

// TestGibibyteLine: a line of 1 GiB is passed over, wherever it stands, and rows behind
// it are read.
func TestGibibyteLine(t *testing.T) {
	long := func() io.Reader { return &endless{text: "never a newline ", left: huge(1 << 30)} }
	value := strings.Repeat("never a newline ", 4)
	for _, tt := range []struct {
		name string
		open func() io.Reader
		rows int
		errs []string
	}{
		{"no newline at all", long, 0, []string{`f:1: "` + value + `": line too long`}},
		{"in the middle", func() io.Reader {
			return io.MultiReader(strings.NewReader(inetHeader+inetRow), long(), strings.NewReader("\n"+inetRow))
		}, 2, []string{`f:3: "` + value + `": line too long`}},
		{"at the end", func() io.Reader { return io.MultiReader(strings.NewReader(inetHeader+inetRow), long()) }, 1, []string{`f:3: "` + value + `": line too long`}},
	} {
		t.Run(tt.name, func(t *testing.T) { readHuge(t, tt.rows, tt.errs, tt.open, parser.Inet, parser.InetChunks) })
	}
}
