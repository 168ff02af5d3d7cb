package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser/rows"
)

var deadInterface = &Rule{
	ID: "T48", Title: "routes through interfaces that are missing, down or without a carrier", Severity: Warning,
	Needs: []Need{routeNeed, linkNeed},
	Uses:  append([]string{"sys/class/net/*/flags", "output/ip_address", "output/ip_link", "output/ifconfig", "output/netstat_i"}, linkStateFiles...),
	Means: "What these routes carry goes nowhere, and a route that would do is not used as long as these win over it.",
	Do:    "look at the link: ip -d link show; ethtool INTERFACE; then mend it or take its routes away",
	References: []string{
		"https://man7.org/linux/man-pages/man8/ip-route.8.html",
		"https://docs.kernel.org/networking/operstates.html",
	},
	Check: func(c *Check) {
		links := c.linksByName()
		type key struct{ dev, what string }
		var by groups[key]
		severities := map[key]Severity{}
		for _, family := range []string{"inet", "inet6"} {
			for _, r := range c.routes(family) {
				if r.rejects() || r.dev == "" || r.dev == "lo" {
					continue
				}
				what, severity := deadLink(r, links[baseName(r.dev, links)])
				if severity == 0 || what == notThere && !c.Has("proc/net/dev") {
					continue // what commands printed may be those that are up, or a choice
				}
				k := key{r.dev, what}
				by.add(k, r.evidence)
				severities[k] = max(severities[k], severity)
			}
		}
		for _, g := range by.list {
			f := Finding{
				Severity: severities[g.Key], Subject: g.Key.dev, Evidence: g.Evidence, Count: g.Count,
				What: fmt.Sprintf("%s through %s, which %s", counted(g.Count, "route leads", "routes lead"), g.Key.dev, g.Key.what),
			}
			if g.Key.what != noCarrier { // the kernel takes the routes of such an interface away
				f.Doubts = []string{"the interface may have changed between the reading of the files"}
			}
			c.Find(f)
		}
	},
}

const (
	noCarrier = "is up and has no carrier"
	notThere  = "is not there"
)

// deadLink says what is wrong with the interface of a route, which is nil if there is
// none.
func deadLink(r route, i *rows.Interface) (what string, severity Severity) {
	switch {
	case i == nil:
		return notThere, Warning
	case isNot(i, "UP"):
		return "is down", Warning
	case !isNot(i, "RUNNING") || r.to.Addr().IsLinkLocalUnicast():
		return "", 0
	case r.Gateway.Known():
		return noCarrier, Warning
	case madeBridge(r.dev):
		return "", 0 // no container or machine runs
	}
	return noCarrier, Info // a port that is not plugged in
}

// baseName is the interface of an alias: route of old kernels shows eth0:1.
func baseName(dev string, links map[string]*rows.Interface) string {
	for i := range len(dev) {
		if dev[i] == ':' && links[dev] == nil {
			return dev[:i]
		}
	}
	return dev
}
