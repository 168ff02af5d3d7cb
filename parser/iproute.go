package parser

import (
	"bytes"
	"io"
	"iter"
	"maps"
	"math"
	"net/netip"
	"strings"
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
// proto ra and expires: those with metric 1024 are taken for the kernel's, as is the prefix of an
// address with a lifetime (proto kernel and expires) for an advertised one, and
// an advertised one without end for that of an address. Nor do they tell
// route-information routes and the host flag of routes that `route` added.
func IPRoutes6(file string, r io.Reader, _ Options) iter.Seq2[Route6, error] {
	return func(yield func(Route6, error) bool) {
		s := ipRoutes{l: newLines(r), file: file, six: true, last: true}
		var rt Route6
		s.run(func(p *ipRoute) {
			rt = p.route6()
			s.skip = p.words["nhid"].text != ""
		}, func(err error) bool {
			if err != nil {
				return yield(Route6{}, err)
			}
			return yield(rt, nil)
		})
	}
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
	told bool     // the last line made a row
	cut  error    // the last line had no newline
}

// run hands each route to decode and then its outcome to yield, nil for a row.
func (s *ipRoutes) run(decode func(*ipRoute), yield func(error) bool) {
	s.l.sniff = true
	// emit yields the route, whose own words are in front of those of its hop.
	emit := func(p *ipRoute, hop word) bool {
		s.open = false
		if !s.wanted(p) {
			return true
		}
		if p.err == nil {
			decode(p)
		}
		if p.words["dev"].text == "" && !p.rejects() {
			end := hop // of a next hop, or the text ends in front of the first one
			if hop.line == 0 {
				end = p.dst
			}
			p.fail("dev", word{line: end.line, at: end.at + len(end.text)}, ErrShort)
		}
		if p.err == nil {
			s.told = max(p.dst.line, hop.line) == s.l.line
			return yield(nil)
		}
		s.told = false
		// What is wrong with the route is not repeated for each next hop.
		s.skip = s.skip || p.err.Line < hop.line || p.err.Column <= hop.at
		p.err.File = s.file
		return yield(p.err)
	}
	for {
		text, err := s.l.next()
		if err != nil {
			out, end := s.l.fail(s.file, text, err)
			if s.open && !emit(s.head, word{}) {
				return
			}
			s.head = nil
			if s.cut != nil && s.told && !yield(s.cut) || out != nil && !yield(out) || end {
				return
			}
			continue
		}
		s.told = false
		for part := range parts(string(text), s.l.line) {
			if !s.part(part, emit) {
				return
			}
		}
		if s.l.cut {
			s.cut = (&cursor{b: bytes.Clone(text)}).cutError(s.file, s.l.line)
		}
	}
}

// part reads a line, or what would be one without -o.
func (s *ipRoutes) part(line word, emit func(p *ipRoute, hop word) bool) bool {
	if line.text == "" {
		return true
	}
	if !isBlank(line.text[0]) {
		if s.open && !emit(s.head, word{}) {
			return false
		}
		s.begin(line)
		return true
	}
	hop, ok := strings.CutPrefix(strings.TrimLeft(line.text, " \t"), "nexthop ")
	if !ok || s.head == nil || s.skip {
		return true // statistics and details
	}
	line.at += len(line.text) - len(hop)
	line.text = hop
	p := *s.head
	p.words = maps.Clone(p.words)
	p.scan(fieldsOf(line))
	return emit(&p, line)
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
	p := &ipRoute{kind: "unicast", words: map[string]word{}}
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
	if !destination(p.dst.text) && p.words["dev"].text == "" && p.words["via"].text == "" {
		return // no route but a message
	}
	s.head, s.open = p, true
}

// destination reports whether a text may be meant for one.
func destination(text string) bool {
	return text == "default" || text[0] >= '0' && text[0] <= '9' || strings.Contains(text, ":") && !strings.HasSuffix(text, ":")
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
	table := p.words["table"].text
	return s.six || p.kind != "broadcast" && p.kind != "multicast" && (table == "" || table == "main" || table == "254")
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
	case p.words["metric"].text == noMetric:
		return true
	}
	for _, w := range []word{p.words["via"], p.words["src"], p.words["from"]} {
		if w.text != "" && w.text != "default" {
			return strings.Contains(w.text, ":")
		}
	}
	switch {
	case p.words["pref"].text != "":
		return true
	case p.words["scope"].text != "" && p.words["scope"].text != "global", p.words["metric"].text == "", p.rejects() && p.words["dev"].text == "":
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
	if p.words["via"].text != "" {
		rt.Flags |= RouteGateway
		via := p.addr("via", p.words["via"], !p.inet6)
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
	if p.words["dev"].text != "" {
		rt.Iface = p.words["dev"].text
	}
	rt.Metric = int64(p.number("metric"))
	rt.Window = int64(p.number("window"))
	if advmss := p.number("advmss"); advmss != 0 {
		rt.MTU = int64(advmss) + 40
	}
	rt.IRTT = p.milliseconds("rtt")
	return rt
}

func (p *ipRoute) route6() Route6 {
	rt := Route6{Line: p.dst.line, Iface: p.words["dev"].text, NextHop: netip.IPv6Unspecified(), Lacks: LacksRefCount | LacksUse}
	if line := max(p.words["via"].line, p.words["dev"].line); line > 0 {
		rt.Line = line // a next hop has its own
	}
	rt.Destination = p.prefix("destination", p.dst, netip.IPv6Unspecified())
	rt.Source = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	if p.words["from"].text != "" {
		rt.Source = p.prefix("from", p.words["from"], netip.IPv6Unspecified())
	}
	if p.words["via"].text != "" {
		rt.NextHop = p.addr("via", p.words["via"], false)
	}
	if rt.Metric = math.MaxUint32; p.words["metric"].text != noMetric {
		rt.Metric = p.number("metric")
	}
	rt.Flags = p.flags6(rt.Destination)
	return rt
}

// flags6 gives the flags of an IPv6 route. What goes to the loopback device
// rejects, whatever its type, but local addresses (fib6_is_reject); a nexthop
// object has flags of its own.
func (p *ipRoute) flags6(dst netip.Prefix) uint32 {
	kernel := p.words["proto"].text == "kernel" || p.words["proto"].text == "unspec" || p.words["proto"].text == "none"
	loopback := p.words["dev"].text == "lo" && !dst.Addr().IsLoopback()
	if p.words["nhid"].text == "" && (p.rejects() || loopback && p.kind != "local" && !(kernel && p.kind == "anycast")) {
		return RouteReject | route6NoNextHop
	}
	flags := uint32(RouteUp)
	if p.words["via"].text != "" {
		flags |= RouteGateway
	}
	if p.onlink {
		flags |= RouteHost // the same bit, which the kernel hands through
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
	if p.words["expires"].text != "" {
		flags |= route6Expires
		switch {
		case p.words["proto"].text == "ra" && p.dst.text == "default" && p.words["via"].text != "" && p.words["metric"].text == kernelMetric:
			flags |= route6Default | route6Addrconf
		case p.words["proto"].text == "kernel" && p.kind == "unicast" && p.words["via"].text == "":
			flags |= route6Addrconf | route6Prefix
		}
	}
	switch p.words["pref"].text {
	case "high":
		flags |= route6High
	case "low":
		flags |= route6Low
	}
	return flags
}
