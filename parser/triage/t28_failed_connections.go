package triage

var failedConnections = &Rule{
	ID: "T28", Title: "connections that failed or were reset", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/snmp"}},
	Thresholds: []Threshold{
		{"total", 500, "connections", "a service that is restarted leaves its clients trying for some time"},
		{"traffic", 1000, "connections", "of fewer the share says nothing"},
		{"info_share", 20, "%", "of all connections; measured: a healthy Kubernetes node shows 12%, as it probes what is not up yet"},
		{"warning_share", 50, "%", "of all connections; measured: a machine whose cluster does not come up shows 98%"},
		{"reset_total", 500, "connections", "as total"},
		{"reset_traffic", 1000, "connections", "as traffic"},
		{"reset_info_share", 20, "%", "of all connections; measured: 0.02 to 8%, and 35% of a server that is probed by connecting and resetting. Harmless often enough, so never more than information"},
	},
	Means: "Connections were refused or not answered (AttemptFails), or ended by a reset instead of a close (EstabResets): a service that is down or crashes, a scan, or health checks that reset on purpose.",
	Do:    "find the peers that refuse (netstat -tn | grep SYN_SENT; T08), and the services that they expect here (netstat -ltn)",
	References: []string{
		"RFC 4022, tcpAttemptFails and tcpEstabResets", "https://docs.kernel.org/networking/snmp_counter.html",
	},
	Check: func(c *Check) {
		all := []string{"Tcp ActiveOpens", "Tcp PassiveOpens"}
		c.tallies(tally{
			Subject: "failed", Counters: []string{"Tcp AttemptFails"}, More: []string{"Tcp OutRsts"}, Unit: "connections",
			What: "%s connections were not made since the start: refused, not answered or reset", Of: all, OfUnit: "connections",
		}, tally{
			Subject: "reset", Counters: []string{"Tcp EstabResets"}, More: []string{"Tcp OutRsts"}, Unit: "connections",
			What: "%s connections ended by a reset since the start", Of: all, OfUnit: "connections", Prefix: "reset_",
		})
	},
}
