package diff

import (
	"bytes"
	"cmp"
	"math"
	"net/netip"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A socket is what is held of a row of a table of internet sockets: of a row of kind
// socket, which is ten times as large, there may be a million.
type socket struct {
	local, remote         [16]byte // IPv4 addresses as ::ffff:a.b.c.d
	inode                 uint64
	recvQ, sendQ          uint32 // as wide as the kernel's; of a listener the length and the limit of its accept queue
	drops                 uint32
	line                  uint32
	pid, uid              uint32
	program, state        uint32 // numbers of names
	localPort, remotePort uint16 // of raw sockets local is the IP protocol
	known                 fields
}

// fields are bits of what is known of a socket, or differs between two.
type fields uint16

const (
	fieldState fields = 1 << iota
	fieldRecvQ
	fieldSendQ
	fieldAcceptQueue
	fieldAcceptLimit
	fieldDrops
	fieldUID
	fieldProgram
	fieldPID
	fieldInode

	hasLocal // not compared
	hasRemote
	listens
	printed // the program is named by the output of a command
)

// fieldNames are the words of the column changed, in the order of the bits.
var fieldNames = []string{"state", "recv_q", "send_q", "accept_queue", "accept_queue_limit", "drops", "uid", "program", "pid", "inode"}

func (f fields) words() rows.Words {
	w := rows.Words{}
	for i, name := range fieldNames {
		if f>>i&1 != 0 {
			w = append(w, name)
		}
	}
	return w
}

func (f fields) has(bit fields) bool { return f&bit != 0 }

// A names numbers texts, from 1; 0 is none.
type names struct {
	ids  map[string]uint32
	list []string
}

func newNames() *names { return &names{ids: map[string]uint32{"": 0}, list: []string{""}} }

func (n *names) id(text string) uint32 {
	id, ok := n.ids[text]
	if !ok {
		id = uint32(len(n.list))
		n.ids[text], n.list = id, append(n.list, text)
	}
	return id
}

func (n *names) text(id uint32) string { return n.list[id] }

// hold keeps a value and notes that it is known.
func hold[T uint16 | uint32 | uint64](s *socket, into *T, o parser.Opt[uint64], bit fields) {
	if v, ok := o.Get(); ok && v <= uint64(^T(0)) {
		*into = T(v)
		s.known |= bit
	}
}

// compact makes a socket of a row.
func compact(r *rows.Socket, n *names) (s socket) {
	if a, ok := r.LocalAddress.Get(); ok {
		s.local, s.known = a.As16(), s.known|hasLocal
	}
	if a, ok := r.RemoteAddress.Get(); ok {
		s.remote, s.known = a.As16(), s.known|hasRemote
	}
	port, _ := r.LocalPort.Get()
	remote, _ := r.RemotePort.Get()
	if proto, ok := r.IPProtocol.Get(); ok {
		port = proto
	}
	s.localPort, s.remotePort = uint16(port), uint16(remote)
	s.state = n.id(r.State)
	s.known |= fieldState
	hold(&s, &s.inode, r.Inode, fieldInode)
	hold(&s, &s.uid, r.UID, fieldUID)
	hold(&s, &s.pid, r.PID, fieldPID)
	hold(&s, &s.drops, r.Drops, fieldDrops)
	if program, ok := r.Program.Get(); ok {
		s.program, s.known = n.id(program), s.known|fieldProgram|printedProgram(r.Holder)
	}
	if r.AcceptQueue.Known() && r.State == listen {
		hold(&s, &s.recvQ, r.AcceptQueue, fieldAcceptQueue)
		hold(&s, &s.sendQ, r.AcceptLimit, fieldAcceptLimit)
	} else {
		hold(&s, &s.recvQ, r.RecvQ, fieldRecvQ)
		hold(&s, &s.sendQ, r.SendQ, fieldSendQ)
	}
	if line, ok := r.Line.Get(); ok && line <= math.MaxUint32 {
		s.line = uint32(line)
	}
	return s
}

const listen = "LISTEN"

// printedProgram is set unless a program is named as in proc/PID/cmdline: commands have
// other names for one, ss that of the kernel.
func printedProgram(h rows.Holder) fields {
	if from, _ := h.ProgramFrom.Get(); strings.HasPrefix(from, "proc/") {
		return 0
	}
	return printed
}

// programs reports whether two programs are known, and named in one way, and not the same.
func programs(known, other fields, program, otherProgram uint32) bool {
	return program != otherProgram && known&printed == other&printed
}

// byPlace orders sockets by what pairs those of both captures: addresses, ports, and
// whether it listens.
func byPlace(a, b *socket) int {
	if c := bytes.Compare(a.local[:], b.local[:]); c != 0 {
		return c
	}
	if a.localPort != b.localPort {
		return cmp.Compare(a.localPort, b.localPort)
	}
	if c := bytes.Compare(a.remote[:], b.remote[:]); c != 0 {
		return c
	}
	if a.remotePort != b.remotePort {
		return cmp.Compare(a.remotePort, b.remotePort)
	}
	return cmp.Compare(a.known&listens, b.known&listens)
}

// A pairing says how the sockets of two captures are told to be the same ones. It works
// for all kinds of sockets: T is what is held of one.
type pairing[T any] struct {
	// place orders by what must be equal; inode is 0 if there is none or if it is not
	// known; state tells pairs that are equal from others.
	place func(a, b *T) int
	inode func(*T) uint64
	state func(*T) uint32
	// line keeps the order of those that are alike.
	line func(*T) uint32
	// oneRun is set if inodes of both captures may be the same.
	oneRun bool
	// rest reports whether those that are left over in a place may be paired by it alone.
	rest func(old, new *T) bool
}

// byPairing sorts in place, and copies nothing: what is held of a socket is large, and
// slices.SortFunc would put two on the heap for each comparison.
type byPairing[T any] struct {
	list []T
	*pairing[T]
}

func (s *byPairing[T]) Len() int      { return len(s.list) }
func (s *byPairing[T]) Swap(i, j int) { s.list[i], s.list[j] = s.list[j], s.list[i] }
func (s *byPairing[T]) Less(i, j int) bool {
	a, b := &s.list[i], &s.list[j]
	if c := s.place(a, b); c != 0 {
		return c < 0
	}
	if x, y := s.inode(a), s.inode(b); x != y {
		return x < y
	}
	return s.line(a) < s.line(b)
}

// pair calls found for each pair, and for each socket that only one capture has with nil
// in place of the other. It orders both lists.
func (p pairing[T]) pair(old, new []T, found func(old, new *T)) {
	sort.Sort(&byPairing[T]{old, &p})
	sort.Sort(&byPairing[T]{new, &p})
	end := func(list []T) int {
		n := 1
		for n < len(list) && p.place(&list[0], &list[n]) == 0 {
			n++
		}
		return n
	}
	for len(old) > 0 || len(new) > 0 {
		c := 0
		switch {
		case len(old) == 0:
			c = 1
		case len(new) == 0:
			c = -1
		default:
			c = p.place(&old[0], &new[0])
		}
		var os, ns []T
		if c <= 0 {
			n := end(old)
			os, old = old[:n], old[n:]
		}
		if c >= 0 {
			n := end(new)
			ns, new = new[:n], new[n:]
		}
		p.group(os, ns, found)
	}
}

// group pairs the sockets of one place: those of one inode, then those that are in one
// state, then the rest in their order.
func (p pairing[T]) group(old, new []T, found func(old, new *T)) {
	if len(old) == 1 && len(new) == 1 && p.mayBe(&old[0], &new[0]) { // nearly always
		found(&old[0], &new[0])
		return
	}
	os, ns := pointers(old), pointers(new)
	if p.oneRun {
		os, ns = matched(os, ns, p.inode, func(o, n *T) bool { return p.inode(o) != 0 }, found)
	}
	os, ns = matched(sortedBy(os, p.state), sortedBy(ns, p.state), p.state, p.mayBe, found)
	os, ns = matched(os, ns, func(*T) uint32 { return 0 }, p.mayBe, found)
	for _, o := range os {
		found(o, nil)
	}
	for _, n := range ns {
		found(nil, n)
	}
}

// mayBe reports whether two of one place may be paired: by the inode, or else by the
// place alone.
func (p pairing[T]) mayBe(o, n *T) bool {
	return p.oneRun && p.inode(o) != 0 && p.inode(o) == p.inode(n) || p.rest(o, n)
}

func pointers[T any](list []T) []*T {
	all := make([]*T, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

func sortedBy[T any, K cmp.Ordered](list []*T, key func(*T) K) []*T {
	slices.SortStableFunc(list, func(a, b *T) int { return cmp.Compare(key(a), key(b)) })
	return list
}

// matched pairs what has one key, of lists that are ordered by it, and gives the others.
func matched[T any, K cmp.Ordered](old, new []*T, key func(*T) K, may func(o, n *T) bool, found func(o, n *T)) (os, ns []*T) {
	return matchedBy(old, new, func(a, b *T) int { return cmp.Compare(key(a), key(b)) }, may, found)
}

// matchedBy is matched with another order.
func matchedBy[T any](old, new []*T, order func(a, b *T) int, may func(o, n *T) bool, found func(o, n *T)) (os, ns []*T) {
	for len(old) > 0 && len(new) > 0 {
		o, n := old[0], new[0]
		c := order(o, n)
		if c == 0 && may(o, n) {
			found(o, n)
			old, new = old[1:], new[1:]
			continue
		}
		if c <= 0 {
			os, old = append(os, o), old[1:]
		}
		if c >= 0 {
			ns, new = append(ns, n), new[1:]
		}
	}
	return append(os, old...), append(ns, new...)
}

// A socketTable is one table of internet sockets.
type socketTable struct {
	file, protocol string
	raw            bool
	tcp            bool // it has listeners in state LISTEN
	plan           query.Plan
}

// socketTables lists them, in netstat's order.
func socketTables() (list []socketTable) {
	all, err := query.Options{All: true}.Plan()
	mustBe(err)
	for _, t := range all.InetTables() {
		o := query.Options{All: true, Families: []query.Family{query.Inet}}
		table := socketTable{file: t.File, raw: t.Protocol == query.Raw, tcp: t.Protocol == query.TCP || t.Protocol == query.SCTP}
		table.protocol = path.Base(t.File)
		if t.V6 {
			o.Families = []query.Family{query.Inet6}
		}
		switch t.Protocol {
		case query.TCP:
			o.TCP = true
		case query.UDP:
			o.UDP = true
		case query.UDPLite:
			o.UDPLite = true
		case query.Raw:
			o.Raw = true
		case query.SCTP:
			table.protocol = "sctp"
			for _, file := range []string{"proc/net/sctp/eps", "proc/net/sctp/assocs"} {
				table.file = file
				table.plan, err = query.Options{SCTP: true, Listening: file == "proc/net/sctp/eps"}.Plan()
				mustBe(err)
				list = append(list, table)
			}
			continue
		}
		table.plan, err = o.Plan()
		mustBe(err)
		list = append(list, table)
	}
	return list
}

func mustBe(err error) {
	if err != nil {
		panic(err) // our own options go together
	}
}

// addr makes an address of what is held of it.
func addr(a [16]byte, known bool) parser.Opt[netip.Addr] {
	return parser.Found(netip.AddrFrom16(a).Unmap(), known)
}

var socketKind = kindOf("socket")

func kindOf(name string) *rows.Kind {
	k, ok := rows.KindByName(name)
	if !ok {
		panic("diff: there is no kind " + name)
	}
	return k
}

// fileOf is the file that the rows of a table are read from: that of the kernel, or the
// output of a command that stands in for it.
func (s *side) fileOf(file string) string {
	name, ok := s.readFrom[file]
	if !ok {
		name = file
		if state := s.Snapshot.StateOf(file); state == snapshot.Absent || state == snapshot.Empty {
			name = cmp.Or(s.Snapshot.StandIn(file), file)
		}
		s.readFrom[file] = name
	}
	return name
}

// printed reports whether the output of a command stands in for the kernel's file.
func (s *side) printed(file string) bool { return s.fileOf(file) != file }

// shows tells which sockets of a table only a capture has: "connected", "listening", or
// all if it is empty.
func (s *side) shows(file string) string {
	if s.printed(file) {
		return s.Snapshot.StandInShows(file)
	}
	return ""
}
