package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"regexp"
	"testing"

	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// TestRowCounts: the same options select as many rows in every format, and in
// netstat's own layout, where each row has a line.
func TestRowCounts(t *testing.T) {
	v4, unix := []query.Family{query.Inet}, []query.Family{query.UnixAF}
	heads := func(n int) func([]byte) int {
		return func(text []byte) int { return max(0, bytes.Count(text, []byte("\n"))-n) }
	}
	for _, tt := range []struct {
		name    string
		o       query.Options
		columns render.Columns
		netstat func(text []byte) int // rows in netstat's layout, if they can be counted
	}{
		{"-tan", query.Options{TCP: true, All: true}, numeric, heads(2)},
		{"-tn", query.Options{TCP: true}, numeric, heads(2)},
		{"-tln4", query.Options{TCP: true, Listening: true, Families: v4}, numeric, heads(2)},
		{"-uan", query.Options{UDP: true, All: true}, numeric, heads(2)},
		{"-tuwan", query.Options{TCP: true, UDP: true, Raw: true, All: true}, numeric, heads(2)},
		{"-San", query.Options{SCTP: true, All: true}, numeric, nil}, // a line for each address
		{"-xan", query.Options{All: true, Families: unix}, numeric, heads(2)},
		{"-xln", query.Options{Listening: true, Families: unix}, numeric, heads(2)},
		{"-rn", query.Options{Routes: 1}, numeric, heads(2)},
		{"-rn6", query.Options{Routes: 1, Families: []query.Family{query.Inet6}}, numeric, heads(2)},
		{"-gn", query.Options{Groups: true}, numeric, heads(3)},
		{"-i", query.Options{Interfaces: 1}, render.Columns{}, heads(2)},
		{"-ia", query.Options{Interfaces: 1, All: true}, render.Columns{}, heads(2)},
		{"-s", query.Options{Statistics: 1}, render.Columns{}, countCounters},
		{"-an", query.Options{All: true}, numeric, nil}, // has several kinds
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := tt.o.Plan()
			if err != nil {
				t.Fatal(err)
			}
			total := 0
			for _, m := range captures(t) {
				v := m.view(t, p)
				v.Columns, v.Kinds = tt.columns, rows.Selected(p)
				want := 0
				for _, k := range v.Kinds {
					want += listOf(v, k).Len()
				}
				total += want
				got := counts(t, v)
				if tt.netstat != nil {
					got["netstat"] = tt.netstat(written(t, "netstat", render.Options{}, v))
				}
				for format, n := range got {
					if n != want {
						t.Errorf("%s has %d rows as %s, want %d", m.name, n, format, want)
					}
				}
			}
			if total == 0 {
				t.Error("no capture has such rows")
			}
		})
	}
}

var numeric = render.Columns{NumericHosts: true, NumericPorts: true, NumericUsers: true}

// countCounters counts the lines of -s that have a number: titles of sections and
// of histograms have none.
func countCounters(text []byte) int {
	return len(regexp.MustCompile(`(?m)^ .*[0-9]`).FindAll(text, -1))
}

// counts are the rows that each format has.
func counts(t *testing.T, v render.View) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, k := range v.Kinds {
		one := only(v, k)
		for name, comma := range map[string]rune{"csv": ',', "tsv": '\t'} {
			r := csv.NewReader(bytes.NewReader(written(t, name, render.Options{NoHeader: true}, one)))
			r.Comma = comma
			records, err := r.ReadAll()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			n[name] += len(records)
		}
		for _, name := range []string{"table", "table fitted"} {
			o := render.Options{}
			if name != "table" {
				o.Width = 80
			}
			text := written(t, "table", o, one)
			n[name] += max(0, bytes.Count(text, []byte("\n"))-1) // "(no rows)" is one line, too
		}
		text := written(t, "markdown", render.Options{}, one)
		n["markdown"] += max(0, bytes.Count(text, []byte("\n|"))-1)
		text = written(t, "html", render.Options{}, one)
		n["html"] += max(0, bytes.Count(text, []byte("<tr>"))-1)
	}
	n["ndjson"] = bytes.Count(written(t, "ndjson", render.Options{}, v), []byte("\n"))
	var document map[string]json.RawMessage
	if err := json.Unmarshal(written(t, "json", render.Options{}, v), &document); err != nil {
		t.Fatal(err)
	}
	for _, k := range v.Kinds {
		var list []json.RawMessage
		if err := json.Unmarshal(document[k.Name], &list); err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		n["json"] += len(list)
	}
	return n
}
