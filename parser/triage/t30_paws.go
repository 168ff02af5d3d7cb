package triage

var paws = &Rule{
	ID: "T30", Title: "segments rejected for their timestamps", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/netstat"}, {"proc/net/snmp"}},
	Uses:  []string{"proc/uptime"},
	Thresholds: []Threshold{
		{"total", 500, "segments", "late segments that others have overtaken are rejected too, without harm; measured: a server on the internet shows 243"},
		{"info_share", 0.01, "%", "of the segments received; measured: 0.014% of that server, below 500 in all"},
		{"warning_share", 0.1, "%", "of the segments received: more than reordering explains"},
		{"passive_total", 100, "connections", "a client that came back with another clock"},
		{"passive_warning_share", 1, "%", "of the connections that came: clients behind one NAT address are refused"},
		{"passive_warning_rate", 60, "per hour", "one a minute on the average since the start"},
	},
	Means: "Segments carried older timestamps than the kernel had seen of that address: several machines behind one NAT address, a load balancer that mixes them, or strong reordering.",
	Do:    "look for NAT in front of the clients; net.ipv4.tcp_tw_recycle must be 0 (kernels before 4.12)",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "RFC 7323, section 5",
		"https://vincent.bernat.ch/en/blog/2014-tcp-time-wait-state-linux",
	},
	Check: func(c *Check) {
		c.tallies(tally{
			Subject: "segments", Counters: []string{"TcpExt PAWSEstab", "TcpExt PAWSActive"}, Unit: "segments",
			What: "%s segments were rejected since the start because their timestamps were too old",
			Of:   []string{"Tcp InSegs"}, OfUnit: "segments received",
		}, tally{
			// Only kernels before 4.12 count these, with tcp_tw_recycle.
			Subject: "connections", Counters: []string{"TcpExt PAWSPassive"}, Unit: "connections", Prefix: "passive_",
			What: "%s SYNs were dropped since the start because their timestamps were too old",
			Of:   []string{"Tcp PassiveOpens"}, OfUnit: "connections that came", Apart: true,
			Do: "set net.ipv4.tcp_tw_recycle to 0: it refuses clients behind NAT",
		})
	},
}
