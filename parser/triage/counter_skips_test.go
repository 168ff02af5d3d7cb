package triage

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// TestCountersLacking: a rule whose counters the kernel does not have, or whose limit
// nothing tells, was not checked.
func TestCountersLacking(t *testing.T) {
	ext, tcp := counterFile("TcpExt ArpFilter=1"), counterFile("Tcp MaxConn=-1")
	gauges := "UDP: inuse 1\n"
	for _, tt := range []struct {
		id    string
		files map[string]string
		want  Skipped
	}{
		{"T03", map[string]string{"proc/net/netstat": ext}, Skipped{Why: "proc/net/netstat has no TcpExt ListenDrops"}},
		{"T05", map[string]string{"proc/net/netstat": ext}, Skipped{Why: "proc/net/netstat has no TcpExt SyncookiesSent"}},
		{"T05", map[string]string{"proc/net/netstat": ext, "proc/sys/net/ipv4/tcp_syncookies": "2\n"}, Skipped{Why: "proc/net/netstat has no TcpExt TCPReqQFullDrop"}},
		{"T10", map[string]string{"proc/net/sockstat": gauges, "proc/sys/net/ipv4/tcp_max_tw_buckets": "9\n"}, Skipped{Why: "proc/net/sockstat has no TCP tw"}},
		{"T10", map[string]string{"proc/net/sockstat": gauges, "output/sysctl": "a.b = 1\n"}, Skipped{Why: "nothing in the bundle tells net.ipv4.tcp_max_tw_buckets, and its default depends on the machine's memory", File: "proc/sys/net/ipv4/tcp_max_tw_buckets"}},
		{"T11", map[string]string{"proc/net/netstat": ext}, Skipped{Why: "proc/net/netstat has no TcpExt TCPTimeWaitOverflow"}},
		{"T12", map[string]string{"proc/net/snmp": tcp}, Skipped{Why: "proc/net/snmp has no Tcp RetransSegs"}},
		{"T12", map[string]string{"proc/net/snmp": counterFile("Tcp RetransSegs=5")}, Skipped{Why: "proc/net/snmp has no Tcp OutSegs"}},
		{"T20", map[string]string{"proc/net/sockstat": gauges, "output/sysctl": "a.b = 1\n"}, Skipped{Why: "proc/net/sockstat has no TCP orphan"}},
		{"T20", map[string]string{"proc/net/sockstat": "TCP: orphan 5\n", "output/sysctl": "a.b = 1\n"}, Skipped{Why: "nothing in the bundle tells net.ipv4.tcp_max_orphans, and its default depends on the machine's memory", File: "proc/sys/net/ipv4/tcp_max_orphans"}},
		{"T21", map[string]string{"proc/net/sockstat": gauges, "output/sysctl": "a.b = 1\n"}, Skipped{Why: "proc/net/sockstat has no TCP mem"}},
		{"T21", map[string]string{"proc/net/sockstat": "TCP: mem -5\n", "output/sysctl": "a.b = 1\n"}, Skipped{Why: "proc/net/sockstat has no TCP mem"}},
		{"T21", map[string]string{"proc/net/sockstat": "TCP: mem 5\n", "output/sysctl": "a.b = 1\n"}, Skipped{Why: "nothing in the bundle tells net.ipv4.tcp_mem, and its default depends on the machine's memory", File: "proc/sys/net/ipv4/tcp_mem"}},
		{"T21", map[string]string{"proc/net/sockstat": "TCP: mem 5\n", "proc/sys/net/ipv4/tcp_mem": "1 2\n"}, Skipped{Why: "nothing in the bundle tells net.ipv4.tcp_mem, and its default depends on the machine's memory", File: "proc/sys/net/ipv4/tcp_mem"}},
		{"T22", map[string]string{"proc/net/sockstat": gauges, "output/sysctl": "a.b = 1\n"}, Skipped{Why: "proc/net/sockstat has no UDP mem"}},
		{"T22", map[string]string{"proc/net/sockstat": "UDP: mem 5\n", "output/sysctl": "a.b = 1\n"}, Skipped{Why: "nothing in the bundle tells net.ipv4.udp_mem, and its default depends on the machine's memory", File: "proc/sys/net/ipv4/udp_mem"}},
		{"T23", map[string]string{"proc/net/netstat": ext}, Skipped{Why: "proc/net/netstat has no TcpExt TCPAbortOnMemory"}},
		{"T24", map[string]string{"proc/net/netstat": ext, "proc/net/snmp": tcp}, Skipped{Why: "proc/net/netstat has no TcpExt TCPAbortOnTimeout"}},
		{"T25", map[string]string{"proc/net/netstat": ext}, Skipped{Why: "proc/net/netstat has no TcpExt RcvPruned"}},
		{"T26", map[string]string{"proc/net/netstat": ext}, Skipped{Why: "proc/net/netstat has no TcpExt TCPBacklogDrop"}},
		{"T27", map[string]string{"proc/net/snmp": tcp}, Skipped{Why: "proc/net/snmp has no Tcp InCsumErrors"}},
		{"T28", map[string]string{"proc/net/snmp": tcp}, Skipped{Why: "proc/net/snmp has no Tcp AttemptFails"}},
		{"T29", map[string]string{"proc/net/netstat": ext}, Skipped{Why: "proc/net/netstat has no TcpExt IPReversePathFilter"}},
		{"T30", map[string]string{"proc/net/netstat": ext, "proc/net/snmp": tcp}, Skipped{Why: "proc/net/netstat has no TcpExt PAWSEstab"}},
		{"T31", map[string]string{"proc/net/netstat": ext, "proc/net/snmp": tcp}, Skipped{Why: "proc/net/netstat has no TcpExt TCPSpuriousRtxHostQueues"}},
		{"T32", map[string]string{"proc/net/snmp": tcp}, Skipped{Why: "proc/net/snmp has no Udp RcvbufErrors"}},
		{"T34", map[string]string{"proc/net/snmp": tcp}, Skipped{Why: "proc/net/snmp has no Udp NoPorts"}},
		{"T54", map[string]string{"proc/net/snmp": tcp}, Skipped{Why: "proc/net/snmp has no Ip ReasmFails"}},
		{"T55", map[string]string{"proc/net/snmp": tcp}, Skipped{Why: "proc/net/snmp has no Ip OutDiscards"}},
	} {
		t.Run(tt.id+"/"+tt.want.Why, func(t *testing.T) {
			list, err := ByID([]string{tt.id})
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Rule = list[0]
			if tt.want.File == "" {
				tt.want.File = tt.want.Why[:len("proc/net/")] + rest(tt.want.Why)
			}
			report := check(t, list[0], ruleCase{host: fixtures.NewHost(tt.files)})
			if len(report.Findings) != 0 || !slices.Equal(report.NotChecked, []Skipped{tt.want}) {
				t.Errorf("found\n%s\nnot checked: %+v\nwant %+v", told(report), report.NotChecked, tt.want)
			}
		})
	}
}

// rest is the name of the file below proc/net that a text begins with.
func rest(why string) (name string) {
	fmt.Sscanf(why[len("proc/net/"):], "%s", &name)
	return name
}

// TestCountersAtTheirLimits: whatever a hostile capture counts, figures are numbers, and
// no share is more than all.
func TestCountersAtTheirLimits(t *testing.T) {
	most := uint64(math.MaxUint64)
	for _, traffic := range []uint64{0, 1, most} {
		for _, up := range []string{"", "0.00 0\n", "1.00 1\n", "18446744073709551615.00 1\n"} {
			h := fixtures.NewHost(map[string]string{
				"proc/net/netstat": counterFile(fmt.Sprintf("TcpExt ListenDrops=%[1]d ListenOverflows=%[1]d SyncookiesSent=%[1]d TCPReqQFullDrop=%[1]d TCPTimeWaitOverflow=%[1]d "+
					"TCPAbortOnMemory=%[1]d TCPMemoryPressures=%[1]d TCPAbortOnTimeout=%[1]d PruneCalled=%[1]d RcvPruned=%[1]d OfoPruned=%[1]d TCPBacklogDrop=%[1]d "+
					"IPReversePathFilter=%[1]d PAWSEstab=%[1]d PAWSActive=%[1]d PAWSPassive=%[1]d TCPSpuriousRtxHostQueues=%[1]d TCPOrigDataSent=%[2]d", most, traffic)),
				"proc/net/snmp": counterFile(fmt.Sprintf("Tcp ActiveOpens=%[2]d PassiveOpens=%[2]d InSegs=%[2]d OutSegs=%[2]d RetransSegs=%[1]d AttemptFails=%[1]d EstabResets=%[1]d InCsumErrors=%[1]d", most, traffic),
					fmt.Sprintf("Udp InDatagrams=%[2]d OutDatagrams=%[2]d NoPorts=%[1]d RcvbufErrors=%[1]d SndbufErrors=%[1]d InCsumErrors=%[1]d", most, traffic),
					fmt.Sprintf("Ip InReceives=%[2]d OutRequests=%[2]d ForwDatagrams=%[2]d ReasmReqds=%[2]d ReasmFails=%[1]d FragFails=%[1]d InDiscards=%[1]d OutDiscards=%[1]d InAddrErrors=%[1]d OutNoRoutes=%[1]d", most, traffic)),
				"proc/net/sockstat":                    fmt.Sprintf("TCP: inuse 1 orphan %[1]d tw %[1]d alloc 1 mem %[1]d\nUDP: inuse 1 mem %[1]d\n", most),
				"proc/sys/net/ipv4/tcp_max_tw_buckets": "0\n", "proc/sys/net/ipv4/tcp_max_orphans": "0\n", "proc/sys/net/ipv4/tcp_mem": "0 0 0\n",
				"proc/sys/net/ipv4/udp_mem": fmt.Sprintf("%[1]d %[1]d %[1]d\n", most), "proc/uptime": up,
			})
			for _, r := range Rules() {
				report := check(t, r, ruleCase{host: h})
				for _, f := range report.Findings {
					for _, figure := range f.Figures {
						if math.IsNaN(figure.Value) || math.IsInf(figure.Value, 0) || figure.Unit == "%" && figure.Value > 100 {
							t.Errorf("%s: %s", f.What, figure.Text())
						}
					}
				}
				if _, isCounter := counterTests[r.ID]; isCounter && len(report.Findings) == 0 && traffic == most {
					t.Errorf("%s found nothing: %+v", r.ID, report.NotChecked)
				}
			}
		}
	}
}
