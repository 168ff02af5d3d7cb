package filter

import (
	"net/netip"

	"github.com/coldstat/coldstat/parser"
)

// A Machine is what a captured machine tells a filter. The zero Machine knows nothing.
type Machine struct {
	// Hosts, TCP, UDP, Protocols and Users have the numbers of names; names.Find finds
	// those that [Needs] lists.
	Hosts               map[string][]netip.Addr
	TCP, UDP, Protocols map[string][]uint16
	Users               map[string]uint32

	// Owner gives the process that holds the socket with an inode other than 0, and its
	// program, which may be empty. Nil knows none.
	Owner func(inode uint64) (pid uint64, program string, ok bool)
	// Interface gives the interface that has an address. Nil knows none.
	Interface func(netip.Addr) (string, bool)
	// FirstPort and LastPort are the range of local ports that the kernel chooses from.
	FirstPort, LastPort parser.Opt[uint16]

	Host, NetNS parser.Opt[string]
}

// A Bound filter selects rows of one machine. Several goroutines may use it at once.
type Bound struct {
	m    Machine
	root *node
}

// Bind ties the filter to a machine. The error, an [*Error], is a name that the machine
// does not know.
func (f *Filter) Bind(m Machine) (*Bound, error) {
	root, err := f.bind(f.root, &m)
	if err != nil {
		return nil, err
	}
	return &Bound{m, root}, nil
}

// bind copies a node with the numbers of its names. Its depth is bounded, see MaxDepth.
func (f *Filter) bind(n *node, m *Machine) (*node, *Error) {
	b := *n
	if n.op != compare {
		b.parts = make([]part, len(n.parts))
		for i, p := range n.parts {
			bound, err := f.bind(p.node, m)
			if err != nil {
				return nil, err
			}
			b.parts[i] = part{p.or, bound}
		}
		return &b, nil
	}
	if name := n.host.name; name != "" {
		addrs := m.Hosts[name]
		if len(addrs) == 0 {
			return nil, f.noName(n, "host", name, "etc/hosts, or an address")
		}
		b.host.addrs = make(map[netip.Addr]bool, len(addrs))
		for _, a := range addrs {
			b.host.addrs[a.Unmap()] = true
		}
	}
	if name := n.port.name; name != "" {
		p := &b.port
		p.tcp, p.udp, p.raw = m.TCP[name], m.UDP[name], m.Protocols[name]
		if len(p.tcp)+len(p.udp)+len(p.raw) == 0 {
			return nil, f.noName(n, "service", name, "etc/services, or a number")
		}
		if len(p.tcp) == 0 { // as ss, which asks for one port of either
			p.tcp = p.udp
		} else if len(p.udp) == 0 {
			p.udp = p.tcp
		}
		if n.cmp != equal && max(len(p.tcp), len(p.udp), len(p.raw)) > 1 {
			return nil, &Error{Text: f.text, At: n.at.at, End: n.at.end, Problem: "the service " + name + " has several ports", Expected: "a number"}
		}
	}
	if n.field == user && n.text != "" {
		uid, ok := m.Users[n.text]
		if !ok {
			return nil, f.noName(n, "user", n.text, "etc/passwd, or a number")
		}
		b.number = uint64(uid)
	}
	return &b, nil
}

func (f *Filter) noName(n *node, what, name, file string) *Error {
	return &Error{Text: f.text, At: n.at.at, End: n.at.end, Problem: "the captured machine knows no " + what + " " + name, Expected: "a name of its " + file}
}
