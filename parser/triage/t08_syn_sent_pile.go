package triage

import (
	"fmt"
	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

var synSentPile = &Rule{
	ID: "T08", Title: "connection attempts without an answer", Severity: Warning,
	Needs: []Need{tcpTables},
	Uses:  append([]string{"proc/sys/net/ipv4/tcp_syn_retries"}, holderFiles...),
	Thresholds: []Threshold{
		{"retries", 2, "retransmissions", "of the SYN of one socket: two take three seconds (RFC 6298 begins with one and doubles), and no round trip is as long"},
		{"warning", 10, "sockets", "toward one address and port of which the SYN was repeated: one repetition is a lost packet, ten at once are not"},
		{"info", 50, "sockets", "toward one address and port that have only just begun: a pool that starts, or a peer that is slow; the corpus has 100 on a machine made for tests"},
	},
	Means: "The peer does not answer SYNs, not even by refusing: a firewall drops them, the address is dead, or the peer's accept queue is full.",
	Do:    "try it from the machine (nc -vz ADDRESS PORT; tcptraceroute) and look for the SYN at the peer with tcpdump; an answer on the wire that does not arrive means a firewall or an asymmetric route",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html",
		"RFC 6298, section 2",
	},
	Check: func(c *Check) {
		var by piles[netip.AddrPort]
		var lacking lack
		eachTCP(c, func(s *rows.Socket) {
			if !inState(s, parser.SynSent) {
				return
			}
			n, known := s.Retransmits.Get()
			lacking.of(s, known)
			if to := by.add(remoteOf(s), float64(n), s); n > 0 {
				to.Some++
			}
		})
		c.AtEnd(func() {
			unanswered(c, by.largest(func(p *pile[netip.AddrPort]) bool {
				return p.Worst >= c.Threshold("retries") || float64(p.Some) >= c.Threshold("warning")
			}))
			for _, p := range by.largest(func(p *pile[netip.AddrPort]) bool {
				return p.Worst < c.Threshold("retries") && float64(p.Some) < c.Threshold("warning") && float64(p.Count) >= c.Threshold("info")
			}) {
				c.Find(Finding{
					Severity: Info, Subject: "SYN_SENT toward " + p.Key.String(), Evidence: p.evidence(), Count: p.Count,
					What:    fmt.Sprintf("%s begin a connection to %s, all since less than a few seconds", sockets(p.Count), p.Key),
					Figures: []Figure{{Name: "in SYN_SENT", Value: float64(p.Count), Unit: "sockets", Threshold: c.Threshold("info"), Held: true, From: "threshold info of T08"}},
				})
			}
			lacking.tell(c, "count of repeated SYNs")
			c.overflowed(by.more, "peers")
		})
	},
}

// unanswered tells of peers that do not answer.
func unanswered(c *Check, list []*pile[netip.AddrPort]) {
	why := func(some int, n float64) Figure {
		if n < c.Threshold("retries") {
			return Figure{Name: "SYN repeated", Value: float64(some), Unit: "sockets", Threshold: c.Threshold("warning"), Held: true, From: "threshold warning of T08"}
		}
		return Figure{Name: "SYN repeated", Value: n, Unit: "retransmissions", Threshold: c.Threshold("retries"), Held: true, From: "threshold retries of T08"}
	}
	if len(list) > maxApart {
		count, most, evidence := together(list)
		some := 0
		for _, p := range list {
			some = max(some, p.Some)
		}
		c.Find(Finding{
			Severity: Warning, Subject: "SYN_SENT", Evidence: evidence, Count: count, Figures: []Figure{why(some, most)},
			What: fmt.Sprintf("%s destinations do not answer the SYNs of %s, the most (%s) toward %s: look for the cause on this side", number(float64(len(list))), sockets(count), number(float64(list[0].Count)), list[0].Key),
		})
		return
	}
	for _, p := range list {
		c.Find(Finding{
			Severity: Warning, Subject: "SYN_SENT toward " + p.Key.String(), Evidence: p.evidence(), Count: p.Count, Figures: []Figure{why(p.Some, p.Worst)},
			What: fmt.Sprintf("%s does not answer the SYNs of %s, repeated up to %s", p.Key, sockets(p.Count), counted(int(p.Worst), "time", "times")),
		})
	}
}
