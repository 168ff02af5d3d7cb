package parser

import (
	"io"
	"iter"
	"net/netip"
)

// A Neighbour is one row of /proc/net/ndisc, the neighbours over IPv6, which
// only kernels of the 2.1 series have, written by ndisc_get_info
// (net/ipv6/ndisc.c). Ages count 1/100 s.
type Neighbour struct {
	Line int // 1-based line in the file

	Addr      netip.Addr
	PrefixLen uint8
	State     uint8  // NUD_*: 1 incomplete, 2 reachable, 4 stale, 8 delay, 0x10 probe, 0x20 failed, 0x40 no ARP, 0x80 permanent
	Confirmed uint32 // age of the last confirmation
	Reachable uint32 // for how long a confirmation counts
	GCStale   uint16 // how long an unused entry is kept
	RefCnt    uint16
	Flags     uint16 // NTF_*: 0x80 router, 8 proxy
	Iface     string
	HWAddr    [6]byte
}

// Neighbours6 decodes /proc/net/ndisc, which has no header line, in file order,
// with errors as [Inet] yields them.
func Neighbours6(file string, r io.Reader, _ Options) iter.Seq2[Neighbour, error] {
	return rows(file, r, false, nil, func(c *cursor, line int) Neighbour {
		n := Neighbour{Line: line}
		n.Addr = c.addr16("address")
		c.hex("length", 8)
		n.PrefixLen = uint8(c.hex("prefix length", 8))
		c.hex("type", 8)
		n.State = uint8(c.hex("state", 8))
		c.hex("used", 32)
		n.Confirmed = uint32(c.hex("confirmed", 32))
		n.Reachable = uint32(c.hex("reachable", 32))
		n.GCStale = uint16(c.hex("gc stale", 16))
		n.RefCnt = uint16(c.hex("refcnt", 16))
		n.Flags = uint16(c.hex("flags", 16))
		n.Iface = string(c.token("interface"))
		hw := c.hex("hardware address", 48)
		for i := range n.HWAddr {
			n.HWAddr[i] = byte(hw >> (40 - 8*i))
		}
		return n
	})
}
