package diff

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
)

// A route is what is held of a row of kind route.
type route struct {
	destination, genmask, gateway, source netip.Addr // not valid if unknown
	prefixLen, sourceLen                  parser.Opt[uint64]
	metric, mtu                           parser.Opt[int64]
	iface, letters                        uint32 // numbers of names
	line                                  uint64
}

var routeKind = kindOf("route")

// routes compares the routes of both families.
func (d *differ) routes() {
	for _, f := range []struct {
		family query.Family
		file   string
	}{{query.Inet, "proc/net/route"}, {query.Inet6, "proc/net/ipv6_route"}} {
		plan, err := query.Options{Routes: 1, FIB: true, Families: []query.Family{f.family}}.Plan()
		mustBe(err)
		r := &routeDiff{differ: d, family: string(f.family), file: f.file, plan: plan, names: newNames()}
		r.compare()
	}
}

// A routeDiff is the comparison of the routes of one family.
type routeDiff struct {
	*differ
	family, file string
	plan         query.Plan
	names        *names
	left         uint64
	hidden       [2]int
}

func (r *routeDiff) compare() {
	old, inOld := r.read(r.old)
	new, inNew := r.read(r.new)
	if !r.both(r.file, presence{inOld, len(old)}, presence{inNew, len(new)}) {
		return
	}
	for len(old) > 0 || len(new) > 0 {
		c := 0
		switch {
		case len(old) == 0:
			c = 1
		case len(new) == 0:
			c = -1
		default:
			c = byTarget(old[0], new[0])
		}
		var os, ns []route
		if c <= 0 {
			os, old = leading(old)
		}
		if c >= 0 {
			ns, new = leading(new)
		}
		r.group(pointers(os), pointers(ns))
	}
	for i, s := range []*side{r.old, r.new} {
		if file := s.fileOf(r.file); s.cut[file] {
			r.cutNote(s, file, r.hidden[i])
		}
	}
	if r.left > 0 {
		r.tooMany(rows.RouteChangeKind.Name, r.left)
	}
}

// byTarget orders by what a route is for.
func byTarget(a, b route) int {
	return cmp.Or(a.destination.Compare(b.destination), compareOpt(a.prefixLen, b.prefixLen), a.genmask.Compare(b.genmask),
		a.source.Compare(b.source), compareOpt(a.sourceLen, b.sourceLen))
}

func compareOpt[T cmp.Ordered](a, b parser.Opt[T]) int {
	x, ok1 := a.Get()
	y, ok2 := b.Get()
	if ok1 != ok2 {
		if ok2 {
			return -1
		}
		return 1
	}
	return cmp.Compare(x, y)
}

func leading(list []route) (first, rest []route) {
	n := 1
	for n < len(list) && byTarget(list[0], list[n]) == 0 {
		n++
	}
	return list[:n], list[n:]
}

// group pairs the routes to one target: first those that are the same, then those that
// differ in less and less that tells them apart.
func (r *routeDiff) group(old, new []*route) {
	any := func(_, _ *route) bool { return true }
	for _, order := range []func(a, b *route) int{
		func(a, b *route) int {
			return cmp.Or(cmp.Compare(a.iface, b.iface), a.gateway.Compare(b.gateway), compareOpt(a.metric, b.metric), cmp.Compare(a.letters, b.letters), compareOpt(a.mtu, b.mtu))
		},
		func(a, b *route) int {
			return cmp.Or(cmp.Compare(a.iface, b.iface), a.gateway.Compare(b.gateway), compareOpt(a.metric, b.metric))
		},
		func(a, b *route) int { return cmp.Or(cmp.Compare(a.iface, b.iface), a.gateway.Compare(b.gateway)) },
		func(a, b *route) int { return cmp.Compare(a.iface, b.iface) },
		func(_, _ *route) int { return 0 },
	} {
		slices.SortStableFunc(old, order)
		slices.SortStableFunc(new, order)
		old, new = matchedBy(old, new, order, any, r.found)
	}
	for _, o := range old {
		r.found(o, nil)
	}
	for _, n := range new {
		r.found(nil, n)
	}
}

// read holds the routes of a capture, in the order of their targets.
func (r *routeDiff) read(s *side) (list []route, there bool) {
	s.reader.Plan = r.plan
	for row := range routeKind.Rows(s.reader, nil) {
		x := row.(*rows.Route)
		if len(list) >= r.bounds.routes {
			s.stop(r.file, len(list))
			break
		}
		list = append(list, r.compact(x))
	}
	if n := len(list); n > 0 {
		s.ended(r.file, list[n-1].line)
	}
	slices.SortStableFunc(list, byTarget)
	return list, s.reader.Seen()
}

func (r *routeDiff) compact(x *rows.Route) (c route) {
	c.destination, _ = x.Destination.Get()
	c.genmask, _ = x.Genmask.Get()
	c.gateway, _ = x.Gateway.Get()
	c.source, _ = x.Source.Get()
	c.prefixLen, c.sourceLen, c.metric, c.mtu = x.PrefixLen, x.SourcePrefixLen, x.Metric, x.MTU
	iface, _ := x.Interface.Get()
	c.iface, c.letters = r.names.id(iface), r.names.id(x.FlagLetters)
	c.line, _ = x.Line.Get()
	return c
}

// found adds a row for a pair that differs, or for what only one capture has.
func (r *routeDiff) found(o, n *route) {
	x := n
	if n == nil {
		x = o
	}
	row := rows.RouteChange{
		Family: r.family, Destination: parser.Found(x.destination, x.destination.IsValid()), PrefixLen: x.prefixLen,
		Genmask: parser.Found(x.genmask, x.genmask.IsValid()), Source: parser.Found(x.source, x.source.IsValid()), SourceLen: x.sourceLen, Between: r.between,
	}
	switch {
	case o == nil:
		row.What = rows.Appeared
		r.old.missing(r.file)
		if r.old.cut[r.old.fileOf(r.file)] {
			r.hidden[0]++
			return
		}
	case n == nil:
		row.What = rows.Gone
		r.new.missing(r.file)
		if r.new.cut[r.new.fileOf(r.file)] {
			r.hidden[1]++
			return
		}
	default:
		row.What, row.Columns = rows.Changed, r.differences(o, n)
		if len(row.Columns) == 0 {
			return
		}
	}
	if o != nil {
		row.OldGateway, row.OldInterface, row.OldMetric = parser.Found(o.gateway, o.gateway.IsValid()), parser.Text(r.names.text(o.iface)), o.metric
		row.OldFlags, row.OldMTU = parser.Some(r.names.text(o.letters)), o.mtu
		row.OldFile, row.OldLine = parser.Text(r.old.fileOf(r.file)), parser.Found(o.line, o.line != 0)
	}
	if n != nil {
		row.NewGateway, row.NewInterface, row.NewMetric = parser.Found(n.gateway, n.gateway.IsValid()), parser.Text(r.names.text(n.iface)), n.metric
		row.NewFlags, row.NewMTU = parser.Some(r.names.text(n.letters)), n.mtu
		row.NewFile, row.NewLine = parser.Text(r.new.fileOf(r.file)), parser.Found(n.line, n.line != 0)
	}
	if len(r.result.Routes) >= r.bounds.rows {
		r.left++
		return
	}
	r.result.Routes = append(r.result.Routes, row)
}

// alike reports whether both tables are the kernel's, or neither: commands print other
// flags than the kernel has.
func (r *routeDiff) alike() bool { return r.old.printed(r.file) == r.new.printed(r.file) }

func (r *routeDiff) differences(o, n *route) rows.Words {
	w := rows.Words{}
	for _, c := range []struct {
		name    string
		differs bool
	}{
		{"gateway", o.gateway != n.gateway},
		{"interface", o.iface != n.iface},
		{"metric", differs(o.metric, n.metric)},
		{"flags", o.letters != n.letters && r.alike()},
		{"mtu", differs(o.mtu, n.mtu) && r.alike()},
	} {
		if c.differs {
			w = append(w, c.name)
		}
	}
	return w
}
