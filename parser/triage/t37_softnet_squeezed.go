package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
)

var softnetSqueezed = &Rule{
	ID: "T37", Title: "rounds of receiving that ended before the work was done", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/softnet_stat"}},
	Uses:  []string{"proc/net/dev", "proc/sys/net/core/netdev_budget", "output/sysctl"},
	Thresholds: []Threshold{
		{"info", 1, "% of packets", "each round takes net.core.netdev_budget packets at most, so that squeezes times budget bounds how many packets were in such rounds; healthy machines of the corpus have 0.001 to 0.3%"},
		{"warning", 10, "% of packets", "one packet in ten in a round that ran out: the CPU is busy with receiving for long stretches"},
		{"min_squeezes", 1000, "rounds", "a virtual machine of the corpus had 161 in the minutes after its start, which were its host's fault"},
	},
	Means: "The kernel stopped taking packets off the network cards because it had used up the packets or the time of a round; packets wait in the meantime, and are lost when a card's ring is full.",
	Do:    "raise net.core.netdev_budget and netdev_budget_usecs; spread the load over the CPUs (T38); see whether the cards drop (T39, T40)",
	References: []string{
		"https://access.redhat.com/solutions/1241943",
		"https://docs.kernel.org/admin-guide/sysctl/net.html",
	},
	Check: func(c *Check) {
		sum := c.softnetSums()
		budget, ok := c.Limit("net.core.netdev_budget", 0)
		if sum.squeezed < c.Threshold("min_squeezes") || !ok {
			c.softnetUnread()
			return
		}
		part := 100.0
		if n := sum.squeezed * budget.Value; n < sum.processed {
			part = 100 * n / sum.processed
		}
		severity, figure := c.Grade("packets in such rounds, at most", part)
		if severity == 0 {
			return
		}
		f := Finding{Severity: severity, Figures: []Figure{figure}, Doubts: c.softnetWraps()}
		f.Evidence, f.Count = c.softnetTop(func(s *parser.Softnet) uint64 { return s.Squeezed })
		f.What = fmt.Sprintf("%s rounds of receiving ended early among %s packets; net.core.netdev_budget is %s (%s)",
			number(sum.squeezed), number(sum.processed), number(budget.Value), budget.From)
		c.Find(f)
	},
}
