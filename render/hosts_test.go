package render_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/render"
)

// A machine is a host that is written in these tests.
type machine struct {
	name string
	root fs.FS
}

// captures are our captures. Of the tables of the largest only the first rows
// are needed to see each kind.
func captures(t testing.TB) (list []machine) {
	t.Helper()
	for _, name := range fixtures.Captures() {
		h := fixtures.Capture(t, name)
		if name == "big" || name == "s390x" {
			shorten(h, 150)
		}
		list = append(list, machine{name, h.FS()})
	}
	return list
}

// shorten keeps the first lines of each table of sockets, and a tenth of the
// processes.
func shorten(h *fixtures.Host, lines int) {
	for _, file := range []string{"tcp", "tcp6", "unix", "netlink"} {
		name := "proc/net/" + file
		if end := nthLine(h.Files[name], lines); end > 0 {
			h.Files[name] = h.Files[name][:end]
		}
	}
	gone := func(name string) bool {
		pid, err := strconv.Atoi(strings.Split(name+"//", "/")[1])
		return err == nil && pid%10 > 0
	}
	maps.DeleteFunc(h.Files, func(name string, _ []byte) bool { return gone(name) && strings.HasSuffix(name, "/cmdline") })
	maps.DeleteFunc(h.Links, func(name, _ string) bool { return gone(name) && strings.Contains(name, "/fd/") })
}

// nthLine is where the n-th line ends, or 0.
func nthLine(data []byte, n int) (end int) {
	for ; n > 0; n-- {
		i := bytes.IndexByte(data[end:], '\n')
		if i < 0 {
			return 0
		}
		end += i + 1
	}
	return end
}

// hostile is the machine whose names are meant to do harm.
func hostile() machine { return machine{"=hostile|`\x1b[31m<b>", fixtures.HostileHost().FS()} }

// machines are our captures, made-up hosts and the hostile one.
func machines(t testing.TB) []machine {
	t.Helper()
	list := append(captures(t), hostile())
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 1))
		list = append(list, machine{fmt.Sprintf("random %d", seed), fixtures.RandomKernel(r).RandomHost(r).FS()})
	}
	return list
}

// corpus are the public captures, if they are at hand.
func corpus(t testing.TB) (list []machine) {
	t.Helper()
	dir := fixtures.Corpus(t)
	for _, name := range fixtures.CorpusHosts(t) {
		h := fixtures.ReadDir(t, filepath.Join(dir, name))
		shorten(h, 100)
		list = append(list, machine{name, h.FS()})
	}
	return list
}

// whole is the view of all tables of a machine.
func (m machine) whole(t testing.TB) render.View {
	t.Helper()
	p, err := query.Options{}.Whole(false)
	if err != nil {
		t.Fatal(err)
	}
	return m.view(t, p)
}

// view is what a plan selects of a machine.
func (m machine) view(t testing.TB, p query.Plan) render.View {
	t.Helper()
	table, problems := names.Load(m.root, names.Bundle)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	v := render.View{
		Plan: p, Snapshot: snapshot.Load(m.root, snapshot.ByteOrder{}), Names: table, Report: rows.Quiet{},
		Title: m.name, Kinds: rows.Kinds(),
	}
	v.Source = rows.SourceOf(v.Snapshot, rows.Place{Bundle: m.name})
	return v
}

// only is the same view of one kind of row.
func only(v render.View, k *rows.Kind) render.View {
	v.Kinds = []*rows.Kind{k}
	return v
}

// written is what a format makes of views.
func written(t testing.TB, format string, o render.Options, views ...render.View) []byte {
	t.Helper()
	f, ok := render.FormatByName(format)
	if !ok {
		t.Fatalf("no format %q", format)
	}
	var buf bytes.Buffer
	w := f.New(&buf, o)
	for _, v := range views {
		if err := w.Write(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// listOf gives the rows of a kind as a slice of its type.
func listOf(v render.View, k *rows.Kind) reflect.Value {
	r := &rows.Reader{Snapshot: v.Snapshot, Plan: v.Plan, Names: v.Names, Source: v.Source}
	list := reflect.MakeSlice(reflect.SliceOf(k.Type()), 0, 0)
	for row := range k.Rows(r, nil) {
		list = reflect.Append(list, reflect.ValueOf(row).Elem())
	}
	return list
}
