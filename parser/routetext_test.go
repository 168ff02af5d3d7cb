package parser_test

import (
	"errors"
	"io"
	"iter"
	"net/netip"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/coldstat/coldstat/parser"
)

const headN = "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n"

const headEE = "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface    MSS   Window irtt\n"

const head6 = "Kernel IPv6 routing table\nDestination                    Next Hop                   Flag Met Ref  Use If\n"

// A routeCase is a text with what is read of it, errors in full.
type routeCase[T any] struct {
	name, text string
	rows       []T
	errs       []string
}

func checkRoutes[T any](t *testing.T, decode func(string, io.Reader, parser.Options) iter.Seq2[T, error], cases []routeCase[T]) {
	t.Helper()
	for _, tc := range cases {
		rows, errs := routesOf(decode, tc.text, nil)
		if !reflect.DeepEqual(rows, tc.rows) || !reflect.DeepEqual(errs, tc.errs) {
			t.Errorf("%s:\n got %+v\nwant %+v\nerrors %q\n  want %q", tc.name, rows, tc.rows, errs, tc.errs)
		}
	}
}

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestRouteText(t *testing.T) {
	const eth = "10.0.0.0 0.0.0.0 255.0.0.0 U 5 0 7 eth0"
	row := parser.Route{
		Line: 3, Iface: "eth0", Destination: ip("10.0.0.0"), Gateway: ip("0.0.0.0"), Genmask: ip("255.0.0.0"),
		Flags: 1, Metric: 5, Use: 7, Lacks: parser.LacksMSS,
	}
	at := func(line int, change func(*parser.Route)) parser.Route {
		rt := row
		rt.Line = line
		if change != nil {
			change(&rt)
		}
		return rt
	}
	zero := func(rt *parser.Route) { rt.Destination, rt.Genmask = ip("0.0.0.0"), ip("0.0.0.0") }
	bad := func(name, line, err string) routeCase[parser.Route] {
		return routeCase[parser.Route]{name, headN + line + "\n" + eth + "\n", []parser.Route{at(4, nil)}, []string{"f:3: " + err}}
	}
	checkRoutes(t, parser.RouteText, []routeCase[parser.Route]{
		{"nothing", "", nil, nil},
		{"messages", "exec of \"route\" failed: No such file\n\n" + headN + "\nexec of \"x\" failed\n" + eth + "\n", []parser.Route{at(7, nil)}, nil},
		{"no table", eth + "\n", nil, nil},
		{"another table", "Kernel IPv6 routing table\n" + strings.SplitN(head6, "\n", 2)[1] + "::/0 :: U 1 0 0 lo\n" + headN + eth + "\n", []parser.Route{at(6, nil)}, nil},
		{"cache", "Kernel IP routing cache\nSource Destination Gateway Flags Metric Ref Use Iface\n" + eth + "\n", nil, nil},
		{"line ends of Windows", strings.ReplaceAll(headN+eth+"\n", "\n", "\r\n"), []parser.Route{at(3, nil)}, nil},
		{"a default by its name", headN + "default * 0.0.0.0 U 5 0 7 eth0\n", []parser.Route{at(3, zero)}, nil},
		{"rejects", headN + "10.0.0.0 - 255.0.0.0 !H 5 - 7 -\n", []parser.Route{at(3, func(rt *parser.Route) { rt.Flags, rt.Iface = 0x205, "*" })}, nil},
		{"a header without a column", "Destination Gateway Flags Metric Ref Use Iface\n" + eth + "\n", nil, []string{"f:1: Genmask missing: row ends before this column"}},
		{"cut", headN + "10.0.0.0 0.0.0.0 255.0.0.0 U 5 0 7 eth0", []parser.Route{at(3, nil)}, []string{"f:3: \"eth0\": the file ends here without a newline, the value may be cut"}},
		{"narrow", headEE + "10.0.0.0 0.0.0.0 255.0.0.0 U 5 0 7 docker 1 2 3\n", []parser.Route{at(3, func(rt *parser.Route) {
			rt.Iface, rt.MTU, rt.Window, rt.IRTT, rt.Lacks = "docker", 1, 2, 3, 0
		})}, []string{"f:3: Iface \"docker\": the column ends here, the value may be cut"}},
		bad("a name", "gateway 0.0.0.0 255.0.0.0 U 5 0 7 eth0", `Destination "gateway": invalid syntax`),
		bad("no destination", "- 0.0.0.0 255.0.0.0 U 5 0 7 eth0", `Destination "-": invalid syntax`),
		bad("IPv6", "::1 0.0.0.0 255.0.0.0 U 5 0 7 eth0", `Destination "::1": invalid syntax`),
		bad("half a row", "10.0.0.0 0.0.0.0 255.0", `Genmask "255.0": invalid syntax`),
		bad("a short row", "10.0.0.0 0.0.0.0 255.0.0.0 U 5", "Ref missing: row ends before this column"),
		bad("an unknown letter", "10.0.0.0 0.0.0.0 255.0.0.0 UZ 5 0 7 eth0", `Flags "UZ": invalid syntax`),
		bad("no number", "10.0.0.0 0.0.0.0 255.0.0.0 U x 0 7 eth0", `Metric "x": invalid syntax`),
		bad("a big number", "10.0.0.0 0.0.0.0 255.0.0.0 U 99999999999 0 7 eth0", `Metric "99999999999": value out of range`),
		bad("a long row", eth+" more", `end of row "more": invalid syntax`),
		bad("hostile", "\x1b]0;x\a \xff", `Destination "\x1b]0;x\a": invalid syntax`),
		bad("a long line", strings.Repeat("x", parser.MaxLine+1), `"`+strings.Repeat("x", 64)+`": line too long`),
	})
}

func TestRouteText6(t *testing.T) {
	row := parser.Route6{
		Line: 3, Destination: netip.MustParsePrefix("fe80::/64"), Source: netip.MustParsePrefix("::/0"), NextHop: ip("::"),
		Metric: 256, RefCnt: 2, Use: 7, Flags: 1, Iface: "eth0",
	}
	at := func(line int, change func(*parser.Route6)) parser.Route6 {
		rt := row
		rt.Line = line
		if change != nil {
			change(&rt)
		}
		return rt
	}
	const eth = "fe80::/64 :: U 256 2 7 eth0"
	bad := func(name, line, err string) routeCase[parser.Route6] {
		return routeCase[parser.Route6]{name, head6 + line + "\n" + eth + "\n", []parser.Route6{at(4, nil)}, []string{"f:3: " + err}}
	}
	checkRoutes(t, parser.RouteText6, []routeCase[parser.Route6]{
		{"both tables", headN + "10.0.0.0 0.0.0.0 255.0.0.0 U 5 0 7 eth0\n" + head6 + eth + "\n", []parser.Route6{at(6, nil)}, nil},
		{"busybox", strings.NewReplacer("Flag Met", "Flags Metric", "If\n", "Iface\n").Replace(head6) + eth + "\n", []parser.Route6{at(3, nil)}, nil},
		{"letters", head6 + "fe80::/64 :: U!GHDACaemnf -1 2 7 -\n", []parser.Route6{at(3, func(rt *parser.Route6) {
			rt.Flags, rt.Metric, rt.Iface = 0x3670227, 0xffffffff, ""
		})}, nil},
		{"a mapped address", head6 + "0.0.0.0/96 [::] U 256 2 7 eth0\n", []parser.Route6{at(3, func(rt *parser.Route6) {
			rt.Destination = netip.PrefixFrom(ip("::ffff:0.0.0.0"), 96)
		})}, nil},
		{"not configured", "INET6 (IPv6) not configured in this system.\n", nil, nil},
		bad("a cut column", "2600:1700:bab0:d40:884b:cf32:d :: U 256 2 7 eth0", `Destination "2600:1700:bab0:d40:884b:cf32:d": the column ends here, the value may be cut`),
		bad("a name", "localhost/128 :: U 256 2 7 eth0", `Destination "localhost/128": invalid syntax`),
		bad("a name without a length", "localhost :: U 256 2 7 eth0", `Destination "localhost": invalid syntax`),
		bad("a gateway's name", "::/0 gateway U 256 2 7 eth0", `Next Hop "gateway": invalid syntax`),
		bad("a zone", "fe80::%eth0/64 :: U 256 2 7 eth0", `Destination "fe80::%eth0/64": invalid syntax`),
		bad("a long length", "fe80::/129 :: U 256 2 7 eth0", `Destination "fe80::/129": value out of range`),
		bad("no length", "fe80::/ :: U 256 2 7 eth0", `Destination "fe80::/": invalid syntax`),
	})
}

// TestRouteTextCorpus: real texts of other versions, with names without -n.
func TestRouteTextCorpus(t *testing.T) {
	dir := "public/jc-cmd-outputs"
	for name, want := range map[string][4]int{ // rows, errors, rows of IPv6, errors
		"nixos/route-ee.out": {1, 1}, "centos-7.7/netstat-r.out": {2, 1}, "centos-7.7/netstat-rne.out": {3, 0},
		"centos-7.7/netstat-rnee.out": {3, 1}, "centos-7.7/route.out": {2, 1}, "centos-7.7/route-vn.out": {3, 0},
		"centos-7.7/route-6-n.out": {0, 0, 21, 0}, "centos-7.7/route-6.out": {0, 0, 14, 7},
		"ubuntu-18.04/netstat-r.out": {1, 2}, "ubuntu-18.04/netstat-rne.out": {3, 0}, "ubuntu-18.04/netstat-rnee.out": {3, 0},
		"ubuntu-18.04/route.out": {1, 2}, "ubuntu-18.04/route-vn.out": {3, 0},
	} {
		checkCounts(t, name, corpusText(t, dir, name), parser.RouteText, parser.RouteText6, want)
	}
	dir = "public/hotsos-openstack/sos_commands/networking"
	for name, want := range map[string][4]int{
		"fip-32981f34-497a-4fae-914a-8576055c8d0d":     {3, 0, 9, 0},
		"qrouter-984c22fd-64b3-4fa1-8ddd-87090f401ce5": {2, 0, 7, 0},
		"snat-984c22fd-64b3-4fa1-8ddd-87090f401ce5":    {1, 0, 6, 0},
	} {
		text := corpusText(t, dir, "ip_netns_exec_"+name+"_ip_route_show_table_all")
		checkCounts(t, filepath.Base(name), text, parser.IPRoutes, parser.IPRoutes6, want)
	}
}

func checkCounts(t *testing.T, name, text string,
	four func(string, io.Reader, parser.Options) iter.Seq2[parser.Route, error],
	six func(string, io.Reader, parser.Options) iter.Seq2[parser.Route6, error], want [4]int,
) {
	t.Helper()
	rows, errs := routesOf(four, text, nil)
	rows6, errs6 := routesOf(six, text, nil)
	if got := [4]int{len(rows), len(errs), len(rows6), len(errs6)}; got != want {
		t.Errorf("%s: rows and errors %v, want %v: %q %q", name, got, want, errs, errs6)
	}
}

// TestRouteTextPrefixes: a text that ends anywhere has the rows of the whole one,
// the last with a warning, read in one piece or byte by byte.
func TestRouteTextPrefixes(t *testing.T) {
	prefixes(t, parser.RouteText, kernelRouteEE)
	prefixes(t, parser.RouteText6, kernelRouteText6)
	prefixes(t, parser.IPRoutes, kernelIPRoute)
	prefixes(t, parser.IPRoutes, kernelIPOneline)
	prefixes(t, parser.IPRoutes6, kernelIP6Route)
	prefixes(t, parser.IPRoutes6, kernelIP6Oneline)
}

func prefixes[T any](t *testing.T, decode func(string, io.Reader, parser.Options) iter.Seq2[T, error], text string) {
	t.Helper()
	whole, _ := routesOf(decode, text, nil)
	for n := range len(text) {
		if n > 3000 && n%7 != 0 {
			continue
		}
		rows, errs := routesOf(decode, text[:n], nil)
		sure := len(rows)
		if len(errs) > 0 && strings.Contains(errs[0], "cut") {
			sure-- // even its table may be missing
		}
		if len(errs) > 1 || sure > len(whole) {
			t.Fatalf("%q: errors %q, %d rows", text[:n], errs, len(rows))
		}
		if sure > 0 && n > 0 && text[n-1] != '\n' && !strings.Contains(text, "nexthop") && !reflect.DeepEqual(rows[:sure], whole[:sure]) {
			t.Fatalf("%q: %+v", text[:n], rows)
		}
		if n%97 == 0 {
			routeProperties(t, decode, text[:n])
		}
	}
	var last error
	for _, err := range decode("f", io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrUnexpectedEOF)), parser.Options{}) {
		last = err
	}
	if fe, ok := errors.AsType[*parser.FileError](last); !ok || !errors.Is(fe, io.ErrUnexpectedEOF) {
		t.Errorf("a read error: %v", last)
	}
	stops(t, decode, text)
	stops(t, decode, headEE+"x\n10.0.0.0 0.0.0.0 0.0.0.0 U 0 0 0 docker 0 0 0\n"+head6+"Destination Gateway\nDestination Next Hop\n"+strings.Repeat("y", parser.MaxLine+1)+"\n"+text+"10.0.0.0/8 dev x metric y\n10.0.0.0/8 dev a")
}

// stops: a sequence may be left behind each of its rows and errors.
func stops[T any](t *testing.T, decode func(string, io.Reader, parser.Options) iter.Seq2[T, error], text string) {
	t.Helper()
	for n, more := 0, true; more; n++ {
		left := n
		more = false
		for range decode("f", strings.NewReader(text), parser.Options{}) {
			if more = left == 0; more {
				break
			}
			left--
		}
	}
}

// routeProperties hold for every text.
func routeProperties[T any](t *testing.T, decode func(string, io.Reader, parser.Options) iter.Seq2[T, error], text string) {
	t.Helper()
	lines, last := strings.Count(text, "\n")+1, 0
	for row, err := range decode("f", strings.NewReader(text), parser.Options{}) {
		if err != nil {
			checkErrorText(t, "f", err)
			continue
		}
		line := int(reflect.ValueOf(row).FieldByName("Line").Int())
		if line < last || line < 1 || line > lines {
			t.Errorf("line %d of %d comes behind line %d", line, lines, last)
		}
		last = line
	}
	if len(text) > 20_000 {
		return
	}
	rows, errs := routesOf(decode, text, nil)
	var slow []T
	var slowErrs []string
	for row, err := range decode("f", iotest.OneByteReader(strings.NewReader(text)), parser.Options{}) {
		if err != nil {
			slowErrs = append(slowErrs, err.Error())
			continue
		}
		slow = append(slow, row)
	}
	if !reflect.DeepEqual(rows, slow) || !reflect.DeepEqual(errs, slowErrs) {
		t.Errorf("byte by byte\n got %+v %q\nwant %+v %q", slow, slowErrs, rows, errs)
	}
}

func fuzzRoutes[T any](f *testing.F, decode func(string, io.Reader, parser.Options) iter.Seq2[T, error], seeds ...string) {
	for _, text := range append(seeds, "", "\n", headN, headEE, head6) {
		for _, damaged := range []string{
			text, text[:len(text)/2], strings.ReplaceAll(text, "\n", "\r\n"), strings.ReplaceAll(text, "0", "\x00"),
			strings.ReplaceAll(text, " ", "\t"), strings.ReplaceAll(text, ".", ":"), strings.ReplaceAll(text, "0", "-1"),
		} {
			f.Add(damaged)
		}
	}
	f.Fuzz(func(t *testing.T, text string) { routeProperties(t, decode, text) })
}

func FuzzRouteText(f *testing.F)  { fuzzRoutes(f, parser.RouteText, kernelRouteEE) }
func FuzzRouteText6(f *testing.F) { fuzzRoutes(f, parser.RouteText6, kernelRouteText6) }
func FuzzIPRoutes(f *testing.F)   { fuzzRoutes(f, parser.IPRoutes, kernelIPRoute, kernelIPOneline) }
func FuzzIPRoutes6(f *testing.F)  { fuzzRoutes(f, parser.IPRoutes6, kernelIP6Route, kernelIP6Oneline) }
