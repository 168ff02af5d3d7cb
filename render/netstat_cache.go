package render

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// routesIPv4 writes the IPv4 table, the cache, or both (7.1).
func (n *netstat) routesIPv4() bool {
	if (n.Plan.FIB || !n.Plan.Cache) && !n.routesInet() {
		return false
	}
	return !n.Plan.Cache || n.routeCache()
}

var (
	cacheHeadings = [...]string{
		levelNone:   "",
		levelMetric: "Source          Destination     Gateway         Flags Metric Ref    Use Iface\n",
		levelMSS:    "Source          Destination     Gateway         Flags   MSS Window  irtt Iface\n",
		levelBoth:   "Source          Destination     Gateway         Flags Metric Ref    Use Iface    MSS   Window irtt  TOS HHRef HHUptod     SpecDst\n",
	}
	oldCacheHeading = "Source          Destination     Gateway         Flags Metric Ref    Use Iface    MSS   Window irtt  HH  Arp\n"
)

// routeCache writes -rC (7.3). The heading depends on the first row's layout;
// without rows it is that of all kernels but 2.0.
func (n *netstat) routeCache() bool {
	t := n.Snapshot.CachedRoutes()
	if t.State == snapshot.Absent || t.State == snapshot.Failed {
		n.Report.Lacking(t.File, t.State, t.Err, query.ByName)
		n.text("INET (IPv4) not configured in this system.\n")
		return false
	}
	n.text("Kernel IP routing cache\n")
	if t.State == snapshot.Empty {
		n.Report.Lacking(t.File, t.State, t.Err, query.ByName)
		return false
	}
	level := n.routeLevel()
	heading := cacheHeadings[level]
	var last parser.CachedRoute
	for r, err := range t.Rows() {
		if err != nil {
			n.Report.Bad(err)
			if _, ok := errors.AsType[*parser.MissingColumnError](err); ok {
				return false
			}
			continue
		}
		if level == levelNone {
			break
		}
		if level == levelBoth && heading != "" && !r.SpecDst.Known() {
			heading = oldCacheHeading
		}
		n.text(heading)
		heading = ""
		scanTOS(&r, &last)
		n.buf = n.appendCachedRoute(n.buf, &r, level)
		if !n.full() {
			return true
		}
	}
	n.text(heading)
	return true
}

// scanTOS makes of a row what netstat makes of it: it reads the TOS as decimal.
// At a letter (1C) it stops, so that the columns behind show what the last row
// had, and the row's source for SpecDst.
func scanTOS(r, last *parser.CachedRoute) {
	tos, _ := r.TOS.Get()
	if tos&15 > 9 && tos>>4 <= 9 {
		r.TOS = parser.Some(tos >> 4)
		r.HHRef, r.HHUptod = last.HHRef, last.HHUptod
		r.SpecDst = parser.Some(r.Source)
	}
	last.HHRef, last.HHUptod = r.HHRef, r.HHUptod
}

func (n *netstat) appendCachedRoute(b []byte, r *parser.CachedRoute, level routeLevel) []byte {
	for _, a := range [...]netip.Addr{r.Source, r.Destination, r.Gateway} {
		n.a = appendHost(n.a[:0], a, n.numericRoutes(), n.Names)
		b = append(safeLeft(b, n.a, 15), ' ')
	}
	b = append(pad(words.AppendCacheLetters(b, r), len(b), 5), ' ')
	b = appendRouteColumns(b, level, routeColumns{r.Metric, r.RefCnt, r.Use, r.MTU, r.Window, r.IRTT, r.Iface, 0})
	if level == levelBoth {
		b = append(leftInt(b, int64(int32(r.IRTT)), 5), ' ')
		b = n.appendHH(b, r)
	}
	return append(b, '\n')
}

// appendHH appends the columns that only -ree has. The TOS is hexadecimal, as
// in the file.
func (n *netstat) appendHH(b []byte, r *parser.CachedRoute) []byte {
	dst, ok := r.SpecDst.Get()
	if !ok {
		b = append(leftInt(b, int64(int32(r.HHRef)), 3), ' ')
		return leftInt(b, int64(int32(r.HHUptod)), 0)
	}
	tos, _ := r.TOS.Get()
	b = append(left(b, strconv.FormatUint(uint64(tos), 16), 3), ' ')
	b = append(leftInt(b, int64(int32(r.HHRef)), 3), "   "...)
	b = append(leftInt(b, int64(int32(r.HHUptod)), 3), ' ')
	n.a = appendHost(n.a[:0], dst, n.numericRoutes(), n.Names)
	return right(b, string(words.AppendSafe(nil, n.a)), 15)
}

// neighbours6 writes what -r6C shows where there is a file ndisc (12), and
// reports whether there is one.
func (n *netstat) neighbours6() bool {
	t := n.Snapshot.Neighbours6()
	if t.State != snapshot.Present {
		return false
	}
	n.text("Kernel IPv6 Neighbour Cache\n")
	n.text("Neighbour                                   HW Address        Iface    Flags Ref State")
	if n.Columns.Extend > 0 {
		n.text("            Stale(sec) Delete(sec)")
	}
	n.text("\n")
	for r := range good(n, t) {
		n.buf = n.appendNeighbour(n.buf, &r)
	}
	return true
}

func (n *netstat) appendNeighbour(b []byte, r *parser.Neighbour) []byte {
	from := len(b)
	n.a = appendHost(n.a[:0], r.Addr, n.numericRoutes(), n.Names)
	b = append(words.AppendSafe(b, n.a), '/')
	b = append(pad(leftUint(b, uint64(r.PrefixLen), 0), from, 43), ' ')
	b = fmt.Appendf(b, "%02x:%02x:%02x:%02x:%02x:%02x ", r.HWAddr[0], r.HWAddr[1], r.HWAddr[2], r.HWAddr[3], r.HWAddr[4], r.HWAddr[5])
	b = append(safeLeft(b, r.Iface, 8), ' ')
	from = len(b)
	b = append(pad(words.AppendLetters(b, uint32(r.Flags), words.NeighbourFlags), from, 5), ' ')
	b = append(leftUint(b, uint64(r.RefCnt), 3), ' ')
	state := words.NeighbourState(r.State)
	if state == "" {
		state = fmt.Sprintf("UNKNOWN(%02x)", r.State)
	}
	b = left(b, state, 16)
	if n.Columns.Extend > 0 {
		b = appendAges(b, r)
	}
	return append(b, '\n')
}

// appendAges appends for how long the entry still counts as reachable, and
// after what time it may go, "*" while it is in use.
func appendAges(b []byte, r *parser.Neighbour) []byte {
	var stale, gone uint64
	if r.State == 2 && r.Reachable > r.Confirmed {
		stale = uint64(r.Reachable-r.Confirmed) / 100
	}
	if keep := uint32(r.GCStale); keep > r.Confirmed {
		gone = uint64(keep-r.Confirmed) / 100
	}
	b = append(leftUint(append(b, ' '), stale, 9), ' ')
	if r.RefCnt != 0 {
		return append(b, " * "...)
	}
	return append(leftUint(append(b, ' '), gone, 7), ' ')
}
