package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

var promiscuous = &Rule{
	ID: "T41", Title: "interfaces that take all frames for no reason that is to be seen", Severity: Warning,
	Needs: []Need{{"sys/class/net/*/flags", "output/ip_address", "output/ip_link", "output/ip_link_json", "output/ip_address_json"}},
	Uses:  []string{"proc/net/packet", "proc/net/igmp", "proc/net/igmp6", "proc/net/if_inet6", "proc/*/fd/*", "proc/*/cmdline", "output/lsof", "proc/net/bonding/*"},
	Means: "The interface takes frames that are not for this machine: somebody sniffs, or a capture was left behind. Ports of bridges and bonds, and interfaces below a VLAN or macvlan that does so, do it as well, and are not told of.",
	Do:    "find the program with a packet socket on it (T42); ip link set IFACE promisc off if somebody set it by hand",
	References: []string{
		"https://github.com/torvalds/linux/blob/master/include/uapi/linux/if.h (IFF_PROMISC)",
		"man 7 packet (PACKET_MR_PROMISC)", "xsos#84",
	},
	Check: func(c *Check) {
		list := c.LinkDetails()
		ip := slices.ContainsFunc(list, func(d snapshot.LinkDetail) bool { return d.From != "" })
		explained := c.promiscuousBelow(list)
		sniffers := map[string]*rows.Packet{} // by interface
		packets := c.Packets()
		for i := range packets {
			p := &packets[i]
			if name, ok := p.Interface.Get(); ok && p.ProtocolNumber == etherAll && sniffers[name] == nil {
				sniffers[name] = p
			}
		}
		for i := range list {
			d := &list[i]
			if isPromiscuous(d) && !explained[d.Name] {
				c.sniffs(d, sniffers[d.Name], ip)
			}
		}
	},
}

// isPromiscuous reports whether an interface takes all frames. What ip prints as a flag
// is only what somebody set by hand: its count and sysfs know the others.
func isPromiscuous(d *snapshot.LinkDetail) bool {
	n, _ := d.Printed.Promiscuity.Get()
	raw, _ := d.Raw.Get()
	return n > 0 || (raw|d.Printed.Flags)&parser.FlagPromisc != 0
}

// promiscuousBelow names the interfaces that have a reason: ports, devices of a switch
// in software, and those below another that takes all frames.
func (c *Check) promiscuousBelow(list []snapshot.LinkDetail) map[string]bool {
	explained := map[string]bool{}
	for _, b := range c.Bonds() {
		for _, s := range b.slaves {
			explained[s.Slave] = true
		}
	}
	for i := range list {
		d := &list[i]
		raw, _ := d.Raw.Get()
		p := &d.Printed
		switch {
		case p.Master != "", (raw|p.Flags)&parser.FlagSlave != 0:
			explained[d.Name] = true
		case p.Kind == "openvswitch", p.Kind == "veth", strings.HasPrefix(d.Name, "ovs-"), strings.HasPrefix(d.Name, "veth"):
			explained[d.Name] = true
		case p.Kind == "" && raw&parser.FlagPromisc != 0 && raw&parser.FlagAllmulti != 0 && p.Name == "":
			explained[d.Name] = true // a bridge sets both at its ports
		}
		below := p.Lower
		if p.Kind == "" && below == "" {
			below, _, _ = strings.Cut(d.Name, ".") // eth0.100 of sysfs
		}
		if below == d.Name {
			continue
		}
		if strings.HasPrefix(p.Kind, "macv") || strings.HasPrefix(p.Kind, "ipv") || isPromiscuous(d) || p.Master != "" {
			explained[below] = true
		}
	}
	return explained
}

// sniffs tells of one interface. socket is one for all frames on it, or nil; ip is whether an output of ip told of any.
func (c *Check) sniffs(d *snapshot.LinkDetail, socket *rows.Packet, ip bool) {
	f := Finding{Severity: Warning, Subject: d.Name, What: d.Name + " takes all frames (promiscuous mode)"}
	if n, ok := d.Printed.Promiscuity.Get(); ok && n > 0 {
		f.Figures = append(f.Figures, Figure{Name: "promiscuity", Value: float64(n)})
		f.Evidence = append(f.Evidence, Evidence{d.From, d.Printed.Line, fmt.Sprintf("%s promiscuity %d", d.Name, n)})
	} else if d.Printed.Flags&parser.FlagPromisc != 0 {
		f.Evidence = append(f.Evidence, Evidence{d.From, d.Printed.Line, d.Name + " PROMISC"})
	}
	if raw, ok := d.Raw.Get(); ok && raw&parser.FlagPromisc != 0 {
		f.Evidence = append(f.Evidence, Evidence{d.RawFrom, 1, fmt.Sprintf("0x%x (0x100 is IFF_PROMISC)", raw)})
	}
	if socket != nil {
		f.Evidence = append(f.Evidence, packetEvidence(socket))
		if h := HolderOf(socket.Holder); h != "" {
			f.What += "; " + h + " has a packet socket for all of them"
		}
	}
	switch {
	case d.Printed.Kind == "bridge":
		f.Severity = Info
		f.Doubts = append(f.Doubts, "Kubernetes and other programs set bridges so for their containers to reach themselves")
	case !ip:
		f.Severity = Info
		f.Doubts = append(f.Doubts, "not known whether it is a port of a bridge or a switch in software: no output of ip is in the bundle")
	case d.From == "":
		f.Severity = Info
		f.Doubts = append(f.Doubts, "no output of ip tells of this interface")
	}
	c.Find(f)
}
