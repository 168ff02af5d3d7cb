package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser/rows"
)

var ifaceDrops = &Rule{
	ID: "T39", Title: "interfaces that drop packets", Severity: Critical, Counters: true,
	Needs: []Need{ifaceFiles},
	Uses:  []string{"proc/uptime", "proc/net/bonding/*"},
	Thresholds: []Threshold{
		{"warning", 2, "% of packets", "netdata: inbound_packets_dropped_ratio and outbound_packets_dropped_ratio"},
		{"critical", 10, "% of packets", "one in ten: TCP nearly stands still; machines of the corpus have 0.3% at most"},
		{"wifi", 10, "% of packets", "netdata: wireless networks drop more"},
		{"min_rx", 10000, "packets", "netdata; what a quiet interface drops says nothing"},
		{"min_tx", 1000, "packets", "netdata"},
		{"min_rate", 3600, "per hour", "received and dropped: a switch's STP (1,800 an hour), LLDP and CDP make fewer, and a machine that does not speak them drops each"},
	},
	Means: "Packets were received and thrown away because there was no memory, no room in the card's ring or no protocol for them; or they could not be sent.",
	Do:    "ethtool -S IFACE tells which (rx_missed, rx_no_buffer); raise the ring with ethtool -G, or see which protocol the machine does not speak",
	References: []string{
		"https://docs.kernel.org/networking/statistics.html",
		"https://access.redhat.com/solutions/2073223",
		"netdata: health.d/net.conf", "risu",
	},
	Check: func(c *Check) {
		list := c.withCounters()
		for i := range list {
			c.droppedIn(&list[i])
			c.droppedOut(&list[i])
		}
	},
}

// dropped grades a part of an interface's packets. severity is 0 for too little.
func (c *Check) dropped(i *rows.Interface, what string, drops, packets float64, floor string) (severity Severity, f Finding) {
	part := part(drops, packets)
	severity, figure := c.Grade(what, part)
	if severity != 0 && isWiFi(i.Name) {
		figure.Threshold, figure.From = c.Threshold("wifi"), "threshold wifi of T39"
		if severity = Warning; part < c.Threshold("wifi") {
			severity = 0
		}
	}
	if drops+packets <= c.Threshold(floor) {
		severity = 0
	}
	if severity == 0 {
		return 0, f // its texts would cost time on a machine with very many interfaces
	}
	return severity, Finding{
		Severity: severity, Subject: i.Name, Figures: []Figure{figure}, Evidence: []Evidence{ifaceEvidence(i)},
		What: fmt.Sprintf("%s %s %s packets, %s of %s", i.Name, what, number(drops), percent(part), number(drops+packets)),
	}
}

func (c *Check) droppedIn(i *rows.Interface) {
	drops := value(i.RxDropped)
	severity, f := c.dropped(i, "dropped on receiving", drops, value(i.RxPackets), "min_rx")
	if severity == 0 || c.idleSlaves()[i.Name] {
		return // what an idle interface of a bond receives is dropped, as it must be
	}
	// The ring was full: that is no matter of protocols.
	overruns := value(i.RxOverruns)
	rate, known := c.PerHour(drops)
	switch {
	case 2*overruns >= drops:
	case !known:
		f.Severity = Warning
		f.Doubts = append(f.Doubts, noUptime)
	case rate < c.Threshold("min_rate"):
		f.Severity = Info
		f.Figures = append(f.Figures, Figure{"dropped on receiving", rate, "per hour", c.Threshold("min_rate"), true, "threshold min_rate of T39"})
	}
	if 2*overruns < drops {
		f.Doubts = append(f.Doubts, "frames of protocols that the machine does not speak (STP, LLDP, other VLANs) are counted, too")
	}
	c.Find(f)
}

func (c *Check) droppedOut(i *rows.Interface) {
	severity, f := c.dropped(i, "dropped on sending", value(i.TxDropped), value(i.TxPackets), "min_tx")
	if severity == 0 {
		return
	}
	if i.Name == "lo" || !c.isHardware(i) {
		// Of these the machine itself, or a program, is the other end.
		f.Severity = min(f.Severity, Warning)
		f.Do = "see whether what is behind the interface (a container, a virtual machine, a tunnel) takes its packets, and whether it was up all the time"
	} else {
		f.Do = "see whether the link was down (dmesg), and what ethtool -S and tc -s qdisc tell"
	}
	c.Find(f)
}
