package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
)

var softnetDrops = &Rule{
	ID: "T36", Title: "packets dropped because the queue of a CPU was full", Severity: Warning, Counters: true,
	Needs: []Need{{"proc/net/softnet_stat"}},
	Uses:  []string{"proc/net/dev", "proc/uptime", "proc/sys/net/core/netdev_max_backlog", "output/sysctl"},
	Thresholds: []Threshold{
		{"warning", 0.01, "% of packets", "one of ten thousand is as much as makes TCP slow on a long path; below it is a burst of some time since the start"},
		{"min_drops", 100, "drops", "fewer are told as info: xsos tells of any"},
		{"warning_rate", 3600, "per hour", "netdata warns from one a second on, however much traffic there is"},
	},
	Means: "Packets came in faster than a CPU took them off its queue, and were lost before any protocol saw them.",
	Do:    "raise net.core.netdev_max_backlog; spread the load over the CPUs (T38: RSS, RPS, irqbalance)",
	References: []string{
		"https://access.redhat.com/solutions/1241943",
		"https://docs.kernel.org/admin-guide/sysctl/net.html",
		"netdata: health.d/softnet.conf", "xsos",
	},
	Check: func(c *Check) {
		sum := c.softnetSums()
		if sum.dropped == 0 {
			c.softnetUnread()
			return
		}
		part := part(sum.dropped, sum.processed)
		severity, figure := c.Grade("dropped", part)
		f := Finding{Severity: max(Info, severity), Doubts: c.softnetWraps()}
		f.Evidence, f.Count = c.softnetTop(func(s *parser.Softnet) uint64 { return s.Dropped })
		f.What = fmt.Sprintf("CPUs dropped %s because their queues were full, %s of what came to them", counted(sum.dropped, "packet", "packets"), percent(part))
		if severity != 0 {
			f.Figures = append(f.Figures, figure)
		}
		if rate, ok := c.PerHour(sum.dropped); ok {
			f.Figures = append(f.Figures, Figure{"dropped", rate, "per hour", c.Threshold("warning_rate"), true, "threshold warning_rate of T36"})
			if rate >= c.Threshold("warning_rate") {
				f.Severity = Warning
			}
		} else {
			f.Doubts = append(f.Doubts, noUptime)
		}
		if sum.dropped < c.Threshold("min_drops") {
			f.Severity = Info
		}
		if sum.flowLimit > 0 {
			f.What += fmt.Sprintf("; %s of them were of a flow that had more than its part of the queue", number(sum.flowLimit))
		}
		if limit, ok := c.Limit("net.core.netdev_max_backlog", 0); ok {
			f.What += fmt.Sprintf("; net.core.netdev_max_backlog is %s (%s)", number(limit.Value), limit.From)
		}
		c.Find(f)
	},
}

// softnetUnread makes a rule not checked if softnet_stat has no row that can be read.
func (c *Check) softnetUnread() {
	if len(c.Softnets()) == 0 {
		c.Skip("proc/net/softnet_stat", "%s has no row that can be read", c.Called("proc/net/softnet_stat"))
	}
}
