package parser

import (
	"bytes"
	"io"
	"iter"
)

// A NetlinkSocket is one row of /proc/net/netlink, written by netlink_seq_show
// (net/netlink/af_netlink.c): a socket between a program and a part of the kernel.
type NetlinkSocket struct {
	Line int // 1-based line in the file

	Pointer  Opt[uint64] // the kernel's address of the socket, or a hash of it; unknown if it shows zeros
	Protocol uint16      // Eth: NETLINK_ROUTE 0, NETLINK_AUDIT 9, NETLINK_GENERIC 16 and others
	// PortID is Pid: 0 for the kernel's own sockets, the first one of a process has
	// its number, others have numbers above 2^31.
	PortID   int64
	Groups   uint32 // bits of the multicast groups 1 to 32 that it has joined
	RecvQ    int64  // Rmem, bytes
	SendQ    int64  // Wmem, bytes
	Dumping  Opt[bool]
	RefCount int64 // Locks
	// Drops are messages that found the receive queue full, modulo 2^32. Old kernels
	// have no such column, and none for the inode.
	Drops Opt[uint64]
	Inode Opt[uint64]
}

// Netlink decodes /proc/net/netlink in file order, with errors as [Inet] yields
// them. The header tells whether there are columns Drops and Inode. If they are
// missing or odd in a row, or may be cut at the end of the file, they are unknown.
//
// A port that an old kernel prints as a negative number is given as the unsigned
// one that it is. The column Dump is 0 or 1 since Linux 3.12, before that the
// address of what is sent: zeros say that there is none, and in kernels that hide
// addresses nothing at all (those have Drops, and print "(null)" for none).
func Netlink(file string, r io.Reader, _ Options) iter.Seq2[NetlinkSocket, error] {
	var drops, inode bool
	start := func(head []byte) error {
		drops, inode = bytes.Contains(head, []byte("Drops")), bytes.Contains(head, []byte("Inode"))
		return nil
	}
	return rows(file, r, true, start, func(c *cursor, line int) NetlinkSocket {
		s := NetlinkSocket{Line: line}
		s.Pointer = c.pointer("sk")
		s.Protocol = uint16(c.dec("Eth", 16))
		s.PortID = int64(uint32(c.sdec("Pid")))
		s.Groups = uint32(c.hex("Groups", 32))
		s.RecvQ, s.SendQ = c.sdec("Rmem"), c.sdec("Wmem")
		s.Dumping = dumping(c.token("Dump"), !drops)
		s.RefCount = c.sdec("Locks")
		if c.err != nil {
			return s
		}
		t := c.tail()
		if drops {
			s.Drops = t.count()
		}
		if inode {
			s.Inode = t.dec()
		}
		return s
	})
}

// dumping reads the column Dump: a flag or a pointer.
func dumping(text []byte, zerosMean bool) (o Opt[bool]) {
	if string(text) == "(null)" {
		return Some(false)
	}
	t := tail{b: text}
	v := t.hex()
	if v.known && (v.value != 0 || len(text) == 1 || zerosMean) {
		o = Some(v.value != 0)
	}
	return o
}
