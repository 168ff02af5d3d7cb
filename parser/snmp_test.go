package parser

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// told is a sequence in text: a line for each row and each error.
func told[T any](seq func(func(T, error) bool), row func(T) string) string {
	var b strings.Builder
	for r, err := range seq {
		if err != nil {
			fmt.Fprintf(&b, "error: %v\n", err)
		} else {
			b.WriteString(row(r) + "\n")
		}
	}
	return b.String()
}

func counterText(c Counter) string {
	s := fmt.Sprintf("%d %s %s %d", c.Line, c.Section, c.Name, c.Value)
	if c.Negative {
		s += " negative"
	}
	return s
}

func TestSNMP(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{
			"a pair", "Tcp: MaxConn InSegs\nTcp: -1 5\n",
			"2 Tcp MaxConn 18446744073709551615 negative\n2 Tcp InSegs 5\n",
		},
		{
			"two pairs and an empty line between", "Ip: A\nIp: 1\n\nIp: A\nIp: 2\n",
			"2 Ip A 1\n5 Ip A 2\n",
		},
		{"more values than names", "Ip: A\nIp: 1 2\n", "2 Ip A 1\n"},
		{"CR LF", "Ip: A B\r\nIp: 1 2\r\n", "2 Ip A 1\n2 Ip B 2\n"},
		{"tabs and many blanks", "Ip:\tA   B\nIp: 1\t 2 \n", "2 Ip A 1\n2 Ip B 2\n"},
		{"no names", "Ip:\nIp:\n", ""},
		{
			"a value that is none costs its counter", "Ip: A B C\nIp: 1 2x 3\n",
			"2 Ip A 1\nerror: file:2: B \"2x\": invalid syntax\n2 Ip C 3\n",
		},
		{
			"two to the 64", "Ip: A B\nIp: 18446744073709551616 18446744073709551615\n",
			"error: file:2: A \"18446744073709551616\": value out of range\n2 Ip B 18446744073709551615\n",
		},
		{
			"signs", "Ip: A B C\nIp: +1 - -9223372036854775809\n",
			"error: file:2: A \"+1\": invalid syntax\nerror: file:2: B \"-\": invalid syntax\nerror: file:2: C \"-9223372036854775809\": value out of range\n",
		},
		{
			"values are missing", "Ip: A B C\nIp: 1\nTcp: X\nTcp: 2\n",
			"2 Ip A 1\nerror: file:2: B missing: row ends before this column\n4 Tcp X 2\n",
		},
		{
			"the line of values is missing", "Ip: A\nTcp: X\nTcp: 2\n",
			"error: file:1: \"Ip:\": no line of values for these names follows\n3 Tcp X 2\n",
		},
		{
			"the file ends behind the names", "Ip: A\nIp: 1\nTcp: X\n",
			"2 Ip A 1\nerror: file:3: \"Tcp:\": no line of values for these names follows\n",
		},
		{
			"a line without title", "junk\nIp: A\nIp: 1\n",
			"error: file:1: \"junk\": invalid syntax\n3 Ip A 1\n",
		},
		{
			"cut in a value", "Ip: A B C\nIp: 1 12",
			"2 Ip A 1\n2 Ip B 12\nerror: file:2: B \"12\": the file ends here without a newline, the value may be cut\n",
		},
		{
			"a hostile name does not reach the error", "Ip: A\x1b[2J\nIp: x\n",
			"error: file:2: value \"x\": invalid syntax\n",
		},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(SNMP("file", strings.NewReader(tt.in), Options{}), counterText); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
			if got := told(SNMP("file", iotest.OneByteReader(strings.NewReader(tt.in)), Options{}), counterText); got != tt.want {
				t.Errorf("byte by byte: got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestSNMPLongLineAndReadError(t *testing.T) {
	long := "Ip: A\nIp: " + strings.Repeat("1", MaxLine+1) + "\nTcp: X\nTcp: 1\n"
	in := io.MultiReader(strings.NewReader(long), iotest.ErrReader(errors.New("disk on fire")))
	want := "error: file:1: \"Ip:\": no line of values for these names follows\n" +
		"error: file:2: \"Ip: " + strings.Repeat("1", maxValue-4) + "\": line too long\n" +
		"4 Tcp X 1\nerror: file: cannot read beyond line 4: disk on fire\n"
	if got := told(SNMP("file", in, Options{}), counterText); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestSNMPStops(t *testing.T) {
	in := "Ip: A B\nIp: 1 x\nTcp: C\njunk\n"
	for stop := 1; stop <= 4; stop++ {
		n := 0
		for range SNMP("file", strings.NewReader(in), Options{}) {
			if n++; n == stop {
				break
			}
		}
	}
}

func TestSNMP6(t *testing.T) {
	in := "Ip6InReceives                   \t5\nIcmp6OutType135\t7\nFoo 1\nIp6X\nIp6Y 1x\nUdpLite6InErrors -1\n"
	want := "1 Ip6 Ip6InReceives 5\n2 Icmp6 Icmp6OutType135 7\n3 Foo Foo 1\n" +
		"error: file:4: Ip6X missing: row ends before this column\nerror: file:5: Ip6Y \"1x\": invalid syntax\n" +
		"6 UdpLite6 UdpLite6InErrors 18446744073709551615 negative\n"
	if got := told(SNMP6("file", strings.NewReader(in), Options{}), counterText); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestSCTPSNMP(t *testing.T) {
	in := "SctpCurrEstab                   \t5\n\nSctpT1InitExpireds 7\n"
	want := "1 Sctp SctpCurrEstab 5\nerror: file:2: name missing: row ends before this column\n3 Sctp SctpT1InitExpireds 7\n"
	if got := told(SCTPSNMP("file", strings.NewReader(in), Options{}), counterText); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// FuzzSNMP compares with a slow reading that splits lines and words by the
// standard library, and asks every error to name its line.
func FuzzSNMP(f *testing.F) {
	for _, seed := range []string{
		"Tcp: MaxConn InSegs\nTcp: -1 5\n", "Ip: A\nTcp: X\nTcp: 2\n", "Ip: A B C\nIp: 1 12", "junk\n\n:\n: \n", "Ip: A\r\nIp: 1\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got []string
		for c, err := range SNMP("file", strings.NewReader(string(data)), Options{}) {
			if err != nil {
				if !strings.HasPrefix(err.Error(), "file:") {
					t.Errorf("error %q does not begin with the file", err)
				}
				continue
			}
			got = append(got, fmt.Sprintf("%s %s %d %v", c.Section, c.Name, c.Value, c.Negative))
		}
		if want := slowSNMP(string(data)); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func FuzzSNMP6(f *testing.F) {
	f.Add([]byte("Ip6InReceives                   \t5\nIcmp6OutType135\t7\nFoo 1\nIp6X\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzRows(t, data, false, SNMP6)
		fuzzRows(t, data, false, SCTPSNMP)
	})
}

// bigPairs is a file like that of a new kernel, a few hundred times over.
func bigPairs() string {
	var names, values strings.Builder
	for i := range 200 {
		fmt.Fprintf(&names, " TCPCounterNumber%d", i)
		fmt.Fprintf(&values, " %d", i*1000003)
	}
	return strings.Repeat("TcpExt:"+names.String()+"\nTcpExt:"+values.String()+"\n", 100)
}

// TestSNMPAllocations: names are cut from few large pieces of memory.
func TestSNMPAllocations(t *testing.T) {
	in := bigPairs()
	n := 0
	allocs := testing.AllocsPerRun(5, func() {
		n = 0
		for range SNMP("file", strings.NewReader(in), Options{}) {
			n++
		}
	})
	if n != 20000 || allocs > 50 {
		t.Errorf("%d counters with %.0f allocations, want 20000 with at most 50", n, allocs)
	}
}

func BenchmarkSNMP(b *testing.B) {
	in := bigPairs()
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		for range SNMP("file", strings.NewReader(in), Options{}) {
		}
	}
}
