package triage

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// What rules about tcp sockets have in common.

// tcpTables tell of tcp sockets: the kernel's files, or what stands in for them.
var tcpTables = Need{"proc/net/tcp", "proc/net/tcp6", "output/netstat", "output/ss"}

// holderFiles tell which program has a socket.
var holderFiles = []string{"proc/*/fd/*", "proc/*/cmdline", "output/lsof"}

// inState reports whether a row is a tcp socket in one of some states.
func inState(s *rows.Socket, states ...parser.State) bool {
	return IsTCP(s) && s.StateNumber <= 0xff && slices.Contains(states, parser.State(s.StateNumber))
}

// eachTCP has a function called with each tcp socket. If only the output of a command
// stands in for the tables, one that may have shown others, the rule is not checked
// without any.
func eachTCP(c *Check, see func(*rows.Socket)) {
	seen := c.Has("proc/net/tcp") || c.Has("proc/net/tcp6")
	c.EachSocket(func(s *rows.Socket) {
		if IsTCP(s) {
			seen = true
			see(s)
		}
	})
	c.AtEnd(func() {
		if !seen {
			c.Skip("proc/net/tcp", "%s is not in the bundle, and no command printed tcp sockets", c.Called("proc/net/tcp"))
		}
	})
}

// sends reports whether a socket is in one of the states in which it may still send data or its own end.
func sends(s *rows.Socket) bool {
	return inState(s, parser.Established, parser.CloseWait, parser.FinWait1, parser.LastAck, parser.Closing)
}

// orphaned reports whether a socket is one that its program has closed, and that the
// kernel still has something to send for.
func orphaned(s *rows.Socket) bool {
	held, known := Held(s)
	return inState(s, parser.FinWait1, parser.LastAck, parser.Closing) && known && !held
}

// timer reports whether the timer with this number runs, as proc/net/tcp numbers them:
// 1 retransmission, 2 keepalive, 3 TIME_WAIT, 4 zero window probe.
func timer(s *rows.Socket, number uint64) bool {
	n, ok := s.TimerNumber.Get()
	return ok && n == number
}

const (
	timerRetransmit = 1
	timerKeepalive  = 2
	timerProbe      = 4
)

// incoming reports whether a listener of the machine is what the peer connected to.
func incoming(s *rows.Socket) bool {
	d, _ := s.Direction.Get()
	return d == "in"
}

// side is the end of a connection that has the service: the local port of a server, the
// remote one of a client.
func side(s *rows.Socket) string {
	if d, _ := s.Direction.Get(); d == "out" {
		return "toward port " + port(Of(s.RemotePort))
	}
	return "from local port " + port(Of(s.LocalPort))
}

// peerOf is the address at the other end.
func peerOf(s *rows.Socket) netip.Addr {
	a, _ := s.RemoteAddress.Get()
	return a
}

// localOf is the socket's own address and port.
func localOf(s *rows.Socket) netip.AddrPort {
	a, _ := s.LocalAddress.Get()
	return netip.AddrPortFrom(a, uint16(Of(s.LocalPort)))
}

// remoteOf is the peer's address and port.
func remoteOf(s *rows.Socket) netip.AddrPort {
	return netip.AddrPortFrom(peerOf(s), uint16(Of(s.RemotePort)))
}

// holderKey is HolderOf in a text that outlives the row, or empty.
func holderKey(s *rows.Socket) string { return strings.Clone(HolderOf(s.Holder)) }

// aProgram names who holds sockets, for the beginning of a sentence.
func aProgram(holder string) string { return cmp.Or(holder, "an unknown program") }

// settingOf gives a threshold of another rule, as the configuration has it: what that
// rule reports is not to be reported twice.
func (c *Check) settingOf(r *Rule, name string) float64 {
	if v, ok := c.config.threshold(r.ID, name); ok {
		return v
	}
	i := slices.IndexFunc(r.Thresholds, func(t Threshold) bool { return t.Name == name })
	return r.Thresholds[i].Value
}

// A pile is rows that have something in common, and the worst of them.
type pile[K comparable] struct {
	Key   K
	Count int
	Sum   float64 // of the weights
	Worst float64
	Some  int        // of those that a rule counts besides
	Bytes float64    // for rules whose weight is something else
	kept  []weighted // the first MaxEvidence by weight, those before that came first
}

type weighted struct {
	weight float64
	Evidence
}

// piles gathers rows by a key, as groups does, and keeps the worst of each as evidence
// instead of the first. The zero value is ready to use.
type piles[K comparable] struct{ keyed[K, pile[K]] }

// add counts a row. What is given back counts for nothing if there was no room.
func (p *piles[K]) add(key K, weight float64, s *rows.Socket) *pile[K] {
	of, kept := p.at(key, pile[K]{Key: key})
	if !kept {
		return &pile[K]{}
	}
	of.Count++
	of.Sum += weight
	of.Worst = max(of.Worst, weight)
	of.keep(weight, s)
	return of
}

func (p *pile[K]) keep(weight float64, s *rows.Socket) {
	i := len(p.kept)
	for i > 0 && p.kept[i-1].weight < weight {
		i--
	}
	if i < MaxEvidence {
		p.kept = slices.Insert(p.kept, i, weighted{weight, SocketEvidence(s)})
		p.kept = p.kept[:min(len(p.kept), MaxEvidence)]
	}
}

// evidence are the worst rows.
func (p *pile[K]) evidence() (list []Evidence) {
	for _, w := range p.kept {
		list = append(list, w.Evidence)
	}
	return list
}

// largest gives the piles that a rule wants, those with the most rows first.
func (p *piles[K]) largest(want func(*pile[K]) bool) (list []*pile[K]) {
	for _, of := range p.list {
		if want(of) {
			list = append(list, of)
		}
	}
	slices.SortStableFunc(list, func(a, b *pile[K]) int { return b.Count - a.Count })
	return list
}

// maxApart is how many peers are told of one by one. Where more of them have the same
// trouble it is not theirs, and one finding says so.
const maxApart = 5

// together sums up piles of which there are too many to tell of each: their rows, and
// one row of each as evidence.
func together[K comparable](list []*pile[K]) (count int, worst float64, evidence []Evidence) {
	for _, p := range list {
		count += p.Count
		worst = max(worst, p.Worst)
		if len(evidence) < MaxEvidence && len(p.kept) > 0 {
			evidence = append(evidence, p.kept[0].Evidence)
		}
	}
	return count, worst, evidence
}

// overflowed says that a table had more to tell apart than is held: what has been found
// stands, but that nothing has been found means little.
func (c *Check) overflowed(more int, what string) {
	if more > 0 {
		c.Doubt("only the first %s %s were looked at; %s rows are of others", number(maxGroups), what, number(float64(more)))
		c.Skip("", "there are more than %s %s", number(maxGroups), what)
	}
}

// A lack counts rows without a column: those that a command printed, or of a kernel
// that has none.
type lack struct {
	rows int
	file string
}

// of counts a row that lacks what is said, and reports whether it does.
func (l *lack) of(s *rows.Socket, known bool) bool {
	if known {
		return false
	}
	if l.rows == 0 {
		l.file = strings.Clone(s.File)
	}
	l.rows++
	return true
}

// tell says so.
func (l *lack) tell(c *Check, what string) {
	if l.rows > 0 {
		c.Doubt("%s rows of %s have no %s", number(float64(l.rows)), l.file, what)
		c.Skip("proc/net/tcp", "%s rows of %s have no %s", number(float64(l.rows)), l.file, what)
	}
}

// sockets is a number of sockets: "1 socket", "12 sockets".
func sockets(n int) string { return counted(n, "socket", "sockets") }

// tableLacking says that one of the two tables is not there, in rules that count sockets
// of both.
func tableLacking(c *Check) {
	for _, file := range []string{"proc/net/tcp", "proc/net/tcp6"} {
		if !c.Has(file) && !c.Has("output/netstat") && !c.Has("output/ss") {
			c.Doubt("%s is not in the bundle: there may be more", c.Called(file))
		}
	}
}

// onThisMachine reports whether both ends of a connection are: there is no path between
// them that could be slow, and the other end is a row too.
func onThisMachine(s *rows.Socket) bool {
	local, _ := s.LocalAddress.Get()
	return peerOf(s).IsLoopback() || peerOf(s) == local && local.IsValid()
}

// A farEnd is the peer of connections, and who began them.
type farEnd struct {
	addr netip.Addr
	in   bool // it did
}
