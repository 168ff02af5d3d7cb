package parser

import (
	"io"
	"iter"
	"net/netip"
)

// An Inet6Addr is one row of /proc/net/if_inet6, written by if6_seq_show
// (net/ipv6/addrconf.c). Addresses are in reading order on every machine.
type Inet6Addr struct {
	Line int // 1-based line in the file

	Addr      netip.Addr
	IfIndex   uint32
	PrefixLen uint8
	Scope     uint8 // IPV6_ADDR_* & 0xf0: 0 global, 0x10 host, 0x20 link, 0x40 site, 0x80 compatible
	Flags     uint8 // IFA_F_* of include/uapi/linux/if_addr.h, the low eight bits
	Iface     string
}

// IfInet6 decodes /proc/net/if_inet6, which has no header line, in file order,
// with errors as [Inet] yields them.
func IfInet6(file string, r io.Reader, _ Options) iter.Seq2[Inet6Addr, error] {
	return rows(file, r, false, nil, func(c *cursor, line int) Inet6Addr {
		a := Inet6Addr{Line: line}
		a.Addr = c.addr16("address")
		a.IfIndex = uint32(c.hex("ifindex", 32))
		a.PrefixLen = uint8(c.prefixLen("prefix length"))
		a.Scope = uint8(c.hex("scope", 8))
		a.Flags = uint8(c.hex("flags", 8))
		a.Iface = string(c.token("interface"))
		return a
	})
}
