package triage

var memoryAborts = &Rule{
	ID: "T23", Title: "TCP ran out of memory", Severity: Critical, Counters: true,
	Needs: []Need{{"proc/net/netstat"}},
	Uses:  []string{"proc/uptime"},
	Thresholds: []Threshold{
		{"total", 1, "connections", "on a machine that is as it should be the limits are never reached"},
		{"info_rate", 0, "per hour", "any at all"},
		{"warning_rate", 1, "per hour", "since the start: fewer are one bad moment of long ago"},
		{"critical_rate", 60, "per hour", "one a minute on the average since the start"},
		{"pressure_total", 1, "times", "on a machine that is as it should be TCP never has to save memory"},
		{"pressure_info_rate", 0, "per hour", "any at all"},
		{"pressure_warning_rate", 1, "per hour", "since the start: fewer are one bad moment of long ago"},
	},
	Means: "TCP came to the limits tcp_mem or tcp_max_orphans: it shrank the windows of all connections (TCPMemoryPressures) or aborted some with their data (TCPAbortOnMemory).",
	Do:    "see what uses the memory (T20, T21; ss -tm); then raise net.ipv4.tcp_mem or net.ipv4.tcp_max_orphans",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "https://docs.kernel.org/networking/ip-sysctl.html",
	},
	Check: func(c *Check) {
		c.tallies(tally{
			Subject: "aborted", Counters: []string{"TcpExt TCPAbortOnMemory"}, Unit: "connections",
			What: "%s connections were aborted since the start because TCP had too little memory or too many orphans",
		}, tally{
			Subject: "pressure", Counters: []string{"TcpExt TCPMemoryPressures"}, More: []string{"TcpExt TCPMemoryPressuresChrono"}, Unit: "times",
			What: "TCP had to save memory %s times since the start", Prefix: "pressure_",
		})
	},
}
