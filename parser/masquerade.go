package parser

import (
	"bytes"
	"io"
	"iter"
	"net/netip"
)

// A Masquerade is one row of /proc/net/ip_masquerade, which kernels from 2.0 to
// 2.2 have, written by ip_msqhst_procinfo (net/ipv4/ip_masq.c). Addresses are in
// reading order, unlike in every other file of IPv4.
type Masquerade struct {
	Line int // 1-based line in the file

	Protocol  string // TCP, UDP, ICMP, GRE, ESP or IP
	From, To  netip.AddrPort
	MasqPort  uint16
	InitSeq   uint32
	Delta     int64
	PrevDelta Opt[int64] // unknown for the older of the two layouts
	Expires   uint64     // in 1/100 s
}

// Masquerades decodes /proc/net/ip_masquerade in file order, with errors as
// [Inet] yields them. The header line tells whether there is a PDelta column.
func Masquerades(file string, r io.Reader, _ Options) iter.Seq2[Masquerade, error] {
	previous := false
	return rows(file, r, true, func(head []byte) error {
		previous = bytes.Contains(head, []byte("PDelta"))
		return nil
	}, func(c *cursor, line int) Masquerade {
		m := Masquerade{Line: line}
		m.Protocol = c.masqProtocol()
		m.From = c.masqAddrPort("FromIP:FPrt")
		m.To = c.masqAddrPort("ToIP:TPrt")
		m.MasqPort = uint16(c.hex("Masq", 16))
		m.InitSeq = uint32(c.hex("Init-seq", 32))
		m.Delta = c.sdec("Delta")
		if previous {
			m.PrevDelta = Some(c.sdec("PDelta"))
		}
		m.Expires = c.dec("Expires", 64)
		return m
	})
}

// masqProtocols are the words that the kernel writes.
var masqProtocols = []string{"TCP", "UDP", "ICMP", "GRE", "ESP", "IP"}

func (c *cursor) masqProtocol() string {
	c.blanks()
	start := c.pos
	word := c.token("Prc")
	for _, p := range masqProtocols {
		if string(word) == p {
			return p
		}
	}
	c.fail("Prc", start, ErrSyntax)
	return ""
}

func (c *cursor) masqAddrPort(field string) netip.AddrPort {
	addr, port := c.hexPair(field, 32, 16)
	b := [4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}
	return netip.AddrPortFrom(netip.AddrFrom4(b), uint16(port))
}
