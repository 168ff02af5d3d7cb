package triage

var synCookies = &Rule{
	ID: "T05", Title: "more SYNs than the SYN queues of listeners hold", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/netstat"}},
	Uses:  []string{"proc/net/snmp", "proc/uptime", "proc/sys/net/ipv4/tcp_syncookies", "output/sysctl"},
	Thresholds: []Threshold{
		{"total", 500, "SYNs", "hotsos: 500; a single burst of clients after a restart needs some"},
		{"info_rate", 10, "per hour", "since the start; fewer are a burst of long ago"},
		{"warning_rate", 600, "per hour", "ten a minute on the average since the start are no single burst"},
		{"warning_share", 1, "%", "of the connections that came: cookies are a fallback and not meant for legitimate load"},
	},
	Means: "The SYN queue of a listener was full, so that connections were accepted by cookie, without some TCP options, or their SYNs were dropped: a SYN flood, or a backlog that is too small for the load.",
	Do:    "see whether the peers are real (netstat -tn | grep SYN_RECV, T04); if so raise net.ipv4.tcp_max_syn_backlog, net.core.somaxconn and the program's backlog",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html", "https://docs.kernel.org/networking/snmp_counter.html",
		"RFC 4987, section 3.6", "hotsos: tcp.yaml", "pmieconf: network.tcpqfulldocookies",
	},
	Check: func(c *Check) {
		list := []tally{{
			Subject: "SYNs dropped", Counters: []string{"TcpExt TCPReqQFullDrop"}, Unit: "SYNs",
			What: "%s SYNs were dropped since the start because the SYN queue of a listener was full",
			Of:   []string{"Tcp PassiveOpens"}, OfUnit: "connections that came", Apart: true,
			Do: "set net.ipv4.tcp_syncookies to 1; see whether the peers are real (netstat -tn | grep SYN_RECV, T04)",
		}}
		// At 2 the kernel answers every SYN by a cookie, however few there are.
		if l, ok := c.Limit("net.ipv4.tcp_syncookies", 0); !ok || l.Value != 2 {
			list = append([]tally{{
				Subject: "SYN cookies", Counters: []string{"TcpExt SyncookiesSent"}, More: []string{"TcpExt TCPReqQFullDoCookies"}, Unit: "SYNs",
				What: "%s SYNs were answered by a cookie since the start because the SYN queue of a listener was full",
				Of:   []string{"Tcp PassiveOpens"}, OfUnit: "connections that came",
			}}, list...)
		} else if !c.counts("TcpExt TCPReqQFullDrop") && c.counts("TcpExt SyncookiesSent") {
			return // an older kernel, which counts no more
		}
		c.tallies(list...)
	},
}
