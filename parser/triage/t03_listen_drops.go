package triage

import "fmt"

var listenDrops = &Rule{
	ID: "T03", Title: "connections that listeners dropped", Severity: Critical,
	Needs: []Need{{"proc/net/netstat"}},
	Uses:  []string{"proc/uptime"},
	Thresholds: []Threshold{
		{"total", 500, "drops", "hotsos: fewer since boot are what a restart of a service or a scan leaves behind"},
		{"warning", 3600, "per hour", "netdata warns from one a second on"},
		{"critical", 18000, "per hour", "netdata: five a second"},
	},
	Means: "Clients were answered late or not at all, because the accept queue of a listener was full (ListenOverflows) or a SYN could not be taken for another reason (ListenDrops counts both).",
	Do:    "find the listener whose accept queue is full (T01, T02); raise its backlog and net.core.somaxconn only if the program accepts fast enough",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html",
		"https://access.redhat.com/solutions/30453",
		"hotsos: tcp.yaml", "netdata: health.d/tcp_listen.conf",
	},
	Check: func(c *Check) {
		drops, ok := c.Counter("TcpExt", "ListenDrops")
		if !ok {
			c.Skip("proc/net/netstat", "%s has no TcpExt ListenDrops", c.Called("proc/net/netstat"))
			return
		}
		overflows, _ := c.Counter("TcpExt", "ListenOverflows")
		if float64(drops.Value) <= c.Threshold("total") {
			return
		}
		f := Finding{Severity: Warning, Evidence: []Evidence{drops.Evidence, overflows.Evidence}}
		f.What = fmt.Sprintf("listeners dropped %s connections since the start, %s of them because an accept queue was full",
			number(float64(drops.Value)), number(float64(overflows.Value)))
		f.Figures = []Figure{{Name: "ListenDrops", Value: float64(drops.Value), Unit: "drops", Threshold: c.Threshold("total"), Held: true, From: "threshold total of T03"}}
		if rate, ok := c.PerHour(float64(drops.Value)); ok {
			severity, figure := c.Grade("ListenDrops", rate)
			f.Severity = max(Info, severity)
			f.Figures = append(f.Figures, figure)
		} else {
			f.Doubts = append(f.Doubts, "not known for how long the machine had run")
		}
		c.Find(f)
	},
}
