package triage

import "fmt"

var udpMemory = &Rule{
	ID: "T22", Title: "UDP uses nearly all the memory that it may", Severity: Critical,
	Needs: []Need{{sockstatFile}, {"proc/sys/net/ipv4/udp_mem", "output/sysctl"}},
	Thresholds: []Threshold{
		{"warning", 85, "%", "of udp_mem[2]: hotsos"},
		{"critical", 100, "%", "of udp_mem[2]: datagrams are dropped whatever room the socket's own buffer has"},
	},
	Means: "The queues of all UDP sockets together come near net.ipv4.udp_mem, from where on the kernel drops datagrams for all of them.",
	Do:    "find the sockets with large receive queues (T33; netstat -un); raise net.ipv4.udp_mem if the machine has memory to spare",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html", "hotsos: udp.yaml",
	},
	Check: func(c *Check) {
		mem, ok := c.gauge("UDP", "mem")
		if !ok {
			return
		}
		most, ok := c.limit("net.ipv4.udp_mem", 2)
		if !ok {
			return
		}
		n := float64(mem.Value)
		c.nears(Finding{
			What:     fmt.Sprintf("UDP uses %s pages of memory, of %s that it may", number(n), number(most.Value)),
			Evidence: []Evidence{mem.Evidence},
		}, "memory of UDP", n, most, "pages")
	},
}
