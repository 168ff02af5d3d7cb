package parser_test

import (
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
)

// conntrackText writes a row for the tests.
func conntrackText(c parser.Conntrack) string {
	text := fmt.Sprintf("%d %q %s/%d", c.Line, c.Family, c.Protocol, c.Number)
	if n, ok := c.Timeout.Get(); ok {
		text += fmt.Sprintf(" %ds", n)
	}
	text += fmt.Sprintf(" %q %v>%v %v>%v", c.State, c.Original.Src, c.Original.Dst, c.Reply.Src, c.Reply.Dst)
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{c.Original.Ports, "ports"}, {c.Unreplied, "unreplied"}, {c.Assured, "assured"}, {c.Offloaded, "offloaded"}, {c.Translated(), "nat"},
	} {
		if flag.set {
			text += " " + flag.name
		}
	}
	if n, ok := c.Mark.Get(); ok {
		text += fmt.Sprint(" mark ", n)
	}
	if n, ok := c.Zone.Get(); ok {
		text += fmt.Sprint(" zone ", n)
	}
	return text
}

func TestConntracks(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{
			"no NAT", "ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.0.5 dst=10.0.0.9 sport=40000 dport=443 src=10.0.0.9 dst=10.0.0.5 sport=443 dport=40000 [ASSURED] mark=0 zone=0 use=2\n",
			`1 "ipv4" tcp/6 431999s "ESTABLISHED" 10.0.0.5:40000>10.0.0.9:443 10.0.0.9:443>10.0.0.5:40000 ports assured mark 0 zone 0`,
		},
		{
			"both ends changed, with counters", "ipv4     2 tcp      6 20 SYN_SENT src=10.0.0.5 dst=192.0.2.1 sport=1 dport=80 packets=1 bytes=60 [UNREPLIED] src=10.2.0.2 dst=203.0.113.5 sport=8080 dport=61000 packets=0 bytes=0 mark=7 secctx=a:b zone=3 delta-time=5 use=1\n",
			`1 "ipv4" tcp/6 20s "SYN_SENT" 10.0.0.5:1>192.0.2.1:80 10.2.0.2:8080>203.0.113.5:61000 ports unreplied nat mark 7 zone 3`,
		},
		{
			"the older file", "udp      17 11 src=172.16.1.10 dst=172.16.1.1 sport=39410 dport=53 src=172.16.1.1 dst=172.16.1.10 sport=53 dport=39410 use=2\n",
			`1 "" udp/17 11s "" 172.16.1.10:39410>172.16.1.1:53 172.16.1.1:53>172.16.1.10:39410 ports`,
		},
		{
			"protocols without ports", "ipv4     2 icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=5 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=5 mark=0 use=1\n" +
				"unknown  89 599 src=10.0.0.1 dst=224.0.0.5 [UNREPLIED] src=224.0.0.5 dst=10.0.0.1 use=1\n" +
				"ipv4     2 unknown  89 599 src=10.0.0.1 dst=224.0.0.5 src=224.0.0.5 dst=10.0.0.1 use=1\n",
			`1 "ipv4" icmp/1 29s "" 10.0.0.1:0>10.0.0.2:0 10.0.0.2:0>10.0.0.1:0 mark 0` + "\n" +
				`2 "" unknown/89 599s "" 10.0.0.1:0>224.0.0.5:0 224.0.0.5:0>10.0.0.1:0 unreplied` + "\n" +
				`3 "ipv4" unknown/89 599s "" 10.0.0.1:0>224.0.0.5:0 224.0.0.5:0>10.0.0.1:0`,
		},
		{
			"IPv6 in a flow table", "ipv6     10 tcp      6 ESTABLISHED src=2001:0db8:0000:0000:0000:0000:0000:0001 dst=2001:0db8:0000:0000:0000:0000:0000:0002 sport=1 dport=2 src=2001:0db8:0000:0000:0000:0000:0000:0002 dst=2001:0db8:0000:0000:0000:0000:0000:0001 sport=2 dport=1 [HW_OFFLOAD] mark=0 use=2\n",
			`1 "ipv6" tcp/6 "ESTABLISHED" [2001:db8::1]:1>[2001:db8::2]:2 [2001:db8::2]:2>[2001:db8::1]:1 ports offloaded mark 0`,
		},
		{
			"bad rows", "x\nipv4 2 tcp six 1 src=\nipv4 2 tcp 6 1 ESTABLISHED\nipv4 2 tcp 6 1 src=10.0.0.300 dst=1\nipv4 2 tcp 6 1 src=10.0.0.3 dst=::1\n" +
				"ipv4 2 tcp 6 1 src=10.0.0.3 dst=10.0.0.4 sport=65536 dport=1\nipv4 2 tcp 6 1 src=10.0.0.3 dst=10.0.0.4 sport=1 dport=1\n" +
				"ipv4 2 tcp 6 1 src=10.0.0.3 dst=10.0.0.4 sport=1 dport=1 src=::1 dst=::2 sport=1 dport=1 use=1\nipv4 2 tcp 6 1 src= dst=10.0.0.4 x\n" +
				"ipv4 2 tcp 6 1 src=10.0.0.3%eth0 dst=10.0.0.4 x\n",
			"error: nf:1: protonum missing: row ends before this column\n" +
				`error: nf:2: protonum "six": invalid syntax` + "\n" +
				"error: nf:3: src missing: row ends before this column\n" +
				`error: nf:4: src "10.0.0.300": invalid syntax` + "\n" +
				`error: nf:5: dst "::1": invalid syntax` + "\n" +
				`error: nf:6: sport "65536": value out of range` + "\n" +
				"error: nf:7: src missing: row ends before this column\n" +
				`error: nf:8: src "::1": invalid syntax` + "\n" +
				`error: nf:9: src missing: invalid syntax` + "\n" +
				`error: nf:10: src "10.0.0.3%eth0": invalid syntax`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for row, err := range parser.Conntracks("nf", strings.NewReader(tt.in), parser.Options{}) {
				if err != nil {
					got = append(got, "error: "+err.Error())
				} else {
					got = append(got, conntrackText(row))
				}
			}
			if got := strings.Join(got, "\n"); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

var slowConntrack = regexp.MustCompile(`^[ \t]*(?:ipv[46][ \t]+\d+[ \t]+)?[^ \t]+[ \t]+(\d+)[ \t][^=]*?[ \t]*src=([^ \t]+)[ \t]+dst=([^ \t]+)(?:[ \t]+sport=(\d+)[ \t]+dport=(\d+))?(?:[ \t].*?)??[ \t]src=([^ \t]+)[ \t]+dst=([^ \t]+)(?:[ \t]+sport=(\d+)[ \t]+dport=(\d+))?(?:[ \t].*)?$`)

// FuzzConntracks also compares the addresses of each row with those that a pattern finds.
func FuzzConntracks(f *testing.F) {
	seed(f, "nf_conntrack")
	f.Fuzz(func(t *testing.T, text string) {
		tb := tableNamed(t, "nf_conntrack")
		properties(t, tb, text)
		res := tb.read(text, nil)
		lines := strings.Split(text, "\n")
		for i, row := range res.rows {
			c := row.(parser.Conntrack)
			line := strings.TrimSuffix(lines[res.lines[i]-1], "\r")
			m := slowConntrack.FindStringSubmatch(line)
			if m == nil {
				t.Errorf("line %d is no row of a pattern: %q", res.lines[i], line)
				continue
			}
			at := func(addr, port string) netip.AddrPort {
				n, _ := strconv.ParseUint("0"+port, 10, 16)
				return netip.AddrPortFrom(netip.MustParseAddr(addr), uint16(n))
			}
			want := [4]netip.AddrPort{at(m[2], m[4]), at(m[3], m[5]), at(m[6], m[8]), at(m[7], m[9])}
			if got := [4]netip.AddrPort{c.Original.Src, c.Original.Dst, c.Reply.Src, c.Reply.Dst}; !reflect.DeepEqual(got, want) {
				t.Errorf("line %d: %v, want %v", res.lines[i], got, want)
			}
		}
	})
}
