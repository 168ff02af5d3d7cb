package diff

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
)

// A unixSocket is what is held of a row of kind unix.
type unixSocket struct {
	inode                uint64
	queue                uint64
	line, pid            uint32
	path, program, state uint32 // numbers of names
	kind                 uint32 // its type: a number of names
	known                fields
}

// unixFields are the words of the column changed that UNIX sockets have.
var unixFields = fieldState | fieldAcceptQueue | fieldProgram | fieldPID

const (
	unixFile  = "proc/net/unix"
	listening = "LISTENING"
	datagram  = "DGRAM"
)

// A unixChange is a UNIX socket of both captures, or of one.
type unixChange struct {
	old, new *unixSocket
	what     string
	differs  fields
}

func (c *unixChange) one() *unixSocket {
	if c.new != nil {
		return c.new
	}
	return c.old
}

// A unixDiff is the comparison of UNIX sockets.
type unixDiff struct {
	*differ
	names   *names
	changes []unixChange
}

// unix compares the UNIX sockets.
func (d *differ) unix() {
	u := &unixDiff{differ: d, names: newNames()}
	old, inOld := u.read(d.old)
	new, inNew := u.read(d.new)
	if !d.both(unixFile, presence{inOld, len(old)}, presence{inNew, len(new)}) {
		return
	}
	for _, s := range []*side{d.old, d.new} {
		old, new = u.comparable(s, old, new)
	}
	p := pairing[unixSocket]{
		place: func(a, b *unixSocket) int {
			return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.kind, b.kind), cmp.Compare(a.known&listens, b.known&listens))
		},
		inode: func(x *unixSocket) uint64 { return x.inode }, state: func(x *unixSocket) uint32 { return x.state }, line: func(x *unixSocket) uint32 { return x.line },
		oneRun: d.clock.oneRun(), rest: u.mayBeOne,
	}
	p.pair(old, new, u.found)
	u.hide(d.old, rows.Appeared)
	u.hide(d.new, rows.Gone)
	slices.SortStableFunc(u.changes, func(a, b unixChange) int {
		return strings.Compare(u.names.text(a.one().path), u.names.text(b.one().path))
	})
	order := listenersFirst(len(u.changes), func(i int) bool { return u.changes[i].one().known.has(listens) })
	f := folder[unixKey, rows.UnixChange]{
		kind: rows.UnixChangeKind, n: len(order), merge: mergeUnix,
		key:      func(i int) unixKey { return u.key(&u.changes[order[i]]) },
		row:      func(i int) rows.UnixChange { return u.row(&u.changes[order[i]]) },
		listener: func(r *rows.UnixChange) bool { return r.Listener }, count: func(r *rows.UnixChange) uint64 { return r.Count },
	}
	d.result.Unix = f.rows(d)
}

var unixKind = kindOf("unix")

// read holds the UNIX sockets of a capture.
func (u *unixDiff) read(s *side) (list []unixSocket, there bool) {
	plan, err := query.Options{All: true, Families: []query.Family{query.UnixAF}}.Plan()
	mustBe(err)
	s.reader.Plan = plan
	for row := range unixKind.Rows(s.reader, nil) {
		if len(list) >= u.bounds.sockets {
			s.stop(unixFile, len(list))
			return list, true
		}
		list = append(list, u.compact(row.(*rows.Unix)))
	}
	if n := len(list); n > 0 {
		s.ended(unixFile, uint64(list[n-1].line))
	}
	return list, s.reader.Seen()
}

func (u *unixDiff) compact(r *rows.Unix) (x unixSocket) {
	x.path, x.kind, x.state, x.known = u.names.id(r.Path), u.names.id(r.Type), u.names.id(r.State), fieldState
	if inode, ok := r.Inode.Get(); ok {
		x.inode, x.known = inode, x.known|fieldInode
	}
	if program, ok := r.Program.Get(); ok {
		x.program, x.known = u.names.id(program), x.known|fieldProgram|printedProgram(r.Holder)
	}
	if pid, ok := r.PID.Get(); ok && pid <= math.MaxUint32 {
		x.pid, x.known = uint32(pid), x.known|fieldPID
	}
	if r.State == listening {
		x.known |= listens
		if queue, ok := r.AcceptQueue.Get(); ok {
			x.queue, x.known = queue, x.known|fieldAcceptQueue
		}
	}
	if line, ok := r.Line.Get(); ok && line <= math.MaxUint32 {
		x.line = uint32(line)
	}
	return x
}

// comparable leaves out what one of the captures cannot have, because a command printed
// a part of the table only.
func (u *unixDiff) comparable(of *side, old, new []unixSocket) (_, _ []unixSocket) {
	only := of.shows(unixFile)
	if only == "" {
		return old, new
	}
	before := len(old) + len(new)
	other := func(x unixSocket) bool { return x.known.has(listens) != (only == "listening") }
	old, new = slices.DeleteFunc(old, other), slices.DeleteFunc(new, other)
	if len(old)+len(new) < before {
		u.tell(rows.Warning, unixFile, "", "of UNIX sockets %s shows %s ones only, in the output of a command: no others are compared", of.name, only)
	}
	return old, new
}

// mayBeOne reports whether two sockets of one path are paired whatever their inodes: what
// is bound to a path is there once, but of accepted connections each has the path of
// their listener.
func (u *unixDiff) mayBeOne(o, n *unixSocket) bool {
	if !u.clock.oneRun() || !o.known.has(fieldInode) || !n.known.has(fieldInode) || o.inode == 0 && n.inode == 0 {
		return true
	}
	bound := o.path != 0 && (o.known.has(listens) || u.names.text(o.kind) == datagram)
	return bound
}

func (u *unixDiff) found(o, n *unixSocket) {
	c := unixChange{old: o, new: n}
	switch {
	case o == nil:
		c.what = rows.Appeared
		u.old.missing(unixFile)
	case n == nil:
		c.what = rows.Gone
		u.new.missing(unixFile)
	default:
		both := o.known & n.known
		check := func(bit fields, differ bool) {
			if differ {
				c.differs |= both & bit
			}
		}
		check(fieldState, o.state != n.state)
		check(fieldAcceptQueue, o.queue != n.queue)
		check(fieldProgram, programs(o.known, n.known, o.program, n.program))
		check(fieldPID, u.clock.oneRun() && o.pid != n.pid)
		switch {
		case u.clock.oneRun() && both.has(fieldInode) && o.inode != n.inode && o.inode != 0 && n.inode != 0:
			c.what = rows.Replaced
		case c.differs == 0:
			return
		default:
			c.what = rows.Changed
		}
	}
	u.changes = append(u.changes, c)
}

// hide takes back what seems to have come or gone because one of the captures does not
// have the whole table.
func (u *unixDiff) hide(of *side, what string) {
	file := of.fileOf(unixFile)
	if !of.cut[file] {
		return
	}
	before := len(u.changes)
	u.changes = slices.DeleteFunc(u.changes, func(c unixChange) bool { return c.what == what })
	u.cutNote(of, file, before-len(u.changes))
}

// A unixKey is what the sockets of one folded row have in common.
type unixKey struct {
	what                   string
	path, kind             uint32
	listens                bool
	oldState, newState     uint32
	oldProgram, newProgram uint32
}

// key is that of the row that a difference is folded into: the sockets of one path, and
// of one program if there is none or if the kernel made it up.
func (u *unixDiff) key(c *unixChange) unixKey {
	x := c.one()
	k := unixKey{what: c.what, path: x.path, kind: x.kind, listens: x.known.has(listens)}
	if autobound(u.names.text(x.path)) {
		k.path = 0
	}
	if c.old != nil {
		k.oldState, k.oldProgram = c.old.state, c.old.program
	}
	if c.new != nil {
		k.newState, k.newProgram = c.new.state, c.new.program
	}
	if c.what == rows.Changed && c.differs == fieldPID {
		k.path = 0
	}
	return k
}

// autobound reports whether the kernel made a name up (unix_autobind): a NUL, which it
// prints as @, and five hexadecimal digits.
func autobound(path string) bool {
	return len(path) == 6 && path[0] == '@' && strings.Trim(path[1:], "0123456789abcdef") == ""
}

func (u *unixDiff) row(c *unixChange) rows.UnixChange {
	x := c.one()
	r := rows.UnixChange{
		What: c.what, Count: 1, Listener: x.known.has(listens), Type: u.names.text(x.kind), Path: u.names.text(x.path), Between: u.between,
	}
	if c.old != nil && c.new != nil {
		r.Columns = (c.differs & unixFields).words()
	}
	if o := c.old; o != nil {
		r.OldState, r.OldProgram = parser.Text(u.names.text(o.state)), parser.Text(u.names.text(o.program))
		r.OldAcceptQueue, r.OldPID = parser.Found(o.queue, o.known.has(fieldAcceptQueue)), parser.Found(uint64(o.pid), o.known.has(fieldPID))
		r.OldInode = parser.Found(o.inode, o.known.has(fieldInode))
		r.OldFile, r.OldLine = parser.Text(u.old.fileOf(unixFile)), parser.Found(uint64(o.line), o.line != 0)
	}
	if n := c.new; n != nil {
		r.NewState, r.NewProgram = parser.Text(u.names.text(n.state)), parser.Text(u.names.text(n.program))
		r.NewAcceptQueue, r.NewPID = parser.Found(n.queue, n.known.has(fieldAcceptQueue)), parser.Found(uint64(n.pid), n.known.has(fieldPID))
		r.NewInode = parser.Found(n.inode, n.known.has(fieldInode))
		r.NewFile, r.NewLine = parser.Text(u.new.fileOf(unixFile)), parser.Found(uint64(n.line), n.line != 0)
	}
	return r
}

// mergeUnix makes two rows of one key one.
func mergeUnix(into, more *rows.UnixChange) {
	into.Count += more.Count
	if into.Path != more.Path {
		into.Path = ""
	}
	into.Columns = union(into.Columns, more.Columns, fieldNames)
	for _, sum := range [][2]*parser.Opt[uint64]{{&into.OldAcceptQueue, &more.OldAcceptQueue}, {&into.NewAcceptQueue, &more.NewAcceptQueue}} {
		*sum[0] = added(*sum[0], *sum[1])
	}
	for _, one := range [][2]*parser.Opt[uint64]{
		{&into.OldPID, &more.OldPID}, {&into.NewPID, &more.NewPID}, {&into.OldInode, &more.OldInode}, {&into.NewInode, &more.NewInode},
		{&into.OldLine, &more.OldLine}, {&into.NewLine, &more.NewLine},
	} {
		alike(one[0], *one[1])
	}
}
