package parser

import (
	"io"
	"iter"
)

// X25 decodes /proc/net/x25/socket, or /proc/net/x25 of old kernels, written by
// x25_seq_socket_show (net/x25/x25_proc.c), in file order, with errors as [Inet]
// yields them.
func X25(file string, r io.Reader, _ Options) iter.Seq2[PacketSocket, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) PacketSocket {
		s := PacketSocket{Line: line}
		s.Dest = string(c.token("dest_addr"))
		s.Source = string(c.token("src_addr"))
		s.Device = string(c.token("dev"))
		s.LCI = uint16(c.hex("lci", 16))
		s.State = uint8(c.dec("st", 8))
		s.VS, s.VR = c.sdec("vs"), c.sdec("vr")
		c.skip("va", "t", "t2", "t21", "t22", "t23")
		s.SendQ, s.RecvQ = c.sdec("Snd-Q"), c.sdec("Rcv-Q")
		return s
	})
}

// An X25Route is one row of /proc/net/x25/route, or x25_routes of old kernels,
// written by x25_seq_route_show (net/x25/x25_proc.c).
type X25Route struct {
	Line int // 1-based line in the file

	Address string // digits; empty for the default route
	Digits  uint8  // how many of them count
	Device  string // "???" for none
}

// X25Routes decodes the table in file order, with errors as [Inet] yields them.
func X25Routes(file string, r io.Reader, _ Options) iter.Seq2[X25Route, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) X25Route {
		rt := X25Route{Line: line}
		// The default route's address is empty, so that its row begins with blanks.
		if len(c.b) == 0 || !isBlank(c.b[0]) {
			rt.Address = string(c.token("Address"))
		}
		rt.Digits = uint8(c.dec("Digits", 8))
		rt.Device = string(c.token("Device"))
		return rt
	})
}
