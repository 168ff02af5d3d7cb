package triage

import (
	"fmt"
	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

var orphansStuck = &Rule{
	ID: "T18", Title: "orphaned sockets that cannot get rid of their data", Severity: Warning,
	Needs: []Need{tcpTables},
	Thresholds: []Threshold{
		{"retries", 3, "retransmissions", "of one socket in a row: as many as net.ipv4.tcp_retries1, at which the kernel takes the path for broken"},
		{"warning", 10, "sockets", "that have repeated that often: a few are clients that left their network, on any web server; of the corpus no machine has one"},
		{"info", 100, "sockets", "that a program has closed and that still send: each may hold 64 KiB that the kernel cannot swap (tcp_max_orphans), and is gone within a round trip if all is well"},
	},
	Means: "Programs have closed these sockets, but their peers do not acknowledge the rest of the data: they have vanished, or the path to them is broken. The kernel holds the memory until it gives up (tcp_orphan_retries, some 100 seconds).",
	Do:    "see which peers they are and whether they have a network in common; against clients that vanish net.ipv4.tcp_orphan_retries=3 gives up earlier",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html",
	},
	// Orphans that wait for a window are T14's, and count for info only.
	Check: func(c *Check) {
		var all, stuck pile[struct{}]
		var lacking, inodes lack
		peers := map[netip.Addr]bool{}
		eachTCP(c, func(s *rows.Socket) {
			if inState(s, parser.FinWait1, parser.LastAck, parser.Closing) && inodes.of(s, s.Inode.Known()) || !orphaned(s) {
				return
			}
			n, known := s.Retransmits.Get()
			lacking.of(s, known)
			all.Count++
			all.keep(float64(n), s)
			if unacknowledged(s, c.Threshold("retries")) {
				stuck.Count++
				stuck.Worst = max(stuck.Worst, float64(n))
				stuck.keep(float64(n), s)
				if len(peers) < maxGroups {
					peers[peerOf(s)] = true
				}
			}
		})
		c.AtEnd(func() {
			switch {
			case float64(stuck.Count) >= c.Threshold("warning"):
				c.Find(Finding{
					Severity: Warning, Evidence: stuck.evidence(), Count: stuck.Count,
					What: fmt.Sprintf("%s orphaned sockets repeat their data toward %s without an answer, up to %s in a row",
						number(float64(stuck.Count)), counted(len(peers), "address", "addresses"), counted(int(min(stuck.Worst, 1<<30)), "time", "times")),
					Figures: []Figure{{Name: "orphans that repeat", Value: float64(stuck.Count), Unit: "sockets", Threshold: c.Threshold("warning"), Held: true, From: "threshold warning of T18"}},
				})
			case float64(all.Count) >= c.Threshold("info"):
				c.Find(Finding{
					Severity: Info, Evidence: all.evidence(), Count: all.Count,
					What:    fmt.Sprintf("%s orphaned sockets still send, %s of them have repeated their data often", number(float64(all.Count)), number(float64(stuck.Count))),
					Figures: []Figure{{Name: "orphans that send", Value: float64(all.Count), Unit: "sockets", Threshold: c.Threshold("info"), Held: true, From: "threshold info of T18"}},
				})
			}
			inodes.tell(c, "inode: programs may hold them")
			lacking.tell(c, "count of retransmissions")
		})
	},
}
