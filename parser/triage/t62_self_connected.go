package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser/rows"
)

var selfConnected = &Rule{
	ID: "T62", Title: "a socket that is connected to itself", Severity: Warning,
	Needs: []Need{tcpTables},
	Uses:  append([]string{"proc/sys/net/ipv4/ip_local_port_range", "proc/sys/net/ipv4/ip_local_reserved_ports"}, holderFiles...),
	Means: "A client tried to reach a port of this machine where nothing listened, was given the same port as its own, and met itself (simultaneous open). The service of that port cannot start as long as the socket is there.",
	Do:    "restart the client, then start the service; reserve its port with net.ipv4.ip_local_reserved_ports, and have the client check that its own address is not its peer's",
	References: []string{
		"https://docs.kernel.org/networking/ip-sysctl.html",
		"RFC 9293, section 3.5",
	},
	Check: func(c *Check) {
		var by groups[uint64]
		holders := map[uint64]string{}
		eachTCP(c, func(s *rows.Socket) {
			p := Of(s.LocalPort)
			if p == 0 || s.State == "LISTEN" || !peerOf(s).IsValid() || localOf(s) != remoteOf(s) {
				return
			}
			if g := by.socket(p, s); g.Count == 1 {
				holders[p] = holderKey(s)
			}
		})
		c.AtEnd(func() {
			for _, g := range by.list {
				f := Finding{Severity: Warning, Subject: "tcp port " + port(g.Key), Evidence: g.Evidence, Count: g.Count}
				f.What = fmt.Sprintf("a socket on port %d is connected to itself", g.Key)
				if g.Count > 1 {
					f.What = fmt.Sprintf("%s sockets on port %d are connected to themselves", number(float64(g.Count)), g.Key)
				}
				if holders[g.Key] != "" {
					f.What += ", held by " + holders[g.Key]
				}
				c.Find(f)
			}
			c.overflowed(by.more, "ports")
		})
	},
}
