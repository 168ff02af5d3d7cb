package parser_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// A socketReader is NetstatSockets or SSSockets.
type socketReader = func(string, io.Reader, parser.Options) iter.Seq2[parser.PrintedSocket, error]

// printedSockets reads a whole text.
func printedSockets(read socketReader, file string, r io.Reader) (rows []parser.PrintedSocket, errs []string) {
	for s, err := range read(file, r, parser.Options{}) {
		if err != nil {
			errs = append(errs, err.Error())
			continue
		}
		rows = append(rows, s)
	}
	return rows, errs
}

// inetOf and unixOf decode one good row.
func inetOf(t *testing.T, read socketReader, file, text string) (parser.InetSocket, string) {
	t.Helper()
	rows, errs := printedSockets(read, file, strings.NewReader(text))
	if len(rows) != 1 || len(errs) > 0 || rows[0].Inet.Printed == nil {
		t.Fatalf("%q: rows %+v, errors %q; want one row of the internet", text, rows, errs)
	}
	return rows[0].Inet, rows[0].Table
}

func unixOf(t *testing.T, read socketReader, file, text string) parser.UnixSocket {
	t.Helper()
	rows, errs := printedSockets(read, file, strings.NewReader(text))
	if len(rows) != 1 || len(errs) > 0 || rows[0].Table != "unix" || rows[0].Unix.Printed == nil {
		t.Fatalf("%q: rows %+v, errors %q; want one UNIX socket", text, rows, errs)
	}
	return rows[0].Unix
}

// kernelSockets are the rows of proc/net, by what both show.
type kernelSockets struct {
	inet map[string][]parser.InetSocket // by table, addresses, and a zero or other inode
	unix map[uint64][]parser.UnixSocket // by inode
	n    int
}

func inetKey(table string, s parser.InetSocket) string {
	return fmt.Sprint(table, " ", s.Local, " ", s.Remote)
}

func readKernel(t *testing.T, host string, order binary.ByteOrder) kernelSockets {
	t.Helper()
	k := kernelSockets{inet: map[string][]parser.InetSocket{}, unix: map[uint64][]parser.UnixSocket{}}
	open := func(name string) io.Reader {
		data, err := os.ReadFile(filepath.Join(fixtures.Corpus(t), host, "proc/net", name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.NewReader(string(data))
	}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6", "raw", "raw6"} {
		for s, err := range parser.Inet(table, open(table), parser.Options{ByteOrder: order}) {
			if err != nil {
				t.Fatal(err)
			}
			k.inet[inetKey(table, s)] = append(k.inet[inetKey(table, s)], s)
			k.n++
		}
	}
	for s, err := range parser.Unix("unix", open("unix"), parser.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		k.unix[s.Inode] = append(k.unix[s.Inode], s)
		k.n++
	}
	return k
}

// takeInet finds the row, and takes it out: of several with the same addresses the
// one with the same inode, if that was printed.
func (k kernelSockets) takeInet(p parser.PrintedSocket) (parser.InetSocket, bool) {
	key := inetKey(p.Table, p.Inet)
	list := k.inet[key]
	i := slices.IndexFunc(list, func(s parser.InetSocket) bool {
		return p.Inet.Printed.Lacks.Has(parser.LacksInode) || s.Inode == p.Inet.Inode
	})
	if i < 0 {
		return parser.InetSocket{}, false
	}
	s := list[i]
	k.inet[key] = slices.Delete(slices.Clone(list), i, i+1)
	return s, true
}

// inetDifferences names the columns that the text has and tells otherwise. The text
// is younger than the files by up to late (1/100 s), in which timers ran down, and
// ss rounds them down to seconds or minutes.
func inetDifferences(printed, kernel parser.InetSocket, late uint64) (list []string) {
	lacks := printed.Printed.Lacks
	switch {
	case printed.TimerExpires >= 600*100 && printed.TimerExpires%6000 == 0:
		late += 6000
	case printed.TimerExpires >= 10*100 && printed.TimerExpires%100 == 0:
		late += 100
	}
	for _, c := range []struct {
		name  string
		lacks parser.Lack
		same  bool
	}{
		{"State", 0, printed.State == kernel.State},
		{"RecvQ", 0, printed.RecvQ == kernel.RecvQ},
		{"SendQ", 0, printed.SendQ == kernel.SendQ},
		{"Timer", parser.LacksTimer, printed.Timer == kernel.Timer},
		{"TimerExpires", parser.LacksTimer, kernel.TimerExpires-printed.TimerExpires <= late},
		{"Retransmits", parser.LacksRetransmits, printed.Retransmits == kernel.Retransmits},
		{"Timeout", parser.LacksTimeout, printed.Timeout == kernel.Timeout},
		{"UID", parser.LacksUID, printed.UID == kernel.UID},
		{"Inode", parser.LacksInode, printed.Inode == kernel.Inode},
	} {
		if !c.same && !lacks.Has(c.lacks) {
			list = append(list, c.name)
		}
	}
	return list
}

// unixDifferences does the same. A path may end at its first blank.
func unixDifferences(printed, kernel parser.UnixSocket, cuts bool) (list []string) {
	lacks := printed.Printed.Lacks
	if cuts {
		kernel.Path, _, _ = strings.Cut(kernel.Path, " ")
	}
	for _, c := range []struct {
		name  string
		lacks parser.Lack
		same  bool
	}{
		{"unix RefCount", parser.LacksRefCount, printed.RefCount == kernel.RefCount},
		{"unix Flags", parser.LacksFlags, printed.Flags == kernel.Flags},
		{"unix Type", 0, printed.Type == kernel.Type},
		{"unix State", 0, printed.State == kernel.State},
		{"unix Path", 0, printed.Path == kernel.Path},
		{"unix HasInode", 0, printed.HasInode == kernel.HasInode},
	} {
		if !c.same && !lacks.Has(c.lacks) {
			list = append(list, c.name)
		}
	}
	return list
}

// differences compares a text with the kernel's files of about the same moment:
// it counts rows by the columns that differ, rows that the files do not have as
// "gone" and rows of the files that the text does not have as "new".
func differences(t *testing.T, c diffCase) map[string]int {
	t.Helper()
	f, err := os.Open(filepath.Join(fixtures.Corpus(t), c.host, c.file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, errs := printedSockets(c.read, c.file, f)
	if len(errs) > 0 {
		t.Errorf("%s: %s: errors %q", c.host, c.file, errs)
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if strings.Contains(c.host, "s390x") {
		order = binary.BigEndian
	}
	k := readKernel(t, c.host, order)
	count := map[string]int{"new": k.n, "gone": 0}
	for _, p := range rows {
		var diff []string
		if p.Table == "unix" {
			list := k.unix[p.Unix.Inode]
			if len(list) == 0 {
				count["gone"]++
				continue
			}
			k.unix[p.Unix.Inode] = list[1:]
			diff = unixDifferences(p.Unix, list[0], strings.HasPrefix(path.Base(c.file), "netstat"))
		} else {
			s, ok := k.takeInet(p)
			if !ok {
				count["gone"]++
				continue
			}
			diff = inetDifferences(p.Inet, s, c.late)
		}
		count["new"]--
		for _, d := range diff {
			count[d]++
		}
	}
	return count
}

// diffCase is a text, how late it is (1/100 s), and how many rows may differ, by
// column; the others are equal.
type diffCase struct {
	read       socketReader
	host, file string
	late       uint64
	most       map[string]int
}

func checkDifferences(t *testing.T, cases []diffCase) {
	t.Helper()
	for _, c := range cases {
		for column, n := range differences(t, c) {
			if n > c.most[column] {
				t.Errorf("%s: %s: %s: %d rows differ, want %d at most", c.host, c.file, column, n, c.most[column])
			}
		}
	}
}

const (
	bigEndian = "ours/s390x-qemu-6.1"
	manyRows  = "ours/big-6.18-x86_64"
	coreos    = "public/sos-coreos-master1"
)

// sent: one of coreos's sockets waited for an acknowledgement when the files were
// read, and no more when the commands ran.
var sent = map[string]int{"SendQ": 1, "Timer": 1, "TimerExpires": 1}

func addrs(local, remote string) (netip.AddrPort, netip.AddrPort) {
	return netip.MustParseAddrPort(local), netip.MustParseAddrPort(remote)
}

// wantInet compares all columns but the line.
func wantInet(t *testing.T, what string, got, want parser.InetSocket, local, remote string) {
	t.Helper()
	got.Line = 0
	want.Local, want.Remote = addrs(local, remote)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v %+v\nwant %+v %+v", what, got, *got.Printed, want, *want.Printed)
	}
}

// An errorCase is a text with one error.
type errorCase struct{ name, text, want string }

func checkErrors(t *testing.T, read socketReader, cases []errorCase) {
	t.Helper()
	for _, c := range cases {
		if _, errs := printedSockets(read, "x", strings.NewReader(c.text)); !slices.Equal(errs, []string{c.want}) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, errs, c.want)
		}
	}
	_, errs := printedSockets(read, "x", iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("a\nb\n"))))
	if want := []string{"x: cannot read beyond line 1: timeout"}; !slices.Equal(errs, want) {
		t.Errorf("a read error:\n got %q\nwant %q", errs, want)
	}
}

// TestPrintedCorpus counts what other machines printed: rows by table, and rows that
// cannot be read, each of which has a name where a number should be.
func TestPrintedCorpus(t *testing.T) {
	corpus := fixtures.Corpus(t)
	got := map[string]string{}
	for _, pattern := range []string{
		"public/jc-cmd-outputs/*/netstat*.out", "public/jc-cmd-outputs/*/ss-*.out",
		"public/hotsos-openstack/sos_commands/networking/ip_netns_exec_*_netstat_-W_-neopa",
		"public/android10-sailfish-bugreport/cmd/*",
	} {
		files, err := filepath.Glob(filepath.Join(corpus, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			read := parser.NetstatSockets
			if name := filepath.Base(file); strings.HasPrefix(name, "ss") {
				read = parser.SSSockets
			} else if !strings.Contains(name, "netstat") {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			rows, errs := printedSockets(read, "x", strings.NewReader(string(data)))
			tables := map[string]int{}
			for _, p := range rows {
				tables[p.Table]++
			}
			for _, text := range errs {
				if !strings.HasSuffix(text, ": invalid syntax") || !strings.Contains(text, "Address") {
					t.Errorf("%s: %s", file, text)
				}
			}
			name, _ := filepath.Rel(filepath.Join(corpus, "public"), file)
			if len(rows)+len(errs) > 0 {
				got[filepath.ToSlash(name)] = fmt.Sprintf("%v %d", tables, len(errs))
			}
		}
	}
	for name, want := range printedCorpus {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("rows that nobody counted: %q", got)
	}
}

// printedCorpus is what each text has: the rows by table, and the errors.
var printedCorpus = map[string]string{
	"android10-sailfish-bugreport/cmd/netstat_-nW":           "map[unix:436] 0",
	"jc-cmd-outputs/centos-7.7/netstat-l.out":                "map[unix:33] 8",
	"jc-cmd-outputs/centos-7.7/netstat-p.out":                "map[unix:116] 1",
	"jc-cmd-outputs/centos-7.7/netstat-sudo-aeep.out":        "map[unix:150] 10",
	"jc-cmd-outputs/centos-7.7/netstat-sudo-lnp.out":         "map[raw6:1 tcp:2 tcp6:2 udp:2 udp6:1 unix:33] 0",
	"jc-cmd-outputs/centos-7.7/netstat.out":                  "map[unix:116] 3",
	"jc-cmd-outputs/centos-7.7/ss-sudo-a.out":                "map[udp:1 udp6:1 unix:150] 8",
	"jc-cmd-outputs/fedora32/netstat.out":                    "map[unix:129] 2",
	"jc-cmd-outputs/generic/netstat-no-state.out":            "map[udp:2 udp6:2] 0",
	"jc-cmd-outputs/generic/netstat-old.out":                 "map[tcp:1 udp:1 unix:8] 0",
	"jc-cmd-outputs/generic/ss-wide.out":                     "map[tcp:21 tcp6:8 udp:120 udp6:6] 0",
	"jc-cmd-outputs/ubuntu-18.04/netstat-l.out":              "map[unix:21] 7",
	"jc-cmd-outputs/ubuntu-18.04/netstat-p.out":              "map[unix:91] 2",
	"jc-cmd-outputs/ubuntu-18.04/netstat-sudo-aeep.out":      "map[unix:113] 9",
	"jc-cmd-outputs/ubuntu-18.04/netstat-sudo-lnp-space.out": "map[raw6:1 tcp:11 tcp6:6 udp:8 unix:21] 0",
	"jc-cmd-outputs/ubuntu-18.04/netstat-sudo-lnp.out":       "map[raw6:1 tcp:3 tcp6:1 udp:2 unix:21] 0",
	"jc-cmd-outputs/ubuntu-18.04/netstat.out":                "map[unix:91] 2",
	"jc-cmd-outputs/ubuntu-18.04/ss-sudo-a.out":              "map[tcp:1 unix:110] 6",
	"jc-cmd-outputs/ubuntu-18.04/ss-sudo-tulpen.out":         "map[tcp:58 udp:15] 0",
}

// socketProperties hold for every text.
func socketProperties(t *testing.T, read socketReader, text string) {
	var rows []parser.PrintedSocket
	var errs []string
	last := 0
	for p, err := range read("x", strings.NewReader(text), parser.Options{}) {
		if err != nil {
			checkErrorText(t, "x", err)
			errs = append(errs, err.Error())
			continue
		}
		rows = append(rows, p)
		line, printed := p.Inet.Line, p.Inet.Printed
		if p.Table == "unix" {
			line, printed = p.Unix.Line, p.Unix.Printed
		} else if six := strings.HasSuffix(p.Table, "6"); six != p.Inet.Local.Addr().Is6() || six != p.Inet.Remote.Addr().Is6() ||
			!p.Inet.Local.IsValid() || !slices.Contains(fixtures.InetFiles, p.Table) {
			t.Errorf("table %q of %s %s", p.Table, p.Inet.Local, p.Inet.Remote)
		}
		if printed == nil || line <= last {
			t.Errorf("row %+v behind line %d", p, last)
		}
		last = line
	}
	if lines := strings.Count(text, "\n") + 1; len(rows)+len(errs) > lines+1 { // one for an ErrCut
		t.Errorf("%d lines in, %d rows and %d errors out", lines, len(rows), len(errs))
	}
	if len(text) > 20_000 {
		return
	}
	slow, slowErrs := printedSockets(read, "x", iotest.OneByteReader(strings.NewReader(text)))
	if !reflect.DeepEqual(slow, rows) || !slices.Equal(slowErrs, errs) {
		t.Errorf("byte by byte\n got %+v %q\nwant %+v %q", slow, slowErrs, rows, errs)
	}
}

// printedSeeds are rows of each kind.
func printedSeeds(t testing.TB, columns int) (list []string) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	for i := range columns {
		text := randomNetstat(r, 6, i)
		if i%2 == 1 {
			text = randomSS(r, 6, i)
		}
		list = append(list, text, strings.ReplaceAll(text, " ", "\t"), strings.ReplaceAll(text, "0", "\x00"),
			strings.ReplaceAll(text, "\n", "\r\n"), strings.ReplaceAll(text, ":", " "), strings.ReplaceAll(text, "(", "("+text))
	}
	return append(list, "", "\n", "tcp LISTEN 0 1 *:22 *:*\ntcp LISTEN 0 1 :::22 :::*\n")
}

// randomNetstat writes n rows as net-tools does, with the columns that the bits of
// options name.
func randomNetstat(r *rand.Rand, n, options int) string {
	var b strings.Builder
	b.WriteString("Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ")
	columns := []string{"User       Inode      ", "PID/Program name     ", "Timer"}
	values := []string{"33         9713       ", "274/a b c            ", "keepalive (6.63/4/5)"}
	var tail string
	for i, c := range columns {
		if options&(2<<i) == 0 {
			b.WriteString(c)
			tail += values[i]
		}
	}
	b.WriteByte('\n')
	for range n {
		fmt.Fprintf(&b, "tcp        0      0 %-23s %-23s %-11s %s\n", netip.AddrPortFrom(randomAddr(r, 4), 22),
			netip.AddrPortFrom(randomAddr(r, 4), uint16(r.Uint32())), "ESTABLISHED", tail)
	}
	b.WriteString("Active UNIX domain sockets (servers and established)\nProto RefCnt Flags       Type       State         I-Node   PID/Program name     Path\n")
	b.WriteString("unix  2      [ ACC ]     STREAM     LISTENING     319095   274/a b c            /run/x y\n")
	return b.String()
}

// randomSS writes n rows as ss does.
func randomSS(r *rand.Rand, n, options int) string {
	var b strings.Builder
	b.WriteString("Netid State      Recv-Q Send-Q Local Address:Port Peer Address:Port\n")
	for range n {
		fmt.Fprintf(&b, "tcp   ESTAB      0      0      [%s]:22 [%s]:%d users:((\"sshd\",pid=%d,fd=3)) timer:(keepalive,1min30sec,0) uid:33 ino:9713 sk:1 <->\n",
			randomAddr(r, 16), randomAddr(r, 16), r.Uint32()>>16, options)
	}
	b.WriteString("u_str LISTEN     0      5      /run/x y 319095 * 0 users:((\"a\",pid=9,fd=3))\n")
	return b.String()
}

func randomAddr(r *rand.Rand, size int) netip.Addr {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// TestPrintedPrefixes reads beginnings of texts: there are never more rows than in
// the whole.
func TestPrintedPrefixes(t *testing.T) {
	for _, text := range printedSeeds(t, 8) {
		for _, read := range []socketReader{parser.NetstatSockets, parser.SSSockets} {
			socketProperties(t, read, text)
			if len(text) > 3000 {
				continue
			}
			whole, _ := printedSockets(read, "x", strings.NewReader(text))
			for i := 0; i < len(text); i += 3 {
				rows, _ := printedSockets(read, "x", strings.NewReader(text[:i]))
				if len(rows) > len(whole) {
					t.Fatalf("%d rows in the first %d bytes of %q, and %d in all", len(rows), i, text, len(whole))
				}
			}
		}
	}
}

func fuzzSockets(f *testing.F, read socketReader) {
	for _, text := range printedSeeds(f, 8) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { socketProperties(t, read, text) })
}

func FuzzNetstatSockets(f *testing.F) { fuzzSockets(f, parser.NetstatSockets) }
func FuzzSSSockets(f *testing.F)      { fuzzSockets(f, parser.SSSockets) }

func benchSockets(b *testing.B, read socketReader, text string) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if n := countRows(read("x", strings.NewReader(text), parser.Options{})); n != benchRows+1 {
			b.Fatalf("%d rows", n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
}

func BenchmarkNetstatSockets(b *testing.B) {
	benchSockets(b, parser.NetstatSockets, randomNetstat(rand.New(rand.NewPCG(1, 2)), benchRows, 0))
}

func BenchmarkSSSockets(b *testing.B) {
	benchSockets(b, parser.SSSockets, randomSS(rand.New(rand.NewPCG(1, 2)), benchRows, 1))
}
