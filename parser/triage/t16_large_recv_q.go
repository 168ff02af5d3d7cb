package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

var largeRecvQ = &Rule{
	ID: "T16", Title: "programs that do not read what has arrived", Severity: Warning,
	Needs: []Need{tcpTables},
	Uses:  holderFiles,
	Thresholds: []Threshold{
		{"warning", 65536, "bytes", "of a socket: as much fits into the first window of a connection by default (half of net.ipv4.tcp_rmem's 131,072), and the window only grows if the program reads. Two stopped programs of the corpus have 65,610 each; no other socket of it has more than 3,000"},
	},
	Means: "Data have arrived, and the local program does not take them: it hangs, is stopped, or is too slow. The peer has to wait, and the network is not the cause.",
	Do:    "see what the program does: top -H -p PID, cat /proc/PID/stack, strace -f -p PID",
	References: []string{
		"https://docs.kernel.org/networking/proc_net_tcp.html",
		"RHEL 9: monitoring and managing system status and performance, section \"Identifying application read socket buffer bottlenecks\"",
	},
	// Connections that are not accepted yet, without an inode, are T01's and T02's.
	Check: func(c *Check) {
		type key struct{ holder, where string }
		var by piles[key]
		eachTCP(c, func(s *rows.Socket) {
			bytes := float64(Of(s.RecvQ))
			held, known := Held(s)
			if bytes < c.Threshold("warning") || !inState(s, parser.Established, parser.CloseWait, parser.FinWait1, parser.FinWait2) || known && !held {
				return
			}
			by.add(key{holderKey(s), side(s)}, bytes, s)
		})
		c.AtEnd(func() {
			for _, p := range by.largest(func(*pile[key]) bool { return true }) {
				_, figure := c.Grade("Recv-Q", p.Worst)
				c.Find(Finding{
					Severity: Warning, Subject: "Recv-Q " + p.Key.where, Figures: []Figure{figure}, Evidence: p.evidence(), Count: p.Count,
					What:   fmt.Sprintf("%s has not read %s bytes of %s %s", aProgram(p.Key.holder), number(p.Sum), sockets(p.Count), p.Key.where),
					Doubts: []string{"one look; a program that is about to read much looks the same"},
				})
			}
			c.overflowed(by.more, "programs and ports")
		})
	},
}
