package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/snapshot"
)

var mtuMismatch = &Rule{
	ID: "T65", Title: "interfaces that cannot carry what those above them send", Severity: Warning,
	Needs: []Need{{"output/ip_address", "output/ip_link", "output/ip_link_json", "output/ip_address_json"}},
	Means: "A bridge, bond or VLAN takes packets that are larger than what the interface below can send: large packets vanish without a word while small ones pass, so that connections hang once data flow.",
	Do:    "set the same MTU everywhere (ip link set IFACE mtu N), or find with ping -M do -s SIZE how much passes",
	References: []string{
		"https://docs.kernel.org/networking/bonding.html", "man 8 ip-link (mtu)", "risu: MTU plugin",
	},
	Check: func(c *Check) {
		list := c.LinkDetails()
		for i := range list {
			d := &list[i]
			p := &d.Printed
			if p.Flags&parser.FlagUp == 0 || !p.MTU.Known() {
				continue
			}
			if p.Master != "" {
				c.portMTU(d, c.linkDetail(p.Master))
			}
			if p.Kind == "vlan" && p.Lower != "" {
				c.lowerMTU(d, c.linkDetail(p.Lower))
			}
		}
	},
}

// portMTU holds a port against its master.
func (c *Check) portMTU(port, master *snapshot.LinkDetail) {
	if master == nil || master.Printed.Flags&parser.FlagUp == 0 {
		return
	}
	kind := master.Printed.Kind
	if kind == "" {
		kind = port.Printed.PortKind
	}
	small, ok := port.Printed.MTU.Get()
	large, known := master.Printed.MTU.Get()
	// A switch in software such as Open vSwitch has ports of any size: only what is
	// sent as one packet from above has to fit. A bond has all its interfaces alike.
	switch {
	case !ok || !known || small == large:
		return
	case kind == "bridge" && small < large, kind == "bond", kind == "team":
	default:
		return
	}
	c.mismatch(port, master, fmt.Sprintf("%s, a port of the %s %s, has an MTU of %d, and %s one of %d", port.Name, kind, master.Name, small, master.Name, large))
}

// lowerMTU holds a VLAN against the interface that carries it.
func (c *Check) lowerMTU(vlan, lower *snapshot.LinkDetail) {
	if lower == nil {
		return
	}
	large, ok := vlan.Printed.MTU.Get()
	small, known := lower.Printed.MTU.Get()
	if ok && known && small < large {
		c.mismatch(lower, vlan, fmt.Sprintf("the VLAN %s has an MTU of %d, and %s below it one of %d", vlan.Name, large, lower.Name, small))
	}
}

func (c *Check) mismatch(small, large *snapshot.LinkDetail, what string) {
	evidence := func(d *snapshot.LinkDetail) Evidence {
		n, _ := d.Printed.MTU.Get()
		return Evidence{d.From, d.Printed.Line, fmt.Sprintf("%s mtu %d", d.Name, n)}
	}
	n, _ := small.Printed.MTU.Get()
	limit, _ := large.Printed.MTU.Get()
	c.Find(Finding{
		Severity: Warning, Subject: small.Name, What: what, Evidence: []Evidence{evidence(small), evidence(large)},
		Figures: []Figure{{"MTU of " + small.Name, float64(n), "bytes", float64(limit), true, large.Name}},
	})
}
