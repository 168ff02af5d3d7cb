package parser

import (
	"bytes"
	"io"
	"iter"
	"strings"
)

// A PacketSocket is one row of /proc/net/ax25, nr, rose or x25: the sockets of
// amateur radio and of X.25, whose addresses are call signs and digits.
type PacketSocket struct {
	Line int // 1-based line in the file

	User       string // nr only: the user's call sign
	Dest       string // "*" for none
	Source     string
	DestCall   string // rose only
	SourceCall string // rose only
	Device     string // "???" for none
	LCI        uint16 // rose and x25: logical channel
	Neighbour  uint32 // rose only: number of the neighbour
	State      uint8  // 0 listening, 1 connecting, 2 disconnecting, 3 established, 4 recovering
	VS, VR     int64  // next numbers to send and to receive
	// SendQ and RecvQ are bytes; zero also for a connection without a socket.
	SendQ, RecvQ int64
}

// AX25 decodes /proc/net/ax25, written by ax25_info_show (net/ax25/af_ax25.c),
// in file order, with errors as [Inet] yields them. There is no header line but
// in Linux 2.0, whose rows are another layout.
func AX25(file string, r io.Reader, _ Options) iter.Seq2[PacketSocket, error] {
	old := false
	first := true
	return func(yield func(PacketSocket, error) bool) {
		all := rows(file, r, false, nil, func(c *cursor, line int) PacketSocket {
			if first && bytes.HasPrefix(c.b, []byte("dest_addr")) {
				first, old = false, true
				return PacketSocket{}
			}
			first = false
			s := PacketSocket{Line: line}
			if old {
				c.oldAX25(&s)
			} else {
				c.ax25(&s)
			}
			return s
		})
		for s, err := range all {
			if err == nil && s.Line == 0 {
				continue // the header
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// ax25 reads a row as kernels since 2.1 print it: pointer, device, source,
// destination with digipeaters, state, numbers, timers, queues.
func (c *cursor) ax25(s *PacketSocket) {
	c.hex("magic", 64)
	s.Device = string(c.token("dev"))
	s.Source = string(c.token("src_addr"))
	dest, _, _ := strings.Cut(string(c.token("dest_addr")), ",")
	s.Dest = dest
	s.State = uint8(c.dec("st", 8))
	s.VS, s.VR = c.sdec("vs"), c.sdec("vr")
	c.skip("va", "t1", "t1", "t2", "t2", "t3", "t3", "idle", "idle", "n2", "n2", "rtt", "window", "paclen")
	s.SendQ, s.RecvQ = c.queue("Snd-Q"), c.queue("Rcv-Q")
}

// oldAX25 reads a row of Linux 2.0; without a socket it ends before the queues.
func (c *cursor) oldAX25(s *PacketSocket) {
	s.Dest = string(c.token("dest_addr"))
	s.Source = string(c.token("src_addr"))
	s.Device = string(c.token("dev"))
	s.State = uint8(c.dec("st", 8))
	s.VS, s.VR = c.sdec("vs"), c.sdec("vr")
	c.skip("va", "t1", "t2", "t3", "idle", "n2", "rtt", "wnd", "paclen")
	if c.err == nil && !c.done() {
		s.SendQ, s.RecvQ = c.queue("Snd-Q"), c.queue("Rcv-Q")
	}
}

// skip passes over columns that nobody wants.
func (c *cursor) skip(fields ...string) {
	for _, f := range fields {
		c.token(f)
	}
}

// queue reads a queue's length, or the "*" of a connection without a socket.
func (c *cursor) queue(field string) int64 {
	c.blanks()
	if c.err == nil && bytes.HasPrefix(c.b[c.pos:], []byte("*")) {
		start := c.pos
		c.pos++
		c.endField(field, start)
		return 0
	}
	return c.sdec(field)
}

// An AX25Route is one row of /proc/net/ax25_route, written by ax25_rt_seq_show
// (net/ax25/ax25_route.c).
type AX25Route struct {
	Line int // 1-based line in the file

	Destination string // a call sign, or "default"
	Device      string
	Mode        string // "d" datagram, "v" virtual circuit, "*" the device's, or empty
}

// AX25Routes decodes /proc/net/ax25_route in file order, with errors as [Inet]
// yields them. The digipeaters at the end of a row are left alone.
func AX25Routes(file string, r io.Reader, _ Options) iter.Seq2[AX25Route, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) AX25Route {
		rt := AX25Route{Line: line}
		rt.Destination = string(c.token("callsign"))
		rt.Device = string(c.token("dev"))
		if c.err == nil && !c.done() {
			rt.Mode = string(c.token("mode"))
		}
		return rt
	})
}
