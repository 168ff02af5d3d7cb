package top

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// sockets makes some that share much.
func sockets(r *rand.Rand, n int) (list []rows.Socket) {
	maybe := func(v uint64) (o parser.Opt[uint64]) {
		if r.IntN(4) > 0 {
			o = parser.Some(v)
		}
		return o
	}
	texts := func(all ...string) (o parser.Opt[string]) {
		if i := r.IntN(len(all) + 1); i < len(all) {
			o = parser.Some(all[i])
		}
		return o
	}
	for range n {
		s := rows.Socket{
			Protocol:      []string{"tcp", "tcp6", "udp"}[r.IntN(3)],
			State:         []string{"LISTEN", "ESTABLISHED", "CLOSE_WAIT", "UNCONN", "UNKNOWN(0xEE)", ""}[r.IntN(6)],
			RecvQ:         maybe(r.Uint64N(1000)),
			SendQ:         maybe(r.Uint64N(1000)),
			Retransmits:   maybe(r.Uint64N(2)),
			LocalPort:     maybe(r.Uint64N(3)),
			RemotePort:    maybe(r.Uint64N(3)),
			UID:           maybe(r.Uint64N(3)),
			LocalService:  texts("ssh", "http"),
			RemoteService: texts("ssh", "http"),
			RemoteHost:    texts("a", "b"),
			User:          texts("root"),
			LocalAddress:  parser.Some(netip.AddrFrom4([4]byte{10, 0, 0, byte(r.IntN(3))})),
			RemoteAddress: parser.Some(netip.AddrFrom4([4]byte{10, byte(r.IntN(3)), byte(r.IntN(3)), 1})),
		}
		if r.IntN(5) == 0 {
			s.RemoteAddress = parser.Some(netip.MustParseAddr(fmt.Sprintf("2001:db8:0:%x::1", r.IntN(3))))
		}
		s.PID, s.Program = maybe(r.Uint64N(3)), texts("nginx", "sshd")
		s.Host, s.NetNS = texts("web1", "web2"), texts("blue")
		list = append(list, s)
	}
	return list
}

// every are all dimensions.
func every(t *testing.T) (list []Dimension) {
	t.Helper()
	for _, name := range append(Names(), "subnet/0", "subnet/32/128", "subnet/8/1") {
		d, err := By(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	return list
}

// TestGroups: groups add up to the sockets, each socket is in the group that a slow count
// puts it in, and the parts of a list that are counted apart add up to the whole.
func TestGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	dimensions := every(t)
	for round := range 200 {
		var by []Dimension
		for _, i := range r.Perm(len(dimensions))[:r.IntN(4)] {
			if !slices.ContainsFunc(by, dimensions[i].Same) {
				by = append(by, dimensions[i])
			}
		}
		list := sockets(r, r.IntN(200))
		whole, first, second := New(by), New(by), New(by)
		slow := map[string]uint64{}
		cut := r.IntN(len(list) + 1)
		for i := range list {
			whole.Add(&list[i])
			if i < cut {
				first.Add(&list[i])
			} else {
				second.Add(&list[i])
			}
			slow[slowKey(by, &list[i])]++
		}
		first.Merge(second)
		groups := whole.Groups()
		if merged := first.Groups(); !reflect.DeepEqual(groups, merged) {
			t.Fatalf("round %d: counted at once\n%v\nand in two parts\n%v", round, groups, merged)
		}
		var all, states, recv, want uint64
		for _, g := range groups {
			all += g.Sockets
			recv += g.RecvQ
			for _, n := range numbers(&g)[4:] {
				states += *n
			}
		}
		for _, s := range list {
			n, _ := s.RecvQ.Get()
			want += n
		}
		if n := uint64(len(list)); all != n || states != n || recv != want || len(groups) != len(slow) {
			t.Fatalf("round %d: %d sockets in %d groups, want %d in %d; %d by states; Recv-Q %d, want %d", round, all, len(groups), n, len(slow), states, recv, want)
		}
		if !slices.IsSortedFunc(groups, func(a, b rows.SocketGroup) int { return int(b.Sockets) - int(a.Sockets) }) {
			t.Fatalf("round %d: not the largest first: %v", round, groups)
		}
	}
}

// slowKey is what a socket shares, as text.
func slowKey(by []Dimension, s *rows.Socket) string {
	var parts []string
	for _, d := range by {
		if lengths, ok := strings.CutPrefix(d.Name, "subnet/"); ok {
			four, six, both := strings.Cut(lengths, "/")
			if !both {
				six = "64"
			}
			a, _ := s.RemoteAddress.Get()
			if a.Is4() {
				six = four
			}
			parts = append(parts, netip.MustParsePrefix(a.String()+"/"+six).Masked().String())
			continue
		}
		parts = append(parts, fmt.Sprint(map[string]any{
			"remote": s.RemoteAddress, "remote-port": s.RemotePort, "local": s.LocalAddress, "local-port": s.LocalPort,
			"state": s.State, "program": s.Program, "pid": []any{s.PID, s.Program}, "user": s.UID, "protocol": s.Protocol,
			"host": s.Host, "netns": s.NetNS,
		}[d.Name]))
	}
	return strings.Join(parts, "|")
}

// TestMapped: an IPv4 address is of one network, in whichever form it is written.
func TestMapped(t *testing.T) {
	d, err := By("subnet/16")
	if err != nil {
		t.Fatal(err)
	}
	c := New([]Dimension{d})
	for _, a := range []string{"10.1.2.3", "::ffff:10.1.9.9", "fe80::1%eth0", "fe80::2"} {
		c.Add(&rows.Socket{RemoteAddress: parser.Some(netip.MustParseAddr(a))})
	}
	var got []string
	for _, g := range c.Groups() {
		net, _ := g.Subnet.Get()
		got = append(got, fmt.Sprint(net, " ", g.Sockets))
	}
	if want := []string{"10.1.0.0/16 2", "fe80::/64 2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTooMany: what does not fit is told, and none of it is lost from the total.
func TestTooMany(t *testing.T) {
	d, err := By("local-port")
	if err != nil {
		t.Fatal(err)
	}
	c, more := New([]Dimension{d}), New([]Dimension{d})
	c.max, more.max = 2, 2
	for port := range uint64(4) {
		c.Add(&rows.Socket{LocalPort: parser.Some(port)})
		more.Add(&rows.Socket{LocalPort: parser.Some(port + 1)})
	}
	c.Merge(more)
	if total, rest := c.Total(); total != 8 || rest != 5 || len(c.Groups()) != 2 {
		t.Errorf("%d of %d are in none of %d groups", rest, total, len(c.Groups()))
	}
}

// TestBars: bars are as long as groups are large, to an eighth of a column.
func TestBars(t *testing.T) {
	groups := []rows.SocketGroup{{Sockets: 160}, {Sockets: 80}, {Sockets: 9}, {Sockets: 1}, {Sockets: 0}}
	var got []string
	for _, g := range Barred(groups) {
		got = append(got, g.Bar)
	}
	want := []string{strings.Repeat("█", 20), strings.Repeat("█", 10), "█▏", "▏", "▏"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestBy: what cannot be grouped by is told with what can.
func TestBy(t *testing.T) {
	for name, want := range map[string]string{
		"":            `"" is none of remote, remote-port, local, local-port, state, program, pid, user, protocol, host, netns, subnet/24`,
		"subnet":      `"subnet" is none of remote, remote-port, local, local-port, state, program, pid, user, protocol, host, netns, subnet/24`,
		"subnet/":     `"subnet/" is no subnet: lengths are 0 to 32 for IPv4 and, behind it, 0 to 128 for IPv6: subnet/24 or subnet/24/64`,
		"subnet/24/":  `"subnet/24/" is no subnet: lengths are 0 to 32 for IPv4 and, behind it, 0 to 128 for IPv6: subnet/24 or subnet/24/64`,
		"subnet/+1":   `"subnet/+1" is no subnet: lengths are 0 to 32 for IPv4 and, behind it, 0 to 128 for IPv6: subnet/24 or subnet/24/64`,
		"subnet/8/-1": `"subnet/8/-1" is no subnet: lengths are 0 to 32 for IPv4 and, behind it, 0 to 128 for IPv6: subnet/24 or subnet/24/64`,
	} {
		if _, err := By(name); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", name, err, want)
		}
	}
}

func BenchmarkTop(b *testing.B) {
	list := sockets(rand.New(rand.NewPCG(1, 2)), 50_000)
	d, err := By("remote")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c := New([]Dimension{d})
		for i := range list {
			c.Add(&list[i])
		}
		if len(c.Groups()) == 0 {
			b.Fatal("no groups")
		}
	}
}
