package cli

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	catalogue "github.com/coldstat/coldstat/parser/counters"
)

// tree writes files below a new directory.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	writeTree(t, dir, files)
	return dir
}

// confirmRandom compares n random machines, each with all runs. The seed is in
// the name of the subtest. COLDSTAT_RANDOM sets another number of machines.
func confirmRandom(t *testing.T, n int, runs []string, files func(r *rand.Rand) map[string]string) {
	if testing.Short() {
		n = 2
	}
	for seed := range fromEnv("COLDSTAT_RANDOM", n) {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			dir := tree(t, files(rand.New(rand.NewPCG(uint64(seed), 1))))
			for _, run := range runs {
				confirm(t, dir, run)
			}
		})
	}
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func TestRandomStatisticsConfirm(t *testing.T) {
	runs := []string{"-s", "-st", "-su6", "-s6", "-swS"}
	confirmRandom(t, 40, runs, func(r *rand.Rand) map[string]string {
		return map[string]string{
			"proc/net/snmp": randomPairs(r), "proc/net/netstat": randomPairs(r),
			"proc/net/snmp6": randomSNMP6(r), "proc/net/sctp/snmp": randomNames(r, "Sctp"),
		}
	})
}

// TestCatalogueConfirm has each counter of the catalogue in its section, zero
// and not zero.
func TestCatalogueConfirm(t *testing.T) {
	for _, value := range []string{"0", "7"} {
		var pairs, six, sctp strings.Builder
		bySection := make(map[string][]string)
		for _, c := range catalogue.All() {
			bySection[c.Section] = append(bySection[c.Section], c.Name)
			switch {
			case c.Section == "Sctp":
				fmt.Fprintf(&sctp, "%-32s\t%s\n", c.Name, value)
			case strings.HasSuffix(c.Section, "6"):
				fmt.Fprintf(&six, "%-32s\t%s\n", c.Name, value)
			}
		}
		for _, section := range slices.Sorted(maps.Keys(bySection)) {
			names := bySection[section]
			fmt.Fprintf(&pairs, "%s: %s\n%s:%s\n", section, strings.Join(names, " "), section, strings.Repeat(" "+value, len(names)))
		}
		dir := tree(t, map[string]string{
			"proc/net/snmp": pairs.String(), "proc/net/netstat": pairs.String(),
			"proc/net/snmp6": six.String(), "proc/net/sctp/snmp": sctp.String(),
		})
		for _, run := range []string{"-s", "-s6"} {
			confirm(t, dir, run)
		}
	}
}

// randomName is mostly one that netstat knows in the section, sometimes one of
// another section or of nobody.
func randomName(r *rand.Rand, section string) string {
	for range 50 {
		if c := pick(r, catalogue.All()...); c.Section == section {
			return c.Name
		}
	}
	if r.IntN(3) == 0 {
		return fmt.Sprintf("New%dCounter", r.IntN(100))
	}
	return pick(r, catalogue.All()...).Name
}

func randomValue(r *rand.Rand) string {
	return pick(r, "0", "0", "1", "-1", "-5", "18446744073709551615", "007", strconv.Itoa(r.IntN(1e6)))
}

func randomPairs(r *rand.Rand) string {
	var b strings.Builder
	for range 3 + r.IntN(10) {
		section := pick(r, "Ip", "Icmp", "IcmpMsg", "Tcp", "Udp", "UdpLite", "TcpExt", "IpExt", "MPTcpExt", "Sctp", "Ip6", "X y")
		names, values := section+":", section+":"
		for range 1 + r.IntN(12) {
			names += " " + randomName(r, section)
			values += " " + randomValue(r)
		}
		b.WriteString(names + "\n" + values + pick(r, "", " 77", " ") + "\n" + pick(r, "", "", "\n"))
	}
	return b.String()
}

func randomNames(r *rand.Rand, section string) string {
	var b strings.Builder
	for range r.IntN(15) {
		fmt.Fprintf(&b, "%-32s\t%s\n", randomName(r, section), randomValue(r))
	}
	return b.String()
}

func randomSNMP6(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString(randomNames(r, "Ip6"))
	for range r.IntN(5) {
		b.WriteString(randomNames(r, pick(r, "Ip6", "Icmp6", "Udp6", "UdpLite6", "Tcp")))
	}
	return b.String() + "Ip6InReceives 1\n"
}

func TestRandomGroupsConfirm(t *testing.T) {
	confirmRandom(t, 25, []string{"-g", "-gn", "-gn4", "-gn6"}, func(r *rand.Rand) map[string]string {
		var v4, v6 strings.Builder
		v4.WriteString("Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n")
		for i := range r.IntN(8) {
			name := strings.Repeat("e", r.IntN(12)) + pick(r, "lo", "eth0", "x:1")
			fmt.Fprintf(&v4, "%d\t%-10s: %5d %7s\n", i+1, name, r.IntN(9), "V3")
			for range r.IntN(4) {
				fmt.Fprintf(&v4, "\t\t\t\t%08X %5d %d:%08X\t\t%d\n", randomAddr(r), r.IntN(20), r.IntN(2), r.IntN(99), 0)
			}
			for range r.IntN(3) {
				fmt.Fprintf(&v6, "%-4d %-15s %08x%08x%08x%08x %5d %08X %d\n", i+1, name,
					0xff020000+uint32(r.IntN(3)), pick(r, 0, r.Int64N(1<<31)), pick(r, 0, r.Int64N(1<<31)), r.IntN(3), r.IntN(20), 4, 0)
			}
		}
		return map[string]string{
			"proc/net/igmp": v4.String(), "proc/net/igmp6": v6.String(),
			"etc/hosts":    "224.0.0.1 all-hosts\nff02::1 ip6-allnodes\n127.0.0.1 localhost\n0.5.6.7 zerohost\n",
			"etc/networks": "zeronet 0.5.6.7\n",
		}
	})
}

func randomAddr(r *rand.Rand) uint32 {
	return pick(r, 0, 0x010000E0, 0x07060500, 0x0100007F, 0xFB0000E0, r.Uint32(), 0x0500000A)
}

func TestRandomMasqueradeConfirm(t *testing.T) {
	confirmRandom(t, 20, []string{"-M", "-Mn", "-Mnee", "-Me --numeric-hosts"}, func(r *rand.Rand) map[string]string {
		var b strings.Builder
		previous := r.IntN(2) == 0
		b.WriteString("Prc FromIP   FPrt ToIP     TPrt Masq Init-seq  Delta ")
		if previous {
			b.WriteString("PDelta ")
		}
		b.WriteString("Expires (free=40960,40960,40960)\n")
		for range r.IntN(10) {
			fmt.Fprintf(&b, "%s %08X:%04X %08X:%04X %04X %08X %6d ", pick(r, "TCP", "UDP", "ICMP", "GRE", "ESP", "IP"),
				randomAddr(r), pick(r, 0, 22, r.IntN(65536)), randomAddr(r), pick(r, 0, 53, 22), r.IntN(65536), r.Uint32(), r.IntN(90000)-40000)
			if previous {
				fmt.Fprintf(&b, "%6d ", r.IntN(90000)-40000)
			}
			fmt.Fprintf(&b, "%7d          \n", pick(r, 0, 89998, r.IntN(1e8)))
		}
		return map[string]string{
			"proc/net/ip_masquerade": b.String(), "etc/hosts": "10.0.0.5 five\n0.5.6.7 zerohost\n", "etc/networks": "zeronet 0.5.6.7\n",
			"etc/services": "ssh 22/tcp\ndomain 53/udp\n",
		}
	})
}

func TestRandomRouteCacheConfirm(t *testing.T) {
	runs := []string{"-rC", "-rnC", "-rnCe", "-rnCee", "-rCee", "-rnCeee", "-rCN"}
	confirmRandom(t, 20, runs, func(r *rand.Rand) map[string]string {
		old := r.IntN(3) == 0
		head := "Iface\tDestination\tGateway \tFlags\t\tRefCnt\tUse\tMetric\tSource\t\tMTU\tWindow\tIRTT\t"
		var b strings.Builder
		if old {
			b.WriteString(head + "HH\tARP\n")
		} else {
			fmt.Fprintf(&b, "%-127s\n", head+"TOS\tHHRef\tHHUptod\tSpecDst")
		}
		rows := r.IntN(10)
		if old {
			rows++ // the heading of an empty file of Linux 2.0 is that of later ones
		}
		for i := range rows {
			row := fmt.Sprintf("%s\t%08X\t%08X\t%8X\t%d\t%d\t%d\t%08X\t%d\t%d\t%d\t", pick(r, "lo", "eth0", "averylongname15"),
				randomAddr(r), randomAddr(r), pick(r, 0, r.Uint32(), 1<<r.IntN(32)), r.IntN(9), r.Uint32(), r.IntN(2), randomAddr(r),
				pick(r, 0, 1500), r.IntN(70000), r.IntN(100000))
			if old {
				fmt.Fprintf(&b, "%s%d\t%1d\n", row, r.IntN(4)-1, r.IntN(2))
				continue
			}
			tos := pick(r, 0, 8, 0x10, 0x18, 0x0C, 0x1C)
			if i == 0 {
				tos = 0 // before the first row there is nothing stale to show
			}
			fmt.Fprintf(&b, "%-127s\n", fmt.Sprintf("%s%02X\t%d\t%1d\t%08X", row, tos, r.IntN(40)-1, r.IntN(2), randomAddr(r)))
		}
		return map[string]string{
			"proc/net/rt_cache": b.String(), "etc/networks": "zeronet 0.5.6.7\n",
			"etc/hosts": "10.0.0.5 five.example.com\n127.0.0.1 localhost\n0.5.6.7 zerohost\n",
		}
	})
}

func TestRandomNeighboursConfirm(t *testing.T) {
	confirmRandom(t, 10, []string{"-r6C", "-rn6Ce"}, func(r *rand.Rand) map[string]string {
		var b strings.Builder
		for range 1 + r.IntN(10) {
			fmt.Fprintf(&b, "fe80%028x %02x %02x %02x %02x %08x %08x %08x %04x %04x %04x %8s %012x\n",
				r.IntN(1e6), 128, r.IntN(129), 1, 1<<r.IntN(8), r.IntN(1e5), r.IntN(1e5), r.IntN(1e5), r.IntN(65536),
				r.IntN(3), r.IntN(256), pick(r, "eth0", "lo", "dummy123"), r.Uint64()>>16)
		}
		return map[string]string{"proc/net/ndisc": b.String()}
	})
}
