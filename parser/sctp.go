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
}

// SCTPEndpoints decodes /proc/net/sctp/eps in file order, with errors as [Inet]
// yields them.
func SCTPEndpoints(file string, r io.Reader, _ Options) iter.Seq2[SCTPSocket, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) SCTPSocket {
		s := SCTPSocket{Line: line}
		c.token("ENDPT")
		c.token("SOCK")
		c.token("STY")
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
// [Inet] yields them. The columns behind the remote addresses (HBINT and on)
// are left alone.
func SCTPAssociations(file string, r io.Reader, _ Options) iter.Seq2[SCTPSocket, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) SCTPSocket {
		s := SCTPSocket{Line: line}
		c.token("ASSOC")
		c.token("SOCK")
		c.token("STY")
		s.State = State(c.dec("SST", 8))
		c.token("ST")
		c.token("HBKT")
		c.token("ASSOC-ID")
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
		return s
	})
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
