package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// A span is the time between two captures, of which all counters of a [Host] are.
type span struct {
	seconds float64
	name    string // for people: 5m 2s
}

// NewDelta makes a machine of what was counted between two captures of one, so that rules
// that look at counters see what happened then, and not what happened since the start. Its
// uptime is the time between, which must be more than 0. A counter that fell, or that one
// of the captures lacks, is one that the kernel does not have. Only the [DeltaRules] can
// be checked on it. name is the time between for people.
func NewDelta(old, new *Host, seconds float64, name string) *Host {
	h := NewHost(new.Snapshot, new.Source, nil, nil)
	h.Damage = new.Damage
	h.span = &span{seconds, name}
	// Read what both have, and note which rows cannot be read.
	old.Counter("", "")
	new.Counter("", "")
	h.counters = map[[2]string]Counter{}
	for key, n := range new.counters {
		o, ok := old.counters[key]
		if !ok || n.Value < o.Value {
			continue
		}
		h.counters[key] = Counter{n.Value - o.Value, Evidence{n.File, n.Line, fmt.Sprintf("%s: %s +%d, from %d to %d", key[0], key[1], n.Value-o.Value, o.Value, n.Value)}}
	}
	interfaces := deltaInterfaces(old.Interfaces(), new.Interfaces())
	h.interfaces = &interfaces
	softnets := deltaSoftnets(old.Softnets(), new.Softnets())
	h.link.softnets = &softnets
	for _, from := range []*Host{old, new} {
		for file, n := range from.bad {
			h.bad[file] += n
		}
	}
	return h
}

// DeltaRules are the rules that look at nothing but counters.
func DeltaRules() []*Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(r *Rule) bool { return !r.Counters })
}

// deltaInterfaces are the interfaces of both captures with what they counted in between.
// Without one counter an interface has none: it was made anew, or counts in 32 bits.
func deltaInterfaces(old, new []rows.Interface) []rows.Interface {
	by := map[string]*rows.Interface{}
	for i := range old {
		by[old[i].Name] = &old[i]
	}
	list := []rows.Interface{}
	for _, n := range new {
		o := by[n.Name]
		if o == nil {
			continue
		}
		fell := false
		for _, c := range []struct {
			into *parser.Opt[uint64]
			from parser.Opt[uint64]
		}{
			{&n.RxPackets, o.RxPackets}, {&n.RxErrors, o.RxErrors}, {&n.RxDropped, o.RxDropped}, {&n.RxOverruns, o.RxOverruns},
			{&n.RxFrame, o.RxFrame}, {&n.RxCompressed, o.RxCompressed}, {&n.Multicast, o.Multicast}, {&n.RxBytes, o.RxBytes},
			{&n.TxPackets, o.TxPackets}, {&n.TxErrors, o.TxErrors}, {&n.TxDropped, o.TxDropped}, {&n.TxOverruns, o.TxOverruns},
			{&n.Collisions, o.Collisions}, {&n.Carrier, o.Carrier}, {&n.TxCompressed, o.TxCompressed}, {&n.TxBytes, o.TxBytes},
		} {
			a, ok1 := c.from.Get()
			b, ok2 := c.into.Get()
			*c.into = parser.Opt[uint64]{}
			switch {
			case !ok1 || !ok2:
			case b < a:
				fell = true
			default:
				*c.into = parser.Some(b - a)
			}
		}
		if !fell {
			list = append(list, n)
		}
	}
	return list
}

// deltaSoftnets are the CPUs of both captures with what they did in between. There are
// none if the captures do not have the same CPUs, or if one began again at 0.
func deltaSoftnets(old, new []parser.Softnet) []parser.Softnet {
	list := []parser.Softnet{}
	if len(old) != len(new) {
		return list
	}
	for i, n := range new {
		o := old[i]
		if o.CPU != n.CPU || n.Processed < o.Processed || n.Dropped < o.Dropped || n.Squeezed < o.Squeezed {
			return list[:0]
		}
		n.Processed, n.Dropped, n.Squeezed = n.Processed-o.Processed, n.Dropped-o.Dropped, n.Squeezed-o.Squeezed
		before, ok1 := o.FlowLimit.Get()
		after, ok2 := n.FlowLimit.Get()
		n.FlowLimit = parser.Opt[uint64]{}
		if ok1 && ok2 && before <= after {
			n.FlowLimit = parser.Some(after - before)
		}
		list = append(list, n)
	}
	return list
}

// sinceTheStart is what rules say of counters. The one with a comma comes first: it is cut
// out with it.
var sinceTheStart = strings.NewReplacer(", since the start", "", " since the start", "")

// say words what was seen of the time between two captures.
func (s *span) say(what string) string {
	return "within " + s.name + ": " + sinceTheStart.Replace(what)
}
