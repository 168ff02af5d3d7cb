package cli

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// recorded gives what a captured machine itself had printed: cmd/netstat_ARGV,
// or replay/ in its place where timers had moved on.
func recorded(h *fixtures.Host) map[string]string {
	list := map[string]string{}
	for name, text := range h.Recorded {
		if dir, file := path.Split(name); dir == "cmd/" && strings.HasPrefix(file, "netstat") {
			list[file] = string(text)
		}
	}
	for file := range list {
		if replay, ok := h.Files["replay/"+file]; ok {
			list[file] = string(replay)
		}
	}
	return list
}

func argvOf(file string) []string {
	return strings.Fields(strings.ReplaceAll(strings.TrimPrefix(file, "netstat"), "_", " "))
}

// fifteen is divergence i: netstat 2.10 shows zero counters for an interface
// whose name has 15 characters.
var fifteen = regexp.MustCompile(`^\S{15} +\d+ +0 +0 +0 0 +0 +0 +0 +0 `)

var counters = regexp.MustCompile(`^ +[RT]X (packets|errors) `)

// TestRecorded: the captured machines' own netstat outputs of the same moment,
// interfaces included, from every form of bundle.
func TestRecorded(t *testing.T) {
	for _, name := range []string{"lab-a", "lab-c"} {
		host := fixtures.Capture(t, name)
		for form, bundle := range host.Bundles(t) {
			t.Run(name+"/"+form, func(t *testing.T) {
				t.Parallel()
				n := 0
				for file, want := range recorded(host) {
					argv := argvOf(file)
					stdout, stderr, code := ours(slices.Concat(argv, []string{bundle})...)
					if code == exitUsage {
						continue
					}
					n++
					if code != exitOK {
						t.Errorf("%s: exit %d; stderr:\n%s", file, code, stderr)
					}
					if diff := recordedDifference(argv, stdout, want); diff != "" {
						t.Errorf("%s: %s", file, diff)
					}
				}
				if n < 15 {
					t.Errorf("only %d recorded outputs were compared", n)
				}
			})
		}
	}
}

func recordedDifference(argv []string, stdout, want string) string {
	got := strings.Split(stdout, "\n")
	lines := strings.Split(want, "\n")
	long := ""
	for i := 0; i < len(lines) && i < len(got); i++ {
		name, _, _ := strings.Cut(lines[i], ":")
		if lines[i] != "" && lines[i][0] != ' ' {
			long = name
		}
		if fifteen.MatchString(lines[i]) || len(long) == 15 && counters.MatchString(lines[i]) {
			lines[i] = got[i]
		}
	}
	return unwanted(golden{argv: argv, stdout: strings.Join(lines, "\n")}, stdout)
}

// A sockKey is what makes a socket the same at two moments. Sockets without an
// inode (TIME_WAIT and others) are told by their addresses.
type sockKey struct{ proto, local, foreign, inode string }

// socketLines cuts the lines of `netstat -W -neopa` into the columns that must
// agree. Timers tick between two moments, and the programs that a sosreport does
// not hold are netstat's only.
func socketLines(text string) map[sockKey]string {
	list := map[sockKey]string{}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		switch {
		case len(f) > 7 && regexp.MustCompile(`^(tcp|udp|raw)`).MatchString(f[0]):
			state := f[5]
			at := 6
			if f[0][:3] == "udp" && state != "ESTABLISHED" {
				state, at = "", 5
			}
			list[sockKey{f[0], f[3], f[4], f[at+1]}] = strings.Join([]string{"q", f[1], f[2], state, f[at]}, " ")
		case len(f) > 4 && f[0] == "unix":
			m := regexp.MustCompile(`^unix +(\d+) +(\[[^]]*\]) +(\w+) +(\w*) +(\d+) +(?:-|\d+/.{0,18}?) {2,}(.*)$`).FindStringSubmatch(strings.TrimRight(line, "\n"))
			if m != nil {
				list[sockKey{"unix", "", "", m[5]}] = strings.Join([]string{m[2], m[3], m[4], strings.TrimSpace(m[6])}, " ")
			}
		}
	}
	return list
}

// TestSosreports: `netstat -W -neopa` as each machine of the corpus recorded it
// differs from ours only in sockets that came or went between that command and
// the copy of /proc/net, and in queues that moved.
func TestSosreports(t *testing.T) {
	compared := 0
	for _, name := range fixtures.CorpusHosts(t) {
		host := fixtures.ReadDir(t, path.Join(fixtures.Corpus(t), name))
		var text []byte
		for _, at := range []string{"sos_commands/networking/netstat_-W_-neopa", "cmd/netstat_-W_-neopa", "cmd/netstat_-anpoee_--wide"} {
			if text = host.Recorded[at]; text != nil {
				break
			}
		}
		if text == nil {
			continue
		}
		compared++
		t.Run(name, func(t *testing.T) {
			stdout, _, _ := ours("-W", "-neopa", host.WriteDir(t, t.TempDir()))
			theirs, mine := socketLines(string(text)), socketLines(stdout)
			same, moved := 0, 0
			var gone, came []sockKey
			for k, v := range theirs {
				switch w, ok := mine[k]; {
				case !ok:
					gone = append(gone, k)
				case w == v:
					same++
				default:
					moved++
					t.Logf("moved: %v: recorded %q, ours %q", k, v, w)
				}
			}
			for k := range mine {
				if _, ok := theirs[k]; !ok {
					came = append(came, k)
				}
			}
			t.Logf("%s: %d sockets alike, %d with another queue or state, %d only in the recorded output, %d only in /proc/net",
				name, same, moved, len(gone), len(came))
			for _, k := range slices.Concat(gone, came) {
				t.Logf("only one of them has %v", k)
			}
			if total := same + moved + len(gone); same*10 < total*8 {
				t.Errorf("only %d of %d recorded sockets are alike: that is more than came and went", same, total)
			}
		})
	}
	if compared == 0 {
		t.Error("no machine of the corpus has a recorded netstat -W -neopa")
	}
}
