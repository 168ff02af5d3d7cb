package triage

import (
	"fmt"
	"slices"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// tcpRules are the rules about tcp sockets.
var tcpRules = []*Rule{
	acceptQueueFull, acceptQueueFilling, synRecvFlood, closeWaitLeak, closeWaitNotAccepted, synSentPile, ephemeralPorts, retransmitting, windowClosed,
	largeSendQ, largeRecvQ, keepaliveUnanswered, orphansStuck, finWait2Pile, sharedPort, selfConnected, serviceInRange, manySockets,
}

// TestTCPSkips: what the rows, or the settings, do not tell is not called fine.
func TestTCPSkips(t *testing.T) {
	printed := func(row string) *fixtures.Host {
		return fixtures.NewHost(map[string]string{"output/netstat": "Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address           Foreign Address         State      \n" + row})
	}
	noRange := tcpHost(nil).Set("proc/sys/net/ipv4/ip_local_port_range", "60999 32768\n")
	tests := []struct {
		name  string
		rules []*Rule
		host  *fixtures.Host
		want  Skipped // without its rule
	}{
		{
			"a command printed udp sockets only", tcpRules,
			printed("udp        0      0 0.0.0.0:68              0.0.0.0:*                          \n"),
			Skipped{Why: "proc/net/tcp is not in the bundle, and no command printed tcp sockets", File: "proc/net/tcp"},
		},
		{
			"the range is none", []*Rule{ephemeralPorts, serviceInRange}, noRange,
			Skipped{Why: "net.ipv4.ip_local_port_range is no range of ports", File: "proc/sys/net/ipv4/ip_local_port_range"},
		},
		{
			"no timers", []*Rule{retransmitting},
			printed("tcp        0    900 10.0.0.1:40000          10.0.9.9:5432           ESTABLISHED\n"),
			Skipped{Why: "1 rows of output/netstat have no count of retransmissions", File: "proc/net/tcp"},
		},
		{
			"no inode of orphans", []*Rule{orphansStuck},
			printed("tcp        0    900 10.0.0.1:40000          10.0.9.9:5432           FIN_WAIT1  \n"),
			Skipped{Why: "1 rows of output/netstat have no inode: programs may hold them", File: "proc/net/tcp"},
		},
		{
			"no timers of half-open ones", []*Rule{synRecvFlood},
			printed("tcp        0      0 10.0.0.1:443            10.0.9.9:5432           SYN_RECV   \n"),
			Skipped{Why: "1 rows of output/netstat have no count of repeated SYN-ACKs", File: "proc/net/tcp"},
		},
		{
			"no timers of attempts", []*Rule{synSentPile},
			printed("tcp        0      1 10.0.0.1:40000          10.0.9.9:5432           SYN_SENT   \n"),
			Skipped{Why: "1 rows of output/netstat have no count of repeated SYNs", File: "proc/net/tcp"},
		},
		{
			"no kind of timer", []*Rule{windowClosed, keepaliveUnanswered},
			printed("tcp        0    900 10.0.0.1:40000          10.0.9.9:5432           ESTABLISHED\n"),
			Skipped{Why: "1 rows of output/netstat have no timer", File: "proc/net/tcp"},
		},
		{
			"no inode of half-closed ones", []*Rule{finWait2Pile},
			printed("tcp        0      0 10.0.0.1:40000          10.0.9.9:5432           FIN_WAIT2  \n"),
			Skipped{Why: "1 rows of output/netstat have no inode: programs may hold them", File: "proc/net/tcp"},
		},
		{
			"no inode of closed ones", []*Rule{closeWaitLeak, closeWaitNotAccepted},
			printed("tcp        1      0 10.0.0.1:40000          10.0.9.9:5432           CLOSE_WAIT \n"),
			Skipped{Why: "1 rows of output/netstat have no inode: they may wait to be accepted", File: "proc/net/tcp"},
		},
		{
			"too many destinations", []*Rule{synSentPile},
			tcpHost(many(maxGroups+1, func(i int) sock {
				return sock{local: "10.0.0.1:40000", remote: fmt.Sprintf("10.%d.%d.9:443", i/250, i%250), st: parser.SynSent, inode: 9}
			})),
			Skipped{Why: "there are more than 16,384 peers"},
		},
	}
	for _, tt := range tests {
		for _, r := range tt.rules {
			t.Run(tt.name+"/"+r.ID, func(t *testing.T) {
				report := check(t, r, ruleCase{host: tt.host})
				tt.want.Rule = r
				if !slices.Equal(report.NotChecked, []Skipped{tt.want}) || len(report.Findings) > 0 {
					t.Errorf("got %+v, want %+v; found\n%s", report.NotChecked, tt.want, told(report))
				}
			})
		}
	}
}

// TestTCPHostile: rows of the largest numbers, and many of everything, are looked at
// within reason.
func TestTCPHostile(t *testing.T) {
	const top = 1<<32 - 1
	var list []sock
	for _, st := range []parser.State{parser.Established, parser.SynSent, parser.SynRecv, parser.FinWait1, parser.FinWait2, parser.TimeWait, parser.Close, parser.CloseWait, parser.LastAck, parser.Listen, parser.Closing, 12, 255} {
		for timer := range uint8(6) {
			for _, inode := range []uint64{0, 1<<64 - 1} {
				list = append(list, sock{local: "10.0.0.1:65535", remote: "10.0.0.2:65535", st: st, rq: top, sq: top, timer: timer, when: top, retrans: top, probes: 1<<31 - 1, inode: inode, cwnd: 1<<32 - 1})
				list = append(list, sock{local: "10.0.0.1:65535", remote: "10.0.0.2:65535", st: st, rq: top, sq: top, timer: timer, when: top, retrans: top, probes: -1 << 31, inode: inode})
			}
		}
	}
	host := tcpHost(list).Set("proc/sys/net/ipv4/ip_local_port_range", "1 65535\n").Set("proc/sys/net/ipv4/ip_local_reserved_ports", "65535-1,-,99999,1-65534\n").
		Set("proc/sys/net/core/somaxconn", "18446744073709551615\n").Set("proc/sys/net/ipv4/tcp_syncookies", "0\n").Set("proc/sys/net/ipv4/tcp_max_syn_backlog", "0\n").
		Set("output/ss", ssListens(0, 0))
	for _, r := range tcpRules {
		report := check(t, r, ruleCase{host: host})
		for _, f := range report.Findings {
			for _, figure := range f.Figures {
				if figure.Value != figure.Value || figure.Value-figure.Value != 0 {
					t.Errorf("%s: %s is %v", r.ID, figure.Name, figure.Value)
				}
			}
		}
	}
}
