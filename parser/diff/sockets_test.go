package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// tcpRow is a row of proc/net/tcp or udp.
func tcpRow(local, remote, state, queues string, uid, inode int) string {
	return fmt.Sprintf("   0: %s %s %s %s 00:00000000 00000000 %5d        0 %d 1 0000000000000000 100 0 0 10 0\n", local, remote, state, queues, uid, inode)
}

const (
	none   = "00000000:00000000"
	anyone = "00000000:0000"

	web  = "0100000A:01BB" // 10.0.0.1:443
	alt  = "0100000A:1F90" // 10.0.0.1:8080
	own  = "0100000A:C350" // 10.0.0.1:50000
	own2 = "0100000A:C351" // 10.0.0.1:50001
	peer = "0200000A:D6D8" // 10.0.0.2:55000
	pee2 = "0200000A:D6D9" // 10.0.0.2:55001
	far  = "0300000A:01BB" // 10.0.0.3:443
)

// tables makes a host of rows of tcp and udp, of one boot.
func tables(tcp, udp string) *fixtures.Host {
	return fixtures.NewHost(map[string]string{
		"proc/net/tcp": tcpHead + tcp, "proc/net/udp": strings.Replace(tcpHead, "inode", "inode ref pointer drops", 1) + udp, bootFile: boot,
	})
}

// owned gives a process the sockets of the inodes 1 and 2.
func owned(pid int, program string, h *fixtures.Host) *fixtures.Host {
	for inode := 1; inode <= 2; inode++ {
		h.Link(fmt.Sprintf("proc/%d/fd/%d", pid, 3+inode), fmt.Sprintf("socket:[%d]", inode))
	}
	return h.Set(fmt.Sprintf("proc/%d/cmdline", pid), program+"\x00")
}

// lines are the changed sockets as texts.
func lines(list []rows.SocketChange) string {
	var b strings.Builder
	for i := range list {
		c := &list[i]
		fmt.Fprintf(&b, "%s %d %s %s:%s %s:%s %s", c.What, c.Count, c.Protocol, known(c.LocalAddress), known(c.LocalPort), known(c.RemoteAddress), known(c.RemotePort),
			arrow(c.OldState, c.NewState))
		for _, pair := range []struct {
			name     string
			old, new fmt.Stringer
		}{
			{"recv-q", numbers{c.OldRecvQ}, numbers{c.NewRecvQ}}, {"send-q", numbers{c.OldSendQ}, numbers{c.NewSendQ}},
			{"accept-q", numbers{c.OldAcceptQueue}, numbers{c.NewAcceptQueue}}, {"uid", numbers{c.OldUID}, numbers{c.NewUID}},
			{"pid", numbers{c.OldPID}, numbers{c.NewPID}}, {"inode", numbers{c.OldInode}, numbers{c.NewInode}},
		} {
			if pair.old.String() != pair.new.String() && c.What != rows.Appeared && c.What != rows.Gone {
				fmt.Fprintf(&b, " %s %s>%s", pair.name, pair.old, pair.new)
			}
		}
		if c.Columns != nil {
			fmt.Fprintf(&b, " %s", c.Columns)
		}
		if c.Listener {
			b.WriteString(" listener")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

type numbers struct{ parser.Opt[uint64] }

func (n numbers) String() string { return known(n.Opt) }

func known[T any](o parser.Opt[T]) string {
	if v, ok := o.Get(); ok {
		return fmt.Sprint(v)
	}
	return "-"
}

func arrow(a, b parser.Opt[string]) string { return known(a) + ">" + known(b) }

// TestSockets: whole texts of what is said of sockets.
func TestSockets(t *testing.T) {
	for _, tc := range []struct {
		name     string
		old, new *fixtures.Host
		all      bool
		want     string
	}{
		{
			"listeners come first, and are never folded",
			tables(tcpRow(web, peer, "01", none, 0, 9)+tcpRow(web, pee2, "01", none, 0, 10)+tcpRow(alt, anyone, "0A", none, 0, 11)+tcpRow(web, anyone, "0A", none, 0, 12), ""),
			tables(tcpRow(web, anyone, "0A", none, 0, 12)+tcpRow(own, anyone, "0A", none, 0, 13), ""), false,
			`gone 1 tcp 10.0.0.1:8080 0.0.0.0:0 LISTEN>- listener
appeared 1 tcp 10.0.0.1:50000 0.0.0.0:0 ->LISTEN listener
gone 2 tcp 10.0.0.1:443 10.0.0.2:- ESTABLISHED>-
`,
		},
		{
			"a listener of another process, and one with a fuller queue",
			tables(tcpRow(web, anyone, "0A", none, 0, 12)+tcpRow(alt, anyone, "0A", "00000000:00000001", 0, 13), ""),
			tables(tcpRow(web, anyone, "0A", none, 33, 99)+tcpRow(alt, anyone, "0A", "00000000:00000005", 0, 13), ""), false,
			`replaced 1 tcp 10.0.0.1:443 0.0.0.0:0 LISTEN>LISTEN uid 0>33 inode 12>99 [uid inode] listener
changed 1 tcp 10.0.0.1:8080 0.0.0.0:0 LISTEN>LISTEN accept-q 1>5 [accept_queue] listener
`,
		},
		{
			"several listeners of one port (SO_REUSEPORT) are told apart by their inodes",
			tables(tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(web, anyone, "0A", none, 0, 2)+tcpRow(web, anyone, "0A", none, 0, 3), ""),
			tables(tcpRow(web, anyone, "0A", none, 0, 9)+tcpRow(web, anyone, "0A", none, 0, 3)+tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(web, anyone, "0A", none, 0, 10), ""), false,
			`replaced 1 tcp 10.0.0.1:443 0.0.0.0:0 LISTEN>LISTEN inode 2>9 [inode] listener
appeared 1 tcp 10.0.0.1:443 0.0.0.0:0 ->LISTEN listener
`,
		},
		{
			"queues and states of connections that went on, added up where they are folded",
			tables(tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(web, peer, "01", "00000001:00000002", 0, 2)+tcpRow(web, pee2, "01", "00000010:00000020", 0, 3)+tcpRow(own, far, "01", none, 0, 4), ""),
			tables(tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(web, peer, "01", "00000003:00000002", 0, 2)+tcpRow(web, pee2, "01", "00000010:00000030", 0, 3)+tcpRow(own, far, "06", none, 0, 0), ""), false,
			`changed 2 tcp 10.0.0.1:443 10.0.0.2:- ESTABLISHED>ESTABLISHED recv-q 34>50 send-q 17>19 [recv_q send_q]
changed 1 tcp 10.0.0.1:50000 10.0.0.3:443 ESTABLISHED>TIME_WAIT uid 0>- inode 4>0 [state]
`,
		},
		{
			"the same without folding",
			tables(tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(web, peer, "01", "00000001:00000002", 0, 2)+tcpRow(web, pee2, "01", "00000010:00000020", 0, 3), ""),
			tables(tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(web, peer, "01", "00000003:00000002", 0, 2)+tcpRow(web, pee2, "01", "00000010:00000030", 0, 3), ""), true,
			`changed 1 tcp 10.0.0.1:443 10.0.0.2:55000 ESTABLISHED>ESTABLISHED send-q 1>3 [send_q]
changed 1 tcp 10.0.0.1:443 10.0.0.2:55001 ESTABLISHED>ESTABLISHED recv-q 32>48 [recv_q]
`,
		},
		{
			"another connection of the same addresses and ports: by inode, and because no state goes back",
			tables(tcpRow(own, far, "01", none, 0, 4)+tcpRow(own2, far, "06", none, 0, 0)+tcpRow(web, peer, "01", none, 0, 0), ""),
			tables(tcpRow(own, far, "01", none, 0, 5)+tcpRow(own2, far, "01", none, 0, 6)+tcpRow(web, peer, "01", none, 0, 7), ""), false,
			`changed 1 tcp 10.0.0.1:443 10.0.0.2:55000 ESTABLISHED>ESTABLISHED uid ->0 inode 0>7 [inode]
replaced 1 tcp 10.0.0.1:50000 10.0.0.3:443 ESTABLISHED>ESTABLISHED inode 4>5 [inode]
replaced 1 tcp 10.0.0.1:50001 10.0.0.3:443 TIME_WAIT>ESTABLISHED uid ->0 inode 0>6 [state]
`,
		},
		{
			"sockets to a peer's port, from ports that the kernel chose",
			tables("", ""),
			tables(tcpRow(own, far, "06", none, 0, 0)+tcpRow(own2, far, "06", none, 0, 0)+tcpRow(alt, far, "01", none, 0, 7), ""), false,
			`appeared 2 tcp 10.0.0.1:- 10.0.0.3:443 ->TIME_WAIT
appeared 1 tcp 10.0.0.1:8080 10.0.0.3:443 ->ESTABLISHED
`,
		},
		{
			"the range of these ports is the capture's",
			tables("", "").Set("proc/sys/net/ipv4/ip_local_port_range", "8000\t9000\n"),
			tables(tcpRow(own, far, "06", none, 0, 0)+tcpRow(own2, far, "06", none, 0, 0)+tcpRow(alt, far, "01", none, 0, 7), "").Set("proc/sys/net/ipv4/ip_local_port_range", "8000\t9000\n"), false,
			`appeared 1 tcp 10.0.0.1:8080 10.0.0.3:443 ->ESTABLISHED
appeared 1 tcp 10.0.0.1:50000 10.0.0.3:443 ->TIME_WAIT
appeared 1 tcp 10.0.0.1:50001 10.0.0.3:443 ->TIME_WAIT
`,
		},
		{
			"of udp only a port that the kernel did not choose is waited on",
			tables("", tcpRow(own, anyone, "07", none, 0, 1)+tcpRow(own2, anyone, "07", none, 0, 2)),
			tables("", tcpRow(web, anyone, "07", none, 0, 3)+tcpRow(alt, far, "01", none, 0, 4)), false,
			`appeared 1 udp 10.0.0.1:443 0.0.0.0:0 ->UNCONN listener
gone 2 udp 10.0.0.1:- 0.0.0.0:0 UNCONN>-
appeared 1 udp 10.0.0.1:8080 10.0.0.3:443 ->ESTABLISHED
`,
		},
		{
			"sockets of one program that only have other processes",
			owned(10, "nginx", tables(tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(alt, anyone, "0A", none, 0, 2), "")),
			owned(20, "nginx", tables(tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(alt, anyone, "0A", none, 0, 2), "")), false,
			`changed 2 tcp 10.0.0.1:- 0.0.0.0:0 LISTEN>LISTEN pid 10>20 [pid] listener
`,
		},
		{
			"a program that ss names is not one that another file names in its own way",
			owned(10, "nginx: worker", tables(tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(alt, anyone, "0A", none, 0, 2), "")),
			tables(tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(alt, anyone, "0A", none, 0, 2), "").
				Set("output/ss", "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port\ntcp   LISTEN 0      128    10.0.0.1:443 0.0.0.0:* users:((\"nginx\",pid=10,fd=3)) ino:1\n"), false, "",
		},
		{
			"after a reboot no connection is what it was, and no inode means anything",
			tables(tcpRow(web, anyone, "0A", none, 0, 1)+tcpRow(web, peer, "01", none, 0, 2), tcpRow(web, anyone, "07", none, 0, 3)),
			tables(tcpRow(web, anyone, "0A", none, 0, 9)+tcpRow(web, peer, "01", none, 0, 2), tcpRow(web, anyone, "07", none, 0, 8)).Set(bootFile, "11111111-2222-3333-4444-555555555555\n"), false,
			`replaced 1 tcp 10.0.0.1:443 10.0.0.2:55000 ESTABLISHED>ESTABLISHED []
`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := lines(compare(tc.old, tc.new, tc.all).Sockets); got != tc.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

// TestNotCompared: whole texts of what is said of tables that one of the captures lacks,
// or has in part.
func TestNotCompared(t *testing.T) {
	rows := tcpRow(web, anyone, "0A", none, 0, 1) + tcpRow(own, far, "01", none, 0, 2)
	whole := func() *fixtures.Host { return tables(rows, tcpRow(web, anyone, "07", none, 0, 3)) }
	without := func(h *fixtures.Host, file string) *fixtures.Host {
		delete(h.Files, file)
		return h
	}
	for _, tc := range []struct {
		name           string
		old, new       *fixtures.Host
		said, inSocket string
	}{
		{
			"absent in one", without(whole(), "proc/net/tcp"), whole(),
			"warning: proc/net/tcp is not in OLD: what NEW has of it is not compared\n", "",
		},
		{
			"empty in one", whole(), whole().Set("proc/net/udp", ""),
			"warning: proc/net/udp is empty in NEW, without even its header line: what OLD has of it is not compared\n", "",
		},
		{
			"absent in both", without(whole(), "proc/net/udp"), without(whole(), "proc/net/udp"), "", "",
		},
		{
			"a row that cannot be read", tables(strings.Replace(rows, own, "?", 1), tcpRow(web, anyone, "07", none, 0, 3)), whole(),
			"warning: 1 of the rows of proc/net/tcp in OLD cannot be read: they may be among those that are shown as appeared\n",
			"appeared 1 tcp 10.0.0.1:50000 10.0.0.3:443 ->ESTABLISHED\n",
		},
		{
			"cut in the middle of a row", whole(), whole().Set("proc/net/tcp", (tcpHead + rows)[:len(tcpHead)+60]),
			"warning: proc/net/tcp in NEW could not be read to its end: 2 that only OLD has are not shown as gone\n", "",
		},
		{
			"the output of a command that shows a part",
			without(without(whole(), "proc/net/tcp"), "proc/net/udp").Set("output/ss", "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\ntcp   ESTAB 0      7      10.0.0.1:50000     10.0.0.3:443\ntcp   ESTAB 0      0      10.0.0.1:50001     10.0.0.3:443\n"), whole(),
			`warning: of tcp OLD shows connected sockets only, in the output of a command: no others are compared
warning: of udp OLD shows connected sockets only, in the output of a command: no others are compared
`,
			"changed 1 tcp 10.0.0.1:50000 10.0.0.3:443 ESTABLISHED>ESTABLISHED send-q 7>0 uid ->0 inode ->2 [send_q]\ngone 1 tcp 10.0.0.1:50001 10.0.0.3:443 ESTABLISHED>-\n",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := compare(tc.old, tc.new, false)
			if got := said(r); got != tc.said {
				t.Errorf("it is said:\n%s\nwant:\n%s", got, tc.said)
			}
			if got := lines(r.Sockets); got != tc.inSocket {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.inSocket)
			}
		})
	}
}
