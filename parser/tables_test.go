package parser_test

import (
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// A table is one file format, for the tests that all formats have to pass.
type table struct {
	name    string
	header  int  // lines of the header
	perLine bool // each line after the header is one row
	decode  func(r io.Reader, o parser.Options) iter.Seq2[any, error]
	// random writes n rows as a kernel does and gives them back, Line zero.
	random func(r *rand.Rand, k fixtures.Kernel, n int) (text string, rows []any)
}

// make1 builds a table of the parser's function and the kernel's.
func make1[T any](name string, header int, perLine bool,
	decode func(string, io.Reader, parser.Options) iter.Seq2[T, error],
	write func(fixtures.Kernel, []T) string, random func(*rand.Rand) T,
) table {
	return table{
		name: name, header: header, perLine: perLine,
		decode: func(r io.Reader, o parser.Options) iter.Seq2[any, error] {
			return anyRows(decode(name, r, o))
		},
		random: func(r *rand.Rand, k fixtures.Kernel, n int) (string, []any) {
			rows := fixtures.Many(r, n, random)
			list := make([]any, n)
			for i := range rows {
				list[i] = rows[i]
			}
			return write(k, rows), list
		},
	}
}

func allTables() []table {
	var list []table
	for _, file := range fixtures.InetFiles {
		list = append(list, make1(file, 1, true, parser.Inet,
			func(k fixtures.Kernel, rows []parser.InetSocket) string { return k.Inet(file, rows) },
			func(r *rand.Rand) parser.InetSocket { return fixtures.RandomInet(r, file) }))
	}
	list = append(list,
		make1("udp-rhel5", 1, true, parser.Inet, fixtures.Kernel.RHEL5,
			func(r *rand.Rand) parser.InetSocket {
				s := fixtures.RandomInet(r, "udp")
				s.Drops = parser.Opt[uint64]{}
				return s
			}),
		make1("unix", 1, true, parser.Unix, fixtures.Kernel.Unix, fixtures.RandomUnix),
		make1("route", 1, true, parser.Routes, fixtures.Kernel.Routes, fixtures.RandomRoute),
		make1("ipv6_route", 0, true, parser.Routes6, fixtures.Kernel.Routes6, fixtures.RandomRoute6),
		make1("if_inet6", 0, true, parser.IfInet6, fixtures.Kernel.IfInet6, fixtures.RandomInet6Addr),
		make1("sctp-eps", 1, true, parser.SCTPEndpoints, fixtures.Kernel.SCTPEndpoints, fixtures.RandomEndpoint),
		make1("sctp-assocs", 1, true, parser.SCTPAssociations, fixtures.Kernel.SCTPAssociations, fixtures.RandomAssociation),
		make1("sctp-assocs-old", 1, true, parser.SCTPAssociations, fixtures.Kernel.OldAssociations, fixtures.RandomOldAssociation),
		make1("packet", 1, true, parser.Packet, fixtures.Kernel.Packet, fixtures.RandomPacket),
		make1("netlink", 1, true, parser.Netlink, fixtures.Kernel.Netlink, fixtures.RandomNetlink),
		make1("netlink-rhel5", 1, true, parser.Netlink, fixtures.Kernel.NetlinkRHEL5, fixtures.RandomNetlinkRHEL5),
		make1("netlink-rhel6", 1, true, parser.Netlink, fixtures.Kernel.NetlinkRHEL6, fixtures.RandomNetlinkRHEL6),
		make1("arp", 1, true, parser.ARP, fixtures.Kernel.ARP, fixtures.RandomARP),
		make1("igmp", 1, false, parser.IGMP, fixtures.Kernel.IGMP, fixtures.RandomIGMP),
		make1("igmp6", 0, true, parser.IGMP6, fixtures.Kernel.IGMP6, fixtures.RandomIGMP6),
		make1("nf_conntrack", 0, true, parser.Conntracks, fixtures.Kernel.Conntracks, fixtures.RandomConntrack),
		make1("fib_trie", 0, false, parser.FibTrie, fixtures.Kernel.FibTrie, fixtures.RandomFib),
		make1("ip_address", 0, false, parser.IPLinks,
			func(_ fixtures.Kernel, rows []parser.IPLink) string { return fixtures.IPAddress(rows) }, fixtures.RandomLink),
	)
	for _, layout := range []string{fixtures.Dev16, fixtures.Dev16Glue, fixtures.Dev13, fixtures.Dev11} {
		list = append(list, make1("dev-"+layout, 2, true, parser.Dev,
			func(k fixtures.Kernel, rows []parser.DevCounters) string { return k.Dev(layout, rows) },
			func(r *rand.Rand) parser.DevCounters { return fixtures.RandomDev(r, layout) }))
	}
	return list
}

func tableNamed(t testing.TB, name string) table {
	t.Helper()
	for _, tb := range allTables() {
		if tb.name == name {
			return tb
		}
	}
	t.Fatalf("no table %q", name)
	return table{}
}

// result is what a sequence yielded.
type result struct {
	rows  []any // Line zeroed
	lines []int // their Line
	errs  []error
	seq   []bool // in order: true for a row
}

// anyRows is what collect takes.
func anyRows[T any](seq iter.Seq2[T, error]) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for row, err := range seq {
			if !yield(row, err) {
				return
			}
		}
	}
}

func collect(seq iter.Seq2[any, error]) (res result) {
	for row, err := range seq {
		res.seq = append(res.seq, err == nil)
		if err != nil {
			res.errs = append(res.errs, err)
			continue
		}
		v := reflect.New(reflect.TypeOf(row)).Elem()
		v.Set(reflect.ValueOf(row))
		res.lines = append(res.lines, int(v.FieldByName("Line").Int()))
		v.FieldByName("Line").SetInt(0)
		res.rows = append(res.rows, v.Interface())
	}
	return res
}

func (tb table) read(text string, order binary.ByteOrder) result {
	return collect(tb.decode(strings.NewReader(text), parser.Options{ByteOrder: order}))
}

func (res result) texts() []string {
	var list []string
	for _, err := range res.errs {
		list = append(list, err.Error())
	}
	return list
}

// cut reports whether the last thing yielded is the warning that the row before
// it may be incomplete.
func (res result) cut() bool {
	return len(res.errs) > 0 && !res.seq[len(res.seq)-1] && errors.Is(res.errs[len(res.errs)-1], parser.ErrCut)
}

// rng gives each test its own reproducible numbers.
func rng(t testing.TB) *rand.Rand {
	t.Helper()
	var seed uint64 = 2026
	for _, b := range []byte(t.Name()) {
		seed = seed*31 + uint64(b)
	}
	return rand.New(rand.NewPCG(seed, 1))
}

// fromFixture gives the named table of a capture, or nothing if it has none.
func fromFixture(t testing.TB, host, file string) string {
	t.Helper()
	data, _ := fixtures.Capture(t, host).Table(file)
	return string(data)
}
