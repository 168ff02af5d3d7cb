package triage

import (
	"fmt"
	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

var synRecvFlood = &Rule{
	ID: "T04", Title: "half-open connections pile up at a listener", Severity: Critical,
	Needs: []Need{tcpTables},
	Uses:  []string{"output/ss", "proc/sys/net/ipv4/tcp_max_syn_backlog", "proc/sys/net/ipv4/tcp_syncookies", "proc/sys/net/ipv4/tcp_synack_retries"},
	Thresholds: []Threshold{
		{"critical", 100, "connections", "whose SYN-ACK had to be repeated: a client answers the first within a round trip, so that even a busy listener has few of these; one of a flood stays for 63 seconds with 5 retries. The corpus has one, on a web server"},
		{"share", 90, "%", "of what the listener may have half open (its backlog that ss prints, without SYN cookies tcp_max_syn_backlog): then it sends cookies or drops SYNs"},
		{"floor", 10, "connections", "of which share is not looked at: the backlogs of small services are 5 to 10, and a burst of clients reaches that"},
	},
	Means: "Clients began connections and never answered: a SYN flood from forged addresses or, if they are few real clients, a firewall or an asymmetric route that loses the answers.",
	Do:    "see whether the addresses are plausible clients (ip route get ADDRESS; tcpdump 'tcp[tcpflags] & tcp-syn != 0'); keep net.ipv4.tcp_syncookies at 1, and filter in front of the machine",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html",
		"RFC 4987",
	},
	Check: func(c *Check) {
		h := halfOpen{limits: map[synPort]uint64{}}
		eachTCP(c, h.see)
		c.AtEnd(func() {
			clients := h.clients()
			for _, of := range h.at.list {
				severity, figure := c.Grade("in SYN_RECV, SYN-ACK repeated", float64(of.Some))
				f := Finding{Severity: severity, Subject: of.Key.protocol + " port " + port(of.Key.port), Evidence: of.evidence(), Count: of.Count}
				if severity > 0 {
					f.Figures = []Figure{figure}
				}
				if share, ok := synQueue(c, of.Count, h.limits[of.Key]); ok {
					f.Severity = max(f.Severity, Warning)
					f.Figures = append(f.Figures, share)
				}
				if f.Severity == 0 {
					continue
				}
				from := clients[of.Key]
				f.What = fmt.Sprintf("%s connections at %s are half open, %s of them with the SYN-ACK repeated; they come from %s, the most (%s) from %s",
					number(float64(of.Count)), f.Subject, number(float64(of.Some)), counted(from.number, "address", "addresses"), number(float64(from.most)), from.top)
				if h.peers.more > 0 {
					f.Doubts = []string{"there are more addresses than are counted"}
				}
				c.Find(f)
			}
			h.lacking.tell(c, "count of repeated SYN-ACKs")
		})
	},
}

// A halfOpen gathers connections in SYN_RECV.
type halfOpen struct {
	at      piles[synPort]
	peers   groups[synPeer]
	limits  map[synPort]uint64 // of the accept queues, which ss prints
	lacking lack
}

type synPort struct {
	protocol string
	port     uint64
}

type synPeer struct {
	synPort
	peer netip.Addr
}

func (h *halfOpen) see(s *rows.Socket) {
	at := synPort{s.Protocol, Of(s.LocalPort)}
	if limit, ok := s.AcceptLimit.Get(); ok && inState(s, parser.Listen) && len(h.limits) < maxGroups {
		h.limits[at] = max(h.limits[at], limit)
	}
	if !inState(s, parser.SynRecv) {
		return
	}
	repeated, known := s.Retransmits.Get()
	h.lacking.of(s, known)
	if of := h.at.add(at, float64(repeated), s); repeated > 0 {
		of.Some++
	}
	h.peers.add(synPeer{at, peerOf(s)}, func() Evidence { return Evidence{} })
}

// synClients are those of one port.
type synClients struct {
	number, most int
	top          netip.Addr // the one with the most connections
}

func (h *halfOpen) clients() map[synPort]synClients {
	by := map[synPort]synClients{}
	for _, p := range h.peers.list {
		of := by[p.Key.synPort]
		of.number++
		if p.Count > of.most {
			of.most, of.top = p.Count, p.Key.peer
		}
		by[p.Key.synPort] = of
	}
	return by
}

// synQueue holds the half-open connections of a listener against what it may have. The
// limit is what ss prints for its accept queue, 0 if that is not known: since Linux 4.4
// it is that of half-open ones too. Without SYN cookies those that come after three
// quarters of tcp_max_syn_backlog are dropped.
func synQueue(c *Check, count int, limit uint64) (f Figure, reached bool) {
	share := c.Threshold("share") / 100
	n := float64(count)
	if n < c.Threshold("floor") {
		return f, false
	}
	if limit > 0 && n >= share*float64(limit) {
		return Figure{
			Name: "in SYN_RECV", Value: n, Unit: "connections", Threshold: share * float64(limit), Held: true,
			From: number(share*100) + "% of the backlog of " + number(float64(limit)) + " that ss prints",
		}, true
	}
	cookies, ok := c.Limit("net.ipv4.tcp_syncookies", 0)
	most, known := c.Limit("net.ipv4.tcp_max_syn_backlog", 0)
	if ok && cookies.Value == 0 && known && most.Value > 0 && n >= share*0.75*most.Value {
		return most.Against("net.ipv4.tcp_max_syn_backlog", n, share*0.75, "connections"), true
	}
	return f, false
}
