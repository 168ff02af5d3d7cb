package triage

import (
	"fmt"
	"net/netip"
)

var rejectRoutes = &Rule{
	ID: "T45", Title: "routes that reject or drop what is sent", Severity: Warning,
	Needs: []Need{routeNeed},
	Means: "Packets to these networks end in the kernel: programs get an error such as \"No route to host\", or with a blackhole no answer at all.",
	Do:    "ask who set the routes and whether they are still wanted: ip route show type unreachable; ip route show type blackhole; ip route show type prohibit",
	References: []string{
		"https://man7.org/linux/man-pages/man8/ip-route.8.html",
		"https://man7.org/linux/man-pages/man8/route.8.html",
		"RFC 7084, section 4.2 (WPD-5)",
	},
	Check: func(c *Check) {
		for _, family := range []string{"inet", "inet6"} {
			checkRejects(c, family)
		}
	},
}

func checkRejects(c *Check, family string) {
	var rejected nets
	var list []route
	all := c.routes(family)
	for _, r := range all {
		if r.rejects() && !ownReject(r) {
			list = append(list, r)
			rejected.add("", r.to)
		}
	}
	if len(list) == 0 {
		return
	}
	// Routes inside of a rejected network, and those that win over it, make it what is
	// left over of an aggregate, as routing daemons, Calico and routers with a delegated
	// prefix have it.
	aggregates := map[netip.Prefix]bool{}
	for _, r := range all {
		if r.rejects() {
			continue
		}
		for p, ok := rejected.find("", r.to.Addr(), r.to.Bits()+1); ok; p, ok = rejected.find("", r.to.Addr(), p.Bits()) {
			if p.Bits() > 0 || r.to.Bits() == 0 {
				aggregates[p] = true
			}
		}
	}
	var dead, meant []route
	for _, r := range list {
		if aggregates[r.to] {
			meant = append(meant, r)
		} else {
			dead = append(dead, r)
		}
	}
	reportRejects(c, Warning, ipName(family), dead)
	reportRejects(c, Info, ipName(family)+" aggregates", meant)
}

func reportRejects(c *Check, severity Severity, subject string, list []route) {
	if len(list) == 0 {
		return
	}
	f := Finding{Severity: severity, Subject: subject, Count: len(list)}
	var names []string
	for _, r := range list[:min(len(list), MaxEvidence)] {
		f.Evidence, names = append(f.Evidence, r.evidence()), append(names, r.to.String())
	}
	text := listed(names, MaxEvidence)
	if n := len(list) - MaxEvidence; n > 0 {
		text += " and " + number(float64(n)) + " more"
	}
	f.What = fmt.Sprintf("%s what is sent there: %s", counted(len(list), "route rejects or drops", "routes reject or drop"), text)
	if severity == Info {
		f.What += "; other routes lead into the same networks or win over these"
	}
	f.Figures = []Figure{{Name: "routes that reject or drop", Value: float64(len(list))}}
	c.Find(f)
}

// ownReject reports whether a route that rejects is one that nobody set: of the kernel
// itself, or of the scripts of a distribution.
func ownReject(r route) bool {
	if r.Family != "inet6" {
		return false
	}
	metric, known := r.Metric.Get()
	switch {
	case r.to.Bits() == 0 && (!known || metric < 0 || metric >= lastResort):
		return true // the end of each table
	case r.dev == "lo" && metric == addrconfMetric:
		return true // the network of an address of lo (ip6_route_info_create)
	}
	for _, p := range bogons {
		if r.to == p {
			return true
		}
	}
	return false
}

const (
	// addrconfMetric is IP6_RT_PRIO_ADDRCONF (include/net/ip6_route.h), of routes that the
	// kernel makes. Those that people set have 1024 unless they say otherwise.
	addrconfMetric = 256
	// lastResort is the metric from which on a default route that rejects ends a table:
	// 0xffffffff is the kernel's own; 4278198272 is what its documentation of VRF gives
	// for the table of a VRF.
	lastResort = 4278198272
)

// bogons are the networks that the scripts of Red Hat Enterprise Linux 5 and 6 reject
// (initscripts: network-functions-ipv6), found on a machine of the corpus.
var bogons = []netip.Prefix{
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("::ffff:0.0.0.0/96"), netip.MustParsePrefix("2002:a00::/24"),
	netip.MustParsePrefix("2002:7f00::/24"), netip.MustParsePrefix("2002:a9fe::/32"), netip.MustParsePrefix("2002:ac10::/28"),
	netip.MustParsePrefix("2002:c0a8::/32"), netip.MustParsePrefix("2002:e000::/19"), netip.MustParsePrefix("3ffe:ffff::/32"),
}
