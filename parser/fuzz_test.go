package parser_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// seed adds real and generated files, damaged in typical ways.
func seed(f *testing.F, names ...string) {
	f.Helper()
	for _, name := range names {
		r := rand.New(rand.NewPCG(7, 7))
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			text, _ := tableNamed(f, name).random(r, fixtures.Kernel{Order: order}, 4)
			for _, damaged := range []string{
				text, text[:len(text)-1], text[:len(text)/2], strings.ReplaceAll(text, "\n", "\r\n"),
				strings.ReplaceAll(text, "0", "\x00"), strings.ReplaceAll(text, " ", "\t"), text + "\n\n \n" + text,
				strings.ReplaceAll(text, "0", "-1"), strings.ReplaceAll(text, ":", " "), "\x1b]0;x\a\n" + text,
			} {
				f.Add(damaged)
			}
		}
		file, _, _ := strings.Cut(name, " ")
		file = strings.TrimSuffix(strings.ReplaceAll(file, "-", "/"), "/16")
		if real := fromFixture(f, "lab-a", file); real != "" {
			f.Add(real[:min(len(real), 4000)])
		}
	}
	f.Add("")
	f.Add("\n")
}

// properties hold for every text in every format.
func properties(t *testing.T, tb table, text string) {
	res := tb.read(text, nil)
	for _, err := range res.errs {
		checkErrorText(t, tb.name, err)
	}
	// Lines in = rows + errors + headers. An ErrCut stands beside its row, and
	// the error of a header beside it.
	lines := strings.Count(text, "\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		lines++
	}
	accounted := len(res.rows) + min(lines, tb.header)
	for _, err := range res.errs {
		re, ok := errors.AsType[*parser.RowError](err)
		if ok && !errors.Is(err, parser.ErrCut) && re.Line > tb.header {
			accounted++
		}
	}
	ended := len(res.errs) == 1 && errors.As(res.errs[0], new(*parser.MissingColumnError)) || len(res.errs) == 2 && tb.name == "route"
	if tb.perLine && accounted != lines && !ended {
		t.Errorf("%d lines in, %d accounted for: %d rows and errors %q", lines, accounted, len(res.rows), res.texts())
	}
	if tb.name == "ip_address" {
		// A line of ip -o is an interface and, between backslashes, its details.
		lines += lines + strings.Count(text, `\`)
	}
	if !tb.perLine && accounted > lines {
		t.Errorf("%d lines in, %d rows and errors out", lines, accounted)
	}
	for i := 1; i < len(res.lines); i++ {
		if res.lines[i] <= res.lines[i-1] {
			t.Errorf("line %d comes behind line %d", res.lines[i], res.lines[i-1])
		}
	}
	if len(text) > 20_000 {
		return
	}
	if got := collect(tb.decode(iotest.OneByteReader(strings.NewReader(text)), parser.Options{})); !reflect.DeepEqual(got, res) {
		t.Errorf("byte by byte\n got %+v\nwant %+v", got, res)
	}
}

func fuzzTable(f *testing.F, names ...string) {
	seed(f, names...)
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range names {
			properties(t, tableNamed(t, name), text)
		}
	})
}

func FuzzUnix(f *testing.F)             { fuzzTable(f, "unix") }
func FuzzRoutes(f *testing.F)           { fuzzTable(f, "route") }
func FuzzRoutes6(f *testing.F)          { fuzzTable(f, "ipv6_route") }
func FuzzDev(f *testing.F)              { fuzzTable(f, "dev-16", "dev-16 glue", "dev-13", "dev-11") }
func FuzzIfInet6(f *testing.F)          { fuzzTable(f, "if_inet6") }
func FuzzFibTrie(f *testing.F)          { fuzzTable(f, "fib_trie") }
func FuzzSCTPEndpoints(f *testing.F)    { fuzzTable(f, "sctp-eps") }
func FuzzSCTPAssociations(f *testing.F) { fuzzTable(f, "sctp-assocs", "sctp-assocs-old") }
func FuzzPacket(f *testing.F)           { fuzzTable(f, "packet") }
func FuzzNetlink(f *testing.F)          { fuzzTable(f, "netlink", "netlink-rhel5", "netlink-rhel6") }
func FuzzARP(f *testing.F)              { fuzzTable(f, "arp") }
func FuzzIPLinks(f *testing.F)          { fuzzTable(f, "ip_address") }

// FuzzInet also compares with a slow reader that shares no code with ours.
func FuzzInet(f *testing.F) {
	seed(f, "tcp", "tcp6", "udp", "udp6", "raw", "udp-rhel5")
	f.Fuzz(func(t *testing.T, text string) {
		tb := tableNamed(t, "tcp")
		properties(t, tb, text)
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			res := tb.read(text, order)
			rows, bad := slowInet(text, order)
			if !reflect.DeepEqual(res.rows, rows) {
				t.Errorf("rows\n got %+v\nwant %+v", res.rows, rows)
			}
			var lines []int
			for _, err := range res.errs {
				if re, ok := errors.AsType[*parser.RowError](err); ok && re.Line > 1 {
					lines = append(lines, re.Line)
				}
			}
			if !reflect.DeepEqual(lines, bad) {
				t.Errorf("bad lines\n got %v %q\nwant %v", lines, res.texts(), bad)
			}
		}
	})
}

// slowInet reads a table with strings.Fields and strconv.
func slowInet(text string, order binary.ByteOrder) (rows []any, bad []int) {
	if text == "" {
		return nil, nil
	}
	lines := strings.Split(text, "\n")
	whole := strings.HasSuffix(text, "\n")
	if whole {
		lines = lines[:len(lines)-1]
	}
	crlf := strings.HasSuffix(lines[0], "\r") && len(lines[0]) <= parser.MaxLine
	drops := strings.Contains(lines[0], "drops") && len(lines[0]) <= parser.MaxLine
	for i, line := range lines[1:] {
		if crlf {
			line = strings.TrimSuffix(line, "\r")
		}
		last := i == len(lines)-2 && !whole
		s, ok := slowRow(line, order)
		if f := blankFields(line); ok && last && len(f) > 0 && strings.HasSuffix(line, f[len(f)-1]) && slowLastIsInode(line) {
			ok = false
		}
		if !ok || len(line) > parser.MaxLine {
			bad = append(bad, i+2)
			continue
		}
		slowTail(&s, line, drops, last)
		rows = append(rows, s)
	}
	return rows, bad
}

func blankFields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' })
}

// slowSplit gives sl and the columns behind it.
func slowSplit(line string) (slot string, f []string, ok bool) {
	slot, rest, ok := strings.Cut(strings.TrimLeft(line, " \t"), ":")
	return slot, blankFields(rest), ok
}

func slowLastIsInode(line string) bool {
	_, f, _ := slowSplit(line)
	return len(f) == 9
}

// slowTail reads the columns behind the inode, until one is odd.
func slowTail(s *parser.InetSocket, line string, drops, last bool) {
	_, f, _ := slowSplit(line)
	f = f[9:]
	if n := len(f); last && n > 0 && strings.HasSuffix(line, f[n-1]) {
		f = f[:n-1] // it may be cut
	}
	good := true
	next := func(text *string) bool {
		if good = good && len(f) > 0; good {
			*text, f = f[0], f[1:]
		}
		return good
	}
	unsigned := func(base, digits int) (o parser.Opt[uint64]) {
		var text string
		if next(&text) {
			v, err := strconv.ParseUint(text, base, 64)
			if good = err == nil && len(text) <= digits; good {
				o = parser.Some(v)
			}
		}
		return o
	}
	signed := func() (o parser.Opt[int64]) {
		var text string
		if next(&text) {
			v, err := strconv.ParseInt(text, 10, 64)
			if good = err == nil && text[0] != '+' && v >= -1<<31 && v < 1<<32 && len(strings.TrimPrefix(text, "-")) <= 19; good {
				o = parser.Some(v)
			}
		}
		return o
	}
	s.RefCount = signed()
	if p := unsigned(16, 16); p != parser.Some[uint64](0) {
		s.Pointer = p
	}
	if drops {
		if n, ok := signed().Get(); ok {
			s.Drops = parser.Some(uint64(uint32(n)))
		}
		return
	}
	full := *s
	full.RTO, full.ATO, full.QuickAck, full.CongestionWindow = unsigned(10, 19), unsigned(10, 19), unsigned(10, 19), unsigned(10, 19)
	threshold := signed()
	if n, ok := threshold.Get(); ok && n >= 0 {
		if s.State == parser.Listen {
			full.FastOpenQueue = threshold
		} else {
			full.SlowStartThreshold = threshold
		}
	}
	if s.State != parser.TimeWait && s.Timer != parser.TimerTimeWait && (threshold.Known() || last && s.State != parser.SynRecv) {
		*s = full
	}
}

func slowRow(line string, order binary.ByteOrder) (s parser.InetSocket, ok bool) {
	ok = true
	num := func(text string, base, bits int) uint64 {
		n, err := strconv.ParseUint(text, base, bits)
		ok = ok && err == nil
		return n
	}
	pair := func(text string, bits1, bits2 int) (uint64, uint64) {
		a, b, found := strings.Cut(text, ":")
		ok = ok && found
		return num(a, 16, bits1), num(b, 16, bits2)
	}
	addr := func(text string) netip.AddrPort {
		a, p, found := strings.Cut(text, ":")
		ok = ok && found && (len(a) == 8 || len(a) == 32)
		port := num(p, 16, 16)
		var raw []byte
		for i := 0; ok && i < len(a); i += 8 {
			var word [4]byte
			order.PutUint32(word[:], uint32(num(a[i:i+8], 16, 32)))
			raw = append(raw, word[:]...)
		}
		ip, valid := netip.AddrFromSlice(raw)
		ok = ok && valid
		return netip.AddrPortFrom(ip, uint16(port))
	}
	slot, f, found := slowSplit(line)
	if !found || len(f) < 9 {
		return s, false
	}
	s.Slot = num(slot, 10, 64)
	s.Local, s.Remote = addr(f[0]), addr(f[1])
	s.State = parser.State(num(f[2], 16, 8))
	s.SendQ, s.RecvQ = pair(f[3], 64, 64)
	tr, when := pair(f[4], 8, 64)
	s.Timer, s.TimerExpires = uint8(tr), when
	s.Retransmits = num(f[5], 16, 64)
	s.UID = uint32(num(f[6], 10, 32))
	timeout, err := strconv.ParseInt(f[7], 10, 64)
	ok = ok && err == nil && f[7][0] != '+' && timeout >= -1<<31 && timeout < 1<<32
	s.Timeout = int32(timeout)
	s.Inode = num(f[8], 10, 64)
	return s, ok
}
