package peers

import (
	"cmp"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// Bounds of what one machine can make us hold. A million sockets are some 80 MB.
const (
	MaxMachineSockets = 1 << 21
	maxAddresses      = 1 << 16
	maxDoors          = 1 << 17
	maxFlows          = 1 << 18
	maxPrograms       = 1 << 16
)

// A Machine is what is kept of one captured machine, as it looks from one of its network
// namespaces.
type Machine struct {
	Name   string // as people are told of it, different ones of different machines: Match gives it
	Source rows.Source

	group  string // what captured machine it is of: the same for all its namespaces
	given  string // its name before others are known
	space  string // name of the network namespace, as the capture has it; empty for that of proc/net
	at     parser.Opt[time.Time]
	uptime parser.Opt[float64] // seconds

	sockets  []socket
	programs []string // by number; the first is empty
	files    []string // by number

	addresses map[address]bool
	doors     map[door]uint32 // what waits to be accepted at each, or 0
	blind     [2]bool         // it has no table of tcp, of udp
	lacking   [2]string       // of tcp and udp: why a socket that is not here may be there nevertheless
	flows     []flow
	unreplied []tuple // connections that pass through here, without an answer yet
	forwards  string  // why its NAT may hand connections on without a trace here; empty if it does not
	services  map[service]string

	earlier bool // there is a later capture of the same machine
	number  int  // among all
}

// An address is an IPv6 address, or an IPv4 address mapped into one.
type address [16]byte

func (a address) addr() netip.Addr { return netip.AddrFrom16(a).Unmap() }

// An endpoint is an address and a port.
type endpoint struct {
	addr address
	port uint16
}

func endpointOf(a netip.AddrPort) endpoint { return endpoint{a.Addr().As16(), a.Port()} }

func (e endpoint) String() string { return netip.AddrPortFrom(e.addr.addr(), e.port).String() }

// The protocols that are looked at, as they are numbered here.
const (
	tcp = iota
	udp
)

var protocolNames = [...]string{"tcp", "udp"}

// A tuple is a connection as one end has it.
type tuple struct {
	local, remote endpoint
	proto         uint8
}

func (t tuple) reversed() tuple { return tuple{t.remote, t.local, t.proto} }

// A door is where a machine waits for others: a tcp listener, or a udp socket that takes
// packets from anybody.
type door struct {
	at    endpoint
	proto uint8
}

type service struct {
	proto uint8
	port  uint16
}

// A flow is a connection that NAT changes on this machine: as the one who began it sends
// its packets, and as they go on.
type flow struct{ original, sent tuple }

// A socket is one end of a connection.
type socket struct {
	tuple
	state        parser.State
	timer, flags uint8
	file         uint8
	retransmits  uint8
	probes       uint8
	recvQ, sendQ uint32
	rto          uint32 // 1/100 s, 0 if unknown
	program, pid uint32 // 0 if unknown
	uid          uint32
	line         uint32
}

// Flags of a socket.
const (
	knowsInode  = 1 << iota // there is a column of inodes
	hasInode                // a program holds it, or the kernel itself
	knowsTimer              // timer and retransmits are known
	knowsUID                // uid is that of a program
	knowsLine               // line is
	knowsProbes             // probes is
)

// unaccepted reports whether the socket waits in the queue of a listener.
func (s *socket) unaccepted() bool {
	return s.proto == tcp && s.flags&(knowsInode|hasInode) == knowsInode && (s.state == parser.Established || s.state == parser.CloseWait)
}

// retransmitted is how often what is not acknowledged was sent again.
func (s *socket) retransmitted() int {
	if s.flags&knowsTimer == 0 || s.timer != parser.TimerOn {
		return 0
	}
	return int(s.retransmits)
}

// A Capture is what [Gather] reads.
type Capture struct {
	*snapshot.Snapshot
	// Group is the same for all network namespaces of one captured machine, and different
	// for others. Space is the name of this one, or empty for that of proc/net.
	Group, Space string
	Source       rows.Source
	Names        rows.Namer    // may be nil
	Report       rows.Reporter // may be nil
	// Damaged is set if the bundle may have lost rows.
	Damaged bool
}

// Gather takes the facts of one machine.
func Gather(c Capture) *Machine {
	if c.Report == nil {
		c.Report = rows.Quiet{}
	}
	facts := c.Facts()
	m := &Machine{
		given: nameOf(c), Source: c.Source, group: c.Group, space: c.Space, at: facts.CapturedAt,
		programs: []string{""}, addresses: map[address]bool{}, doors: map[door]uint32{}, services: map[service]string{},
	}
	if text, _, _ := strings.Cut(facts.Uptime.Value, " "); text != "" {
		if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 0 && n < 1<<40 {
			m.uptime = parser.Some(n)
		}
	}
	g := &gatherer{Machine: m, Capture: c, owners: c.Owners(), byName: map[string]uint32{"": 0}}
	g.tables()
	g.interfaces()
	g.nat()
	g.name()
	if c.Damaged {
		m.lackAll("its bundle is damaged")
	}
	return m
}

// nameOf is what people are told: the name of the machine, or where it was read from.
func nameOf(c Capture) string {
	bundle, _ := c.Source.Bundle.Get()
	name := cmp.Or(c.Source.HostName(), bundle, "-")
	if c.Space != "" {
		name += "/" + c.Space
	}
	return name
}

// A gatherer fills in a machine.
type gatherer struct {
	*Machine
	Capture
	owners *snapshot.Owners
	byName map[string]uint32
}

func (m *Machine) lack(proto int, why string) {
	if m.lacking[proto] == "" {
		m.lacking[proto] = why
	}
}

func (m *Machine) lackAll(why string) {
	m.lack(tcp, why)
	m.lack(udp, why)
}

// tables reads the sockets.
func (g *gatherer) tables() {
	for proto, names := range [...][2]string{tcp: {"tcp", "tcp6"}, udp: {"udp", "udp6"}} {
		four, six := g.table("proc/net/"+names[0], proto), g.table("proc/net/"+names[1], proto)
		g.blind[proto] = !four && !six
	}
	if g.blind[tcp] {
		g.Report.Notef("the capture has no table of tcp sockets: it is as good as missing")
	}
}

// table reads one table, and reports whether it is there.
func (g *gatherer) table(file string, proto int) bool {
	t := g.Inet(file)
	if t.State != snapshot.Present {
		g.Report.Lacking(t.File, t.State, t.Err, query.InPassing)
		if !strings.HasSuffix(file, "6") || !g.withoutIPv6() {
			g.lack(proto, t.File+" is not in its bundle, or has nothing")
		}
		return false
	}
	if t.Note != "" {
		g.Report.Notef("%s", t.Note)
	}
	if t.Instead != "" {
		g.lack(proto, "only the output of a command tells of its sockets")
	}
	number := uint8(len(g.files))
	g.files = append(g.files, t.File)
	for row, err := range t.Rows() {
		if err != nil {
			g.Report.Bad(err)
			g.lack(proto, "rows of "+t.File+" cannot be read")
			continue
		}
		if !g.socket(proto, number, &row) {
			g.Report.Notef("%s has more than %d sockets: the rest is not looked at", t.File, MaxMachineSockets)
			g.lack(proto, "it has more sockets than are looked at")
			break
		}
	}
	return true
}

// withoutIPv6 reports whether the kernel had no IPv6: none of its tables is there, and
// those of IPv4 are.
func (g *gatherer) withoutIPv6() bool {
	for _, file := range []string{"tcp6", "udp6", "raw6", "if_inet6", "snmp6"} {
		if g.StateOf("proc/net/"+file) != snapshot.Absent {
			return false
		}
	}
	return g.StateOf("proc/net/tcp") == snapshot.Present && g.StateOf("proc/net/udp") == snapshot.Present && g.StateOf("proc/net/raw") == snapshot.Present
}

// socket keeps a row, if it is of use, and reports whether there is room for more.
func (g *gatherer) socket(proto int, file uint8, s *parser.InetSocket) bool {
	t := tuple{endpointOf(s.Local), endpointOf(s.Remote), uint8(proto)}
	waits := proto == tcp && s.State == parser.Listen || proto == udp && s.Remote.Port() == 0
	if waits {
		if len(g.doors) < maxDoors {
			at := door{t.local, t.proto} // with SO_REUSEPORT there may be several
			g.doors[at] = clamp(uint64(g.doors[at]) + s.RecvQ)
		} else {
			g.lack(proto, "it has more listeners than are looked at")
		}
		return true
	}
	if local, remote := s.Local.Addr().Unmap(), s.Remote.Addr().Unmap(); !apart(local) || !apart(remote) || t.local == t.remote {
		return true
	}
	if len(g.sockets) >= MaxMachineSockets {
		return false
	}
	its := socket{
		tuple: t, state: s.State, timer: s.Timer, file: file, recvQ: clamp(s.RecvQ), sendQ: clamp(s.SendQ),
		line: clamp(uint64(s.Line)), uid: s.UID, retransmits: uint8(min(s.Retransmits, math.MaxUint8)),
	}
	if rto, ok := s.RTO.Get(); ok {
		its.rto = clamp(rto)
	}
	flag := func(set bool, bit uint8) {
		if set {
			its.flags |= bit
		}
	}
	flag(!s.Printed.Lack(parser.LacksInode), knowsInode)
	flag(s.Inode != 0, hasInode)
	flag(!s.Printed.Lack(parser.LacksTimer|parser.LacksRetransmits), knowsTimer)
	flag(s.Inode != 0 && !s.Printed.Lack(parser.LacksUID), knowsUID)
	flag(s.Line > 0, knowsLine)
	if s.Timeout > 0 && !s.Printed.Lack(parser.LacksTimeout) {
		its.probes = uint8(min(s.Timeout, math.MaxUint8))
		flag(true, knowsProbes)
	}
	g.holder(&its, s)
	g.sockets = append(g.sockets, its)
	return true
}

// clamp makes 32 bits of a number. No kernel has larger ones.
func clamp(n uint64) uint32 { return uint32(min(n, math.MaxUint32)) }

// apart reports whether an address tells machines apart: not those that each machine, or
// each link, has for itself.
func apart(a netip.Addr) bool {
	return a.IsValid() && !a.IsUnspecified() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !a.IsMulticast()
}

// holder finds the program that holds a socket.
func (g *gatherer) holder(its *socket, s *parser.InetSocket) {
	var name string
	if s.Printed != nil && s.Printed.PID.Known() {
		pid, _ := s.Printed.PID.Get()
		its.pid, name = clamp(pid), s.Printed.Program
	} else if o, ok := g.owners.Of(s.Inode); ok && s.Inode != 0 {
		its.pid, name = clamp(o.PID), o.Name
	}
	n, ok := g.byName[name]
	if !ok && len(g.programs) < maxPrograms {
		n = uint32(len(g.programs))
		name = strings.Clone(name)
		g.programs = append(g.programs, name)
		g.byName[name] = n
	}
	its.program = n
}

// interfaces finds the machine's own addresses: of the kernel's tables, of outputs of ip
// and the like, and where there is neither the local ones of its sockets.
func (g *gatherer) interfaces() {
	four, six := false, false
	fib := g.FibTrie()
	four = fib.State == snapshot.Present
	for e := range snapshot.Good(fib.Rows(), g.Report.Bad) {
		if e.Type == "LOCAL" && e.Prefix.IsSingleIP() {
			g.own(e.Prefix.Addr())
		}
	}
	table6 := g.IfInet6()
	six = table6.State == snapshot.Present
	for a := range snapshot.Good(table6.Rows(), g.Report.Bad) {
		g.own(a.Addr)
	}
	for _, i := range g.Interfaces(g.Dev(), false, func(error) {}) {
		for _, a := range i.Addrs {
			four = true
			g.own(a.Addr)
		}
		for _, a := range i.Addrs6 {
			six = true
			g.own(a.Addr)
		}
	}
	if four && six {
		return
	}
	for i := range g.sockets {
		a := g.sockets[i].local.addr
		if is4 := a.addr().Is4(); is4 && !four || !is4 && !six {
			g.own(a.addr())
		}
	}
	for d := range g.doors {
		if is4 := d.at.addr.addr().Is4(); is4 && !four || !is4 && !six {
			g.own(d.at.addr.addr())
		}
	}
}

// own notes an address of the machine.
func (g *gatherer) own(a netip.Addr) {
	if !apart(a.Unmap()) || g.addresses[a.As16()] {
		return
	}
	if len(g.addresses) >= maxAddresses {
		g.Report.Notef("it has more than %d addresses: the rest is not looked at", maxAddresses)
		return
	}
	g.addresses[a.As16()] = true
}

// nat keeps the connections that connection tracking changes, and those of which it has
// seen one direction only.
func (g *gatherer) nat() {
	t := g.Conntracks()
	if t.State != snapshot.Present {
		g.forwards = g.forwarding()
	}
	for c := range snapshot.Good(t.Rows(), g.Report.Bad) {
		proto, ok := map[uint8]uint8{6: tcp, 17: udp}[c.Number]
		if !ok || !c.Original.Ports || !c.Reply.Ports || !c.Translated() && !c.Unreplied {
			continue
		}
		if len(g.flows)+len(g.unreplied) >= maxFlows {
			g.Report.Notef("%s has more than %d connections that NAT changes, or without an answer: the rest is not looked at", t.File, maxFlows)
			break
		}
		of := func(f parser.Flow) tuple { return tuple{endpointOf(f.Src), endpointOf(f.Dst), proto} }
		if c.Translated() {
			g.flows = append(g.flows, flow{of(c.Original), of(c.Sent())})
		}
		if c.Unreplied {
			g.unreplied = append(g.unreplied, of(c.Original))
		}
	}
}

// forwarding says why a machine without a table of connection tracking may nevertheless
// hand connections on. Only one that forwards packets does: a kernel that does not says so
// among its counters.
func (g *gatherer) forwarding() string {
	for c := range snapshot.Good(g.Counters("proc/net/snmp").Rows(), func(error) {}) {
		switch {
		case c.Section != "Ip" || c.Name != "Forwarding":
		case c.Value == 2:
			return ""
		default:
			return "it forwards packets, and nf_conntrack is not in its bundle"
		}
	}
	return "its bundle has neither nf_conntrack nor snmp, which tells whether it forwards packets"
}

// name looks up the names of the ports that anything has to do with.
func (g *gatherer) name() {
	if g.Names == nil {
		return
	}
	seen := map[service]bool{}
	see := func(s service) {
		if seen[s] {
			return
		}
		seen[s] = true
		lookup := g.Names.TCPPort
		if s.proto == udp {
			lookup = g.Names.UDPPort
		}
		if name, ok := lookup(s.port); ok && name != "" {
			g.services[s] = strings.Clone(name)
		}
	}
	for d := range g.doors {
		see(service{d.proto, d.at.port})
	}
	for i := range g.sockets {
		see(service{g.sockets[i].proto, g.sockets[i].remote.port})
	}
}

// waiting finds the listener that a connection to this endpoint belongs to, and how many
// wait there to be accepted.
func (m *Machine) waiting(proto uint8, at endpoint) (n uint32, listens bool) {
	any6, any4 := netip.IPv6Unspecified().As16(), netip.IPv4Unspecified().As16()
	for _, addr := range []address{at.addr, any4, any6} {
		if addr == any4 && !at.addr.addr().Is4() {
			continue
		}
		if n, ok := m.doors[door{endpoint{addr, at.port}, proto}]; ok {
			return n, true
		}
	}
	return 0, false
}
