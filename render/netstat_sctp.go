package render

import (
	"github.com/coldstat/coldstat/parser/words"

	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// sctp writes endpoints and associations (5). The kernel has no sctp6 files.
func (n *netstat) sctp(t query.InetTable) {
	if n.Plan.SCTPEndpoints() {
		n.sctpTable(n.Plan.AskedInet(t), n.Snapshot.SCTPEndpoints(), n.appendEndpoints)
	}
	if n.Plan.SCTPAssociations() {
		n.sctpTable(n.Plan.AskedInet(t), n.Snapshot.SCTPAssociations(), n.appendAssociation)
	}
}

func (n *netstat) sctpTable(asked query.Asked, t snapshot.Table[parser.SCTPSocket], appendRow func([]byte, *parser.SCTPSocket) []byte) {
	if !usable(n, t, asked) {
		return
	}
	for s := range good(n, t) {
		if n.Plan.SCTPSocket(&s) {
			n.buf = appendRow(n.buf, &s)
		}
	}
}

// appendEndpoints appends a line for each local address; the columns of -e, -p
// and -o stand behind the last one.
func (n *netstat) appendEndpoints(b []byte, s *parser.SCTPSocket) []byte {
	for i, a := range s.Local {
		state := ""
		if i == 0 {
			b = left(b, "sctp", 20)
			state = s.State.String()
		} else {
			b = left(append(b, '\n'), "", 20)
		}
		from := len(b)
		b = n.appendSCTPHost(b, a)
		b = n.appendPort(append(b, ':'), query.SCTP, s.LocalPort)
		b = append(pad(b, from, 47), ' ')
		b = left(b, state, stateWidth)
	}
	return n.appendSCTPTail(b, s)
}

// appendAssociation appends the first pair of addresses with ports, the others
// without.
func (n *netstat) appendAssociation(b []byte, s *parser.SCTPSocket) []byte {
	for i := range max(len(s.Local), len(s.Remote)) {
		state := ""
		if i == 0 {
			b = append(b, "sctp  "...)
			b = rightInt(b, int64(s.RecvQ), 6)
			b = append(b, ' ')
			b = rightInt(b, int64(s.SendQ), 6)
			b = append(b, ' ')
			state = s.State.String()
		} else {
			b = left(append(b, '\n'), "", 20)
		}
		b = append(n.appendSCTPAddr(b, s.Local, i, s.LocalPort), ' ')
		b = append(n.appendSCTPAddr(b, s.Remote, i, s.RemotePort), ' ')
		b = left(b, state, stateWidth)
	}
	return n.appendSCTPTail(b, s)
}

func (n *netstat) appendSCTPAddr(b []byte, addrs []netip.Addr, i int, port uint16) []byte {
	from := len(b)
	if i < len(addrs) {
		b = n.appendSCTPHost(b, addrs[i])
		if i == 0 {
			b = n.appendPort(append(b, ':'), query.SCTP, port)
		}
	}
	return pad(b, from, endpointWidth)
}

// appendSCTPHost: any numeric option, and -N too, makes these addresses numeric.
func (n *netstat) appendSCTPHost(b []byte, a netip.Addr) []byte {
	c := n.Columns
	numeric := c.NumericHosts || c.NumericPorts || c.NumericUsers || c.Symbolic
	n.a = appendHost(n.a[:0], a, numeric, n.Names)
	return words.AppendSafe(b, n.a)
}

func (n *netstat) appendSCTPTail(b []byte, s *parser.SCTPSocket) []byte {
	b = n.appendUserInode(b, s.UID, s.Inode, nil)
	if n.Columns.Programs {
		b = n.appendProgram(b, s.Inode, nil)
	}
	if n.Columns.Timers {
		b = append(b, ' ') // the text itself is empty
	}
	return append(b, '\n')
}
