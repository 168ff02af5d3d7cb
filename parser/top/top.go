// Package top groups internet sockets by what they share, and counts them.
package top

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// MaxGroups is how many groups are kept. Sockets of further ones are counted together.
const MaxGroups = 1 << 17

// A Count counts sockets by groups. Make one with [New].
type Count struct {
	by     []Dimension
	groups map[rows.SocketKey]*rows.SocketGroup
	max    int
	total  uint64
	rest   uint64
}

// New begins to count sockets by dimensions, of which there may be none: then all are
// one group.
func New(by []Dimension) *Count {
	return &Count{by: by, groups: map[rows.SocketKey]*rows.SocketGroup{}, max: MaxGroups}
}

// Wants reports whether a column of a socket is looked at.
func (c *Count) Wants(column string) bool {
	return slices.ContainsFunc(c.by, func(d Dimension) bool { return slices.Contains(d.needs, column) })
}

// Show says which columns of a group tables need, and which they do not: each state has
// one, unless sockets are grouped by it.
func Show(by []Dimension) map[string]int {
	show := map[string]int{}
	for _, d := range by {
		show[d.Columns[0]] = rows.Key
		if d.Name != "state" {
			continue
		}
		for _, column := range stateColumns {
			show[column] = 0
		}
	}
	return show
}

var stateColumns = []string{
	"listen", "established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait", "close_wait", "last_ack", "closing", "close", "other_states",
}

// Add counts a socket.
func (c *Count) Add(s *rows.Socket) {
	c.total++
	var k rows.SocketKey
	for _, d := range c.by {
		d.set(&k, s)
	}
	g, known := c.groups[k]
	if !known {
		if len(c.groups) >= c.max {
			c.rest++
			return
		}
		g = &rows.SocketGroup{SocketKey: k}
		for _, text := range []*parser.Opt[string]{&g.Host, &g.NetNS, &g.Protocol, &g.State, &g.Program, &g.Subnet} {
			keep(text)
		}
		c.names(g, s)
		c.groups[g.SocketKey] = g
	}
	c.agree(g, s)
	count(g, s)
}

// Merge adds what another count of the same dimensions has counted, which is used up.
func (c *Count) Merge(other *Count) {
	c.total += other.total
	c.rest += other.rest
	if len(c.groups) == 0 {
		c.groups = other.groups
		return
	}
	list := maps.Values(other.groups)
	if len(c.groups)+len(other.groups) > c.max {
		list = slices.Values(other.sorted()) // which of them are kept does not depend on the order of a map
	}
	for more := range list {
		g, known := c.groups[more.SocketKey]
		switch {
		case known:
			merge(g, more)
		case len(c.groups) < c.max:
			c.groups[more.SocketKey] = more
		default:
			c.rest += more.Sockets
		}
	}
}

// merge adds one group to another one of the same key.
func merge(g, more *rows.SocketGroup) {
	for i, to := range numbers(g) {
		*to = sum(*to, parser.Some(*numbers(more)[i]))
	}
	from := texts(more)
	for i, to := range texts(g) {
		if *to != *from[i] {
			*to = parser.Opt[string]{}
		}
	}
}

// numbers are what a group counts.
func numbers(g *rows.SocketGroup) []*uint64 {
	return []*uint64{
		&g.Sockets, &g.RecvQ, &g.SendQ, &g.Retransmitting, &g.Listen, &g.Established, &g.SynSent, &g.SynRecv,
		&g.FinWait1, &g.FinWait2, &g.TimeWait, &g.CloseWait, &g.LastAck, &g.Closing, &g.Close, &g.Other,
	}
}

// texts are the names of a group.
func texts(g *rows.SocketGroup) []*parser.Opt[string] {
	return []*parser.Opt[string]{&g.User, &g.LocalService, &g.RemoteService, &g.RemoteHost}
}

// keep copies a text, which else is the row's, and gone with it.
func keep(text *parser.Opt[string]) {
	if t, ok := text.Get(); ok {
		*text = parser.Some(strings.Clone(t))
	}
}

// names gives a new group the names of its first socket.
func (c *Count) names(g *rows.SocketGroup, s *rows.Socket) {
	for _, d := range c.by {
		for _, column := range d.Columns {
			if to, from := name(column, g, s); to != nil {
				*to = from
				keep(to)
			}
		}
	}
}

// agree takes a name away that a further socket has otherwise: a port has one name for
// tcp and another one for udp, and an address may have another one on each machine.
func (c *Count) agree(g *rows.SocketGroup, s *rows.Socket) {
	for _, d := range c.by {
		for _, column := range d.Columns {
			if to, from := name(column, g, s); to != nil && *to != from {
				*to = parser.Opt[string]{}
			}
		}
	}
}

// name is the place of a name in a group and in a socket, or nil for what is none.
func name(column string, g *rows.SocketGroup, s *rows.Socket) (to *parser.Opt[string], from parser.Opt[string]) {
	switch column {
	case "user":
		return &g.User, s.User
	case "local_service":
		return &g.LocalService, s.LocalService
	case "remote_service":
		return &g.RemoteService, s.RemoteService
	case "remote_host":
		return &g.RemoteHost, s.RemoteHost
	}
	return nil, from
}

// count adds a socket to its group.
func count(g *rows.SocketGroup, s *rows.Socket) {
	g.Sockets++
	g.RecvQ = sum(g.RecvQ, s.RecvQ)
	g.SendQ = sum(g.SendQ, s.SendQ)
	if n, _ := s.Retransmits.Get(); n > 0 {
		g.Retransmitting++
	}
	*state(g, s.State)++
}

// sum adds what is known, and stays at the largest number that there is.
func sum(n uint64, v parser.Opt[uint64]) uint64 {
	more, _ := v.Get()
	if n > math.MaxUint64-more {
		return math.MaxUint64
	}
	return n + more
}

// state is where a group counts the sockets of a state.
func state(g *rows.SocketGroup, name string) *uint64 {
	switch name {
	case "LISTEN":
		return &g.Listen
	case "ESTABLISHED":
		return &g.Established
	case "SYN_SENT":
		return &g.SynSent
	case "SYN_RECV":
		return &g.SynRecv
	case "FIN_WAIT1":
		return &g.FinWait1
	case "FIN_WAIT2":
		return &g.FinWait2
	case "TIME_WAIT":
		return &g.TimeWait
	case "CLOSE_WAIT":
		return &g.CloseWait
	case "LAST_ACK":
		return &g.LastAck
	case "CLOSING":
		return &g.Closing
	case "CLOSE":
		return &g.Close
	}
	return &g.Other
}

// Total is how many sockets were counted, and rest how many of them are in no group,
// because there were too many groups.
func (c *Count) Total() (total, rest uint64) { return c.total, c.rest }

// Groups gives the groups, the largest first, and those of a size in the order of what
// they share.
func (c *Count) Groups() []rows.SocketGroup {
	list := make([]rows.SocketGroup, 0, len(c.groups))
	for _, g := range c.sorted() {
		g.Share = rows.Number(math.Round(float64(g.Sockets)/float64(c.total)*1000) / 10)
		list = append(list, *g)
	}
	return list
}

func (c *Count) sorted() []*rows.SocketGroup {
	var columns []*rows.Column
	for _, d := range c.by {
		for _, name := range d.Columns {
			column, _ := rows.SocketGroupKind.Column(name)
			columns = append(columns, column)
		}
	}
	return slices.SortedFunc(maps.Values(c.groups), func(a, b *rows.SocketGroup) int {
		order := cmp.Compare(b.Sockets, a.Sockets)
		for i := 0; order == 0 && i < len(columns); i++ {
			order = columns[i].Of(rows.RowOf(a)).Compare(columns[i].Of(rows.RowOf(b)))
		}
		return order
	})
}

// barLength is the length of the longest bar.
const barLength = 20

// Barred gives groups bars. The largest has the longest, and each at least a thin one.
func Barred(groups []rows.SocketGroup) []rows.BarredGroup {
	var most uint64
	for i := range groups {
		most = max(most, groups[i].Sockets)
	}
	list := make([]rows.BarredGroup, len(groups))
	for i, g := range groups {
		list[i] = rows.BarredGroup{SocketGroup: g, Bar: bar(float64(g.Sockets) / float64(most))}
	}
	return list
}

// bar is a line of blocks, the last of them in eighths.
func bar(part float64) string {
	eighths := max(1, int(math.Round(part*barLength*8)))
	text := strings.Repeat("█", eighths/8)
	if last := eighths % 8; last > 0 {
		text += string([]rune("▏▎▍▌▋▊▉")[last-1])
	}
	return text
}
