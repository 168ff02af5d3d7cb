package parser_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

type linkDecoder = func(string, io.Reader, parser.Options) iter.Seq2[parser.IPLink, error]

// linksOf reads a text, and fails on errors.
func linksOf(t *testing.T, decode linkDecoder, at string) map[string]parser.IPLink {
	t.Helper()
	text, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	links := map[string]parser.IPLink{}
	for l, err := range decode(filepath.Base(at), bytes.NewReader(text), parser.Options{}) {
		if err != nil {
			t.Error(err)
		}
		if old, twice := links[l.Name]; twice && err == nil {
			l.Addrs, l.Addrs6 = append(old.Addrs, l.Addrs...), append(old.Addrs6, l.Addrs6...)
		}
		links[l.Name] = l
	}
	return links
}

// counted are the counters that a text tells, by name.
func counted(c parser.DevCounters) map[string]uint64 {
	m := map[string]uint64{"rx packets": c.RxPackets, "rx errs": c.RxErrs, "tx packets": c.TxPackets, "tx errs": c.TxErrs, "tx drop": c.TxDrop}
	add := func(lack parser.Lack, name string, n uint64) {
		if !c.Lacks.Has(lack) {
			m[name] = n
		}
	}
	add(parser.LacksDrop, "rx drop", c.RxDrop)
	add(parser.LacksFifo, "rx fifo", c.RxFifo)
	add(parser.LacksFifo, "tx fifo", c.TxFifo)
	add(parser.LacksFrame, "rx frame", c.RxFrame)
	add(parser.LacksCarrier, "tx carrier", c.TxCarrier)
	add(parser.LacksColls, "tx colls", c.TxColls)
	if c.HasCompressed {
		m["rx multicast"], m["rx compressed"], m["tx compressed"] = c.RxMulticast, c.RxCompressed, c.TxCompressed
	}
	if c.HasBytes {
		m["rx bytes"], m["tx bytes"] = c.RxBytes, c.TxBytes
	}
	return m
}

// TestLinkTexts: what commands printed of interfaces is what the kernel's files of
// a moment before say: counters may have grown.
func TestLinkTexts(t *testing.T) {
	corpus := fixtures.Corpus(t)
	for _, tc := range []struct {
		text   string
		decode linkDecoder
		dev    string
		counts int // interfaces with counters
		lacks  parser.Lack
	}{
		{"ours/s390x-qemu-6.1/cmd/ifconfig_-a", parser.Ifconfig, "ours/s390x-qemu-6.1/proc/net/dev", 10, 0},
		{"ours/s390x-qemu-6.1/cmd/netstat_-ie", parser.Ifconfig, "ours/s390x-qemu-6.1/proc/net/dev", 6, 0},
		{"ours/s390x-qemu-6.1/cmd/netstat_-ia", parser.NetstatInterfaces, "ours/s390x-qemu-6.1/proc/net/dev", 10, parser.LacksFrame | parser.LacksCarrier | parser.LacksColls},
		{"ours/s390x-qemu-6.1/cmd/netstat_-i", parser.NetstatInterfaces, "ours/s390x-qemu-6.1/proc/net/dev", 6, parser.LacksFrame | parser.LacksCarrier | parser.LacksColls},
		{"ours/s390x-qemu-6.1/cmd/ifconfig_-s_-a", parser.NetstatInterfaces, "ours/s390x-qemu-6.1/proc/net/dev", 10, parser.LacksFrame | parser.LacksCarrier | parser.LacksColls},
		{"ours/s390x-qemu-6.1/cmd/ip_-s_-d_link", parser.IPLinks, "ours/s390x-qemu-6.1/proc/net/dev", 10, parser.LacksFifo | parser.LacksFrame | parser.LacksCarrier},
		{"ours/big-6.18-x86_64/cmd/ip_-s_-d_link", parser.IPLinks, "ours/big-6.18-x86_64/proc/net/dev", 2, parser.LacksFifo | parser.LacksFrame | parser.LacksCarrier},
		{"ours/big-6.18-x86_64/cmd/netstat_-i", parser.NetstatInterfaces, "ours/big-6.18-x86_64/proc/net/dev", 2, parser.LacksFrame | parser.LacksCarrier | parser.LacksColls},
		{"public/sos-coreos-master1/sos_commands/networking/ip_-s_-d_link", parser.IPLinks, "public/sos-coreos-master1/proc/net/dev", 2, parser.LacksDrop | parser.LacksFifo | parser.LacksFrame | parser.LacksCarrier},
		{"public/hotsos-kubernetes/sos_commands/networking/ip_-s_-d_link", parser.IPLinks, "public/hotsos-kubernetes/proc/net/dev", 3, parser.LacksDrop | parser.LacksFifo | parser.LacksFrame | parser.LacksCarrier},
		{"public/hotsos-rabbitmq/sos_commands/networking/ip_-s_-d_link", parser.IPLinks, "public/hotsos-rabbitmq/proc/net/dev", 2, parser.LacksDrop | parser.LacksFifo | parser.LacksFrame | parser.LacksCarrier},
		{"public/hotsos-ceph-mon/sos_commands/networking/ip_-s_-d_link", parser.IPLinks, "public/hotsos-ceph-mon/proc/net/dev", 2, parser.LacksDrop | parser.LacksFifo | parser.LacksFrame | parser.LacksCarrier},
	} {
		t.Run(tc.text, func(t *testing.T) {
			links := linksOf(t, tc.decode, filepath.Join(corpus, tc.text))
			f, err := os.Open(filepath.Join(corpus, tc.dev))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			compared := 0
			for d, err := range parser.Dev("dev", f, parser.Options{}) {
				if err != nil {
					t.Fatal(err)
				}
				c, ok := links[d.Iface].Counters.Get()
				// netstat 2.10 and its ifconfig lose the counters of names with 15 characters.
				if !ok || len(d.Iface) == 15 {
					continue
				}
				compared++
				if c.Lacks != tc.lacks {
					t.Errorf("%s lacks %b, want %b", d.Iface, c.Lacks, tc.lacks)
				}
				kernel := counted(d)
				for name, n := range counted(c) {
					k := kernel[name]
					if n < k || n > grown(name, k) {
						t.Errorf("%s: %s is %d, and %d in the kernel's file", d.Iface, name, n, k)
					}
				}
			}
			if compared < tc.counts {
				t.Errorf("%d interfaces compared, want %d", compared, tc.counts)
			}
		})
	}
}

// grown is how far a counter may come while the commands run. Errors do not grow in
// these captures, and a tenth is far less than what lies between two columns.
func grown(name string, k uint64) uint64 {
	if strings.HasSuffix(name, "packets") || strings.HasSuffix(name, "bytes") || strings.HasSuffix(name, "multicast") {
		return k + k/10
	}
	return k
}

// TestLinkTextsAgree: MTU, flags, queue length and addresses of one machine are the
// same whichever command printed them.
func TestLinkTextsAgree(t *testing.T) {
	dir := filepath.Join(fixtures.Corpus(t), "ours/s390x-qemu-6.1/cmd")
	exact := linksOf(t, parser.IPLinks, filepath.Join(dir, "ip_-d_address"))
	for file, decode := range map[string]linkDecoder{
		"ip_-s_-d_link": parser.IPLinks, "ip_link": parser.IPLinks, "ip_-o_link": parser.IPLinks, "ip_-o_addr": parser.IPLinks,
		"ip_-j_-d_addr": parser.IPLinksJSON, "ifconfig_-a": parser.Ifconfig, "netstat_-ia": parser.NetstatInterfaces,
	} {
		links := linksOf(t, decode, filepath.Join(dir, file))
		if len(links) < 6 {
			t.Errorf("%s: %d interfaces", file, len(links))
		}
		for name, l := range links {
			want, ok := exact[name]
			if !ok {
				t.Errorf("%s: ip address has no %s", file, name)
				continue
			}
			if l.MTU.Known() && l.MTU != want.MTU || l.TxQueueLen.Known() && l.TxQueueLen != want.TxQueueLen || l.HWAddr != "" && l.HWAddr != want.HWAddr {
				t.Errorf("%s: %s: MTU %v, queue %v, address %q; want %v, %v, %q", file, name, l.MTU, l.TxQueueLen, l.HWAddr, want.MTU, want.TxQueueLen, want.HWAddr)
			}
			if l.Flags != want.Flags&l.FlagsKnown {
				t.Errorf("%s: %s: flags %x of %x, want %x", file, name, l.Flags, l.FlagsKnown, want.Flags)
			}
			checkAddrs(t, file, l, want)
		}
	}
}

// checkAddrs compares the addresses that a text tells. ifconfig has only the first.
func checkAddrs(t *testing.T, file string, l, want parser.IPLink) {
	t.Helper()
	for i, a := range l.Addrs {
		w := want.Addrs[i]
		if a.Addr != w.Addr || a.Len != w.Len || w.Broadcast.IsValid() && a.Broadcast != w.Broadcast {
			t.Errorf("%s: %s has %+v, want %+v", file, l.Name, a, w)
		}
	}
	known := map[string]bool{}
	for _, a := range want.Addrs6 {
		known[fmt.Sprint(a.Addr, a.PrefixLen, a.Scope)] = true
	}
	for _, a := range l.Addrs6 {
		if file != "ifconfig_-a" && !known[fmt.Sprint(a.Addr, a.PrefixLen, a.Scope)] {
			t.Errorf("%s: %s has %+v, want one of %v", file, l.Name, a, known)
		}
	}
}

// TestRealLinkTexts: texts of many distributions, counted by hand.
func TestRealLinkTexts(t *testing.T) {
	dir := filepath.Join(fixtures.Corpus(t), "public/jc-cmd-outputs")
	for file, want := range map[string]struct {
		decode linkDecoder
		links  string
	}{
		"ubuntu-16.04/ifconfig.out":  {parser.Ifconfig, "ens33 1500 1043 36; lo 65536 49 208"},
		"ubuntu-18.04/netstat-i.out": {parser.NetstatInterfaces, "ens33 1500 1043 245; lo 65536 49 94"},
		"centos-7.7/netstat-i.out":   {parser.NetstatInterfaces, "docker0 1500 1003 0; ens33 1500 1043 476; lo 65536 49 0"},
		"centos-7.7/ifconfig.out":    {parser.Ifconfig, "docker0 1500 1003 0; ens33 1500 1043 8061; lo 65536 49 73"},
	} {
		f, err := os.Open(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for l, err := range want.decode(file, f, parser.Options{}) {
			c, _ := l.Counters.Get()
			mtu, _ := l.MTU.Get()
			got = append(got, fmt.Sprintf("%s %d %x %d", l.Name, mtu, l.Flags, c.RxPackets))
			if err != nil {
				t.Error(err)
			}
		}
		f.Close()
		if text := strings.Join(got, "; "); text != want.links {
			t.Errorf("%s:\n got %s\nwant %s", file, text, want.links)
		}
	}
}

// TestLsof: the sockets are those of the fd links, and of the texts of distributions
// as many as have a type of socket.
func TestLsof(t *testing.T) {
	corpus := fixtures.Corpus(t)
	links := map[string]bool{}
	fds := os.DirFS(filepath.Join(corpus, "ours/s390x-qemu-6.1/proc"))
	names, err := fs.Glob(fds, "[0-9]*/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		target, err := fs.ReadLink(fds, name)
		if err != nil {
			text, _ := fs.ReadFile(fds, name)
			target = strings.TrimSpace(string(text))
		}
		pid, _, _ := strings.Cut(name, "/")
		links[pid+" "+target] = true
	}
	at := filepath.Join(corpus, "ours/s390x-qemu-6.1/cmd/lsof_-nPl_M")
	found, seen := 0, map[string]bool{}
	for s := range openSockets(t, at) {
		found++
		if key := fmt.Sprintf("%d socket:[%d]", s.PID, s.Inode); !links[key] {
			t.Errorf("line %d: %s is no fd link", s.Line, key)
		} else {
			seen[key] = true
		}
	}
	if found < 30 {
		t.Errorf("%d sockets", found)
	}
	for key := range links {
		if strings.Contains(key, " socket:[") && !seen[key] {
			t.Errorf("%s is a fd link, and not in lsof's output", key)
		}
	}
	types := []string{"IPv4", "IPv6", "unix", "sock", "netlink", "pack", "raw", "raw6", "icmp"}
	for _, file := range []string{"centos-7.7/lsof.out", "centos-7.7/lsof-sudo.out", "ubuntu-18.04/lsof.out", "ubuntu-18.04/lsof-sudo.out"} {
		at := filepath.Join(corpus, "public/jc-cmd-outputs", file)
		text, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		want, got := 0, 0
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			for i, w := range f {
				if i < 7 && slices.Contains(types, w) && strings.Trim(f[i-1], "0123456789") != f[i-1] {
					want++
				}
			}
		}
		for range openSockets(t, at) {
			got++
		}
		if got != want {
			t.Errorf("%s: %d sockets, want %d", file, got, want)
		}
	}
}

func openSockets(t *testing.T, at string) iter.Seq[parser.OpenSocket] {
	return func(yield func(parser.OpenSocket) bool) {
		f, err := os.Open(at)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for s, err := range parser.Lsof(filepath.Base(at), f, parser.Options{}) {
			if err != nil {
				t.Error(err)
			} else if !yield(s) {
				return
			}
		}
	}
}

// TestLinkTextErrors: one bad value costs what it has to, and its text says where.
func TestLinkTextErrors(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		decode     func(text string) (rows []string, errs []string)
		rows, errs string
	}{
		{"ifconfig address", "eth0: flags=65<UP,RUNNING>  mtu 1500\n        inet 10.0.0  netmask 255.0.0.0\n        inet 10.0.0.1  netmask 255.0.0.0\n", linksIn(parser.Ifconfig), "eth0", `x:2: inet "10.0.0": invalid syntax`},
		{"ifconfig netmask with holes", "eth0: flags=65<UP,RUNNING>  mtu 1500\n        inet 10.0.0.1  netmask 255.0.255.0\n", linksIn(parser.Ifconfig), "eth0", `x:2: inet "255.0.255.0": invalid syntax`},
		{"ifconfig counter", "eth0: flags=65<UP,RUNNING>  mtu 1500\n        RX packets 0x  bytes 0 (0.0 B)\n", linksIn(parser.Ifconfig), "eth0", `x:2: counter "0x": invalid syntax`},
		{"ifconfig message", "ifconfig: command not found\n", linksIn(parser.Ifconfig), "", ""},
		{"netstat short", "Iface MTU RX-OK RX-ERR\neth0 1500 7\nlo 65536 1 2\n", linksIn(parser.NetstatInterfaces), "lo", `x:2: RX-ERR missing: row ends before this column`},
		{"netstat MTU", "Iface MTU RX-OK\neth0 x 7\n", linksIn(parser.NetstatInterfaces), "", `x:2: MTU "x": invalid syntax`},
		{"netstat flags", "Iface MTU RX-OK Flg\neth0 1 7 BQ\n", linksIn(parser.NetstatInterfaces), "", `x:2: Flg "BQ": invalid syntax`},
		{"netstat without statistics", "Iface MTU RX-OK RX-ERR RX-DRP RX-OVR TX-OK TX-ERR TX-DRP TX-OVR Flg\neth0 1500      - no statistics available -      BMRU\n", linksIn(parser.NetstatInterfaces), "eth0", ""},
		{"ip counter", "1: lo: <UP> mtu 1\n    RX: bytes packets errors\n    7 x 0\n", linksIn(parser.IPLinks), "lo", `x:3: counter "x": invalid syntax`},
		{"ip address", "1: lo: <UP> mtu 1\n    inet6 zz/64 scope link\n", linksIn(parser.IPLinks), "lo", `x:2: inet6 "zz/64": invalid syntax`},
		{"json type", `[{"ifname":"a","mtu":"x"},{"ifname":"b","mtu":1}]`, linksIn(parser.IPLinksJSON), "b", `x:1: mtu "a": invalid syntax`},
		{"json address", `[{"ifname":"a","addr_info":[{"local":"1.2.3","prefixlen":8}]}]`, linksIn(parser.IPLinksJSON), "", `x:1: local "1.2.3": invalid syntax`},
		{"json cut", `[{"ifname":"a"},{"ifn`, linksIn(parser.IPLinksJSON), "a", `x: cannot read beyond line 1: unexpected EOF`},
		{"json of another kind", `{"a":1}`, linksIn(parser.IPLinksJSON), "", `x: cannot read beyond line 0: it is no JSON array`},
		{"json without end", `[{"ifname":"` + strings.Repeat("a", 5<<20), linksIn(parser.IPLinksJSON), "", `x: cannot read beyond line 0: the JSON of one interface is too long`},
		{"lsof inode", "sshd 1 0 3u IPv4 x9 0t0 TCP *:22\nsshd 1 0 4u IPv4 77 0t0 TCP *:22\n", socketsIn, "1/sshd 77", `x:1: DEVICE "x9": invalid syntax`},
		{"lsof damaged inode", "a 12 0 3u unix 0xff 0t0 9x9 /run/a 555 type=STREAM\na 12 0 4u IPv4 12y 0t0 TCP 5\n", socketsIn, "", `x:1: NODE "9x9": invalid syntax; x:2: DEVICE "12y": invalid syntax`},
		{"lsof name in the place of the inode", "a 12 0 3u unix 0xff 0t0 TCP 5\n", socketsIn, "", `x:1: NODE "TCP": invalid syntax`},
		{"lsof task named as a type", "a 12 13 raw root 3u REG 8,1 4096 77 /f\na 12 13 unix 0 3u unix 0xff 0t0 99 /run/x\n", socketsIn, "12/a 99", ""},
		{"lsof short", "sshd 1 0 3u unix 0xffff\n", socketsIn, "", `x:1: NODE missing: row ends before this column`},
		{"lsof PID", "sshd p 0 3u IPv4 7 0t0\n", socketsIn, "", `x:1: PID "p": invalid syntax`},
		{"lsof task", "a\\x20b 12 13 task 0 3u sock 0,9 0t0 55 protocol: TCP\n", socketsIn, "12/a b 55", ""},
		{"lsof file flags", "a 12 0 3u IPv4 RW,NB 66 0t0 TCP *:22\n", socketsIn, "12/a 66", ""},
		{"lsof netlink and sctp", "a 12 0 3u netlink 0t0 88 ROUTE\na 12 0 4u sock 99 0t0 SCTP ENDPT: 1\n", socketsIn, "12/a 88; 12/a 99", ""},
		{"netstat's hostile heading", "Iface RX-OK \x1b[31mX\nlo 1\n", linksIn(parser.NetstatInterfaces), "", "x:2: \"lo\": row ends before this column"},
		{"lsof other files", "lsof: WARNING: can't stat() unix\na 12 0 cwd DIR 8,1 4096 2 /unix\n", socketsIn, "", ""},
	} {
		rows, errs := tc.decode(tc.text)
		if r, e := strings.Join(rows, "; "), strings.Join(errs, "; "); r != tc.rows || e != tc.errs {
			t.Errorf("%s:\n got %s, %s\nwant %s, %s", tc.name, r, e, tc.rows, tc.errs)
		}
	}
}

func linksIn(decode linkDecoder) func(string) ([]string, []string) {
	return func(text string) (rows, errs []string) {
		for l, err := range decode("x", strings.NewReader(text), parser.Options{}) {
			if err != nil {
				errs = append(errs, err.Error())
			} else {
				rows = append(rows, l.Name)
			}
		}
		return rows, errs
	}
}

func socketsIn(text string) (rows, errs []string) {
	for s, err := range parser.Lsof("x", strings.NewReader(text), parser.Options{}) {
		if err != nil {
			errs = append(errs, err.Error())
		} else {
			rows = append(rows, fmt.Sprintf("%d/%s %d", s.PID, s.Command, s.Inode))
		}
	}
	return rows, errs
}

// TestNetstatFlagLetters: each set of flags is read back from its letters, but for a
// P of which it cannot be told which of two it is.
func TestNetstatFlagLetters(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	order := []struct {
		letter string
		bit    uint32
	}{
		{"A", parser.FlagAllmulti}, {"B", parser.FlagBroadcast}, {"D", parser.FlagDebug}, {"L", parser.FlagLoopback}, {"M", parser.FlagMulticast},
		{"d", parser.FlagDynamic}, {"P", parser.FlagPromisc}, {"N", parser.FlagNotrailers}, {"O", parser.FlagNoarp}, {"P", parser.FlagPointopoint},
		{"s", parser.FlagSlave}, {"m", parser.FlagMaster}, {"R", parser.FlagRunning}, {"U", parser.FlagUp},
	}
	for range 5000 {
		flags, text := uint32(0), ""
		for _, o := range order {
			if r.IntN(3) == 0 {
				flags |= o.bit
				text += o.letter
			}
		}
		if text == "" {
			text = "[NO FLAGS]"
		}
		row, read := "Iface MTU RX-OK Flg\neth0 1500 7 "+text+"\n", 0
		for l, err := range parser.NetstatInterfaces("x", strings.NewReader(row), parser.Options{}) {
			read++
			if err != nil || l.Flags != flags&l.FlagsKnown {
				t.Fatalf("%s: %x of %x, %v; want %x", text, l.Flags, l.FlagsKnown, err, flags)
			}
			unsure := uint32(0xffff) &^ l.FlagsKnown
			if unsure != 0 && (unsure != parser.FlagPromisc|parser.FlagPointopoint || strings.Count(text, "P") != 1) {
				t.Fatalf("%s: %x is not known", text, unsure)
			}
		}
		if read != 1 {
			t.Fatalf("%s: %d interfaces", text, read)
		}
	}
}

// fuzzText checks that no text makes a decoder panic, and that how its bytes arrive
// does not matter.
func fuzzText[T any](f *testing.F, decode func(string, io.Reader, parser.Options) iter.Seq2[T, error], seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
		f.Add(s[:len(s)/2])
		f.Add(strings.ReplaceAll(s, "\n", "\r\n"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := func(r io.Reader) (rows []T, errs []string) {
			for row, err := range decode("x", r, parser.Options{}) {
				if err != nil {
					errs = append(errs, err.Error())
					if !strings.HasPrefix(err.Error(), "x:") {
						t.Errorf("error without the file: %v", err)
					}
					continue
				}
				rows = append(rows, row)
			}
			return rows, errs
		}
		rows, errs := read(strings.NewReader(text))
		if len(text) > 20_000 {
			return
		}
		again, errsAgain := read(iotest.OneByteReader(strings.NewReader(text)))
		if !reflect.DeepEqual(rows, again) || !reflect.DeepEqual(errs, errsAgain) {
			t.Errorf("byte by byte\n got %+v %q\nwant %+v %q", again, errsAgain, rows, errs)
		}
	})
}

func FuzzIfconfig(f *testing.F) {
	fuzzText(f, parser.Ifconfig, "eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1492\n        inet 10.0.2.15  netmask 255.255.255.0  broadcast 0.0.0.0\n        inet6 fec0::15  prefixlen 64  scopeid 0x40<site>\n        ether 52:54:00:12:34:56  txqueuelen 1000  (Ethernet)\n        RX packets 1  bytes 2 (2.0 B)\n        RX errors 0  dropped 0  overruns 0  frame 0\n        TX packets 3  bytes 4 (4.0 B)\n        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n",
		"ens33     Link encap:Ethernet  HWaddr 00:0c:29:c2:c8:63  \n          inet addr:192.168.248.129  Bcast:192.168.248.255  Mask:255.255.255.0\n          inet6 addr: fe80::1/64 Scope:Link\n          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n          RX packets:36 errors:0 dropped:0 overruns:0 frame:0\n          TX packets:152 errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:1000 \n          RX bytes:5602 (5.6 KB)  TX bytes:13935 (13.9 KB)\n")
}

func FuzzNetstatInterfaces(f *testing.F) {
	fuzzText(f, parser.NetstatInterfaces, "Kernel Interface table\nIface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\nbr-lan           1500        7      0      0 0            13      0      0      0 BMPRU\nlo              65536      - no statistics available -                        LRU\n")
}

func FuzzIPLinksJSON(f *testing.F) {
	fuzzText(f, parser.IPLinksJSON, `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"txqlen":1000,"link_type":"loopback","address":"00:00:00:00:00:00","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host","label":"lo"},{"family":"inet6","local":"::1","prefixlen":128,"scope":"host"}],"stats64":{"rx":{"bytes":1,"packets":2,"errors":0,"dropped":0},"tx":{"bytes":1,"packets":2,"errors":0,"dropped":0}}},{}]`)
}

func FuzzLsof(f *testing.F) {
	fuzzText(f, parser.Lsof, "COMMAND    PID  TID    USER   FD      TYPE DEVICE  SIZE/OFF     NODE NAME\nsshd      1         root   12u     unix 0xffff96aeb677f000       0t0      13771 /run/x\nsshd 1 0 3u IPv4 77 0t0 TCP *:22 (LISTEN)\nx\\x20y 2 3 t 0 9u sock 0,9 0t0 55 protocol: TCP\n")
}

func FuzzSysctls(f *testing.F) {
	fuzzText(f, parser.Sysctls, "kernel.x = 1\nnet.core.somaxconn = 128\nnet.ipv4.tcp_mem = 1\t2\t3\nsysctl: reading key \"net.ipv6.conf.all.stable_secret\"\nempty.value =\nnot a = setting\n")
}
