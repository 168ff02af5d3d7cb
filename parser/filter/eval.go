package filter

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
)

// A socket is a row in the terms of a filter.
type socket struct {
	proto        query.Protocol
	local        endpoint
	remote       endpoint
	state        uint16
	inode        uint64
	inodeKnown   bool
	recvQ, sendQ uint64
	queuesKnown  bool
	uid          uint32
	uidKnown     bool
	printed      *parser.Printed

	tcp  *parser.InetSocket // of tcp only
	unix *parser.UnixSocket
}

// An endpoint is an address with a port. That of a UNIX socket is not known, nor is the
// foreign one of an SCTP endpoint.
type endpoint struct {
	known bool
	addr  netip.Addr
	more  []netip.Addr // of SCTP, all of them
	port  uint16
}

// Inet reports whether the filter selects a row of tcp, udp, udplite or raw.
func (b *Bound) Inet(proto query.Protocol, s *parser.InetSocket) bool {
	k := socket{
		proto: proto, state: bit(s.State), printed: s.Printed,
		local: endpoint{known: true, addr: s.Local.Addr(), port: s.Local.Port()}, remote: endpoint{known: true, addr: s.Remote.Addr(), port: s.Remote.Port()},
		inode: s.Inode, inodeKnown: !s.Printed.Lack(parser.LacksInode),
		recvQ: s.RecvQ, sendQ: s.SendQ, queuesKnown: true,
		// Of a socket without an inode the kernel prints 0 whoever owns it, but of
		// SYN_RECV its listener's.
		uid: s.UID, uidKnown: (s.UID != 0 || s.Inode != 0 || s.State == parser.SynRecv) && !s.Printed.Lack(parser.LacksUID),
	}
	if proto == query.TCP {
		k.tcp = s
	}
	return b.eval(b.root, &k) == yes
}

// SCTP reports whether the filter selects an endpoint or an association, which has
// foreign addresses.
func (b *Bound) SCTP(s *parser.SCTPSocket) bool {
	association := s.Remote != nil
	k := socket{
		proto: query.SCTP, state: bit(s.State),
		local: endpoint{known: true, more: s.Local, port: s.LocalPort}, remote: endpoint{known: association, more: s.Remote, port: s.RemotePort},
		inode: s.Inode, inodeKnown: true, uid: s.UID, uidKnown: true,
		recvQ: s.RecvQ, sendQ: s.SendQ, queuesKnown: association,
	}
	return b.eval(b.root, &k) == yes
}

// Unix reports whether the filter selects a UNIX socket.
func (b *Bound) Unix(s *parser.UnixSocket) bool {
	k := socket{
		state: unixState(s), printed: s.Printed, unix: s,
		inode: s.Inode, inodeKnown: s.HasInode && !s.Printed.Lack(parser.LacksInode),
	}
	return b.eval(b.root, &k) == yes
}

// eval works a node out. Lists go from left to right, and no further than they must.
func (b *Bound) eval(n *node, s *socket) truth {
	switch n.op {
	case compare:
		return b.compare(n, s)
	case not:
		return b.eval(n.parts[0].node, s).not()
	}
	t := b.eval(n.parts[0].node, s)
	for _, p := range n.parts[1:] {
		switch {
		case p.or && t != yes:
			t = max(t, b.eval(p.node, s))
		case !p.or && t != no:
			t = min(t, b.eval(p.node, s))
		}
	}
	return t
}

func (b *Bound) compare(n *node, s *socket) truth {
	if n.field == nil {
		return b.autobound(s)
	}
	switch n.field.of {
	case hostValue:
		if n.pattern != nil {
			return n.unixName(s)
		}
		if n.field == src {
			return n.endpoint(&s.local, s.proto)
		}
		return n.endpoint(&s.remote, s.proto)
	case portValue:
		if n.field == sport {
			return n.comparePort(&s.local, s.proto)
		}
		return n.comparePort(&s.remote, s.proto)
	case stateValue:
		return truly(n.mask&s.state != 0)
	case textValue:
		if text, ok := b.text(n.field, s); ok {
			return n.compareText(text)
		}
		return unknown
	}
	if number, ok := b.number(n.field, s); ok {
		return n.cmp.numbers(number, n.number)
	}
	return unknown
}

// number gives the value of a field that is one.
func (b *Bound) number(f *field, s *socket) (uint64, bool) {
	switch f {
	case recvQ:
		return s.recvQ, s.queuesKnown
	case sendQ:
		return s.sendQ, s.queuesKnown
	case uid, user:
		return uint64(s.uid), s.uidKnown
	case inode:
		return s.inode, s.inodeKnown
	case pid:
		pid, _, ok := b.owner(s)
		return pid, ok
	case retrans:
		if s.tcp != nil && s.tcp.Timer != parser.TimerTimeWait {
			return s.tcp.Retransmits, !s.printed.Lack(parser.LacksRetransmits)
		}
	case timer:
		if s.tcp != nil {
			return uint64(s.tcp.Timer), !s.printed.Lack(parser.LacksTimer)
		}
	case sockType:
		if s.unix != nil {
			return uint64(s.unix.Type), true
		}
	}
	return 0, false
}

// text gives the value of a field that is one.
func (b *Bound) text(f *field, s *socket) (string, bool) {
	switch f {
	case prog:
		_, program, ok := b.owner(s)
		return program, ok && program != ""
	case iface:
		if a := s.local.addr; s.local.known && a.IsValid() && !a.IsUnspecified() && b.m.Interface != nil {
			return b.m.Interface(a.Unmap())
		}
	case hostName:
		return b.m.Host.Get()
	case netNS:
		return b.m.NetNS.Get()
	case path:
		if s.unix != nil {
			return strings.ReplaceAll(s.unix.Path, "\x00", "@"), true
		}
	}
	return "", false
}

// compareText compares with a text or a pattern.
func (n *node) compareText(text string) truth {
	if n.pattern != nil {
		return truly(n.pattern.MatchString(text))
	}
	if text == n.text {
		return yes
	}
	switch n.field {
	case prog: // nginx: worker process
		i := strings.IndexAny(text, ": ")
		return truly(i > 0 && text[:i] == n.text)
	case hostName: // web1.example.com
		short, _, _ := strings.Cut(text, ".")
		return truly(strings.EqualFold(text, n.text) || strings.EqualFold(short, n.text))
	}
	return no
}

// owner gives the process that holds the socket: what a command printed in the row
// itself goes first.
func (b *Bound) owner(s *socket) (pid uint64, program string, ok bool) {
	if s.printed != nil {
		if pid, ok := s.printed.PID.Get(); ok {
			return pid, s.printed.Program, true
		}
	}
	if !s.inodeKnown || s.inode == 0 || b.m.Owner == nil {
		return 0, "", false
	}
	return b.m.Owner(s.inode)
}

// unixName compares the name of a UNIX socket, which is empty if it has none.
func (n *node) unixName(s *socket) truth {
	if s.unix == nil {
		return unknown
	}
	return truly(n.pattern.MatchString(strings.ReplaceAll(s.unix.Path, "\x00", "@")))
}

// endpoint compares an address and a port.
func (n *node) endpoint(e *endpoint, proto query.Protocol) truth {
	if !e.known {
		return unknown
	}
	t := yes
	if !n.host.any || n.host.family != "" {
		t = truly(n.host.has(e))
	}
	if n.port.any {
		return t
	}
	return min(t, n.comparePort(e, proto))
}

// has reports whether one of the addresses is meant. Those of IPv4 that an IPv6 socket
// has are ones of IPv4 and of IPv6, as in the kernel's own filters.
func (h *host) has(e *endpoint) bool {
	if e.more == nil {
		return h.hasAddr(e.addr)
	}
	for _, a := range e.more {
		if h.hasAddr(a) {
			return true
		}
	}
	return false
}

func (h *host) hasAddr(a netip.Addr) bool {
	if !h.family.has(a) {
		return false
	}
	if h.any {
		return true
	}
	if h.name != "" {
		return h.addrs[a.Unmap()]
	}
	return h.prefix.Contains(a) || a.Is4In6() && h.prefix.Contains(a.Unmap())
}

// comparePort compares a port with a number or with a service.
func (n *node) comparePort(e *endpoint, proto query.Protocol) truth {
	switch {
	case !e.known:
		return unknown
	case n.port.any:
		return yes
	case n.port.name == "":
		return n.portOrder().numbers(uint64(e.port), uint64(n.port.number))
	}
	list := n.port.udp
	switch proto {
	case query.TCP:
		list = n.port.tcp
	case query.Raw:
		list = n.port.raw
	}
	if n.portOrder() == equal {
		return truly(slices.Contains(list, e.port))
	}
	if len(list) == 0 {
		return unknown // the name stands for nothing in this protocol
	}
	return n.cmp.numbers(uint64(e.port), uint64(list[0]))
}

// portOrder: behind src and dst a port is always one that is equal.
func (n *node) portOrder() comparison {
	if n.field.of == hostValue {
		return equal
	}
	return n.cmp
}

// autobound: the kernel may have chosen the local port, or has chosen the name of a UNIX
// socket, which is then @ and five digits. ss takes those without a name too.
func (b *Bound) autobound(s *socket) truth {
	if s.unix != nil {
		name, abstract := strings.CutPrefix(strings.ReplaceAll(s.unix.Path, "\x00", "@"), "@")
		return truly(s.unix.Path == "" || abstract && len(name) == 5 && strings.Trim(name, "0123456789abcdef") == "")
	}
	from, ok1 := b.m.FirstPort.Get()
	to, ok2 := b.m.LastPort.Get()
	if !ok1 || !ok2 || !s.local.known {
		return unknown
	}
	return truly(from <= s.local.port && s.local.port <= to)
}
