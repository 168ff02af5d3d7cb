package triage

import "fmt"

var listenDrops = &Rule{
	ID: "T03", Title: "connections that listeners dropped", Severity: Critical, Counters: true,
	Needs: []Need{{"proc/net/netstat"}},
	Uses:  []string{"proc/net/snmp", "proc/uptime"},
	Thresholds: []Threshold{
		{"total", 100, "drops", "a restart of a service or a scan leaves so many behind; hotsos takes 500 however long the machine has run, here rate and share decide"},
		{"info_rate", 10, "per hour", "measured: a web server with 0.4 an hour for 19 days has nothing that anybody noticed"},
		{"warning_rate", 600, "per hour", "ten a minute on the average since the start are no single burst; netdata warns from one a second on, within the last minute"},
		{"critical_rate", 3600, "per hour", "one a second, what netdata warns of, but since the start"},
		{"warning_share", 1, "%", "of the connections that came: one client in a hundred waits a second or more for its SYN to be sent again"},
		{"critical_share", 10, "%", "of the connections that came; measured: a listener that does not accept at all shows 45%"},
	},
	Means: "Clients were answered late or not at all, because the accept queue of a listener was full (ListenOverflows) or a SYN could not be taken for another reason (ListenDrops counts both).",
	Do:    "find the listener whose accept queue is full (T01, T02; ss -ltn); raise its backlog and net.core.somaxconn only if the program accepts fast enough",
	References: []string{
		"https://docs.kernel.org/networking/snmp_counter.html",
		"https://access.redhat.com/solutions/30453",
		"hotsos: tcp.yaml", "netdata: health.d/tcp_listen.conf",
	},
	Check: func(c *Check) {
		t := tally{
			Counters: []string{"TcpExt ListenDrops"}, More: []string{"TcpExt ListenOverflows"}, Unit: "drops",
			What: "listeners dropped %s connections since the start",
			Of:   []string{"Tcp PassiveOpens"}, OfUnit: "connections that came", Apart: true,
		}
		if overflows, ok := c.Counter("TcpExt", "ListenOverflows"); ok {
			t.Note = fmt.Sprintf("; %s of them because an accept queue was full", number(float64(overflows.Value)))
		}
		c.tallies(t)
	},
}
