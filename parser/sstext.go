package parser

import (
	"bytes"
	"io"
	"iter"
	"net/netip"
)

// SSSockets decodes what ss of iproute2 (misc/ss.c) printed, in text order and
// with errors as [NetstatSockets] yields them: any version, with any options but
// those that leave the state out (`ss state established`).
//
// Sockets of other kinds (netlink, packet, vsock, sctp, mptcp), the indented lines
// behind a socket, headings and messages of the collector are passed over.
//
//   - Protocols: ss prints a raw socket's Netid as raw, or as the name of its
//     protocol, icmp6 or ???. Without a Netid column, which ss leaves out when it was
//     asked for one protocol, the options in the file name tell it
//     (".../ss_-tanp.txt"). If they do not, a row in any state but UNCONN is taken
//     for tcp, and the others are passed over.
//   - Wildcards: in iproute2 4.11 and before, `*:22` is any IPv4 address, and any
//     IPv6 one is `:::22` or `[::]:22`. In 4.15 and later `*:22` is an IPv6 socket
//     that takes IPv4 too. A row that could be either is held back until the text tells, see ssText.weigh,
//     but no more than 4096 rows or 1 MiB are; if nothing tells, it is the newer one.
//     The options -4 and -6 in the file name also tell.
//   - Numbers only, as with netstat.
//   - Timers: ss prints none for a socket without one, and what is left of others to
//     the millisecond below ten seconds, to the second above, to the minute above ten
//     of them. "8.964ms" means 8.964 seconds. A row lacks its timer if neither the file
//     name has the option -o nor a row before it had a timer. The number behind the
//     time counts retransmissions if the timer is "on", and if it is one of
//     "keepalive" or "persist" the probes, which the kernel's file calls timeout.
//   - UNIX sockets: the port is the inode. ESTAB and UNCONN with the inode 0 are
//     sockets that no process has, which the kernel's file calls connecting and
//     disconnecting.
func SSSockets(file string, r io.Reader, _ Options) iter.Seq2[PrintedSocket, error] {
	return func(yield func(PrintedSocket, error) bool) {
		o, _ := OptionsOf(file, "ss")
		t := ssText{timers: o.Has('o', "options")}
		tables := 0
		for _, p := range []struct {
			letter byte
			table  string
		}{{'t', "tcp"}, {'u', "udp"}, {'w', "raw"}} {
			if o.Has(p.letter, p.table) {
				t.only = p.table
				tables++
			}
		}
		if tables > 1 {
			t.only = "" // ss prints Netid then
		}
		if four, six := o.Has('4', "ipv4"), o.Has('6', "ipv6"); four != six {
			t.settle(four)
		}
		h := ssHold{t: &t, yield: yield}
		socketRows(file, r, t.read, h.put)
		h.end()
	}
}

// ssTables gives the table of a Netid, which is the name of the protocol.
var ssTables = map[string]string{
	"tcp": "tcp", "udp": "udp", "raw": "raw", "icmp6": "raw", "???": "raw",
	"u_str": "unix", "u_dgr": "unix", "u_seq": "unix",
}

var ssUnixTypes = map[string]uint16{"u_str": 1, "u_dgr": 2, "u_seq": 5}

// ssStates are the words of the State column. NEW-SYN-RECV and BOUND-INACTIVE are
// what the kernel's files show as SYN_RECV and CLOSE.
var ssStates = map[string]State{
	"ESTAB": Established, "SYN-SENT": SynSent, "SYN-RECV": SynRecv, "FIN-WAIT-1": FinWait1,
	"FIN-WAIT-2": FinWait2, "TIME-WAIT": TimeWait, "UNCONN": Close, "CLOSED": Close,
	"CLOSE-WAIT": CloseWait, "LAST-ACK": LastAck, "LISTEN": Listen, "CLOSING": Closing,
	"NEW-SYN-RECV": SynRecv, "BOUND-INACTIVE": Close,
}

// ssText is what the text tells so far.
type ssText struct {
	only   string // table of the rows without a Netid
	timers bool   // ss was asked for timers
	// Where the colons of "Local Address:Port" and "Peer Address:Port" stand in the
	// heading; 0 if there is none.
	localColon, peerColon int

	// Whether `*` is an IPv4 address, once that is settled.
	settled, star4 bool
	// The ports of listeners on `*` and on `[::]`.
	stars, colons *[1 << 16 / 64]uint64

	names Arena
}

// read decodes a row. It reports whether the line is one. A row that could be of
// IPv4 or IPv6 gets no addresses; see [ssHold].
func (t *ssText) read(c *cursor, p *PrintedSocket) bool {
	if len(c.b) == 0 || isBlank(c.b[0]) {
		return false
	}
	word := c.token("Netid")
	netid := string(word[:min(len(word), maxValue)])
	table, known := ssTables[netid]
	state, isState := ssStates[netid]
	switch {
	case netid == "Netid", netid == "State":
		t.heading(c.b)
		return false
	case known:
		word, at := c.tokenAt("State")
		if state, isState = ssStates[string(word)]; !isState {
			c.fail("State", at, ErrSyntax)
		}
	case !isState:
		return false
	case t.only != "":
		table = t.only
	case state == Close:
		return false
	default:
		table = "tcp"
	}
	recv, send := c.dec("Recv-Q", 64), c.dec("Send-Q", 64)
	if c.blanks(); !known {
		if rest := c.b[c.pos:]; bytes.HasPrefix(rest, []byte("/")) || bytes.HasPrefix(rest, []byte("@")) || bytes.HasPrefix(rest, []byte("* ")) {
			return false // a UNIX socket whose type is not told
		}
	}
	if p.Table = table; table == "unix" {
		p.Unix = UnixSocket{Printed: new(Printed), Type: ssUnixTypes[netid]}
		t.unix(c, &p.Unix, state, send)
		return true
	}
	p.Inet = InetSocket{Printed: new(Printed), State: state, RecvQ: recv, SendQ: send}
	if table == "tcp" && state == Listen {
		p.Inet.SendQ, p.Inet.Printed.Backlog = 0, Some(send)
	}
	t.addresses(c, p)
	t.details(c, &p.Inet)
	return true
}

// heading finds the columns, and whether this is an ss of today: those name the
// column of processes.
func (t *ssText) heading(text []byte) {
	t.localColon, t.peerColon = 0, 0
	if i := bytes.Index(text, []byte("Local Address:Port")); i >= 0 {
		t.localColon = i + len("Local Address")
	}
	if i := bytes.Index(text, []byte("Peer Address:Port")); i >= 0 {
		t.peerColon = i + len("Peer Address")
	}
	if bytes.Contains(text, []byte("Process")) {
		t.settle(false)
	}
}

func (t *ssText) settle(star4 bool) {
	if !t.settled {
		t.settled, t.star4 = true, star4
	}
}

// addresses reads both, and puts the row into the table of its address family.
func (t *ssText) addresses(c *cursor, p *PrintedSocket) {
	const localField, peerField = "Local Address:Port", "Peer Address:Port"
	local, localAt := c.tokenAt(localField)
	peer, peerAt := c.tokenAt(peerField)
	l, r := c.endpoint(localField, local, localAt), c.endpoint(peerField, peer, peerAt)
	if c.err != nil {
		return
	}
	if l.addr.IsValid() && r.addr.IsValid() && l.addr.Is4() != r.addr.Is4() {
		c.fail(peerField, peerAt, ErrSyntax)
		return
	}
	t.weigh(l, r, p.Table == "tcp" && p.Inet.State == Listen)
	var six bool
	switch {
	case l.addr.IsValid():
		six = l.addr.Is6()
	case r.addr.IsValid():
		six = r.addr.Is6()
	case t.settled:
		six = !t.star4
	default: // only the ports are known
		p.Inet.Local = netip.AddrPortFrom(netip.Addr{}, l.port)
		p.Inet.Remote = netip.AddrPortFrom(netip.Addr{}, r.port)
		return
	}
	if six {
		p.Table += "6"
	}
	p.Inet.Local, p.Inet.Remote = l.addrPort(six), r.addrPort(six)
}

// weigh looks for what tells an old text, where `*` is any IPv4 address, from a
// new one, where that is 0.0.0.0: either of the two beside an address whose family
// shows, or an IPv6 address without brackets. And a port has one listener on all
// IPv6 addresses: if one on `*` and one on `[::]` share it, the first is of IPv4.
func (t *ssText) weigh(l, r endpoint, listens bool) {
	if t.settled {
		return
	}
	any4 := netip.IPv4Unspecified()
	switch {
	case l.addr == any4, r.addr == any4:
		t.settle(false)
	case l.bare, r.bare:
		t.settle(true)
	case l.addr.IsValid() != r.addr.IsValid():
		t.settle(l.addr.Is4() || r.addr.Is4())
	case !listens || l.addr.IsValid() && l.addr != netip.IPv6Unspecified():
	default:
		if t.stars == nil {
			t.stars, t.colons = new([1 << 16 / 64]uint64), new([1 << 16 / 64]uint64)
		}
		mine, others := t.stars, t.colons
		if l.addr.IsValid() {
			mine, others = others, mine
		}
		i, bit := l.port/64, uint64(1)<<(l.port%64)
		mine[i] |= bit
		if others[i]&bit != 0 {
			t.settle(true)
		}
	}
}

// unix reads `/run/path 22405   * 22406   users:((...))`.
func (t *ssText) unix(c *cursor, s *UnixSocket, state State, send uint64) {
	s.Printed.Lacks = LacksRefCount | LacksFlags
	c.blanks()
	start := c.pos
	if c.err != nil {
		return
	}
	colon, end, ok := t.unixColumns(c.b, start)
	if !ok {
		c.missing("Local Address:Port", start)
		return
	}
	c.pos = colon + 1
	s.Inode, s.HasInode = c.dec("Local Address:Port", 64), true
	if path := c.b[start:colon]; string(path) != "*" {
		s.Path = t.names.Keep(path)
	}
	held := s.Inode != 0
	switch {
	case state == Listen:
		s.State, s.Flags, s.Printed.Backlog = 1, UnixAccept, Some(send)
		s.Printed.Lacks &^= LacksFlags
	case state == Established && held:
		s.State = 3
	case state == Established, state == SynSent:
		s.State = 2
	case state == Closing, !held:
		s.State = 4
	default:
		s.State = 1
	}
	for c.pos = end; c.err == nil && !c.done(); {
		if bytes.HasPrefix(c.b[c.pos:], []byte("users:((")) {
			t.users(c, s.Printed)
			return
		}
		c.token("")
	}
}

// unixColumns gives where the blank between the path and the inode stands, and
// where the peer's address ends. The path may hold any text. Where the row has
// both addresses at the heading's columns, as newer versions print them, those
// count, else the first place that looks right does, best with a peer of no name.
func (t *ssText) unixColumns(b []byte, start int) (colon, end int, ok bool) {
	if t.localColon > start && t.peerColon > t.localColon {
		if inode := portEnd(b, t.localColon); inode > 0 && inode < t.peerColon {
			if end = portEnd(b, t.peerColon); end > 0 {
				return t.localColon, end, true
			}
		}
	}
	owners := len(b)
	if i := bytes.Index(b, []byte(" users:((")); i > start {
		owners = i
	}
	if colon, end, ok = unixPorts(b[:owners], start, true); ok {
		return colon, end, ok
	}
	return unixPorts(b, start, false)
}

// unixPorts finds the first `12 peer 13`, where the peer has no name or any.
func unixPorts(b []byte, start int, star bool) (colon, end int, ok bool) {
	for i := start + 1; i < len(b); i++ {
		peer := portEnd(b, i)
		if peer < 0 {
			continue
		}
		for peer < len(b) && isBlank(b[peer]) {
			peer++
		}
		blank := peer
		for blank < len(b) && !isBlank(b[blank]) {
			blank++
		}
		end := portEnd(b, blank)
		if end > 0 && blank > peer && (!star || string(b[peer:blank]) == "*") {
			return i, end, true
		}
	}
	return 0, 0, false
}

// portEnd gives the end of the ` 123` at i, or -1.
func portEnd(b []byte, i int) int {
	if i >= len(b) || b[i] != ' ' {
		return -1
	}
	end := i + 1
	for end < len(b) && b[end]-'0' <= 9 {
		end++
	}
	if end == i+1 || end < len(b) && !isBlank(b[end]) {
		return -1
	}
	return end
}

// ssHold keeps rows back, in order, while it is not settled what their `*` means.
type ssHold struct {
	t     *ssText
	yield func(PrintedSocket, error) bool
	rows  []heldRow
	bytes int  // of the texts in rows
	ended bool // yield has had enough
}

type heldRow struct {
	s   PrintedSocket
	err error
}

func (h *ssHold) put(s PrintedSocket, err error) bool {
	waits := err == nil && s.Table != "unix" && !s.Inet.Local.Addr().IsValid()
	if len(h.rows) == 0 && !waits {
		return h.hand(s, err)
	}
	h.rows = append(h.rows, heldRow{s, err})
	h.bytes += len(s.Unix.Path) + maxValue
	if len(h.rows) >= 4096 || h.bytes >= 1<<20 {
		h.t.settle(false)
	}
	if h.t.settled {
		h.flush()
	}
	return !h.ended
}

func (h *ssHold) hand(s PrintedSocket, err error) bool {
	h.ended = h.ended || !h.yield(s, err)
	return !h.ended
}

func (h *ssHold) flush() {
	for _, r := range h.rows {
		if s := &r.s.Inet; r.err == nil && r.s.Table != "unix" && !s.Local.Addr().IsValid() {
			any := netip.IPv6Unspecified()
			if h.t.star4 {
				any = netip.IPv4Unspecified()
			} else {
				r.s.Table += "6"
			}
			s.Local = netip.AddrPortFrom(any, s.Local.Port())
			s.Remote = netip.AddrPortFrom(any, s.Remote.Port())
		}
		if !h.hand(r.s, r.err) {
			break
		}
	}
	h.rows, h.bytes = nil, 0
}

// end hands out what is held when the text is over.
func (h *ssHold) end() {
	h.t.settle(false)
	if !h.ended {
		h.flush()
	}
}
