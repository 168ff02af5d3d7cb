package parser

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"strings"
)

// A Route is one row of /proc/net/route, the IPv4 main table, written by
// fib_route_seq_show (net/ipv4/fib_trie.c).
type Route struct {
	Line int // 1-based line in the file

	Iface       string // "*" for routes without a device (unreachable, blackhole)
	Destination netip.Addr
	Gateway     netip.Addr
	Genmask     netip.Addr // column Mask
	Flags       uint32     // RTF_* of include/uapi/linux/route.h
	RefCnt      int64      // 0 since Linux 2.4
	Use         int64      // 0 since Linux 2.4
	Metric      int64
	MTU         int64 // the route's advertised MSS + 40, or 0; not the route's MTU
	Window      int64 // bytes, 0 for the default
	IRTT        int64 // initial round trip time, ms

	Lacks Lack // of a row from the output of a command
}

// Route flags that netstat's letters need. The values of the IPv6 table are of
// the same family but not the same set.
const (
	RouteUp      = 0x0001
	RouteGateway = 0x0002
	RouteHost    = 0x0004
	RouteReject  = 0x0200
	RouteCache   = 0x01000000
)

// LooksLikeHost reports whether netstat takes the destination for a host's
// address: the H flag or a bit outside the mask is set.
func (r *Route) LooksLikeHost() bool {
	d, m := r.Destination.As4(), r.Genmask.As4()
	for i := range d {
		if d[i]&^m[i] != 0 {
			return true
		}
	}
	return r.Flags&RouteHost != 0
}

// routeColumns are the columns that must be named in the header, in this order;
// others may stand between them (ip_route_cache and vendor kernels have some).
var routeColumns = [...]string{
	"Iface", "Destination", "Gateway", "Flags", "RefCnt", "Use",
	"Metric", "Mask", "MTU", "Window", "IRTT",
}

// A MissingColumnError says that a header lacks a column without which no row
// can be read. It ends the sequence.
type MissingColumnError struct{ File, Column string }

func (e *MissingColumnError) Error() string {
	return fmt.Sprintf("%s:1: the header has no column %q: no row can be read", e.File, e.Column)
}

// ErrEmpty ends a sequence whose file lacks even its header line. No kernel
// writes such a file: the capture failed.
var ErrEmpty = errors.New("the file is empty, without even a header line")

// Routes decodes /proc/net/route in file order, with errors as [Inet] yields
// them, and a [*MissingColumnError] or a [*FileError] with [ErrEmpty] for a
// header that cannot be used.
func Routes(file string, r io.Reader, o Options) iter.Seq2[Route, error] {
	var columns []string // per column of this file: the name we need, or ""
	order := o.order()
	return func(yield func(Route, error) bool) {
		seen := false
		all := rows(file, r, true, func(head []byte) (err error) {
			seen = true
			columns, err = routeHeader(file, string(head), routeColumns[:])
			return err
		}, func(c *cursor, line int) Route {
			rt := c.route(columns, order)
			rt.Line = line
			return rt
		})
		for rt, err := range all {
			seen = true // a header that could not be read is not an empty file
			if !yield(rt, err) {
				return
			}
		}
		if !seen {
			yield(Route{}, &FileError{File: file, Err: ErrEmpty})
		}
	}
}

// routeHeader gives for each column of the header its name, or "" if it is none
// of those wanted, which must be there in this order.
func routeHeader(file, head string, wanted []string) ([]string, error) {
	names := strings.FieldsFunc(head, func(r rune) bool { return r == ' ' || r == '\t' || r == '|' })
	columns := make([]string, len(names))
	at := 0
	for _, want := range wanted {
		for at < len(names) && names[at] != want {
			at++
		}
		if at == len(names) {
			return nil, &MissingColumnError{File: file, Column: want}
		}
		columns[at] = want
		at++
	}
	return columns[:at], nil
}

func (c *cursor) route(columns []string, order binary.ByteOrder) (rt Route) {
	for _, name := range columns {
		switch name {
		case "Iface":
			rt.Iface = string(c.token(name))
		case "Destination":
			rt.Destination = c.addr4(name, order)
		case "Gateway":
			rt.Gateway = c.addr4(name, order)
		case "Mask":
			rt.Genmask = c.addr4(name, order)
		case "Flags":
			rt.Flags = uint32(c.hex(name, 32))
		case "RefCnt":
			rt.RefCnt = c.sdec(name)
		case "Use":
			rt.Use = c.sdec(name)
		case "Metric":
			rt.Metric = c.sdec(name)
		case "MTU":
			rt.MTU = c.sdec(name)
		case "Window":
			rt.Window = c.sdec(name)
		case "IRTT":
			rt.IRTT = c.sdec(name)
		default:
			c.token("column")
		}
	}
	return rt
}

// addr4 reads eight hexadecimal digits, a word in the machine's order.
func (c *cursor) addr4(field string, order binary.ByteOrder) netip.Addr {
	c.blanks()
	start := c.pos
	a := c.rawAddr(field, start, order)
	if c.err == nil && !a.Is4() {
		c.fail(field, start, ErrSyntax)
	}
	c.endField(field, start)
	return a
}
