package snapshot_test

import (
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// fileNamed finds an entry of the list.
func fileNamed(t *testing.T, name string) snapshot.File {
	t.Helper()
	for _, f := range snapshot.Files {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("%s is not in the list", name)
	return snapshot.File{}
}

// TestCheck: what a capture has of a file.
func TestCheck(t *testing.T) {
	const head = "Num       RefCount Protocol Flags    Type St Inode Path\n"
	h := fixtures.NewHost(map[string]string{
		"proc/net/unix": head + "0: 2 0 0 1 1 7 /a\n0: x\n0: 2 0 0 1 1 8 /b\n",
		"proc/net/raw":  "",
		"proc/net/arp":  "IP address       HW type     Flags       HW address            Mask     Device\n10.0.0.1 0x1 0x2 00:00:00:00:00:01 * eth0",
		"proc/net/udp":  "head\nno row\n", "proc/net/route": "Iface Destination\n", "proc/net/tcp/x": "",
		"etc/hosts":              "127.0.0.1 localhost\n",
		"sys/class/net/lo/mtu":   "65536\n",
		"sys/class/net/eth0/mtu": "1500\n",
	}).Link("proc/7/fd/3", "socket:[5]").Link("proc/7/fd/4", "socket:[6]").Link("proc/self/fd/3", "socket:[5]")
	s := load(h)
	for _, tt := range []struct {
		name  string
		state snapshot.State
		count int
		rows  int // -1: not known
		bad   int
		cut   bool
		err   string
	}{
		{"proc/net/unix", snapshot.Present, 1, 2, 1, false, ""},
		{"proc/net/raw", snapshot.Empty, 1, -1, 0, false, ""},
		{"proc/net/raw6", snapshot.Absent, 0, -1, 0, false, ""},
		{"proc/net/arp", snapshot.Present, 1, 1, 0, true, ""},
		{"proc/net/udp", snapshot.Present, 1, 0, 1, false, ""},
		{"proc/net/route", snapshot.Present, 1, 0, 0, false, `proc/net/route:1: the header has no column "Gateway": no row can be read`},
		{"proc/net/tcp", snapshot.Failed, 1, -1, 0, false, "it is a directory"},
		{"etc/hosts", snapshot.Present, 1, -1, 0, false, ""},
		{"sys/class/net/*/mtu", snapshot.Present, 2, -1, 0, false, ""},
		{"sys/class/net/*/flags", snapshot.Absent, 0, -1, 0, false, ""},
		{"proc/*/fd/*", snapshot.Present, 2, -1, 0, false, ""},
	} {
		c := s.Check(fileNamed(t, tt.name))
		rows, ok := c.Rows.Get()
		if !ok {
			rows = -1
		}
		msg := ""
		if c.Err != nil {
			msg = c.Err.Error()
		}
		if c.State != tt.state || c.Count != tt.count || rows != tt.rows || c.Bad != tt.bad || c.Cut != tt.cut || msg != tt.err {
			t.Errorf("%s: state %d, %d files, %d rows, %d bad, cut %v, %q\nwant  state %d, %d files, %d rows, %d bad, cut %v, %q",
				tt.name, c.State, c.Count, rows, c.Bad, c.Cut, msg, tt.state, tt.count, tt.rows, tt.bad, tt.cut, tt.err)
		}
	}
	if size, _ := s.Check(fileNamed(t, "sys/class/net/*/mtu")).Size.Get(); size != 11 {
		t.Errorf("both mtu files have %d bytes, want 11", size)
	}
}

// TestByteOrderOfArchitecture: where the tables tell nothing the architecture
// does, and where they disagree the tables win and it is known.
func TestByteOrderOfArchitecture(t *testing.T) {
	const (
		head   = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
		little = head + "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
		big    = head + "eth0\t0A000000\t00000000\t0001\t0\t0\t0\tFFFFFF00\t0\t0\t0\n"
	)
	uname := func(machine string) string { return "Linux h 6.1.0 #1 SMP Debian 6.1 " + machine + " GNU/Linux\n" }
	for _, tt := range []struct{ machine, route, want string }{
		{"s390x", head, "big uname "},
		{"x86_64", head, "little uname "},
		{"ppc64", head, "big uname "},
		{"ppc64le", head, "little uname "},
		{"armv7l", head, "little uname "},
		{"armv5b", head, "big uname "},
		{"mips", head, "little  "}, // runs both ways
		{"s390x", big, "big proc/net/route "},
		{"x86_64", big, "big proc/net/route uname"},
		{"s390x", little, "little proc/net/route uname"},
		{"mips", big, "big proc/net/route "},
	} {
		o := load(fixtures.NewHost(map[string]string{"proc/net/route": tt.route, "uname": uname(tt.machine)})).Order
		order := "big"
		if o.Little() {
			order = "little"
		}
		if got := strings.Join([]string{order, o.From, o.Against}, " "); got != tt.want {
			t.Errorf("%s with %q: %q, want %q", tt.machine, tt.route[len(head):], got, tt.want)
		}
	}
}
