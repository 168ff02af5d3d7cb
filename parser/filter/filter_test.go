package filter_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/filter"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/words"
)

// known is a machine that knows some of each.
var known = filter.Machine{
	Hosts:     map[string][]netip.Addr{"web1": {netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("2001:db8::2")}},
	TCP:       map[string][]uint16{"ssh": {22}, "two": {80, 443}, "domain": {53}},
	UDP:       map[string][]uint16{"ntp": {123}, "domain": {53}},
	Protocols: map[string][]uint16{"icmp": {1}},
	Users:     map[string]uint32{"www-data": 33, "root": 0},
	Owner: func(inode uint64) (uint64, string, bool) {
		switch inode {
		case 100:
			return 12, "nginx: worker process", true
		case 101:
			return 13, "", true
		}
		return 0, "", false
	},
	Interface: func(a netip.Addr) (string, bool) { return "eth0", a == netip.MustParseAddr("10.0.0.1") },
	FirstPort: parser.Some[uint16](32768), LastPort: parser.Some[uint16](60999),
	Host: parser.Some("db1.example.com"), NetNS: parser.Some("blue"),
}

// A named row is one of a kind.
type named struct {
	name   string
	passes func(*filter.Bound) bool
}

func inet(name string, proto query.Protocol, s parser.InetSocket) named {
	return named{name, func(b *filter.Bound) bool { return b.Inet(proto, &s) }}
}

func ports(local, remote string) (a, b netip.AddrPort) {
	return netip.MustParseAddrPort(local), netip.MustParseAddrPort(remote)
}

// sockets are rows that differ in what fields can tell.
func sockets() []named {
	conn := parser.InetSocket{State: parser.Established, UID: 33, Inode: 100, RecvQ: 5, Retransmits: 2, Timer: parser.TimerOn}
	conn.Local, conn.Remote = ports("10.0.0.1:22", "10.0.0.2:40000")
	listener := parser.InetSocket{State: parser.Listen, Inode: 101, RecvQ: 3}
	listener.Local, listener.Remote = ports("0.0.0.0:443", "0.0.0.0:0")
	wait := parser.InetSocket{State: parser.TimeWait, Timer: parser.TimerTimeWait}
	wait.Local, wait.Remote = ports("[2001:db8::1]:40000", "[2001:db8::2]:22")
	mapped := parser.InetSocket{State: parser.CloseWait, Inode: 102, UID: 1}
	mapped.Local, mapped.Remote = ports("[::ffff:10.0.0.1]:80", "[::ffff:10.0.0.2]:9")
	dgram := parser.InetSocket{State: parser.Close, Inode: 103, SendQ: 7}
	dgram.Local, dgram.Remote = ports("0.0.0.0:123", "0.0.0.0:0")
	raw := parser.InetSocket{State: parser.Close, Inode: 104}
	raw.Local, raw.Remote = ports("0.0.0.0:1", "0.0.0.0:0")
	printed := parser.InetSocket{State: 0, Printed: &parser.Printed{
		Lacks: parser.LacksInode | parser.LacksUID | parser.LacksTimer | parser.LacksRetransmits, PID: parser.Some[uint64](77), Program: "sshd",
	}}
	printed.Local, printed.Remote = ports("10.0.0.1:22", "10.9.9.9:50000")
	addrs := func(list ...string) (out []netip.Addr) {
		for _, a := range list {
			out = append(out, netip.MustParseAddr(a))
		}
		return out
	}
	unix := func(name string, s parser.UnixSocket) named {
		return named{name, func(b *filter.Bound) bool { return b.Unix(&s) }}
	}
	sctp := func(name string, s parser.SCTPSocket) named {
		return named{name, func(b *filter.Bound) bool { return b.SCTP(&s) }}
	}
	return []named{
		inet("conn", query.TCP, conn), inet("listener", query.TCP, listener), inet("wait", query.TCP, wait), inet("mapped", query.TCP, mapped),
		inet("udp", query.UDP, dgram), inet("raw", query.Raw, raw), inet("printed", query.TCP, printed),
		sctp("endpoint", parser.SCTPSocket{State: parser.Listen, LocalPort: 9, Local: addrs("10.0.0.5", "10.0.0.6"), UID: 0, Inode: 105}),
		sctp("assoc", parser.SCTPSocket{State: parser.Established, LocalPort: 9, RemotePort: 10, Local: addrs("10.0.0.5"), Remote: addrs("10.0.1.5", "10.0.2.5"), Inode: 106, RecvQ: 1}),
		unix("stream", parser.UnixSocket{Type: 1, State: 3, Path: "/run/my app.sock", Inode: 100, HasInode: true}),
		unix("server", parser.UnixSocket{Type: 1, State: 1, Flags: parser.UnixAccept, Path: "\x00abstract", Inode: 107, HasInode: true}),
		unix("bound", parser.UnixSocket{Type: 2, State: 1, Path: "@0a1b2", Inode: 108, HasInode: true}),
		unix("waiting", parser.UnixSocket{Type: 5, State: 2, HasInode: true}),
	}
}

func bind(t testing.TB, text string) *filter.Bound {
	t.Helper()
	f, err := filter.Parse(text)
	if err != nil {
		t.Fatalf("%s", said(err))
	}
	b, err := f.Bind(known)
	if err != nil {
		t.Fatalf("%s", said(err))
	}
	return b
}

// chosen names the rows that a filter selects.
func chosen(b *filter.Bound) string {
	var list []string
	for _, s := range sockets() {
		if s.passes(b) {
			list = append(list, s.name)
		}
	}
	return strings.Join(list, " ")
}

// TestFields: which rows each field selects, and that those of which it is not known are
// selected neither by it nor by its contrary.
func TestFields(t *testing.T) {
	const inets = "conn listener wait mapped udp raw printed"
	const everything = inets + " endpoint assoc stream server bound waiting"
	for _, tc := range []struct{ text, want string }{
		{"src 10.0.0.1", "conn mapped printed"},
		{"src != 10.0.0.1", "listener wait udp raw endpoint assoc"},
		{"not src 10.0.0.1", "listener wait udp raw endpoint assoc"},
		{"src = 10.0.0.6", "endpoint"},
		{"dst 10.0.2.0/24", "assoc"},
		{"not dst 10.0.2.0/24", "conn listener wait mapped udp raw printed"},
		{"dst web1", "conn wait mapped"},
		{"dst web1:ssh", "wait"},
		{"dst 10/8:40000", "conn"},
		{"dst [2001:db8::/32]", "wait"},
		{"dst [2001:db8::]/32", "wait"},
		{"dst 2001:db8::/32", "wait"},
		{"dst *", inets + " assoc"},
		{"sport = :ssh", "conn printed"},
		{"sport = ssh", "conn printed"},
		{"sport = :two", "listener mapped"},
		{"sport != two", "conn wait udp raw printed endpoint assoc"},
		{"sport = ntp", "udp"},
		{"sport = icmp", "raw"},
		{"sport > icmp", ""},
		{"sport < 0x17", "conn raw printed endpoint assoc"},
		{"sport le 22", "conn raw printed endpoint assoc"},
		{"dport ge 40000", "conn printed"},
		{"state established", "conn assoc stream"},
		{"state ESTAB state TIME_WAIT", "conn wait assoc stream"},
		{"state != LISTEN", "conn wait mapped udp raw printed assoc stream bound waiting"},
		{"exclude listening excl established", "wait mapped udp raw printed bound waiting"},
		{"state all", everything},
		{"state connected", "conn wait mapped assoc stream waiting"},
		{"state synchronized", "conn wait mapped assoc stream"},
		{"state bucket", "wait"},
		{"state big", "conn listener mapped udp raw endpoint assoc stream server bound waiting"},
		{"state UNCONN", "udp raw bound"},
		{"state CONNECTING", "waiting"},
		{"state close_wait", "mapped"},
		{"autobound", "wait bound waiting"},
		{"not autobound", "conn listener mapped udp raw printed endpoint assoc stream server"},
		{"recv-q > 0", "conn listener assoc"},
		{"send-q >= 7", "udp"},
		{"recv-q = 0", "wait mapped udp raw printed"},
		{"uid = 33", "conn"},
		{"uid != 33", "listener mapped udp raw endpoint assoc"},
		{"user = www-data", "conn"},
		{"user = 33", "conn"},
		{"user != www-data", "listener mapped udp raw endpoint assoc"},
		{"pid = 12", "conn stream"},
		{"pid != 12", "listener printed"},
		{"not pid = 12", "listener printed"},
		{"pid > 12", "listener printed"},
		{"prog = nginx", "conn stream"},
		{"prog = 'nginx: worker process'", "conn stream"},
		{`prog = nginx:\ worker\ process`, "conn stream"},
		{"prog = ngin", ""},
		{"prog ~ ngin", "conn stream"},
		{"prog ~ ^(nginx|sshd)", "conn printed stream"},
		{"prog !~ nginx", "printed"},
		{"prog != nginx", "printed"},
		{"inode = 100", "conn stream"},
		{"inode = 0", "wait waiting"},
		{"retrans > 0", "conn"},
		{"not retrans > 0", "listener mapped"},
		{"timer = on", "conn"},
		{"timer != on", "listener wait mapped"},
		{"timer = timewait", "wait"},
		{"iface = eth0", "conn mapped printed"},
		{"iface != eth0", ""},
		{"host = db1", everything},
		{"host = DB1.example.com", everything},
		{"host ~ example", everything},
		{"host = db", ""},
		{"netns = blue", everything},
		{"netns != blue", ""},
		{"path = '/run/my app.sock'", "stream"},
		{"path ~ run", "stream"},
		{"path = @abstract", "server"},
		{"path = ''", "waiting"},
		{"path != @abstract", "stream bound waiting"},
		{"type = dgram", "bound"},
		{"type != STREAM", "bound waiting"},
		{"pid = 12 or state listening", "conn listener endpoint stream server"},
		{"not ( pid = 12 or state listening )", "printed"},
		{"not ( pid = 12 and state established )", "listener wait mapped udp raw printed endpoint server bound waiting"},
		{"state established recv-q > 0 or uid = 33", "conn assoc"},
		{"state established or uid = 33 and recv-q = 5", "conn"},
		{"(sport=:22)and!dport=40000", "printed"},
		{"sport = :22&&dport = :40000||autobound", "conn wait bound waiting"},
	} {
		if got := chosen(bind(t, tc.text)); got != tc.want {
			t.Errorf("%s\n got %s\nwant %s", tc.text, got, tc.want)
		}
	}
}

// TestZeroMachine: what a machine does not tell is unknown.
func TestZeroMachine(t *testing.T) {
	for _, text := range []string{"prog = nginx", "iface = eth0", "host = db1", "netns = blue", "autobound and not path ~ ^", "inode > 0 pid = 12"} {
		for _, text := range []string{text, "not ( " + text + " ) and not path ~ ^ and not pid = 77 and inode != 0 and not sport = 1"} {
			f, err := filter.Parse(text)
			if err != nil {
				t.Fatal(said(err))
			}
			b, err := f.Bind(filter.Machine{})
			if got := chosen(b); err != nil || got != "" {
				t.Errorf("%s selects %s, %v", text, got, err)
			}
		}
	}
}

// TestNameErrors: names that the machine does not know.
func TestNameErrors(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"dst web2", "the captured machine knows no host web2; expected a name of its etc/hosts, or an address\ndst web2\n    ^^^^"},
		{"sport = :22 or dst web1:https", "the captured machine knows no service https; expected a name of its etc/services, or a number\nsport = :22 or dst web1:https\n                   ^^^^^^^^^^"},
		{"not ( user = nobody )", "the captured machine knows no user nobody; expected a name of its etc/passwd, or a number\nnot ( user = nobody )\n             ^^^^^^"},
		{"sport < :two", "the service two has several ports; expected a number\nsport < :two\n        ^^^^"},
	} {
		f, err := filter.Parse(tc.text)
		if err != nil {
			t.Fatal(said(err))
		}
		if _, err := f.Bind(known); err == nil || said(err) != tc.want {
			t.Errorf("%s\n got %v\nwant %s", tc.text, err, tc.want)
		}
	}
}

// TestNeeds: what has to be read for a filter.
func TestNeeds(t *testing.T) {
	f, err := filter.Parse("state listening ( dst web1:https or sport = :ssh ) user = www-data pid = 1 iface = lo autobound host = x")
	if err != nil {
		t.Fatal(said(err))
	}
	n := f.Needs()
	if !n.States || !n.Programs || !n.Interfaces || !n.LocalPorts || !n.Machine || !slices.Equal(n.Hosts, []string{"web1"}) ||
		!slices.Equal(n.Services, []string{"https", "ssh"}) || !slices.Equal(n.Users, []string{"www-data"}) {
		t.Errorf("%+v", n)
	}
	if f, err = filter.Parse("dport = 443 and user = 33"); err != nil || f.Needs().Files() || f.Needs().States {
		t.Errorf("%v, %+v", err, f.Needs())
	}
}

// TestMixed: a note where left to right is not what others do.
func TestMixed(t *testing.T) {
	for text, want := range map[string]int{
		"uid = 1 and uid = 2 or uid = 3": -1, "uid = 1 or uid = 2 or uid = 3": -1, "uid = 1 or ( uid = 2 and uid = 3 )": -1,
		"uid = 1 or uid = 2 and uid = 3": 19, "uid = 1 or uid = 2 uid = 3": 19, "( uid = 1 or uid = 2 ) and uid = 3": -1, "state all uid = 1 or uid = 2": -1,
	} {
		f, err := filter.Parse(text)
		if err != nil {
			t.Fatal(said(err))
		}
		got := -1
		if f.Mixed() != nil {
			got = f.Mixed().At
		}
		if got != want {
			t.Errorf("%s: at %d, want %d", text, got, want)
		}
	}
}

// guess makes up a condition of any field.
func guess(r *rand.Rand) string {
	return pick(r, "", "", "not ") + pick(r, "pid = 12", "pid != 13", "uid > 0", "src 10.0.0.0/8", "dst web1", "sport < 1000", "state listening", "exclude established",
		"path ~ run", "type = stream", "inode = 100", "autobound", "prog = nginx", "iface = eth0", "recv-q > 0", "timer = on", "retrans = 2", "host ~ db", "user = root", "sport = two")
}

// TestLaws: the laws of logic hold, also where something is unknown.
func TestLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	same := func(a, b string) {
		t.Helper()
		if x, y := chosen(bind(t, a)), chosen(bind(t, b)); x != y {
			t.Errorf("%s: %s\n%s: %s", a, x, b, y)
		}
	}
	for range 500 {
		f, g, h := "( "+guess(r)+" or "+guess(r)+" )", "( "+guess(r)+" and "+guess(r)+" )", guess(r)
		same("not not "+f, f)
		same("not ( "+f+" and "+g+" )", "not "+f+" or not "+g)
		same("not ( "+f+" or "+h+" )", "not "+f+" and not ( "+h+" )")
		same(f+" "+g, g+" and "+f)
		same(f+" or "+g+" and "+h, "( "+f+" or "+g+" ) and "+h)
		same("state established "+f+" or "+g, "state established ( "+f+" or "+g+" )")
		a, b := strings.Fields(chosen(bind(t, f))), chosen(bind(t, g))
		both := slices.DeleteFunc(a, func(name string) bool { return !slices.Contains(strings.Fields(b), name) })
		if got := chosen(bind(t, f+" and "+g)); got != strings.Join(both, " ") {
			t.Errorf("%s and %s: %s, want those of both, %s", f, g, got, both)
		}
	}
}

// TestNoAllocation: a filter costs no memory for each row.
func TestNoAllocation(t *testing.T) {
	b := bind(t, "state established ( dst 10.0.0.0/8 or dport = :ssh ) and not prog = sshd and uid = 33 iface = eth0")
	s := fixtures.RandomInet(rand.New(rand.NewPCG(1, 1)), "tcp")
	if n := testing.AllocsPerRun(1000, func() { b.Inet(query.TCP, &s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestDocumented: each field has a text, and each is a condition.
func TestDocumented(t *testing.T) {
	if all := filter.Documented(); len(all) < 20 || slices.ContainsFunc(all, func(f [2]string) bool { return f[0] == "" || f[1] == "" }) {
		t.Errorf("%q", all)
	}
}

// FuzzFilter: a text is understood or refused with a place within it, and what people
// see of that drives no terminal. What is understood means the same in parentheses and
// with two contraries before it, and selects nothing that its contrary selects.
func FuzzFilter(f *testing.F) {
	for _, text := range []string{
		"", "state established ( dport = :443 or sport = :ssh ) and not dst 10.0.0.0/8", "dst [2001:db8::]/32:80", "prog ~ ^(nginx|php)", "path = '/a b' or type!=dgram",
		"exclude listening excl big state all", "! ! autobound && uid>=0x10 | pid lt 5", "src *:* dst :", "((", "state", "uid = \x1b", `prog = a\ b`, "sport=:two and user = root",
		"src unix:/run/[!a-z]*?\\]", "not src /run/* and src @*", "src inet6:[::]:80 dst inet:10/8", "state a and state b", "dst web1:https", "host !~ x", "timer = ON", "dev = eth0", strings.Repeat("(", 200), strings.Repeat("not ", 500) + "autobound",
	} {
		f.Add(text)
	}
	rows := sockets()
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := filter.Parse(text)
		if err != nil {
			e := err.(*filter.Error)
			if parsed != nil || e.Text != text || e.At < 0 || e.At > e.End || e.End > len(text) || e.Problem == "" {
				t.Fatalf("%q: %+v", text, e)
			}
			shown, marks := e.Place()
			if !words.IsSafe(shown) || utf8.RuneCountInString(marks) > 80 || !strings.HasSuffix(marks, "^") || len(strings.Trim(marks, " ^")) > 0 {
				t.Errorf("%q is shown as %q, marked %q", text, shown, marks)
			}
			return
		}
		bound, err := parsed.Bind(known)
		if err != nil || strings.HasSuffix(text, `\`) {
			return // a name; or whatever is put behind it loses its meaning
		}
		// With a blank: a word such as ^(nginx|php) may have parentheses of its own, and
		// one that ends in an open one would take the next for its own.
		for _, other := range []string{"( " + text + "\n)", "not not (" + text + " )", "not ( " + text + " )"} {
			o, err := filter.Parse(other)
			if err != nil {
				if !strings.Contains(err.Error(), "within each other") && !strings.Contains(err.Error(), "bytes") {
					t.Fatalf("%q is understood, %q is not: %v", text, other, err)
				}
				continue
			}
			b, err := o.Bind(known)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range rows {
				one, two := s.passes(bound), s.passes(b)
				if contrary := strings.HasPrefix(other, "not ( "); contrary && one && two || !contrary && one != two {
					t.Errorf("%s: %q %v, %q %v", s.name, text, one, other, two)
				}
			}
		}
	})
}

// BenchmarkFilter: what a filter costs a row.
func BenchmarkFilter(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	rows := make([]parser.InetSocket, 1000)
	for i := range rows {
		rows[i] = fixtures.RandomInet(r, "tcp")
	}
	bound := bind(b, "state established ( dst 10.0.0.0/8 or dport = :ssh ) and not sport = 80")
	b.ReportAllocs()
	for b.Loop() {
		for i := range rows {
			bound.Inet(query.TCP, &rows[i])
		}
	}
}
