package triage

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// unixHost is a machine with a table of UNIX sockets: "listen /run/a 7" is a listener
// with its inode, "wait /run/a" a connection that waits there, "connected /run/a 8" one
// that does not. Text behind is taken as it is.
func unixHost(list []string, more ...string) *fixtures.Host {
	var rows []parser.UnixSocket
	for _, text := range list {
		w := strings.SplitN(text, " ", 3)
		s := parser.UnixSocket{RefCount: 2, Type: 1, State: 3, Path: w[1], HasInode: true}
		if len(w) > 2 {
			fmt.Sscan(w[2], &s.Inode)
		}
		switch w[0] {
		case "listen":
			s.State, s.Flags = 1, parser.UnixAccept
		case "wait":
			s.State = 2
		}
		rows = append(rows, s)
	}
	return fixtures.NewHost(nil).Set("proc/net/unix", fixtures.Kernel{}.Unix(rows)+strings.Join(more, ""))
}

// times repeats a row.
func times(n int, row string) (list []string) {
	for range n {
		list = append(list, row)
	}
	return list
}

// ssBacklog is what ss -x printed of the listener /run/a.
const ssBacklog = `Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process
u_str LISTEN 0      8                  /run/a 7               * 0     users:(("daemon",pid=9,fd=3))
`

// free is a tcp socket that listens or a udp socket that is bound.
func free(local string, st parser.State, inode uint64) sock {
	return sock{local: local, st: st, inode: inode}
}

// lots is a machine whose sockets all belong to processes of root and of another user,
// but for those that are added.
func lots(more ...sock) *fixtures.Host {
	list := append(many(20, func(i int) sock {
		return sock{local: fmt.Sprintf("10.0.0.1:%d", 3000+i), st: parser.Listen, inode: 100 + uint64(i), uid: uint32(i % 2)}
	}), more...)
	return holds(machine(map[string][]sock{"tcp": list}), 7, "/usr/sbin/daemon", inodes(20, 100)...)
}

// exposureTests prove the rules about UNIX sockets, open services and obfuscation.
var exposureTests = map[string]ruleTest{
	"T56": {
		fires: []ruleCase{
			{name: "one", host: unixHost([]string{"listen /run/a 7", "wait /run/a", "listen /run/b 8"}), want: `
T56 info [unix /run/a] 1 connection waits to be accepted at /run/a
  proc/net/unix:2: unix 2 [ ACC ] STREAM LISTENING 7 /run/a
  = connections that wait: 1 connections (limit 1 connections, threshold info of T56)
  = net.core.somaxconn: 1 connections (limit 4,096 connections, the kernel's default of net.core.somaxconn)
`},
			{name: "five, with two listeners", host: unixHost(append(times(5, "wait /run/a"), "listen /run/a 7", "listen /run/a 8")), want: `
T56 warning [unix /run/a] 5 connections wait to be accepted at /run/a
  proc/net/unix:7: unix 2 [ ACC ] STREAM LISTENING 7 /run/a
  proc/net/unix:8: unix 2 [ ACC ] STREAM LISTENING 8 /run/a
  = connections that wait: 5 connections (limit 5 connections, threshold warning of T56)
  = net.core.somaxconn: 5 connections (limit 4,096 connections, the kernel's default of net.core.somaxconn)
  ? 2 listeners have this path, and it is not known at which of them they wait
`},
			{name: "as many as somaxconn of an old kernel", host: unixHost(append(times(128, "wait /run/a"), "listen /run/a 7")), want: `
T56 critical [unix /run/a] 128 connections wait to be accepted at /run/a
  proc/net/unix:130: unix 2 [ ACC ] STREAM LISTENING 7 /run/a
  = connections that wait: 128 connections (limit 128 connections, threshold critical of T56)
  = net.core.somaxconn: 128 connections (limit 4,096 connections, the kernel's default of net.core.somaxconn)
`},
			{name: "more than the listener asked for", host: also(unixHost(append(times(9, "wait /run/a"), "listen /run/a 7")), "output/ss", ssBacklog), want: `
T56 critical [unix /run/a] 9 connections wait to be accepted at /run/a
  proc/net/unix:11: unix 2 [ ACC ] STREAM LISTENING 7 daemon (9) /run/a
  = connections that wait: 9 connections (limit 5 connections, threshold warning of T56)
  = backlog: 9 connections (limit 8 connections, backlog of output/ss)
`},
			{name: "more than somaxconn", host: also(unixHost(append(times(4, "wait /run/a"), "listen /run/a 7")), "proc/sys/net/core/somaxconn", "3\n"), want: `
T56 critical [unix /run/a] 4 connections wait to be accepted at /run/a
  proc/net/unix:6: unix 2 [ ACC ] STREAM LISTENING 7 /run/a
  = connections that wait: 4 connections (limit 1 connections, threshold info of T56)
  = net.core.somaxconn: 4 connections (limit 3 connections, net.core.somaxconn of proc/sys/net/core/somaxconn)
`},
		},
		near: []ruleCase{
			{name: "accepted, or of no listener", host: unixHost([]string{"listen /run/a 7", "connected /run/a 8", "wait /run/c", "connected /run/d"})},
			{name: "below a threshold that was changed", host: unixHost([]string{"listen /run/a 7", "wait /run/a"}), config: "thresholds: {T56: {info: 2}}"},
		},
	},
	"T57": {
		fires: []ruleCase{
			{name: "escape sequences", host: unixHost([]string{"listen @x\x1b[31m 7", "listen /run/b\x07 8"}), want: "" +
				"T57 critical [unix names that drive terminals] 2 UNIX sockets have names with characters that terminals obey\n" +
				"  proc/net/unix:2: unix 2 [ ACC ] STREAM LISTENING 7 @x\x1b[31m\n" +
				"  proc/net/unix:3: unix 2 [ ACC ] STREAM LISTENING 8 /run/b\x07\n"},
			{name: "bidi, control bytes, no UTF-8", host: unixHost([]string{"listen /run/\u202ea 7", "listen /run/\x01b 8", "listen /run/\xe9 9", "listen /run/\xe9\u202e 10", "listen /run/\x01\u202e 11"}), want: "" +
				"T57 warning [unix names that reorder text] 3 UNIX sockets have names with characters that reorder or hide text\n" +
				"  proc/net/unix:2: unix 2 [ ACC ] STREAM LISTENING 7 /run/\xe2\x80\xaea\n" +
				"  proc/net/unix:5: unix 2 [ ACC ] STREAM LISTENING 10 /run/\xe9\xe2\x80\xae\n" +
				"  proc/net/unix:6: unix 2 [ ACC ] STREAM LISTENING 11 /run/\x01\xe2\x80\xae\n" +
				"T57 warning [unix names with control bytes] 1 UNIX socket has a name with control bytes\n" +
				"  proc/net/unix:3: unix 2 [ ACC ] STREAM LISTENING 8 /run/\x01b\n" +
				"  ? a program may have left memory that it did not set in the address\n" +
				"T57 info [unix names that are no UTF-8] 1 UNIX socket has a name with bytes that are no UTF-8\n" +
				"  proc/net/unix:4: unix 2 [ ACC ] STREAM LISTENING 9 /run/\xe9\n" +
				"  ? it may be text of an old character set, or no text at all\n"},
			{name: "a forged row", host: unixHost([]string{"listen /run/a 7", "listen @x 8"}, "0000000000000000: 00000002 00000000 00010000 0001 01     7 /run/forged\n"), want: `
T57 critical [forged unix rows] rows of proc/net/unix contradict others, or what kernels write
  proc/net/unix: a name may hold a newline and forge rows: lines 2 and 4 have inode 7
  ? the file may be put together from several captures
`},
			{name: "the rest of a name", host: unixHost([]string{"listen @x 8"}, "hello there\n"), want: `
T57 warning [broken unix rows] 1 row of proc/net/unix without a number in front, as the rest of a name behind a newline would be
  proc/net/unix:3: hello
  ? the file may be damaged
  ? 1 rows of proc/net/unix could not be read
`},
		},
		near: []ruleCase{
			{name: "names of all kinds", host: unixHost([]string{"listen @/tmp/x@@@@ 7", "listen /run/ünïcode 8", "connected @ 9", "wait /run/a", "connected /run/a 10"})},
			{name: "NUL bytes of an old kernel", host: unixHost([]string{"listen \x00ISCSI\x00\x00\x00 7"})},
		},
	},
	"T58": {
		fires: []ruleCase{
			{name: "telnet, ftp, tftp", host: holds(machine(map[string][]sock{
				"tcp": {free("0.0.0.0:23", parser.Listen, 5), free("10.0.0.1:21", parser.Listen, 6)}, "tcp6": {free("[::]:23", parser.Listen, 7)},
				"udp": {free("0.0.0.0:69", parser.Close, 8)},
			}), 9, "/usr/sbin/xinetd", 5, 7, 8), want: `
T58 warning [tcp port 23] telnet is open: tcp port 23 on all addresses, xinetd (9)
  proc/net/tcp:2: tcp 0 0 0.0.0.0:23 0.0.0.0:* LISTEN off (0.00/0/0) inode 5 xinetd (9)
  proc/net/tcp6:2: tcp6 0 0 :::23 :::* LISTEN off (0.00/0/0) inode 7 xinetd (9)
T58 warning [tcp port 21] ftp is open: tcp port 21 at 10.0.0.1, an unknown program
  proc/net/tcp:3: tcp 0 0 10.0.0.1:21 0.0.0.0:* LISTEN off (0.00/0/0) inode 6
  ? the server may insist on TLS
T58 warning [udp port 69] tftp is open: udp port 69 on all addresses, xinetd (9)
  proc/net/udp:2: udp 0 0 0.0.0.0:69 0.0.0.0:* UNCONN inode 8 xinetd (9)
`},
			{name: "rsh, or syslog", host: machine(map[string][]sock{"tcp": {free("0.0.0.0:514", parser.Listen, 5)}}), want: `
T58 warning [tcp port 514] rsh is open: tcp port 514 on all addresses, an unknown program
  proc/net/tcp:2: tcp 0 0 0.0.0.0:514 0.0.0.0:* LISTEN off (0.00/0/0) inode 5
  ? it may be syslog over tcp, which uses the port of rsh
`},
		},
		near: []ruleCase{
			{name: "loopback, link addresses, connections, clients, syslog", host: holds(machine(map[string][]sock{
				"tcp": {
					free("127.0.0.1:23", parser.Listen, 5), {local: "10.0.0.1:23", remote: "10.0.0.2:4000", st: parser.Established, inode: 6},
					free("0.0.0.0:514", parser.Listen, 9), free("0.0.0.0:22", parser.Listen, 10), free("0.0.0.0:69", parser.Listen, 10),
				},
				"tcp6": {free("[::1]:23", parser.Listen, 7), free("[fe80::1]:23", parser.Listen, 7)},
				"udp":  {{local: "10.0.0.1:69", remote: "10.0.0.2:4000", st: parser.Established, inode: 8}, free("0.0.0.0:514", parser.Close, 11), free("127.0.0.1:69", parser.Close, 12)},
			}), 4, "/usr/sbin/rsyslogd", 9)},
			{name: "allowed", host: machine(map[string][]sock{"tcp": {free("0.0.0.0:23", parser.Listen, 5)}}), config: "allowed_listeners: [tcp/23]"},
		},
	},
	"T59": {
		fires: []ruleCase{
			{name: "databases and privileged ports", host: holds(machine(map[string][]sock{
				"tcp":  {free("0.0.0.0:3306", parser.Listen, 5), free("0.0.0.0:22", parser.Listen, 6), free("0.0.0.0:80", parser.Listen, 7), free("0.0.0.0:8080", parser.Listen, 8)},
				"tcp6": {free("[::]:22", parser.Listen, 9), free("[::]:5432", parser.Listen, 10)},
				"udp":  {free("0.0.0.0:11211", parser.Close, 11)},
			}), 9, "/usr/sbin/mysqld", 5), want: `
T59 warning [tcp port 3306] MySQL is open: tcp port 3306 on all addresses, mysqld (9)
  proc/net/tcp:2: tcp 0 0 0.0.0.0:3306 0.0.0.0:* LISTEN off (0.00/0/0) inode 5 mysqld (9)
  ? a firewall may keep others out, and the program may ask for a password
T59 warning [tcp port 5432] PostgreSQL is open: tcp port 5432 on all addresses, an unknown program
  proc/net/tcp6:3: tcp6 0 0 :::5432 :::* LISTEN off (0.00/0/0) inode 10
  ? a firewall may keep others out, and the program may ask for a password
  ? it listens on ::, which is IPv4 too unless the program asked for IPv6 alone
T59 warning [udp port 11211] memcached is open: udp port 11211 on all addresses, an unknown program
  proc/net/udp:2: udp 0 0 0.0.0.0:11211 0.0.0.0:* UNCONN inode 11
  ? a firewall may keep others out, and the program may ask for a password
T59 info [privileged ports] 2 privileged tcp ports are open on all addresses: 22, 80
  proc/net/tcp:3: tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN off (0.00/0/0) inode 6
  proc/net/tcp:4: tcp 0 0 0.0.0.0:80 0.0.0.0:* LISTEN off (0.00/0/0) inode 7
  of 3
  = privileged ports: 2
  ? a firewall may keep others out
`},
			{name: "IPv6 alone, by the setting", host: also(machine(map[string][]sock{"tcp6": {free("[::]:80", parser.Listen, 9)}}), "proc/sys/net/ipv6/bindv6only", "1\n"), want: `
T59 info [privileged ports] 1 privileged tcp port is open on all addresses: 80
  proc/net/tcp6:2: tcp6 0 0 :::80 :::* LISTEN off (0.00/0/0) inode 9
  = privileged ports: 1
  ? a firewall may keep others out
  ? it listens on ::, which is IPv6 alone by net.ipv6.bindv6only of proc/sys/net/ipv6/bindv6only, unless the program asked for IPv4 too
`},
		},
		near: []ruleCase{
			{name: "addresses, loopback, connections, ssh", host: machine(map[string][]sock{
				"tcp": {
					free("127.0.0.1:3306", parser.Listen, 5), free("10.0.0.1:5432", parser.Listen, 6), free("0.0.0.0:22", parser.Listen, 7),
					free("127.0.0.1:80", parser.Listen, 7), {local: "10.0.0.1:80", remote: "10.0.0.2:4000", st: parser.Established, inode: 6},
				},
				"tcp6": {free("[::1]:6379", parser.Listen, 8), free("[::]:22", parser.Listen, 9)}, "udp": {free("0.0.0.0:53", parser.Close, 10)},
			})},
			{name: "allowed", host: machine(map[string][]sock{"tcp": {free("0.0.0.0:3306", parser.Listen, 5), free("0.0.0.0:80", parser.Listen, 6)}}), config: "allowed_listeners: [3306, tcp/80]"},
		},
	},
	"T60": {
		fires: []ruleCase{
			{name: "one", host: lots(free("0.0.0.0:4444", parser.Listen, 5), free("0.0.0.0:2049", parser.Listen, 6)), want: `
T60 warning [tcp port 4444] no process has what listens on tcp port 4444 on all addresses
  proc/net/tcp:22: tcp 0 0 0.0.0.0:4444 0.0.0.0:* LISTEN off (0.00/0/0) inode 5
  = sockets with a process: 95.2% (limit 90%, threshold held of T60)
  ? the listener may be newer than the list of processes
  ? it may be lockd of NFS, which takes any port
`},
			{name: "of root alone", host: holds(machine(map[string][]sock{"tcp": append(many(20, func(i int) sock {
				return sock{local: fmt.Sprintf("10.0.0.1:%d", 3000+i), st: parser.Listen, inode: 100 + uint64(i)}
			}), free("10.0.0.1:4444", parser.Listen, 5))}), 7, "/usr/sbin/daemon", inodes(20, 100)...), want: `
T60 warning [tcp port 4444] no process has what listens on tcp port 4444 at 10.0.0.1
  proc/net/tcp:22: tcp 0 0 10.0.0.1:4444 0.0.0.0:* LISTEN off (0.00/0/0) inode 5
  = sockets with a process: 95.2% (limit 90%, threshold held of T60)
  ? the listener may be newer than the list of processes
  ? only processes with sockets of root are known: the capture may not cover all
`},
		},
		near: []ruleCase{
			{name: "all have one", host: lots()},
			{name: "ports of the kernel, no inode, no listener", host: lots(free("0.0.0.0:2049", parser.Listen, 6), free("0.0.0.0:4444", parser.Listen, 0),
				sock{local: "10.0.0.1:3000", remote: "10.0.0.2:4000", st: parser.Established, inode: 7})},
		},
	},
	"T70": {
		fires: []ruleCase{
			{name: "sockets, routes and addresses", obfuscated: "sos clean", host: leaks("100.0.0.1"), want: `
T70 warning [] sos clean made up the addresses in texts, and the kernel's tables hold 4 other addresses that no text has
  proc/net/route:2: 0.0.0.0 10.0.0.1 0.0.0.0 UG metric 100 eth0
  proc/net/if_inet6:1: 2001:db8::5/64 eth0
  proc/net/tcp:3: tcp 0 0 10.0.0.5:22 192.0.2.9:4000 ESTABLISHED off (0.00/0/0) inode 6
  of 4
  = addresses that no text has: 4 addresses
`},
		},
		near: []ruleCase{
			{name: "not obfuscated", host: leaks("100.0.0.1")},
			{name: "the tables hold what the texts do", obfuscated: "sos clean", host: arp(machine(map[string][]sock{"tcp": {
				free("127.0.0.1:22", parser.Listen, 5), {local: "100.0.0.5:22", remote: "100.0.0.9:4000", st: parser.Established, inode: 6},
			}}), "100.0.0.5 00:16:3e:00:00:01 eth0")},
			{name: "no addresses", obfuscated: "sos clean", host: machine(map[string][]sock{"tcp": {free("0.0.0.0:22", parser.Listen, 5)}})},
		},
	},
}

// leaks is a machine of which the texts say that it is another address.
func leaks(text string) *fixtures.Host {
	h := arp(inet6(routed(eth0, byGate, lan), "2001:db8::5 80 eth0", "fe80::1 80 eth0"), text+" 00:16:3e:00:00:01 eth0")
	return h.Set("proc/net/tcp", table("tcp", []sock{
		free("0.0.0.0:22", parser.Listen, 5), {local: "10.0.0.5:22", remote: "192.0.2.9:4000", st: parser.Established, inode: 6},
	}))
}

// TestUnheldSkipped: a capture that does not cover all processes tells nothing of
// listeners without one.
func TestUnheldSkipped(t *testing.T) {
	listener := free("0.0.0.0:4444", parser.Listen, 5)
	few := []sock{listener, {local: "10.0.0.1:80", st: parser.Listen, inode: 6, uid: 1000}}
	for name, tc := range map[string]struct {
		host *fixtures.Host
		want string
	}{
		"no process": {
			also(machine(map[string][]sock{"tcp": few}), "output/lsof", "COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\n"),
			"no file of the capture tells which process has a socket",
		},
		"a user's": {
			holds(machine(map[string][]sock{"tcp": few}), 7, "/usr/bin/x", 6),
			"no socket of root has a process: the capture was not taken as root",
		},
		"half": {
			holds(machine(map[string][]sock{"tcp": many(10, func(i int) sock { return free("0.0.0.0:4444", parser.Listen, 100+uint64(i)) })}), 7, "/usr/bin/x", inodes(5, 100)...),
			"only 5 of 10 sockets have a process: the capture does not cover all processes",
		},
	} {
		report := check(t, socketWithoutProcess, ruleCase{host: tc.host})
		if len(report.NotChecked) != 1 || len(report.Findings) != 0 || report.NotChecked[0].Why != tc.want {
			t.Errorf("%s: found\n%s\nnot checked: %v, want %q", name, told(report), report.NotChecked, tc.want)
		}
	}
}

// TestRandomMachines: whatever a machine has, no rule stumbles, and no number is none.
func TestRandomMachines(t *testing.T) {
	for seed := range uint64(30) {
		h := fixtures.RandomHost(rand.New(rand.NewPCG(seed, 1)))
		s := snapshot.Load(h.FS(), snapshot.ByteOrder{Order: binary.LittleEndian})
		host := NewHost(s, rows.SourceOf(s, rows.Place{}), nil, nil)
		host.Obfuscated = "sos clean"
		for _, f := range Run(host, Rules(), nil).Findings {
			for _, figure := range f.Figures {
				if math.IsNaN(figure.Value) || math.IsInf(figure.Value, 0) {
					t.Errorf("seed %d: %s: %s is %v", seed, f.Rule.ID, figure.Name, figure.Value)
				}
			}
		}
	}
}
