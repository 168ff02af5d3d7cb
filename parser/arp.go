package parser

import (
	"bytes"
	"io"
	"iter"
	"net/netip"
)

// An ARPEntry is one row of /proc/net/arp, written by arp_format_neigh_entry and
// arp_format_pneigh_entry (net/ipv4/arp.c): a neighbour over IPv4, or an address
// that the machine answers for.
type ARPEntry struct {
	Line int // 1-based line in the file

	Addr   netip.Addr
	HWType uint16 // ARPHRD_*: 1 Ethernet, 32 InfiniBand
	Flags  uint32 // ATF* bits
	// HWAddr is as the kernel prints it, up to ten bytes: zeros while it is not known
	// (see ATFComplete), empty on interfaces that have no such addresses.
	HWAddr string
	Mask   string // "*"
	Iface  string // "*" if a published address is not bound to one
}

// Bits of ARPEntry.Flags, from include/uapi/linux/if_arp.h.
const (
	ATFComplete  = 0x02 // the hardware address is known
	ATFPermanent = 0x04 // an administrator entered it
	ATFPublished = 0x08 // the machine answers for the address
	ATFTrailers  = 0x10
	ATFNetmask   = 0x20
	ATFNoPublish = 0x40
)

// ARP decodes /proc/net/arp in file order, with errors as [Inet] yields them.
func ARP(file string, r io.Reader, _ Options) iter.Seq2[ARPEntry, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) ARPEntry {
		e := ARPEntry{Line: line}
		c.blanks()
		at := c.pos
		a, err := netip.ParseAddr(string(c.token("IP address")))
		if c.err == nil && (err != nil || !a.Is4()) {
			c.fail("IP address", at, ErrSyntax)
		}
		e.Addr = a
		e.HWType = uint16(c.prefixed("HW type", 16))
		e.Flags = uint32(c.prefixed("Flags", 32))
		if c.emptyHWAddr() {
			c.token("Mask")
			e.Mask = "*"
		} else {
			e.HWAddr = string(c.token("HW address"))
			e.Mask = string(c.token("Mask"))
		}
		e.Iface = string(c.token("Device"))
		return e
	})
}

// emptyHWAddr reports whether the mask comes next: a "*" without another one
// behind it, which would make it the address of nobody in AX.25.
func (c *cursor) emptyHWAddr() bool {
	ahead := *c
	return string(ahead.token("")) == "*" && string(ahead.token("")) != "*" && ahead.err == nil
}

// prefixed reads a hexadecimal column that the kernel prints with 0x.
func (c *cursor) prefixed(field string, max int) uint64 {
	if c.err != nil {
		return 0
	}
	c.blanks()
	start := c.pos
	if !bytes.HasPrefix(c.b[start:], []byte("0x")) {
		c.missing(field, start)
		return 0
	}
	c.pos += len("0x")
	v := c.rawHex(field, start, max)
	c.endField(field, start)
	return v
}
