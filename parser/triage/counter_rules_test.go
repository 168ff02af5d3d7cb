package triage

import "github.com/coldstat/coldstat/fixtures"

// counterTests prove the rules about protocol counters.
var counterTests = map[string]ruleTest{
	"T03": {
		fires: []ruleCase{
			{name: "two a second", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt ListenOverflows=14000 ListenDrops=14400"), "proc/uptime": uptime(2)}), want: `
T03 critical [] listeners dropped 14,400 connections since the start; 14,000 of them because an accept queue was full
  proc/net/netstat:2: TcpExt: ListenDrops 14400 (14400 SYNs to LISTEN sockets dropped)
  proc/net/netstat:2: TcpExt: ListenOverflows 14000 (14000 times the listen queue of a socket overflowed)
  = ListenDrops: 14,400 drops (limit 100 drops, threshold total of T03)
  = ListenDrops: 7,200 per hour (limit 3,600 per hour, threshold critical_rate of T03)
`},
			{name: "one in ten is dropped", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt ListenOverflows=0 ListenDrops=100"), "proc/net/snmp": counterFile("Tcp PassiveOpens=900")}), want: `
T03 critical [] listeners dropped 100 connections since the start (10% of 1,000 connections that came); 0 of them because an accept queue was full
  proc/net/netstat:2: TcpExt: ListenDrops 100 (100 SYNs to LISTEN sockets dropped)
  proc/net/snmp:2: Tcp: PassiveOpens 900 (900 passive connection openings)
  = ListenDrops: 100 drops (limit 100 drops, threshold total of T03)
  = share of connections that came: 10% (limit 10%, threshold critical_share of T03)
`},
			{name: "one in a hundred is dropped", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt ListenOverflows=100 ListenDrops=100"), "proc/net/snmp": counterFile("Tcp PassiveOpens=9900"), "proc/uptime": uptime(1000)}), want: `
T03 warning [] listeners dropped 100 connections since the start (1% of 10,000 connections that came); 100 of them because an accept queue was full
  proc/net/netstat:2: TcpExt: ListenDrops 100 (100 SYNs to LISTEN sockets dropped)
  proc/net/netstat:2: TcpExt: ListenOverflows 100 (100 times the listen queue of a socket overflowed)
  proc/net/snmp:2: Tcp: PassiveOpens 9900 (9900 passive connection openings)
  = ListenDrops: 100 drops (limit 100 drops, threshold total of T03)
  = share of connections that came: 1% (limit 1%, threshold warning_share of T03)
  = ListenDrops: 0.1 per hour (limit 10 per hour, threshold info_rate of T03)
`},
			{name: "ten an hour", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt ListenOverflows=100 ListenDrops=100"), "proc/net/snmp": counterFile("Tcp PassiveOpens=99000"), "proc/uptime": uptime(10)}), want: `
T03 info [] listeners dropped 100 connections since the start (0.101% of 99,100 connections that came); 100 of them because an accept queue was full
  proc/net/netstat:2: TcpExt: ListenDrops 100 (100 SYNs to LISTEN sockets dropped)
  proc/net/netstat:2: TcpExt: ListenOverflows 100 (100 times the listen queue of a socket overflowed)
  proc/net/snmp:2: Tcp: PassiveOpens 99000 (99000 passive connection openings)
  = ListenDrops: 100 drops (limit 100 drops, threshold total of T03)
  = share of connections that came: 0.101% (limit 1%, threshold warning_share of T03)
  = ListenDrops: 10 per hour (limit 10 per hour, threshold info_rate of T03)
`},
			{name: "no uptime", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt ListenOverflows=0 ListenDrops=501")}), want: `
T03 warning [] listeners dropped 501 connections since the start; 0 of them because an accept queue was full
  proc/net/netstat:2: TcpExt: ListenDrops 501 (501 SYNs to LISTEN sockets dropped)
  = ListenDrops: 501 drops (limit 100 drops, threshold total of T03)
  ? not known for how long the machine had run
  ? not known how many connections that came there were
`},
		},
		near: []ruleCase{
			{name: "as many as a restart leaves behind", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt ListenOverflows=99 ListenDrops=99"), "proc/uptime": uptime(1)})},
			{name: "a few in a long time", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt ListenOverflows=176 ListenDrops=176"), "proc/net/snmp": counterFile("Tcp PassiveOpens=1093780"), "proc/uptime": uptime(467)})},
		},
	},
	"T05": {
		fires: []ruleCase{
			{name: "one in a hundred by cookie", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt SyncookiesSent=500 TCPReqQFullDoCookies=500 TCPReqQFullDrop=0"), "proc/net/snmp": counterFile("Tcp PassiveOpens=50000"), "proc/uptime": uptime(1000)}), want: `
T05 warning [SYN cookies] 500 SYNs were answered by a cookie since the start because the SYN queue of a listener was full (1% of 50,000 connections that came)
  proc/net/netstat:2: TcpExt: SyncookiesSent 500 (500 SYN cookies sent)
  proc/net/netstat:2: TcpExt: TCPReqQFullDoCookies 500
  proc/net/snmp:2: Tcp: PassiveOpens 50000 (50000 passive connection openings)
  = SyncookiesSent: 500 SYNs (limit 500 SYNs, threshold total of T05)
  = share of connections that came: 1% (limit 1%, threshold warning_share of T05)
  = SyncookiesSent: 0.5 per hour (limit 10 per hour, threshold info_rate of T05)
`},
			{name: "a burst of long ago", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt SyncookiesSent=2000 TCPReqQFullDoCookies=2000 TCPReqQFullDrop=0"), "proc/net/snmp": counterFile("Tcp PassiveOpens=5000000"), "proc/uptime": uptime(200)}), want: `
T05 info [SYN cookies] 2,000 SYNs were answered by a cookie since the start because the SYN queue of a listener was full (0.04% of 5,000,000 connections that came)
  proc/net/netstat:2: TcpExt: SyncookiesSent 2000 (2000 SYN cookies sent)
  proc/net/netstat:2: TcpExt: TCPReqQFullDoCookies 2000
  proc/net/snmp:2: Tcp: PassiveOpens 5000000 (5000000 passive connection openings)
  = SyncookiesSent: 2,000 SYNs (limit 500 SYNs, threshold total of T05)
  = share of connections that came: 0.04% (limit 1%, threshold warning_share of T05)
  = SyncookiesSent: 10 per hour (limit 10 per hour, threshold info_rate of T05)
`},
			{name: "no cookies", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt SyncookiesSent=0 TCPReqQFullDoCookies=0 TCPReqQFullDrop=6000"), "proc/uptime": uptime(10), "proc/sys/net/ipv4/tcp_syncookies": "0\n"}), want: `
T05 warning [SYNs dropped] 6,000 SYNs were dropped since the start because the SYN queue of a listener was full
  proc/net/netstat:2: TcpExt: TCPReqQFullDrop 6000
  = TCPReqQFullDrop: 6,000 SYNs (limit 500 SYNs, threshold total of T05)
  = TCPReqQFullDrop: 600 per hour (limit 600 per hour, threshold warning_rate of T05)
  > set net.ipv4.tcp_syncookies to 1; see whether the peers are real (netstat -tn | grep SYN_RECV, T04)
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt SyncookiesSent=499 TCPReqQFullDrop=499"), "proc/uptime": uptime(1)})},
			{name: "each SYN is answered by cookie", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt SyncookiesSent=90000 TCPReqQFullDoCookies=90000 TCPReqQFullDrop=0"), "proc/uptime": uptime(1), "proc/sys/net/ipv4/tcp_syncookies": "2\n"})},
			{name: "the same on an older kernel", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt SyncookiesSent=90000"), "proc/uptime": uptime(1), "proc/sys/net/ipv4/tcp_syncookies": "2\n"})},
		},
	},
	"T11": {
		fires: []ruleCase{
			{name: "ten a minute", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TW=30947 TCPTimeWaitOverflow=600"), "proc/uptime": uptime(1)}), want: `
T11 warning [] 600 sockets were closed without TIME_WAIT since the start, because there were as many as the kernel keeps
  proc/net/netstat:2: TcpExt: TCPTimeWaitOverflow 600
  proc/net/netstat:2: TcpExt: TW 30947 (30947 TCP sockets finished time wait in fast timer)
  = TCPTimeWaitOverflow: 600 sockets (limit 1 sockets, threshold total of T11)
  = TCPTimeWaitOverflow: 600 per hour (limit 600 per hour, threshold warning_rate of T11)
`},
			{name: "one at all", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TW=30947 TCPTimeWaitOverflow=1"), "proc/uptime": uptime(1000)}), want: `
T11 info [] 1 sockets were closed without TIME_WAIT since the start, because there were as many as the kernel keeps
  proc/net/netstat:2: TcpExt: TCPTimeWaitOverflow 1
  proc/net/netstat:2: TcpExt: TW 30947 (30947 TCP sockets finished time wait in fast timer)
  = TCPTimeWaitOverflow: 1 sockets (limit 1 sockets, threshold total of T11)
  = TCPTimeWaitOverflow: 0.001 per hour (limit 0 per hour, threshold info_rate of T11)
`},
		},
		near: []ruleCase{
			{name: "none", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TW=30947 TCPTimeWaitOverflow=0"), "proc/uptime": uptime(1)})},
		},
	},
	"T12": {
		fires: []ruleCase{
			{name: "one in ten", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp OutSegs=90000 RetransSegs=1001"), "proc/net/netstat": counterFile("TcpExt TCPTimeouts=50 TCPSynRetrans=1 TCPOrigDataSent=9000")}), want: `
T12 critical [] 1,000 segments with data were sent again since the start (10% of 10,000 segments sent with data)
  proc/net/snmp:2: Tcp: RetransSegs 1001 (1001 segments retransmitted)
  proc/net/netstat:2: TcpExt: TCPSynRetrans 1
  proc/net/netstat:2: TcpExt: TCPTimeouts 50 (50 other TCP timeouts)
  proc/net/netstat:2: TcpExt: TCPOrigDataSent 9000
  = RetransSegs - TCPSynRetrans: 1,000 segments (limit 100 segments, threshold total of T12)
  = share of segments sent with data: 10% (limit 10%, threshold critical_share of T12)
`},
			{name: "three in a hundred", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp OutSegs=90000 RetransSegs=300"), "proc/net/netstat": counterFile("TcpExt TCPSynRetrans=0 TCPOrigDataSent=9700")}), want: `
T12 warning [] 300 segments with data were sent again since the start (3% of 10,000 segments sent with data)
  proc/net/snmp:2: Tcp: RetransSegs 300 (300 segments retransmitted)
  proc/net/netstat:2: TcpExt: TCPOrigDataSent 9700
  = RetransSegs - TCPSynRetrans: 300 segments (limit 100 segments, threshold total of T12)
  = share of segments sent with data: 3% (limit 3%, threshold warning_share of T12)
`},
			{name: "one in a hundred of an older kernel", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp OutSegs=9900 RetransSegs=100")}), want: `
T12 info [] 100 segments were sent again since the start (1% of 10,000 segments sent)
  proc/net/snmp:2: Tcp: RetransSegs 100 (100 segments retransmitted)
  proc/net/snmp:2: Tcp: OutSegs 9900 (9900 segments sent out)
  = RetransSegs: 100 segments (limit 100 segments, threshold total of T12)
  = share of segments sent: 1% (limit 1%, threshold info_share of T12)
  ? proc/net/netstat does not tell how many of the segments sent had data: of those the share is higher
  ? proc/net/netstat does not tell how many of them were SYNs
`},
		},
		near: []ruleCase{
			{name: "less than one in a hundred", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp OutSegs=9902 RetransSegs=99"), "proc/net/netstat": counterFile("TcpExt TCPSynRetrans=0 TCPOrigDataSent=9901")})},
			{name: "too little traffic", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp OutSegs=5000 RetransSegs=1000"), "proc/net/netstat": counterFile("TcpExt TCPSynRetrans=0 TCPOrigDataSent=5000")})},
			{name: "only SYNs, to a peer that is off", host: fixtures.NewHost(map[string]string{"proc/net/snmp": counterFile("Tcp OutSegs=5000 RetransSegs=90000"), "proc/net/netstat": counterFile("TcpExt TCPSynRetrans=90000 TCPOrigDataSent=50000")})},
		},
	},
	"T23": {
		fires: []ruleCase{
			{name: "one a minute aborted", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPAbortOnMemory=60 TCPMemoryPressures=1 TCPMemoryPressuresChrono=5"), "proc/uptime": uptime(1)}), want: `
T23 critical [aborted] 60 connections were aborted since the start because TCP had too little memory or too many orphans
  proc/net/netstat:2: TcpExt: TCPAbortOnMemory 60 (60 connections aborted due to memory pressure)
  = TCPAbortOnMemory: 60 connections (limit 1 connections, threshold total of T23)
  = TCPAbortOnMemory: 60 per hour (limit 60 per hour, threshold critical_rate of T23)
T23 warning [pressure] TCP had to save memory 1 times since the start
  proc/net/netstat:2: TcpExt: TCPMemoryPressures 1 (TCP ran low on memory 1 times)
  proc/net/netstat:2: TcpExt: TCPMemoryPressuresChrono 5
  = TCPMemoryPressures: 1 times (limit 1 times, threshold pressure_total of T23)
  = TCPMemoryPressures: 1 per hour (limit 1 per hour, threshold pressure_warning_rate of T23)
`},
			{name: "one an hour", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPAbortOnMemory=0 TCPMemoryPressures=10"), "proc/uptime": uptime(10)}), want: `
T23 warning [pressure] TCP had to save memory 10 times since the start
  proc/net/netstat:2: TcpExt: TCPMemoryPressures 10 (TCP ran low on memory 10 times)
  = TCPMemoryPressures: 10 times (limit 1 times, threshold pressure_total of T23)
  = TCPMemoryPressures: 1 per hour (limit 1 per hour, threshold pressure_warning_rate of T23)
`},
			{name: "one at all", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPAbortOnMemory=1 TCPMemoryPressures=0"), "proc/uptime": uptime(10)}), want: `
T23 info [aborted] 1 connections were aborted since the start because TCP had too little memory or too many orphans
  proc/net/netstat:2: TcpExt: TCPAbortOnMemory 1 (1 connections aborted due to memory pressure)
  = TCPAbortOnMemory: 1 connections (limit 1 connections, threshold total of T23)
  = TCPAbortOnMemory: 0.1 per hour (limit 0 per hour, threshold info_rate of T23)
`},
			{name: "no uptime", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPAbortOnMemory=1 TCPMemoryPressures=0")}), want: `
T23 warning [aborted] 1 connections were aborted since the start because TCP had too little memory or too many orphans
  proc/net/netstat:2: TcpExt: TCPAbortOnMemory 1 (1 connections aborted due to memory pressure)
  = TCPAbortOnMemory: 1 connections (limit 1 connections, threshold total of T23)
  ? not known for how long the machine had run
`},
		},
		near: []ruleCase{
			{name: "none", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPAbortOnMemory=0 TCPMemoryPressures=0"), "proc/uptime": uptime(1)})},
		},
	},
	"T24": {
		fires: []ruleCase{
			{name: "one in a hundred", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPTimeouts=700 TCPAbortOnTimeout=50"), "proc/net/snmp": counterFile("Tcp ActiveOpens=2500 PassiveOpens=2500")}), want: `
T24 warning [] 50 connections were given up since the start because the peer no longer answered (1% of 5,000 connections)
  proc/net/netstat:2: TcpExt: TCPAbortOnTimeout 50 (50 connections aborted due to timeout)
  proc/net/netstat:2: TcpExt: TCPTimeouts 700 (700 other TCP timeouts)
  proc/net/snmp:2: Tcp: ActiveOpens 2500 (2500 active connection openings)
  proc/net/snmp:2: Tcp: PassiveOpens 2500 (2500 passive connection openings)
  = TCPAbortOnTimeout: 50 connections (limit 50 connections, threshold total of T24)
  = share of connections: 1% (limit 1%, threshold warning_share of T24)
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPAbortOnTimeout=49"), "proc/net/snmp": counterFile("Tcp ActiveOpens=1000 PassiveOpens=0")})},
			{name: "too few connections", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPAbortOnTimeout=100"), "proc/net/snmp": counterFile("Tcp ActiveOpens=999 PassiveOpens=0")})},
			{name: "as many as servers have", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt TCPAbortOnTimeout=138"), "proc/net/snmp": counterFile("Tcp ActiveOpens=14375 PassiveOpens=39163")})},
		},
	},
	"T25": {
		fires: []ruleCase{
			{name: "one in a thousand", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PruneCalled=3 RcvPruned=6 OfoPruned=4"), "proc/net/snmp": counterFile("Tcp InSegs=10000"), "proc/uptime": uptime(1000)}), want: `
T25 warning [thrown away] 10 times since the start received segments were thrown away because a receive buffer was full (0.1% of 10,000 segments received)
  proc/net/netstat:2: TcpExt: RcvPruned 6 (6 packets pruned from receive queue)
  proc/net/netstat:2: TcpExt: OfoPruned 4 (4 packets dropped from out-of-order queue because of socket buffer overrun)
  proc/net/snmp:2: Tcp: InSegs 10000 (10000 segments received)
  = RcvPruned + OfoPruned: 10 segments (limit 10 segments, threshold total of T25)
  = share of segments received: 0.1% (limit 0.1%, threshold warning_share of T25)
  = RcvPruned + OfoPruned: 0.01 per hour (limit 10 per hour, threshold info_rate of T25)
`},
			{name: "ten an hour", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PruneCalled=3 RcvPruned=10 OfoPruned=0"), "proc/uptime": uptime(1)}), want: `
T25 info [thrown away] 10 times since the start received segments were thrown away because a receive buffer was full
  proc/net/netstat:2: TcpExt: RcvPruned 10 (10 packets pruned from receive queue)
  = RcvPruned + OfoPruned: 10 segments (limit 10 segments, threshold total of T25)
  = RcvPruned + OfoPruned: 10 per hour (limit 10 per hour, threshold info_rate of T25)
`},
			{name: "packed anew each second", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PruneCalled=3600 RcvPruned=0 OfoPruned=0 TCPRcvCollapsed=9000"), "proc/uptime": uptime(1)}), want: `
T25 warning [packed anew] 3,600 times since the start a receive buffer was full and had to be packed anew
  proc/net/netstat:2: TcpExt: PruneCalled 3600 (3600 packets pruned from receive queue because of socket buffer overrun)
  proc/net/netstat:2: TcpExt: TCPRcvCollapsed 9000 (9000 packets collapsed in receive queue due to low socket buffer)
  = PruneCalled: 3,600 times (limit 500 times, threshold called_total of T25)
  = PruneCalled: 3,600 per hour (limit 3,600 per hour, threshold called_warning_rate of T25)
`},
			{name: "packed anew each minute", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PruneCalled=600 RcvPruned=0 OfoPruned=0 TCPRcvCollapsed=9000"), "proc/uptime": uptime(10)}), want: `
T25 info [packed anew] 600 times since the start a receive buffer was full and had to be packed anew
  proc/net/netstat:2: TcpExt: PruneCalled 600 (600 packets pruned from receive queue because of socket buffer overrun)
  proc/net/netstat:2: TcpExt: TCPRcvCollapsed 9000 (9000 packets collapsed in receive queue due to low socket buffer)
  = PruneCalled: 600 times (limit 500 times, threshold called_total of T25)
  = PruneCalled: 60 per hour (limit 60 per hour, threshold called_info_rate of T25)
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PruneCalled=499 RcvPruned=9 OfoPruned=0"), "proc/net/snmp": counterFile("Tcp InSegs=100"), "proc/uptime": uptime(1)})},
			{name: "as long ago as that", host: fixtures.NewHost(map[string]string{"proc/net/netstat": counterFile("TcpExt PruneCalled=599 RcvPruned=9 OfoPruned=0"), "proc/net/snmp": counterFile("Tcp InSegs=100"), "proc/uptime": uptime(10)})},
		},
	},
}
