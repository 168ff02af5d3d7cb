package triage

import "fmt"

var orphanLimit = &Rule{
	ID: "T20", Title: "many connections that no process has any more", Severity: Critical,
	Needs: []Need{{sockstatFile}, {"proc/sys/net/ipv4/tcp_max_orphans", "output/sysctl"}},
	Thresholds: []Threshold{
		{"warning", 25, "%", "netdata; the kernel counts an orphan up to four times, so that a quarter of the limit may reach it"},
		{"critical", 50, "%", "netdata; an orphan that has not moved for a while counts double, and the limit is reached"},
	},
	Means: "Programs have closed connections whose peers do not take the rest of the data; at the limit the kernel resets them, and the data are lost (T23).",
	Do:    "find the peers (T18; netstat -tn shows them in FIN_WAIT1, LAST_ACK and CLOSING); lower net.ipv4.tcp_orphan_retries if they are gone for good",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html", "netdata: health.d/tcp_orphans.conf",
	},
	Check: func(c *Check) {
		orphan, ok := c.gauge("TCP", "orphan")
		if !ok {
			return
		}
		limit, ok := c.limit("net.ipv4.tcp_max_orphans", 0)
		if !ok {
			return
		}
		n := float64(orphan.Value)
		c.nears(Finding{
			What:     fmt.Sprintf("%s connections belong to no process any more, of %s that the kernel allows", number(n), number(limit.Value)),
			Evidence: []Evidence{orphan.Evidence},
		}, "orphans", n, limit, "sockets")
	},
}
