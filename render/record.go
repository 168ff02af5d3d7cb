package render

import (
	"errors"
	"fmt"
	"slices"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// maxDiagnostics bounds how many a hostile bundle can make us hold.
const maxDiagnostics = 10_000

// A recorder keeps what a Reporter is told, for formats that show it.
type recorder struct {
	Reporter
	list []rows.Diagnostic
	more int

	noted []string
}

func (r *recorder) add(d rows.Diagnostic) {
	if len(r.list) >= maxDiagnostics {
		r.more++
		return
	}
	r.list = append(r.list, d)
}

// all gives what was kept, and a last word on the rest.
func (r *recorder) all() []rows.Diagnostic {
	if r.more == 0 {
		return r.list
	}
	return append(r.list, rows.Diagnostic{
		Severity: rows.Warning, Message: fmt.Sprintf("%d more are left out", r.more),
	})
}

func (r *recorder) Bad(err error) {
	r.Reporter.Bad(err)
	d := rows.Diagnostic{Severity: rows.Warning, Message: err.Error()}
	if e, ok := errors.AsType[*parser.RowError](err); ok {
		d.File, d.Field, d.Value = parser.Some(e.File), parser.Text(e.Field), parser.Text(e.Value)
		d.Line, d.Column = count(e.Line), count(e.Column)
	}
	if e, ok := errors.AsType[*parser.FileError](err); ok {
		d.File, d.Line = parser.Some(e.File), count(e.Line)
	}
	if e, ok := errors.AsType[*parser.MissingColumnError](err); ok {
		d.File = parser.Some(e.File)
	}
	if e, ok := errors.AsType[*parser.DoubtError](err); ok {
		d.File = parser.Some(e.File)
	}
	r.add(d)
}

func count(n int) parser.Opt[uint64] {
	if n <= 0 {
		return parser.Opt[uint64]{}
	}
	return parser.Some(uint64(n))
}

func (r *recorder) Lacking(file string, state snapshot.State, err error, asked query.Asked) {
	r.Reporter.Lacking(file, state, err, asked)
	d := rows.Diagnostic{Severity: rows.Warning, File: parser.Some(file)}
	switch state {
	case snapshot.Absent:
		d.State, d.Message = parser.Some("absent"), file+" is not in the bundle"
		if asked == query.InPassing {
			d.Severity = rows.Note
		}
	case snapshot.Empty:
		d.State, d.Message = parser.Some("empty"), file+" is empty, without even its header line"
	default:
		d.State, d.Message = parser.Some("failed"), fmt.Sprintf("%s cannot be read: %v", file, err)
	}
	r.add(d)
}

func (r *recorder) Notef(format string, args ...any) {
	r.Reporter.Notef(format, args...)
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(r.noted, text) { // several tables may be read from one text
		r.noted = append(r.noted, text)
		r.add(rows.Diagnostic{Severity: rows.Note, Message: text})
	}
}
