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

	// What follows is unknown where a row lacks it or has something odd in its place.
	IfIndex Opt[uint32] // unknown for kernels of 2.0
	// Querier is the version of IGMP on the interface: V1, V2, V3, or NONE in kernels
	// that do not speak it. igmp only.
	Querier  Opt[string]
	Timer    Opt[uint64] // until the next report, 1/100 s; unknown if no timer runs
	Reporter Opt[bool]   // the last one to report the group on its network was this machine
	Flags    Opt[uint32] // igmp6 only: see Group* bits
}

// Bits of Group.Flags, the kernel's MAF_*.
const (
	GroupTimer    = 0x01 // a timer runs
	GroupReporter = 0x02
	GroupLoaded   = 0x04 // the interface takes the group's packets
	GroupSilent   = 0x08 // never reported: all nodes, and what is for this machine only
	GroupSources  = 0x10 // asked for by source
)

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
		var on igmpDevice
		var c cursor
		for {
			text, err := l.next()
			if err != nil {
				on = igmpDevice{}
				if !yieldFail(l, file, text, err, yield) {
					return
				}
				continue
			}
			c.reset(text, l.cut)
			g := Group{Line: l.line}
			if len(text) > 0 && text[0] == '\t' {
				g = c.group(g, on, order)
			} else {
				on = c.igmpDevice(indexed)
			}
			switch {
			case c.err != nil:
				err := c.rowError(file, l.line)
				if l.isHead(text) {
					err = headError(file, l.line, text)
				}
				if !yield(Group{}, err) {
					return
				}
			case g.Iface != "":
				if !yield(g, nil) {
					return
				}
				if l.cut && c.pos == len(text) {
					yield(Group{}, c.cutError(file, l.line))
					return
				}
			}
		}
	}
}

// group reads the line of a group: address, users, timer, reporter.
func (c *cursor) group(g Group, on igmpDevice, order binary.ByteOrder) Group {
	c.blanks()
	start := c.pos
	g.Addr = c.addr4("Group", order)
	g.Users = c.sdec("Users")
	if on.name == "" {
		c.fail("Group", start, ErrNoDevice)
	}
	g.Iface, g.IfIndex, g.Querier = on.name, on.index, on.querier
	if c.err == nil {
		t := c.tail()
		g.Timer = t.igmpTimer()
		g.Reporter = truth(t.dec())
	}
	return g
}

// igmpTimer reads `running:expires`.
func (t *tail) igmpTimer() (o Opt[uint64]) {
	start := t.next()
	running := bytes.HasPrefix(t.b[start:], []byte("1:"))
	if !running && !bytes.HasPrefix(t.b[start:], []byte("0:")) {
		t.fail()
		return o
	}
	t.pos += len("0:")
	if t.next() != start+len("0:") {
		t.fail()
		return o
	}
	if v := t.hex(); running {
		o = v
	}
	return o
}

// An igmpDevice is what the line of a device says.
type igmpDevice struct {
	name    string // empty if it could not be read
	index   Opt[uint32]
	querier Opt[string]
}

// igmpDevice reads the line of a device: index, name, number of groups, querier.
// The name is padded to ten columns, and a colon follows; the name itself may
// have one in it.
func (c *cursor) igmpDevice(indexed bool) (d igmpDevice) {
	if indexed {
		d.index = Some(uint32(c.dec("Idx", 32)))
	}
	c.blanks()
	start := c.pos
	if c.err != nil {
		return d
	}
	name := c.b[start:]
	colon := bytes.LastIndexByte(name, ':')
	if colon < 0 {
		c.pos = len(c.b)
		c.missing("Device", c.pos)
		return d
	}
	t := tail{c.b, start + colon + 1, c.cut}
	t.dec() // Count
	switch q := string(t.b[t.next():]); q {
	case "V1", "V2", "V3", "NONE":
		d.querier = Some(q)
	}
	name = bytes.TrimRight(name[:colon], " ")
	if len(name) == 0 {
		c.missing("Device", start)
	}
	d.name = string(name)
	return d
}

// IGMP6 decodes /proc/net/igmp6, which has no header line, in file order, with
// errors as [Inet] yields them. Addresses are in reading order.
func IGMP6(file string, r io.Reader, _ Options) iter.Seq2[Group, error] {
	return rows(file, r, false, nil, func(c *cursor, line int) Group {
		g := Group{Line: line}
		g.IfIndex = Some(uint32(c.dec("index", 32)))
		g.Iface = string(c.token("interface"))
		g.Addr = c.addr16("group")
		g.Users = c.sdec("users")
		if c.err == nil {
			c.tail().igmp6(&g)
		}
		return g
	})
}

// igmp6 reads the flags, which tell the rest, and the timer.
func (t tail) igmp6(g *Group) {
	flags, timer := t.hex(), t.dec()
	if !flags.known || flags.value>>32 != 0 {
		return
	}
	g.Flags = as[uint32](flags)
	g.Reporter = Some(flags.value&GroupReporter != 0)
	if flags.value&GroupTimer != 0 {
		g.Timer = timer
	}
}
