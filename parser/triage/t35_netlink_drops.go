package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser/rows"
)

var netlinkDrops = &Rule{
	ID: "T35", Title: "netlink sockets that lost messages", Severity: Warning,
	Needs: []Need{{"proc/net/netlink"}},
	Uses:  []string{"proc/*/fd/*", "proc/*/cmdline", "output/lsof"},
	Thresholds: []Threshold{
		{"warning", 1, "messages", "hotsos: one lost event is enough for a program to hold a route, an address or a link for what it is not; no socket of the corpus has lost any"},
	},
	Means: "A program that listens to the kernel's events (addresses, routes, links, devices, audit) missed some, because it read too slowly; what it believes of the machine may be out of date.",
	Do:    "restart or reload the program if it behaves as if it had missed a change; raise its receive buffer (keepalived: vrrp_netlink_cmd_rcv_bufs, udev: ReceiveBuffer)",
	References: []string{
		"man 7 netlink", "hotsos: netlink.yaml",
	},
	Check: func(c *Check) {
		type key struct{ protocol, program string }
		var by groups[key]
		lost := map[*group[key]]float64{}
		list := c.NetlinkSockets()
		known := false
		for i := range list {
			s := &list[i]
			n, ok := s.Drops.Get()
			known = known || ok
			if n == 0 {
				continue
			}
			protocol, ok := s.Protocol.Get()
			if !ok {
				protocol = "protocol " + port(s.ProtocolNumber)
			}
			program := HolderOf(s.Holder)
			if program == "" {
				program = fmt.Sprintf("the program with port ID %d", s.PortID)
			}
			g := by.add(key{protocol, program}, func() Evidence { return netlinkEvidence(s, protocol) })
			if g.Evidence != nil {
				lost[g] += float64(n)
			}
		}
		if len(list) > 0 && !known {
			c.Skip("proc/net/netlink", "%s has no column of drops: the kernel is older than 2.6.38", c.Called("proc/net/netlink"))
			return
		}
		for _, g := range by.list {
			severity, figure := c.Grade("lost", lost[g])
			if severity == 0 {
				continue
			}
			c.Find(Finding{
				Severity: severity, Subject: "netlink " + g.Key.protocol, Figures: []Figure{figure}, Evidence: g.Evidence, Count: g.Count,
				What:   fmt.Sprintf("%s lost %s of netlink %s", g.Key.program, counted(lost[g], "message", "messages"), g.Key.protocol),
				Doubts: []string{"programs that handle ENOBUFS ask the kernel anew, and then nothing is wrong"},
			})
		}
	},
}

// netlinkEvidence is a netlink socket with the names of its columns.
func netlinkEvidence(s *rows.Netlink, protocol string) Evidence {
	text := fmt.Sprintf("netlink %s port ID %d groups %08x Recv-Q %d drops %d", protocol, s.PortID, s.Groups, s.RecvQ, Of(s.Drops))
	if inode, ok := s.Inode.Get(); ok {
		text += fmt.Sprintf(" inode %d", inode)
	}
	if h := HolderOf(s.Holder); h != "" {
		text += " " + h
	}
	return Evidence{s.File, lineOf(s.Origin), text}
}
