package snapshot_test

import (
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// TestInterfaces: what is put together for one interface from each source.
func TestInterfaces(t *testing.T) {
	some := parser.Some[int64]
	ip := netip.MustParseAddr
	opt := func(s string) parser.Opt[netip.Addr] { return parser.Some(ip(s)) }
	sys := func(name, flags, operstate string) map[string]string {
		files := map[string]string{"sys/class/net/" + name + "/mtu": "1500\n", "sys/class/net/" + name + "/flags": flags + "\n"}
		if operstate != "" {
			files["sys/class/net/"+name+"/operstate"] = operstate + "\n"
		}
		return files
	}
	with := func(files map[string]string, more map[string]string) map[string]string {
		for name, text := range more {
			files[name] = text
		}
		return files
	}
	const unsure = parser.FlagPromisc | parser.FlagAllmulti
	known := func(set uint32) snapshot.Flags { return snapshot.Flags{Set: set, Known: snapshot.AllFlags} }
	cases := []struct {
		name  string
		files map[string]string
		want  []snapshot.Interface
	}{
		{"up and running", sys("eth0", "0x1003", "up"), []snapshot.Interface{{Name: "eth0", MTU: some(1500), Flags: known(0x1043)}}},
		{"operstate unknown runs", sys("lo", "0x9", "unknown"), []snapshot.Interface{{Name: "lo", MTU: some(1500), Flags: known(0x49)}}},
		{"bridge port without carrier", sys("veth1", "0x1303", "lowerlayerdown"), []snapshot.Interface{{Name: "veth1", MTU: some(1500),
			Flags: snapshot.Flags{Set: 0x1003, Known: snapshot.AllFlags &^ unsure}}}},
		{"down", sys("eth0", "0x1002", "down"), []snapshot.Interface{{Name: "eth0", MTU: some(1500), Flags: known(0x1002)}}},
		{"down in spite of operstate", sys("eth0", "0x1002", "unknown"), []snapshot.Interface{{Name: "eth0", MTU: some(1500), Flags: known(0x1002)}}},
		{"no operstate", sys("eth0", "0x1003", ""), []snapshot.Interface{{Name: "eth0", MTU: some(1500),
			Flags: snapshot.Flags{Set: 0x1003, Known: snapshot.AllFlags &^ parser.FlagRunning}}}},
		{"unreadable flags", sys("eth0", "what", "up"), []snapshot.Interface{{Name: "eth0", MTU: some(1500)}}},
		{"a file among the interfaces", map[string]string{"sys/class/net/bonding_masters": "bond0\n"}, []snapshot.Interface{}},
		{"files of no bytes", map[string]string{"sys/class/net/eth0/mtu": "", "sys/class/net/eth0/flags": ""}, []snapshot.Interface{}},
		{"hardware", with(sys("eth0", "0x1003", "up"), map[string]string{
			"sys/class/net/eth0/type": "1\n", "sys/class/net/eth0/address": "02:00:00:00:00:01\n", "sys/class/net/eth0/tx_queue_len": "1000\n",
		}), []snapshot.Interface{{Name: "eth0", MTU: some(1500), Flags: known(0x1043), HWType: some(1), HWAddr: parser.Some("02:00:00:00:00:01"), TxQueueLen: some(1000)}}},
		{"ip is exact about promiscuity", with(sys("veth1", "0x1303", "up"), map[string]string{
			"output/ip_address": "3: veth1@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n" +
				"    inet 10.0.0.5/24 brd 10.0.0.255 scope global veth1\n    inet 10.0.0.6/24 scope global secondary veth1\n    inet 10.1.0.1 peer 10.1.0.2/32 scope global veth1:1\n",
		}), []snapshot.Interface{
			{
				Name: "veth1", MTU: some(1400), Flags: known(0x1043), HWType: some(1), HWAddr: parser.Some("02:00:00:00:00:01"), TxQueueLen: some(0), AddrsKnown: true,
				Addrs: []snapshot.Addr4{{Addr: ip("10.0.0.5"), Netmask: opt("255.255.255.0"), Broadcast: opt("10.0.0.255"), Peer: opt("10.0.0.5")}},
			},
			{
				Name: "veth1:1", Alias: true, MTU: some(1400), Flags: known(0x1043), HWType: some(1), HWAddr: parser.Some("02:00:00:00:00:01"), TxQueueLen: some(0), AddrsKnown: true,
				Addrs: []snapshot.Addr4{{Addr: ip("10.1.0.1"), Netmask: opt("255.255.255.255"), Broadcast: opt("0.0.0.0"), Peer: opt("10.1.0.2")}},
			},
		}},
		{"an interface that is only in ip's output", map[string]string{"output/ip_address": "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qlen 1000\n    link/loopback 00:00:00:00:00:00\n"},
			[]snapshot.Interface{{Name: "lo", MTU: some(65536), Flags: known(0x49), HWType: some(772), HWAddr: parser.Some("00:00:00:00:00:00"), TxQueueLen: some(1000), AddrsKnown: true}}},
		{"an interface that is only in dev", map[string]string{"proc/net/dev": fixtures.Kernel{}.Dev(fixtures.Dev16, []parser.DevCounters{{Iface: "tun0", HasBytes: true, HasCompressed: true, RxPackets: 7}})},
			[]snapshot.Interface{{Name: "tun0", Counters: parser.Some(parser.DevCounters{Line: 3, Iface: "tun0", HasBytes: true, HasCompressed: true, RxPackets: 7})}}},
		{"a name twice in dev", map[string]string{"proc/net/dev": fixtures.Kernel{}.Dev(fixtures.Dev16, []parser.DevCounters{{Iface: "a", RxPackets: 7}, {Iface: "a", RxPackets: 8}})},
			[]snapshot.Interface{{Name: "a", Counters: parser.Some(parser.DevCounters{Line: 4, Iface: "a", HasBytes: true, HasCompressed: true, RxPackets: 8})}}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			s := load(fixtures.NewHost(tc.files))
			got := s.Interfaces(s.Dev(), true, func(err error) { t.Error(err) })
			for i := range got {
				got[i].From = snapshot.Sources{} // see TestInterfaceSources
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("\n got %+v\nwant %+v", got, tc.want)
			}
		})
	}
}

// TestAddrsFromTables: local addresses of fib_trie find their interface through
// the connected routes, unless two share the network.
func TestAddrsFromTables(t *testing.T) {
	ip := netip.MustParseAddr
	route := func(iface, dest, mask string, flags uint32) parser.Route {
		return parser.Route{Iface: iface, Destination: ip(dest), Genmask: ip(mask), Gateway: netip.IPv4Unspecified(), Flags: flags}
	}
	k := fixtures.Kernel{}
	var dev []parser.DevCounters
	for _, name := range []string{"lo", "eth0", "eth1", "eth2", "eth3"} {
		dev = append(dev, parser.DevCounters{Iface: name})
	}
	prefix := netip.MustParsePrefix
	h := fixtures.NewHost(map[string]string{
		"proc/net/dev": k.Dev(fixtures.Dev16, dev),
		"proc/net/route": k.Routes([]parser.Route{
			route("eth0", "0.0.0.0", "0.0.0.0", parser.RouteUp|parser.RouteGateway),
			route("eth0", "10.0.0.0", "255.255.255.0", parser.RouteUp),
			route("eth1", "10.0.0.0", "255.0.0.0", parser.RouteUp),
			route("eth1", "172.16.0.0", "255.255.0.0", parser.RouteUp),
			route("eth2", "172.16.0.0", "255.255.0.0", parser.RouteUp),
			route("eth3", "192.168.0.0", "255.255.0.0", parser.RouteUp|parser.RouteReject),
			route("gone", "192.168.1.0", "255.255.255.0", parser.RouteUp),
		}),
		"proc/net/fib_trie": k.FibTrie(fixtures.FibOf([]netip.Prefix{
			prefix("127.0.0.1/8"), prefix("10.0.0.5/24"), prefix("10.5.0.1/8"), prefix("172.16.0.9/16"), prefix("192.168.1.1/24"), prefix("203.0.113.7/24"), prefix("10.0.0.5/24"),
		})),
	})
	s := load(h)
	got := map[string][]string{}
	for _, i := range s.Interfaces(s.Dev(), true, func(err error) { t.Error(err) }) {
		for _, a := range i.Addrs {
			mask, _ := a.Netmask.Get()
			got[i.Name] = append(got[i.Name], a.Addr.String()+" "+mask.String())
			if a.Broadcast.Known() || a.Peer.Known() {
				t.Errorf("%s: the tables do not tell a broadcast address or a peer: %+v", i.Name, a)
			}
		}
		if i.AddrsKnown != (len(i.Addrs) > 0) {
			t.Errorf("%s: addresses known %v", i.Name, i.AddrsKnown)
		}
	}
	want := map[string][]string{"lo": {"127.0.0.1 255.0.0.0"}, "eth0": {"10.0.0.5 255.255.255.0"}, "eth1": {"10.5.0.1 255.0.0.0"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
}

// TestInterfaceErrors: bad rows of every source are handed on.
func TestInterfaceErrors(t *testing.T) {
	h := fixtures.NewHost(map[string]string{
		"proc/net/dev": "h\nh compressed\n eth0: 1 2\n", "proc/net/if_inet6": "zz\n", "proc/net/fib_trie": "what\n",
		"output/ip_address": "1: lo: <UP> mtu 1\n    inet x scope host lo\n",
	})
	var got []string
	s := load(h)
	s.Interfaces(s.Dev(), true, func(err error) { got = append(got, err.Error()) })
	want := []string{
		`proc/net/dev:3: rx errs missing: row ends before this column`,
		`proc/net/fib_trie:1: node "what": invalid syntax`,
		`output/ip_address:2: inet "x": invalid syntax`,
		`proc/net/if_inet6:1: address "zz": invalid syntax`,
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

// TestFlagsHas tells set, not set and unknown apart.
func TestFlagsHas(t *testing.T) {
	f := snapshot.Flags{Set: 1, Known: 3}
	for bit, want := range map[uint32][2]bool{1: {true, true}, 2: {false, true}, 4: {false, false}} {
		if set, known := f.Has(bit); set != want[0] || known != want[1] {
			t.Errorf("bit %d: %v, %v; want %v", bit, set, known, want)
		}
	}
}

// TestCompareNames: the order of the examples in the behaviour notes.
func TestCompareNames(t *testing.T) {
	for _, order := range [][]string{
		{"eth0", "eth0:1", "eth0:2", "eth0:10", "eth1", "eth10", "eth0x"},
		{"tap", "tap0"},
		{"enp10s0", "enp2s0", "enp3s0f0"},
		{"Eth0", "a", "bond0.20", "bond0.100", "br-1", "docker0", "lo"},
		{"eth0:01", "eth0:1"},
	} {
		for i := range order {
			for j := range order {
				got := sign(snapshot.CompareNames(order[i], order[j]))
				if want := sign(i - j); got != want {
					t.Errorf("%s and %s compare as %d, want %d", order[i], order[j], got, want)
				}
			}
		}
	}
}

func sign(n int) int { return min(max(n, -1), 1) }

// TestCompareNamesTotal: it is a total order on names, so that sorting never
// depends on where it started.
func TestCompareNamesTotal(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	name := func() string {
		var b strings.Builder
		for range 1 + r.IntN(5) {
			b.WriteString([]string{"e", "eth", "a", "0", "1", "01", "10", ":", ":1", ":+1", "-", ".", "x", "4294967296", "99999999999"}[r.IntN(15)])
		}
		return b.String()
	}
	cmp := snapshot.CompareNames
	for range 20_000 {
		a, b, c := name(), name(), name()
		if sign(cmp(a, b)) != -sign(cmp(b, a)) {
			t.Fatalf("%q and %q compare as %d and %d", a, b, cmp(a, b), cmp(b, a))
		}
		if cmp(a, b) == 0 != (a == b) {
			t.Fatalf("%q and %q compare as %d", a, b, cmp(a, b))
		}
		if cmp(a, b) <= 0 && cmp(b, c) <= 0 && cmp(a, c) > 0 {
			t.Fatalf("%q ≤ %q ≤ %q but not %q ≤ %q", a, b, c, a, c)
		}
	}
}

// TestInterfaceSources: of what several files tell, which one counts.
func TestInterfaceSources(t *testing.T) {
	const (
		netstat  = "Iface MTU RX-OK RX-ERR RX-DRP RX-OVR TX-OK TX-ERR TX-DRP TX-OVR Flg\neth0 1 7 0 0 0 7 0 0 0 BPRU\n"
		ifconfig = "eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 2\n        inet 10.0.0.1  netmask 255.0.0.0\n"
		ip       = "2: eth0: <BROADCAST,MULTICAST,UP> mtu 3 qlen 9\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    inet 10.0.0.2/8 scope global eth0\n"
		json     = `[{"ifname":"eth0","flags":["UP"],"mtu":4}]`
	)
	all := map[string]string{
		"output/netstat_i": netstat, "output/ifconfig": ifconfig, "output/ip_address": ip, "output/ip_link_json": json,
		"sys/class/net/eth0/mtu": "5\n", "sys/class/net/eth0/flags": "0x1003\n", "proc/sys/net/ipv6/conf/eth0/mtu": "6\n",
	}
	h := fixtures.NewHost(all)
	for _, want := range []struct {
		mtu          int64
		from, addrs  string
		flags        string // that tell them
		set, unknown uint32
		gone         string // of the next step
	}{
		// A single P may be one of two flags: the next text tells.
		{1, "output/netstat_i", "output/ip_address", "output/netstat_i output/ifconfig", 0x43, 0, "output/netstat_i"},
		{2, "output/ifconfig", "output/ip_address", "output/ifconfig", 0x1043, 0, "output/ifconfig"},
		{3, "output/ip_address", "output/ip_address", "output/ip_address", 0x1043, 0, "output/ip_address"},
		{4, "output/ip_link_json", "", "output/ip_link_json", 0x41, 0, "output/ip_link_json"},
		{5, "sys/class/net/eth0/mtu", "", "sys/class/net/eth0/flags", 0x1003, parser.FlagRunning, "sys/class/net/eth0/mtu"},
		{6, "proc/sys/net/ipv6/conf/eth0/mtu", "", "sys/class/net/eth0/flags", 0x1003, parser.FlagRunning, ""},
	} {
		s := load(h)
		got := s.Interfaces(s.Dev(), true, func(err error) { t.Error(err) })
		if len(got) != 1 {
			t.Fatalf("%+v", got)
		}
		i := got[0]
		if mtu, _ := i.MTU.Get(); mtu != want.mtu || i.From.MTU != want.from || i.From.Addrs != want.addrs {
			t.Errorf("MTU %d from %s, addresses from %q; want %d from %s, %q", mtu, i.From.MTU, i.From.Addrs, want.mtu, want.from, want.addrs)
		}
		if got := strings.Join(i.From.Flags, " "); got != want.flags || i.Flags.Set != want.set || snapshot.AllFlags&^i.Flags.Known != want.unknown {
			t.Errorf("flags %x, not known %x, from %s; want %x, %x, %s", i.Flags.Set, snapshot.AllFlags&^i.Flags.Known, got, want.set, want.unknown, want.flags)
		}
		delete(h.Files, want.gone)
	}
}
