package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser/rows"
)

var timeWaitLimit = &Rule{
	ID: "T10", Title: "nearly as many sockets in TIME_WAIT as the kernel keeps", Severity: Warning,
	Needs: []Need{{sockstatFile, "proc/net/tcp", "proc/net/tcp6"}, {"proc/sys/net/ipv4/tcp_max_tw_buckets", "output/sysctl"}},
	Thresholds: []Threshold{
		{"warning", 80, "%", "of tcp_max_tw_buckets: above the limit sockets are destroyed at once (T11), and a burst of a fifth is usual"},
	},
	Means: "Beyond the limit the kernel closes connections without TIME_WAIT, so that late segments of one may reach the next of the same ports.",
	Do:    "reuse connections (keep-alive, pools); raise net.ipv4.tcp_max_tw_buckets if memory allows, 0.3 KiB each",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html", "RFC 1337",
		"https://vincent.bernat.ch/en/blog/2014-tcp-time-wait-state-linux",
	},
	Check: func(c *Check) {
		limit, ok := c.limit("net.ipv4.tcp_max_tw_buckets", 0)
		if !ok {
			return
		}
		found := func(n float64, evidence []Evidence, count int) {
			f := Finding{Evidence: evidence, Count: count}
			f.What = fmt.Sprintf("%s sockets are in TIME_WAIT, of %s that the kernel keeps", number(n), number(limit.Value))
			c.nears(f, "in TIME_WAIT", n, limit, "sockets")
		}
		if tw, ok := c.Gauge("TCP", "tw"); ok {
			found(float64(tw.Value), []Evidence{tw.Evidence}, 1)
			return
		}
		if !c.Has("proc/net/tcp") && !c.Has("proc/net/tcp6") {
			c.Skip(sockstatFile, "%s has no TCP tw", c.Called(sockstatFile))
			return
		}
		var waiting groups[bool]
		c.EachSocket(func(s *rows.Socket) {
			if IsTCP(s) && s.State == "TIME_WAIT" {
				waiting.socket(true, s)
			}
		})
		c.AtEnd(func() {
			for _, g := range waiting.list {
				found(float64(g.Count), g.Evidence, g.Count)
			}
		})
	},
}
