package triage

import "github.com/coldstat/coldstat/fixtures"

// packetCounterTests prove those about IP and UDP.
var packetCounterTests = map[string]ruleTest{
	"T27": {
		fires: []ruleCase{
			{name: "ten a minute", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp InSegs=9000000 InCsumErrors=1200", "Udp InDatagrams=900 InCsumErrors=0"), "proc/uptime": uptime(2)}), want: `
T27 warning [tcp] 1,200 segments of TCP came with a wrong checksum since the start (0.0133% of 9,000,000 segments received)
  proc/net/snmp:2: Tcp: InCsumErrors 1200
  proc/net/snmp:2: Tcp: InSegs 9000000 (9000000 segments received)
  = InCsumErrors: 1,200 packets (limit 100 packets, threshold total of T27)
  = share of segments received: 0.0133% (limit 0.1%, threshold warning_share of T27)
  = InCsumErrors: 600 per hour (limit 600 per hour, threshold warning_rate of T27)
`},
			{name: "one in a thousand of UDP", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp InSegs=9000000 InCsumErrors=0", "Udp InDatagrams=99900 InCsumErrors=100"), "proc/net/snmp6": counter6("Udp6InDatagrams=99900 Udp6InCsumErrors=100"), "proc/uptime": uptime(1000)}), want: `
T27 warning [udp] 100 datagrams of UDP came with a wrong checksum since the start (0.1% of 100,000 datagrams received)
  proc/net/snmp:4: Udp: InCsumErrors 100
  proc/net/snmp:4: Udp: InDatagrams 99900 (99900 packets received)
  = InCsumErrors: 100 packets (limit 100 packets, threshold total of T27)
  = share of datagrams received: 0.1% (limit 0.1%, threshold warning_share of T27)
  = InCsumErrors: 0.1 per hour (limit 10 per hour, threshold info_rate of T27)
T27 warning [udp6] 100 datagrams of UDP over IPv6 came with a wrong checksum since the start (0.1% of 100,000 datagrams received)
  proc/net/snmp6:2: Udp6: Udp6InCsumErrors 100
  proc/net/snmp6:1: Udp6: Udp6InDatagrams 99900 (99900 packets received)
  = Udp6InCsumErrors: 100 packets (limit 100 packets, threshold total of T27)
  = share of datagrams received: 0.1% (limit 0.1%, threshold warning_share of T27)
  = Udp6InCsumErrors: 0.1 per hour (limit 10 per hour, threshold info_rate of T27)
`},
			{name: "ten an hour", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp InSegs=9000000 InCsumErrors=100", "Udp InDatagrams=900 InCsumErrors=0"), "proc/uptime": uptime(10)}), want: `
T27 info [tcp] 100 segments of TCP came with a wrong checksum since the start (0.00111% of 9,000,000 segments received)
  proc/net/snmp:2: Tcp: InCsumErrors 100
  proc/net/snmp:2: Tcp: InSegs 9000000 (9000000 segments received)
  = InCsumErrors: 100 packets (limit 100 packets, threshold total of T27)
  = share of segments received: 0.00111% (limit 0.1%, threshold warning_share of T27)
  = InCsumErrors: 10 per hour (limit 10 per hour, threshold info_rate of T27)
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp InSegs=900 InCsumErrors=99", "Udp InDatagrams=900 InCsumErrors=0"), "proc/uptime": uptime(1)})},
			{name: "what a long way leaves", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp InSegs=9000000 InCsumErrors=100", "Udp InDatagrams=900 InCsumErrors=0"), "proc/uptime": uptime(11)})},
		},
	},
	"T32": {
		fires: []ruleCase{
			{name: "one in a hundred", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Udp InDatagrams=49500 RcvbufErrors=490 SndbufErrors=0 OutDatagrams=9 MemErrors=10"), "proc/uptime": uptime(1000)}), want: `
T32 warning [udp received] 500 datagrams were dropped since the start because a receive buffer was full (1% of 50,000 datagrams received)
  proc/net/snmp:2: Udp: RcvbufErrors 490 (490 receive buffer errors)
  proc/net/snmp:2: Udp: MemErrors 10
  proc/net/snmp:2: Udp: InDatagrams 49500 (49500 packets received)
  = RcvbufErrors + MemErrors: 500 datagrams (limit 500 datagrams, threshold total of T32)
  = share of datagrams received: 1% (limit 1%, threshold warning_share of T32)
  = RcvbufErrors + MemErrors: 0.5 per hour (limit 10 per hour, threshold info_rate of T32)
`},
			{name: "all four", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Udp InDatagrams=4999500 RcvbufErrors=500 SndbufErrors=505 OutDatagrams=5049495 MemErrors=0"), "proc/net/snmp6": counter6("Udp6InDatagrams=4999500 Udp6RcvbufErrors=500 Udp6SndbufErrors=505 Udp6OutDatagrams=5049495 Udp6MemErrors=0"), "proc/uptime": uptime(10000)}), want: `
T32 info [udp received] 500 datagrams were dropped since the start because a receive buffer was full (0.01% of 5,000,000 datagrams received)
  proc/net/snmp:2: Udp: RcvbufErrors 500 (500 receive buffer errors)
  proc/net/snmp:2: Udp: InDatagrams 4999500 (4999500 packets received)
  = RcvbufErrors + MemErrors: 500 datagrams (limit 500 datagrams, threshold total of T32)
  = share of datagrams received: 0.01% (limit 0.01%, threshold info_share of T32)
  = RcvbufErrors + MemErrors: 0.05 per hour (limit 10 per hour, threshold info_rate of T32)
T32 info [udp sent] 505 datagrams could not be sent since the start because a queue was full (0.01% of 5,050,000 datagrams sent)
  proc/net/snmp:2: Udp: SndbufErrors 505 (505 send buffer errors)
  proc/net/snmp:2: Udp: OutDatagrams 5049495 (5049495 packets sent)
  = SndbufErrors: 505 datagrams (limit 500 datagrams, threshold total of T32)
  = share of datagrams sent: 0.01% (limit 0.01%, threshold info_share of T32)
  = SndbufErrors: 0.0505 per hour (limit 10 per hour, threshold info_rate of T32)
  > look at the queues of the interfaces (tc -s qdisc); raise net.core.wmem_max and the program's SO_SNDBUF
T32 info [udp6 received] 500 datagrams over IPv6 were dropped since the start because a receive buffer was full (0.01% of 5,000,000 datagrams received)
  proc/net/snmp6:2: Udp6: Udp6RcvbufErrors 500
  proc/net/snmp6:1: Udp6: Udp6InDatagrams 4999500 (4999500 packets received)
  = Udp6RcvbufErrors + Udp6MemErrors: 500 datagrams (limit 500 datagrams, threshold total of T32)
  = share of datagrams received: 0.01% (limit 0.01%, threshold info_share of T32)
  = Udp6RcvbufErrors + Udp6MemErrors: 0.05 per hour (limit 10 per hour, threshold info_rate of T32)
T32 info [udp6 sent] 505 datagrams over IPv6 could not be sent since the start because a queue was full (0.01% of 5,050,000 datagrams sent)
  proc/net/snmp6:3: Udp6: Udp6SndbufErrors 505
  proc/net/snmp6:4: Udp6: Udp6OutDatagrams 5049495 (5049495 packets sent)
  = Udp6SndbufErrors: 505 datagrams (limit 500 datagrams, threshold total of T32)
  = share of datagrams sent: 0.01% (limit 0.01%, threshold info_share of T32)
  = Udp6SndbufErrors: 0.0505 per hour (limit 10 per hour, threshold info_rate of T32)
  > look at the queues of the interfaces (tc -s qdisc); raise net.core.wmem_max and the program's SO_SNDBUF
`},
			{name: "ten a minute", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Udp InDatagrams=49995000 RcvbufErrors=600 SndbufErrors=0 OutDatagrams=9 MemErrors=0"), "proc/uptime": uptime(1)}), want: `
T32 warning [udp received] 600 datagrams were dropped since the start because a receive buffer was full (0.0012% of 49,995,600 datagrams received)
  proc/net/snmp:2: Udp: RcvbufErrors 600 (600 receive buffer errors)
  proc/net/snmp:2: Udp: InDatagrams 49995000 (49995000 packets received)
  = RcvbufErrors + MemErrors: 600 datagrams (limit 500 datagrams, threshold total of T32)
  = share of datagrams received: 0.0012% (limit 0.01%, threshold info_share of T32)
  = RcvbufErrors + MemErrors: 600 per hour (limit 600 per hour, threshold warning_rate of T32)
`},
			{name: "an older kernel", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Udp InDatagrams=9000000 InErrors=1000 OutDatagrams=5"), "proc/uptime": uptime(100)}), want: `
T32 info [udp received] 1,000 datagrams were dropped since the start because a receive buffer was full (0.0111% of 9,001,000 datagrams received)
  proc/net/snmp:2: Udp: InErrors 1000 (1000 packet receive errors)
  proc/net/snmp:2: Udp: InDatagrams 9000000 (9000000 packets received)
  = InErrors: 1,000 datagrams (limit 500 datagrams, threshold total of T32)
  = share of datagrams received: 0.0111% (limit 0.01%, threshold info_share of T32)
  = InErrors: 10 per hour (limit 10 per hour, threshold info_rate of T32)
  ? this kernel does not count RcvbufErrors: InErrors are also datagrams that were damaged
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Udp InDatagrams=500 RcvbufErrors=499 SndbufErrors=499 OutDatagrams=9 MemErrors=0"), "proc/net/snmp6": counter6("Udp6InDatagrams=500 Udp6RcvbufErrors=499 Udp6SndbufErrors=499 Udp6OutDatagrams=9 Udp6MemErrors=0"), "proc/uptime": uptime(1)})},
			{name: "other errors", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Udp InErrors=8109 InDatagrams=653565 RcvbufErrors=1 SndbufErrors=0 OutDatagrams=35233 MemErrors=0"), "proc/uptime": uptime(100)})},
		},
	},
	"T34": {
		fires: []ruleCase{
			{name: "one in ten", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Udp InDatagrams=4500 NoPorts=500"), "proc/net/snmp6": counter6("Udp6InDatagrams=0 Udp6NoPorts=700")}), want: `
T34 info [udp] 500 datagrams came since the start for ports that nobody had open (10% of 5,000 datagrams that came)
  proc/net/snmp:2: Udp: NoPorts 500 (500 packets to unknown port received)
  proc/net/snmp:2: Udp: InDatagrams 4500 (4500 packets received)
  = NoPorts: 500 datagrams (limit 500 datagrams, threshold total of T34)
  = share of datagrams that came: 10% (limit 10%, threshold info_share of T34)
T34 info [udp6] 700 datagrams over IPv6 came since the start for ports that nobody had open (100% of 700 datagrams that came)
  proc/net/snmp6:2: Udp6: Udp6NoPorts 700 (700 packets to unknown port received)
  = Udp6NoPorts: 700 datagrams (limit 500 datagrams, threshold total of T34)
  = share of datagrams that came: 100% (limit 10%, threshold info_share of T34)
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Udp InDatagrams=0 NoPorts=499"), "proc/net/snmp6": counter6("Udp6InDatagrams=0 Udp6NoPorts=499")})},
			{name: "less than one in ten", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Udp InDatagrams=4501 NoPorts=500")})},
		},
	},
	"T54": {
		fires: []ruleCase{
			{name: "one in a hundred", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip OutRequests=1000 ForwDatagrams=0 ReasmTimeout=90 ReasmReqds=10000 ReasmFails=100 FragFails=0"), "proc/net/sockstat": "FRAG: inuse 12 memory 3456\n", "proc/net/snmp6": counter6("Ip6ReasmTimeout=0 Ip6ReasmReqds=5000 Ip6ReasmFails=100 Ip6FragFails=0"), "proc/net/sockstat6": "FRAG6: inuse 0 memory 0\n"}), want: `
T54 warning [ip reassembly] 100 times since the start fragments could not be put together (1% of 10,000 fragments received); 12 packets wait for more of theirs
  proc/net/snmp:2: Ip: ReasmFails 100 (100 packet reassemblies failed)
  proc/net/snmp:2: Ip: ReasmTimeout 90 (90 fragments dropped after timeout)
  proc/net/snmp:2: Ip: ReasmReqds 10000 (10000 reassemblies required)
  = ReasmFails: 100 fragments (limit 100 fragments, threshold total of T54)
  = share of fragments received: 1% (limit 1%, threshold warning_share of T54)
T54 warning [ip6 reassembly] 100 times since the start fragments of IPv6 could not be put together (2% of 5,000 fragments received)
  proc/net/snmp6:3: Ip6: Ip6ReasmFails 100 (100 packet reassemblies failed)
  proc/net/snmp6:2: Ip6: Ip6ReasmReqds 5000 (5000 reassemblies required)
  = Ip6ReasmFails: 100 fragments (limit 100 fragments, threshold total of T54)
  = share of fragments received: 2% (limit 1%, threshold warning_share of T54)
`},
			{name: "a link with a smaller MTU", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip OutRequests=400000 ForwDatagrams=100000 ReasmReqds=0 ReasmFails=0 FragFails=500"), "proc/net/snmp6": counter6("Ip6OutRequests=500000 Ip6OutForwDatagrams=0 Ip6ReasmReqds=0 Ip6ReasmFails=0 Ip6FragFails=500")}), want: `
T54 info [ip fragmentation] 500 packets were too large for the next link since the start, and must not be cut (0.1% of 500,000 packets sent)
  proc/net/snmp:2: Ip: FragFails 500 (500 outgoing packets failed fragmentation)
  proc/net/snmp:2: Ip: OutRequests 400000 (400000 requests sent out)
  proc/net/snmp:2: Ip: ForwDatagrams 100000 (100000 forwarded)
  = FragFails: 500 packets (limit 500 packets, threshold cut_total of T54)
  = share of packets sent: 0.1% (limit 0.1%, threshold cut_info_share of T54)
T54 info [ip6 fragmentation] 500 packets of IPv6 were too large for the next link since the start, and must not be cut (0.1% of 500,000 packets sent)
  proc/net/snmp6:5: Ip6: Ip6FragFails 500 (500 outgoing packets failed fragmentation)
  proc/net/snmp6:1: Ip6: Ip6OutRequests 500000 (500000 requests sent out)
  = Ip6FragFails: 500 packets (limit 500 packets, threshold cut_total of T54)
  = share of packets sent: 0.1% (limit 0.1%, threshold cut_info_share of T54)
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip OutRequests=1000 ForwDatagrams=0 ReasmReqds=100 ReasmFails=99 FragFails=499"), "proc/net/snmp6": counter6("Ip6ReasmReqds=100 Ip6ReasmFails=99 Ip6FragFails=499 Ip6OutRequests=9 Ip6OutForwDatagrams=0")})},
			{name: "less than one in a hundred", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip OutRequests=500001 ForwDatagrams=0 ReasmReqds=10001 ReasmFails=100 FragFails=500")})},
		},
	},
	"T55": {
		fires: []ruleCase{
			{name: "one in a hundred of each", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip InReceives=100000 InAddrErrors=1000 InDiscards=1000 OutRequests=100000 OutDiscards=1000 OutNoRoutes=1011"), "proc/uptime": uptime(10000)}), want: `
T55 warning [OutDiscards] 1,000 packets to send were thrown away since the start, for want of memory or of room in a queue (1% of 100,000 packets to send)
  proc/net/snmp:2: Ip: OutDiscards 1000 (1000 outgoing packets dropped)
  proc/net/snmp:2: Ip: OutRequests 100000 (100000 requests sent out)
  = OutDiscards: 1,000 packets (limit 500 packets, threshold total of T55)
  = share of packets to send: 1% (limit 1%, threshold warning_share of T55)
  = OutDiscards: 0.1 per hour (limit 60 per hour, threshold info_rate of T55)
  ? packets that a rule of the firewall stops on their way out are counted too
T55 warning [InDiscards] 1,000 packets received were thrown away since the start, for want of memory (1% of 100,000 packets received)
  proc/net/snmp:2: Ip: InDiscards 1000 (1000 incoming packets discarded)
  proc/net/snmp:2: Ip: InReceives 100000 (100000 total packets received)
  = InDiscards: 1,000 packets (limit 500 packets, threshold total of T55)
  = share of packets received: 1% (limit 1%, threshold warning_share of T55)
  = InDiscards: 0.1 per hour (limit 60 per hour, threshold info_rate of T55)
T55 info [InAddrErrors] 1,000 packets came since the start for addresses that this machine does not have (1% of 100,000 packets received)
  proc/net/snmp:2: Ip: InAddrErrors 1000 (1000 with invalid addresses)
  proc/net/snmp:2: Ip: InReceives 100000 (100000 total packets received)
  = InAddrErrors: 1,000 packets (limit 500 packets, threshold address_total of T55)
  = share of packets received: 1% (limit 1%, threshold address_info_share of T55)
T55 info [OutNoRoutes] 1,011 packets to send had no route since the start (1% of 101,011 packets to send)
  proc/net/snmp:2: Ip: OutNoRoutes 1011 (1011 dropped because of missing route)
  proc/net/snmp:2: Ip: OutRequests 100000 (100000 requests sent out)
  = OutNoRoutes: 1,011 packets (limit 500 packets, threshold route_total of T55)
  = share of packets to send: 1% (limit 1%, threshold route_info_share of T55)
  > look for a lacking default route (T43), and for programs that ask for addresses which are not routed (ip route get ADDRESS)
`},
			{name: "one a minute", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip InReceives=900000000 InAddrErrors=600 InDiscards=0 OutRequests=900000000 OutDiscards=600 OutNoRoutes=600"), "proc/uptime": uptime(10)}), want: `
T55 info [OutDiscards] 600 packets to send were thrown away since the start, for want of memory or of room in a queue (less than 0.001% of 900,000,000 packets to send)
  proc/net/snmp:2: Ip: OutDiscards 600 (600 outgoing packets dropped)
  proc/net/snmp:2: Ip: OutRequests 900000000 (900000000 requests sent out)
  = OutDiscards: 600 packets (limit 500 packets, threshold total of T55)
  = share of packets to send: 6.67e-05% (limit 1%, threshold warning_share of T55)
  = OutDiscards: 60 per hour (limit 60 per hour, threshold info_rate of T55)
  ? packets that a rule of the firewall stops on their way out are counted too
`},
			{name: "one a minute received", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip InReceives=900000000 InAddrErrors=600 InDiscards=600 OutRequests=900000000 OutDiscards=0 OutNoRoutes=600"), "proc/uptime": uptime(10)}), want: `
T55 info [InDiscards] 600 packets received were thrown away since the start, for want of memory (less than 0.001% of 900,000,000 packets received)
  proc/net/snmp:2: Ip: InDiscards 600 (600 incoming packets discarded)
  proc/net/snmp:2: Ip: InReceives 900000000 (900000000 total packets received)
  = InDiscards: 600 packets (limit 500 packets, threshold total of T55)
  = share of packets received: 6.67e-05% (limit 1%, threshold warning_share of T55)
  = InDiscards: 60 per hour (limit 60 per hour, threshold info_rate of T55)
`},
			{name: "one in ten has no route", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip InReceives=9 InAddrErrors=0 InDiscards=0 OutRequests=9000 OutDiscards=0 OutNoRoutes=1000"), "proc/uptime": uptime(600)}), want: `
T55 warning [OutNoRoutes] 1,000 packets to send had no route since the start (10% of 10,000 packets to send)
  proc/net/snmp:2: Ip: OutNoRoutes 1000 (1000 dropped because of missing route)
  proc/net/snmp:2: Ip: OutRequests 9000 (9000 requests sent out)
  = OutNoRoutes: 1,000 packets (limit 500 packets, threshold route_total of T55)
  = share of packets to send: 10% (limit 10%, threshold route_warning_share of T55)
  > look for a lacking default route (T43), and for programs that ask for addresses which are not routed (ip route get ADDRESS)
`},
			{name: "of IPv6", host: fixtures.NewHost(map[string]string{"proc/net/snmp6": counter6("Ip6InReceives=50000 Ip6InAddrErrors=500 Ip6OutRequests=50000 Ip6OutDiscards=500"), "proc/uptime": uptime(10000)}), want: `
T55 warning [Ip6OutDiscards] 500 packets of IPv6 to send were thrown away since the start, for want of memory or of room in a queue (1% of 50,000 packets to send)
  proc/net/snmp6:4: Ip6: Ip6OutDiscards 500 (500 outgoing packets dropped)
  proc/net/snmp6:3: Ip6: Ip6OutRequests 50000 (50000 requests sent out)
  = Ip6OutDiscards: 500 packets (limit 500 packets, threshold total of T55)
  = share of packets to send: 1% (limit 1%, threshold warning_share of T55)
  = Ip6OutDiscards: 0.05 per hour (limit 60 per hour, threshold info_rate of T55)
  ? packets that a rule of the firewall stops on their way out are counted too
T55 info [Ip6InAddrErrors] 500 packets of IPv6 came since the start for addresses that this machine does not have (1% of 50,000 packets received)
  proc/net/snmp6:2: Ip6: Ip6InAddrErrors 500 (500 with invalid addresses)
  proc/net/snmp6:1: Ip6: Ip6InReceives 50000 (50000 total packets received)
  = Ip6InAddrErrors: 500 packets (limit 500 packets, threshold address_total of T55)
  = share of packets received: 1% (limit 1%, threshold address_info_share of T55)
`},
		},
		near: []ruleCase{
			{name: "one less of each", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip InReceives=500 InAddrErrors=499 InDiscards=499 OutRequests=9 OutDiscards=499 OutNoRoutes=499"), "proc/uptime": uptime(1)})},
			{name: "less than one a minute", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip InReceives=900000000 InAddrErrors=590 InDiscards=590 OutRequests=900000000 OutDiscards=590 OutNoRoutes=590"), "proc/uptime": uptime(10)})},
			{name: "broadcasts of other networks", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip InReceives=10027332782 InAddrErrors=129845 InDiscards=0 OutRequests=3299746010 OutDiscards=0 OutNoRoutes=0"), "proc/uptime": uptime(467)})},
			{name: "no IPv6 to the internet, and disabled on an interface", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Ip InReceives=100000 InAddrErrors=0 InDiscards=0 OutRequests=100000 OutDiscards=0 OutNoRoutes=0"), "proc/net/snmp6": counter6("Ip6InReceives=20912 Ip6InDiscards=2314 Ip6InAddrErrors=0 Ip6OutRequests=16 Ip6OutDiscards=0 Ip6OutNoRoutes=6198"), "proc/uptime": uptime(1)})},
		},
	},
}
