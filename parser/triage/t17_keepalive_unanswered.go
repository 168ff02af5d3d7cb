package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

var keepaliveUnanswered = &Rule{
	ID: "T17", Title: "keepalive probes without an answer", Severity: Warning,
	Needs: []Need{tcpTables},
	Uses:  append([]string{"proc/sys/net/ipv4/tcp_keepalive_probes", "proc/sys/net/ipv4/tcp_keepalive_intvl"}, holderFiles...),
	Thresholds: []Threshold{
		{"unanswered", 2, "probes", "in a row: one may be lost or only just sent; no socket of the corpus has any, though some 200 have keepalive on"},
		{"clients", 10, "sockets", "of clients that connected to this machine: fewer are a note, as it is what keepalive is for"},
	},
	Means: "The peer is gone without closing, or a firewall or NAT on the way has forgotten the idle connection: it is half open, and the kernel ends it after the last probe.",
	Do:    "see whether the peer is alive (ping, tracepath); if it is, set tcp_keepalive_time below the idle timeout of the firewall on the way",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html",
		"https://docs.kernel.org/networking/proc_net_tcp.html",
		"RFC 1122, section 4.2.3.6",
	},
	Check: func(c *Check) {
		var by piles[farEnd]
		var lacking lack
		eachTCP(c, func(s *rows.Socket) {
			if !inState(s, parser.Established, parser.CloseWait, parser.FinWait2) || lacking.of(s, s.TimerNumber.Known()) {
				return
			}
			if n := float64(Of(s.Probes)); timer(s, timerKeepalive) && n >= c.Threshold("unanswered") {
				by.add(farEnd{peerOf(s), incoming(s)}, n, s)
			}
		})
		c.AtEnd(func() {
			halfOpenPeers(c, by.largest(func(p *pile[farEnd]) bool { return !p.Key.in }))
			clients := by.largest(func(p *pile[farEnd]) bool { return p.Key.in })
			if count, worst, evidence := together(clients); count > 0 {
				f := Finding{
					Severity: Info, Subject: "clients", Figures: []Figure{probesFigure(c, worst)}, Evidence: evidence, Count: count,
					What: fmt.Sprintf("%s of this machine left keepalive probes of %s unanswered", counted(len(clients), "client", "clients"), sockets(count)),
				}
				if float64(count) >= c.Threshold("clients") {
					f.Severity = Warning
				}
				c.Find(f)
			}
			lacking.tell(c, "timer")
			c.overflowed(by.more, "peers")
		})
	},
}

// halfOpenPeers tells of peers that this machine connected to.
func halfOpenPeers(c *Check, list []*pile[farEnd]) {
	if len(list) > maxApart {
		count, worst, evidence := together(list)
		c.Find(Finding{
			Severity: Warning, Figures: []Figure{probesFigure(c, worst)}, Evidence: evidence, Count: count,
			What: fmt.Sprintf("%s peers do not answer the keepalive probes of %s: look for the cause on this side", number(float64(len(list))), sockets(count)),
		})
		return
	}
	for _, p := range list {
		c.Find(Finding{
			Severity: Warning, Subject: "peer " + p.Key.addr.String(), Figures: []Figure{probesFigure(c, p.Worst)}, Evidence: p.evidence(), Count: p.Count,
			What: fmt.Sprintf("%s does not answer the keepalive probes of %s, up to %s in a row", p.Key.addr, sockets(p.Count), number(p.Worst)),
		})
	}
}

func probesFigure(c *Check, n float64) Figure {
	f := Figure{Name: "probes without an answer", Value: n, Unit: "probes", Threshold: c.Threshold("unanswered"), Held: true, From: "threshold unanswered of T17"}
	if last, ok := c.Limit("net.ipv4.tcp_keepalive_probes", 0); ok {
		f.From += "; the connection ends after " + number(last.Value) + ", " + last.Name + " of " + last.From + ", unless the program has set its own"
	}
	return f
}
