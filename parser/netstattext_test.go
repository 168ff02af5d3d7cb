package parser_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
)

// TestNetstatAgainstKernel compares netstat's texts with the kernel's files of the
// same machine: each row is in both.
func TestNetstatAgainstKernel(t *testing.T) {
	checkDifferences(t, []diffCase{
		{parser.NetstatSockets, bigEndian, "cmd/netstat_-W_-neopa", 430, nil},
		{parser.NetstatSockets, bigEndian, "cmd/netstat_-anpoee_--wide", 850, nil},
		{parser.NetstatSockets, bigEndian, "cmd/busybox_netstat_-ane", 0, nil},
		{parser.NetstatSockets, manyRows, "cmd/netstat_-W_-neoa", 50, nil},
		{parser.NetstatSockets, manyRows, "cmd/netstat_-an", 0, nil},
		{parser.NetstatSockets, coreos, "sos_commands/networking/netstat_-W_-neopa", 20, sent},
	})
}

// What netstat's headings look like.
const (
	netstatHead  = "Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       "
	netstatUnix  = "Active UNIX domain sockets (servers and established)\nProto RefCnt Flags       Type       State         I-Node   "
	netstatAll   = netstatHead + "User       Inode      PID/Program name     Timer\n"
	netstatUnixP = netstatUnix + "PID/Program name     Path\n"
)

const (
	noUser  = parser.LacksUID | parser.LacksInode
	noTimer = parser.LacksTimer | parser.LacksRetransmits | parser.LacksTimeout
)

// TestNetstatInet pins what each set of columns gives.
func TestNetstatInet(t *testing.T) {
	for _, c := range []struct {
		name, file, text     string
		table, local, remote string
		want                 parser.InetSocket
		printed              parser.Printed
	}{
		{"all columns", "x", netstatAll + "tcp        1      2 10.0.0.1:22             10.0.0.2:4711           ESTABLISHED 33         9713       274/socat            keepalive (6.63/4/5)\n",
			"tcp", "10.0.0.1:22", "10.0.0.2:4711",
			parser.InetSocket{State: 1, RecvQ: 1, SendQ: 2, UID: 33, Inode: 9713, Timer: 2, TimerExpires: 663, Retransmits: 4, Timeout: 5},
			parser.Printed{PID: parser.Some[uint64](274), Program: "socat"}},
		{"only -a and -n", "x", netstatHead + "\ntcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN     \n",
			"tcp", "0.0.0.0:22", "0.0.0.0:0", parser.InetSocket{State: 10}, parser.Printed{Lacks: noUser | noTimer}},
		{"names of users", "x", netstatHead + "User       Inode     \ntcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      systemd-resolve 26985     \n",
			"tcp", "0.0.0.0:22", "0.0.0.0:0", parser.InetSocket{State: 10, Inode: 26985}, parser.Printed{Lacks: parser.LacksUID | noTimer}},
		{"no process", "x", netstatAll + "tcp        0      0 10.0.0.1:22             10.0.0.2:4711           TIME_WAIT   0          0          -                    timewait (53.04/0/-1)\n",
			"tcp", "10.0.0.1:22", "10.0.0.2:4711", parser.InetSocket{State: 6, Timer: 3, TimerExpires: 5304, Timeout: -1}, parser.Printed{}},
		{"a program with blanks and a timer's look", "x", netstatAll + "tcp6       0      0 :::80                   :::*                    LISTEN      0          7          9/a on (1.00/1/1)    off (0.00/0/0)\n",
			"tcp6", "[::]:80", "[::]:0", parser.InetSocket{State: 10, Inode: 7}, parser.Printed{PID: parser.Some[uint64](9), Program: "a on (1.00/1/1)"}},
		{"another timer", "x", netstatAll + "udp        0      0 0.0.0.0:53              0.0.0.0:*                           5          7          -                    unkn-7 (0.10/0/0)\n",
			"udp", "0.0.0.0:53", "0.0.0.0:0", parser.InetSocket{State: 7, UID: 5, Inode: 7, Timer: 7, TimerExpires: 10}, parser.Printed{}},
		{"connected udp", "x", netstatAll + "udp        0      0 10.0.0.1:40514          10.0.0.3:514            ESTABLISHED 5          7          -                    off (0.00/0/0)\n",
			"udp", "10.0.0.1:40514", "10.0.0.3:514", parser.InetSocket{State: 1, UID: 5, Inode: 7}, parser.Printed{}},
		{"udplite", "x", netstatHead + "\nudpl6      0      0 ::1:53                  :::*                               \n",
			"udplite6", "[::1]:53", "[::]:0", parser.InetSocket{State: 7}, parser.Printed{Lacks: noUser | noTimer}},
		{"mapped", "x", netstatHead + "\ntcp6       0      0 1.2.3.4:22              5.6.7.8:4711            CLOSE_WAIT \n",
			"tcp6", "[::ffff:1.2.3.4]:22", "[::ffff:5.6.7.8]:4711", parser.InetSocket{State: 8}, parser.Printed{Lacks: noUser | noTimer}},
		{"raw", "x", netstatHead + "\nraw        0      0 10.0.0.1:89             10.0.0.2:*              1          \n",
			"raw", "10.0.0.1:89", "10.0.0.2:0", parser.InetSocket{State: 1}, parser.Printed{Lacks: noUser | noTimer}},
		{"raw of busybox", "x", netstatHead + "\nraw        0      0 :::58                   ::%27982517:*           58          \n",
			"raw6", "[::]:58", "[::]:0", parser.InetSocket{State: 7}, parser.Printed{Lacks: noUser | noTimer}},
		{"connected raw of busybox", "x", netstatHead + "\nraw        0      0 10.0.0.1:89             10.0.0.2:*              89         \n",
			"raw", "10.0.0.1:89", "10.0.0.2:0", parser.InetSocket{State: 1}, parser.Printed{Lacks: noUser | noTimer}},
		{"tcp6 of busybox", "x", netstatHead + "\ntcp        0      0 ::1:53                  :::*                    LISTEN\n",
			"tcp6", "[::1]:53", "[::]:0", parser.InetSocket{State: 10}, parser.Printed{Lacks: noUser | noTimer}},
		{"no heading, options in the name", "sos/netstat_-neopa", "tcp 0 0 1.1.1.1:1 0.0.0.0:* LISTEN 3 4 5/x y off (0.00/0/0)\n",
			"tcp", "1.1.1.1:1", "0.0.0.0:0", parser.InetSocket{State: 10, UID: 3, Inode: 4}, parser.Printed{PID: parser.Some[uint64](5), Program: "x y"}},
		{"no heading, no options", "x", "tcp 0 0 1.1.1.1:1 0.0.0.0:* LISTEN 3 4 5/x y off (0.00/0/0)\r\n",
			"tcp", "1.1.1.1:1", "0.0.0.0:0", parser.InetSocket{State: 10}, parser.Printed{Lacks: noUser | noTimer}},
		{"a mapped listener", "x", netstatHead + "\ntcp6       0      0 127.0.0.1:8005          :::*                    LISTEN     \n",
			"tcp6", "[::ffff:127.0.0.1]:8005", "[::]:0", parser.InetSocket{State: 10}, parser.Printed{Lacks: noUser | noTimer}},
		{"wide by its name", "netstat_-W_-an.txt", "tcp6 0 0 2001:db8:77::1234:41346 :::* LISTEN\n",
			"tcp6", "[2001:db8:77::1234]:41346", "[::]:0", parser.InetSocket{State: 10}, parser.Printed{Lacks: noUser | noTimer}},
		{"wide by a word", "netstat_-an_--wide", "tcp6 0 0 2001:db8::12:1234:41346 :::* LISTEN\n",
			"tcp6", "[2001:db8::12:1234]:41346", "[::]:0", parser.InetSocket{State: 10}, parser.Printed{Lacks: noUser | noTimer}},
		{"wide by its heading", "x", "Proto Recv-Q Send-Q Local Address                                       Foreign Address                                     State      \ntcp6 0 0 2001:db8::12:1234:41346 :::* LISTEN\n",
			"tcp6", "[2001:db8::12:1234]:41346", "[::]:0", parser.InetSocket{State: 10}, parser.Printed{Lacks: noUser | noTimer}},
		{"wide by a longer column", "x", "tcp6 0 0 2001:db8::12:1234:41346 2001:db8::112:1234:41346 ESTABLISHED\n",
			"tcp6", "[2001:db8::12:1234]:41346", "[2001:db8::112:1234]:41346", parser.InetSocket{State: 1}, parser.Printed{Lacks: noUser | noTimer}},
	} {
		got, table := inetOf(t, parser.NetstatSockets, c.file, c.text)
		if table != c.table {
			t.Errorf("%s: table %q, want %q", c.name, table, c.table)
		}
		c.want.Printed = &c.printed
		wantInet(t, c.name, got, c.want, c.local, c.remote)
	}
}

// TestNetstatLimits pins the largest and smallest numbers that a row may have.
func TestNetstatLimits(t *testing.T) {
	got, _ := inetOf(t, parser.NetstatSockets, "netstat_-o",
		"raw 18446744073709551615 0 1.1.1.1:65535 1.1.1.2:* 255 on (184467440737095514.99/18446744073709551615/2147483647)\n")
	wantInet(t, "the largest", got, parser.InetSocket{
		State: 255, RecvQ: 1<<64 - 1, Timer: 1, TimerExpires: 18446744073709551499, Retransmits: 1<<64 - 1,
		Timeout: 1<<31 - 1, Printed: &parser.Printed{Lacks: noUser},
	}, "1.1.1.1:65535", "1.1.1.2:0")
	got, _ = inetOf(t, parser.NetstatSockets, "netstat_-o", "udp 0 0 1.1.1.1:1 0.0.0.0:* on (0.00/0/-2147483648)\n")
	wantInet(t, "the smallest", got, parser.InetSocket{State: 7, Timer: 1, Timeout: -1 << 31, Printed: &parser.Printed{Lacks: noUser}},
		"1.1.1.1:1", "0.0.0.0:0")
}

func TestNetstatUnix(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       parser.UnixSocket
	}{
		{"listening", netstatUnix + "Path\nunix  2      [ ACC ]     STREAM     LISTENING     319095   /run/x\n",
			parser.UnixSocket{RefCount: 2, Flags: parser.UnixAccept, Type: 1, State: 1, Inode: 319095, Path: "/run/x"}},
		{"no path", netstatUnix + "Path\nunix  3      [ ]         SEQPACKET  CONNECTED     312691   \n",
			parser.UnixSocket{RefCount: 3, Type: 5, State: 3, Inode: 312691}},
		{"no state", netstatUnix + "Path\nunix  3      [ W N ]     DGRAM                    312691   @a b  \n",
			parser.UnixSocket{RefCount: 3, Flags: parser.UnixWait | parser.UnixNoSpace, Type: 2, State: 1, Inode: 312691, Path: "@a b  "}},
		{"in the backlog", netstatUnix + "Path\nunix  2      [ ]         STREAM     CONNECTING    0        /run/x\n",
			parser.UnixSocket{RefCount: 2, Type: 1, State: 2, Path: "/run/x"}},
		{"disconnecting", netstatUnix + "Path\nunix  2      [ ]         STREAM     DISCONNECTING 0        \n",
			parser.UnixSocket{RefCount: 2, Type: 1, State: 4}},
		{"a process", netstatUnixP + "unix  2      [ ]         DGRAM                    11780    1/systemd            /run/with space\n",
			parser.UnixSocket{RefCount: 2, Type: 2, State: 1, Inode: 11780, Path: "/run/with space", Printed: &parser.Printed{PID: parser.Some[uint64](1), Program: "systemd"}}},
		{"a program with blanks", netstatUnixP + "unix  2      [ ]         DGRAM                    117801234 600/sshd: /usr/sbin  /run/x\n",
			parser.UnixSocket{RefCount: 2, Type: 2, State: 1, Inode: 117801234, Path: "/run/x", Printed: &parser.Printed{PID: parser.Some[uint64](600), Program: "sshd: /usr/sbin"}}},
		{"a program and no path", netstatUnixP + "unix  2      [ ]         DGRAM                    1        600/a b\n",
			parser.UnixSocket{RefCount: 2, Type: 2, State: 1, Inode: 1, Printed: &parser.Printed{PID: parser.Some[uint64](600), Program: "a b"}}},
		{"a program wider than its column", netstatUnixP + "unix  2      [ ]         DGRAM                    1        600/a23456789012345678901 /run/x y\n",
			parser.UnixSocket{RefCount: 2, Type: 2, State: 1, Inode: 1, Path: "/run/x y", Printed: &parser.Printed{PID: parser.Some[uint64](600), Program: "a23456789012345678901"}}},
		{"no process", netstatUnixP + "unix  2      [ ]         DGRAM                    1        -                    /run/x\n",
			parser.UnixSocket{RefCount: 2, Type: 2, State: 1, Inode: 1, Path: "/run/x"}},
		{"the narrow heading", "Proto RefCnt Flags       Type       State         I-Node PID/Program name    Path\n" +
			"unix  2      [ ACC ]     STREAM     LISTENING      23584 872/gssproxy        /run/gssproxy.sock\n",
			parser.UnixSocket{RefCount: 2, Flags: parser.UnixAccept, Type: 1, State: 1, Inode: 23584, Path: "/run/gssproxy.sock", Printed: &parser.Printed{PID: parser.Some[uint64](872), Program: "gssproxy"}}},
	} {
		got := unixOf(t, parser.NetstatSockets, "x", c.text)
		c.want.Line, c.want.HasInode = strings.Count(c.text, "\n"), true
		if c.want.Printed == nil {
			c.want.Printed = new(parser.Printed)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v %+v\nwant %+v %+v", c.name, got, *got.Printed, c.want, *c.want.Printed)
		}
	}
	old := unixOf(t, parser.NetstatSockets, "x", netstatUnix+"Path\nunix  1      [ ]         STREAM     CONNECTED     -        /dev/log\n")
	if old.HasInode || old.Path != "/dev/log" {
		t.Errorf("without an inode: %+v", old)
	}
}

// TestNetstatErrors pins what is said about rows that cannot be read: the whole text.
func TestNetstatErrors(t *testing.T) {
	tcp := func(rest string) string { return netstatAll + "tcp        " + rest + "\n" }
	unix := func(rest string) string { return netstatUnixP + "unix  " + rest + "\n" }
	checkErrors(t, parser.NetstatSockets, []errorCase{
		{"only the protocol", "tcp\n", `x:1: Recv-Q missing: row ends before this column`},
		{"no queue", tcp("many 0 1.1.1.1:1 0.0.0.0:* LISTEN"), `x:3: Recv-Q "many": invalid syntax`},
		{"queue too large", tcp("0 18446744073709551616 1.1.1.1:1"), `x:3: Send-Q "18446744073709551616": value out of range`},
		{"a name", tcp("0 0 localhost:22 0.0.0.0:* LISTEN"), `x:3: Local Address "localhost:22": invalid syntax`},
		{"a service", tcp("0 0 1.1.1.1:ssh 0.0.0.0:* LISTEN"), `x:3: Local Address "1.1.1.1:ssh": invalid syntax`},
		{"a cut name", tcp("0 0 localhost.localdo:35450 0.0.0.0:* LISTEN"), `x:3: Local Address "localhost.localdo:35450": invalid syntax`},
		{"no port", tcp("0 0 1.1.1.1 0.0.0.0:* LISTEN"), `x:3: Local Address "1.1.1.1": invalid syntax`},
		{"only a bracket", tcp("0 0 [:1 0.0.0.0:* LISTEN"), `x:3: Local Address "[:1": invalid syntax`},
		{"only a scope", tcp("0 0 [%lo]:1 0.0.0.0:* LISTEN"), `x:3: Local Address "[%lo]:1": invalid syntax`},
		{"port too large", tcp("0 0 1.1.1.1:1 1.1.1.1:65536 LISTEN"), `x:3: Foreign Address "1.1.1.1:65536": value out of range`},
		{"no peer", tcp("0 0 1.1.1.1:1"), `x:3: Foreign Address missing: row ends before this column`},
		{"cut address", "tcp6 0 0 2001:db8::12:1234:41346 :::* LISTEN\n", `x:1: Local Address "2001:db8::12:1234:41346": the column ends here, the value may be cut`},
		{"cut address below a heading", netstatHead + "\ntcp6       0      0 2001:db8::12:1234:41346 :::*                    LISTEN     \n", `x:3: Local Address "2001:db8::12:1234:41346": the column ends here, the value may be cut`},
		{"cut peer", "udp6 0 0 ::1:1 2001:db8::12:1234:41346\n", `x:1: Foreign Address "2001:db8::12:1234:41346": the column ends here, the value may be cut`},
		{"no such state", tcp("0 0 1.1.1.1:1 0.0.0.0:* ESTAB"), `x:3: State "ESTAB": invalid syntax`},
		{"no state", tcp("0 0 1.1.1.1:1 0.0.0.0:*"), `x:3: State missing: row ends before this column`},
		{"no state of raw", "raw 0 0 1.1.1.1:1 0.0.0.0:* LISTEN\n", `x:1: State "LISTEN": invalid syntax`},
		{"no such state of raw", "raw 0 0 1.1.1.1:1 1.1.1.1:* 256\n", `x:1: State "256": value out of range`},
		{"uid too large", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 4294967296 1 - off (0.00/0/0)"), `x:3: User "4294967296": value out of range`},
		{"no inode", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 0 - off (0.00/0/0)"), `x:3: Inode "-": invalid syntax`},
		{"no timer", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 0 1 -"), `x:3: Timer "-": row ends before this column`},
		{"no such timer", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 0 1 - maybe (0.00/0/0)"), `x:3: Timer "maybe": invalid syntax`},
		{"timer number too large", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 0 1 - unkn-256 (0.00/0/0)"), `x:3: Timer "unkn-256": value out of range`},
		{"time of three digits", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 0 1 - on (0.000/0/0)"), `x:3: Timer "on": invalid syntax`},
		{"time too large", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 0 1 - on (184467440737095516.00/0/0)"), `x:3: Timer "on": value out of range`},
		{"timeout too small", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 0 1 - on (0.00/0/-2147483649)"), `x:3: Timer "on": value out of range`},
		{"timeout too large", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 0 1 - on (0.00/0/2147483648)"), `x:3: Timer "on": value out of range`},
		{"no process", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 0 1 off (0.00/0/0)"), `x:3: PID/Program name "off": row ends before this column`},
		{"process without name", tcp("0 0 1.1.1.1:1 0.0.0.0:* LISTEN 0 1 12 off (0.00/0/0)"), `x:3: PID/Program name "12": invalid syntax`},
		{"unix no flags", unix("2 STREAM"), `x:3: Flags "STREAM": invalid syntax`},
		{"unix flag", unix("2 [ X ] STREAM"), `x:3: Flags "[": invalid syntax`},
		{"unix flags do not end", unix("2 [ ACC"), `x:3: Flags missing: row ends before this column`},
		{"unix type", unix("2 [ ] PIPE 1 -"), `x:3: Type "PIPE": invalid syntax`},
		{"unix state", unix("2 [ ] STREAM ESTAB 1 -"), `x:3: State "ESTAB": invalid syntax`},
		{"unix no inode", unix("2 [ ] STREAM CONNECTED"), `x:3: I-Node missing: row ends before this column`},
		{"unix no process", unix("2 [ ] STREAM CONNECTED 12"), `x:3: PID/Program name missing: row ends before this column`},
		{"unix references", unix("4294967296 [ ] STREAM"), `x:3: RefCnt "4294967296": value out of range`},
		{"escape sequence", tcp("0 0 \x1b[2J:1 0.0.0.0:* LISTEN"), `x:3: Local Address "\x1b[2J:1": invalid syntax`},
		{"line too long", "tcp" + strings.Repeat(" ", 70_000) + "\n", `x:1: "tcp` + strings.Repeat(" ", 61) + `": line too long`},
		{"cut at the end", netstatHead + "\ntcp 0 0 1.1.1.1:1 0.0.0.0:* LISTEN", `x:3: "LISTEN": the file ends here without a newline, the value may be cut`},
		{"cut behind a blank", netstatUnix + "Path\nunix 2 [ ] STREAM CONNECTED 12 /run/with ", `x:3: "/run/with": the file ends here without a newline, the value may be cut`},
	})
	for _, err := range parser.NetstatSockets("x", strings.NewReader("tcp6 0 0 2001:db8::12:1234:41346 :::* LISTEN\n"), parser.Options{}) {
		if !errors.Is(err, parser.ErrCut) {
			t.Errorf("%v is no ErrCut", err)
		}
	}
}

// TestNetstatPassesOver: what is no socket of the tables is neither row nor error.
func TestNetstatPassesOver(t *testing.T) {
	rows, errs := printedSockets(parser.NetstatSockets, "x", strings.NewReader(`exec of "netstat" failed
Kernel IP routing table
Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface
0.0.0.0         10.0.2.2        0.0.0.0         UG        0 0          0 tcp
Kernel Interface table
Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg
tcp       1500      400      0      0 0           383      0      0      0 BMRU
IPv6/IPv4 Group Memberships
tcp             1      all-systems.mcast.net
`+netstatHead+`
tcp        0      0 1.1.1.1:1               0.0.0.0:*               LISTEN
sctp       0      0 1.1.1.1:2               0.0.0.0:*               LISTEN

 tcp indented
netstat: no support for AF INET (dccp)
Active Bluetooth connections (servers and established)
Proto  Destination       Source            State         PSM DCID   SCID      IMTU    OMTU Security
l2cap  00:00:00:00:00:00 00:00:00:00:00:00 LISTEN
tcp is not what stands here
Active IPX sockets
tcp neither
`+netstatUnix+`Path
unix  2      [ ]         DGRAM                    11780    /x
`))
	if len(rows) != 2 || len(errs) > 0 || rows[0].Table != "tcp" || rows[1].Unix.Path != "/x" {
		t.Errorf("rows %+v, errors %q", rows, errs)
	}
}
