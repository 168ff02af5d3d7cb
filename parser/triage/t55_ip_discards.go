package triage

var ipDiscards = &Rule{
	ID: "T55", Title: "packets that IP threw away", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/snmp", "proc/net/snmp6"}},
	Uses:  []string{"proc/uptime"},
	Thresholds: []Threshold{
		{"total", 500, "packets", "measured: at most 46 discards of a machine of the corpus"},
		{"info_rate", 60, "per hour", "one a minute on the average since the start; fewer are one bad moment of long ago"},
		{"warning_share", 1, "%", "of the packets, as many as a bad network loses"},
		{"address_total", 500, "packets", "as total"},
		{"address_info_share", 1, "%", "of the packets received; measured: a server with 278 an hour, 0.001%, had only broadcasts of other networks"},
		{"route_total", 500, "packets", "as total"},
		{"route_info_share", 1, "%", "of the packets to send; measured: 1.2% of a machine that was started 35 minutes ago, before its network was up"},
		{"route_warning_share", 10, "%", "of the packets to send: a peer that is asked for all the time cannot be reached"},
	},
	Means: "Packets were lost in this machine: there was no memory, no room in a queue or no route for them, a rule of the firewall was against them, or they were for somebody else.",
	Do:    "see which counter it is; look at the queues of the interfaces (tc -s qdisc), the rules of the firewall (nft list ruleset) and the memory (free)",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "RFC 4293",
	},
	Check: func(c *Check) {
		var list []tally
		for _, v := range []struct{ section, prefix, version string }{{"Ip", "", ""}, {"Ip6", "Ip6", " of IPv6"}} {
			received, sent := []string{v.section + " " + v.prefix + "InReceives"}, []string{v.section + " " + v.prefix + "OutRequests"}
			of := func(counter, prefix, what string) tally {
				return tally{
					Subject: v.prefix + counter, Counters: []string{v.section + " " + v.prefix + counter}, Unit: "packets", Prefix: prefix,
					What: "%s packets" + v.version + " " + what, Of: received, OfUnit: "packets received",
				}
			}
			out := of("OutDiscards", "", "to send were thrown away since the start, for want of memory or of room in a queue")
			out.Of, out.OfUnit = sent, "packets to send"
			out.Doubts = []string{"packets that a rule of the firewall stops on their way out are counted too"}
			list = append(list, out, of("InAddrErrors", "address_", "came since the start for addresses that this machine does not have"))
			if v.section == "Ip" {
				// Not of IPv6: where it is disabled on an interface, all that comes there counts.
				list = append(list, of("InDiscards", "", "received were thrown away since the start, for want of memory"))
			}
		}
		// Not Ip6OutNoRoutes: every machine without IPv6 to the internet tries and has no route.
		c.tallies(append(list, tally{
			Subject: "OutNoRoutes", Counters: []string{"Ip OutNoRoutes"}, Unit: "packets", Prefix: "route_",
			What: "%s packets to send had no route since the start", Of: []string{"Ip OutRequests"}, OfUnit: "packets to send", Apart: true,
			Do: "look for a lacking default route (T43), and for programs that ask for addresses which are not routed (ip route get ADDRESS)",
		})...)
	},
}
