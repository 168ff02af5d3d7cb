package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// statRuns are the options of this part of netstat, for which every capture is
// compared.
var statRuns = []string{
	"-s", "-st", "-su", "-sw", "-sS", "-sU", "-s6", "-st6", "-su6", "-sw6", "-s46", "-M", "-Mn",
	"-g", "-gn", "-gn4", "-gn6", "-W -agn", "-rC", "-rnC", "-rCe", "-rCee", "-rFC", "-rn6C", "-r6FC",
}

func TestCorpusStatistics(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	for name, dir := range statTrees(t) {
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			t.Parallel()
			for _, run := range statRuns {
				confirm(t, dir, run)
			}
		})
	}
}

// confirm runs both programs over a directory and wants the same output and
// exit code.
func confirm(t *testing.T, dir, run string) {
	t.Helper()
	argv := strings.Fields(run)
	a := fixtures.Netstat(t, dir, argv...)
	stdout, stderr, code := ours(likeNetstat(dir, argv)...)
	compare(t, t.Name(), golden{argv: argv, code: a.Code, stdout: string(a.Stdout)}, stdout, stderr, code)
}

var digits = regexp.MustCompile(`[0-9]+`)

// TestRecordedStatistics compares with what netstat printed on the captured machines
// themselves. Counters move between the reading of the files and the run, so
// of -s only the texts are compared.
func TestRecordedStatistics(t *testing.T) {
	root := fixtures.Corpus(t)
	compared := 0
	for _, pattern := range []string{"ours/*/cmd/netstat_*", "public/*/sos_commands/networking/netstat_*"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			dir, _, _ := strings.Cut(file, "/cmd/")
			dir, _, _ = strings.Cut(dir, "/sos_commands/")
			run := strings.ReplaceAll(strings.TrimPrefix(filepath.Base(file), "netstat_"), "_", " ")
			if !strings.HasPrefix(run, "-s") && !strings.HasPrefix(run, "-g") && run != "-W -agn" && run != "-rnC" {
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, _, _ := ours(append(strings.Fields(run), dir)...)
			theirs := string(want)
			if strings.HasPrefix(run, "-s") {
				got, theirs = digits.ReplaceAllString(got, "N"), digits.ReplaceAllString(theirs, "N")
			}
			if got != theirs {
				t.Errorf("%s, netstat %s: %s", filepath.Base(dir), run, firstDifference(got, theirs))
			}
			compared++
		}
	}
	if compared == 0 {
		t.Error("no recorded output was found")
	}
}
