package triage

import "fmt"

var fragments = &Rule{
	ID: "T54", Title: "fragments that could not be put together, and packets that could not be cut", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/snmp", "proc/net/snmp6"}},
	Uses:  []string{"proc/net/sockstat", "proc/net/sockstat6"},
	Thresholds: []Threshold{
		{"total", 100, "fragments", "one bad minute"},
		{"warning_share", 1, "%", "of the fragments received: a packet is lost as soon as one of its fragments is"},
		{"cut_total", 500, "packets", "finding out the MTU of a path costs a packet each"},
		{"cut_info_share", 0.1, "%", "of the packets sent: finding out the MTU of paths takes few"},
	},
	Means: "Packets larger than the MTU were lost: fragments did not all come in time, or packets that must not be cut were too large for the next link.",
	Do:    "compare the MTU of the interfaces and tunnels on the way (T65; ping -M do -s 1472); see that firewalls pass ICMP 'fragmentation needed'",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "RFC 1191", "RFC 8200, section 4.5",
	},
	Check: func(c *Check) {
		c.tallies(tally{
			Subject: "ip reassembly", Counters: []string{"Ip ReasmFails"}, More: []string{"Ip ReasmTimeout"}, Unit: "fragments",
			What: "%s times since the start fragments could not be put together",
			Of:   []string{"Ip ReasmReqds"}, OfUnit: "fragments received", Note: c.waiting("FRAG"),
		}, tally{
			Subject: "ip6 reassembly", Counters: []string{"Ip6 Ip6ReasmFails"}, More: []string{"Ip6 Ip6ReasmTimeout"}, Unit: "fragments",
			What: "%s times since the start fragments of IPv6 could not be put together",
			Of:   []string{"Ip6 Ip6ReasmReqds"}, OfUnit: "fragments received", Note: c.waiting("FRAG6"),
		}, tally{
			Subject: "ip fragmentation", Counters: []string{"Ip FragFails"}, Unit: "packets", Prefix: "cut_",
			What: "%s packets were too large for the next link since the start, and must not be cut",
			Of:   []string{"Ip OutRequests", "Ip ForwDatagrams"}, OfUnit: "packets sent",
		}, tally{
			Subject: "ip6 fragmentation", Counters: []string{"Ip6 Ip6FragFails"}, Unit: "packets", Prefix: "cut_",
			What: "%s packets of IPv6 were too large for the next link since the start, and must not be cut",
			Of:   []string{"Ip6 Ip6OutRequests", "Ip6 Ip6OutForwDatagrams"}, OfUnit: "packets sent",
		})
	},
}

// waiting tells how many packets wait for fragments, as a piece of a sentence, or nothing.
func (c *Check) waiting(section string) string {
	if n, ok := c.Gauge(section, "inuse"); ok && n.Value > 0 {
		return fmt.Sprintf("; %s packets wait for more of theirs", number(float64(n.Value)))
	}
	return ""
}
