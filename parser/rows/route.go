package rows

import (
	"errors"
	"iter"
	"math/bits"
	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// A Route is a route of IPv4 or IPv6: a row of proc/net/route or ipv6_route.
type Route struct {
	Family          string                 `json:"family" csv:"family" head:"Family" show:"key" doc:"inet or inet6"`
	Destination     parser.Opt[netip.Addr] `json:"destination" csv:"destination" head:"Destination" show:"key" from:"Destination" doc:"0.0.0.0 or :: with length 0 is the default route"`
	PrefixLen       parser.Opt[uint64]     `json:"prefix_len" csv:"prefix_len" head:"Len" show:"key" unit:"bits" doc:"null for a netmask with holes"`
	Genmask         parser.Opt[netip.Addr] `json:"genmask" csv:"genmask" head:"Genmask" show:"7" from:"Mask" doc:"IPv4 only"`
	DestinationName parser.Opt[string]     `json:"destination_name" csv:"destination_name" head:"Name" show:"6" from:"etc/networks, etc/hosts" cut:"yes" doc:"of the network or host in the capture; null with -n"`
	Gateway         parser.Opt[netip.Addr] `json:"gateway" csv:"gateway" head:"Gateway" show:"key" from:"Gateway" doc:"null if there is none: the destination is on the link"`
	GatewayHost     parser.Opt[string]     `json:"gateway_host" csv:"gateway_host" head:"Gateway Host" show:"6" from:"etc/hosts" cut:"yes" doc:"the gateway's name in the capture; null with -n"`
	Source          parser.Opt[netip.Addr] `json:"source" csv:"source" head:"Source" show:"5" doc:"IPv6 only: the route is for packets from here; null if from anywhere"`
	SourcePrefixLen parser.Opt[uint64]     `json:"source_prefix_len" csv:"source_prefix_len" head:"Len" show:"5" unit:"bits" doc:"with source"`
	Flags           uint64                 `json:"flags" csv:"flags" from:"Flags" doc:"RTF_* of include/uapi/linux/route.h and ipv6_route.h"`
	FlagLetters     string                 `json:"flag_letters" csv:"flag_letters" head:"Flags" show:"key" doc:"netstat's letters for them"`
	FlagNames       Words                  `json:"flag_names" csv:"flag_names" cut:"yes" doc:"the kernel's names for them, without RTF_"`
	Metric          parser.Opt[int64]      `json:"metric" csv:"metric" head:"Metric" show:"1" from:"Metric" doc:"the lower one wins; null if netstat printed the row, which shows none"`
	RefCount        parser.Opt[int64]      `json:"refcount" csv:"refcount" head:"Ref" show:"7" from:"RefCnt" doc:"0 for IPv4 since Linux 2.4; null if a command printed the row without it"`
	Use             parser.Opt[int64]      `json:"use" csv:"use" head:"Use" show:"7" from:"Use" doc:"lookups; 0 for IPv4 since Linux 2.4; null if a command printed the row without it"`
	Interface       parser.Opt[string]     `json:"interface" csv:"interface" head:"Iface" show:"key" from:"Iface" doc:"null for a route without a device"`
	MTU             parser.Opt[int64]      `json:"mtu_bytes" csv:"mtu_bytes" head:"MTU" show:"4" unit:"bytes" from:"MTU" doc:"IPv4 only: the route's advertised MSS plus 40, and not the MTU; 0 if not set"`
	Window          parser.Opt[int64]      `json:"window_bytes" csv:"window_bytes" head:"Window" show:"5" unit:"bytes" from:"Window" doc:"IPv4 only; 0 if not set"`
	IRTT            parser.Opt[int64]      `json:"irtt_ms" csv:"irtt_ms" head:"irtt" show:"5" unit:"milliseconds" from:"IRTT" doc:"IPv4 only: initial round trip time; 0 if not set"`

	Origin
}

// Routes yields the routes that the plan selects. As in netstat, the first
// table that is missing ends them.
func (r *Reader) Routes() iter.Seq[Route] {
	return func(yield func(Route) bool) {
		for _, f := range r.Plan.RouteFamilies() {
			goOn := true
			switch f {
			case query.Inet:
				goOn = r.routes4(yield)
			case query.Inet6:
				goOn = r.routes6(yield)
			}
			if !goOn {
				return
			}
		}
	}
}

func (r *Reader) routes4(yield func(Route) bool) bool {
	if r.Plan.Cache && !r.Plan.FIB {
		return true
	}
	t := r.Snapshot.Routes()
	if !usable(r, t, r.asked(query.ByName)) {
		return r.lost()
	}
	whole := true
	rows := snapshot.Good(t.Rows(), func(err error) {
		r.report().Bad(err)
		if _, ok := errors.AsType[*parser.MissingColumnError](err); ok {
			r.report().Fail()
			whole = false
		}
	})
	for rt := range rows {
		if r.Plan.Route(&rt) && !yield(r.route4(t.File, &rt)) {
			return false
		}
	}
	return whole
}

// asked grades a table: of whole tables none is asked for by itself.
func (r *Reader) asked(a query.Asked) query.Asked {
	if r.Plan.Whole {
		return query.InPassing
	}
	return a
}

// lost is what follows a table of routes that was asked for and is not there.
// It reports whether to go on with the next one.
func (r *Reader) lost() bool {
	if !r.Plan.Whole {
		r.report().Fail()
	}
	return r.Plan.Whole
}

func (r *Reader) route4(file string, rt *parser.Route) Route {
	row := Route{
		Family: "inet", Destination: addr(rt.Destination), Genmask: addr(rt.Genmask),
		PrefixLen: maskLen(rt.Genmask), Gateway: gateway(rt.Gateway), GatewayHost: r.host(rt.Gateway),
		Flags: uint64(rt.Flags), FlagLetters: string(words.AppendRouteLetters(nil, rt.Flags)),
		FlagNames: words.RouteFlagNames(rt.Flags),
		Metric:    has(rt.Lacks, parser.LacksMetric, rt.Metric),
		RefCount:  has(rt.Lacks, parser.LacksRefCount, rt.RefCnt), Use: has(rt.Lacks, parser.LacksUse, rt.Use),
		MTU: has(rt.Lacks, parser.LacksMSS, rt.MTU), Window: has(rt.Lacks, parser.LacksMSS, rt.Window), IRTT: has(rt.Lacks, parser.LacksMSS, rt.IRTT),
		Origin: r.origin(file, rt.Line),
	}
	if rt.Iface != "*" {
		row.Interface = text(rt.Iface)
	}
	if !r.NoHosts && r.Names != nil && !rt.Destination.IsUnspecified() {
		lookup := r.Names.Network
		if rt.LooksLikeHost() {
			lookup = r.Names.Host4
		}
		if name, ok := lookup(rt.Destination); ok {
			row.DestinationName = text(name)
		}
	}
	return row
}

// has is a value unless the row lacks its column.
func has(lacks, column parser.Lack, value int64) parser.Opt[int64] {
	return found(value, !lacks.Has(column))
}

// maskLen is unknown for a netmask with holes.
func maskLen(mask netip.Addr) parser.Opt[uint64] {
	b := mask.As4()
	m := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	n := bits.LeadingZeros32(^m)
	return found(uint64(n), n == 32 || m<<n == 0)
}

func (r *Reader) routes6(yield func(Route) bool) bool {
	if r.Plan.Cache && r.Snapshot.Neighbours6().State == snapshot.Present {
		r.report().Notef("proc/net/ndisc holds neighbours instead of cached IPv6 routes: --kinds neighbour shows them")
	}
	t := r.Snapshot.Routes6()
	if !usable(r, t, r.asked(query.ByName)) {
		return r.lost()
	}
	for rt := range good(r, t) {
		cached := rt.Flags&parser.RouteCache != 0
		shown := !cached && (r.Plan.FIB || !r.Plan.Cache) || cached && r.Plan.Cache
		if (shown || r.Plan.Whole) && !yield(r.route6(t.File, &rt)) {
			return false
		}
	}
	return true
}

func (r *Reader) route6(file string, rt *parser.Route6) Route {
	row := Route{
		Family: "inet6", Destination: addr(rt.Destination.Addr()), PrefixLen: parser.Some(uint64(rt.Destination.Bits())),
		Gateway: gateway(rt.NextHop), GatewayHost: r.host(rt.NextHop), DestinationName: r.host(rt.Destination.Addr()),
		Flags: uint64(rt.Flags), FlagLetters: string(words.AppendLetters(nil, rt.Flags, words.Route6Flags)),
		FlagNames: words.Route6FlagNames(rt.Flags),
		Metric:    has(rt.Lacks, parser.LacksMetric, int64(rt.Metric)),
		RefCount:  has(rt.Lacks, parser.LacksRefCount, int64(rt.RefCnt)), Use: has(rt.Lacks, parser.LacksUse, int64(rt.Use)),
		Interface: text(rt.Iface), Origin: r.origin(file, rt.Line),
	}
	if rt.Source.Bits() > 0 {
		row.Source, row.SourcePrefixLen = addr(rt.Source.Addr()), parser.Some(uint64(rt.Source.Bits()))
	}
	return row
}

// A CachedRoute is an entry of the routing cache that kernels before 3.6 had: a
// row of proc/net/rt_cache.
type CachedRoute struct {
	Source      parser.Opt[netip.Addr] `json:"source" csv:"source" head:"Source" show:"key" from:"Source" doc:"0.0.0.0 is any"`
	Destination parser.Opt[netip.Addr] `json:"destination" csv:"destination" head:"Destination" show:"key" from:"Destination" doc:"of the packets"`
	Gateway     parser.Opt[netip.Addr] `json:"gateway" csv:"gateway" head:"Gateway" show:"key" from:"Gateway" doc:"the next hop"`
	Flags       uint64                 `json:"flags" csv:"flags" from:"Flags" doc:"RTCF_* and RTF_* of include/uapi/linux/in_route.h and route.h"`
	FlagLetters string                 `json:"flag_letters" csv:"flag_letters" head:"Flags" show:"key" doc:"netstat's letters for them"`
	Metric      int64                  `json:"metric" csv:"metric" head:"Metric" show:"3" from:"Metric" doc:"of the route"`
	RefCount    int64                  `json:"refcount" csv:"refcount" head:"Ref" show:"4" from:"RefCnt" doc:"references to the entry"`
	Use         int64                  `json:"use" csv:"use" head:"Use" show:"3" from:"Use" doc:"lookups"`
	Interface   parser.Opt[string]     `json:"interface" csv:"interface" head:"Iface" show:"key" from:"Iface" doc:"null for an entry without a device"`
	MTU         int64                  `json:"mtu_bytes" csv:"mtu_bytes" head:"MTU" show:"5" unit:"bytes" from:"MTU" doc:"the advertised MSS plus 40; 0 if not set"`
	Window      int64                  `json:"window_bytes" csv:"window_bytes" head:"Window" show:"5" unit:"bytes" from:"Window" doc:"0 if not set"`
	IRTT        int64                  `json:"irtt_ms" csv:"irtt_ms" head:"irtt" show:"5" unit:"milliseconds" from:"IRTT" doc:"0 if not set"`
	TOS         parser.Opt[uint64]     `json:"tos" csv:"tos" head:"TOS" show:"6" from:"TOS" doc:"null in Linux 2.0"`
	HHRef       int64                  `json:"hh_refcount" csv:"hh_refcount" head:"HHRef" show:"7" from:"HHRef" doc:"references to the link header, -1 if there is none"`
	HHUptod     int64                  `json:"hh_up_to_date" csv:"hh_up_to_date" head:"HHUptod" show:"7" from:"HHUptod" doc:"1 if the link header is valid"`
	SpecDst     parser.Opt[netip.Addr] `json:"spec_dst" csv:"spec_dst" head:"SpecDst" show:"6" from:"SpecDst" doc:"the address to answer from; null in Linux 2.0"`

	Origin
}

// CachedRoutes yields the routing cache of IPv4.
func (r *Reader) CachedRoutes() iter.Seq[CachedRoute] {
	return func(yield func(CachedRoute) bool) {
		t := r.Snapshot.CachedRoutes()
		if !usable(r, t, r.asked(query.ByName)) {
			r.lost()
			return
		}
		for rt := range good(r, t) {
			row := CachedRoute{
				Source: addr(rt.Source), Destination: addr(rt.Destination), Gateway: addr(rt.Gateway),
				Flags: uint64(rt.Flags), FlagLetters: string(words.AppendCacheLetters(nil, &rt)),
				Metric: rt.Metric, RefCount: rt.RefCnt, Use: rt.Use, MTU: rt.MTU, Window: rt.Window, IRTT: rt.IRTT,
				HHRef: rt.HHRef, HHUptod: rt.HHUptod, SpecDst: rt.SpecDst, Origin: r.origin(t.File, rt.Line),
			}
			if tos, ok := rt.TOS.Get(); ok {
				row.TOS = parser.Some(uint64(tos))
			}
			if rt.Iface != "*" {
				row.Interface = text(rt.Iface)
			}
			if !yield(row) {
				return
			}
		}
	}
}
