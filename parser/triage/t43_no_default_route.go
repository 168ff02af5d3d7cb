package triage

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

var noDefaultRoute = &Rule{
	ID: "T43", Title: "no default route", Severity: Critical,
	Needs: []Need{routeNeed, linkNeed},
	Uses:  append([]string{"proc/net/fib_trie", "proc/net/tcp", "proc/net/tcp6"}, linkStateFiles...),
	Means: "The machine reaches only the networks that its routes name: whatever is sent elsewhere fails with \"Network is unreachable\".",
	Do:    "ask whether the machine is meant to reach other networks; if so, look why no default route was set: ip route show table all; ip rule",
	References: []string{
		"https://man7.org/linux/man-pages/man8/ip-route.8.html",
		"https://man7.org/linux/man-pages/man8/ip-rule.8.html",
	},
	Check: func(c *Check) {
		for _, family := range []string{"inet", "inet6"} {
			if done := checkDefault(c, family); done {
				return
			}
		}
	},
}

// checkDefault looks for the default route of a family. It reports whether the family
// is in use: IPv6 matters to machines without IPv4 only, as most have no more of it
// than addresses of their links.
func checkDefault(c *Check, family string) bool {
	links := c.linksByName()
	var reached nets
	var evidence []Evidence
	var devs []string
	halves := map[netip.Prefix]bool{}
	for _, r := range c.routes(family) {
		if r.rejects() {
			continue
		}
		if r.isDefault() {
			return true
		}
		if r.to.Bits() == 1 { // of a VPN, which leaves the default route as it is
			if halves[r.to] = true; len(halves) == 2 {
				return true
			}
		}
		reached.add(r.dev, r.to)
		if r.to.Addr().IsLinkLocalUnicast() || !usesLink(links, r.dev) {
			continue
		}
		evidence = append(evidence, r.evidence())
		if !slices.Contains(devs, r.dev) && len(devs) <= MaxEvidence {
			devs = append(devs, r.dev)
		}
	}
	tables := c.Has("proc/net/fib_trie")
	if len(devs) == 0 && family == "inet" && tables && c.Has("proc/net/route") {
		devs = addressed(links) // with addresses, and no route at all
	}
	if len(devs) == 0 {
		return false
	}
	if family == "inet" && tables && c.otherDefault() {
		return true
	}
	reportNoDefault(c, family, &reached, devs, evidence, tables)
	return true
}

// addressed lists the interfaces with an address that is of use beyond the link.
func addressed(links map[string]*rows.Interface) (devs []string) {
	for _, name := range slices.Sorted(maps.Keys(links)) {
		if usesLink(links, name) && len(devs) <= MaxEvidence && slices.ContainsFunc(links[name].Addresses, func(word string) bool {
			p, err := netip.ParsePrefix(word)
			return err == nil && p.Addr().IsGlobalUnicast()
		}) {
			devs = append(devs, name)
		}
	}
	return devs
}

// usesLink reports whether an interface is one that leads out of the machine: up, and
// not known to be without a carrier.
func usesLink(links map[string]*rows.Interface, dev string) bool {
	i := links[dev]
	return i != nil && dev != "lo" && !is(i, "LOOPBACK") && !isNot(i, "UP") && !isNot(i, "RUNNING")
}

// otherDefault reports whether any table of IPv4 has a default route, which rules may
// lead to.
func (c *Check) otherDefault() bool {
	for e := range snapshot.Good(c.FibTrie().Rows(), reported) {
		if e.Type == "UNICAST" && e.Prefix.Bits() == 0 {
			return true
		}
	}
	return false
}

func reportNoDefault(c *Check, family string, reached *nets, devs []string, evidence []Evidence, tables bool) {
	var lost int // connections whose peer no route leads to
	var proof []Evidence
	c.EachSocket(func(s *rows.Socket) {
		peer, _ := s.RemoteAddress.Get()
		if !IsTCP(s) || peer.Is4() != (family == "inet") || !peer.IsGlobalUnicast() || reached.holds("", peer) {
			return
		}
		if lost++; len(proof) < MaxEvidence {
			proof = append(proof, SocketEvidence(s))
		}
	})
	c.AtEnd(func() {
		f := Finding{Severity: Warning, Subject: ipName(family), Evidence: evidence}
		f.What = fmt.Sprintf("there is no default route of %s, and %s up: %s reached", ipName(family), areUp(devs), counted(len(evidence), "network is", "networks are"))
		if len(evidence) == 0 {
			f.What = fmt.Sprintf("there is no route of %s at all, and %s up with addresses of %s", ipName(family), areUp(devs), ipName(family))
		}
		if lost > 0 {
			f.Severity, f.Evidence, f.Count = Critical, proof, lost
			f.What = fmt.Sprintf("there is no default route of %s, and no route leads to the peers of %s", ipName(family), counted(lost, "tcp connection", "tcp connections"))
		} else if len(evidence) > 0 {
			f.Doubts = append(f.Doubts, "a machine or container in a closed network needs none, and no connection of this one lacks a route")
		}
		if name, ok := c.Source.NetNS.Get(); ok && !isNumber(name) && lost == 0 {
			f.Severity = Info // it is one of the network namespaces that programs make
		}
		if family == "inet" && !tables {
			f.Doubts = append(f.Doubts, "another routing table may have one: proc/net/route shows the main one only")
		}
		c.Find(f)
	})
}

func areUp(devs []string) string {
	if len(devs) == 1 {
		return devs[0] + " is"
	}
	return listed(devs, MaxEvidence) + " are"
}

func isNumber(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(b byte) bool { return b < '0' || b > '9' })
}
