package render

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
)

// SchemaMarkdown writes a table of the columns of each kind of row.
func SchemaMarkdown(w io.Writer) error {
	o := newOut(w)
	o.text("# coldstat rows: schema " + rows.Schema + "\n\n" +
		"Unknown is `null` in JSON and an empty cell in CSV, never 0. Lists are arrays in JSON and\n" +
		"one cell with blanks in CSV, where a list that is known to be empty looks like an unknown one.\n")
	kinds := append([]*rows.Kind{}, rows.Kinds()...)
	kinds = append(kinds, rows.SourceKind, rows.DiagnosticKind)
	for _, k := range slices.Concat(kinds, rows.AnswerKinds(), rows.TriageKinds()) {
		o.text("\n## " + k.Name + "\n\n" + k.Doc)
		if k.Source != "" {
			o.text(", from " + markdownText(k.Source))
		}
		o.text("\n\n| column | type | unit | source | meaning |\n| --- | --- | --- | --- | --- |\n")
		for i := range k.Columns() {
			c := &k.Columns()[i]
			cells := []string{"`" + c.Name + "`", typeWord(c), c.Unit, code(c.From), markdownText(c.Doc)}
			o.text("| " + strings.Join(cells, " | ") + " |\n")
		}
	}
	return o.flush()
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(s, "|", `\|`) + "`"
}

// markdownText escapes what our own sentences hold.
var markdownEscaper = strings.NewReplacer("*", `\*`, "_", `\_`, "<", `\<`, "|", `\|`)

func markdownText(s string) string { return markdownEscaper.Replace(s) }

// typeWord names a column's type for people.
func typeWord(c *rows.Column) string {
	word := map[rows.CellType]string{
		rows.TextCell: "text", rows.BoolCell: "boolean", rows.UintCell: "number, not negative", rows.IntCell: "number",
		rows.AddrCell: "address", rows.ListCell: "list of texts", rows.FloatCell: "number, also with a fraction",
	}[c.Type]
	if c.Nullable || c.Type == rows.ListCell {
		word += " or null"
	}
	return word
}

// SchemaJSON writes a JSON Schema (2020-12) of the documents of --format json
// and, as "$defs/line", of the lines of --format ndjson.
func SchemaJSON(w io.Writer) error {
	defs := object{}
	document := object{"schema": object{"const": rows.Schema}}
	var lines []any
	for _, k := range rows.Kinds() {
		defs[k.Name] = describe(k, nil)
		document[k.Name] = object{
			"description": k.Doc + ", from " + k.Source + "; null if none of these files is in the bundle",
			"type":        []string{"array", "null"}, "items": ref(k.Name),
		}
		lines = append(lines, describe(k, object{"kind": object{"const": k.Name}}))
	}
	for _, k := range []*rows.Kind{rows.SourceKind, rows.DiagnosticKind} {
		defs[k.Name] = describe(k, nil)
	}
	document["source"] = ref("source")
	document["diagnostics"] = object{"type": "array", "items": ref("diagnostic")}
	defs["document"] = object{
		"type": "object", "properties": document, "additionalProperties": false,
		"required": []string{"schema", "source", "diagnostics"},
	}
	triageSchema(defs)
	lines = append(lines, answerSchema(defs)...)
	defs["line"] = object{"description": "a line of --format ndjson without --columns", "oneOf": lines}
	text, err := json.MarshalIndent(object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "coldstat --format json",
		"description": "a document for one bundle, an array of documents for several; or what a command writes",
		"oneOf":       []any{ref("document"), object{"type": "array", "items": ref("document")}, ref("answer"), ref("triage"), ref("rules")},
		"$defs":       defs,
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("the schema: %w", err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

type object map[string]any

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

// describe gives the schema of one kind of row: all columns, and no others.
func describe(k *rows.Kind, properties object) object {
	all := object{}
	var required []string
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		all[name] = properties[name]
		required = append(required, name)
	}
	for i := range k.Columns() {
		c := &k.Columns()[i]
		all[c.Name] = property(c)
		required = append(required, c.Name)
	}
	return closed(k.Doc, all, required...)
}

// closed is an object with these properties, all of them required unless some are named,
// and no others.
func closed(doc string, properties object, required ...string) object {
	if required == nil {
		required = slices.Sorted(maps.Keys(properties))
	}
	o := object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	if doc != "" {
		o["description"] = doc
	}
	return o
}

func arrayOf(of object) object { return object{"type": "array", "items": of} }

// triageSchema adds what coldstat triage writes: the documents of --format json and of
// --list, and, as "$defs/triage_line", the lines of --format ndjson.
func triageSchema(defs object) {
	for _, k := range []*rows.Kind{rows.FigureKind, rows.EvidenceKind, rows.NotCheckedKind, rows.SharedKind, rows.ThresholdKind} {
		defs[k.Name] = describe(k, nil)
	}
	finding := func(kind object) object {
		p := object{"figures": arrayOf(ref("figure")), "evidence": arrayOf(ref("evidence"))}
		maps.Copy(p, kind)
		return describe(rows.FindingKind, p)
	}
	named := func(k *rows.Kind) object { return object{"kind": object{"const": k.Name}} }
	defs["finding"] = finding(nil)
	defs["rule"] = describe(rows.RuleKind, object{"thresholds": arrayOf(ref("threshold"))})
	defs["triage_host"] = closed("what was found on one machine", object{
		"source": ref("source"), "findings": arrayOf(ref("finding")), "not_checked": arrayOf(ref("not_checked")),
		"fine":        object{"type": "array", "items": object{"type": "string"}, "description": "the rules that were checked and found nothing"},
		"diagnostics": arrayOf(ref("diagnostic")),
	})
	version := object{"const": rows.Schema}
	defs["triage"] = closed("coldstat triage --format json", object{"schema": version, "hosts": arrayOf(ref("triage_host")), "shared": arrayOf(ref("shared"))})
	defs["rules"] = closed("coldstat triage --list --format json", object{"schema": version, "rules": arrayOf(ref("rule"))})
	defs["triage_line"] = object{
		"description": "a line of coldstat triage --format ndjson",
		"oneOf":       []any{finding(named(rows.FindingKind)), describe(rows.NotCheckedKind, named(rows.NotCheckedKind))},
	}
}

// answerSchema adds the documents of the commands whose rows are worked out of others,
// and gives the schemas of their lines.
func answerSchema(defs object) (lines []any) {
	p := object{"schema": object{"const": rows.Schema}, "sources": arrayOf(ref("source")), "diagnostics": arrayOf(ref("diagnostic"))}
	required := slices.Sorted(maps.Keys(p))
	for _, k := range rows.AnswerKinds() {
		defs[k.Name], p[k.Name] = describe(k, nil), arrayOf(ref(k.Name))
		lines = append(lines, describe(k, object{"kind": object{"const": k.Name}}))
	}
	defs["answer"] = closed("what a command works out of one or more captures, as JSON", p, required...)
	return lines
}

func property(c *rows.Column) object {
	p := object{"description": c.Doc}
	name := map[rows.CellType]string{
		rows.TextCell: "string", rows.BoolCell: "boolean", rows.UintCell: "integer", rows.IntCell: "integer",
		rows.AddrCell: "string", rows.ListCell: "array", rows.FloatCell: "number",
	}[c.Type]
	p["type"] = name
	if c.Nullable || c.Type == rows.ListCell {
		p["type"] = []string{name, "null"}
	}
	switch c.Type {
	case rows.UintCell:
		p["minimum"] = 0
	case rows.AddrCell:
		p["anyOf"] = []any{object{"format": "ipv4"}, object{"format": "ipv6"}, object{"type": "null"}}
	case rows.ListCell:
		p["items"] = object{"type": "string"}
	}
	if c.Unit != "" {
		p["x-unit"] = c.Unit
	}
	if c.From != "" {
		p["x-source"] = c.From
	}
	return p
}
