package render

import (
	"io"
	"iter"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// netstatWriter writes what netstat of net-tools 2.10 prints on the captured
// machine, byte for byte. The few differences that are wanted are listed in the
// README.
type netstatWriter struct {
	w     io.Writer
	opts  Options
	views int
}

func newNetstat(w io.Writer, o Options) Writer { return &netstatWriter{w: w, opts: o} }

func (w *netstatWriter) Close() error { return nil }

func (w *netstatWriter) Write(v View) error {
	if v.Names == nil {
		v.Names = rows.Nameless{}
	}
	n := &netstat{View: v, out: newOut(w.w)}
	if w.opts.Several {
		if w.views > 0 {
			n.text("\n")
		}
		n.buf = append(words.AppendSafe(append(n.buf, "==> "...), v.Title), " <==\n"...)
	}
	w.views++
	switch v.Plan.Mode {
	case query.Routes:
		n.routes()
	case query.Interfaces:
		n.interfaces()
	case query.Statistics:
		n.statistics()
	case query.Masquerade:
		n.masquerade()
	default:
		n.sockets()
	}
	return n.flush()
}

// netstat is one run.
type netstat struct {
	View
	*out
	owners *snapshot.Owners // nil without -p

	// a and p are scratch space for the two halves of an address column.
	a, p []byte
}

// sockets writes the sections in netstat's order (1.4). The rarer families
// come behind the UNIX sockets.
func (n *netstat) sockets() {
	if n.Columns.Programs {
		n.owners = n.Snapshot.Owners()
		if !n.owners.Known {
			n.Report.Notef("the bundle has neither proc/PID/fd links nor an output of netstat, ss or lsof that names programs: none is known")
		}
	}
	if n.Plan.ShowsInternet() {
		n.internet()
	}
	if n.Plan.Groups {
		n.groups()
	}
	if n.Plan.Shows(query.UnixAF) {
		n.unix()
	}
	n.rare()
}

// scope is the X of the headings.
func (n *netstat) scope() string {
	switch {
	case n.Plan.All:
		return "(servers and established)"
	case n.Plan.Listening:
		return "(only servers)"
	default:
		return "(w/o servers)"
	}
}

// usable reports whether a table has rows to show and tells the Reporter of
// any other state.
func usable[T any](n *netstat, t snapshot.Table[T], asked query.Asked) bool {
	if t.State != snapshot.Present {
		n.Report.Lacking(t.File, t.State, t.Err, asked)
		return false
	}
	if t.Note != "" {
		n.Report.Notef("%s", t.Note)
	}
	return true
}

// good yields the rows of a table that could be read and reports the others. It
// ends early when the output cannot be written any more.
func good[T any](n *netstat, t snapshot.Table[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for row := range snapshot.Good(t.Rows(), n.Report.Bad) {
			if !yield(row) || !n.full() {
				return
			}
		}
	}
}

// inPieces writes the rows of a table, whose pieces several goroutines render. Each
// piece gets a netstat of its own, with scratch space that nobody else uses, and the
// function that appends the line of a row, or nothing.
func inPieces[T any](n *netstat, t snapshot.Table[T], lines func(*netstat) func(b []byte, row *T) []byte) {
	all := newAssembly(n.out)
	for chunk := range t.Chunks() {
		p := all.take()
		var bad []error
		p.render = func(b []byte) ([]byte, error) {
			one := *n
			one.a, one.p = make([]byte, 0, 2*maxText), make([]byte, 0, maxText)
			line := lines(&one)
			for row := range snapshot.Good(chunk.Rows, func(err error) { bad = append(bad, err) }) {
				b = line(b, row)
			}
			return b, nil
		}
		p.after = func() {
			for _, err := range bad {
				n.Report.Bad(err)
			}
			chunk.Free()
		}
		if !all.hand(p) {
			break
		}
	}
	all.finish()
}

// appendProgram appends the column of -p: a blank, then PID/NAME cut to 19
// bytes in 20 columns. printed is nil for a row of the kernel's file.
func (n *netstat) appendProgram(b []byte, inode uint64, printed *parser.Printed) []byte {
	b = append(b, ' ')
	owner, ok := n.owners.Of(inode)
	if printed != nil {
		if pid, told := printed.PID.Get(); told {
			owner, ok = snapshot.Owner{PID: pid, Name: printed.Program}, true
		}
	}
	if !ok {
		return left(b, "-", programWidth)
	}
	n.a = leftUint(n.a[:0], owner.PID, 0)
	n.a = append(append(n.a, '/'), owner.Name...)
	return safeLeft(b, n.a[:min(len(n.a), programWidth-1)], programWidth)
}

const programWidth = 20
