package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	statSNMP = "Ip: Forwarding DefaultTTL InReceives InHdrErrors\nIp: 1 64 100 0\n" +
		"Icmp: InMsgs InErrors InDestUnreachs OutMsgs OutErrors OutEchos\nIcmp: 5 0 0 0 0 0\n" +
		"Tcp: RtoAlgorithm MaxConn ActiveOpens NewName\nTcp: 1 -1 147 0\n"
	statNetstat = "TcpExt: SyncookiesSent TCPTimeouts TCPHPHits\nTcpExt: 0 2 0\nIpExt: InOctets Wei\x1brd\nIpExt: 7 1\n"
)

// TestOwnStatisticsOptions has the texts of our own options of -s.
func TestOwnStatisticsOptions(t *testing.T) {
	dir := t.TempDir()
	writeTree(t, dir, map[string]string{"proc/net/snmp": statSNMP, "proc/net/netstat": statNetstat})
	tests := []struct{ args, want string }{
		{"-s", `Ip:
    Forwarding: 1
    100 total packets received
Icmp:
    5 ICMP messages received
    0 input ICMP message failed
    ICMP input histogram:
    0 ICMP messages sent
    0 ICMP messages failed
    ICMP output histogram:
Tcp:
    147 active connection openings
TcpExt:
    TCPTimeouts: 2
    0 packet headers predicted
IpExt:
    InOctets: 7
    Wei\x1brd: 1
`},
		{"-s --all-counters", `Ip:
    Forwarding: 1
    DefaultTTL: 64
    100 total packets received
    0 with invalid headers
Icmp:
    5 ICMP messages received
    0 input ICMP message failed
    ICMP input histogram:
        destination unreachable: 0
    0 ICMP messages sent
    0 ICMP messages failed
    ICMP output histogram:
        echo requests: 0
Tcp:
    RtoAlgorithm: 1
    MaxConn: -1
    147 active connection openings
    NewName: 0
TcpExt:
    0 SYN cookies sent
    TCPTimeouts: 2
    0 packet headers predicted
IpExt:
    InOctets: 7
    Wei\x1brd: 1
`},
		{"-st --explain", `Tcp:
    147 active connection openings
        ActiveOpens: connections that programs here began to open
TcpExt:
    TCPTimeouts: 2
        TCPTimeouts: retransmission timeouts, those of connection requests included: nothing came back for at least 200 ms; bad when it grows fast: peers are gone, or the path loses whole bursts
    0 packet headers predicted
        TCPHPHits: data segments that came just as expected and took the fast path
IpExt:
    InOctets: 7
        InOctets: bytes of IP packets received, headers included
    Wei\x1brd: 1
        Wei\x1brd: not in our catalogue of counters
`},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			out, talk, code := ours(append(strings.Fields(tt.args), dir)...)
			if out != tt.want || talk != "" || code != exitOK {
				t.Errorf("exit %d, stderr %q, got\n%swant\n%s", code, talk, out, tt.want)
			}
		})
	}
}

// TestStatisticsTalk has what is said of files that are missing or broken.
func TestStatisticsTalk(t *testing.T) {
	tests := []struct {
		name, args string
		files      map[string]string
		out, talk  string
		code       int
	}{
		{
			"no snmp", "-s", map[string]string{"proc/net/netstat": statNetstat},
			"", "coldstat: warning: proc/net/snmp is not in the bundle\n", exitOK,
		},
		{
			"no netstat", "-st", map[string]string{"proc/net/snmp": "Tcp: ActiveOpens\nTcp: 5\n"},
			"Tcp:\n    5 active connection openings\n", "coldstat: warning: proc/net/netstat is not in the bundle\n", exitOK,
		},
		{
			"no snmp6", "-s6", map[string]string{"proc/net/snmp": statSNMP},
			"", "coldstat: warning: proc/net/snmp6 is not in the bundle\n", exitOK,
		},
		{
			"a value that is none", "-sw", map[string]string{"proc/net/snmp": "Ip: InReceives InDelivers\nIp: x 7\n", "proc/net/netstat": "IpExt: A\nIpExt: 0\n"},
			"Ip:\n    7 incoming packets delivered\nIpExt:\n", "coldstat: warning: proc/net/snmp:2: InReceives \"x\": invalid syntax\n", exitOK,
		},
		{
			"wrong families", "-s46", map[string]string{"proc/net/snmp": statSNMP},
			"netstat: No statistics support for specified address family: inet,inet6\n", "", exitLacking,
		},
		{
			"ours without -s", "-t --explain", map[string]string{"proc/net/snmp": statSNMP}, "",
			"coldstat: error: --all-counters and --explain only go with -s\ncoldstat: hint: add -s, or leave them out\n", exitUsage,
		},
		{
			"sctp asked for", "-sS", map[string]string{"proc/net/snmp": statSNMP, "proc/net/netstat": "IpExt: A\nIpExt: 1\n"},
			"IpExt:\n    A: 1\n", "coldstat: warning: proc/net/sctp/snmp is not in the bundle\n", exitOK,
		},
		{
			"bluetooth", "-f", map[string]string{"proc/net/snmp": statSNMP}, "",
			"coldstat: note: no file of /proc/net holds Bluetooth sockets; netstat knows none either\n", exitLacking,
		},
		{
			"no routes of unix", "-rx", map[string]string{"proc/net/snmp": statSNMP}, "",
			"coldstat: error: there is no routing table for address family \"unix\"\n" +
				"coldstat: hint: families with a routing table are inet, inet6, ax25, x25, ipx, netrom, rose and ddp\n", exitUsage,
		},
		{
			"masquerading row", "-Mn", map[string]string{"proc/net/ip_masquerade": "Prc FromIP FPrt PDelta\nFOO\n"}, "",
			"coldstat: warning: proc/net/ip_masquerade:2: Prc \"FOO\": invalid syntax\n", exitOK,
		},
		{
			"igmp without its file", "-g", map[string]string{"proc/net/igmp6": "1 lo ff020000000000000000000000000001 1 0 0\n"},
			"IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n--------------- ------ ---------------------\nlo              1      ff02::1\n",
			"coldstat: warning: proc/net/igmp is not in the bundle\n", exitLacking,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			writeTree(t, dir, tt.files)
			out, talk, code := ours(append(strings.Fields(tt.args), dir)...)
			if out != tt.out || talk != tt.talk || code != tt.code {
				t.Errorf("exit %d, want %d\nstdout\n%swant\n%sstderr\n%swant\n%s", code, tt.code, out, tt.out, talk, tt.talk)
			}
		})
	}
}

func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "proc/net"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
