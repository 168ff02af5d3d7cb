package peers

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
)

// Bounds of a report. What is beyond is counted and told of.
const (
	MaxPairs   = 1 << 16 // connections that are listed
	maxTalks   = 1 << 16
	maxMissing = 1 << 16
)

// A Report is what the captures come to.
type Report struct {
	Talk    []rows.Talk
	Pairs   []rows.Pair // the worst first
	Missing []rows.MissingPeer

	// Faults, Doubts and Fine count all connections between captured machines.
	Faults, Doubts, Fine uint64
	// Apart is how many seconds lie between the first and the last capture; unknown if not
	// all tell.
	Apart parser.Opt[float64]
	// Machines are the names of those that were compared, in the order in which they
	// were given.
	Machines []string
	// Notes say what a reader should know: limits that were reached, machines that were
	// captured twice.
	Notes []string
}

// reporting is a report on its way.
type reporting struct {
	notes   []string
	talks   map[talking]*talked
	listed  []connection
	absent  map[absence]*absent
	faults  uint64
	doubts  uint64
	fine    uint64
	dropped struct{ talks, pairs, missing uint64 }
}

func (r *reporting) notef(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(r.notes, text) {
		r.notes = append(r.notes, text)
	}
}

func (r *reporting) begin() {
	r.talks, r.absent = map[talking]*talked{}, map[absence]*absent{}
}

// A talking is who talks to whom.
type talking struct {
	from, to *Machine // nil if it may be one of several
	service
}

type talked struct {
	connections, established, queued, nat uint64
	verdicts                              [verdicts]uint64
}

// talk counts a connection.
func (r *reporting) talk(c *connection) {
	switch c.Grade() {
	case Fault:
		r.faults++
	case Doubt:
		r.doubts++
	default:
		r.fine++
	}
	proto := c.proto()
	key := talking{c.client.m, c.server.m, service{proto, c.port}}
	t := r.talks[key]
	if t == nil {
		if len(r.talks) >= maxTalks {
			r.dropped.talks++
			return
		}
		t = &talked{}
		r.talks[key] = t
	}
	t.connections++
	t.verdicts[c.Verdict]++
	if c.nat != nil {
		t.nat++
	}
	established := false
	for _, e := range [2]end{c.client, c.server} {
		if e.s != nil {
			t.queued += uint64(e.s.recvQ) + uint64(e.s.sendQ)
			established = established || e.s.state == parser.Established
		}
	}
	if established {
		t.established++
	}
}

func (c *connection) proto() uint8 {
	if c.client.s != nil {
		return c.client.s.proto
	}
	return c.server.s.proto
}

// list keeps a connection that is to be shown.
func (x *matching) list(c *connection) {
	switch {
	case c.Grade() == Fine && !x.All:
	case len(x.listed) >= MaxPairs:
		x.dropped.pairs++
	default:
		x.listed = append(x.listed, *c)
	}
}

// An absence is a peer that no capture is of.
type absence struct {
	addr   address
	server bool
	service
}

type absent struct {
	connections, established, queued, retransmitting uint64
	hosts                                            map[*Machine]bool
}

// missing counts a socket whose peer has no capture.
func (x *matching) missing(e end, away endpoint, t *translation) {
	serves, _ := x.serves(e, end{}, t)
	key := absence{away.addr, !serves, service{e.s.proto, e.s.remote.port}}
	switch {
	case serves && t != nil:
		key.port = t.client.remote.port
	case serves:
		key.port = e.s.local.port
	}
	a := x.absent[key]
	if a == nil {
		if len(x.absent) >= maxMissing {
			x.dropped.missing++
			return
		}
		a = &absent{hosts: map[*Machine]bool{}}
		x.absent[key] = a
	}
	a.connections++
	a.queued += uint64(e.s.recvQ) + uint64(e.s.sendQ)
	if e.s.state == parser.Established {
		a.established++
	}
	if e.s.retransmitted() > 0 {
		a.retransmitting++
	}
	a.hosts[e.m] = true
}

// end makes the report.
func (x *matching) end() *Report {
	r := &Report{Faults: x.faults, Doubts: x.doubts, Fine: x.fine, Talk: []rows.Talk{}, Missing: []rows.MissingPeer{}}
	r.Apart = span(x.machines)
	for _, m := range x.machines {
		if !m.earlier {
			r.Machines = append(r.Machines, m.Name)
		}
	}
	for key, t := range x.talks {
		r.Talk = append(r.Talk, x.talkRow(key, t))
	}
	slices.SortFunc(r.Talk, func(a, b rows.Talk) int {
		return cmp.Or(compareOpt(a.From, b.From), compareOpt(a.To, b.To), cmp.Compare(a.Protocol, b.Protocol), compareOpt(a.Port, b.Port))
	})
	r.Pairs = make([]rows.Pair, 0, len(x.listed))
	slices.SortFunc(x.listed, func(a, b connection) int { return a.compare(&b) })
	for i := range x.listed {
		r.Pairs = append(r.Pairs, x.pairRow(&x.listed[i]))
	}
	for key, a := range x.absent {
		r.Missing = append(r.Missing, x.missingRow(key, a))
	}
	slices.SortFunc(r.Missing, func(a, b rows.MissingPeer) int {
		x, _ := a.Address.Get()
		y, _ := b.Address.Get()
		return cmp.Or(cmp.Compare(b.Connections, a.Connections), x.Compare(y), cmp.Compare(b.Role, a.Role), cmp.Compare(a.Protocol, b.Protocol), compareOpt(a.Port, b.Port))
	})
	for _, d := range []struct {
		n    uint64
		what string
		most int
	}{
		{x.dropped.talks, "connections are in no row of talk", maxTalks}, {x.dropped.pairs, "connections with a fault or a doubt are not listed", MaxPairs},
		{x.dropped.missing, "connections are with missing peers that are not listed", maxMissing},
	} {
		if d.n > 0 {
			x.notef("%d %s: there are %d rows at most", d.n, d.what, d.most)
		}
	}
	r.Notes = x.notes
	return r
}

// compareOpt puts what is unknown last.
func compareOpt[T cmp.Ordered](a, b parser.Opt[T]) int {
	x, known := a.Get()
	y, too := b.Get()
	if known != too {
		if known {
			return -1
		}
		return 1
	}
	return cmp.Compare(x, y)
}

// compare puts the worst connections first.
func (c *connection) compare(o *connection) int {
	byName := func(a, b end) int {
		switch {
		case a.m == b.m:
			return 0
		case a.m == nil:
			return 1
		case b.m == nil:
			return -1
		}
		return cmp.Compare(a.m.Name, b.m.Name)
	}
	byLine := func(a, b end) int {
		if a.s == nil || b.s == nil {
			return 0
		}
		return cmp.Or(cmp.Compare(a.s.file, b.s.file), cmp.Compare(a.s.line, b.s.line))
	}
	byAddr := func(a, b endpoint) int {
		return cmp.Or(a.addr.addr().Compare(b.addr.addr()), cmp.Compare(a.port, b.port))
	}
	return cmp.Or(cmp.Compare(o.Verdict, c.Verdict), byName(c.client, o.client), byName(c.server, o.server), cmp.Compare(c.proto(), o.proto()),
		cmp.Compare(c.port, o.port), byAddr(c.toClient, o.toClient), byAddr(c.toServer, o.toServer), cmp.Compare(c.why, o.why),
		byLine(c.client, o.client), byLine(c.server, o.server))
}

// nameOfPort is the name of a service in the capture of its server, else of its client.
func nameOfPort(s service, server, client *Machine) parser.Opt[string] {
	for _, m := range []*Machine{server, client} {
		if m != nil && m.services[s] != "" {
			return parser.Some(m.services[s])
		}
	}
	return parser.Opt[string]{}
}

// whose are the columns of a machine.
type whose struct{ name, host, netns, bundle parser.Opt[string] }

func whoseOf(m *Machine) (w whose) {
	if m != nil {
		w = whose{parser.Some(m.Name), m.Source.Host, m.Source.NetNS, m.Source.Bundle}
	}
	return w
}

func (x *matching) talkRow(key talking, t *talked) rows.Talk {
	row := rows.Talk{
		Protocol: protocolNames[key.proto], Port: parser.Some(uint64(key.port)), Service: nameOfPort(key.service, key.to, key.from),
		Connections: t.connections, Established: t.established, Queued: t.queued, NAT: t.nat, Verdicts: rows.Words{},
	}
	from, to := whoseOf(key.from), whoseOf(key.to)
	row.From, row.FromHost, row.FromNetNS, row.FromBundle = from.name, from.host, from.netns, from.bundle
	row.To, row.ToHost, row.ToNetNS, row.ToBundle = to.name, to.host, to.netns, to.bundle
	for v := Verdict(verdicts - 1); ; v-- {
		n := t.verdicts[v]
		switch v.Grade() {
		case Fault:
			row.Faults += n
		case Doubt:
			row.Doubts += n
		default:
			row.Fine += n
		}
		if v == OK {
			return row
		}
		if n > 0 {
			row.Verdicts = append(row.Verdicts, fmt.Sprintf("%s=%d", v, n))
		}
	}
}

func (x *matching) missingRow(key absence, a *absent) rows.MissingPeer {
	row := rows.MissingPeer{
		Address: parser.Some(key.addr.addr()), Role: "client", Protocol: protocolNames[key.proto], Port: parser.Some(uint64(key.port)),
		Connections: a.connections, Established: a.established, Queued: a.queued, Retransmitting: a.retransmitting,
	}
	if key.server {
		row.Role = "server"
	}
	hosts := slices.SortedFunc(maps.Keys(a.hosts), func(a, b *Machine) int { return cmp.Compare(a.Name, b.Name) })
	var names []string
	for _, m := range hosts {
		names = append(names, m.Name)
		if !row.Service.Known() {
			row.Service = nameOfPort(key.service, m, nil)
		}
	}
	row.Hosts = rows.NamesOf(names)
	return row
}

// facts are the columns of one end.
type facts struct {
	state, timer, program, file             parser.Opt[string]
	recvQ, sendQ, retransmits, pid, uid, at parser.Opt[uint64]
}

func factsOf(e end) (f facts) {
	if e.s == nil {
		return f
	}
	s := e.s
	some := func(n uint32, known bool) (o parser.Opt[uint64]) {
		if known {
			o = parser.Some(uint64(n))
		}
		return o
	}
	f.state, f.file = parser.Some(s.state.String()), parser.Some(e.m.files[s.file])
	f.recvQ, f.sendQ = some(s.recvQ, true), some(s.sendQ, true)
	if s.proto == tcp && s.flags&knowsTimer != 0 {
		f.timer = parser.Some(words.Timer(s.timer, true))
		f.retransmits = some(uint32(s.retransmits), s.timer != parser.TimerTimeWait)
	}
	if name := e.m.programs[s.program]; name != "" {
		f.program = parser.Some(name)
	}
	f.pid, f.uid, f.at = some(s.pid, s.pid > 0), some(s.uid, s.flags&knowsUID != 0), some(s.line, s.flags&knowsLine != 0)
	return f
}

func (x *matching) pairRow(c *connection) rows.Pair {
	row := rows.Pair{
		Verdict: c.Verdict.String(), Grade: c.Grade().String(), Protocol: protocolNames[c.proto()], Port: parser.Some(uint64(c.port)),
		Service: nameOfPort(service{c.proto(), c.port}, c.server.m, c.client.m), Why: parser.Text(c.why), Next: parser.Text(c.next), DirectionFrom: parser.Text(c.direction),
	}
	if c.nat != nil {
		row.NAT = parser.Text(c.nat.String())
	}
	cl, sv := whoseOf(c.client.m), whoseOf(c.server.m)
	row.Client, row.ClientHost, row.ClientNetNS, row.ClientBundle = cl.name, cl.host, cl.netns, cl.bundle
	row.Server, row.ServerHost, row.ServerNetNS, row.ServerBundle = sv.name, sv.host, sv.netns, sv.bundle
	row.ClientAddress, row.ClientPort = place(c.toClient)
	row.ServerAddress, row.ServerPort = place(c.toServer)
	f := factsOf(c.client)
	row.ClientState, row.ClientTimer, row.ClientProgram, row.ClientFile = f.state, f.timer, f.program, f.file
	row.ClientRecvQ, row.ClientSendQ, row.ClientRetransmits = f.recvQ, f.sendQ, f.retransmits
	row.ClientPID, row.ClientUID, row.ClientLine = f.pid, f.uid, f.at
	f = factsOf(c.server)
	row.ServerState, row.ServerTimer, row.ServerProgram, row.ServerFile = f.state, f.timer, f.program, f.file
	row.ServerRecvQ, row.ServerSendQ, row.ServerRetransmits = f.recvQ, f.sendQ, f.retransmits
	row.ServerPID, row.ServerUID, row.ServerLine = f.pid, f.uid, f.at
	return row
}

func place(e endpoint) (parser.Opt[netip.Addr], parser.Opt[uint64]) {
	return parser.Some(e.addr.addr()), parser.Some(uint64(e.port))
}
