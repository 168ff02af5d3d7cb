package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
)

var cpuImbalance = &Rule{
	ID: "T38", Title: "one CPU does nearly all of the receiving", Severity: Info, Counters: true,
	Needs: []Need{{"proc/net/softnet_stat"}},
	Uses:  []string{"proc/net/dev", "proc/uptime"},
	Thresholds: []Threshold{
		{"share", 80, "% of packets", "with four CPUs and more an even share is 25% at most"},
		{"min_cpus", 4, "CPUs", "with fewer there is little to spread"},
		{"min_rate", 3600000, "packets per hour", "a thousand a second on average, of which one CPU takes hundreds of thousands: a desktop of the corpus had 100% on one of 8 CPUs at 150 a second, and nobody would mind"},
		{"min_packets", 100000000, "packets", "if it is not known for how long the machine had run"},
	},
	Means: "Receiving is bound to one CPU: that one can be full while the others idle, and then packets are dropped at a fraction of what the machine could take.",
	Do:    "see /proc/interrupts and ethtool -l; use several queues of the card (RSS), or RPS if it has only one",
	References: []string{
		"https://docs.kernel.org/networking/scaling.html",
		"Red Hat: performance tuning guide, network (RSS, RPS)",
	},
	Check: func(c *Check) {
		list := c.Softnets()
		if float64(len(list)) < c.Threshold("min_cpus") {
			c.softnetUnread()
			return
		}
		sum := c.softnetSums()
		if rate, ok := c.PerHour(sum.processed); ok && rate < c.Threshold("min_rate") || !ok && sum.processed < c.Threshold("min_packets") {
			return
		}
		top := 0
		for i := range list {
			if list[i].Processed > list[top].Processed {
				top = i
			}
		}
		part := part(float64(list[top].Processed), sum.processed-float64(list[top].Processed))
		if part < c.Threshold("share") {
			return
		}
		f := Finding{
			Severity: Info, Doubts: c.softnetWraps(),
			What: fmt.Sprintf("%s received %s of all %s packets, with %d CPUs", cpuName(&list[top]), percent(part), number(sum.processed), len(list)),
			Figures: []Figure{
				{Name: "share of one CPU", Value: part, Unit: "% of packets", Threshold: c.Threshold("share"), Held: true, From: "threshold share of T38"},
			},
		}
		f.Evidence, _ = c.softnetTop(func(s *parser.Softnet) uint64 { return s.Processed })
		f.Count = len(list)
		c.Find(f)
	},
}
