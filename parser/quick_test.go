package parser_test

import (
	"encoding/binary"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// sameAsSlow: what the quick decoder takes, the cursor takes too, with the same values.
func sameAsSlow[T any](t *testing.T, text []byte, quick T, ok bool, slow T, err error) {
	t.Helper()
	if !ok {
		return
	}
	if err != nil {
		t.Fatalf("%q: the quick decoder gives %+v, the cursor %v", text, quick, err)
	}
	if !reflect.DeepEqual(quick, slow) {
		t.Fatalf("%q:\nquick %+v\n slow %+v", text, quick, slow)
	}
}

func inetBoth(t *testing.T, text []byte) (ok bool) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, drops := range []bool{false, true} {
			quick, took, slow, err := parser.InetBoth(text, order, drops)
			sameAsSlow(t, text, quick, took, slow, err)
			if err == nil && slow.State == parser.Listen && parser.NoListener(text) {
				t.Fatalf("%q: a listener is passed over", text)
			}
			ok = took
		}
	}
	return ok
}

func unixBoth(t *testing.T, text []byte) bool {
	quick, ok, slow, err := parser.UnixBoth(text)
	sameAsSlow(t, text, quick, ok, slow, err)
	return ok
}

// quickTables are lines of the tables that have a quick decoder.
func quickTables() (inet, unix []string) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, k := range []fixtures.Kernel{{}, {Order: binary.BigEndian}} {
		for _, name := range fixtures.InetFiles {
			rows := fixtures.Many(r, 300, func(r *rand.Rand) parser.InetSocket { return fixtures.RandomInet(r, name) })
			inet = append(inet, strings.Split(strings.TrimSuffix(k.Inet(name, rows), "\n"), "\n")[1:]...)
		}
		unix = append(unix, strings.Split(strings.TrimSuffix(k.Unix(fixtures.Many(r, 300, fixtures.TameUnix)), "\n"), "\n")[1:]...)
	}
	return inet, unix
}

// TestQuick: the quick decoders take nearly all rows of a kernel, and whatever happens
// to such a row, they say what the cursor says, or nothing.
func TestQuick(t *testing.T) {
	inet, unix := quickTables()
	for name, table := range map[string]struct {
		lines []string
		both  func(*testing.T, []byte) bool
	}{"inet": {inet, inetBoth}, "unix": {unix, unixBoth}} {
		taken := 0
		r := rand.New(rand.NewPCG(7, 8))
		for _, line := range table.lines {
			if table.both(t, []byte(line)) {
				taken++
			}
			for range 40 {
				table.both(t, mutated(r, []byte(line)))
			}
		}
		if taken*10 < len(table.lines)*9 {
			t.Errorf("%s: the quick decoder takes %d of %d rows, want nine of ten", name, taken, len(table.lines))
		}
	}
}

// mutated changes a few bytes of a line, mostly to those that lines are made of.
func mutated(r *rand.Rand, line []byte) []byte {
	const usual = "0123456789ABCDEFabcdefG@/:;-+ \t"
	line = append([]byte(nil), line...)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(line))
		c := usual[r.IntN(len(usual))]
		switch r.IntN(8) {
		case 0:
			line = line[:at]
		case 1:
			line = append(line[:at], line[at+1:]...)
		case 2:
			line = append(line[:at], append([]byte{c}, line[at:]...)...)
		case 3:
			line[at] = byte(r.IntN(256))
		default:
			line[at] = c
		}
		if len(line) == 0 {
			break
		}
	}
	return line
}

func FuzzQuick(f *testing.F) {
	inet, unix := quickTables()
	for i := range 20 {
		f.Add([]byte(inet[i*len(inet)/20]))
		f.Add([]byte(unix[i*len(unix)/20]))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		inetBoth(t, text)
		unixBoth(t, text)
	})
}
