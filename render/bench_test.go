package render

import (
	"bytes"
	"io"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

const benchRows = 50_000

// benchHost has tables of benchRows rows, as a busy host.
func benchHost(tb testing.TB) fstest.MapFS {
	tb.Helper()
	table := func(write func(io.Writer) error) *fstest.MapFile {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			tb.Fatal(err)
		}
		return &fstest.MapFile{Data: b.Bytes()}
	}
	big := fixtures.Big{Rows: benchRows}
	named := fixtures.Big{Rows: benchRows, Peers: 40}
	host := fstest.MapFS{
		"proc/net/tcp": table(named.TCP), "proc/net/tcp6": table(big.TCP6), "proc/net/unix": table(big.Unix),
	}
	for _, name := range []string{"etc/hosts", "etc/services"} {
		host[name] = &fstest.MapFile{Data: []byte(named.Names().Files[name])}
	}
	return host
}

// BenchmarkNetstat decodes and renders a table of 50,000 rows.
func BenchmarkNetstat(b *testing.B) {
	host := benchHost(b)
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
	host := benchHost(t)
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
	host := benchHost(b)
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
