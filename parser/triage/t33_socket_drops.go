package triage

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
)

// dropKey is whose drops are counted together.
type dropKey struct {
	protocol, where, program string
}

// A dropGroup is what the sockets of one port and program dropped.
type dropGroup struct {
	*group[dropKey]
	drops float64
}

var socketDrops = &Rule{
	ID: "T33", Title: "sockets that drop datagrams", Severity: Critical,
	Needs: []Need{{"proc/net/udp", "proc/net/udp6", "proc/net/udplite", "proc/net/udplite6", "proc/net/raw", "proc/net/raw6"}},
	Uses:  []string{"proc/net/snmp", "proc/net/snmp6", "proc/*/fd/*", "proc/*/cmdline", "output/lsof"},
	Thresholds: []Threshold{
		{"total", 500, "drops", "hotsos begins there with the counters of UDP; fewer are a burst of one moment, and are told as info"},
		{"warning", 0.1, "%", "a thousandth of all datagrams of the protocol; less is a burst that long traffic has outgrown"},
		{"critical", 1, "%", "one in a hundred: at that, clients of DNS, SIP or syslog notice"},
		{"critical_total", 10000, "drops", "one in a hundred of few datagrams is no reason for an alarm"},
	},
	Means: "Datagrams reached the machine, and the kernel threw them away at the socket: its receive buffer was full because the program read too slowly, or a filter or checksum refused them.",
	Do:    "see whether the program keeps up (Recv-Q, its CPU time); raise its SO_RCVBUF or net.core.rmem_max if the bursts are short",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html", "hotsos: udp.yaml",
		"man 7 udp", "man 7 raw",
	},
	Check: func(c *Check) {
		var by groups[dropKey]
		drops := map[*group[dropKey]]float64{}
		seen, known := 0, 0
		c.EachSocket(func(s *rows.Socket) {
			if !strings.HasPrefix(s.Protocol, "udp") && !strings.HasPrefix(s.Protocol, "raw") {
				return
			}
			seen++
			n, ok := s.Drops.Get()
			if !ok {
				return
			}
			known++
			if n == 0 {
				return
			}
			where := "port " + port(Of(s.LocalPort))
			if strings.HasPrefix(s.Protocol, "raw") {
				where = "IP protocol " + port(Of(s.IPProtocol))
			}
			g := by.socket(dropKey{strings.TrimSuffix(s.Protocol, "6"), where, cmp.Or(HolderOf(s.Holder), "an unknown program")}, s)
			if g.Evidence != nil {
				drops[g] += float64(n)
			}
		})
		c.AtEnd(func() {
			if seen > 0 && known == 0 {
				c.Skip("proc/net/udp", "no row of the tables of datagram sockets has a column of drops")
				return
			}
			for _, g := range by.list {
				c.Find(c.socketDrop(dropGroup{g, drops[g]}))
			}
		})
	},
}

// socketDrop grades what the sockets of one program dropped.
func (c *Check) socketDrop(g dropGroup) Finding {
	f := Finding{
		Severity: Info, Subject: g.Key.protocol + " " + g.Key.where, Evidence: g.Evidence, Count: g.Count,
		What: fmt.Sprintf("%s dropped %s at %s %s", g.Key.program, counted(g.drops, "datagram", "datagrams"), g.Key.protocol, g.Key.where),
	}
	if g.Key.protocol == "raw" {
		// A raw socket gets every packet of its protocol, wanted or not, also if the
		// program only sends: keepalived, conntrackd.
		f.What = fmt.Sprintf("%s dropped %s at a raw socket of %s", g.Key.program, counted(g.drops, "packet", "packets"), g.Key.where)
		f.Figures = []Figure{{Name: "drops", Value: g.drops, Unit: "packets"}}
		f.Doubts = []string{"a program that only sends on its raw socket never reads what comes in, and loses nothing that it wants"}
		f.Do = "nothing, if the program only sends on this socket; else see whether it reads fast enough"
		return f
	}
	f.Figures = []Figure{{Name: "drops", Value: g.drops, Unit: "drops", Threshold: c.Threshold("total"), Held: true, From: "threshold total of T33"}}
	sections := []string{"Udp", "Udp6"}
	if g.Key.protocol == "udplite" {
		sections = []string{"UdpLite", "UdpLite6"}
	}
	var in, buffer float64
	told := false
	for _, s := range sections {
		datagrams, ok := c.Counter(s, "InDatagrams")
		full, okFull := c.Counter(s, "RcvbufErrors")
		memory, _ := c.Counter(s, "MemErrors")
		in += float64(datagrams.Value)
		buffer += float64(full.Value) + float64(memory.Value)
		told = told || ok && okFull
	}
	if !told {
		f.Doubts = append(f.Doubts, "not known how many datagrams came in")
		if g.drops >= c.Threshold("total") {
			f.Severity = Warning
		}
		return f
	}
	part := part(g.drops, in)
	f.What += fmt.Sprintf(": %s of all %s datagrams that came in", percent(part), number(in+g.drops))
	severity, figure := c.Grade("drops", part)
	if severity != 0 {
		f.Figures = append(f.Figures, figure)
	}
	switch {
	case 2*buffer < g.drops:
		// RcvbufErrors counts every datagram that found no room: these are others.
		f.What += fmt.Sprintf(", and not for lack of buffer (RcvbufErrors %s)", number(buffer))
		f.Do = "find what refuses them: a filter of the program (SO_ATTACH_FILTER), an IPsec policy, or a wrong checksum (InCsumErrors)"
	case g.drops < c.Threshold("total"):
	case severity == Critical && g.drops >= c.Threshold("critical_total"):
		f.Severity = Critical
	default:
		f.Severity = max(Info, min(severity, Warning))
	}
	return f
}
