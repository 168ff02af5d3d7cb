package triage

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// routed makes a machine with interfaces and routes. A link is "eth0 up", "eth0 down",
// "eth0 nocarrier" or "tun0 p2p"; a route "eth0 10.0.0.0/8 10.0.0.1 100": interface,
// destination, gateway or -, and metric, with !, for one that rejects, and * for no
// interface.
func routed(links []string, routes ...string) *fixtures.Host {
	h := fixtures.NewHost(nil)
	dev := []parser.DevCounters{{Iface: "lo", HasBytes: true, HasCompressed: true}}
	h.Set("sys/class/net/lo/flags", "0x9\n").Set("sys/class/net/lo/mtu", "65536\n").Set("sys/class/net/lo/operstate", "unknown\n")
	for _, l := range links {
		name, state, _ := strings.Cut(l, " ")
		dev = append(dev, parser.DevCounters{Iface: name, HasBytes: true, HasCompressed: true})
		flags := map[string]string{"up": "0x1003", "down": "0x1002", "nocarrier": "0x1003", "p2p": "0x1091"}[state]
		oper := map[string]string{"up": "up", "down": "down", "nocarrier": "down", "p2p": "unknown"}[state]
		dir := "sys/class/net/" + name
		h.Set(dir+"/flags", flags+"\n").Set(dir+"/mtu", "1500\n").Set(dir+"/operstate", oper+"\n")
	}
	h.Set("proc/net/dev", fixtures.Kernel{}.Dev(fixtures.Dev16, dev))
	var four []parser.Route
	var six []parser.Route6
	for _, text := range routes {
		if strings.Contains(text, "::") {
			six = append(six, sixRoute(strings.Fields(text)))
		} else {
			four = append(four, fourRoute(strings.Fields(text)))
		}
	}
	h.Set("proc/net/route", fixtures.Kernel{}.Routes(four))
	if six != nil {
		h.Set("proc/net/ipv6_route", fixtures.Kernel{}.Routes6(six))
	}
	return h
}

func fourRoute(w []string) parser.Route {
	to := netip.MustParsePrefix(w[1])
	mask := netip.PrefixFrom(netip.MustParseAddr("255.255.255.255"), to.Bits()).Masked().Addr()
	rt := parser.Route{Iface: w[0], Destination: to.Addr(), Genmask: mask, Gateway: netip.IPv4Unspecified(), Flags: parser.RouteUp}
	if w[2] != "-" {
		rt.Gateway, rt.Flags = netip.MustParseAddr(w[2]), rt.Flags|parser.RouteGateway
	}
	if to.Bits() == 32 {
		rt.Flags |= parser.RouteHost
	}
	if len(w) > 4 {
		rt.Flags |= parser.RouteReject
	}
	rt.Metric, _ = strconv.ParseInt(w[3], 10, 64)
	return rt
}

func sixRoute(w []string) parser.Route6 {
	metric, _ := strconv.ParseUint(w[3], 10, 32)
	rt := parser.Route6{
		Destination: netip.MustParsePrefix(w[1]), Source: netip.MustParsePrefix("::/0"), NextHop: netip.IPv6Unspecified(),
		Metric: uint32(metric), RefCnt: 1, Flags: parser.RouteUp, Iface: w[0],
	}
	if w[2] != "-" {
		rt.NextHop, rt.Flags = netip.MustParseAddr(w[2]), rt.Flags|parser.RouteGateway
	}
	if len(w) > 4 {
		rt.Flags = 0x00200200
	}
	return rt
}

// arp adds neighbours: "10.0.0.1 00:16:3e:00:00:01 eth0", with a third word for the
// flags if those are not 0x2.
func arp(h *fixtures.Host, neighbours ...string) *fixtures.Host {
	var list []parser.ARPEntry
	for _, text := range neighbours {
		w := strings.Fields(text)
		e := parser.ARPEntry{Addr: netip.MustParseAddr(w[0]), HWType: 1, Flags: parser.ATFComplete, HWAddr: w[1], Mask: "*", Iface: w[2]}
		if len(w) > 3 {
			flags, _ := strconv.ParseUint(w[3], 0, 32)
			e.Flags = uint32(flags)
		}
		list = append(list, e)
	}
	return h.Set("proc/net/arp", fixtures.Kernel{}.ARP(list))
}

// also adds a file.
func also(h *fixtures.Host, name, text string) *fixtures.Host { return h.Set(name, text) }

// fib is a proc/net/fib_trie with routes of tables: "Main 10.0.0.0/24 link UNICAST".
func fib(entries ...string) string {
	var list []parser.FibEntry
	for _, text := range entries {
		w := strings.Fields(text)
		list = append(list, parser.FibEntry{Table: strings.ReplaceAll(w[0], "_", " "), Prefix: netip.MustParsePrefix(w[1]), Scope: w[2], Type: w[3]})
	}
	return fixtures.Kernel{}.FibTrie(list)
}

var (
	eth0   = []string{"eth0 up"}
	both   = []string{"eth0 up", "eth1 up"}
	lan    = "eth0 10.0.0.0/24 - 0"
	lan6   = "eth0 2001:db8::/64 - 256"
	byGate = "eth0 0.0.0.0/0 10.0.0.1 100"
)

// ipText is what ip address printed.
const ipText = `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000
    link/ether 00:16:3e:00:00:05 brd ff:ff:ff:ff:ff:ff
    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0
       valid_lft forever preferred_lft forever
`

// routeTests prove the rules about routes and neighbours.
var routeTests = map[string]ruleTest{
	"T43": {
		fires: []ruleCase{
			{name: "connections without a route", host: also(also(routed(eth0, lan), "proc/net/fib_trie", fib("Main 10.0.0.0/24 link UNICAST")), "proc/net/tcp", table("tcp", []sock{
				{local: "10.0.0.5:22", remote: "10.0.0.9:4000", st: parser.Established, inode: 5},
				{local: "10.0.0.5:22", remote: "192.0.2.9:4000", st: parser.Established, inode: 6},
			})), want: `
T43 critical [IPv4] there is no default route of IPv4, and no route leads to the peers of 1 tcp connection
  proc/net/tcp:3: tcp 0 0 10.0.0.5:22 192.0.2.9:4000 ESTABLISHED off (0.00/0/0) inode 6
`},
			{name: "a closed network, perhaps", host: routed(both, lan, "eth1 10.1.0.0/16 - 0"), want: `
T43 warning [IPv4] there is no default route of IPv4, and eth0, eth1 are up: 2 networks are reached
  proc/net/route:2: 10.0.0.0 0.0.0.0 255.255.255.0 U metric 0 eth0
  proc/net/route:3: 10.1.0.0 0.0.0.0 255.255.0.0 U metric 0 eth1
  ? a machine or container in a closed network needs none, and no connection of this one lacks a route
  ? another routing table may have one: proc/net/route shows the main one only
`},
			{name: "addresses and no route", host: also(also(routed(eth0), "proc/net/fib_trie", fib("Local 10.0.0.5/32 host LOCAL")), "output/ip_address", ipText), want: `
T43 warning [IPv4] there is no route of IPv4 at all, and eth0 is up with addresses of IPv4
`},
			{name: "IPv6 only", host: routed(eth0, lan6, "eth0 fe80::/64 - 256", "lo ::/0 - 4294967295 !"), want: `
T43 warning [IPv6] there is no default route of IPv6, and eth0 is up: 1 network is reached
  proc/net/ipv6_route:1: 2001:db8::/64 :: U metric 256 eth0
  ? a machine or container in a closed network needs none, and no connection of this one lacks a route
`},
			{name: "half of a VPN's", host: routed([]string{"eth0 up", "tun0 p2p"}, lan, "tun0 0.0.0.0/1 10.8.0.1 0"), want: `
T43 warning [IPv4] there is no default route of IPv4, and eth0, tun0 are up: 2 networks are reached
  proc/net/route:2: 10.0.0.0 0.0.0.0 255.255.255.0 U metric 0 eth0
  proc/net/route:3: 0.0.0.0 10.8.0.1 128.0.0.0 UG metric 0 tun0
  ? a machine or container in a closed network needs none, and no connection of this one lacks a route
  ? another routing table may have one: proc/net/route shows the main one only
`},
		},
		near: []ruleCase{
			{name: "one", host: routed(eth0, byGate, lan)},
			{name: "that of a VPN", host: routed([]string{"eth0 up", "tun0 p2p"}, lan, "tun0 0.0.0.0/1 10.8.0.1 0", "tun0 128.0.0.0/1 10.8.0.1 0")},
			{name: "of IPv6 only", host: routed(eth0, lan6, "eth0 ::/0 fe80::1 1024")},
			{name: "of IPv6 only, all that is in use", host: routed(eth0, lan6, "eth0 2000::/3 fe80::1 1024")},
			{name: "in another table", host: also(routed(eth0, lan), "proc/net/fib_trie", fib("Id_100 0.0.0.0/0 universe UNICAST", "Main 10.0.0.0/24 link UNICAST"))},
			{name: "nothing is up", host: routed([]string{"eth0 down", "docker0 nocarrier"}, "docker0 172.17.0.0/16 - 0")},
			{name: "a link address only", host: routed(eth0, "eth0 169.254.0.0/16 - 1002")},
			{name: "lo only", host: routed(nil, "lo 198.51.100.0/24 - 0")},
		},
	},
	"T44": {
		fires: []ruleCase{
			{name: "same metric", host: routed(both, "eth0 0.0.0.0/0 10.0.0.1 0", "eth1 0.0.0.0/0 10.1.0.1 0", "eth1 0.0.0.0/0 10.1.0.2 100"), want: `
T44 warning [IPv4] 2 default routes of IPv4 have the same metric 0: 10.0.0.1 on eth0, 10.1.0.1 on eth1
  proc/net/route:2: 0.0.0.0 10.0.0.1 0.0.0.0 UG metric 0 eth0
  proc/net/route:3: 0.0.0.0 10.1.0.1 0.0.0.0 UG metric 0 eth1
  proc/net/route:4: 0.0.0.0 10.1.0.2 0.0.0.0 UG metric 100 eth1
  = default routes of IPv4: 3
`},
			{name: "failover", host: routed(both, "eth1 0.0.0.0/0 10.1.0.1 600", byGate), want: `
T44 info [IPv4] there are 2 default routes of IPv4: 10.0.0.1 on eth0, 10.1.0.1 on eth1
  proc/net/route:3: 0.0.0.0 10.0.0.1 0.0.0.0 UG metric 100 eth0
  proc/net/route:2: 0.0.0.0 10.1.0.1 0.0.0.0 UG metric 600 eth1
  = default routes of IPv4: 2
`},
			{name: "IPv6 over two links", host: routed(both, "eth0 ::/0 fe80::1 1024", "eth1 ::/0 fe80::1 1024"), want: `
T44 warning [IPv6] 2 default routes of IPv6 have the same metric 1024: fe80::1 on eth0, fe80::1 on eth1
  proc/net/ipv6_route:1: ::/0 fe80::1 UG metric 1024 eth0
  proc/net/ipv6_route:2: ::/0 fe80::1 UG metric 1024 eth1
  = default routes of IPv6: 2
  ? proc/net/ipv6_route does not tell in which table a route is, nor whether several are hops of one
`},
		},
		near: []ruleCase{
			{name: "one of each family", host: routed(eth0, byGate, "eth0 ::/0 fe80::1 1024", "lo ::/0 - 4294967295 !", "lo ::/0 - 4294967295 !")},
			{name: "the same one again", host: routed(eth0, byGate, byGate)},
			{name: "two routers of IPv6", host: routed(eth0, "eth0 ::/0 fe80::1 1024", "eth0 ::/0 fe80::2 1024")},
			{name: "one that rejects", host: routed(eth0, byGate, "* 0.0.0.0/0 - 1000 !")},
		},
	},
	"T45": {
		fires: []ruleCase{
			{name: "unreachable and blackhole", host: routed(eth0, byGate, lan, "* 192.0.2.0/25 - 0 !", "* 192.0.2.128/25 - 0"), want: `
T45 warning [IPv4] 2 routes reject or drop what is sent there: 192.0.2.0/25, 192.0.2.128/25
  proc/net/route:4: 192.0.2.0 0.0.0.0 255.255.255.128 ! metric 0
  proc/net/route:5: 192.0.2.128 0.0.0.0 255.255.255.128 U metric 0
  = routes that reject or drop: 2
`},
			{name: "many", host: routed(eth0, byGate, "* 192.0.2.1/32 - 0 !", "* 192.0.2.2/32 - 0 !", "* 192.0.2.3/32 - 0 !", "* 192.0.2.4/32 - 0 !", "* 192.0.2.5/32 - 0 !", "* 192.0.2.6/32 - 0 !"), want: `
T45 warning [IPv4] 6 routes reject or drop what is sent there: 192.0.2.1/32, 192.0.2.2/32, 192.0.2.3/32, 192.0.2.4/32, 192.0.2.5/32 and 1 more
  proc/net/route:3: 192.0.2.1 0.0.0.0 255.255.255.255 !H metric 0
  proc/net/route:4: 192.0.2.2 0.0.0.0 255.255.255.255 !H metric 0
  proc/net/route:5: 192.0.2.3 0.0.0.0 255.255.255.255 !H metric 0
  proc/net/route:6: 192.0.2.4 0.0.0.0 255.255.255.255 !H metric 0
  proc/net/route:7: 192.0.2.5 0.0.0.0 255.255.255.255 !H metric 0
  of 6
  = routes that reject or drop: 6
`},
			{name: "an aggregate", host: routed(eth0, byGate, "* 10.244.1.0/26 - 0", "cali1 10.244.1.7/32 - 0"), want: `
T45 info [IPv4 aggregates] 1 route rejects or drops what is sent there: 10.244.1.0/26; other routes lead into the same networks or win over these
  proc/net/route:3: 10.244.1.0 0.0.0.0 255.255.255.192 U metric 0
  = routes that reject or drop: 1
`},
			{name: "a default that takes what is left over", host: routed(eth0, byGate, "* 0.0.0.0/0 - 1000 !"), want: `
T45 info [IPv4 aggregates] 1 route rejects or drops what is sent there: 0.0.0.0/0; other routes lead into the same networks or win over these
  proc/net/route:3: 0.0.0.0 0.0.0.0 0.0.0.0 ! metric 1000
  = routes that reject or drop: 1
`},
			{name: "instead of a default", host: routed(eth0, lan, "* 0.0.0.0/0 - 1000 !"), want: `
T45 warning [IPv4] 1 route rejects or drops what is sent there: 0.0.0.0/0
  proc/net/route:3: 0.0.0.0 0.0.0.0 0.0.0.0 ! metric 1000
  = routes that reject or drop: 1
`},
			{name: "IPv6", host: routed(eth0, lan6, "lo 2001:db8:dead::/48 - 1024 !"), want: `
T45 warning [IPv6] 1 route rejects or drops what is sent there: 2001:db8:dead::/48
  proc/net/ipv6_route:2: 2001:db8:dead::/48 :: !n metric 1024 lo
  = routes that reject or drop: 1
`},
		},
		near: []ruleCase{
			{name: "those of the kernel", host: routed(eth0, lan, lan6, "lo ::/0 - 4294967295 !", "lo 2001:db8:50::1/128 - 256 !", "lo ::/0 - 4278198272 !")},
			{name: "those of a distribution", host: routed(eth0, lan, "lo ::/96 - 1024 !", "lo 2002:a00::/24 - 1024 !")},
		},
	},
	"T46": {
		fires: []ruleCase{
			{name: "another subnet", host: routed(both, lan, "eth1 10.1.0.0/16 - 0", "eth0 0.0.0.0/0 10.1.0.1 100", "eth0 192.0.2.0/24 10.1.0.1 0"), want: `
T46 warning [IPv4 gateway on eth0] 2 routes lead over gateway 10.1.0.1 on eth0, which is in no network of eth0
  proc/net/route:4: 0.0.0.0 10.1.0.1 0.0.0.0 UG metric 100 eth0
  proc/net/route:5: 192.0.2.0 10.1.0.1 255.255.255.0 UG metric 0 eth0
  ? the route may be meant so (onlink), which the table does not tell
`},
			{name: "a /32", host: routed(eth0, "eth0 0.0.0.0/0 172.31.1.1 0", "eth0 10.0.0.5/32 - 0"), want: `
T46 info [IPv4 gateway on eth0] 1 route leads over gateway 172.31.1.1 on eth0, which is in no network of eth0: that has only an address of its own
  proc/net/route:2: 0.0.0.0 172.31.1.1 0.0.0.0 UG metric 0 eth0
  ? the route may be meant so (onlink), which the table does not tell
`},
			{name: "IPv6", host: routed(eth0, lan6, "eth0 ::/0 2001:db8:1::1 1024"), want: `
T46 warning [IPv6 gateway on eth0] 1 route leads over gateway 2001:db8:1::1 on eth0, which is in no network of eth0
  proc/net/ipv6_route:2: ::/0 2001:db8:1::1 UG metric 1024 eth0
  ? the route may be meant so (onlink), which the table does not tell
`},
		},
		near: []ruleCase{
			{name: "in the subnet", host: routed(eth0, byGate, lan, lan6, "eth0 ::/0 2001:db8::1 1024", "eth0 2001:db8:7::/48 fe80::1 1024")},
			{name: "in the subnet, of a host route", host: routed(eth0, "eth0 0.0.0.0/0 169.254.1.1 0", "eth0 172.31.1.1/32 - 0", "eth0 10.0.0.0/8 172.31.1.1 0")},
			{name: "it answers", host: arp(routed(eth0, lan, "eth0 0.0.0.0/0 10.1.0.1 100"), "10.1.0.1 00:16:3e:00:00:01 eth0")},
			{name: "flannel", host: routed([]string{"eth0 up", "flannel.1 up"}, lan, byGate, "flannel.1 10.1.7.0/24 10.1.7.0 0")},
			{name: "point to point", host: routed([]string{"tun0 p2p"}, "tun0 0.0.0.0/0 10.8.0.1 0")},
		},
	},
	"T47": {
		fires: []ruleCase{
			{name: "two", host: routed(both, lan, "eth1 10.0.0.0/24 - 0"), want: `
T47 warning [network 10.0.0.0/24] 10.0.0.0/24 is connected by 2 interfaces: eth0, eth1
  proc/net/route:2: 10.0.0.0 0.0.0.0 255.255.255.0 U metric 0 eth0
  proc/net/route:3: 10.0.0.0 0.0.0.0 255.255.255.0 U metric 0 eth1
  = interfaces: 2
`},
			{name: "with metrics, and IPv6", host: routed(both, "eth0 10.0.0.0/24 - 100", "eth1 10.0.0.0/24 - 600", lan6, "eth1 2001:db8::/64 - 256"), want: `
T47 warning [network 2001:db8::/64] 2001:db8::/64 is connected by 2 interfaces: eth0, eth1
  proc/net/ipv6_route:1: 2001:db8::/64 :: U metric 256 eth0
  proc/net/ipv6_route:2: 2001:db8::/64 :: U metric 256 eth1
  = interfaces: 2
  ? the interfaces may belong to several VRFs: proc/net/ipv6_route does not tell in which table a route is
T47 info [network 10.0.0.0/24] 10.0.0.0/24 is connected by 2 interfaces: eth0, eth1
  proc/net/route:2: 10.0.0.0 0.0.0.0 255.255.255.0 U metric 100 eth0
  proc/net/route:3: 10.0.0.0 0.0.0.0 255.255.255.0 U metric 600 eth1
  = interfaces: 2
`},
			{name: "containers inside of the company's", host: routed([]string{"eth0 up", "docker0 up"}, "eth0 172.16.0.0/12 - 0", "docker0 172.17.0.0/16 - 0"), want: `
T47 info [network 172.17.0.0/16] 172.17.0.0/16 on docker0 lies inside of 172.16.0.0/12 on eth0: machines there that have such addresses cannot be reached
  proc/net/route:3: 172.17.0.0 0.0.0.0 255.255.0.0 U metric 0 docker0
  proc/net/route:2: 172.16.0.0 0.0.0.0 255.240.0.0 U metric 0 eth0
  > if machines behind eth0 have such addresses, give docker0 another network
`},
		},
		near: []ruleCase{
			{name: "others", host: routed(both, lan, "eth1 10.0.1.0/24 - 0", byGate, "eth1 0.0.0.0/0 - 200")},
			{name: "link addresses", host: routed(both, "eth0 169.254.0.0/16 - 1002", "eth1 169.254.0.0/16 - 1003", "eth0 fe80::/64 - 256", "eth1 fe80::/64 - 256", "eth0 ff00::/8 - 256", "eth1 ff00::/8 - 256")},
			{name: "two routes on one interface", host: routed(eth0, lan, "eth0 10.0.0.0/24 - 5")},
			{name: "containers and their overlay", host: routed([]string{"flannel.1 up", "cni0 up"}, "flannel.1 10.244.0.0/16 - 0", "cni0 10.244.1.0/24 - 0")},
		},
	},
	"T48": {
		fires: []ruleCase{
			{name: "missing, down and without a carrier", host: routed([]string{"eth0 down", "eth1 nocarrier", "eth3 nocarrier"}, lan, "eth1 0.0.0.0/0 10.1.0.1 0", "eth2 10.2.0.0/16 - 0", "eth3 10.3.0.0/16 - 0"), want: `
T48 warning [eth0] 1 route leads through eth0, which is down
  proc/net/route:2: 10.0.0.0 0.0.0.0 255.255.255.0 U metric 0 eth0
  ? the interface may have changed between the reading of the files
T48 warning [eth1] 1 route leads through eth1, which is up and has no carrier
  proc/net/route:3: 0.0.0.0 10.1.0.1 0.0.0.0 UG metric 0 eth1
T48 warning [eth2] 1 route leads through eth2, which is not there
  proc/net/route:4: 10.2.0.0 0.0.0.0 255.255.0.0 U metric 0 eth2
  ? the interface may have changed between the reading of the files
T48 info [eth3] 1 route leads through eth3, which is up and has no carrier
  proc/net/route:5: 10.3.0.0 0.0.0.0 255.255.0.0 U metric 0 eth3
`},
		},
		near: []ruleCase{
			{name: "up", host: routed(both, lan, byGate, "eth1 ::/0 fe80::1 1024", "lo 198.51.100.0/24 - 0", "lo 2001:db8:dead::/48 - 1024 !", "eth0:1 10.7.0.0/16 - 0")},
			{name: "a bridge without containers", host: routed([]string{"docker0 nocarrier"}, "docker0 172.17.0.0/16 - 0", "docker0 fe80::/64 - 256")},
			{name: "not known whether it has a carrier", host: withoutState(routed([]string{"eth0 nocarrier"}, lan, byGate))},
		},
	},
	"T49": {
		fires: []ruleCase{
			{name: "the default", host: arp(routed(eth0, byGate, lan), "10.0.0.1 00:00:00:00:00:00 eth0 0x0", "10.0.0.7 00:16:3e:00:00:07 eth0"), want: `
T49 critical [gateway on eth0] gateway 10.0.0.1 of 1 route does not answer ARP on eth0, and no other default route has one that does
  proc/net/arp:2: 10.0.0.1 00:00:00:00:00:00 incomplete eth0
  proc/net/route:2: 0.0.0.0 10.0.0.1 0.0.0.0 UG metric 100 eth0
  ? the question may have been asked just then: an entry is incomplete until the answer comes
`},
			{name: "another default does", host: arp(routed(both, byGate, "eth1 0.0.0.0/0 10.1.0.1 600", "eth0 192.0.2.0/24 10.0.0.1 0"), "10.0.0.1 00:00:00:00:00:00 eth0 0x0", "10.1.0.1 00:16:3e:00:00:01 eth1"), want: `
T49 warning [gateway on eth0] gateway 10.0.0.1 of 2 routes does not answer ARP on eth0
  proc/net/arp:2: 10.0.0.1 00:00:00:00:00:00 incomplete eth0
  proc/net/route:2: 0.0.0.0 10.0.0.1 0.0.0.0 UG metric 100 eth0
  proc/net/route:4: 192.0.2.0 10.0.0.1 255.255.255.0 UG metric 0 eth0
  ? the question may have been asked just then: an entry is incomplete until the answer comes
`},
			{name: "of one network", host: arp(routed(eth0, byGate, "eth0 192.0.2.0/24 10.0.0.2 0"), "10.0.0.2 00:00:00:00:00:00 eth0 0x0"), want: `
T49 warning [gateway on eth0] gateway 10.0.0.2 of 1 route does not answer ARP on eth0
  proc/net/arp:2: 10.0.0.2 00:00:00:00:00:00 incomplete eth0
  proc/net/route:3: 192.0.2.0 10.0.0.2 255.255.255.0 UG metric 0 eth0
  ? the question may have been asked just then: an entry is incomplete until the answer comes
`},
		},
		near: []ruleCase{
			{name: "it answers, a host does not", host: arp(routed(eth0, byGate, lan), "10.0.0.1 00:16:3e:00:00:01 eth0", "10.0.0.9 00:00:00:00:00:00 eth0 0x0")},
			{name: "nobody asked", host: arp(routed(eth0, byGate, lan))},
			{name: "on another interface", host: arp(routed(both, byGate, lan), "10.0.0.1 00:16:3e:00:00:01 eth0", "10.0.0.1 00:00:00:00:00:00 eth1 0x0")},
			{name: "the machine answers for it", host: arp(routed(eth0, byGate, lan), "10.0.0.1 00:00:00:00:00:00 eth0 0xc")},
		},
	},
	"T51": {
		fires: []ruleCase{
			{name: "three, one of VRRP", host: arp(routed(both, byGate), "10.0.0.2 00:16:3e:00:00:01 eth0", "10.0.0.3 00:16:3E:00:00:01 eth0", "10.0.0.4 00:16:3e:00:00:01 eth0",
				"10.1.0.1 00:00:5e:00:01:07 eth1", "10.1.0.2 00:00:5e:00:01:07 eth1", "10.1.0.3 00:00:5e:00:01:07 eth1", "10.1.0.4 00:00:5e:00:01:07 eth1"), want: `
T51 info [shared hardware address on eth0] 3 addresses on eth0 have the hardware address 00:16:3e:00:00:01
  proc/net/arp:2: 10.0.0.2 00:16:3e:00:00:01 complete eth0
  proc/net/arp:3: 10.0.0.3 00:16:3E:00:00:01 complete eth0
  proc/net/arp:4: 10.0.0.4 00:16:3e:00:00:01 complete eth0
  = addresses of 00:16:3e:00:00:01: 3 addresses (limit 3 addresses, threshold addresses of T51)
T51 info [shared hardware address on eth1] 4 addresses on eth1 have the hardware address 00:00:5e:00:01:07, which is one of VRRP
  proc/net/arp:5: 10.1.0.1 00:00:5e:00:01:07 complete eth1
  proc/net/arp:6: 10.1.0.2 00:00:5e:00:01:07 complete eth1
  proc/net/arp:7: 10.1.0.3 00:00:5e:00:01:07 complete eth1
  proc/net/arp:8: 10.1.0.4 00:00:5e:00:01:07 complete eth1
  = addresses of 00:00:5e:00:01:07: 4 addresses (limit 3 addresses, threshold addresses of T51)
`},
			{name: "a clone", host: also(arp(routed(eth0, byGate), "10.0.0.2 00:16:3e:00:00:05 eth0"), "output/ip_address", ipText), want: `
T51 warning [hardware address of eth0] neighbour 10.0.0.2 on eth0 has the hardware address of eth0 itself: 00:16:3e:00:00:05
  proc/net/arp:2: 10.0.0.2 00:16:3e:00:00:05 complete eth0
  > look for a cloned virtual machine, and give it another hardware address: ip link show eth0
`},
			{name: "two of one address", host: arp(routed(both, byGate), "10.0.0.2 00:16:3e:00:00:01 eth0", "10.0.0.2 00:16:3e:00:00:02 eth1"), want: `
T51 info [address on several interfaces] 10.0.0.2 has another hardware address on each of 2 interfaces
  proc/net/arp:2: 10.0.0.2 00:16:3e:00:00:01 complete eth0
  proc/net/arp:3: 10.0.0.2 00:16:3e:00:00:02 complete eth1
  > ask whether these are networks of their own that use the same addresses; if not, two machines have one address: arping -D -I INTERFACE ADDRESS
`},
		},
		near: []ruleCase{
			{name: "two addresses", host: arp(routed(eth0), "10.0.0.2 00:16:3e:00:00:01 eth0", "10.0.0.3 00:16:3e:00:00:01 eth0")},
			{name: "unresolved, of Calico, permanent and of groups", host: arp(routed(eth0),
				"10.0.0.2 00:00:00:00:00:00 eth0 0x0", "10.0.0.3 00:00:00:00:00:00 eth0 0x0", "10.0.0.4 00:00:00:00:00:00 eth0 0x0",
				"10.1.0.2 ee:ee:ee:ee:ee:ee cali1", "10.1.0.3 ee:ee:ee:ee:ee:ee cali1", "10.1.0.4 ee:ee:ee:ee:ee:ee cali1",
				"10.2.0.2 00:16:3e:00:00:01 eth0 0x6", "10.2.0.3 00:16:3e:00:00:01 eth0 0x6", "10.2.0.4 00:16:3e:00:00:01 eth0 0x6",
				"10.3.0.2 01:00:5e:00:00:01 eth0", "10.3.0.3 01:00:5e:00:00:01 eth0", "10.3.0.4 01:00:5e:00:00:01 eth0")},
			{name: "the same on two interfaces", host: arp(routed(both), "10.0.0.2 00:16:3e:00:00:01 eth0", "10.0.0.2 00:16:3e:00:00:01 eth1")},
		},
	},
	"T52": {
		fires: []ruleCase{
			{name: "failed", host: inet6(routed(eth0), "2001:db8::5 88 eth0", "2001:db8::6 80 eth0", "2001:db8::7 09 eth0"), want: `
T52 critical [duplicate address on eth0] 2001:db8::5 on eth0 is in use by another machine: duplicate address detection failed
  proc/net/if_inet6:1: 2001:db8::5/64 eth0 flags 0x88
T52 warning [duplicate address on eth0] 2001:db8::7 on eth0 is in use by another machine: duplicate address detection failed
  proc/net/if_inet6:3: 2001:db8::7/64 eth0 flags 0x09
  ? it is a temporary address, in place of which the kernel makes another one
`},
			{name: "tentative", host: inet6(routed(eth0), "fe80::5 c0 eth0"), want: `
T52 warning [tentative address on eth0] fe80::5 on eth0 is tentative: duplicate address detection has not ended
  proc/net/if_inet6:1: fe80::5/64 eth0 flags 0xc0
  ? detection takes a second or two, and the address may just have been added
`},
		},
		near: []ruleCase{
			{name: "in use", host: inet6(routed(eth0), "2001:db8::5 80 eth0", "fe80::1 00 eth0", "::1 80 lo", "2001:db8::9 20 eth0")},
			{name: "tentative without a carrier, down, or on no interface", host: inet6(routed([]string{"eth0 nocarrier", "eth1 down"}), "fe80::5 c0 eth0", "fe80::6 c0 eth1", "fe80::7 40 eth2")},
			{name: "not known whether it has a carrier", host: inet6(withoutState(routed(eth0)), "fe80::5 c0 eth0")},
		},
	},
}

// inet6 adds addresses: "fe80::1 80 eth0" with the flags.
func inet6(h *fixtures.Host, addresses ...string) *fixtures.Host {
	var list []parser.Inet6Addr
	for _, text := range addresses {
		w := strings.Fields(text)
		flags, _ := strconv.ParseUint(w[1], 16, 8)
		list = append(list, parser.Inet6Addr{Addr: netip.MustParseAddr(w[0]), IfIndex: 2, PrefixLen: 64, Flags: uint8(flags), Iface: w[2]})
	}
	return h.Set("proc/net/if_inet6", fixtures.Kernel{}.IfInet6(list))
}

// withoutState takes away what tells whether interfaces have a carrier.
func withoutState(h *fixtures.Host) *fixtures.Host {
	for name := range h.Files {
		if strings.HasSuffix(name, "/operstate") {
			delete(h.Files, name)
		}
	}
	return h
}

// TestNoDefaultInNamespace: programs make network namespaces that need no default route.
func TestNoDefaultInNamespace(t *testing.T) {
	snap := snapshot.Load(routed(eth0, lan).FS(), snapshot.ByteOrder{Order: binary.LittleEndian})
	for name, want := range map[string]Severity{"qrouter-1": Info, "4026531840": Warning} {
		h := NewHost(snap, rows.Source{NetNS: parser.Some(name)}, nil, nil)
		if r := Run(h, []*Rule{noDefaultRoute}, nil); len(r.Findings) != 1 || r.Findings[0].Severity != want {
			t.Errorf("%s: found\n%s, want one %s", name, told(r), want)
		}
	}
}
