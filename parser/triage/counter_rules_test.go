package triage

import "github.com/coldstat/coldstat/fixtures"

// counterTests prove the rules about protocol counters.
var counterTests = map[string]ruleTest{
	"T03": {
		fires: []ruleCase{
			{name: "six a second", host: fixtures.NewHost(map[string]string{
				"proc/net/netstat": counterFile("TcpExt ListenOverflows=43000 ListenDrops=43200"), "proc/uptime": uptime(2),
			}), want: `
T03 critical [] listeners dropped 43,200 connections since the start, 43,000 of them because an accept queue was full
  proc/net/netstat:2: TcpExt: ListenDrops 43200 (43200 SYNs to LISTEN sockets dropped)
  proc/net/netstat:2: TcpExt: ListenOverflows 43000 (43000 times the listen queue of a socket overflowed)
  = ListenDrops: 43,200 drops (limit 500 drops, threshold total of T03)
  = ListenDrops: 21,600 per hour (limit 18,000 per hour, threshold critical of T03)
`},
			{name: "no uptime", host: fixtures.NewHost(map[string]string{
				"proc/net/netstat": counterFile("TcpExt ListenOverflows=0 ListenDrops=501"),
			}), want: `
T03 warning [] listeners dropped 501 connections since the start, 0 of them because an accept queue was full
  proc/net/netstat:2: TcpExt: ListenDrops 501 (501 SYNs to LISTEN sockets dropped)
  proc/net/netstat:2: TcpExt: ListenOverflows 0 (0 times the listen queue of a socket overflowed)
  = ListenDrops: 501 drops (limit 500 drops, threshold total of T03)
  ? not known for how long the machine had run
`},
		},
		near: []ruleCase{
			{name: "as many as a restart leaves behind", host: fixtures.NewHost(map[string]string{
				"proc/net/netstat": counterFile("TcpExt ListenOverflows=500 ListenDrops=500"), "proc/uptime": uptime(1),
			})},
		},
	},
}
