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
}
