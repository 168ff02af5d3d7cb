package triage

import "fmt"

var acceptQueueFull = &Rule{
	ID: "T01", Title: "an accept queue is full", Severity: Critical,
	Needs: []Need{tcpTables},
	Uses:  append([]string{"proc/sys/net/core/somaxconn", "proc/sys/net/ipv4/tcp_abort_on_overflow", "output/sysctl", "proc/net/netstat"}, holderFiles...),
	Thresholds: []Threshold{
		{"guessed", 50, "connections", "where neither ss nor net.core.somaxconn tells that the queue is full, but a usual backlog and ListenOverflows do: a shorter one is a warning, as so few may wait by chance"},
	},
	Means: "The program does not accept connections, or not fast enough: as long as the queue is full the kernel drops the ones that are new, and their clients wait and try again.",
	Do:    "see what the program does instead of accept(2): a hung thread, no free worker, no file descriptor left (ls /proc/PID/fd | wc -l); only if it keeps up most of the time raise its backlog and net.core.somaxconn",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html",
		"RHEL 10: network troubleshooting and performance tuning, chapter 8",
		"listen(2)",
	},
	Check: func(c *Check) {
		acceptQueues(c, func(q *acceptQueue) {
			state := q.full(c)
			if !state.full {
				return
			}
			f := Finding{
				Severity: Critical, Subject: q.where(), Figures: []Figure{state.figure}, Evidence: q.proof(q.evidence), Count: 1 + q.rows,
				What: fmt.Sprintf("the accept queue of %s is full: %s connections wait%s", q.name(), number(float64(q.waiting)), q.hungUp()),
			}
			if abort, ok := c.Limit("net.ipv4.tcp_abort_on_overflow", 0); ok && abort.Value > 0 {
				f.What += "; the clients that are new are reset (net.ipv4.tcp_abort_on_overflow)"
			}
			if state.why != "" {
				f.Doubts = []string{state.why}
			}
			if state.guessed && float64(q.waiting) < c.Threshold("guessed") {
				f.Severity = Warning
			}
			c.Find(f)
		})
	},
}
