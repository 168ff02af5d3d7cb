package triage

import (
	"fmt"
	"strings"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// tcpTests prove the rules about states of tcp sockets.
var tcpTests = map[string]ruleTest{
	"T01": {
		fires: []ruleCase{
			{name: "ss tells the limit", host: queue(129, 3, 2).Set("output/ss", ssListens(129, 128)), want: `
T01 critical [tcp port 443] the accept queue of tcp 0.0.0.0:443 is full: 129 connections wait, and 2 of the clients have given up already
  proc/net/tcp:2: tcp 129 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9
  proc/net/tcp:3: tcp 1 0 10.0.0.1:443 10.0.1.1:5000 CLOSE_WAIT off (0.00/0/0) inode 0
  proc/net/tcp:4: tcp 1 0 10.0.0.1:443 10.0.1.2:5000 CLOSE_WAIT off (0.00/0/0) inode 0
  proc/net/tcp:5: tcp 0 0 10.0.0.1:443 10.0.1.3:5000 ESTABLISHED off (0.00/0/0) inode 0
  = waiting to be accepted: 129 connections (limit 129 connections, one more than the backlog of 128 that ss prints)
`},
			{name: "more than somaxconn", host: queue(257, 1, 0).Set("proc/sys/net/core/somaxconn", "256\n").Set("proc/sys/net/ipv4/tcp_abort_on_overflow", "1\n"), want: `
T01 critical [tcp port 443] the accept queue of tcp 0.0.0.0:443 is full: 257 connections wait; the clients that are new are reset (net.ipv4.tcp_abort_on_overflow)
  proc/net/tcp:2: tcp 257 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.1.1:5000 ESTABLISHED off (0.00/0/0) inode 0
  = waiting to be accepted: 257 connections (limit 257 connections, one more than net.core.somaxconn of proc/sys/net/core/somaxconn)
`},
			{name: "one more than the default", host: queue(4097, 1, 0), want: `
T01 critical [tcp port 443] the accept queue of tcp 0.0.0.0:443 is full: 4,097 connections wait
  proc/net/tcp:2: tcp 4097 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.1.1:5000 ESTABLISHED off (0.00/0/0) inode 0
  = waiting to be accepted: 4,097 connections (limit 4,097 connections, one more than the kernel's default of net.core.somaxconn)
  ? the machine's own net.core.somaxconn is not in the bundle
`},
			{name: "a usual backlog, and overflows", host: holds(queue(512, 1, 0), 7, "/usr/sbin/nginx", 9).Set("proc/net/netstat", counterFile("TcpExt ListenOverflows=4")), want: `
T01 critical [tcp port 443] the accept queue of tcp 0.0.0.0:443 of nginx (7) is full: 512 connections wait
  proc/net/tcp:2: tcp 512 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9 nginx (7)
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.1.1:5000 ESTABLISHED off (0.00/0/0) inode 0
  = waiting to be accepted: 512 connections (limit 512 connections, one more than the usual backlog of 511)
  ? only ss -lt tells the limit of the queue; 512 is what a backlog of 511 lets wait, and ListenOverflows is 4
`},
			{name: "a short one", host: queue(11, 1, 0).Set("proc/net/netstat", counterFile("TcpExt ListenOverflows=4")), want: `
T01 warning [tcp port 443] the accept queue of tcp 0.0.0.0:443 is full: 11 connections wait
  proc/net/tcp:2: tcp 11 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.1.1:5000 ESTABLISHED off (0.00/0/0) inode 0
  = waiting to be accepted: 11 connections (limit 11 connections, one more than the usual backlog of 10)
  ? only ss -lt tells the limit of the queue; 11 is what a backlog of 10 lets wait, and ListenOverflows is 4
`},
		},
		near: []ruleCase{
			{name: "the last one fits", host: queue(128, 3, 2).Set("output/ss", ssListens(128, 128))},
			{name: "far above the default: it is another one", host: queue(5000, 1, 0)},
			{name: "a usual backlog, no overflows", host: queue(512, 1, 0).Set("proc/net/netstat", counterFile("TcpExt ListenOverflows=0"))},
			{name: "no usual backlog", host: queue(513+1, 1, 0).Set("proc/net/netstat", counterFile("TcpExt ListenOverflows=4"))},
		},
	},
	"T02": {
		fires: []ruleCase{
			{name: "half of what ss tells", host: queue(64, 5, 0).Set("output/ss", ssListens(64, 128)), want: `
T02 warning [tcp port 443] 64 connections wait at tcp 0.0.0.0:443, of the 128 that may
  proc/net/tcp:2: tcp 64 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.1.1:5000 ESTABLISHED off (0.00/0/0) inode 0
  proc/net/tcp:4: tcp 0 0 10.0.0.1:443 10.0.1.2:5000 ESTABLISHED off (0.00/0/0) inode 0
  proc/net/tcp:5: tcp 0 0 10.0.0.1:443 10.0.1.3:5000 ESTABLISHED off (0.00/0/0) inode 0
  proc/net/tcp:6: tcp 0 0 10.0.0.1:443 10.0.1.4:5000 ESTABLISHED off (0.00/0/0) inode 0
  of 6
  = waiting to be accepted: 50% (limit 50%, threshold warning of T02, of the backlog of 128 that ss prints)
`},
			{name: "no limit", host: queue(10, 1, 0), want: `
T02 warning [tcp port 443] 10 connections wait at tcp 0.0.0.0:443
  proc/net/tcp:2: tcp 10 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.1.1:5000 ESTABLISHED off (0.00/0/0) inode 0
  = waiting to be accepted: 10 connections (limit 10 connections, threshold waiting of T02)
  ? only ss -lt tells how many may wait
`},
		},
		near: []ruleCase{
			{name: "less than half", host: queue(63, 5, 0).Set("output/ss", ssListens(63, 128))},
			{name: "less than ten", host: queue(9, 9, 0)},
			{name: "T01 tells of it", host: queue(129, 5, 0).Set("output/ss", ssListens(129, 128))},
			{name: "T07 tells of it", host: queue(64, 5, 1).Set("output/ss", ssListens(64, 128))},
		},
	},
	"T04": {
		fires: []ruleCase{
			{name: "a flood", host: machine(map[string][]sock{"tcp": append(halfOpens(120, 110), listens(":443"))}), want: `
T04 critical [tcp port 443] 120 connections at tcp port 443 are half open, 110 of them with the SYN-ACK repeated; they come from 100 addresses, the most (2) from 10.0.0.1
  proc/net/tcp:6: tcp 0 0 10.0.0.1:443 10.0.0.5:5004 SYN_RECV on (1.00/5/0) inode 0
  proc/net/tcp:11: tcp 0 0 10.0.0.1:443 10.0.0.10:5009 SYN_RECV on (1.00/5/0) inode 0
  proc/net/tcp:16: tcp 0 0 10.0.0.1:443 10.0.0.15:5014 SYN_RECV on (1.00/5/0) inode 0
  proc/net/tcp:21: tcp 0 0 10.0.0.1:443 10.0.0.20:5019 SYN_RECV on (1.00/5/0) inode 0
  proc/net/tcp:26: tcp 0 0 10.0.0.1:443 10.0.0.25:5024 SYN_RECV on (1.00/5/0) inode 0
  of 120
  = in SYN_RECV, SYN-ACK repeated: 110 connections (limit 100 connections, threshold critical of T04)
`},
			{name: "as many as the backlog", host: machine(map[string][]sock{"tcp": append(halfOpens(116, 3), listens(":443"))}).Set("output/ss", ssListens(0, 128)), want: `
T04 warning [tcp port 443] 116 connections at tcp port 443 are half open, 3 of them with the SYN-ACK repeated; they come from 100 addresses, the most (2) from 10.0.0.1
  proc/net/tcp:4: tcp 0 0 10.0.0.1:443 10.0.0.3:5002 SYN_RECV on (1.00/3/0) inode 0
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.0.2:5001 SYN_RECV on (1.00/2/0) inode 0
  proc/net/tcp:2: tcp 0 0 10.0.0.1:443 10.0.0.1:5000 SYN_RECV on (1.00/1/0) inode 0
  proc/net/tcp:5: tcp 0 0 10.0.0.1:443 10.0.0.4:5003 SYN_RECV on (1.00/0/0) inode 0
  proc/net/tcp:6: tcp 0 0 10.0.0.1:443 10.0.0.5:5004 SYN_RECV on (1.00/0/0) inode 0
  of 116
  = in SYN_RECV: 116 connections (limit 115 connections, 90% of the backlog of 128 that ss prints)
`},
			{name: "no cookies", host: machine(map[string][]sock{"tcp": append(halfOpens(90, 3), listens(":443"))}).
				Set("proc/sys/net/ipv4/tcp_syncookies", "0\n").Set("proc/sys/net/ipv4/tcp_max_syn_backlog", "128\n"), want: `
T04 warning [tcp port 443] 90 connections at tcp port 443 are half open, 3 of them with the SYN-ACK repeated; they come from 90 addresses, the most (1) from 10.0.0.1
  proc/net/tcp:4: tcp 0 0 10.0.0.1:443 10.0.0.3:5002 SYN_RECV on (1.00/3/0) inode 0
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.0.2:5001 SYN_RECV on (1.00/2/0) inode 0
  proc/net/tcp:2: tcp 0 0 10.0.0.1:443 10.0.0.1:5000 SYN_RECV on (1.00/1/0) inode 0
  proc/net/tcp:5: tcp 0 0 10.0.0.1:443 10.0.0.4:5003 SYN_RECV on (1.00/0/0) inode 0
  proc/net/tcp:6: tcp 0 0 10.0.0.1:443 10.0.0.5:5004 SYN_RECV on (1.00/0/0) inode 0
  of 90
  = net.ipv4.tcp_max_syn_backlog: 90 connections (limit 86.4 connections, 67.5% of 128, net.ipv4.tcp_max_syn_backlog of proc/sys/net/ipv4/tcp_max_syn_backlog)
`},
		},
		near: []ruleCase{
			{name: "a busy listener", host: machine(map[string][]sock{"tcp": append(halfOpens(900, 99), listens(":443"))})},
			{name: "a small backlog", host: machine(map[string][]sock{"tcp": append(halfOpens(9, 3), listens(":443"))}).Set("output/ss", ssListens(0, 5))},
			{name: "cookies, and a small tcp_max_syn_backlog", host: machine(map[string][]sock{"tcp": append(halfOpens(90, 3), listens(":443"))}).
				Set("proc/sys/net/ipv4/tcp_syncookies", "1\n").Set("proc/sys/net/ipv4/tcp_max_syn_backlog", "128\n")},
		},
	},
	"T06": {
		fires: []ruleCase{
			{name: "a server", host: holds(machine(map[string][]sock{"tcp": append(closeWaits(50, 100), listens(":443"))}), 7, "/usr/sbin/nginx", inodes(50, 100)...), want: `
T06 warning [CLOSE_WAIT of nginx] nginx (7) has 50 sockets in CLOSE_WAIT from local port 443; it has read none of them to the end
  proc/net/tcp:2: tcp 1 0 10.0.0.1:443 10.0.0.1:5000 CLOSE_WAIT off (0.00/0/0) inode 100 nginx (7)
  proc/net/tcp:3: tcp 1 0 10.0.0.1:443 10.0.0.2:5000 CLOSE_WAIT off (0.00/0/0) inode 101 nginx (7)
  proc/net/tcp:4: tcp 1 0 10.0.0.1:443 10.0.0.3:5000 CLOSE_WAIT off (0.00/0/0) inode 102 nginx (7)
  proc/net/tcp:5: tcp 1 0 10.0.0.1:443 10.0.0.4:5000 CLOSE_WAIT off (0.00/0/0) inode 103 nginx (7)
  proc/net/tcp:6: tcp 1 0 10.0.0.1:443 10.0.0.5:5000 CLOSE_WAIT off (0.00/0/0) inode 104 nginx (7)
  of 50
  = in CLOSE_WAIT: 50 sockets (limit 50 sockets, threshold warning of T06)
`},
			{name: "one process, two ports", host: holds(machine(map[string][]sock{"tcp": append(closeWaits(30, 100), many(20, func(i int) sock {
				return sock{local: fmt.Sprintf("10.0.0.1:%d", 40000+i), remote: "10.0.9.9:389", st: parser.CloseWait, inode: 200 + uint64(i)}
			})...)}), 7, "/usr/sbin/nginx", append(inodes(30, 100), inodes(20, 200)...)...), want: `
T06 warning [CLOSE_WAIT of nginx] nginx (7) has 50 sockets in CLOSE_WAIT, 30 of them toward port 5000; it has read 20 of them to the end
  proc/net/tcp:2: tcp 1 0 10.0.0.1:443 10.0.0.1:5000 CLOSE_WAIT off (0.00/0/0) inode 100 nginx (7)
  proc/net/tcp:3: tcp 1 0 10.0.0.1:443 10.0.0.2:5000 CLOSE_WAIT off (0.00/0/0) inode 101 nginx (7)
  proc/net/tcp:4: tcp 1 0 10.0.0.1:443 10.0.0.3:5000 CLOSE_WAIT off (0.00/0/0) inode 102 nginx (7)
  proc/net/tcp:5: tcp 1 0 10.0.0.1:443 10.0.0.4:5000 CLOSE_WAIT off (0.00/0/0) inode 103 nginx (7)
  proc/net/tcp:6: tcp 1 0 10.0.0.1:443 10.0.0.5:5000 CLOSE_WAIT off (0.00/0/0) inode 104 nginx (7)
  of 50
  = in CLOSE_WAIT: 50 sockets (limit 50 sockets, threshold warning of T06)
`},
			{name: "near the limit of files, of an unknown program", host: machine(map[string][]sock{"tcp": append(closeWaits(1000, 100), listens(":443"))}), want: `
T06 critical [CLOSE_WAIT from local port 443] an unknown program has 1,000 sockets in CLOSE_WAIT from local port 443; it has read none of them to the end
  proc/net/tcp:2: tcp 1 0 10.0.0.1:443 10.0.0.1:5000 CLOSE_WAIT off (0.00/0/0) inode 100
  proc/net/tcp:3: tcp 1 0 10.0.0.1:443 10.0.0.2:5000 CLOSE_WAIT off (0.00/0/0) inode 101
  proc/net/tcp:4: tcp 1 0 10.0.0.1:443 10.0.0.3:5000 CLOSE_WAIT off (0.00/0/0) inode 102
  proc/net/tcp:5: tcp 1 0 10.0.0.1:443 10.0.0.4:5000 CLOSE_WAIT off (0.00/0/0) inode 103
  proc/net/tcp:6: tcp 1 0 10.0.0.1:443 10.0.0.5:5000 CLOSE_WAIT off (0.00/0/0) inode 104
  of 1000
  = in CLOSE_WAIT: 1,000 sockets (limit 1,000 sockets, threshold critical of T06)
  ? not known which program has them, and whether it is one process
`},
			{name: "printed without inodes", host: fixtures.NewHost(map[string]string{"output/netstat": printedCloseWaits(50)}), want: `
T06 warning [CLOSE_WAIT toward port 5000] an unknown program has 50 sockets in CLOSE_WAIT toward port 5000; it has read none of them to the end
  output/netstat:3: tcp 1 0 10.0.0.1:443 10.0.1.1:5000 CLOSE_WAIT
  output/netstat:4: tcp 1 0 10.0.0.1:443 10.0.1.2:5000 CLOSE_WAIT
  output/netstat:5: tcp 1 0 10.0.0.1:443 10.0.1.3:5000 CLOSE_WAIT
  output/netstat:6: tcp 1 0 10.0.0.1:443 10.0.1.4:5000 CLOSE_WAIT
  output/netstat:7: tcp 1 0 10.0.0.1:443 10.0.1.5:5000 CLOSE_WAIT
  of 50
  = in CLOSE_WAIT: 50 sockets (limit 50 sockets, threshold warning of T06)
  ? not known which program has them, and whether it is one process
  ? 50 rows of output/netstat have no inode: they may wait to be accepted
`},
		},
		near: []ruleCase{
			{name: "one less", host: machine(map[string][]sock{"tcp": closeWaits(49, 100)})},
			{name: "two processes", host: holds(holds(machine(map[string][]sock{"tcp": closeWaits(98, 100)}), 7, "/usr/sbin/nginx", inodes(49, 100)...), 8, "/usr/sbin/nginx", inodes(49, 149)...)},
			{name: "they wait to be accepted", host: machine(map[string][]sock{"tcp": many(60, func(i int) sock {
				return sock{local: "10.0.0.1:443", remote: fmt.Sprintf("10.0.1.%d:5000", i+1), st: parser.CloseWait, rq: 1}
			})})},
		},
	},
	"T07": {
		fires: []ruleCase{
			{name: "one", host: holds(queue(3, 2, 1), 7, "/usr/sbin/nginx", 9), want: `
T07 warning [tcp port 443] 1 client gave up while waiting at tcp 0.0.0.0:443 of nginx (7) to be accepted, of 2 that wait
  proc/net/tcp:2: tcp 3 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9 nginx (7)
  proc/net/tcp:3: tcp 1 0 10.0.0.1:443 10.0.1.1:5000 CLOSE_WAIT off (0.00/0/0) inode 0
  = in CLOSE_WAIT without an inode: 1 connections (limit 1 connections, threshold warning of T07)
`},
			{name: "no listener in the table", host: machine(map[string][]sock{"tcp": {{local: "10.0.0.1:443", remote: "10.0.1.1:5000", st: parser.CloseWait, rq: 1}}}), want: `
T07 warning [tcp port 443] 1 client gave up while waiting at tcp 10.0.0.1:443 to be accepted, of 1 that wait
  proc/net/tcp:2: tcp 1 0 10.0.0.1:443 10.0.1.1:5000 CLOSE_WAIT off (0.00/0/0) inode 0
  = in CLOSE_WAIT without an inode: 1 connections (limit 1 connections, threshold warning of T07)
`},
		},
		near: []ruleCase{
			{name: "a program has it", host: machine(map[string][]sock{"tcp": closeWaits(1, 100)})},
			{name: "all wait still", host: queue(3, 3, 0)},
			{name: "T01 tells of it", host: queue(6, 3, 3).Set("output/ss", ssListens(6, 5))},
		},
	},
	"T08": {
		fires: []ruleCase{
			{name: "one, thrice", host: holds(machine(map[string][]sock{"tcp": synSents(1, 3, "10.0.9.%d:5432")}), 7, "/usr/bin/psql", 100), want: `
T08 warning [SYN_SENT toward 10.0.9.1:5432] 10.0.9.1:5432 does not answer the SYNs of 1 socket, repeated up to 3 times
  proc/net/tcp:2: tcp 0 1 10.0.0.1:40000 10.0.9.1:5432 SYN_SENT on (7.00/3/0) inode 100 psql (7)
  = SYN repeated: 3 retransmissions (limit 2 retransmissions, threshold retries of T08)
`},
			{name: "ten, once", host: machine(map[string][]sock{"tcp": synSents(10, 1, "10.0.9.9:5432")}), want: `
T08 warning [SYN_SENT toward 10.0.9.9:5432] 10.0.9.9:5432 does not answer the SYNs of 10 sockets, repeated up to 1 time
  proc/net/tcp:2: tcp 0 1 10.0.0.1:40000 10.0.9.9:5432 SYN_SENT on (7.00/1/0) inode 100
  proc/net/tcp:3: tcp 0 1 10.0.0.1:40001 10.0.9.9:5432 SYN_SENT on (7.00/1/0) inode 101
  proc/net/tcp:4: tcp 0 1 10.0.0.1:40002 10.0.9.9:5432 SYN_SENT on (7.00/1/0) inode 102
  proc/net/tcp:5: tcp 0 1 10.0.0.1:40003 10.0.9.9:5432 SYN_SENT on (7.00/1/0) inode 103
  proc/net/tcp:6: tcp 0 1 10.0.0.1:40004 10.0.9.9:5432 SYN_SENT on (7.00/1/0) inode 104
  of 10
  = SYN repeated: 10 sockets (limit 10 sockets, threshold warning of T08)
`},
			{name: "many peers", host: machine(map[string][]sock{"tcp": synSents(6, 2, "10.0.9.%d:5432")}), want: `
T08 warning [SYN_SENT] 6 destinations do not answer the SYNs of 6 sockets, the most (1) toward 10.0.9.1:5432: look for the cause on this side
  proc/net/tcp:2: tcp 0 1 10.0.0.1:40000 10.0.9.1:5432 SYN_SENT on (7.00/2/0) inode 100
  proc/net/tcp:3: tcp 0 1 10.0.0.1:40001 10.0.9.2:5432 SYN_SENT on (7.00/2/0) inode 101
  proc/net/tcp:4: tcp 0 1 10.0.0.1:40002 10.0.9.3:5432 SYN_SENT on (7.00/2/0) inode 102
  proc/net/tcp:5: tcp 0 1 10.0.0.1:40003 10.0.9.4:5432 SYN_SENT on (7.00/2/0) inode 103
  proc/net/tcp:6: tcp 0 1 10.0.0.1:40004 10.0.9.5:5432 SYN_SENT on (7.00/2/0) inode 104
  of 6
  = SYN repeated: 2 retransmissions (limit 2 retransmissions, threshold retries of T08)
`},
			{name: "fifty that begin", host: machine(map[string][]sock{"tcp": synSents(50, 0, "10.0.9.9:5432")}), want: `
T08 info [SYN_SENT toward 10.0.9.9:5432] 50 sockets begin a connection to 10.0.9.9:5432, all since less than a few seconds
  proc/net/tcp:2: tcp 0 1 10.0.0.1:40000 10.0.9.9:5432 SYN_SENT on (7.00/0/0) inode 100
  proc/net/tcp:3: tcp 0 1 10.0.0.1:40001 10.0.9.9:5432 SYN_SENT on (7.00/0/0) inode 101
  proc/net/tcp:4: tcp 0 1 10.0.0.1:40002 10.0.9.9:5432 SYN_SENT on (7.00/0/0) inode 102
  proc/net/tcp:5: tcp 0 1 10.0.0.1:40003 10.0.9.9:5432 SYN_SENT on (7.00/0/0) inode 103
  proc/net/tcp:6: tcp 0 1 10.0.0.1:40004 10.0.9.9:5432 SYN_SENT on (7.00/0/0) inode 104
  of 50
  = in SYN_SENT: 50 sockets (limit 50 sockets, threshold info of T08)
`},
		},
		near: []ruleCase{
			{name: "a lost packet", host: machine(map[string][]sock{"tcp": synSents(9, 1, "10.0.9.9:5432")})},
			{name: "a pool that starts", host: machine(map[string][]sock{"tcp": synSents(49, 0, "10.0.9.9:5432")})},
		},
	},
	"T09": {
		fires: []ruleCase{
			{name: "most ports", host: machine(map[string][]sock{"tcp": outgoing(80, 30, "10.0.9.9:80")}).Set("proc/sys/net/ipv4/ip_local_port_range", "40000\t40099\n"), want: `
T09 warning [ephemeral ports toward 10.0.9.9:80] 80 connections from 10.0.0.1 to 10.0.9.9:80 take 80% of the 100 local ports that there are, 30 of them in TIME_WAIT
  proc/net/tcp:2: tcp 0 0 10.0.0.1:40000 10.0.9.9:80 TIME_WAIT timewait (30.00/0/0) inode 0
  proc/net/tcp:3: tcp 0 0 10.0.0.1:40001 10.0.9.9:80 TIME_WAIT timewait (30.00/0/0) inode 0
  proc/net/tcp:4: tcp 0 0 10.0.0.1:40002 10.0.9.9:80 TIME_WAIT timewait (30.00/0/0) inode 0
  proc/net/tcp:5: tcp 0 0 10.0.0.1:40003 10.0.9.9:80 TIME_WAIT timewait (30.00/0/0) inode 0
  proc/net/tcp:6: tcp 0 0 10.0.0.1:40004 10.0.9.9:80 TIME_WAIT timewait (30.00/0/0) inode 0
  of 80
  = ports in use: 80% (limit 80%, threshold warning of T09, of 100 ports: net.ipv4.ip_local_port_range 40000-40099 of proc/sys/net/ipv4/ip_local_port_range)
  ? proc/net/tcp6 is not in the bundle: there may be more
`},
			{name: "nearly all that are not reserved", host: machine(map[string][]sock{"tcp": outgoing(48, 0, "10.0.9.9:80"), "tcp6": nil}).
				Set("output/sysctl", "net.ipv4.ip_local_port_range = 40000\t40099\nnet.ipv4.ip_local_reserved_ports = 8080,40050-40099\n"), want: `
T09 critical [ephemeral ports toward 10.0.9.9:80] 48 connections from 10.0.0.1 to 10.0.9.9:80 take 96% of the 50 local ports that there are, 0 of them in TIME_WAIT
  proc/net/tcp:2: tcp 0 0 10.0.0.1:40000 10.0.9.9:80 ESTABLISHED off (0.00/0/0) inode 100
  proc/net/tcp:3: tcp 0 0 10.0.0.1:40001 10.0.9.9:80 ESTABLISHED off (0.00/0/0) inode 101
  proc/net/tcp:4: tcp 0 0 10.0.0.1:40002 10.0.9.9:80 ESTABLISHED off (0.00/0/0) inode 102
  proc/net/tcp:5: tcp 0 0 10.0.0.1:40003 10.0.9.9:80 ESTABLISHED off (0.00/0/0) inode 103
  proc/net/tcp:6: tcp 0 0 10.0.0.1:40004 10.0.9.9:80 ESTABLISHED off (0.00/0/0) inode 104
  of 48
  = ports in use: 96% (limit 95%, threshold critical of T09, of 50 ports: net.ipv4.ip_local_port_range 40000-40099 of output/sysctl)
`},
			{name: "by the default", host: machine(map[string][]sock{"tcp": many(22600, func(i int) sock {
				return sock{local: fmt.Sprintf("10.0.0.1:%d", 33000+i), remote: "10.0.9.9:80", st: parser.TimeWait, timer: 3}
			}), "tcp6": nil}), want: `
T09 warning [ephemeral ports toward 10.0.9.9:80] 22,600 connections from 10.0.0.1 to 10.0.9.9:80 take 80.1% of the 28,232 local ports that there are, 22,600 of them in TIME_WAIT
  proc/net/tcp:284: tcp 0 0 10.0.0.1:33282 10.0.9.9:80 TIME_WAIT timewait (0.00/0/0) inode 0
  proc/net/tcp:285: tcp 0 0 10.0.0.1:33283 10.0.9.9:80 TIME_WAIT timewait (0.00/0/0) inode 0
  proc/net/tcp:286: tcp 0 0 10.0.0.1:33284 10.0.9.9:80 TIME_WAIT timewait (0.00/0/0) inode 0
  proc/net/tcp:287: tcp 0 0 10.0.0.1:33285 10.0.9.9:80 TIME_WAIT timewait (0.00/0/0) inode 0
  proc/net/tcp:288: tcp 0 0 10.0.0.1:33286 10.0.9.9:80 TIME_WAIT timewait (0.00/0/0) inode 0
  of 22600
  = ports in use: 80.1% (limit 80%, threshold warning of T09, of 28,232 ports: net.ipv4.ip_local_port_range 32768-60999 of the kernel's default)
  ? net.ipv4.ip_local_port_range is not in the bundle: the range is the kernel's default
`},
		},
		near: []ruleCase{
			{name: "79%", host: machine(map[string][]sock{"tcp": outgoing(79, 0, "10.0.9.9:80")}).Set("proc/sys/net/ipv4/ip_local_port_range", "40000\t40099\n")},
			{name: "two destinations", host: machine(map[string][]sock{"tcp": append(outgoing(79, 0, "10.0.9.9:80"), outgoing(79, 0, "10.0.9.9:443")...)}).Set("proc/sys/net/ipv4/ip_local_port_range", "40000\t40099\n")},
			{name: "they came in", host: machine(map[string][]sock{"tcp": append(many(90, func(i int) sock {
				return sock{local: "10.0.0.1:40001", remote: "10.0.9.9:80", st: parser.Established, inode: 9}
			}), listens(":40001"))}).Set("proc/sys/net/ipv4/ip_local_port_range", "40000\t40099\n")},
		},
	},
}

// listens gives a socket that listens on all addresses.
func listens(port string) sock { return sock{local: "0.0.0.0" + port, st: parser.Listen, inode: 9} }

// closeWaits are sockets that wait to be closed, with inodes from first on.
func closeWaits(n int, first uint64) []sock {
	return many(n, func(i int) sock {
		return sock{local: "10.0.0.1:443", remote: fmt.Sprintf("10.0.%d.%d:5000", i/250, i%250+1), st: parser.CloseWait, rq: 1, inode: first + uint64(i)}
	})
}

// printedCloseWaits are those that netstat -an printed.
func printedCloseWaits(n int) string {
	text := "Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
	for i := range n {
		text += fmt.Sprintf("tcp        1      0 10.0.0.1:443            10.0.1.%d:5000          CLOSE_WAIT \n", i+1)
	}
	return text
}

// queue is a machine with a listener at which as many wait as its count says. Some of
// them are rows, of which some have been closed by the client.
func queue(count uint64, rows, closed int) *fixtures.Host {
	listener := listens(":443")
	listener.rq = count
	return machine(map[string][]sock{"tcp": append([]sock{listener}, many(rows, func(i int) sock {
		s := sock{local: "10.0.0.1:443", remote: fmt.Sprintf("10.0.1.%d:5000", i+1), st: parser.Established}
		if i < closed {
			s.st, s.rq = parser.CloseWait, 1
		}
		return s
	})...)})
}

// ssListens is what ss -an prints of the listener of queue.
func ssListens(waiting, limit int) string {
	return fmt.Sprintf("Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port\ntcp   LISTEN %-6d %-6d 0.0.0.0:443        0.0.0.0:*\n", waiting, limit)
}

// halfOpens are connections in SYN_RECV, of which some repeated the SYN-ACK.
func halfOpens(n, repeated int) []sock {
	return many(n, func(i int) sock {
		s := sock{local: "10.0.0.1:443", remote: fmt.Sprintf("10.0.%d.%d:%d", i/200, i%100+1, 5000+i), st: parser.SynRecv, timer: 1, when: 100}
		if i < repeated {
			s.retrans = uint64(1 + i%5)
		}
		return s
	})
}

// synSents begin connections to a peer, whose address may have a number in it.
func synSents(n int, retrans uint64, peer string) []sock {
	return many(n, func(i int) sock {
		to := peer
		if strings.Contains(peer, "%") {
			to = fmt.Sprintf(peer, i+1)
		}
		return sock{local: fmt.Sprintf("10.0.0.1:%d", 40000+i), remote: to, st: parser.SynSent, sq: 1, timer: 1, when: 700, retrans: retrans, inode: 100 + uint64(i)}
	})
}

// outgoing are connections to a peer, from ports 40000 on, some of them over.
func outgoing(n, over int, peer string) []sock {
	return many(n, func(i int) sock {
		s := sock{local: fmt.Sprintf("10.0.0.1:%d", 40000+i), remote: peer, st: parser.Established, inode: 100 + uint64(i)}
		if i < over {
			s.st, s.timer, s.when, s.inode = parser.TimeWait, 3, 3000, 0
		}
		return s
	})
}
