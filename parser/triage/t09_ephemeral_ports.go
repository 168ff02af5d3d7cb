package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser/rows"
)

var ephemeralPorts = &Rule{
	ID: "T09", Title: "ephemeral ports toward one destination run out", Severity: Critical,
	Needs: []Need{tcpTables},
	Uses:  []string{"proc/sys/net/ipv4/ip_local_port_range", "proc/sys/net/ipv4/ip_local_reserved_ports", "output/sysctl"},
	Thresholds: []Threshold{
		{"warning", 80, "%", "of the ports of net.ipv4.ip_local_port_range that are not reserved: each destination has them all, 28,232 by default, and from here on connect(2) searches long. The busiest destination of the corpus takes 2.5%, on a machine made for tests"},
		{"critical", 95, "%", "of the same: connect(2) fails with EADDRNOTAVAIL when none is left"},
	},
	Means: "Each connection to one address and port needs a local port of its own, for a minute after its end too (TIME_WAIT): soon no more can be opened to this destination, though all others work.",
	Do:    "have the program keep connections open instead of one for each request; net.ipv4.tcp_tw_reuse=1 and a wider net.ipv4.ip_local_port_range give time, more addresses on either side multiply the ports",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html",
		"https://vincent.bernat.ch/en/blog/2014-tcp-time-wait-state-linux",
		"https://making.pusher.com/ephemeral-port-exhaustion-and-how-to-avoid-it/",
	},
	Check: func(c *Check) {
		ports, ok := c.ephemeralRange()
		if !ok {
			c.Skip("proc/sys/net/ipv4/ip_local_port_range", "%s is no range of ports", rangeSetting)
			return
		}
		e := ephemeral{portRange: ports}
		eachTCP(c, func(s *rows.Socket) { e.see(s) })
		c.AtEnd(func() {
			for _, g := range e.list {
				severity, figure := c.Grade("ports in use", e.share(g))
				if severity == 0 {
					continue
				}
				figure.From += fmt.Sprintf(", of %s ports: %s %s of %s", number(float64(e.size)), rangeSetting, e, e.from)
				c.Find(Finding{
					Severity: severity, Subject: "ephemeral ports toward " + g.remote.String(), Figures: []Figure{figure}, Evidence: g.evidence, Count: g.count,
					What: fmt.Sprintf("%s connections from %s to %s take %s%% of the %s local ports that there are, %s of them in TIME_WAIT",
						number(float64(g.count)), g.local, g.remote, number(figure.Value), number(float64(e.size)), number(float64(g.waits))),
				})
			}
			e.doubt(c)
			tableLacking(c)
			if e.more > 0 {
				c.Doubt("only the first %s destinations were looked at", number(maxDestinations))
				c.Skip("", "there are more than %s destinations", number(maxDestinations))
			}
		})
	},
}
