package triage

var pruned = &Rule{
	ID: "T25", Title: "receive buffers of TCP that were full", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/netstat"}},
	Uses:  []string{"proc/net/snmp", "proc/uptime"},
	Thresholds: []Threshold{
		{"total", 10, "segments", "one connection that stood still for a moment"},
		{"info_rate", 10, "per hour", "since the start; fewer are one bad moment of long ago"},
		{"warning_rate", 600, "per hour", "ten a minute on the average since the start: each is received, thrown away and sent again"},
		{"warning_share", 0.1, "%", "of the segments received, so many as a bad network loses"},
		{"called_total", 500, "times", "hotsos; measured: a server that ran for 19 days shows 3"},
		{"called_info_rate", 60, "per hour", "one a minute: packing a buffer anew costs time but no data"},
		{"called_warning_rate", 3600, "per hour", "one a second on the average since the start"},
	},
	Means: "Programs read slower than data came, until the kernel had to pack the buffer anew (PruneCalled) or to throw received segments away (RcvPruned, OfoPruned).",
	Do:    "find the sockets with a large Recv-Q (T16; netstat -tnp); mend the slow reader, or raise net.ipv4.tcp_rmem for fast links of long delay",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "hotsos: tcp.yaml",
		"https://docs.kernel.org/networking/ip-sysctl.html",
	},
	Check: func(c *Check) {
		c.tallies(tally{
			Subject: "thrown away", Counters: []string{"TcpExt RcvPruned", "TcpExt OfoPruned"}, Unit: "segments",
			What: "%s times since the start received segments were thrown away because a receive buffer was full",
			Of:   []string{"Tcp InSegs"}, OfUnit: "segments received",
		}, tally{
			Subject: "packed anew", Counters: []string{"TcpExt PruneCalled"}, More: []string{"TcpExt TCPRcvCollapsed"}, Unit: "times",
			What: "%s times since the start a receive buffer was full and had to be packed anew", Prefix: "called_",
		})
	},
}
