package peers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// Options say what [Fleet.Match] gives.
type Options struct {
	// All lists the connections that are fine, too.
	All bool
}

// A matching compares machines.
type matching struct {
	*index
	Options
	translations
	earlier map[*Machine][]*Machine // captures of the same machine, by its latest one
	owners  ownership

	turnover  seen[relation] // services whose connections come and go
	straight  seen[relation] // services that are reached without NAT
	strangers seen[door]     // services with connections whose other end is not known

	done  []bool
	found []matched // those with one or both ends
	reporting
}

// A matched is a connection of which one or both ends are there, by their numbers.
type matched struct {
	one, other int32    // other is none if it has no socket
	there      *Machine // of the other end; nil if it may be one of several
	nat        *translation
	several    int32 // how many sockets may be the other end of an ambiguous one
	ambiguous  bool
}

const none = -1

// Match compares the machines. The same machines in another order give the same report,
// as long as no bound is reached and the captures tell when they were taken.
func (f *Fleet) Match(o Options) *Report {
	x := matching{Options: o}
	x.notes = slices.Clone(f.notes)
	machines := slices.Clone(f.machines)
	x.distinguish(machines)
	x.index = newIndex(machines)
	x.done = make([]bool, len(x.next))
	compared := slices.DeleteFunc(slices.Clone(machines), func(m *Machine) bool { return m.earlier })
	slices.SortStableFunc(compared, func(a, b *Machine) int { return strings.Compare(a.Name, b.Name) })
	x.translations = translationsOf(compared)
	x.owners = ownershipOf(compared)
	x.begin()
	x.direct()
	x.throughNAT()
	x.alone()
	x.judge()
	return x.end()
}

// latest reports whether a machine is compared.
func latest(m *Machine) bool { return !m.earlier }

// has reports whether a machine has a socket with a tuple that is established.
func (x *matching) has(m *Machine, t tuple) bool {
	return slices.ContainsFunc(x.find(t, func(other *Machine) bool { return other == m }), func(n int) bool {
		return x.at(n).s.state == parser.Established
	})
}

// each goes through the sockets that have not been told of yet.
func (x *matching) each(see func(n int, e end)) {
	for i, m := range x.machines {
		if m.earlier {
			continue
		}
		for j := range m.sockets {
			if n := x.bases[i] + j; !x.done[n] {
				see(n, end{m, &m.sockets[j]})
			}
		}
	}
}

// direct pairs the sockets that have each other's addresses and ports.
func (x *matching) direct() {
	x.each(func(_ int, e end) {
		others := x.find(e.s.reversed(), latest)
		if len(others) == 0 {
			return
		}
		ones := x.find(e.s.tuple, latest)
		for _, n := range slices.Concat(ones, others) {
			x.done[n] = true
		}
		x.pair(ones, others, func(int) *translation { return nil })
	})
}

// throughNAT pairs those whose addresses or ports are changed on the way.
func (x *matching) throughNAT() {
	if len(x.forward) == 0 {
		return
	}
	claims := map[tuple][]int{} // who says to be the client of which server's socket
	sent := map[int]*translation{}
	var order []tuple
	x.each(func(n int, e end) {
		t := x.sent(e)
		if t == nil {
			return
		}
		sent[n] = t
		if claims[t.server] == nil {
			order = append(order, t.server)
		}
		claims[t.server] = append(claims[t.server], n)
	})
	for _, server := range order {
		open := func(n int) bool { return x.done[n] }
		ones, others := slices.DeleteFunc(claims[server], open), slices.DeleteFunc(x.find(server, latest), open)
		if len(ones) == 0 || len(others) == 0 {
			continue
		}
		for _, n := range slices.Concat(ones, others) {
			x.done[n] = true
		}
		x.pair(ones, others, func(n int) *translation { return sent[n] })
	}
}

// pair puts together the sockets that have a tuple and those that have its reverse. Of
// several, those of one captured machine belong together; else it cannot be told which do.
func (x *matching) pair(ones, others []int, nat func(one int) *translation) {
	if len(ones) == 1 && len(others) == 1 {
		if one, other := x.at(ones[0]), x.at(others[0]); one.m.group == other.m.group || x.owners.sole(one) && x.owners.sole(other) {
			x.add(ones[0], others[0], nat(ones[0]))
			return
		}
	}
	byGroup := map[string][2][]int{}
	for side, list := range [2][]int{ones, others} {
		for _, n := range list {
			its := byGroup[x.at(n).m.group]
			its[side] = append(its[side], n)
			byGroup[x.at(n).m.group] = its
		}
	}
	var left [2][]int
	for side, list := range [2][]int{ones, others} {
		for _, n := range list {
			its := byGroup[x.at(n).m.group]
			if len(its[0]) != 1 || len(its[1]) != 1 {
				left[side] = append(left[side], n)
			} else if side == 0 {
				x.add(n, its[1][0], nat(n))
			}
		}
	}
	for side, list := range left {
		for _, n := range list {
			var t *translation
			if side == 0 {
				t = nat(n)
			}
			x.ambiguous(n, len(left[1-side]), t)
		}
	}
}

// alone goes through those without a socket at the other end.
func (x *matching) alone() {
	x.each(func(n int, e end) {
		t := x.sent(e)
		away := e.s.remote
		if t != nil {
			away = t.server.local
		} else if t = x.received(e); t != nil {
			away = t.client.local
		}
		switch m, several := x.owners.of(away.addr, e.m); {
		case several:
			x.ambiguous(n, 0, t)
		case m == nil, m.blind[e.s.proto]:
			x.missing(e, away, t)
			x.strange(e)
		default:
			x.found = append(x.found, matched{one: int32(n), other: none, there: m, nat: t})
			x.turn(x.connection(&x.found[len(x.found)-1]))
			x.strange(e)
		}
	})
}

// strange notes that the other end of a socket was not found: where NAT is not told of, it
// may be that of a connection that seems to lack its server.
func (x *matching) strange(e end) {
	if e.s.state == parser.Established {
		x.strangers.add(door{e.s.local, e.s.proto})
	}
}

// add notes a connection between two sockets.
func (x *matching) add(one, other int, t *translation) {
	x.found = append(x.found, matched{one: int32(one), other: int32(other), there: x.at(other).m, nat: t})
	c := x.connection(&x.found[len(x.found)-1])
	x.turn(c)
	if t == nil {
		x.straight.add(between(c.client.m, c.server.m, c.proto(), c.port))
	}
}

// turn sees whether the connection was closed in the last minute.
func (x *matching) turn(c connection) {
	for _, e := range [2]end{c.client, c.server} {
		if e.s != nil && e.s.proto == tcp && e.s.state == parser.TimeWait {
			x.turnover.add(between(c.client.m, c.server.m, tcp, c.port))
		}
	}
}

// begins is 1 if the state of an end tells that it began the connection, -1 if the other
// one did, and 0 if it tells neither.
func begins(e end) int {
	switch {
	case e.s == nil || e.s.proto != tcp:
	case e.s.state == parser.SynSent:
		return 1
	case e.s.state == parser.SynRecv:
		return -1
	}
	return 0
}

// ambiguous notes a socket whose other end may be one of several, or that may itself be.
func (x *matching) ambiguous(n, others int, t *translation) {
	x.found = append(x.found, matched{one: int32(n), other: none, nat: t, several: int32(others), ambiguous: true})
}

// connection tells which end is the server.
func (x *matching) connection(f *matched) connection {
	one, other := x.at(int(f.one)), end{m: f.there}
	if f.other != none {
		other = x.at(int(f.other))
	}
	c := connection{client: one, server: other, nat: f.nat}
	var serves bool
	serves, c.direction = x.serves(one, other, f.nat)
	mine, away := one.s.local, one.s.remote
	if other.s != nil {
		away = other.s.local
	}
	c.toClient, c.toServer, c.port = mine, away, one.s.remote.port
	if serves {
		c.client, c.server = other, one
		c.toClient, c.toServer, c.port = away, mine, one.s.local.port
	}
	if f.nat != nil {
		c.toClient, c.toServer, c.port = f.nat.client.local, f.nat.server.local, f.nat.client.remote.port
	}
	return c
}

// firstEphemeral is the lowest port that kernels give to clients, unless they are told
// otherwise (net.ipv4.ip_local_port_range).
const firstEphemeral = 32768

// serves reports whether the first end is the server, and what tells that.
func (x *matching) serves(one, other end, t *translation) (yes bool, from string) {
	if t != nil {
		return one.s.tuple == t.server, "nat"
	}
	if began, ended := begins(one), begins(other); began != ended {
		return began < ended, "state"
	}
	here, there := one.s.local, one.s.remote
	_, listensHere := one.m.waiting(one.s.proto, here)
	listensThere := false
	if other.m != nil {
		_, listensThere = other.m.waiting(one.s.proto, there)
	}
	switch {
	case listensHere != listensThere:
		return listensHere, "listener"
	case (here.port < firstEphemeral) != (there.port < firstEphemeral):
		return here.port < firstEphemeral, "port"
	case here.port != there.port:
		return here.port < there.port, ""
	}
	return here.addr.addr().Less(there.addr.addr()), ""
}

func (x *matching) whyAmbiguous(e end, others int32) string {
	for _, a := range []address{e.s.remote.addr, e.s.local.addr} {
		if names := x.owners.names(a); len(names) > 1 {
			return fmt.Sprintf("%s is an address of %s", a.addr(), strings.Join(names, ", "))
		}
	}
	if others > 1 {
		return fmt.Sprintf("%d captured sockets may be its other end", others)
	}
	return "several captured sockets have the same addresses and ports"
}

// judge says of each connection what it comes to.
func (x *matching) judge() {
	for i := range x.found {
		f := &x.found[i]
		c := x.connection(f)
		switch {
		case f.ambiguous:
			c.judgement = judgement{Ambiguous, x.whyAmbiguous(x.at(int(f.one)), f.several), "captures of one network only: those that belong together"}
		case f.other != none:
			c.judgement = x.both(&c)
		default:
			c.judgement = x.single(&c)
		}
		switch c.Verdict {
		case Path, HalfOpen, MaybeHalfOpen, NoListener, NotAccepted:
			c.why += x.passed(&c)
		}
		x.talk(&c)
		x.list(&c)
	}
}
