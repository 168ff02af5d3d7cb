package diff

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// A socketChange is a socket of both captures, or of one: then the other is nil.
type socketChange struct {
	old, new *socket
	table    int
	what     string
	differs  fields
}

// one is the socket as it was last seen.
func (c *socketChange) one() *socket {
	if c.new != nil {
		return c.new
	}
	return c.old
}

// A socketDiff is the comparison of all tables of internet sockets.
type socketDiff struct {
	*differ
	tables  []socketTable
	names   *names
	changes []socketChange
	chosen  [][2]uint16       // the ports that the kernel of each capture chooses
	serving map[string]*ports // by protocol, without regard to IPv6: ports that somebody waits on
	room    [2]int            // for how many more sockets of each capture there is room
	began   int               // of changes, where the table begins
}

// ports are a set of ports.
type ports [1 << 16 / 64]uint64

func (p *ports) add(port uint16)      { p[port/64] |= 1 << (port % 64) }
func (p *ports) has(port uint16) bool { return p[port/64]>>(port%64)&1 != 0 }

// sockets compares the internet sockets.
func (d *differ) sockets() {
	s := &socketDiff{differ: d, tables: socketTables(), names: newNames(), serving: map[string]*ports{}, room: [2]int{d.bounds.sockets, d.bounds.sockets}}
	for _, side := range []*side{d.old, d.new} {
		first, last, _, ok := side.Snapshot.ChosenPorts()
		if !ok {
			first, last = 32768, 60999
		}
		s.chosen = append(s.chosen, [2]uint16{first, last})
	}
	for i := range s.tables {
		s.table(i)
	}
	order := listenersFirst(len(s.changes), func(i int) bool { return s.changes[i].one().known.has(listens) })
	f := folder[socketKey, rows.SocketChange]{
		kind: rows.SocketChangeKind, n: len(order), merge: mergeSockets,
		key:      func(i int) socketKey { return s.key(&s.changes[order[i]]) },
		row:      func(i int) rows.SocketChange { return s.row(&s.changes[order[i]]) },
		listener: func(r *rows.SocketChange) bool { return r.Listener }, count: func(r *rows.SocketChange) uint64 { return r.Count },
	}
	d.result.Sockets = f.rows(d)
}

// isChosen reports whether the kernel of a capture may have chosen a local port.
func (s *socketDiff) isChosen(port uint16) bool {
	return slices.ContainsFunc(s.chosen, func(r [2]uint16) bool { return r[0] <= port && port <= r[1] })
}

// table compares one table.
func (s *socketDiff) table(i int) {
	t := s.tables[i]
	old, inOld := s.readSockets(s.old, t, &s.room[0])
	new, inNew := s.readSockets(s.new, t, &s.room[1])
	if !s.both(t.file, presence{inOld, len(old)}, presence{inNew, len(new)}) {
		return
	}
	s.mark(t, old)
	s.mark(t, new)
	old, new = s.comparable(t, s.old, old, new)
	old, new = s.comparable(t, s.new, old, new)
	s.began = len(s.changes)
	p := pairing[socket]{
		place: byPlace, oneRun: s.clock.oneRun(),
		inode: func(x *socket) uint64 { return x.inode }, state: func(x *socket) uint32 { return x.state }, line: func(x *socket) uint32 { return x.line },
		rest: func(_, _ *socket) bool { return true },
	}
	p.pair(old, new, func(o, n *socket) { s.found(i, o, n) })
	for _, c := range s.changes[s.began:] {
		switch c.what {
		case rows.Appeared:
			s.old.missing(t.file)
		case rows.Gone:
			s.new.missing(t.file)
		}
	}
	s.hide(s.old, t.file, rows.Appeared)
	s.hide(s.new, t.file, rows.Gone)
}

// readSockets holds the sockets of a table, as far as there is room. there is false if
// neither the table nor the output of a command that has it is in the capture.
func (s *socketDiff) readSockets(of *side, t socketTable, room *int) (list []socket, there bool) {
	of.reader.Plan = t.plan
	for row := range socketKind.Rows(of.reader, nil) {
		if *room == 0 {
			of.stop(t.file, len(list))
			return list, true
		}
		*room--
		list = append(list, compact(row.(*rows.Socket), s.names))
	}
	if n := len(list); n > 0 {
		of.ended(t.file, uint64(list[n-1].line))
	} else {
		of.ended(t.file, 0)
	}
	return list, of.reader.Seen()
}

// mark notes which sockets wait for peers, and on which ports.
func (s *socketDiff) mark(t socketTable, list []socket) {
	set := s.waited(t.protocol)
	for i := range list {
		x := &list[i]
		if s.server(t, x) && (t.tcp || t.raw || !s.isChosen(x.localPort)) {
			x.known |= listens
			set.add(x.localPort)
		}
	}
}

// waited are the ports of a protocol that somebody waits on, over IPv4 or IPv6.
func (s *socketDiff) waited(protocol string) *ports {
	protocol = strings.TrimSuffix(protocol, "6")
	if s.serving[protocol] == nil {
		s.serving[protocol] = new(ports)
	}
	return s.serving[protocol]
}

// server reports whether a socket has no peer, as netstat -l selects them.
func (s *socketDiff) server(t socketTable, x *socket) bool {
	if t.tcp {
		return s.names.text(x.state) == listen
	}
	return netip.AddrFrom16(x.remote).Unmap().IsUnspecified()
}

// comparable leaves out what one of the captures cannot have, because a command printed
// a part of the table only.
func (s *socketDiff) comparable(t socketTable, of *side, old, new []socket) (_, _ []socket) {
	only := of.shows(t.file)
	if only == "" {
		return old, new
	}
	before := len(old) + len(new)
	other := func(x socket) bool { return s.server(t, &x) != (only == "listening") }
	old, new = slices.DeleteFunc(old, other), slices.DeleteFunc(new, other)
	if len(old)+len(new) < before {
		s.tell(rows.Warning, t.file, "", "of %s %s shows %s sockets only, in the output of a command: no others are compared", t.protocol, of.name, only)
	}
	return old, new
}

// found keeps a pair that differs, or what only one capture has.
func (s *socketDiff) found(table int, o, n *socket) {
	c := socketChange{old: o, new: n, table: table}
	switch {
	case o == nil:
		c.what = rows.Appeared
	case n == nil:
		c.what = rows.Gone
	default:
		c.differs = s.differences(o, n)
		connection := s.tables[table].tcp && !n.known.has(listens)
		switch {
		case c.differs.has(fieldInode) && o.inode != 0 && n.inode != 0,
			connection && s.clock.Boot == Reboot,
			connection && tcpAge[s.names.text(n.state)] < tcpAge[s.names.text(o.state)]:
			c.what = rows.Replaced
		case c.differs == 0:
			return
		default:
			c.what = rows.Changed
		}
	}
	s.changes = append(s.changes, c)
}

// tcpAge orders the states of a connection by time: none ever goes back.
var tcpAge = map[string]int{
	"SYN_SENT": 1, "SYN_RECV": 1, "ESTABLISHED": 2, "FIN_WAIT1": 3, "CLOSE_WAIT": 3,
	"FIN_WAIT2": 4, "CLOSING": 4, "LAST_ACK": 4, "TIME_WAIT": 5, "CLOSE": 6,
}

// differences tells in what two sockets that are the same one differ.
func (s *socketDiff) differences(o, n *socket) (f fields) {
	both := o.known & n.known
	check := func(bits fields, differ bool) {
		if differ {
			f |= both & bits
		}
	}
	check(fieldState, o.state != n.state)
	check(fieldRecvQ|fieldAcceptQueue, o.recvQ != n.recvQ)
	check(fieldSendQ|fieldAcceptLimit, o.sendQ != n.sendQ)
	check(fieldDrops, o.drops != n.drops)
	check(fieldUID, o.uid != n.uid)
	check(fieldProgram, programs(o.known, n.known, o.program, n.program))
	if s.clock.oneRun() {
		check(fieldPID, o.pid != n.pid)
		// What is left of a connection has no inode any more.
		left := f.has(fieldState) && (o.inode == 0 || n.inode == 0)
		check(fieldInode, o.inode != n.inode && !left)
	}
	return f
}

// hide takes back what seems to have come or gone because one of the captures does not
// have the whole table.
func (s *socketDiff) hide(of *side, table, what string) {
	file := of.fileOf(table)
	if !of.cut[file] {
		return
	}
	before := len(s.changes)
	rest := slices.DeleteFunc(s.changes[s.began:], func(c socketChange) bool { return c.what == what })
	s.changes = s.changes[:s.began+len(rest)]
	s.cutNote(of, file, before-len(s.changes))
}

// A socketKey is what the sockets of one folded row have in common.
type socketKey struct {
	what                   string
	table                  int
	listens                bool
	local, remote          [16]byte
	localPort, remotePort  uint16
	anyLocal, anyRemote    bool // such a port was folded
	oldState, newState     uint32
	oldProgram, newProgram uint32
}

// key is that of the row that a difference is folded into:
//
//   - a listener has a row of its own;
//   - of a connection to a port that somebody waits on here, the peer's port is folded;
//   - of another one whose own port is one that the kernel chooses, that port is, and else
//     the peer's, if that is one;
//   - all sockets of one program that only have another PID are one row.
func (s *socketDiff) key(c *socketChange) socketKey {
	x := c.one()
	k := socketKey{what: c.what, table: c.table, listens: x.known.has(listens)}
	for _, of := range []struct {
		*socket
		state, program *uint32
	}{{c.old, &k.oldState, &k.oldProgram}, {c.new, &k.newState, &k.newProgram}} {
		if of.socket != nil {
			*of.state, *of.program = of.socket.state, of.socket.program
		}
	}
	if c.what == rows.Changed && c.differs == fieldPID {
		return k
	}
	k.local, k.remote, k.localPort, k.remotePort = x.local, x.remote, x.localPort, x.remotePort
	t := s.tables[c.table]
	set := s.waited(t.protocol)
	switch connected := x.remotePort != 0; {
	case k.listens || t.raw:
	case connected && set.has(x.localPort):
		k.anyRemote, k.remotePort = true, 0
	case s.isChosen(x.localPort):
		k.anyLocal, k.localPort = true, 0
	case connected && s.isChosen(x.remotePort):
		k.anyRemote, k.remotePort = true, 0
	}
	return k
}

// row makes the row of one socket.
func (s *socketDiff) row(c *socketChange) rows.SocketChange {
	x, t := c.one(), s.tables[c.table]
	r := rows.SocketChange{
		What: c.what, Count: 1, Listener: x.known.has(listens), Protocol: t.protocol,
		LocalAddress: addr(x.local, x.known.has(hasLocal)), RemoteAddress: addr(x.remote, x.known.has(hasRemote)),
		Between: s.between,
	}
	if t.raw {
		r.IPProtocol = parser.Some(uint64(x.localPort))
	} else {
		r.LocalPort, r.RemotePort = parser.Some(uint64(x.localPort)), parser.Some(uint64(x.remotePort))
	}
	if t.protocol == "sctp" && !x.known.has(hasRemote) {
		r.RemotePort = parser.Opt[uint64]{} // an endpoint has none
	}
	if c.old != nil && c.new != nil {
		r.Columns = c.differs.words()
	}
	if o := c.old; o != nil {
		r.OldState, r.OldProgram = s.word(o.state), s.word(o.program)
		r.OldRecvQ, r.OldSendQ, r.OldDrops = o.is(fieldRecvQ, uint64(o.recvQ)), o.is(fieldSendQ, uint64(o.sendQ)), o.is(fieldDrops, uint64(o.drops))
		r.OldAcceptQueue, r.OldAcceptLimit = o.is(fieldAcceptQueue, uint64(o.recvQ)), o.is(fieldAcceptLimit, uint64(o.sendQ))
		r.OldPID, r.OldUID, r.OldInode = o.is(fieldPID, uint64(o.pid)), o.is(fieldUID, uint64(o.uid)), o.is(fieldInode, o.inode)
		r.OldFile, r.OldLine = parser.Text(s.old.fileOf(t.file)), parser.Found(uint64(o.line), o.line != 0)
	}
	if n := c.new; n != nil {
		r.NewState, r.NewProgram = s.word(n.state), s.word(n.program)
		r.NewRecvQ, r.NewSendQ, r.NewDrops = n.is(fieldRecvQ, uint64(n.recvQ)), n.is(fieldSendQ, uint64(n.sendQ)), n.is(fieldDrops, uint64(n.drops))
		r.NewAcceptQueue, r.NewAcceptLimit = n.is(fieldAcceptQueue, uint64(n.recvQ)), n.is(fieldAcceptLimit, uint64(n.sendQ))
		r.NewPID, r.NewUID, r.NewInode = n.is(fieldPID, uint64(n.pid)), n.is(fieldUID, uint64(n.uid)), n.is(fieldInode, n.inode)
		r.NewFile, r.NewLine = parser.Text(s.new.fileOf(t.file)), parser.Found(uint64(n.line), n.line != 0)
	}
	return r
}

func (s *socketDiff) word(id uint32) parser.Opt[string] { return parser.Text(s.names.text(id)) }

// is gives a value if it is known.
func (x *socket) is(bit fields, value uint64) parser.Opt[uint64] {
	return parser.Found(value, x.known.has(bit))
}

// mergeSockets makes two rows of one key one.
func mergeSockets(into, more *rows.SocketChange) {
	into.Count += more.Count
	alike(&into.LocalAddress, more.LocalAddress)
	alike(&into.RemoteAddress, more.RemoteAddress)
	into.Columns = union(into.Columns, more.Columns, fieldNames)
	for _, sum := range [][2]*parser.Opt[uint64]{
		{&into.OldRecvQ, &more.OldRecvQ}, {&into.NewRecvQ, &more.NewRecvQ}, {&into.OldSendQ, &more.OldSendQ}, {&into.NewSendQ, &more.NewSendQ},
		{&into.OldAcceptQueue, &more.OldAcceptQueue}, {&into.NewAcceptQueue, &more.NewAcceptQueue}, {&into.OldDrops, &more.OldDrops}, {&into.NewDrops, &more.NewDrops},
	} {
		*sum[0] = added(*sum[0], *sum[1])
	}
	for _, one := range [][2]*parser.Opt[uint64]{
		{&into.LocalPort, &more.LocalPort}, {&into.RemotePort, &more.RemotePort}, {&into.IPProtocol, &more.IPProtocol},
		{&into.OldAcceptLimit, &more.OldAcceptLimit}, {&into.NewAcceptLimit, &more.NewAcceptLimit}, {&into.OldPID, &more.OldPID}, {&into.NewPID, &more.NewPID},
		{&into.OldUID, &more.OldUID}, {&into.NewUID, &more.NewUID}, {&into.OldInode, &more.OldInode}, {&into.NewInode, &more.NewInode},
		{&into.OldLine, &more.OldLine}, {&into.NewLine, &more.NewLine},
	} {
		alike(one[0], *one[1])
	}
}
