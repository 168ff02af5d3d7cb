package bundle_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// TestUAC: names that are no process's, lists that hold other things, and files
// that lie in [root] as well.
func TestUAC(t *testing.T) {
	h := fixtures.NewHost(map[string]string{
		"live_response/network/proc_net_tcp.txt":       "T",
		"live_response/network/proc_net_..txt":         "x",
		"live_response/network/proc_net_a/b.txt":       "x",
		"live_response/process/proc/1/net/unix.txt":    "one",
		"live_response/process/proc/20/net/unix.txt":   "twenty",
		"live_response/process/proc/self/net/unix.txt": "x",
		"live_response/process/proc/007/cmdline.txt":   "x",
		"live_response/process/proc/20/cmdline.txt":    "sshd\x00",
		"live_response/process/proc/20/fd.txt": "total 0\nlrwx------ 1 root root 64 Nov 24 07:11 3 -> socket:[4711]\r\n" +
			"lr-x------ 1 root root 64 Nov 24 07:11 4 -> /etc/passwd\nl 5 -> socket:[1]" + strings.Repeat("9", 1<<20) +
			"\n6 -> socket:[12]\nx ../../7 -> socket:[13]\n-8 -> socket:[14]\n9 -> socket",
		"[root]/etc/services":  "S",
		"[root]/proc/net/tcp":  "other",
		"[root]/proc/net/udp":  "U",
		"[root]/proc/20/comm":  "sshd",
		"[root]/proc/21/comm":  "x",
		"[root]/etc/hosts.txt": "x",
	})
	data := h.Tar(t, fixtures.TarOptions{})
	for _, w := range ways() {
		b, err := w.open(t, data, bundle.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"proc/net/tcp": "T", "proc/net/udp": "U", "proc/net/unix": "one", "proc/20/cmdline": "sshd\x00", "etc/services": "S",
			"proc/007/cmdline": "<open proc/007/cmdline: file does not exist>", "proc/20/comm": "sshd",
		} {
			if got := read(b, name); got != want {
				t.Errorf("%s: %s holds %q, want %q", w.name, name, got, want)
			}
		}
		if got, want := dirNames(t, b, "proc/20/fd"), []string{"3", "6"}; !slices.Equal(got, want) {
			t.Errorf("%s: descriptors %q, want %q", w.name, got, want)
		}
		if target, err := fs.ReadLink(b, "proc/20/fd/3"); target != "socket:[4711]" {
			t.Errorf("%s: descriptor 3 is %q (%v)", w.name, target, err)
		}
		if got, want := dirNames(t, b, "proc"), []string{"20", "21", "net"}; !slices.Equal(got, want) {
			t.Errorf("%s: proc has %q, want %q", w.name, got, want)
		}
		if b.Collector != "UAC" {
			t.Errorf("%s: collector %q", w.name, b.Collector)
		}
	}
}

func dirNames(t *testing.T, b *bundle.Bundle, dir string) (names []string) {
	t.Helper()
	entries, err := fs.ReadDir(b, dir)
	if err != nil {
		t.Error(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// section is one of supportconfig's.
func section(kind, label, text string) string {
	return "#==[ " + kind + " ]===========================#\n# " + label + "\n" + text + "\n\n"
}

const confFile = "Configuration File"

// TestSupportconfig: sections that are doubled, forged, missing, empty or cut,
// and texts that are only called like supportconfig's.
func TestSupportconfig(t *testing.T) {
	h := fixtures.NewHost(map[string]string{
		"scc_x/proc.txt": section(confFile, "/proc/net/tcp", "T") + section(confFile, "/proc/net/udp - File not found", "") +
			section(confFile, "/proc/net/unix", "U\n"+section(confFile, "/proc/net/tcp", "forged")+"V") +
			section(confFile, "/proc/../../etc/services", "climbs") + section(confFile, "/proc/net/route", "") +
			section(confFile, "/proc/net/tcp/x", "below a file") + "#==[ " + confFile + " ]====#\n# /proc/net/raw\nR",
		"scc_x/network.txt":  section(confFile, "/usr/etc/services", "S") + section("Command", "/sbin/ip addr", "1: lo: <UP> mtu 1"),
		"scc_x/messages.txt": section(confFile, "/proc/net/udp", "not read"),
	})
	notes := []string{`"scc_x/proc.txt" has proc/net/tcp again at line 14, the one at line 3 counts`}
	check := func(t *testing.T, b *bundle.Bundle) {
		t.Helper()
		for name, want := range map[string]string{
			"proc/net/tcp": "T\n", "proc/net/unix": "U\n", "proc/net/route": "", "proc/net/raw": "R", "etc/services": "S\n",
			"cmd/ip_addr": "1: lo: <UP> mtu 1\n", "output/ip_address": "1: lo: <UP> mtu 1\n",
		} {
			if got := read(b, name); got != want {
				t.Errorf("%s holds %q, want %q", name, got, want)
			}
		}
		if _, err := b.Open("proc/net/udp"); !os.IsNotExist(err) {
			t.Errorf("proc/net/udp: %v, want no such file", err)
		}
		if !slices.Equal(b.Notes, notes) || b.Collector != "supportconfig" {
			t.Errorf("notes %q, want %q; collector %q", b.Notes, notes, b.Collector)
		}
	}
	all := []string{"proc/net/tcp", "etc/services", "output/ip_address"}
	for _, w := range ways() {
		for _, patterns := range [][]string{nil, all} {
			b, err := w.open(t, h.Tar(t, fixtures.TarOptions{}), bundle.Options{Want: patterns})
			if err != nil {
				t.Fatal(err)
			}
			check(t, b)
		}
	}
	b, err := bundle.Open(h.WriteDir(t, t.TempDir()), bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, b)
	b.Close()
	b, err = viaStream(h.Zip(t, ""), bundle.Options{Want: all})
	if err != nil {
		t.Fatal(err)
	}
	check(t, b)
}

// TestTextsNotAskedFor: of a stream a text that only has the name of one of a
// layout's is not held, nor is one that cannot hold what is wanted.
func TestTextsNotAskedFor(t *testing.T) {
	big := strings.Repeat("x", 1<<20)
	h := fixtures.NewHost(map[string]string{
		"x/proc/net/tcp": "T", "x/proc.txt": big, "x/network.txt": section(confFile, "/etc/hosts", big), "x/bugreport-1.txt": big,
	})
	for name, data := range map[string][]byte{"tar.gz": fixtures.Gzip(t, h.Tar(t, fixtures.TarOptions{})), "zip": h.Zip(t, "")} {
		limits := bundle.Limits{Held: 100_000}
		b, err := viaFile(t, name, data, bundle.Options{Want: []string{"proc/net/tcp"}, Limits: limits})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		intact(t, b)
		if got := read(b, "proc/net/tcp"); got != "T" || b.Collector != "" {
			t.Errorf("%s: tcp holds %q, collector %q", name, got, b.Collector)
		}
	}
}

// TestCollector: who made a capture is told without directories in the archive,
// too; of a plain copy nobody is named.
func TestCollector(t *testing.T) {
	for _, tc := range []struct {
		collector, prefix, besides string
	}{
		{"sosreport", "sosreport-x/", "sos_commands/a/b"},
		{"sosreport", "", "sos_reports/sos.json"},
		{"Insights client", "insights-x/data/", "insights_commands/uname_-a"},
		{"SONiC techsupport", "sonic_dump_x_1/", "dump/route"},
		{"SONiC techsupport", "", "etc/sonic/config_db.json"},
		{"troubleshoot.sh", "support-bundle-1/host-collectors/x/", "y"},
		{"", "x/", "version.txt"},
		{"", "my_sos_commands/", "x"},
	} {
		h := fixtures.NewHost(map[string]string{"proc/net/tcp": "T", tc.besides: "x"})
		for _, w := range ways() {
			for _, patterns := range [][]string{nil, want} {
				b, err := w.open(t, h.Tar(t, fixtures.TarOptions{Prefix: tc.prefix, NoDirs: true}), bundle.Options{Want: patterns})
				if err != nil {
					t.Fatal(err)
				}
				if b.Collector != tc.collector || len(b.Notes)+len(b.Damage) > 0 {
					t.Errorf("%s%s, %s: collector %q, want %q; notes %q, damage %q", tc.prefix, tc.besides, w.name, b.Collector, tc.collector, b.Notes, b.Damage)
				}
			}
		}
	}
}

// TestPartsNotAskedFor: whether there is a machine does not depend on what is
// asked for, also if no file of it is.
func TestPartsNotAskedFor(t *testing.T) {
	for collector, files := range map[string]map[string]string{
		"supportconfig": {"scc_x/basic-environment.txt": section("Command", "/bin/date", "D")},
		"UAC":           {"live_response/process/proc/20/cmdline.txt": "sshd"},
	} {
		h := fixtures.NewHost(files)
		plain := h.Tar(t, fixtures.TarOptions{})
		for name, data := range map[string][]byte{"tar": plain, "tar.gz": fixtures.Gzip(t, plain), "zip": h.Zip(t, "")} {
			for _, patterns := range [][]string{nil, {"proc/net/tcp"}} {
				b, err := viaFile(t, name, data, bundle.Options{Want: patterns})
				if err != nil {
					t.Errorf("%s of %s, want %q: %v", name, collector, patterns, err)
					continue
				}
				intact(t, b)
				if _, err := b.Open("proc/net/tcp"); !os.IsNotExist(err) || b.Collector != collector {
					t.Errorf("%s, want %q: collector %q, want %q; tcp: %v", name, patterns, b.Collector, collector, err)
				}
			}
		}
	}
}
