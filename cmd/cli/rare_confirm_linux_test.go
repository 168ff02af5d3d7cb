package cli

import (
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// Rows as the kernel's formats of each file give them; no capture has them.
const (
	ax25File = "0000000012345678 bcsf0 DL1ABC-15 DL2XYZ 0 3 4 5 0 10 0 3 0 300 0 10 0 10 2 256 1 100 7 12345\n" +
		"0000000012345678 ax0 DL1ABC* DL2XYZ-1,DIGI*,DIGI2 3 3 4 5 0 10 0 3 0 300 0 10 0 10 2 256 1 0 0 12345\n" +
		"0000000012345678 ??? DL1ABC * 1 1000 -1 5 0 10 0 3 0 300 0 10 0 10 2 256 1 * * *\n" +
		"0000000012345678 ax0 DL1ABC DL3 2 0 0 5 0 10 0 3 0 300 0 10 0 10 2 256 1 -1 1234567 1\n" +
		"0000000012345678 averylongname15 LONGCALL-15 LONGCALL-14 4 0 0 5 0 10 0 3 0 300 0 10 0 10 2 256 1 0 0 1\n"
	ax25Old = "dest_addr src_addr  dev  st vs vr va t1 t2 t3 idle n2 rtt wnd paclen Snd-Q Rcv-Q\n" +
		"DL2XYZ-1  DL1ABC    ax0  3  4 5 6 1/10 2/20 3/30 4/40 5/50 6 7 8 9 10 11\n" +
		"DL2XYZ-1  DL1ABC    ax0  0  4 5 6 1/10 2/20 3/30 4/40 5/50 6 7 8\n"
	netromFile = "user_addr dest_node src_node  dev    my  your  st  vs  vr  va    t1     t2     t4      idle   n2  wnd Snd-Q Rcv-Q inode\n" +
		"DL1ABC    DL2NOD-1  DL3NOD-2  nr0  01/02 05/06  0   0   1   3   0/120  0/05   0/180   0/900  0/03   4   100   200 12345\n" +
		"DL1ABC    DL2NOD-1  DL3NOD-2  nr0  01/02 05/06  1   0   1   3   0/120  0/05   0/180   0/900  0/03   4   100   200 12345\n" +
		"DL1ABC    DL2NOD-1  DL3NOD-2  nr0  01/02 05/06  2   0   1   3   0/120  0/05   0/180   0/900  0/03   4   100   200 12345\n" +
		"*         *         DL3NOD-15 ???  00/00 00/00  3 255   0   0   0/120  0/05   0/180   0/900  0/03   4     0     0 0\n"
	x25File = "dest_addr  src_addr   dev   lci st vs vr va   t  t2 t21 t22 t23 Snd-Q Rcv-Q inode\n" +
		"123456     654321     eth0  001  0  1  2  3   0   3 200 180 180    10    20 12345\n" +
		"123456     654321     eth0  010  1  1  2  3   0   3 200 180 180    10    20 12345\n" +
		"1234567890 *          ???   000  2  0  0  0   0   3 200 180 180     0     0 0\n" +
		"*          *          lapb0 001  3  7 127  3   0   3 200 180 180 1234567    20 12345\n" +
		"123456     654321     lapb0 001  4  1  2  3   0   3 200 180 180    10    20 12345\n"
	ipxFile = "Local_Address               Remote_Address              Tx_Queue  Rx_Queue  State  Uid\n" +
		"12345678:4001                Not_Connected                00000010  00000020  01     033\n" +
		"12345678:0000ABCDEF01:4001   12345678:000000000001:0451   00000000  00000000  07     000\n" +
		"00000000:4003                00000000:FFFFFFFFFFFF:0000   FFFFFFFF  00000020  02     4294967295\n"
	ax25Routes = "callsign  dev  mode digipeaters\nDL1ABC-1  ax0  d DIGI\ndefault   bcsf0 *\nDL1ABC-15 verylong0 v A B\nDL2       ax0 \n"
	x25Routes  = "Address          Digits  Device\n123456789012345  15      eth0 \n123456           3       lo   \n                 0       eth1 \n1                1       ???  \n12               0       averylongname15\n"
	ipxRoutes  = "Network    Router_Net   Router_Node\n12345678   87654321     0000ABCDEF01\n00000001   00000002     000000000000\n00000000   00000002     FFFFFFFFFFFF\n"
	atalk      = "Target        Router  Flags Dev\nDefault     0002:0B  3     eth0\n0001:0A     0000:00  1     eth0\n0001:0A     0000:00  32767 averylongname15\n0001:0A     0000:00  0     lo\n"
	nrNodes    = "callsign  mnemonic w n qual obs neigh qual obs neigh qual obs neigh\n" +
		"DL1NOD-1  MNEMO    1 1  200   5 00001\nDL2NOD-12 *        1 2   50   6 00002   20   5 00001\n" +
		"DL3NOD    ABCDEF   2 3   50   6 00001   60   5 00002    7   7 00003\nDL3NOD    ABCDEF   3 3   50   6 00001   60   5 00002    7   7 00003\n"
	nrNeigh = "addr  callsign  dev  qual lock count failed digipeaters\n" +
		"00001 DL1NEI    ax0   150    0     3      1\n00002 DL2NEI-15 bcsf0  150    0     3      1\n00003 DL3NEI-3  ax1   150    0     3      1 DIGI\n"
	roseNodes = "address    mask n neigh neigh neigh\n2080175520 0010 1 00001\n0000000000 0000 3 00001 00002 00003\n" +
		"2080175521 0006 0\n208        0003 1 00009\n2080175522 0010 1 loopback\n"
	roseNeigh = "addr  callsign  dev  count use mode restart  t0  tf digipeaters\n" +
		"00001 DL1NEI    ax0      1   0  DTE      no   0   0\n00002 DL2NEI-15 bcsf0    1   0  DTE      no   0   0\n00003 DL3NEI-3  ax1      1   0  DTE      no   0   0\n"
)

// TestRareConfirm compares the families that hardly anybody has.
func TestRareConfirm(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	const net = "proc/net/"
	passwd := "root:x:0:0::/:/bin/sh\nwww:x:33:33::/:/bin/sh\n"
	tests := []struct {
		name  string
		files map[string]string
		runs  []string
	}{
		{"ax25", map[string]string{net + "ax25": ax25File}, []string{"--ax25", "-l --ax25", "-nelo --ax25", "-a"}},
		{"ax25 of 2.0", map[string]string{net + "ax25": ax25Old}, []string{"--ax25"}},
		{"netrom", map[string]string{net + "nr": netromFile}, []string{"--netrom", "-l --netrom", "-a"}},
		{"x25", map[string]string{net + "x25": x25File}, []string{"--x25", "-A x25 -l", "-a", "-al"}},
		{"ipx", map[string]string{net + "ipx/socket": ipxFile, "etc/passwd": passwd}, []string{"--ipx", "-l --ipx", "--ipx -e", "--ipx -nee", "-A ipx,inet", "-a"}},
		{"empty", map[string]string{net + "ax25": "", net + "nr": "", net + "rose": "", net + "x25": "", net + "ipx/socket": ""}, []string{"-a", "--ipx --x25"}},
		{"no file", nil, []string{
			"--ax25", "--x25", "--netrom", "--rose", "--ipx", "-r --ax25", "-r --x25", "-r --netrom", "-r --rose", "-r --ipx", "-r --ddp",
			"-rx", "-r -A ash", "-r --bluetooth", "-r -2", "-f", "-2x", "-s -2", "-s --bluetooth", "-M -2", "-M", "-s", "-s6", "-g", "-rC", "-a",
		}},
		{"ax25 routes", map[string]string{net + "ax25_route": ax25Routes}, []string{"-r --ax25", "-rn --ax25"}},
		{"x25 routes", map[string]string{net + "x25/route": x25Routes}, []string{"-r --x25"}},
		{"x25 routes of old kernels", map[string]string{net + "x25_routes": x25Routes}, []string{"-r --x25"}},
		{"ipx routes", map[string]string{net + "ipx/route": ipxRoutes}, []string{"-r --ipx"}},
		{"ipx routes of old kernels", map[string]string{net + "ipx_route": ipxRoutes}, []string{"-r --ipx", "-r --ipx --ax25"}},
		{"appletalk routes", map[string]string{net + "atalk_route": atalk}, []string{"-r --ddp", "-r --appletalk"}},
		{"netrom routes", map[string]string{net + "nr_nodes": nrNodes, net + "nr_neigh": nrNeigh}, []string{"-r --netrom"}},
		{"netrom routes without neighbours", map[string]string{net + "nr_nodes": nrNodes}, []string{"-r --netrom"}},
		{"rose routes", map[string]string{net + "rose_nodes": roseNodes, net + "rose_neigh": roseNeigh}, []string{"-r --rose"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := tree(t, tt.files)
			if tt.files == nil {
				dir = tree(t, map[string]string{net + "sockstat": ""})
			}
			for _, run := range tt.runs {
				confirm(t, dir, run)
			}
		})
	}
}

// TestRareDiffers holds where we differ from netstat, with the reason. What no
// longer differs fails.
func TestRareDiffers(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	const net = "proc/net/"
	rose := "dest_addr  dest_call src_addr   src_call  dev   lci neigh st vs vr va   t  t1  t2  t3  hb    idle Snd-Q Rcv-Q inode\n" +
		"2080175520 DL1ABC-1  2080175521 DL2ABC    rose0 00A 00005  3  1  2  3   0 200 180 180   5   0/000    10    20 12345\n"
	tests := []struct{ name, reason, file, text, run, want string }{
		{
			"rose", "netstat's buffer for the destination is too short, the column is always empty; a channel with a letter loses the row",
			net + "rose", rose, "--rose", "2080175520  DL1ABC-1   2080175521  DL2ABC    rose0   A     5   ESTABLISHED\n",
		},
		{
			"x25 channel", "netstat reads the hexadecimal channel as decimal and drops the row",
			net + "x25", strings.Replace(x25File, "001", "00A", 1), "--x25", "123456          654321          eth0    A    LISTENING    02/01  10      20    \n",
		},
		{
			"x25 source", "netstat cuts the source to nine digits",
			net + "x25", strings.Replace(x25File, "654321    ", "1234567890", 1), "--x25", "123456          1234567890      eth0    1    LISTENING    02/01  10      20    \n",
		},
		{
			"ipx direct", "netstat reads the words Directly Connected as numbers",
			net + "ipx/route", "Network    Router_Net   Router_Node\n00000001   Directly     Connected\n", "-r --ipx",
			"00000001                  Directly                  Connected                \n",
		},
		{
			"masquerade row", "netstat ends with 255 and shows no row if one cannot be read",
			net + "ip_masquerade", "Prc FromIP   FPrt ToIP     TPrt Masq Init-seq  Delta PDelta Expires\nFOO 0\nTCP 0A000005:0400 C0A80101:0050 EA60 00000000      0      0  89998\n",
			"-Mn", "tcp  14:59.98 10.0.0.5             192.168.1.1          1024 -> 80 (60000)\n",
		},
		{
			"empty cache", "netstat ends with 255", net + "rt_cache", "", "-rC", "Kernel IP routing cache\n",
		},
		{
			"igmp header", "netstat reads the file in the layout of igmp6 if the header lacks Device",
			net + "igmp", "1    lo              ff020000000000000000000000000001     1 0000000C 0\n", "-gn4", "--------------- ------ ---------------------\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := tree(t, map[string]string{tt.file: tt.text})
			argv := strings.Fields(tt.run)
			a := fixtures.Netstat(t, dir, argv...)
			got, talk, code := ours(likeNetstat(dir, argv)...)
			if !strings.Contains(got, tt.want) {
				t.Errorf("netstat %s: got\n%s\nwithout %q; %s", tt.run, got, tt.want, talk)
			}
			if got == string(a.Stdout) && code == a.Code {
				t.Errorf("netstat %s: no longer differs: %s", tt.run, tt.reason)
			}
		})
	}
}
