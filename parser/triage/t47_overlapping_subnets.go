package triage

import (
	"fmt"
	"net/netip"
	"slices"
)

var overlappingSubnets = &Rule{
	ID: "T47", Title: "the same network on several interfaces", Severity: Warning,
	Needs: []Need{routeNeed},
	Means: "Answers leave by one interface whichever a packet came in by, and the kernel answers ARP requests for any of its addresses on each of them: with rp_filter packets are dropped, without it switches and firewalls see one-sided traffic.",
	Do:    "put the interfaces into a bond, or into networks of their own, or set up source routing with arp_ignore and arp_announce: ip route; ip rule",
	References: []string{
		"https://access.redhat.com/solutions/53031",
		"https://docs.kernel.org/networking/ip-sysctl.html",
	},
	Check: func(c *Check) {
		for _, family := range []string{"inet", "inet6"} {
			checkOverlaps(c, family)
		}
	},
}

// A subnet is a network and the routes to it, one of each interface.
type subnet struct {
	to     netip.Prefix
	routes []route
}

func checkOverlaps(c *Check, family string) {
	by := map[netip.Prefix]*subnet{}
	var list []*subnet
	var all nets
	for _, r := range c.routes(family) {
		// Networks of link addresses are on every interface, and IPv4 ones may be.
		if !r.connected() || r.dev == "lo" || r.to.Bits() == 0 || r.to.IsSingleIP() || r.to.Addr().IsLinkLocalUnicast() {
			continue
		}
		s := by[r.to]
		if s == nil {
			s = &subnet{to: r.to}
			by[r.to], list = s, append(list, s)
			all.add("", r.to)
		}
		if len(s.routes) <= MaxEvidence && !slices.ContainsFunc(s.routes, func(o route) bool { return o.dev == r.dev }) {
			s.routes = append(s.routes, r)
		}
	}
	for _, s := range list {
		if len(s.routes) > 1 {
			reportSame(c, family, s)
			continue
		}
		if wider, ok := all.find("", s.to.Addr(), s.to.Bits()); ok {
			reportInside(c, s, by[wider])
		}
	}
}

func reportSame(c *Check, family string, s *subnet) {
	f := Finding{Severity: Warning, Subject: "network " + s.to.String()}
	var devs []string
	for _, r := range s.routes {
		f.Evidence, devs = append(f.Evidence, r.evidence()), append(devs, r.dev)
		if r.Metric != s.routes[0].Metric {
			f.Severity = Info // somebody or something said which is to be used
		}
	}
	f.What = fmt.Sprintf("%s is connected by %s interfaces: %s", s.to, number(float64(len(devs))), listed(devs, MaxEvidence))
	f.Figures = []Figure{{Name: "interfaces", Value: float64(len(devs))}}
	if family == "inet6" {
		f.Doubts = append(f.Doubts, "the interfaces may belong to several VRFs: proc/net/ipv6_route does not tell in which table a route is")
	}
	c.Find(f)
}

// reportInside tells of a network inside of another one, such as that of a bridge for
// containers inside of the company's.
func reportInside(c *Check, s, wider *subnet) {
	in, out := s.routes[0], wider.routes[0]
	if in.dev == out.dev || overlay(in.dev) || overlay(out.dev) {
		return
	}
	c.Find(Finding{
		Severity: Info, Subject: "network " + s.to.String(), Evidence: []Evidence{in.evidence(), out.evidence()},
		What: fmt.Sprintf("%s on %s lies inside of %s on %s: machines there that have such addresses cannot be reached", s.to, in.dev, wider.to, out.dev),
		Do:   "if machines behind " + out.dev + " have such addresses, give " + in.dev + " another network",
	})
}
