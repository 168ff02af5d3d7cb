package rows_test

import (
	"encoding/json"
	"iter"
	"reflect"
	"slices"
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

// TestChanged: a column that is not told as changed has the text of the row before.
func TestChanged(t *testing.T) {
	for _, host := range fixtures.Captures() {
		r := whole(t, fixtures.Capture(t, host))
		for _, k := range rows.Kinds() {
			var columns []*rows.Column
			for i := range slices.Backward(k.Columns()) { // in whatever order
				columns = append(columns, &k.Columns()[i])
			}
			texts := rows.TextsOf(columns)
			told := 0
			var before rows.Row
			var last, list []string
			for row := range kept(k, r) {
				its := rows.RowOf(row)
				changed := texts.Changed(its, before)
				told += len(changed)
				list = nil
				for i, c := range columns {
					list = append(list, string(texts.Append(nil, i, its)))
					if last != nil && !slices.Contains(changed, i) && list[i] != last[i] {
						t.Fatalf("%s of %s: %s was %q and is %q, but is not told", k.Name, host, c.Name, last[i], list[i])
					}
				}
				before, last = its, list
			}
			if k.Name == "socket" && host == "big" && told > 600*len(columns) {
				t.Errorf("%d columns are told as changed", told)
			}
		}
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
