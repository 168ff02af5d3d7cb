package parser_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
)

// The columns that a command was asked for.
const (
	askUsers     = 1 << iota // -e
	askTimers                // -o
	askProcesses             // -p
	askAll       = askUsers | askTimers | askProcesses
)

// A writtenText is what a command would print of its rows, line by line.
type writtenText struct {
	head string
	rows []writtenRow
}

type writtenRow struct {
	line string
	want parser.PrintedSocket
}

func (w writtenText) String() string {
	b := strings.Builder{}
	b.WriteString(w.head)
	for _, r := range w.rows {
		b.WriteString(r.line + "\n")
	}
	return b.String()
}

// commandNames are names that a process can give itself. None looks like the end
// of a list of ss: what is made of those is in TestSSUsers.
var commandNames = []string{"sshd", "a b", "(sd-pam)", `q"uote`, "x),(y", "on (1.00/1/1)", "a,b", "uid:7 ino:8", "", "naïve", "\x1b[2J"}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// randomInet makes a socket that both commands can show, with a peer if it has a state.
func randomInet(r *rand.Rand) parser.PrintedSocket {
	table := pick(r, "tcp", "tcp6", "udp", "udp6", "raw", "raw6")
	size := 4
	if strings.HasSuffix(table, "6") {
		size = 16
	}
	addr := func() netip.Addr {
		a := randomAddr(r, size)
		if size == 16 && r.IntN(4) == 0 {
			return netip.AddrFrom16(randomAddr(r, 4).As16()) // mapped
		}
		return a
	}
	port := func() uint16 { return uint16(1 + r.IntN(65535)) }
	s := parser.InetSocket{Local: netip.AddrPortFrom(addr(), port()), State: parser.Close, RecvQ: uint64(r.Uint32()), SendQ: uint64(r.Uint32())}
	none := netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
	if size == 16 {
		none = netip.AddrPortFrom(netip.IPv6Unspecified(), 0)
	}
	s.Remote = none
	switch {
	case strings.HasPrefix(table, "tcp") && r.IntN(3) == 0:
		s.State, s.SendQ = parser.Listen, 0
	case strings.HasPrefix(table, "tcp"):
		s.State, s.Remote = pick(r, parser.Established, parser.SynSent, parser.SynRecv, parser.FinWait1, parser.FinWait2,
			parser.TimeWait, parser.CloseWait, parser.LastAck, parser.Closing), netip.AddrPortFrom(addr(), port())
	case r.IntN(2) == 0:
		s.State, s.Remote = parser.Established, netip.AddrPortFrom(addr(), port())
		if strings.HasPrefix(table, "raw") {
			s.Remote = netip.AddrPortFrom(s.Remote.Addr(), 0)
		}
	}
	if s.UID, s.Inode = uint32(r.IntN(3))*r.Uint32()>>1, uint64(r.Uint32()); s.State == parser.TimeWait {
		s.UID, s.Inode = 0, 0
	}
	return parser.PrintedSocket{Table: table, Inet: s}
}

func randomUnix(r *rand.Rand) parser.UnixSocket {
	s := parser.UnixSocket{Type: pick[uint16](r, 1, 2, 5), State: pick[uint8](r, 1, 3), HasInode: true, Inode: uint64(1 + r.Uint32())}
	s.Path = pick(r, "", "/run/x", "@abstract", "/run/with blanks", "/run/(x)", "@/tmp/\x1b[1m")
	if s.Type != 2 && r.IntN(3) == 0 {
		s.State, s.Flags = 1, parser.UnixAccept
	}
	return s
}

// writeNetstat writes rows as net-tools does with -W (tcp_do_one, udp_do_one,
// raw_do_one and unix_do_one of netstat.c).
func writeNetstat(r *rand.Rand, n, ask int) (w writtenText) {
	w.head = netstatHead
	for i, column := range []string{"User       Inode      ", "", "PID/Program name     "} {
		if ask&(1<<i) != 0 {
			w.head += column
		}
	}
	if ask&askTimers != 0 {
		w.head += "Timer"
	}
	w.head += "\n"
	unixHead := netstatUnix + "Path"
	if ask&askProcesses != 0 {
		unixHead = strings.TrimSuffix(netstatUnixP, "\n")
	}
	for range n {
		w.rows = append(w.rows, netstatInetRow(r, ask))
	}
	for i := range n {
		row := netstatUnixRow(r, ask)
		if i == 0 {
			row.line = unixHead + "\n" + row.line
		}
		w.rows = append(w.rows, row)
	}
	return w
}

// netstatProcess writes the program column, which ends a name after 20 characters
// with its process.
func netstatProcess(r *rand.Rand, ask int, p *parser.Printed) string {
	switch {
	case ask&askProcesses == 0:
		return ""
	case r.IntN(3) == 0:
		return fmt.Sprintf("%-20s ", "-")
	}
	pid := uint64(1 + r.IntN(4_000_000))
	p.PID, p.Program = parser.Some(pid), pick(r, commandNames...)
	return fmt.Sprintf("%-20s ", fmt.Sprintf("%d/%s", pid, p.Program))
}

func netstatInetRow(r *rand.Rand, ask int) writtenRow {
	row := writtenRow{want: randomInet(r)}
	s := &row.want.Inet
	s.Printed = new(parser.Printed)
	address := func(a netip.AddrPort) string {
		if port := fmt.Sprint(a.Port()); port != "0" {
			return a.Addr().Unmap().String() + ":" + port
		}
		return a.Addr().Unmap().String() + ":*"
	}
	state := s.State.String()
	switch {
	case strings.HasPrefix(row.want.Table, "raw"):
		state = fmt.Sprint(uint8(s.State))
	case s.State == parser.Close:
		state = ""
	}
	line := fmt.Sprintf("%-4s  %6d %6d %-23s %-23s %-11s ", row.want.Table, s.RecvQ, s.SendQ, address(s.Local), address(s.Remote), state)
	if ask&askUsers != 0 {
		line += fmt.Sprintf("%-10d %-10d ", s.UID, s.Inode)
	} else {
		s.UID, s.Inode, s.Printed.Lacks = 0, 0, noUser
	}
	line += netstatProcess(r, ask, s.Printed)
	if ask&askTimers != 0 {
		names := []string{"off", "on", "keepalive", "timewait", "probe"}
		s.Timer, s.TimerExpires = uint8(r.IntN(len(names))), r.Uint64N(1_000_000)
		s.Retransmits, s.Timeout = r.Uint64N(16), int32(r.IntN(9)-1)
		line += fmt.Sprintf("%s (%d.%02d/%d/%d)", names[s.Timer], s.TimerExpires/100, s.TimerExpires%100, s.Retransmits, s.Timeout)
	} else {
		s.Printed.Lacks |= noTimer
	}
	row.line = line
	return row
}

func netstatUnixRow(r *rand.Rand, ask int) writtenRow {
	s := randomUnix(r)
	s.Printed, s.RefCount = new(parser.Printed), r.Uint32()
	flags := "[ "
	for _, f := range []struct {
		bit  uint32
		name string
	}{{parser.UnixAccept, "ACC "}, {parser.UnixWait, "W "}, {parser.UnixNoSpace, "N "}} {
		if f.bit != parser.UnixAccept && r.IntN(4) == 0 {
			s.Flags |= f.bit
		}
		if s.Flags&f.bit != 0 {
			flags += f.name
		}
	}
	state := ""
	switch {
	case s.Flags&parser.UnixAccept != 0:
		state = "LISTENING"
	case s.State == 3:
		state = "CONNECTED"
	}
	kind := map[uint16]string{1: "STREAM", 2: "DGRAM", 5: "SEQPACKET"}[s.Type]
	line := fmt.Sprintf("unix  %-6d %-11s %-10s %-13s %-8d ", s.RefCount, flags+"]", kind, state, s.Inode)
	line += netstatProcess(r, ask, s.Printed) + s.Path
	return writtenRow{line, parser.PrintedSocket{Table: "unix", Unix: s}}
}

// writeSS writes rows as an ss of today does (misc/ss.c). Its heading names the
// processes, so that `*` is any IPv6 address, and its first row has a timer if it
// was asked for them, so that no later row lacks one.
func writeSS(r *rand.Rand, n, ask int) (w writtenText) {
	w.head = "Netid State      Recv-Q Send-Q          Local Address:Port        Peer Address:Port Process\n"
	for i := range n {
		w.rows = append(w.rows, ssInetRow(r, ask, i == 0))
	}
	for range n {
		w.rows = append(w.rows, ssUnixRow(r, ask))
	}
	return w
}

func ssProcesses(r *rand.Rand, ask int, p *parser.Printed) string {
	if ask&askProcesses == 0 || r.IntN(3) == 0 {
		return ""
	}
	var users []string
	for range 1 + r.IntN(3) {
		pid, name := uint64(1+r.IntN(4_000_000)), pick(r, commandNames...)
		users = append(users, fmt.Sprintf(`("%s",pid=%d,fd=%d)`, name, pid, r.IntN(1000)))
		if least, known := p.PID.Get(); !known || pid < least {
			p.PID, p.Program = parser.Some(pid), name
		}
	}
	return " users:(" + strings.Join(users, ",") + ")"
}

// msTimer writes a time as print_ms_timer does, and gives what is left of it.
func msTimer(ms uint64) (text string, left uint64) {
	minutes, seconds, ms := ms/60_000, ms/1000%60, ms%1000
	if minutes > 0 {
		ms, text = 0, fmt.Sprintf("%dmin", minutes)
	}
	if minutes > 9 {
		seconds = 0
	}
	if seconds > 9 {
		ms = 0
	}
	switch {
	case seconds > 0 && ms > 0:
		text += fmt.Sprintf("%d.%03dms", seconds, ms)
	case seconds > 0:
		text += fmt.Sprintf("%dsec", seconds)
	case ms > 0:
		text += fmt.Sprintf("%03dms", ms)
	}
	return text, minutes*60_000 + seconds*1000 + ms
}

// ssTimerOf gives the socket a timer and writes it. Its number counts what the
// kernel's inet_sk_diag_fill puts there.
func ssTimerOf(r *rand.Rand, s *parser.InetSocket) string {
	s.Timer = uint8(1 + r.IntN(4))
	text, left := msTimer(pick(r, r.Uint64N(1000), r.Uint64N(10_000), r.Uint64N(60_000), r.Uint64N(600_000), r.Uint64N(8_000_000)))
	s.TimerExpires = left / 10
	number := r.IntN(16)
	if s.Timer == parser.TimerKeepalive || s.Timer == parser.TimerProbe {
		s.Timeout = int32(number)
		s.Printed.Lacks = s.Printed.Lacks&^noTimer | parser.LacksRetransmits
	} else {
		s.Retransmits = uint64(number)
		s.Printed.Lacks = s.Printed.Lacks&^noTimer | parser.LacksTimeout
	}
	name := []string{"", "on", "keepalive", "timewait", "persist"}[s.Timer]
	return fmt.Sprintf(" timer:(%s,%s,%d)", name, text, number)
}

func ssInetRow(r *rand.Rand, ask int, first bool) writtenRow {
	row := writtenRow{want: randomInet(r)}
	s := &row.want.Inet
	s.Printed = &parser.Printed{Lacks: noUser | noTimer}
	v6only := r.IntN(2) == 0
	address := func(a netip.AddrPort) string {
		host := a.Addr().String()
		switch {
		case a.Addr() == netip.IPv6Unspecified() && !v6only:
			host = "*"
		case a.Addr().Is6():
			host = "[" + host + "]"
		case r.IntN(4) == 0:
			host += "%eth0"
		}
		if a.Port() == 0 {
			return host + ":*"
		}
		return fmt.Sprint(host, ":", a.Port())
	}
	var state string
	for word, n := range map[string]parser.State{
		"ESTAB": parser.Established, "SYN-SENT": parser.SynSent, "SYN-RECV": parser.SynRecv, "FIN-WAIT-1": parser.FinWait1,
		"FIN-WAIT-2": parser.FinWait2, "TIME-WAIT": parser.TimeWait, "UNCONN": parser.Close, "CLOSE-WAIT": parser.CloseWait,
		"LAST-ACK": parser.LastAck, "LISTEN": parser.Listen, "CLOSING": parser.Closing,
	} {
		if n == s.State {
			state = word
		}
	}
	send := s.SendQ
	if s.State == parser.Listen {
		send = uint64(r.IntN(5000))
		s.Printed.Backlog = parser.Some(send)
	}
	netid := strings.TrimSuffix(row.want.Table, "6")
	line := fmt.Sprintf("%-5s %-10s %-6d %-6d %23s %20s", netid, state, s.RecvQ, send, address(s.Local), address(s.Remote))
	line += ssProcesses(r, ask, s.Printed)
	if ask&askTimers != 0 {
		if first || r.IntN(2) == 0 {
			line += ssTimerOf(r, s)
		} else {
			s.Printed.Lacks &^= ssNoTimer
		}
	}
	if ask&askUsers != 0 {
		if s.UID != 0 {
			line += fmt.Sprint(" uid:", s.UID)
		}
		line += fmt.Sprint(" ino:", s.Inode, " sk:1 cgroup:/a uid:9 ino:10 <->")
		s.Printed.Lacks &^= noUser
	} else {
		s.UID, s.Inode = 0, 0
	}
	row.line = line + "\n\t skmem:(r0,rb131072) cubic timer:(on,1sec,1) ino:5"
	return row
}

func ssUnixRow(r *rand.Rand, ask int) writtenRow {
	s := randomUnix(r)
	s.Printed = &parser.Printed{Lacks: parser.LacksRefCount | parser.LacksFlags}
	state, send, path := "UNCONN", r.IntN(5000), s.Path
	switch {
	case s.Flags != 0:
		state, s.Printed.Lacks, s.Printed.Backlog = "LISTEN", parser.LacksRefCount, parser.Some(uint64(send))
	case s.State == 3:
		state = "ESTAB"
	}
	if path == "" {
		path = "*"
	}
	netid := map[uint16]string{1: "u_str", 2: "u_dgr", 5: "u_seq"}[s.Type]
	line := fmt.Sprintf("%-5s %-10s %-6d %-6d %27s %-20d %s %d", netid, state, 0, send, path, s.Inode, "*", r.Uint32())
	line += ssProcesses(r, ask, s.Printed) + " <->"
	return writtenRow{line, parser.PrintedSocket{Table: "unix", Unix: s}}
}

type socketWriter struct {
	name  string
	read  socketReader
	file  string
	write func(*rand.Rand, int, int) writtenText
}

func socketWriters() []socketWriter {
	return []socketWriter{
		{"netstat", parser.NetstatSockets, "netstat_-W", writeNetstat},
		{"ss", parser.SSSockets, "x", writeSS},
	}
}

// describe prints what Printed points to as well.
func describe(p parser.PrintedSocket) string {
	printed := p.Inet.Printed
	if p.Table == "unix" {
		printed = p.Unix.Printed
	}
	if printed == nil {
		return fmt.Sprintf("%+v", p)
	}
	return fmt.Sprintf("%+v %+v", p, *printed)
}

// TestPrintedRoundTrip: what netstat and ss print of random sockets is read back,
// with each set of columns; what is not printed is lacking and zero.
func TestPrintedRoundTrip(t *testing.T) {
	for _, w := range socketWriters() {
		t.Run(w.name, func(t *testing.T) {
			r := rng(t)
			for i := range 400 {
				ask := i & askAll
				text := w.write(r, 6, ask)
				rows, errs := printedSockets(w.read, w.file, strings.NewReader(text.String()))
				if len(errs) > 0 || len(rows) != len(text.rows) {
					t.Fatalf("%d rows, want %d, and errors %q in\n%s", len(rows), len(text.rows), errs, text)
				}
				for i, row := range text.rows {
					got := rows[i]
					if got.Inet.Line = 0; got.Table == "unix" {
						got.Unix.Line = 0
					}
					if !reflect.DeepEqual(got, row.want) {
						t.Fatalf("%s\n got %s\nwant %s", row.line, describe(got), describe(row.want))
					}
				}
			}
		})
	}
}

// TestPrintedEveryPrefix: a text that was cut anywhere gives a prefix of its rows.
// Only the very last one may differ, and then an error follows it: its value may
// be cut.
func TestPrintedEveryPrefix(t *testing.T) {
	for _, w := range socketWriters() {
		t.Run(w.name, func(t *testing.T) {
			text := w.write(rng(t), 4, askAll).String()
			whole, _ := printedSockets(w.read, w.file, strings.NewReader(text))
			for n := range len(text) {
				rows, errs := printedSockets(w.read, w.file, strings.NewReader(text[:n]))
				sure := rows
				if len(errs) > 0 && len(rows) > 0 {
					sure = rows[:len(rows)-1]
				}
				if len(errs) > 1 || len(rows) > len(whole) ||
					!slices.EqualFunc(sure, whole[:len(sure)], func(a, b parser.PrintedSocket) bool { return reflect.DeepEqual(a, b) }) {
					t.Fatalf("the first %d bytes: %d rows, errors %q; they are no beginning of the rows of\n%s", n, len(rows), errs, text)
				}
			}
		})
	}
}
