package render_test

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gocarina/gocsv"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
	"github.com/coldstat/coldstat/render"
)

// TestRoundTrip: CSV, TSV and NDJSON read back as the same rows. What a format
// cannot say is named in inCSV and inJSON and nowhere else.
func TestRoundTrip(t *testing.T) {
	read := map[string]int{}
	for _, m := range machines(t) {
		v := m.whole(t)
		for _, k := range rows.Kinds() {
			want := listOf(v, k)
			read[k.Name] += want.Len()
			for _, f := range []struct {
				name  string
				parse func(*testing.T, *rows.Kind, []byte) reflect.Value
				loses func(text string) string
			}{
				{"csv", parseSeparated(','), words.Safe},
				{"tsv", parseSeparated('\t'), words.Safe},
				{"ndjson", parseNDJSON, toValid},
			} {
				got := f.parse(t, k, written(t, f.name, render.Options{}, only(v, k)))
				if got.Len() != want.Len() {
					t.Fatalf("%q: %d rows of kind %s as %s, want %d", m.name, got.Len(), k.Name, f.name, want.Len())
				}
				for i := range want.Len() {
					less := lossy(want.Index(i), f.loses, f.name != "ndjson")
					if !reflect.DeepEqual(got.Index(i).Interface(), less) {
						t.Fatalf("%q: %s %d as %s\n got %+v\nwant %+v", m.name, k.Name, i, f.name, got.Index(i), less)
					}
				}
			}
		}
	}
	for _, k := range rows.Kinds() {
		least := 50
		if k.Name == "packet" { // of which no machine has many
			least = 5
		}
		if read[k.Name] < least {
			t.Errorf("%d rows of kind %s were compared", read[k.Name], k.Name)
		}
	}
}

// lossy is the row as a format can say it: its texts as the format has them, and
// where lists stand in one cell an empty one like one that is unknown. That no
// text is empty but known is part of the claim.
func lossy(row reflect.Value, text func(string) string, cells bool) any {
	out := reflect.New(row.Type()).Elem()
	out.Set(row)
	for _, f := range reflect.VisibleFields(row.Type()) {
		if f.Anonymous {
			continue
		}
		switch p := out.FieldByIndex(f.Index).Addr().Interface().(type) {
		case *string:
			*p = text(*p)
		case *parser.Opt[string]:
			if s, ok := p.Get(); ok {
				*p = parser.Some(text(s))
			}
		case *rows.Words:
			if cells && len(*p) == 0 {
				*p = nil
			}
		}
	}
	return out.Interface()
}

// toValid replaces each byte that is no UTF-8, as JSON must.
func toValid(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
	}
	return b.String()
}

// parseSeparated reads cells with gocsv, and takes away the apostrophe that
// README speaks of.
func parseSeparated(comma rune) func(*testing.T, *rows.Kind, []byte) reflect.Value {
	return func(t *testing.T, k *rows.Kind, text []byte) reflect.Value {
		t.Helper()
		r := csv.NewReader(bytes.NewReader(text))
		r.Comma = comma
		list := reflect.New(reflect.SliceOf(k.Type()))
		if err := gocsv.UnmarshalCSV(bare{r}, list.Interface()); err != nil {
			t.Fatalf("%s: %v", k.Name, err)
		}
		return list.Elem()
	}
}

// bare takes one apostrophe off each cell.
type bare struct{ *csv.Reader }

func (r bare) Read() ([]string, error) {
	record, err := r.Reader.Read()
	for i, cell := range record {
		record[i] = strings.TrimPrefix(cell, "'")
	}
	return record, err
}

func (r bare) ReadAll() ([][]string, error) {
	all, err := r.Reader.ReadAll()
	for _, record := range all {
		for i, cell := range record {
			record[i] = strings.TrimPrefix(cell, "'")
		}
	}
	return all, err
}

// parseNDJSON reads lines, which have the kind beside the columns and nothing
// that the row's type does not know.
func parseNDJSON(t *testing.T, k *rows.Kind, text []byte) reflect.Value {
	t.Helper()
	list := reflect.MakeSlice(reflect.SliceOf(k.Type()), 0, 0)
	for line := range bytes.Lines(text) {
		rest, ok := bytes.CutPrefix(line, []byte(`{"kind":"`+k.Name+`",`))
		if !ok {
			t.Fatalf("kind %s: %s", k.Name, line)
		}
		row := reflect.New(k.Type())
		d := json.NewDecoder(bytes.NewReader(append([]byte{'{'}, rest...)))
		d.DisallowUnknownFields()
		if err := d.Decode(row.Interface()); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = reflect.Append(list, row.Elem())
	}
	return list
}

// TestPathBytes: where a format cannot say a path, its bytes stand beside it in
// every format that programs read.
func TestPathBytes(t *testing.T) {
	v := hostile().whole(t)
	k, _ := rows.KindByName("unix")
	var raw []string
	for s, err := range v.Snapshot.Unix().Rows() {
		if err == nil {
			raw = append(raw, s.Path)
		}
	}
	bytesIn := 0
	for name, parse := range map[string]func(*testing.T, *rows.Kind, []byte) reflect.Value{
		"csv": parseSeparated(','), "tsv": parseSeparated('\t'), "ndjson": parseNDJSON,
	} {
		list := parse(t, k, written(t, name, render.Options{}, only(v, k))).Interface().([]rows.Unix)
		if len(list) != len(raw) {
			t.Fatalf("%d rows as %s, want %d", len(list), name, len(raw))
		}
		for i, u := range list {
			path := u.Path
			if text, ok := u.PathBytes.Get(); ok {
				bytesIn++
				decoded, err := base64.StdEncoding.DecodeString(text)
				if err != nil {
					t.Errorf("%s: %q: %v", name, raw[i], err)
				}
				path = string(decoded)
			}
			if path != raw[i] {
				t.Errorf("%s: path %q, want %q", name, path, raw[i])
			}
			if !utf8.ValidString(u.Path) {
				t.Errorf("%s: path %q is no UTF-8", name, u.Path)
			}
		}
	}
	if bytesIn < 100 {
		t.Errorf("%d paths needed path_bytes, want at least 100", bytesIn)
	}
}
