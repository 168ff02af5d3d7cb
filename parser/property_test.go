package parser_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// TestRoundTrip: what the kernel writes in either byte order is what is read.
func TestRoundTrip(t *testing.T) {
	for _, tb := range allTables() {
		t.Run(tb.name, func(t *testing.T) {
			r := rng(t)
			for range 40 {
				k := fixtures.RandomKernel(r)
				text, want := tb.random(r, k, r.IntN(30))
				res := tb.read(text, k.Order)
				if len(res.errs) > 0 {
					t.Fatalf("errors %q in\n%s", res.texts(), text)
				}
				if len(res.rows) != len(want) {
					t.Fatalf("%d rows, want %d, in\n%s", len(res.rows), len(want), text)
				}
				for i := range want {
					if !reflect.DeepEqual(res.rows[i], want[i]) {
						t.Fatalf("row %d\n got %+v\nwant %+v", i, res.rows[i], want[i])
					}
					if tb.perLine && res.lines[i] != tb.header+i+1 {
						t.Fatalf("row %d has line %d, want %d", i, res.lines[i], tb.header+i+1)
					}
				}
			}
		})
	}
}

// TestWrongOrder: the other byte order reads the same rows with other addresses,
// never with errors.
func TestWrongOrder(t *testing.T) {
	r := rng(t)
	for _, file := range []string{"tcp", "tcp6", "route"} {
		tb := tableNamed(t, file)
		text, want := tb.random(r, fixtures.Kernel{Order: binary.BigEndian}, 20)
		if res := tb.read(text, binary.LittleEndian); len(res.errs) > 0 || len(res.rows) != len(want) {
			t.Errorf("%s: %d rows and errors %q, want %d rows", file, len(res.rows), res.texts(), len(want))
		}
	}
}

// TestDefaultOrder: no byte order means little-endian.
func TestDefaultOrder(t *testing.T) {
	r := rng(t)
	for _, tb := range allTables() {
		text, _ := tb.random(r, fixtures.Kernel{}, 10)
		if a, b := tb.read(text, nil), tb.read(text, binary.LittleEndian); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: the zero Options differ from little-endian", tb.name)
		}
	}
}

// TestEveryPrefix: a file that was cut anywhere gives a prefix of its rows. Only
// the very last one may differ: optional values that may be cut are unknown, and
// if another one may be, an ErrCut follows.
func TestEveryPrefix(t *testing.T) {
	for _, tb := range allTables() {
		t.Run(tb.name, func(t *testing.T) {
			r := rng(t)
			text, want := tb.random(r, fixtures.Kernel{}, 6)
			for n := range len(text) + 1 {
				res := tb.read(text[:n], nil)
				sure := len(res.rows)
				if res.cut() {
					sure--
				}
				if tb.name == "ip_address" {
					sure-- // an interface has many lines; the last one may lack some
				}
				if len(res.rows) > len(want) {
					t.Fatalf("%d rows out of %q", len(res.rows), text[:n])
				}
				for i := range sure {
					whole := want[i]
					if i == len(res.rows)-1 {
						whole = forget(whole, res.rows[i])
					}
					if !reflect.DeepEqual(res.rows[i], whole) {
						t.Fatalf("cut after %q:\n got row %+v\nwant     %+v", text[max(0, n-60):n], res.rows[i], whole)
					}
				}
			}
		})
	}
}

// forget gives the whole row without the optional values that the cut one lacks.
func forget(whole, cut any) any {
	w := reflect.New(reflect.TypeOf(whole)).Elem()
	w.Set(reflect.ValueOf(whole))
	for i := range w.NumField() {
		c := reflect.ValueOf(cut).Field(i)
		if strings.HasPrefix(c.Type().Name(), "Opt[") && c.IsZero() {
			w.Field(i).SetZero()
		}
	}
	return w.Interface()
}

// TestUpToInode: it is the same rows with less in them, and the same errors.
func TestUpToInode(t *testing.T) {
	for _, file := range fixtures.InetFiles {
		r := rng(t)
		text, _ := tableNamed(t, file).random(r, fixtures.Kernel{}, 30)
		text += "bad\n" + text[:len(text)-5]
		want := tableNamed(t, file).read(text, nil)
		for i, row := range want.rows {
			s := row.(parser.InetSocket)
			s.RefCount, s.Pointer, s.RTO, s.ATO, s.QuickAck, s.CongestionWindow, s.SlowStartThreshold, s.FastOpenQueue, s.Drops = noNum, none, none, none, none, none, noNum, noNum, none
			want.rows[i] = s
		}
		got := collect(func(yield func(any, error) bool) {
			for s, err := range parser.Inet(file, strings.NewReader(text), parser.Options{UpToInode: true}) {
				if !yield(s, err) {
					return
				}
			}
		})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v\nwant %+v", file, got, want)
		}
	}
}

// TestNoFinalNewline: a collector that trims the end of a file loses no row, but
// it is said that the row may be cut.
func TestNoFinalNewline(t *testing.T) {
	for _, tb := range allTables() {
		t.Run(tb.name, func(t *testing.T) {
			r := rng(t)
			for range 10 {
				text, want := tb.random(r, fixtures.Kernel{}, 3)
				res := tb.read(strings.TrimRight(text, "\n\t "), nil)
				if tb.name == "unix" && want[2].(parser.UnixSocket).Path == "" {
					if len(res.rows) != 2 || len(res.errs) != 1 {
						t.Fatalf("%d rows and errors %q of\n%s", len(res.rows), res.texts(), text)
					}
					continue
				}
				if len(res.rows) != 3 {
					t.Fatalf("%d rows and errors %q, want 3 rows of\n%s", len(res.rows), res.texts(), text)
				}
			}
		})
	}
}

// TestCRLF: a file that went through a CR LF conversion gives the same rows.
func TestCRLF(t *testing.T) {
	for _, tb := range allTables() {
		t.Run(tb.name, func(t *testing.T) {
			r := rng(t)
			for range 10 {
				text, _ := tb.random(r, fixtures.Kernel{}, 8)
				want := tb.read(text, nil)
				if got := tb.read(strings.ReplaceAll(text, "\n", "\r\n"), nil); !reflect.DeepEqual(got, want) {
					t.Fatalf("with CR LF\n got %+v %q\nwant %+v", got, got.texts(), want)
				}
			}
		})
	}
}

// TestOneByteReader: how a reader cuts its answers plays no part.
func TestOneByteReader(t *testing.T) {
	for _, tb := range allTables() {
		t.Run(tb.name, func(t *testing.T) {
			r := rng(t)
			text, _ := tb.random(r, fixtures.Kernel{}, 20)
			text += "a bad row\n\n" + text
			want := tb.read(text, nil)
			for name, reader := range map[string]func() result{
				"one byte": func() result {
					return collect(tb.decode(iotest.OneByteReader(strings.NewReader(text)), parser.Options{}))
				},
				"half": func() result {
					return collect(tb.decode(iotest.HalfReader(strings.NewReader(text)), parser.Options{}))
				},
				"data with EOF": func() result {
					return collect(tb.decode(iotest.DataErrReader(strings.NewReader(text)), parser.Options{}))
				},
			} {
				if got := reader(); !reflect.DeepEqual(got, want) {
					t.Errorf("%s: differs from a plain reader:\n got %+v\nwant %+v", name, got, want)
				}
			}
		})
	}
}

// TestReadError: what came before the error is yielded, the error comes last.
func TestReadError(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, tb := range allTables() {
		t.Run(tb.name, func(t *testing.T) {
			r := rng(t)
			text, _ := tb.random(r, fixtures.Kernel{}, 5)
			want := tb.read(text, nil)
			res := collect(tb.decode(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(text))), parser.Options{}))
			if len(res.rows) > 0 || len(res.errs) == 0 {
				t.Errorf("after one byte: %d rows, errors %q", len(res.rows), res.texts())
			}
			res = collect(tb.decode(&failAfter{strings.NewReader(text), broken}, parser.Options{}))
			if !reflect.DeepEqual(res.rows, want.rows) || len(res.errs) != 1 {
				t.Fatalf("%d rows, errors %q; want %d rows and one error", len(res.rows), res.texts(), len(want.rows))
			}
			wantText := fmt.Sprintf("%s: cannot read beyond line %d: the disk is gone", tb.name, strings.Count(text, "\n"))
			if got := res.errs[0]; got.Error() != wantText || !errors.Is(got, broken) {
				t.Errorf("error %q, want %q", got, wantText)
			}
		})
	}
}

type failAfter struct {
	r   *strings.Reader
	err error
}

func (f *failAfter) Read(p []byte) (int, error) {
	if f.r.Len() == 0 {
		return 0, f.err
	}
	return f.r.Read(p)
}

// TestStuckReader: a reader that gives nothing for ever does not hang us.
func TestStuckReader(t *testing.T) {
	for _, tb := range allTables() {
		res := collect(tb.decode(stuck{}, parser.Options{}))
		want := tb.name + ": cannot read beyond line 0: multiple Read calls return no data or error"
		if got := strings.Join(res.texts(), "|"); len(res.rows) > 0 || got != want {
			t.Errorf("%s: error %q, want %q", tb.name, got, want)
		}
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// TestBadRowsKeepLaterRows: a row of rubbish costs itself.
func TestBadRowsKeepLaterRows(t *testing.T) {
	for _, tb := range allTables() {
		if !tb.perLine {
			continue
		}
		t.Run(tb.name, func(t *testing.T) {
			r := rng(t)
			text, _ := tb.random(r, fixtures.Kernel{}, 12)
			all := strings.SplitAfter(text, "\n")
			want := tb.read(text, nil)
			for _, bad := range []string{
				"rubbish\n", "\n", "   \n", "\x00\x00\n", "-1: x\n", "\x1b[31m: 0\n", "\xff\xfe\n", strings.Repeat("x", 200_000) + "\n",
			} {
				lines := append([]string{}, all[:tb.header+5]...)
				lines = append(append(lines, bad), all[tb.header+5:]...)
				res := tb.read(strings.Join(lines, ""), nil)
				if !reflect.DeepEqual(res.rows, want.rows) || len(res.errs) != 1 {
					t.Fatalf("with the row %.20q: %d rows, errors %q; want %d rows and one error",
						bad, len(res.rows), res.texts(), len(want.rows))
				}
				if line := res.lines[5]; line != tb.header+7 {
					t.Errorf("with the row %.20q: the row behind it has line %d, want %d", bad, line, tb.header+7)
				}
				var re *parser.RowError
				if !errors.As(res.errs[0], &re) || re.Line != tb.header+6 || re.File != tb.name {
					t.Errorf("with the row %.20q: error %q, want one of line %d", bad, res.errs[0], tb.header+6)
				}
				checkErrorText(t, tb.name, res.errs[0])
			}
		})
	}
}

// TestTrailingColumns: what stands behind the known columns is ignored.
func TestTrailingColumns(t *testing.T) {
	for _, tb := range allTables() {
		if !tb.perLine || tb.name == "unix" || tb.name == "sctp-eps" {
			continue // there the last column takes the rest of the line
		}
		t.Run(tb.name, func(t *testing.T) {
			r := rng(t)
			text, _ := tb.random(r, fixtures.Kernel{}, 12)
			want := tb.read(text, nil)
			all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
			for i := tb.header; i < len(all); i++ {
				all[i] += "\t1097 mqttd -5 zzz"
			}
			if got := tb.read(strings.Join(all, "\n")+"\n", nil); !reflect.DeepEqual(got, want) {
				t.Errorf("got %q %+v\nwant %+v", got.texts(), got.rows, want.rows)
			}
		})
	}
}

// TestStopEarly: a consumer may stop at any row.
func TestStopEarly(t *testing.T) {
	for _, tb := range allTables() {
		r := rng(t)
		text, _ := tb.random(r, fixtures.Kernel{}, 6)
		text = strings.ReplaceAll(text, "\n", "\nbad\n")
		total := len(tb.read(text, nil).seq)
		for n := range total + 1 {
			i := 0
			for range tb.decode(strings.NewReader(text), parser.Options{}) {
				if i++; i >= n {
					break
				}
			}
		}
	}
}

// TestRowsOwnTheirMemory: rows stay what they were while the rest is read.
func TestRowsOwnTheirMemory(t *testing.T) {
	for _, tb := range allTables() {
		r := rng(t)
		text, want := tb.random(r, fixtures.Kernel{}, 3000)
		res := tb.read(text, nil)
		if !reflect.DeepEqual(res.rows, want) {
			t.Errorf("%s: rows changed while the rest of the file was read", tb.name)
		}
	}
}

// forged is the capture in which names of UNIX sockets hold newlines.
const forged = "lab-b"

// TestCaptures: the real captures have no row that cannot be read, but for names
// with newlines in them, and each line is accounted for.
func TestCaptures(t *testing.T) {
	read := 0
	for _, host := range fixtures.Captures() {
		h := fixtures.Capture(t, host)
		for _, tb := range allTables() {
			data, ok := h.Table(strings.ReplaceAll(tb.name, "-", "/"))
			if tb.name == "dev-16" {
				data, ok = h.Table("dev")
			}
			if tb.name == "ip_address" {
				data, ok = h.Files["sos_commands/networking/ip_-d_address"]
			}
			if !ok || len(data) == 0 {
				continue
			}
			read++
			res := tb.read(string(data), nil)
			if bad := len(res.errs); bad > 0 != (host == forged && tb.name == "unix") || len(res.rows) == 0 && len(data) > 400 {
				t.Errorf("%s: %s: %d rows, errors %q", host, tb.name, len(res.rows), res.texts())
			}
			if lines := strings.Count(string(data), "\n"); tb.perLine && lines != tb.header+len(res.rows)+len(res.errs) {
				t.Errorf("%s: %s: %d rows of %d lines", host, tb.name, len(res.rows), lines)
			}
		}
	}
	if read < 50 {
		t.Errorf("%d tables were read, want at least 50", read)
	}
}

// checkErrorText: file and line first, and nothing that drives a terminal.
func checkErrorText(t testing.TB, file string, err error) {
	t.Helper()
	text := err.Error()
	for i := range len(text) {
		if b := text[i]; b < ' ' || b == 0x7f {
			t.Errorf("the error text %q holds a control byte", text)
		}
	}
	if strings.ToValidUTF8(text, "") != text {
		t.Errorf("the error text %q is not UTF-8", text)
	}
	if _, ok := errors.AsType[*parser.FileError](err); ok {
		if !strings.HasPrefix(text, file+": cannot read beyond line ") {
			t.Errorf("the error text %q does not say where reading ended", text)
		}
		return
	}
	rest, ok := strings.CutPrefix(text, file+":")
	digits, _, found := strings.Cut(rest, ": ")
	if !ok || !found || digits == "" || strings.Trim(digits, "0123456789") != "" {
		t.Errorf("the error text %q does not start with %s:LINE: ", text, file)
	}
}
