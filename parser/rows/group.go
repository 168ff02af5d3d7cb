package rows

import (
	"iter"
	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A Group is a multicast group that an interface has joined: a row of
// proc/net/igmp or igmp6.
type Group struct {
	Family    string                 `json:"family" csv:"family" head:"Family" show:"key" doc:"inet or inet6"`
	Interface string                 `json:"interface" csv:"interface" head:"Interface" show:"key" from:"Device" doc:"that has joined"`
	Users     int64                  `json:"users" csv:"users" head:"RefCnt" show:"key" from:"Users" doc:"how many sockets and parts of the kernel want the group"`
	Group     parser.Opt[netip.Addr] `json:"group" csv:"group" head:"Group" show:"key" from:"Group" doc:"its address"`
	GroupHost parser.Opt[string]     `json:"group_host" csv:"group_host" head:"Group Name" show:"3" from:"etc/hosts" cut:"yes" doc:"its name in the capture; null with -n"`
	IfIndex   parser.Opt[uint64]     `json:"ifindex" csv:"ifindex" from:"Idx" doc:"number of the interface; null in Linux 2.0"`
	Querier   parser.Opt[string]     `json:"querier" csv:"querier" from:"Querier" doc:"IGMP version that is spoken: V1, V2 or V3; IPv4 only"`
	TimerMS   parser.Opt[uint64]     `json:"timer_ms" csv:"timer_ms" head:"Timer ms" show:"5" unit:"milliseconds" from:"Timer" doc:"until a report is sent; null if no timer runs"`
	Reporter  parser.Opt[bool]       `json:"reporter" csv:"reporter" from:"Reporter" doc:"this machine sent the last report; IPv4 only"`
	Flags     parser.Opt[uint64]     `json:"flags" csv:"flags" doc:"MAF_* of include/net/if_inet6.h: 1 timer runs, 2 last reporter, 4 loaded, 8 no report, 16 gsquery; IPv6 only"`

	Origin
}

// Groups yields the multicast groups.
func (r *Reader) Groups() iter.Seq[Group] {
	return func(yield func(Group) bool) {
		if r.Plan.V4 && !r.groups("inet", r.Snapshot.IGMP(), r.Plan.AskedInet(query.InetTable{}), yield) {
			return
		}
		if r.Plan.V6 {
			r.groups("inet6", r.Snapshot.IGMP6(), r.Plan.AskedInet(query.InetTable{V6: true}), yield)
		}
	}
}

func (r *Reader) groups(family string, t snapshot.Table[parser.Group], asked query.Asked, yield func(Group) bool) bool {
	if !usable(r, t, r.asked(asked)) {
		return true
	}
	for g := range good(r, t) {
		row := Group{
			Family: family, Interface: g.Iface, Users: g.Users, Group: addr(g.Addr), GroupHost: r.host(g.Addr),
			IfIndex: widen(g.IfIndex), Querier: g.Querier, Reporter: g.Reporter, Flags: widen(g.Flags),
			Origin: r.origin(t.File, g.Line),
		}
		if timer, ok := g.Timer.Get(); ok {
			row.TimerMS = milliseconds(timer)
		}
		if !yield(row) {
			return false
		}
	}
	return true
}
