package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/render"
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
func safe(s string) string { return render.Safe(s) }

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
	for _, tt := range []struct {
		letter, dir   string
		argv          []string
		ours, netstat string // a line of the one that the other has not
		code          int
		stderr        string
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
			if testing.Short() {
				return
			}
			a := fixtures.Netstat(t, tt.dir, tt.argv...)
			if string(a.Stdout) == stdout {
				t.Errorf("netstat prints the same: this is no difference any more\n%s", stdout)
			}
			if tt.netstat != "" && !slices.Contains(strings.Split(string(a.Stdout), "\n"), tt.netstat) {
				t.Errorf("netstat's line %q is not in\n%s", tt.netstat, a.Stdout)
			}
		})
	}
}

const udpTable = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n" +
	"  410: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 22345 2 0000000000000000 0\n"
