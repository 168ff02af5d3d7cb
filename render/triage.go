package render

import (
	"io"
	"slices"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/triage"
)

// A TriageFormat is one way of writing what triage found.
type TriageFormat struct {
	Name, Doc string
	Extension string // of a file in the format, without its dot
	// Write writes all hosts at once. Only write errors are returned.
	Write func(w io.Writer, o Options, t Triage) error
}

// TriageFormats is THE list of them; the first is the default.
func TriageFormats() []TriageFormat {
	return []TriageFormat{
		{"text", "findings for people, the worst first", "txt", triageText},
		{"json", "one document with the findings of all hosts", "json", triageJSON},
		{"ndjson", "a JSON object a line for each finding, and each rule that was not checked", "ndjson", triageNDJSON},
		{"csv", "the same as rows, with the first evidence", "csv", triageCSV},
		{"markdown", "for tickets and wikis", "md", triageMarkdown},
		{"html", "a page that needs nothing from elsewhere", "html", triageHTML},
		{"sarif", "SARIF 2.1.0, for tools that collect findings", "sarif", triageSARIF},
	}
}

// TriageFormatByName finds a format.
func TriageFormatByName(name string) (TriageFormat, bool) {
	all := TriageFormats()
	i := slices.IndexFunc(all, func(f TriageFormat) bool { return f.Name == name })
	if i < 0 {
		return TriageFormat{}, false
	}
	return all[i], true
}

// A Triage is what triage found on one or more machines.
type Triage struct {
	Hosts []TriageHost
	// Shared are findings of several of them.
	Shared []triage.Shared
}

// A TriageHost is one machine, or what one of its network namespaces shows.
type TriageHost struct {
	Title       string // see [View]
	Source      rows.Source
	Report      *triage.Report
	Diagnostics []rows.Diagnostic // what was wrong with the bundle
	// Hidden is how many findings were taken out of the report because they are not bad
	// enough to be shown.
	Hidden int
}

// Record passes on to a Reporter what is told of a machine, and keeps it behind what was
// said before, for formats that show it: all gives it.
func Record(r Reporter, before []rows.Diagnostic) (recorded Reporter, all func() []rows.Diagnostic) {
	rec := &recorder{Reporter: r, list: before}
	return rec, rec.all
}

// A RulesFormat is one way of writing the list of rules.
type RulesFormat struct {
	Name  string
	Write func(w io.Writer, o Options, list []*triage.Rule) error
}

// RulesFormats is THE list of them; the first is the default.
func RulesFormats() []RulesFormat {
	plain := func(write func(io.Writer, []*triage.Rule) error) func(io.Writer, Options, []*triage.Rule) error {
		return func(w io.Writer, _ Options, list []*triage.Rule) error { return write(w, list) }
	}
	return []RulesFormat{
		{"text", rulesText}, {"json", plain(rulesJSON)}, {"csv", plain(rulesCSV)}, {"markdown", plain(rulesMarkdown)},
	}
}
