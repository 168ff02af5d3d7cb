package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/diff"
)

const (
	unixHead  = "Num       RefCount Protocol Flags    Type St Inode Path\n"
	routeHead = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
	devHead   = "Inter-|   Receive                                                |  Transmit\n" +
		" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n"
)

func unixRow(flags, kind, state string, inode int, path string) string {
	return strings.TrimSuffix(fmt.Sprintf("0000000000000000: 00000002 00000000 %s %s %s %5d %s", flags, kind, state, inode, path), " ") + "\n"
}

// routeRow is a route to 10.0.0.0/8, or with destination 00000000 to 0.0.0.0/8.
func routeRow(iface, destination, gateway string, metric int) string {
	return fmt.Sprintf("%s\t%s\t%s\t0003\t0\t0\t%d\t000000FF\t0\t0\t0\n", iface, destination, gateway, metric)
}

// texts are all changes but those of internet sockets, as texts.
func texts(r *diff.Result) string {
	var b strings.Builder
	for _, c := range r.Unix {
		fmt.Fprintf(&b, "unix %s %d %s %q %s inode %s>%s %s\n", c.What, c.Count, c.Type, c.Path, arrow(c.OldState, c.NewState), known(c.OldInode), known(c.NewInode), c.Columns)
	}
	for _, c := range r.Routes {
		fmt.Fprintf(&b, "route %s %s/%s via %s>%s dev %s metric %s>%s %s\n", c.What, known(c.Destination), known(c.PrefixLen), known(c.OldGateway), known(c.NewGateway),
			arrow(c.OldInterface, c.NewInterface), known(c.OldMetric), known(c.NewMetric), c.Columns)
	}
	for _, c := range r.Interfaces {
		fmt.Fprintf(&b, "interface %s %s up %s>%s mtu %s>%s %s>%s %s\n", c.What, c.Name, known(c.OldUp), known(c.NewUp), known(c.OldMTU), known(c.NewMTU),
			list(c.OldAddresses6), list(c.NewAddresses6), c.Columns)
	}
	for _, c := range r.Facts {
		fmt.Fprintf(&b, "fact %s %s\n", c.Name, arrow(c.Old, c.New))
	}
	for i := range r.Counters {
		c := &r.Counters[i]
		fmt.Fprintf(&b, "counter %s %s %s: %s\n", c.Section, known(c.Interface), c.Name, told(c))
	}
	return b.String()
}

func list(words []string) string {
	if words == nil {
		return "-"
	}
	return fmt.Sprint(words)
}

// TestTables: whole texts of what is said of all that is no internet socket.
func TestTables(t *testing.T) {
	dev := func(rx, drop, tx uint64) string {
		return fmt.Sprintf("%s  eth0: 1000 %d 0 %d 0 0 0 0 2000 %d 0 0 0 0 0 0\n", devHead, rx, drop, tx)
	}
	host := func(files map[string]string) *fixtures.Host {
		return fixtures.NewHost(files).Set(bootFile, boot).Set("proc/net/unix", unixHead+files["proc/net/unix"]).Set("proc/net/route", routeHead+files["proc/net/route"])
	}
	for _, tc := range []struct {
		name     string
		old, new map[string]string
		want     string
	}{
		{
			"UNIX listeners, bound sockets, accepted connections, and those without a name",
			map[string]string{"proc/net/unix": unixRow("00010000", "0001", "01", 1, "/run/a") + unixRow("00010000", "0001", "01", 2, "/run/b") +
				unixRow("00000000", "0002", "01", 3, "/dev/log") + unixRow("00000000", "0001", "03", 4, "/run/a") + unixRow("00000000", "0001", "03", 5, "/run/a") +
				unixRow("00000000", "0001", "03", 6, "") + unixRow("00000000", "0001", "03", 7, "@000a1") + unixRow("00000000", "0001", "03", 8, "@000a2")},
			map[string]string{"proc/net/unix": unixRow("00010000", "0001", "01", 1, "/run/a") + unixRow("00010000", "0001", "01", 9, "/run/c") +
				unixRow("00000000", "0002", "01", 10, "/dev/log") + unixRow("00000000", "0001", "03", 11, "/run/a") + unixRow("00000000", "0001", "03", 12, "/run/a") +
				unixRow("00000000", "0001", "03", 13, "") + unixRow("00000000", "0001", "01", 7, "@000a1")},
			`unix gone 1 STREAM "/run/b" LISTENING>- inode 2>- []
unix appeared 1 STREAM "/run/c" ->LISTENING inode ->9 []
unix gone 2 STREAM "" CONNECTED>- inode ->- []
unix gone 2 STREAM "/run/a" CONNECTED>- inode ->- []
unix appeared 2 STREAM "/run/a" ->CONNECTED inode ->- []
unix appeared 1 STREAM "" ->CONNECTED inode ->13 []
unix replaced 1 DGRAM "/dev/log" ->- inode 3>10 []
unix changed 1 STREAM "@000a1" CONNECTED>- inode 7>7 [state]
`,
		},
		{
			"UNIX listeners whose accept queue grew",
			map[string]string{"proc/net/unix": unixRow("00010000", "0001", "01", 1, "/run/a") + unixRow("00010000", "0001", "01", 2, "/run/b")},
			map[string]string{"proc/net/unix": unixRow("00010000", "0001", "01", 1, "/run/a") + unixRow("00010000", "0001", "01", 2, "/run/b") +
				unixRow("00000000", "0001", "02", 0, "/run/a") + unixRow("00000000", "0001", "02", 0, "/run/a")},
			`unix changed 1 STREAM "/run/a" LISTENING>LISTENING inode 1>1 [accept_queue]
unix appeared 2 STREAM "/run/a" ->CONNECTING inode ->0 []
`,
		},
		{
			"routes: another gateway, another interface, two to one target",
			map[string]string{"proc/net/route": routeRow("eth0", "0000000A", "0100000A", 0) + routeRow("eth0", "00000014", "0100000A", 100) + routeRow("eth1", "00000014", "0100000A", 200) +
				routeRow("eth0", "0000001E", "00000000", 0)},
			map[string]string{"proc/net/route": routeRow("eth0", "0000000A", "0200000A", 0) + routeRow("eth2", "00000014", "0100000A", 100) + routeRow("eth1", "00000014", "0100000A", 200) +
				routeRow("eth0", "00000028", "00000000", 5)},
			`route changed 10.0.0.0/8 via 10.0.0.1>10.0.0.2 dev eth0>eth0 metric 0>0 [gateway]
route changed 20.0.0.0/8 via 10.0.0.1>10.0.0.1 dev eth0>eth2 metric 100>100 [interface]
route gone 30.0.0.0/8 via ->- dev eth0>- metric 0>- []
route appeared 40.0.0.0/8 via ->- dev ->eth0 metric ->5 []
`,
		},
		{
			"interfaces: switched off, another MTU, another address; and what is not known of both is not compared",
			map[string]string{
				"proc/net/dev":             devHead + "    lo: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n  eth0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n  eth1: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
				"sys/class/net/eth0/flags": "0x1003\n", "sys/class/net/eth0/mtu": "1500\n", "sys/class/net/lo/mtu": "65536\n",
				"proc/net/if_inet6": "fe800000000000000000000000000001 02 40 20 80     eth0\n",
			},
			map[string]string{
				"proc/net/dev":             devHead + "    lo: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n  eth0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n  eth2: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
				"sys/class/net/eth0/flags": "0x1002\n", "sys/class/net/eth0/mtu": "9000\n",
				"proc/net/if_inet6": "fe800000000000000000000000000002 02 40 20 80     eth0\n",
			},
			`interface changed eth0 up true>false mtu 1500>9000 [fe80::1/64]>[fe80::2/64] [up mtu inet6_addresses]
interface appeared eth2 up ->- mtu ->- ->[] []
interface gone eth1 up ->- mtu ->- []>- []
`,
		},
		{
			"facts and settings; not the uptime, the date, or a default of the kernel",
			map[string]string{"proc/sys/kernel/osrelease": "5.10.0\n", "proc/uptime": "10.00 1\n", "proc/sys/net/core/somaxconn": "128\n"},
			map[string]string{"proc/sys/kernel/osrelease": "6.1.0\n", "proc/uptime": "20.00 1\n", "proc/sys/net/core/somaxconn": "4096\n", "proc/sys/net/ipv4/tcp_retries2": "8\n"},
			"fact kernel 5.10.0>6.1.0\nfact net.core.somaxconn 128>4096\n",
		},
		{
			"counters: one that grew, one that fell, a level, one that only one capture has",
			map[string]string{"proc/net/snmp": "Tcp: ActiveOpens InSegs CurrEstab OutSegs RtoMin\nTcp: 5 100 7 9 200\n", "proc/uptime": "10.00 1\n"},
			map[string]string{"proc/net/snmp": "Tcp: ActiveOpens InSegs CurrEstab OutRsts RtoMin\nTcp: 25 90 3 9 200\n", "proc/uptime": "14.00 1\n"},
			"counter Tcp - ActiveOpens: delta 20 at 5 a second\ncounter Tcp - InSegs: no delta: fell\ncounter Tcp - CurrEstab: no delta: level\n",
		},
		{
			"counters of an interface that was made anew: two of them fell",
			map[string]string{"proc/net/dev": dev(1000, 5, 3000)}, map[string]string{"proc/net/dev": dev(10, 7, 30)},
			"counter interface eth0 rx_packets: no delta: fell\ncounter interface eth0 rx_dropped: no delta: fell\ncounter interface eth0 tx_packets: no delta: fell\n",
		},
		{
			"counters of an interface of which one wrapped around",
			map[string]string{"proc/net/dev": dev(4294967290, 5, 3000)}, map[string]string{"proc/net/dev": dev(10, 7, 3010)},
			"counter interface eth0 rx_packets: no delta: fell\ncounter interface eth0 rx_dropped: delta 2\ncounter interface eth0 tx_packets: delta 10\n",
		},
		{
			"counters of another network namespace",
			map[string]string{"proc/net/snmp": "Tcp: ActiveOpens\nTcp: 5\n", "proc/self/ns/net": "net:[4026531840]\n"},
			map[string]string{"proc/net/snmp": "Tcp: ActiveOpens\nTcp: 25\n", "proc/self/ns/net": "net:[4026531999]\n"},
			"fact netns 4026531840>4026531999\ncounter Tcp - ActiveOpens: no delta: other network namespace\n",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := texts(compare(host(tc.old), host(tc.new), false)); got != tc.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

// TestPrintedRoutes: what a command printed of a route is compared with the kernel's row
// as far as both tell it.
func TestPrintedRoutes(t *testing.T) {
	kernel := fixtures.NewHost(map[string]string{"proc/net/route": routeHead + "eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"})
	printed := fixtures.NewHost(map[string]string{"output/ip_route": "default via 10.0.0.1 dev eth0 metric 100 mtu 1400\n"})
	if got := texts(compare(kernel, printed, false)); got != "" {
		t.Errorf("the same route differs:\n%s", got)
	}
	printed.Set("output/ip_route", "default via 10.0.0.9 dev eth0 metric 100\n")
	if got, want := texts(compare(kernel, printed, false)), "route changed 0.0.0.0/0 via 10.0.0.1>10.0.0.9 dev eth0>eth0 metric 100>100 [gateway]\n"; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestInterfaceFiles: what two files tell in different ways is not different.
func TestInterfaceFiles(t *testing.T) {
	dev := devHead + "  eth0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
	trie := "Local:\n  +-- 10.0.0.0/24 2 0 2\n     |-- 10.0.0.5\n        /32 host LOCAL\n"
	route := routeHead + "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
	printed := "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq state UP group default qlen 1000\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    inet 10.0.0.%d/24 brd 10.0.0.255 scope global eth0\n"
	kernel := fixtures.NewHost(map[string]string{"proc/net/dev": dev, "proc/net/fib_trie": trie, "proc/net/route": route, "proc/sys/net/ipv6/conf/eth0/mtu": "1400\n"})
	ip := func(last int) *fixtures.Host {
		return fixtures.NewHost(map[string]string{"proc/net/dev": dev, "proc/net/route": route, "output/ip_address": fmt.Sprintf(printed, last)})
	}
	if got := texts(compare(kernel, ip(5), false)); got != "" {
		t.Errorf("the same interface differs:\n%s", got)
	}
	if r := compare(kernel, ip(6), false); len(r.Interfaces) != 1 || fmt.Sprint(r.Interfaces[0].Columns) != "[inet_addresses]" {
		t.Errorf("another address is %+v", r.Interfaces)
	}
}

// TestFindings: the rules of triage see what was counted in between, and not what had been
// counted before.
func TestFindings(t *testing.T) {
	host := func(uptime string, opens, drops int) *fixtures.Host {
		return fixtures.NewHost(map[string]string{
			"proc/net/netstat": fmt.Sprintf("TcpExt: ListenOverflows ListenDrops\nTcpExt: %d %d\n", drops, drops),
			"proc/net/snmp":    fmt.Sprintf("Tcp: PassiveOpens\nTcp: %d\n", opens),
			"proc/uptime":      uptime + " 1\n", bootFile: boot,
		})
	}
	before, bad, calm := host("100000.00", 50000, 40000), host("100060.00", 50100, 40300), host("100060.00", 50100, 40000)
	r := compare(before, bad, false)
	var got strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&got, "%s %s %s: %s\n%s\n%s %s %s (limit %s, %s)\n%s: %s\n", f.Severity, f.Rule, known(f.Subject), f.What, f.Confidence,
			known(f.Figure), known(f.Value), known(f.Unit), known(f.Threshold), known(f.From), known(f.Seconds), known(f.Evidence))
	}
	if want := `critical T03 -: within 1m: listeners dropped 300 connections (75% of 400 connections that came); 300 of them because an accept queue was full
certain
ListenDrops 300 drops (limit 100, threshold total of T03)
60: TcpExt: ListenDrops +300, from 40000 to 40300
`; got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
	if r := compare(before, calm, false); len(r.Findings) != 0 {
		t.Errorf("what was counted before is found again: %+v", r.Findings)
	}
	for name, later := range map[string]*fixtures.Host{
		"reboot": bad.Clone().Set(bootFile, "11111111-2222-3333-4444-555555555555\n"), "swapped": host("99000.00", 50100, 40300), "no time between": host("100000.00", 50100, 40300),
	} {
		if r := compare(before, later, false); len(r.Findings) != 0 {
			t.Errorf("%s: there is a finding: %+v", name, r.Findings)
		}
	}
}
