package triage

import (
	"fmt"
	"slices"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

var manySockets = &Rule{
	ID: "T66", Title: "sockets near a limit", Severity: Info,
	Needs: []Need{tcpTables},
	Uses:  append([]string{"proc/sys/net/ipv4/ip_local_port_range", "proc/sys/net/ipv4/ip_local_reserved_ports"}, holderFiles...),
	Thresholds: []Threshold{
		{"files", 90, "%", "of 1,024 or 4,096, which most processes may have open: one that has more sockets was given more files. Sockets are not all of its files, so 90 and not 100"},
		{"ports", 80, "%", "of net.ipv4.ip_local_port_range in use, toward whatever destinations: a port may be used for each destination, but bind(2) to any port wants a free one, and connect(2) searches longer. A machine of the corpus, made for tests, uses 23%"},
	},
	Means: "A mere number of sockets is no trouble; but this one is near what a process may have open, or what the machine has ports for.",
	Do:    "compare with grep files /proc/PID/limits; raise LimitNOFILE of the service, or net.ipv4.ip_local_port_range",
	References: []string{
		"getrlimit(2), RLIMIT_NOFILE",
		"https://docs.kernel.org/networking/ip-sysctl.html",
	},
	// Ports that one destination takes are T09's.
	Check: func(c *Check) {
		var by groups[string]
		e := ephemeral{portRange: &portRange{first: 1, reserved: new(portSet)}} // no range, no ports
		if ports, ok := c.ephemeralRange(); ok {
			e.portRange = ports
		}
		eachTCP(c, func(s *rows.Socket) {
			e.see(s)
			if holder := HolderOf(s.Holder); holder != "" {
				by.socket(holderKey(s), s)
			}
		})
		c.AtEnd(func() {
			for _, g := range by.list {
				n := float64(g.Count)
				for _, limit := range []float64{1024, 4096} {
					if part := 100 * n / limit; part >= c.Threshold("files") && n <= limit {
						c.Find(Finding{
							Severity: Info, Subject: "open files", Evidence: g.Evidence, Count: g.Count,
							What:    fmt.Sprintf("%s has %s tcp sockets open, %s%% of the %s files that a process may usually have", g.Key, number(n), number(part), number(limit)),
							Figures: []Figure{{Name: "share of the usual limit", Value: part, Unit: "%", Threshold: c.Threshold("files"), Held: true, From: "threshold files of T66"}},
							Doubts:  []string{"the limit of this process is not in the bundle"},
						})
					}
				}
			}
			c.manyPorts(&e)
			c.overflowed(by.more, "processes")
		})
	},
}

// manyPorts tells that the machine's ports run out, unless one destination takes them.
func (c *Check) manyPorts(e *ephemeral) {
	n := float64(e.ports.count())
	if e.size == 0 || 100*n/float64(e.size) < c.Threshold("ports") {
		return
	}
	warning := c.settingOf(ephemeralPorts, "warning")
	if slices.ContainsFunc(e.list, func(t *taken) bool { return e.share(t) >= warning }) {
		return
	}
	part := 100 * n / float64(e.size)
	f := Finding{
		Severity: Info, Subject: "ephemeral ports",
		What:    fmt.Sprintf("outgoing connections use %s of the %s ports of %s %s", number(n), number(float64(e.size)), rangeSetting, e),
		Figures: []Figure{{Name: "ports in use", Value: part, Unit: "%", Threshold: c.Threshold("ports"), Held: true, From: "threshold ports of T66, of " + e.String() + " of " + e.from}},
		Do:      "have programs keep connections open, or widen net.ipv4.ip_local_port_range",
	}
	if e.from == snapshot.KernelDefault {
		f.Doubts = []string{rangeSetting + " is not in the bundle: the range is the kernel's default"}
	}
	c.Find(f)
}
