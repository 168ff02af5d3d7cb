package triage

import (
	"fmt"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
)

var cleartextServices = &Rule{
	ID: "T58", Title: "services that send passwords or data in clear", Severity: Warning,
	Needs: []Need{{"proc/net/tcp", "proc/net/tcp6", "proc/net/udp", "proc/net/udp6", "output/ss", "output/netstat"}},
	Uses:  ownerFiles,
	Means: "Whoever is on the way reads what is sent to these services, passwords too, or uses them to flood others; security baselines want them off.",
	Do:    "turn the service off, or put SSH or TLS in its place: systemctl disable --now SERVICE; what is meant to be there goes into allowed_listeners of the configuration",
	References: []string{
		"PCI DSS 2.2.4", "risu: CCN-STIC-619", "OpenSCAP: mask_nonessential_services",
		"RFC 854 (telnet)", "RFC 1350 (TFTP)",
	},
	Check: func(c *Check) {
		var by doors
		c.EachSocket(func(s *rows.Socket) {
			if !serves(s) || cleartext[serviceOf(s)] == "" || !exposed(s) || c.Allowed(s) {
				return
			}
			by.see(s)
		})
		c.AtEnd(func() {
			for _, g := range by.list {
				door := by.of[g.Key]
				name := cleartext[g.Key]
				f := Finding{
					Severity: Warning, Subject: g.Key.String(), Evidence: g.Evidence, Count: g.Count,
					What: fmt.Sprintf("%s is open: %s %s, %s", name, g.Key, atAddress(door.where), door.by()),
				}
				program, _, _ := strings.Cut(door.holder, " ")
				switch {
				case name == "ftp":
					f.Doubts = []string{"the server may insist on TLS"}
				case g.Key.port == 514 && strings.Contains(program, "syslog"):
					continue // syslog over tcp, on the port of rsh
				case door.holder == "" && g.Key.port == 514:
					f.Doubts = []string{"it may be syslog over tcp, which uses the port of rsh"}
				}
				c.Find(f)
			}
		})
	},
}

// cleartext are the services of PCI DSS and CCN-STIC-619 by their ports.
var cleartext = map[service]string{
	{"tcp", 7}: "echo", {"udp", 7}: "echo",
	{"tcp", 9}: "discard", {"udp", 9}: "discard",
	{"tcp", 13}: "daytime", {"udp", 13}: "daytime",
	{"tcp", 19}: "chargen", {"udp", 19}: "chargen",
	{"tcp", 21}: "ftp",
	{"tcp", 23}: "telnet",
	{"tcp", 37}: "time", {"udp", 37}: "time",
	{"udp", 69}:  "tftp",
	{"tcp", 79}:  "finger",
	{"tcp", 512}: "rexec", {"tcp", 513}: "rlogin", {"tcp", 514}: "rsh",
	{"udp", 517}: "talk", {"udp", 518}: "ntalk",
}
