package triage

import (
	"cmp"
	"fmt"

	"github.com/coldstat/coldstat/parser/rows"
)

var closeWaitLeak = &Rule{
	ID: "T06", Title: "sockets in CLOSE_WAIT that a program does not close", Severity: Critical,
	Needs: []Need{{"proc/net/tcp", "proc/net/tcp6"}},
	Uses:  []string{"proc/*/fd/*", "proc/*/cmdline", "output/lsof", "output/ss", "output/netstat"},
	Thresholds: []Threshold{
		{"warning", 50, "sockets", "a busy program may have a few that it is about to close; nobody closes fifty at a time"},
		{"critical", 1000, "sockets", "at 1024 open files, the usual limit of a process, it cannot accept or connect any more"},
	},
	Means: "The peers have closed, and the program never calls close(): it leaks sockets until it runs out of file descriptors.",
	Do:    "look at the program's error paths for a missing close(); until it is mended, a restart frees the sockets",
	References: []string{
		"https://blog.cloudflare.com/this-is-strictly-a-violation-of-the-tcp-specification",
		"RFC 9293, section 3.3.2",
	},
	Check: func(c *Check) {
		type key struct{ program, where string }
		var by groups[key]
		c.EachSocket(func(s *rows.Socket) {
			if held, _ := Held(s); !IsTCP(s) || s.State != "CLOSE_WAIT" || !held {
				return // without an inode it waits to be accepted: T07
			}
			// A server leaks on one local port, a client toward one remote port.
			where := "from local port " + port(Of(s.LocalPort))
			if d, _ := s.Direction.Get(); d == "out" {
				where = "toward port " + port(Of(s.RemotePort))
			}
			by.socket(key{cmp.Or(HolderOf(s.Holder), "an unknown program"), where}, s)
		})
		c.AtEnd(func() {
			for _, g := range by.list {
				severity, figure := c.Grade("in CLOSE_WAIT", float64(g.Count))
				if severity == 0 {
					continue
				}
				c.Find(Finding{
					Severity: severity, Subject: "CLOSE_WAIT " + g.Key.where,
					What:    fmt.Sprintf("%s has %s sockets in CLOSE_WAIT %s", g.Key.program, number(float64(g.Count)), g.Key.where),
					Figures: []Figure{figure}, Evidence: g.Evidence, Count: g.Count,
				})
			}
		})
	},
}
