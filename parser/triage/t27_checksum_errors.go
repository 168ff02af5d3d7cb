package triage

var checksumErrors = &Rule{
	ID: "T27", Title: "packets with a wrong checksum", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/snmp", "proc/net/snmp6"}},
	Uses:  []string{"proc/uptime"},
	Thresholds: []Threshold{
		{"total", 100, "packets", "measured: no machine of the corpus shows any; the internet leaves a few in a year"},
		{"info_rate", 10, "per hour", "since the start; fewer are what a long way leaves"},
		{"warning_rate", 600, "per hour", "ten a minute on the average since the start: the links' own checksums let that many pass only if something between them is broken"},
		{"warning_share", 0.1, "%", "of the packets received; hotsos takes 1% or 500 in all"},
	},
	Means: "Packets were damaged in a place that no link's checksum guards, such as the memory of a network card or a router, or the card checks wrongly; each is dropped.",
	Do:    "look at ethtool -S of the interfaces, and switch the check of the card off to compare: ethtool -K eth0 rx off",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "hotsos: tcp.yaml, udp.yaml", "RFC 1071",
	},
	Check: func(c *Check) {
		c.tallies(tally{
			Subject: "tcp", Counters: []string{"Tcp InCsumErrors"}, Unit: "packets",
			What: "%s segments of TCP came with a wrong checksum since the start",
			Of:   []string{"Tcp InSegs"}, OfUnit: "segments received",
		}, tally{
			Subject: "udp", Counters: []string{"Udp InCsumErrors"}, Unit: "packets",
			What: "%s datagrams of UDP came with a wrong checksum since the start",
			Of:   []string{"Udp InDatagrams"}, OfUnit: "datagrams received", Apart: true,
		}, tally{
			Subject: "udp6", Counters: []string{"Udp6 Udp6InCsumErrors"}, Unit: "packets",
			What: "%s datagrams of UDP over IPv6 came with a wrong checksum since the start",
			Of:   []string{"Udp6 Udp6InDatagrams"}, OfUnit: "datagrams received", Apart: true,
		})
	},
}
