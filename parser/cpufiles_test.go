package parser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
)

// softnetText has a row of each of the forms that kernels have: nine, eleven and
// fifteen columns.
const softnetText = "00005cb6 00000001 00000002 00000000 00000000 00000000 00000000 00000000 00000000\n" +
	"00787240 00000000 000000be 00000000 00000000 00000000 00000000 00000000 00000000 00000007 00000003\n" +
	"000118f7 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 0000000a 00000005 00000000 00000000\n"

// bondingText is a bond as bond_info_seq_show writes it.
const bondingText = "Ethernet Channel Bonding Driver: v6.1.0-50-amd64\n\nBonding Mode: IEEE 802.3ad Dynamic link aggregation\n" +
	"Transmit Hash Policy: layer2 (0)\nMII Status: up\nMII Polling Interval (ms): 100\nUp Delay (ms): 0\nDown Delay (ms): 0\nPeer Notification Delay (ms): 0\n\n" +
	"802.3ad info\nLACP active: on\nLACP rate: slow\nMin links: 0\nAggregator selection policy (ad_select): stable\nSystem priority: 65535\n" +
	"System MAC address: 02:00:00:00:00:01\nActive Aggregator Info:\n\tAggregator ID: 1\n\tNumber of ports: 2\n\tActor Key: 15\n\tPartner Key: 1\n\tPartner Mac Address: 02:00:00:00:00:99\n\n" +
	"Slave Interface: eth0\nMII Status: up\nSpeed: 10000 Mbps\nDuplex: full\nLink Failure Count: 0\nPermanent HW addr: 02:00:00:00:00:01\nSlave queue ID: 0\nAggregator ID: 1\n" +
	"Actor Churn State: none\nPartner Churn State: none\nActor Churned Count: 0\nPartner Churned Count: 0\n\n" +
	"Slave Interface: eth1\nMII Status: down\nSpeed: Unknown\nDuplex: Unknown\nLink Failure Count: 3\nPermanent HW addr: 02:00:00:00:00:02\nSlave queue ID: 0\nAggregator ID: N/A\n"

const (
	arpCacheText = "entries  allocs   destroys hash_grows table_fulls\n00000014 00000001 00000002 00000003   0000000c\n00000014 0000000d 0000000e 0000000f   00000018\n"
	bondActive   = "Ethernet Channel Bonding Driver: v3.7.1 (April 27, 2011)\n\nBonding Mode: fault-tolerance (active-backup)\nPrimary Slave: None\nCurrently Active Slave: em1\nMII Status: up\n\nSlave Interface: em1\nMII Status: up\nLink Failure Count: 0\n"
)

// TestCPUFiles: what is read of files with numbers of each CPU, and of bonds; and what
// is said of rows that are none.
func TestCPUFiles(t *testing.T) {
	opt := func(o parser.Opt[uint64]) string {
		if v, ok := o.Get(); ok {
			return fmt.Sprint(v)
		}
		return "-"
	}
	softnets := func(text string) (rows, errs []string) {
		for s, err := range parser.Softnets("x", strings.NewReader(text), parser.Options{}) {
			if err != nil {
				errs = append(errs, err.Error())
				continue
			}
			rows = append(rows, strings.Join([]string{fmt.Sprint(s.Line, s.Processed, s.Dropped, s.Squeezed), opt(s.ReceivedRPS), opt(s.FlowLimit), opt(s.Backlog), opt(s.CPU)}, " "))
		}
		return rows, errs
	}
	stats := func(text string) (rows, errs []string) {
		for s, err := range parser.CPUStats("x", strings.NewReader(text), parser.Options{}) {
			if err != nil {
				errs = append(errs, err.Error())
				continue
			}
			full, ok := s.Get("table_fulls")
			rows = append(rows, fmt.Sprint(s.Line, s.Values, full, ok))
		}
		return rows, errs
	}
	bonds := func(text string) (rows, errs []string) {
		for p, err := range parser.Bonding("x", strings.NewReader(text), parser.Options{}) {
			if err != nil {
				errs = append(errs, err.Error())
				continue
			}
			rows = append(rows, strings.Join([]string{
				fmt.Sprint(p.Line), p.Slave, p.Mode, p.Active, p.MIIStatus, p.Speed, opt(p.Failures), opt(p.Aggregator), opt(p.Ports), p.Partner,
			}, "|"))
		}
		return rows, errs
	}
	for _, tc := range []struct {
		name, text string
		decode     func(string) ([]string, []string)
		rows, errs string
	}{
		{"softnet", softnetText, softnets, "1 23734 1 2 - - - -; 2 7893568 0 190 7 3 - -; 3 71927 0 0 0 0 10 5", ""},
		{"softnet short", "0 0\n" + softnetText, softnets, "2 23734 1 2 - - - -; 3 7893568 0 190 7 3 - -; 4 71927 0 0 0 0 10 5", "x:1: time_squeeze missing: row ends before this column"},
		{"softnet no number", "0 0x1 0 0 0 0 0 0 0\n", softnets, "", `x:1: dropped "0x1": invalid syntax`},
		{"softnet too large", "100000000 0 0 0 0 0 0 0 0\n", softnets, "", `x:1: processed "100000000": value out of range`},
		{"softnet cut", "1 2 3 0 0 0 0 0 0", softnets, "1 1 2 3 - - - -", `x:1: "0": the file ends here without a newline, the value may be cut`},
		{"arp_cache", arpCacheText, stats, "2 [20 1 2 3 12] 12 true; 3 [20 13 14 15 24] 24 true", ""},
		{"more columns than names", "entries allocs\n1 2 3\n", stats, "2 [1 2] 0 false", ""},
		{"fewer columns than names", "entries allocs\n1\n", stats, "", "x:2: allocs missing: row ends before this column"},
		{"stat without names", "\n1 2\n", stats, "", "x: cannot read beyond line 1: the header has no names: no row can be read"},
		{"stat with hostile names", "entries \x1b[31mX\n1 g\n", stats, "", `x:2: value "g": invalid syntax`},
		{"bond of 802.3ad", bondingText, bonds, "1||IEEE 802.3ad Dynamic link aggregation||up||-|1|2|02:00:00:00:00:99; 25|eth0|||up|10000 Mbps|0|1|-|; 38|eth1|||down|Unknown|3|-|-|", ""},
		{"bond with an active interface", bondActive, bonds, "1||fault-tolerance (active-backup)|em1|up||-|-|-|; 8|em1|||up||0|-|-|", ""},
		{"bond bad number", "Bonding Mode: x\nSlave Interface: a\nLink Failure Count: y\nMII Status: up\n", bonds, "1||x||||-|-|-|; 2|a|||up||-|-|-|", `x:3: Link Failure Count "y": invalid syntax`},
		{"bond cut", "Bonding Mode: x\nMII Status: u", bonds, "1||x||u||-|-|-|", `x:2: "u": the file ends here without a newline, the value may be cut`},
		{"no bond", "cat: /proc/net/bonding/bond0: No such file\n", bonds, "", ""},
	} {
		rows, errs := tc.decode(tc.text)
		if r, e := strings.Join(rows, "; "), strings.Join(errs, "; "); r != tc.rows || e != tc.errs {
			t.Errorf("%s:\n got %s, %s\nwant %s, %s", tc.name, r, e, tc.rows, tc.errs)
		}
	}
}

// TestLinkRelations: what ip tells of how interfaces stand to others, in words and in
// JSON.
func TestLinkRelations(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		decode     linkDecoder
		want       string
	}{
		{"bridge port", "7: veth1@veth0: <UP> mtu 1500 qdisc noqueue master br-lan state UP\n    link/ether 0a:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 1 allmulti 1\n    veth \n    bridge_slave state forwarding\n", parser.IPLinks, "br-lan veth0 veth bridge 1"},
		{"one line", "7: eth0: <UP> mtu 1500 master bond0 state UP \\    link/ether 0a:00:00:00:00:01 promiscuity 2 \\    bond_slave state ACTIVE\n", parser.IPLinks, "bond0   bond 2"},
		{"nothing below", "5: tunl0@NONE: <NOARP> mtu 1480\n    link/ipip 0.0.0.0 brd 0.0.0.0 promiscuity 0\n    ipip any remote any\n", parser.IPLinks, "  ipip  0"},
		{"JSON", `[{"ifname":"eth0.5","link":"eth0","master":"br0","promiscuity":1,"linkinfo":{"info_kind":"vlan","info_slave_kind":"bridge"}}]`, parser.IPLinksJSON, "br0 eth0 vlan bridge 1"},
	} {
		for l, err := range tc.decode("x", strings.NewReader(tc.text), parser.Options{}) {
			if err != nil {
				t.Error(err)
			}
			n, _ := l.Promiscuity.Get()
			if got := strings.Join([]string{l.Master, l.Lower, l.Kind, l.PortKind, fmt.Sprint(n)}, " "); got != tc.want {
				t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
			}
		}
	}
}

func FuzzSoftnets(f *testing.F) { fuzzText(f, parser.Softnets, softnetText) }
func FuzzCPUStats(f *testing.F) { fuzzText(f, parser.CPUStats, arpCacheText, "entries\n1\n") }
func FuzzBonding(f *testing.F)  { fuzzText(f, parser.Bonding, bondingText, bondActive) }
