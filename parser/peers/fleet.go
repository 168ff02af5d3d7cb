package peers

import (
	"fmt"
	"slices"
)

// A Fleet is the machines that are compared. It holds no more of all of them together than
// its bounds allow, and says what it leaves out. The zero Fleet is empty and has the bounds
// of the package.
type Fleet struct {
	machines []*Machine
	notes    []string
	most     bounds // zero is those of the package
	used     bounds
}

// Bounds of all machines together: some 400 MB, and half of that again to compare them.
const (
	MaxSockets = 1 << 22
	maxOthers  = 1 << 20 // listeners, addresses, connections that NAT changes, names
)

type bounds struct{ sockets, others int }

// Add takes one more machine.
func (f *Fleet) Add(m *Machine) {
	most := f.most
	if most == (bounds{}) {
		most = bounds{MaxSockets, maxOthers}
	}
	f.machines = append(f.machines, m)
	if left := most.sockets - f.used.sockets; len(m.sockets) > left {
		f.notef("only the first %d sockets of %s are compared: all machines together have more than %d", left, m.given, most.sockets)
		m.sockets = slices.Clone(m.sockets[:left])
		m.lackAll("it has more sockets than are compared")
	}
	f.used.sockets += len(m.sockets)
	others := len(m.doors) + len(m.addresses) + len(m.flows) + len(m.unreplied) + len(m.services) + len(m.programs)
	if f.used.others+others > most.others {
		f.notef("only the sockets of %s are compared, and not what else is known of it: all machines together have more than %d listeners, addresses, names and connections that NAT changes", m.given, most.others)
		m.doors, m.addresses, m.flows, m.unreplied, m.services = nil, nil, nil, nil, nil
		m.forwards = "there are more connections that NAT changes than are compared"
		m.lackAll("it has more listeners than are compared")
		others = len(m.programs)
	}
	f.used.others += others
}

func (f *Fleet) notef(format string, args ...any) {
	f.notes = append(f.notes, fmt.Sprintf(format, args...))
}
