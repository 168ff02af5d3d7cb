package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser/rows"
)

var retransmitting = &Rule{
	ID: "T13", Title: "peers that do not acknowledge what is sent", Severity: Critical,
	Needs: []Need{tcpTables},
	Uses:  append([]string{"proc/sys/net/ipv4/tcp_retries2"}, holderFiles...),
	Thresholds: []Threshold{
		{"warning", 3, "retransmissions", "in a row without an answer: as many as net.ipv4.tcp_retries1, at which the kernel asks for another route; no connection of the corpus has one"},
		{"critical", 8, "retransmissions", "take 51 seconds at least, and most programs have given up by then"},
		{"clients", 10, "sockets", "of clients that connected to this machine: fewer are not told of, as phones leave their networks all the time"},
	},
	Means: "The peer's kernel, not its program, would acknowledge: the path to it is broken, or the peer is gone without closing. After 15 in a row (tcp_retries2, about 15 minutes) the connection dies.",
	Do:    "see whether the peer and the path are alive: ping, tracepath, ip route get ADDRESS; if other ports of the peer answer, a firewall or NAT on the way has forgotten the connections",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html",
		"https://docs.kernel.org/networking/proc_net_tcp.html",
		"RFC 1122, section 4.2.3.5",
	},
	// SYNs and SYN-ACKs are T08's and T04's, sockets without a program T18's.
	Check: func(c *Check) {
		var by piles[farEnd]
		var lacking lack
		eachTCP(c, func(s *rows.Socket) {
			if !sends(s) || orphaned(s) {
				return
			}
			n, known := s.Retransmits.Get()
			if lacking.of(s, known) || !unacknowledged(s, c.Threshold("warning")) {
				return
			}
			by.add(farEnd{peerOf(s), incoming(s)}, float64(n), s)
		})
		c.AtEnd(func() {
			silentPeers(c, by.largest(func(p *pile[farEnd]) bool { return !p.Key.in }))
			silentClients(c, by.largest(func(p *pile[farEnd]) bool { return p.Key.in }))
			lacking.tell(c, "count of retransmissions")
			c.overflowed(by.more, "peers")
		})
	},
}

// silentPeers tells of peers that this machine connected to, and that acknowledge nothing.
func silentPeers(c *Check, list []*pile[farEnd]) {
	if len(list) > maxApart {
		count, worst, evidence := together(list)
		severity, figure := c.Grade("retransmissions in a row", worst)
		c.Find(Finding{
			Severity: severity, Figures: []Figure{figure}, Evidence: evidence, Count: count,
			What: fmt.Sprintf("%s peers do not acknowledge the data of %s: look for the cause on this side", number(float64(len(list))), sockets(count)),
		})
		return
	}
	for _, p := range list {
		severity, figure := c.Grade("retransmissions in a row", p.Worst)
		c.Find(Finding{
			Severity: severity, Subject: "peer " + p.Key.addr.String(), Figures: []Figure{figure}, Evidence: p.evidence(), Count: p.Count,
			What: fmt.Sprintf("%s does not acknowledge the data of %s, repeated up to %s times in a row", p.Key.addr, sockets(p.Count), number(p.Worst)),
		})
	}
}

// silentClients tells of clients of this machine, all in one.
func silentClients(c *Check, list []*pile[farEnd]) {
	count, worst, evidence := together(list)
	if float64(count) < c.Threshold("clients") {
		return
	}
	c.Find(Finding{
		Severity: Warning, Subject: "clients", Evidence: evidence, Count: count,
		Figures: []Figure{{Name: "sockets of clients", Value: float64(count), Unit: "sockets", Threshold: c.Threshold("clients"), Held: true, From: "threshold clients of T13"}},
		What:    fmt.Sprintf("%s of this machine do not acknowledge the data of %s, repeated up to %s times in a row", counted(len(list), "client", "clients"), sockets(count), number(worst)),
		Doubts:  []string{"clients that left their network look the same"},
	})
}

// unacknowledged reports whether a socket has repeated what it sent so often without an
// answer.
func unacknowledged(s *rows.Socket, often float64) bool {
	return timer(s, timerRetransmit) && float64(Of(s.Retransmits)) >= often
}
