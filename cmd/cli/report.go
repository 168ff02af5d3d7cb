package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// maxBadRows is how many rows that cannot be read are told one by one; -v tells
// them all.
const maxBadRows = 20

// A reporter says on stderr what does not fit into the output of one bundle, and
// keeps the exit code.
type reporter struct {
	w       io.Writer
	prefix  string // the bundle's name, if there are several
	verbose bool
	code    int
	bad     int
	hinted  []string
	noted   []string
	said    []rows.Diagnostic // before the view was written
}

// Kinds of what is said; the first two stand in JSON documents too.
const (
	note    = rows.Note
	warning = rows.Warning
	hint    = "hint"
)

// tell says what is about the bundle as a whole, before the view is written.
func (r *reporter) tell(kind, format string, args ...any) {
	r.say(kind, format, args...)
	if len(r.said) < maxSaid {
		r.said = append(r.said, rows.Diagnostic{Severity: kind, Message: fmt.Sprintf(format, args...)})
	}
}

// maxSaid bounds what a hostile bundle can make us hold.
const maxSaid = 1000

func (r *reporter) say(kind, format string, args ...any) {
	fmt.Fprintf(r.w, "coldstat: %s: %s%s\n", kind, r.prefix, words.Safe(fmt.Sprintf(format, args...)))
}

// Notef says each thing once: several tables may be read from one text.
func (r *reporter) Notef(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(r.noted, text) {
		r.noted = append(r.noted, text)
		r.say(note, "%s", text)
	}
}

func (r *reporter) Detailf(format string, args ...any) {
	if r.verbose {
		r.say(note, format, args...)
	}
}

func (r *reporter) Fail() { r.code = max(r.code, exitLacking) }

func (r *reporter) damaged(what string) {
	r.tell(warning, "the bundle is damaged: %s", what)
	r.code = max(r.code, exitDamaged)
}

// Bad speaks of a row that is left out, or of a file whose rest is.
func (r *reporter) Bad(err error) {
	if _, ok := errors.AsType[*parser.RowError](err); ok {
		if r.bad++; r.bad > maxBadRows && !r.verbose {
			return
		}
	} else if !costsNothing(err) {
		r.code = max(r.code, exitDamaged)
	}
	r.say(warning, "%v", err)
}

// costsNothing: rows in doubt are shown, and a lacking column is the capture's.
func costsNothing(err error) bool {
	_, column := errors.AsType[*parser.MissingColumnError](err)
	_, doubt := errors.AsType[*parser.DoubtError](err)
	return column || doubt
}

// Names speaks of a file of names that cannot be used: numbers stay numbers.
func (r *reporter) Names(err error) {
	r.tell(warning, "%v", err)
	if errors.Is(err, fs.ErrPermission) {
		r.hintOnce("%s", permissionHint)
	} else {
		r.code = max(r.code, exitDamaged)
	}
}

// Lacking speaks of a table without rows to show.
func (r *reporter) Lacking(file string, state snapshot.State, err error, asked query.Asked) {
	switch state {
	case snapshot.Absent:
		if asked == query.ByName {
			r.Fail()
		}
		switch {
		case errors.Is(err, fs.ErrPermission):
			r.say(warning, "%s cannot be read: permission denied", file)
			r.hintOnce("%s", permissionHint)
		case asked != query.InPassing || r.verbose:
			r.say(warning, "%s is not in the bundle", file)
		}
	case snapshot.Empty:
		r.say(warning, "%s is empty, without even its header line: it was not captured right", file)
		r.hintOnce("tar stores the files of /proc as empty; %s", captureHint)
	case snapshot.Failed:
		r.say(warning, "%s cannot be read: %v", file, err)
		r.Fail()
	}
}

// hintOnce gives the first hint of its kind.
func (r *reporter) hintOnce(format string, args ...any) {
	if !slices.Contains(r.hinted, format) {
		r.hinted = append(r.hinted, format)
		r.say(hint, format, args...)
	}
}

// summary ends what is said about the bundle.
func (r *reporter) summary() {
	if n := r.bad - maxBadRows; n > 0 && !r.verbose {
		r.say(warning, "%d more rows could not be read; -v names them all", n)
	}
}
