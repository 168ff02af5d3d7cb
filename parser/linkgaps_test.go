package parser_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
)

// TestVirtualFunctionCounters: ip prints the counters of an interface's virtual
// functions below its own (print_linkinfo), under headings that begin alike.
func TestVirtualFunctionCounters(t *testing.T) {
	const own = "2: ens1f0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000\n" +
		"    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff\n" +
		"    RX:  bytes packets errors dropped  missed   mcast\n" +
		"         9000      90      1       2       3       4\n" +
		"    TX:  bytes packets errors dropped carrier collsns\n" +
		"         8000      80      5       6       7       8\n"
	const function = "    vf 0     link/ether 52:54:00:12:34:57 brd ff:ff:ff:ff:ff:ff, spoof checking on, link-state auto, trust off\n" +
		"    RX: bytes  packets  mcast   bcast   dropped\n" +
		"    11         12       13      14      15\n" +
		"    TX: bytes  packets   dropped\n" +
		"    21         22       23\n"
	want := parser.DevCounters{
		Line: 1, Iface: "ens1f0", HasBytes: true, HasCompressed: true, Lacks: parser.LacksFifo | parser.LacksFrame | parser.LacksCarrier,
		RxBytes: 9000, RxPackets: 90, RxErrs: 1, RxDrop: 5, RxMulticast: 4,
		TxBytes: 8000, TxPackets: 80, TxErrs: 5, TxDrop: 6, TxColls: 8,
	}
	for _, text := range []string{own, own + function, own + function + function} {
		for l, err := range parser.IPLinks("x", strings.NewReader(text), parser.Options{}) {
			if got, ok := l.Counters.Get(); err != nil || !ok || got != want {
				t.Errorf("%d lines: %v\n got %+v\nwant %+v", strings.Count(text, "\n"), err, got, want)
			}
		}
	}
}

// TestLinkMulticast: ip prints a column of compressed packets only if there are any.
func TestLinkMulticast(t *testing.T) {
	const jsonText = `[{"ifname":"a","stats64":{"rx":{"bytes":1,"packets":2,"errors":0,"dropped":0,"over_errors":0,"multicast":7,"compressed":5},` +
		`"tx":{"bytes":1,"packets":2,"errors":0,"dropped":0,"carrier_errors":0,"collisions":0}}}]`
	const text = "1: a: <UP> mtu 1\n    RX: bytes packets errors dropped missed mcast compressed\n    1 2 0 0 0 7 5\n" +
		"    TX: bytes packets errors dropped carrier collsns\n    1 2 0 0 0 0\n"
	for _, tc := range []struct {
		name, text string
		decode     linkDecoder
		known      bool
		want       [3]uint64 // multicast, compressed received, compressed sent
	}{
		{"text", text, parser.IPLinks, true, [3]uint64{7, 5, 0}},
		{"JSON", jsonText, parser.IPLinksJSON, true, [3]uint64{7, 5, 0}},
		{"no column", strings.NewReplacer(" mcast compressed", "", " 7 5\n", "\n").Replace(text), parser.IPLinks, false, [3]uint64{}},
	} {
		for l, err := range tc.decode("x", strings.NewReader(tc.text), parser.Options{}) {
			c, ok := l.Counters.Get()
			if got := [3]uint64{c.RxMulticast, c.RxCompressed, c.TxCompressed}; err != nil || !ok || c.HasCompressed != tc.known || got != tc.want {
				t.Errorf("%s: %v, counters %t: got %v, known %t; want %v, %t", tc.name, err, ok, got, c.HasCompressed, tc.want, tc.known)
			}
		}
	}
}

// TestIfconfigCounters: each counter has its own column. In captures most are 0.
func TestIfconfigCounters(t *testing.T) {
	want := parser.DevCounters{
		Line: 1, Iface: "a", HasBytes: true,
		RxPackets: 1, RxBytes: 2, RxErrs: 3, RxDrop: 4, RxFifo: 5, RxFrame: 6,
		TxPackets: 7, TxBytes: 8, TxErrs: 9, TxDrop: 10, TxFifo: 11, TxCarrier: 12, TxColls: 13,
	}
	for name, text := range map[string]string{
		"net-tools 2": "a: flags=65<UP,RUNNING>  mtu 1500\n" +
			"        RX packets 1  bytes 2 (2.0 B)\n        RX errors 3  dropped 4  overruns 5  frame 6\n" +
			"        TX packets 7  bytes 8 (8.0 B)\n        TX errors 9  dropped 10 overruns 11  carrier 12  collisions 13\n",
		"old": "a         Link encap:Ethernet  HWaddr 00:0c:29:c2:c8:63  \n          UP RUNNING  MTU:1500  Metric:1\n" +
			"          RX packets:1 errors:3 dropped:4 overruns:5 frame:6\n          TX packets:7 errors:9 dropped:10 overruns:11 carrier:12\n" +
			"          collisions:13 txqueuelen:1000 \n          RX bytes:2 (2.0 B)  TX bytes:8 (8.0 B)\n",
	} {
		for l, err := range parser.Ifconfig("x", strings.NewReader(text), parser.Options{}) {
			if got, ok := l.Counters.Get(); err != nil || !ok || got != want {
				t.Errorf("%s: %v\n got %+v\nwant %+v", name, err, got, want)
			}
		}
	}
}

// TestLinkPrefixes: what a text tells of an interface does not depend on what
// comes behind it.
func TestLinkPrefixes(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		decode     linkDecoder
	}{
		{"ifconfig", "a: flags=65<UP,RUNNING>  mtu 1500\n        inet 10.0.0.1  netmask 255.0.0.0  broadcast 10.255.255.255\n        inet6 fe80::1  prefixlen 64  scopeid 0x20<link>\n" +
			"        RX packets 1  bytes 2 (2.0 B)\n\nb: flags=65<UP,RUNNING>  mtu 9000\n        ether 52:54:00:12:34:56  txqueuelen 1000  (Ethernet)\n", parser.Ifconfig},
		{"old ifconfig", "a         Link encap:Ethernet  HWaddr 00:0c:29:c2:c8:63  \n          inet addr:10.0.0.1  Bcast:10.0.0.255  Mask:255.255.255.0\n          UP RUNNING  MTU:1500  Metric:1\n\n" +
			"lo        Link encap:Local Loopback  \n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n", parser.Ifconfig},
		{"netstat -i", "Kernel Interface table\nIface MTU RX-OK RX-ERR RX-DRP RX-OVR TX-OK TX-ERR TX-DRP TX-OVR Flg\na 1500 1 2 3 4 5 6 7 8 BMRU\nlo 65536 1 2 3 4 5 6 7 8 LRU\n", parser.NetstatInterfaces},
		{"ip -o", "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n2: a    inet 10.0.0.1/24 brd 10.0.0.255 scope global a\\       valid_lft forever\n", parser.IPLinks},
		{"ip -s", "1: lo: <LOOPBACK,UP> mtu 65536 qlen 1000\n    link/loopback 00:00:00:00:00:00\n    RX: bytes packets errors dropped missed mcast\n    1 2 3 4 5 6\n2: a: <UP> mtu 1500\n    inet6 fe80::1/64 scope link\n", parser.IPLinks},
		{"JSON", `[{"ifname":"lo","mtu":65536,"flags":["UP"]},{"ifname":"a","mtu":1500,"addr_info":[{"local":"10.0.0.1","prefixlen":24}]}]`, parser.IPLinksJSON},
	} {
		names := func(text string) (names []string) {
			for l, err := range tc.decode("x", strings.NewReader(text), parser.Options{}) {
				if err == nil {
					names = append(names, l.Name)
				}
			}
			return names
		}
		all := names(tc.text)
		if len(all) != 2 {
			t.Errorf("%s: interfaces %q, want 2", tc.name, all)
			continue
		}
		for n := range tc.text {
			got := names(tc.text[:n])
			// A name that is cut itself may be another one.
			if len(got) > len(all) || len(got) > 1 && !slices.Equal(got[:len(got)-1], all[:len(got)-1]) {
				t.Errorf("%s: the first %d bytes give %q, and all %q", tc.name, n, got, all)
			}
		}
	}
}
