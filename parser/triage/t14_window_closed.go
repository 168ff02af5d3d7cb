package triage

import (
	"fmt"
	"net/netip"

	"github.com/coldstat/coldstat/parser/rows"
)

var windowClosed = &Rule{
	ID: "T14", Title: "peers that take no data", Severity: Critical,
	Needs: []Need{tcpTables},
	Uses:  holderFiles,
	Thresholds: []Threshold{
		{"unanswered", 3, "probes", "in a row: a peer whose program does not read still answers each probe, so this is a peer or a path that is gone"},
		{"wait", 5000, "milliseconds", "until the next probe: the time doubles with each, so the window has been closed for about as long; shorter ones are how TCP slows a sender down"},
		{"sockets", 10, "sockets", "toward one peer, whatever the time"},
	},
	Means: "The peer's receive buffer is full. As long as it answers the probes its program does not read, and this machine's program blocks when its own buffer is full; if it does not answer them the peer or the path is gone.",
	Do:    "look at the program at the peer: hung, stopped, or slow (there: Recv-Q of ss -tnp); the network is not the cause if probes are answered",
	References: []string{
		"https://docs.kernel.org/networking/proc_net_tcp.html",
		"RFC 9293, section 3.8.6.1",
	},
	// Sockets without a program are looked at too: T18 tells of those only that repeat
	// data. Where the peer is on this machine and T16 tells of it, that is enough.
	Check: func(c *Check) {
		w := windows{slow: c.settingOf(largeRecvQ, "warning"), unanswered: map[netip.AddrPort]int64{}, readers: map[netip.AddrPort]bool{}}
		eachTCP(c, w.see)
		c.AtEnd(func() {
			for _, p := range w.by.largest(func(p *pile[netip.AddrPort]) bool {
				return !w.readers[p.Key] && (p.Worst >= c.Threshold("wait") || float64(p.Count) >= c.Threshold("sockets") || float64(w.unanswered[p.Key]) >= c.Threshold("unanswered"))
			}) {
				peer := p.Key.Addr().String()
				if p.Key.Port() != 0 {
					peer = p.Key.String()
				}
				f := Finding{Severity: Warning, Subject: "peer " + peer, Evidence: p.evidence(), Count: p.Count}
				f.What = fmt.Sprintf("%s takes no data from %s, for which %s bytes wait", peer, sockets(p.Count), number(p.Bytes))
				if probes := float64(w.unanswered[p.Key]); probes >= c.Threshold("unanswered") {
					f.Severity = Critical
					f.What += fmt.Sprintf(", and left %s probes unanswered: it or the path is gone", number(probes))
					f.Figures = []Figure{{Name: "probes unanswered", Value: probes, Unit: "probes", Threshold: c.Threshold("unanswered"), Held: true, From: "threshold unanswered of T14"}}
					f.Do = "see whether the peer and the path are alive: ping, tracepath, ip route get " + p.Key.Addr().String()
				} else if p.Worst >= c.Threshold("wait") {
					f.What += ": its program does not read"
					f.Figures = []Figure{{Name: "until the next probe", Value: p.Worst, Unit: "milliseconds", Threshold: c.Threshold("wait"), Held: true, From: "threshold wait of T14"}}
				} else {
					f.What += ": its programs read too slowly"
					f.Figures = []Figure{{Name: "windows closed", Value: float64(p.Count), Unit: "sockets", Threshold: c.Threshold("sockets"), Held: true, From: "threshold sockets of T14"}}
				}
				c.Find(f)
			}
			w.lacking.tell(c, "timer")
			c.overflowed(w.by.more, "peers")
		})
	},
}

// windows gathers sockets whose peer has closed its window, by the peer's address; of
// peers on this machine by the port too.
type windows struct {
	by         piles[netip.AddrPort]
	unanswered map[netip.AddrPort]int64
	// readers are sockets of this machine that T16 tells of: slow is from how many bytes on.
	readers map[netip.AddrPort]bool
	slow    float64
	lacking lack
}

func (w *windows) see(s *rows.Socket) {
	if onThisMachine(s) && float64(Of(s.RecvQ)) >= w.slow && len(w.readers) < maxGroups {
		w.readers[localOf(s)] = true
	}
	if !sends(s) || w.lacking.of(s, s.TimerNumber.Known()) || !timer(s, timerProbe) || Of(s.SendQ) == 0 {
		return
	}
	key := netip.AddrPortFrom(peerOf(s), 0)
	if onThisMachine(s) {
		key = remoteOf(s)
	}
	if p := w.by.add(key, float64(Of(s.TimerMS)), s); p.Count > 0 {
		w.unanswered[key] = max(w.unanswered[key], Of(s.Probes))
		p.Bytes += float64(Of(s.SendQ))
	}
}
