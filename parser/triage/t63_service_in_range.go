package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

var serviceInRange = &Rule{
	ID: "T63", Title: "services whose port the kernel may give away", Severity: Info,
	Needs: []Need{tcpTables},
	Uses:  append([]string{"proc/sys/net/ipv4/ip_local_port_range", "proc/sys/net/ipv4/ip_local_reserved_ports"}, holderFiles...),
	Means: "The ports lie in net.ipv4.ip_local_port_range and are not reserved: while the service restarts, any outgoing connection may be given its port, and the service fails with \"Address already in use\".",
	Do:    "add them to net.ipv4.ip_local_reserved_ports, or give the services ports below the range",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html",
	},
	// One finding for the machine, and only of ports that somebody chose: a program that
	// asked for any port takes another one when it starts again.
	Check: func(c *Check) {
		ports, ok := c.ephemeralRange()
		if !ok {
			c.Skip("proc/sys/net/ipv4/ip_local_port_range", "%s is no range of ports", rangeSetting)
			return
		}
		var by groups[uint64]
		names := map[uint64]string{}
		chosen := map[uint64]bool{}
		eachTCP(c, func(s *rows.Socket) {
			p := Of(s.LocalPort)
			if !inState(s, parser.Listen) || !ports.has(p) || c.Allowed(s) {
				return
			}
			of := by.socket(p, s)
			if program, ok := s.Program.Get(); ok && of.Count == 1 {
				names[p] = strings.Clone(program)
			}
			// Two sockets were not given the same port by chance.
			chosen[p] = of.Count > 1 || p%100 == 0 || slices.Contains(servicePorts, p)
		})
		c.AtEnd(func() {
			list := slices.DeleteFunc(by.list, func(g *group[uint64]) bool { return !chosen[g.Key] })
			if len(list) == 0 {
				return
			}
			f := Finding{
				Severity: Info, Count: len(list),
				Figures: []Figure{{Name: "services in the range", Value: float64(len(list)), Unit: "ports", Threshold: 1, Held: true, From: rangeSetting + " " + ports.String() + " of " + ports.from}},
			}
			var words []string
			for _, g := range list[:min(len(list), MaxEvidence)] {
				word := port(g.Key)
				if names[g.Key] != "" {
					word += " (" + names[g.Key] + ")"
				}
				words, f.Evidence = append(words, word), append(f.Evidence, g.Evidence[0])
			}
			if len(list) > MaxEvidence {
				words = append(words, "...")
			}
			f.What = fmt.Sprintf("ports of %s are in the range for outgoing connections, %s, and not reserved: %s", counted(len(list), "service", "services"), ports, strings.Join(words, ", "))
			ports.doubt(c)
			c.Find(f)
		})
	},
}

// servicePorts are ports above 32,767 that well-known programs have by default: MySQL X
// 33060, Keystone 35357, PCP 44321 to 44323, WinRM 47001, the first bricks of Gluster
// 49152 to 49155, gRPC 50051, Hadoop 50010 to 50090, Greenplum and H2O 54321, HBase 60010
// to 60030, ActiveMQ 61616.
var servicePorts = []uint64{
	33060, 35357, 44321, 44322, 44323, 47001, 49152, 49153, 49154, 49155, 50010, 50020,
	50051, 50070, 50075, 50090, 54321, 60010, 60020, 60030, 61616,
}
