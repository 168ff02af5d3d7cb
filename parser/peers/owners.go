package peers

import "slices"

// An ownership tells which machines have which addresses.
type ownership struct {
	all  map[address][]*Machine // maxOwners of them at most
	near map[nearby]owner       // within one captured machine
}

// maxOwners is how many machines are told of that have the same address.
const maxOwners = 4

type nearby struct {
	group string
	addr  address
}

type owner struct {
	m       *Machine
	several bool
}

// ownershipOf takes the machines in the order in which they are told of. One without any
// table of sockets is as good as missing.
func ownershipOf(machines []*Machine) ownership {
	o := ownership{map[address][]*Machine{}, map[nearby]owner{}}
	for _, m := range machines {
		if m.blind[tcp] && m.blind[udp] {
			continue
		}
		for a := range m.addresses {
			if len(o.all[a]) < maxOwners {
				o.all[a] = append(o.all[a], m)
			}
			key := nearby{m.group, a}
			its, taken := o.near[key]
			if !taken {
				its.m = m
			}
			o.near[key] = owner{its.m, taken}
		}
	}
	return o
}

// sole reports whether no other machine has the address of a socket.
func (o ownership) sole(e end) bool {
	return !slices.ContainsFunc(o.all[e.s.local.addr], func(m *Machine) bool { return m != e.m })
}

// of finds the machine that has an address, seen from another one: its own namespaces
// come first. several is set if it may be one of several.
func (o ownership) of(a address, from *Machine) (m *Machine, several bool) {
	if its, ok := o.near[nearby{from.group, a}]; ok && !its.several {
		return its.m, false
	} else if all := o.all[a]; !ok && len(all) == 1 {
		return all[0], false
	}
	return nil, len(o.all[a]) > 0
}

// names tells who has an address.
func (o ownership) names(a address) (names []string) {
	for _, m := range o.all[a] {
		names = append(names, m.Name)
	}
	if len(names) == maxOwners {
		names[maxOwners-1] = "..."
	}
	return names
}
