package snapshot_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/peers"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/triage"
)

func load(h *fixtures.Host) *snapshot.Snapshot { return snapshot.Load(h.FS(), snapshot.ByteOrder{}) }

// TestOwners: which process a socket is said to belong to.
func TestOwners(t *testing.T) {
	type owner struct {
		PID  int
		Name string
	}
	none := owner{PID: -1}
	cases := []struct {
		name  string
		files map[string]string
		links map[string]string
		inode uint64
		want  owner
		known bool
	}{
		{"path", map[string]string{"proc/23/cmdline": "/usr/sbin/sshd\x00-D\x00"}, map[string]string{"proc/23/fd/3": "socket:[4711]"}, 4711, owner{23, "sshd"}, true},
		{"long name is kept", map[string]string{"proc/23/cmdline": "/usr/bin/very-long-program-name-here\x00"}, map[string]string{"proc/23/fd/3": "socket:[4711]"}, 4711, owner{23, "very-long-program-name-here"}, true},
		{"title with a path in it", map[string]string{"proc/23/cmdline": "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups\x00"}, map[string]string{"proc/23/fd/3": "socket:[4711]"}, 4711, owner{23, "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"}, true},
		{"relative path", map[string]string{"proc/23/cmdline": "./relative/path/prog\x00"}, map[string]string{"proc/23/fd/3": "socket:[4711]"}, 4711, owner{23, "./relative/path/prog"}, true},
		{"one argument with blanks", map[string]string{"proc/23/cmdline": "/path with space/prog -a /b/c"}, map[string]string{"proc/23/fd/3": "socket:[4711]"}, 4711, owner{23, "c"}, true},
		{"path that ends in a slash", map[string]string{"proc/23/cmdline": "/a/b/\x00"}, map[string]string{"proc/23/fd/3": "socket:[4711]"}, 4711, owner{23, ""}, true},
		{"empty cmdline", map[string]string{"proc/7890/cmdline": ""}, map[string]string{"proc/7890/fd/3": "socket:[4711]"}, 4711, owner{7890, ""}, true},
		{"cmdline starts with NUL", map[string]string{"proc/7/cmdline": "\x00x"}, map[string]string{"proc/7/fd/3": "socket:[4711]"}, 4711, owner{7, ""}, true},
		{"cmdline of 600 bytes", map[string]string{"proc/7/cmdline": strings.Repeat("a", 600)}, map[string]string{"proc/7/fd/3": "socket:[4711]"}, 4711, owner{7, strings.Repeat("a", 511)}, true},
		{"slash behind byte 511", map[string]string{"proc/7/cmdline": "/" + strings.Repeat("a", 510) + "/b"}, map[string]string{"proc/7/fd/3": "socket:[4711]"}, 4711, owner{7, strings.Repeat("a", 510)}, true},
		{"no cmdline", nil, map[string]string{"proc/7/fd/3": "socket:[4711]"}, 4711, none, true},
		{"old notation", map[string]string{"proc/7/cmdline": "x"}, map[string]string{"proc/7/fd/3": "[0000]:4711"}, 4711, owner{7, "x"}, true},
		{"a text file instead of a link", map[string]string{"proc/7/cmdline": "x", "proc/7/fd/3": "socket:[4711]\n"}, nil, 4711, owner{7, "x"}, true},
		{"other kinds of links", map[string]string{"proc/7/cmdline": "x"}, map[string]string{"proc/7/fd/3": "pipe:[4711]", "proc/7/fd/4": "/dev/null", "proc/7/fd/5": "socket:[4711", "proc/7/fd/6": "socket:[]", "proc/7/fd/7": "socket:[-4711]"}, 4711, none, true},
		{"name that is no number", map[string]string{"proc/7/cmdline": "x"}, map[string]string{"proc/7/fd/x3": "socket:[4711]", "proc/self/fd/3": "socket:[4711]"}, 4711, none, false},
		{"lowest process wins", map[string]string{"proc/9/cmdline": "nine", "proc/10/cmdline": "ten"}, map[string]string{"proc/10/fd/1": "socket:[4711]", "proc/9/fd/8": "socket:[4711]"}, 4711, owner{9, "nine"}, true},
		{"lowest with a cmdline wins", map[string]string{"proc/10/cmdline": "ten"}, map[string]string{"proc/10/fd/1": "socket:[4711]", "proc/9/fd/8": "socket:[4711]"}, 4711, owner{10, "ten"}, true},
		{"no links at all", map[string]string{"proc/9/cmdline": "nine"}, nil, 4711, none, false},
		{"inode 0", map[string]string{"proc/9/cmdline": "nine"}, map[string]string{"proc/9/fd/8": "socket:[4711]"}, 0, none, true},
		{"another inode", map[string]string{"proc/9/cmdline": "nine"}, map[string]string{"proc/9/fd/8": "socket:[4711]"}, 4712, none, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			h := fixtures.NewHost(tc.files)
			for name, target := range tc.links {
				h.Link(name, target)
			}
			o := load(h).Owners()
			found, ok := o.Of(tc.inode)
			got := owner{int(found.PID), found.Name}
			if !ok {
				got = none
			} else if want := fmt.Sprintf("proc/%d/fd", got.PID); found.From != want {
				t.Errorf("from %q, want %q", found.From, want)
			}
			if got != tc.want || o.Known != tc.known {
				t.Errorf("%+v, known %v; want %+v, %v", got, o.Known, tc.want, tc.known)
			}
		})
	}
}

// TestByteOrder: the real captures tell theirs.
func TestByteOrder(t *testing.T) {
	for _, host := range fixtures.Captures() {
		want := snapshot.ByteOrder{Order: binary.LittleEndian, From: "proc/net/route"}
		if host == "s390x" {
			want.Order = binary.BigEndian
		}
		if got := load(fixtures.Capture(t, host)).Order; got != want {
			t.Errorf("%s: %+v, want %+v", host, got, want)
		}
	}
}

// TestByteOrderRandom: generated machines of both orders are told apart, with
// routes and without.
func TestByteOrderRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for range 100 {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			h := fixtures.Kernel{Order: order}.RandomHost(r)
			if got := load(h).Order; got.Order != order || got.From == "" {
				t.Errorf("%v machine: %+v\n%s", order, got, h.Files["proc/net/route"])
			}
		}
	}
}

// TestByteOrderEvidence: what each file proves alone.
func TestByteOrderEvidence(t *testing.T) {
	route := func(k fixtures.Kernel, masks ...string) string {
		var rows []parser.Route
		for _, m := range masks {
			rows = append(rows, parser.Route{Iface: "eth0", Destination: netip.IPv4Unspecified(), Gateway: netip.IPv4Unspecified(), Genmask: netip.MustParseAddr(m), Flags: 1})
		}
		return k.Routes(rows)
	}
	table := func(k fixtures.Kernel, addrs ...string) string {
		var rows []parser.InetSocket
		for _, a := range addrs {
			rows = append(rows, parser.InetSocket{Local: netip.AddrPortFrom(netip.MustParseAddr(a), 1), Remote: netip.MustParseAddrPort("0.0.0.0:0"), State: parser.Listen})
		}
		return k.Inet("tcp", rows)
	}
	cases := []struct {
		name  string
		files func(k fixtures.Kernel) map[string]string
		from  string
	}{
		{"a mask", func(k fixtures.Kernel) map[string]string {
			return map[string]string{"proc/net/route": route(k, "0.0.0.0", "255.255.255.255", "255.255.0.0")}
		}, "proc/net/route"},
		{"a mask of 31 bits", func(k fixtures.Kernel) map[string]string {
			return map[string]string{"proc/net/route": route(k, "255.255.255.254")}
		}, "proc/net/route"},
		{"masks that say nothing, a listener on loopback", func(k fixtures.Kernel) map[string]string {
			return map[string]string{"proc/net/route": route(k, "0.0.0.0", "255.255.255.255"), "proc/net/tcp": table(k, "0.0.0.0", "127.0.0.1")}
		}, "proc/net/tcp"},
		{"an address of a datagram socket", func(k fixtures.Kernel) map[string]string {
			return map[string]string{"proc/net/udp": table(k, "10.0.0.127", "127.0.0.1")}
		}, "proc/net/udp"},
		{"nothing", func(k fixtures.Kernel) map[string]string {
			return map[string]string{"proc/net/tcp": table(k, "0.0.0.0", "127.0.0.127")}
		}, ""},
	}
	for _, tc := range cases {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			want := snapshot.ByteOrder{Order: order, From: tc.from}
			if tc.from == "" {
				want.Order = binary.LittleEndian
			}
			if got := load(fixtures.NewHost(tc.files(fixtures.Kernel{Order: order}))).Order; got != want {
				t.Errorf("%s, %v: %+v, want %+v", tc.name, order, got, want)
			}
		}
	}
	told := snapshot.ByteOrder{Order: binary.BigEndian, From: "the option"}
	if got := snapshot.Load(fixtures.Capture(t, "lab-a").FS(), told).Order; got != told {
		t.Errorf("an order that is given: %+v", got)
	}
}

// TestOrderReachesRows: addresses come out right in both orders.
func TestOrderReachesRows(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 4))
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		s := load(fixtures.Kernel{Order: order}.RandomHost(r))
		var last parser.InetSocket
		for row, err := range s.Inet("proc/net/tcp").Rows() {
			if err != nil {
				t.Fatal(err)
			}
			last = row
		}
		if got := last.Local.String(); got != "127.0.0.1:631" {
			t.Errorf("%v: the listener is on %s", order, got)
		}
	}
}

// errFS fails to open one file.
type errFS struct {
	fs.FS
	name string
	err  error
}

func (e errFS) Open(name string) (fs.File, error) {
	if name == e.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: e.err}
	}
	return e.FS.Open(name)
}

// TestStates: absent, empty, failed and present are four things.
func TestStates(t *testing.T) {
	loop := errors.New("too many levels of symbolic links")
	root := fstest.MapFS{
		"proc/net/tcp": {Data: []byte("head\n")}, "proc/net/udp": {}, "proc/net/ipv6_route": {},
		"proc/net/unix": {Mode: fs.ModeDir | 0o755}, "proc/net/route": {Data: []byte("x")}, "proc/net/dev": {Data: []byte("x")},
	}
	at := func(r fs.FS) *snapshot.Snapshot {
		return snapshot.Load(r, snapshot.ByteOrder{Order: binary.LittleEndian})
	}
	s := at(root)
	tcp, udp, raw := s.Inet("proc/net/tcp"), s.Inet("proc/net/udp"), s.Inet("proc/net/raw")
	route6, unix := s.Routes6(), s.Unix()
	denied := at(errFS{root, "proc/net/route", fs.ErrPermission}).Routes()
	looped := at(errFS{root, "proc/net/dev", loop}).Dev()
	cases := []struct {
		name  string
		state snapshot.State
		err   string
		want  snapshot.State
		wantE string
		n     int
	}{
		{"present", tcp.State, fmt.Sprint(tcp.Err), snapshot.Present, "<nil>", count(tcp)},
		{"empty", udp.State, fmt.Sprint(udp.Err), snapshot.Empty, "<nil>", count(udp)},
		{"empty without a header", route6.State, fmt.Sprint(route6.Err), snapshot.Present, "<nil>", count(route6)},
		{"absent", raw.State, fmt.Sprint(raw.Err), snapshot.Absent, "open proc/net/raw: file does not exist", count(raw)},
		{"denied is absent", denied.State, fmt.Sprint(denied.Err), snapshot.Absent, "open proc/net/route: permission denied", count(denied)},
		{"a directory", unix.State, fmt.Sprint(unix.Err), snapshot.Failed, "it is a directory", count(unix)},
		{"another error", looped.State, fmt.Sprint(looped.Err), snapshot.Failed, "too many levels of symbolic links", count(looped)},
	}
	for _, tc := range cases {
		if tc.state != tc.want || tc.err != tc.wantE || tc.n != 0 {
			t.Errorf("%s: state %d, error %q, %d rows; want %d, %q, none", tc.name, tc.state, tc.err, tc.n, tc.want, tc.wantE)
		}
	}
}

func count[T any](t snapshot.Table[T]) (n int) {
	for range t.Rows() {
		n++
	}
	return n
}

// TestTables: each table reads its own file, errors and all.
func TestTables(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	k := fixtures.Kernel{}
	h := fixtures.NewHost(map[string]string{
		"proc/net/sctp/eps":    k.SCTPEndpoints(fixtures.Many(r, 3, fixtures.RandomEndpoint)),
		"proc/net/sctp/assocs": k.SCTPAssociations(fixtures.Many(r, 4, fixtures.RandomAssociation)) + "bad\n",
		"proc/net/unix":        k.Unix(fixtures.Many(r, 5, fixtures.TameUnix)),
		"proc/net/route":       k.Routes(fixtures.Many(r, 6, fixtures.RandomRoute)),
		"proc/net/ipv6_route":  k.Routes6(fixtures.Many(r, 7, fixtures.RandomRoute6)),
		"proc/net/packet":      k.Packet(fixtures.Many(r, 8, fixtures.RandomPacket)),
		"proc/net/netlink":     k.Netlink(fixtures.Many(r, 9, fixtures.RandomNetlink)),
		"proc/net/arp":         k.ARP(fixtures.Many(r, 10, fixtures.RandomARP)),
		"proc/net/tcp":         k.Inet("tcp", fixtures.Many(r, 11, func(r *rand.Rand) parser.InetSocket { return fixtures.RandomInet(r, "tcp") })),
	})
	s := load(h)
	got := []int{count(s.SCTPEndpoints()), count(s.SCTPAssociations()), count(s.Unix()), count(s.Routes()), count(s.Routes6()),
		count(s.Packet()), count(s.Netlink()), count(s.ARP()), count(s.Inet("proc/net/tcp")), count(s.InetUpToInode("proc/net/tcp"))}
	if want := []int{3, 5, 5, 6, 7, 8, 9, 10, 11, 11}; !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	for row := range s.InetUpToInode("proc/net/tcp").Rows() {
		if row.RefCount.Known() {
			t.Errorf("up to the inode: %+v", row)
		}
	}
	for row := range s.Inet("proc/net/tcp").Rows() {
		if !row.RefCount.Known() {
			t.Errorf("all columns: %+v", row)
		}
	}
	for _, err := range s.SCTPAssociations().Rows() {
		if err != nil && err.Error() != `proc/net/sctp/assocs:6: SOCK missing: row ends before this column` {
			t.Errorf("error %v", err)
		}
	}
}

// TestPlansReadFiles: what a plan asks for is in the list of files, so that its
// absence can be explained.
func TestPlansReadFiles(t *testing.T) {
	known := map[string]bool{}
	for _, f := range snapshot.Files {
		if known[f.Name] {
			t.Errorf("%s stands twice in the list", f.Name)
		}
		known[f.Name] = true
		if f.Use == "" {
			t.Errorf("%s has no word on its use", f.Name)
		}
	}
	used := map[string]bool{}
	for bits := range 1 << 12 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		o := query.Options{TCP: on(0), UDP: on(1), UDPLite: on(2), SCTP: on(3), Raw: on(4)}
		if on(5) {
			o.Families = append(o.Families, query.UnixAF)
		}
		if on(6) {
			o.Families = append(o.Families, query.Inet6, query.IPX, query.AX25, query.X25, query.Netrom, query.Rose, query.DDP)
		}
		if on(7) {
			o.Routes = 1
		}
		if on(8) {
			o.Interfaces = 1
		}
		if on(9) {
			o.Groups = true
		}
		if on(10) {
			o.Statistics = 1
		}
		if on(11) {
			o.Masquerade = 1
		}
		p, err := o.Plan()
		if err != nil {
			continue
		}
		for _, n := range []query.Needs{{}, {Programs: true}, {Extend: true}, {Programs: true, Extend: true}} {
			for _, name := range p.Files(n) {
				used[name] = true
				if !known[name] {
					t.Fatalf("the plan of %+v reads %s, which is not in the list", o, name)
				}
			}
		}
	}
	// netstat shows none of these.
	for _, name := range append([]string{"proc/net/packet", "proc/net/netlink", "proc/net/arp"}, snapshot.FactFiles...) {
		if used[name] != slices.Contains(snapshot.ArchitectureFiles, name) { // those tell the byte order
			t.Errorf("a plan reads %s: %v", name, used[name])
		}
		used[name] = true
	}
	for _, r := range triage.Rules() {
		for _, name := range r.Files() {
			used[name] = true
		}
	}
	for _, name := range peers.Files() {
		used[name] = true
	}
	for name := range known {
		if !used[name] {
			t.Errorf("no plan, no rule and no command reads %s", name)
		}
		if ok, err := path.Match(name, name); err != nil || !ok && !strings.Contains(name, "*") {
			t.Errorf("%s is no pattern", name)
		}
	}
}

// failFS gives files whose reading fails at once, as those over a limit do.
type failFS struct{ fs.FS }

func (f failFS) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return failFile{file}, nil
}

type failFile struct{ fs.File }

func (failFile) Read([]byte) (int, error) { return 0, errors.New("the limit is reached") }

// TestUnreadable: a file that opens and cannot be read yields that error.
func TestUnreadable(t *testing.T) {
	s := snapshot.Load(failFS{fstest.MapFS{"proc/net/tcp": {Data: []byte("x")}}}, snapshot.ByteOrder{Order: binary.LittleEndian})
	table := s.Inet("proc/net/tcp")
	var got []string
	for _, err := range table.Rows() {
		got = append(got, fmt.Sprint(err))
	}
	if want := []string{"proc/net/tcp: cannot read beyond line 0: the limit is reached"}; table.State != snapshot.Present || !slices.Equal(got, want) {
		t.Errorf("state %d, errors %q; want %q", table.State, got, want)
	}
}

// TestByteOrderOfOwnAddresses: without netmasks and loopback sockets the machine's
// own addresses tell, which files have that are the same in both orders.
func TestByteOrderOfOwnAddresses(t *testing.T) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		k := fixtures.Kernel{Order: order}
		own4, own6 := netip.MustParseAddr("10.20.30.40"), netip.MustParseAddr("2001:db8::1")
		socket := func(a netip.Addr) parser.InetSocket {
			return parser.InetSocket{Local: netip.AddrPortFrom(a, 80), Remote: netip.AddrPortFrom(a, 0), State: parser.Listen}
		}
		tcp := k.Inet("tcp", []parser.InetSocket{socket(own4)})
		tcp6 := k.Inet("tcp6", []parser.InetSocket{socket(own6)})
		ip := "2: eth0: <UP> mtu 1500\n    inet 10.20.30.40/24 scope global eth0\n"
		inet6 := "20010db8000000000000000000000001 02 40 00 80     eth0\n"
		for name, tc := range map[string]struct {
			files map[string]string
			from  string
		}{
			"ip":                {map[string]string{"proc/net/tcp": tcp, "output/ip_address": ip}, "proc/net/tcp"},
			"if_inet6":          {map[string]string{"proc/net/tcp6": tcp6, "proc/net/if_inet6": inet6}, "proc/net/tcp6"},
			"another's":         {map[string]string{"proc/net/tcp": tcp, "output/ip_address": strings.ReplaceAll(ip, "10.20", "10.21")}, ""},
			"nothing of ip":     {map[string]string{"proc/net/tcp": tcp}, ""},
			"both ways its own": {map[string]string{"proc/net/tcp": tcp, "output/ip_address": ip + "    inet 40.30.20.10/24 scope global eth0\n"}, ""},
		} {
			want := snapshot.ByteOrder{Order: order, From: tc.from}
			if tc.from == "" {
				want.Order = binary.LittleEndian
			}
			if got := load(fixtures.NewHost(tc.files)).Order; got != want {
				t.Errorf("%v, %s: %+v, want %+v", order, name, got, want)
			}
		}
	}
}
