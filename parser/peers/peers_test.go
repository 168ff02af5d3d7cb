package peers

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A made is a machine that a test makes up. What it does not say is as on most machines:
// not forwarding, IPv6 without sockets, a whole bundle.
type made struct {
	host, space, boot string
	at                time.Time // zero is unknown
	uptime            string
	addresses         []string
	tcp, tcp6, udp    []parser.InetSocket
	conntrack         []parser.Conntrack
	without           []string // files of proc/net that are not there
	damaged           bool
	bundle            string
}

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

const snmpHead = "Ip: Forwarding DefaultTTL\nIp: 2 64\n"

// gather makes the machine's files, and takes its facts.
func (m made) gather() *Machine {
	k := fixtures.Kernel{}
	h := fixtures.NewHost(map[string]string{
		"proc/net/tcp": k.Inet("tcp", m.tcp), "proc/net/tcp6": k.Inet("tcp6", m.tcp6), "proc/net/udp": k.Inet("udp", m.udp), "proc/net/udp6": k.Inet("udp6", nil),
		"proc/net/snmp": snmpHead, "proc/net/nf_conntrack": k.Conntracks(m.conntrack), "proc/net/if_inet6": "",
		"proc/77/cmdline": "/usr/sbin/" + m.host + "d\x00",
	})
	set := func(name, text string) {
		if text != "" {
			h.Set(name, text+"\n")
		}
	}
	set("proc/sys/kernel/hostname", m.host)
	set("proc/uptime", m.uptime)
	set("proc/sys/kernel/random/boot_id", m.boot)
	if !m.at.IsZero() {
		set("date", m.at.Format("Mon Jan _2 15:04:05 UTC 2006"))
	}
	var fib, six strings.Builder
	fib.WriteString("Local:\n")
	for _, a := range m.addresses {
		if addr := netip.MustParseAddr(a); addr.Is4() {
			fmt.Fprintf(&fib, "  |-- %s\n     /32 host LOCAL\n", a)
		} else {
			fmt.Fprintf(&six, "%s 02 40 00 80     eth0\n", strings.ReplaceAll(addr.StringExpanded(), ":", ""))
		}
	}
	h.Set("proc/net/fib_trie", fib.String()).Set("proc/net/if_inet6", six.String())
	for _, list := range [][]parser.InetSocket{m.tcp, m.tcp6, m.udp} {
		for _, s := range list {
			if s.Inode > 0 {
				h.Link(fmt.Sprintf("proc/77/fd/%d", s.Inode), fmt.Sprintf("socket:[%d]", s.Inode))
			}
		}
	}
	for _, name := range m.without {
		delete(h.Files, "proc/net/"+name)
	}
	s := snapshot.Load(h.FS(), snapshot.ByteOrder{})
	bundle := m.bundle
	if bundle == "" {
		bundle = m.host + ".tgz"
	}
	return Gather(Capture{
		Snapshot: s, Group: bundle, Space: m.space, Damaged: m.damaged,
		Source: rows.SourceOf(s, rows.Place{Bundle: bundle, NetNS: m.space}),
	})
}

// tcpSocket is a row of tcp, with an inode that is made of its port.
func tcpSocket(local, remote string, state parser.State, change ...func(*parser.InetSocket)) parser.InetSocket {
	s := parser.InetSocket{
		Local: netip.MustParseAddrPort(local), Remote: netip.MustParseAddrPort(remote), State: state,
		RefCount: parser.Some[int64](1), RTO: parser.Some[uint64](20), ATO: parser.Some[uint64](4), QuickAck: parser.Some[uint64](0),
		CongestionWindow: parser.Some[uint64](10),
	}
	s.Inode = 1000 + uint64(s.Local.Port())
	switch state {
	case parser.SynRecv, parser.TimeWait:
		s.Inode, s.RTO = 0, parser.Opt[uint64]{}
	}
	if state == parser.TimeWait {
		s.Timer = parser.TimerTimeWait
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func sendQ(n uint64) func(*parser.InetSocket) { return func(s *parser.InetSocket) { s.SendQ = n } }
func recvQ(n uint64) func(*parser.InetSocket) { return func(s *parser.InetSocket) { s.RecvQ = n } }

func timer(n uint8) func(*parser.InetSocket) { return func(s *parser.InetSocket) { s.Timer = n } }

// repeats has run into so many timeouts, and waits so long for the next one, in 1/100 s.
func repeats(n, rto uint64) func(*parser.InetSocket) {
	return func(s *parser.InetSocket) { s.Timer, s.Retransmits, s.RTO = parser.TimerOn, n, parser.Some(rto) }
}

func nobody(s *parser.InetSocket) { s.Inode = 0 }

func listener(local string, change ...func(*parser.InetSocket)) parser.InetSocket {
	return tcpSocket(local, "0.0.0.0:0", parser.Listen, change...)
}

// match compares machines.
func match(machines []*Machine, o Options) *Report {
	var f Fleet
	for _, m := range machines {
		f.Add(m)
	}
	return f.Match(o)
}

const (
	client = "10.0.0.1:40000"
	server = "10.0.0.2:5432"
)

// twoMachines are web1 and db1, captured at the same moment, with a connection of which
// either end may be missing.
func twoMachines(cl, sv *parser.InetSocket, change func(web, db *made)) []*Machine {
	web := made{host: "web1", at: noon, addresses: []string{"10.0.0.1", "2001:db8::1"}}
	db := made{host: "db1", at: noon, addresses: []string{"10.0.0.2", "2001:db8::2"}, tcp: []parser.InetSocket{listener("0.0.0.0:5432")}}
	if cl != nil {
		web.tcp = append(web.tcp, *cl)
	}
	if sv != nil {
		db.tcp = append(db.tcp, *sv)
	}
	if change != nil {
		change(&web, &db)
	}
	return []*Machine{web.gather(), db.gather()}
}

// TestVerdicts: what is made of a connection, with the whole sentence.
func TestVerdicts(t *testing.T) {
	cl := func(state parser.State, change ...func(*parser.InetSocket)) *parser.InetSocket {
		return new(tcpSocket(client, server, state, change...))
	}
	sv := func(state parser.State, change ...func(*parser.InetSocket)) *parser.InetSocket {
		return new(tcpSocket(server, client, state, change...))
	}
	const est = parser.Established
	const gone = "half-open: web1d (pid 77) on web1 holds an established connection that is not there on db1"
	const maybe = "maybe-" + gone
	for _, tt := range []struct {
		name   string
		cl, sv *parser.InetSocket
		change func(web, db *made)
		want   string
	}{
		{"fine", cl(est), sv(est), nil, "ok: "},
		{"in flight", cl(est, sendQ(100), timer(1)), sv(est), nil, "ok: "},
		{
			"the server does not read", cl(est, sendQ(9000), timer(4)), sv(est, recvQ(7000)), nil,
			"reader-stopped: db1d (pid 77) on db1 does not read: 7000 bytes wait there, and web1 has 9000 bytes more to send, which the closed window keeps back",
		},
		{
			"the client does not read, and the path is bad as well", cl(est, recvQ(1), sendQ(5), repeats(2, 80)), sv(est, sendQ(2), repeats(1, 40)), nil,
			"reader-stopped: web1d (pid 77) on web1 does not read: 1 byte waits there, and db1 has 2 bytes more to send",
		},
		{
			"the server is busy", cl(est, sendQ(9000), timer(1)), sv(est, recvQ(7000)), nil,
			"slow-reader: db1d (pid 77) on db1 has not read 7000 bytes, and web1 has 9000 bytes more to send, of which some are on their way",
		},
		{
			"the client is busy, and the path is bad", cl(est, recvQ(1), sendQ(5), repeats(2, 80)), sv(est, sendQ(2), timer(1)), nil,
			"path: web1 has repeated 2 times what db1 does not acknowledge (5 bytes in Send-Q); the socket is still there, and nothing in it waits to be read",
		},
		{
			"path", cl(est, sendQ(100), repeats(3, 160)), sv(est), nil,
			"path: web1 has repeated 3 times what db1 does not acknowledge (100 bytes in Send-Q); the socket is still there, and nothing in it waits to be read",
		},
		{
			"path of an end", cl(parser.FinWait1, sendQ(1), repeats(1, 40)), sv(est), nil,
			"path: web1 has repeated 1 time what db1 does not acknowledge (1 byte in Send-Q); the socket is still there, and nothing in it waits to be read",
		},
		{
			"the server does not close", cl(parser.FinWait2), sv(parser.CloseWait, recvQ(31)), nil,
			"not-closed: web1 has closed, and db1d (pid 77) on db1 has not (CLOSE_WAIT): it has not even read what came before, 30 bytes",
		},
		{
			"nobody has accepted", cl(est, sendQ(0)), sv(est, recvQ(30), nobody), func(_, db *made) { db.tcp[0].RecvQ = 129 },
			"not-accepted: no program on db1 has accepted it: it waits at the listener (129 connections there), with 30 bytes unread",
		},
		{"about to be accepted", cl(est), sv(est, nobody), func(_, db *made) { db.tcp[0].RecvQ = 1 }, "ok: "},
		{"unread", cl(est), sv(est, recvQ(30)), nil, "unread: db1d (pid 77) on db1 has not read 30 bytes; nothing is on the way to it"},
		{
			"window", cl(est, sendQ(30), timer(4)), sv(est), nil,
			"window-closed: web1 may not send (30 bytes in Send-Q, window closed), though nothing is unread on db1: it was read meanwhile, or the answer that opens the window was lost",
		},
		{"closed meanwhile", cl(est), sv(parser.LastAck), nil, "closing: ESTABLISHED at web1, LAST_ACK at db1: closed while it was captured, or between the captures"},
		{"closing", cl(parser.LastAck), sv(parser.FinWait2), nil, "closing: "},
		{"closed", cl(parser.TimeWait), nil, nil, "closing: "},
		{"opening", cl(parser.SynSent), nil, nil, "opening: "},
		{"opening at both ends", cl(parser.SynSent), sv(parser.SynRecv), nil, "opening: "},
		{
			"the answer does not get back", cl(parser.SynSent, repeats(2, 400)), sv(parser.SynRecv, repeats(1, 200)), nil,
			"path: the SYN of web1 arrives on db1, whose answer does not get back: repeated 2 times",
		},
		{
			"the queue is full", cl(est), sv(parser.SynRecv, repeats(1, 200)), func(_, db *made) { db.tcp[0].RecvQ = 129 },
			"not-accepted: 129 connections wait at the listener on db1 to be accepted: if its queue is full, the kernel drops what would complete others",
		},
		{"the acknowledgement is lost", cl(est), sv(parser.SynRecv, repeats(1, 200)), nil, "path: db1 has answered web1, and got no acknowledgement: repeated 1 time"},
		{"no answer", cl(parser.SynSent, repeats(2, 400)), nil, nil, "path: web1 has repeated its SYN 2 times; db1 listens on port 5432, and has not got it, or dropped it"},
		{
			"no answer of a full queue", cl(parser.SynSent, repeats(2, 400)), nil, func(_, db *made) { db.tcp[0].RecvQ = 1 },
			"not-accepted: web1 has repeated its SYN 2 times; on db1 1 connection waits at the listener to be accepted: if its queue is full, the kernel drops the SYN",
		},
		{
			"nobody listens", cl(parser.SynSent, repeats(2, 400)), nil, func(_, db *made) { db.tcp = nil },
			"no-listener: web1 has repeated its SYN 2 times; nothing on db1 listens on port 5432, and no refusal came back",
		},
		{
			"not known whether anybody listens", cl(parser.SynSent, repeats(2, 400)), nil, func(_, db *made) { db.tcp, db.without = nil, []string{"tcp6"} },
			"one-sided: web1 has repeated its SYN 2 times; not known whether db1 listens on port 5432: proc/net/tcp6 is not in its bundle, or has nothing",
		},
		{"states that do not fit", cl(parser.SynSent, repeats(1, 200)), sv(parser.TimeWait), nil, "one-sided: SYN_SENT at web1, TIME_WAIT at db1: these states do not fit"},
		{
			"forged", nil, sv(parser.SynRecv, repeats(2, 400)), nil,
			"one-sided: db1 answers a SYN of web1, which has no such socket: repeated 2 times",
		},
		{"the end is repeated", nil, sv(parser.LastAck, sendQ(1), repeats(5, 640)), nil, "one-sided: db1 repeats its end (5 times), and web1 has no such socket any more"},
		{"waits for an end", cl(parser.FinWait2), nil, nil, "one-sided: web1d (pid 77) on web1 waits for the end of db1, which has no such socket any more"},
		{
			"waits for an end that may be there", cl(parser.FinWait2), nil, func(_, db *made) { db.damaged = true },
			"one-sided: web1d (pid 77) on web1 waits for the end of db1, which has no such socket any more; but its bundle is damaged",
		},
		{
			"silent for as long as the clocks may be off", cl(est, sendQ(10), repeats(1, 40)), nil, func(web, _ *made) {
				web.tcp = append(web.tcp, tcpSocket("10.0.0.1:40001", server, parser.TimeWait))
			},
			maybe + "; connections of the service come and go (TIME_WAIT), so this one may just have done so",
		},
		{"not closed, and long gone", nil, sv(parser.CloseWait), nil, "not-closed: the other end has closed, and is gone on web1, and db1d (pid 77) on db1 has not (CLOSE_WAIT)"},
		{
			"gave up before it was accepted", nil, sv(parser.CloseWait, recvQ(1), nobody), func(_, db *made) { db.tcp[0].RecvQ = 2 },
			"not-accepted: web1 has given up a connection that was never accepted on db1, where 2 connections wait",
		},
		{"half-open", cl(est), nil, nil, gone + "; the captures are of the same moment, and no connection of the service was closed in the last minute (TIME_WAIT)"},
		{
			"half-open, restarted", cl(est), nil, func(_, db *made) { db.tcp, db.uptime = nil, "61.5 100.0" },
			gone + ", where nothing listens on port 5432 any more, which was started 62 s before its capture; the captures are of the same moment, and no connection of the service was closed in the last minute (TIME_WAIT)",
		},
		{
			"half-open at the server", nil, sv(est), nil,
			"half-open: db1d (pid 77) on db1 holds an established connection that is not there on web1; the captures are of the same moment, and no connection of the service was closed in the last minute (TIME_WAIT)",
		},
		{
			"silent for longer than the captures are apart", cl(est, sendQ(10), repeats(9, 10240)), nil, func(_, db *made) { db.at = noon.Add(-40 * time.Second) },
			gone + "; nothing has answered for at least 102 s",
		},
		{
			"keepalive without an answer", cl(est, func(s *parser.InetSocket) { s.Timer, s.Timeout = parser.TimerKeepalive, 9 }), nil, func(_, db *made) { db.at = noon.Add(-7 * time.Second) },
			gone + "; nothing has answered for at least 8 s",
		},
		{
			"not silent for long enough", cl(est, sendQ(10), repeats(2, 80)), nil, func(_, db *made) { db.at = noon.Add(-40 * time.Second) },
			maybe + "; web1 was captured 40 s later, so it may be younger than the other capture",
		},
		{
			"the other one later", cl(est), nil, func(_, db *made) { db.at = noon.Add(time.Hour) },
			maybe + "; db1 was captured 3600 s later, so it may have been closed in between",
		},
		{
			"times not known", cl(est), nil, func(_, db *made) { db.at = time.Time{} },
			maybe + "; the captures do not tell how far apart they were taken, so it may have come or gone in between",
		},
		{
			"connections come and go", cl(est), nil, func(web, _ *made) {
				web.tcp = append(web.tcp, tcpSocket("10.0.0.1:40001", server, parser.TimeWait))
			},
			maybe + "; connections of the service come and go (TIME_WAIT), so this one may just have done so",
		},
		{
			"one kernel", cl(est), nil, func(web, db *made) {
				web.boot, db.boot = "a0bcdef0-1111-2222-3333-444455556666", "a0bcdef0-1111-2222-3333-444455556666"
				web.uptime, db.uptime = "100000.5 1", "99970.25 1"
			},
			maybe + "; web1 was captured 30 s later, so it may be younger than the other capture",
		},
		{
			"damaged", cl(est), nil, func(_, db *made) { db.damaged = true },
			maybe + "; but its bundle is damaged",
		},
		{
			"may be handed on", cl(est), nil, func(_, db *made) { db.without = []string{"nf_conntrack", "snmp"} },
			maybe + "; but NAT may change it on the way: db1: its bundle has neither nf_conntrack nor snmp, which tells whether it forwards packets",
		},
		{"not handed on", cl(est), nil, func(_, db *made) { db.without = []string{"nf_conntrack"} }, gone + "; the captures are of the same moment, and no connection of the service was closed in the last minute (TIME_WAIT)"},
		{
			"IPv6, and IPv4 in IPv6", nil, nil, func(web, db *made) {
				web.tcp6 = []parser.InetSocket{tcpSocket("[2001:db8::1]:40000", "[2001:db8::2]:5432", est, sendQ(1), timer(4))}
				db.tcp6 = []parser.InetSocket{tcpSocket("[2001:db8::2]:5432", "[2001:db8::1]:40000", est, recvQ(1))}
			},
			"reader-stopped: db1d (pid 77) on db1 does not read: 1 byte waits there, and web1 has 1 byte more to send, which the closed window keeps back",
		},
		{
			"mapped", cl(est), nil, func(_, db *made) {
				db.tcp6 = []parser.InetSocket{tcpSocket("[::ffff:10.0.0.2]:5432", "[::ffff:10.0.0.1]:40000", est)}
			},
			"ok: ",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			machines := twoMachines(tt.cl, tt.sv, tt.change)
			var got []string
			for _, p := range match(machines, Options{All: true}).Pairs {
				if port, _ := p.ClientPort.Get(); port != 40000 {
					continue
				}
				why, _ := p.Why.Get()
				got = append(got, p.Verdict+": "+why)
				if next, _ := p.Next.Get(); (next != "") != (p.Grade != "fine") {
					t.Errorf("%s says to look next at %q", p.Verdict, next)
				}
				cl, _ := p.Client.Get()
				sv, _ := p.Server.Get()
				if cl != "web1" || sv != "db1" {
					t.Errorf("it is between %q and %q", cl, sv)
				}
			}
			if !slices.Equal(got, []string{tt.want}) {
				t.Errorf("got  %q\nwant %q", got, []string{tt.want})
			}
		})
	}
}

// TestPassed: a router that has seen the packets of the client, and no answer, tells on
// which side of it the fault is.
func TestPassed(t *testing.T) {
	machines := twoMachines(new(tcpSocket(client, server, parser.SynSent, repeats(2, 400))), nil, nil)
	gw := made{host: "gw1", at: noon, addresses: []string{"10.0.0.9"}, conntrack: []parser.Conntrack{{
		Family: "ipv4", Protocol: "tcp", Number: 6, State: "SYN_SENT", Unreplied: true,
		Original: parser.Flow{Src: netip.MustParseAddrPort(client), Dst: netip.MustParseAddrPort(server), Ports: true},
		Reply:    parser.Flow{Src: netip.MustParseAddrPort(server), Dst: netip.MustParseAddrPort(client), Ports: true},
	}}}
	r := match(append(machines, gw.gather()), Options{})
	why, _ := r.Pairs[0].Why.Get()
	if want := "web1 has repeated its SYN 2 times; db1 listens on port 5432, and has not got it, or dropped it; on its way gw1 has seen packets of the client, and no answer"; why != want {
		t.Errorf("got  %q\nwant %q", why, want)
	}
}

// TestBlind: a machine without any table of tcp sockets is as good as missing.
func TestBlind(t *testing.T) {
	r := match(twoMachines(new(tcpSocket(client, server, parser.Established)), nil, func(_, db *made) { db.without = []string{"tcp", "tcp6"} }), Options{All: true})
	if len(r.Pairs) != 0 || len(r.Missing) != 1 || r.Missing[0].Role != "server" {
		t.Errorf("%d pairs, missing %+v", len(r.Pairs), r.Missing)
	}
}

// TestUDP: one socket serves all.
func TestUDP(t *testing.T) {
	u := func(local, remote string, change ...func(*parser.InetSocket)) parser.InetSocket {
		s := tcpSocket(local, remote, parser.Established, change...)
		s.Drops = parser.Some[uint64](0)
		if s.Remote.Port() == 0 {
			s.State = parser.Close
		}
		return s
	}
	web := made{host: "web1", at: noon, addresses: []string{"10.0.0.1"}, udp: []parser.InetSocket{
		u("10.0.0.1:50000", "10.0.0.2:53"), u("10.0.0.1:50001", "10.0.0.2:54"), u("10.0.0.1:50002", "10.0.0.2:55", recvQ(7)), u("10.0.0.1:50003", "10.0.0.2:56"),
	}}
	db := made{host: "db1", at: noon, addresses: []string{"10.0.0.2"}, udp: []parser.InetSocket{
		u("0.0.0.0:53", "0.0.0.0:0"), u("10.0.0.2:56", "10.0.0.1:50003"),
	}}
	want := []string{"53 ok ESTABLISHED -", "54 no-listener ESTABLISHED -", "55 unread ESTABLISHED -", "56 ok ESTABLISHED ESTABLISHED"}
	if got := shortly(match([]*Machine{web.gather(), db.gather()}, Options{All: true})); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// shortly gives port, verdict and states of each pair, sorted.
func shortly(r *Report) (list []string) {
	for _, p := range r.Pairs {
		port, _ := p.Port.Get()
		word := func(o parser.Opt[string]) string {
			if s, ok := o.Get(); ok {
				return s
			}
			return "-"
		}
		list = append(list, fmt.Sprintf("%d %s %s %s", port, p.Verdict, word(p.ClientState), word(p.ServerState)))
	}
	slices.Sort(list)
	return list
}

// TestTwice: of two captures of a machine the later one is compared, and the earlier one
// shows that a connection is old, whichever was named first.
func TestTwice(t *testing.T) {
	c := tcpSocket(client, server, parser.Established)
	before := made{host: "web1", bundle: "before.tgz", at: noon.Add(-time.Hour), addresses: []string{"10.0.0.1"}, tcp: []parser.InetSocket{c}}
	after := made{host: "web1", bundle: "after.tgz", at: noon.Add(time.Hour), addresses: []string{"10.0.0.1", "10.0.0.9"}, tcp: []parser.InetSocket{c}}
	db := made{host: "db1", at: noon, addresses: []string{"10.0.0.2"}, tcp: []parser.InetSocket{listener("0.0.0.0:5432")}}
	other := made{host: "web1", bundle: "other.tgz", at: noon, addresses: []string{"10.0.0.7"}}
	for _, order := range [][]made{{before, after, db}, {after, db, before}} {
		var machines []*Machine
		for _, m := range order {
			machines = append(machines, m.gather())
		}
		r := match(machines, Options{})
		why := ""
		if len(r.Pairs) == 1 {
			why, _ = r.Pairs[0].Why.Get()
		}
		if !strings.HasPrefix(why, "web1d (pid 77) on web1 holds an established") || !strings.HasSuffix(why, "; an earlier capture of web1 has it as well") || r.Pairs[0].Verdict != "half-open" {
			t.Errorf("%d pairs, %q", len(r.Pairs), why)
		}
		want := []string{"web1 was captured twice: after.tgz is the later one, which is compared; before.tgz only tells which connections are old"}
		if !slices.Equal(r.Notes, want) || len(r.Machines) != 2 {
			t.Errorf("machines %q, notes %q, want %q", r.Machines, r.Notes, want)
		}
	}
	// The same bundle, named twice.
	r := match([]*Machine{after.gather(), db.gather(), after.gather()}, Options{})
	if len(r.Machines) != 2 || len(r.Notes) != 1 || len(r.Pairs) != 1 {
		t.Errorf("machines %q, notes %q, %d pairs", r.Machines, r.Notes, len(r.Pairs))
	}
	// Its name alone does not make a machine the same.
	r = match([]*Machine{before.gather(), other.gather()}, Options{})
	if want := []string{"web1 (before.tgz)", "web1 (other.tgz)"}; !slices.Equal(r.Machines, want) || r.Notes != nil {
		t.Errorf("machines %q, notes %q, want %q", r.Machines, r.Notes, want)
	}
}

// TestAmbiguous: of two machines with the same address none is taken for the other, but
// those of one captured machine are told apart by it.
func TestAmbiguous(t *testing.T) {
	cl := made{host: "web1", at: noon, addresses: []string{"10.0.0.1"}, tcp: []parser.InetSocket{
		tcpSocket(client, server, parser.Established), tcpSocket("10.0.0.1:40001", server, parser.Established),
	}}
	one := made{host: "db1", at: noon, addresses: []string{"10.0.0.2"}, tcp: []parser.InetSocket{tcpSocket(server, client, parser.Established)}}
	two := made{host: "db2", at: noon, addresses: []string{"10.0.0.2"}}
	r := match([]*Machine{cl.gather(), one.gather(), two.gather()}, Options{All: true})
	want := []string{"5432 ambiguous - ESTABLISHED", "5432 ambiguous ESTABLISHED -", "5432 ambiguous ESTABLISHED -"}
	if got := shortly(r); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, p := range r.Pairs {
		if why, _ := p.Why.Get(); why != "10.0.0.2 is an address of db1, db2" {
			t.Errorf("why: %q", why)
		}
	}
	// The client and one of the servers are network namespaces of one machine.
	cl.bundle, one.bundle, one.space = "node.tgz", "node.tgz", "blue"
	r = match([]*Machine{cl.gather(), one.gather(), two.gather()}, Options{All: true})
	want = []string{"5432 half-open ESTABLISHED -", "5432 ok ESTABLISHED ESTABLISHED"}
	if got := shortly(r); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestNAT: through two routers, of which one changes the server's address and the other
// the client's, and to a machine that was not captured.
func TestNAT(t *testing.T) {
	at := netip.MustParseAddrPort
	track := func(src, dst, newSrc, newDst string) parser.Conntrack {
		c := parser.Conntrack{Family: "ipv4", Protocol: "tcp", Number: 6, Timeout: parser.Some[int64](100), State: "ESTABLISHED"}
		c.Original = parser.Flow{Src: at(src), Dst: at(dst), Ports: true}
		c.Reply = parser.Flow{Src: at(newDst), Dst: at(newSrc), Ports: true}
		return c
	}
	web := made{host: "web1", at: noon, addresses: []string{"10.0.0.1"}, tcp: []parser.InetSocket{
		tcpSocket(client, "192.0.2.1:80", parser.Established, sendQ(5), timer(4)), tcpSocket("10.0.0.1:40001", "192.0.2.1:80", parser.Established),
		tcpSocket("10.0.0.1:40002", "192.0.2.1:80", parser.Established),
	}}
	lb := made{host: "lb1", at: noon, addresses: []string{"192.0.2.1", "10.1.0.1"}, conntrack: []parser.Conntrack{
		track(client, "192.0.2.1:80", client, "10.1.0.2:8080"), track("10.0.0.1:40001", "192.0.2.1:80", "10.0.0.1:40001", "10.1.0.3:8080"),
		track("10.0.0.1:40002", "192.0.2.1:80", "10.0.0.1:40002", "10.1.0.2:8080"), track("198.51.100.9:6000", "192.0.2.1:80", "198.51.100.9:6000", "10.1.0.2:8080"),
	}}
	gw := made{host: "gw1", at: noon, addresses: []string{"10.1.0.9"}, conntrack: []parser.Conntrack{
		track(client, "10.1.0.2:8080", "10.1.0.9:61000", "10.1.0.2:8080"), track("198.51.100.9:6000", "10.1.0.2:8080", "10.1.0.9:61001", "10.1.0.2:8080"),
	}}
	app := made{host: "app1", at: noon, addresses: []string{"10.1.0.2"}, tcp: []parser.InetSocket{
		listener("0.0.0.0:8080"), tcpSocket("10.1.0.2:8080", "10.1.0.9:61000", parser.Established, recvQ(6)), tcpSocket("10.1.0.2:8080", "10.1.0.9:61001", parser.Established),
	}}
	machines := []*Machine{app.gather(), gw.gather(), lb.gather(), web.gather()}
	r := match(machines, Options{All: true})
	if want, got := []string{"80 half-open ESTABLISHED -", "80 reader-stopped ESTABLISHED ESTABLISHED"}, shortly(r); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if nat, _ := r.Pairs[1].NAT.Get(); nat != "lb1, gw1: 10.0.0.1:40000 to 192.0.2.1:80 becomes 10.1.0.9:61000 to 10.1.0.2:8080" {
		t.Errorf("nat: %q", nat)
	}
	var missing []string
	for _, m := range r.Missing {
		a, _ := m.Address.Get()
		port, _ := m.Port.Get()
		missing = append(missing, fmt.Sprintf("%s %s %d %d %v", a, m.Role, port, m.Connections, m.Hosts))
	}
	if want := []string{"10.1.0.3 server 80 1 [web1]", "198.51.100.9 client 80 1 [app1]"}; !slices.Equal(missing, want) {
		t.Errorf("missing %q, want %q", missing, want)
	}
}

// TestBounds: what does not fit is left out, and said, and then nothing is certain.
func TestBounds(t *testing.T) {
	for _, tt := range []struct {
		name        string
		most        bounds
		note, where string
	}{
		{"sockets", bounds{1, 100}, "only the first 0 sockets of db1 are compared: all machines together have more than 1", "5432 maybe-half-open ESTABLISHED -"},
		{
			"others", bounds{100, 8},
			"only the sockets of db1 are compared, and not what else is known of it: all machines together have more than 8 listeners, addresses, names and connections that NAT changes",
			"5432 ok ESTABLISHED ESTABLISHED",
		},
	} {
		f := Fleet{most: tt.most}
		for _, m := range twoMachines(new(tcpSocket(client, server, parser.Established)), new(tcpSocket(server, client, parser.Established)), nil) {
			f.Add(m)
		}
		r := f.Match(Options{All: true})
		if !slices.Equal(r.Notes, []string{tt.note}) {
			t.Errorf("%s: notes %q, want %q", tt.name, r.Notes, tt.note)
		}
		if got := shortly(r); !slices.Equal(got, []string{tt.where}) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.where)
		}
	}
}

// network makes machines that talk to each other, some through NAT, some with addresses
// that others have too.
func network(r *rand.Rand, sockets int) []made {
	n := 2 + r.IntN(5)
	list := make([]made, n)
	addr := func() string { return fmt.Sprintf("10.0.0.%d", 1+r.IntN(n+2)) }
	for i := range list {
		m := &list[i]
		m.host, m.at = fmt.Sprintf("h%d", r.IntN(n)), noon.Add(time.Duration(i)*time.Second)
		m.bundle = fmt.Sprintf("b%d.tgz", i)
		m.addresses = []string{fmt.Sprintf("10.0.0.%d", i+1)}
		if r.IntN(4) == 0 {
			m.addresses = append(m.addresses, addr())
		}
		m.tcp = append(m.tcp, listener("0.0.0.0:80"))
	}
	states := []parser.State{parser.Established, parser.Established, parser.SynSent, parser.SynRecv, parser.FinWait1, parser.FinWait2, parser.TimeWait, parser.CloseWait, parser.LastAck, parser.Closing}
	some := func() []func(*parser.InetSocket) {
		return []func(*parser.InetSocket){sendQ(uint64(r.IntN(3) * r.IntN(100))), recvQ(uint64(r.IntN(3) * r.IntN(100))), repeats(uint64(r.IntN(3)), 100), timer(uint8(r.IntN(5)))}
	}
	for range sockets {
		a, b := &list[r.IntN(n)], &list[r.IntN(n)]
		from := fmt.Sprintf("%s:%d", a.addresses[r.IntN(len(a.addresses))], 33000+r.IntN(300))
		to := fmt.Sprintf("%s:%d", b.addresses[r.IntN(len(b.addresses))], []int{80, 443, 40000}[r.IntN(3)])
		if r.IntN(10) > 0 {
			a.tcp = append(a.tcp, tcpSocket(from, to, states[r.IntN(len(states))], some()...))
		}
		sent, got := from, to
		if r.IntN(4) == 0 {
			sent, got = fmt.Sprintf("10.0.0.%d:%d", n+1, 50000+r.IntN(300)), fmt.Sprintf("%s:8080", b.addresses[0])
			at := netip.MustParseAddrPort
			gw := &list[r.IntN(n)]
			gw.conntrack = append(gw.conntrack, parser.Conntrack{
				Family: "ipv4", Protocol: "tcp", Number: 6, Original: parser.Flow{Src: at(from), Dst: at(to), Ports: true}, Reply: parser.Flow{Src: at(got), Dst: at(sent), Ports: true},
			})
		}
		if r.IntN(10) > 0 {
			b.tcp = append(b.tcp, tcpSocket(got, sent, states[r.IntN(len(states))], some()...))
		}
	}
	return list
}

// TestProperties: the order of the bundles changes nothing, each socket is told of once,
// and the sums are those of the rows.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	verdictsSeen := map[string]bool{}
	for range 80 {
		list := network(r, 60)
		var reports []*Report
		for range 2 {
			r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			var machines []*Machine
			for _, m := range list {
				machines = append(machines, m.gather())
			}
			report := match(machines, Options{All: true})
			checkSums(t, report, machines)
			report.Machines, report.Notes = slices.Sorted(slices.Values(report.Machines)), slices.Sorted(slices.Values(report.Notes))
			reports = append(reports, report)
		}
		for _, p := range reports[0].Pairs {
			verdictsSeen[p.Verdict] = true
		}
		if a, b := fmt.Sprintf("%+v", *reports[0]), fmt.Sprintf("%+v", *reports[1]); a != b {
			t.Fatalf("another order of the bundles gives another report:\n%s", firstDifference(a, b))
		}
	}
	for _, v := range Verdicts() {
		if !verdictsSeen[v.Name] && v.Name != "not-accepted" && v.Name != "no-listener" {
			t.Errorf("no connection was %s", v.Name)
		}
	}
}

// firstDifference gives what stands around the first place where two texts differ.
func firstDifference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	around := func(s string) string { return s[max(0, i-700):min(len(s), i+300)] }
	return around(a) + "\n" + around(b)
}

// checkSums: every socket is an end of one pair, or of a missing peer, once.
func checkSums(t *testing.T, report *Report, machines []*Machine) {
	t.Helper()
	type place struct {
		bundle string
		line   uint64
	}
	seen := map[place]int{}
	counts := map[string]uint64{}
	for _, p := range report.Pairs {
		counts[p.Verdict]++
		counts[p.Grade]++
		for _, e := range []struct {
			bundle parser.Opt[string]
			line   parser.Opt[uint64]
		}{{p.ClientBundle, p.ClientLine}, {p.ServerBundle, p.ServerLine}} {
			if line, ok := e.line.Get(); ok {
				bundle, _ := e.bundle.Get()
				seen[place{bundle, line}]++
			}
		}
	}
	ends := 0
	for at, n := range seen {
		if ends += n; n > 1 {
			t.Errorf("line %d of %s is an end of %d pairs", at.line, at.bundle, n)
		}
	}
	talks := map[string]uint64{}
	for _, talk := range report.Talk {
		talks["all"] += talk.Connections
		talks["fine"] += talk.Fine
		talks["doubt"] += talk.Doubts
		talks["fault"] += talk.Faults
		for _, word := range talk.Verdicts {
			var n uint64
			name, number, _ := strings.Cut(word, "=")
			fmt.Sscan(number, &n)
			talks[name] += n
		}
	}
	if talks["all"] != uint64(len(report.Pairs)) {
		t.Errorf("talk has %d connections, and there are %d pairs", talks["all"], len(report.Pairs))
	}
	for name, n := range counts {
		if name != "ok" && talks[name] != n {
			t.Errorf("talk has %d of %s, and there are %d pairs", talks[name], name, n)
		}
	}
	if report.Faults != counts["fault"] || report.Doubts != counts["doubt"] || report.Fine != counts["fine"] {
		t.Errorf("%d faults, %d doubts, %d fine; the pairs have %v", report.Faults, report.Doubts, report.Fine, counts)
	}
	missing, sockets := 0, 0
	for _, m := range report.Missing {
		missing += int(m.Connections)
	}
	for _, m := range machines {
		if !m.earlier {
			sockets += len(m.sockets)
		}
	}
	if ends+missing != sockets {
		t.Errorf("%d ends of pairs and %d connections with missing peers; there are %d sockets", ends, missing, sockets)
	}
}

// TestFiles: what is asked for is in the list of files.
func TestFiles(t *testing.T) {
	for _, name := range Files() {
		if !slices.ContainsFunc(snapshot.Files, func(f snapshot.File) bool { return f.Name == name }) {
			t.Errorf("%s is not in the list of files", name)
		}
	}
}

// BenchmarkMatch compares 20 machines with 5,000 sockets each.
func BenchmarkMatch(b *testing.B) {
	var machines []*Machine
	const each = 5000
	for i := range 20 {
		m := made{host: fmt.Sprintf("h%d", i), at: noon, addresses: []string{fmt.Sprintf("10.0.0.%d", i+1)}, tcp: []parser.InetSocket{listener("0.0.0.0:80")}}
		for j := range each / 2 {
			next, before := (i+1+j%19)%20, (i+20-1-j%19)%20
			m.tcp = append(m.tcp,
				tcpSocket(fmt.Sprintf("10.0.0.%d:%d", i+1, 33000+j), fmt.Sprintf("10.0.0.%d:80", next+1), parser.Established, sendQ(uint64(max(0, j%500-490)))),
				tcpSocket(fmt.Sprintf("10.0.0.%d:80", i+1), fmt.Sprintf("10.0.0.%d:%d", before+1, 33000+j), parser.Established, recvQ(uint64(max(0, j%400-390)))))
		}
		machines = append(machines, m.gather())
	}
	b.ReportAllocs()
	for b.Loop() {
		if r := match(machines, Options{}); r.Faults+r.Doubts+r.Fine != 20*each/2 {
			b.Fatalf("%d faults, %d doubts, %d fine", r.Faults, r.Doubts, r.Fine)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20/each, "ns/socket")
}
