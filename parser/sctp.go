package parser

import (
	"bytes"
	"io"
	"iter"
	"net/netip"
)

// An SCTPSocket is one row of /proc/net/sctp/eps (an endpoint) or of
// /proc/net/sctp/assocs (an association), written by sctp_eps_seq_show and
// sctp_assocs_seq_show (net/sctp/proc.c). Addresses are text in these files.
type SCTPSocket struct {
	Line int // 1-based line in the file

	State      State // SST, the socket's state: 10 LISTEN, 1 ESTABLISHED
	LocalPort  uint16
	RemotePort uint16 // 0 for an endpoint
	Local      []netip.Addr
	Remote     []netip.Addr // nil for an endpoint
	SendQ      uint64       // TX_QUEUE, bytes
	RecvQ      uint64       // RX_QUEUE, bytes
	UID        uint32
	Inode      uint64

	// What follows is unknown where a row lacks it or has something odd in its place.
	Type    Opt[uint8]  // STY: 0 one socket for many associations, 2 for one
	Pointer Opt[uint64] // SOCK: the kernel's address of the socket, or a hash of it; unknown if it shows zeros

	// Of associations only; those behind RetransmittedChunks are the socket's.
	AssocState          Opt[uint8]  // ST: 0 closed, 1 and 2 cookies sent, 3 established, 4 to 7 shutting down
	AssocID             Opt[uint32] // ASSOC-ID
	HeartbeatInterval   Opt[uint64] // HBINT, jiffies: how many make a second is the kernel's choice
	InStreams           Opt[uint16] // INS
	OutStreams          Opt[uint16] // OUTS
	MaxRetransmits      Opt[int64]  // MAXRT
	T1Retransmits       Opt[int64]  // T1X: of what opens the association
	T2Retransmits       Opt[int64]  // T2X: of what closes it
	RetransmittedChunks Opt[uint64] // RTXC, modulo 2^32
	SendBufferAllocated Opt[int64]  // wmema, bytes, 1 more than there are
	SendBufferQueued    Opt[int64]  // wmemq, bytes
	SendBuffer          Opt[int64]  // sndbuf, the limit, bytes
	RecvBuffer          Opt[int64]  // rcvbuf, the limit, bytes
}

// SCTPEndpoints decodes /proc/net/sctp/eps in file order, with errors as [Inet]
// yields them.
func SCTPEndpoints(file string, r io.Reader, _ Options) iter.Seq2[SCTPSocket, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) SCTPSocket {
		s := SCTPSocket{Line: line}
		c.token("ENDPT")
		s.Pointer = c.pointer("SOCK")
		s.Type = c.small("STY")
		s.State = State(c.dec("SST", 8))
		c.token("HBKT")
		s.LocalPort = uint16(c.dec("LPORT", 16))
		s.UID = uint32(c.dec("UID", 32))
		s.Inode = c.dec("INODE", 64)
		for c.err == nil && !c.done() {
			s.Local = append(s.Local, c.textAddr("LADDRS"))
		}
		return s
	})
}

// SCTPAssociations decodes /proc/net/sctp/assocs in file order, with errors as
// [Inet] yields them. The header tells which columns stand behind the remote
// addresses: all, those up to RTXC, or none.
func SCTPAssociations(file string, r io.Reader, _ Options) iter.Seq2[SCTPSocket, error] {
	var timers, buffers bool
	start := func(head []byte) error {
		timers, buffers = bytes.Contains(head, []byte("HBINT")), bytes.Contains(head, []byte("wmema"))
		return nil
	}
	return rows(file, r, true, start, func(c *cursor, line int) SCTPSocket {
		s := SCTPSocket{Line: line}
		c.token("ASSOC")
		s.Pointer = c.pointer("SOCK")
		s.Type = c.small("STY")
		s.State = State(c.dec("SST", 8))
		s.AssocState = c.small("ST")
		c.token("HBKT")
		id := tail{b: c.token("ASSOC-ID")}
		s.AssocID = as[uint32](id.bits(32))
		s.SendQ = c.dec("TX_QUEUE", 64)
		s.RecvQ = c.dec("RX_QUEUE", 64)
		s.UID = uint32(c.dec("UID", 32))
		s.Inode = c.dec("INODE", 64)
		s.LocalPort = uint16(c.dec("LPORT", 16))
		s.RemotePort = uint16(c.dec("RPORT", 16))
		for c.err == nil && !c.done() && !c.arrow() {
			s.Local = append(s.Local, c.textAddr("LADDRS"))
		}
		// A tab ends the remote addresses; numbers follow it.
		for c.err == nil && !c.tabAhead() && !c.done() {
			s.Remote = append(s.Remote, c.textAddr("RADDRS"))
		}
		if c.err == nil && timers {
			c.tail().assoc(&s, buffers)
		}
		return s
	})
}

// assoc reads what stands behind the remote addresses.
func (t tail) assoc(s *SCTPSocket, buffers bool) {
	s.HeartbeatInterval = t.dec()
	s.InStreams, s.OutStreams = as[uint16](t.bits(16)), as[uint16](t.bits(16))
	s.MaxRetransmits, s.T1Retransmits, s.T2Retransmits = t.sdec(), t.sdec(), t.sdec()
	s.RetransmittedChunks = t.count()
	if !buffers {
		return
	}
	s.SendBufferAllocated, s.SendBufferQueued, s.SendBuffer, s.RecvBuffer = t.sdec(), t.sdec(), t.sdec(), t.sdec()
}

// small reads a column of which a row is none the worse if it is odd.
func (c *cursor) small(field string) Opt[uint8] {
	t := tail{b: c.token(field)}
	return as[uint8](t.bits(8))
}

// arrow passes over the `<->` between local and remote addresses.
func (c *cursor) arrow() bool {
	c.blanks()
	if !bytes.HasPrefix(c.b[c.pos:], []byte("<->")) {
		return false
	}
	c.pos += len("<->")
	return true
}

func (c *cursor) tabAhead() bool {
	for c.pos < len(c.b) && c.b[c.pos] == ' ' {
		c.pos++
	}
	return c.pos < len(c.b) && c.b[c.pos] == '\t'
}

// textAddr reads a printed address; '*' marks the primary one, and a dead one
// stands in the list like any other.
func (c *cursor) textAddr(field string) netip.Addr {
	c.blanks()
	at := c.pos
	a, err := netip.ParseAddr(string(bytes.TrimPrefix(c.token(field), []byte("*"))))
	if c.err == nil && (err != nil || a.Zone() != "") {
		c.fail(field, at, ErrSyntax)
	}
	return a
}
