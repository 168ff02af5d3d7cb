package parser

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

const (
	cacheHead    = "Iface\tDestination\tGateway \tFlags\t\tRefCnt\tUse\tMetric\tSource\t\tMTU\tWindow\tIRTT\tTOS\tHHRef\tHHUptod\tSpecDst   \n"
	oldCacheHead = "Iface\tDestination\tGateway \tFlags\t\tRefCnt\tUse\tMetric\tSource\t\tMTU\tWindow\tIRTT\tHH\tARP\n"
)

func cachedText(r CachedRoute) string {
	tos, _ := r.TOS.Get()
	dst, known := r.SpecDst.Get()
	s := fmt.Sprintf("%d %s %s %s %s %x %d %d %d %d %d %d %d %d", r.Line, r.Iface, r.Destination, r.Gateway, r.Source, r.Flags,
		r.RefCnt, r.Use, r.Metric, r.MTU, r.Window, r.IRTT, r.HHRef, r.HHUptod)
	if known {
		s += fmt.Sprintf(" %x %s", tos, dst)
	}
	return s
}

func TestCachedRoutes(t *testing.T) {
	const row = "eth0\t0101A8C0\t0201A8C0\t80000000\t1\t4294967295\t3\t0500000A\t1500\t4\t5\t"
	tests := []struct{ name, in, want string }{
		{
			"a row", cacheHead + row + "1C\t-1\t0\t0500000A      \n",
			"2 eth0 192.168.1.1 192.168.1.2 10.0.0.5 80000000 1 4294967295 3 1500 4 5 -1 0 1c 10.0.0.5\n",
		},
		{
			"Linux 2.0", oldCacheHead + row + "-1\t1\n",
			"2 eth0 192.168.1.1 192.168.1.2 10.0.0.5 80000000 1 4294967295 3 1500 4 5 -1 1\n",
		},
		{
			"padded flags", cacheHead + strings.Replace(row, "80000000", "       0", 1) + "00\t3\t1\t0500000A\n",
			"2 eth0 192.168.1.1 192.168.1.2 10.0.0.5 0 1 4294967295 3 1500 4 5 3 1 0 10.0.0.5\n",
		},
		{
			"short and bad", cacheHead + row + "00\t3\t1\n" + row + "G0\t3\t1\t0500000A\neth0\t1\n",
			"error: file:2: SpecDst missing: row ends before this column\nerror: file:3: TOS \"G0\": invalid syntax\nerror: file:4: Destination \"1\": invalid syntax\n",
		},
		{"no column", "Iface\tDestination\n" + row, "error: file:1: the header has no column \"Gateway\": no row can be read\n"},
		{"header only", cacheHead, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(CachedRoutes("file", strings.NewReader(tt.in), Options{}), cachedText); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestCachedRoutesBigEndian(t *testing.T) {
	in := cacheHead + "lo\t7F000001\tC0A80102\t0\t0\t0\t0\t0A000005\t0\t0\t0\t00\t-1\t0\t0A000005\n"
	want := "2 lo 127.0.0.1 192.168.1.2 10.0.0.5 0 0 0 0 0 0 0 -1 0 0 10.0.0.5\n"
	if got := told(CachedRoutes("file", strings.NewReader(in), Options{ByteOrder: binary.BigEndian}), cachedText); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func FuzzCachedRoutes(f *testing.F) {
	row := "lo\t7F000001\tC0A80102\t0\t0\t0\t0\t0A000005\t0\t0\t0\t00\t-1\t0\t0A000005\n"
	f.Add([]byte(row))
	f.Add([]byte(row + "\nx\n" + row[:40]))
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzRows(t, append([]byte(cacheHead), data...), true, CachedRoutes)
		fuzzRows(t, append([]byte(oldCacheHead), data...), true, CachedRoutes)
	})
}

func TestNeighbours6(t *testing.T) {
	in := "fe800000000000000123456789abcdef 28 80 01 02 00000100 00000200 00000300 0005 0001 0080     eth0 00a0c9112233\nfe80\n"
	want := "{1 fe80::123:4567:89ab:cdef 128 2 512 768 5 1 128 eth0 [0 160 201 17 34 51]}\nerror: file:2: address \"fe80\": invalid syntax\n"
	text := func(n Neighbour) string { return fmt.Sprintf("%v", n) }
	if got := told(Neighbours6("file", strings.NewReader(in), Options{}), text); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func FuzzNeighbours6(f *testing.F) {
	f.Add([]byte("fe800000000000000123456789abcdef 28 80 01 02 00000100 00000200 00000300 0005 0001 0080     eth0 00a0c9112233\nx\n"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRows(t, data, false, Neighbours6) })
}

const (
	masqHead    = "Prc FromIP   FPrt ToIP     TPrt Masq Init-seq  Delta PDelta Expires (free=40960,40960,40960)\n"
	oldMasqHead = "Prc FromIP   FPrt ToIP     TPrt Masq Init-seq  Delta Expires (free=40960)\n"
)

func TestMasquerades(t *testing.T) {
	const row = "TCP 0A000005:0400 C0A80101:0050 EA60 0000000A     -5 "
	tests := []struct{ name, in, want string }{
		{"a row", masqHead + row + "     7  89998   \n", "2 TCP 10.0.0.5:1024 192.168.1.1:80 60000 10 -5 7 89998\n"},
		{"the old layout", oldMasqHead + row + " 89998\n", "2 TCP 10.0.0.5:1024 192.168.1.1:80 60000 10 -5 ? 89998\n"},
		{
			"bad rows", masqHead + "FOO 1:2\n" + row + "\nTCP 10A000005:0400\nTCP 0A000005\nTCP 0A000005:10400\n",
			"error: file:2: Prc \"FOO\": invalid syntax\nerror: file:3: PDelta missing: row ends before this column\n" +
				"error: file:4: FromIP:FPrt \"10A000005:0400\": value out of range\nerror: file:5: FromIP:FPrt \"0A000005\": row ends before this column\n" +
				"error: file:6: FromIP:FPrt \"0A000005:10400\": value out of range\n",
		},
	}
	text := func(m Masquerade) string {
		previous := "?"
		if p, ok := m.PrevDelta.Get(); ok {
			previous = fmt.Sprint(p)
		}
		return fmt.Sprint(m.Line, " ", m.Protocol, " ", m.From, " ", m.To, " ", m.MasqPort, " ", m.InitSeq, " ", m.Delta, " ", previous, " ", m.Expires)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(Masquerades("file", strings.NewReader(tt.in), Options{}), text); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func FuzzMasquerades(f *testing.F) {
	f.Add([]byte("TCP 0A000005:0400 C0A80101:0050 EA60 0000000A     -5      7  89998   \nx\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzRows(t, append([]byte(masqHead), data...), true, Masquerades)
		fuzzRows(t, append([]byte(oldMasqHead), data...), true, Masquerades)
	})
}
