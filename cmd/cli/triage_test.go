package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/triage"
	"github.com/coldstat/coldstat/render"
)

// sameFile compares with a file of the repository, which -update rewrites.
func sameFile(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: %s (-update rewrites it)", filepath.Base(name), firstDifference(got, string(want)))
	}
}

const rulesBegin, rulesEnd = "<!-- rules: go test ./cmd/cli -run TestREADMERules -update -->\n", "<!-- end of rules -->\n"

// TestREADMERules: the README's table of rules is made of the list. -update rewrites it.
func TestREADMERules(t *testing.T) {
	text := readme(t)
	before, rest, ok := strings.Cut(text, rulesBegin)
	_, after, ended := strings.Cut(rest, rulesEnd)
	if !ok || !ended {
		t.Fatal("README has no place for the table of rules")
	}
	for _, f := range render.RulesFormats() {
		if f.Name != "markdown" {
			continue
		}
		var table bytes.Buffer
		if err := f.Write(&table, render.Options{}, triage.Rules()); err != nil {
			t.Fatal(err)
		}
		sameFile(t, filepath.Join(fixtures.Root(t), "README.md"), before+rulesBegin+"\n"+table.String()+"\n"+rulesEnd+after)
	}
}

// TestREADMETriage: the README's configuration is read, and each format and option of triage
// is in the manual page.
func TestREADMETriage(t *testing.T) {
	section, _, _ := strings.Cut(below(t, "## Triage"), "\n### ")
	_, config, _ := strings.Cut(section, "```yaml\n")
	config, _, _ = strings.Cut(config, "```\n")
	for _, text := range []string{config, aboutConfig} {
		if _, err := triage.ReadConfig(strings.NewReader(text)); err != nil || text == "" {
			t.Errorf("%q: %v", text, err)
		}
	}
	page := manPage()
	for _, f := range listed(triageFlags(&triageOptions{})) {
		if !strings.Contains(page, "\n.TP\n.B "+roff(f.names())+"\n"+roff(f.help)+"\n") {
			t.Errorf("the manual page does not tell of --%s", f.long)
		}
	}
	for _, f := range render.TriageFormats() {
		if !strings.Contains(page, "\n.TP\n.B "+f.Name+"\n"+roff(f.Doc)+"\n") {
			t.Errorf("the manual page does not tell of --format %s", f.Name)
		}
	}
}

func triageGolden(t *testing.T, name string) string {
	return filepath.Join(fixtures.Root(t), "testdata", "golden", "triage", strings.ReplaceAll(name, "/", "_")+".txt")
}

// TestTriageGolden: what all rules say of our own captures, word by word.
func TestTriageGolden(t *testing.T) {
	t.Chdir(filepath.Join(fixtures.Root(t), "testdata", "captures"))
	for _, name := range fixtures.Captures() {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, code := ours("triage", "--fail-on", "never", name+".tar.gz")
			if code != exitOK {
				t.Fatalf("exit %d, stderr %q", code, stderr)
			}
			sameFile(t, triageGolden(t, name), stdout)
		})
	}
}

// TestTriageCorpus: what all rules say of the captures of the corpus: how many findings of
// which severity each rule has, and which were not checked. Addresses and names of public
// captures do not belong into this repository.
func TestTriageCorpus(t *testing.T) {
	corpus := fixtures.Corpus(t)
	bundles := map[string]string{}
	for _, host := range fixtures.CorpusHosts(t) {
		bundles["corpus/"+host] = filepath.Join(corpus, host)
	}
	archives, err := filepath.Glob(filepath.Join(corpus, "public", "archives", "*sosreport*.tar.xz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range archives {
		bundles["corpus/archives/"+strings.TrimSuffix(filepath.Base(at), ".tar.xz")] = at
	}
	for name, at := range bundles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sameFile(t, triageGolden(t, name), inShort(t, at))
		})
	}
}

// inShort counts what triage says of a bundle.
func inShort(t *testing.T, bundle string) string {
	t.Helper()
	stdout, stderr, code := ours("triage", "--fail-on", "never", "--format", "json", bundle)
	if code != exitOK && code != exitDamaged {
		t.Fatalf("exit %d, stderr %q", code, stderr)
	}
	var document struct {
		Hosts []struct {
			Findings   []struct{ Rule, Severity, Confidence string }
			NotChecked []struct{ Rule string } `json:"not_checked"`
		}
	}
	if err := json.Unmarshal([]byte(stdout), &document); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, h := range document.Hosts {
		if i > 0 {
			b.WriteString("\n")
		}
		counts, order := map[string]int{}, []string{}
		for _, f := range h.Findings {
			line := f.Severity + " " + f.Rule + " " + f.Confidence
			if counts[line]++; counts[line] == 1 {
				order = append(order, line)
			}
		}
		for _, line := range order {
			fmt.Fprintf(&b, "%s: %d\n", line, counts[line])
		}
		b.WriteString("not checked:")
		for _, n := range h.NotChecked {
			b.WriteString(" " + n.Rule)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestTriageGoldens: no golden is left of a capture that is not there any more.
func TestTriageGoldens(t *testing.T) {
	found, err := filepath.Glob(triageGolden(t, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range found {
		base := strings.TrimSuffix(path.Base(filepath.ToSlash(name)), ".txt")
		if !strings.HasPrefix(base, "corpus_") {
			if _, err := os.Stat(filepath.Join(fixtures.Root(t), "testdata", "captures", base+".tar.gz")); err != nil {
				t.Errorf("%s is of no capture: %v", name, err)
			}
		}
	}
}
