package triage

var hostQueues = &Rule{
	ID: "T31", Title: "segments that were still in a queue of the machine when they were to be sent again", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/netstat"}, {"proc/net/snmp"}},
	Thresholds: []Threshold{
		{"total", 500, "segments", "hotsos; measured: a machine that was started before its link was up shows 432"},
		{"traffic", 10000, "segments", "of fewer the share says nothing"},
		{"warning_share", 1, "%", "of the segments sent: hotsos; measured: at most 0.15%"},
	},
	Means: "Segments waited so long in the queue of an interface or in its driver that TCP took them for lost: the machine cannot get rid of its packets in time.",
	Do:    "look at the queues of the interfaces: tc -s qdisc, ethtool -g, ethtool -c (interrupt coalescing)",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "hotsos: tcp.yaml",
	},
	Check: func(c *Check) {
		c.tallies(tally{
			Counters: []string{"TcpExt TCPSpuriousRtxHostQueues"}, Unit: "segments",
			What: "%s segments were not yet out of the machine when they were to be sent again, since the start",
			Of:   []string{"Tcp OutSegs"}, OfUnit: "segments sent",
		})
	},
}
