package render

import (
	"github.com/coldstat/coldstat/parser/words"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// groups writes -g (10), both families under one heading.
func (n *netstat) groups() {
	n.text("IPv6/IPv4 Group Memberships\n")
	n.text("Interface       RefCnt Group\n")
	n.text("--------------- ------ ---------------------\n")
	if n.Plan.V4 {
		n.groupTable(n.Snapshot.IGMP(), n.Plan.AskedInet(query.InetTable{}))
	}
	if n.Plan.V6 {
		n.groupTable(n.Snapshot.IGMP6(), n.Plan.AskedInet(query.InetTable{V6: true}))
	}
}

func (n *netstat) groupTable(t snapshot.Table[parser.Group], asked query.Asked) {
	if !usable(n, t, asked) {
		return
	}
	for g := range good(n, t) {
		n.buf = append(safeLeft(n.buf, g.Iface, 15), ' ')
		n.buf = append(leftInt(n.buf, g.Users, 6), ' ')
		n.a = appendHost(n.a[:0], g.Addr, n.Columns.NumericHosts, n.Names)
		n.buf = append(words.AppendSafe(n.buf, n.a), '\n')
	}
}
