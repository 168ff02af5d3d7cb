package triage

import (
	"cmp"
	"fmt"

	"github.com/coldstat/coldstat/parser/rows"
)

// etherAll is ETH_P_ALL: every frame.
const etherAll = 3

var packetSockets = &Rule{
	ID: "T42", Title: "programs that see all frames", Severity: Info,
	Needs: []Need{{"proc/net/packet"}},
	Uses:  []string{"proc/*/fd/*", "proc/*/cmdline", "output/lsof", "proc/net/igmp", "proc/net/igmp6", "proc/net/if_inet6"},
	Means: "A packet socket for every ethertype gets a copy of all frames: of tcpdump and its like, of clients of DHCP, of agents that watch the traffic, and of implants.",
	Do:    "make sure that the program is meant to be there; each copy costs time, so end captures that were left running",
	References: []string{
		"man 7 packet (ETH_P_ALL)",
	},
	Check: func(c *Check) {
		type key struct{ program, where string }
		var by groups[key]
		list := c.Packets()
		for i := range list {
			p := &list[i]
			if p.ProtocolNumber != etherAll {
				continue
			}
			program := cmp.Or(HolderOf(p.Holder), fmt.Sprintf("an unknown program of user %d", p.UID))
			by.add(key{program, packetWhere(p)}, func() Evidence { return packetEvidence(p) })
		}
		for _, g := range by.list {
			f := Finding{
				Severity: Info, Subject: "packet socket on " + g.Key.where, Evidence: g.Evidence, Count: g.Count,
				What: fmt.Sprintf("%s has %s on %s", g.Key.program, counted(g.Count, "packet socket for all frames", "packet sockets for all frames"), g.Key.where),
			}
			if !c.OwnersKnown() {
				f.Doubts = []string{"the capture does not tell which process has which socket"}
			}
			c.Find(f)
		}
	},
}

// packetWhere names the interface of a packet socket.
func packetWhere(p *rows.Packet) string {
	if name, ok := p.Interface.Get(); ok {
		return name
	}
	switch n, ok := p.IfIndex.Get(); {
	case !ok:
		return "an interface that is gone"
	case n == 0:
		return "all interfaces"
	default:
		return fmt.Sprintf("interface %d", n)
	}
}

func packetEvidence(p *rows.Packet) Evidence {
	text := fmt.Sprintf("packet %s protocol %04x on %s user %d inode %d", p.Type, p.ProtocolNumber, packetWhere(p), p.UID, p.Inode)
	if h := HolderOf(p.Holder); h != "" {
		text += " " + h
	}
	return Evidence{p.File, lineOf(p.Origin), text}
}
