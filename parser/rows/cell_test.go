package rows_test

import (
	"encoding/json"
	"iter"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
)

// TestJSONLikeStandard: our JSON of a row says what encoding/json says of the
// same struct.
func TestJSONLikeStandard(t *testing.T) {
	n := 0
	for _, host := range fixtures.Captures() {
		r := whole(t, fixtures.Capture(t, host))
		r.Source = rows.SourceOf(r.Snapshot, rows.Place{Bundle: "x.tar"})
		for _, k := range rows.Kinds() {
			var columns []*rows.Column
			for i := range k.Columns() {
				columns = append(columns, &k.Columns()[i])
			}
			object, texts := rows.ObjectOf(columns).Writer(), rows.TextsOf(columns)
			var text []byte
			for row := range kept(k, r) {
				n++
				for i, c := range columns {
					quick, plain := texts.Append(nil, i, rows.RowOf(row)), c.Of(rows.RowOf(row)).AppendText(nil)
					if string(quick) != string(plain) {
						t.Fatalf("%s of %s: %s is %q, want %q", k.Name, host, c.Name, quick, plain)
					}
				}
				begin := len(text)
				text = append(object.AppendTo(append(text, '{'), rows.RowOf(row)), '}')
				ours := text[begin:]
				theirs, err := json.Marshal(row)
				if err != nil {
					t.Fatal(err)
				}
				if canonical(t, ours) != canonical(t, theirs) {
					t.Fatalf("%s of %s\n got %s\nwant %s", k.Name, host, ours, theirs)
				}
			}
		}
	}
	if n < 5000 {
		t.Errorf("%d rows compared, want at least 5000", n)
	}
}

// kept yields rows that stay as they are.
func kept(k *rows.Kind, r *rows.Reader) iter.Seq[any] {
	return func(yield func(any) bool) {
		for row := range k.Rows(r, nil) {
			its := reflect.New(k.Type())
			its.Elem().Set(reflect.ValueOf(row).Elem())
			if !yield(its.Interface()) {
				return
			}
		}
	}
}

// TestVarying: a column that is not told as varying has the text of the row before, in rows
// that are compared and in pieces, whose rows have marks of what changed.
func TestVarying(t *testing.T) {
	for _, host := range fixtures.Captures() {
		r := whole(t, fixtures.Capture(t, host))
		for _, k := range rows.Kinds() {
			var columns []*rows.Column
			for i := range slices.Backward(k.Columns()) { // in whatever order
				columns = append(columns, &k.Columns()[i])
			}
			copies := func(yield func(rows.Row) bool) {
				for row := range kept(k, r) {
					if !yield(rows.RowOf(row)) {
						return
					}
				}
			}
			testVarying(t, host+", rows of "+k.Name, columns, copies)
			for piece := range k.Pieces(r, nil) {
				testVarying(t, host+", pieces of "+k.Name, columns, piece.Rows)
				piece.Done()
			}
		}
	}
}

func testVarying(t *testing.T, name string, columns []*rows.Column, list iter.Seq[rows.Row]) {
	texts := rows.TextsOf(columns)
	var before rows.Row
	var last, now []string
	for row := range list {
		varying := texts.Varying(row, before)
		now = nil
		for i, c := range columns {
			now = append(now, string(texts.Append(nil, i, row)))
			if last != nil && !slices.Contains(varying, i) && now[i] != last[i] {
				t.Fatalf("%s: %s was %q and is %q, but is not told", name, c.Name, last[i], now[i])
			}
			if want := string(c.Of(row).AppendText(nil)); now[i] != want {
				t.Fatalf("%s: %s is %q, want %q", name, c.Name, now[i], want)
			}
		}
		if strings.HasPrefix(name, "big") && strings.HasSuffix(name, "of socket") && len(varying) > 45 {
			t.Fatalf("%s: %d columns are told as varying", name, len(varying))
		}
		before, last = row, now
	}
}

// canonical is what a JSON text says. Numbers keep all their digits.
func canonical(t *testing.T, text []byte) string {
	t.Helper()
	var v map[string]json.RawMessage
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for name, raw := range v {
		var s string
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &s); err != nil {
				t.Fatalf("%s: %v", raw, err)
			}
			v[name], _ = json.Marshal(s)
		}
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// FuzzJSONString: it reads back as the text with replacement characters, and
// nothing in it acts on a terminal.
func FuzzJSONString(f *testing.F) {
	for _, s := range []string{"", "a", "\"\\\n\r\t\x00\x1b", "ü\xff\xfe", "\u202e\u2028\u009b", "\ufffd", "=1+1", "\U0001f41d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := rows.AppendJSONString(nil, s)
		var back string
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%q: %s: %v", s, text, err)
		}
		if want := toValid(s); back != want {
			t.Errorf("%q reads back as %q, want %q", s, back, want)
		}
		if !words.IsSafe(string(text)) {
			t.Errorf("%q: %q is not safe", s, text)
		}
	})
}

// toValid replaces each byte that is no UTF-8, as encoding/json does.
func toValid(s string) (valid string) {
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		valid += string(r)
		s = s[size:]
	}
	return valid
}

// TestOrderOfRows: what a row says does not depend on the rows before it, whose fields it
// is filled in over.
func TestOrderOfRows(t *testing.T) {
	for _, name := range fixtures.Captures() {
		host := fixtures.Capture(t, name)
		back := host.Clone()
		for file, text := range host.Files {
			if dir, table := path.Split(file); strings.HasSuffix(dir, "/net/") && (table == "unix" || slices.Contains(fixtures.InetFiles, table)) {
				back.Files[file] = reversed(text)
			}
		}
		for _, kind := range []string{"socket", "unix"} {
			k, _ := rows.KindByName(kind)
			if got, want := told(k, whole(t, back)), told(k, whole(t, host)); !slices.Equal(got, want) {
				for i := range want {
					if i >= len(got) || got[i] != want[i] {
						t.Fatalf("%s, %s: row %d is\n%s\nif the rows come in reverse, and else\n%s", name, kind, i, got[min(i, len(got)-1)], want[i])
					}
				}
				t.Fatalf("%s, %s: %d rows, %d in reverse", name, kind, len(want), len(got))
			}
		}
	}
}

// reversed turns the rows below the header around.
func reversed(text []byte) []byte {
	lines := strings.SplitAfter(string(text), "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	if len(lines) > 1 {
		slices.Reverse(lines[1:])
	}
	return []byte(strings.Join(lines, ""))
}

// told gives each row of a kind as text without its line, sorted.
func told(k *rows.Kind, r *rows.Reader) (list []string) {
	for row := range kept(k, r) {
		var b strings.Builder
		for i := range k.Columns() {
			if c := &k.Columns()[i]; c.Name != "line" {
				b.WriteString(c.Name + "=" + string(c.Of(rows.RowOf(row)).AppendText(nil)) + " ")
			}
		}
		list = append(list, b.String())
	}
	slices.Sort(list)
	return list
}
