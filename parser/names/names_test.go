package names

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
)

// dump gives everything a table knows, one line per entry, sorted.
func dump(t *Table) []string {
	var list []string
	add := func(kind string, key any, name string) { list = append(list, fmt.Sprintf("%s %v %s", kind, key, name)) }
	for k, v := range t.tcp {
		add("tcp", k, v)
	}
	for k, v := range t.udp {
		add("udp", k, v)
	}
	for k, v := range t.rawports {
		add("rawport", k, v)
	}
	for k, v := range t.protos {
		add("proto", k, v)
	}
	for k, v := range t.hosts4 {
		add("host4", k, v)
	}
	for k, v := range t.hosts6 {
		add("host6", k, v)
	}
	for k, v := range t.networks {
		add("net", fmt.Sprintf("%d.%d.%d.%d", k>>24, k>>16&255, k>>8&255, k&255), v)
	}
	for k, v := range t.users {
		add("user", k, v)
	}
	slices.Sort(list)
	return list
}

// TestRules: for each rule of the name files, the whole table that comes of it.
func TestRules(t *testing.T) {
	long := strings.Repeat("n", 200)
	cases := []struct {
		name, file, text string
		want             []string
	}{
		{"services plain", "services", "ssh 22/tcp\ndomain 53/udp\n", []string{"tcp 22 ssh", "udp 53 domain"}},
		{"services tabs and leading blanks", "services", " \t ssh\t\t22/tcp\talias\n", []string{"tcp 22 ssh"}},
		{"services the last line wins", "services", "first 22/tcp\nsecond 22/tcp\n", []string{"tcp 22 second"}},
		{"services one name of two protocols", "services", "domain 53/tcp\ndomain 53/udp\n", []string{"tcp 53 domain", "udp 53 domain"}},
		{"services aliases do not count", "services", "http 80/tcp www\nwww 8080/tcp http\n", []string{"tcp 80 http", "tcp 8080 www"}},
		{"services comments", "services", "# all\nssh 22/tcp # x\ntelnet 23/tcp#y\n#ftp 21/tcp\nhalf#22/udp\n", []string{"tcp 22 ssh", "tcp 23 telnet"}},
		{"services CR LF", "services", "ssh 22/tcp\r\ntelnet 23/tcp alias\r\n", []string{"tcp 22 ssh", "tcp 23 telnet"}},
		{"services no final newline", "services", "ssh 22/tcp", []string{"tcp 22 ssh"}},
		{"services octal", "services", "o 026/tcp\n", []string{"tcp 22 o"}},
		{"services hexadecimal", "services", "x 0x16/tcp\ny 0X17/tcp\n", []string{"tcp 22 x", "tcp 23 y"}},
		{"services plus", "services", "p +22/tcp\nq +0x17/tcp\nr +030/tcp\n", []string{"tcp 22 p", "tcp 23 q", "tcp 24 r"}},
		{"services modulo 65536", "services", "m 65558/tcp\nz 65536/udp\n", []string{"tcp 22 m", "udp 0 z"}},
		{"services two slashes", "services", "s 82//tcp\n", []string{"tcp 82 s"}},
		{"services protocol in other words", "services", "a 1/TCP\nb 2/tcp/udp\nc 3/tcp,udp\nd 4/sctp\ne 5/tcpx\nf 6/dccp\n", nil},
		{"services raw", "services", "r 99/raw\n", []string{"rawport 99 r"}},
		{"services lines that are ignored", "services", "b 82 /tcp\nc 83/ tcp\nd 86.0/tcp\ne 85\nf 84,tcp\na b 80/tcp\ng\nh 12x/tcp\n", nil},
		{"services long name", "services", long + " 22/tcp\n", []string{"tcp 22 " + long[:63]}},
		{"services bytes", "services", "\xffx 22/tcp\n", []string{"tcp 22 \xffx"}},

		{"protocols the last line wins", "protocols", "one 1 ONE\nicmp 1 ICMP\ntcp\t6\tTCP # x\n", []string{"proto 1 icmp", "proto 6 tcp"}},
		{"protocols bad numbers", "protocols", "a x\nb\nc 1.0\nd 2x\n", nil},
		{"protocols CR LF", "protocols", "icmp 1\r\n", []string{"proto 1 icmp"}},

		{"hosts the first line and the first name win", "hosts", "10.0.0.5 five cinq\n10.0.0.5 other\n", []string{"host4 10.0.0.5 five"}},
		{"hosts blanks and comments", "hosts", "  10.0.0.5\tfive # x\n#10.0.0.6 six\n10.0.0.7 sev#en\n", []string{"host4 10.0.0.5 five", "host4 10.0.0.7 sev"}},
		{"hosts CR LF", "hosts", "10.0.0.5 five\r\n10.0.0.6 six x\r\n", []string{"host4 10.0.0.5 five", "host4 10.0.0.6 six"}},
		{"hosts case is kept", "hosts", "10.0.0.5 FIVE.Example\n", []string{"host4 10.0.0.5 FIVE.Example"}},
		{"hosts any bytes", "hosts", "10.0.0.5 _a\xff*!\n", []string{"host4 10.0.0.5 _a\xff*!"}},
		{"hosts strict numbers", "hosts", "10.10 a\n010.0.0.11 b\n0xa.0.0.12 c\n10.0.0.256 d\n10.0.0.5. e\n", nil},
		{"hosts ::1 is 127.0.0.1 too", "hosts", "::1 six\n127.0.0.1 localhost\n", []string{"host4 127.0.0.1 six", "host6 ::1 six"}},
		{"hosts 127.0.0.1 first", "hosts", "127.0.0.1 localhost\n::1 six\n", []string{"host4 127.0.0.1 localhost", "host6 ::1 six"}},
		{"hosts mapped text names both", "hosts", "::ffff:10.0.0.5 mapped\n", []string{"host4 10.0.0.5 mapped", "host6 ::ffff:10.0.0.5 mapped"}},
		{"hosts plain text names one", "hosts", "10.0.0.5 five\n", []string{"host4 10.0.0.5 five"}},
		{"hosts IPv6 in other spellings", "hosts", "2001:DB8:0::1 a\n2001:db8::0:1 b\n", []string{"host6 2001:db8::1 a"}},
		{"hosts with a zone", "hosts", "fe80::1%eth0 a\n", nil},
		{"hosts long name", "hosts", "10.0.0.5 " + long + "\n", []string{"host4 10.0.0.5 " + long[:127]}},
		{"hosts address without a name", "hosts", "10.0.0.5\n10.0.0.6 \t\n10.0.0.7 # x\n10.0.0.5 later\n", []string{"host4 10.0.0.5 ", "host4 10.0.0.6 ", "host4 10.0.0.7 "}},

		{"networks parts on the left", "networks", "a 10\nb 10.1\nc 10.1.2\nd 10.1.2.3\n", []string{"net 10.0.0.0 a", "net 10.1.0.0 b", "net 10.1.2.0 c", "net 10.1.2.3 d"}},
		{"networks the first line wins", "networks", "a 10.1\nb 10.1.0.0\n", []string{"net 10.1.0.0 a"}},
		{"networks hex and octal parts", "networks", "a 0xa.0x1\nb 012.2\n", []string{"net 10.1.0.0 a", "net 10.2.0.0 b"}},
		{"networks that never match", "networks", "b 1.2.3.4.5\nc 10.1.\nd 10.0.0.0/16\ne x\nf\ng 10.256\n", nil},
		{"networks alias and comment", "networks", "a 10 ten # x\r\n", []string{"net 10.0.0.0 a"}},

		{"passwd the first entry wins", "passwd", "root:x:0:0:r:/:/bin/sh\ntoor:x:0:0::/:\nu:x:1000:1000::/:\n", []string{"user 0 root", "user 1000 u"}},
		{"passwd large uids", "passwd", "nobody:x:4294967294:0::/:\nm:x:4294967295:0::/:\no:x:4294967296:0::/:\n", []string{"user 4294967294 nobody", "user 4294967295 m"}},
		{"passwd name whole", "passwd", long + ":x:5:5::/:\n", []string{"user 5 " + long}},
		{"passwd comment and NIS", "passwd", "#a:x:1:1::/:\n+b:x:2:2::/:\n-c:x:3:3::/:\n+::::::\n", nil},
		{"passwd bad uids", "passwd", "a:x::0::/:\nb:x:x:0::/:\nc:x:1x:0::/:\nd:x:7\ne:x:7:\nf:x:7:x::/:\n", nil},
	}
	seen := map[string]bool{}
	for _, tc := range cases {
		if seen[tc.name] {
			t.Fatalf("two cases are called %q", tc.name)
		}
		seen[tc.name] = true
		t.Run(tc.name, func(t *testing.T) {
			table, err := Load(fstest.MapFS{"etc/" + tc.file: {Data: []byte(tc.text)}}, Bundle)
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(table); !slices.Equal(got, tc.want) {
				t.Errorf("\n got %q\nwant %q", got, tc.want)
			}
		})
	}
}

// TestLookups: each method asks its own map.
func TestLookups(t *testing.T) {
	table, err := Load(fstest.MapFS{
		"etc/services":  {Data: []byte("t 1/tcp\nu 1/udp\nr 1/raw\nr2 2/raw\n")},
		"etc/protocols": {Data: []byte("p 1\n")},
		"etc/hosts":     {Data: []byte("10.0.0.1 h\n::2 h6\n")},
		"etc/networks":  {Data: []byte("n 10\n")},
		"etc/passwd":    {Data: []byte("root:x:0:0::/:\n")},
	}, Auto)
	if err != nil || table.UsedBuiltin {
		t.Fatalf("%v, builtin %v", err, table.UsedBuiltin)
	}
	check := func(what string, got string, ok bool, want string) {
		t.Helper()
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v; want %q", what, got, ok, want)
		}
	}
	name, ok := table.TCPPort(1)
	check("tcp 1", name, ok, "t")
	name, ok = table.UDPPort(1)
	check("udp 1", name, ok, "u")
	name, ok = table.RawPort(1)
	check("raw 1", name, ok, "p")
	name, ok = table.RawPort(2)
	check("raw 2", name, ok, "r2")
	name, ok = table.RawPort(3)
	check("raw 3", name, ok, "")
	name, ok = table.Host4(netip.MustParseAddr("10.0.0.1"))
	check("host4", name, ok, "h")
	name, ok = table.Host6(netip.MustParseAddr("::2"))
	check("host6", name, ok, "h6")
	name, ok = table.Network(netip.MustParseAddr("10.0.0.0"))
	check("network", name, ok, "n")
	name, ok = table.Network(netip.MustParseAddr("10.0.0.1"))
	check("no network", name, ok, "")
	name, ok = table.User(0)
	check("user", name, ok, "root")
	name, ok = new(Table).User(0)
	check("the zero Table", name, ok, "")
}

// TestSources: where services come from.
func TestSources(t *testing.T) {
	own := filepath.Join(t.TempDir(), "own")
	if err := os.WriteFile(own, []byte("mine 22/tcp\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	with := fstest.MapFS{"etc/services": {Data: []byte("theirs 22/tcp\n")}}
	empty := fstest.MapFS{"etc/services": {Data: nil}}
	cases := []struct {
		name    string
		root    fs.FS
		from    Source
		want    string
		builtin bool
	}{
		{"auto with a file", with, Auto, "theirs", false},
		{"auto without", fstest.MapFS{}, Auto, "ssh", true},
		{"auto with an empty file", empty, Auto, "", false},
		{"the zero source is auto", fstest.MapFS{}, "", "ssh", true},
		{"bundle with a file", with, Bundle, "theirs", false},
		{"bundle without", fstest.MapFS{}, Bundle, "", false},
		{"builtin", with, Builtin, "ssh", false},
		{"none", with, None, "", false},
		{"a file", with, Source(own), "mine", false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			table, problems := Load(tc.root, tc.from)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if got, _ := table.TCPPort(22); got != tc.want || table.UsedBuiltin != tc.builtin {
				t.Errorf("port 22 is %q, builtin %v; want %q, %v", got, table.UsedBuiltin, tc.want, tc.builtin)
			}
		})
	}
	for _, bad := range []string{own + "-not", filepath.Dir(own)} {
		_, problems := Load(with, Source(bad))
		if len(problems) != 1 {
			t.Fatalf("%s: problems %v, want one", bad, problems)
		}
		if _, ok := errors.AsType[*FileError](problems[0]); !ok {
			t.Errorf("%s: %v, want a FileError", bad, problems[0])
		}
	}
}

// brokenFS fails in the middle of etc/hosts.
type brokenFS struct{ fstest.MapFS }

func (b brokenFS) Open(name string) (fs.File, error) {
	f, err := b.MapFS.Open(name)
	if err == nil && name == "etc/hosts" {
		return brokenFile{f}, nil
	}
	return f, err
}

type brokenFile struct{ fs.File }

func (b brokenFile) Read(p []byte) (int, error) { return 0, errors.New("the disk is gone") }

// TestUnreadable: an error costs one file, and names it.
func TestUnreadable(t *testing.T) {
	table, problems := Load(brokenFS{fstest.MapFS{"etc/hosts": {Data: []byte("x")}, "etc/services": {Data: []byte("s 1/tcp\n")}}}, Auto)
	if len(problems) != 1 || problems[0].Error() != "etc/hosts: the disk is gone" {
		t.Errorf("problems %v", problems)
	}
	if name, _ := table.TCPPort(1); name != "s" {
		t.Errorf("port 1 is %q", name)
	}
	if _, problems := Load(fstest.MapFS{"etc/hosts": {Mode: fs.ModeDir}}, None); len(problems) != 1 {
		t.Error("a directory in place of etc/hosts gives no error")
	}
}

// TestLongLines: a line over the limit is passed over, the next one counts.
func TestLongLines(t *testing.T) {
	for _, n := range []int{maxNameLine - 20, maxNameLine - 1, maxNameLine, maxNameLine + 1, 3 * maxNameLine} {
		table := &Table{}
		text := "a 1/tcp\n" + strings.Repeat("x", n) + " 2/tcp\nb 3/tcp\n"
		if err := table.readServices(iotest.OneByteReader(strings.NewReader(text))); err != nil {
			t.Fatal(err)
		}
		for _, port := range []uint16{1, 3} {
			if _, ok := table.TCPPort(port); !ok {
				t.Errorf("behind a line of %d bytes: port %d is lost", n, port)
			}
		}
	}
}

// TestTooManyLines: a hostile file is not read for ever.
func TestTooManyLines(t *testing.T) {
	table := &Table{}
	err := table.readServices(strings.NewReader("a 1/tcp\n" + strings.Repeat("\n", maxEntries)))
	if err == nil || err.Error() != "more than 1048576 lines, the rest is not used" {
		t.Errorf("error %v", err)
	}
	if name, _ := table.TCPPort(1); name != "a" {
		t.Errorf("port 1 is %q", name)
	}
}

// TestBuiltin: the table is sorted, has no line twice, and every line counts.
func TestBuiltin(t *testing.T) {
	seen := map[string]bool{}
	entries := 0
	last := ""
	sc := bufio.NewScanner(strings.NewReader(builtin))
	for n := 1; sc.Scan(); n++ {
		line := sc.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		entries++
		f := strings.Fields(line)
		if len(f) != 2 {
			t.Fatalf("line %d: %q does not have a name and a port", n, line)
		}
		table := &Table{}
		if err := table.readServices(strings.NewReader(line)); err != nil || len(table.tcp)+len(table.udp) != 1 {
			t.Errorf("line %d: %q is not read", n, line)
		}
		for port := range maps.Keys(table.tcp) {
			checkSorted(t, n, &last, fmt.Sprintf("%05d/tcp", port), seen)
		}
		for port := range maps.Keys(table.udp) {
			checkSorted(t, n, &last, fmt.Sprintf("%05d/udp", port), seen)
		}
		if strings.Trim(f[0], "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(f[0]) > 20 {
			t.Errorf("line %d: %q is no name of the registry", n, f[0])
		}
	}
	if entries < 300 {
		t.Errorf("%d entries, want at least 300", entries)
	}
}

func checkSorted(t *testing.T, line int, last *string, key string, seen map[string]bool) {
	t.Helper()
	if seen[key] {
		t.Errorf("line %d: %s has two lines", line, key)
	}
	if key < *last {
		t.Errorf("line %d: %s comes behind %s", line, key, *last)
	}
	seen[key], *last = true, key
}

// fuzzNames: no file makes us panic, a file read byte by byte gives the same, CR
// LF changes nothing, and no name is longer than it may be.
func fuzzNames(f *testing.F, file string, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	load := func(text string) (*Table, []error) {
		return Load(fstest.MapFS{"etc/" + file: {Data: []byte(text)}}, Bundle)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table, problems := load(text)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		want := dump(table)
		if len(want) > strings.Count(text, "\n")*2+2 {
			t.Errorf("%d entries of %d lines", len(want), strings.Count(text, "\n"))
		}
		for _, line := range want {
			if file != "passwd" && file != "networks" && len(line) > 127+60 {
				t.Errorf("a long name: %q", line)
			}
		}
		if crlf, _ := load(strings.ReplaceAll(text, "\n", "\r\n")); len(text) < maxNameLine && !slices.Equal(dump(crlf), want) {
			t.Errorf("with CR LF\n got %q\nwant %q", dump(crlf), want)
		}
		if twice, _ := load(text + "\n" + text); !slices.Equal(dump(twice), want) {
			t.Errorf("twice the file\n got %q\nwant %q", dump(twice), want)
		}
	})
}

func FuzzServices(f *testing.F) {
	fuzzNames(f, "services", "ssh 22/tcp\n", "a +0x16/udp b # c\r\n", "x 82//tcp\ny 070000/raw", builtin[:3000])
}

func FuzzProtocols(f *testing.F) { fuzzNames(f, "protocols", "tcp 6 TCP\n", "icmp\t1 # x\r\n") }

func FuzzHosts(f *testing.F) {
	fuzzNames(f, "hosts", "127.0.0.1 localhost\n::1 six\n", "::ffff:10.0.0.5 m\r\n10.0.0.5\n", "fe80::1%eth0 z\n2001:DB8::1 a#b")
}

func FuzzNetworks(f *testing.F) {
	fuzzNames(f, "networks", "loopback 127\nn 0xa.012\n", "a 10.1.2.3 # x\r\n")
}

func FuzzPasswd(f *testing.F) {
	fuzzNames(f, "passwd", "root:x:0:0:root:/root:/bin/sh\n", "+::::::\n-a:x:4294967295:0\n", ":::::\nb:x:1:1")
}
