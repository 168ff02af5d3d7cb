package filter_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/filter"
	"github.com/coldstat/coldstat/parser/query"
)

// tables are those that ss knows, by its option.
var tables = []struct {
	letter string
	proto  query.Protocol
	files  []string
}{
	{"t", query.TCP, []string{"tcp", "tcp6"}},
	{"u", query.UDP, []string{"udp", "udp6"}},
	{"w", query.Raw, []string{"raw", "raw6"}},
}

// A machine is a captured tree on disk, and its rows.
type machine struct {
	dir  string
	rows map[string][]parser.InetSocket // by file
}

func newMachine(t testing.TB, h *fixtures.Host) machine {
	t.Helper()
	m := machine{h.WriteDir(t, t.TempDir()), map[string][]parser.InetSocket{}}
	for _, table := range tables {
		for _, file := range table.files {
			for s, err := range parser.Inet(file, bytes.NewReader(h.Files["proc/net/"+file]), parser.Options{}) {
				if err != nil {
					t.Fatal(err)
				}
				m.rows[file] = append(m.rows[file], s)
			}
		}
	}
	return m
}

// needSS skips a test where ss is not installed.
func needSS(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("ss"); err != nil {
		t.Skip("ss (iproute2) is not installed")
	}
}

// ss gives what the real ss shows of the machine: local and foreign address of each
// socket, sorted. With PROC_ROOT it reads the files there, and asks no kernel.
func (m machine) ss(args ...string) ([]string, error) {
	cmd := m.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(errs.String(), "\n")
		return nil, fmt.Errorf("%w: %s", err, first)
	}
	list := []string{}
	for line := range strings.Lines(out.String()) {
		if f := strings.Fields(line); len(f) >= 2 {
			list = append(list, plain(f[len(f)-2])+" "+plain(f[len(f)-1]))
		}
	}
	slices.Sort(list)
	return list, nil
}

func (m machine) command(args ...string) *exec.Cmd {
	cmd := exec.Command("ss", append([]string{"-Hn"}, args...)...)
	cmd.Env = []string{"PROC_ROOT=" + filepath.Join(m.dir, "proc"), "LC_ALL=C", "PATH=/usr/bin:/bin:/usr/sbin:/sbin"}
	return cmd
}

// ours gives the same of the rows that a filter selects.
func (m machine) ours(letter, text string, f filter.Machine) ([]string, error) {
	parsed, err := filter.Parse(text)
	if err != nil {
		return nil, err
	}
	bound, err := parsed.Bind(f)
	if err != nil {
		return nil, err
	}
	p := query.Plan{Options: query.Options{All: true}, Filter: bound}
	list := []string{}
	for _, table := range tables {
		for _, file := range table.files {
			for _, s := range m.rows[file] {
				if table.letter == letter && p.Inet(table.proto, &s) {
					list = append(list, s.Local.String()+" "+s.Remote.String())
				}
			}
		}
	}
	slices.Sort(list)
	return list, nil
}

// plain writes an address of ss as package netip does.
func plain(text string) string {
	i := strings.LastIndexByte(text, ':')
	addr, port := text[:i], text[i+1:]
	if addr == "*" {
		addr = "[::]"
	}
	if port == "*" {
		port = "0"
	}
	a, err := netip.ParseAddrPort(addr + ":" + port)
	if err != nil {
		return err.Error()
	}
	return a.String()
}

// ephemeral is the range of local ports that the test's machines choose from.
var ephemeral = filter.Machine{FirstPort: parser.Some[uint16](20000), LastPort: parser.Some[uint16](40000)}

func randomMachine(t testing.TB, r *rand.Rand) machine {
	h := fixtures.RandomHost(r)
	h.Set("proc/sys/net/ipv4/ip_local_port_range", "20000\t40000\n")
	return newMachine(t, h)
}

// A guesser makes up filters of what a machine's rows hold.
type guesser struct {
	*rand.Rand
	addrs []netip.Addr
	ports []uint16
}

func newGuesser(r *rand.Rand, m machine, letter string) guesser {
	g := guesser{Rand: r, ports: []uint16{0, 22, 443, 65535}}
	for _, table := range tables {
		for _, file := range table.files {
			for _, s := range m.rows[file] {
				if table.letter == letter {
					g.addrs = append(g.addrs, s.Local.Addr(), s.Remote.Addr())
					g.ports = append(g.ports, s.Local.Port(), s.Remote.Port())
				}
			}
		}
	}
	return g
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// filter makes one up, with states before it as ss wants them.
func (g guesser) filter() string {
	var b strings.Builder
	for i := range pick(g.Rand, 0, 0, 0, 1, 1, 2, 3) {
		word, state := pick(g.Rand, "state ", "state ", "exclude ", "excl "), g.state()
		if i > 0 && word != "state " || strings.EqualFold(state, "all") {
			word = "state " // no state at all is another matter, see divergences
		}
		b.WriteString(word + state + " ")
	}
	if b.Len() == 0 || g.IntN(4) > 0 {
		b.WriteString(g.list(3))
	}
	return b.String()
}

func (g guesser) state() string {
	s := pick(g.Rand, "established", "syn-sent", "syn-recv", "fin-wait-1", "fin-wait-2", "time-wait", "closed", "close", "unconnected", "close-wait",
		"last-ack", "listening", "closing", "all", "connected", "synchronized", "bucket", "big", "syn-rcv")
	if g.IntN(5) == 0 {
		s = strings.ToUpper(s)
	}
	return s
}

func (g guesser) list(depth int) string {
	var b strings.Builder
	b.WriteString(g.condition(depth))
	for range pick(g.Rand, 0, 0, 1, 1, 2, 3) {
		b.WriteString(pick(g.Rand, " and ", " & ", " && ", " ", " or ", " | ", " || ", " or ") + g.condition(depth))
	}
	return b.String()
}

func (g guesser) condition(depth int) string {
	before := pick(g.Rand, "", "", "", "not ", "! ", "! not ")
	if depth > 0 && g.IntN(4) == 0 {
		return before + "( " + g.list(depth-1) + " )"
	}
	switch g.IntN(10) {
	case 0:
		return before + "autobound"
	case 1, 2, 3, 4:
		return before + pick(g.Rand, "src ", "dst ") + pick(g.Rand, "", "= ", "== ", "eq ") + g.host()
	}
	op := pick(g.Rand, "", "= ", "== ", "eq ", "!= ", "ne ", "neq ", "< ", "lt ", "<= ", "le ", "leq ", "> ", "gt ", ">= ", "ge ", "geq ")
	return before + pick(g.Rand, "sport ", "dport ") + op + g.port()
}

func (g guesser) port() string {
	p := g.ports[g.IntN(len(g.ports))]
	return pick(g.Rand, ":", "", ":") + pick(g.Rand, strconv.Itoa(int(p)), strconv.Itoa(int(p)), fmt.Sprintf("0x%x", p))
}

// host gives an address, a network or none, with or without a port.
func (g guesser) host() string {
	port := pick(g.Rand, "", "", ":"+strconv.Itoa(int(g.ports[g.IntN(len(g.ports))])), ":*")
	for range 20 {
		a := g.addrs[g.IntN(len(g.addrs))]
		bits := pick(g.Rand, a.BitLen(), a.BitLen(), 8, 16, 24, 1+g.IntN(a.BitLen()))
		if g.acrossFamilies(a, bits) {
			continue
		}
		slash := ""
		if bits < a.BitLen() || g.IntN(4) == 0 {
			slash = "/" + strconv.Itoa(bits)
		}
		if a.Is4() {
			return a.String() + slash + port
		}
		return "[" + a.String() + slash + "]" + port
	}
	return pick(g.Rand, "*", "*"+port, ":"+strconv.Itoa(int(g.ports[0])))
}

// acrossFamilies reports whether ss, which compares bits of one family with those of
// the other when it reads files, would find the network in a row of the other one.
func (g guesser) acrossFamilies(a netip.Addr, bits int) bool {
	want := a.AsSlice()
	return slices.ContainsFunc(g.addrs, func(b netip.Addr) bool {
		have := append(b.AsSlice(), make([]byte, 16)...)
		for i := range bits {
			if (want[i/8]^have[i/8])>>(7-i%8)&1 != 0 {
				return false
			}
		}
		return a.Is4() != b.Is4()
	})
}

// TestLikeSS: over random machines, made-up filters select what they select in the real
// ss, which reads the same files.
func TestLikeSS(t *testing.T) {
	needSS(t)
	machines, each := 10, 70
	if testing.Short() {
		machines, each = 2, 20
	}
	var mu sync.Mutex
	all, some := 0, 0
	t.Run("machines", func(t *testing.T) {
		for seed := range machines {
			for _, table := range tables {
				t.Run(fmt.Sprint(seed, table.letter), func(t *testing.T) {
					t.Parallel()
					r := rand.New(rand.NewPCG(uint64(seed), 9))
					m := randomMachine(t, r)
					g := newGuesser(r, m, table.letter)
					if len(g.addrs) == 0 {
						return
					}
					for range each {
						text := g.filter()
						got, err := m.ours(table.letter, text, ephemeral)
						if err != nil {
							t.Errorf("%s: %v", text, err)
							continue
						}
						want, err := m.ss(append([]string{"-a" + table.letter}, strings.Fields(text)...)...)
						if err != nil {
							t.Errorf("ss refuses %s: %v", text, err)
							continue
						}
						if !slices.Equal(got, want) {
							t.Errorf("-a%s %s\n got %q\nwant %q", table.letter, text, got, want)
						}
						mu.Lock()
						all++
						if len(got) > 0 && len(got) < len(g.addrs)/2 {
							some++
						}
						mu.Unlock()
					}
				})
			}
		}
	})
	t.Logf("%d filters, %d of which select some rows and not all", all, some)
	if some < all/4 {
		t.Errorf("only %d of %d filters select some rows and not all", some, all)
	}
}

// small has one row of each family and kind of interest.
func small(t *testing.T) machine {
	t.Helper()
	row := func(local, remote string, state parser.State) parser.InetSocket {
		return parser.InetSocket{Local: netip.MustParseAddrPort(local), Remote: netip.MustParseAddrPort(remote), State: state, Inode: 1}
	}
	var k fixtures.Kernel
	h := fixtures.NewHost(map[string]string{"proc/sys/net/ipv4/ip_local_port_range": "20000\t40000\n"})
	h.Set("proc/net/tcp", k.Inet("tcp", []parser.InetSocket{
		row("0.0.0.0:22", "0.0.0.0:0", parser.Listen), row("10.0.0.1:22", "10.0.0.2:30000", parser.Established),
		row("10.0.0.1:30000", "192.0.2.1:443", parser.CloseWait), row("10.0.0.1:30001", "192.0.2.1:443", parser.SynSent),
	}))
	h.Set("proc/net/tcp6", k.Inet("tcp6", []parser.InetSocket{
		row("[::]:80", "[::]:0", parser.Listen), row("[::ffff:10.0.0.1]:80", "[::ffff:10.0.0.9]:50000", parser.Established),
		row("[a00:1::1]:80", "[2001:db8::9]:50000", parser.FinWait2),
	}))
	return newMachine(t, h)
}

// TestSameAsSS: filters that the random ones have not, or seldom.
func TestSameAsSS(t *testing.T) {
	needSS(t)
	m := small(t)
	for _, text := range []string{
		"state connected exclude close-wait", "exclude connected state established", "state established sport = :22 or dport = :443",
		"sport = :80 or sport = :22 and dport = :30000", "sport = :80 or sport = :22 dport = :30000", "not sport = :22 and dport = :443",
		"dst 10.0.0.9", "dst 10.0.0.2", "src [::ffff:10.0.0.1]", "dst [::ffff:10.0.0.0/104]", "dst 192.0.2/24", "dst 192.0.2.0/24:443", "dst *", "dport = *", "dst :443", "src *:80",
		"src inet:*", "dst inet6:*", "src inet:10.0.0.0/8", "src inet6:[::]:80", "dst inet6:[2001:db8::/32]", "src inet::22",
		"dport = :", "dst 10/15", "not not dst 10.0.0.9", "src [2001:db8::/32] or dst 2001:db8::/32:50000", "autobound",
	} {
		got, err := m.ours("t", text, ephemeral)
		want, err2 := m.ss(append([]string{"-at"}, strings.Fields(text)...)...)
		if err != nil || err2 != nil || !slices.Equal(got, want) {
			t.Errorf("%s\n got %q, %v\nwant %q, %v", text, got, err, want, err2)
		}
	}
}

// TestUnixLikeSS: names and states of UNIX sockets are selected as in the real ss, which
// reads the same file. The inode tells which row is which. Names have no blanks, where ss
// ends them, and patterns no backslashes, which ss takes away.
func TestUnixLikeSS(t *testing.T) {
	needSS(t)
	r := rand.New(rand.NewPCG(4, 9))
	var list []parser.UnixSocket
	for _, name := range []string{
		"", "/run/a", "/run/a/b", "/run/ab", "/run/[x]", "/run/x]", "/run/a^b", "/run/é", "@/run/a", "@abc", "@00a1f", "rel", "/run/-", "/run/&", "/run/!", "/",
	} {
		for range 2 {
			s := parser.UnixSocket{RefCount: 2, Type: 1, State: 3, Inode: uint64(1000 + len(list)), HasInode: true, Path: name}
			switch r.IntN(3) {
			case 0:
				s.State, s.Flags = 1, parser.UnixAccept
			case 1:
				s.Type, s.State = 2, 1
			}
			list = append(list, s)
		}
	}
	h := fixtures.NewHost(nil)
	h.Set("proc/net/unix", fixtures.Kernel{}.Unix(list))
	m := newMachine(t, h)
	some := 0
	for range 400 {
		glob := "unix:"
		for range r.IntN(5) {
			glob += pick(r, "*", "?", "/", "/run/", "a", "b", "[ab]", "[!a]", "[^a]", "[]x]", "[a-c]", "[", "]", "x", "@", "*", "^", "é", "[x", "[!]", ".", "+", "$", "[.]")
		}
		text := pick(r, "", "not ", "state established ", "state listening ") + "src " + glob
		if r.IntN(4) == 0 {
			text += pick(r, " or ", " and ") + pick(r, "src /run/*", "src unix:", "not src unix:@*", "autobound")
		}
		parsed, err := filter.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		bound, err := parsed.Bind(filter.Machine{})
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, s := range list {
			if bound.Unix(&s) {
				got = append(got, fmt.Sprint(s.Inode))
			}
		}
		want, err := m.unix(strings.Fields(text)...)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q, %v", text, got, want, err)
		}
		if len(got) > 0 && len(got) < len(list) {
			some++
		}
	}
	if some < 100 {
		t.Errorf("only %d filters select some rows and not all", some)
	}
}

// unix gives the inodes of the UNIX sockets that the real ss shows.
func (m machine) unix(args ...string) ([]string, error) {
	cmd := m.command(append([]string{"-xa"}, args...)...)
	out, err := cmd.Output()
	list := []string{}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) >= 3 {
			list = append(list, f[len(f)-3]) // inode, peer, its inode
		}
	}
	slices.Sort(list)
	return list, err
}

// refused stands for what an error comes to.
const refused = "refused"

// TestDivergences: where we differ from ss on purpose.
func TestDivergences(t *testing.T) {
	needSS(t)
	m := small(t)
	const all = 7
	for _, tc := range []struct {
		text, reason string
		ss, ours     any // how many rows, or refused
	}{
		{"src 0.0.0.0", "ss compares bits of IPv4 with those of IPv6 when it reads files; the kernel's filters, which it uses else, do not", 3, 1},
		{"src [::]", "the same", 2, 1},
		{"src 10.0.0.1/32", "the same: a00:1:: begins with the octets of 10.0.0.1", 5, 4},
		{"dst 0.0.0.0/0", "the same: a network of no bits is no condition to ss", all, 5},
		{"src [::]/0", "ss takes the prefix inside of the brackets only", refused, 3},
		{"dst 10.0", "is 10.0.0.0 to ss, which surprises: write 10.0.0.0 or 10.0/16", 0, refused},
		{"not src inet6:*", "inet: and inet6: are conditions like others; in ss they turn the other family off for the whole filter", 0, 4},
		{"src inet6:[::]:80 or dst inet:192.0.2.1:443", "the same", 2, 3},
		{"sport = :026", "octal to ss, 26 to everybody else", 2, refused},
		{"sport = :70000", "there is no such port", 0, refused},
		{"exclude all", "no state is left: ss shows its default states then", 5, 0},
		{"state established and sport = :22", "states are conditions like others", refused, 1},
		{"( state listening )", "the same", refused, 2},
		{"not state listening", "the same", refused, 5},
		{"state ESTAB", "netstat's and ss's own words for states are known", refused, 2},
		{"state FIN_WAIT2", "the same", refused, 1},
		{"dst != 10.0.0.9", "src and dst take !=", refused, 6},
		{"sport=:22", "no blanks are needed around operators and parentheses", refused, 2},
		{"(sport = :22)", "the same", refused, 2},
		{"inode = 1", "a field of ours", refused, all},
	} {
		count := func(rows []string, err error) any {
			if err != nil {
				return refused
			}
			return len(rows)
		}
		ss := count(m.ss(append([]string{"-at"}, strings.Fields(tc.text)...)...))
		if ours := count(m.ours("t", tc.text, ephemeral)); ss != tc.ss || ours != tc.ours {
			t.Errorf("%s: ss %v, ours %v; want %v and %v, because: %s", tc.text, ss, ours, tc.ss, tc.ours, tc.reason)
		}
		if tc.ss == tc.ours {
			t.Errorf("%s does not differ", tc.text)
		}
	}
}
