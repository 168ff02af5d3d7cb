package render_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// schema compiles what SchemaJSON writes, or one of its definitions. Formats,
// those of addresses, count.
func schema(t *testing.T, fragment string) *jsonschema.Schema {
	t.Helper()
	var text bytes.Buffer
	if err := render.SchemaJSON(&text); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("coldstat.json", parseJSON(t, text.Bytes())); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("coldstat.json" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parseJSON keeps all digits of numbers.
func parseJSON(t *testing.T, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return v
}

// recorded is the view with a few diagnostics.
func recorded(v render.View) render.View {
	v.Diagnostics = []rows.Diagnostic{{Severity: rows.Note, Message: "\x1b[31m\"<b>"}}
	return v
}

// TestSchema: the documents are what the schema says, of each machine alone and
// of several together.
func TestSchema(t *testing.T) {
	list := machines(t)
	t.Run("ours", func(t *testing.T) { validDocuments(t, list) })
	t.Run("corpus", func(t *testing.T) { validDocuments(t, corpus(t)) })
}

func validDocuments(t *testing.T, list []machine) {
	t.Helper()
	s := schema(t, "")
	var views []render.View
	for _, m := range list {
		v := recorded(m.whole(t))
		views = append(views, v)
		if err := s.Validate(parseJSON(t, written(t, "json", render.Options{}, v))); err != nil {
			t.Errorf("%q: %v", m.name, err)
		}
	}
	for n := range 3 { // also none that could be read
		document := parseJSON(t, written(t, "json", render.Options{Several: true}, views[:n]...))
		if err := s.Validate(document); err != nil {
			t.Errorf("an array of %d: %v", n, err)
		}
		if array, ok := document.([]any); !ok || len(array) != n {
			t.Errorf("%d bundles give %.100v, want an array of as many", n, document)
		}
	}
}

// TestSchemaLine: so are the lines of NDJSON.
func TestSchemaLine(t *testing.T) {
	line := schema(t, "#/$defs/line")
	for _, m := range []machine{captures(t)[0], hostile()} {
		v := m.whole(t)
		for _, k := range rows.Kinds() {
			n := 0
			for text := range bytes.Lines(written(t, "ndjson", render.Options{}, only(v, k))) {
				if n++; n > 40 { // the rest is of the same kind
					break
				}
				if err := line.Validate(parseJSON(t, text)); err != nil {
					t.Fatalf("%q: %s\n%v", m.name, text, err)
				}
			}
		}
	}
	if err := line.Validate(parseJSON(t, []byte(`{"kind":"socket"}`))); err == nil {
		t.Error("a line without columns is valid")
	}
}

// TestSchemaRefuses: what is not such a document is not valid, down to a single
// value.
func TestSchemaRefuses(t *testing.T) {
	s := schema(t, "")
	good := written(t, "json", render.Options{}, recorded(captures(t)[0].whole(t)))
	first := func(document map[string]any, kind string) map[string]any {
		return document[kind].([]any)[0].(map[string]any)
	}
	for _, tt := range []struct {
		name  string
		spoil func(document map[string]any)
		want  string // in the error
	}{
		{"a column is missing", func(d map[string]any) { delete(first(d, "socket"), "state") }, "missing property 'state'"},
		{"a column that nobody knows", func(d map[string]any) { first(d, "unix")["colour"] = "red" }, "additional properties 'colour' not allowed"},
		{"a text for a number", func(d map[string]any) { first(d, "socket")["inode"] = "4711" }, "got string, want null or integer"},
		{"a number for a text", func(d map[string]any) { first(d, "socket")["state"] = json.Number("1") }, "got number, want string"},
		{"a fraction", func(d map[string]any) { first(d, "socket")["inode"] = json.Number("1.5") }, "want null or integer"},
		{"a negative size", func(d map[string]any) { first(d, "socket")["recv_q_bytes"] = json.Number("-1") }, "minimum: got -1, want 0"},
		{"null where a value is always known", func(d map[string]any) { first(d, "socket")["protocol"] = nil }, "got null, want string"},
		{"no address", func(d map[string]any) { first(d, "socket")["local_address"] = "localhost" }, "is not valid ipv4"},
		{"a text for a list", func(d map[string]any) { first(d, "unix")["flag_names"] = "ACC" }, "got string, want null or array"},
		{"an object for an array", func(d map[string]any) { d["route"] = map[string]any{} }, "got object, want null or array"},
		{"a kind that nobody knows", func(d map[string]any) { d["sockets"] = []any{} }, "additional properties 'sockets' not allowed"},
		{"another schema", func(d map[string]any) { d["schema"] = "coldstat/0" }, "value must be"},
		{"no source", func(d map[string]any) { delete(d, "source") }, "missing property 'source'"},
		{"a source without a host", func(d map[string]any) { delete(d["source"].(map[string]any), "host") }, "missing property 'host'"},
		{"no diagnostics", func(d map[string]any) { delete(d, "diagnostics") }, "missing property 'diagnostics'"},
		{"a diagnostic in words", func(d map[string]any) { d["diagnostics"] = []any{"broken"} }, "got string, want object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			document := parseJSON(t, good)
			tt.spoil(document.(map[string]any))
			err := s.Validate(document)
			if got := fmt.Sprintf("%v", err); err == nil || !strings.Contains(got, tt.want) {
				t.Errorf("error %.400s; want one with %q", got, tt.want)
			}
		})
	}
}

// TestSchemaOptional: an array of a kind is optional, as fewer kinds may be asked
// for, and null if the bundle has none of its files.
func TestSchemaOptional(t *testing.T) {
	s := schema(t, "")
	v := captures(t)[0].whole(t)
	for _, k := range rows.Kinds() {
		if err := s.Validate(parseJSON(t, written(t, "json", render.Options{}, only(v, k)))); err != nil {
			t.Errorf("only %s: %v", k.Name, err)
		}
	}
	document := parseJSON(t, written(t, "json", render.Options{}, v)).(map[string]any)
	if got, there := document["masquerade"]; got != nil || !there {
		t.Errorf("masquerade without its file is %v, want null", got)
	}
}
