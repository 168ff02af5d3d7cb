package parser

import (
	"bytes"
	"io"
	"iter"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// Flags that only IPv6 routes have (include/uapi/linux/ipv6_route.h).
const (
	route6Default   = 0x00010000
	route6Addrconf  = 0x00040000
	route6Prefix    = 0x00080000
	route6Anycast   = 0x00100000
	route6NoNextHop = 0x00200000
	route6Expires   = 0x00400000
	route6High      = 0x08000000
	route6Low       = 0x18000000
	route6Local     = 0x80000000
)

// IPRoutes decodes the output of `ip route`, also with -o, -d and "show table
// all" (iproute2, ip/iproute.c), as the rows that /proc/net/route has of it
// (net/ipv4/fib_trie.c: fib_route_seq_show): those of the main table that are
// neither broadcast nor multicast, of a route with several next hops the first
// one only. Rows of IPv6 and lines that are no rows pass. Errors are as [Inet]
// yields them.
//
// A row without "table" is taken for one of the main table: the output of `ip
// route show table N` does not say which one it was asked for. MTU is not the
// route's mtu but, as in the file, its advmss + 40. The reject flag is that of
// unreachable and prohibit routes; the file does not tell blackhole and throw
// from a route without a device either. A metric beyond 31 bits is positive, as
// in the file of a current kernel; older ones print it as a negative number.
func IPRoutes(file string, r io.Reader, _ Options) iter.Seq2[Route, error] {
	return func(yield func(Route, error) bool) {
		s := ipRoutes{l: newLines(r), file: file}
		var rt Route
		s.run(func(p *ipRoute) {
			rt = p.route()
			s.skip = true // the other next hops
		}, func(err error) bool {
			if err != nil {
				return yield(Route{}, err)
			}
			return yield(rt, nil)
		})
	}
}

// IPRoutes6 decodes the output of `ip -6 route`, also with -o, -d and "show
// table all", as the rows that /proc/net/ipv6_route has of it (net/ipv6/route.c,
// ip6_fib.c): those of all tables, and of a route with several next hops one
// for each, unless they are those of a nexthop object (nhid). Rows of IPv4 and
// lines that are no rows pass. The file also has the ::/0 that rejects at the
// end of each table, which ip does not print.
//
// The flags are what the words tell. They do not tell a default route of the
// kernel's own from one that a program made of the same advertisement, with
// proto ra and expires: both are taken for the kernel's, as is the prefix of an
// address with a lifetime (proto kernel and expires) for an advertised one, and
// an advertised one without end for that of an address. Nor do they tell
// route-information routes and the host flag of routes that `route` added.
func IPRoutes6(file string, r io.Reader, _ Options) iter.Seq2[Route6, error] {
	return func(yield func(Route6, error) bool) {
		s := ipRoutes{l: newLines(r), file: file, six: true, last: true}
		var rt Route6
		s.run(func(p *ipRoute) {
			rt = p.route6()
			s.skip = p.nhid.text != ""
		}, func(err error) bool {
			if err != nil {
				return yield(Route6{}, err)
			}
			return yield(rt, nil)
		})
	}
}

// A word of the text, with where it stands. The zero word is not there.
type word struct {
	text string
	line int
	at   int // byte within the line
}

// An ipRoute is one route, as the words that its lines have for it.
type ipRoute struct {
	kind  string // unicast, local, ...
	dst   word
	inet6 bool // the gateway is an IPv6 address, whatever the route
	words
	err *RowError // the first failure
}

// words are those that a route or one of its next hops may have, by their name.
type words struct {
	via, dev, from, src, nhid, table, proto, scope, metric, pref, expires, window, rtt, advmss word
}

// named gives the place for the value behind a word, or nil.
func (w *words) named(name string) *word {
	switch name {
	case "via":
		return &w.via
	case "dev":
		return &w.dev
	case "from":
		return &w.from
	case "src":
		return &w.src
	case "nhid":
		return &w.nhid
	case "table":
		return &w.table
	case "proto":
		return &w.proto
	case "scope":
		return &w.scope
	case "metric":
		return &w.metric
	case "pref":
		return &w.pref
	case "expires":
		return &w.expires
	case "window":
		return &w.window
	case "rtt":
		return &w.rtt
	case "advmss":
		return &w.advmss
	}
	return nil
}

// ipRoutes is the state between the lines of one route.
type ipRoutes struct {
	l    *lines
	file string
	six  bool     // IPv6 is wanted
	last bool     // the last row whose words tell so was of IPv6
	head *ipRoute // of the route, nil if it does not count
	open bool     // head was not yielded yet: its next hop may follow
	skip bool     // further next hops do not count
	cut  error    // the last line was of the route and may be cut
}

// run hands each route to decode and then its outcome to yield, nil for a row.
func (s *ipRoutes) run(decode func(*ipRoute), yield func(error) bool) {
	emit := func(p *ipRoute) bool {
		s.open = false
		if !s.wanted(p) {
			return true
		}
		if p.err == nil {
			decode(p)
		}
		if p.err != nil {
			s.skip = true
			p.err.File = s.file
			return yield(p.err)
		}
		return yield(nil)
	}
	for {
		text, err := s.l.next()
		if err != nil {
			out, end := s.l.fail(s.file, text, err)
			if s.open && !emit(s.head) {
				return
			}
			s.head = nil
			if end && s.cut != nil && !yield(s.cut) || out != nil && !yield(out) || end {
				return
			}
			continue
		}
		for line := range parts(string(text), s.l.line) {
			hop, isHop := strings.CutPrefix(strings.TrimLeft(line.text, " \t"), "nexthop ")
			switch {
			case isHop && s.head != nil && !s.skip:
				line.at += len(line.text) - len(hop)
				line.text = hop
				p := *s.head
				p.scan(fieldsOf(line))
				if !emit(&p) {
					return
				}
			case isHop || line.text == "" || isBlank(line.text[0]): // of no interest
			default:
				if s.open && !emit(s.head) {
					return
				}
				s.begin(line)
			}
		}
		if s.l.cut && s.head != nil {
			s.cut = (&cursor{b: bytes.Clone(text)}).cutError(s.file, s.l.line)
		}
	}
}

// parts cuts a line of `ip -o`, which has a backslash for each newline.
func parts(text string, line int) iter.Seq[word] {
	return func(yield func(word) bool) {
		at := 0
		for {
			rest := text[at:]
			i := strings.Index(rest, "\\\t")
			if i < 0 {
				yield(word{rest, line, at})
				return
			}
			if !yield(word{rest[:i], line, at}) {
				return
			}
			at += i + 1
		}
	}
}

// fieldsOf gives the words of a line.
func fieldsOf(line word) (list []word) {
	c := cursor{b: []byte(line.text)}
	for !c.done() {
		start := c.pos
		list = append(list, word{string(c.token("")), line.line, line.at + start})
	}
	return list
}

// kinds are the types of routes that ip names in front of the destination.
var kinds = map[string]bool{
	"unicast": true, "local": true, "broadcast": true, "anycast": true, "multicast": true, "blackhole": true,
	"unreachable": true, "prohibit": true, "throw": true, "nat": true, "xresolve": true,
}

// begin reads the first line of a route.
func (s *ipRoutes) begin(line word) {
	s.head, s.open, s.skip = nil, false, false
	f := fieldsOf(line)
	if len(f) == 0 || isMessage([]byte(line.text)) {
		return
	}
	p := &ipRoute{kind: "unicast"}
	if kinds[f[0].text] {
		p.kind = f[0].text
		if f = f[1:]; len(f) == 0 {
			p.dst = word{line: line.line, at: line.at + len(line.text)}
			p.fail("destination", p.dst, ErrShort)
			s.head, s.open = p, true
			return
		}
	}
	p.dst = f[0]
	p.scan(f[1:])
	if !destination(p.dst.text) && p.dev.text == "" && p.via.text == "" {
		return // no route but a message
	}
	s.head, s.open = p, true
}

// destination reports whether a text may be meant for one.
func destination(text string) bool {
	return text == "default" || text[0] >= '0' && text[0] <= '9' || strings.Contains(text, ":") && !strings.HasSuffix(text, ":")
}

// scan notes the words that matter. Others pass, whether with a value or not.
func (p *ipRoute) scan(f []word) {
	encap := false
	for i := 0; i < len(f); i++ {
		name := f[i].text
		switch {
		case name == "encap":
			encap = true // has words of its own up to the next hop
			continue
		case encap && name != "via" && name != "dev":
			continue
		}
		encap = false
		to := p.named(name)
		if to == nil {
			continue
		}
		if name == "via" && i+2 < len(f) && (f[i+1].text == "inet6" || f[i+1].text == "inet") {
			p.inet6 = f[i+1].text == "inet6"
			i++
		}
		if i+1 == len(f) {
			p.fail(name, word{line: f[i].line, at: f[i].at + len(name)}, ErrShort)
			return
		}
		i++
		*to = f[i]
	}
}

func (p *ipRoute) fail(field string, w word, err error) {
	if p.err == nil {
		p.err = &RowError{Line: w.line, Column: w.at + 1, Field: field, Value: w.text[:min(len(w.text), maxValue)], Err: err}
	}
}

// rejects reports whether the type of the route is one without a next hop.
func (p *ipRoute) rejects() bool {
	switch p.kind {
	case "unreachable", "prohibit", "blackhole", "throw":
		return true
	}
	return false
}

// wanted reports whether the route is of the file's family, and the file has it.
func (s *ipRoutes) wanted(p *ipRoute) bool {
	s.last = p.isIPv6(s.last)
	if s.last != s.six {
		return false
	}
	if s.six {
		return true
	}
	switch p.kind {
	case "broadcast", "multicast":
		return false
	}
	switch p.table.text {
	case "", "main", "254":
		return true
	}
	return false
}

// isIPv6 tells the family of a route. Only a default route may have no address,
// and then `ip route show table all` leaves it open; but of the two families
// only IPv4 has scopes, routes without a metric and routes without a device.
// last is the answer if nothing tells: ip prints one family after the other.
func (p *ipRoute) isIPv6(last bool) bool {
	switch {
	case strings.Contains(p.dst.text, ":"):
		return true
	case p.dst.text != "default" || p.inet6:
		return false
	}
	for _, w := range []word{p.via, p.src, p.from} {
		if w.text != "" && w.text != "default" {
			return strings.Contains(w.text, ":")
		}
	}
	switch {
	case p.pref.text != "":
		return true
	case p.scope.text != "" && p.scope.text != "global", p.metric.text == "", p.rejects() && p.dev.text == "":
		return false
	}
	return last
}

func (p *ipRoute) route() Route {
	rt := Route{Line: p.dst.line, Iface: "*", Gateway: netip.IPv4Unspecified(), Flags: RouteUp, Lacks: LacksRefCount | LacksUse}
	dst := p.prefix("destination", p.dst, netip.IPv4Unspecified())
	rt.Destination = dst.Addr()
	var mask [4]byte
	for i := range dst.Bits() {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	rt.Genmask = netip.AddrFrom4(mask)
	if p.via.text != "" {
		rt.Flags |= RouteGateway
		via := p.addr("via", p.via, !p.inet6)
		if !p.inet6 { // the file has no room for the other family
			rt.Gateway = via
		}
	}
	if dst.Bits() == 32 {
		rt.Flags |= RouteHost
	}
	if p.kind == "unreachable" || p.kind == "prohibit" {
		rt.Flags |= RouteReject
	}
	if p.dev.text != "" {
		rt.Iface = p.dev.text
	}
	rt.Metric = int64(p.number("metric", p.metric))
	rt.Window = int64(p.number("window", p.window))
	if advmss := p.number("advmss", p.advmss); advmss != 0 {
		rt.MTU = int64(advmss) + 40
	}
	rt.IRTT = p.milliseconds("rtt", p.rtt)
	return rt
}

func (p *ipRoute) route6() Route6 {
	rt := Route6{Line: p.dst.line, Iface: p.dev.text, NextHop: netip.IPv6Unspecified(), Lacks: LacksRefCount | LacksUse}
	if line := max(p.via.line, p.dev.line); line > 0 {
		rt.Line = line // a next hop has its own
	}
	rt.Destination = p.prefix("destination", p.dst, netip.IPv6Unspecified())
	rt.Source = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	if p.from.text != "" {
		rt.Source = p.prefix("from", p.from, netip.IPv6Unspecified())
	}
	if p.via.text != "" {
		rt.NextHop = p.addr("via", p.via, false)
	}
	rt.Metric = p.number("metric", p.metric)
	rt.Flags = p.flags6(rt.Destination)
	return rt
}

// flags6 gives the flags of an IPv6 route. What goes to the loopback device
// rejects, whatever its type, but local addresses (fib6_is_reject); a nexthop
// object has flags of its own.
func (p *ipRoute) flags6(dst netip.Prefix) uint32 {
	kernel := p.proto.text == "kernel" || p.proto.text == "unspec" || p.proto.text == "none"
	loopback := p.dev.text == "lo" && !dst.Addr().IsLoopback()
	if p.nhid.text == "" && (p.rejects() || loopback && p.kind != "local" && !(kernel && p.kind == "anycast")) {
		return RouteReject | route6NoNextHop
	}
	flags := uint32(RouteUp)
	if p.via.text != "" {
		flags |= RouteGateway
	}
	switch {
	case p.kind == "local":
		flags |= route6Local
	case p.kind == "anycast" && kernel:
		flags |= route6Anycast
	}
	if kernel && (p.kind == "local" || p.kind == "anycast") {
		flags |= route6NoNextHop // an address, not a route that was added
	}
	if p.expires.text != "" {
		flags |= route6Expires
		switch {
		case p.proto.text == "ra" && p.dst.text == "default" && p.via.text != "":
			flags |= route6Default | route6Addrconf
		case p.proto.text == "kernel" && p.kind == "unicast" && p.via.text == "":
			flags |= route6Addrconf | route6Prefix
		}
	}
	switch p.pref.text {
	case "high":
		flags |= route6High
	case "low":
		flags |= route6Low
	}
	return flags
}

// prefix reads a destination: without a length it is a host. all is the
// address of "default".
func (p *ipRoute) prefix(field string, w word, all netip.Addr) netip.Prefix {
	if w.text == "default" {
		return netip.PrefixFrom(all, 0)
	}
	addr, length, found := strings.Cut(w.text, "/")
	a := p.addr(field, word{addr, w.line, w.at}, all.Is4())
	bits := a.BitLen()
	if found {
		n, err := strconv.ParseUint(length, 10, 8)
		switch {
		case err != nil:
			p.fail(field, w, ErrSyntax)
		case int(n) > bits:
			p.fail(field, w, ErrRange)
		}
		bits = int(n)
	}
	return netip.PrefixFrom(a, bits)
}

func (p *ipRoute) addr(field string, w word, four bool) netip.Addr {
	a, err := netip.ParseAddr(w.text)
	if err != nil || a.Is4() != four || a.Zone() != "" {
		p.fail(field, w, ErrSyntax)
	}
	return a
}

// number reads a value that is 0 if ip does not print it.
func (p *ipRoute) number(field string, w word) uint32 {
	if w.text == "" {
		return 0
	}
	c := cursor{b: []byte(w.text)}
	n := c.dec(field, 32)
	if c.err != nil {
		p.fail(field, w, c.err)
	}
	return uint32(n)
}

// milliseconds reads a time as ip prints it, `300ms` or `2.5s`. Old versions
// print neither unit: those are milliseconds.
func (p *ipRoute) milliseconds(field string, w word) int64 {
	if w.text == "" {
		return 0
	}
	number, unit := strings.TrimRight(w.text, "ms"), 1.0
	switch w.text[len(number):] {
	case "", "ms":
	case "s":
		unit = 1000
	default:
		p.fail(field, w, ErrSyntax)
	}
	v, err := strconv.ParseFloat(number, 64)
	switch v = math.Round(v * unit); {
	case err != nil:
		p.fail(field, w, ErrSyntax)
	case !(v >= 0 && v <= math.MaxUint32): // not a number is neither
		p.fail(field, w, ErrRange)
	default:
		return int64(v)
	}
	return 0
}
