package render

import (
	"errors"
	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// routes writes one table after the other; the first that fails ends the run
// (7.1).
func (n *netstat) routes() {
	for _, family := range n.Plan.RouteFamilies() {
		ok := true
		switch family {
		case query.Inet:
			ok = n.routesIPv4()
		case query.Inet6:
			ok = n.routesInet6()
		default:
			ok = n.rareRoutes(family)
		}
		if !ok {
			n.Report.Fail()
			return
		}
	}
}

func (n *netstat) numericRoutes() bool { return n.Columns.NumericHosts || n.Columns.Symbolic }

// A routeLevel is a set of columns of the IPv4 table.
type routeLevel int

const (
	levelNone   routeLevel = iota // heading only
	levelMetric                   // Metric Ref Use
	levelMSS                      // MSS Window irtt
	levelBoth
)

var routeHeadings = [...]string{
	levelNone:   "",
	levelMetric: "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n",
	levelMSS:    "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n",
	levelBoth:   "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface    MSS   Window irtt\n",
}

// routeLevel counts -e from levelMetric, swaps the first two levels and keeps
// two bits of the rest: a third -e shows no rows, a fourth is like the first.
func (n *netstat) routeLevel() routeLevel {
	switch level := levelMetric + routeLevel(n.Columns.Extend); level {
	case levelMetric:
		return levelMSS
	case levelMSS:
		return levelMetric
	default:
		return level & 3
	}
}

// routesInet writes the IPv4 table (7.2).
func (n *netstat) routesInet() bool {
	t := n.Snapshot.Routes()
	if t.State == snapshot.Absent || t.State == snapshot.Failed {
		n.Report.Lacking(t.File, t.State, t.Err, query.ByName)
		n.text("INET (IPv4) not configured in this system.\n")
		return false
	}
	level := n.routeLevel()
	n.text("Kernel IP routing table\n")
	n.text(routeHeadings[level])
	if t.State == snapshot.Empty {
		n.Report.Lacking(t.File, t.State, t.Err, query.ByName)
		return false
	}
	if t.Note != "" {
		n.Report.Notef("%s", t.Note)
	}
	for r, err := range t.Rows() {
		if err != nil {
			n.Report.Bad(err)
			if _, ok := errors.AsType[*parser.MissingColumnError](err); ok {
				return false
			}
			continue
		}
		if level == levelNone || !n.Plan.Route(&r) {
			continue
		}
		n.buf = n.appendRoute(n.buf, &r, level)
		if !n.full() {
			return true
		}
	}
	return true
}

func (n *netstat) appendRoute(b []byte, r *parser.Route, level routeLevel) []byte {
	reject := r.Flags&parser.RouteReject != 0
	b = append(n.appendCut(b, n.destination(r)), ' ')
	if reject {
		b = left(b, "-", 15)
	} else {
		b = n.appendCut(b, appendGateway(n.a[:0], r.Gateway, n.numericRoutes(), n.Names))
	}
	b = append(n.appendCut(append(b, ' '), words.AppendAddr4(n.a[:0], r.Genmask.As4())), ' ')
	b = append(appendRouteFlags(b, r.Flags), ' ')
	if reject {
		b = appendReject(b, r, level)
	} else {
		b = appendRouteColumns(b, level, routeColumns{r.Metric, r.RefCnt, r.Use, r.MTU, r.Window, r.IRTT, r.Iface, r.Lacks})
		if level == levelBoth {
			b = leftKnown(b, !r.Lacks.Has(parser.LacksMSS), int64(int32(r.IRTT)), 0)
		}
	}
	return append(b, '\n')
}

// routeColumns are what the table and the cache show behind the flags.
type routeColumns struct {
	metric, refCnt, use, mtu, window, irtt int64
	iface                                  string
	lacks                                  parser.Lack
}

// appendRouteColumns appends the columns of a level. With both, the IRTT is
// left to the caller: the cache pads it.
func appendRouteColumns(b []byte, level routeLevel, r routeColumns) []byte {
	mss := !r.lacks.Has(parser.LacksMSS)
	if level == levelMSS {
		b = append(rightKnown(b, mss, int64(int32(r.mtu)), 5), ' ')
		b = append(leftKnown(b, mss, int64(int32(r.window)), 5), ' ')
		b = append(rightKnown(b, mss, int64(int32(r.irtt)), 6), ' ')
		return words.AppendSafe(b, r.iface)
	}
	refCnt, use := !r.lacks.Has(parser.LacksRefCount), !r.lacks.Has(parser.LacksUse)
	b = append(leftKnown(b, !r.lacks.Has(parser.LacksMetric), int64(int32(r.metric)), 6), ' ')
	if level == levelMetric {
		b = append(leftKnown(b, refCnt, int64(int32(r.refCnt)), 2), ' ')
		b = append(rightKnown(b, use, int64(int32(r.use)), 7), ' ')
		return words.AppendSafe(b, r.iface)
	}
	b = append(leftKnown(b, refCnt, int64(int32(r.refCnt)), 3), ' ')
	b = append(rightKnown(b, use, int64(int32(r.use)), 6), ' ')
	b = append(safeLeft(b, r.iface[:min(len(r.iface), 6)], 6), "   "...)
	b = append(leftKnown(b, mss, int64(int32(r.mtu)), 5), ' ')
	return append(leftKnown(b, mss, int64(int32(r.window)), 6), ' ')
}

func appendReject(b []byte, r *parser.Route, level routeLevel) []byte {
	if level == levelMSS {
		return append(b, "    - -          - -"...)
	}
	b = append(leftKnown(b, !r.Lacks.Has(parser.LacksMetric), int64(int32(r.Metric)), 6), " -  "...)
	b = append(rightKnown(b, !r.Lacks.Has(parser.LacksUse), int64(int32(r.Use)), 7), " -"...)
	if level == levelBoth {
		b = append(b, "        -     -      -"...)
	}
	return b
}

// appendCut appends a column that netstat cuts to 15 bytes.
func (n *netstat) appendCut(b, text []byte) []byte {
	n.a = text
	return safeLeft(b, text[:min(len(text), 15)], 15)
}

// destination gives the text of the Destination column: a host if the H flag or
// any bit outside the mask is set, else a network.
func (n *netstat) destination(r *parser.Route) []byte {
	b := n.a[:0]
	switch {
	case n.numericRoutes():
	case r.Destination == netip.IPv4Unspecified():
		if r.Genmask == r.Destination {
			return append(b, "default"...)
		}
	default:
		lookup := n.Names.Network
		if r.LooksLikeHost() {
			lookup = n.Names.Host4
		}
		if name, ok := lookup(r.Destination); ok {
			return append(b, name...)
		}
	}
	return words.AppendAddr4(b, r.Destination.As4())
}

// appendRouteFlags appends the padded Flags column.
func appendRouteFlags(b []byte, flags uint32) []byte {
	from := len(b)
	return pad(words.AppendRouteLetters(b, flags), from, 5)
}

// routesInet6 writes the IPv6 table, the cached routes, or both (7.4).
func (n *netstat) routesInet6() bool {
	for _, cache := range []bool{false, true} {
		if cache && !n.Plan.Cache || !cache && n.Plan.Cache && !n.Plan.FIB {
			continue
		}
		if cache && n.neighbours6() {
			continue
		}
		t := n.Snapshot.Routes6()
		if t.State == snapshot.Absent || t.State == snapshot.Failed {
			n.Report.Lacking(t.File, t.State, t.Err, query.ByName)
			n.text("INET6 (IPv6) not configured in this system.\n")
			return false
		}
		if t.Note != "" {
			n.Report.Notef("%s", t.Note)
		}
		kind := "table"
		if cache {
			kind = "cache"
		}
		n.text("Kernel IPv6 routing " + kind + "\n")
		n.text("Destination                    Next Hop                   Flag Met Ref  Use If\n")
		for r := range good(n, t) {
			if !n.Plan.Route6(&r, cache) {
				continue
			}
			n.buf = n.appendRoute6(n.buf, &r)
		}
	}
	return true
}

func (n *netstat) appendRoute6(b []byte, r *parser.Route6) []byte {
	n.a = appendHost(n.a[:0], r.Destination.Addr(), n.numericRoutes(), n.Names)
	n.a = leftInt(append(n.a, '/'), int64(r.Destination.Bits()), 0)
	b = append(safeLeft(b, n.a[:min(len(n.a), maxText)], 30), ' ')
	n.a = appendHost(n.a[:0], r.NextHop, n.numericRoutes(), n.Names)
	b = append(safeLeft(b, n.a, 26), ' ')
	from := len(b)
	b = append(pad(words.AppendLetters(b, r.Flags, words.Route6Flags), from, 4), ' ')
	b = append(leftKnown(b, !r.Lacks.Has(parser.LacksMetric), int64(int32(r.Metric)), 3), ' ')
	b = append(leftKnown(b, !r.Lacks.Has(parser.LacksRefCount), int64(int32(r.RefCnt)), 1), ' ')
	b = append(rightKnown(b, !r.Lacks.Has(parser.LacksUse), int64(int32(r.Use)), 6), ' ')
	if r.Iface == "" {
		return append(b, "-\n"...)
	}
	return append(words.AppendSafe(b, r.Iface), '\n')
}
