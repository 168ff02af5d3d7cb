package triage

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/coldstat/coldstat/parser/rows"
)

var wildcardExposure = &Rule{
	ID: "T59", Title: "services that listen on all addresses", Severity: Warning,
	Needs: []Need{tcpNeed},
	Uses:  append([]string{"proc/sys/net/ipv6/bindv6only", "output/sysctl"}, ownerFiles...),
	Thresholds: []Threshold{
		{"privileged", 1024, "", "ports below need a privilege to listen on: what has one is a service of the machine, and not a user's"},
	},
	Means: "Every machine that can send packets here, over any interface, can talk to these services; a database that listens everywhere is one firewall rule away from being read by all.",
	Do:    "let the service listen on the address that its clients use (bind, listen_addresses), and list what is meant to be open in allowed_listeners of the configuration",
	References: []string{
		"https://github.com/hubblestack/nova/issues/40", "https://github.com/goss-org/goss/issues/149",
		"https://man7.org/linux/man-pages/man7/ipv6.7.html",
	},
	Check: func(c *Check) {
		var databases, privileged doors
		c.EachSocket(func(s *rows.Socket) {
			if !serves(s) || !onWildcard(s) || c.Allowed(s) {
				return
			}
			switch key := serviceOf(s); {
			case dataServices[key] != "":
				databases.see(s)
			case IsTCP(s) && float64(key.port) < c.Threshold("privileged"):
				privileged.see(s)
			}
		})
		c.AtEnd(func() {
			for _, g := range databases.list {
				door := databases.of[g.Key]
				f := Finding{
					Severity: Warning, Subject: g.Key.String(), Evidence: g.Evidence, Count: g.Count,
					What:   fmt.Sprintf("%s is open: %s on all addresses, %s", dataServices[g.Key], g.Key, door.by()),
					Doubts: []string{"a firewall may keep others out, and the program may ask for a password"},
				}
				if !door.four {
					f.Doubts = append(f.Doubts, onlySix(c))
				}
				c.Find(f)
			}
			reportPrivileged(c, &privileged)
		})
	},
}

// onlySix says what a socket on :: means for IPv4: it has that too unless the program
// asked for IPv6 alone, which no table shows.
func onlySix(c *Check) string {
	l, ok := c.Limit("net.ipv6.bindv6only", 0)
	if ok && l.Value == 1 {
		return "it listens on ::, which is IPv6 alone by net.ipv6.bindv6only of " + l.From + ", unless the program asked for IPv4 too"
	}
	return "it listens on ::, which is IPv4 too unless the program asked for IPv6 alone"
}

// reportPrivileged tells of all in one finding: each by itself would bury the others.
// SSH alone is how people come to nearly every machine of the corpus.
func reportPrivileged(c *Check, d *doors) {
	if !slices.ContainsFunc(d.list, func(g *group[service]) bool { return g.Key.port != 22 }) {
		return
	}
	slices.SortStableFunc(d.list, func(a, b *group[service]) int { return cmp.Compare(a.Key.port, b.Key.port) })
	f := Finding{Severity: Info, Subject: "privileged ports", Doubts: []string{"a firewall may keep others out"}}
	var names []string
	six := true
	for _, g := range d.list {
		name := port(g.Key.port)
		if holder := d.of[g.Key].holder; holder != "" {
			name += " " + holder
		}
		names = append(names, name)
		f.Count += g.Count
		if len(f.Evidence) < MaxEvidence {
			f.Evidence = append(f.Evidence, g.Evidence[0])
		}
		six = six && !d.of[g.Key].four
	}
	f.What = fmt.Sprintf("%s open on all addresses: %s", counted(len(names), "privileged tcp port is", "privileged tcp ports are"), listed(names, 20))
	f.Figures = []Figure{{Name: "privileged ports", Value: float64(len(names))}}
	if six {
		f.Doubts = append(f.Doubts, onlySix(c))
	}
	c.Find(f)
}

// dataServices are those that hold or control everything, and often without a password.
var dataServices = map[service]string{
	{"tcp", 1433}: "SQL Server", {"tcp", 1521}: "Oracle", {"tcp", 2375}: "Docker's API without TLS",
	{"tcp", 3306}: "MySQL", {"tcp", 5432}: "PostgreSQL", {"tcp", 5984}: "CouchDB",
	{"tcp", 6379}: "Redis", {"tcp", 9042}: "Cassandra", {"tcp", 9200}: "Elasticsearch",
	{"tcp", 11211}: "memcached", {"udp", 11211}: "memcached", {"tcp", 27017}: "MongoDB",
}
