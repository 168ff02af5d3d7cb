package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

var finWait2Pile = &Rule{
	ID: "T19", Title: "connections whose peers do not close", Severity: Warning,
	Needs: []Need{tcpTables},
	Uses:  append([]string{"proc/sys/net/ipv4/tcp_fin_timeout"}, holderFiles...),
	Thresholds: []Threshold{
		{"warning", 100, "sockets", "in FIN_WAIT2 that one program still holds: no timeout ends these, and each takes one of its files, of which there are 1,024 by default; of the corpus no machine has one"},
		{"info", 1000, "sockets", "in FIN_WAIT2 that no program holds: each stays for tcp_fin_timeout (60 seconds) only, so this takes 17 new ones a second; the corpus has 200 on a machine made for tests"},
	},
	Means: "This side has closed its direction, and the peers do not close theirs. If the program shut down only its sending side it waits for them without a limit.",
	Do:    "see why the peers do not close (there: CLOSE_WAIT, T06); have the program close(2) after a timeout of its own",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html",
		"RFC 9293, section 3.3.2",
	},
	Check: func(c *Check) {
		type key struct{ holder, where string }
		var held, free groups[key]
		var lacking lack
		eachTCP(c, func(s *rows.Socket) {
			if !inState(s, parser.FinWait2) {
				return
			}
			has, known := Held(s)
			lacking.of(s, known)
			if has {
				held.socket(key{holderKey(s), side(s)}, s)
			} else {
				free.socket(key{"", side(s)}, s)
			}
		})
		c.AtEnd(func() {
			for _, g := range held.list {
				if float64(g.Count) < c.Threshold("warning") {
					continue
				}
				c.Find(Finding{
					Severity: Warning, Subject: "FIN_WAIT2 " + g.Key.where, Evidence: g.Evidence, Count: g.Count,
					What:    fmt.Sprintf("%s holds %s sockets in FIN_WAIT2 %s, whose peers do not close", aProgram(g.Key.holder), number(float64(g.Count)), g.Key.where),
					Figures: []Figure{{Name: "in FIN_WAIT2, held", Value: float64(g.Count), Unit: "sockets", Threshold: c.Threshold("warning"), Held: true, From: "threshold warning of T19"}},
				})
			}
			for _, g := range free.list {
				if float64(g.Count) < c.Threshold("info") {
					continue
				}
				figure := Figure{Name: "in FIN_WAIT2, not held", Value: float64(g.Count), Unit: "sockets", Threshold: c.Threshold("info"), Held: true, From: "threshold info of T19"}
				if stay, ok := c.Limit("net.ipv4.tcp_fin_timeout", 0); ok {
					figure.From += "; each stays for " + number(stay.Value) + " seconds, tcp_fin_timeout of " + stay.From
				}
				c.Find(Finding{
					Severity: Info, Subject: "FIN_WAIT2 " + g.Key.where, Evidence: g.Evidence, Count: g.Count, Figures: []Figure{figure},
					What: fmt.Sprintf("%s sockets in FIN_WAIT2 %s wait for their peers to close", number(float64(g.Count)), g.Key.where),
				})
			}
			lacking.tell(c, "inode: programs may hold them")
			c.overflowed(held.more+free.more, "programs and ports")
		})
	},
}
