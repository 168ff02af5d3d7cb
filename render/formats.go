package render

import (
	"io"
	"net/netip"

	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A Format writes a view. Write errors of w are returned; everything else that
// goes wrong goes to the view's Reporter and leaves the rest of the output
// intact.
type Format interface {
	Name() string
	Write(w io.Writer, v View) error
}

// Formats is THE list of output formats; the first is the default.
func Formats() []Format {
	return []Format{Netstat{}}
}

// A View is what is to be written.
type View struct {
	Plan     query.Plan
	Columns  Columns
	Snapshot *snapshot.Snapshot
	Names    Namer
	Report   Reporter
}

// Columns are the options that decide on columns and texts, not on rows. The
// zero value is netstat without options.
type Columns struct {
	NumericHosts, NumericPorts, NumericUsers bool // -n sets all three

	Symbolic bool // -N, which makes the addresses of -r numeric and some of SCTP
	Extend   int  // -e, counted
	Timers   bool // -o
	Programs bool // -p
	Wide     bool // -W
	Explain  bool // --explain: what each counter means
}

// A Namer knows the captured machine's names. names.Table is one.
type Namer interface {
	TCPPort(port uint16) (string, bool)
	UDPPort(port uint16) (string, bool)
	RawPort(proto uint16) (string, bool)
	Host4(a netip.Addr) (string, bool)
	Host6(a netip.Addr) (string, bool)
	Network(a netip.Addr) (string, bool)
	User(uid uint32) (string, bool)
}

// A Reporter is told what does not fit into the rows.
type Reporter interface {
	// Bad is told of each row, and of each rest of a file, that could not be read.
	Bad(err error)
	// Lacking is told of a table that is absent, empty or cannot be opened.
	// asked says how much the user wanted it.
	Lacking(file string, state snapshot.State, err error, asked query.Asked)
	// Notef is told what the reader of the output should know.
	Notef(format string, args ...any)
	// Fail makes the exit status that of a failed netstat run.
	Fail()
}
