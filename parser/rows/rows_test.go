package rows_test

import (
	"encoding/base64"
	"encoding/binary"
	"iter"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// whole reads whole tables of a host.
func whole(t testing.TB, h *fixtures.Host) *rows.Reader {
	t.Helper()
	p, err := query.Options{}.Whole(false)
	if err != nil {
		t.Fatal(err)
	}
	root := h.FS()
	table, problems := names.Load(root, names.Bundle)
	for _, err := range problems {
		t.Fatal(err)
	}
	return &rows.Reader{Snapshot: snapshot.Load(root, snapshot.ByteOrder{}), Plan: p, Names: table}
}

// TestColumns: every column is described, under one name of one style, and its
// unit stands in its name.
func TestColumns(t *testing.T) {
	snake := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	suffix := map[string]string{"bytes": "_bytes", "milliseconds": "_ms", "seconds": "_seconds", "base64": "_bytes"}
	kinds := append(slices.Clone(rows.Kinds()), rows.SourceKind, rows.DiagnosticKind)
	kinds = append(kinds, slices.Concat(rows.AnswerKinds(), rows.TriageKinds())...)
	for _, k := range kinds {
		if !snake.MatchString(k.Name) || k.Doc == "" || len(k.Columns()) == 0 {
			t.Errorf("kind %q: doc %q, %d columns", k.Name, k.Doc, len(k.Columns()))
		}
		seen := map[string]bool{}
		for _, c := range k.Columns() {
			if !snake.MatchString(c.Name) || seen[c.Name] {
				t.Errorf("%s.%s: not a snake_case name, or there twice", k.Name, c.Name)
			}
			seen[c.Name] = true
			if c.Doc == "" || strings.HasSuffix(c.Doc, ".") || c.Show > 9 {
				t.Errorf("%s.%s: doc %q, show %d", k.Name, c.Name, c.Doc, c.Show)
			}
			if want := suffix[c.Unit]; want != "" && !strings.HasSuffix(c.Name, want) && !strings.Contains(c.Name, "_bytes") && !strings.Contains(c.Name, "_ms") {
				if c.Unit != "bytes" || k.Name != "interface" && k.Name != "diagnostic" { // rx_bytes; a column of text
					t.Errorf("%s.%s is in %s and does not say so in its name", k.Name, c.Name, c.Unit)
				}
			}
		}
		for _, f := range reflect.VisibleFields(k.Type()) {
			if f.Anonymous {
				continue
			}
			csv, json := f.Tag.Get("csv"), f.Tag.Get("json")
			if csv == "" || csv != json || !seen[csv] {
				t.Errorf("%s: field %s is %q in CSV and %q in JSON", k.Name, f.Name, csv, json)
			}
		}
	}
}

const (
	tcpHead = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	udpHead = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n"
)

// sockets reads the sockets of two made-up tables.
func sockets(t *testing.T, files map[string]string) []rows.Socket {
	t.Helper()
	r := whole(t, fixtures.NewHost(files))
	r.Snapshot = snapshot.Load(fixtures.NewHost(files).FS(), snapshot.ByteOrder{Order: little, From: "test"})
	return slices.Collect(r.Sockets())
}

// TestSocket: one row of each protocol, with all that its file holds.
func TestSocket(t *testing.T) {
	list := sockets(t, map[string]string{
		"proc/net/tcp": tcpHead +
			"   0: 0100007F:1538 0100007F:C932 01 00000010:00000021 01:0000001F 00000003    26        2 4711 3 ffff8800cdab1340 24 4 31 10 7\n",
		"proc/net/udp": udpHead +
			"  17: 00000000:0044 00000000:0000 07 00000000:00000300 00:00000000 00000000     0        0 4712 2 0000000000000000 12\n",
		"proc/net/raw": udpHead +
			"   1: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4713 2 0000000000000000 0\n",
		"proc/net/tcp6": tcpHead +
			"   0: 0000000000000000FFFF00000100007F:0050 0000000000000000FFFF00000200000A:C001 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000\n",
		"etc/services":     "postgresql 5432/tcp\nbootpc 68/udp\nhttp 80/tcp\n",
		"etc/hosts":        "127.0.0.1 localhost\n",
		"etc/passwd":       "postgres:x:26:26::/:/bin/sh\nroot:x:0:0::/:/bin/sh\n",
		"etc/protocols":    "icmp 1 ICMP\n",
		"proc/702/cmdline": "/usr/lib/postgres\x00",
		"proc/702/fd/5":    "socket:[4711]",
	})
	local := netip.MustParseAddr("127.0.0.1")
	any4 := netip.MustParseAddr("0.0.0.0")
	tcp, tcp6, udp, raw := list[0], list[1], list[2], list[3]
	want := rows.Socket{
		Protocol: "tcp", Family: "inet", RecvQ: some(uint64(33)), SendQ: some(uint64(16)),
		LocalAddress: some(local), LocalPort: some(uint64(5432)), LocalService: some("postgresql"), LocalHost: some("localhost"),
		RemoteAddress: some(local), RemotePort: some(uint64(51506)), RemoteHost: some("localhost"),
		StateNumber: 1, State: "ESTABLISHED", Direction: some("out"),
		TimerNumber: some(uint64(1)), Timer: some("on"), TimerMS: some(uint64(310)), Retransmits: some(uint64(3)), Probes: some(int64(2)),
		UID: some(uint64(26)), User: some("postgres"), Inode: some(uint64(4711)), Holder: rows.Holder{PID: some(uint64(702)), Program: some("postgres"), ProgramFrom: some("proc/702/fd")},
		RefCount: some(int64(3)), RTO: some(uint64(240)), ATO: some(uint64(40)), QuickAck: some(uint64(31)),
		CongestionWindow: some(uint64(10)), SlowStartThreshold: some(int64(7)),
		Slot: some(uint64(0)), Pointer: some("ffff8800cdab1340"),
		Origin: rows.Origin{File: "proc/net/tcp", Line: some(uint64(2))},
	}
	same(t, "tcp", tcp, want)
	// Of what is left of a connection the kernel prints zeros, which are not root's.
	same(t, "tcp6", tcp6, rows.Socket{
		Protocol: "tcp6", Family: "inet6", V4Mapped: true, RecvQ: some(uint64(0)), SendQ: some(uint64(0)),
		LocalAddress: some(local), LocalPort: some(uint64(80)), LocalService: some("http"),
		RemoteAddress: some(netip.MustParseAddr("10.0.0.2")), RemotePort: some(uint64(49153)),
		StateNumber: 6, State: "TIME_WAIT", Direction: some("out"),
		TimerNumber: some(uint64(3)), Timer: some("timewait"), TimerMS: some(uint64(60000)),
		Inode: some(uint64(0)), RefCount: some(int64(3)), Slot: some(uint64(0)), Origin: rows.Origin{File: "proc/net/tcp6", Line: some(uint64(2))},
	})
	same(t, "udp", udp, rows.Socket{
		Protocol: "udp", Family: "inet", RecvQ: some(uint64(768)), SendQ: some(uint64(0)),
		LocalAddress: some(any4), LocalPort: some(uint64(68)), LocalService: some("bootpc"),
		RemoteAddress: some(any4), RemotePort: some(uint64(0)), StateNumber: 7, State: "UNCONN",
		UID: some(uint64(0)), User: some("root"), Inode: some(uint64(4712)), RefCount: some(int64(2)), Drops: some(uint64(12)),
		Slot: some(uint64(17)), Origin: rows.Origin{File: "proc/net/udp", Line: some(uint64(2))},
	})
	same(t, "raw", raw, rows.Socket{
		Protocol: "raw", Family: "inet", RecvQ: some(uint64(0)), SendQ: some(uint64(0)),
		LocalAddress: some(any4), RemoteAddress: some(any4), IPProtocol: some(uint64(1)), IPProtocolName: some("icmp"),
		StateNumber: 7, State: "UNCONN", UID: some(uint64(0)), User: some("root"), Inode: some(uint64(4713)),
		RefCount: some(int64(2)), Drops: some(uint64(0)), Slot: some(uint64(1)),
		Origin: rows.Origin{File: "proc/net/raw", Line: some(uint64(2))},
	})
}

// row is a tcp row with the columns that matter here.
func row(local, remote, state, rx, inode string) string {
	timer := "00:00000000"
	if state == "06" {
		timer = "03:00001770"
	}
	return "   0: " + local + " " + remote + " " + state + " 00000000:" + rx + " " + timer + " 00000000     0        0 " + inode + " 1 0000000000000000 20 4 30 10 -1\n"
}

// TestDirection: who began a connection, and who waits in which queue.
func TestDirection(t *testing.T) {
	const (
		here, there = "0200000A:0050", "0900000A:C350" // 10.0.0.2:80, 10.0.0.9:50000
		any, other  = "00000000:0050", "0300000A:0050"
		none        = "00000000:0000"
	)
	listener := row(any, none, "0A", "00000003", "100")
	type want struct{ direction, listener, queue string }
	for _, tt := range []struct {
		name, tcp string
		want      want // of the last row
	}{
		{"to a listener on any", listener + row(here, there, "01", "00000000", "5"), want{direction: "in"}},
		{"to a listener on the address", row(here, none, "0A", "00000001", "100") + row(here, there, "01", "00000000", "5"), want{direction: "in"}},
		{"no listener", row(here, there, "01", "00000000", "5"), want{direction: "out"}},
		{"a listener of the port on another address", row(other, none, "0A", "00000000", "100") + row(here, there, "01", "00000000", "5"), want{}},
		{"being opened", listener + row(here, there, "02", "00000000", "5"), want{direction: "out"}},
		{"being accepted, the listener gone", row(here, there, "03", "00000000", "0"), want{direction: "in"}},
		{"over", listener + row(here, there, "06", "00000000", "0"), want{direction: "in"}},
		{"the listener itself", listener, want{queue: "3"}},
		{"waits to be accepted", listener + row(here, there, "01", "00000000", "0"), want{"in", "0.0.0.0:80", "3"}},
		{"waited until the client gave up", listener + row(here, there, "08", "00000001", "0"), want{"in", "0.0.0.0:80", "3"}},
		{"the nearer listener counts", listener + row(here, none, "0A", "00000007", "101") + row(here, there, "01", "00000000", "0"), want{"in", "10.0.0.2:80", "7"}},
		{"two listeners share the port", listener + listener + row(here, there, "01", "00000000", "0"), want{"in", "0.0.0.0:80", ""}},
		{"an orphan does not wait", listener + row(here, there, "04", "00000000", "0"), want{direction: "in"}},
		{"a bad row may be the listener", "   0: ZZ\n" + row(here, there, "01", "00000000", "5"), want{}},
		{"a cut row may be the listener", row(here, there, "01", "00000000", "5") + "   1: 0000", want{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list := sockets(t, map[string]string{"proc/net/tcp": tcpHead + tt.tcp})
			s := list[len(list)-1]
			var got want
			got.direction, _ = s.Direction.Get()
			got.listener, _ = s.Listener.Get()
			got.queue, _ = s.AcceptQueue.MarshalCSV()
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// TestDirectionPerFamily: an IPv6 listener says nothing of an IPv4 socket.
func TestDirectionPerFamily(t *testing.T) {
	listener := row("00000000000000000000000000000000:0050", "00000000000000000000000000000000:0000", "0A", "00000000", "1")
	mapped := row("0000000000000000FFFF00000200000A:0050", "0000000000000000FFFF00000900000A:C350", "01", "00000000", "2")
	list := sockets(t, map[string]string{
		"proc/net/tcp":  tcpHead + row("0200000A:0050", "0900000A:C351", "01", "00000000", "3"),
		"proc/net/tcp6": tcpHead + listener + mapped,
	})
	var got []string
	for _, s := range list {
		d, _ := s.Direction.Get()
		got = append(got, s.Protocol+" "+d)
	}
	if want := []string{"tcp out", "tcp6 ", "tcp6 in"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestUnixQueue: who waits for a UNIX listener has no inode and its path.
func TestUnixQueue(t *testing.T) {
	const head = "Num       RefCount Protocol Flags    Type St Inode Path\n"
	r := whole(t, fixtures.NewHost(map[string]string{"proc/net/unix": head +
		"0: 00000002 00000000 00010000 0001 01 100 /run/a\n" +
		"0: 00000002 00000000 00000000 0001 02 0 /run/a\n" +
		"0: 00000003 00000000 00000000 0001 03 0 /run/a\n" +
		"0: 00000003 00000000 00000000 0001 03 7 /run/a\n" +
		"0: 00000002 00000000 00010000 0001 01 101 @b\n" +
		"0: 00000003 00000000 00000000 0001 03 0 /run/nobody\n" +
		"0: 00000002 00000000 00000000 0002 01 102\n"}))
	var got []string
	for u := range r.UnixSockets() {
		queue, _ := u.AcceptQueue.MarshalCSV()
		waiting, _ := u.Waiting.MarshalCSV()
		got = append(got, u.Path+"|"+queue+"|"+waiting)
	}
	want := []string{"/run/a|2|", "/run/a||true", "/run/a||true", "/run/a||", "@b|0|", "/run/nobody||", "||"}
	if !slices.Equal(got, want) {
		t.Errorf("path|accept_queue|waiting\n got %q\nwant %q", got, want)
	}
}

// TestPathBytes: what a path really is can always be had.
func TestPathBytes(t *testing.T) {
	for path, bytes := range map[string]bool{
		"/run/a b": false, "/run/ünïcode": false, "@x": false, `/a\b`: false,
		"/\x1b[31m": true, "/\xff": true, "/\u202egnp.exe": true, "@\x00x": true, "/\u009b31m": true,
	} {
		r := whole(t, fixtures.NewHost(map[string]string{"proc/net/unix": "Inode\n0: 2 0 0 1 1 7 " + path + "\n"}))
		for u := range r.UnixSockets() {
			text, ok := u.PathBytes.Get()
			raw, err := base64.StdEncoding.DecodeString(text)
			if ok != bytes || err != nil || ok && string(raw) != path {
				t.Errorf("%q: path_bytes %q, decoded %q, %v", path, text, raw, err)
			}
			if want := strings.ReplaceAll(path, "\x00", "@"); u.Path != want {
				t.Errorf("%q: path %q", path, u.Path)
			}
		}
	}
}

// TestSort: numbers as numbers, unknown last either way, equal ones in the
// order of the file.
func TestSort(t *testing.T) {
	h := fixtures.NewHost(map[string]string{"proc/net/udp": udpHead +
		"   1: 0100007F:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     9        0 1 2 0 30\n" +
		"   2: 0100007F:0009 00000000:0000 07 00000000:00000000 00:00000000 00000000    10        0 2 2 0\n" +
		"   3: 0100007F:03E8 00000000:0000 07 00000000:00000000 00:00000000 00000000     9        0 3 2 0 4\n" +
		"   4: 0100007F:0009 00000000:0000 07 00000000:00000000 00:00000000 00000000     8        0 4 2 0\n"})
	k, _ := rows.KindByName("socket")
	for sort, want := range map[string][]uint64{
		"local_port": {2, 4, 1, 3}, "-local_port": {3, 1, 2, 4},
		"drops": {3, 1, 2, 4}, "-drops": {1, 3, 2, 4},
		"uid,-inode": {4, 3, 1, 2}, "local_address": {1, 2, 3, 4},
	} {
		var keys []rows.SortKey
		for name := range strings.SplitSeq(sort, ",") {
			c, ok := k.Column(strings.TrimPrefix(name, "-"))
			if !ok {
				t.Fatal(name)
			}
			keys = append(keys, rows.SortKey{Column: c, Reverse: name[0] == '-'})
		}
		var got []uint64
		for row := range k.Rows(whole(t, h), keys) {
			inode, _ := row.(*rows.Socket).Inode.Get()
			got = append(got, inode)
		}
		if !slices.Equal(got, want) {
			t.Errorf("--sort %s: inodes %v, want %v", sort, got, want)
		}
	}
}

// TestWant: what nobody looks at costs no table.
func TestWant(t *testing.T) {
	h := fixtures.NewHost(map[string]string{
		"proc/net/tcp":   tcpHead + row("0200000A:0050", "0900000A:C350", "01", "00000000", "5"),
		"proc/7/cmdline": "x", "proc/7/fd/3": "socket:[5]",
	})
	r := whole(t, h)
	r.Want = func(column string) bool { return column == "state" }
	for s := range r.Sockets() {
		if s.PID.Known() || s.Direction.Known() {
			t.Errorf("looked at the processes or the listeners: %+v", s)
		}
	}
	for s := range whole(t, h).Sockets() {
		if !s.PID.Known() || !s.Direction.Known() {
			t.Errorf("did not look at them: %+v", s)
		}
	}
}

// TestWhole: whole tables have every row that their files have.
func TestWhole(t *testing.T) {
	for _, host := range fixtures.Captures() {
		h := fixtures.Capture(t, host)
		r := whole(t, h)
		got := map[string]int{}
		for _, k := range rows.Kinds() {
			if k.About {
				continue
			}
			for row := range k.Rows(r, nil) {
				c, _ := k.Column("file")
				got[string(c.Of(rows.RowOf(row)).AppendText(nil))]++
			}
		}
		s := r.Snapshot
		want := map[string]int{
			"proc/net/unix": count(s.Unix().Rows()), "proc/net/route": count(s.Routes().Rows()),
			"proc/net/ipv6_route": count(s.Routes6().Rows()), "proc/net/arp": count(s.ARP().Rows()),
			"proc/net/packet": count(s.Packet().Rows()), "proc/net/netlink": count(s.Netlink().Rows()),
			"proc/net/igmp": count(s.IGMP().Rows()), "proc/net/igmp6": count(s.IGMP6().Rows()),
		}
		for _, file := range []string{"tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6"} {
			want["proc/net/"+file] = count(s.Inet("proc/net/" + file).Rows())
		}
		for _, file := range []string{"proc/net/snmp", "proc/net/netstat", "proc/net/snmp6", "proc/net/sctp/snmp"} {
			want[file] = count(s.Counters(file).Rows())
		}
		for file, n := range want {
			if got[file] != n {
				t.Errorf("%s: %d rows of %s, the file has %d", host, got[file], file, n)
			}
		}
	}
}

func count[T any](rows iter.Seq2[T, error]) (n int) {
	for _, err := range rows {
		if err == nil {
			n++
		}
	}
	return n
}

// TestSeen: "not in the bundle", "empty" and "no rows" are three answers.
func TestSeen(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		seen  bool
		said  string
	}{
		{"absent", map[string]string{"etc/hosts": ""}, false, "absent"},
		{"empty", map[string]string{"proc/net/unix": ""}, false, "empty"},
		{"no rows", map[string]string{"proc/net/unix": "Num       RefCount Protocol Flags    Type St Inode Path\n"}, true, ""},
	} {
		said := &states{}
		r := whole(t, fixtures.NewHost(tt.files))
		r.Report = said
		if n := len(slices.Collect(r.UnixSockets())); n != 0 {
			t.Errorf("%s: %d rows", tt.name, n)
		}
		if r.Seen() != tt.seen || said.text != tt.said {
			t.Errorf("%s: seen %v, said %q; want %v, %q", tt.name, r.Seen(), said.text, tt.seen, tt.said)
		}
	}
}

// states notes why tables have no rows.
type states struct {
	rows.Quiet
	text string
}

func (s *states) Lacking(_ string, state snapshot.State, _ error, _ query.Asked) {
	s.text += map[snapshot.State]string{snapshot.Absent: "absent", snapshot.Empty: "empty", snapshot.Failed: "failed"}[state]
}

// same compares two rows field by field.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
			t.Errorf("%s: %s\n got %+v\nwant %+v", what, g.Type().Field(i).Name, g.Field(i), w.Field(i))
		}
	}
}

func some[T any](v T) parser.Opt[T] { return parser.Some(v) }

var little = binary.LittleEndian
