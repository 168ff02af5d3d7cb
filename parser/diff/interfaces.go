package diff

import (
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
)

var interfaceKind = kindOf("interface")

const devFile = "proc/net/dev"

// A pairOfInterfaces is an interface of both captures.
type pairOfInterfaces struct{ old, new *rows.Interface }

// interfaces compares the interfaces, and their counters.
func (d *differ) interfaces() {
	old, inOld := d.readInterfaces(d.old)
	new, inNew := d.readInterfaces(d.new)
	if !d.both(devFile, presence{inOld, len(old)}, presence{inNew, len(new)}) {
		return
	}
	hidden := [2]int{}
	byName := map[string]*rows.Interface{}
	for i := range old {
		byName[old[i].Name] = &old[i]
	}
	for i := range new {
		n := &new[i]
		o, ok := byName[n.Name]
		if !ok {
			if d.old.cut[d.old.fileOf(devFile)] {
				hidden[0]++
				continue
			}
			d.interfaceRow(nil, n)
			continue
		}
		delete(byName, n.Name)
		d.interfaceRow(o, n)
		d.pairs = append(d.pairs, pairOfInterfaces{o, n})
	}
	for i := range old {
		if byName[old[i].Name] == nil {
			continue
		}
		if d.new.cut[d.new.fileOf(devFile)] {
			hidden[1]++
			continue
		}
		d.interfaceRow(&old[i], nil)
	}
	for i, s := range []*side{d.old, d.new} {
		if file := s.fileOf(devFile); s.cut[file] {
			d.cutNote(s, file, hidden[i])
		}
	}
}

// readInterfaces holds the interfaces of a capture, those that are down too.
func (d *differ) readInterfaces(s *side) (list []rows.Interface, there bool) {
	plan, err := query.Options{All: true, Interfaces: 1}.Plan()
	mustBe(err)
	s.reader.Plan = plan
	seen := map[string]bool{} // no kernel has two of one name
	for row := range interfaceKind.Rows(s.reader, nil) {
		if len(list) >= d.bounds.held {
			s.stop(devFile, len(list))
			break
		}
		if i := row.(*rows.Interface); !seen[i.Name] {
			seen[i.Name], list = true, append(list, *i)
		}
	}
	return list, len(list) > 0
}

// interfaceRow adds a row for a pair that differs, or for what only one capture has.
func (d *differ) interfaceRow(o, n *rows.Interface) {
	row := rows.InterfaceChange{Between: d.between}
	switch {
	case o == nil:
		row.What, row.Name = rows.Appeared, n.Name
	case n == nil:
		row.What, row.Name = rows.Gone, o.Name
	default:
		row.What, row.Name, row.Columns = rows.Changed, n.Name, interfaceDifferences(o, n)
		if len(row.Columns) == 0 {
			return
		}
	}
	if o != nil {
		row.OldUp, row.OldFlags, row.OldMTU, row.OldHWAddr = up(o), o.FlagLetters, o.MTU, o.HWAddr
		row.OldAddresses, row.OldAddresses6 = o.Addresses, o.Addresses6
		row.OldFile, row.OldLine = parser.Text(o.File), o.Line
	}
	if n != nil {
		row.NewUp, row.NewFlags, row.NewMTU, row.NewHWAddr = up(n), n.FlagLetters, n.MTU, n.HWAddr
		row.NewAddresses, row.NewAddresses6 = n.Addresses, n.Addresses6
		row.NewFile, row.NewLine = parser.Text(n.File), n.Line
	}
	d.result.Interfaces = append(d.result.Interfaces, row)
}

// up reports whether an interface is switched on, if a file tells.
func up(i *rows.Interface) (o parser.Opt[bool]) {
	switch {
	case slices.Contains(i.FlagNames, "UP"):
		return parser.Some(true)
	case i.FlagNames != nil && !slices.Contains(i.UnknownFlags, "UP"):
		return parser.Some(false)
	}
	return o
}

func interfaceDifferences(o, n *rows.Interface) rows.Words {
	w := rows.Words{}
	for _, c := range []struct {
		name    string
		differs bool
	}{
		{"up", differs(up(o), up(n))},
		{"flags", flagsDiffer(o, n)},
		{"mtu", differs(o.MTU, n.MTU) && ofIPv6(o) == ofIPv6(n)},
		{"hardware_address", differs(o.HWAddr, n.HWAddr)},
		{"inet_addresses", listsDiffer(o.Addresses, n.Addresses)},
		{"inet6_addresses", listsDiffer(o.Addresses6, n.Addresses6)},
	} {
		if c.differs {
			w = append(w, c.name)
		}
	}
	return w
}

// flagsDiffer looks at the flags that are known of both, but for UP.
func flagsDiffer(o, n *rows.Interface) bool {
	if o.FlagNames == nil || n.FlagNames == nil {
		return false
	}
	known := func(name string) bool {
		return name != "UP" && !slices.Contains(o.UnknownFlags, name) && !slices.Contains(n.UnknownFlags, name)
	}
	is := func(a, b rows.Words) bool {
		return slices.ContainsFunc(a, func(name string) bool { return known(name) && !slices.Contains(b, name) })
	}
	return is(o.FlagNames, n.FlagNames) || is(n.FlagNames, o.FlagNames)
}

// ofIPv6 reports whether the MTU is that of IPv6 on the interface, which may be smaller
// than that of the link.
func ofIPv6(i *rows.Interface) bool {
	from, _ := i.MTUFrom.Get()
	return strings.Contains(from, "/ipv6/conf/")
}

// listsDiffer compares lists of addresses in any order. nil is unknown. Where a file does
// not tell the length of a prefix, no other can differ from it.
func listsDiffer(a, b rows.Words) bool {
	if a == nil || b == nil {
		return false
	}
	bare := func(word string) bool { return !strings.Contains(word, "/") }
	if slices.ContainsFunc(a, bare) || slices.ContainsFunc(b, bare) {
		a, b = addressesOf(a), addressesOf(b)
	}
	return !slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// addressesOf cuts the prefix lengths off.
func addressesOf(list rows.Words) (all rows.Words) {
	for _, word := range list {
		address, _, _ := strings.Cut(word, "/")
		all = append(all, address)
	}
	return all
}
