package triage

import (
	"fmt"
	"net/netip"

	"github.com/coldstat/coldstat/parser/rows"
)

var largeSendQ = &Rule{
	ID: "T15", Title: "much data that peers have not acknowledged", Severity: Warning,
	Needs: []Need{tcpTables},
	Uses:  holderFiles,
	Thresholds: []Threshold{
		{"warning", 65536, "bytes", "of a socket that repeats data or has far more than its congestion window: 64 KiB, as less is one answer of a program. Without these signs of a slow path see info"},
		{"windows", 16, "windows", "of 1,460 bytes for each packet of the congestion window: the kernel lets two of the largest (9,000 bytes) gather; more are left when the window has shrunk, as it does with losses"},
		{"info", 1048576, "bytes", "of a socket without such signs: 1 Gbit/s over 8 ms has as much on its way; the largest default buffer is 4 MiB"},
	},
	Means: "The program writes faster than the data arrive. With repeated data or a small congestion window the path loses packets; without, the peer is slow to take them, or it is a bulk transfer that does well.",
	Do:    "look again after some seconds with ss -tnip dst ADDRESS: retrans and a small cwnd mean the path, rwnd_limited means the program at the peer",
	References: []string{
		"https://docs.kernel.org/networking/proc_net_tcp.html",
		"https://stackoverflow.com/questions/36466744",
	},
	// Sockets that wait for a window are T14's, those that have repeated data often
	// T13's, and orphans T18's. Of connections on this machine T16 tells.
	Check: func(c *Check) {
		often := c.settingOf(retransmitting, "warning")
		var slow, bulk piles[netip.Addr]
		eachTCP(c, func(s *rows.Socket) {
			bytes := float64(Of(s.SendQ))
			if bytes < min(c.Threshold("warning"), c.Threshold("info")) || !sends(s) || orphaned(s) || onThisMachine(s) || timer(s, timerProbe) || unacknowledged(s, often) {
				return
			}
			cwnd, known := s.CongestionWindow.Get()
			shrunk := known && bytes >= c.Threshold("windows")*1460*float64(max(1, cwnd))
			if repeats := Of(s.Retransmits) > 0; bytes >= c.Threshold("warning") && (repeats || shrunk) {
				if p := slow.add(peerOf(s), bytes, s); repeats {
					p.Some++
				}
			} else if bytes >= c.Threshold("info") {
				bulk.add(peerOf(s), bytes, s)
			}
		})
		c.AtEnd(func() {
			tellSendQ(c, &slow, Warning, "one look; whether it lasts only a second one tells")
			tellSendQ(c, &bulk, Info, "a bulk transfer that does well looks the same")
			c.overflowed(slow.more+bulk.more, "peers")
		})
	},
}

func tellSendQ(c *Check, by *piles[netip.Addr], severity Severity, doubt string) {
	all := by.largest(func(*pile[netip.Addr]) bool { return true })
	finding := func(worst float64, evidence []Evidence, count int) Finding {
		return Finding{
			Severity: severity, Evidence: evidence, Count: count, Doubts: []string{doubt},
			Figures: []Figure{{Name: "Send-Q", Value: worst, Unit: "bytes", Threshold: c.Threshold(severity.String()), Held: true, From: "threshold " + severity.String() + " of T15"}},
		}
	}
	if len(all) > maxApart {
		count, worst, evidence := together(all)
		f := finding(worst, evidence, count)
		f.What = fmt.Sprintf("%s peers have not acknowledged data of %s, up to %s bytes each", number(float64(len(all))), sockets(count), number(worst))
		c.Find(f)
		return
	}
	for _, p := range all {
		f := finding(p.Worst, p.evidence(), p.Count)
		f.Subject = "peer " + p.Key.String()
		f.What = fmt.Sprintf("%s has not acknowledged %s bytes of %s", p.Key, number(p.Sum), sockets(p.Count))
		switch {
		case p.Some > 0:
			f.What += ", of which " + number(float64(p.Some)) + " repeat data: the path loses packets"
		case severity == Warning:
			f.What += ", far more than the congestion window lets out: the path is slow"
		}
		c.Find(f)
	}
}
