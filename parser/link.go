package parser

import (
	"io"
	"iter"
)

// A LinkSocket is one row of /proc/net/packet, written by packet_seq_show
// (net/packet/af_packet.c): a socket that takes packets from an interface as they
// are, as packet sniffers and DHCP clients do.
type LinkSocket struct {
	Line int // 1-based line in the file

	Pointer  Opt[uint64] // the kernel's address of the socket, or a hash of it; unknown if it shows zeros
	RefCount int64
	Type     uint16 // SOCK_DGRAM 2, SOCK_RAW 3, SOCK_PACKET 10
	Protocol uint16 // the packets that it takes: an ethertype; 3 all of them, 0 none yet
	IfIndex  int64  // number of the interface; 0 any, -1 one that is gone
	Running  bool   // it takes packets
	RecvQ    uint64 // Rmem, bytes
	UID      uint32
	Inode    uint64
}

// Packet decodes /proc/net/packet in file order, with errors as [Inet] yields
// them. (The packet radio of [PacketSocket] is something else.)
func Packet(file string, r io.Reader, _ Options) iter.Seq2[LinkSocket, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) LinkSocket {
		s := LinkSocket{Line: line}
		s.Pointer = c.pointer("sk")
		s.RefCount = c.sdec("RefCnt")
		s.Type = uint16(c.dec("Type", 16))
		s.Protocol = uint16(c.hex("Proto", 16))
		s.IfIndex = c.sdec("Iface")
		s.Running = c.dec("R", 1) == 1
		s.RecvQ = c.dec("Rmem", 64)
		s.UID = uint32(c.dec("User", 32))
		s.Inode = c.dec("Inode", 64)
		return s
	})
}

// pointer reads an address of the kernel's own in front of other columns.
// Whatever stands there ("(null)" and others) costs the address only.
func (c *cursor) pointer(field string) Opt[uint64] {
	t := tail{b: c.token(field)}
	return t.pointer()
}
