package parser_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
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

// TestNetstatAgainstKernel compares netstat's texts with the kernel's files of the
// same machine: each row is in both.
func TestNetstatAgainstKernel(t *testing.T) {
	checkDifferences(t, []diffCase{
		{parser.NetstatSockets, bigEndian, "cmd/netstat_-W_-neopa", 430, nil},
		{parser.NetstatSockets, bigEndian, "cmd/netstat_-anpoee_--wide", 850, nil},
		{parser.NetstatSockets, bigEndian, "cmd/busybox_netstat_-ane", 0, nil},
		{parser.NetstatSockets, manyRows, "cmd/netstat_-W_-neoa", 50, nil},
		{parser.NetstatSockets, manyRows, "cmd/netstat_-an", 0, nil},
		{parser.NetstatSockets, coreos, "sos_commands/networking/netstat_-W_-neopa", 20, sent},
	})
}

var _ = errors.Is
var _ = path.Base
var _ = reflect.DeepEqual
var _ = iotest.OneByteReader
