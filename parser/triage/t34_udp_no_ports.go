package triage

var udpNoPorts = &Rule{
	ID: "T34", Title: "datagrams of UDP to ports that nobody has open", Severity: Info, Counters: true,
	Needs: []Need{{"proc/net/snmp", "proc/net/snmp6"}},
	Thresholds: []Threshold{
		{"total", 500, "datagrams", "answers that come when their program is gone; measured: at most 159 of a machine, and 1,198 in 19 days of a server, of 4.4 million"},
		{"info_share", 10, "%", "of the datagrams that came; measured: at most 6%"},
	},
	Means: "Datagrams came for a service that does not run here, or a scan tries ports.",
	Do:    "see what is asked for: tcpdump 'icmp[0] = 3 and icmp[1] = 3' shows the answers; start the service, or stop the senders",
	References: []string{
		"RFC 4113, udpNoPorts", "https://docs.kernel.org/networking/snmp_counter.html",
	},
	Check: func(c *Check) {
		c.tallies(tally{
			Subject: "udp", Counters: []string{"Udp NoPorts"}, Unit: "datagrams",
			What: "%s datagrams came since the start for ports that nobody had open",
			Of:   []string{"Udp InDatagrams"}, OfUnit: "datagrams that came", Apart: true,
		}, tally{
			Subject: "udp6", Counters: []string{"Udp6 Udp6NoPorts"}, Unit: "datagrams",
			What: "%s datagrams over IPv6 came since the start for ports that nobody had open",
			Of:   []string{"Udp6 Udp6InDatagrams"}, OfUnit: "datagrams that came", Apart: true,
		})
	},
}
