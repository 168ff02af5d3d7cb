package triage

import "fmt"

var gatewayUnresolved = &Rule{
	ID: "T49", Title: "gateways that do not answer ARP", Severity: Critical,
	Needs: []Need{{"proc/net/arp"}, {"proc/net/route", "output/ip_route", "output/route"}},
	Means: "The machine asked for the hardware address of the gateway and got no answer: the first hop is dead, or not on this link, and all that the route carries is lost.",
	Do:    "check the link and the address of the gateway: ip neighbour show; arping -I INTERFACE GATEWAY; is the VLAN the right one?",
	References: []string{
		"https://man7.org/linux/man-pages/man7/arp.7.html",
		"https://man7.org/linux/man-pages/man8/ip-neighbour.8.html",
		"RFC 826",
	},
	Check: func(c *Check) {
		silent := map[netKey]Evidence{}
		answers := map[netKey]bool{}
		for _, n := range c.Neighbours() {
			at, ok := neighbourKey(&n)
			switch {
			case !ok || n.Family != "inet" || n.Flags&atfPublished != 0: // for which the machine itself answers
			case n.State == "incomplete":
				silent[at] = neighbourRow(&n)
			default:
				answers[at] = true
			}
		}
		var by groups[netKey]
		defaults := map[netKey]bool{}
		var way bool // another default route has a gateway that answers
		for _, r := range c.routes("inet") {
			gateway, ok := r.Gateway.Get()
			at := hostKey(r.dev, gateway)
			if !ok || r.rejects() {
				continue
			}
			way = way || r.isDefault() && answers[at]
			if _, dead := silent[at]; dead {
				by.add(at, r.evidence)
				defaults[at] = defaults[at] || r.isDefault()
			}
		}
		for _, g := range by.list {
			f := Finding{
				Severity: Warning, Subject: "gateway on " + g.Key.dev, Count: g.Count + 1,
				Evidence: append([]Evidence{silent[g.Key]}, g.Evidence...),
				What:     fmt.Sprintf("gateway %s of %s does not answer ARP on %s", g.Key.to.Addr(), counted(g.Count, "route", "routes"), g.Key.dev),
				Doubts:   []string{"the question may have been asked just then: an entry is incomplete until the answer comes"},
			}
			if defaults[g.Key] && !way {
				f.Severity = Critical
				f.What += ", and no other default route has one that does"
			}
			c.Find(f)
		}
	},
}

// atfPublished marks a row of arp for which the machine answers itself.
const atfPublished = 0x08
