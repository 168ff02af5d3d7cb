package bundle_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// Headers as kernels print them.
var (
	tcpHeader    = pad("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", 149)
	udpHeader    = pad("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops", 127)
	newUDPHeader = pad(" "+rawHeader, 127)
	rawHeader    = strings.TrimRight(udpHeader, " ")
	tcp6Header   = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
	udp6Header   = tcp6Header + " ref pointer drops"
)

func pad(s string, n int) string { return s + strings.Repeat(" ", n-len(s)) }

const (
	tcpRow    = "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000    26        0 12345 1 0000000000000000 100 0 0 10 0\n"
	udpRow    = "  123: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 17 2 0000000000000000 0\n"
	rawRow    = "   1: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 18 2 0000000000000000 0\n"
	oldUDPRow = "  31: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 17 2 c1f09e40\n"
)

const assumed = ", name the file so if it is another"

// TestOneFile: what a table is called on the machine, by its header, first row
// and name.
func TestOneFile(t *testing.T) {
	for _, tc := range []struct{ name, called, text, want, note string }{
		{"tcp", "x", tcpHeader + "\n" + tcpRow, "tcp", ""},
		{"tcp without blanks at the end", "x", strings.TrimRight(tcpHeader, " ") + "\n" + tcpRow, "tcp", ""},
		{"tcp called udp", "udp.txt", tcpHeader + "\n" + tcpRow, "tcp", ""},
		{"udp", "x", udpHeader + "\n" + udpRow, "udp", ""},
		{"udp of today", "x", newUDPHeader + "\n" + udpRow, "udp", ""},
		{"udp called udplite", "proc_net_udplite.txt", udpHeader + "\n" + udpRow, "udplite", ""},
		{"udp without blanks at the end", "x", rawHeader + "\n" + udpRow, "udp", ""},
		{"raw", "x", rawHeader + "\n" + rawRow, "raw", ""},
		{"raw without rows", "x", rawHeader + "\n", "raw", "the table at line 1 may be that of raw, udp, udplite; it is taken for raw" + assumed},
		{"raw without rows, called udp", "web1-udp.txt", rawHeader + "\n", "udp", ""},
		{"udp of Linux 2.6", "x", pad(strings.TrimRight(tcpHeader, " "), 127) + "\n" + oldUDPRow, "udp", "the table at line 1 may be that of udp, raw; it is taken for udp" + assumed},
		{"udp of Linux 2.6 without blanks", "x", strings.TrimRight(tcpHeader, " ") + "\n" + oldUDPRow, "udp", "the table at line 1 may be that of udp, raw; it is taken for udp" + assumed},
		{"tcp6", "x", tcp6Header + "\n" + sixWide(tcpRow), "tcp6", ""},
		{"tcp6 without rows", "x", tcp6Header + "\n", "tcp6", "the table at line 1 may be that of tcp6, udp6, raw6; it is taken for tcp6" + assumed},
		{"udp6", "x", udp6Header + "\n" + udpRow, "udp6", "the table at line 1 may be that of udp6, raw6, udplite6, tcp6; it is taken for udp6" + assumed},
		{"raw6 by name", "raw6.gz", udp6Header + "\n" + udpRow, "raw6", ""},
		{"unix", "x", "Num       RefCount Protocol Flags    Type St Inode Path\n", "unix", ""},
		{"route", "x", "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   \n", "route", ""},
		{"rt_cache", "x", "Iface\tDestination\tGateway \tFlags\t\tRefCnt\tUse\tMetric\tSource\t\tMTU\n", "rt_cache", ""},
		{"if_inet6", "x", "00000000000000000000000000000001 01 80 10 80       lo\n", "if_inet6", ""},
		{"igmp6", "x", "1    lo              ff020000000000000000000000000001     1 0000000C 0\n", "igmp6", ""},
		{"ipv6_route", "x", "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n", "ipv6_route", ""},
		{"a byte order mark", "x", "\xef\xbb\xbf" + tcpHeader + "\n" + tcpRow, "tcp", ""},
		{"CR LF", "x", tcpHeader + "\r\n" + strings.ReplaceAll(tcpRow, "\n", "\r\n"), "tcp", ""},
		{"empty lines before", "x", "\n\r\n" + tcpHeader + "\n" + tcpRow, "tcp", ""},
		{"only the header, no line end", "x", tcpHeader, "tcp", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := strings.TrimLeft(strings.TrimPrefix(tc.text, "\xef\xbb\xbf"), "\r\n")
			var notes []string
			if tc.note != "" {
				notes = []string{tc.note}
			}
			for form, data := range map[string][]byte{"plain": []byte(tc.text), "gzip": fixtures.Gzip(t, []byte(tc.text)), "xz": fixtures.Xz(t, []byte(tc.text))} {
				b, err := viaFile(t, tc.called, data, bundle.Options{Want: []string{"proc/net/tcp"}})
				if err != nil {
					t.Fatalf("%s: %v", form, err)
				}
				if got := read(b, "proc/net/"+tc.want); got != want || !slices.Equal(b.Notes, notes) || b.Collector != "one file" {
					t.Errorf("%s: proc/net/%s holds %q, want %q; notes %q, want %q; collector %q", form, tc.want, got, want, b.Notes, notes, b.Collector)
				}
				if entries, err := fs.ReadDir(b, "proc/net"); err != nil || len(entries) != 1 {
					t.Errorf("%s: proc/net has %v (%v), want one file", form, entries, err)
				}
			}
		})
	}
}

// sixWide writes the row's addresses with the digits of IPv6.
func sixWide(row string) string {
	return strings.NewReplacer("0100007F:", strings.Repeat("0", 24)+"01000000:", "00000000:0000 0A", strings.Repeat("0", 32)+":0000 0A").Replace(row)
}

// TestPasted: tables one behind the other are told apart, and the first of a name
// counts.
func TestPasted(t *testing.T) {
	unix := "Num       RefCount Protocol Flags    Type St Inode Path\n0000000000000000: 00000002 00000000 00010000 0001 01 11 /run/x\n"
	inet6 := "00000000000000000000000000000001 01 80 10 80       lo\nfe800000000000000000000000000001 02 40 20 80     eth0\n"
	text := tcpHeader + "\n" + tcpRow + tcp6Header + "\n" + sixWide(tcpRow) + "\n\n" + unix + inet6 + tcpHeader + "\n"
	b, err := viaStream([]byte(text), bundle.Options{Want: want})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"tcp": tcpHeader + "\n" + tcpRow, "tcp6": tcp6Header + "\n" + sixWide(tcpRow), "unix": unix, "if_inet6": inet6,
	} {
		if got := read(b, "proc/net/"+name); got != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	if want := []string{`"standard input" has proc/net/tcp again at line 11, the one at line 1 counts`}; !slices.Equal(b.Notes, want) || len(b.Damage) > 0 {
		t.Errorf("notes %q, damage %q; want %q", b.Notes, b.Damage, want)
	}
}

// TestOneFileHostile: a text cannot cost more than a member of an archive may,
// and a cut one gives what came before the cut.
func TestOneFileHostile(t *testing.T) {
	long := tcpHeader + "\n" + strings.Repeat("x", 1<<20) + "\n" + tcpRow
	if b, err := viaStream([]byte(long), bundle.Options{}); err != nil || read(b, "proc/net/tcp") != long {
		t.Errorf("a line of 1 MiB: %v", err)
	}
	var many strings.Builder
	for range 100_000 {
		many.WriteString(tcpHeader + "\n" + rawHeader + "\n")
	}
	b, err := viaStream([]byte(many.String()), bundle.Options{})
	if err != nil || read(b, "proc/net/tcp") != tcpHeader+"\n" || len(b.Notes) > 22 {
		t.Errorf("200,000 tables: %d notes, error %v", len(b.Notes), err)
	}
	if _, err = viaStream([]byte(long), bundle.Options{Limits: bundle.Limits{Held: 1000}}); !errors.Is(err, bundle.ErrLimit) {
		t.Errorf("beyond the limit: %v", err)
	}
	text := tcpHeader + "\n" + strings.Repeat(tcpRow, 20_000)
	data := fixtures.Xz(t, []byte(text))
	b, err = viaStream(data[:len(data)-30], bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := fs.ReadFile(b, "proc/net/tcp")
	if !strings.HasPrefix(text, string(got)) || err == nil || len(b.Damage) == 0 {
		t.Errorf("a cut file: %d bytes, error %v, damage %q", len(got), err, b.Damage)
	}
}

// TestOneFileCorpus: every table of the corpus is told from its content and name.
func TestOneFileCorpus(t *testing.T) {
	corpus := fixtures.Corpus(t)
	for _, host := range fixtures.CorpusHosts(t) {
		for _, name := range []string{
			"tcp", "tcp6", "udp", "udp6", "raw", "raw6", "unix", "route", "dev", "snmp", "netstat", "snmp6", "arp", "packet",
			"netlink", "igmp", "igmp6", "if_inet6", "ipv6_route", "rt_cache",
		} {
			at := filepath.Join(corpus, host, "proc", "net", name)
			data, err := os.ReadFile(at)
			if err != nil || len(data) == 0 || strings.Contains(host, "fixtures") { // edited ones
				continue
			}
			b, err := bundle.Open(at, bundle.Options{})
			if err != nil {
				t.Errorf("%s: %v", at, err)
				continue
			}
			got, whole := read(b, "proc/net/"+name), strings.TrimRight(string(data), "\n")+"\n"
			if got != whole && got != string(data) || len(b.Notes) > 0 {
				t.Errorf("%s: %d of %d bytes, notes %q", at, len(got), len(data), b.Notes)
			}
			b.Close()
		}
	}
}
