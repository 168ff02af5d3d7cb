package triage

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// linkTests prove the rules about links, and what is lost before the sockets.
var linkTests = map[string]ruleTest{
	"T33": {
		fires: []ruleCase{
			{name: "a slow program", host: holds(udpDrops(20000, 100000, 20000), 9, "/usr/sbin/rsyslogd", 77), want: `
T33 critical [udp port 514] rsyslogd (9) dropped 20,000 datagrams at udp port 514: 16.7% of all 120,000 datagrams that came in
  proc/net/udp:2: udp 0 0 0.0.0.0:514 0.0.0.0:* UNCONN drops 20000 inode 77 rsyslogd (9)
  = drops: 20,000 drops (limit 500 drops, threshold total of T33)
  = drops: 16.7% (limit 1%, threshold critical of T33)
`},
			{name: "a thousandth", host: udpDrops(600, 500000, 600), want: `
T33 warning [udp port 514] an unknown program dropped 600 datagrams at udp port 514: 0.12% of all 500,600 datagrams that came in
  proc/net/udp:2: udp 0 0 0.0.0.0:514 0.0.0.0:* UNCONN drops 600 inode 77
  = drops: 600 drops (limit 500 drops, threshold total of T33)
  = drops: 0.12% (limit 0.1%, threshold warning of T33)
`},
			{name: "a filter refuses them", host: udpDrops(20000, 100000, 1), want: `
T33 info [udp port 514] an unknown program dropped 20,000 datagrams at udp port 514: 16.7% of all 120,000 datagrams that came in, and not for lack of buffer (RcvbufErrors 1)
  proc/net/udp:2: udp 0 0 0.0.0.0:514 0.0.0.0:* UNCONN drops 20000 inode 77
  = drops: 20,000 drops (limit 500 drops, threshold total of T33)
  = drops: 16.7% (limit 1%, threshold critical of T33)
  > find what refuses them: a filter of the program (SO_ATTACH_FILTER), an IPsec policy, or a wrong checksum (InCsumErrors)
`},
			{name: "a burst", host: udpDrops(3, 100000, 3), want: `
T33 info [udp port 514] an unknown program dropped 3 datagrams at udp port 514: 0.003% of all 100,003 datagrams that came in
  proc/net/udp:2: udp 0 0 0.0.0.0:514 0.0.0.0:* UNCONN drops 3 inode 77
  = drops: 3 drops (limit 500 drops, threshold total of T33)
`},
			{name: "no counters", host: machine(map[string][]sock{"udp": {{local: "0.0.0.0:53", st: parser.Close, inode: 5, drops: 501}}}), want: `
T33 warning [udp port 53] an unknown program dropped 501 datagrams at udp port 53
  proc/net/udp:2: udp 0 0 0.0.0.0:53 0.0.0.0:* UNCONN drops 501 inode 5
  = drops: 501 drops (limit 500 drops, threshold total of T33)
  ? not known how many datagrams came in
`},
			{name: "a raw socket", host: machine(map[string][]sock{"raw": {{local: "0.0.0.0:112", st: parser.Close, inode: 5, rq: 213000, drops: 90000}}}), want: `
T33 info [raw IP protocol 112] an unknown program dropped 90,000 packets at a raw socket of IP protocol 112
  proc/net/raw:2: raw 213000 0 0.0.0.0 0.0.0.0 UNCONN drops 90000 inode 5
  = drops: 90,000 packets
  ? a program that only sends on its raw socket never reads what comes in, and loses nothing that it wants
  > nothing, if the program only sends on this socket; else see whether it reads fast enough
`},
		},
		near: []ruleCase{{name: "none is lost", host: udpDrops(0, 100000, 0)}, {name: "no sockets", host: machine(map[string][]sock{"udp": nil})}},
	},
	"T35": {
		fires: []ruleCase{{name: "keepalived", host: holds(netlinkHost(0, 4), 8, "keepalived", 101), want: `
T35 warning [netlink ROUTE] keepalived (8) lost 4 messages of netlink ROUTE
  proc/net/netlink:3: netlink ROUTE port ID 4242 groups 00000051 Recv-Q 0 drops 4 inode 101 keepalived (8)
  = lost: 4 messages (limit 1 messages, threshold warning of T35)
  ? programs that handle ENOBUFS ask the kernel anew, and then nothing is wrong
`}, {name: "nobody knows whose", host: netlinkHost(0, 1), want: `
T35 warning [netlink ROUTE] the program with port ID 4242 lost 1 message of netlink ROUTE
  proc/net/netlink:3: netlink ROUTE port ID 4242 groups 00000051 Recv-Q 0 drops 1 inode 101
  = lost: 1 messages (limit 1 messages, threshold warning of T35)
  ? programs that handle ENOBUFS ask the kernel anew, and then nothing is wrong
`}},
		near: []ruleCase{{name: "none is lost", host: netlinkHost(0, 0)}},
	},
	"T36": {
		fires: []ruleCase{
			{name: "one of a thousand", host: cpus(2, [3]uint64{1000000, 1000, 0}, [3]uint64{0, 0, 0}), want: `
T36 warning [] CPUs dropped 1,000 packets because their queues were full, 0.0999% of what came to them; net.core.netdev_max_backlog is 1,000 (the kernel's default)
  proc/net/softnet_stat:1: processed 1,000,000, dropped 1,000, time_squeeze 0
  = dropped: 0.0999 % of packets (limit 0.01 % of packets, threshold warning of T36)
  = dropped: 500 per hour (limit 3,600 per hour, threshold warning_rate of T36)
`},
			{name: "one a second", host: cpus(1, [3]uint64{4000000000, 3600, 0}), want: `
T36 warning [] CPUs dropped 3,600 packets because their queues were full, less than 0.001% of what came to them; net.core.netdev_max_backlog is 1,000 (the kernel's default)
  proc/net/softnet_stat:1: processed 4,000,000,000, dropped 3,600, time_squeeze 0
  = dropped: 3,600 per hour (limit 3,600 per hour, threshold warning_rate of T36)
`},
			{name: "a few", host: cpus(0, [3]uint64{1000, 5, 0}).Set("proc/sys/net/core/netdev_max_backlog", "300\n"), want: `
T36 info [] CPUs dropped 5 packets because their queues were full, 0.498% of what came to them; net.core.netdev_max_backlog is 300 (proc/sys/net/core/netdev_max_backlog)
  proc/net/softnet_stat:1: processed 1,000, dropped 5, time_squeeze 0
  = dropped: 0.498 % of packets (limit 0.01 % of packets, threshold warning of T36)
  ? not known for how long the machine had run
`},
			{name: "counters that wrapped", host: cpus(99, [3]uint64{5, 100, 0}).Set("proc/net/dev", dev("eth0: 0 4294967296 0 0 0 0 0 0 0 1 0 0 0 0 0 0")), want: `
T36 warning [] CPUs dropped 100 packets because their queues were full, 95.2% of what came to them; net.core.netdev_max_backlog is 1,000 (the kernel's default)
  proc/net/softnet_stat:1: processed 5, dropped 100, time_squeeze 0
  = dropped: 95.2 % of packets (limit 0.01 % of packets, threshold warning of T36)
  = dropped: 1.01 per hour (limit 3,600 per hour, threshold warning_rate of T36)
  ? the counters of the CPUs have 32 bits, and eth0 alone received more packets than that: they began again at 0
`},
		},
		near: []ruleCase{{name: "none", host: cpus(1, [3]uint64{1000000, 0, 99})}},
	},
	"T37": {
		fires: []ruleCase{
			{name: "one packet in ten", host: cpus(1, [3]uint64{3000000, 0, 1000}), want: `
T37 warning [] 1,000 rounds of receiving ended early among 3,000,000 packets; net.core.netdev_budget is 300 (the kernel's default)
  proc/net/softnet_stat:1: processed 3,000,000, dropped 0, time_squeeze 1,000
  = packets in such rounds, at most: 10 % of packets (limit 10 % of packets, threshold warning of T37)
`},
			{name: "one in a hundred", host: cpus(1, [3]uint64{30000000, 0, 1000}), want: `
T37 info [] 1,000 rounds of receiving ended early among 30,000,000 packets; net.core.netdev_budget is 300 (the kernel's default)
  proc/net/softnet_stat:1: processed 30,000,000, dropped 0, time_squeeze 1,000
  = packets in such rounds, at most: 1 % of packets (limit 1 % of packets, threshold info of T37)
`},
			{name: "another budget", host: cpus(1, [3]uint64{1000, 0, 4000000000}).Set("output/sysctl", "net.core.netdev_budget = 600\n"), want: `
T37 warning [] 4,000,000,000 rounds of receiving ended early among 1,000 packets; net.core.netdev_budget is 600 (output/sysctl)
  proc/net/softnet_stat:1: processed 1,000, dropped 0, time_squeeze 4,000,000,000
  = packets in such rounds, at most: 100 % of packets (limit 10 % of packets, threshold warning of T37)
`},
		},
		near: []ruleCase{
			{name: "after the start", host: cpus(1, [3]uint64{331846, 0, 161})},
			{name: "long ago", host: cpus(1, [3]uint64{400000000, 0, 1000})},
		},
	},
	"T38": {
		fires: []ruleCase{
			{name: "one of four", host: cpus(1, [3]uint64{1, 0, 0}, [3]uint64{4000100, 0, 0}, [3]uint64{1, 0, 0}, [3]uint64{1000000, 0, 0}), want: `
T38 info [] CPU 1 received 80% of all 5,000,102 packets, with 4 CPUs
  proc/net/softnet_stat:2: processed 4,000,100, dropped 0, time_squeeze 0
  proc/net/softnet_stat:4: processed 1,000,000, dropped 0, time_squeeze 0
  proc/net/softnet_stat:1: processed 1, dropped 0, time_squeeze 0
  proc/net/softnet_stat:3: processed 1, dropped 0, time_squeeze 0
  = share of one CPU: 80 % of packets (limit 80 % of packets, threshold share of T38)
`},
			{name: "no uptime", host: cpus(0, [3]uint64{100000000, 0, 0}, [3]uint64{}, [3]uint64{}, [3]uint64{}), want: `
T38 info [] CPU 0 received 100% of all 100,000,000 packets, with 4 CPUs
  proc/net/softnet_stat:1: processed 100,000,000, dropped 0, time_squeeze 0
  of 4
  = share of one CPU: 100 % of packets (limit 80 % of packets, threshold share of T38)
`},
		},
		near: []ruleCase{
			{name: "spread", host: cpus(1, [3]uint64{7900000, 0, 0}, [3]uint64{2100000, 0, 0}, [3]uint64{}, [3]uint64{})},
			{name: "hardly any traffic", host: cpus(100, [3]uint64{50000000, 0, 0}, [3]uint64{}, [3]uint64{}, [3]uint64{})},
			{name: "three CPUs", host: cpus(1, [3]uint64{50000000, 0, 0}, [3]uint64{}, [3]uint64{})},
		},
	},
	"T39": {
		fires: []ruleCase{
			{name: "one in ten received", host: ifaces(1, "eth0: 0 90000 0 10000 0 0 0 0 0 1 0 0 0 0 0 0"), want: `
T39 critical [eth0] eth0 dropped on receiving 10,000 packets, 10% of 100,000
  proc/net/dev:3: eth0 RX packets 90000 errors 0 dropped 10000 overruns 0 frame 0; TX packets 1 errors 0 dropped 0 overruns 0 carrier 0 collisions 0
  = dropped on receiving: 10 % of packets (limit 10 % of packets, threshold critical of T39)
  ? frames of protocols that the machine does not speak (STP, LLDP, other VLANs) are counted, too
`},
			{name: "a full ring", host: ifaces(0, "eth0: 0 98000 0 2000 2000 0 0 0 0 1 0 0 0 0 0 0"), want: `
T39 warning [eth0] eth0 dropped on receiving 2,000 packets, 2% of 100,000
  proc/net/dev:3: eth0 RX packets 98000 errors 0 dropped 2000 overruns 2000 frame 0; TX packets 1 errors 0 dropped 0 overruns 0 carrier 0 collisions 0
  = dropped on receiving: 2 % of packets (limit 2 % of packets, threshold warning of T39)
`},
			{name: "no more than STP makes", host: ifaces(10, "eth0: 0 90000 0 20000 0 0 0 0 0 1 0 0 0 0 0 0"), want: `
T39 info [eth0] eth0 dropped on receiving 20,000 packets, 18.2% of 110,000
  proc/net/dev:3: eth0 RX packets 90000 errors 0 dropped 20000 overruns 0 frame 0; TX packets 1 errors 0 dropped 0 overruns 0 carrier 0 collisions 0
  = dropped on receiving: 18.2 % of packets (limit 10 % of packets, threshold critical of T39)
  = dropped on receiving: 2,000 per hour (limit 3,600 per hour, threshold min_rate of T39)
  ? frames of protocols that the machine does not speak (STP, LLDP, other VLANs) are counted, too
`},
			{name: "no uptime", host: ifaces(0, "eth0: 0 90000 0 10000 0 0 0 0 0 1 0 0 0 0 0 0"), want: `
T39 warning [eth0] eth0 dropped on receiving 10,000 packets, 10% of 100,000
  proc/net/dev:3: eth0 RX packets 90000 errors 0 dropped 10000 overruns 0 frame 0; TX packets 1 errors 0 dropped 0 overruns 0 carrier 0 collisions 0
  = dropped on receiving: 10 % of packets (limit 10 % of packets, threshold critical of T39)
  ? not known for how long the machine had run
  ? frames of protocols that the machine does not speak (STP, LLDP, other VLANs) are counted, too
`},
			{name: "sent into nothing", host: ifaces(1, "tap3: 0 1 0 0 0 0 0 0 0 900 0 101 0 0 0 0", "wlan0: 0 1 0 0 0 0 0 0 0 9000 0 1000 0 0 0 0", "eth0: 0 1 0 0 0 0 0 0 0 900 0 101 0 0 0 0"), want: `
T39 critical [eth0] eth0 dropped on sending 101 packets, 10.1% of 1,001
  proc/net/dev:5: eth0 RX packets 1 errors 0 dropped 0 overruns 0 frame 0; TX packets 900 errors 0 dropped 101 overruns 0 carrier 0 collisions 0
  = dropped on sending: 10.1 % of packets (limit 10 % of packets, threshold critical of T39)
  > see whether the link was down (dmesg), and what ethtool -S and tc -s qdisc tell
T39 warning [tap3] tap3 dropped on sending 101 packets, 10.1% of 1,001
  proc/net/dev:3: tap3 RX packets 1 errors 0 dropped 0 overruns 0 frame 0; TX packets 900 errors 0 dropped 101 overruns 0 carrier 0 collisions 0
  = dropped on sending: 10.1 % of packets (limit 10 % of packets, threshold critical of T39)
  > see whether what is behind the interface (a container, a virtual machine, a tunnel) takes its packets, and whether it was up all the time
T39 warning [wlan0] wlan0 dropped on sending 1,000 packets, 10% of 10,000
  proc/net/dev:4: wlan0 RX packets 1 errors 0 dropped 0 overruns 0 frame 0; TX packets 9000 errors 0 dropped 1000 overruns 0 carrier 0 collisions 0
  = dropped on sending: 10 % of packets (limit 10 % of packets, threshold wifi of T39)
  > see whether the link was down (dmesg), and what ethtool -S and tc -s qdisc tell
`},
		},
		near: []ruleCase{
			{name: "less than two in a hundred", host: ifaces(1, "eth0: 0 98100 0 1900 0 0 0 0 0 98100 0 1900 0 0 0 0")},
			{name: "hardly any traffic", host: ifaces(1, "tun9: 0 5000 0 5000 0 0 0 0 0 0 0 1000 0 0 0 0")},
			{name: "wireless", host: ifaces(1, "wlp3s0: 0 91000 0 9000 0 0 0 0 0 1 0 0 0 0 0 0")},
			{name: "an idle interface of a bond", host: ifaces(1, "eth1: 0 90000 0 10000 0 0 0 0 0 1 0 0 0 0 0 0").
				Set("proc/net/bonding/bond0", bondFile("fault-tolerance (active-backup)\nCurrently Active Slave: eth0", "eth0 up 0", "eth1 up 0"))},
		},
	},
	"T40": {
		fires: []ruleCase{
			{name: "a bad cable", host: ifaces(1, "eth0: 0 9900 100 0 40 60 0 0 0 10 0 0 0 0 12 0"), want: `
T40 warning [eth0] eth0 has 100 errors on receiving (1%), 60 of them damaged frames, 40 of them because the card's buffer was full; 12 losses of the carrier
  proc/net/dev:3: eth0 RX packets 9900 errors 100 dropped 0 overruns 40 frame 60; TX packets 10 errors 0 dropped 0 overruns 0 carrier 12 collisions 0
  = errors on receiving: 1 % of packets (limit 1 % of packets, threshold warning of T40)
  = carrier errors: 12 losses (limit 10 losses, threshold carrier of T40)
`},
			{name: "a duplex mismatch", host: ifaces(1, "eth0: 0 1 0 0 0 0 0 0 0 100000 0 0 0 100 0 0"), want: `
T40 info [eth0] eth0 has 100 collisions (0.0999%), which a full duplex link never has
  proc/net/dev:3: eth0 RX packets 1 errors 0 dropped 0 overruns 0 frame 0; TX packets 100000 errors 0 dropped 0 overruns 0 carrier 0 collisions 100
  = collisions: 0.0999 % of packets (limit 0.01 % of packets, threshold info of T40)
`},
			{name: "a full ring", host: ifaces(1, "eth0: 0 9900 0 0 100 0 0 0 0 900 100 0 0 0 0 0"), want: `
T40 warning [eth0] eth0 has 100 errors on sending (10%); 100 frames lost because the card's buffer was full (1%)
  proc/net/dev:3: eth0 RX packets 9900 errors 0 dropped 0 overruns 100 frame 0; TX packets 900 errors 100 dropped 0 overruns 0 carrier 0 collisions 0
  = errors on sending: 10 % of packets (limit 1 % of packets, threshold warning of T40)
  = frames lost because the card's buffer was full: 1 % of packets (limit 1 % of packets, threshold warning of T40)
`},
		},
		near: []ruleCase{
			{name: "fewer", host: ifaces(1, "eth0: 0 900 99 0 99 99 0 0 0 10 99 0 0 99 9 0")},
			{name: "a tunnel", host: ifaces(1, "tun0: 0 1 500 0 0 0 0 0 0 1 500 0 0 0 500 0", "lo: 0 1 500 0 0 0 0 0 0 1 0 0 0 0 0 0")},
		},
	},
	"T41": {
		fires: []ruleCase{
			{name: "a sniffer", host: holds(sniffed(), 5, "tcpdump", 44), want: `
T41 warning [eth0] eth0 takes all frames (promiscuous mode); tcpdump (5) has a packet socket for all of them
  output/ip_address:1: eth0 promiscuity 1
  sys/class/net/eth0/flags:1: 0x1103 (0x100 is IFF_PROMISC)
  proc/net/packet:2: packet RAW protocol 0003 on eth0 user 0 inode 44 tcpdump (5)
  = promiscuity: 1
`},
			{name: "by hand", host: fixtures.NewHost(map[string]string{"output/ip_link": "2: eth0: <BROADCAST,PROMISC,UP> mtu 1500 qdisc noop state UP\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n"}), want: `
T41 warning [eth0] eth0 takes all frames (promiscuous mode)
  output/ip_link:1: eth0 PROMISC
`},
			{name: "only sysfs", host: fixtures.NewHost(map[string]string{"sys/class/net/eth0/flags": "0x1103\n"}), want: `
T41 info [eth0] eth0 takes all frames (promiscuous mode)
  sys/class/net/eth0/flags:1: 0x1103 (0x100 is IFF_PROMISC)
  ? not known whether it is a port of a bridge or a switch in software: no output of ip is in the bundle
`},
			{name: "a bridge, and one that ip lacks", host: fixtures.NewHost(map[string]string{
				"output/ip_address":        "2: cbr0: <PROMISC,UP> mtu 1500\n    link/ether 02:00:00:00:00:01 promiscuity 1\n    bridge forward_delay 1500\n",
				"sys/class/net/ens9/flags": "0x1103\n",
			}), want: `
T41 info [cbr0] cbr0 takes all frames (promiscuous mode)
  output/ip_address:1: cbr0 promiscuity 1
  = promiscuity: 1
  ? Kubernetes and other programs set bridges so for their containers to reach themselves
T41 info [ens9] ens9 takes all frames (promiscuous mode)
  sys/class/net/ens9/flags:1: 0x1103 (0x100 is IFF_PROMISC)
  ? no output of ip tells of this interface
`},
		},
		near: []ruleCase{
			{name: "ports, and what is below them", host: fixtures.NewHost(map[string]string{
				"output/ip_address": "2: eth0: <UP> mtu 1500\n    link/ether 02:00:00:00:00:01 promiscuity 1\n3: eth0.5@eth0: <UP> mtu 1500 master br0\n    link/ether 02:00:00:00:00:01 promiscuity 1\n    vlan protocol 802.1Q id 5\n    bridge_slave state forwarding\n" +
					"4: br-int: <UP> mtu 1500\n    link/ether 02:00:00:00:00:01 promiscuity 1\n    openvswitch\n5: eth1: <UP> mtu 1500\n    link/ether 02:00:00:00:00:01 promiscuity 1\n6: mac@eth1: <UP> mtu 1500\n    link/ether 02:00:00:00:00:01 promiscuity 0\n    macvlan mode passthru\n",
				"sys/class/net/eth0/flags": "0x1103\n", "sys/class/net/br0/flags": "0x1003\n", "sys/class/net/veth7/flags": "0x1303\n", "sys/class/net/eth7/flags": "0x1903\n",
			})},
			{name: "a port of which only sysfs tells", host: fixtures.NewHost(map[string]string{"sys/class/net/eth0/flags": "0x1303\n"})},
		},
	},
	"T42": {
		fires: []ruleCase{
			{name: "tcpdump", host: holds(packetHost(3, 3), 5, "tcpdump", 44), want: `
T42 info [packet socket on eth0] tcpdump (5) has 2 packet sockets for all frames on eth0
  proc/net/packet:2: packet RAW protocol 0003 on eth0 user 0 inode 44 tcpdump (5)
  proc/net/packet:3: packet RAW protocol 0003 on eth0 user 0 inode 44 tcpdump (5)
`},
			{name: "whoever it is", host: packetHost(3), want: `
T42 info [packet socket on eth0] an unknown program of user 0 has 1 packet socket for all frames on eth0
  proc/net/packet:2: packet RAW protocol 0003 on eth0 user 0 inode 44
  ? the capture does not tell which process has which socket
`},
		},
		near: []ruleCase{{name: "lldpd", host: packetHost(0x88cc)}},
	},
	"T50": {
		fires: []ruleCase{
			{name: "full", host: neighbours("0400", "24").Set("proc/sys/net/ipv4/neigh/default/gc_thresh3", "1024\n"), want: `
T50 critical [ARP table] the ARP table has 1,024 entries of at most 1,024; 36 times since the start there was no room for a new one
  proc/net/stat/arp_cache: entries 1,024, table_fulls 36 (all CPUs)
  = entries: 1,024 entries (limit 819 entries, 80% of 1,024, net.ipv4.neigh.default.gc_thresh3 of proc/sys/net/ipv4/neigh/default/gc_thresh3)
  = table_fulls: 36 refusals (limit 1 refusals, threshold fulls of T50)
`},
			{name: "nearly full", host: neighbours("0334", "0"), want: `
T50 warning [ARP table] the ARP table has 820 entries of at most 1,024
  proc/net/stat/arp_cache: entries 820, table_fulls 0 (all CPUs)
  = entries: 820 entries (limit 819 entries, 80% of 1,024, the kernel's default of net.ipv4.neigh.default.gc_thresh3)
`},
			{name: "it was full", host: fixtures.NewHost(map[string]string{"proc/net/stat/ndisc_cache": "entries  allocs table_fulls\n00000005 00000001 00000001\n00000005 00000001 00000000\n"}), want: `
T50 warning [IPv6 neighbour table] the IPv6 neighbour table has 5 entries of at most 1,024; 1 time since the start there was no room for a new one
  proc/net/stat/ndisc_cache: entries 5, table_fulls 1 (all CPUs)
  = entries: 5 entries (limit 819 entries, 80% of 1,024, the kernel's default of net.ipv6.neigh.default.gc_thresh3)
  = table_fulls: 1 refusals (limit 1 refusals, threshold fulls of T50)
`},
			{name: "a scan, as the table of this namespace tells", host: fixtures.NewHost(map[string]string{"proc/net/arp": arpOf(9, 8, 1), "output/sysctl": "net.ipv4.neigh.default.gc_thresh3 = 20\n"}), want: `
T50 warning [ARP table] the ARP table has 18 entries of at most 20; 9 of 18 that are listed never answered, as after a scan
  proc/net/arp: 18 entries
  = entries: 18 entries (limit 16 entries, 80% of 20, net.ipv4.neigh.default.gc_thresh3 of output/sysctl)
  ? the limit is for the neighbours of all network namespaces, and only those of this one were counted
  ? 1 entry is permanent, which kernels from 5.0 on do not count
`},
		},
		near: []ruleCase{{name: "room enough", host: neighbours("0332", "0")}, {name: "no limit", host: neighbours("0332", "0").Set("proc/sys/net/ipv4/neigh/default/gc_thresh3", "0\n")}},
	},
	"T53": {
		fires: []ruleCase{
			{name: "full", host: conntrack(95, 100, "64 0 0 0"), want: `
T53 critical [conntrack table] connection tracking has 95 entries of at most 100
  proc/sys/net/netfilter/nf_conntrack_count: net.netfilter.nf_conntrack_count 95
  proc/sys/net/netfilter/nf_conntrack_max: net.netfilter.nf_conntrack_max 100
  = tracked: 95 % of nf_conntrack_max (limit 95 % of nf_conntrack_max, threshold critical of T53)
`},
			{name: "full, and it costs packets", host: conntrack(90, 100, "5a 0 64 5"), want: `
T53 critical [conntrack drops] connection tracking dropped 100 packets, and threw 5 connections away before their time because the table was full
  proc/net/stat/nf_conntrack: entries 90, insert_failed 0, drop 100, early_drop 5 (all CPUs)
  = drop: 100 packets (limit 100 packets, threshold drops of T53)
  = early_drop: 5 connections
T53 warning [conntrack table] connection tracking has 90 entries of at most 100
  proc/sys/net/netfilter/nf_conntrack_count: net.netfilter.nf_conntrack_count 90
  proc/sys/net/netfilter/nf_conntrack_max: net.netfilter.nf_conntrack_max 100
  = tracked: 90 % of nf_conntrack_max (limit 85 % of nf_conntrack_max, threshold warning of T53)
`},
			{name: "it was full", host: conntrack(10, 100, "a 0 0 1"), want: `
T53 warning [conntrack drops] connection tracking dropped 0 packets, and threw 1 connection away before their time because the table was full
  proc/net/stat/nf_conntrack: entries 10, insert_failed 0, drop 0, early_drop 1 (all CPUs)
  = drop: 0 packets (limit 100 packets, threshold drops of T53)
  = early_drop: 1 connections
  ? it was some time since the start: the table is not nearly full now
`},
			{name: "three quarters, by the older name", host: fixtures.NewHost(map[string]string{"output/sysctl": "net.netfilter.nf_conntrack_count = 75\nnet.nf_conntrack_max = 100\n"}), want: `
T53 info [conntrack table] connection tracking has 75 entries of at most 100
  output/sysctl: net.netfilter.nf_conntrack_count 75
  output/sysctl: net.nf_conntrack_max 100
  = tracked: 75 % of nf_conntrack_max (limit 75 % of nf_conntrack_max, threshold info of T53)
`},
			{name: "clashes", host: conntrack(1, 100, "1 78 0 0").Set("proc/uptime", uptime(2)), want: `
T53 info [conntrack clashes] 120 packets were dropped because another of the same flow was entered at the same moment (insert_failed)
  proc/net/stat/nf_conntrack: entries 1, insert_failed 120, drop 0, early_drop 0 (all CPUs)
  = insert_failed: 120 packets (limit 100 packets, threshold clashes of T53)
  = insert_failed: 60 per hour (limit 60 per hour, threshold clash_rate of T53)
  > if names resolve slowly now and then, this is why: let resolvers use one socket for each query (options single-request-reopen), or a cache on the machine
`},
			{name: "clashes and no uptime", host: fixtures.NewHost(map[string]string{conntrackStat: ctStat("1 64 0 0")}), want: `
T53 info [conntrack clashes] 100 packets were dropped because another of the same flow was entered at the same moment (insert_failed)
  proc/net/stat/nf_conntrack: entries 1, insert_failed 100, drop 0, early_drop 0 (all CPUs)
  = insert_failed: 100 packets (limit 100 packets, threshold clashes of T53)
  ? not known for how long the machine had run
  > if names resolve slowly now and then, this is why: let resolvers use one socket for each query (options single-request-reopen), or a cache on the machine
`},
		},
		near: []ruleCase{
			{name: "room enough", host: conntrack(74, 100, "4a 63 63 0")},
			{name: "no limit", host: conntrack(74, 0, "4a 0 0 0")},
			{name: "few clashes an hour", host: conntrack(1, 100, "1 64 0 0").Set("proc/uptime", uptime(2))},
		},
	},
	"T64": {
		fires: []ruleCase{
			{name: "one of two", host: bonded("fault-tolerance (active-backup)", "eth0 up 0", "eth1 down 12").Set("proc/uptime", uptime(3)), want: `
T64 warning [bond0] bond0 (fault-tolerance (active-backup)) runs on 1 of 2 interfaces: without eth1 (down)
  proc/net/bonding/bond0:13: Slave Interface: eth1, MII Status: down, Speed: 1000 Mbps, Link Failure Count: 12
  = interfaces with a link: 1 interfaces (limit 2 interfaces, proc/net/bonding/bond0)
T64 info [bond0 eth1] the link of eth1 in bond0 went down 12 times since the bond was made
  proc/net/bonding/bond0:13: Slave Interface: eth1, MII Status: down, Speed: 1000 Mbps, Link Failure Count: 12
  = link failures: 12 link failures (limit 10 link failures, threshold failures of T64)
  = link failures: 4 per hour
  > look for a pattern in the kernel's log (link down), then change the cable, the transceiver or the port
`},
			{name: "none", host: bonded("fault-tolerance (active-backup)", "eth0 down 1", "eth1 going-down 1"), want: `
T64 critical [bond0] bond0 (fault-tolerance (active-backup)) has no interface with a link: eth0 (down), eth1 (going down)
  proc/net/bonding/bond0:7: Slave Interface: eth0, MII Status: down, Speed: 1000 Mbps, Link Failure Count: 1
  proc/net/bonding/bond0:13: Slave Interface: eth1, MII Status: going down, Speed: 1000 Mbps, Link Failure Count: 1
  = interfaces with a link: 0 interfaces (limit 2 interfaces, proc/net/bonding/bond0)
`},
			{name: "not in the aggregate", host: bonded("IEEE 802.3ad Dynamic link aggregation\nActive Aggregator Info:\n\tAggregator ID: 1\n\tPartner Mac Address: 02:00:00:00:00:99", "eth0 up 0 1", "eth1 up 0 2"), want: `
T64 warning [bond0] bond0 (802.3ad) sends over 1 of 2 interfaces, although all have a link
  proc/net/bonding/bond0:17: Slave Interface: eth1, MII Status: up, Speed: 1000 Mbps, Link Failure Count: 0, Aggregator ID: 2
  = interfaces in the aggregate: 1 interfaces (limit 2 interfaces, proc/net/bonding/bond0)
  > see that the ports of the switch are one LACP group, and that all of the bond have the same speed and duplex
`},
			{name: "no LACP", host: bonded("IEEE 802.3ad Dynamic link aggregation\nActive Aggregator Info:\n\tAggregator ID: 1\n\tPartner Mac Address: 00:00:00:00:00:00", "eth0 up 0 1"), want: `
T64 warning [bond0] bond0 (802.3ad): no switch answers with LACP
  proc/net/bonding/bond0: Partner Mac Address: 00:00:00:00:00:00
  = interfaces in the aggregate: 1 interfaces (limit 1 interfaces, proc/net/bonding/bond0)
  > see that the ports of the switch are one LACP group, and that all of the bond have the same speed and duplex
`},
		},
		near: []ruleCase{
			{name: "whole", host: bonded("IEEE 802.3ad Dynamic link aggregation\nActive Aggregator Info:\n\tAggregator ID: 1\n\tPartner Mac Address: 02:00:00:00:00:99", "eth0 up 9 1", "eth1 up 0 1")},
			{name: "not in use", host: fixtures.NewHost(map[string]string{"proc/net/bonding/bond0": bondFile("load balancing (round-robin)")})},
			{name: "off", host: bonded("fault-tolerance (active-backup)", "eth0 down 1").Set("sys/class/net/bond0/flags", "0x1402\n").Set("sys/class/net/bond0/mtu", "1500\n")},
			{name: "no bond at all", host: fixtures.NewHost(map[string]string{"sys/class/net/eth0/flags": "0x1003\n"})},
		},
	},
	"T65": {
		fires: []ruleCase{
			{name: "a port too small", host: links("2: eth0: <UP> mtu 1500 master br0", "3: br0: <UP> mtu 9000\n    link/ether 02:00:00:00:00:01\n    bridge forward_delay 1500"), want: `
T65 warning [eth0] eth0, a port of the bridge br0, has an MTU of 1500, and br0 one of 9000
  output/ip_link:1: eth0 mtu 1500
  output/ip_link:2: br0 mtu 9000
  = MTU of eth0: 1,500 bytes (limit 9,000 bytes, br0)
`},
			{name: "a bond", host: links("2: eth0: <UP> mtu 9000 master bond0\n    link/ether 02:00:00:00:00:01\n    bond_slave state ACTIVE", "3: bond0: <UP> mtu 1500"), want: `
T65 warning [eth0] eth0, a port of the bond bond0, has an MTU of 9000, and bond0 one of 1500
  output/ip_link:1: eth0 mtu 9000
  output/ip_link:4: bond0 mtu 1500
  = MTU of eth0: 9,000 bytes (limit 1,500 bytes, bond0)
`},
			{name: "a VLAN", host: links("2: eth0: <UP> mtu 1500", "3: eth0.5@eth0: <UP> mtu 9000\n    link/ether 02:00:00:00:00:01\n    vlan protocol 802.1Q id 5"), want: `
T65 warning [eth0] the VLAN eth0.5 has an MTU of 9000, and eth0 below it one of 1500
  output/ip_link:1: eth0 mtu 1500
  output/ip_link:2: eth0.5 mtu 9000
  = MTU of eth0: 1,500 bytes (limit 9,000 bytes, eth0.5)
`},
		},
		near: []ruleCase{
			{name: "a port larger than its bridge", host: links("2: eth0: <UP> mtu 9000 master br0", "3: br0: <UP> mtu 1500\n    link/ether 02:00:00:00:00:01\n    bridge forward_delay 1500")},
			{name: "Open vSwitch", host: links("2: tap1: <UP> mtu 1450 master ovs-system\n    link/ether 02:00:00:00:00:01\n    openvswitch_slave", "3: ovs-system: <UP> mtu 1500\n    link/ether 02:00:00:00:00:01\n    openvswitch")},
			{name: "off", host: links("2: eth0: <BROADCAST> mtu 1500 master br0", "3: br0: <UP> mtu 9000\n    link/ether 02:00:00:00:00:01\n    bridge forward_delay 1500")},
			{name: "a smaller VLAN", host: links("2: eth0: <UP> mtu 9000", "3: eth0.5@eth0: <UP> mtu 1500\n    link/ether 02:00:00:00:00:01\n    vlan protocol 802.1Q id 5")},
		},
	},
}

// udpDrops is a machine with a syslog server that dropped datagrams.
func udpDrops(drops, in, full uint64) *fixtures.Host {
	return machine(map[string][]sock{"udp": {{local: "0.0.0.0:514", st: parser.Close, inode: 77, drops: drops}}}).
		Set("proc/net/snmp", counterFile(fmt.Sprintf("Udp InDatagrams=%d NoPorts=0 InErrors=%d RcvbufErrors=%d", in, drops, full)))
}

// netlinkHost has a socket of the kernel and one of a program, which lost messages.
func netlinkHost(kernel, program uint64) *fixtures.Host {
	return fixtures.NewHost(map[string]string{"proc/net/netlink": fixtures.Kernel{}.Netlink([]parser.NetlinkSocket{
		{Protocol: 0, RefCount: 2, Dumping: parser.Some(false), Drops: parser.Some(kernel), Inode: parser.Some[uint64](1)},
		{Protocol: 0, PortID: 4242, Groups: 0x51, RefCount: 2, Dumping: parser.Some(false), Drops: parser.Some(program), Inode: parser.Some[uint64](101)},
	})})
}

// packetHost has a packet socket for each ethertype on interface 2, of one program.
func packetHost(types ...uint16) *fixtures.Host {
	var list []parser.LinkSocket
	for _, p := range types {
		list = append(list, parser.LinkSocket{RefCount: 3, Type: 3, Protocol: p, IfIndex: 2, Running: true, Inode: 44})
	}
	return fixtures.NewHost(map[string]string{
		"proc/net/packet":   fixtures.Kernel{}.Packet(list),
		"proc/net/if_inet6": "fe800000000000000000000000000001 02 40 20 80     eth0\n",
	})
}

func sniffed() *fixtures.Host {
	return packetHost(3).Set("sys/class/net/eth0/flags", "0x1103\n").
		Set("output/ip_address", "2: eth0: <BROADCAST,UP> mtu 1500 qdisc noop state UP\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 1\n")
}

// cpus is a machine whose CPUs processed, dropped and squeezed so much. It has been up
// for so many hours; 0 is not known.
func cpus(hours int, rows ...[3]uint64) *fixtures.Host {
	var b strings.Builder
	for i, r := range rows {
		fmt.Fprintf(&b, "%08x %08x %08x %s%08x 00000000 00000000\n", r[0], r[1], r[2], strings.Repeat("00000000 ", 9), i)
	}
	h := fixtures.NewHost(map[string]string{"proc/net/softnet_stat": b.String()})
	if hours > 0 {
		h.Set("proc/uptime", uptime(hours))
	}
	return h
}

// dev is proc/net/dev.
func dev(rows ...string) string {
	return "Inter-|   Receive                                                |  Transmit\n" +
		" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n" + strings.Join(rows, "\n") + "\n"
}

// ifaces is a machine with interfaces that has been up for so many hours.
func ifaces(hours int, rows ...string) *fixtures.Host {
	h := fixtures.NewHost(map[string]string{"proc/net/dev": dev(rows...)})
	if hours > 0 {
		h.Set("proc/uptime", uptime(hours))
	}
	return h
}

// neighbours is a machine of two CPUs with so many entries and refusals, hexadecimal.
func neighbours(entries, fulls string) *fixtures.Host {
	return fixtures.NewHost(map[string]string{
		"proc/net/stat/arp_cache": fmt.Sprintf("entries  allocs   destroys table_fulls\n%s 0 0 %s\n%s 0 0 0\n", entries, fulls, entries),
	})
}

// arpOf is proc/net/arp with entries that never answered, that did, and permanent ones.
func arpOf(incomplete, complete, permanent int) string {
	var list []parser.ARPEntry
	for i, flags := range slices.Concat(slices.Repeat([]uint32{0}, incomplete), slices.Repeat([]uint32{parser.ATFComplete}, complete), slices.Repeat([]uint32{parser.ATFComplete | parser.ATFPermanent}, permanent)) {
		list = append(list, parser.ARPEntry{Addr: netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), HWType: 1, Flags: flags, HWAddr: "02:00:00:00:00:01", Mask: "*", Iface: "eth0"})
	}
	return fixtures.Kernel{}.ARP(list)
}

// ctStat is proc/net/stat/nf_conntrack: entries, insert_failed, drop, early_drop.
func ctStat(row string) string {
	return "entries  insert_failed drop early_drop\n" + row + "\n" + strings.Fields(row)[0] + " 0 0 0\n"
}

func conntrack(count, limit int, row string) *fixtures.Host {
	return fixtures.NewHost(map[string]string{
		"proc/sys/net/netfilter/nf_conntrack_count": fmt.Sprintln(count), "proc/sys/net/netfilter/nf_conntrack_max": fmt.Sprintln(limit),
		conntrackStat: ctStat(row),
	})
}

// bondFile is a file of proc/net/bonding. A slave is "eth0 up 3 1": its link, how often
// that failed, and its aggregator.
func bondFile(mode string, slaves ...string) string {
	text := "Ethernet Channel Bonding Driver: v6.1.0\n\nBonding Mode: " + mode + "\nMII Status: up\nMII Polling Interval (ms): 100\n"
	for _, s := range slaves {
		f := append(strings.Fields(s), "")
		text += fmt.Sprintf("\nSlave Interface: %s\nMII Status: %s\nSpeed: 1000 Mbps\nDuplex: full\nLink Failure Count: %s\n", f[0], strings.ReplaceAll(f[1], "-", " "), f[2])
		if f[3] != "" {
			text += "Aggregator ID: " + f[3] + "\n"
		}
	}
	return text
}

func bonded(mode string, slaves ...string) *fixtures.Host {
	return fixtures.NewHost(map[string]string{"proc/net/bonding/bond0": bondFile(mode, slaves...)})
}

// links is what ip -d link prints.
func links(rows ...string) *fixtures.Host {
	return fixtures.NewHost(map[string]string{"output/ip_link": strings.Join(rows, "\n") + "\n"})
}

// TestLinkRulesSkip: what these rules cannot know they do not call fine.
func TestLinkRulesSkip(t *testing.T) {
	noDrops := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   1: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5 2 c1f09e40\n"
	for _, tc := range []struct {
		rule, name, want string
		host             *fixtures.Host
	}{
		{"T33", "old kernel", "no row of the tables of datagram sockets has a column of drops (proc/net/udp)", fixtures.NewHost(map[string]string{"proc/net/udp": noDrops})},
		{"T35", "old kernel", "proc/net/netlink has no column of drops: the kernel is older than 2.6.38 (proc/net/netlink)", fixtures.NewHost(map[string]string{
			"proc/net/netlink": fixtures.Kernel{}.NetlinkRHEL5([]parser.NetlinkSocket{{RefCount: 2}}),
		})},
		{"T36", "no rows", "proc/net/softnet_stat has no row that can be read (proc/net/softnet_stat)", fixtures.NewHost(map[string]string{"proc/net/softnet_stat": "x\n"})},
		{"T37", "no rows", "proc/net/softnet_stat has no row that can be read (proc/net/softnet_stat)", fixtures.NewHost(map[string]string{"proc/net/softnet_stat": "x\n"})},
		{"T38", "no rows", "proc/net/softnet_stat has no row that can be read (proc/net/softnet_stat)", fixtures.NewHost(map[string]string{"proc/net/softnet_stat": "x\n"})},
		{"T39", "no counters", "nothing tells the counters of any interface (proc/net/dev)", links("2: eth0: <UP> mtu 1500")},
		{"T40", "no counters", "nothing tells the counters of any interface (proc/net/dev)", links("2: eth0: <UP> mtu 1500")},
		{"T53", "no limit", "not known how many connections may be tracked: the default depends on the machine's memory (proc/sys/net/netfilter/nf_conntrack_max)", fixtures.NewHost(map[string]string{conntrackStat: ctStat("1 0 0 0")})},
		{"T53", "not loaded", "neither how many connections are tracked nor how many may be is in the bundle (proc/sys/net/netfilter/nf_conntrack_count)", fixtures.NewHost(map[string]string{"output/sysctl": "net.core.somaxconn = 128\n"})},
		{"T64", "a bond without its file", "bond0 is made of several interfaces, and no file of proc/net/bonding tells which (proc/net/bonding/*)", links("2: bond0: <MASTER,UP> mtu 1500")},
	} {
		rules, err := ByID([]string{tc.rule})
		if err != nil {
			t.Fatal(err)
		}
		r := check(t, rules[0], ruleCase{host: tc.host})
		got := ""
		for _, s := range r.NotChecked {
			got += s.Why + " (" + s.File + ")"
		}
		if got != tc.want || len(r.Findings) != 0 {
			t.Errorf("%s, %s: %s\n%s\nwant %s", tc.rule, tc.name, got, told(r), tc.want)
		}
	}
}
