package triage

import "github.com/coldstat/coldstat/fixtures"

// sockstatTests prove the rules about numbers of proc/net/sockstat and their limits.
var sockstatTests = map[string]ruleTest{
	"T10": {
		fires: []ruleCase{
			{name: "four fifths", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 0 tw 800 alloc 7 mem 2\n", "proc/sys/net/ipv4/tcp_max_tw_buckets": "1000\n"}), want: `
T10 warning [] 800 sockets are in TIME_WAIT, of 1,000 that the kernel keeps
  proc/net/sockstat:1: TCP: tw 800
  = in TIME_WAIT: 800 sockets (limit 800 sockets, 80% of 1,000, net.ipv4.tcp_max_tw_buckets of proc/sys/net/ipv4/tcp_max_tw_buckets)
`},
			{name: "only the rows tell", host: fixtures.NewHost(map[string]string{"proc/net/tcp": table("tcp", timeWaits(8)), "output/sysctl": "net.ipv4.tcp_max_tw_buckets = 10\n"}), want: `
T10 warning [] 8 sockets are in TIME_WAIT, of 10 that the kernel keeps
  proc/net/tcp:2: tcp 0 0 10.0.0.1:443 10.0.1.1:5000 TIME_WAIT timewait (1.00/0/0) inode 0
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.1.2:5000 TIME_WAIT timewait (1.00/0/0) inode 0
  proc/net/tcp:4: tcp 0 0 10.0.0.1:443 10.0.1.3:5000 TIME_WAIT timewait (1.00/0/0) inode 0
  proc/net/tcp:5: tcp 0 0 10.0.0.1:443 10.0.1.4:5000 TIME_WAIT timewait (1.00/0/0) inode 0
  proc/net/tcp:6: tcp 0 0 10.0.0.1:443 10.0.1.5:5000 TIME_WAIT timewait (1.00/0/0) inode 0
  of 8
  = in TIME_WAIT: 8 sockets (limit 8 sockets, 80% of 10, net.ipv4.tcp_max_tw_buckets of output/sysctl)
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 0 tw 799 alloc 7 mem 2\n", "proc/sys/net/ipv4/tcp_max_tw_buckets": "1000\n"})},
			{name: "one row less", host: fixtures.NewHost(map[string]string{"proc/net/tcp": table("tcp", timeWaits(7)), "proc/sys/net/ipv4/tcp_max_tw_buckets": "10\n"})},
			{name: "none are allowed and there are none", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 2\n", "proc/sys/net/ipv4/tcp_max_tw_buckets": "0\n"})},
		},
	},
	"T20": {
		fires: []ruleCase{
			{name: "a quarter", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 1024 tw 0 alloc 7 mem 2\n", "proc/sys/net/ipv4/tcp_max_orphans": "4096\n"}), want: `
T20 warning [] 1,024 connections belong to no process any more, of 4,096 that the kernel allows
  proc/net/sockstat:1: TCP: orphan 1024
  = orphans: 1,024 sockets (limit 1,024 sockets, 25% of 4,096, net.ipv4.tcp_max_orphans of proc/sys/net/ipv4/tcp_max_orphans)
`},
			{name: "half", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 2048 tw 0 alloc 7 mem 2\n", "proc/sys/net/ipv4/tcp_max_orphans": "4096\n"}), want: `
T20 critical [] 2,048 connections belong to no process any more, of 4,096 that the kernel allows
  proc/net/sockstat:1: TCP: orphan 2048
  = orphans: 2,048 sockets (limit 2,048 sockets, 50% of 4,096, net.ipv4.tcp_max_orphans of proc/sys/net/ipv4/tcp_max_orphans)
`},
		},
		near: []ruleCase{
			{name: "one less", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 1023 tw 0 alloc 7 mem 2\n", "proc/sys/net/ipv4/tcp_max_orphans": "4096\n"})},
			{name: "none of none", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 2\n", "proc/sys/net/ipv4/tcp_max_orphans": "0\n"})},
		},
	},
	"T21": {
		fires: []ruleCase{
			{name: "pressure", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 200\n", "proc/sys/net/ipv4/tcp_mem": "100\t200\t300\n"}), want: `
T21 warning [] TCP uses 200 pages of memory, of 300 that it may; from 200 on the kernel saves
  proc/net/sockstat:1: TCP: mem 200
  = memory of TCP: 200 pages (limit 200 pages, net.ipv4.tcp_mem of proc/sys/net/ipv4/tcp_mem)
`},
			{name: "nine tenths", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 270\n", "output/sysctl": "net.ipv4.tcp_mem = 100\t200\t300\n"}), want: `
T21 critical [] TCP uses 270 pages of memory, of 300 that it may
  proc/net/sockstat:1: TCP: mem 270
  = memory of TCP: 270 pages (limit 270 pages, 90% of 300, net.ipv4.tcp_mem of output/sysctl)
`},
		},
		near: []ruleCase{
			{name: "one page less", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 199\n", "proc/sys/net/ipv4/tcp_mem": "100\t200\t300\n"})},
			{name: "nothing of nothing", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 0\n", "proc/sys/net/ipv4/tcp_mem": "0\t0\t0\n"})},
		},
	},
	"T22": {
		fires: []ruleCase{
			{name: "85 of 100", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "UDP: inuse 5 mem 85\n", "proc/sys/net/ipv4/udp_mem": "50\t70\t100\n"}), want: `
T22 warning [] UDP uses 85 pages of memory, of 100 that it may
  proc/net/sockstat:1: UDP: mem 85
  = memory of UDP: 85 pages (limit 85 pages, 85% of 100, net.ipv4.udp_mem of proc/sys/net/ipv4/udp_mem)
`},
			{name: "all", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "UDP: inuse 5 mem 100\n", "proc/sys/net/ipv4/udp_mem": "50\t70\t100\n"}), want: `
T22 critical [] UDP uses 100 pages of memory, of 100 that it may
  proc/net/sockstat:1: UDP: mem 100
  = memory of UDP: 100 pages (limit 100 pages, net.ipv4.udp_mem of proc/sys/net/ipv4/udp_mem)
`},
		},
		near: []ruleCase{
			{name: "one page less", host: fixtures.NewHost(map[string]string{"proc/net/sockstat": "UDP: inuse 5 mem 84\n", "proc/sys/net/ipv4/udp_mem": "50\t70\t100\n"})},
		},
	},
}
