package triage

import "fmt"

var closeWaitNotAccepted = &Rule{
	ID: "T07", Title: "clients gave up before they were accepted", Severity: Warning,
	Needs: []Need{tcpTables},
	Uses:  append([]string{"proc/sys/net/core/somaxconn", "proc/net/netstat"}, holderFiles...),
	Thresholds: []Threshold{
		{"warning", 1, "connections", "a client that hangs up has waited longer than it wanted; on the corpus there is none"},
	},
	Means: "Connections in CLOSE_WAIT without an inode are not a leak: they still wait in the accept queue, and their clients have left. The listener does not accept.",
	Do:    "see what the program does instead of accept(2), for example with: cat /proc/PID/stack, strace -f -p PID",
	References: []string{
		"https://blog.cloudflare.com/this-is-strictly-a-violation-of-the-tcp-specification",
		"RFC 9293, section 3.3.2",
	},
	// A queue that is full is T01's, which tells of these clients too.
	Check: func(c *Check) {
		lacking := acceptQueues(c, func(q *acceptQueue) {
			severity, figure := c.Grade("in CLOSE_WAIT without an inode", float64(q.closed))
			if severity == 0 || q.full(c).full {
				return
			}
			c.Find(Finding{
				Severity: severity, Subject: q.where(), Figures: []Figure{figure}, Evidence: q.proof(q.gone), Count: q.closed,
				What: fmt.Sprintf("%s gave up while waiting at %s to be accepted, of %s that wait", counted(q.closed, "client", "clients"), q.name(), number(float64(q.rows))),
			})
		})
		c.AtEnd(func() { lacking.tell(c, "inode: they may wait to be accepted") })
	},
}
