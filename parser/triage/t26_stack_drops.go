package triage

var stackDrops = &Rule{
	ID: "T26", Title: "segments that TCP dropped after it had received them", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/netstat"}},
	Uses:  []string{"proc/net/snmp", "proc/uptime"},
	Thresholds: []Threshold{
		{"total", 500, "segments", "hotsos"},
		{"info_rate", 10, "per hour", "since the start; fewer are one bad moment of long ago"},
		{"info_share", 0.01, "%", "of the segments received; measured: a server on the internet shows 0.05%, all others none"},
		{"warning_rate", 600, "per hour", "ten a minute on the average since the start: each has to be sent again"},
		{"warning_share", 1, "%", "of the segments received: hotsos"},
	},
	Means: "Segments came as far as the socket and were thrown away there; the peers send them again, and connections stand still for that long.",
	Do:    "see which counter it is; look for sockets with a large Recv-Q (T16) and for want of memory (T21; vmstat)",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "hotsos: tcp.yaml",
	},
	Check: func(c *Check) {
		var list []tally
		for _, drop := range []struct{ counter, what, do string }{
			{"TCPBacklogDrop", "%s segments were dropped since the start because the program held its socket while too many came", "raise net.core.rmem_max and net.ipv4.tcp_rmem; look for programs that get no CPU (T37, top)"},
			{"TCPRcvQDrop", "%s segments were dropped since the start because there was no memory for the receive queue", ""},
			{"TCPZeroWindowDrop", "%s segments were dropped since the start because the peer sent on into a closed window", "find the program that does not read (T16; netstat -tnp), and the peers"},
			{"PFMemallocDrop", "%s segments were dropped since the start because the machine was out of memory", "see what uses the memory (free, slabtop); raise vm.min_free_kbytes"},
			{"TCPMinTTLDrop", "%s segments were dropped since the start because they came from further away than the program allows", "find who sends them: a program such as a BGP speaker only takes neighbours (IP_MINTTL, RFC 5082)"},
		} {
			list = append(list, tally{
				Subject: drop.counter, Counters: []string{"TcpExt " + drop.counter}, Unit: "segments", What: drop.what, Do: drop.do,
				Of: []string{"Tcp InSegs"}, OfUnit: "segments received",
			})
		}
		c.tallies(list...)
	},
}
