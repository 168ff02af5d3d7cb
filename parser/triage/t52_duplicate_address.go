package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// Flags of IPv6 addresses (include/uapi/linux/if_addr.h).
const (
	ifaTemporary = 0x01
	ifaDADFailed = 0x08
	ifaTentative = 0x40
)

var duplicateAddress = &Rule{
	ID: "T52", Title: "IPv6 addresses that another machine has, or that wait to be used", Severity: Critical,
	Needs: []Need{{"proc/net/if_inet6"}},
	Uses:  append([]string{"proc/net/dev", "sys/class/net/*/flags"}, linkStateFiles...),
	Means: "Duplicate address detection found another machine with the address, which the kernel then does not use, or it has not ended: programs cannot bind to the address, and nobody reaches the machine by it.",
	Do:    "find the other machine by its hardware address, and give one of them another address: dmesg | grep -i duplicate; ip -6 address show dadfailed; ip -6 address show tentative",
	References: []string{
		"RFC 4862, section 5.4",
		"https://docs.kernel.org/networking/ip-sysctl.html",
	},
	Check: func(c *Check) {
		links := c.linksByName()
		n := 0
		for a := range snapshot.Good(c.IfInet6().Rows(), reported) {
			if n++; n > maxHeld {
				c.Doubt("only the first %d addresses were looked at", maxHeld)
				break
			}
			link := links[a.Iface]
			evidence := []Evidence{{"proc/net/if_inet6", a.Line, fmt.Sprintf("%s/%d %s flags %#02x", a.Addr, a.PrefixLen, a.Iface, a.Flags)}}
			switch {
			case a.Flags&ifaDADFailed != 0:
				c.Find(failedAddress(&a, evidence))
			case a.Flags&ifaTentative == 0 || link == nil || !is(link, "UP") || !is(link, "RUNNING"):
				// Detection does not begin before the link has a carrier.
			default:
				c.Find(Finding{
					Severity: Warning, Subject: "tentative address on " + a.Iface, Evidence: evidence,
					What:   fmt.Sprintf("%s on %s is tentative: duplicate address detection has not ended", a.Addr, a.Iface),
					Doubts: []string{"detection takes a second or two, and the address may just have been added"},
				})
			}
		}
	},
}

func failedAddress(a *parser.Inet6Addr, evidence []Evidence) Finding {
	f := Finding{
		Severity: Critical, Subject: "duplicate address on " + a.Iface, Evidence: evidence,
		What: fmt.Sprintf("%s on %s is in use by another machine: duplicate address detection failed", a.Addr, a.Iface),
	}
	if a.Flags&ifaTemporary != 0 {
		f.Severity = Warning
		f.Doubts = []string{"it is a temporary address, in place of which the kernel makes another one"}
	}
	return f
}
