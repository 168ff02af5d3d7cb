package render

import (
	"fmt"
	"math/bits"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// rare writes the sections of the families behind the UNIX sockets (12). A
// family whose file is missing has no heading.
func (n *netstat) rare() {
	for _, f := range query.SocketFamilies {
		if !n.Plan.Shows(f) {
			continue
		}
		switch f {
		case query.IPX:
			n.ipx()
		case query.AX25:
			n.packets(f, n.Snapshot.AX25(), "Active AX.25 sockets\n"+
				"Dest       Source     Device  State        Vr/Vs    Send-Q  Recv-Q\n", appendAX25)
		case query.X25:
			n.packets(f, n.Snapshot.X25(), "Active X.25 sockets\n"+
				"Dest         Source          Device  LCI  State        Vr/Vs  Send-Q  Recv-Q\n", appendX25)
		case query.Netrom:
			n.packets(f, n.Snapshot.Netrom(), "Active NET/ROM sockets\n"+
				"User       Dest       Source     Device  State        Vr/Vs    Send-Q  Recv-Q\n", appendNetrom)
		case query.Rose:
			n.packets(f, n.Snapshot.Rose(), "Active ROSE sockets\n"+
				"dest_addr   dest_call  src_addr    src_call  dev   lci neigh   state\n", appendRose)
		}
	}
	if n.Plan.Bluetooth || n.Plan.Chose(query.Bluetooth) {
		n.Report.Notef("%s", query.NoBluetooth)
		n.Report.Fail()
	}
}

// packets writes a section of sockets that have call signs for addresses.
func (n *netstat) packets(f query.Family, t snapshot.Table[parser.PacketSocket], heading string,
	appendRow func([]byte, *parser.PacketSocket) []byte,
) {
	usable(n, t, n.Plan.AskedRare(f))
	if t.State != snapshot.Present && t.State != snapshot.Empty {
		return
	}
	n.text(heading)
	for s := range good(n, t) {
		if f == query.X25 && !n.Plan.X25(&s) {
			continue
		}
		n.buf = append(appendRow(n.buf, &s), '\n')
	}
}

func appendAX25(b []byte, s *parser.PacketSocket) []byte {
	b = append(safeLeft(b, s.Dest, 9), "  "...)
	b = append(safeLeft(b, s.Source, 9), "  "...)
	b = append(safeLeft(b, s.Device, 6), "  "...)
	return fmt.Appendf(b, "%-11s  %03d/%03d  %-6d  %-6d", words.AX25State(s.State),
		int32(s.VR), int32(s.VS), int32(s.SendQ), int32(s.RecvQ))
}

func appendNetrom(b []byte, s *parser.PacketSocket) []byte {
	b = append(safeLeft(b, s.User, 9), "  "...)
	b = append(safeLeft(b, s.Dest, 9), "  "...)
	b = append(safeLeft(b, s.Source, 9), "  "...)
	b = append(safeLeft(b, s.Device, 6), "  "...)
	return fmt.Appendf(b, "%-11s  %03d/%03d  %-6d  %-6d", words.NetromState(s.State),
		int32(s.VR), int32(s.VS), int32(s.SendQ), int32(s.RecvQ))
}

// appendX25: the channel is hexadecimal, as in the file. netstat itself takes
// it for decimal and loses rows with a letter in it, and it cuts a source of
// ten digits.
func appendX25(b []byte, s *parser.PacketSocket) []byte {
	b = append(safeLeft(b, s.Dest, 15), ' ')
	b = append(safeLeft(b, s.Source, 15), ' ')
	b = append(safeLeft(b, s.Device, 7), ' ')
	return fmt.Appendf(b, "%-3X  %-11s  %02d/%02d  %-6d  %-6d", s.LCI, words.X25State(s.State),
		int32(s.VR), int32(s.VS), int32(s.SendQ), int32(s.RecvQ))
}

// appendRose: netstat itself leaves the first column empty, because its buffer
// is a byte too short for an address.
func appendRose(b []byte, s *parser.PacketSocket) []byte {
	b = append(safeLeft(b, s.Dest, 10), "  "...)
	b = append(safeLeft(b, s.DestCall, 9), "  "...)
	b = append(safeLeft(b, s.Source, 10), "  "...)
	b = append(safeLeft(b, s.SourceCall, 9), ' ')
	b = append(safeLeft(b, s.Device, 5), ' ')
	return fmt.Appendf(b, "%3X %5d   %s", s.LCI, s.Neighbour, words.NetromState(s.State))
}

// ipx writes the section of IPX sockets.
func (n *netstat) ipx() {
	t := n.Snapshot.IPX()
	usable(n, t, n.Plan.AskedRare(query.IPX))
	if t.State != snapshot.Present && t.State != snapshot.Empty {
		return
	}
	n.text("Active IPX sockets\n")
	n.text("Proto Recv-Q Send-Q Local Address              Foreign Address            State")
	if n.Columns.Extend > 0 {
		n.text(" User")
	}
	n.text("\n")
	for s := range good(n, t) {
		n.buf = n.appendIPX(n.buf, &s)
	}
}

// appendIPX: netstat has the queues the wrong way round.
func (n *netstat) appendIPX(b []byte, s *parser.IPXSocket) []byte {
	b = append(b, "IPX   "...)
	b = append(rightInt(b, int64(s.SendQ), 6), ' ')
	b = append(rightInt(b, int64(s.RecvQ), 6), ' ')
	b = append(n.appendIPXAddr(b, s.Local), ' ')
	if remote, ok := s.Remote.Get(); ok {
		b = append(n.appendIPXAddr(b, remote), ' ')
	} else {
		b = append(left(b, "-", 26), ' ')
	}
	switch s.State {
	case parser.Established:
		b = append(b, "ESTAB"...)
	case parser.Close:
		b = append(b, "     "...)
	default:
		b = append(b, "UNK. "...)
	}
	if n.Columns.Extend > 0 {
		b = n.appendUser(append(b, ' '), s.UID)
	}
	return append(b, '\n')
}

// appendIPXAddr appends network, node if any, and port. An address whose network
// is zero has no text, and the port's bytes are swapped on little-endian
// machines, although the kernel has done so already.
func (n *netstat) appendIPXAddr(b []byte, a parser.IPXAddr) []byte {
	from := len(b)
	if a.Net != 0 {
		b = appendIPXNode(fmt.Appendf(b, "%08X", a.Net), ':', a.Node)
	}
	port := a.Port
	if n.Snapshot.Order.Little() {
		port = bits.ReverseBytes16(port)
	}
	return pad(fmt.Appendf(b, ":%04X", port), from, 26)
}

// appendIPXNode appends a node that is not zero behind a separator, if any.
func appendIPXNode(b []byte, separator byte, node [6]byte) []byte {
	if node == [6]byte{} {
		return b
	}
	if separator != 0 {
		b = append(b, separator)
	}
	return fmt.Appendf(b, "%X", node[:])
}
