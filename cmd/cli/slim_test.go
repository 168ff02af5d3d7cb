package cli

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
)

// slimmed writes the small bundle of a bundle and gives its path.
func slimmed(t *testing.T, bundle, name string, wantCode int) string {
	t.Helper()
	small := filepath.Join(t.TempDir(), name)
	if stdout, stderr, code := ours("slim", bundle, "-o", small); code != wantCode || stdout != "" || wantCode == exitOK && stderr != "" {
		t.Fatalf("coldstat slim %s: exit %d, stdout %q, stderr %q", bundle, code, stdout, stderr)
	}
	return small
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// shrunk are the rows of `coldstat files` whose bytes are fewer in a small bundle:
// of files that are cut, of links, and of directories in place of a file.
var shrunk = regexp.MustCompile(`(?m)^((?:(?:proc/\*/(?:fd/\*|ns/\*|cmdline)|etc/passwd),[a-z ]*|[a-z0-9/]*,failed),\d*,\d*,\d*),\d+,`)

// damaged is how a bundle's damage is told, which depends on what the view reads.
var damaged = regexp.MustCompile(`(?:the bundle is damaged: |"message":"the bundle is damaged: )[^\n]*`)

// sees is all that a view prints, with the bundle's name taken out.
func sees(bundle string, argv []string) string {
	stdout, stderr, code := ours(append(slices.Clone(argv), bundle)...)
	all := fmt.Sprintf("%s\nstderr:\n%s\nexit %d\n", stdout, stderr, code)
	all = damaged.ReplaceAllString(strings.ReplaceAll(all, bundle, "BUNDLE"), "the bundle is damaged")
	return shrunk.ReplaceAllString(all, "$1,N,")
}

// fullViews are all option sets, and sampleViews those that read every file once.
func fullViews() [][]string {
	return append(fixtures.Argvs(), sampleViews...)
}

var sampleViews = [][]string{
	{"-aneopW"}, {"-taep"}, {"-xap"}, {"-rnC"}, {"-rn6"}, {"-gn"}, {"-s"}, {"-i"}, {"-ia"}, {"-ie"},
	{"--kinds", "all", "--json"}, {"files", "--csv"}, {"-rn", "--netns", "all"},
}

func sameViews(t *testing.T, big, small string, views [][]string) {
	t.Helper()
	for _, argv := range views {
		if want, got := sees(big, argv), sees(small, argv); got != want {
			t.Errorf("coldstat %q of %s and of its small bundle: %s", argv, big, firstDifference(got, want))
		}
	}
}

// TestSlimViews: every view of a small bundle equals that of the big one.
func TestSlimViews(t *testing.T) {
	for _, host := range fixtures.Captures() {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			big := filepath.Join(fixtures.Root(t), "testdata", "captures", host+".tar.gz")
			views := sampleViews
			if host == "lab-c" {
				views = fullViews()
			}
			sameViews(t, big, slimmed(t, big, "small.tar.zst", exitOK), views)
		})
	}
}

// TestSlimCorpus does so for the public machines of the corpus and its archives;
// ours are among the captures.
func TestSlimCorpus(t *testing.T) {
	corpus := fixtures.Corpus(t)
	views := map[string][][]string{}
	for _, host := range fixtures.CorpusHosts(t) {
		if strings.HasPrefix(host, "public/") {
			views[host] = sampleViews
		}
	}
	for _, archive := range []string{"coreos-master1", "hotsos-kubernetes"} {
		views["public/archives/sosreport-"+archive+"-subset.tar.xz"] = [][]string{{"--kinds", "all", "--json"}}
	}
	for host, views := range views {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			big := filepath.Join(corpus, host)
			sameViews(t, big, slimmed(t, big, "small.tar", exitOK), views)
		})
	}
}

// TestSlimHosts: a collection of hosts keeps all of them, with their network
// namespaces and the outputs of commands.
func TestSlimHosts(t *testing.T) {
	collection := fixtures.NewHost(nil)
	for i, c := range fixtures.Collectors() {
		if c.Name != "sosreport" && c.Name != "supportconfig" && c.Name != "EKS log collector" {
			continue
		}
		stored, _ := c.Store(fixtures.Capture(t, []string{"lab-a", "lab-c"}[i%2]))
		if c.Name == "sosreport" {
			stored.Set("sos_commands/networking/ip_netns_exec_blue_ip_route_show_table_all", "default via 10.0.0.1 dev eth0\n")
			stored.Set("sos_commands/networking/namespaces/red/ip_netns_exec_red_ss_-peaonmi",
				"Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\ntcp LISTEN 0 128 10.0.0.2:22 0.0.0.0:* users:((\"sshd\",pid=7,fd=3)) ino:77 sk:1 <->\n")
		}
		collection.Files[fmt.Sprintf("host%d.tar.xz", i)] = fixtures.Xz(t, stored.Tar(t, fixtures.TarOptions{Prefix: c.Prefix}))
	}
	big := filepath.Join(t.TempDir(), "collection.tar")
	if err := os.WriteFile(big, collection.Tar(t, fixtures.TarOptions{}), 0o644); err != nil {
		t.Fatal(err)
	}
	small := slimmed(t, big, "small.tar.zst", exitOK)
	told := regexp.MustCompile(`host\d+(?:\.tar\.xz)?|==> .* <==|"archive":[^,]*,|"collector":[^,]*,`) // what only the big one has
	for _, argv := range [][]string{{"-tanp", "--netns", "all"}, {"-rn", "--netns", "all"}, {"-i"}, {"-aneop"}, {"--kinds", "all", "--json", "--netns", "all"}} {
		want, got := told.ReplaceAllString(sees(big, argv), "X"), told.ReplaceAllString(sees(small, argv), "X")
		if sortedViews(got) != sortedViews(want) {
			t.Errorf("coldstat %q differs: %s", argv, firstDifference(sortedViews(got), sortedViews(want)))
		}
	}
}

// sortedViews puts the lines in order: machines stand in that of their names, which
// are others in a small bundle.
func sortedViews(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestSlimReproducible: the same machine gives the same bytes, whatever bundle it
// is in and in whatever order, and so does its small bundle.
func TestSlimReproducible(t *testing.T) {
	t.Parallel()
	h := fixtures.Capture(t, "lab-c")
	forms := h.EveryBundle(t)
	reversed := filepath.Join(t.TempDir(), "host.tar")
	if err := os.WriteFile(reversed, h.Tar(t, fixtures.TarOptions{Prefix: "./a/b/", Order: slices.Reverse[[]string], NoDirs: true}), 0o644); err != nil {
		t.Fatal(err)
	}
	forms["reversed"] = reversed
	for _, ending := range []string{".tar.zst", ".tar.gz", ".tar"} {
		first := slimmed(t, forms["dir"], "small"+ending, exitOK)
		want := mustRead(t, first)
		forms["again"], forms["slim"] = forms["dir"], first
		for form, bundle := range forms {
			if got := mustRead(t, slimmed(t, bundle, "other"+ending, exitOK)); !bytes.Equal(got, want) {
				t.Errorf("as %s: the small bundle%s has other bytes than that of the directory", form, ending)
			}
		}
	}
}

// TestSlimNameless: without a host name the directory's name in the bundle stays.
func TestSlimNameless(t *testing.T) {
	h := fixtures.NewHost(map[string]string{"proc/net/arp": "IP address\n"})
	dir := h.WriteDir(t, filepath.Join(t.TempDir(), "web 1"))
	first := slimmed(t, dir, "first.tar", exitOK)
	if want, got := mustRead(t, first), mustRead(t, slimmed(t, first, "second.tar", exitOK)); !bytes.Equal(got, want) {
		t.Error("the small bundle of a small bundle has other bytes")
	}
	if !bytes.Contains(mustRead(t, first), []byte("web_1/proc/net/arp\x00")) {
		t.Error("no web_1/proc/net/arp in it")
	}
}

func TestTopDirectory(t *testing.T) {
	for _, tt := range []struct{ host, base, name, want string }{
		{"web1", "sosreport-x", "a.tar.gz", "web1"},
		{"", "sosreport-x", "a.tar.gz", "sosreport-x"},
		{"", ".", "/tmp/a.b.tar.gz", "a.b"},
		{"", ".", "-", "host"},
		{"", ".", ".", "host"},
		{"../../etc", ".", "x", "_.._etc"},
		{"a/b\x1b[31m", ".", "x", "a_b__31m"},
		{"proc", ".", "x", "host-proc"},
		{"sys", ".", "x", "host-sys"},
		{strings.Repeat("a", 300), ".", "x", strings.Repeat("a", maxTop)},
	} {
		if got := topDirectory(tt.host, tt.base, tt.name); got != tt.want {
			t.Errorf("topDirectory(%q, %q, %q) = %q, want %q", tt.host, tt.base, tt.name, got, tt.want)
		}
	}
}

// TestSlimKeepsSecrets: nothing is in it that no view shows.
func TestSlimKeepsSecrets(t *testing.T) {
	h := fixtures.Capture(t, "lab-c")
	h.Files["proc/1402/cmdline"] = []byte("/usr/bin/db\x00--password=hunter2\x00")
	h.Files["etc/passwd"] = []byte("root:$1$hunter2:0:0:hunter2,,hunter2:/hunter2:/bin/sh\n# hunter2\n+hunter2\nbroken:hunter2\n")
	h.Set("proc/1402/fd/99", strings.Repeat("x", 64)+"hunter2")
	h.Set("proc/5201/net/nf_conntrack_expect", "hunter2").Set("etc/shadow", "hunter2")
	big := h.WriteDir(t, t.TempDir())
	small := slimmed(t, big, "small.tar", exitOK)
	if data := mustRead(t, small); bytes.Contains(data, []byte("hunter2")) {
		t.Error("a secret is in the small bundle")
	} else if !bytes.Contains(data, []byte("/usr/bin/db\x00")) {
		t.Error("the program's name is not in the small bundle")
	}
	sameViews(t, big, small, sampleViews)
}

// TestSlimTexts: files in place of links become links, if they say the same.
func TestSlimTexts(t *testing.T) {
	t.Parallel()
	h := fixtures.Capture(t, "lab-c")
	want := mustRead(t, slimmed(t, h.WriteDir(t, t.TempDir()), "links.tar", exitOK))
	texts := h.Clone()
	for name, target := range h.Links {
		if strings.Contains(name, "/fd/") {
			delete(texts.Links, name)
			texts.Set(name, target+"\n")
		}
	}
	if got := mustRead(t, slimmed(t, texts.WriteDir(t, t.TempDir()), "texts.tar", exitOK)); !bytes.Equal(got, want) {
		t.Error("links kept as text give other bytes than links")
	}
	odd := h.Clone().Set("proc/1402/fd/50", " socket:[17781]\n\n").Set("proc/1402/fd/51", "").Set("proc/1402/fd/52", "a\nb").Link("proc/1402/fd/53", "\x1b]0;x\a")
	dir := odd.WriteDir(t, t.TempDir())
	sameViews(t, dir, slimmed(t, dir, "odd.tar", exitOK), sampleViews)
}

// TestSlimOddFiles: empty, absent, a directory, a row cut in the middle: all stay
// what they are.
func TestSlimOddFiles(t *testing.T) {
	t.Parallel()
	h := fixtures.Capture(t, "lab-c")
	const net = "proc/5201/net/" // proc/net is a link
	delete(h.Files, net+"raw")
	delete(h.Files, net+"udp6")
	h.Set(net+"udp", "").Set(net+"ipx/socket", "x\n").Set(net+"x25/y", "").Set(net+"raw/tcp", "")
	h.Files[net+"arp"] = bytes.TrimSuffix(h.Files[net+"arp"], []byte("\n"))
	h.Files[net+"unix"] = append(h.Files[net+"unix"], "forged\n\x1b[2J\n"...)
	dir := h.WriteDir(t, t.TempDir())
	sameViews(t, dir, slimmed(t, dir, "small.tar.gz", exitOK), fullViews())
}

// TestSlimDamaged: what a damaged bundle lacks is told of its small bundle in the
// same words, wherever the damage is.
func TestSlimDamaged(t *testing.T) {
	t.Parallel()
	h := fixtures.Capture(t, "big")
	plain := h.Tar(t, fixtures.TarOptions{Prefix: "sosreport-x/"})
	views := [][]string{{"-aneopW"}, {"-s"}, {"--kinds", "all", "--json"}, {"files", "--csv"}}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"cut.tar": plain, "cut.tar.gz": fixtures.Gzip(t, plain), "cut.tar.xz": fixtures.Xz(t, plain)} {
		for _, percent := range []int{55, 99} {
			big := filepath.Join(dir, fmt.Sprint(percent, name))
			if err := os.WriteFile(big, data[:len(data)*percent/100], 0o644); err != nil {
				t.Fatal(err)
			}
			small := slimmed(t, big, "small.tar.zst", exitDamaged)
			sameViews(t, big, small, views)
			if again := slimmed(t, small, "again.tar.zst", exitDamaged); !bytes.Equal(mustRead(t, again), mustRead(t, small)) {
				t.Errorf("%s: the small bundle of a small bundle has other bytes", big)
			}
		}
	}
}

// TestSlimPipes: from standard input, and to standard output.
func TestSlimPipes(t *testing.T) {
	big := filepath.Join(fixtures.Root(t), "testdata", "captures", "lab-c.tar.gz")
	want := mustRead(t, slimmed(t, big, "small.tar.zst", exitOK))
	var out, errs bytes.Buffer
	code := Main([]string{"slim", "-o", "-", "-"}, Streams{In: bytes.NewReader(mustRead(t, big)), Out: &out, Err: &errs})
	if code != exitOK || errs.Len() > 0 || !bytes.Equal(out.Bytes(), want) {
		t.Errorf("coldstat slim -o - -: exit %d, stderr %q, %d bytes; want %d", code, errs.String(), out.Len(), len(want))
	}
	out.Reset()
	code = Main([]string{"slim", "-o", "-", big}, Streams{Out: &out, Err: &errs, OutIsTerminal: true})
	if code != exitUsage || out.Len() > 0 || !strings.HasPrefix(errs.String(), "coldstat: error: standard output is a terminal, and an archive is not for it\n") {
		t.Errorf("coldstat slim -o - to a terminal: exit %d, stderr %q, %d bytes", code, errs.String(), out.Len())
	}
}

// TestSlimWriteError: an output that cannot be written leaves nothing.
func TestSlimWriteError(t *testing.T) {
	big := filepath.Join(fixtures.Root(t), "testdata", "captures", "lab-c.tar.gz")
	var errs bytes.Buffer
	code := Main([]string{"slim", big, "-o", "-"}, Streams{Out: full{}, Err: &errs})
	if want := "coldstat: error: cannot write the output: no space left on device\n"; code != exitFailed || errs.String() != want {
		t.Errorf("exit %d, stderr %q; want %d, %q", code, errs.String(), exitFailed, want)
	}
	dir := t.TempDir()
	stub := filepath.Join(dir, "stub.tar")
	if err := os.WriteFile(stub, []byte("no tar"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, code := ours("slim", stub, "-o", filepath.Join(dir, "small.tar")); code != exitFailed {
		t.Errorf("of no bundle: exit %d, want %d", code, exitFailed)
	}
	if _, _, code := ours("slim", big, "-o", filepath.Join(dir, "no", "small.tar")); code != exitFailed {
		t.Errorf("into no directory: exit %d, want %d", code, exitFailed)
	}
	if entries, err := os.ReadDir(dir); len(entries) != 1 || err != nil {
		t.Errorf("%v, %v; want stub.tar alone", entries, err)
	}
	// The bundle itself can be replaced.
	own := filepath.Join(dir, "own.tar.gz")
	if err := os.WriteFile(own, mustRead(t, big), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := ours("slim", own, "-o", own); code != exitOK {
		t.Fatalf("of itself: exit %d, stderr %q", code, stderr)
	}
	sameViews(t, big, own, [][]string{{"-aneopW"}})
}

// TestSlimTool: zstd, gzip and tar can read what is written.
func TestSlimTool(t *testing.T) {
	big := filepath.Join(fixtures.Root(t), "testdata", "captures", "lab-c.tar.gz")
	plain := mustRead(t, slimmed(t, big, "small.tar", exitOK))
	for tool, ending := range map[string]string{"zstd": ".tar.zst", "gzip": ".tar.gz"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Logf("%s is not installed", tool)
			continue
		}
		out, err := exec.Command(tool, "-dc", slimmed(t, big, "small"+ending, exitOK)).Output()
		if err != nil || !bytes.Equal(out, plain) {
			t.Errorf("%s -dc: %v, %d bytes; want the tar of %d bytes", tool, err, len(out), len(plain))
		}
	}
}

// TestSlimTellsSizes: on a terminal, or with -v.
func TestSlimTellsSizes(t *testing.T) {
	big := filepath.Join(fixtures.Root(t), "testdata", "captures", "lab-c.tar.gz")
	small := filepath.Join(t.TempDir(), "small.tar.zst")
	told := regexp.MustCompile(`^coldstat: note: \S+lab-c\.tar\.gz: 16\.2 kB, \S+small\.tar\.zst: \d+\.\d kB\n$`)
	for _, tt := range []struct {
		argv     []string
		terminal bool
		want     bool
	}{
		{[]string{"slim", big, "-o", small}, false, false},
		{[]string{"slim", big, "-o", small}, true, true},
		{[]string{"slim", "-v", big, "--output", small}, false, true},
	} {
		var errs bytes.Buffer
		Main(tt.argv, Streams{Err: &errs, ErrIsTerminal: tt.terminal})
		if told.MatchString(errs.String()) != tt.want {
			t.Errorf("coldstat %q, terminal %v: stderr %q", tt.argv, tt.terminal, errs.String())
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 99949: "99.9 kB", 99950: "100 kB", 999499: "999 kB", 999500: "1.0 MB", 12_345_678: "12.3 MB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}

// TestSlowHint: a slow run over a file names slim on the terminal, and only there.
func TestSlowHint(t *testing.T) {
	captures := filepath.Join(fixtures.Root(t), "testdata", "captures")
	file, dir := filepath.Join(captures, "lab-c.tar.gz"), fixtures.Capture(t, "lab-c").WriteDir(t, t.TempDir())
	const hint = "coldstat: hint: coldstat slim BUNDLE -o small.tar.zst makes the next runs faster\n"
	for _, tt := range []struct {
		name     string
		bundle   string
		took     time.Duration
		terminal bool
		want     string
	}{
		{"slow", file, 5*time.Second + 1, true, hint},
		{"not slow", file, 5 * time.Second, true, ""},
		{"no terminal", file, time.Minute, false, ""},
		{"a directory", dir, time.Minute, true, ""},
		{"a pipe", "-", time.Minute, true, ""},
	} {
		now := time.Unix(0, 0)
		clock := func() time.Time {
			defer func() { now = now.Add(tt.took) }()
			return now
		}
		var out, errs bytes.Buffer
		in := bytes.NewReader(mustRead(t, file))
		code := Main([]string{"-tan", tt.bundle}, Streams{In: in, Out: &out, Err: &errs, ErrIsTerminal: tt.terminal, Now: clock})
		if code != exitOK || errs.String() != tt.want {
			t.Errorf("%s: exit %d, stderr %q, want %q", tt.name, code, errs.String(), tt.want)
		}
	}
}

// TestSlimUnreadable: what may not be read is told, and is not in it.
func TestSlimUnreadable(t *testing.T) {
	if os.Getuid() == 0 || os.PathSeparator != '/' {
		t.Skip("everything can be read")
	}
	dir := fixtures.Capture(t, "lab-c").WriteDir(t, t.TempDir())
	if err := os.Chmod(filepath.Join(dir, "proc/net/udp"), 0); err != nil {
		t.Fatal(err)
	}
	_, stderr, code := ours("slim", dir, "-o", filepath.Join(t.TempDir(), "small.tar"))
	if want := "coldstat: warning: proc/net/udp is left out: permission denied\n"; stderr != want || code != exitDamaged {
		t.Errorf("exit %d, stderr %q; want %d, %q", code, stderr, exitDamaged, want)
	}
}

// TestSlimHostile: names and targets that point elsewhere, or that act on a
// terminal, do no harm.
func TestSlimHostile(t *testing.T) {
	h := fixtures.Capture(t, "lab-c")
	delete(h.Links, "proc/sys/kernel/hostname")
	h.Set("proc/sys/kernel/hostname", "../../../tmp/x\n")
	var outside bytes.Buffer
	tw := tar.NewWriter(&outside)
	for _, name := range []string{"../proc/net/tcp", "/abs/proc/net/tcp", "etc/../../up"} {
		if err := tw.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	h.Set("proc/12\n3/cmdline", "x").Set("sys/class/net/e\x1b[2J/mtu", "1500\n").Set("proc/1402/fd/9.tar", "no link, but long enough to be none at all\n\nx")
	h.Link("proc/1402/fd/90", "/etc/\x1b]0;x\a\n../../x").Link("proc/7777777", "../../..").Link("proc/self/ns/net", "../../../x")
	big := filepath.Join(t.TempDir(), "hostile.tar")
	if err := os.WriteFile(big, append(outside.Bytes(), h.Tar(t, fixtures.TarOptions{})...), 0o644); err != nil {
		t.Fatal(err)
	}
	small := filepath.Join(t.TempDir(), "small.tar")
	_, stderr, code := ours("slim", big, "-o", small)
	if code != exitOK && code != exitDamaged || strings.ContainsAny(stderr, "\x1b\a") {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	for tr := tar.NewReader(bytes.NewReader(mustRead(t, small))); ; {
		hdr, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(hdr.Name, "/")
		if !fs.ValidPath(name) || !strings.HasPrefix(hdr.Name, "_.._.._tmp_x/") {
			t.Errorf("member %q", hdr.Name)
		}
		if hdr.Typeflag == tar.TypeSymlink && !strings.Contains(name, "/fd/") && !strings.Contains(name, "/ns/") {
			t.Errorf("a link %q to %q", hdr.Name, hdr.Linkname)
		}
	}
	for _, argv := range sampleViews {
		stdout, stderr, _ := ours(append(slices.Clone(argv), small)...)
		if strings.ContainsAny(stdout+stderr, "\x1b\a") {
			t.Errorf("coldstat %q: an escape reaches the terminal", argv)
		}
	}
	sameViews(t, small, slimmed(t, small, "again.tar", exitOK), sampleViews)
}
