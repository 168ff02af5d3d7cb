package triage

import "github.com/coldstat/coldstat/fixtures"

// tcpCounterTests prove more of them, about TCP.
var tcpCounterTests = map[string]ruleTest{
	"T26": {
		fires: []ruleCase{
			{name: "one in a hundred", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPBacklogDrop=500 PFMemallocDrop=0 TCPMinTTLDrop=0 TCPZeroWindowDrop=0 TCPRcvQDrop=0"), "proc/net/snmp": counterFile("Tcp InSegs=50000")}), want: `
T26 warning [TCPBacklogDrop] 500 segments were dropped since the start because the program held its socket while too many came (1% of 50,000 segments received)
  proc/net/netstat:2: TcpExt: TCPBacklogDrop 500
  proc/net/snmp:2: Tcp: InSegs 50000 (50000 segments received)
  = TCPBacklogDrop: 500 segments (limit 500 segments, threshold total of T26)
  = share of segments received: 1% (limit 1%, threshold warning_share of T26)
  > raise net.core.rmem_max and net.ipv4.tcp_rmem; look for programs that get no CPU (T37, top)
`},
			{name: "each counter", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPBacklogDrop=501 PFMemallocDrop=502 TCPMinTTLDrop=503 TCPZeroWindowDrop=504 TCPRcvQDrop=505"), "proc/net/snmp": counterFile("Tcp InSegs=5000000"), "proc/uptime": uptime(100)}), want: `
T26 info [TCPBacklogDrop] 501 segments were dropped since the start because the program held its socket while too many came (0.01% of 5,000,000 segments received)
  proc/net/netstat:2: TcpExt: TCPBacklogDrop 501
  proc/net/snmp:2: Tcp: InSegs 5000000 (5000000 segments received)
  = TCPBacklogDrop: 501 segments (limit 500 segments, threshold total of T26)
  = share of segments received: 0.01% (limit 0.01%, threshold info_share of T26)
  = TCPBacklogDrop: 5.01 per hour (limit 10 per hour, threshold info_rate of T26)
  > raise net.core.rmem_max and net.ipv4.tcp_rmem; look for programs that get no CPU (T37, top)
T26 info [TCPRcvQDrop] 505 segments were dropped since the start because there was no memory for the receive queue (0.0101% of 5,000,000 segments received)
  proc/net/netstat:2: TcpExt: TCPRcvQDrop 505
  proc/net/snmp:2: Tcp: InSegs 5000000 (5000000 segments received)
  = TCPRcvQDrop: 505 segments (limit 500 segments, threshold total of T26)
  = share of segments received: 0.0101% (limit 0.01%, threshold info_share of T26)
  = TCPRcvQDrop: 5.05 per hour (limit 10 per hour, threshold info_rate of T26)
T26 info [TCPZeroWindowDrop] 504 segments were dropped since the start because the peer sent on into a closed window (0.0101% of 5,000,000 segments received)
  proc/net/netstat:2: TcpExt: TCPZeroWindowDrop 504
  proc/net/snmp:2: Tcp: InSegs 5000000 (5000000 segments received)
  = TCPZeroWindowDrop: 504 segments (limit 500 segments, threshold total of T26)
  = share of segments received: 0.0101% (limit 0.01%, threshold info_share of T26)
  = TCPZeroWindowDrop: 5.04 per hour (limit 10 per hour, threshold info_rate of T26)
  > find the program that does not read (T16; netstat -tnp), and the peers
T26 info [PFMemallocDrop] 502 segments were dropped since the start because the machine was out of memory (0.01% of 5,000,000 segments received)
  proc/net/netstat:2: TcpExt: PFMemallocDrop 502
  proc/net/snmp:2: Tcp: InSegs 5000000 (5000000 segments received)
  = PFMemallocDrop: 502 segments (limit 500 segments, threshold total of T26)
  = share of segments received: 0.01% (limit 0.01%, threshold info_share of T26)
  = PFMemallocDrop: 5.02 per hour (limit 10 per hour, threshold info_rate of T26)
  > see what uses the memory (free, slabtop); raise vm.min_free_kbytes
T26 info [TCPMinTTLDrop] 503 segments were dropped since the start because they came from further away than the program allows (0.0101% of 5,000,000 segments received)
  proc/net/netstat:2: TcpExt: TCPMinTTLDrop 503
  proc/net/snmp:2: Tcp: InSegs 5000000 (5000000 segments received)
  = TCPMinTTLDrop: 503 segments (limit 500 segments, threshold total of T26)
  = share of segments received: 0.0101% (limit 0.01%, threshold info_share of T26)
  = TCPMinTTLDrop: 5.03 per hour (limit 10 per hour, threshold info_rate of T26)
  > find who sends them: a program such as a BGP speaker only takes neighbours (IP_MINTTL, RFC 5082)
`},
		},
		near: []ruleCase{
			{name: "one less of each", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPBacklogDrop=499 PFMemallocDrop=499 TCPMinTTLDrop=499 TCPZeroWindowDrop=499 TCPRcvQDrop=499"), "proc/net/snmp": counterFile("Tcp InSegs=500"), "proc/uptime": uptime(1)})},
			{name: "long ago, and an older kernel", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPBacklogDrop=501"), "proc/net/snmp": counterFile("Tcp InSegs=50000000"), "proc/uptime": uptime(1000)})},
		},
	},
	"T28": {
		fires: []ruleCase{
			{name: "half fail", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp ActiveOpens=900 PassiveOpens=100 AttemptFails=500 EstabResets=0 OutRsts=7")}), want: `
T28 warning [failed] 500 connections were not made since the start: refused, not answered or reset (50% of 1,000 connections)
  proc/net/snmp:2: Tcp: AttemptFails 500 (500 failed connection attempts)
  proc/net/snmp:2: Tcp: OutRsts 7 (7 resets sent)
  proc/net/snmp:2: Tcp: ActiveOpens 900 (900 active connection openings)
  proc/net/snmp:2: Tcp: PassiveOpens 100 (100 passive connection openings)
  = AttemptFails: 500 connections (limit 500 connections, threshold total of T28)
  = share of connections: 50% (limit 50%, threshold warning_share of T28)
`},
			{name: "a fifth fails and a fifth is reset", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp ActiveOpens=2400 PassiveOpens=100 AttemptFails=500 EstabResets=500 OutRsts=0")}), want: `
T28 info [failed] 500 connections were not made since the start: refused, not answered or reset (20% of 2,500 connections)
  proc/net/snmp:2: Tcp: AttemptFails 500 (500 failed connection attempts)
  proc/net/snmp:2: Tcp: ActiveOpens 2400 (2400 active connection openings)
  proc/net/snmp:2: Tcp: PassiveOpens 100 (100 passive connection openings)
  = AttemptFails: 500 connections (limit 500 connections, threshold total of T28)
  = share of connections: 20% (limit 20%, threshold info_share of T28)
T28 info [reset] 500 connections ended by a reset since the start (20% of 2,500 connections)
  proc/net/snmp:2: Tcp: EstabResets 500 (500 connection resets received)
  proc/net/snmp:2: Tcp: ActiveOpens 2400 (2400 active connection openings)
  proc/net/snmp:2: Tcp: PassiveOpens 100 (100 passive connection openings)
  = EstabResets: 500 connections (limit 500 connections, threshold reset_total of T28)
  = share of connections: 20% (limit 20%, threshold reset_info_share of T28)
`},
		},
		near: []ruleCase{
			{name: "one less of each", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp ActiveOpens=900 PassiveOpens=100 AttemptFails=499 EstabResets=499 OutRsts=90000")})},
			{name: "a Kubernetes node", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp ActiveOpens=2872 PassiveOpens=1578 AttemptFails=525 EstabResets=345 OutRsts=3818")})},
			{name: "too few connections", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp ActiveOpens=899 PassiveOpens=100 AttemptFails=700 EstabResets=700")})},
		},
	},
	"T29": {
		fires: []ruleCase{
			{name: "ten a minute", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt IPReversePathFilter=600"), "proc/net/snmp": counterFile("Ip InReceives=9000000"), "proc/uptime": uptime(1)}), want: `
T29 warning [] the reverse-path filter dropped 600 packets since the start (0.00667% of 9,000,000 packets received)
  proc/net/netstat:2: TcpExt: IPReversePathFilter 600
  proc/net/snmp:2: Ip: InReceives 9000000 (9000000 total packets received)
  = IPReversePathFilter: 600 packets (limit 500 packets, threshold total of T29)
  = share of packets received: 0.00667% (limit 1%, threshold warning_share of T29)
  = IPReversePathFilter: 600 per hour (limit 600 per hour, threshold warning_rate of T29)
`},
			{name: "one in a hundred", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt IPReversePathFilter=500"), "proc/net/snmp": counterFile("Ip InReceives=50000"), "proc/uptime": uptime(1000)}), want: `
T29 warning [] the reverse-path filter dropped 500 packets since the start (1% of 50,000 packets received)
  proc/net/netstat:2: TcpExt: IPReversePathFilter 500
  proc/net/snmp:2: Ip: InReceives 50000 (50000 total packets received)
  = IPReversePathFilter: 500 packets (limit 500 packets, threshold total of T29)
  = share of packets received: 1% (limit 1%, threshold warning_share of T29)
  = IPReversePathFilter: 0.5 per hour (limit 10 per hour, threshold info_rate of T29)
`},
			{name: "ten an hour", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt IPReversePathFilter=1000"), "proc/net/snmp": counterFile("Ip InReceives=9000000"), "proc/uptime": uptime(100)}), want: `
T29 info [] the reverse-path filter dropped 1,000 packets since the start (0.0111% of 9,000,000 packets received)
  proc/net/netstat:2: TcpExt: IPReversePathFilter 1000
  proc/net/snmp:2: Ip: InReceives 9000000 (9000000 total packets received)
  = IPReversePathFilter: 1,000 packets (limit 500 packets, threshold total of T29)
  = share of packets received: 0.0111% (limit 1%, threshold warning_share of T29)
  = IPReversePathFilter: 10 per hour (limit 10 per hour, threshold info_rate of T29)
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt IPReversePathFilter=499"), "proc/net/snmp": counterFile("Ip InReceives=500"), "proc/uptime": uptime(1)})},
			{name: "five an hour", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt IPReversePathFilter=500"), "proc/net/snmp": counterFile("Ip InReceives=9000000"), "proc/uptime": uptime(100)})},
		},
	},
	"T30": {
		fires: []ruleCase{
			{name: "one in a thousand", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PAWSActive=10 PAWSEstab=490"), "proc/net/snmp": counterFile("Tcp PassiveOpens=100 InSegs=500000"), "proc/uptime": uptime(1)}), want: `
T30 warning [segments] 500 segments were rejected since the start because their timestamps were too old (0.1% of 500,000 segments received)
  proc/net/netstat:2: TcpExt: PAWSEstab 490 (490 packets rejected in established connections because of timestamp)
  proc/net/netstat:2: TcpExt: PAWSActive 10 (10 active connections rejected because of time stamp)
  proc/net/snmp:2: Tcp: InSegs 500000 (500000 segments received)
  = PAWSEstab + PAWSActive: 500 segments (limit 500 segments, threshold total of T30)
  = share of segments received: 0.1% (limit 0.1%, threshold warning_share of T30)
`},
			{name: "one in ten thousand", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PAWSActive=0 PAWSEstab=500"), "proc/net/snmp": counterFile("Tcp PassiveOpens=100 InSegs=5000000"), "proc/uptime": uptime(1)}), want: `
T30 info [segments] 500 segments were rejected since the start because their timestamps were too old (0.01% of 5,000,000 segments received)
  proc/net/netstat:2: TcpExt: PAWSEstab 500 (500 packets rejected in established connections because of timestamp)
  proc/net/snmp:2: Tcp: InSegs 5000000 (5000000 segments received)
  = PAWSEstab + PAWSActive: 500 segments (limit 500 segments, threshold total of T30)
  = share of segments received: 0.01% (limit 0.01%, threshold info_share of T30)
`},
			{name: "clients behind NAT", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PAWSPassive=100 PAWSActive=0 PAWSEstab=0"), "proc/net/snmp": counterFile("Tcp PassiveOpens=9900 InSegs=500000"), "proc/uptime": uptime(1000)}), want: `
T30 warning [connections] 100 SYNs were dropped since the start because their timestamps were too old (1% of 10,000 connections that came)
  proc/net/netstat:2: TcpExt: PAWSPassive 100 (100 passive connections rejected because of time stamp)
  proc/net/snmp:2: Tcp: PassiveOpens 9900 (9900 passive connection openings)
  = PAWSPassive: 100 connections (limit 100 connections, threshold passive_total of T30)
  = share of connections that came: 1% (limit 1%, threshold passive_warning_share of T30)
  = PAWSPassive: 0.1 per hour (limit 60 per hour, threshold passive_warning_rate of T30)
  > set net.ipv4.tcp_tw_recycle to 0: it refuses clients behind NAT
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PAWSPassive=99 PAWSActive=0 PAWSEstab=499"), "proc/net/snmp": counterFile("Tcp PassiveOpens=100 InSegs=500"), "proc/uptime": uptime(1)})},
			{name: "reordering", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PAWSActive=0 PAWSEstab=500"), "proc/net/snmp": counterFile("Tcp PassiveOpens=100 InSegs=5000001"), "proc/uptime": uptime(1)})},
		},
	},
	"T31": {
		fires: []ruleCase{
			{name: "one in a hundred", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPSpuriousRtxHostQueues=500"), "proc/net/snmp": counterFile("Tcp OutSegs=50000")}), want: `
T31 warning [] 500 segments were not yet out of the machine when they were to be sent again, since the start (1% of 50,000 segments sent)
  proc/net/netstat:2: TcpExt: TCPSpuriousRtxHostQueues 500
  proc/net/snmp:2: Tcp: OutSegs 50000 (50000 segments sent out)
  = TCPSpuriousRtxHostQueues: 500 segments (limit 500 segments, threshold total of T31)
  = share of segments sent: 1% (limit 1%, threshold warning_share of T31)
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPSpuriousRtxHostQueues=499"), "proc/net/snmp": counterFile("Tcp OutSegs=10000")})},
			{name: "less than one in a hundred", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPSpuriousRtxHostQueues=500"), "proc/net/snmp": counterFile("Tcp OutSegs=50001")})},
			{name: "too little traffic", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPSpuriousRtxHostQueues=500"), "proc/net/snmp": counterFile("Tcp OutSegs=9999")})},
		},
	},
}
