package render

import (
	"net/netip"
	"strconv"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/words"
)

// labels are the Proto column with what follows it, six columns.
var labels = map[query.Protocol][2]string{
	query.TCP:     {"tcp   ", "tcp6  "},
	query.UDP:     {"udp   ", "udp6  "},
	query.UDPLite: {"udpl  ", "udpl6 "},
	query.Raw:     {"raw   ", "raw6  "},
}

func label(t query.InetTable) string {
	if t.V6 {
		return labels[t.Protocol][1]
	}
	return labels[t.Protocol][0]
}

// internet writes the section of internet sockets.
func (n *netstat) internet() {
	n.text("Active Internet connections " + n.scope() + "\n")
	n.text("Proto Recv-Q Send-Q Local Address           Foreign Address         State      ")
	if n.Columns.Extend > 0 {
		n.text(" User       Inode     ")
	}
	if n.Columns.Programs {
		n.buf = left(append(n.buf, ' '), "PID/Program name", programWidth)
	}
	if n.Columns.Timers {
		n.text(" Timer")
	}
	n.text("\n")
	for _, t := range n.Plan.InetTables() {
		if t.Protocol == query.SCTP {
			n.sctp(t)
		} else {
			n.inet(t)
		}
	}
}

func (n *netstat) inet(t query.InetTable) {
	table := n.Snapshot.InetUpToInode(t.File)
	if !usable(n, table, n.Plan.AskedInet(t)) {
		return
	}
	inPieces(n, table, func(n *netstat) func(b []byte, s *parser.InetSocket) []byte {
		line := inetLine{netstat: n, proto: t.Protocol, label: label(t)}
		return func(b []byte, s *parser.InetSocket) []byte {
			if !n.Plan.Inet(t.Protocol, s) {
				return b
			}
			return line.append(b, s)
		}
	})
}

// inetLine writes the lines of one table.
type inetLine struct {
	*netstat
	proto query.Protocol
	label string
}

// append appends one line (4.3).
func (n inetLine) append(b []byte, s *parser.InetSocket) []byte {
	b = append(b, n.label...)
	b = rightInt(b, int64(s.RecvQ), 6)
	b = append(b, ' ')
	b = rightInt(b, int64(s.SendQ), 6)
	b = append(b, ' ')
	b = n.appendEndpoint(b, n.proto, s.Local)
	b = append(b, ' ')
	b = n.appendEndpoint(b, n.proto, s.Remote)
	b = append(b, ' ')
	b = appendState(b, n.proto, s.State)
	b = n.appendUserInode(b, s.UID, s.Inode, s.Printed)
	if n.Columns.Programs {
		b = n.appendProgram(b, s.Inode, s.Printed)
	}
	if n.Columns.Timers {
		b = append(b, ' ')
		b = appendTimer(b, n.proto, s)
	}
	return append(b, '\n')
}

const (
	endpointWidth = 23
	maxText       = 127 // netstat puts an address with what belongs to it into 128 bytes
)

// appendEndpoint appends an address column (4.4): without -W, address and port
// are cut so that they and the colon fit into 23 columns.
func (n *netstat) appendEndpoint(b []byte, proto query.Protocol, ap netip.AddrPort) []byte {
	if n.Columns.NumericPorts && n.Columns.NumericHosts {
		return n.appendNumeric(b, ap)
	}
	n.a = appendHost(n.a[:0], ap.Addr(), n.Columns.NumericHosts, n.Names)
	n.p = n.appendPort(n.p[:0], proto, ap.Port())
	host, port := n.a, n.p
	if !n.Columns.Wide && len(host)+len(port) > endpointWidth-1 {
		port = port[:min(len(port), 18)]
		host = host[:min(len(host), endpointWidth-1-len(port))]
	}
	n.a = append(append(host, ':'), port...)
	return safeLeft(b, n.a[:min(len(n.a), maxText)], endpointWidth)
}

// appendNumeric does the same for a number as port, which never is too long, and an
// address without a name: nothing in it needs to be made safe.
func (n *netstat) appendNumeric(b []byte, ap netip.AddrPort) []byte {
	if ap.Addr().Is4() {
		return appendNumeric4(b, ap.Addr().As4(), ap.Port())
	}
	from := len(b)
	b = appendAddr(b, ap.Addr())
	var digits [5]byte
	port := appendPortNumber(digits[:0], ap.Port())
	if most := endpointWidth - 1 - len(port); !n.Columns.Wide && len(b)-from > most {
		b = b[:from+most]
	}
	return pad(append(append(b, ':'), port...), from, endpointWidth)
}

// appendNumeric4 does it for IPv4, where text and blanks are one size.
func appendNumeric4(b []byte, a [4]byte, port uint16) []byte {
	from := len(b)
	b = words.AppendAddr4(b, a)
	b = append(b, ':')
	b = appendPortNumber(b, port)
	return append(b, blanks[:from+endpointWidth-len(b)]...)
}

// appendPortNumber appends a port: 0 is any.
func appendPortNumber(b []byte, port uint16) []byte {
	if port == 0 {
		return append(b, '*')
	}
	return words.AppendUint(b, uint64(port))
}

// appendPort appends a port or its service name, which SCTP ports never have.
func (n *netstat) appendPort(b []byte, proto query.Protocol, port uint16) []byte {
	if port != 0 && !n.Columns.NumericPorts && proto != query.SCTP {
		lookup := n.Names.TCPPort
		switch proto {
		case query.UDP, query.UDPLite:
			lookup = n.Names.UDPPort
		case query.Raw:
			lookup = n.Names.RawPort
		}
		if name, ok := lookup(port); ok {
			return append(b, name...)
		}
	}
	return appendPortNumber(b, port)
}

const stateWidth = 11

// appendState appends the State column (4.6).
func appendState(b []byte, proto query.Protocol, s parser.State) []byte {
	switch {
	case proto == query.Raw:
		return leftInt(b, int64(s), stateWidth)
	case proto == query.TCP || proto == query.SCTP:
		if s == 0 && proto == query.TCP {
			return append(b, blanks[:stateWidth]...)
		}
		return left(b, s.String(), stateWidth)
	case s == parser.Established:
		return left(b, s.String(), stateWidth)
	case s == parser.Close:
		return append(b, blanks[:stateWidth]...)
	default:
		return left(b, "UNKNOWN", stateWidth)
	}
}

// appendUserInode appends the columns of -e. netstat prints the uid as a signed
// number.
func (n *netstat) appendUserInode(b []byte, uid uint32, inode uint64, printed *parser.Printed) []byte {
	if n.Columns.Extend == 0 {
		return b
	}
	b = append(b, ' ')
	if printed.Lack(parser.LacksUID) {
		b = left(b, "-", 10)
	} else {
		b = n.appendUser(b, uid)
	}
	b = append(b, ' ')
	return leftKnown(b, !printed.Lack(parser.LacksInode), inode, 10)
}

func (n *netstat) appendUser(b []byte, uid uint32) []byte {
	if !n.Columns.NumericUsers {
		if name, ok := n.Names.User(uid); ok {
			return safeLeft(b, name, 10)
		}
	}
	return leftInt(b, int64(int32(uid)), 10)
}

// appendTimer appends `NAME (S.SS/R/T)` (4.7).
func appendTimer(b []byte, proto query.Protocol, s *parser.InetSocket) []byte {
	if s.Printed.Lack(parser.LacksTimer) {
		return append(b, '-')
	}
	b = append(b, words.Timer(s.Timer, proto == query.TCP)...)
	expires, retransmits := s.TimerExpires, s.Retransmits
	if s.Timer == parser.TimerOff {
		expires = 0
	}
	if proto == query.UDP || proto == query.UDPLite {
		retransmits = 0
	}
	b = append(b, " ("...)
	b = appendSeconds(b, expires)
	b = append(b, '/')
	b = leftKnown(b, !s.Printed.Lack(parser.LacksRetransmits), int64(retransmits), 0)
	b = append(b, '/')
	b = leftKnown(b, !s.Printed.Lack(parser.LacksTimeout), int64(s.Timeout), 0)
	return append(b, ')')
}

// appendSeconds appends hundredths as seconds with two decimals. Beyond what a
// double holds exactly it rounds as C's %f does.
func appendSeconds(b []byte, hundredths uint64) []byte {
	if hundredths >= 1<<50 {
		return strconv.AppendFloat(b, float64(hundredths)/100, 'f', 2, 64)
	}
	b = strconv.AppendUint(b, hundredths/100, 10)
	return append(b, '.', byte('0'+hundredths/10%10), byte('0'+hundredths%10))
}
