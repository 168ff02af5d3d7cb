package snapshot_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// factsText shows what is known, one line for each fact.
func factsText(f snapshot.Facts) string {
	var b strings.Builder
	line := func(name string, f snapshot.Fact) {
		if f != (snapshot.Fact{}) {
			fmt.Fprintf(&b, "%s %s (%s)\n", name, f.Value, f.From)
		}
	}
	line("host", f.Host)
	line("kernel", f.Kernel)
	line("arch", f.Architecture)
	line("captured", f.Captured)
	if at, ok := f.CapturedAt.Get(); ok {
		fmt.Fprintf(&b, "at %s\n", at.Format(time.RFC3339))
	}
	line("uptime", f.Uptime)
	line("boot", f.BootID)
	line("netns", f.NetNS)
	return b.String()
}

// TestFactsCorpus: what real captures tell.
func TestFactsCorpus(t *testing.T) {
	want := map[string]string{
		"ours/s390x-qemu-6.1": "host s390x-capture (proc/sys/kernel/hostname)\nkernel 6.1.0-50-s390x (proc/sys/kernel/osrelease)\n" +
			"arch s390x (uname)\nuptime 124.09 (proc/uptime)\n",
		"ours/big-6.18-x86_64": "",
		"public/sos-coreos-master1": "host localhost.localdomain (hostname)\nkernel 4.18.0-80.11.2.el8_0.x86_64 (uname)\narch x86_64 (uname)\n" +
			"captured Wed Oct  2 02:54:30 UTC 2019 (date)\nat 2019-10-02T02:54:30Z\n",
		"public/hotsos-kubernetes": "host juju-110cc2-k8stest-4 (proc/sys/kernel/hostname)\nkernel 5.4.0-99-generic (proc/sys/kernel/osrelease)\n" +
			"arch x86_64 (uname)\ncaptured Fri 2022-02-11 19:24:03 UTC (date)\nat 2022-02-11T19:24:03Z\n",
		"public/rhel5-shreyash-Webpage": "kernel 2.6.18-128.el5 (proc/version)\nuptime 1682214.09 (proc/uptime)\n",
		"public/csm-proc-snapshot":      "host bb136-21 (proc/sys/kernel/hostname)\nkernel 3.13.0-77-generic (proc/sys/kernel/osrelease)\nuptime 361471.92 (proc/uptime)\n",
		"public/arm720t-D2000":          "kernel 2.6.16 (proc/sys/kernel/osrelease)\n",
		"public/zynq-innofirmware":      "kernel 4.4.0-xilinx-00015-g51dd611 (proc/version)\nuptime 31359.04 (proc/uptime)\n",
	}
	seen := 0
	for _, host := range fixtures.CorpusHosts(t) {
		w, ok := want[host]
		if !ok {
			continue
		}
		seen++
		root := os.DirFS(filepath.Join(fixtures.Corpus(t), host))
		if got := factsText(snapshot.Load(root, snapshot.ByteOrder{}).Facts()); got != w {
			t.Errorf("%s: got\n%swant\n%s", host, got, w)
		}
	}
	if seen != len(want) {
		t.Errorf("%d machines, want %d", seen, len(want))
	}
}

// TestFacts: what each file alone is taken for, and what not.
func TestFacts(t *testing.T) {
	const boot = "0b1e9d6e-4f5a-4c1d-9a56-0f3c2c1f7a11"
	cases := []struct {
		name, file, text string
		want             string
	}{
		{"hostname", "proc/sys/kernel/hostname", "web1\n", "host web1 (proc/sys/kernel/hostname)\n"},
		{"hostname without a newline", "etc/hostname", "web1", "host web1 (etc/hostname)\n"},
		{"hostname with CR LF", "hostname", "web1\r\n", "host web1 (hostname)\n"},
		{"hostname of sosreport", "sos_commands/host/hostname", "web1.example.com\n", "host web1.example.com (sos_commands/host/hostname)\n"},
		{"hostname is not set", "proc/sys/kernel/hostname", "(none)\n", ""},
		{"hostname is a message", "hostname", "bash: hostname: command not found\n", ""},
		{"hostname is a comment", "etc/hostname", "# the name\nweb1\n", ""},
		{"hostname is empty", "etc/hostname", "\nweb1\n", ""},
		{"hostname with an escape sequence", "hostname", "a\x1b[2J\n", ""},
		{"hostname with NUL", "hostname", "a\x00b\n", ""},
		{"hostname that writes backwards", "hostname", "a\u202eb\n", ""},
		{"hostname is not UTF-8", "hostname", "a\xff\n", ""},
		{"hostname of 256 bytes", "hostname", strings.Repeat("a", 256) + "\n", "host " + strings.Repeat("a", 256) + " (hostname)\n"},
		{"hostname of 257 bytes", "hostname", strings.Repeat("a", 257) + "\n", ""},
		{"hostname of a megabyte", "hostname", strings.Repeat("a", 1<<20) + "\n", ""},

		{"release of Red Hat", "proc/sys/kernel/osrelease", "4.18.0-80.el8.x86_64\n", "kernel 4.18.0-80.el8.x86_64 (proc/sys/kernel/osrelease)\narch x86_64 (proc/sys/kernel/osrelease)\n"},
		{"release with a flavour", "proc/sys/kernel/osrelease", "6.1.0-50-s390x\n", "kernel 6.1.0-50-s390x (proc/sys/kernel/osrelease)\n"},
		{"release is a word", "proc/sys/kernel/osrelease", "unknown\n", ""},
		{"version", "proc/version", "Linux version 4.4.0-x.aarch64 (a@b) (gcc) #2 SMP\n", "kernel 4.4.0-x.aarch64 (proc/version)\narch aarch64 (proc/version)\n"},
		{"version of another system", "proc/version", "Darwin 4.4\n", ""},
		{"version without a release", "proc/version", "Linux version \n", ""},
		{
			"uname of sosreport", "sos_commands/kernel/uname_-a", "Linux h 5.4.0 #1 SMP Thu Jan 13 18:22:13 UTC 2022 i686 i686 i386 GNU/Linux\n",
			"host h (sos_commands/kernel/uname_-a)\nkernel 5.4.0 (sos_commands/kernel/uname_-a)\narch i686 (sos_commands/kernel/uname_-a)\n",
		},
		{
			"uname with the processor's name", "uname", "Linux h 5.4.0 #1 SMP x86_64 Intel(R) Core(TM) i7-2600 CPU GenuineIntel GNU/Linux\n",
			"host h (uname)\nkernel 5.4.0 (uname)\narch x86_64 (uname)\n",
		},
		{"uname of ARM", "uname", "Linux h 2.6.16 #91 Sat Mar 31 10:10:05 CST 2012 armv4tl unknown\n", "host h (uname)\nkernel 2.6.16 (uname)\narch armv4tl (uname)\n"},
		{"uname of a machine that nobody knows", "uname", "Linux h 5.4.0 #1 vax GNU/Linux\n", "host h (uname)\nkernel 5.4.0 (uname)\n"},
		{"uname cut", "uname", "Linux h 5.4.0", "host h (uname)\nkernel 5.4.0 (uname)\n"},
		{"uname without a release", "uname", "Linux h\n", ""},
		{"uname of another system", "uname", "FreeBSD h 13.0 x86_64\n", ""},

		{"processor of s390", "proc/cpuinfo", "vendor_id       : IBM/S390\n# processors    : 1\n", "arch s390x (proc/cpuinfo)\n"},
		{"processor of RISC-V", "proc/cpuinfo", "processor\t: 0\nhart\t\t: 0\nisa\t\t: rv64imafdc\n", "arch riscv64 (proc/cpuinfo)\n"},
		{"processor of a PC", "proc/cpuinfo", "vendor_id\t: GenuineIntel\nflags\t: lm\n", ""},

		{"date", "date", "Wed Oct  2 02:54:30 UTC 2019\n", "captured Wed Oct  2 02:54:30 UTC 2019 (date)\nat 2019-10-02T02:54:30Z\n"},
		{"date of an old sosreport", "sos_commands/general/date", "Wed Oct 02 02:54:30 GMT 2019\n", "captured Wed Oct 02 02:54:30 GMT 2019 (sos_commands/general/date)\nat 2019-10-02T02:54:30Z\n"},
		{"date with hours", "date", "Wed Oct  2 02:54:30 +03 2019\n", "captured Wed Oct  2 02:54:30 +03 2019 (date)\nat 2019-10-01T23:54:30Z\n"},
		{"date with minutes", "date", "Wed Oct  2 02:54:30 -0330 2019\n", "captured Wed Oct  2 02:54:30 -0330 2019 (date)\nat 2019-10-02T06:24:30Z\n"},
		{"date in a zone of several places", "date", "Wed Oct  2 02:54:30 CST 2019\n", "captured Wed Oct  2 02:54:30 CST 2019 (date)\n"},
		{"date of another locale", "date", "Fri 11 Feb 2022 07:24:03 PM UTC\n", "captured Fri 11 Feb 2022 07:24:03 PM UTC (date)\n"},
		{"date of the wrong day", "date", "Thu Oct  2 02:54:30 UTC 2019\n", "captured Thu Oct  2 02:54:30 UTC 2019 (date)\n"},
		{"date that is none", "date", "Wed Feb 30 02:54:30 UTC 2019\n", "captured Wed Feb 30 02:54:30 UTC 2019 (date)\n"},
		{"date is a message", "date", "timeout: failed to run command 'date': No such file or directory\n", ""},
		{"date with a control byte", "date", "Wed Oct  2 02:54:30 UTC\x07 2019\n", ""},
		{
			"timedatectl", "sos_commands/systemd/timedatectl", "      Local time: Thu 2022-02-10 10:47:45 CET\n  Universal time: Thu 2022-02-10 09:47:45 UTC\n        RTC time: n/a\n",
			"captured Thu 2022-02-10 09:47:45 UTC (sos_commands/systemd/timedatectl)\nat 2022-02-10T09:47:45Z\n",
		},
		{"timedatectl in UTC", "date", "      Local time: Thu 2022-02-10 09:47:45 UTC\n", "captured Thu 2022-02-10 09:47:45 UTC (date)\nat 2022-02-10T09:47:45Z\n"},
		{"timedatectl elsewhere", "date", "      Local time: Thu 2022-02-10 10:47:45 CET\n", "captured Thu 2022-02-10 10:47:45 CET (date)\n"},

		{"uptime", "proc/uptime", "361471.92 2878704.76\n", "uptime 361471.92 (proc/uptime)\n"},
		{"uptime without a fraction", "proc/uptime", "361471\n", "uptime 361471 (proc/uptime)\n"},
		{"uptime is negative", "proc/uptime", "-1.00 0.00\n", ""},
		{"uptime of two points", "proc/uptime", "1.0.0 0.00\n", ""},
		{"uptime of the command", "proc/uptime", " 02:54:32 up 35 min,  1 user\n", ""},
		{"boot", "proc/sys/kernel/random/boot_id", boot + "\n", "boot " + boot + " (proc/sys/kernel/random/boot_id)\n"},
		{"boot too short", "proc/sys/kernel/random/boot_id", boot[:35] + "\n", ""},
		{"boot no digits", "proc/sys/kernel/random/boot_id", "g" + boot[1:] + "\n", ""},
		{"namespace as a text", "proc/self/ns/net", "net:[4026531840]\n", "netns 4026531840 (proc/self/ns/net)\n"},
		{"namespace of another kind", "proc/self/ns/net", "mnt:[4026531840]\n", ""},
		{"namespace no number", "proc/self/ns/net", "net:[x]\n", ""},
	}
	seen := map[string]bool{}
	for _, tc := range cases {
		if seen[tc.name] {
			t.Fatalf("two cases are called %q", tc.name)
		}
		seen[tc.name] = true
		t.Run(tc.name, func(t *testing.T) {
			if got := factsText(load(fixtures.NewHost(map[string]string{tc.file: tc.text})).Facts()); got != tc.want {
				t.Errorf("got\n%swant\n%s", got, tc.want)
			}
		})
	}
}

// TestFactsOrder: the kernel's own files go before what commands printed, and a
// file that is no good is passed over.
func TestFactsOrder(t *testing.T) {
	h := fixtures.NewHost(map[string]string{
		"proc/sys/kernel/hostname": "(none)\n", "etc/hostname": "second\n", "hostname": "third\n", "uname": "Linux fourth 5.4.0 #1 x86_64 GNU/Linux\n",
		"proc/version": "Linux version 6.0.0 (x)\n", "date": "no\n", "sos_commands/date/date": "Wed Oct  2 02:54:30 UTC 2019\n", "proc/cpuinfo": "vendor_id : IBM/S390\n",
	}).Link("proc/self", "4711").Link("proc/4711/ns/net", "net:[4026532000]")
	want := "host second (etc/hostname)\nkernel 6.0.0 (proc/version)\narch x86_64 (uname)\n" +
		"captured Wed Oct  2 02:54:30 UTC 2019 (sos_commands/date/date)\nat 2019-10-02T02:54:30Z\nnetns 4026532000 (proc/self/ns/net)\n"
	if got := factsText(load(h).Facts()); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestFactsOfBundle: asked for in an archive, the files of the facts are there and
// little else is.
func TestFactsOfBundle(t *testing.T) {
	h := fixtures.NewHost(map[string]string{
		"sos/proc/4711/net/tcp": "head\n", "sos/sos_commands/host/hostname": "web1\n", "sos/sos_commands/kernel/uname_-a": "Linux web1 5.4.0 #1 SMP x86_64 GNU/Linux\n",
		"sos/sos_commands/date/date": "Wed Oct  2 02:54:30 UTC 2019\n", "sos/proc/uptime": "5.00 5.00\n", "sos/sos_commands/process/ps": "much\n", "sos/proc/4711/maps": "much\n",
	}).Link("sos/proc/net", "self/net").Link("sos/proc/self", "4711").Link("sos/proc/4711/ns/net", "net:[4026531840]").
		Link("sos/date", "sos_commands/date/date").Link("sos/hostname", "sos_commands/host/hostname").Link("sos/uname", "sos_commands/kernel/uname_-a")
	want := "host web1 (sos_commands/host/hostname)\nkernel 5.4.0 (uname)\narch x86_64 (uname)\ncaptured Wed Oct  2 02:54:30 UTC 2019 (date)\n" +
		"at 2019-10-02T02:54:30Z\nuptime 5.00 (proc/uptime)\nnetns 4026531840 (proc/self/ns/net)\n"
	archive := fixtures.Gzip(t, h.Tar(t, fixtures.TarOptions{}))
	b, err := bundle.Open("-", bundle.Options{Stdin: bytes.NewReader(archive), Want: snapshot.FactFiles})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got := factsText(snapshot.Load(b, snapshot.ByteOrder{}).Facts()); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for _, name := range []string{"sos_commands/process/ps", "proc/4711/maps"} {
		if f, err := b.Open(name); err == nil {
			f.Close()
			t.Errorf("%s was kept", name)
		}
	}
	if len(b.Notes) > 0 {
		t.Errorf("notes %q", b.Notes)
	}
}

// TestFactFiles: all of them stand in the list of files.
func TestFactFiles(t *testing.T) {
	for _, name := range snapshot.FactFiles {
		if !slices.ContainsFunc(snapshot.Files, func(f snapshot.File) bool { return f.Name == name }) {
			t.Errorf("%s is not in the list of files", name)
		}
	}
}

// FuzzFacts: whatever a bundle holds, facts are short, printable and on one line.
func FuzzFacts(f *testing.F) {
	f.Add("web1\n", "Linux h 5.4.0 #1 x86_64 GNU/Linux\n", "Wed Oct  2 02:54:30 UTC 2019\n")
	f.Add("4.18.0-80.el8.x86_64", "vendor_id : IBM/S390\n", "  Universal time: Thu 2022-02-10 09:47:45 UTC\n")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		h := fixtures.NewHost(nil)
		for i, name := range snapshot.FactFiles {
			h.Set(strings.ReplaceAll(name, "*", "self"), []string{a, b, c}[i%3])
		}
		got := load(h).Facts()
		for _, fact := range []snapshot.Fact{got.Host, got.Kernel, got.Architecture, got.Captured, got.Uptime, got.BootID, got.NetNS} {
			if len(fact.Value) > 256 || (fact.Value == "") != (fact.From == "") {
				t.Errorf("fact %+v", fact)
			}
			for _, r := range fact.Value {
				if r < ' ' || r == 0x7f || r == '\u202e' {
					t.Errorf("fact %q", fact.Value)
				}
			}
		}
		if got.CapturedAt != (parser.Opt[time.Time]{}) && got.Captured.Value == "" {
			t.Errorf("a time without a text: %+v", got.CapturedAt)
		}
	})
}
