package parser_test

import (
	"fmt"
	"net/netip"
	"reflect"
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

var (
	none  parser.Opt[uint64]
	noNum parser.Opt[int64]
)

func count(v uint64) parser.Opt[uint64] { return parser.Some(v) }
func num(v int64) parser.Opt[int64]     { return parser.Some(v) }

// TestRows pins the values of rows with something odd in them.
func TestRows(t *testing.T) {
	ap := netip.MustParseAddrPort
	ip := netip.MustParseAddr
	tcp := parser.InetSocket{
		Local: ap("127.0.0.1:22"), Remote: ap("127.0.0.2:54321"), State: parser.Established, SendQ: 1, RecvQ: 2,
		Timer: 2, TimerExpires: 3, Retransmits: 4, UID: 33, Timeout: 5, Inode: 4711,
		RefCount: num(1), RTO: count(20), ATO: count(4), QuickAck: count(30), CongestionWindow: count(10),
	}
	change := func(f func(*parser.InetSocket)) parser.InetSocket { s := tcp; f(&s); return s }
	bare := tcp // nothing behind the inode
	bare.RefCount, bare.RTO, bare.ATO, bare.QuickAck, bare.CongestionWindow = noNum, none, none, none, none
	swap := func(old, new string) string { return "head\n" + strings.Replace(good, old, new, 1) + "\n" }
	upTo := good[:strings.Index(good, " 1 0 20")]
	behind := func(columns string) string { return "head\n" + upTo + columns }
	drops := func(columns string) string { return "inode ref pointer drops\n" + upTo + columns }
	inState := func(st, columns string) string {
		return "head\n" + strings.Replace(upTo, " 01 ", " "+st+" ", 1) + columns
	}
	after := func(f func(*parser.InetSocket)) parser.InetSocket { s := bare; f(&s); return s }
	cases := []struct {
		name, table, text string
		want              any
	}{
		{"tcp plain", "tcp", "head\n" + good + "\n", tcp},
		{"tcp tabs between columns", "tcp", "head\n" + strings.ReplaceAll(good, " ", "\t") + "\n", tcp},
		{"tcp vendor columns pid task", "tcp", "head\n" + good + " 1097 mqttd\n", tcp},
		{"tcp nothing behind the inode", "tcp", behind("\n"), bare},
		{"tcp blanks behind the inode", "tcp", behind(" \t \n"), bare},
		{"tcp no pointer", "tcp", behind(" 1\n"), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"tcp pointer", "tcp", swap(" 1 0 ", " -1 ffff8800cdab1340 "), change(func(s *parser.InetSocket) { s.RefCount, s.Pointer = num(-1), count(0xffff8800cdab1340) })},
		{"tcp pointer of 17 digits", "tcp", swap(" 1 0 ", " 1 0ffff8800cdab1340 "), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"tcp pointer that is not shown", "tcp", swap(" 1 0 ", " 1 (____ptrval____) "), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"tcp odd reference count", "tcp", swap(" 1 0 20", " x 0 20"), bare},
		{"tcp reference count of 33 bits", "tcp", swap(" 1 0 20", " 4294967296 0 20"), bare},
		{"tcp reference count too low", "tcp", swap(" 1 0 20", " -2147483649 0 20"), bare},
		{"tcp sign alone", "tcp", swap(" 1 0 20", " - 1 0 20"), bare},
		{"tcp two signs", "tcp", swap(" 1 0 20", " --1 0 20"), bare},
		{"tcp odd ato", "tcp", swap(" 20 4 ", " 20 4x "), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"tcp four numbers", "tcp", swap(" 10 -1", " 10"), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"udp vendor columns without drops", "tcp", behind(" 2 a1 1097 mqttd\n"), after(func(s *parser.InetSocket) { s.RefCount, s.Pointer = num(2), count(0xa1) })},
		{"tcp rto of 20 digits", "tcp", swap(" 20 4 ", " 10000000000000000000 4 "), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"tcp largest rto", "tcp", swap(" 20 4 ", " 9999999999999999999 4 "), change(func(s *parser.InetSocket) { s.RTO = count(9999999999999999999) })},
		{"tcp threshold", "tcp", swap("10 -1", "10 7"), change(func(s *parser.InetSocket) { s.SlowStartThreshold = num(7) })},
		{"tcp listener", "tcp", inState("0A", " 1 0 100 0 0 10 5\n"), after(func(s *parser.InetSocket) {
			s.State, s.RefCount, s.RTO, s.ATO, s.QuickAck, s.CongestionWindow = parser.Listen, num(1), count(100), count(0), count(0), count(10)
			s.FastOpenQueue = num(5)
		})},
		{"tcp listener of an old kernel", "tcp", inState("0A", " 1 0 3000 0 0 2 -1\n"), after(func(s *parser.InetSocket) {
			s.State, s.RefCount, s.RTO, s.ATO, s.QuickAck, s.CongestionWindow = parser.Listen, num(1), count(3000), count(0), count(0), count(2)
		})},
		{"tcp TIME_WAIT with vendor columns", "tcp", inState("06", " 3 cdfd0eb8 1097 1098 1 2 3\n"), after(func(s *parser.InetSocket) {
			s.State, s.RefCount, s.Pointer = parser.TimeWait, num(3), count(0xcdfd0eb8)
		})},
		{"tcp FIN_WAIT2 that is left of a socket", "tcp", strings.Replace(inState("05", " 3 cdfd0eb8 1097 1098 1 2 3\n"), " 02:", " 03:", 1), after(func(s *parser.InetSocket) {
			s.State, s.Timer, s.RefCount, s.Pointer = parser.FinWait2, parser.TimerTimeWait, num(3), count(0xcdfd0eb8)
		})},
		{"tcp SYN_RECV with vendor columns", "tcp", inState("03", " 1 0 1097 mqttd\n"), after(func(s *parser.InetSocket) {
			s.State, s.RefCount = parser.SynRecv, num(1)
		})},
		{"tcp SYN_RECV with data", "tcp", inState("03", " 1 0 100 4 0 10 -1\n"), after(func(s *parser.InetSocket) {
			s.State, s.RefCount, s.RTO, s.ATO, s.QuickAck, s.CongestionWindow = parser.SynRecv, num(1), count(100), count(4), count(0), count(10)
		})},
		{"tcp cut in the tail", "tcp", behind(" 1 0 20 4 3"), after(func(s *parser.InetSocket) { s.RefCount, s.RTO, s.ATO = num(1), count(20), count(4) })},
		{"tcp cut behind a column", "tcp", behind(" 1 0 20 4 3 "), after(func(s *parser.InetSocket) {
			s.RefCount, s.RTO, s.ATO, s.QuickAck = num(1), count(20), count(4), count(3)
		})},
		{"tcp cut in the threshold", "tcp", behind(" 1 0 20 4 30 10 -1"), change(func(*parser.InetSocket) {})},
		{"udp drops", "tcp", drops(" 2 a1 5\n"), after(func(s *parser.InetSocket) { s.RefCount, s.Pointer, s.Drops = num(2), count(0xa1), count(5) })},
		{"udp negative drops", "tcp", drops(" 2 0 -1   \n"), after(func(s *parser.InetSocket) { s.RefCount, s.Drops = num(2), count(1<<32-1) })},
		{"udp no drops", "tcp", drops(" 2 a1\n"), after(func(s *parser.InetSocket) { s.RefCount, s.Pointer = num(2), count(0xa1) })},
		{"udp drops cut", "tcp", drops(" 2 a1 5"), after(func(s *parser.InetSocket) { s.RefCount, s.Pointer = num(2), count(0xa1) })},
		{"udp drops with vendor columns", "tcp", drops(" 2 a1 5 1097 mqttd\n"), after(func(s *parser.InetSocket) {
			s.RefCount, s.Pointer, s.Drops = num(2), count(0xa1), count(5)
		})},
		{"tcp NUL in an ignored column", "tcp", "head\n" + good + " \x00\n", tcp},
		{"tcp no blank behind the slot", "tcp", swap("0: ", "0:"), tcp},
		{"tcp lower case digits", "tcp", "head\n" + strings.ToLower(good) + "\n", tcp},
		{"tcp slot 10000", "tcp", swap("   0:", "10000:"), change(func(s *parser.InetSocket) { s.Slot = 10000 })},
		{"tcp leading zeros do not count", "tcp", swap("02:00000003", "02:000000000000000000000003"), tcp},
		{"tcp queue of all ones", "tcp", swap("00000002 ", "FFFFFFFFFFFFFFFF "), change(func(s *parser.InetSocket) { s.RecvQ = 1<<64 - 1 })},
		{"tcp largest uid", "tcp", swap("33", "4294967295"), change(func(s *parser.InetSocket) { s.UID = 1<<32 - 1 })},
		{"tcp timeout -1", "tcp", swap("        5", "       -1"), change(func(s *parser.InetSocket) { s.Timeout = -1 })},
		{"tcp timeout unsigned", "tcp", swap("        5", " 4294967295"), change(func(s *parser.InetSocket) { s.Timeout = -1 })},
		{"tcp state FF", "tcp", swap(" 01 ", " FF "), change(func(s *parser.InetSocket) { s.State = 0xff })},
		{"tcp6 row in tcp", "tcp", swap("0100007F", "00000000000000000000000001000000"), change(func(s *parser.InetSocket) { s.Local = ap("[::1]:22") })},
		{"tcp6 mapped", "tcp", swap("0100007F", "0000000000000000FFFF00000500000A"), change(func(s *parser.InetSocket) { s.Local = ap("[::ffff:10.0.0.5]:22") })},

		{"unix name with blanks", "unix", "Num Inode Path\n0: 2 0 10000 1 1 7 /a  b \n", parser.UnixSocket{
			RefCount: 2, Flags: parser.UnixAccept, Type: 1, State: 1, Inode: 7, HasInode: true, Path: "/a  b ",
		}},
		{"unix name starts with a blank", "unix", "Num Inode Path\n0: 2 0 0 1 1 7  x\n", parser.UnixSocket{
			RefCount: 2, Type: 1, State: 1, Inode: 7, HasInode: true, Path: " x",
		}},
		{"unix name ends in a carriage return", "unix", "Num Inode Path\n0: 2 0 0 1 1 7 x\r\n", parser.UnixSocket{
			RefCount: 2, Type: 1, State: 1, Inode: 7, HasInode: true, Path: "x\r",
		}},
		{"unix before Inode", "unix", "Num RefCount Protocol Flags Type St Path\n0: 2 0 0 1 3 /tmp/x\n", parser.UnixSocket{
			RefCount: 2, Type: 1, State: 3, Path: "/tmp/x",
		}},
		{"unix long pointer", "unix", "Inode\nffff8800cdab1340: 2 0 0 1 1 7\n", parser.UnixSocket{
			Pointer: parser.Some(uint64(0xffff8800cdab1340)), RefCount: 2, Type: 1, State: 1, Inode: 7, HasInode: true,
		}},
		{"unix huge name", "unix", "Inode\n0: 2 0 0 1 1 7 /" + strings.Repeat("n", 60000) + "\n", parser.UnixSocket{
			RefCount: 2, Type: 1, State: 1, Inode: 7, HasInode: true, Path: "/" + strings.Repeat("n", 60000),
		}},

		{"route with columns between", "route", "Iface Destination Gateway X Flags RefCnt Use Metric Mask MTU Window IRTT More\n" +
			"eth0 0000000A 0100000A what 0003 0 1 -1 000000FF 1500 2 3 4\n", parser.Route{
			Iface: "eth0", Destination: ip("10.0.0.0"), Gateway: ip("10.0.0.1"), Genmask: ip("255.0.0.0"),
			Flags: 3, Use: 1, Metric: -1, MTU: 1500, Window: 2, IRTT: 3,
		}},
		{"route header with bars", "route", "Iface|Destination|Gateway|Flags|RefCnt|Use|Metric|Mask|MTU|Window|IRTT\n" +
			"* 00000000 00000000 0200 0 0 4294967295 00000000 0 0 0\n", parser.Route{
			Iface: "*", Destination: ip("0.0.0.0"), Gateway: ip("0.0.0.0"), Genmask: ip("0.0.0.0"), Flags: 0x200, Metric: 4294967295,
		}},

		{"dev alias", "dev-16", devHeader + " lo:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", dev("lo:1")},
		{"dev glued", "dev-16", devHeader + " lo:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", dev("lo")},
		{"dev glued alias", "dev-16", devHeader + " lo:1:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", dev("lo:1")},
		{"dev no colon", "dev-16", devHeader + " lo 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", dev("lo")},
		{"dev sixteen characters", "dev-16", devHeader + "r_rmnet_data6789: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", dev("r_rmnet_data6789")},
		{"dev of Linux 2.0", "dev-11", "Inter-|\n face |packets errs drop fifo frame|packets errs drop fifo colls carrier\n" +
			"    lo:       1    2    3    4    5        6    7    8    9    10   11\n", parser.DevCounters{
			Iface: "lo", RxPackets: 1, RxErrs: 2, RxDrop: 3, RxFifo: 4, RxFrame: 5,
			TxPackets: 6, TxErrs: 7, TxDrop: 8, TxFifo: 9, TxColls: 10, TxCarrier: 11,
		}},

		{"if_inet6 large index", "if_inet6", "fe800000000000000000000000000001 1a2b3 40 20 80 eth0\n", parser.Inet6Addr{
			Addr: ip("fe80::1"), IfIndex: 0x1a2b3, PrefixLen: 64, Scope: 0x20, Flags: 0x80, Iface: "eth0",
		}},
		{"eps addresses of both kinds", "sctp-eps", "head\nffff8800 ffff8801 2   10  29   5000    0  12345 *10.0.0.5 2001:0db8:0000:0000:0000:0000:0000:0001 \n", parser.SCTPSocket{
			State: parser.Listen, LocalPort: 5000, Inode: 12345, Local: []netip.Addr{ip("10.0.0.5"), ip("2001:db8::1")},
		}},
		{"eps without address", "sctp-eps", "head\nf f 2 10 29 5000 0 12345 \n", parser.SCTPSocket{State: parser.Listen, LocalPort: 5000, Inode: 12345}},
		{"packet", "packet", "sk RefCnt\nffff8d72b886a000 3      3    88cc   2     1 0      100    19717 \n", parser.LinkSocket{
			Pointer: count(0xffff8d72b886a000), RefCount: 3, Type: 3, Protocol: 0x88cc, IfIndex: 2, Running: true, UID: 100, Inode: 19717,
		}},
		{"packet pointer that is not shown", "packet", "sk\n(____ptrval____) 3 2 0 -1 0 4096 0 7 more\n", parser.LinkSocket{
			RefCount: 3, Type: 2, IfIndex: -1, RecvQ: 4096, Inode: 7,
		}},
		{"netlink", "netlink", netlinkHead + "00000000df664063 16  2147487891 800405d5 1        2        1     3        4        1170    \n", parser.NetlinkSocket{
			Pointer: count(0xdf664063), Protocol: 16, PortID: 2147487891, Groups: 0x800405d5, RecvQ: 1, SendQ: 2,
			Dumping: parser.Some(true), RefCount: 3, Drops: count(4), Inode: count(1170),
		}},
		{"netlink negative port and drops", "netlink", netlinkHead + "0 0 -4097 0 -1 0 0 2 -1 7\n", parser.NetlinkSocket{
			PortID: 1<<32 - 4097, RecvQ: -1, Dumping: parser.Some(false), RefCount: 2, Drops: count(1<<32 - 1), Inode: count(7),
		}},
		{"netlink no dump in an older kernel", "netlink", netlinkHead + "0 0 0 0 0 0   (null) 2 0 7\n", parser.NetlinkSocket{
			Dumping: parser.Some(false), RefCount: 2, Drops: count(0), Inode: count(7),
		}},
		{"netlink dump that is not shown", "netlink", netlinkHead + "0 0 0 0 0 0 00000000 2 0 7\n", parser.NetlinkSocket{
			RefCount: 2, Drops: count(0), Inode: count(7),
		}},
		{"netlink odd dump and drops", "netlink", netlinkHead + "0 0 0 0 0 0 x 2 y 7\n", parser.NetlinkSocket{RefCount: 2}},
		{"netlink inode cut", "netlink", netlinkHead + "0 0 0 0 0 0 0 2 5 7", parser.NetlinkSocket{
			Dumping: parser.Some(false), RefCount: 2, Drops: count(5),
		}},
		{"netlink of Linux 2.6.18", "netlink", "sk Eth Pid Groups Rmem Wmem Dump Locks\nffff81045f9bc400 0 3714 1 0 0 0000000000000000 2 3 4\n", parser.NetlinkSocket{
			Pointer: count(0xffff81045f9bc400), PortID: 3714, Groups: 1, Dumping: parser.Some(false), RefCount: 2,
		}},
		{"netlink dump of Linux 2.6.18", "netlink", "sk Locks\n0 0 3714 1 0 0 ffff81045f9bc400 2\n", parser.NetlinkSocket{
			PortID: 3714, Groups: 1, Dumping: parser.Some(true), RefCount: 2,
		}},
		{"arp", "arp", "IP address\n10.1.12.0        0x1         0x6         92:22:3f:b6:02:6c     *        flannel.1\n", parser.ARPEntry{
			Addr: ip("10.1.12.0"), HWType: 1, Flags: parser.ATFComplete | parser.ATFPermanent, HWAddr: "92:22:3f:b6:02:6c", Mask: "*", Iface: "flannel.1",
		}},
		{"arp no hardware address", "arp", "IP address\n10.1.12.0        0x300       0x2                               *        gre1\n", parser.ARPEntry{
			Addr: ip("10.1.12.0"), HWType: 0x300, Flags: parser.ATFComplete, Mask: "*", Iface: "gre1",
		}},
		{"arp of nobody in AX.25", "arp", "IP address\n10.1.12.0        0x3         0x2         *                     *        ax0\n", parser.ARPEntry{
			Addr: ip("10.1.12.0"), HWType: 3, Flags: parser.ATFComplete, HWAddr: "*", Mask: "*", Iface: "ax0",
		}},
		{"arp published on no interface", "arp", "IP address\n10.1.12.0        0x0         0xc         00:00:00:00:00:00     *        *\n", parser.ARPEntry{
			Addr: ip("10.1.12.0"), Flags: parser.ATFPermanent | parser.ATFPublished, HWAddr: "00:00:00:00:00:00", Mask: "*", Iface: "*",
		}},
		{"fib with a tos", "fib_trie", "Id 1000:\n  +-- 0.0.0.0/0 1 0 0\n     |-- 10.0.0.0\n        /8 universe UNICAST tos=16\n", parser.FibEntry{
			Table: "Id 1000", Prefix: netip.MustParsePrefix("10.0.0.0/8"), Scope: "universe", Type: "UNICAST",
		}},
		{"ip of iproute2", "ip_address", "2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000\n" +
			"    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0\n" +
			"    veth numtxqueues 1\n    inet 10.0.0.5/24 brd 10.0.0.255 scope global dynamic noprefixroute eth0\n" +
			"       valid_lft 85 sec preferred_lft 85sec\n    inet6 fe80::1/64 scope link\n", parser.IPLink{
			Name: "eth0", Flags: 0x1043, MTU: parser.Some[int64](1500), TxQueueLen: 1000, HWKind: "ether", HWAddr: "02:00:00:00:00:01",
			Addrs: []parser.IPAddr{{Addr: ip("10.0.0.5"), Len: 24, Broadcast: ip("10.0.0.255"), Label: "eth0"}},
		}},
	}
	seen := map[string]bool{}
	for _, tc := range cases {
		if seen[tc.name] {
			t.Fatalf("two cases are called %q", tc.name)
		}
		seen[tc.name] = true
		t.Run(tc.name, func(t *testing.T) {
			res := tableNamed(t, tc.table).read(tc.text, nil)
			if len(res.rows) != 1 || len(res.errs) > 0 {
				t.Fatalf("rows %+v, errors %q; want one row", res.rows, res.texts())
			}
			if !reflect.DeepEqual(res.rows[0], tc.want) {
				t.Errorf("\n got %+v\nwant %+v", res.rows[0], tc.want)
			}
		})
	}
}

func dev(name string) parser.DevCounters {
	return parser.DevCounters{
		Iface: name, HasBytes: true, HasCompressed: true, RxBytes: 1, RxPackets: 2, RxErrs: 3, RxDrop: 4, RxFifo: 5, RxFrame: 6, RxCompressed: 7, RxMulticast: 8,
		TxBytes: 9, TxPackets: 10, TxErrs: 11, TxDrop: 12, TxFifo: 13, TxColls: 14, TxCarrier: 15, TxCompressed: 16,
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

func ExampleInet() {
	text := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
		"   0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0\n" +
		"   1: 0100007F:0016 00000000:ZZZZ 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0\n"
	for s, err := range parser.Inet("proc/net/tcp", strings.NewReader(text), parser.Options{}) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(s.Local, s.State, s.Inode)
	}
	// Output:
	// 127.0.0.1:631 LISTEN 4711
	// proc/net/tcp:3: rem_address "00000000:ZZZZ": invalid syntax
}
