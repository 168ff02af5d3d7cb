package rows

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

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

// Nameless is a Namer that knows no name.
type Nameless struct{}

// TCPPort knows no name.
func (Nameless) TCPPort(uint16) (string, bool) { return "", false }

// UDPPort knows no name.
func (Nameless) UDPPort(uint16) (string, bool) { return "", false }

// RawPort knows no name.
func (Nameless) RawPort(uint16) (string, bool) { return "", false }

// Host4 knows no name.
func (Nameless) Host4(netip.Addr) (string, bool) { return "", false }

// Host6 knows no name.
func (Nameless) Host6(netip.Addr) (string, bool) { return "", false }

// Network knows no name.
func (Nameless) Network(netip.Addr) (string, bool) { return "", false }

// User knows no name.
func (Nameless) User(uint32) (string, bool) { return "", false }

// A Reporter is told what does not fit into the rows.
type Reporter interface {
	// Bad is told of each row, and of each rest of a file, that could not be read.
	Bad(err error)
	// Lacking is told of a table that is absent, empty or cannot be opened.
	// asked says how much the user wanted it.
	Lacking(file string, state snapshot.State, err error, asked query.Asked)
	// Notef is told what the reader of the output should know.
	Notef(format string, args ...any)
	// Detailf is told what only a curious reader wants to know.
	Detailf(format string, args ...any)
	// Fail makes the exit status that of a failed netstat run.
	Fail()
}

// Quiet is a Reporter that says nothing.
type Quiet struct{}

// Bad does nothing.
func (Quiet) Bad(error) {}

// Lacking does nothing.
func (Quiet) Lacking(string, snapshot.State, error, query.Asked) {}

// Notef does nothing.
func (Quiet) Notef(string, ...any) {}

// Detailf does nothing.
func (Quiet) Detailf(string, ...any) {}

// Fail does nothing.
func (Quiet) Fail() {}

// A Reader makes rows of one captured machine. Each of its methods reads its
// tables anew and yields the rows that the plan selects, in netstat's order.
// Rows that cannot be read are told to Report and left out. A Reader is used by
// one goroutine at a time.
type Reader struct {
	Snapshot *snapshot.Snapshot
	// Plan says which rows; see [query.Options].
	Plan query.Plan
	// Names may be nil: then no name is known.
	Names Namer
	// Report may be nil.
	Report Reporter
	// NoHosts, NoPorts and NoUsers leave the names of these unknown.
	NoHosts, NoPorts, NoUsers bool
	// Want, if not nil, tells which columns are looked at. The others may be
	// left unknown if they cost another table to read.
	Want func(column string) bool
	// Source is what [Reader.Facts] tells. Its Host, NetNS and Bundle go into every row.
	// Zero tells nothing; SourceOf makes it.
	Source Source

	seen      bool
	wanted    wanted
	owners    *snapshot.Owners
	listeners [2]*listeners // of tcp and of tcp6
	backlogs  *backlogs
	ifNames   map[uint64]string

	acceptLimits *snapshot.Backlogs
}

// Seen reports whether any file of the rows that were read last was there: "not
// in the bundle" and "no rows" are two answers.
func (r *Reader) Seen() bool { return r.seen }

func (r *Reader) report() Reporter {
	if r.Report == nil {
		return Quiet{}
	}
	return r.Report
}

func (r *Reader) wants(columns ...string) bool {
	return r.Want == nil || slices.ContainsFunc(columns, r.Want)
}

// wanted is what Want says of columns that are asked for at every row.
type wanted struct {
	known     bool
	holder    bool // pid, program, program_from
	direction bool // direction, listener, accept_queue
	waiting   bool // accept_queue, waiting: of UNIX sockets
	limit     bool // accept_queue_limit
}

// ask finds it out, once; call it before rows are made. Later other goroutines read it.
func (r *Reader) ask() {
	if r.wanted.known {
		return
	}
	r.wanted = wanted{
		known:     true,
		holder:    r.wants("pid", "program", "program_from"),
		direction: r.wants("direction", "listener", "accept_queue"),
		waiting:   r.wants("accept_queue", "waiting"),
		limit:     r.wants("accept_queue_limit"),
	}
}

// usable reports whether a table has rows to show and tells the Reporter of any
// other state.
func usable[T any](r *Reader, t snapshot.Table[T], asked query.Asked) bool {
	if t.State != snapshot.Present {
		r.report().Lacking(t.File, t.State, t.Err, asked)
		return false
	}
	r.seen = true
	if t.Note != "" {
		r.report().Notef("%s", t.Note)
	}
	return true
}

// good yields the rows that could be read and reports the others.
func good[T any](r *Reader, t snapshot.Table[T]) iter.Seq[T] {
	return snapshot.Good(t.Rows(), r.report().Bad)
}

// An Origin says where a row comes from. It ends every row.
type Origin struct {
	File   string             `json:"file" csv:"file" cut:"yes" doc:"the file of the captured machine that the row was read from"`
	Line   parser.Opt[uint64] `json:"line" csv:"line" doc:"the row's line in the file, from 1; null if the row was put together from several lines or files"`
	Host   parser.Opt[string] `json:"host" csv:"host" cut:"yes" doc:"the captured machine's name"`
	NetNS  parser.Opt[string] `json:"netns" csv:"netns" cut:"yes" doc:"the network namespace that the row is of: its name, or else the kernel's number; null if the capture tells neither"`
	Bundle parser.Opt[string] `json:"bundle" csv:"bundle" cut:"yes" doc:"the bundle, as it was named on the command line"`
}

func (r *Reader) origin(file string, line int) Origin {
	o := Origin{File: file, Host: r.Source.Host, NetNS: r.Source.NetNS, Bundle: r.Source.Bundle}
	if line > 0 {
		o.Line = parser.Some(uint64(line))
	}
	return o
}

func setOrigin[T any](d *draft[T], to *Origin, o Origin) {
	set(d, &to.File, o.File)
	put(d, &to.Line, o.Line)
	set(d, &to.Host, o.Host)
	set(d, &to.NetNS, o.NetNS)
	set(d, &to.Bundle, o.Bundle)
}

// text is unknown if it is empty.
func text(s string) parser.Opt[string] {
	if s == "" {
		return parser.Opt[string]{}
	}
	return parser.Some(s)
}

// found is for lookups that may fail.
func found[T any](v T, ok bool) parser.Opt[T] {
	if !ok {
		return parser.Opt[T]{}
	}
	return parser.Some(v)
}

// only leaves a value unknown where there can be none.
func only[T any](yes bool, v parser.Opt[T]) (o parser.Opt[T]) {
	if yes {
		o = v
	}
	return o
}

func (r *Reader) user(uid uint32) parser.Opt[string] {
	if r.NoUsers || r.Names == nil {
		return parser.Opt[string]{}
	}
	name, ok := r.Names.User(uid)
	if !ok {
		return parser.Opt[string]{}
	}
	return text(name)
}

// host names an address, as netstat looks it up.
func (r *Reader) host(a netip.Addr) parser.Opt[string] {
	if r.NoHosts || r.Names == nil || !a.IsValid() || a.IsUnspecified() {
		return parser.Opt[string]{}
	}
	lookup := r.Names.Host6
	if a.Is4() {
		lookup = r.Names.Host4
	}
	name, ok := lookup(a)
	if !ok {
		return parser.Opt[string]{}
	}
	return text(name)
}

// addr is unknown if there is no address.
func addr(a netip.Addr) parser.Opt[netip.Addr] { return found(a, a.IsValid()) }

// gateway is unknown if the address is the unspecified one.
func gateway(a netip.Addr) parser.Opt[netip.Addr] { return found(a, a.IsValid() && !a.IsUnspecified()) }

// A Holder is the process that holds a socket.
type Holder struct {
	PID         parser.Opt[uint64] `json:"pid" csv:"pid" head:"PID" show:"2" from:"proc/PID/fd" doc:"the first process that holds the socket"`
	Program     parser.Opt[string] `json:"program" csv:"program" head:"Program" show:"2" from:"proc/PID/cmdline" cut:"yes" doc:"its name: argv[0] without directories, or what a command printed of it"`
	ProgramFrom parser.Opt[string] `json:"program_from" csv:"program_from" cut:"yes" doc:"the file that tells it: proc/PID/fd, or an output of netstat, ss or lsof"`
}

// prepareHolders reads the processes, if [Reader.holder] will need them.
func (r *Reader) prepareHolders() {
	if r.ask(); r.owners == nil && r.wanted.holder {
		r.owners = r.Snapshot.Owners()
	}
}

// holder gives the process that holds a socket; call prepareHolders before. printed is nil for a row of the
// kernel's file; file is that of the row.
func (r *Reader) holder(inode uint64, printed *parser.Printed, file string) (h Holder) {
	if !r.wanted.holder {
		return h
	}
	if printed != nil {
		if pid, ok := printed.PID.Get(); ok {
			return Holder{parser.Some(pid), text(printed.Program), text(file)}
		}
	}
	if inode == 0 {
		return h
	}
	o, ok := r.owners.Of(inode)
	if !ok {
		return h
	}
	return Holder{parser.Some(o.PID), text(o.Name), text(o.From)}
}

// anyHolder reports whether the holder of any socket of a table is known, of which this
// is a row.
func (r *Reader) anyHolder(printed *parser.Printed) bool {
	return printed != nil || r.owners != nil && !r.owners.None()
}

func setHolder[T any](d *draft[T], to *Holder, h Holder) {
	set(d, &to.PID, h.PID)
	set(d, &to.Program, h.Program)
	set(d, &to.ProgramFrom, h.ProgramFrom)
}

// OwnersKnown reports whether the capture tells of any process at all.
func (r *Reader) OwnersKnown() bool {
	if r.owners == nil {
		r.owners = r.Snapshot.Owners()
	}
	return r.owners.Known
}

// milliseconds makes them of hundredths of a second. A number that no kernel
// can mean is unknown.
func milliseconds(hundredths uint64) parser.Opt[uint64] {
	const most = 1 << 60
	return found(hundredths*10, hundredths < most)
}

// pointer is an address of the kernel as its files print it. texts may be nil.
func pointer(p parser.Opt[uint64], texts *parser.Arena) parser.Opt[string] {
	v, ok := p.Get()
	if !ok {
		return parser.Opt[string]{}
	}
	var digits [16]byte
	return parser.Some(texts.Keep(words.AppendHex(digits[:0], v)))
}

func widen[T uint8 | uint16 | uint32](n parser.Opt[T]) parser.Opt[uint64] {
	v, ok := n.Get()
	return found(uint64(v), ok)
}
