package cli

import (
	"bytes"
	"compress/gzip"
	goflag "flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/coldstat/coldstat/fixtures"
)

var update = goflag.Bool("update", false, "record the goldens from the installed netstat")

// ours runs the program in this process.
func ours(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = Main(args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
	return out.String(), errs.String(), code
}

// likeNetstat are the options that make us read a capture as the oracle does:
// names from the capture only, and words in this machine's order, which is
// little-endian wherever these tests run.
func likeNetstat(bundle string, argv []string) []string {
	return slices.Concat([]string{"--services", "bundle", "--byte-order", "little", bundle}, argv)
}

// A golden is what the real netstat printed for one option set.
type golden struct {
	argv   []string
	code   int
	stdout string
}

func goldenPath(t testing.TB, host string) string {
	return filepath.Join(fixtures.Root(t), "testdata", "golden", host+".txtar.gz")
}

// readGoldens loads what was recorded for a capture: a gzip-compressed txtar
// archive with one file per option set, named `netstat ARGV = CODE`.
func readGoldens(t testing.TB, host string) []golden {
	t.Helper()
	f, err := os.Open(goldenPath(t, host))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	var list []golden
	for _, file := range txtar.Parse(text).Files {
		argv, code, ok := strings.Cut(strings.TrimPrefix(file.Name, "netstat"), "= ")
		g := golden{argv: strings.Fields(argv), stdout: string(file.Data)}
		if _, err := fmt.Sscan(code, &g.code); err != nil || !ok {
			t.Fatalf("golden %q of %s: no exit status", file.Name, host)
		}
		list = append(list, g)
	}
	return list
}

func writeGoldens(t testing.TB, host string, list []golden) {
	t.Helper()
	a := &txtar.Archive{Comment: []byte("Recorded from netstat of net-tools 2.10 over testdata/captures/" + host + ".tar.gz.\n")}
	for _, g := range list {
		name := fmt.Sprintf("netstat %s = %d", strings.Join(g.argv, " "), g.code)
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(g.stdout)})
	}
	var buf bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if _, err := zw.Write(txtar.Format(a)); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(goldenPath(t, host), buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestGolden compares us with what netstat printed, on any operating system and
// from every form of bundle.
func TestGolden(t *testing.T) {
	for _, host := range fixtures.Captures() {
		goldens := readGoldens(t, host)
		if len(goldens) < 60 {
			t.Errorf("%s: %d option sets, want at least 60", host, len(goldens))
		}
		bundles := (*fixtures.Host).Bundles
		if host == "lab-c" { // one is enough for what is rare, and this one is small
			bundles = (*fixtures.Host).EveryBundle
		}
		for form, bundle := range bundles(fixtures.Capture(t, host).SoleOwners(), t) {
			t.Run(host+"/"+form, func(t *testing.T) {
				t.Parallel()
				for _, g := range goldens {
					stdout, stderr, code := ours(likeNetstat(bundle, g.argv)...)
					compare(t, host, g, stdout, stderr, code)
				}
			})
		}
	}
}

// TestConfirm replays the command of every golden against the installed
// netstat. With -update it records them instead.
func TestConfirm(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	for _, host := range fixtures.Captures() {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			dir := fixtures.Capture(t, host).SoleOwners().WriteDir(t, t.TempDir())
			if *update {
				var list []golden
				for _, argv := range fixtures.Argvs() {
					a := fixtures.Netstat(t, dir, argv...)
					list = append(list, golden{argv: argv, code: a.Code, stdout: string(a.Stdout)})
				}
				writeGoldens(t, host, list)
				return
			}
			for _, g := range readGoldens(t, host) {
				a := fixtures.Netstat(t, dir, g.argv...)
				if string(a.Stdout) != g.stdout || a.Code != g.code {
					t.Errorf("netstat %s over %s: the golden does not hold (make golden records it): exit %d, golden %d\n%s",
						strings.Join(g.argv, " "), host, a.Code, g.code, firstDifference(string(a.Stdout), g.stdout))
				}
			}
		})
	}
}

// TestCorpus compares us with the installed netstat over every machine of the
// corpus, with the same option sets.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	corpus := fixtures.Corpus(t)
	for _, host := range fixtures.CorpusHosts(t) {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			dir := fixtures.ReadDir(t, filepath.Join(corpus, host)).SoleOwners().WriteDir(t, t.TempDir())
			for _, argv := range fixtures.Argvs() {
				a := fixtures.Netstat(t, dir, argv...)
				stdout, stderr, code := ours(likeNetstat(dir, argv)...)
				compare(t, host, golden{argv: argv, code: a.Code, stdout: string(a.Stdout)}, stdout, stderr, code)
			}
		})
	}
}

// compare reports a difference that is not one of the wanted ones.
func compare(t *testing.T, host string, g golden, stdout, stderr string, code int) {
	t.Helper()
	if code != g.code {
		t.Errorf("coldstat %s over %s: exit %d, netstat %d; stderr:\n%s", strings.Join(g.argv, " "), host, code, g.code, stderr)
	}
	if diff := unwanted(g, stdout); diff != "" {
		t.Errorf("coldstat %s over %s differs from netstat: %s", strings.Join(g.argv, " "), host, diff)
	}
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(got, want string) string {
	g, w := strings.SplitAfter(got, "\n"), strings.SplitAfter(want, "\n")
	for i := range max(len(g), len(w)) {
		gl, wl := "(end)", "(end)"
		if i < len(g) {
			gl = g[i]
		}
		if i < len(w) {
			wl = w[i]
		}
		if gl != wl {
			return fmt.Sprintf("line %d\n got %q\nwant %q", i+1, gl, wl)
		}
	}
	return ""
}
