package triage

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

var realAddresses = &Rule{
	ID: "T70", Title: "real addresses in an obfuscated capture", Severity: Warning,
	Needs: []Need{{
		"proc/net/tcp", "proc/net/tcp6", "proc/net/udp", "proc/net/udp6", "proc/net/raw", "proc/net/raw6", "proc/net/route",
		"proc/net/ipv6_route", "proc/net/if_inet6",
	}},
	Uses:  []string{"proc/net/arp", "proc/net/fib_trie", "output/ip_address", "output/ifconfig"},
	Means: "The program that made up the addresses in the texts does not know those in the kernel's tables, which are hexadecimal: whoever gets the capture reads the real ones.",
	Do:    "do not pass the capture on as it is: take proc/net/tcp*, udp*, raw*, route, ipv6_route and if_inet6 out of it",
	References: []string{
		"https://github.com/sosreport/sos/blob/main/sos/cleaner/__init__.py",
		"https://man7.org/linux/man-pages/man5/proc.5.html",
	},
	Check: func(c *Check) {
		if c.Obfuscated == "" {
			return
		}
		texts := addressesOfTexts(c)
		var real groups[netip.Addr]
		// Of the machine's own addresses and its gateways texts tell. If all of those in the
		// tables are among them, the tables were treated too.
		var own, ownReal int
		see := func(a netip.Addr, mine bool, evidence func() Evidence) {
			if a = a.Unmap(); !a.IsGlobalUnicast() {
				return
			}
			if !texts[a] {
				real.add(a, evidence)
			}
			if mine {
				own++
				if !texts[a] {
					ownReal++
				}
			}
		}
		for _, family := range []string{"inet", "inet6"} {
			for _, r := range c.routes(family) {
				if gateway, ok := r.Gateway.Get(); ok && hexadecimal(r.File) {
					see(gateway, true, r.evidence)
				}
			}
		}
		n := 0
		for a := range snapshot.Good(c.IfInet6().Rows(), reported) {
			if n++; n > maxHeld {
				break
			}
			see(a.Addr, false, func() Evidence {
				return Evidence{"proc/net/if_inet6", a.Line, fmt.Sprintf("%s/%d %s", a.Addr, a.PrefixLen, a.Iface)}
			})
		}
		c.EachSocket(func(s *rows.Socket) {
			if !hexadecimal(s.File) {
				return
			}
			local, _ := s.LocalAddress.Get()
			remote, _ := s.RemoteAddress.Get()
			see(local, true, func() Evidence { return SocketEvidence(s) })
			see(remote, false, func() Evidence { return SocketEvidence(s) })
		})
		c.AtEnd(func() {
			if own == 0 || ownReal > 0 {
				reportReal(c, &real)
			}
		})
	},
}

// addressesOfTexts are the addresses that stand in the capture as text, which the
// program made up.
func addressesOfTexts(c *Check) map[netip.Addr]bool {
	texts := map[netip.Addr]bool{}
	for _, n := range c.Neighbours() {
		if a, ok := n.Address.Get(); ok {
			texts[a] = true
		}
	}
	for _, i := range c.Interfaces() {
		for _, word := range i.Addresses {
			if p, err := netip.ParsePrefix(word); err == nil {
				texts[p.Addr()] = true
			} else if a, err := netip.ParseAddr(word); err == nil {
				texts[a] = true
			}
		}
	}
	return texts
}

// hexadecimal reports whether a file is one of the kernel's tables, and not the output
// of a command.
func hexadecimal(file string) bool { return hasPrefix(file, []string{"proc/"}) }

func reportReal(c *Check, real *groups[netip.Addr]) {
	if len(real.list) == 0 {
		return
	}
	f := Finding{Severity: Warning, Count: len(real.list)}
	for _, g := range real.list {
		if e := g.Evidence[0]; len(f.Evidence) < MaxEvidence && !slices.Contains(f.Evidence, e) {
			f.Evidence = append(f.Evidence, e)
		}
	}
	f.What = fmt.Sprintf("%s made up the addresses in texts, and the kernel's tables hold %s that no text has", c.Obfuscated,
		counted(len(real.list), "other address", "other addresses"))
	f.Figures = []Figure{{Name: "addresses that no text has", Value: float64(len(real.list)), Unit: "addresses"}}
	if real.more > 0 {
		f.Doubts = append(f.Doubts, fmt.Sprintf("there are more than the %d that were kept", maxGroups))
	}
	c.Find(f)
}
