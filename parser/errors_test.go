package parser_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// good is a tcp row that every case below changes in one place.
const good = "   0: 0100007F:0016 0200007F:D431 01 00000001:00000002 02:00000003 00000004    33        5 4711 1 0 20 4 30 10 -1"

// TestErrorTexts pins what is said about each kind of bad row, the whole text.
func TestErrorTexts(t *testing.T) {
	swap := func(old, new string) string {
		return "head\n" + strings.Replace(good, old, new, 1) + "\n" + good + "\n"
	}
	cases := []struct {
		name, table, text string
		want              []string
		lines             []int // of the rows that were read
	}{
		{"tcp blank line", "tcp", "head\n\n" + good + "\n", []string{`tcp:2: sl missing: row ends before this column`}, []int{3}},
		{"tcp only the slot", "tcp", "head\n  12:\n", []string{`tcp:2: local_address missing: row ends before this column`}, nil},
		{"tcp slot without a colon", "tcp", swap("0:", "0 :"), []string{`tcp:2: sl "0": invalid syntax`}, []int{3}},
		{"tcp slot is a word", "tcp", swap("0:", "sl:"), []string{`tcp:2: sl "sl:": invalid syntax`}, []int{3}},
		{"tcp negative slot", "tcp", swap("0:", "-1:"), []string{`tcp:2: sl "-1:": invalid syntax`}, []int{3}},
		{"tcp slot too large", "tcp", swap("0:", "18446744073709551616:"), []string{`tcp:2: sl "18446744073709551616:": value out of range`}, []int{3}},
		{"tcp address of seven digits", "tcp", swap("0100007F", "100007F"), []string{`tcp:2: local_address "100007F:0016": invalid syntax`}, []int{3}},
		{"tcp address of nine digits", "tcp", swap("0100007F", "00100007F"), []string{`tcp:2: local_address "00100007F:0016": invalid syntax`}, []int{3}},
		{"tcp address with a prefix", "tcp", swap("0100007F", "0x00007F"), []string{`tcp:2: local_address "0x00007F:0016": invalid syntax`}, []int{3}},
		{"tcp remote address no digits", "tcp", swap("0200007F", "ZZZZZZZZ"), []string{`tcp:2: rem_address "ZZZZZZZZ:D431": invalid syntax`}, []int{3}},
		{"tcp address without port", "tcp", swap("0100007F:0016", "0100007F"), []string{`tcp:2: local_address "0100007F": invalid syntax`}, []int{3}},
		{"tcp empty port", "tcp", swap(":0016", ":"), []string{`tcp:2: local_address "0100007F:": invalid syntax`}, []int{3}},
		{"tcp port too large", "tcp", swap(":0016", ":10016"), []string{`tcp:2: local_address "0100007F:10016": value out of range`}, []int{3}},
		{"tcp port with rubbish", "tcp", swap(":0016", ":0016x"), []string{`tcp:2: local_address "0100007F:0016x": invalid syntax`}, []int{3}},
		{"tcp port with a sign", "tcp", swap(":0016", ":+016"), []string{`tcp:2: local_address "0100007F:+016": invalid syntax`}, []int{3}},
		{"tcp state too large", "tcp", swap(" 01 ", " 101 "), []string{`tcp:2: st "101": value out of range`}, []int{3}},
		{"tcp state with a prefix", "tcp", swap(" 01 ", " 0x1 "), []string{`tcp:2: st "0x1": invalid syntax`}, []int{3}},
		{"tcp queues without a colon", "tcp", swap("00000001:00000002", "00000001 00000002"), []string{`tcp:2: tx_queue:rx_queue "00000001": invalid syntax`}, []int{3}},
		{"tcp queue of 65 bits", "tcp", swap("00000002 02", "10000000000000000 02"), []string{`tcp:2: tx_queue:rx_queue "00000001:10000000000000000": value out of range`}, []int{3}},
		{"tcp timer too large", "tcp", swap(" 02:", " 102:"), []string{`tcp:2: tr:tm->when "102:00000003": value out of range`}, []int{3}},
		{"tcp timer negative", "tcp", swap(":00000003", ":-0000003"), []string{`tcp:2: tr:tm->when "02:-0000003": invalid syntax`}, []int{3}},
		{"tcp retransmits no digits", "tcp", swap(" 00000004 ", " four "), []string{`tcp:2: retrnsmt "four": invalid syntax`}, []int{3}},
		{"tcp uid negative", "tcp", swap("   33 ", "  -33 "), []string{`tcp:2: uid "-33": invalid syntax`}, []int{3}},
		{"tcp uid of 33 bits", "tcp", swap("   33 ", " 4294967296 "), []string{`tcp:2: uid "4294967296": value out of range`}, []int{3}},
		{"tcp uid in hex", "tcp", swap("   33 ", " 0x21 "), []string{`tcp:2: uid "0x21": invalid syntax`}, []int{3}},
		{"tcp timeout with a plus", "tcp", swap("    5 ", "   +5 "), []string{`tcp:2: timeout "+5": invalid syntax`}, []int{3}},
		{"tcp timeout of two signs", "tcp", swap("    5 ", "  --5 "), []string{`tcp:2: timeout "--5": invalid syntax`}, []int{3}},
		{"tcp timeout too low", "tcp", swap("    5 ", " -2147483649 "), []string{`tcp:2: timeout "-2147483649": value out of range`}, []int{3}},
		{"tcp inode too large", "tcp", swap("4711", "18446744073709551616"), []string{`tcp:2: inode "18446744073709551616": value out of range`}, []int{3}},
		{"tcp inode missing", "tcp", "head\n" + good[:strings.Index(good, "4711")] + "\n" + good + "\n", []string{`tcp:2: inode missing: row ends before this column`}, []int{3}},
		{"tcp cut within the inode", "tcp", "head\n" + good + "\n" + good[:strings.Index(good, "4711")+3], []string{`tcp:3: inode missing: row ends before this column`}, []int{2}},
		{"tcp NUL in a field", "tcp", swap("0016", "00\x0016"), []string{`tcp:2: local_address "0100007F:00\x0016": invalid syntax`}, []int{3}},
		{"tcp escape sequence", "tcp", swap("0016", "\x1b[2J"), []string{`tcp:2: local_address "0100007F:\x1b[2J": invalid syntax`}, []int{3}},
		{"tcp not UTF-8", "tcp", swap("0016", "\xff\u009b"), []string{`tcp:2: local_address "0100007F:\xff\u009b": invalid syntax`}, []int{3}},
		{"tcp long value is cut", "tcp", "head\n" + strings.Repeat("A", 500) + "\n", []string{`tcp:2: sl "` + strings.Repeat("A", 64) + `": invalid syntax`}, nil},
		{"tcp line too long", "tcp", "head\n" + strings.Repeat(" ", 65537) + "\n" + good + "\n", []string{`tcp:2: "` + strings.Repeat(" ", 64) + `": line too long`}, []int{3}},
		{"tcp line over the buffer", "tcp", "head\n" + strings.Repeat("y", 1<<20) + "\n" + good + "\n", []string{`tcp:2: "` + strings.Repeat("y", 64) + `": line too long`}, []int{3}},
		{"tcp line over the buffer at the end", "tcp", "head\n" + good + "\n" + strings.Repeat("y", 1<<20), []string{`tcp:3: "` + strings.Repeat("y", 64) + `": line too long`}, []int{2}},
		{"tcp header too long", "tcp", strings.Repeat("h", 70000) + "\n" + good + "\n", []string{`tcp:1: "` + strings.Repeat("h", 64) + `": line too long`}, []int{2}},

		{"unix pointer (null)", "unix", "Inode\n(null): 00000002 00000000 00000000 0001 01 1\n", []string{`unix:2: Num "(null):": invalid syntax`}, nil},
		{"unix no colon", "unix", "Inode\n00000000 00000002 00000000 00000000 0001 01 1\n", []string{`unix:2: Num "00000000": invalid syntax`}, nil},
		{"unix forged second half", "unix", "Inode\n0: 2 0 0 1 1 7 @a\nb c\n0: 2 0 0 1 1 8\n", []string{`unix:3: Num "b": invalid syntax`}, []int{2, 4}},
		{"unix type too large", "unix", "Inode\n0: 2 0 0 10001 01 7\n", []string{`unix:2: Type "10001": value out of range`}, nil},
		{"unix inode in hex", "unix", "Inode\n0: 2 0 0 1 1 7f\n", []string{`unix:2: Inode "7f": invalid syntax`}, nil},
		{"unix without its inode", "unix", "Inode\n0: 2 0 0 1 1\n", []string{`unix:2: Inode missing: row ends before this column`}, nil},
		{"unix inode may be cut", "unix", "Inode\n0: 2 0 0 1 1 471", []string{`unix:2: Inode missing: row ends before this column`}, nil},
		{"unix name may be cut", "unix", "Inode\n0: 2 0 0 1 1 471 /run/dbus sock", []string{`unix:2: Path "/run/dbus sock": the file ends here without a newline, the value may be cut`}, []int{2}},

		{"route empty", "route", "", []string{"route: cannot read beyond line 0: the file is empty, without even a header line"}, nil},
		{"route header lacks Metric", "route", "Iface Destination Gateway Flags RefCnt Use Mask MTU Window IRTT\n", []string{`route:1: the header has no column "Metric": no row can be read`}, nil},
		{"route header in another order", "route", "Iface Gateway Destination Flags RefCnt Use Metric Mask MTU Window IRTT\n", []string{`route:1: the header has no column "Gateway": no row can be read`}, nil},
		{"route header is a row", "route", "eth0 0 0 3 0 0 0 0 0 0 0\n", []string{`route:1: the header has no column "Iface": no row can be read`}, nil},
		{"route short address", "route", routeHeader + "eth0\t0\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n", []string{`route:2: Destination "0": invalid syntax`}, nil},
		{"route IPv6 address", "route", routeHeader + "eth0\t" + strings.Repeat("0", 32) + "\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n", []string{`route:2: Destination "` + strings.Repeat("0", 32) + `": invalid syntax`}, nil},
		{"route no IRTT", "route", routeHeader + "eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\n", []string{`route:2: IRTT missing: row ends before this column`}, nil},
		{"route IRTT may be cut", "route", routeHeader + "eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t10", []string{`route:2: "10": the file ends here without a newline, the value may be cut`}, []int{2}},
		{"route metric too large", "route", routeHeader + "eth0\t00000000\t00000000\t0001\t0\t0\t4294967296\t00000000\t0\t0\t0\n", []string{`route:2: Metric "4294967296": value out of range`}, nil},

		{"ipv6_route IPv4 address", "ipv6_route", "00000000 00\n", []string{`ipv6_route:1: destination "00000000": invalid syntax`}, nil},
		{"ipv6_route prefix too long", "ipv6_route", zero32 + " 81 " + zero32 + " 00 " + zero32 + " 0 0 0 1 lo\n", []string{`ipv6_route:1: destination prefix length "81": value out of range`}, nil},
		{"ipv6_route no interface", "ipv6_route", zero32 + " 80 " + zero32 + " 00 " + zero32 + " 0 0 0 1        \n", []string{`ipv6_route:1: interface missing: row ends before this column`}, nil},
		{"ipv6_route no device", "ipv6_route", zero32 + " 80 " + zero32 + " 00 " + zero32 + " 0 0 0 1         \n", nil, []int{1}},
		{"ipv6_route interface may be cut", "ipv6_route", zero32 + " 80 " + zero32 + " 00 " + zero32 + " 0 0 0 1 et", []string{`ipv6_route:1: "et": the file ends here without a newline, the value may be cut`}, []int{1}},
		{"ipv6_route flags of 33 bits", "ipv6_route", zero32 + " 80 " + zero32 + " 00 " + zero32 + " 0 0 0 100000000 lo\n", []string{`ipv6_route:1: flags "100000000": value out of range`}, nil},

		{"if_inet6 scope too large", "if_inet6", zero32 + " 01 80 100 80 lo\n", []string{`if_inet6:1: scope "100": value out of range`}, nil},
		{"if_inet6 short address", "if_inet6", "fe80 01 80 10 80 lo\n", []string{`if_inet6:1: address "fe80": invalid syntax`}, nil},
		{"if_inet6 rubbish behind the address", "if_inet6", zero32 + "x 01 80 10 80 lo\n", []string{`if_inet6:1: address "` + zero32 + `x": invalid syntax`}, nil},

		{"dev short row", "dev-16", devHeader + "  lo: 1 2 3\n  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", []string{`dev-16:3: rx drop missing: row ends before this column`}, []int{4}},
		{"dev no statistics", "dev-11", "h\n h |packets errs\n  lo: No statistics available.\n", nil, []int{3}},
		{"dev no name", "dev-16", devHeader + "  : 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", []string{`dev-16:3: interface ":": invalid syntax`}, nil},
		{"dev negative counter", "dev-16", devHeader + "  lo: -1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", []string{`dev-16:3: rx bytes "-1": invalid syntax`}, nil},
		{"dev counter of 65 bits", "dev-16", devHeader + "  lo: 1 18446744073709551616 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", []string{`dev-16:3: rx packets "18446744073709551616": value out of range`}, nil},
		{"dev last counter may be cut", "dev-16", devHeader + "  lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", []string{`dev-16:3: "16": the file ends here without a newline, the value may be cut`}, []int{3}},
		{"dev first header too long", "dev-16", strings.Repeat("-", 70000) + "\n" + devSecond + "  lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", []string{`dev-16:1: "` + strings.Repeat("-", 64) + `": line too long`}, []int{3}},

		{"eps short", "sctp-eps", "head\nffff ffff 2 10 29 5000\n", []string{`sctp-eps:2: UID missing: row ends before this column`}, nil},
		{"eps address", "sctp-eps", "head\nffff ffff 2 10 29 5000 0 1 10.0.0.5 10.0.0.256 \n", []string{`sctp-eps:2: LADDRS "10.0.0.256": invalid syntax`}, nil},
		{"eps address with a zone", "sctp-eps", "head\nffff ffff 2 10 29 5000 0 1 fe80::1%eth0 \n", []string{`sctp-eps:2: LADDRS "fe80::1%eth0": invalid syntax`}, nil},
		{"eps address may be cut", "sctp-eps", "head\nffff ffff 2 10 29 5000 0 1 10.0.0.1", []string{`sctp-eps:2: "10.0.0.1": the file ends here without a newline, the value may be cut`}, []int{2}},
		{"eps state too large", "sctp-eps", "head\nffff ffff 2 256 29 5000 0 1 10.0.0.5 \n", []string{`sctp-eps:2: SST "256": value out of range`}, nil},
		{"assocs port too large", "sctp-assocs", "head\nf f 2 1 3 0 6 100 200 1000 12348 65536 40000 10.0.0.5 <-> 10.0.0.6 \t1\n", []string{`sctp-assocs:2: LPORT "65536": value out of range`}, nil},
		{"assocs remote address", "sctp-assocs", "head\nf f 2 1 3 0 6 100 200 1000 12348 5000 40000 10.0.0.5 <-> x \t1\n", []string{`sctp-assocs:2: RADDRS "x": invalid syntax`}, nil},
		{"assocs cut before the arrow", "sctp-assocs", "head\nf f 2 1 3 0 6 100 200 1000 12348 5000 40000 10.0.0.5 ", []string{`sctp-assocs:2: "10.0.0.5": the file ends here without a newline, the value may be cut`}, []int{2}},

		{"packet short", "packet", "head\nff 3 3 0003 2 1 0 0\n", []string{`packet:2: Inode missing: row ends before this column`}, nil},
		{"packet protocol too large", "packet", "head\nff 3 3 10003 2 1 0 0 7\n", []string{`packet:2: Proto "10003": value out of range`}, nil},
		{"packet running", "packet", "head\nff 3 3 0003 2 2 0 0 7\n", []string{`packet:2: R "2": value out of range`}, nil},
		{"packet reference count", "packet", "head\nff 3x 3 0003 2 1 0 0 7\n", []string{`packet:2: RefCnt "3x": invalid syntax`}, nil},
		{"packet inode may be cut", "packet", "head\nff 3 3 0003 2 1 0 0 7", []string{`packet:2: "7": the file ends here without a newline, the value may be cut`}, []int{2}},

		{"netlink protocol", "netlink", netlinkHead + "ff x 0 00000000 0 0 0 2 0 7\n", []string{`netlink:2: Eth "x": invalid syntax`}, nil},
		{"netlink port of 33 bits", "netlink", netlinkHead + "ff 0 4294967296 00000000 0 0 0 2 0 7\n", []string{`netlink:2: Pid "4294967296": value out of range`}, nil},
		{"netlink groups", "netlink", netlinkHead + "ff 0 0 0x1 0 0 0 2 0 7\n", []string{`netlink:2: Groups "0x1": invalid syntax`}, nil},
		{"netlink no locks", "netlink", netlinkHead + "ff 0 0 00000000 0 0 0\n", []string{`netlink:2: Locks missing: row ends before this column`}, nil},
		{"netlink locks may be cut", "netlink", netlinkHead + "ff 0 0 00000000 0 0 0 2", []string{`netlink:2: "2": the file ends here without a newline, the value may be cut`}, []int{2}},
		{"netlink inode may be cut", "netlink", netlinkHead + "ff 0 0 00000000 0 0 0 2 0 7", nil, []int{2}},

		{"arp address", "arp", "head\n10.0.0.256 0x1 0x2 00:00 * eth0\n", []string{`arp:2: IP address "10.0.0.256": invalid syntax`}, nil},
		{"arp IPv6 address", "arp", "head\nfe80::1 0x1 0x2 00:00 * eth0\n", []string{`arp:2: IP address "fe80::1": invalid syntax`}, nil},
		{"arp type without 0x", "arp", "head\n10.0.0.5 1 0x2 00:00 * eth0\n", []string{`arp:2: HW type "1": invalid syntax`}, nil},
		{"arp type too large", "arp", "head\n10.0.0.5 0x10000 0x2 00:00 * eth0\n", []string{`arp:2: HW type "0x10000": value out of range`}, nil},
		{"arp flags no digits", "arp", "head\n10.0.0.5 0x1 0x 00:00 * eth0\n", []string{`arp:2: Flags "0x": invalid syntax`}, nil},
		{"arp flags missing", "arp", "head\n10.0.0.5 0x1\n", []string{`arp:2: Flags missing: row ends before this column`}, nil},
		{"arp cut before the device", "arp", "head\n10.0.0.5 0x1 0x2 00:00 *", []string{`arp:2: Device missing: row ends before this column`}, nil},
		{"arp device may be cut", "arp", "head\n10.0.0.5 0x1 0x2 00:00 * eth", []string{`arp:2: "eth": the file ends here without a newline, the value may be cut`}, []int{2}},

		{"igmp users may be cut", "igmp", igmpHead + "1\tlo        :     1      V3\n\t\t\t\t010000E0     1", []string{`igmp:3: "1": the file ends here without a newline, the value may be cut`}, []int{3}},

		{"fib prefix without leaf", "fib_trie", "Main:\n   /24 link UNICAST\n", []string{`fib_trie:2: prefix without a leaf "/24 link UNICAST": invalid syntax`}, nil},
		{"fib prefix too long", "fib_trie", "Main:\n  |-- 10.0.0.0\n   /33 link UNICAST\n", []string{`fib_trie:3: prefix length "/33 link UNICAST": invalid syntax`}, nil},
		{"fib no type", "fib_trie", "Main:\n  |-- 10.0.0.0\n   /24 link\n", []string{`fib_trie:3: type "/24 link": row ends before this column`}, nil},
		{"fib bad leaf", "fib_trie", "Main:\n  |-- 10.0.0\n   /24 link UNICAST\n", []string{`fib_trie:2: leaf "|-- 10.0.0": invalid syntax`, `fib_trie:3: prefix without a leaf "/24 link UNICAST": invalid syntax`}, nil},
		{"fib rubbish", "fib_trie", "Main:\n  what\n", []string{`fib_trie:2: node "what": invalid syntax`}, nil},
		{"fib type may be cut", "fib_trie", "Main:\n  |-- 10.0.0.0\n   /24 link UNI", []string{`fib_trie:3: "UNI": the file ends here without a newline, the value may be cut`}, []int{3}},

		{"ip bad address", "ip_address", "1: lo: <UP> mtu 65536\n    inet 127.0.0/8 scope host lo\n    inet 127.0.0.1/8 scope host lo\n", []string{`ip_address:2: inet "127.0.0/8": invalid syntax`}, []int{1}},
		{"ip address length", "ip_address", "1: lo: <UP> mtu 65536\n    inet 127.0.0.1/33 scope host lo\n", []string{`ip_address:2: inet "127.0.0.1/33": invalid syntax`}, []int{1}},
		{"ip cut in the head", "ip_address", "1: lo: <UP> mtu 655", []string{`ip_address:1: "655": the file ends here without a newline, the value may be cut`}, []int{1}},
		{"ip line too long", "ip_address", "1: lo: <UP> mtu 65536\n    " + strings.Repeat("z", 70000) + "\n2: a: <UP> mtu 1\n", []string{`ip_address:2: "    ` + strings.Repeat("z", 60) + `": line too long`}, []int{1, 3}},
	}
	seen := map[string]bool{}
	for _, tc := range cases {
		if seen[tc.name] {
			t.Fatalf("two cases are called %q", tc.name)
		}
		seen[tc.name] = true
		t.Run(tc.name, func(t *testing.T) {
			res := tableNamed(t, tc.table).read(tc.text, nil)
			if got := res.texts(); !slices.Equal(got, tc.want) {
				t.Errorf("errors\n got %q\nwant %q", got, tc.want)
			}
			if !slices.Equal(res.lines, tc.lines) {
				t.Errorf("lines of the rows: got %v, want %v", res.lines, tc.lines)
			}
		})
	}
}

const (
	routeHeader = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
	netlinkHead = "sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode\n"
	zero32      = "00000000000000000000000000000000"
	devSecond   = " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n"
	devHeader   = "Inter-|   Receive  |  Transmit\n" + devSecond
)

// TestErrorColumn: the column is that of the field's first byte, from 1.
func TestErrorColumn(t *testing.T) {
	res := tableNamed(t, "tcp").read("head\n"+strings.Replace(good, "0200007F", "XX00007F", 1)+"\n", nil)
	re, ok := res.errs[0].(*parser.RowError)
	if !ok || re.Column != strings.Index(good, "0200007F")+1 || re.Line != 2 || re.Field != "rem_address" || re.Err != parser.ErrSyntax {
		t.Errorf("got %+v", res.errs[0])
	}
}

// TestStateNames covers the table and what stands beyond it.
func TestStateNames(t *testing.T) {
	want := map[parser.State]string{
		0: "UNKNOWN(0x00)", 1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT",
		7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "UNKNOWN(0x0C)", 255: "UNKNOWN(0xFF)",
	}
	for s, name := range want {
		if s.String() != name || s.Known() != (s >= 1 && s <= 11) {
			t.Errorf("state %d: %q, known %v; want %q", uint8(s), s, s.Known(), name)
		}
	}
}

// TestOpt: unknown is not zero.
func TestOpt(t *testing.T) {
	var none parser.Opt[int]
	zero := parser.Some(0)
	if none.Known() || !zero.Known() || none == zero {
		t.Error("the zero Opt must be unknown and differ from a known zero")
	}
	if got := none.Or(zero).Or(parser.Some(5)); got != zero {
		t.Errorf("Or gave %+v, want the first known value", got)
	}
	if v, ok := zero.Get(); v != 0 || !ok {
		t.Errorf("Get gave %d, %v", v, ok)
	}
}

// TestLineLimit: lines of MaxLine bytes are read, longer ones are reported,
// wherever they lie in the buffer.
func TestLineLimit(t *testing.T) {
	for _, extra := range []int{-1, 0, 1, 2, 1000} {
		long := good + strings.Repeat(" ", parser.MaxLine+extra-len(good))
		for _, before := range []int{0, 1, 300, 1000} {
			text := "head\n" + strings.Repeat(good+"\n", before) + long + "\n" + good + "\n"
			res := tableNamed(t, "tcp").read(text, nil)
			wantRows, wantErrs := before+2, 0
			if extra > 0 {
				wantRows, wantErrs = before+1, 1
			}
			if len(res.rows) != wantRows || len(res.errs) != wantErrs {
				t.Errorf("%d bytes behind %d rows: %d rows, errors %q; want %d rows and %d errors",
					len(long), before, len(res.rows), res.texts(), wantRows, wantErrs)
			}
			if last := res.lines[len(res.lines)-1]; last != before+3 {
				t.Errorf("%d bytes behind %d rows: the last line is %d, want %d", len(long), before, last, before+3)
			}
		}
	}
}

// TestEmptyFiles: no bytes, and only a header.
func TestEmptyFiles(t *testing.T) {
	for _, tb := range allTables() {
		if res := tb.read("", nil); len(res.rows) > 0 || len(res.errs) > 0 && tb.name != "route" {
			t.Errorf("%s: an empty file gives %d rows, %q", tb.name, len(res.rows), res.texts())
		}
		head, _ := tb.random(rng(t), fixtures.Kernel{}, 0)
		if res := tb.read(head, nil); len(res.rows) > 0 || len(res.errs) > 0 {
			t.Errorf("%s: a header gives %d rows, %q", tb.name, len(res.rows), res.texts())
		}
	}
}
