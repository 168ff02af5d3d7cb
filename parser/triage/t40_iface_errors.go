package triage

import (
	"fmt"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
)

var ifaceErrors = &Rule{
	ID: "T40", Title: "interfaces with errors of the link", Severity: Warning, Counters: true,
	Needs: []Need{ifaceFiles},
	Uses:  []string{"proc/uptime"},
	Thresholds: []Threshold{
		{"info", 0.01, "% of packets", "a sound cable has less than one bad frame in a million; TCP slows down from one in ten thousand on"},
		{"warning", 1, "% of packets", "node-mixin: NodeNetworkReceiveErrs and NodeNetworkTransmitErrs"},
		{"min_errors", 100, "errors", "plugging a cable in makes some; interfaces of the corpus have none"},
		{"carrier", 10, "losses", "a switch's restart or another cable makes one or two"},
	},
	Means: "Frames were damaged on the way or lost in the card: a cable, a transceiver, a duplex mismatch, or a ring that the machine empties too slowly.",
	Do:    "ethtool IFACE (speed, duplex) and ethtool -S IFACE (crc, fifo, missed); then the cable, the transceiver and the switch's port",
	References: []string{
		"https://docs.kernel.org/networking/statistics.html",
		"node-mixin: NodeNetworkReceiveErrs, NodeNetworkTransmitErrs", "netdata: health.d/net.conf (fifo errors)",
	},
	Check: func(c *Check) {
		list := c.withCounters()
		for n := range list {
			i := &list[n]
			if i.Name == "lo" || !c.isHardware(i) {
				continue // no link that could have errors
			}
			c.linkErrors(i)
		}
	},
}

// linkErrors tells of one interface.
func (c *Check) linkErrors(i *rows.Interface) {
	f := Finding{Subject: i.Name, Evidence: []Evidence{ifaceEvidence(i)}}
	var said []string
	hold := func(what string, n, packets float64, more string) {
		severity, figure := c.Grade(what, part(n, packets))
		if n < c.Threshold("min_errors") || severity == 0 {
			return
		}
		f.Severity = max(f.Severity, severity)
		f.Figures = append(f.Figures, figure)
		said = append(said, fmt.Sprintf("%s %s (%s)%s", number(n), what, percent(part(n, packets)), more))
	}
	cause := func(n float64, what string) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprintf(", %s of them %s", number(n), what)
	}
	hold("errors on receiving", value(i.RxErrors), value(i.RxPackets),
		cause(value(i.RxFrame), "damaged frames")+cause(value(i.RxOverruns), "because the card's buffer was full"))
	hold("errors on sending", value(i.TxErrors), value(i.TxPackets), "")
	if Of(i.RxErrors) == 0 { // the driver counts them apart
		hold("frames lost because the card's buffer was full", value(i.RxOverruns), value(i.RxPackets), "")
	}
	hold("collisions", value(i.Collisions), value(i.TxPackets), ", which a full duplex link never has")
	if n := value(i.Carrier); n >= c.Threshold("carrier") {
		severity, _ := c.Grade("carrier", part(n, value(i.TxPackets)))
		f.Severity = max(f.Severity, Info, severity)
		f.Figures = append(f.Figures, Figure{"carrier errors", n, "losses", c.Threshold("carrier"), true, "threshold carrier of T40"})
		said = append(said, number(n)+" losses of the carrier")
	}
	if said == nil {
		return
	}
	f.What = i.Name + " has " + strings.Join(said, "; ")
	c.Find(f)
}
