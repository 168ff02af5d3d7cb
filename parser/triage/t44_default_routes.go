package triage

import (
	"cmp"
	"fmt"
	"slices"
)

var defaultRoutes = &Rule{
	ID: "T44", Title: "several default routes", Severity: Warning,
	Needs: []Need{routeNeed},
	Means: "Of several default routes only the one with the lowest metric carries packets; between those with the same metric it is the order in which they were added, which may be another one after the next start.",
	Do:    "give each default route a metric of its own, or keep one: ip route show default; ip -6 route show default",
	References: []string{
		"https://man7.org/linux/man-pages/man8/ip-route.8.html",
		"RFC 4191 (default router preferences of IPv6)",
	},
	Check: func(c *Check) {
		for _, family := range []string{"inet", "inet6"} {
			checkDefaults(c, family)
		}
	},
}

func checkDefaults(c *Check, family string) {
	var list []route
	type hop struct{ gateway, dev, metric string }
	seen := map[hop]bool{}
	for _, r := range c.routes(family) {
		gateway, _ := r.Gateway.Get()
		key := hop{gateway.String(), r.dev, r.metric()}
		if r.rejects() || r.to.Bits() != 0 || r.Source.Known() || seen[key] {
			continue // those with a source are for packets of that source only
		}
		seen[key] = true
		list = append(list, r)
	}
	if len(list) < 2 {
		return
	}
	slices.SortStableFunc(list, func(a, b route) int { return cmp.Compare(Of(a.Metric), Of(b.Metric)) })
	f := Finding{Severity: Info, Subject: ipName(family), Count: len(list)}
	for _, r := range list[:min(len(list), MaxEvidence)] {
		f.Evidence = append(f.Evidence, r.evidence())
	}
	f.What = fmt.Sprintf("there are %s default routes of %s: %s", number(float64(len(list))), ipName(family), hops(list))
	f.Figures = []Figure{{Name: "default routes of " + ipName(family), Value: float64(len(list))}}
	switch same := rivals(list); {
	case slices.ContainsFunc(list, func(r route) bool { return !r.Metric.Known() }):
		f.Doubts = append(f.Doubts, "the metrics are not known: "+list[0].File+" shows none")
	case family == "inet6" && !twoLinks(list):
		return // several routers that announce themselves are how IPv6 is meant to be
	case same > 1 && (family == "inet" || twoLinks(list[:same])):
		f.Severity = Warning
		f.What = fmt.Sprintf("%s default routes of %s have the same %s: %s", number(float64(same)), ipName(family), list[0].metric(), hops(list[:same]))
	}
	if family == "inet6" {
		f.Doubts = append(f.Doubts, "proc/net/ipv6_route does not tell in which table a route is, nor whether several are hops of one")
	}
	c.Find(f)
}

// rivals gives how many of the routes, which are sorted, have the lowest metric.
func rivals(list []route) int {
	n := slices.IndexFunc(list, func(r route) bool { return r.Metric != list[0].Metric })
	if n < 0 {
		return len(list)
	}
	return n
}

// twoLinks reports whether routes lead over more than one link.
func twoLinks(list []route) bool {
	return slices.ContainsFunc(list, func(r route) bool { return r.dev != list[0].dev })
}

// hops is "10.0.0.1 on eth0, 10.1.0.1 on eth1".
func hops(list []route) string {
	var names []string
	for _, r := range list[:min(len(list), MaxEvidence)] {
		name := r.dev
		if gateway, ok := r.Gateway.Get(); ok {
			name = gateway.String() + " on " + r.dev
		}
		names = append(names, name)
	}
	text := listed(names, MaxEvidence)
	if n := len(list) - MaxEvidence; n > 0 {
		text += " and " + number(float64(n)) + " more"
	}
	return text
}
