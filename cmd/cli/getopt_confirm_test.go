package cli

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// inParallel calls f for every element, a few at a time.
func inParallel[T any](list []T, f func(T)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, 2*runtime.GOMAXPROCS(0))
	for _, e := range list {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			f(e)
		})
	}
	wg.Wait()
}

// abbreviations are all beginnings of all long options of netstat, and those
// with a letter too many.
func abbreviations() []string {
	var list []string
	for _, name := range longNames(netstatFlags(&options{})) {
		for i := 1; i <= len(name); i++ {
			list = append(list, name[:i], name[:i]+"q", name[:i]+"-")
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

var complaint = regexp.MustCompile(`(?m)^(?:netstat: |coldstat: error: )(option '--.*|unrecognized option '--.*)$`)

// said gives what a program complains of about a long option, without the
// argument, which only netstat repeats, and with the possibilities in order.
func said(stderr string) string {
	m := complaint.FindStringSubmatch(stderr)
	if m == nil {
		return ""
	}
	text, list, ok := strings.Cut(strings.ReplaceAll(m[1], "=inet'", "'"), "; possibilities: ")
	if !ok {
		return text
	}
	return text + ": " + strings.Join(slices.Sorted(slices.Values(strings.Fields(list))), " ")
}

func hasPrefix(names []string, prefix string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, prefix) })
}

// TestConfirmAbbreviations: netstat takes, finds ambiguous and refuses the same
// shortened options, and in the same words.
func TestConfirmAbbreviations(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	dir := fixtures.NewHost(map[string]string{"proc/net/empty/file": ""}).WriteDir(t, t.TempDir())
	var cases [][]string
	for _, name := range abbreviations() {
		p := &prefixes{netstat: longNames(netstatFlags(&options{}))}
		if len(p.match(name)) == 0 && hasPrefix(longNames(ownFlags(&options{})), name) {
			continue // an option of ours, of which netstat does not know
		}
		// -t ends --continuous, because proc/net/tcp is missing.
		cases = append(cases, []string{"--" + name, "-t"}, []string{"--" + name + "=inet", "-t"})
		if strings.HasPrefix("protocol", name) {
			cases = append(cases, []string{"-t", "--" + name})
		}
	}
	inParallel(cases, func(argv []string) {
		a := fixtures.Netstat(t, dir, argv...)
		_, stderr, code := ours(likeNetstat(dir, argv)...)
		if strings.Contains(stderr, errContinuous.Error()) {
			code = a.Code
		}
		if (code == exitUsage) != (a.Code == 3) {
			t.Errorf("coldstat %q: exit %d, netstat %d; stderr %q, netstat's %q", argv, code, a.Code, stderr, a.Stderr)
		}
		if got, want := said(stderr), said(string(a.Stderr)); got != want {
			t.Errorf("coldstat %q says %q, netstat %q", argv, got, want)
		}
	})
	t.Logf("%d command lines", len(cases))
}

// TestConfirmKnowsAllOptions: no option of netstat is missing here.
func TestConfirmKnowsAllOptions(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	dir := fixtures.NewHost(map[string]string{"proc/net/empty/file": ""}).WriteDir(t, t.TempDir())
	known := longNames(netstatFlags(&options{}))
	// An empty abbreviation is ambiguous between all of them.
	a := fixtures.Netstat(t, dir, "--=")
	listed := regexp.MustCompile(`'--([a-z0-9-]+)'`).FindAllSubmatch(a.Stderr, -1)
	if len(listed) < 30 {
		t.Errorf("netstat lists %d options, want at least 30: %s", len(listed), a.Stderr)
	}
	for _, m := range listed {
		if !slices.Contains(known, string(m[1])) {
			t.Errorf("netstat has --%s, coldstat has not", m[1])
		}
	}
	var letters []string
	for c := byte('!'); c <= '~'; c++ {
		letters = append(letters, string(c))
	}
	inParallel(letters, func(letter string) {
		argv := []string{"-t" + letter, "inet"}
		if letter == "c" {
			argv = []string{"-tc"} // ends, because proc/net/tcp is missing
		}
		a := fixtures.Netstat(t, dir, argv...)
		if letter == "-" {
			return // -t- with netstat is its own option; tried above
		}
		_, stderr, code := ours("-t"+letter, "inet", dir)
		if letter != "A" {
			_, stderr, code = ours("-t"+letter, dir)
		}
		if letter == "c" {
			return // -c is refused
		}
		if (code == exitUsage) != (a.Code == 3) {
			t.Errorf("-t%s: exit %d, netstat %d; stderr %q", letter, code, a.Code, stderr)
		}
	})
}

// A guess is a made-up command line. at is where the bundle goes among the
// words, in the place of netstat's operands, which it ignores.
type guess struct {
	words []string
	at    int
}

func (g guess) argv(operand string) []string {
	return slices.Insert(slices.Clone(g.words), g.at, operand)
}

// guessLine makes up a command line: clusters, shortened long options, families
// in every spelling, some of them wrong, and options behind the operand.
func guessLine(r *rand.Rand) guess {
	const letters = "tuwxUSalnNeopWv46rFCd"
	odd := []string{"-h", "-V", "-Z", "-Q", "-?", "-s", "-g", "-M", "-2", "-f", "-A", "--", "-t=n", "--bogus", "-test.v", "---", "-r", "-rr"}
	long := longNames(netstatFlags(&options{}))
	long = slices.DeleteFunc(long, func(name string) bool {
		return name == "continuous" || name == "interfaces" // never ends; asks the kernel
	})
	families := []string{"inet", "inet6", "unix", "ip", "ip6", "tcpip", "inet,inet6", "unix,inet", "inet6,inet", "ddp", "econet", "ash", "ax25", "x25,inet", "INET", "", "inet,", "foo", "=inet"}
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	var g guess
	for range 1 + r.IntN(4) {
		switch n := r.IntN(20); {
		case n < 10:
			cluster := "-"
			for range 1 + r.IntN(5) {
				cluster += string(letters[r.IntN(len(letters))])
			}
			g.words = append(g.words, cluster)
		case n < 15:
			name := pick(long)
			if r.IntN(3) == 0 {
				name = name[:1+r.IntN(len(name))]
			}
			if strings.HasPrefix("continuous", name) || strings.HasPrefix("interfaces", name) {
				continue
			}
			if strings.HasPrefix("protocol", name) && r.IntN(2) == 0 {
				name += "=" + pick(families)
			}
			g.words = append(g.words, "--"+name)
		case n < 17:
			g.words = append(g.words, "-A"+pick(families))
		case n < 18:
			g.words = append(g.words, "-nA", pick(families))
		case n < 19:
			g.words = append(g.words, "--prot", pick(families))
		default:
			g.words = append(g.words, pick(odd))
		}
	}
	g.at = r.IntN(len(g.words) + 1)
	// Behind a -- and as the argument of -A the bundle's place matters: only
	// netstat ignores what it does not know.
	for i, w := range g.words {
		switch {
		case w == "--":
			g.words, g.at = g.words[:i+1], i+1
			return g
		case g.at == i+1 && (strings.HasSuffix(w, "A") || strings.HasPrefix(w, "--pro") && !strings.Contains(w, "=")):
			g.at = 0
		}
	}
	return g
}

// TestConfirmGuessedLines compares exit status and output of made-up command
// lines with netstat's.
func TestConfirmGuessedLines(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	dir := fixtures.Capture(t, "lab-c").SoleOwners().WriteDir(t, t.TempDir())
	r := rand.New(rand.NewPCG(2, 10))
	var guesses []guess
	for range 800 {
		guesses = append(guesses, guessLine(r))
	}
	var mu sync.Mutex
	codes := map[int]int{}
	inParallel(guesses, func(g guess) {
		stdout, stderr, code := ours(slices.Concat([]string{"--services=bundle", "--byte-order=little"}, g.argv(dir))...)
		a := fixtures.Netstat(t, dir, g.argv("x")...)
		mu.Lock()
		codes[a.Code]++
		mu.Unlock()
		name := fmt.Sprintf("%q", g.argv("BUNDLE"))
		if code != a.Code {
			t.Errorf("coldstat %s: exit %d, netstat %d; stderr %q, netstat's %q", name, code, a.Code, stderr, a.Stderr)
		}
		if text := strings.HasPrefix(stdout, "coldstat"); text && code == exitOK {
			return // --help and --version are our own
		}
		want := golden{argv: g.words, code: a.Code, stdout: string(a.Stdout)}
		if diff := unwanted(want, stdout); diff != "" {
			t.Errorf("coldstat %s differs from netstat: %s", name, diff)
		}
	})
	t.Logf("netstat's exit statuses %v", codes)
	if codes[0] < 100 || codes[1] < 10 || codes[3] < 10 {
		t.Errorf("too few of one kind: netstat's exit statuses %v", codes)
	}
}
