package render_test

import (
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
	"github.com/coldstat/coldstat/render"
)

// TestNoControl: no format passes on what acts on a terminal or on the order of
// the text, wherever a name of the capture or of the bundle stands.
func TestNoControl(t *testing.T) {
	v := hostile().whole(t)
	several := render.Options{Several: true}
	for _, f := range render.Formats() {
		switch {
		case !f.Rows:
			for name, v := range modes(t, hostile()) {
				harmlessText(t, f.Name+" "+name, written(t, f.Name, several, v), "\n")
			}
		case f.Binary: // nothing for a terminal, which is refused
		case f.OneKind:
			for _, k := range rows.Kinds() {
				allowed := "\n"
				if f.Name == "tsv" {
					allowed = "\n\t"
				}
				harmlessText(t, f.Name+" "+k.Name, written(t, f.Name, several, only(v, k)), allowed)
				harmlessText(t, f.Name+" raw "+k.Name, written(t, f.Name, render.Options{RawCSV: true}, only(v, k)), allowed)
			}
		default:
			harmlessText(t, f.Name, written(t, f.Name, several, v, v), "\n")
			for width := 20; width < 200; width += 37 {
				o := render.Options{Several: true, Width: width}
				harmlessText(t, fmt.Sprintf("%s, %d wide", f.Name, width), written(t, f.Name, o, v), "\n")
			}
		}
	}
}

// harmlessText checks a whole output.
func harmlessText(t *testing.T, what string, text []byte, allowed string) {
	t.Helper()
	if len(text) < 50 {
		t.Errorf("%s: only %q", what, text)
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		control := (r < ' ' || r == 0x7f) && !containsByte(allowed, text[i])
		if control || words.UnsafeRune(r) || r == utf8.RuneError && size <= 1 {
			t.Errorf("%s: byte %d: %q in %q", what, i, text[i:i+size], text[max(0, i-40):min(len(text), i+40)])
			return
		}
		i += size
	}
}

func containsByte(s string, b byte) bool {
	for i := range len(s) {
		if s[i] == b {
			return true
		}
	}
	return false
}

// modes are the views of netstat's modes.
func modes(t *testing.T, m machine) map[string]render.View {
	t.Helper()
	all := []query.Family{query.Inet, query.Inet6, query.AX25, query.IPX, query.Netrom, query.DDP}
	views := map[string]render.View{}
	for name, o := range map[string]query.Options{
		"-a": {All: true}, "-ag": {All: true, Groups: true}, "-r": {Routes: 1, Families: all}, "-rC": {Routes: 1, Cache: true},
		"-i": {Interfaces: 1, All: true}, "-s": {Statistics: 1, AllCounters: true}, "-M": {Masquerade: 1},
	} {
		p, err := o.Plan()
		if err != nil {
			t.Fatal(err)
		}
		v := m.view(t, p)
		v.Columns = render.Columns{Extend: 2, Timers: true, Programs: true, Wide: true, Explain: o.Statistics > 0}
		views[name] = v
		narrow := v
		narrow.Columns = render.Columns{Programs: true}
		views[name+" narrow"] = narrow
	}
	return views
}
