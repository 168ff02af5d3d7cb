package parser

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"testing"
	"testing/iotest"
)

func TestSockstat(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{
			"Linux 6.1", "sockets: used 1444\nTCP: inuse 261 orphan 1 tw 3 alloc 270 mem 512\nUDP: inuse 3 mem 0\nFRAG: inuse 0 memory 0\n",
			"1 sockets used 1444\n2 TCP inuse 261\n2 TCP orphan 1\n2 TCP tw 3\n2 TCP alloc 270\n2 TCP mem 512\n3 UDP inuse 3\n3 UDP mem 0\n4 FRAG inuse 0\n4 FRAG memory 0\n",
		},
		{"of IPv6", "TCP6: inuse 17\nRAW6: inuse 1\n", "1 TCP6 inuse 17\n2 RAW6 inuse 1\n"},
		{
			"a memory that has gone below 0", "UDP: inuse 3 mem -2\n",
			"1 UDP inuse 3\n1 UDP mem 18446744073709551614 negative\n",
		},
		{
			"a value that is none", "TCP: inuse x orphan 1 tw 1e3\n",
			"error: file:1: inuse \"x\": invalid syntax\n1 TCP orphan 1\nerror: file:1: tw \"1e3\": invalid syntax\n",
		},
		{
			"a name without its number", "TCP: inuse 1 orphan\nUDP: inuse 2\n",
			"1 TCP inuse 1\nerror: file:1: orphan missing: row ends before this column\n2 UDP inuse 2\n",
		},
		{
			"a number too big", "TCP: mem 18446744073709551616 tw 1\n",
			"error: file:1: mem \"18446744073709551616\": value out of range\n1 TCP tw 1\n",
		},
		{
			"a line without a title", "junk 5\n\nTCP:\nTCP: tw 1\n",
			"error: file:1: \"junk 5\": invalid syntax\n4 TCP tw 1\n",
		},
		{
			"cut in a value", "TCP: inuse 1 mem 12",
			"1 TCP inuse 1\n1 TCP mem 12\nerror: file:1: mem \"12\": the file ends here without a newline, the value may be cut\n",
		},
		{
			"a hostile name does not reach the error", "TCP: \x1b[2J x\n",
			"error: file:1: value \"x\": invalid syntax\n",
		},
		{"CR LF", "TCP: inuse 1\r\nUDP: inuse 2\r\n", "1 TCP inuse 1\n2 UDP inuse 2\n"},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(Sockstat("file", strings.NewReader(tt.in), Options{}), counterText); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
			if got := told(Sockstat("file", iotest.OneByteReader(strings.NewReader(tt.in)), Options{}), counterText); got != tt.want {
				t.Errorf("byte by byte: got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestSockstatLongLineAndReadError(t *testing.T) {
	in := io.MultiReader(strings.NewReader("TCP: "+strings.Repeat("1", MaxLine+1)+"\nUDP: mem 1\n"), iotest.ErrReader(errors.New("disk on fire")))
	want := "error: file:1: \"TCP: " + strings.Repeat("1", maxValue-5) + "\": line too long\n2 UDP mem 1\nerror: file: cannot read beyond line 2: disk on fire\n"
	if got := told(Sockstat("file", in, Options{}), counterText); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestSockstatStops(t *testing.T) {
	for stop := 1; stop <= 4; stop++ {
		n := 0
		for range Sockstat("file", strings.NewReader("TCP: a 1 b x\njunk\nUDP: c 1"), Options{}) {
			if n++; n == stop {
				break
			}
		}
	}
}

// FuzzSockstat compares with a slow reading that splits lines and words by the
// standard library, and asks every error to name its line.
func FuzzSockstat(f *testing.F) {
	for _, seed := range []string{
		"sockets: used 8\nTCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\nUDP: inuse 1\n", "TCP: mem -1 x y 5\n", "junk\n\n:\n: \n: a 1", "TCP: a 1\r\nUDP: b 2\r\n", "TCP: inuse",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got []string
		for c, err := range Sockstat("file", strings.NewReader(string(data)), Options{}) {
			if err != nil {
				if !strings.HasPrefix(err.Error(), "file:") {
					t.Errorf("error %q does not begin with the file", err)
				}
				continue
			}
			got = append(got, fmt.Sprintf("%s %s %d %v", c.Section, c.Name, c.Value, c.Negative))
		}
		if want := slowSockstat(string(data)); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func slowSockstat(data string) (out []string) {
	data = strings.TrimPrefix(data, "\xef\xbb\xbf")
	crlf := false
	for i, line := range strings.Split(data, "\n") {
		if i == 0 {
			crlf = strings.HasSuffix(line, "\r")
		}
		if crlf {
			line = strings.TrimSuffix(line, "\r")
		}
		title, rest, ok := strings.Cut(line, ":")
		if !ok || len(line) > MaxLine {
			continue
		}
		words := fields(rest)
		for n := 0; n+1 < len(words); n += 2 {
			v, ok := new(big.Int).SetString(words[n+1], 10)
			if !ok || words[n+1][0] == '+' || !plain(words[n+1]) || v.BitLen() > 64 || v.Cmp(new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(1), 63))) < 0 {
				continue
			}
			negative := words[n+1][0] == '-'
			u := new(big.Int).Abs(v).Uint64()
			if negative {
				u = -u
			}
			out = append(out, fmt.Sprintf("%s %s %d %v", title, words[n], u, negative))
		}
	}
	return out
}
