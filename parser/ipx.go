package parser

import (
	"bytes"
	"encoding/binary"
	"io"
	"iter"
)

// An IPXAddr is the address of an IPX socket: network, node and port.
type IPXAddr struct {
	Net     uint32
	Node    [6]byte // zero: the file has none, or it is not known
	HasNode bool
	Port    uint16
}

// An IPXSocket is one row of /proc/net/ipx/socket (before Linux 2.4
// /proc/net/ipx), written by ipx_seq_socket_show (net/ipx/ipx_proc.c).
type IPXSocket struct {
	Line int // 1-based line in the file

	Local  IPXAddr
	Remote Opt[IPXAddr] // unknown if the socket is not connected
	SendQ  uint64       // Tx_Queue, bytes
	RecvQ  uint64       // Rx_Queue, bytes
	State  State        // as of TCP: 1 established, 7 closed
	UID    uint32
}

// IPX decodes the table in file order, with errors as [Inet] yields them.
func IPX(file string, r io.Reader, _ Options) iter.Seq2[IPXSocket, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) IPXSocket {
		s := IPXSocket{Line: line}
		s.Local = c.ipxAddr("Local_Address")
		c.blanks()
		if c.err == nil && bytes.HasPrefix(c.b[c.pos:], []byte("Not_Connected")) {
			c.token("Remote_Address")
		} else {
			s.Remote = Some(c.ipxAddr("Remote_Address"))
		}
		s.SendQ = c.hex("Tx_Queue", 64)
		s.RecvQ = c.hex("Rx_Queue", 64)
		s.State = State(c.hex("State", 8))
		s.UID = uint32(c.dec("Uid", 32))
		return s
	})
}

// ipxAddr reads `NET:PORT` or `NET:NODE:PORT`, hexadecimal in reading order.
func (c *cursor) ipxAddr(field string) (a IPXAddr) {
	c.blanks()
	start := c.pos
	a.Net = uint32(c.rawHex(field, start, 32))
	c.colon(field, start)
	last := c.rawHex(field, start, 48)
	if c.err == nil && c.pos < len(c.b) && c.b[c.pos] == ':' {
		var node [8]byte
		binary.BigEndian.PutUint64(node[:], last)
		a.Node, a.HasNode = [6]byte(node[2:]), true
		c.pos++
		last = c.rawHex(field, start, 16)
	}
	if last>>16 != 0 {
		c.fail(field, start, ErrRange)
	}
	a.Port = uint16(last)
	c.endField(field, start)
	return a
}

// An IPXRoute is one row of /proc/net/ipx/route (ipx_route before Linux 2.4),
// written by ipx_seq_route_show (net/ipx/ipx_proc.c).
type IPXRoute struct {
	Line int // 1-based line in the file

	Net        uint32
	Direct     bool // the network is on a link of this machine: there is no router
	RouterNet  uint32
	RouterNode [6]byte
}

// IPXRoutes decodes the table in file order, with errors as [Inet] yields them.
func IPXRoutes(file string, r io.Reader, _ Options) iter.Seq2[IPXRoute, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) IPXRoute {
		rt := IPXRoute{Line: line}
		rt.Net = uint32(c.hex("Network", 32))
		c.blanks()
		if c.err == nil && bytes.HasPrefix(c.b[c.pos:], []byte("Directly")) {
			rt.Direct = true
			return rt
		}
		rt.RouterNet = uint32(c.hex("Router_Net", 32))
		var node [8]byte
		binary.BigEndian.PutUint64(node[:], c.hex("Router_Node", 48))
		rt.RouterNode = [6]byte(node[2:])
		return rt
	})
}
