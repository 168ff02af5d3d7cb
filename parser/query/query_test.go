package query

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// options reads a short form: letters as on the command line, and the names of
// families.
func options(t testing.TB, text string) (o Options) {
	t.Helper()
	for _, word := range strings.Fields(text) {
		if f, ok := FamilyByName(word); ok {
			o.Families = append(o.Families, f)
			continue
		}
		for _, c := range word {
			switch c {
			case 'a':
				o.All = true
			case 'l':
				o.Listening = true
			case 't':
				o.TCP = true
			case 'u':
				o.UDP = true
			case 'U':
				o.UDPLite = true
			case 'S':
				o.SCTP = true
			case 'w':
				o.Raw = true
			case 'g':
				o.Groups = true
			case 'x':
				o.Families = append(o.Families, UnixAF)
			case '4':
				o.Families = append(o.Families, Inet)
			case '6':
				o.Families = append(o.Families, Inet6)
			case 'r':
				o.Routes++
			case 'i':
				o.Interfaces++
			case 's':
				o.Statistics++
			case 'M':
				o.Masquerade++
			default:
				t.Fatalf("option %q", c)
			}
		}
	}
	return o
}

// tables names what the internet section reads, as tcp tcp6 (sctp) udp ...
func tables(p Plan) string {
	var list []string
	for _, it := range p.InetTables() {
		name := strings.TrimPrefix(it.File, "proc/net/")
		if it.Protocol == SCTP {
			name = "sctp"
		}
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

const everything = "tcp tcp6 sctp udp udp6 udplite udplite6 raw raw6"

// TestPlan: what the options come to, section by section.
func TestPlan(t *testing.T) {
	const v4, v6 = "tcp sctp udp udplite raw", "tcp6 udp6 udplite6 raw6"
	cases := []struct {
		argv     string
		internet bool   // a heading for internet sockets
		tables   string // in order
		unix     bool
		quiet    bool
	}{
		{"", true, everything, true, false},
		{"a", true, everything, true, false},
		{"l", true, everything, true, false},
		{"t", true, "tcp tcp6", false, false},
		{"u", true, "udp udp6", false, false},
		{"U", true, "udplite udplite6", false, false},
		{"S", true, "sctp", false, false},
		{"w", true, "raw raw6", false, false},
		{"wut", true, "tcp tcp6 udp udp6 raw raw6", false, false},
		{"tSuUw", true, everything, false, false},
		{"x", false, "", true, false},
		{"tx", true, "tcp tcp6", true, false},
		{"4", true, v4, false, true},
		{"6", true, v6, false, true},
		{"46", true, everything, false, true},
		{"64", true, everything, false, true},
		{"4t", true, "tcp", false, false},
		{"6t", true, "tcp6", false, false},
		{"46u", true, "udp udp6", false, false},
		{"6S", true, "", false, false},
		{"4x", true, v4, true, true},
		{"g", false, "", false, false},
		{"g4", true, v4, false, true},
		{"g6", true, v6, false, true},
		{"gt", true, "tcp tcp6", false, false},
		{"inet", true, v4, false, true},
		{"ip", true, v4, false, true},
		{"tcpip", true, v4, false, true},
		{"ip6", true, v6, false, true},
		{"unix", false, "", true, false},
		{"unix inet", true, v4, true, true},
		{"ipx", false, "", false, false},
		{"ax25", false, "", false, false},
		{"bluetooth", false, "", false, false},
		{"ddp", true, everything, true, false},
		{"appletalk", true, everything, true, false},
		{"econet", true, everything, true, false},
		{"ash", true, everything, true, false},
		{"ddp t", true, "tcp tcp6", false, false},
	}
	for _, tc := range cases {
		t.Run("-"+tc.argv, func(t *testing.T) {
			p, err := options(t, tc.argv).Plan()
			if err != nil {
				t.Fatal(err)
			}
			if p.Mode != Sockets || p.ShowsInternet() != tc.internet || tables(p) != tc.tables && tc.internet ||
				p.Shows(UnixAF) != tc.unix || p.Quiet != tc.quiet {
				t.Errorf("mode %d, internet %v (%s), unix %v, quiet %v\nwant internet %v (%s), unix %v, quiet %v",
					p.Mode, p.ShowsInternet(), tables(p), p.Shows(UnixAF), p.Quiet, tc.internet, tc.tables, tc.unix, tc.quiet)
			}
		})
	}
}

// TestModes: one mode at most, and each only once.
func TestModes(t *testing.T) {
	for argv, want := range map[string]Mode{"r": Routes, "i": Interfaces, "s": Statistics, "M": Masquerade, "rt": Routes, "it": Interfaces, "rg": Routes, "Mt": Masquerade} {
		if p, err := options(t, argv).Plan(); err != nil || p.Mode != want {
			t.Errorf("-%s: mode %d, %v; want %d", argv, p.Mode, err, want)
		}
	}
	for _, argv := range []string{"rr", "ii", "ss", "MM", "ri", "rs", "iM", "risM"} {
		if _, err := options(t, argv).Plan(); !errors.Is(err, ErrModes) {
			t.Errorf("-%s: %v, want %v", argv, err, ErrModes)
		}
	}
}

// TestFamilyWords: the words of -A, case-sensitive.
func TestFamilyWords(t *testing.T) {
	for word, want := range map[string]Family{
		"inet": Inet, "ip": Inet, "tcpip": Inet, "inet6": Inet6, "ip6": Inet6, "unix": UnixAF, "ax25": AX25, "x25": X25, "ipx": IPX,
		"netrom": Netrom, "rose": Rose, "ddp": DDP, "appletalk": DDP, "econet": Econet, "ash": Ash, "bluetooth": Bluetooth,
	} {
		if got, ok := FamilyByName(word); got != want || !ok {
			t.Errorf("%s: %q, %v; want %q", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "INET", "Unix", "ec", "local", "foo", "inet "} {
		if got, ok := FamilyByName(word); ok {
			t.Errorf("%q is taken as %q", word, got)
		}
	}
}

// TestRouteFamilies: in the order given, IPv4 if none was.
func TestRouteFamilies(t *testing.T) {
	for argv, want := range map[string][]Family{
		"r": {Inet}, "r6": {Inet6}, "r64": {Inet6, Inet}, "r46": {Inet, Inet6}, "r44": {Inet, Inet}, "rx": {UnixAF},
	} {
		p, err := options(t, argv).Plan()
		if got := p.RouteFamilies(); err != nil || !slices.Equal(got, want) {
			t.Errorf("-%s: %v, want %v", argv, got, want)
		}
	}
}

func plan(t testing.TB, argv string) Plan {
	t.Helper()
	p, err := options(t, argv).Plan()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestServers: what counts as listening. The state plays no part.
func TestServers(t *testing.T) {
	cases := []struct {
		name   string
		proto  Protocol
		remote string
		state  parser.State
		server bool
	}{
		{"tcp listener", TCP, "0.0.0.0:0", parser.Listen, true},
		{"tcp connection", TCP, "10.0.0.6:54321", parser.Established, false},
		{"tcp listener with a foreign port", TCP, "0.0.0.0:9", parser.Listen, false},
		{"tcp connection to port 0", TCP, "10.0.0.6:0", parser.Established, true},
		{"tcp closed", TCP, "0.0.0.0:0", parser.Close, true},
		{"tcp6 listener", TCP, "[::]:0", parser.Listen, true},
		{"udp unconnected", UDP, "0.0.0.0:0", parser.Close, true},
		{"udp connected to 0.0.0.0:53", UDP, "0.0.0.0:53", parser.Established, true},
		{"udp connected to port 0", UDP, "10.0.0.6:0", parser.Established, false},
		{"udp6 unconnected", UDP, "[::]:0", parser.Close, true},
		{"udp6 mapped zero counts as an address", UDP, "[::ffff:0.0.0.0]:0", parser.Close, false},
		{"udplite unconnected", UDPLite, "0.0.0.0:0", parser.Close, true},
		{"raw unconnected", Raw, "0.0.0.0:0", parser.Close, true},
		{"raw connected", Raw, "10.0.0.6:0", parser.Established, false},
	}
	for _, tc := range cases {
		s := parser.InetSocket{Remote: netip.MustParseAddrPort(tc.remote), State: tc.state}
		for argv, want := range map[string]bool{"": !tc.server, "l": tc.server, "a": true, "al": true} {
			p := plan(t, argv)
			if got := p.Inet(tc.proto, &s); got != want {
				t.Errorf("%s, -%s: shown %v, want %v", tc.name, argv, got, want)
			}
		}
	}
}

// TestUnixServers: a server is unconnected and accepts.
func TestUnixServers(t *testing.T) {
	for state := range uint8(6) {
		for _, flags := range []uint32{0, parser.UnixAccept, parser.UnixWait, parser.UnixAccept | parser.UnixNoSpace} {
			server := state == 1 && flags&parser.UnixAccept != 0
			s := parser.UnixSocket{State: state, Flags: flags}
			for argv, want := range map[string]bool{"x": !server, "xl": server, "xa": true} {
				p := plan(t, argv)
				if got := p.Unix(&s); got != want {
					t.Errorf("state %d, flags %x, -%s: shown %v, want %v", state, flags, argv, got, want)
				}
			}
		}
	}
}

// TestAllIsUnion: -a shows each row once that either no option or -l shows, and
// no row is shown by both.
func TestAllIsUnion(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	all, listening, neither := plan(t, "a"), plan(t, "l"), plan(t, "")
	check := func(what string, a, l, n bool) {
		t.Helper()
		if !a || l == n {
			t.Errorf("%s: -a %v, -l %v, without %v", what, a, l, n)
		}
	}
	for range 2000 {
		for proto, files := range map[Protocol][]string{TCP: {"tcp", "tcp6"}, UDP: {"udp", "udp6"}, UDPLite: {"udplite", "udplite6"}, Raw: {"raw", "raw6"}} {
			for _, file := range files {
				s := fixtures.RandomInet(r, file)
				check(fmt.Sprintf("%s %+v", file, s), all.Inet(proto, &s), listening.Inet(proto, &s), neither.Inet(proto, &s))
			}
		}
		u := fixtures.RandomUnix(r)
		check(fmt.Sprintf("unix %+v", u), all.Unix(&u), listening.Unix(&u), neither.Unix(&u))
	}
	for _, p := range []Plan{listening, neither} {
		if p.SCTPEndpoints() == p.SCTPAssociations() {
			t.Error("SCTP has its servers in one table and its connections in the other")
		}
	}
	if !all.SCTPEndpoints() || !all.SCTPAssociations() {
		t.Error("-a shows both tables of SCTP")
	}
}

// TestRoutes: IPv4 routes must be up; cached IPv6 ones are a table of their own.
func TestRoutes(t *testing.T) {
	p := plan(t, "r")
	for flags, want := range map[uint32]bool{0: false, parser.RouteUp: true, parser.RouteReject: false, parser.RouteUp | parser.RouteReject: true} {
		if got := p.Route(&parser.Route{Flags: flags}); got != want {
			t.Errorf("flags %x: shown %v, want %v", flags, got, want)
		}
	}
	for flags, cached := range map[uint32]bool{0: false, parser.RouteUp: false, parser.RouteCache: true, 0x01000001: true} {
		r := parser.Route6{Flags: flags}
		if p.Route6(&r, false) == cached || p.Route6(&r, true) != cached {
			t.Errorf("flags %x: among routes %v, among cached ones %v", flags, p.Route6(&r, false), p.Route6(&r, true))
		}
	}
}

// TestFiles: a plan asks for what it shows, and only for that.
func TestFiles(t *testing.T) {
	always := []string{"etc/services", "etc/hosts", "etc/networks", "etc/protocols", "etc/passwd"}
	order := []string{
		"proc/net/route", "proc/net/tcp", "proc/net/udp", "proc/net/tcp6", "proc/net/if_inet6", "output/ip_address",
		"uname", "sos_commands/kernel/uname_-a", "proc/sys/kernel/osrelease", "proc/version", "proc/cpuinfo",
	}
	links := []string{"output/netstat_i", "output/ifconfig", "output/ip_address", "output/ip_link", "output/ip_link_json", "output/ip_address_json"}
	cases := []struct {
		argv  string
		needs Needs
		want  []string
	}{
		{"t", Needs{}, []string{"proc/net/tcp6", "output/netstat", "output/ss"}},
		{"6u", Needs{Programs: true}, []string{"proc/net/udp6", "proc/*/fd/*", "proc/*/cmdline", "output/netstat", "output/ss", "output/lsof"}},
		{"S", Needs{}, []string{"proc/net/sctp/eps", "proc/net/sctp/assocs"}},
		{"x", Needs{}, []string{"proc/net/unix", "output/netstat", "output/ss"}},
		{"r", Needs{Programs: true}, []string{"proc/net/rt_cache", "output/route", "output/ip_route"}},
		{"r6", Needs{}, []string{"proc/net/ipv6_route", "proc/net/ndisc", "output/route6", "output/ip6_route"}},
		{"s", Needs{}, []string{"proc/net/snmp", "proc/net/netstat", "proc/net/sctp/snmp", "proc/net/snmp6"}},
		{"M", Needs{}, []string{"proc/net/ip_masquerade"}},
		{"g", Needs{}, []string{"proc/net/igmp", "proc/net/igmp6"}},
		{"i", Needs{}, append([]string{
			"proc/net/dev", "sys/class/net/*/mtu", "sys/class/net/*/flags", "sys/class/net/*/operstate", "proc/sys/net/ipv6/conf/*/mtu",
		}, links...)},
		{"i", Needs{Extend: true}, append([]string{
			"proc/net/dev", "sys/class/net/*/mtu", "sys/class/net/*/flags", "sys/class/net/*/operstate", "proc/sys/net/ipv6/conf/*/mtu",
			"proc/net/if_inet6", "proc/net/fib_trie",
			"sys/class/net/*/type", "sys/class/net/*/address", "sys/class/net/*/tx_queue_len",
		}, links...)},
		{"", Needs{}, []string{
			"proc/net/tcp6", "proc/net/sctp/eps", "proc/net/sctp/assocs", "proc/net/udp6", "proc/net/udplite", "proc/net/udplite6",
			"proc/net/raw", "proc/net/raw6", "proc/net/unix", "proc/net/ipx/socket", "proc/net/ipx", "proc/net/ax25",
			"proc/net/x25/socket", "proc/net/x25", "proc/net/nr", "proc/net/rose", "output/netstat", "output/ss",
		}},
	}
	for _, argv := range []string{"s", "M", "i"} {
		if plan(t, argv).NeedsByteOrder(Needs{}) {
			t.Errorf("-%s has no words of the machine's byte order", argv)
		}
	}
	for _, tc := range cases {
		got := plan(t, tc.argv).Files(tc.needs)
		slices.Sort(got)
		want := slices.Concat(always, tc.want)
		if plan(t, tc.argv).NeedsByteOrder(tc.needs) {
			want = append(want, order...)
		}
		slices.Sort(want)
		want = slices.Compact(want)
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Errorf("-%s %+v\n got %q\nwant %q", tc.argv, tc.needs, got, want)
		}
	}
}
