package triage

import "fmt"

var acceptQueueFilling = &Rule{
	ID: "T02", Title: "an accept queue is filling", Severity: Warning,
	Needs: []Need{tcpTables},
	Uses:  append([]string{"proc/sys/net/core/somaxconn", "output/sysctl", "proc/net/netstat"}, holderFiles...),
	Thresholds: []Threshold{
		{"warning", 50, "%", "of the backlog, where ss tells it: half is what a burst may take; no listener of the real machines of the corpus has any connection waiting"},
		{"waiting", 10, "connections", "where the backlog is not known: a program that accepts takes a connection off the queue at once, and small backlogs are 5 to 10"},
	},
	Means: "Connections wait until the program accepts them: it is slower than its clients come.",
	Do:    "see whether the program hangs or is short of workers, and look at the queue again: ss -lnt",
	References: []string{
		"RHEL 10: network troubleshooting and performance tuning, chapter 8",
		"listen(2)",
	},
	// Queues that are full are T01's. Of those that clients have left T07 tells.
	Check: func(c *Check) {
		acceptQueues(c, func(q *acceptQueue) {
			state := q.full(c)
			if state.full || q.closed > 0 {
				return
			}
			figure := state.figure
			f := Finding{Severity: Warning, Subject: q.where(), Evidence: q.proof(q.evidence), Count: 1 + q.rows}
			if q.limited && q.limit > 0 {
				part := float64(q.waiting) / float64(q.limit) * 100
				if part < c.Threshold("warning") {
					return
				}
				figure.Value, figure.Unit = part, "%"
				figure.Threshold, figure.From = c.Threshold("warning"), "threshold warning of T02, of the backlog of "+number(float64(q.limit))+" that ss prints"
				f.What = fmt.Sprintf("%s connections wait at %s, of the %s that may", number(float64(q.waiting)), q.name(), number(float64(q.limit)))
			} else {
				if float64(q.waiting) < c.Threshold("waiting") {
					return
				}
				figure.Threshold, figure.From = c.Threshold("waiting"), "threshold waiting of T02"
				f.What = fmt.Sprintf("%s connections wait at %s", number(float64(q.waiting)), q.name())
				f.Doubts = []string{"only ss -lt tells how many may wait"}
			}
			f.Figures = []Figure{figure}
			c.Find(f)
		})
	},
}
