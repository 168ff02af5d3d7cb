package names

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// oddEtc writes name files with every spelling that a careful reader of the
// rules would try, and many that are wrong.
type oddEtc struct{ *rand.Rand }

func (o oddEtc) one(words ...string) string { return words[o.IntN(len(words))] }

// gap separates columns, rarely in an odd way.
func (o oddEtc) gap() string {
	return o.one(" ", " ", " ", "\t", "\t", "  ", " \t ", "\v", "\f", "\r", "")
}

func (o oddEtc) lead() string { return o.one("", "", "", "", " ", "\t", "#", "\r") }

func (o oddEtc) tail() string {
	return o.one("", "", "", " alias", "\talias two", " # comment", "#comment", "\r", " alias\r", " ", "\t")
}

func (o oddEtc) name(i int) string {
	base := fmt.Sprintf("n%d", i)
	return o.one(base, base, base, base, base+"-"+strings.Repeat("long", 5), base+strings.Repeat("x", 100+o.IntN(60)),
		base+".Example.COM", "_"+base, base+"\xff", base+"/tcp", base+",", strconv.Itoa(i), "+"+base, "-"+base, base+"*")
}

// number spells n in C's ways and in some that are none.
func (o oddEtc) number(n int) string {
	return o.one(strconv.Itoa(n), strconv.Itoa(n), strconv.Itoa(n), strconv.Itoa(n), fmt.Sprintf("0%o", n), fmt.Sprintf("0x%x", n),
		fmt.Sprintf("0X%X", n), fmt.Sprintf("+%d", n), fmt.Sprintf("%d", n+65536), fmt.Sprintf("00%o", n), fmt.Sprintf("%05d", n),
		fmt.Sprintf("-%d", n), fmt.Sprintf("%dx", n), fmt.Sprintf("%d.0", n), fmt.Sprintf(" %d", n), "", "0x", "0", "08", "+0x1f", "99999999999")
}

func (o oddEtc) services(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(o.lead() + o.name(i) + o.gap() + o.number(1+o.IntN(40)) + o.one("/", "/", "/", "/", "/", "//", " /", "/ ", ",", "") +
			o.one("tcp", "tcp", "udp", "udp", "raw", "TCP", "tcpx", "tcp/udp", "/tcp", "sctp", "") + o.tail() + "\n")
	}
	return b.String()
}

func (o oddEtc) protocols(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(o.lead() + o.name(i) + o.gap() + o.number(1+o.IntN(40)) + o.tail() + "\n")
	}
	return b.String()
}

func (o oddEtc) hosts(n int) string {
	var b strings.Builder
	for i := range n {
		k := 1 + o.IntN(20)
		b.WriteString(o.lead() + o.one(
			fmt.Sprintf("10.0.0.%d", k), fmt.Sprintf("10.0.0.%d", k), fmt.Sprintf("10.0.0.%d", k), fmt.Sprintf("10.0.0.%03d", k),
			fmt.Sprintf("10.%d", k), fmt.Sprintf("0xa.0.0.%d", k), fmt.Sprintf("::ffff:10.0.0.%d", k), fmt.Sprintf("::FFFF:a00:%x", k),
			fmt.Sprintf("2001:db8::%x", k), fmt.Sprintf("2001:DB8:0:0::%x", k), fmt.Sprintf("2001:db8::%04x", k), fmt.Sprintf("fe80::%x%%lo", k),
			"::1", "127.0.0.1", fmt.Sprintf("::10.0.0.%d", k), fmt.Sprintf("10.0.0.%d.", k), "10.0.0.256", ":::1", "x",
		) + o.gap() + o.one(o.name(i), o.name(i), o.name(i), o.name(i), "") + o.tail() + "\n")
	}
	return b.String()
}

func (o oddEtc) networks(n int) string {
	part := func() string {
		k := 1 + o.IntN(6)
		return o.one(strconv.Itoa(k), strconv.Itoa(k), strconv.Itoa(k), fmt.Sprintf("0x%x", k), fmt.Sprintf("0%o", k), "0", "256", "", "x", "+1", "0x")
	}
	var b strings.Builder
	for i := range n {
		number := part()
		for range o.IntN(5) {
			number += "." + part()
		}
		b.WriteString(o.lead() + o.name(i) + o.gap() + number + o.one("", "", "", "", ".", "/8") + o.tail() + "\n")
	}
	return b.String()
}

func (o oddEtc) passwd(n int) string {
	var b strings.Builder
	for i := range n {
		k := 1 + o.IntN(40)
		b.WriteString(o.one("", "", "", " ", "#", "+", "-") + o.one(fmt.Sprintf("u%d", i), fmt.Sprintf("u%d", i), fmt.Sprintf("user\xff%d", i), "") +
			o.one(":x:", ":x:", "::", ":") +
			o.one(strconv.Itoa(k), strconv.Itoa(k), strconv.Itoa(k), fmt.Sprintf("0%d", k), fmt.Sprintf("0x%x", k), fmt.Sprintf("+%d", k),
				fmt.Sprintf(" %d", k), fmt.Sprintf("%dx", k), "", "-1", "-0", "4294967295", "4294967294", "4294967296", "4294967297", "99999999999999999999") +
			o.one(":0:", ":0:", ":0:", ":", "", ":x:", "::") + o.one("gecos:/:/bin/sh", "", ":", "::", "\r") + "\n")
	}
	return b.String()
}

const (
	nobody = "203.0.113.1" // an address that no file names
	ports  = 42            // candidates are 0 to ports
)

var largeUIDs = []uint32{1<<32 - 1, 1<<32 - 2, 1 << 31}

// candidates writes tables that mention every number the files may name.
func candidates() map[string]string {
	k := fixtures.Kernel{}
	row := func(local netip.AddrPort, uid uint32) parser.InetSocket {
		remote := netip.AddrPortFrom(netip.MustParseAddr("203.0.113.2"), 9)
		if local.Addr().Is6() {
			remote = netip.AddrPortFrom(netip.MustParseAddr("2001:db8:ffff::2"), 9)
		}
		return parser.InetSocket{Local: local, Remote: remote, State: parser.Established, UID: uid, Inode: 1}
	}
	var tcp, tcp6, udp []parser.InetSocket
	var routes []parser.Route
	for n := range uint16(ports) {
		at := netip.AddrPortFrom(netip.MustParseAddr(nobody), n)
		tcp = append(tcp, row(at, uint32(n)))
		udp = append(udp, row(at, 0))
	}
	for _, uid := range largeUIDs {
		tcp = append(tcp, row(netip.MustParseAddrPort(nobody+":1"), uid))
	}
	tcp = append(tcp, row(netip.MustParseAddrPort(nobody+":65535"), 0))
	for _, a := range hostCandidates() {
		if a.Is4() {
			tcp = append(tcp, row(netip.AddrPortFrom(a, 0), 0))
		} else {
			tcp6 = append(tcp6, row(netip.AddrPortFrom(a, 0), 0))
		}
	}
	for _, a := range networkCandidates() {
		routes = append(routes, parser.Route{
			Iface: "eth0", Destination: a, Gateway: netip.IPv4Unspecified(), Genmask: netip.MustParseAddr("255.255.255.255"), Flags: parser.RouteUp,
		})
	}
	return map[string]string{
		"proc/net/tcp": k.Inet("tcp", tcp), "proc/net/tcp6": k.Inet("tcp6", tcp6), "proc/net/udp": k.Inet("udp", udp),
		"proc/net/raw": k.Inet("raw", udp), "proc/net/route": k.Routes(routes),
	}
}

func hostCandidates() (list []netip.Addr) {
	for n := range 21 {
		for _, form := range []string{"10.0.0.%d", "::ffff:10.0.0.%d", "2001:db8::%x", "::10.0.0.%d"} {
			list = append(list, netip.MustParseAddr(fmt.Sprintf(form, n)))
		}
	}
	return append(list, netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1"))
}

func networkCandidates() (list []netip.Addr) {
	for a := byte(1); a < 7; a++ {
		list = append(list, netip.AddrFrom4([4]byte{a}))
		for b := range byte(7) {
			list = append(list, netip.AddrFrom4([4]byte{a, b}), netip.AddrFrom4([4]byte{0, a, b, 1}))
			for c := range byte(7) {
				list = append(list, netip.AddrFrom4([4]byte{a, b, c}), netip.AddrFrom4([4]byte{a, b, c, 1}))
			}
		}
	}
	return list
}

// expect is what netstat's columns should show by our Table, in row order.
func expect(t *Table) (lines, routes []string) {
	port := func(lookup func(uint16) (string, bool), n uint16) string {
		if name, ok := lookup(n); ok && n != 0 {
			return name
		}
		if n == 0 {
			return "*"
		}
		return strconv.Itoa(int(n))
	}
	user := func(uid uint32) string {
		if name, ok := t.User(uid); ok {
			return name
		}
		return strconv.Itoa(int(int32(uid)))
	}
	for n := range uint16(ports) {
		lines = append(lines, "tcp "+nobody+":"+port(t.TCPPort, n)+" "+user(uint32(n)))
	}
	for _, uid := range largeUIDs {
		lines = append(lines, "tcp "+nobody+":"+port(t.TCPPort, 1)+" "+user(uid))
	}
	lines = append(lines, "tcp "+nobody+":"+port(t.TCPPort, 65535)+" "+user(0))
	for _, six := range []bool{false, true} {
		for _, a := range hostCandidates() {
			if a.Is6() != six {
				continue
			}
			lookup, proto := t.Host4, "tcp "
			if six {
				lookup, proto = t.Host6, "tcp6 "
			}
			name, ok := lookup(a)
			if !ok {
				name = a.Unmap().String()
				if b := a.As16(); six && [12]byte(b[:12]) == [12]byte{} && !a.IsLoopback() {
					name = "::" + netip.AddrFrom4([4]byte(b[12:])).String()
				}
			}
			text := name + ":*"
			lines = append(lines, proto+text[:min(len(text), 127)])
		}
	}
	for n := range uint16(ports) {
		lines = append(lines, "udp "+nobody+":"+port(t.UDPPort, n))
	}
	for n := range uint16(ports) {
		lines = append(lines, "raw "+nobody+":"+port(t.RawPort, n))
	}
	for _, a := range networkCandidates() {
		name, ok := t.Network(a)
		if !ok {
			name = a.String()
		}
		routes = append(routes, name[:min(len(name), 15)])
	}
	return lines, routes
}

// columns picks protocol, local address and user out of netstat's lines.
func columns(out []byte) (lines []string) {
	for i, line := range bytes.Split(bytes.TrimSuffix(out, []byte("\n")), []byte("\n")) {
		if i < 2 {
			continue
		}
		f := strings.FieldsFunc(string(line), func(r rune) bool { return r == ' ' })
		if len(f) < 7 {
			lines = append(lines, "?"+string(line))
			continue
		}
		// proto recv-q send-q local foreign state user inode
		text := f[0] + " " + f[3]
		if f[0] == "tcp" && strings.HasPrefix(f[3], nobody) {
			if len(f) == 7 { // a user without a name
				f[6] = ""
			}
			text += " " + f[6]
		}
		lines = append(lines, text)
	}
	return lines
}

// TestLikeNetstat compares our reading of odd name files with the installed
// netstat's. Every line of every difference names the file that made it.
func TestLikeNetstat(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	runs := 30
	for seed := range runs {
		o := oddEtc{rand.New(rand.NewPCG(uint64(seed), 5))}
		h := fixtures.NewHost(candidates())
		h.Set("etc/services", o.services(60)).Set("etc/protocols", o.protocols(40)).Set("etc/hosts", o.hosts(60))
		h.Set("etc/networks", o.networks(60)).Set("etc/passwd", o.passwd(60))
		dir := h.WriteDir(t, t.TempDir())
		table, err := Load(os.DirFS(dir), Bundle)
		if err != nil {
			t.Fatal(err)
		}
		lines, routes := expect(table)
		got := columns(fixtures.Netstat(t, dir, "-tuwaWe").Stdout)
		differ(t, h, seed, got, lines)
		var dests []string
		for i, line := range strings.Split(strings.TrimSuffix(string(fixtures.Netstat(t, dir, "-r").Stdout), "\n"), "\n") {
			if i >= 2 {
				dests = append(dests, strings.TrimRight(line[:min(16, len(line))], " "))
			}
		}
		differ(t, h, seed, dests, routes)
		if t.Failed() {
			return
		}
	}
}

func differ(t *testing.T, h *fixtures.Host, seed int, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("seed %d: netstat has %d lines, we have %d", seed, len(got), len(want))
		return
	}
	for i := range got {
		if got[i] == want[i] {
			continue
		}
		t.Errorf("seed %d: netstat %q, we %q", seed, got[i], want[i])
		for _, text := range []string{got[i], want[i]} {
			for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == ' ' }) {
				explain(t, h, word)
			}
		}
	}
}

// explain shows the lines that a name may come from.
func explain(t *testing.T, h *fixtures.Host, word string) {
	t.Helper()
	if !strings.HasPrefix(strings.TrimLeft(word, "+-_"), "n") && !strings.HasPrefix(word, "u") || word == "udp" {
		return
	}
	for name, text := range h.Files {
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(name, "etc/") && strings.Contains(line, word) {
				t.Logf("  %s: %q", name, line)
			}
		}
	}
}
