package diff

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A Capture is one of the two that are compared.
type Capture struct {
	Snapshot *snapshot.Snapshot
	Source   rows.Source
	// Title is what messages call it: the bundle.
	Title string
	// Obfuscated is set if names of the capture are made up.
	Obfuscated bool
	// Report is told what cannot be read. It may be nil.
	Report rows.Reporter
}

// Options say what is shown of the differences. The zero value folds churn.
type Options struct {
	// All shows each socket by itself.
	All bool
	// Kinds are the names of the kinds of rows that are wanted; nil is all.
	Kinds []string

	bounds bounds // zero is maxima
}

// A Result is what two captures differ in.
type Result struct {
	Clock Clock
	// Summary says in one line what was compared.
	Summary string

	Findings   []rows.RateFinding
	Sockets    []rows.SocketChange
	Unix       []rows.UnixChange
	Routes     []rows.RouteChange
	Interfaces []rows.InterfaceChange
	Facts      []rows.FactChange
	Counters   []rows.CounterChange
	// Diagnostics say what was not compared, and why.
	Diagnostics []rows.Diagnostic
	// Details are what only a curious reader wants to know.
	Details []rows.Diagnostic
}

// Rows is how many differences there are, each row counted once.
func (r *Result) Rows() int {
	return len(r.Findings) + len(r.Sockets) + len(r.Unix) + len(r.Routes) + len(r.Interfaces) + len(r.Facts) + len(r.Counters)
}

// Kinds are the kinds of rows with what was found.
func (r *Result) Kinds() []*rows.Kind {
	return []*rows.Kind{
		rows.Holding(rows.RateFindingKind, r.Findings),
		rows.Holding(rows.SocketChangeKind, r.Sockets),
		rows.Holding(rows.UnixChangeKind, r.Unix),
		rows.Holding(rows.RouteChangeKind, r.Routes),
		rows.Holding(rows.InterfaceChangeKind, r.Interfaces),
		rows.Holding(rows.FactChangeKind, r.Facts),
		rows.Holding(rows.CounterChangeKind, r.Counters),
	}
}

// bounds are of what a hostile capture can make us hold.
type bounds struct {
	sockets int // of one capture, of all protocols together; UNIX ones apart
	routes  int // of one capture and family
	held    int // counters, and interfaces, of one capture
	rows    int // of one kind that are shown
}

// maxima take some 170 MB for the internet sockets of a capture, and 80 MB for a million.
var maxima = bounds{sockets: 1 << 21, routes: 1 << 21, held: 1 << 16, rows: 1 << 18}

// Compare compares two captures.
func Compare(old, new Capture, o Options) *Result {
	if o.bounds == (bounds{}) {
		o.bounds = maxima
	}
	d := &differ{Options: o, old: newSide("OLD", old), new: newSide("NEW", new), result: &Result{}}
	d.between = d.whose()
	before, after := momentOf(old), momentOf(new)
	counters := d.readCounters()
	d.clock = clockOf(before, after, counters.drift())
	d.result.Clock, d.result.Summary = d.clock, d.clock.summary(old, new, before, after)
	for _, text := range d.clock.warnings(before, after) {
		d.tell(rows.Warning, "", "", "%s", text)
	}
	for _, part := range []struct {
		kinds   []*rows.Kind
		compare func()
	}{
		{[]*rows.Kind{rows.SocketChangeKind}, d.sockets},
		{[]*rows.Kind{rows.UnixChangeKind}, d.unix},
		{[]*rows.Kind{rows.RouteChangeKind}, d.routes},
		{[]*rows.Kind{rows.InterfaceChangeKind, rows.CounterChangeKind}, d.interfaces},
		{[]*rows.Kind{rows.FactChangeKind}, d.facts},
		{[]*rows.Kind{rows.CounterChangeKind}, func() { d.counters(counters) }},
		{[]*rows.Kind{rows.RateFindingKind}, d.findings},
	} {
		if o.Kinds == nil || slices.ContainsFunc(part.kinds, func(k *rows.Kind) bool { return slices.Contains(o.Kinds, k.Name) }) {
			part.compare()
		}
	}
	d.incomplete()
	return d.result
}

// A differ compares two captures.
type differ struct {
	Options
	old, new *side
	clock    Clock
	between  rows.Between
	result   *Result
	pairs    []pairOfInterfaces
}

func (d *differ) whose() rows.Between {
	b := rows.Between{Host: d.new.Source.Host, NetNS: d.new.Source.NetNS, OldBundle: d.old.Source.Bundle, NewBundle: d.new.Source.Bundle}
	if !b.Host.Known() {
		b.Host = d.old.Source.Host
	}
	if !b.NetNS.Known() {
		b.NetNS = d.old.Source.NetNS
	}
	return b
}

// tell adds a diagnostic, of a file if it is about one.
func (d *differ) tell(severity, file, state, format string, args ...any) {
	d.result.Diagnostics = append(d.result.Diagnostics, rows.Diagnostic{
		Severity: severity, Message: fmt.Sprintf(format, args...), File: parser.Text(file), State: parser.Text(state),
	})
}

// A presence says what a capture has of a table.
type presence struct {
	there bool
	rows  int
}

// both reports whether a table can be compared. There is nothing to say if neither capture
// has it, and little if the one that has it has no rows.
func (d *differ) both(file string, old, new presence) bool {
	for _, s := range []struct {
		*side
		its, other presence
	}{{d.old, old, new}, {d.new, new, old}} {
		if s.its.there || !s.other.there {
			continue
		}
		state, says := s.lack(file)
		if s.other.rows == 0 {
			d.result.Details = append(d.result.Details, rows.Diagnostic{
				Severity: rows.Note, Message: file + " " + says + ", and without rows in " + d.other(s.side).name, File: parser.Text(file), State: parser.Text(state),
			})
			continue
		}
		d.tell(rows.Warning, file, state, "%s %s: what %s has of it is not compared", file, says, d.other(s.side).name)
	}
	return old.there && new.there
}

func (d *differ) other(s *side) *side {
	if s == d.old {
		return d.new
	}
	return d.old
}

// incomplete says of a file that one of the captures has, but not whole: what seems to have
// come or gone may only not have been read.
func (d *differ) incomplete() {
	for _, s := range []*side{d.old, d.new} {
		for _, file := range s.files {
			n := s.bad[file]
			if s.cut[file] || !s.seemed[file] {
				continue
			}
			d.tell(rows.Warning, file, "", "%d of the rows of %s in %s cannot be read: they may be among those that are shown as %s",
				n, file, s.name, s.seems())
		}
	}
}

// A side is one of the captures, with what was noticed while it was read.
type side struct {
	Capture
	name   string // OLD or NEW
	reader *rows.Reader

	files []string // with bad rows, in the order in which they were met
	bad   map[string]int
	cut   map[string]bool   // the rest of the file could not be read
	full  map[string]int    // nor be held behind so many rows
	short map[string]uint64 // the last line that ends too early

	// seemed are the files of which something seems to have come, or to have gone, which
	// one of their bad rows may be.
	seemed map[string]bool
	state  map[string]snapshot.State

	readFrom map[string]string // files by the tables that they have
}

func newSide(which string, c Capture) *side {
	if c.Report == nil {
		c.Report = rows.Quiet{}
	}
	s := &side{
		Capture: c, name: which, bad: map[string]int{}, cut: map[string]bool{}, full: map[string]int{}, short: map[string]uint64{},
		seemed: map[string]bool{}, state: map[string]snapshot.State{}, readFrom: map[string]string{},
	}
	s.reader = &rows.Reader{Snapshot: c.Snapshot, Report: reporter{c.Report, s}, NoHosts: true, NoPorts: true, NoUsers: true, Want: wanted}
	return s
}

// wanted are the columns that are compared. The others may cost another table to read:
// accept_queue is that of the listener of a socket, but listeners have their own anyway;
// UNIX listeners have it with waiting.
func wanted(column string) bool {
	return column != "direction" && column != "listener" && column != "accept_queue"
}

// seems is what rows seem to be that this side should have and has not.
func (s *side) seems() string {
	if s.name == "OLD" {
		return rows.Appeared
	}
	return rows.Gone
}

// note keeps what an error costs: a row, or the rest of a file.
func (s *side) note(err error) {
	var file string
	whole := false
	if e, ok := errors.AsType[*parser.RowError](err); ok {
		// The kernel ends each line, but whoever kept the output of a command may not.
		file, whole = e.File, e.Err == parser.ErrCut && strings.HasPrefix(e.File, "proc/")
	} else if e, ok := errors.AsType[*parser.FileError](err); ok {
		file, whole = e.File, true
	} else if e, ok := errors.AsType[*parser.MissingColumnError](err); ok {
		file, whole = e.File, true
	}
	if file == "" {
		return
	}
	if e, ok := errors.AsType[*parser.RowError](err); ok && e.Err == parser.ErrShort {
		s.short[file] = uint64(e.Line)
	}
	if s.bad[file]++; s.bad[file] == 1 {
		s.files = append(s.files, file)
	}
	s.cut[file] = s.cut[file] || whole
}

// ended notes that a table was read, with the line of its last row. A row behind that which
// ends too early is one at which the file was cut.
func (s *side) ended(table string, line uint64) {
	if file := s.fileOf(table); s.short[file] > line && file == table {
		s.cut[file] = true
	}
}

// stop notes that a table was not read behind so many rows: there is no room for more.
func (s *side) stop(table string, rows int) {
	file := s.fileOf(table)
	s.cut[file], s.full[file] = true, rows
}

// cutNote says that a table is not whole, and what that costs.
func (d *differ) cutNote(s *side, file string, hidden int) {
	why := "could not be read to its end"
	switch n, full := s.full[file]; {
	case full:
		why = fmt.Sprintf("is not read behind its first %d rows", n)
	case hidden == 0:
		return // the reader said so already
	}
	d.tell(rows.Warning, file, "", "%s in %s %s: %d that only %s has are not shown as %s",
		file, s.name, why, hidden, d.other(s).name, s.seems())
}

// missing notes that this side does not have something of a file.
func (s *side) missing(table string) { s.seemed[s.fileOf(table)] = true }

// lack says what is wrong with a file that has no rows.
func (s *side) lack(file string) (state, says string) {
	switch s.state[file] {
	case snapshot.Empty:
		return "empty", "is empty in " + s.name + ", without even its header line"
	case snapshot.Failed:
		return "failed", "cannot be read in " + s.name
	}
	return "absent", "is not in " + s.name
}

// A reporter counts bad rows by file, and keeps what is lacking: Compare tells of that.
type reporter struct {
	rows.Reporter
	s *side
}

func (r reporter) Bad(err error) {
	r.s.note(err)
	r.Reporter.Bad(err)
}

func (r reporter) Lacking(file string, state snapshot.State, err error, asked query.Asked) {
	if state == snapshot.Failed || errors.Is(err, fs.ErrPermission) {
		r.Reporter.Lacking(file, state, err, asked)
		state = snapshot.Failed
	}
	r.s.state[file] = state
}

func (reporter) Fail() {}

// differs reports whether two values are known and not the same.
func differs[T comparable](a, b parser.Opt[T]) bool { return a.Known() && b.Known() && a != b }

func roundTo(v float64, digits int) float64 {
	p := math.Pow10(digits)
	if r := math.Round(v * p); math.Abs(r) < 1<<53 {
		return r / p
	}
	return v
}
