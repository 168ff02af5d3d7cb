package parser_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
)

// TestSSAgainstKernel compares ss's texts with the kernel's files of the same
// machine: each row is in both.
func TestSSAgainstKernel(t *testing.T) {
	checkDifferences(t, []diffCase{
		{parser.SSSockets, bigEndian, "cmd/ss_-peaonmi", 2050, nil},
		{parser.SSSockets, bigEndian, "cmd/ss_-anp", 0, nil},
		{parser.SSSockets, manyRows, "cmd/ss_-anp", 0, nil},
		{parser.SSSockets, coreos, "sos_commands/networking/ss_-peaonmi", 40, sent},
	})
}

const ssNoTimer = parser.LacksTimer | parser.LacksRetransmits

// TestSSInet pins what each kind of row gives.
func TestSSInet(t *testing.T) {
	backlog := parser.Some[uint64](128)
	for _, c := range []struct {
		name, file, text     string
		table, local, remote string
		want                 parser.InetSocket
		printed              parser.Printed
	}{
		{"all details", "x", `tcp   ESTAB  1 2 10.0.0.1%eth0:22 10.0.0.2:4711 users:(("sshd",pid=7,fd=3),("init",pid=1,fd=5)) timer:(keepalive,1min30sec,4) uid:33 ino:9713 sk:411 cgroup:/a ino:5 users:(("x",pid=0,fd=1)) <->`,
			"tcp", "10.0.0.1:22", "10.0.0.2:4711",
			parser.InetSocket{State: 1, RecvQ: 1, SendQ: 2, UID: 33, Inode: 9713, Timer: 2, TimerExpires: 9000, Timeout: 4},
			parser.Printed{Lacks: parser.LacksRetransmits, PID: parser.Some[uint64](1), Program: "init"}},
		{"a listener", "x", "tcp LISTEN 3 128 0.0.0.0:22 0.0.0.0:*", "tcp", "0.0.0.0:22", "0.0.0.0:0",
			parser.InetSocket{State: 10, RecvQ: 3}, parser.Printed{Lacks: noUser | noTimer, Backlog: backlog}},
		{"uid 0", "x", "udp UNCONN 3 4 [fe80::1]%eth0:546 [::]:* ino:5 sk:1", "udp6", "[fe80::1]:546", "[::]:0",
			parser.InetSocket{State: 7, RecvQ: 3, SendQ: 4, Inode: 5}, parser.Printed{Lacks: noTimer}},
		{"scope in the brackets", "x", "udp UNCONN 0 0 [fe80::1%eth0]:546 *:*", "udp6", "[fe80::1]:546", "[::]:0",
			parser.InetSocket{State: 7}, parser.Printed{Lacks: noUser | noTimer}},
		{"no timer with -o", "a/ss_-tupno", "tcp ESTAB 0 0 1.1.1.1:1 1.1.1.1:2", "tcp", "1.1.1.1:1", "1.1.1.1:2",
			parser.InetSocket{State: 1}, parser.Printed{Lacks: noUser | parser.LacksTimeout}},
		{"no timer with --options", "ss_-t_--options.txt", "ESTAB 0 0 1.1.1.1:1 1.1.1.1:2", "tcp", "1.1.1.1:1", "1.1.1.1:2",
			parser.InetSocket{State: 1}, parser.Printed{Lacks: noUser | parser.LacksTimeout}},
		{"unknown timer", "x", "tcp ESTAB 0 0 1.1.1.1:1 1.1.1.1:2 timer:(unknown,5sec,2)", "tcp", "1.1.1.1:1", "1.1.1.1:2",
			parser.InetSocket{State: 1}, parser.Printed{Lacks: noUser | noTimer}},
		{"retransmissions", "x", "tcp SYN-SENT 0 0 1.1.1.1:1 1.1.1.1:2 timer:(on,5sec,2)", "tcp", "1.1.1.1:1", "1.1.1.1:2",
			parser.InetSocket{State: 2, Timer: 1, TimerExpires: 500, Retransmits: 2}, parser.Printed{Lacks: noUser | parser.LacksTimeout}},
		{"probes", "x", "tcp FIN-WAIT-1 0 0 1.1.1.1:1 1.1.1.1:2 timer:(persist,2.296ms,2)", "tcp", "1.1.1.1:1", "1.1.1.1:2",
			parser.InetSocket{State: 4, Timer: 4, TimerExpires: 229, Timeout: 2}, parser.Printed{Lacks: noUser | parser.LacksRetransmits}},
		{"mapped", "x", "tcp CLOSE-WAIT 0 0 [::ffff:1.2.3.4]:22 [::ffff:1.2.3.5]:4711", "tcp6", "[::ffff:1.2.3.4]:22", "[::ffff:1.2.3.5]:4711",
			parser.InetSocket{State: 8}, parser.Printed{Lacks: noUser | noTimer}},
		{"old ss", "x", `tcp LISTEN 0 128 :::22 :::* timer:(on,096ms,1) users:(("sshd",1234,3),("a",99,4)) uid:5 ino:6 sk:ffff880000000000`, "tcp6", "[::]:22", "[::]:0",
			parser.InetSocket{State: 10, UID: 5, Inode: 6, Timer: 1, TimerExpires: 9, Retransmits: 1},
			parser.Printed{Lacks: parser.LacksTimeout, PID: parser.Some[uint64](99), Program: "a", Backlog: backlog}},
		{"raw by its protocol", "x", "icmp6 UNCONN 0 0 *:58 *:*", "raw6", "[::]:58", "[::]:0",
			parser.InetSocket{State: 7}, parser.Printed{Lacks: noUser | noTimer}},
		{"raw of no name", "x", "??? ESTAB 0 0 1.1.1.1:253 1.1.1.2:*", "raw", "1.1.1.1:253", "1.1.1.2:0",
			parser.InetSocket{State: 1}, parser.Printed{Lacks: noUser | noTimer}},
		{"no Netid, udp by the name", "sos/ss_-uanp.txt", "UNCONN 0 0 1.1.1.1:53 0.0.0.0:*", "udp", "1.1.1.1:53", "0.0.0.0:0",
			parser.InetSocket{State: 7}, parser.Printed{Lacks: noUser | noTimer}},
		{"no Netid, a namespace with a dot", "ip_netns_exec_a.b_ss_-uanp", "UNCONN 0 0 1.1.1.1:53 0.0.0.0:*", "udp", "1.1.1.1:53", "0.0.0.0:0",
			parser.InetSocket{State: 7}, parser.Printed{Lacks: noUser | noTimer}},
		{"no Netid, raw by a word", "ss_--raw", "UNCONN 0 0 1.1.1.1:1 0.0.0.0:*", "raw", "1.1.1.1:1", "0.0.0.0:0",
			parser.InetSocket{State: 7}, parser.Printed{Lacks: noUser | noTimer}},
		{"no Netid, nothing told", "x", "State Recv-Q\nSYN-SENT 0 1 1.1.1.1:1 1.1.1.2:2\nUNCONN 0 0 1.1.1.1:1 0.0.0.0:*\nLISTEN 0 1 /run/x 5 * 0\nLISTEN 0 1 * 5 * 0", "tcp", "1.1.1.1:1", "1.1.1.2:2",
			parser.InetSocket{State: 2, SendQ: 1}, parser.Printed{Lacks: noUser | noTimer}},
		{"-4", "ss_-4_-tan", "LISTEN 0 128 *:22 *:*", "tcp", "0.0.0.0:22", "0.0.0.0:0",
			parser.InetSocket{State: 10}, parser.Printed{Lacks: noUser | noTimer, Backlog: backlog}},
		{"CR LF", "x", "Netid State\r\ntcp ESTAB 0 0 1.1.1.1:1 1.1.1.2:2\r", "tcp", "1.1.1.1:1", "1.1.1.2:2",
			parser.InetSocket{State: 1}, parser.Printed{Lacks: noUser | noTimer}},
	} {
		got, table := inetOf(t, parser.SSSockets, c.file, c.text+"\n")
		if table != c.table {
			t.Errorf("%s: table %q, want %q", c.name, table, c.table)
		}
		c.want.Printed = &c.printed
		wantInet(t, c.name, got, c.want, c.local, c.remote)
	}
}

// TestSSTimerSeen: a timer in an earlier row says that there are none in later ones.
func TestSSTimerSeen(t *testing.T) {
	row := "tcp ESTAB 0 0 1.1.1.1:1 1.1.1.1:2"
	rows, errs := printedSockets(parser.SSSockets, "x", strings.NewReader(row+"\n"+row+" timer:(on,5sec,0)\n"+row+"\n"))
	if len(rows) != 3 || len(errs) > 0 {
		t.Fatalf("rows %+v, errors %q", rows, errs)
	}
	for i, want := range []bool{true, false, false} {
		if got := rows[i].Inet.Printed.Lacks.Has(ssNoTimer); got != want {
			t.Errorf("row %d lacks its timer: %v, want %v", i, got, want)
		}
	}
}

// TestSSTimes pins the forms of a time, in 1/100 s.
func TestSSTimes(t *testing.T) {
	for text, want := range map[string]uint64{
		"": 0, "004ms": 0, "296ms": 29, "8.964ms": 896, "8.004ms": 800, "1.2sec": 120, "9.501sec": 950, "9sec": 900, "24sec": 2400,
		"1min": 6000, "1min30sec": 9000, "1min9.500ms": 6950, "117min": 702_000, "9min59sec": 59_900,
	} {
		s, _ := inetOf(t, parser.SSSockets, "x", "tcp ESTAB 0 0 1.1.1.1:1 1.1.1.1:2 timer:(on,"+text+",3)\n")
		if s.TimerExpires != want || s.Retransmits != 3 || s.Timer != parser.TimerOn {
			t.Errorf("%q: %d 1/100 s, want %d", text, s.TimerExpires, want)
		}
	}
}

// TestSSUsers: names hold any text, up to 15 bytes.
func TestSSUsers(t *testing.T) {
	for _, c := range []struct {
		users string
		pid   uint64
		name  string
	}{
		{`(("sshd",pid=9,fd=3))`, 9, "sshd"},
		{`(("a",pid=9,fd=3),("b",pid=8,fd=3),("c",pid=8,fd=4))`, 8, "b"},
		{`(("",pid=9,fd=3),("b",pid=10,fd=3))`, 9, ""},
		{`(("a",pid=9,fd=3),("b",pid=8,fd=3))`, 8, "b"},
		{`(("",pid=1,fd=3),(",pid=77,fd=3))`, 77, `",pid=1,fd=3),(`},
		{`(("x",pid=1,fd=3",pid=77,fd=3))`, 77, `x",pid=1,fd=3`},
		{`(("a b (c),d",pid=7,fd=3))`, 7, "a b (c),d"},
		{`(("a",pid=7,tid=8,fd=3),("b",pid=6,proc_ctx=system_u:r,fd=3,sock_ctx=x))`, 6, "b"},
		{`(("a",9,3),("b",8,4))`, 8, "b"},
		{`(("a "b"",9,3))`, 9, `a "b"`},
	} {
		s, _ := inetOf(t, parser.SSSockets, "x", "tcp ESTAB 0 0 1.1.1.1:1 1.1.1.1:2 users:"+c.users+" ino:5\n")
		if pid, _ := s.Printed.PID.Get(); pid != c.pid || s.Printed.Program != c.name || s.Inode != 5 {
			t.Errorf("%s: %d %q, inode %d; want %d %q", c.users, pid, s.Printed.Program, s.Inode, c.pid, c.name)
		}
	}
}

// TestSSWildcards: what * is in old and new texts, by what tells.
func TestSSWildcards(t *testing.T) {
	const star = "tcp LISTEN 0 1 *:22 *:*"
	for _, c := range []struct {
		name, file, text string
		six              bool
	}{
		{"nothing tells", "x", star, true},
		{"0.0.0.0 beside it", "x", star + "\ntcp LISTEN 0 1 0.0.0.0:80 0.0.0.0:*", true},
		{"a peer of 0.0.0.0", "x", star + "\ntcp LISTEN 0 1 127.0.0.1:80 0.0.0.0:*", true},
		{"an IPv6 address with a peer of *", "x", star + "\nudp UNCONN 0 1 [::1]:80 *:*", true},
		{"today's heading", "x", "Netid State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n" + star, true},
		{"an IPv4 address with a peer of *", "x", star + "\ntcp LISTEN 0 1 127.0.0.1:80 *:*", false},
		{"a peer of IPv4", "x", star + "\nudp ESTAB 0 1 *:514 1.1.1.1:514", false},
		{"no brackets", "x", star + "\ntcp LISTEN 0 1 :::22 :::*", false},
		{"two listeners", "x", star + "\ntcp LISTEN 0 1 [::]:22 [::]:*", false},
		{"two listeners, the other first", "x", "tcp LISTEN 0 1 [::]:22 [::]:*\n" + star, false},
		{"listeners on two ports", "x", star + "\ntcp LISTEN 0 1 [::]:23 [::]:*", true},
		{"two listeners on an address", "x", star + "\ntcp LISTEN 0 1 [fe80::1]:22 [::]:*", true},
		{"-4", "ss_-4_-n", star, false},
		{"-6", "ss_-n_-6", star + "\ntcp LISTEN 0 1 :::22 :::*", true},
	} {
		rows, errs := printedSockets(parser.SSSockets, c.file, strings.NewReader(c.text+"\n"))
		i := slices.IndexFunc(rows, func(p parser.PrintedSocket) bool {
			return p.Inet.Line == 1+strings.Count(c.text[:strings.Index(c.text, star)], "\n")
		})
		if len(errs) > 0 || i < 0 {
			t.Errorf("%s: rows %+v, errors %q", c.name, rows, errs)
			continue
		}
		table, local, remote := "tcp", "0.0.0.0:22", "0.0.0.0:0"
		if c.six {
			table, local, remote = "tcp6", "[::]:22", "[::]:0"
		}
		if p := rows[i]; p.Table != table || p.Inet.Local.String() != local || p.Inet.Remote.String() != remote {
			t.Errorf("%s: %s %s %s, want %s %s %s", c.name, p.Table, p.Inet.Local, p.Inet.Remote, table, local, remote)
		}
	}
}

// TestSSHolds: rows that wait come in the text's order, errors too, and only some
// thousands wait.
func TestSSHolds(t *testing.T) {
	const star, bad, unix, old = "tcp LISTEN 0 1 *:22 *:*\n", "tcp LISTEN 0\n", "u_str ESTAB 0 0 * 5 * 6\n", "tcp LISTEN 0 1 :::80 :::*\n"
	rows, errs := printedSockets(parser.SSSockets, "x", strings.NewReader(star+bad+unix+star+old+star))
	var tables []string
	for _, p := range rows {
		tables = append(tables, p.Table)
	}
	if want := []string{"tcp", "unix", "tcp", "tcp6", "tcp"}; !slices.Equal(tables, want) || len(errs) != 1 {
		t.Errorf("tables %q, want %q, errors %q", tables, want, errs)
	}
	for _, n := range []int{4095, 4096} {
		rows, _ := printedSockets(parser.SSSockets, "x", strings.NewReader(strings.Repeat(star, n)+old))
		if old := rows[0].Table == "tcp"; len(rows) != n+1 || old != (n == 4095) {
			t.Errorf("behind %d rows: %d rows, the first %+v", n, len(rows), rows[0])
		}
	}
	path := "u_str ESTAB 0 0 /" + strings.Repeat("x", 60_000) + " 5 * 6\n"
	if rows, _ := printedSockets(parser.SSSockets, "x", strings.NewReader(star+strings.Repeat(path, 18)+"\n"+old)); rows[0].Table == "tcp" {
		t.Errorf("a million bytes wait")
	}
	for range parser.SSSockets("x", strings.NewReader(star+star+star), parser.Options{}) {
		break // the rest is not handed out
	}
}

func TestSSUnix(t *testing.T) {
	const heading = "Netid State      Recv-Q Send-Q          Local Address:Port        Peer Address:Port Process\n"
	lacks := parser.LacksRefCount | parser.LacksFlags
	for _, c := range []struct {
		name, text string
		want       parser.UnixSocket
		printed    parser.Printed
	}{
		{"listening", "u_str LISTEN 0 128 /run/x 12 * 0", parser.UnixSocket{Type: 1, State: 1, Flags: parser.UnixAccept, Inode: 12, Path: "/run/x"},
			parser.Printed{Lacks: parser.LacksRefCount, Backlog: parser.Some[uint64](128)}},
		{"connected", `u_seq ESTAB 0 0 * 12 * 13 users:(("a",pid=1,fd=2)) <->`, parser.UnixSocket{Type: 5, State: 3, Inode: 12},
			parser.Printed{Lacks: lacks, PID: parser.Some[uint64](1), Program: "a"}},
		{"not connected", "u_dgr UNCONN 0 0 @a 12 * 0", parser.UnixSocket{Type: 2, State: 1, Inode: 12, Path: "@a"}, parser.Printed{Lacks: lacks}},
		{"in the backlog", "u_str ESTAB 0 0 /run/x 0 * 13", parser.UnixSocket{Type: 1, State: 2, Path: "/run/x"}, parser.Printed{Lacks: lacks}},
		{"dying", "u_str UNCONN 0 0 * 0 * 0", parser.UnixSocket{Type: 1, State: 4}, parser.Printed{Lacks: lacks}},
		{"blanks", "u_str ESTAB 0 0 /run/with 5 blanks 12 * 13", parser.UnixSocket{Type: 1, State: 3, Inode: 12, Path: "/run/with 5 blanks"}, parser.Printed{Lacks: lacks}},
		{"a peer's name", "u_str ESTAB 0 0 * 12 /run/x 13 users:((\"a\",pid=1,fd=2))", parser.UnixSocket{Type: 1, State: 3, Inode: 12},
			parser.Printed{Lacks: lacks, PID: parser.Some[uint64](1), Program: "a"}},
		{"a path wider than its column", heading + "u_str LISTEN     0      5      /run/a/path/that/is/longer/than/the/column 9712                 * 0     users:((\"socat\",pid=285,fd=5))",
			parser.UnixSocket{Type: 1, State: 1, Flags: parser.UnixAccept, Inode: 9712, Path: "/run/a/path/that/is/longer/than/the/column"},
			parser.Printed{Lacks: parser.LacksRefCount, Backlog: parser.Some[uint64](5), PID: parser.Some[uint64](285), Program: "socat"}},
		{"a forged path in its column", heading + "u_str LISTEN     0      5                /run/a 1 * 0 9712                   * 0     users:((\"socat\",pid=285,fd=5))",
			parser.UnixSocket{Type: 1, State: 1, Flags: parser.UnixAccept, Inode: 9712, Path: "/run/a 1 * 0"},
			parser.Printed{Lacks: parser.LacksRefCount, Backlog: parser.Some[uint64](5), PID: parser.Some[uint64](285), Program: "socat"}},
	} {
		got := unixOf(t, parser.SSSockets, "x", c.text+"\n")
		c.want.Line, c.want.HasInode, c.want.Printed = 1+strings.Count(c.text, "\n"), true, &c.printed
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v %+v\nwant %+v %+v", c.name, got, *got.Printed, c.want, *c.want.Printed)
		}
	}
}

// TestSSErrors pins what is said about rows that cannot be read: the whole text.
func TestSSErrors(t *testing.T) {
	row := func(rest string) string { return "tcp ESTAB 0 0 1.1.1.1:1 1.1.1.2:2 " + rest + "\n" }
	checkErrors(t, parser.SSSockets, []errorCase{
		{"no state", "tcp\n", `x:1: State missing: row ends before this column`},
		{"no state column", "tcp 0 0 1.1.1.1:1 1.1.1.2:2\n", `x:1: State "0": invalid syntax`},
		{"queue", "tcp ESTAB -1 0 1.1.1.1:1 1.1.1.2:2\n", `x:1: Recv-Q "-1": invalid syntax`},
		{"queue too large", "udp ESTAB 0 18446744073709551616 1.1.1.1:1\n", `x:1: Send-Q "18446744073709551616": value out of range`},
		{"a name", "tcp ESTAB 0 0 localhost:1 1.1.1.2:2\n", `x:1: Local Address:Port "localhost:1": invalid syntax`},
		{"a service", "tcp ESTAB 0 0 1.1.1.1:1 1.1.1.2:ssh\n", `x:1: Peer Address:Port "1.1.1.2:ssh": invalid syntax`},
		{"no peer", "tcp ESTAB 0 0 1.1.1.1:1\n", `x:1: Peer Address:Port missing: row ends before this column`},
		{"port too large", "tcp ESTAB 0 0 1.1.1.1:70000 1.1.1.2:2\n", `x:1: Local Address:Port "1.1.1.1:70000": value out of range`},
		{"an open bracket", "tcp ESTAB 0 0 [::1:1 [::1]:2\n", `x:1: Local Address:Port "[::1:1": invalid syntax`},
		{"families", "tcp ESTAB 0 0 1.1.1.1:1 [::1]:2\n", `x:1: Peer Address:Port "[::1]:2": invalid syntax`},
		{"users", row(`users:((sshd,1,3))`), `x:1: users "users:((sshd,1,3))": invalid syntax`},
		{"users end", row(`users:(("a",pid=1,fd=3)`), `x:1: users "users:((\"a\",pid=1,fd=3)": invalid syntax`},
		{"a name too long", row(`users:(("a234567890123456",pid=1,fd=3))`), `x:1: users "users:((\"a234567890123456\",pid=1,fd=3))": invalid syntax`},
		{"uid", row("uid:4294967296 ino:1"), `x:1: uid "4294967296": value out of range`},
		{"inode", row("ino:abc"), `x:1: ino "abc": invalid syntax`},
		{"timer", row("timer:(sometimes,1sec,0)"), `x:1: timer "timer:(sometimes,1sec,0)": invalid syntax`},
		{"timer unit", row("timer:(on,1day,0)"), `x:1: timer "timer:(on,1day,0)": invalid syntax`},
		{"timer without unit", row("timer:(on,1,0)"), `x:1: timer "timer:(on,1,0)": invalid syntax`},
		{"timer fraction", row("timer:(on,1.2345ms,0)"), `x:1: timer "timer:(on,1.2345ms,0)": invalid syntax`},
		{"too many probes", row("timer:(keepalive,1sec,2147483648)"), `x:1: timer "timer:(keepalive,1sec,2147483648)": value out of range`},
		{"timer too long", row("timer:(on,99999999999sec,0)"), `x:1: timer "timer:(on,99999999999sec,0)": invalid syntax`},
		{"timer without retransmissions", row("timer:(on,1sec)"), `x:1: timer "timer:(on,1sec)": invalid syntax`},
		{"timer does not end", row("timer:(on,1sec,0"), `x:1: timer "timer:(on,1sec,0": row ends before this column`},
		{"unix no inode", "u_str ESTAB 0 0 /run/x\n", `x:1: Local Address:Port "/run/x": invalid syntax`},
		{"unix no address", "u_str ESTAB 0 0\n", `x:1: Local Address:Port missing: row ends before this column`},
		{"unix inode", "u_str ESTAB 0 0 * 18446744073709551616 * 0\n", `x:1: Local Address:Port "18446744073709551616": value out of range`},
		{"escape sequence", "tcp ESTAB 0 0 \x1b[2J:1 1.1.1.1:2\n", `x:1: Local Address:Port "\x1b[2J:1": invalid syntax`},
		{"line too long", "tcp" + strings.Repeat(" ", 70_000) + "\n", `x:1: "tcp` + strings.Repeat(" ", 61) + `": line too long`},
		{"cut at the end", strings.TrimSuffix(row("ino:12"), "\n"), `x:1: "ino:12": the file ends here without a newline, the value may be cut`},
		{"cut in front of a timer", strings.TrimSuffix(row(""), "\n"), `x:1: "1.1.1.2:2": the file ends here without a newline, the value may be cut`},
	})
}

// TestSSPassesOver: what is no socket of the tables is neither row nor error.
func TestSSPassesOver(t *testing.T) {
	rows, errs := printedSockets(parser.SSSockets, "x", strings.NewReader(`Failed to find cgroup2 mount
Netid State      Recv-Q Send-Q          Local Address:Port        Peer Address:Port Process
nl    UNCONN     0      0                           0:0                       *
p_raw UNCONN     0      0                           *:eth0                    *
v_str ESTAB      0      0                   999900439:1023                    0:976
sctp  LISTEN     0      0                     0.0.0.0:1                       *:*
mptcp LISTEN     0      0                     0.0.0.0:1                       *:*

	 skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d128) cubic cwnd:10
        tcp ESTAB
tcp   LISTEN     0      5                     0.0.0.0:9000             0.0.0.0:*
	 cubic
Total: 1
`))
	if len(rows) != 1 || len(errs) > 0 || rows[0].Inet.Line != 11 {
		t.Errorf("rows %+v, errors %q", rows, errs)
	}
}
