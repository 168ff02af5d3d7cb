package triage

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
)

var sharedMAC = &Rule{
	ID: "T51", Title: "hardware addresses that several neighbours share, or neighbours with several", Severity: Warning,
	Needs: []Need{{"proc/net/arp"}},
	Uses:  []string{"sys/class/net/*/address", "output/ip_address", "output/ip_link", "output/ifconfig"},
	Thresholds: []Threshold{
		{"addresses", 3, "addresses", "two are any machine with a second address; the captures of the corpus have no neighbour with three"},
	},
	Means: "One machine answers for several addresses, as routers with proxy ARP, VRRP pairs and clouds do, or two machines claim to be one: a clone, or somebody who listens in.",
	Do:    "ask whether a router with proxy ARP, a load balancer or a cluster has these addresses; if not, look up the port of the hardware address on the switch: arping -D -I INTERFACE ADDRESS",
	References: []string{
		"RFC 826", "RFC 1027 (proxy ARP)", "RFC 5227 (address conflict detection)", "RFC 9568 (VRRP)",
	},
	Check: func(c *Check) {
		links := c.linksByName()
		type at struct{ dev, mac string }
		var shared groups[at]
		var several groups[netip.Addr]
		macs := map[netip.Addr]string{} // the first one of an address
		differ := map[netip.Addr]bool{}
		for _, n := range c.Neighbours() {
			a, ok := n.Address.Get()
			dev, known := n.Interface.Get()
			mac := strings.ToLower(n.HWAddr)
			if !ok || !known || n.Family != "inet" || !resolved(&n) || n.Flags&atfPublished != 0 || !realMAC(mac) {
				continue
			}
			if link := links[dev]; link != nil && strings.EqualFold(hardwareOf(link), mac) {
				reportClone(c, &n, a, dev)
				continue
			}
			evidence := func() Evidence { return neighbourRow(&n) }
			if n.State == "complete" { // what an administrator entered is meant so
				shared.add(at{dev, mac}, evidence)
			}
			several.add(a, evidence)
			if first := macs[a]; first != "" && first != mac {
				differ[a] = true
			} else {
				macs[a] = mac
			}
		}
		for _, g := range shared.list {
			if float64(g.Count) >= c.Threshold("addresses") {
				c.Find(Finding{
					Severity: Info, Subject: "shared hardware address on " + g.Key.dev, Evidence: g.Evidence, Count: g.Count,
					What: fmt.Sprintf("%s addresses on %s have the hardware address %s%s", number(float64(g.Count)), g.Key.dev, g.Key.mac, whose(g.Key.mac)),
					Figures: []Figure{{
						Name: "addresses of " + g.Key.mac, Value: float64(g.Count), Unit: "addresses",
						Threshold: c.Threshold("addresses"), Held: true, From: "threshold addresses of T51",
					}},
				})
			}
		}
		for _, g := range several.list {
			if differ[g.Key] {
				c.Find(Finding{
					Severity: Info, Subject: "address on several interfaces", Evidence: g.Evidence, Count: g.Count,
					What: fmt.Sprintf("%s has another hardware address on each of %s interfaces", g.Key, number(float64(g.Count))),
					Do:   "ask whether these are networks of their own that use the same addresses; if not, two machines have one address: arping -D -I INTERFACE ADDRESS",
				})
			}
		}
	},
}

func hardwareOf(i *rows.Interface) string {
	mac, _ := i.HWAddr.Get()
	return mac
}

// reportClone tells of a neighbour with the hardware address of the very interface that
// it is seen on.
func reportClone(c *Check, n *rows.Neighbour, a netip.Addr, dev string) {
	c.Find(Finding{
		Severity: Warning, Subject: "hardware address of " + dev, Evidence: []Evidence{neighbourRow(n)},
		What: fmt.Sprintf("neighbour %s on %s has the hardware address of %s itself: %s", a, dev, dev, strings.ToLower(n.HWAddr)),
		Do:   "look for a cloned virtual machine, and give it another hardware address: ip link show " + dev,
	})
}

// realMAC reports whether a hardware address is one that a neighbour can have as its
// own: six bytes, neither zeros nor a group's, and not the one that Calico and clouds
// give to every neighbour.
func realMAC(mac string) bool {
	switch {
	case len(mac) != len("00:00:00:00:00:00"), mac == "00:00:00:00:00:00", mac == "ee:ee:ee:ee:ee:ee":
		return false
	case mac == "12:34:56:78:9a:bc", mac == "fe:ff:ff:ff:ff:ff": // Azure, Xen
		return false
	}
	return strings.IndexByte("13579bdf", mac[1]) < 0
}

// whose says what kind of machine has such a hardware address.
func whose(mac string) string {
	switch {
	case strings.HasPrefix(mac, "00:00:5e:00:01:"):
		return ", which is one of VRRP"
	case strings.HasPrefix(mac, "00:00:0c:07:ac:"), strings.HasPrefix(mac, "00:00:0c:9f:f"):
		return ", which is one of HSRP"
	}
	return ""
}
