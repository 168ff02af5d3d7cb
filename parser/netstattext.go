package parser

import (
	"bytes"
	"io"
	"iter"
	"strings"
)

// NetstatSockets decodes the socket sections of what netstat printed, in text
// order: that of net-tools (netstat.c, of any version that prints English), that
// of busybox (networking/netstat.c) and that of toybox, with any of the options
// -a, -l, -n, -t, -u, -w, -x, -e, -o, -p, -W and -T. A row that cannot be decoded yields a
// [*RowError] and the sequence goes on; a read error yields a [*FileError] and
// ends it. A last row without its newline is yielded, with an [ErrCut] behind it.
//
// Headings, messages of the collector, other protocols and the other things that
// netstat prints (routes, groups, interfaces, statistics) are passed over. The
// heading of a section tells its columns; where a text has none, the options in
// the file name do (".../netstat_-W_-neopa"), and without them nothing behind
// the state is read.
//
//   - Numbers only: without -n netstat prints names for addresses and ports, and
//     such a row is an [ErrSyntax]. Names are never looked up. Of users only, names
//     are accepted: the row lacks its UID.
//   - Without -W netstat cuts addresses to keep the column at 23 characters. A
//     column of just that length may be half an IPv6 address, which still reads as
//     one: its row is not yielded and its error is an [ErrCut], unless the text is
//     known to be wide, by the options in the file name, by a heading or column
//     before it that is longer, or by the other address.
//   - An IPv4 address in a row of tcp6, udp6, udplite6 or raw6 is the mapped IPv6
//     address that the kernel's file has. Busybox prints IPv6 rows as tcp, udp and
//     raw: an IPv6 address makes them tcp6, udp6 and raw6.
//   - Busybox prints the protocol where a raw socket's state should be. A raw
//     socket without a peer is not connected, whatever is printed.
//   - Net-tools ends the path of a UNIX socket at its first blank.
func NetstatSockets(file string, r io.Reader, _ Options) iter.Seq2[PrintedSocket, error] {
	return func(yield func(PrintedSocket, error) bool) {
		o, _ := OptionsOf(file, "netstat")
		n := netstatText{
			wide:    o.Has('W', "wide") || o.Has('T', "notrim"),
			user:    o.Has('e', "extend"),
			program: o.Has('p', "programs") || o.Has('p', "program"),
			timer:   o.Has('o', "timers"),
		}
		if n.program {
			n.pathAfter = netstatProgram
		}
		socketRows(file, r, n.read, yield)
	}
}

const (
	// netstatAddress is how long an address column gets without -W.
	netstatAddress = 23
	// netstatProgram is how wide the program column of UNIX sockets is today.
	netstatProgram = 21
)

var netstatTables = map[string]string{
	"tcp": "tcp", "tcp6": "tcp6", "udp": "udp", "udp6": "udp6", "udpl": "udplite", "udpl6": "udplite6",
	"raw": "raw", "raw6": "raw6", "unix": "unix",
}

// netstatText is what the headings above a row tell of it.
type netstatText struct {
	other                bool // the section is none of sockets
	wide                 bool // addresses are not cut
	user, program, timer bool // of internet sockets: the columns that there are
	// pathAfter is how far behind the start of the program column the path of a
	// UNIX socket starts; 0 if there are no programs.
	pathAfter int
	names     Arena
}

// read decodes a row. It reports whether the line is one.
func (n *netstatText) read(c *cursor, s *PrintedSocket) bool {
	if len(c.b) == 0 || isBlank(c.b[0]) || n.heading(c.b) || n.other {
		return false
	}
	proto, _, _ := bytes.Cut(c.b, []byte(" "))
	table, ok := netstatTables[string(proto)]
	if !ok {
		return false
	}
	c.pos = len(proto)
	if s.Table = table; table == "unix" {
		n.unix(c, &s.Unix)
	} else {
		n.inet(c, s)
	}
	return true
}

// heading takes note of a line that starts a section or names its columns.
func (n *netstatText) heading(text []byte) bool {
	line := string(text[:min(len(text), 200)])
	switch {
	case strings.HasPrefix(line, "Active "):
		n.other = !strings.HasPrefix(line, "Active Internet") && !strings.HasPrefix(line, "Active UNIX")
	case strings.HasPrefix(line, "Kernel "), strings.HasPrefix(line, "IPv6/IPv4 Group"):
		n.other = true
	case strings.HasPrefix(line, "Proto") && strings.Contains(line, "RefCnt"):
		n.other, n.pathAfter = false, 0
		if program := strings.Index(line, "PID/Program"); program >= 0 {
			n.pathAfter = max(strings.Index(line, "Path")-program, len("PID/Program"))
		}
	case strings.HasPrefix(line, "Proto") && strings.Contains(line, "Recv-Q"):
		n.other = false
		n.user = strings.Contains(line, "Inode")
		n.program = strings.Contains(line, "PID/Program")
		n.timer = strings.Contains(line, "Timer")
		local, foreign := strings.Index(line, "Local Address"), strings.Index(line, "Foreign Address")
		n.wide = n.wide || local >= 0 && foreign > local+netstatAddress+1 // not net-tools
	case strings.HasPrefix(line, "Proto"):
		n.other = true
	default:
		return false
	}
	return true
}

func (n *netstatText) inet(c *cursor, p *PrintedSocket) {
	s := &p.Inet
	s.Printed = new(Printed)
	s.RecvQ = c.dec("Recv-Q", 64)
	s.SendQ = c.dec("Send-Q", 64)
	n.addresses(c, p)
	s.State = c.netstatState(p)
	if n.user {
		c.netstatUser(s)
	} else {
		s.Printed.Lacks |= LacksUID | LacksInode
	}
	rest := bytes.TrimRight(c.b[c.pos:], " \t") // of a program and a timer; both may hold blanks
	end := c.pos + len(rest)
	if n.timer {
		end = c.netstatTimer(s, end)
	} else {
		s.Printed.Lacks |= LacksTimer | LacksRetransmits | LacksTimeout
	}
	if n.program {
		n.owner(c, s.Printed, end)
	}
}

// addresses reads both, and puts the row into the table of its address family.
func (n *netstatText) addresses(c *cursor, p *PrintedSocket) {
	local, localAt := c.tokenAt("Local Address")
	remote, remoteAt := c.tokenAt("Foreign Address")
	if c.err != nil {
		return
	}
	n.wide = n.wide || max(len(local), len(remote)) > netstatAddress
	l := n.address(c, "Local Address", local, localAt)
	r := n.address(c, "Foreign Address", remote, remoteAt)
	six := strings.HasSuffix(p.Table, "6")
	if !six && (l.addr.Is6() || r.addr.Is6()) {
		six = true
		p.Table += "6"
	}
	p.Inet.Local, p.Inet.Remote = l.addrPort(six), r.addrPort(six)
}

func (n *netstatText) address(c *cursor, field string, text []byte, at int) endpoint {
	// A name has one colon, in front of its port, and is no address anyway.
	if len(text) == netstatAddress && !n.wide && bytes.Count(text, []byte(":")) > 1 {
		c.fail(field, at, errNarrow)
	}
	return c.endpoint(field, text, at)
}

var netstatStates = func() map[string]State {
	m := map[string]State{}
	for s := Established; s <= Closing; s++ {
		m[s.String()] = s
	}
	return m
}()

// netstatState reads the state, which udp sockets have only with a peer, and raw
// ones as a number.
func (c *cursor) netstatState(p *PrintedSocket) State {
	c.blanks()
	start := c.pos
	switch p.Table {
	case "raw", "raw6":
		n := c.dec("State", 16)
		switch {
		case p.Inet.Remote.Addr().IsUnspecified():
			return Close
		case n == uint64(p.Inet.Local.Port()):
			return Established // that was the protocol
		case n > 255:
			c.fail("State", start, ErrRange)
		}
		return State(n)
	case "tcp", "tcp6":
		state, ok := netstatStates[string(c.token("State"))]
		if !ok {
			c.fail("State", start, ErrSyntax)
		}
		return state
	}
	word, _, _ := bytes.Cut(c.b[c.pos:], []byte(" "))
	if state, ok := netstatStates[string(word)]; ok {
		c.pos += len(word)
		return state
	}
	return Close
}

// netstatUser reads `User Inode`; the user may be a name.
func (c *cursor) netstatUser(s *InetSocket) {
	user, at := c.tokenAt("User")
	switch {
	case c.err != nil:
	case len(bytes.Trim(user, "0123456789")) > 0:
		s.Printed.Lacks |= LacksUID
	default:
		c.pos = at
		s.UID = uint32(c.dec("User", 32))
	}
	s.Inode = c.dec("Inode", 64)
}

var netstatTimers = map[string]uint8{
	"off": TimerOff, "on": TimerOn, "keepalive": TimerKeepalive, "timewait": TimerTimeWait, "probe": TimerProbe,
}

// netstatTimer reads `keepalive (6.63/0/0)`, which the row ends with, and gives
// where it starts. The program in front of it may hold any text: only what stands
// last counts.
func (c *cursor) netstatTimer(s *InetSocket, end int) int {
	if c.err != nil {
		return end
	}
	back := c.pos
	open := bytes.LastIndex(c.b[back:end], []byte(" (")) + back
	start := bytes.LastIndexByte(c.b[back:max(open, back)], ' ') + back + 1
	if open < back || start >= open {
		c.fail("Timer", max(bytes.LastIndexByte(c.b[:end], ' ')+1, back), ErrShort)
		return end
	}
	word := string(c.b[start:min(open, start+maxValue)])
	timer, ok := netstatTimers[word]
	c.pos = start + len("unkn-")
	if !ok && strings.HasPrefix(word, "unkn-") && c.pos < open {
		n := c.rawDec("Timer", start)
		ok = c.pos == open
		if timer = uint8(n); n > 255 {
			c.fail("Timer", start, ErrRange)
		}
	}
	if !ok {
		c.fail("Timer", start, ErrSyntax)
	}
	s.Timer = timer
	c.pos = open + len(" (")
	s.TimerExpires = c.hundredths("Timer", start)
	c.byte('/', "Timer", start)
	s.Retransmits = c.rawDec("Timer", start)
	c.byte('/', "Timer", start)
	s.Timeout = c.rawInt("Timer", start)
	c.byte(')', "Timer", start)
	if c.pos != end {
		c.fail("Timer", start, ErrSyntax)
	}
	c.pos = back
	return start
}

// owner reads `1234/name` or `-` up to end.
func (n *netstatText) owner(c *cursor, p *Printed, end int) {
	c.blanks()
	start := c.pos
	switch {
	case c.err != nil:
	case start >= end:
		c.fail("PID/Program name", start, ErrShort)
	case c.b[start] == '-' && (start+1 == end || isBlank(c.b[start+1])):
		c.pos = end
	default:
		pid := c.rawDec("PID/Program name", start)
		c.byte('/', "PID/Program name", start)
		if c.err != nil {
			return
		}
		p.PID = Some(pid)
		p.Program = n.names.Keep(bytes.TrimRight(c.b[c.pos:max(end, c.pos)], " \t"))
		c.pos = max(end, c.pos)
	}
}

var unixTypes = map[string]uint16{"STREAM": 1, "DGRAM": 2, "RAW": 3, "RDM": 4, "SEQPACKET": 5}

// unixStates are the states of UnixSocket.State. A socket that is not connected
// has no word; a listening one has its own, and a flag.
var unixStates = map[string]uint8{
	"FREE": 0, "LISTENING": 1, "CONNECTING": 2, "CONNECTED": 3, "DISCONNECTING": 4,
}

// unix reads `unix  2      [ ACC ]     STREAM     LISTENING     22405    1/init   /run/path`.
func (n *netstatText) unix(c *cursor, s *UnixSocket) {
	s.Printed = new(Printed)
	s.RefCount = uint32(c.dec("RefCnt", 32))
	s.Flags = c.netstatFlags()
	kind, at := c.tokenAt("Type")
	typ, ok := unixTypes[string(kind)]
	if !ok {
		c.fail("Type", at, ErrSyntax)
	}
	s.Type, s.State = typ, 1
	if c.blanks(); c.err == nil && c.pos < len(c.b) && c.b[c.pos]-'0' > 9 && c.b[c.pos] != '-' {
		word, at := c.tokenAt("State")
		if s.State, ok = unixStates[string(word)]; !ok {
			c.fail("State", at, ErrSyntax)
		}
		if string(word) == "LISTENING" {
			s.Flags |= UnixAccept
		}
	}
	if c.blanks(); c.err == nil && c.pos < len(c.b) && c.b[c.pos] == '-' {
		c.byte('-', "I-Node", c.pos) // a kernel before 2.2
		c.endField("I-Node", c.pos)
	} else {
		s.Inode, s.HasInode = c.dec("I-Node", 64), true
	}
	c.blanks()
	if n.pathAfter > 0 && c.err == nil {
		path := n.pathAt(c)
		n.owner(c, s.Printed, path)
		c.pos = path
		c.blanks()
	}
	if c.err == nil {
		s.Path = n.names.Keep(c.b[c.pos:])
	}
}

// pathAt gives where the path starts that follows the program column. Its width
// decides, because a program's name may hold blanks.
func (n *netstatText) pathAt(c *cursor) int {
	path := c.pos + n.pathAfter
	if path > len(c.b) {
		return len(c.b)
	}
	if !isBlank(c.b[path-1]) { // wider than its column
		if i := bytes.IndexByte(c.b[path:], ' '); i >= 0 {
			return path + i
		}
		return len(c.b)
	}
	return path
}

// netstatFlags reads `[ ACC W N ]`.
func (c *cursor) netstatFlags() (flags uint32) {
	c.blanks()
	start := c.pos
	c.byte('[', "Flags", start)
	for c.err == nil {
		switch word := string(c.token("Flags")); word {
		case "]":
			return flags
		case "ACC":
			flags |= UnixAccept
		case "W":
			flags |= UnixWait
		case "N":
			flags |= UnixNoSpace
		default:
			c.fail("Flags", start, ErrSyntax)
		}
	}
	return flags
}
