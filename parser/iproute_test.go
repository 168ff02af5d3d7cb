package parser_test

import (
	"encoding/binary"
	"io"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// routesOf reads a text of routes.
func routesOf[T any](decode func(string, io.Reader, parser.Options) iter.Seq2[T, error], text string, order binary.ByteOrder) (rows []T, errs []string) {
	for row, err := range decode("f", strings.NewReader(text), parser.Options{ByteOrder: order}) {
		if err != nil {
			errs = append(errs, err.Error())
			continue
		}
		rows = append(rows, row)
	}
	return rows, errs
}

// sameRoute drops of both rows what the text does not tell.
func sameRoute(rt parser.Route, l parser.Lack) parser.Route {
	rt.Line, rt.Lacks = 0, 0
	if l.Has(parser.LacksMetric) {
		rt.Metric = 0
	}
	if l.Has(parser.LacksRefCount) {
		rt.RefCnt = 0
	}
	if l.Has(parser.LacksUse) {
		rt.Use = 0
	}
	if l.Has(parser.LacksMSS) {
		rt.MTU, rt.Window, rt.IRTT = 0, 0, 0
	}
	return rt
}

func sameRoute6(rt parser.Route6, l parser.Lack) parser.Route6 {
	rt.Line, rt.Lacks = 0, 0
	if l.Has(parser.LacksRefCount) {
		rt.RefCnt = 0
	}
	if l.Has(parser.LacksUse) {
		rt.Use = 0
	}
	return rt
}

// A routeDiff is one text beside the kernel's file of the same moment.
type routeDiff struct {
	host, text string
	lacks      parser.Lack
	errs       int // rows whose interface may be cut
	// explained changes a row of the kernel's file to what the text tells.
	explained func(*parser.Route6)
	unprinted bool // the text has no ::/0 of the kernel's own
}

const sosRoutes = "sos_commands/networking/ip_route_show_table_all"

var routeDiffs = []routeDiff{
	{host: "ours/s390x-qemu-6.1", text: "cmd/route_-n", lacks: parser.LacksMSS},
	{host: "ours/s390x-qemu-6.1", text: "cmd/route_-n_-ee", errs: 2}, // dummy0 fills its column
	{host: "ours/s390x-qemu-6.1", text: "cmd/netstat_-rn_-ee", errs: 2},
	{host: "ours/s390x-qemu-6.1", text: "cmd/netstat_-rn", lacks: parser.LacksMetric | parser.LacksRefCount | parser.LacksUse},
	{host: "ours/s390x-qemu-6.1", text: "cmd/busybox_netstat_-rn", lacks: parser.LacksMetric | parser.LacksRefCount | parser.LacksUse},
	{host: "ours/s390x-qemu-6.1", text: "cmd/ip_route_show_table_all", lacks: parser.LacksRefCount | parser.LacksUse},
	{host: "ours/big-6.18-x86_64", text: "cmd/netstat_-rn", lacks: parser.LacksMetric | parser.LacksRefCount | parser.LacksUse},
	{host: "public/sos-coreos-master1", text: "sos_commands/networking/route_-n", lacks: parser.LacksMSS},
	{host: "public/sos-coreos-master1", text: sosRoutes, lacks: parser.LacksRefCount | parser.LacksUse},
	{host: "public/hotsos-kubernetes", text: sosRoutes, lacks: parser.LacksRefCount | parser.LacksUse},
	{host: "public/hotsos-rabbitmq", text: sosRoutes, lacks: parser.LacksRefCount | parser.LacksUse},
	{host: "public/hotsos-ceph-mon", text: sosRoutes, lacks: parser.LacksRefCount | parser.LacksUse},
}

func corpusText(t *testing.T, name ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{fixtures.Corpus(t)}, name...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func orderOf(host string) binary.ByteOrder {
	if strings.Contains(host, "s390x") {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// TestRoutesLikeTheFile: what a command printed is what the kernel's file of the
// same moment has, in the same order.
func TestRoutesLikeTheFile(t *testing.T) {
	for _, d := range routeDiffs {
		decode := parser.RouteText
		if strings.Contains(d.text, "ip_route") {
			decode = parser.IPRoutes
		}
		got, errs := routesOf(decode, corpusText(t, d.host, d.text), nil)
		want, _ := routesOf(parser.Routes, corpusText(t, d.host, "proc/net/route"), orderOf(d.host))
		if len(errs) != d.errs || len(got) != len(want) || len(got) == 0 {
			t.Errorf("%s/%s: %d rows of %d, errors %q", d.host, d.text, len(got), len(want), errs)
			continue
		}
		for i := range want {
			if got[i].Lacks != d.lacks {
				t.Errorf("%s/%s: lacks %b, want %b", d.host, d.text, got[i].Lacks, d.lacks)
			}
			if g, w := sameRoute(got[i], d.lacks), sameRoute(want[i], d.lacks); g != w {
				t.Errorf("%s/%s:\n got %+v\nwant %+v", d.host, d.text, g, w)
			}
		}
	}
}

// lettered drops the flags that the tables of netstat have no letter for.
func lettered(rt *parser.Route6) { rt.Flags &= 0x01000000 | 0x2670227 }

var route6Diffs = []routeDiff{
	{host: "ours/s390x-qemu-6.1", text: "cmd/route_-n_-6", explained: lettered},
	{host: "ours/s390x-qemu-6.1", text: "cmd/netstat_-rn_-6", explained: lettered},
	{host: "ours/s390x-qemu-6.1", text: "cmd/ip_-6_route_show_table_all", unprinted: true},
	{host: "ours/s390x-qemu-6.1", text: "cmd/ip_route_show_table_all", unprinted: true},
	{host: "public/sos-coreos-master1", text: "sos_commands/networking/ip_-6_route_show_table_all", unprinted: true},
	{host: "public/hotsos-kubernetes", text: "sos_commands/networking/ip_-6_route_show_table_all", unprinted: true},
	{host: "public/hotsos-rabbitmq", text: "sos_commands/networking/ip_-6_route_show_table_all", unprinted: true},
	{host: "public/hotsos-ceph-mon", text: "sos_commands/networking/ip_-6_route_show_table_all", unprinted: true},
	{host: "public/hotsos-ceph-mon", text: sosRoutes, unprinted: true},
}

func TestRoutes6LikeTheFile(t *testing.T) {
	for _, d := range route6Diffs {
		decode := parser.RouteText6
		if d.unprinted {
			decode, d.lacks = parser.IPRoutes6, parser.LacksRefCount|parser.LacksUse
		}
		got, errs := routesOf(decode, corpusText(t, d.host, d.text), nil)
		want, _ := routesOf(parser.Routes6, corpusText(t, d.host, "proc/net/ipv6_route"), nil)
		compare6(t, d, got, want, errs)
	}
}

func compare6(t *testing.T, d routeDiff, got, all []parser.Route6, errs []string) {
	t.Helper()
	var want []parser.Route6
	for _, rt := range all {
		if d.unprinted && rt.Metric == 0xffffffff {
			continue // the end of a table, which ip does not print
		}
		if d.explained != nil {
			d.explained(&rt)
		}
		want = append(want, rt)
	}
	if len(errs) != 0 || len(got) != len(want) || len(got) == 0 {
		t.Errorf("%s/%s: %d rows of %d, errors %q", d.host, d.text, len(got), len(want), errs)
		return
	}
	for i := range want {
		if got[i].Lacks != d.lacks {
			t.Errorf("%s/%s: lacks %b, want %b", d.host, d.text, got[i].Lacks, d.lacks)
		}
		if g, w := sameRoute6(got[i], d.lacks), sameRoute6(want[i], d.lacks); g != w {
			t.Errorf("%s/%s:\n got %+v %x\nwant %+v %x", d.host, d.text, g, g.Flags, w, w.Flags)
		}
	}
}

func TestIPRoutes(t *testing.T) {
	row := parser.Route{
		Line: 1, Iface: "eth0", Destination: ip("10.0.0.0"), Gateway: ip("0.0.0.0"), Genmask: ip("255.0.0.0"),
		Flags: 1, Lacks: parser.LacksRefCount | parser.LacksUse,
	}
	at := func(line int, change func(*parser.Route)) parser.Route {
		rt := row
		rt.Line = line
		if change != nil {
			change(&rt)
		}
		return rt
	}
	one := func(name, text string, change func(*parser.Route)) routeCase[parser.Route] {
		return routeCase[parser.Route]{name, text + "\n", []parser.Route{at(1, change)}, nil}
	}
	bad := func(name, line, err string) routeCase[parser.Route] {
		return routeCase[parser.Route]{name, line + "\n10.0.0.0/8 dev eth0\n", []parser.Route{at(2, nil)}, []string{"f:1: " + err}}
	}
	checkRoutes(t, parser.IPRoutes, []routeCase[parser.Route]{
		{"nothing", "", nil, nil},
		{"messages", "exec of \"ip\" failed: No such file\nRTNETLINK answers: Invalid\nDump terminated\n\nObject \"x\" is unknown, try \"ip help\".\nError: ipv4: FIB table does not exist.\nsudo: no tty\n", nil, nil},
		{"other tables and types", "10.1.0.0/16 dev a table 100\nbroadcast 10.0.0.0 dev a\nlocal 10.0.0.1 dev a table local\nmulticast 239.0.0.0/8 dev a\nfe80::/64 dev eth0 metric 1\n", nil, nil},
		one("unknown words", "unicast 10.0.0.0/8 tos 0x10 nhid 5 dev eth0 linkdown proto 99 scope link src 10.0.0.1 metric 0 mtu lock 1400 congctl cubic dead onlink offload", nil),
		one("line ends of Windows", "10.0.0.0/8 dev eth0\r", nil),
		one("a device named like a word", "10.0.0.0/8 dev metric", func(rt *parser.Route) { rt.Iface = "metric" }),
		one("an old rtt", "10.0.0.0/8 dev eth0 rtt 300", func(rt *parser.Route) { rt.IRTT = 300 }),
		one("the main table by its number", "10.0.0.0/8 dev eth0 table 254", nil),
		{"half a word", "10.0.0.0/8 dev eth0", []parser.Route{at(1, nil)}, []string{`f:1: "eth0": the file ends here without a newline, the value may be cut`}},
		{"half a row of no interest", "10.0.0.0/8 dev eth0\nbroadcast 10.1.1.1 dev e", []parser.Route{at(1, nil)}, nil},
		{"the first next hop is bad", "default\n\tnexthop via x dev a weight 1\n\tnexthop via 10.0.0.2 dev b weight 1\n10.0.0.0/8 dev eth0\n",
			[]parser.Route{at(4, nil)}, []string{`f:2: via "x": invalid syntax`}},
		{"a next hop of nothing", "\tnexthop via 10.0.0.2 dev b weight 1\n10.0.0.0/8 dev eth0\n", []parser.Route{at(2, nil)}, nil},
		bad("a bad route with next hops", "default metric x \\\tnexthop via 10.0.0.1 dev a \\\tnexthop via 10.0.0.2 dev b", `metric "x": invalid syntax`),
		bad("a name", "gateway dev eth0", `destination "gateway": invalid syntax`),
		bad("a name of a gateway", "default via gateway dev eth0", `via "gateway": invalid syntax`),
		bad("a bad address", "10.0.0/8 dev eth0", `destination "10.0.0": invalid syntax`),
		bad("a bad length", "10.0.0.0/x dev eth0", `destination "10.0.0.0/x": invalid syntax`),
		bad("a long length", "10.0.0.0/33 dev eth0", `destination "10.0.0.0/33": value out of range`),
		bad("no destination", "unreachable", "destination missing: row ends before this column"),
		bad("no device", "10.0.0.0/8 scope link", "dev missing: row ends before this column"),
		bad("no value", "10.0.0.0/8 dev", "dev missing: row ends before this column"),
		bad("a big metric", "10.0.0.0/8 dev a metric 4294967296", `metric "4294967296": value out of range`),
		bad("a negative metric", "10.0.0.0/8 dev a metric -1", `metric "-1": invalid syntax`),
		bad("a word for an rtt", "10.0.0.0/8 dev a rtt infs", `rtt "infs": invalid syntax`),
		bad("a big rtt", "10.0.0.0/8 dev a rtt 1e999s", `rtt "1e999s": value out of range`),
		bad("two units", "10.0.0.0/8 dev a rtt 5sms", `rtt "5sms": invalid syntax`),
		bad("a gateway of another family", "10.0.0.0/8 via fe80::1 dev a", `via "fe80::1": invalid syntax`),
		bad("hostile", "10.\x1b]0;x\a\xff dev a", `destination "10.\x1b]0;x\a\xff": invalid syntax`),
		bad("a long line", strings.Repeat("1", parser.MaxLine+1), `"`+strings.Repeat("1", 64)+`": line too long`),
	})
}

func TestIPRoutes6(t *testing.T) {
	row := parser.Route6{
		Line: 1, Destination: netip.MustParsePrefix("2001:db8::/64"), Source: netip.MustParsePrefix("::/0"), NextHop: ip("::"),
		Metric: 256, Flags: 1, Iface: "eth0", Lacks: parser.LacksRefCount | parser.LacksUse,
	}
	one := func(name, text string, change func(*parser.Route6)) routeCase[parser.Route6] {
		rt := row
		if change != nil {
			change(&rt)
		}
		return routeCase[parser.Route6]{name, text + "\n", []parser.Route6{rt}, nil}
	}
	all := netip.MustParsePrefix("::/0")
	hop := func(line int, via, dev string, flags uint32) parser.Route6 {
		rt := row
		rt.Line, rt.NextHop, rt.Iface, rt.Flags = line, ip(via), dev, flags
		return rt
	}
	bad := func(name, line, err string) routeCase[parser.Route6] {
		rt := row
		rt.Line = 2
		return routeCase[parser.Route6]{name, line + "\n2001:db8::/64 dev eth0 metric 256\n", []parser.Route6{rt}, []string{"f:1: " + err}}
	}
	checkRoutes(t, parser.IPRoutes6, []routeCase[parser.Route6]{
		{"IPv4", "default via 10.0.0.1 dev a metric 1\ndefault dev a scope link metric 1\nunreachable default metric 1\ndefault dev a\ndefault via inet6 fe80::1 dev a metric 1\n10.0.0.0/8 dev a\n", nil, nil},
		one("a tunnel", "default dev eth0 metric 256", func(rt *parser.Route6) { rt.Destination = all }),
		one("an advertised prefix", "2001:db8::/64 dev eth0 proto kernel metric 256 expires 86000sec pref medium", func(rt *parser.Route6) { rt.Flags = 0x4c0001 }),
		one("an advertised gateway", "default via fe80::1 dev eth0 proto ra metric 1024 expires 86sec pref high", func(rt *parser.Route6) {
			rt.Destination, rt.NextHop, rt.Metric, rt.Flags = all, ip("fe80::1"), 1024, 0x8450003
		}),
		one("a program's gateway", "default via fe80::1 dev eth0 proto ra metric 256 pref low", func(rt *parser.Route6) {
			rt.Destination, rt.NextHop, rt.Flags = all, ip("fe80::1"), 0x18000003
		}),
		one("a program's gateway that expires", "default via fe80::1 dev eth0 proto ra metric 256 expires 86sec", func(rt *parser.Route6) {
			rt.Destination, rt.NextHop, rt.Flags = all, ip("fe80::1"), 0x400003
		}),
		one("a gateway that need not be near", "2001:db8::/64 via fe80::1 dev eth0 metric 256 onlink pref medium", func(rt *parser.Route6) {
			rt.NextHop, rt.Flags = ip("fe80::1"), 7
		}),
		one("the end of a table, Linux 2.6.32", "unreachable default dev lo table unspec proto none metric -1 error -101 hoplimit 255", func(rt *parser.Route6) {
			rt.Destination, rt.Metric, rt.Flags, rt.Iface = all, 0xffffffff, 0x200200, "lo"
		}),
		one("the end of a table, Linux 3.10", "unreachable default dev lo table unspec proto kernel metric 4294967295 error -101", func(rt *parser.Route6) {
			rt.Destination, rt.Metric, rt.Flags, rt.Iface = all, 0xffffffff, 0x200200, "lo"
		}),
		one("an address, Linux 3.10", "local 2001:db8::1 dev lo table local proto none metric 256", func(rt *parser.Route6) {
			rt.Destination, rt.Flags, rt.Iface = netip.MustParsePrefix("2001:db8::1/128"), 0x80200001, "lo"
		}),
		one("a next hop in one line", "2001:db8::/64 metric 256 \\\tnexthop via fe80::1 dev eth0 weight 1", func(rt *parser.Route6) {
			rt.NextHop, rt.Flags = ip("fe80::1"), 3
		}),
		{"one next hop of three is bad", "2001:db8::/64 metric 256\n\tnexthop via fe80::1 dev a\n\tnexthop via x dev b\n\tnexthop dev c\n", []parser.Route6{
			hop(2, "fe80::1", "a", 3), hop(4, "::", "c", 1),
		}, []string{`f:3: via "x": invalid syntax`}},
		{"a bad route with next hops", "2001:db8::/x metric 256\n\tnexthop via fe80::1 dev a\n\tnexthop dev c\n", nil, []string{`f:1: destination "2001:db8::/x": invalid syntax`}},
		bad("a next hop's bad gateway", "2001:db8::/64 metric 256 \\\tnexthop via 1.2.3.4 dev eth0", `via "1.2.3.4": invalid syntax`),
		bad("a bad source", "2001:db8::/64 from x dev eth0", `from "x": invalid syntax`),
		bad("a zone", "fe80::%eth0/64 dev eth0", `destination "fe80::%eth0": invalid syntax`),
		bad("a long length", "fe80::/129 dev eth0", `destination "fe80::/129": value out of range`),
		bad("a bad address", "fe80::g dev eth0", `destination "fe80::g": invalid syntax`),
	})
}
