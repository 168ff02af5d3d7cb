package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// tcpQueueTests prove the rules about data and ends that wait.
var tcpQueueTests = map[string]ruleTest{
	"T13": {
		fires: []ruleCase{
			{name: "one peer", host: holds(tcpHost(repeats(2, 3, "10.0.9.9:5432")), 7, "/usr/bin/psql", 100, 101), want: `
T13 warning [peer 10.0.9.9] 10.0.9.9 does not acknowledge the data of 2 sockets, repeated up to 3 times in a row
  proc/net/tcp:2: tcp 0 900 10.0.0.1:40000 10.0.9.9:5432 ESTABLISHED on (40.00/3/0) inode 100 psql (7)
  proc/net/tcp:3: tcp 0 900 10.0.0.1:40001 10.0.9.9:5432 ESTABLISHED on (40.00/3/0) inode 101 psql (7)
  = retransmissions in a row: 3 retransmissions (limit 3 retransmissions, threshold warning of T13)
`},
			{name: "for long", host: tcpHost(append(repeats(1, 8, "10.0.9.9:5432"), repeats(1, 3, "10.0.9.8:5432")...)), want: `
T13 critical [peer 10.0.9.9] 10.0.9.9 does not acknowledge the data of 1 socket, repeated up to 8 times in a row
  proc/net/tcp:2: tcp 0 900 10.0.0.1:40000 10.0.9.9:5432 ESTABLISHED on (40.00/8/0) inode 100
  = retransmissions in a row: 8 retransmissions (limit 8 retransmissions, threshold critical of T13)
T13 warning [peer 10.0.9.8] 10.0.9.8 does not acknowledge the data of 1 socket, repeated up to 3 times in a row
  proc/net/tcp:3: tcp 0 900 10.0.0.1:40000 10.0.9.8:5432 ESTABLISHED on (40.00/3/0) inode 100
  = retransmissions in a row: 3 retransmissions (limit 3 retransmissions, threshold warning of T13)
`},
			{name: "many peers", host: tcpHost(many(6, func(i int) sock { return repeats(1, 8, fmt.Sprintf("10.0.9.%d:5432", i+1))[0] })), want: `
T13 critical [] 6 peers do not acknowledge the data of 6 sockets: look for the cause on this side
  proc/net/tcp:2: tcp 0 900 10.0.0.1:40000 10.0.9.1:5432 ESTABLISHED on (40.00/8/0) inode 100
  proc/net/tcp:3: tcp 0 900 10.0.0.1:40000 10.0.9.2:5432 ESTABLISHED on (40.00/8/0) inode 100
  proc/net/tcp:4: tcp 0 900 10.0.0.1:40000 10.0.9.3:5432 ESTABLISHED on (40.00/8/0) inode 100
  proc/net/tcp:5: tcp 0 900 10.0.0.1:40000 10.0.9.4:5432 ESTABLISHED on (40.00/8/0) inode 100
  proc/net/tcp:6: tcp 0 900 10.0.0.1:40000 10.0.9.5:5432 ESTABLISHED on (40.00/8/0) inode 100
  of 6
  = retransmissions in a row: 8 retransmissions (limit 8 retransmissions, threshold critical of T13)
`},
			{name: "many clients", host: tcpHost(append(clients(10, func(s *sock) { s.sq, s.timer, s.when, s.retrans = 900, 1, 4000, 9 }), listens(":443"))), want: `
T13 warning [clients] 10 clients of this machine do not acknowledge the data of 10 sockets, repeated up to 9 times in a row
  proc/net/tcp:2: tcp 0 900 10.0.0.1:443 10.0.0.1:5000 ESTABLISHED on (40.00/9/0) inode 100
  proc/net/tcp:3: tcp 0 900 10.0.0.1:443 10.0.0.2:5000 ESTABLISHED on (40.00/9/0) inode 101
  proc/net/tcp:4: tcp 0 900 10.0.0.1:443 10.0.0.3:5000 ESTABLISHED on (40.00/9/0) inode 102
  proc/net/tcp:5: tcp 0 900 10.0.0.1:443 10.0.0.4:5000 ESTABLISHED on (40.00/9/0) inode 103
  proc/net/tcp:6: tcp 0 900 10.0.0.1:443 10.0.0.5:5000 ESTABLISHED on (40.00/9/0) inode 104
  of 10
  = sockets of clients: 10 sockets (limit 10 sockets, threshold clients of T13)
  ? clients that left their network look the same
`},
		},
		near: []ruleCase{
			{name: "twice", host: tcpHost(repeats(9, 2, "10.0.9.9:5432"))},
			{name: "a few clients", host: tcpHost(append(clients(9, func(s *sock) { s.sq, s.timer, s.when, s.retrans = 900, 1, 4000, 9 }), listens(":443")))},
			{name: "SYN_SENT is T08's, SYN_RECV T04's", host: tcpHost(append(synSents(3, 5, "10.0.9.9:5432"), halfOpens(9, 9)...))},
			{name: "orphans are T18's", host: tcpHost(orphans(9, 5))},
		},
	},
	"T14": {
		fires: []ruleCase{
			{name: "for long", host: holds(tcpHost(closed(1, 1200, 0, "10.0.9.9:5432")), 7, "/usr/bin/psql", 100), want: `
T14 warning [peer 10.0.9.9] 10.0.9.9 takes no data from 1 socket, for which 100,000 bytes wait: its program does not read
  proc/net/tcp:2: tcp 0 100000 10.0.0.1:40000 10.0.9.9:5432 ESTABLISHED probe (12.00/0/0) inode 100 psql (7)
  = until the next probe: 12,000 milliseconds (limit 5,000 milliseconds, threshold wait of T14)
`},
			{name: "ten, for short", host: tcpHost(closed(10, 20, 1, "10.0.9.9:5432")), want: `
T14 warning [peer 10.0.9.9] 10.0.9.9 takes no data from 10 sockets, for which 1,000,000 bytes wait: its programs read too slowly
  proc/net/tcp:2: tcp 0 100000 10.0.0.1:40000 10.0.9.9:5432 ESTABLISHED probe (0.20/0/1) inode 100
  proc/net/tcp:3: tcp 0 100000 10.0.0.1:40001 10.0.9.9:5432 ESTABLISHED probe (0.20/0/1) inode 101
  proc/net/tcp:4: tcp 0 100000 10.0.0.1:40002 10.0.9.9:5432 ESTABLISHED probe (0.20/0/1) inode 102
  proc/net/tcp:5: tcp 0 100000 10.0.0.1:40003 10.0.9.9:5432 ESTABLISHED probe (0.20/0/1) inode 103
  proc/net/tcp:6: tcp 0 100000 10.0.0.1:40004 10.0.9.9:5432 ESTABLISHED probe (0.20/0/1) inode 104
  of 10
  = windows closed: 10 sockets (limit 10 sockets, threshold sockets of T14)
`},
			{name: "no answers", host: tcpHost(closed(1, 100, 3, "10.0.9.9:5432")), want: `
T14 critical [peer 10.0.9.9] 10.0.9.9 takes no data from 1 socket, for which 100,000 bytes wait, and left 3 probes unanswered: it or the path is gone
  proc/net/tcp:2: tcp 0 100000 10.0.0.1:40000 10.0.9.9:5432 ESTABLISHED probe (1.00/0/3) inode 100
  = probes unanswered: 3 probes (limit 3 probes, threshold unanswered of T14)
  > see whether the peer and the path are alive: ping, tracepath, ip route get 10.0.9.9
`},
			{name: "on this machine", host: tcpHost(append(closed(1, 1200, 0, "127.0.0.1:5432"), sock{local: "127.0.0.1:5432", remote: "127.0.0.1:40000", st: parser.Established, rq: 65535, inode: 5})), want: `
T14 warning [peer 127.0.0.1:5432] 127.0.0.1:5432 takes no data from 1 socket, for which 100,000 bytes wait: its program does not read
  proc/net/tcp:2: tcp 0 100000 10.0.0.1:40000 127.0.0.1:5432 ESTABLISHED probe (12.00/0/0) inode 100
  = until the next probe: 12,000 milliseconds (limit 5,000 milliseconds, threshold wait of T14)
`},
		},
		near: []ruleCase{
			{name: "flow control", host: tcpHost(closed(9, 499, 2, "10.0.9.9:5432"))},
			{name: "nothing to send", host: tcpHost([]sock{{local: "10.0.0.1:40000", remote: "10.0.9.9:5432", st: parser.Established, timer: 4, when: 1200, inode: 100}})},
			{name: "T16 tells of it", host: tcpHost(append(closed(1, 1200, 0, "127.0.0.1:5432"), sock{local: "127.0.0.1:5432", remote: "127.0.0.1:40000", st: parser.Established, rq: 65536, inode: 5}))},
		},
	},
	"T15": {
		fires: []ruleCase{
			{name: "it repeats", host: holds(tcpHost(sending(2, 65536, 1, 30, "10.0.9.9:5432")), 7, "/usr/bin/psql", 100), want: `
T15 warning [peer 10.0.9.9] 10.0.9.9 has not acknowledged 131,072 bytes of 2 sockets, of which 2 repeat data: the path loses packets
  proc/net/tcp:2: tcp 0 65536 10.0.0.1:40000 10.0.9.9:5432 ESTABLISHED on (0.20/1/0) inode 100 psql (7)
  proc/net/tcp:3: tcp 0 65536 10.0.0.1:40001 10.0.9.9:5432 ESTABLISHED on (0.20/1/0) inode 101
  = Send-Q: 65,536 bytes (limit 65,536 bytes, threshold warning of T15)
  ? one look; whether it lasts only a second one tells
`},
			{name: "a small window", host: tcpHost(sending(1, 65536, 0, 2, "10.0.9.9:5432")), want: `
T15 warning [peer 10.0.9.9] 10.0.9.9 has not acknowledged 65,536 bytes of 1 socket, far more than the congestion window lets out: the path is slow
  proc/net/tcp:2: tcp 0 65536 10.0.0.1:40000 10.0.9.9:5432 ESTABLISHED on (0.20/0/0) inode 100
  = Send-Q: 65,536 bytes (limit 65,536 bytes, threshold warning of T15)
  ? one look; whether it lasts only a second one tells
`},
			{name: "a large queue", host: tcpHost(sending(1, 1<<20, 0, 600, "10.0.9.9:5432")), want: `
T15 info [peer 10.0.9.9] 10.0.9.9 has not acknowledged 1,048,576 bytes of 1 socket
  proc/net/tcp:2: tcp 0 1048576 10.0.0.1:40000 10.0.9.9:5432 ESTABLISHED on (0.20/0/0) inode 100
  = Send-Q: 1,048,576 bytes (limit 1,048,576 bytes, threshold info of T15)
  ? a bulk transfer that does well looks the same
`},
			{name: "many peers", host: tcpHost(many(6, func(i int) sock { return sending(1, 1<<20, 0, 600, fmt.Sprintf("10.0.9.%d:5432", i+1))[0] })), want: `
T15 info [] 6 peers have not acknowledged data of 6 sockets, up to 1,048,576 bytes each
  proc/net/tcp:2: tcp 0 1048576 10.0.0.1:40000 10.0.9.1:5432 ESTABLISHED on (0.20/0/0) inode 100
  proc/net/tcp:3: tcp 0 1048576 10.0.0.1:40000 10.0.9.2:5432 ESTABLISHED on (0.20/0/0) inode 100
  proc/net/tcp:4: tcp 0 1048576 10.0.0.1:40000 10.0.9.3:5432 ESTABLISHED on (0.20/0/0) inode 100
  proc/net/tcp:5: tcp 0 1048576 10.0.0.1:40000 10.0.9.4:5432 ESTABLISHED on (0.20/0/0) inode 100
  proc/net/tcp:6: tcp 0 1048576 10.0.0.1:40000 10.0.9.5:5432 ESTABLISHED on (0.20/0/0) inode 100
  of 6
  = Send-Q: 1,048,576 bytes (limit 1,048,576 bytes, threshold info of T15)
  ? a bulk transfer that does well looks the same
`},
		},
		near: []ruleCase{
			{name: "a bulk transfer", host: tcpHost(sending(9, 1<<20-1, 0, 600, "10.0.9.9:5432"))},
			{name: "little, repeated", host: tcpHost(sending(9, 65535, 1, 2, "10.0.9.9:5432"))},
			{name: "on this machine", host: tcpHost(sending(9, 1<<22, 1, 2, "127.0.0.1:5432"))},
			{name: "T14 tells of it", host: tcpHost(closed(1, 1200, 0, "10.0.9.9:5432"))},
			{name: "T13 tells of it", host: tcpHost(sending(1, 1<<22, 3, 2, "10.0.9.9:5432"))},
		},
	},
	"T16": {
		fires: []ruleCase{
			{name: "a server", host: holds(tcpHost(append(clients(2, func(s *sock) { s.rq = 65610 }), listens(":443"))), 7, "/usr/sbin/nginx", 100, 101), want: `
T16 warning [Recv-Q from local port 443] nginx (7) has not read 131,220 bytes of 2 sockets from local port 443
  proc/net/tcp:2: tcp 65610 0 10.0.0.1:443 10.0.0.1:5000 ESTABLISHED off (0.00/0/0) inode 100 nginx (7)
  proc/net/tcp:3: tcp 65610 0 10.0.0.1:443 10.0.0.2:5000 ESTABLISHED off (0.00/0/0) inode 101 nginx (7)
  = Recv-Q: 65,610 bytes (limit 65,536 bytes, threshold warning of T16)
  ? one look; a program that is about to read much looks the same
`},
		},
		near: []ruleCase{
			{name: "less", host: tcpHost(append(clients(9, func(s *sock) { s.rq = 65535 }), listens(":443")))},
			{name: "they wait to be accepted", host: tcpHost(append(clients(9, func(s *sock) { s.rq, s.inode = 65610, 0 }), listens(":443")))},
		},
	},
	"T17": {
		fires: []ruleCase{
			{name: "a peer", host: holds(tcpHost(alive(1, 4, "10.0.9.9:5432")), 7, "/usr/bin/psql", 100).Set("proc/sys/net/ipv4/tcp_keepalive_probes", "5\n"), want: `
T17 warning [peer 10.0.9.9] 10.0.9.9 does not answer the keepalive probes of 1 socket, up to 4 in a row
  proc/net/tcp:2: tcp 0 0 10.0.0.1:40000 10.0.9.9:5432 ESTABLISHED keepalive (70.00/0/4) inode 100 psql (7)
  = probes without an answer: 4 probes (limit 2 probes, threshold unanswered of T17; the connection ends after 5, net.ipv4.tcp_keepalive_probes of proc/sys/net/ipv4/tcp_keepalive_probes, unless the program has set its own)
`},
			{name: "many peers", host: tcpHost(many(6, func(i int) sock { return alive(1, 2, fmt.Sprintf("10.0.9.%d:5432", i+1))[0] })), want: `
T17 warning [] 6 peers do not answer the keepalive probes of 6 sockets: look for the cause on this side
  proc/net/tcp:2: tcp 0 0 10.0.0.1:40000 10.0.9.1:5432 ESTABLISHED keepalive (70.00/0/2) inode 100
  proc/net/tcp:3: tcp 0 0 10.0.0.1:40000 10.0.9.2:5432 ESTABLISHED keepalive (70.00/0/2) inode 100
  proc/net/tcp:4: tcp 0 0 10.0.0.1:40000 10.0.9.3:5432 ESTABLISHED keepalive (70.00/0/2) inode 100
  proc/net/tcp:5: tcp 0 0 10.0.0.1:40000 10.0.9.4:5432 ESTABLISHED keepalive (70.00/0/2) inode 100
  proc/net/tcp:6: tcp 0 0 10.0.0.1:40000 10.0.9.5:5432 ESTABLISHED keepalive (70.00/0/2) inode 100
  of 6
  = probes without an answer: 2 probes (limit 2 probes, threshold unanswered of T17; the connection ends after 9, net.ipv4.tcp_keepalive_probes of the kernel's default, unless the program has set its own)
`},
			{name: "a client", host: tcpHost(append(clients(1, func(s *sock) { s.timer, s.when, s.probes = 2, 7000, 2 }), listens(":443"))), want: `
T17 info [clients] 1 client of this machine left keepalive probes of 1 socket unanswered
  proc/net/tcp:2: tcp 0 0 10.0.0.1:443 10.0.0.1:5000 ESTABLISHED keepalive (70.00/0/2) inode 100
  = probes without an answer: 2 probes (limit 2 probes, threshold unanswered of T17; the connection ends after 9, net.ipv4.tcp_keepalive_probes of the kernel's default, unless the program has set its own)
`},
			{name: "ten clients", host: tcpHost(append(clients(10, func(s *sock) { s.timer, s.when, s.probes = 2, 7000, 2 }), listens(":443"))), want: `
T17 warning [clients] 10 clients of this machine left keepalive probes of 10 sockets unanswered
  proc/net/tcp:2: tcp 0 0 10.0.0.1:443 10.0.0.1:5000 ESTABLISHED keepalive (70.00/0/2) inode 100
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.0.2:5000 ESTABLISHED keepalive (70.00/0/2) inode 101
  proc/net/tcp:4: tcp 0 0 10.0.0.1:443 10.0.0.3:5000 ESTABLISHED keepalive (70.00/0/2) inode 102
  proc/net/tcp:5: tcp 0 0 10.0.0.1:443 10.0.0.4:5000 ESTABLISHED keepalive (70.00/0/2) inode 103
  proc/net/tcp:6: tcp 0 0 10.0.0.1:443 10.0.0.5:5000 ESTABLISHED keepalive (70.00/0/2) inode 104
  of 10
  = probes without an answer: 2 probes (limit 2 probes, threshold unanswered of T17; the connection ends after 9, net.ipv4.tcp_keepalive_probes of the kernel's default, unless the program has set its own)
`},
		},
		near: []ruleCase{
			{name: "one probe", host: tcpHost(alive(9, 1, "10.0.9.9:5432"))},
			{name: "window probes are T14's", host: tcpHost(closed(1, 1200, 5, "10.0.9.9:5432"))},
		},
	},
	"T18": {
		fires: []ruleCase{
			{name: "ten", host: tcpHost(orphans(10, 3)), want: `
T18 warning [] 10 orphaned sockets repeat their data toward 10 addresses without an answer, up to 3 times in a row
  proc/net/tcp:2: tcp 0 900 10.0.0.1:443 10.0.1.1:5000 FIN_WAIT1 on (40.00/3/0) inode 0
  proc/net/tcp:3: tcp 0 900 10.0.0.1:443 10.0.1.2:5000 FIN_WAIT1 on (40.00/3/0) inode 0
  proc/net/tcp:4: tcp 0 900 10.0.0.1:443 10.0.1.3:5000 FIN_WAIT1 on (40.00/3/0) inode 0
  proc/net/tcp:5: tcp 0 900 10.0.0.1:443 10.0.1.4:5000 FIN_WAIT1 on (40.00/3/0) inode 0
  proc/net/tcp:6: tcp 0 900 10.0.0.1:443 10.0.1.5:5000 FIN_WAIT1 on (40.00/3/0) inode 0
  of 10
  = orphans that repeat: 10 sockets (limit 10 sockets, threshold warning of T18)
`},
			{name: "a hundred that send", host: tcpHost(orphans(100, 0)), want: `
T18 info [] 100 orphaned sockets still send, 0 of them have repeated their data often
  proc/net/tcp:2: tcp 0 900 10.0.0.1:443 10.0.1.1:5000 FIN_WAIT1 on (40.00/0/0) inode 0
  proc/net/tcp:3: tcp 0 900 10.0.0.1:443 10.0.1.2:5000 FIN_WAIT1 on (40.00/0/0) inode 0
  proc/net/tcp:4: tcp 0 900 10.0.0.1:443 10.0.1.3:5000 FIN_WAIT1 on (40.00/0/0) inode 0
  proc/net/tcp:5: tcp 0 900 10.0.0.1:443 10.0.1.4:5000 FIN_WAIT1 on (40.00/0/0) inode 0
  proc/net/tcp:6: tcp 0 900 10.0.0.1:443 10.0.1.5:5000 FIN_WAIT1 on (40.00/0/0) inode 0
  of 100
  = orphans that send: 100 sockets (limit 100 sockets, threshold info of T18)
`},
		},
		near: []ruleCase{
			{name: "a few", host: tcpHost(append(orphans(9, 5), orphans(90, 2)...))},
			{name: "a program has them", host: tcpHost(many(100, func(i int) sock {
				s := orphans(1, 5)[0]
				s.inode = uint64(100 + i)
				return s
			}))},
			{name: "they wait for the peer's end", host: tcpHost(finWaits(100, 0))},
		},
	},
	"T19": {
		fires: []ruleCase{
			{name: "held", host: holds(tcpHost(append(finWaits(100, 100), listens(":443"))), 7, "/usr/sbin/nginx", inodes(100, 100)...), want: `
T19 warning [FIN_WAIT2 from local port 443] nginx (7) holds 100 sockets in FIN_WAIT2 from local port 443, whose peers do not close
  proc/net/tcp:2: tcp 0 0 10.0.0.1:443 10.0.0.1:5000 FIN_WAIT2 off (0.00/0/0) inode 100 nginx (7)
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.0.2:5000 FIN_WAIT2 off (0.00/0/0) inode 101 nginx (7)
  proc/net/tcp:4: tcp 0 0 10.0.0.1:443 10.0.0.3:5000 FIN_WAIT2 off (0.00/0/0) inode 102 nginx (7)
  proc/net/tcp:5: tcp 0 0 10.0.0.1:443 10.0.0.4:5000 FIN_WAIT2 off (0.00/0/0) inode 103 nginx (7)
  proc/net/tcp:6: tcp 0 0 10.0.0.1:443 10.0.0.5:5000 FIN_WAIT2 off (0.00/0/0) inode 104 nginx (7)
  of 100
  = in FIN_WAIT2, held: 100 sockets (limit 100 sockets, threshold warning of T19)
`},
			{name: "not held", host: tcpHost(append(finWaits(1000, 0), listens(":443"))), want: `
T19 info [FIN_WAIT2 from local port 443] 1,000 sockets in FIN_WAIT2 from local port 443 wait for their peers to close
  proc/net/tcp:2: tcp 0 0 10.0.0.1:443 10.0.0.1:5000 FIN_WAIT2 timewait (30.00/0/0) inode 0
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.0.2:5000 FIN_WAIT2 timewait (30.00/0/0) inode 0
  proc/net/tcp:4: tcp 0 0 10.0.0.1:443 10.0.0.3:5000 FIN_WAIT2 timewait (30.00/0/0) inode 0
  proc/net/tcp:5: tcp 0 0 10.0.0.1:443 10.0.0.4:5000 FIN_WAIT2 timewait (30.00/0/0) inode 0
  proc/net/tcp:6: tcp 0 0 10.0.0.1:443 10.0.0.5:5000 FIN_WAIT2 timewait (30.00/0/0) inode 0
  of 1000
  = in FIN_WAIT2, not held: 1,000 sockets (limit 1,000 sockets, threshold info of T19; each stays for 60 seconds, tcp_fin_timeout of the kernel's default)
`},
		},
		near: []ruleCase{
			{name: "fewer", host: tcpHost(append(append(finWaits(99, 100), finWaits(999, 0)...), listens(":443")))},
		},
	},
	"T61": {
		fires: []ruleCase{
			{name: "one program", host: holds(tcpHost([]sock{listensAt("0.0.0.0:443", 9, 33), listensAt("0.0.0.0:443", 10, 33)}), 7, "/usr/sbin/nginx", 9, 10), want: `
T61 info [tcp port 443] 2 listeners share tcp 0.0.0.0:443 of nginx
  proc/net/tcp:2: tcp 0 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9 nginx (7)
  proc/net/tcp:3: tcp 0 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 10 nginx (7)
  ? listeners that are bound to different interfaces look the same
`},
			{name: "two programs", host: holds(holds(tcpHost([]sock{listensAt("0.0.0.0:443", 9, 33), listensAt("0.0.0.0:443", 10, 33)}), 7, "/usr/sbin/nginx", 9), 8, "/usr/sbin/haproxy", 10), want: `
T61 warning [tcp port 443] 2 listeners share tcp 0.0.0.0:443, and they are of different programs: nginx, haproxy
  proc/net/tcp:2: tcp 0 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9 nginx (7)
  proc/net/tcp:3: tcp 0 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 10 haproxy (8)
  ? listeners that are bound to different interfaces look the same
`},
			{name: "many ports", host: tcpHost(many(12, func(i int) sock { return listensAt(fmt.Sprintf("0.0.0.0:%d", 8000+i/2), uint64(9+i), 33) })), want: `
T61 info [] 6 addresses and ports have several listeners each, of one program or user as far as is known
  proc/net/tcp:2: tcp 0 0 0.0.0.0:8000 0.0.0.0:* LISTEN off (0.00/0/0) inode 9
  proc/net/tcp:4: tcp 0 0 0.0.0.0:8001 0.0.0.0:* LISTEN off (0.00/0/0) inode 11
  proc/net/tcp:6: tcp 0 0 0.0.0.0:8002 0.0.0.0:* LISTEN off (0.00/0/0) inode 13
  proc/net/tcp:8: tcp 0 0 0.0.0.0:8003 0.0.0.0:* LISTEN off (0.00/0/0) inode 15
  proc/net/tcp:10: tcp 0 0 0.0.0.0:8004 0.0.0.0:* LISTEN off (0.00/0/0) inode 17
  of 6
  ? listeners that are bound to different interfaces look the same
`},
			{name: "two users", host: tcpHost([]sock{listensAt("0.0.0.0:443", 9, 33), listensAt("0.0.0.0:443", 10, 1000)}), want: `
T61 warning [tcp port 443] 2 listeners share tcp 0.0.0.0:443, and they are of different users: uid 33 and uid 1000
  proc/net/tcp:2: tcp 0 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 9
  proc/net/tcp:3: tcp 0 0 0.0.0.0:443 0.0.0.0:* LISTEN off (0.00/0/0) inode 10
  ? listeners that are bound to different interfaces look the same
`},
		},
		near: []ruleCase{
			{name: "two addresses", host: tcpHost([]sock{listensAt("127.0.0.1:443", 9, 33), listensAt("10.0.0.1:443", 10, 33)})},
			{name: "two families", host: machine(map[string][]sock{"tcp": {listensAt("0.0.0.0:443", 9, 33)}, "tcp6": {listensAt("[::]:443", 10, 33)}})},
			{name: "one twice", host: tcpHost([]sock{listensAt("0.0.0.0:443", 9, 33), listensAt("0.0.0.0:443", 9, 33)})},
		},
	},
	"T62": {
		fires: []ruleCase{
			{name: "one", host: holds(tcpHost([]sock{{local: "127.0.0.1:40000", remote: "127.0.0.1:40000", st: parser.Established, inode: 9}}), 7, "/usr/bin/agent", 9), want: `
T62 warning [tcp port 40000] a socket on port 40000 is connected to itself, held by agent (7)
  proc/net/tcp:2: tcp 0 0 127.0.0.1:40000 127.0.0.1:40000 ESTABLISHED off (0.00/0/0) inode 9 agent (7)
`},
			{name: "two", host: tcpHost([]sock{{local: "127.0.0.1:40000", remote: "127.0.0.1:40000", st: parser.Established, inode: 9}, {local: "10.0.0.1:40000", remote: "10.0.0.1:40000", st: parser.TimeWait, timer: 3}}), want: `
T62 warning [tcp port 40000] 2 sockets on port 40000 are connected to themselves
  proc/net/tcp:2: tcp 0 0 127.0.0.1:40000 127.0.0.1:40000 ESTABLISHED off (0.00/0/0) inode 9
  proc/net/tcp:3: tcp 0 0 10.0.0.1:40000 10.0.0.1:40000 TIME_WAIT timewait (0.00/0/0) inode 0
`},
		},
		near: []ruleCase{
			{name: "another port", host: tcpHost([]sock{{local: "127.0.0.1:40000", remote: "127.0.0.1:40001", st: parser.Established, inode: 9}})},
			{name: "not connected", host: machine(map[string][]sock{"tcp": {{st: parser.Close, inode: 8}, listens(":443")}})},
		},
	},
	"T63": {
		fires: []ruleCase{
			{name: "chosen", host: holds(tcpHost([]sock{
				listensAt("0.0.0.0:33060", 9, 27), listensAt("0.0.0.0:40000", 10, 0), listensAt("10.0.0.1:41001", 11, 0), listensAt("10.0.0.2:41001", 12, 0),
				listensAt("0.0.0.0:41002", 13, 0), listensAt("0.0.0.0:443", 14, 0),
			}), 7, "/usr/sbin/mysqld", 9).Set("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n"), want: `
T63 info [] ports of 3 services are in the range for outgoing connections, 32768-60999, and not reserved: 33060 (mysqld), 40000, 41001
  proc/net/tcp:2: tcp 0 0 0.0.0.0:33060 0.0.0.0:* LISTEN off (0.00/0/0) inode 9 mysqld (7)
  proc/net/tcp:3: tcp 0 0 0.0.0.0:40000 0.0.0.0:* LISTEN off (0.00/0/0) inode 10
  proc/net/tcp:4: tcp 0 0 10.0.0.1:41001 0.0.0.0:* LISTEN off (0.00/0/0) inode 11
  = services in the range: 3 ports (limit 1 ports, net.ipv4.ip_local_port_range 32768-60999 of proc/sys/net/ipv4/ip_local_port_range)
`},
			{name: "many, by the default", host: tcpHost(many(6, func(i int) sock { return listensAt(fmt.Sprintf("0.0.0.0:%d", 50000+1000*i), uint64(9+i), 0) })), want: `
T63 info [] ports of 6 services are in the range for outgoing connections, 32768-60999, and not reserved: 50000, 51000, 52000, 53000, 54000, ...
  proc/net/tcp:2: tcp 0 0 0.0.0.0:50000 0.0.0.0:* LISTEN off (0.00/0/0) inode 9
  proc/net/tcp:3: tcp 0 0 0.0.0.0:51000 0.0.0.0:* LISTEN off (0.00/0/0) inode 10
  proc/net/tcp:4: tcp 0 0 0.0.0.0:52000 0.0.0.0:* LISTEN off (0.00/0/0) inode 11
  proc/net/tcp:5: tcp 0 0 0.0.0.0:53000 0.0.0.0:* LISTEN off (0.00/0/0) inode 12
  proc/net/tcp:6: tcp 0 0 0.0.0.0:54000 0.0.0.0:* LISTEN off (0.00/0/0) inode 13
  of 6
  = services in the range: 6 ports (limit 1 ports, net.ipv4.ip_local_port_range 32768-60999 of the kernel's default)
  ? net.ipv4.ip_local_port_range is not in the bundle: the range is the kernel's default
`},
		},
		near: []ruleCase{
			{name: "any port", host: tcpHost([]sock{listensAt("0.0.0.0:50852", 9, 0)})},
			{name: "below the range", host: tcpHost([]sock{listensAt("0.0.0.0:30000", 9, 0)})},
			{name: "reserved", host: tcpHost([]sock{listensAt("0.0.0.0:33060", 9, 0)}).Set("proc/sys/net/ipv4/ip_local_reserved_ports", "33060\n")},
			{name: "allowed", host: tcpHost([]sock{listensAt("0.0.0.0:33060", 9, 0)}), config: "allowed_listeners: [tcp/33060]\n"},
		},
	},
	"T66": {
		fires: []ruleCase{
			{name: "near 1,024 files", host: holds(tcpHost(append(clients(922, nil), listens(":443"))), 7, "/usr/sbin/nginx", inodes(922, 100)...), want: `
T66 info [open files] nginx (7) has 922 tcp sockets open, 90% of the 1,024 files that a process may usually have
  proc/net/tcp:2: tcp 0 0 10.0.0.1:443 10.0.0.1:5000 ESTABLISHED off (0.00/0/0) inode 100 nginx (7)
  proc/net/tcp:3: tcp 0 0 10.0.0.1:443 10.0.0.2:5000 ESTABLISHED off (0.00/0/0) inode 101 nginx (7)
  proc/net/tcp:4: tcp 0 0 10.0.0.1:443 10.0.0.3:5000 ESTABLISHED off (0.00/0/0) inode 102 nginx (7)
  proc/net/tcp:5: tcp 0 0 10.0.0.1:443 10.0.0.4:5000 ESTABLISHED off (0.00/0/0) inode 103 nginx (7)
  proc/net/tcp:6: tcp 0 0 10.0.0.1:443 10.0.0.5:5000 ESTABLISHED off (0.00/0/0) inode 104 nginx (7)
  of 922
  = share of the usual limit: 90% (limit 90%, threshold files of T66)
  ? the limit of this process is not in the bundle
`},
			{name: "ports", host: tcpHost(append(outgoing(40, 0, "10.0.9.9:80"), outgoing(80, 0, "10.0.9.9:443")[40:]...)).Set("proc/sys/net/ipv4/ip_local_port_range", "40000\t40099\n"), want: `
T66 info [ephemeral ports] outgoing connections use 80 of the 100 ports of net.ipv4.ip_local_port_range 40000-40099
  = ports in use: 80% (limit 80%, threshold ports of T66, of 40000-40099 of proc/sys/net/ipv4/ip_local_port_range)
  > have programs keep connections open, or widen net.ipv4.ip_local_port_range
`},
		},
		near: []ruleCase{
			{name: "one less", host: holds(tcpHost(append(clients(921, nil), listens(":443"))), 7, "/usr/sbin/nginx", inodes(921, 100)...)},
			{name: "it may have more files", host: holds(tcpHost(append(clients(1025, nil), listens(":443"))), 7, "/usr/sbin/nginx", inodes(1025, 100)...)},
			{name: "T09 tells of the ports", host: tcpHost(outgoing(80, 0, "10.0.9.9:443")).Set("proc/sys/net/ipv4/ip_local_port_range", "40000\t40099\n")},
		},
	},
}

// tcpHost is a machine with these sockets, and none of IPv6.
func tcpHost(list []sock) *fixtures.Host { return machine(map[string][]sock{"tcp": list, "tcp6": nil}) }

func listensAt(local string, inode uint64, uid uint32) sock {
	return sock{local: local, st: parser.Listen, inode: inode, uid: uid}
}

// toward are connections to a peer, with inodes from 100 on.
func toward(n int, peer string, change func(*sock)) []sock {
	return many(n, func(i int) sock {
		s := sock{local: fmt.Sprintf("10.0.0.1:%d", 40000+i), remote: peer, st: parser.Established, inode: uint64(100 + i)}
		change(&s)
		return s
	})
}

// clients are connections to port 443, with inodes from 100 on.
func clients(n int, change func(*sock)) []sock {
	return many(n, func(i int) sock {
		s := sock{local: "10.0.0.1:443", remote: fmt.Sprintf("10.0.%d.%d:5000", i/250, i%250+1), st: parser.Established, inode: uint64(100 + i)}
		if change != nil {
			change(&s)
		}
		return s
	})
}

// repeats send data that are not acknowledged.
func repeats(n int, retrans uint64, peer string) []sock {
	return toward(n, peer, func(s *sock) { s.sq, s.timer, s.when, s.retrans = 900, 1, 4000, retrans })
}

// closed wait for the peer's window.
func closed(n int, when uint64, probes int32, peer string) []sock {
	return toward(n, peer, func(s *sock) { s.sq, s.timer, s.when, s.probes = 100_000, 4, when, probes })
}

// sending have data on the way.
func sending(n int, bytes, retrans, cwnd uint64, peer string) []sock {
	return toward(n, peer, func(s *sock) { s.sq, s.timer, s.when, s.retrans, s.cwnd = bytes, 1, 20, retrans, cwnd })
}

// alive have sent keepalive probes.
func alive(n int, probes int32, peer string) []sock {
	return toward(n, peer, func(s *sock) { s.timer, s.when, s.probes = 2, 7000, probes })
}

// orphans have no program.
func orphans(n int, retrans uint64) []sock {
	return many(n, func(i int) sock {
		return sock{local: "10.0.0.1:443", remote: fmt.Sprintf("10.0.1.%d:5000", i+1), st: parser.FinWait1, sq: 900, timer: 1, when: 4000, retrans: retrans}
	})
}

// finWaits wait for the peer's end; inode 0 is none.
func finWaits(n int, inode uint64) []sock {
	return clients(n, func(s *sock) {
		s.st = parser.FinWait2
		if inode == 0 {
			s.inode, s.timer, s.when = 0, 3, 3000
		}
	})
}
