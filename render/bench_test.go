package render

import (
	"io"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"

	"bytes"
	"fmt"
)

const benchRows = 50_000

// benchHost has tables of benchRows rows as the kernel pads them.
func benchHost() fstest.MapFS {
	var tcp, tcp6, unix bytes.Buffer
	fmt.Fprintf(&tcp, "%-149s\n", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode")
	tcp6.WriteString("  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n")
	unix.WriteString("Num       RefCount Protocol Flags    Type St Inode Path\n")
	for i := range benchRows {
		tail := fmt.Sprintf("%02X %08X:%08X %02X:%08X %08X %5d %8d %d 1 0000000000000000 20 4 30 10 -1",
			1+i%11, i%7, 0, i%3, i, 0, 33, 0, 10000+i)
		fmt.Fprintf(&tcp, "%-149s\n", fmt.Sprintf("%4d: %08X:%04X %08X:%04X %s", i, 0x0100000a+i, 1+i%65535, 0x0200000a, 443, tail))
		fmt.Fprintf(&tcp6, "%4d: B80D0120%08X0000000001000000:%04X B80D01200000000000000000%08X:%04X %s\n", i, i, 443, i, 1+i%65535, tail)
		fmt.Fprintf(&unix, "%016x: %08X %08X %08X %04X %02X %5d /run/user/%d/bus\n", 0, 2, 0, 0, 1, 3, 20000+i, i)
	}
	return fstest.MapFS{
		"proc/net/tcp":  {Data: tcp.Bytes()},
		"proc/net/tcp6": {Data: tcp6.Bytes()},
		"proc/net/unix": {Data: unix.Bytes()},
		"etc/hosts":     {Data: []byte("127.0.0.1 localhost\n10.0.0.2 peer.example.com peer\n")},
	}
}

// BenchmarkNetstat decodes and renders a table of 50,000 rows.
func BenchmarkNetstat(b *testing.B) {
	host := benchHost()
	numeric := Columns{NumericHosts: true, NumericPorts: true, NumericUsers: true}
	for _, bb := range []struct {
		name, file string
		o          query.Options
		c          Columns
	}{
		{"tan", "proc/net/tcp", query.Options{TCP: true, All: true, Families: []query.Family{query.Inet}}, numeric},
		{"ta", "proc/net/tcp", query.Options{TCP: true, All: true, Families: []query.Family{query.Inet}}, Columns{}},
		{"tan6", "proc/net/tcp6", query.Options{TCP: true, All: true, Families: []query.Family{query.Inet6}}, numeric},
		{"xa", "proc/net/unix", query.Options{All: true, Families: []query.Family{query.UnixAF}}, numeric},
	} {
		b.Run(bb.name, func(b *testing.B) {
			v := benchView(b, host, bb.o, bb.c)
			b.SetBytes(int64(len(host[bb.file].Data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := newNetstat(io.Discard, Options{}).Write(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchView(tb testing.TB, host fs.FS, o query.Options, c Columns) View {
	tb.Helper()
	plan, err := o.Plan()
	if err != nil {
		tb.Fatal(err)
	}
	table, problems := names.Load(host, names.Auto)
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	return View{Plan: plan, Columns: c, Names: table, Report: ignore{}, Snapshot: snapshot.Load(host, snapshot.ByteOrder{})}
}

// ignore is a Reporter for tests that expect no report.
type ignore struct{}

func (ignore) Bad(error)                                          {}
func (ignore) Lacking(string, snapshot.State, error, query.Asked) {}
func (ignore) Notef(string, ...any)                               {}
func (ignore) Detailf(string, ...any)                             {}
func (ignore) Fail()                                              {}

// TestRenderAllocs: rendering a row costs no allocation.
func TestRenderAllocs(t *testing.T) {
	host := benchHost()
	for name, o := range map[string]query.Options{
		"tcp":  {TCP: true, All: true},
		"unix": {All: true, Families: []query.Family{query.UnixAF}},
	} {
		v := benchView(t, host, o, Columns{})
		allocs := testing.AllocsPerRun(3, func() {
			if err := newNetstat(io.Discard, Options{}).Write(v); err != nil {
				t.Fatal(err)
			}
		})
		if perRow := allocs / benchRows; perRow > 0.1 { // pieces of the table cost some
			t.Errorf("%s: %.3f allocations a row, want none (%v in all)", name, perRow, allocs)
		}
	}
}

// BenchmarkFormats decodes a table and writes it in each format made of rows.
func BenchmarkFormats(b *testing.B) {
	host := benchHost()
	v := benchView(b, host, query.Options{TCP: true, All: true, Families: []query.Family{query.Inet}},
		Columns{NumericHosts: true, NumericPorts: true, NumericUsers: true})
	v.Kinds = rows.Selected(v.Plan)
	table := host["proc/net/tcp"].Data
	for _, f := range Formats() {
		if !f.Rows {
			continue
		}
		b.Run(f.Name, func(b *testing.B) {
			if f.People { // tablewriter takes its time
				host["proc/net/tcp"].Data = table[:150*(benchRows/20)]
				defer func() { host["proc/net/tcp"].Data = table }()
			}
			b.SetBytes(int64(len(host["proc/net/tcp"].Data)))
			b.ReportAllocs()
			for b.Loop() {
				w := f.New(io.Discard, Options{})
				if err := w.Write(v); err != nil {
					b.Fatal(err)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
