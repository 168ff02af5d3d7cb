package triage

import "fmt"

var tcpMemory = &Rule{
	ID: "T21", Title: "TCP uses nearly all the memory that it may", Severity: Critical,
	Needs: []Need{{sockstatFile}, {"proc/sys/net/ipv4/tcp_mem", "output/sysctl"}},
	Thresholds: []Threshold{
		{"pressure", 100, "%", "of tcp_mem[1]: from there on the kernel takes buffers away from sockets"},
		{"critical", 90, "%", "of tcp_mem[2]: netdata; hotsos takes 85%. At 100% connections stand still or are aborted (T23)"},
	},
	Means: "The queues of all TCP sockets together come near net.ipv4.tcp_mem: windows shrink, connections stand still, and at the limit they are aborted.",
	Do:    "find the sockets with large queues (T15, T16; ss -tm); raise net.ipv4.tcp_mem if the machine has memory to spare",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html", "hotsos: tcp.yaml", "netdata: health.d/tcp_mem.conf",
	},
	Check: func(c *Check) {
		mem, ok := c.gauge("TCP", "mem")
		if !ok {
			return
		}
		pressure, ok := c.limit("net.ipv4.tcp_mem", 1)
		if !ok {
			return
		}
		most, ok := c.limit("net.ipv4.tcp_mem", 2)
		if !ok {
			return
		}
		n := float64(mem.Value)
		f := Finding{
			What:     fmt.Sprintf("TCP uses %s pages of memory, of %s that it may", number(n), number(most.Value)),
			Evidence: []Evidence{mem.Evidence},
		}
		share := c.Threshold("pressure") / 100
		switch {
		case n <= 0:
		case n >= c.Threshold("critical")/100*most.Value:
			c.nears(f, "memory of TCP", n, most, "pages")
		case n >= share*pressure.Value:
			f.Severity = Warning
			f.What += fmt.Sprintf("; from %s on the kernel saves", number(pressure.Value))
			f.Figures = []Figure{pressure.Against("memory of TCP", n, share, "pages")}
			c.Find(f)
		}
	},
}
