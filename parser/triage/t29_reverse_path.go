package triage

var reversePath = &Rule{
	ID: "T29", Title: "packets that the reverse-path filter dropped", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/netstat"}},
	Uses:  []string{"proc/net/snmp", "proc/uptime"},
	Thresholds: []Threshold{
		{"total", 500, "packets", "hotsos; measured: a desktop that ran for 4 days shows 477, without harm"},
		{"info_rate", 10, "per hour", "since the start; measured: that desktop has 5 an hour"},
		{"warning_rate", 600, "per hour", "ten a minute on the average since the start: two interfaces in one network see one broadcast a minute without harm"},
		{"warning_share", 1, "%", "of the packets received"},
	},
	Means: "Packets came in by another interface than the one by which their senders are reached: asymmetric routes, two interfaces in one network, or forged senders.",
	Do:    "look for overlapping networks (T47) and at the routes back (ip route get SENDER); net.ipv4.conf.all.log_martians=1 logs them, rp_filter=2 lets them pass",
	References: []string{
		"https://access.redhat.com/solutions/53031", "hotsos", "RFC 3704",
		"https://docs.kernel.org/networking/ip-sysctl.html",
	},
	Check: func(c *Check) {
		c.tallies(tally{
			Counters: []string{"TcpExt IPReversePathFilter"}, Unit: "packets",
			What: "the reverse-path filter dropped %s packets since the start",
			Of:   []string{"Ip InReceives"}, OfUnit: "packets received",
		})
	},
}
