package triage

var retransmits = &Rule{
	ID: "T12", Title: "segments that had to be sent again", Severity: Critical, Counters: true,
	Needs: []Need{{"proc/net/snmp"}},
	Uses:  []string{"proc/net/netstat"},
	Thresholds: []Threshold{
		{"total", 100, "segments", "fewer are one bad minute"},
		{"traffic", 10000, "segments", "of fewer the share says nothing: an idle machine that cannot reach one peer shows any share"},
		{"info_share", 1, "%", "hotsos; measured: a server on the internet shows 1.3%, machines in a data centre below 0.1%"},
		{"warning_share", 3, "%", "IBM; from there on throughput suffers"},
		{"critical_share", 10, "%", "one in ten: connections with high delay stand still, and some end (tcp_retries2)"},
	},
	Means: "Segments or their acknowledgements were lost on the way, so that connections stood still until they were sent again: loss, congestion, or a bad cable.",
	Do:    "find the peers (ss -ti; T13), and look for errors and drops of interfaces on the way (T39, T40)",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "hotsos: tcp.yaml",
		"https://arthurchiao.art/blog/tcp-retransmission-may-be-misleading/", "RFC 5681",
	},
	Check: func(c *Check) {
		t := tally{
			Counters: []string{"Tcp RetransSegs"}, Unit: "segments",
			What: "%s segments with data were sent again since the start",
			// SYNs that nobody answers are another trouble (T08), and many on idle machines.
			Less: []string{"TcpExt TCPSynRetrans"},
			More: []string{"TcpExt TCPTimeouts", "TcpExt TCPLossProbes"},
			// Without acknowledgements, which are never sent again.
			Of: []string{"TcpExt TCPOrigDataSent"}, OfUnit: "segments sent with data", Apart: true,
		}
		if !c.counts(t.Of[0]) {
			t.Of, t.OfUnit = []string{"Tcp OutSegs"}, "segments sent"
			c.Doubt("%s does not tell how many of the segments sent had data: of those the share is higher", c.Called("proc/net/netstat"))
		}
		if !c.counts(t.Less[0]) {
			t.Less, t.What = nil, "%s segments were sent again since the start"
			c.Doubt("%s does not tell how many of them were SYNs", c.Called("proc/net/netstat"))
		}
		if c.counts(t.Counters[0]) && !c.counts(t.Of[0]) {
			c.Skip("proc/net/snmp", "%s has no Tcp OutSegs", c.Called("proc/net/snmp"))
			return
		}
		c.tallies(t)
	},
}
