package parser

import (
	"bytes"
	"io"
	"iter"
	"net/netip"
	"strings"
)

// A Conntrack is one connection that the kernel follows for its firewall or NAT: a row of
// /proc/net/nf_conntrack, written by ct_seq_show (net/netfilter/nf_conntrack_standalone.c),
// or of /proc/net/ip_conntrack, which older kernels have and which lacks the first two
// columns, as the output of conntrack -L does. Addresses are in reading order.
//
// Original is how the one who began it wrote its packets, Reply how those of the other
// one come back. Without NAT the one is the reverse of the other.
type Conntrack struct {
	Line int // 1-based line in the file

	Family   string      // ipv4, ipv6 or unknown; empty in the older file, which has ipv4 only
	Protocol string      // tcp, udp, icmp, ...; unknown for one that the kernel has no name for
	Number   uint8       // of the protocol: 6 for tcp
	Timeout  Opt[int64]  // seconds until it is forgotten; unknown of one that hardware follows
	State    string      // of tcp and others that have states: ESTABLISHED; empty without
	Original Flow        // of the first packet
	Reply    Flow        // of what is expected as an answer
	Mark     Opt[uint64] // ctmark; unknown for kernels without
	Zone     Opt[uint64] // of both directions; unknown for kernels without, which newer ones do not print when it is 0

	Unreplied bool // nothing came back yet
	Assured   bool // it is kept when the table is full
	Offloaded bool // a flow table or hardware forwards its packets
}

// A Flow is one direction of a [Conntrack].
type Flow struct {
	Src, Dst netip.AddrPort
	// Ports is set if the protocol has ports. The ports of others are 0.
	Ports bool
}

// Reversed is the flow of the answers.
func (f Flow) Reversed() Flow { return Flow{f.Dst, f.Src, f.Ports} }

// Translated reports whether NAT changes addresses or ports.
func (c *Conntrack) Translated() bool { return c.Reply.Reversed() != c.Original }

// Sent is how the packets of the original direction look when NAT has changed them.
func (c *Conntrack) Sent() Flow { return c.Reply.Reversed() }

// Conntracks decodes /proc/net/nf_conntrack and ip_conntrack, which have no header line,
// in file order, with errors as [Inet] yields them. Counters of packets and whatever else
// stands between the columns that are wanted is passed over.
func Conntracks(file string, r io.Reader, _ Options) iter.Seq2[Conntrack, error] {
	var texts intern
	return rows(file, r, false, nil, func(c *cursor, line int) Conntrack {
		t := Conntrack{Line: line}
		word := c.token("l3proto")
		if c.isFamily(word) {
			t.Family = texts.text(word)
			c.dec("l3num", 16)
			word = c.token("l4proto")
		}
		t.Protocol = texts.text(word)
		t.Number = uint8(c.dec("protonum", 8))
		c.conntrackState(&t, &texts)
		t.Original = c.flow()
		c.conntrackFlags(&t, "src=") // UNREPLIED stands between the two
		reply := c.pos
		t.Reply = c.flow()
		if c.err == nil && t.Original.Src.Addr().Is4() != t.Reply.Src.Addr().Is4() {
			c.fail("src", reply+len("src="), ErrSyntax)
		}
		c.conntrackFlags(&t, "")
		return t
	})
}

// isFamily reports whether the row begins with the two columns of the family. In the
// older file an unknown protocol has the same word: two numbers follow that one.
func (c *cursor) isFamily(word []byte) bool {
	if string(word) != "unknown" {
		return string(word) == "ipv4" || string(word) == "ipv6"
	}
	ahead := *c
	ahead.token("l3num")
	next := ahead.peek()
	return len(next) > 0 && hexDigit[next[0]] > 9
}

// An intern keeps one copy of each of a few short texts.
type intern struct{ list []string }

const maxInterned = 64

func (in *intern) text(word []byte) string {
	for _, s := range in.list {
		if s == string(word) {
			return s
		}
	}
	s := string(word)
	if len(in.list) < maxInterned {
		in.list = append(in.list, s)
	}
	return s
}

// conntrackState reads what stands before the first address: the timeout and the state,
// either of which may not be there.
func (c *cursor) conntrackState(t *Conntrack, texts *intern) {
	if c.err != nil {
		return
	}
	if next := c.peek(); len(next) > 0 && (next[0] == '-' || '0' <= next[0] && next[0] <= '9') {
		t.Timeout = Some(c.sdec("timeout"))
	}
	for c.err == nil {
		next := c.peek()
		if len(next) == 0 || bytes.HasPrefix(next, []byte("src=")) {
			return
		}
		if t.State == "" {
			t.State = texts.text(next)
		}
		c.token("state")
	}
}

// peek is the next word, which stays.
func (c *cursor) peek() []byte {
	c.blanks()
	end := c.pos
	for end < len(c.b) && !isBlank(c.b[end]) {
		end++
	}
	return c.b[c.pos:end]
}

// flow reads one direction: src= and dst=, then sport= and dport= of protocols that have
// ports.
func (c *cursor) flow() (f Flow) {
	src, _ := c.named("src=")
	dst, at := c.named("dst=")
	if c.err == nil && src.Is4() != dst.Is4() {
		c.fail("dst", at, ErrSyntax)
	}
	var sport, dport uint64
	if bytes.HasPrefix(c.peek(), []byte("sport=")) {
		f.Ports = true
		sport, dport = c.number("sport=", 16), c.number("dport=", 16)
	}
	if c.err != nil {
		return Flow{}
	}
	f.Src, f.Dst = netip.AddrPortFrom(src, uint16(sport)), netip.AddrPortFrom(dst, uint16(dport))
	return f
}

// key passes over a name and its =, and gives where the value begins.
func (c *cursor) key(name string) int {
	field := strings.TrimSuffix(name, "=")
	c.blanks()
	start := c.pos
	switch {
	case c.err != nil:
	case c.pos >= len(c.b):
		c.fail(field, start, ErrShort)
	case !bytes.HasPrefix(c.b[c.pos:], []byte(name)):
		c.fail(field, start, ErrSyntax)
	default:
		c.pos += len(name)
	}
	return c.pos
}

// named reads an address behind its name, and tells where it stands.
func (c *cursor) named(name string) (a netip.Addr, at int) {
	at = c.key(name)
	if c.err != nil {
		return a, at
	}
	var word []byte
	if c.pos < len(c.b) && !isBlank(c.b[c.pos]) {
		word = c.token(name)
	}
	a, err := netip.ParseAddr(string(word))
	if err != nil || a.Zone() != "" {
		c.fail(strings.TrimSuffix(name, "="), at, ErrSyntax)
		return netip.Addr{}, at
	}
	return a, at
}

// number reads a decimal number behind its name.
func (c *cursor) number(name string, max int) uint64 {
	start := c.key(name)
	field := strings.TrimSuffix(name, "=")
	v := c.rawDec(field, start)
	if max < 64 && v>>max != 0 {
		c.fail(field, start, ErrRange)
	}
	c.endField(field, start)
	if c.err != nil {
		return 0
	}
	return v
}

// conntrackFlags reads words up to one that begins with until, or to the end.
func (c *cursor) conntrackFlags(t *Conntrack, until string) {
	for c.err == nil && !c.done() {
		next := c.peek()
		name, _, named := bytes.Cut(next, []byte("="))
		switch {
		case until != "" && bytes.HasPrefix(next, []byte(until)):
			return
		case string(next) == "[UNREPLIED]":
			t.Unreplied = true
		case string(next) == "[ASSURED]":
			t.Assured = true
		case string(next) == "[OFFLOAD]", string(next) == "[HW_OFFLOAD]":
			t.Offloaded = true
		case named && string(name) == "mark":
			t.Mark = Some(c.number("mark=", 32))
			continue
		case named && string(name) == "zone":
			t.Zone = Some(c.number("zone=", 16))
			continue
		}
		c.token("word")
	}
}
