package parser

import (
	"bytes"
	"io"
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// RouteText decodes the IPv4 table that `route -n` and `netstat -rn` print, with
// or without -e and -ee (net-tools, lib/inet_gr.c), and busybox as well, in the
// order of the text and with errors as [Inet] yields them. Lines before the
// heading are messages of the collector and pass, tables of other families and
// the routing cache too.
//
// The columns are those that the heading names. What it does not name, the
// rows lack. A "-" is how net-tools prints the columns of a route that rejects:
// 0, and "*" for the interface, as the kernel's file has them. Only -n prints
// numbers: "default" and "*" can be told, any other name is an [ErrSyntax].
// Layouts with columns behind Iface cut it to six bytes: a name of that length
// is followed by an [ErrCut].
func RouteText(file string, r io.Reader, _ Options) iter.Seq2[Route, error] {
	needed := []string{"Destination", "Gateway", "Genmask", "Flags", "Iface"}
	return func(yield func(Route, error) bool) {
		t := routeText{l: newLines(r), file: file, needed: needed}
		t.l.sniff = true
		var rt Route
		t.run(func(c *cursor) (narrow int) {
			rt, narrow = c.routeText(t.columns)
			rt.Line, rt.Lacks = t.l.line, t.lack
			return narrow
		}, func(err error) bool {
			if err != nil {
				return yield(Route{}, err)
			}
			return yield(rt, nil)
		})
	}
}

// RouteText6 decodes the IPv6 table that `route -n -6` and `netstat -rn -6`
// print (net-tools, lib/inet6_gr.c), and busybox as well, as [RouteText] does.
//
// The flags are those that have letters: local, anycast and route-information
// routes, prefixes of advertisements and preferences have none. Nor does the
// text have the source prefix; it is left ::/0, which all rows have but those of
// a kernel with source routing. A destination without its length was cut, and
// is an [ErrCut] without a row.
func RouteText6(file string, r io.Reader, _ Options) iter.Seq2[Route6, error] {
	needed := []string{"Destination", "NextHop", "Flags", "Metric", "Iface"}
	return func(yield func(Route6, error) bool) {
		t := routeText{l: newLines(r), file: file, needed: needed}
		t.l.sniff = true
		var rt Route6
		t.run(func(c *cursor) int {
			rt = c.routeText6(t.columns)
			rt.Line, rt.Lacks = t.l.line, t.lack&^LacksMSS
			return 0
		}, func(err error) bool {
			if err != nil {
				return yield(Route6{}, err)
			}
			return yield(rt, nil)
		})
	}
}

// A routeText is a text with tables of routes.
type routeText struct {
	l       *lines
	file    string
	needed  []string // the first two tell the table
	columns []string // of the table that is being read, nil outside of it
	lack    Lack     // what the columns do not tell
}

// run hands each row to decode and then its outcome to yield, nil for a row.
// decode gives the column of a value that may be cut, 1-based, or 0.
func (t *routeText) run(decode func(c *cursor) (narrow int), yield func(error) bool) {
	for {
		text, err := t.l.next()
		if err != nil {
			out, end := t.l.fail(t.file, text, err)
			if out != nil && !yield(out) || end {
				return
			}
			continue
		}
		if heading, err := t.heading(text); heading {
			if err != nil && !yield(err) {
				return
			}
			continue
		}
		if t.columns == nil || len(bytes.TrimSpace(text)) == 0 || isMessage(text) {
			continue
		}
		var c cursor
		c.reset(text, t.l.cut)
		narrow := decode(&c)
		if c.err == nil && !c.done() {
			c.fail("end of row", c.pos, ErrSyntax)
		}
		if c.err != nil {
			if !yield(c.rowError(t.file, t.l.line)) {
				return
			}
			continue
		}
		if !yield(nil) {
			return
		}
		if narrow > 0 {
			c.fail("Iface", narrow-1, errNarrow)
			if !yield(c.rowError(t.file, t.l.line)) {
				return
			}
			c.field = "" // cutError looks for the last column
		}
		if t.l.cut {
			yield(c.cutError(t.file, t.l.line))
			return
		}
	}
}

// longNames are the columns that a layout shortens.
var longNames = strings.NewReplacer("Next Hop", "NextHop")

// heading reads a line that names columns, or ends a table in front of the next.
func (t *routeText) heading(text []byte) (ok bool, err error) {
	if bytes.HasPrefix(text, []byte("Kernel ")) {
		t.columns = nil
		return true, nil
	}
	if !bytes.HasPrefix(text, []byte("Destination ")) && !bytes.HasPrefix(text, []byte("Source ")) {
		return false, nil
	}
	t.columns = nil
	names := strings.Fields(longNames.Replace(string(text)))
	for i, name := range names {
		switch name {
		case "Flag":
			names[i] = "Flags"
		case "Met":
			names[i] = "Metric"
		case "If":
			names[i] = "Iface"
		}
	}
	if len(names) < 2 || names[0] != t.needed[0] || names[1] != t.needed[1] {
		return true, nil
	}
	for _, name := range t.needed {
		if !slices.Contains(names, name) {
			return true, &RowError{File: t.file, Line: t.l.line, Field: name, Err: ErrShort}
		}
	}
	t.columns, t.lack = names, lacking(names)
	return true, nil
}

// lacking tells which columns of the kernel's file are not named.
func lacking(names []string) (l Lack) {
	for name, lack := range map[string]Lack{"Metric": LacksMetric, "Ref": LacksRefCount, "Use": LacksUse, "MSS": LacksMSS} {
		if !slices.Contains(names, name) {
			l |= lack
		}
	}
	return l
}

// messages start lines that a program or the collector wrote in place of rows.
var messages = []string{"exec of ", "RTNETLINK answers", "Dump terminated", "Dump was interrupted", "Error: ", "Cannot ", "Object ", "INET6 ", "INET "}

func isMessage(text []byte) bool {
	for _, m := range messages {
		if bytes.HasPrefix(text, []byte(m)) {
			return true
		}
	}
	return false
}

// routeText decodes a row of the IPv4 table. narrow is where the name of the
// interface stands, 1-based, if it may be cut.
func (c *cursor) routeText(columns []string) (rt Route, narrow int) {
	for i, name := range columns {
		switch name {
		case "Destination":
			rt.Destination = c.textAddr4(name)
		case "Gateway":
			rt.Gateway = c.textAddr4(name)
		case "Genmask":
			rt.Genmask = c.textAddr4(name)
		case "Flags":
			rt.Flags = c.letters(name, letters4)
			if rt.Flags&RouteReject != 0 {
				rt.Flags |= RouteUp // of which "!" takes the place
			}
		case "Metric":
			if rt.Metric = c.dashed(name); rt.Metric < 0 {
				rt.Metric = int64(uint32(rt.Metric)) // route prints 32 bits with a sign, the file without
			}
		case "Ref":
			rt.RefCnt = c.dashed(name)
		case "Use":
			rt.Use = c.dashed(name)
		case "MSS":
			rt.MTU = c.dashed(name)
		case "Window":
			rt.Window = c.dashed(name)
		case "irtt":
			rt.IRTT = c.dashed(name)
		case "Iface":
			rt.Iface = string(c.token(name))
			if rt.Iface == "-" {
				rt.Iface = "*"
			}
			if i+1 < len(columns) && len(rt.Iface) == narrowIface {
				narrow = c.pos - narrowIface + 1
			}
		default:
			c.token(name)
		}
	}
	return rt, narrow
}

// narrowIface is how many bytes of a name the layout of -ee has room for.
const narrowIface = 6

func (c *cursor) routeText6(columns []string) (rt Route6) {
	rt.Source = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	for _, name := range columns {
		switch name {
		case "Destination":
			rt.Destination = c.textPrefix6(name)
		case "NextHop":
			rt.NextHop = c.textAddr6("Next Hop")
		case "Flags":
			rt.Flags = c.letters(name, letters6)
		case "Metric":
			rt.Metric = uint32(c.sdec(name))
		case "Ref":
			rt.RefCnt = uint32(c.sdec(name))
		case "Use":
			rt.Use = uint32(c.sdec(name))
		case "Iface":
			rt.Iface = string(c.token(name))
			if rt.Iface == "-" {
				rt.Iface = ""
			}
		default:
			c.token(name)
		}
	}
	return rt
}

// textAddr4 reads an IPv4 address, or a word that stands for the one of zeros.
func (c *cursor) textAddr4(field string) netip.Addr {
	text := string(c.token(field))
	if c.err != nil || text == "default" || text == "*" || text == "-" && field == "Gateway" {
		return netip.IPv4Unspecified()
	}
	a, err := netip.ParseAddr(text)
	if err != nil || !a.Is4() {
		c.fail(field, c.pos-len(text), ErrSyntax)
	}
	return a
}

// parseText6 reads an IPv6 address as net-tools prints it: one that maps an IPv4
// address as that, and without -n the one of zeros in brackets.
func parseText6(text string) (netip.Addr, bool) {
	switch text {
	case "default", "*", "[::]":
		return netip.IPv6Unspecified(), true
	}
	a, err := netip.ParseAddr(text)
	return netip.AddrFrom16(a.As16()), err == nil && a.Zone() == ""
}

func (c *cursor) textAddr6(field string) netip.Addr {
	text := string(c.token(field))
	if c.err != nil {
		return netip.Addr{}
	}
	a, ok := parseText6(text)
	if !ok {
		c.fail(field, c.pos-len(text), ErrSyntax)
	}
	return a
}

func (c *cursor) textPrefix6(field string) netip.Prefix {
	text := string(c.token(field))
	if c.err != nil {
		return netip.Prefix{}
	}
	start := c.pos - len(text)
	addr, length, found := strings.Cut(text, "/")
	a, ok := parseText6(addr)
	bits, err := strconv.ParseUint(length, 10, 8)
	switch {
	case !found && (ok || strings.ContainsAny(text, ":")):
		c.fail(field, start, errNarrow)
	case !ok || err != nil:
		c.fail(field, start, ErrSyntax)
	case bits > 128:
		c.fail(field, start, ErrRange)
	default:
		return netip.PrefixFrom(a, int(bits))
	}
	return netip.Prefix{}
}

// dashed reads a number, or the "-" that net-tools prints for a route that rejects.
func (c *cursor) dashed(field string) int64 {
	c.blanks()
	if at := c.pos; at < len(c.b) && c.b[at] == '-' && (at+1 == len(c.b) || isBlank(c.b[at+1])) {
		c.token(field)
		return 0
	}
	return c.sdec(field)
}

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

// The letters of the flags (net-tools, lib/inet_gr.c and inet6_gr.c). IPv4 has
// "c" for two flags; what /proc/net/route can have of them is neither.
var (
	letters4 = map[byte]uint32{
		'U': RouteUp, 'G': RouteGateway, 'H': RouteHost, '!': RouteReject, 'R': 0x8, 'D': 0x10, 'M': 0x20,
		'd': 0x10000, 'a': 0x20000, 'c': RouteCache, 'o': 0x200000, 'e': 0x400000, 'f': 0x2000000,
		'p': 0x4000000, 'l': 0x80000000, 'u': 0x40, 'w': 0x80, 'i': 0x100, 'n': 0x400,
	}
	letters6 = map[byte]uint32{
		'U': RouteUp, 'G': RouteGateway, 'H': RouteHost, '!': RouteReject, 'D': route6Default,
		'A': route6Addrconf, 'C': RouteCache, 'a': 0x20000, 'e': route6Expires, 'm': 0x20, 'M': 0x20,
		'n': route6NoNextHop, 'f': 0x2000000, 'R': 0x8,
	}
)

// letters reads flags, each a letter of the list.
func (c *cursor) letters(field string, list map[byte]uint32) (flags uint32) {
	text := c.token(field)
	for _, b := range text {
		bit, ok := list[b]
		if !ok {
			c.fail(field, c.pos-len(text), ErrSyntax)
		}
		flags |= bit
	}
	return flags
}
