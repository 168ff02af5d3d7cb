package triage

import (
	"fmt"
	"slices"

	"github.com/coldstat/coldstat/parser/snapshot"
)

// conntrackStat counts what connection tracking did, by CPU.
const conntrackStat = "proc/net/stat/nf_conntrack"

var conntrackFull = &Rule{
	ID: "T53", Title: "connection tracking is full or drops packets", Severity: Critical,
	Needs: []Need{slices.Concat([]string{conntrackStat}, snapshot.SettingFiles("net.netfilter.nf_conntrack_count"))},
	Uses: []string{
		"proc/sys/net/netfilter/nf_conntrack_max", "proc/sys/net/nf_conntrack_max", "proc/uptime",
	},
	Thresholds: []Threshold{
		{"info", 75, "% of nf_conntrack_max", "node-mixin: NodeHighNumberConntrackEntriesUsed"},
		{"warning", 85, "% of nf_conntrack_max", "netdata: netfilter_conntrack_full"},
		{"critical", 95, "% of nf_conntrack_max", "netdata: netfilter_conntrack_full; at 100% every new flow is dropped"},
		{"drops", 100, "packets", "fewer were refused for other reasons than a full table: packets of no known connection, a helper's no"},
		{"clashes", 100, "packets", "insert_failed: two packets of one flow at the same time; each costs a retry, of DNS five seconds"},
		{"clash_rate", 60, "per hour", "one a minute is what users of a resolver notice"},
	},
	Means: "The firewall or NAT follows each flow in a table of limited size: when it is full, packets of new flows are dropped, and dmesg has nf_conntrack: table full, dropping packet.",
	Do:    "raise net.netfilter.nf_conntrack_max (and the hash size), shorten nf_conntrack_tcp_timeout_established, or exempt traffic with NOTRACK",
	References: []string{
		"https://docs.kernel.org/networking/nf_conntrack-sysctl.html",
		"https://access.redhat.com/solutions/8721",
		"node-mixin: NodeHighNumberConntrackEntriesUsed", "netdata: health.d/netfilter.conf",
	},
	Check: func(c *Check) {
		totals := c.cpuStats(conntrackStat)
		severity, known := c.conntrackFill(totals)
		if totals == nil {
			if !known {
				c.Skip(snapshot.SettingFiles("net.netfilter.nf_conntrack_count")[0], "neither how many connections are tracked nor how many may be is in the bundle")
			}
			return
		}
		c.conntrackDrops(totals, severity)
		if !known && len(c.found) == 0 {
			c.Skip(snapshot.SettingFiles("net.netfilter.nf_conntrack_max")[0], "not known how many connections may be tracked: the default depends on the machine's memory")
		}
	},
}

// conntrackFill holds the number of connections against the limit. known is false if
// either is not known.
func (c *Check) conntrackFill(totals *cpuTotals) (severity Severity, known bool) {
	count, ok := c.Limit("net.netfilter.nf_conntrack_count", 0)
	if !ok {
		if count.Value, ok = totals.entries(); !ok {
			return 0, false
		}
		count.Name, count.From = "entries", totals.file
	}
	limit, ok := c.Limit("net.netfilter.nf_conntrack_max", 0)
	if !ok {
		limit, ok = c.Limit("net.nf_conntrack_max", 0) // its older name
	}
	if !ok {
		return 0, false
	}
	if limit.Value <= 0 {
		return 0, true // no limit
	}
	severity, figure := c.Grade("tracked", 100*count.Value/limit.Value)
	if severity == 0 {
		return 0, true
	}
	c.Find(Finding{
		Severity: severity, Subject: "conntrack table",
		What:     fmt.Sprintf("connection tracking has %s entries of at most %s", number(count.Value), number(limit.Value)),
		Figures:  []Figure{figure},
		Evidence: []Evidence{{count.From, 0, count.Name + " " + number(count.Value)}, {limit.From, 0, limit.Name + " " + number(limit.Value)}},
	})
	return severity, true
}

// conntrackDrops tells of packets that were dropped since the start. fill is how bad the
// table is now.
func (c *Check) conntrackDrops(totals *cpuTotals, fill Severity) {
	drops, _ := totals.sum("drop")
	early, _ := totals.sum("early_drop")
	clashes, _ := totals.sum("insert_failed")
	columns := []string{"entries", "insert_failed", "drop", "early_drop"}
	if drops >= c.Threshold("drops") || early > 0 {
		f := Finding{Severity: Warning, Subject: "conntrack drops", Evidence: []Evidence{totals.evidence(columns...)}}
		if fill >= Warning && drops >= c.Threshold("drops") {
			f.Severity = Critical // it is full now, and has cost packets
		}
		f.What = fmt.Sprintf("connection tracking dropped %s, and threw %s away before their time because the table was full", counted(drops, "packet", "packets"), counted(early, "connection", "connections"))
		f.Figures = []Figure{{"drop", drops, "packets", c.Threshold("drops"), true, "threshold drops of T53"}, {Name: "early_drop", Value: early, Unit: "connections"}}
		if fill == 0 {
			f.Doubts = append(f.Doubts, "it was some time since the start: the table is not nearly full now")
		}
		c.Find(f)
	}
	rate, known := c.PerHour(clashes)
	if clashes < c.Threshold("clashes") || known && rate < c.Threshold("clash_rate") {
		return
	}
	f := Finding{
		Severity: Info, Subject: "conntrack clashes", Evidence: []Evidence{totals.evidence(columns...)},
		What:    fmt.Sprintf("%s packets were dropped because another of the same flow was entered at the same moment (insert_failed)", number(clashes)),
		Figures: []Figure{{"insert_failed", clashes, "packets", c.Threshold("clashes"), true, "threshold clashes of T53"}},
		Do:      "if names resolve slowly now and then, this is why: let resolvers use one socket for each query (options single-request-reopen), or a cache on the machine",
	}
	if known {
		f.Figures = append(f.Figures, Figure{"insert_failed", rate, "per hour", c.Threshold("clash_rate"), true, "threshold clash_rate of T53"})
	} else {
		f.Doubts = append(f.Doubts, noUptime)
	}
	c.Find(f)
}
