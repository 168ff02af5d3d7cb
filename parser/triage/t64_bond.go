package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
)

var bondDegraded = &Rule{
	ID: "T64", Title: "bonds that lost some of their interfaces", Severity: Critical,
	// Without a bond there is no file of one: then the flags of the interfaces tell.
	Needs: []Need{{"proc/net/bonding/*", "sys/class/net/*/flags", "output/ip_address", "output/ip_link", "output/ip_link_json"}},
	Uses:  []string{"proc/uptime"},
	Thresholds: []Threshold{
		{"failures", 10, "link failures", "a switch's restart and a moved cable make one or two: ten of one interface are a bad link"},
	},
	Means: "Links of the bond are down or not in its aggregate: it has less bandwidth and no reserve, and the next failure cuts the machine off.",
	Do:    "see the link of the interface (ethtool, cable, switch port); for 802.3ad, that the switch's ports are in one LACP group",
	References: []string{
		"https://docs.kernel.org/networking/bonding.html",
		"node-mixin: NodeBondingDegraded",
	},
	Check: func(c *Check) {
		bonds := c.Bonds()
		down := map[string]bool{}
		list := c.Interfaces()
		for i := range list {
			down[list[i].Name] = isDown(&list[i])
		}
		read := false
		for i := range bonds {
			b := &bonds[i]
			read = read || b.Line > 0
			if len(b.slaves) == 0 || down[b.name] {
				continue // not in use: the module makes a bond0 of its own
			}
			if !c.bondLinks(b) {
				c.bondAggregate(b)
			}
			c.bondFlaps(b)
		}
		for i := range list {
			if name := list[i].Name; !read && flagSet(&list[i], "MASTER") && !down[name] {
				c.Skip("proc/net/bonding/*", "%s is made of several interfaces, and no file of proc/net/bonding tells which", name)
			}
		}
	},
}

// bondLinks tells of interfaces without a link. found is false if all have one.
func (c *Check) bondLinks(b *bond) (found bool) {
	var lost []string
	f := Finding{Severity: Warning, Subject: b.name}
	up := 0
	for i := range b.slaves {
		s := &b.slaves[i]
		if s.MIIStatus == "up" || s.MIIStatus == "" { // "going down" is a link that is lost
			up++
			continue
		}
		lost = append(lost, s.Slave+" ("+s.MIIStatus+")")
		f.Evidence = append(f.Evidence, slaveEvidence(b, s))
	}
	f.Count = len(lost)
	switch {
	case up == 0 && len(lost) > 0:
		f.Severity = Critical
		f.What = fmt.Sprintf("%s (%s) has no interface with a link: %s", b.name, b.Mode, listed(lost, MaxEvidence))
	case len(lost) > 0:
		f.What = fmt.Sprintf("%s (%s) runs on %d of %d interfaces: without %s", b.name, b.Mode, up, len(b.slaves), listed(lost, MaxEvidence))
	default:
		return false
	}
	if len(b.slaves) == maxSlaves {
		f.Doubts = append(f.Doubts, fmt.Sprintf("only the first %d interfaces of the bond were looked at", maxSlaves))
	}
	f.Figures = []Figure{{"interfaces with a link", float64(up), "interfaces", float64(len(b.slaves)), true, b.file}}
	c.Find(f)
	return true
}

// bondAggregate tells of interfaces with a link that 802.3ad leaves out.
func (c *Check) bondAggregate(b *bond) {
	active, ok := b.Aggregator.Get()
	if !ok {
		return // another mode, or the capture was not root's
	}
	var out []string
	f := Finding{Severity: Warning, Subject: b.name}
	for i := range b.slaves {
		s := &b.slaves[i]
		if id, known := s.Aggregator.Get(); !known || id != active {
			out = append(out, s.Slave)
			f.Evidence = append(f.Evidence, slaveEvidence(b, s))
		}
	}
	silent := b.Partner == "00:00:00:00:00:00"
	if len(out) == 0 && !silent {
		return
	}
	if len(out) == 0 {
		f.Evidence = append(f.Evidence, Evidence{b.file, 0, "Partner Mac Address: " + b.Partner})
	}
	f.Count = max(len(out), 1)
	f.Figures = []Figure{{"interfaces in the aggregate", float64(len(b.slaves) - len(out)), "interfaces", float64(len(b.slaves)), true, b.file}}
	f.What = fmt.Sprintf("%s (802.3ad) sends over %d of %d interfaces, although all have a link", b.name, len(b.slaves)-len(out), len(b.slaves))
	switch {
	case silent && len(out) == 0:
		f.What = fmt.Sprintf("%s (802.3ad): no switch answers with LACP", b.name)
	case silent:
		f.What += "; no switch answers with LACP"
	}
	f.Do = "see that the ports of the switch are one LACP group, and that all of the bond have the same speed and duplex"
	c.Find(f)
}

// bondFlaps tells of interfaces whose link goes down often.
func (c *Check) bondFlaps(b *bond) {
	for i := range b.slaves {
		s := &b.slaves[i]
		n := float64(Of(s.Failures))
		if n < c.Threshold("failures") {
			continue
		}
		f := Finding{
			Severity: Info, Subject: b.name + " " + s.Slave, Evidence: []Evidence{slaveEvidence(b, s)},
			What:    fmt.Sprintf("the link of %s in %s went down %s times since the bond was made", s.Slave, b.name, number(n)),
			Figures: []Figure{{"link failures", n, "link failures", c.Threshold("failures"), true, "threshold failures of T64"}},
			Do:      "look for a pattern in the kernel's log (link down), then change the cable, the transceiver or the port",
		}
		if rate, ok := c.PerHour(n); ok {
			f.Figures = append(f.Figures, Figure{Name: "link failures", Value: rate, Unit: "per hour"})
		}
		c.Find(f)
	}
}

func slaveEvidence(b *bond, s *parser.BondPart) Evidence {
	text := fmt.Sprintf("Slave Interface: %s, MII Status: %s", s.Slave, s.MIIStatus)
	if s.Speed != "" {
		text += ", Speed: " + s.Speed
	}
	if n, ok := s.Failures.Get(); ok {
		text += fmt.Sprintf(", Link Failure Count: %d", n)
	}
	if n, ok := s.Aggregator.Get(); ok {
		text += fmt.Sprintf(", Aggregator ID: %d", n)
	}
	return Evidence{b.file, s.Line, text}
}
