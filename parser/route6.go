package parser

import (
	"bytes"
	"io"
	"iter"
	"net/netip"
)

// A Route6 is one row of /proc/net/ipv6_route, written by rt6_info_route or
// ipv6_route_native_seq_show (net/ipv6/route.c, ip6_fib.c). Addresses are in
// reading order on every machine.
type Route6 struct {
	Line int // 1-based line in the file

	Destination netip.Prefix
	Source      netip.Prefix // all zero unless the kernel has source routing
	NextHop     netip.Addr   // :: for a route without a gateway
	Metric      uint32
	RefCnt      uint32
	Use         uint32
	Flags       uint32 // RTF_* of include/uapi/linux/{route,ipv6_route}.h
	Iface       string // empty if the kernel has no device for the route

	Lacks Lack // of a row from the output of a command
}

// Routes6 decodes /proc/net/ipv6_route, which has no header line, in file
// order, with errors as [Inet] yields them.
func Routes6(file string, r io.Reader, _ Options) iter.Seq2[Route6, error] {
	return rows(file, r, false, nil, func(c *cursor, line int) Route6 {
		rt := Route6{Line: line}
		rt.Destination = c.prefix16("destination")
		rt.Source = c.prefix16("source")
		rt.NextHop = c.addr16("next hop")
		rt.Metric = uint32(c.hex("metric", 32))
		rt.RefCnt = uint32(c.hex("refcnt", 32))
		rt.Use = uint32(c.hex("use", 32))
		rt.Flags = uint32(c.hex("flags", 32))
		rt.Iface = c.route6Iface()
		return rt
	})
}

// route6Iface reads the last column, which the kernel prints as " %8s": nine
// blanks are the name of no device, fewer are a row that was cut.
func (c *cursor) route6Iface() string {
	if c.err == nil && len(c.b)-c.pos >= 9 && len(bytes.TrimLeft(c.b[c.pos:], " ")) == 0 {
		c.pos = len(c.b)
		return ""
	}
	return string(c.token("interface"))
}

// prefix16 reads an address and its length, two columns. Bits beyond the length
// are kept: the file is shown as it is.
func (c *cursor) prefix16(field string) netip.Prefix {
	a := c.addr16(field)
	n := c.prefixLen(field + " prefix length")
	return netip.PrefixFrom(a, n)
}

// prefixLen reads the length of an IPv6 prefix.
func (c *cursor) prefixLen(field string) int {
	c.blanks()
	at := c.pos
	n := c.hex(field, 8)
	if c.err == nil && n > 128 {
		c.fail(field, at, ErrRange)
	}
	return int(n)
}
