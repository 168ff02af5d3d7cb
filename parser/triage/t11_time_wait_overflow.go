package triage

var timeWaitOverflow = &Rule{
	ID: "T11", Title: "connections closed without TIME_WAIT because there were too many", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/netstat"}},
	Uses:  []string{"proc/net/snmp", "proc/uptime"},
	Thresholds: []Threshold{
		{"total", 1, "sockets", "the kernel's limit was reached: on a machine that is as it should be that never happens"},
		{"info_rate", 0, "per hour", "any at all"},
		{"warning_rate", 600, "per hour", "ten a minute on the average since the start are no single burst; measured: an embedded server with a limit of 1,024 shows 845"},
	},
	Means: "More connections were closed than tcp_max_tw_buckets allows to wait, so that late segments of one may reach the next of the same ports.",
	Do:    "reuse connections (keep-alive, pools); raise net.ipv4.tcp_max_tw_buckets if memory allows, 0.3 KiB each",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "https://docs.kernel.org/networking/ip-sysctl.html", "RFC 1337",
	},
	Check: func(c *Check) {
		c.tallies(tally{
			Counters: []string{"TcpExt TCPTimeWaitOverflow"}, More: []string{"TcpExt TW"}, Unit: "sockets",
			What: "%s sockets were closed without TIME_WAIT since the start, because there were as many as the kernel keeps",
		})
	},
}
