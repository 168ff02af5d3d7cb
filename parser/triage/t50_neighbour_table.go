package triage

import "fmt"

var neighbourTable = &Rule{
	ID: "T50", Title: "the table of neighbours is full", Severity: Critical,
	Needs: []Need{{"proc/net/stat/arp_cache", "proc/net/stat/ndisc_cache", "proc/net/arp"}},
	Uses: []string{
		"proc/sys/net/ipv4/neigh/default/gc_thresh3", "proc/sys/net/ipv6/neigh/default/gc_thresh3", "output/sysctl",
	},
	Thresholds: []Threshold{
		{"share", 80, "% of gc_thresh3", "above gc_thresh2, by default half of it, the kernel already throws entries away after five seconds; nearly full, a scan or one more subnet fills it"},
		{"fulls", 1, "refusals", "each is a neighbour that could not be talked to: the kernel logs Neighbour table overflow"},
	},
	Means: "There is no room for more neighbours on the links: packets to machines that are not in the table are dropped, and connections to them fail with ENOBUFS.",
	Do:    "raise net.ipv4.neigh.default.gc_thresh1, 2 and 3 (ipv6 likewise) above the number of machines on the links, or make the subnets smaller",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html (gc_thresh3)", "man 7 arp",
	},
	Check: func(c *Check) {
		for _, t := range []struct{ name, stat, limit string }{
			{"ARP", "proc/net/stat/arp_cache", "net.ipv4.neigh.default.gc_thresh3"},
			{"IPv6 neighbour", "proc/net/stat/ndisc_cache", "net.ipv6.neigh.default.gc_thresh3"},
		} {
			if c.Has(t.stat) || t.name == "ARP" && c.Has("proc/net/arp") {
				c.neighbours(t.name, t.stat, t.limit)
			}
		}
	},
}

// neighbours looks at one table. The limit, and the number of entries in proc/net/stat,
// are for all network namespaces together.
func (c *Check) neighbours(name, stat, sysctl string) {
	limit, ok := c.Limit(sysctl, 0)
	if !ok || limit.Value <= 0 {
		return
	}
	f := Finding{Subject: name + " table"}
	totals := c.cpuStats(stat)
	entries, told := totals.entries()
	listed, permanent, incomplete := 0, 0, 0
	if name == "ARP" {
		for _, n := range c.Neighbours() {
			if n.Family != "inet" {
				continue
			}
			listed++
			switch n.State {
			case "permanent":
				permanent++
			case "incomplete":
				incomplete++
			}
		}
	}
	if told {
		f.Evidence = append(f.Evidence, totals.evidence("entries", "table_fulls", "forced_gc_runs", "unresolved_discards"))
	} else {
		entries = float64(listed)
		f.Evidence = append(f.Evidence, Evidence{c.Called("proc/net/arp"), 0, fmt.Sprintf("%d entries", listed)})
		f.Doubts = append(f.Doubts, "the limit is for the neighbours of all network namespaces, and only those of this one were counted")
	}
	if permanent > 0 {
		f.Doubts = append(f.Doubts, counted(float64(permanent), "entry is", "entries are")+" permanent, which kernels from 5.0 on do not count")
	}
	fulls, _ := totals.sum("table_fulls")
	full := fulls >= c.Threshold("fulls")
	near := 100*entries/limit.Value >= c.Threshold("share")
	switch {
	case full && near:
		f.Severity = Critical
	case full, near:
		f.Severity = Warning
	default:
		return
	}
	f.What = fmt.Sprintf("the %s table has %s entries of at most %s", name, number(entries), number(limit.Value))
	f.Figures = []Figure{limit.Against("entries", entries, c.Threshold("share")/100, "entries")}
	if full {
		f.What += fmt.Sprintf("; %s since the start there was no room for a new one", counted(fulls, "time", "times"))
		f.Figures = append(f.Figures, Figure{"table_fulls", fulls, "refusals", c.Threshold("fulls"), true, "threshold fulls of T50"})
	}
	if near && 2*incomplete >= listed && listed > 0 {
		f.What += fmt.Sprintf("; %d of %d that are listed never answered, as after a scan", incomplete, listed)
	}
	c.Find(f)
}
