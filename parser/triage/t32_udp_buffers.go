package triage

var udpBuffers = &Rule{
	ID: "T32", Title: "datagrams of UDP that found no room in a buffer", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/snmp", "proc/net/snmp6"}},
	Uses:  []string{"proc/uptime"},
	Thresholds: []Threshold{
		{"total", 500, "datagrams", "hotsos"},
		{"info_rate", 10, "per hour", "since the start; fewer are one bad moment of long ago"},
		{"info_share", 0.01, "%", "of the datagrams; measured: none of the corpus has as many as ten in all"},
		{"warning_rate", 600, "per hour", "netdata: ten a minute"},
		{"warning_share", 1, "%", "of the datagrams: hotsos"},
	},
	Means: "Datagrams were lost in this machine: those received because a program reads too slowly for its buffer, those sent because the queue of an interface was full.",
	Do:    "see which port drops (T33: the drops column of netstat -un); raise net.core.rmem_max and the program's SO_RCVBUF, or mend the slow reader",
	References: []string{
		"hotsos: udp.yaml", "netdata: health.d/udp_errors.conf", "RFC 4113", "udp(7)",
	},
	Check: func(c *Check) {
		const send = "look at the queues of the interfaces (tc -s qdisc); raise net.core.wmem_max and the program's SO_SNDBUF"
		received := tally{
			Subject: "udp received", Counters: []string{"Udp RcvbufErrors", "Udp MemErrors"}, Unit: "datagrams",
			What: "%s datagrams were dropped since the start because a receive buffer was full",
			Of:   []string{"Udp InDatagrams"}, OfUnit: "datagrams received", Apart: true,
		}
		if !c.counts(received.Counters[0]) && c.counts("Udp InErrors") {
			// Linux 2.6.18 and before. InErrors holds damaged datagrams as well.
			received.Counters = []string{"Udp InErrors"}
			c.Doubt("this kernel does not count RcvbufErrors: InErrors are also datagrams that were damaged")
		}
		c.tallies(received, tally{
			Subject: "udp sent", Counters: []string{"Udp SndbufErrors"}, Unit: "datagrams", Do: send,
			What: "%s datagrams could not be sent since the start because a queue was full",
			Of:   []string{"Udp OutDatagrams"}, OfUnit: "datagrams sent", Apart: true,
		}, tally{
			Subject: "udp6 received", Counters: []string{"Udp6 Udp6RcvbufErrors", "Udp6 Udp6MemErrors"}, Unit: "datagrams",
			What: "%s datagrams over IPv6 were dropped since the start because a receive buffer was full",
			Of:   []string{"Udp6 Udp6InDatagrams"}, OfUnit: "datagrams received", Apart: true,
		}, tally{
			Subject: "udp6 sent", Counters: []string{"Udp6 Udp6SndbufErrors"}, Unit: "datagrams", Do: send,
			What: "%s datagrams over IPv6 could not be sent since the start because a queue was full",
			Of:   []string{"Udp6 Udp6OutDatagrams"}, OfUnit: "datagrams sent", Apart: true,
		})
	},
}
