package parser

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"net/netip"
)

// A Group is one multicast group that an interface has joined: a row of
// /proc/net/igmp, written by igmp_mc_seq_show (net/ipv4/igmp.c), or of
// /proc/net/igmp6, written by igmp6_mc_seq_show (net/ipv6/mcast.c).
type Group struct {
	Line int // 1-based line in the file

	Iface string
	Addr  netip.Addr
	Users int64 // how many sockets and kernel parts want the group
}

// ErrNoDevice is why a group of igmp cannot be used: it stands below the line
// of its device, and that one is missing or could not be read.
var ErrNoDevice = errors.New("no line of a device to which the group belongs")

// IGMP decodes /proc/net/igmp in file order, with errors as [Inet] yields them.
// A line of a device (`2 TAB eth0 ...`; kernels of 2.0 have no index) is followed
// by the lines of its groups, which begin with a tab; the address is a native
// word. Devices without groups yield nothing. A header without "Device" ends
// the sequence with a [*MissingColumnError].
func IGMP(file string, r io.Reader, o Options) iter.Seq2[Group, error] {
	order := o.order()
	return func(yield func(Group, error) bool) {
		l := newLines(r)
		head, err := l.header()
		if err != nil && !yieldFail(l, file, head, err, yield) {
			return
		}
		if !bytes.Contains(head, []byte("Device")) {
			yield(Group{}, &MissingColumnError{File: file, Column: "Device"})
			return
		}
		indexed := bytes.HasPrefix(head, []byte("Idx"))
		iface := ""
		var c cursor
		for {
			text, err := l.next()
			if err != nil {
				iface = ""
				if !yieldFail(l, file, text, err, yield) {
					return
				}
				continue
			}
			c.reset(text, l.cut)
			g := Group{Line: l.line}
			if len(text) > 0 && text[0] == '\t' {
				g = c.group(g, iface, order)
			} else {
				iface = c.igmpDevice(indexed)
			}
			switch {
			case c.err != nil:
				if !yield(Group{}, c.rowError(file, l.line)) {
					return
				}
			case g.Iface != "":
				if !yield(g, nil) {
					return
				}
			}
		}
	}
}

// group reads the line of a group: address, users, timer, reporter.
func (c *cursor) group(g Group, iface string, order binary.ByteOrder) Group {
	c.blanks()
	start := c.pos
	g.Addr = c.addr4("Group", order)
	g.Users = c.sdec("Users")
	if iface == "" {
		c.fail("Group", start, ErrNoDevice)
	}
	g.Iface = iface
	return g
}

// igmpDevice reads the name of a device. It is padded to ten columns, and a
// colon follows; the name itself may have one in it.
func (c *cursor) igmpDevice(indexed bool) string {
	if indexed {
		c.dec("Idx", 32)
	}
	c.blanks()
	start := c.pos
	if c.err != nil {
		return ""
	}
	name := c.b[start:]
	colon := bytes.LastIndexByte(name, ':')
	if colon < 0 {
		c.pos = len(c.b)
		c.missing("Device", c.pos)
		return ""
	}
	name = bytes.TrimRight(name[:colon], " ")
	if len(name) == 0 {
		c.missing("Device", start)
	}
	return string(name)
}

// IGMP6 decodes /proc/net/igmp6, which has no header line, in file order, with
// errors as [Inet] yields them. Addresses are in reading order.
func IGMP6(file string, r io.Reader, _ Options) iter.Seq2[Group, error] {
	return rows(file, r, false, nil, func(c *cursor, line int) Group {
		g := Group{Line: line}
		c.dec("index", 32)
		g.Iface = string(c.token("interface"))
		g.Addr = c.addr16("group")
		g.Users = c.sdec("users")
		return g
	})
}
