package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/words"
)

// A divergence is a difference from netstat that is wanted. The README lists
// them all, by the same letters.
type divergence struct {
	letter, reason string
	// line tells whether our line instead of netstat's is this difference.
	line func(argv []string, got, want string) bool
}

var divergences = []divergence{
	{"c", "a state beyond the table has no name", func(_ []string, got, want string) bool {
		return strings.Contains(got, "UNKNOWN(0x") && got[:min(len(got), 70)] == want[:min(len(want), 70)]
	}},
	{"d", "control bytes and invalid UTF-8 are escaped", func(_ []string, got, want string) bool {
		// The escapes take more room than the bytes, so columns may move.
		return safe(want) != want && squeeze(got) == squeeze(safe(want))
	}},
	{"e", "-W shows whole UNIX paths", func(argv []string, got, want string) bool {
		wide := slices.ContainsFunc(argv, func(a string) bool {
			return a == "--wide" || strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.Contains(a, "W")
		})
		return wide && strings.HasPrefix(want, "unix") && strings.HasPrefix(squeeze(got), squeeze(safe(want)))
	}},
	{"h", "a table without Inode column keeps its paths", func(_ []string, got, want string) bool {
		return strings.HasPrefix(want, "unix") && strings.Contains(want, " -        ") &&
			got[:55] == want[:55]
	}},
}

// safe escapes as the program does.
func safe(s string) string { return words.Safe(s) }

// squeeze folds runs of blanks.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// unwanted gives the first difference that is none of the wanted ones.
//
// Divergence a, the protocols behind a missing one, is not a matter of lines:
// netstat's output then ends early.
func unwanted(g golden, stdout string) string {
	got, want := strings.Split(stdout, "\n"), strings.Split(g.stdout, "\n")
	if g.code == 1 && len(got) > len(want) && !slices.ContainsFunc(g.argv, isRoute) {
		want = want[:len(want)-1] // the last one is the empty rest behind the newline
		if !inOrder(got[max(0, len(want)-1):]) {
			return "what comes behind netstat's end is not of later protocols:\n" + strings.Join(got[len(want):], "\n")
		}
		got = got[:len(want)]
	}
	for i := 0; i < max(len(got), len(want)); i++ {
		switch {
		case i >= len(got) || i >= len(want):
			return firstDifference(stdout, g.stdout)
		case got[i] == want[i]:
		case i+1 < len(want) && !isRow.MatchString(want[i+1]) && isWanted(g.argv, got[i], want[i]+"\n"+want[i+1]):
			want = slices.Delete(want, i+1, i+2) // a newline in a program's name
		case !isWanted(g.argv, got[i], want[i]):
			return firstDifference(strings.Join(got[i:], "\n"), strings.Join(want[i:], "\n"))
		}
	}
	return ""
}

var isRow = regexp.MustCompile(`^(tcp|udp|raw|sctp|unix|Active)`)

func isWanted(argv []string, got, want string) bool {
	return slices.ContainsFunc(divergences, func(d divergence) bool { return d.line(argv, got, want) })
}

// inOrder reports whether lines are of protocols in the order in which netstat
// shows them, headings and further lines of a row aside.
func inOrder(lines []string) bool {
	order := []string{"tcp", "tcp6", "sctp", "udp", "udp6", "udpl", "udpl6", "raw", "raw6", "unix"}
	last, groups := 0, false // rows of -g begin with any interface's name
	for _, line := range lines {
		word, _, _ := strings.Cut(line, " ")
		at := slices.Index(order, word)
		groups = groups && word != "Active" || word == "IPv6/IPv4"
		if at >= 0 && at < last || at < 0 && !groups && word != "" && word != "Active" && word != "Proto" {
			return false
		}
		last = max(last, at)
	}
	return true
}

func isRoute(arg string) bool {
	return strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && strings.Contains(arg, "r")
}

// oddRows are tables that show each divergence. No kernel writes those with
// broken rows and states.
func oddRows() *fixtures.Host {
	return fixtures.NewHost(map[string]string{
		"proc/net/tcp": "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
			"   0: 0100007F:1F90 0200007F:0050 0C 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100\n" +
			"   1: 0100007F:1F91 0200007F:0050 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 100\n" +
			"   2: 0100007F:1F92 ZZ00007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100\n",
		"proc/net/unix": "Num       RefCount Protocol Flags    Type St Inode Path\n" +
			"0000000000000000: 00000002 00000000 00010000 0001 01 12345 /run/with blank/s\x1b[31m\n",
	})
}

// TestDivergences: each of the wanted differences is there, and is one.
func TestDivergences(t *testing.T) {
	dir := oddRows().WriteDir(t, t.TempDir())
	noUDP := oddRows().Set("proc/net/udp", "")
	delete(noUDP.Files, "proc/net/tcp")
	noTCP := noUDP.Set("proc/net/udp", udpTable).WriteDir(t, t.TempDir())
	old := fixtures.NewHost(map[string]string{
		"proc/net/unix": "Num       RefCount Protocol Flags    Type St Path\n" +
			"00b5f4c0: 00000002 00000000 00010000 0001 01 /dev/log\n",
	}).WriteDir(t, t.TempDir())
	loop := oddRows().Set("proc/net/tcp", tcpTable).Link("proc/net/udp", "udp").WriteDir(t, t.TempDir())
	empty := oddRows().Set("proc/net/tcp", "").Set("proc/net/unix", "").WriteDir(t, t.TempDir())
	for _, tt := range []struct {
		letter, dir   string
		argv          []string
		ours, netstat string // a line of the one that the other has not
		code          int
		stderr        string
		same          bool // the difference is not in stdout
	}{
		{
			letter: "a", dir: noTCP, argv: []string{"-tuan"}, code: 1,
			ours:   "udp        0      0 127.0.0.1:53            0.0.0.0:*                          ",
			stderr: "coldstat: warning: proc/net/tcp is not in the bundle\n",
		},
		{
			letter: "b", dir: dir, argv: []string{"-tan"},
			stderr: `coldstat: warning: proc/net/tcp:4: rem_address "ZZ00007F:0050": invalid syntax` + "\n",
		},
		{
			letter: "c", dir: dir, argv: []string{"-tan"},
			ours:    "tcp        0      0 127.0.0.1:8080          127.0.0.2:80            UNKNOWN(0x0C)",
			netstat: "tcp        0      0 127.0.0.1:8080          127.0.0.2:80            LISTENING  ",
			stderr:  `coldstat: warning: proc/net/tcp:4: rem_address "ZZ00007F:0050": invalid syntax` + "\n",
		},
		{
			letter: "e", dir: dir, argv: []string{"-xaW"},
			ours:    `unix  2      [ ACC ]     STREAM     LISTENING     12345    /run/with blank/s\x1b[31m`,
			netstat: "unix  2      [ ACC ]     STREAM     LISTENING     12345    /run/with",
		},
		{
			letter: "f", dir: dir, argv: []string{"-Z"}, code: 1,
			stderr: "coldstat: error: -Z cannot work: no file of /proc/net holds SELinux contexts\ncoldstat: hint: leave -Z out\n",
		},
		{
			letter: "g", dir: empty, argv: []string{"-taW"}, same: true, code: exitDamaged,
			stderr: "coldstat: warning: the bundle is damaged: proc/net: all files of /proc/net have 0 bytes, as tar stores them when it reads /proc itself\n" +
				"coldstat: warning: proc/net/tcp is empty, without even its header line: it was not captured right\n" +
				"coldstat: hint: tar stores the files of /proc as empty; " + captureHint + "\n",
		},
		{
			letter: "k", dir: loop, argv: []string{"-tuan"}, code: 1, same: true,
			ours:   "tcp        0      0 127.0.0.1:53            0.0.0.0:*               LISTEN     ",
			stderr: "coldstat: warning: proc/net/udp cannot be read: too many levels of symbolic links\n",
		},
		{
			letter: "h", dir: old, argv: []string{"-xa"},
			ours:    "unix  2      [ ACC ]     STREAM     LISTENING     -        /dev/log",
			netstat: "unix  2      [ ACC ]     STREAM     LISTENING     -        0",
		},
	} {
		t.Run(tt.letter, func(t *testing.T) {
			stdout, stderr, code := ours(likeNetstat(tt.dir, tt.argv)...)
			if code != tt.code {
				t.Errorf("exit %d, want %d", code, tt.code)
			}
			if stderr != tt.stderr {
				t.Errorf("stderr %q, want %q", stderr, tt.stderr)
			}
			if tt.ours != "" && !slices.Contains(strings.Split(stdout, "\n"), tt.ours) {
				t.Errorf("our line %q is not in\n%s", tt.ours, stdout)
			}
			if testing.Short() || slices.Contains(tt.argv, "-Z") {
				return // -Z depends on whether the kernel has SELinux
			}
			a := fixtures.Netstat(t, tt.dir, tt.argv...)
			if string(a.Stdout) == stdout && !tt.same {
				t.Errorf("netstat prints the same: this is no difference any more\n%s", stdout)
			}
			if tt.netstat != "" && !slices.Contains(strings.Split(string(a.Stdout), "\n"), tt.netstat) {
				t.Errorf("netstat's line %q is not in\n%s", tt.netstat, a.Stdout)
			}
		})
	}
}

// TestContinuous: -c is the part of divergence f that would never end.
func TestContinuous(t *testing.T) {
	stdout, stderr, code := ours("-tanc", ".")
	if want := "coldstat: error: -c would print the same capture forever\ncoldstat: hint: leave -c out; a capture does not change\n"; stdout != "" || stderr != want || code != exitUsage {
		t.Errorf("stdout %q, stderr %q, exit %d; want none, %q, %d", stdout, stderr, code, want, exitUsage)
	}
}

// TestInterfaceDivergences: i, the counters of names of 15 characters, and j,
// what no file tells. What netstat itself printed is in the capture.
func TestInterfaceDivergences(t *testing.T) {
	host := fixtures.Capture(t, "lab-a")
	stdout, _, _ := ours("-i", host.WriteDir(t, t.TempDir()))
	const (
		counted = "averylongname15  1500        2      0      2 0             0      0      0      0 BORU\n"
		zero    = "averylongname15  1500        0      0      0 0             0      0      0      0 BORU\n"
	)
	if !strings.Contains(stdout, counted) || !strings.Contains(string(host.Recorded["cmd/netstat_-i"]), zero) {
		t.Errorf("i: want the line %q and netstat's %q; got\n%s", counted, zero, stdout)
	}
	bare := fixtures.NewHost(nil)
	for name, text := range host.Files {
		if strings.HasSuffix(name, "/net/dev") {
			bare.Set("proc/net/dev", string(text))
		}
	}
	stdout, stderr, code := ours("-i", bare.WriteDir(t, t.TempDir()))
	if want := "averylongname15     -        2      0      2 0             0      0      0      0 -\n"; !strings.Contains(stdout, want) || code != exitOK {
		t.Errorf("j: exit %d, want %d and the line %q in\n%s", code, exitOK, want, stdout)
	}
	if !strings.Contains(stderr, "what is not known is -") {
		t.Errorf("j: stderr says nothing of what is not known: %q", stderr)
	}
}

const tcpTable = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
	"   0: 0100007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 22345 1 0000000000000000 100 0 0 10 0\n"

const udpTable = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n" +
	"  410: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 22345 2 0000000000000000 0\n"
