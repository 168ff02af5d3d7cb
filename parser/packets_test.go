package parser

import (
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
)

// rareTests are the tables of families that hardly anybody has: a file with a
// good row and a bad one, and what comes of it.
var rareTests = []struct {
	name   string
	in     string
	want   string
	header bool
	run    func(string) string
	fuzz   func(*testing.T, []byte, bool)
}{
	rare("ax25", AX25, false, "00000000 bcsf0 DL1ABC-15* DL2XYZ,DIG1*,DIG2 3 2 1 5 0 10 0 3 0 300 0 10 0 10 2 256 1 100 7 12345\n"+
		"00000000 ??? DL1ABC * 0 0 0 5 0 10 0 3 0 300 0 10 0 10 2 256 1 * * *\nx\n00000000 a b c 0 0 0 5 0 10 0 3 0 300 0 10 0 10 2 256 1 *1 2\n",
		"{1  DL2XYZ DL1ABC-15*   bcsf0 0 0 3 2 1 100 7}\n{2  * DL1ABC   ??? 0 0 0 0 0 0 0}\n"+
			"error: file:3: magic \"x\": invalid syntax\nerror: file:4: Snd-Q \"*1\": invalid syntax\n"),
	rare("nr", Netrom, true, "user_addr dest_node\nDL1ABC    DL2NOD-1  DL3NOD-2  nr0  01/02 05/06  3   2   1   3   0/120  0/05   0/180   0/900  0/03   4   100   200 12345\nDL1 DL2 DL3\n",
		"{2 DL1ABC DL2NOD-1 DL3NOD-2   nr0 0 0 3 2 1 100 200}\nerror: file:3: dev missing: row ends before this column\n"),
	rare("rose", Rose, true, "dest_addr\n2080175520 DL1ABC-1  2080175521 DL2ABC    rose0 0A1 00005  3  1  2\n2080175520 DL1ABC-1  2080175521 DL2ABC    rose0 0A1 0000A  3\n",
		"{2  2080175520 2080175521 DL1ABC-1 DL2ABC rose0 161 5 3 0 0 0 0}\nerror: file:3: neigh \"0000A\": invalid syntax\n"),
	rare("x25", X25, true, "dest_addr\n123456     *          eth0  00A  3  1  2  3   0   3 200 180 180    10    20 12345\n123456 * eth0 00A 256\n",
		"{2  123456 *   eth0 10 0 3 1 2 10 20}\nerror: file:3: st \"256\": value out of range\n"),
	rare("ipx", IPX, true, "Local_Address\n12345678:4001   Not_Connected 00000010  00000020  01     033\n"+
		"12345678:4001   0:0000ABCDEF01:0451 00000010  00000020  07     4294967295\n12345678\n1:2:3:4 x\n1:10000 Not_Connected\n",
		"{2 {305419896 [0 0 0 0 0 0] false 16385} {{0 [0 0 0 0 0 0] false 0} false} 16 32 ESTABLISHED 33}\n"+
			"{3 {305419896 [0 0 0 0 0 0] false 16385} {{0 [0 0 171 205 239 1] true 1105} true} 16 32 CLOSE 4294967295}\n"+
			"error: file:4: Local_Address \"12345678\": row ends before this column\nerror: file:5: Local_Address \"1:2:3:4\": invalid syntax\n"+
			"error: file:6: Local_Address \"1:10000\": value out of range\n"),
	rare("ax25_route", AX25Routes, true, "callsign\nDL1ABC-1  ax0  d DIGI\nDL2       ax0 \nDL3\n",
		"{2 DL1ABC-1 ax0 d}\n{3 DL2 ax0 }\nerror: file:4: dev missing: row ends before this column\n"),
	rare("x25_routes", X25Routes, true, "Address\n123456           3       lo   \n                 0       eth1 \n123 x eth0\n",
		"{2 123456 3 lo}\n{3  0 eth1}\nerror: file:4: Digits \"x\": invalid syntax\n"),
	rare("ipx_route", IPXRoutes, true, "Network\n12345678   87654321     0000ABCDEF01\n00000001   Directly     Connected\n1 2 g\n",
		"{2 305419896 false 2271560481 [0 0 171 205 239 1]}\n{3 1 true 0 [0 0 0 0 0 0]}\nerror: file:4: Router_Node \"g\": invalid syntax\n"),
	rare("nr_nodes", NetromNodes, true, "callsign\nDL1NOD-1  MNEMO    2 2  200   5 00001   20   6 00002\nDL1 M 1 255 1 2 3\n",
		"{2 DL1NOD-1 MNEMO 2 [{200 5 1} {20 6 2}]}\nerror: file:3: qual missing: row ends before this column\n"),
	rare("nr_neigh", NetromNeighbours, true, "addr\n00001 DL1NEI    ax0   150\nx\n", "{2 1 DL1NEI ax0}\nerror: file:3: addr \"x\": invalid syntax\n"),
	rare("rose_nodes", RoseNodes, true, "address\n2080175520 0010 2 00001 00002\n2080175522 0010 1 loopback\n2080175522 0000 0\n2080175522 0000 2 00001\n",
		"{2 2080175520 10 [1 2] false}\n{3 2080175522 10 [] true}\n{4 2080175522 0 [] false}\nerror: file:5: neigh missing: row ends before this column\n"),
	rare("rose_neigh", RoseNeighbours, true, "addr\n00001 DL1NEI    ax0      1\n00002\n", "{2 1 DL1NEI ax0}\nerror: file:3: callsign missing: row ends before this column\n"),
	rare("atalk_route", AtalkRoutes, true, "Target\nDefault     0002:0B  3     eth0\n0001:0A     0002:0B  x     eth0\n",
		"{2 Default 0002:0B 3 eth0}\nerror: file:3: Flags \"x\": invalid syntax\n"),
}

func rare[T any](name string, decode func(string, io.Reader, Options) iter.Seq2[T, error], header bool, in, want string) (tt struct {
	name   string
	in     string
	want   string
	header bool
	run    func(string) string
	fuzz   func(*testing.T, []byte, bool)
},
) {
	tt.name, tt.in, tt.want, tt.header = name, in, want, header
	tt.run = func(in string) string {
		return told(decode("file", strings.NewReader(in), Options{}), func(row T) string { return fmt.Sprint(row) })
	}
	tt.fuzz = func(t *testing.T, data []byte, header bool) { fuzzRows(t, data, header, decode) }
	return tt
}

func TestRareTables(t *testing.T) {
	for _, tt := range rareTests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.run(tt.in); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

// TestHugeCounts: a count in a row is not believed. These took a minute for each row.
func TestHugeCounts(t *testing.T) {
	const n = "4294967295"
	want := "error: file:2: n \"" + n + "\": value out of range\n"
	if got := told(RoseNodes("file", strings.NewReader("address\n2080175520 0010 "+n+" 00001\n"), Options{}), func(s RoseNode) string { return fmt.Sprint(s) }); got != want {
		t.Errorf("rose_nodes: got %q, want %q", got, want)
	}
	if got := told(NetromNodes("file", strings.NewReader("callsign\nDL1ABC * 1 "+n+" 1 2 3\n"), Options{}), func(s NetromNode) string { return fmt.Sprint(s) }); got != want {
		t.Errorf("nr_nodes: got %q, want %q", got, want)
	}
}

func TestAX25Old(t *testing.T) {
	in := "dest_addr src_addr  dev  st vs vr va t1 t2 t3 idle n2 rtt wnd paclen Snd-Q Rcv-Q\n" +
		"DL2XYZ-1  DL1ABC    ax0  3  4 5 6 1/10 2/20 3/30 4/40 5/50 6 7 8 9 10\nDL2XYZ-1  DL1ABC    ax0  0  4 5 6 1/10 2/20 3/30 4/40 5/50 6 7 8\n"
	want := "{2  DL2XYZ-1 DL1ABC   ax0 0 0 3 4 5 9 10}\n{3  DL2XYZ-1 DL1ABC   ax0 0 0 0 4 5 0 0}\n"
	if got := told(AX25("file", strings.NewReader(in), Options{}), func(s PacketSocket) string { return fmt.Sprint(s) }); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// FuzzRareTables feeds the same bytes to all of these decoders.
func FuzzRareTables(f *testing.F) {
	for _, tt := range rareTests {
		f.Add([]byte(tt.in))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if strings.HasPrefix(string(data), "dest_addr") {
			data = append([]byte(" "), data...) // not the header of an old ax25
		}
		for _, tt := range rareTests {
			tt.fuzz(t, data, tt.header)
		}
	})
}
