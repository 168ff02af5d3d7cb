package peers

import (
	"fmt"
	"slices"
	"strings"
)

// A translation is what NAT makes of a connection on its way, on one captured machine or
// on several.
type translation struct {
	by             []*Machine
	client, server tuple // as each end has it
	asThere        tuple // that of the end which is sought
}

func (t *translation) String() string {
	var names []string
	for _, m := range t.by {
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return fmt.Sprintf("%s: %s to %s becomes %s to %s", strings.Join(names, ", "), t.client.local, t.client.remote, t.server.remote, t.server.local)
}

// A hop is one machine's part in it.
type hop struct {
	m  *Machine
	to tuple
}

// translations are the connections that NAT changes, both ways, and those of which a
// machine between the two has seen no answer.
type translations struct {
	forward, backward map[tuple][]hop
	unreplied         map[tuple][]*Machine
}

// maxHops is how many machines may change one connection.
const maxHops = 4

func translationsOf(machines []*Machine) translations {
	t := translations{map[tuple][]hop{}, map[tuple][]hop{}, map[tuple][]*Machine{}}
	add := func(to map[tuple][]hop, key tuple, h hop) {
		if len(to[key]) < maxHops {
			to[key] = append(to[key], h)
		}
	}
	for _, m := range machines {
		for _, f := range m.flows {
			add(t.forward, f.original, hop{m, f.sent})
			add(t.backward, f.sent, hop{m, f.original})
		}
		for _, u := range m.unreplied {
			if len(t.unreplied[u]) < maxHops {
				t.unreplied[u] = append(t.unreplied[u], m)
			}
		}
	}
	return t
}

// sent is what becomes of what a client sends.
func (t translations) sent(e end) *translation {
	to, by := follow(t.forward, e.s.tuple, e.m)
	if by == nil {
		return nil
	}
	return &translation{by: by, client: e.s.tuple, server: to.reversed(), asThere: to.reversed()}
}

// received is what a client sent, if this is the end of its server.
func (t translations) received(e end) *translation {
	from, by := follow(t.backward, e.s.tuple.reversed(), e.m)
	if by == nil {
		return nil
	}
	slices.Reverse(by)
	return &translation{by: by, client: from, server: e.s.tuple, asThere: from}
}

// passed says which machines between the two ends have seen packets of the client, and
// none of the server.
func (t translations) passed(c *connection) string {
	as := tuple{c.toClient, c.toServer, c.proto()}
	if c.nat != nil {
		as = c.nat.client
	}
	var names []string
	for _, m := range t.unreplied[as] {
		if (c.client.m == nil || m.group != c.client.m.group) && (c.server.m == nil || m.group != c.server.m.group) {
			names = append(names, m.Name)
		}
	}
	if names == nil {
		return ""
	}
	return "; on its way " + strings.Join(names, ", ") + " has seen packets of the client, and no answer"
}

// follow goes from machine to machine. Of several that change the same packets in
// different ways the one is taken that has the socket; if there is none, it cannot be told.
func follow(table map[tuple][]hop, from tuple, m *Machine) (to tuple, by []*Machine) {
	to = from
	for range maxHops {
		hops := table[to]
		if len(hops) == 0 {
			break
		}
		chosen := hops[0]
		if i := slices.IndexFunc(hops, func(h hop) bool { return h.m.group == m.group }); i >= 0 {
			chosen = hops[i]
		} else if slices.ContainsFunc(hops, func(h hop) bool { return h.to != chosen.to }) {
			return from, nil
		}
		if chosen.to == from {
			return from, nil
		}
		to, by = chosen.to, append(by, chosen.m)
	}
	return to, by
}
