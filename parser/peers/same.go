package peers

import (
	"fmt"
	"slices"
)

// distinguish finds captures of the same machine, of which the latest one is compared,
// and gives each a name of its own.
func (x *matching) distinguish(machines []*Machine) {
	x.earlier = map[*Machine][]*Machine{}
	same := map[string][]*Machine{}
	for i, m := range machines {
		m.earlier, m.number, m.Name = false, i, m.given
		for _, key := range m.identities() {
			same[key] = append(same[key], m)
		}
	}
	for _, m := range machines {
		for _, key := range m.identities() {
			for _, other := range same[key] {
				if other != m && m.is(other) && other.after(m) {
					m.earlier = true
				}
			}
		}
	}
	for _, m := range machines {
		for _, key := range m.identities() {
			for _, other := range same[key] {
				if m.earlier && !other.earlier && m.is(other) && !slices.Contains(x.earlier[other], m) {
					x.earlier[other] = append(x.earlier[other], m)
					x.notef("%s was captured twice: %s is the later one, which is compared; %s only tells which connections are old", m.Name, other.bundle(), m.bundle())
				}
			}
		}
	}
	x.rename(machines, func(m *Machine) string { return m.bundle() })
	x.rename(machines, func(m *Machine) string { archive, _ := m.Source.Archive.Get(); return archive })
	seen := map[string]int{}
	x.rename(machines, func(m *Machine) string { seen[m.Name]++; return fmt.Sprintf("#%d", seen[m.Name]) })
}

// rename adds something to the names that several machines have.
func (x *matching) rename(machines []*Machine, by func(*Machine) string) {
	names := map[string]int{}
	for _, m := range machines {
		if !m.earlier {
			names[m.Name]++
		}
	}
	for _, m := range machines {
		if m.earlier || names[m.Name] < 2 {
			continue
		}
		if more := by(m); more != "" && more != m.Name {
			m.Name += " (" + more + ")"
		}
	}
}

func (m *Machine) bundle() string {
	name, _ := m.Source.Bundle.Get()
	return name
}

// identities are what captures of the same machine have in common, or may have.
func (m *Machine) identities() (keys []string) {
	space, _ := m.Source.NetNS.Get()
	if id, ok := m.Source.BootID.Get(); ok && space != "" {
		keys = append(keys, "boot\x00"+id+"\x00"+space)
	}
	if host := m.Source.HostName(); host != "" {
		keys = append(keys, "host\x00"+host+"\x00"+m.space)
	}
	return keys
}

// is reports whether two captures with an identity in common are of one machine: if it
// is not the boot that says so, they have most of their addresses in common. Many are
// called localhost, and many have the same address on a bridge for containers.
func (m *Machine) is(other *Machine) bool {
	a, ok := m.Source.BootID.Get()
	b, too := other.Source.BootID.Get()
	space, known := m.Source.NetNS.Get()
	otherSpace, _ := other.Source.NetNS.Get()
	if ok && too && a == b && known && space == otherSpace {
		return true
	}
	if m.group == other.group {
		return m.space == other.space // it was named twice
	}
	if m.Source.HostName() != other.Source.HostName() {
		return false
	}
	few, many := m.addresses, other.addresses
	if len(few) > len(many) {
		few, many = many, few
	}
	shared := 0
	for addr := range few {
		if many[addr] {
			shared++
		}
	}
	return shared > len(few)/2
}

// after reports whether a capture is later than another one. If they do not tell, the one
// that was named later is.
func (m *Machine) after(other *Machine) bool {
	if g := m.since(other); g.known && g.seconds != 0 {
		return g.seconds > 0
	}
	return m.number > other.number
}
