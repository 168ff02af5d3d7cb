package triage

import (
	"fmt"
	"net/netip"

	"github.com/coldstat/coldstat/parser/rows"
)

var gatewayOffSubnet = &Rule{
	ID: "T46", Title: "gateways that are in no network of their interface", Severity: Warning,
	Needs: []Need{routeNeed},
	Uses:  append([]string{"proc/net/arp", "proc/net/dev", "sys/class/net/*/flags"}, linkStateFiles...),
	Means: "The machine asks for the hardware address of the gateway on a link where the gateway should not be: unless it answers there all the same, nothing that the route carries arrives.",
	Do:    "compare the gateway with the addresses of the interface, which may have been changed after the route was set: ip address; ip route; ping the gateway",
	References: []string{
		"https://man7.org/linux/man-pages/man8/ip-route.8.html",
		"RFC 1122, section 3.3.1.1",
	},
	Check: func(c *Check) {
		links := c.linksByName()
		answers := map[netKey]bool{}
		for _, n := range c.Neighbours() {
			if at, ok := neighbourKey(&n); ok && resolved(&n) {
				answers[at] = true
			}
		}
		var by groups[netKey]
		var first []route // of each group
		var alone []bool  // the interface of which has no network but its own address
		for _, family := range []string{"inet", "inet6"} {
			all := c.routes(family)
			var near nets
			wide := map[string]bool{}
			for _, r := range all {
				if r.connected() {
					near.add(r.dev, r.to)
					wide[r.dev] = wide[r.dev] || !r.to.IsSingleIP() && !r.to.Addr().IsLinkLocalUnicast()
				}
			}
			for _, r := range all {
				gateway, ok := r.Gateway.Get()
				if !ok || !offSubnet(r, gateway, &near, links[r.dev]) || answers[hostKey(r.dev, gateway)] {
					continue
				}
				n := len(by.list)
				by.add(hostKey(r.dev, gateway), r.evidence)
				if len(by.list) > n {
					first, alone = append(first, r), append(alone, !wide[r.dev])
				}
			}
		}
		for i, g := range by.list {
			reportOffSubnet(c, g, first[i], alone[i])
		}
	},
}

// offSubnet reports whether a gateway is where it should not be.
func offSubnet(r route, gateway netip.Addr, near *nets, link *rows.Interface) bool {
	switch {
	case r.rejects() || r.dev == "" || gateway.IsLinkLocalUnicast() || gateway.IsLoopback() || near.holds(r.dev, gateway):
		return false
	case r.to.Bits() > 0 && r.to.Contains(gateway):
		return false // an overlay: flannel names the other host's network as the gateway into it
	case link != nil && (is(link, "POINTOPOINT") || is(link, "NOARP")):
		return false // there is only one other end, and nobody asks for addresses
	}
	return true
}

func reportOffSubnet(c *Check, g *group[netKey], r route, alone bool) {
	gateway := g.Key.to.Addr()
	f := Finding{
		Severity: Warning, Subject: ipName(r.Family) + " gateway on " + r.dev, Evidence: g.Evidence, Count: g.Count,
		What: fmt.Sprintf("%s over gateway %s on %s, which is in no network of %s",
			counted(g.Count, "route leads", "routes lead"), gateway, r.dev, r.dev),
		Doubts: []string{"the route may be meant so (onlink), which the table does not tell"},
	}
	if alone {
		f.Severity = Info // the usual way of clouds that give each machine a /32
		f.What += ": that has only an address of its own"
	}
	c.Find(f)
}

// hostKey is an address on a link.
func hostKey(dev string, a netip.Addr) netKey { return netKey{dev, netip.PrefixFrom(a, a.BitLen())} }

func neighbourKey(n *rows.Neighbour) (at netKey, ok bool) {
	a, ok := n.Address.Get()
	dev, known := n.Interface.Get()
	return hostKey(dev, a), ok && known
}

// resolved reports whether the hardware address of a neighbour is known.
func resolved(n *rows.Neighbour) bool { return n.State == "complete" || n.State == "permanent" }
