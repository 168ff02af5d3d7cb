package triage

var abortOnTimeout = &Rule{
	ID: "T24", Title: "connections whose peers vanished", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/netstat"}, {"proc/net/snmp"}},
	Thresholds: []Threshold{
		{"total", 50, "connections", "peers are switched off now and then"},
		{"traffic", 1000, "connections", "of fewer the share says nothing"},
		{"warning_share", 1, "%", "of all connections; measured: servers and desktops show 0.01 to 0.3%"},
	},
	Means: "The kernel gave connections up, because nobody answered what it sent, again and again: peers that crashed or moved, a firewall that forgot the connection, or a route that is gone.",
	Do:    "find out which peers (T08, T13, T17), and whether a firewall on the way drops idle connections; shorten net.ipv4.tcp_keepalive_time if so",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "https://docs.kernel.org/networking/ip-sysctl.html",
	},
	Check: func(c *Check) {
		c.tallies(tally{
			Counters: []string{"TcpExt TCPAbortOnTimeout"}, More: []string{"TcpExt TCPTimeouts"}, Unit: "connections",
			What: "%s connections were given up since the start because the peer no longer answered",
			Of:   []string{"Tcp ActiveOpens", "Tcp PassiveOpens"}, OfUnit: "connections",
		})
	},
}
