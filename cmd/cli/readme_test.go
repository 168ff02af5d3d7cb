package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// below gives the part of the README below a heading.
func below(t *testing.T, heading string) string {
	t.Helper()
	_, text, ok := strings.Cut(readme(t), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("README has no heading %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// TestPromises: each promise of the README names tests, and there are such tests.
func TestPromises(t *testing.T) {
	there := map[string]bool{}
	of := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir(fixtures.Root(t), func(at string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(at, "_test.go") {
			return err
		}
		text, err := os.ReadFile(at)
		for _, m := range of.FindAllStringSubmatch(string(text), -1) {
			there[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(below(t, "### Threat model"), "| promise | held by |\n| --- | --- |\n")
	if !ok {
		t.Fatal("the threat model has no table of promises")
	}
	n := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "| ") {
			break
		}
		names := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(line, -1)
		if len(names) == 0 {
			t.Errorf("no test holds the promise %q", line)
		}
		for _, m := range names {
			if !there[m[1]] {
				t.Errorf("there is no %s, which the README names", m[1])
			}
		}
		n++
	}
	if n < 8 {
		t.Errorf("%d promises were found, want at least 8", n)
	}
}

// TestREADMEExamples: behind each command of the README whose output it shows stands what
// the program prints.
func TestREADMEExamples(t *testing.T) {
	t.Chdir(fixtures.Root(t))
	examples := regexp.MustCompile("```sh\ngo run ./cmd/coldstat (.+)\n```\n\n```text\n((?:.*\n)*?)```\n").FindAllStringSubmatch(readme(t), -1)
	if len(examples) < 3 {
		t.Errorf("%d examples were found", len(examples))
	}
	for _, e := range examples {
		stdout, _, code := ours(strings.Fields(e[1])...)
		if stdout != e[2] || code != exitOK && code != exitFound {
			t.Errorf("coldstat %s: exit %d, %s", e[1], code, firstDifference(stdout, e[2]))
		}
	}
}

// TestDependencies: the README tells of each module that go.mod asks for, and of no
// other, with a reason and a licence.
func TestDependencies(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(fixtures.Root(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	requires := regexp.MustCompile(`(?m)^\t(\S+) v\S+( // indirect)?$`).FindAllStringSubmatch(string(text), -1)
	tools := regexp.MustCompile(`(?m)^\t(\S+)$`).FindAllStringSubmatch(string(text), -1)
	if len(requires) < 30 || len(tools) < 3 {
		t.Errorf("%d modules and %d tools were found in go.mod", len(requires), len(tools))
	}
	_, table, _ := strings.Cut(below(t, "## How it is built"), "| dependency | for | licence |\n| --- | --- | --- |\n")
	var listed []string
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 3 {
			break
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[0], -1) {
			listed = append(listed, m[1])
		}
		if cells[1] == "" || cells[2] == "" {
			t.Errorf("no reason or no licence in %q", line)
		}
	}
	isOf := func(pkg, module string) bool { return pkg == module || strings.HasPrefix(pkg, module+"/") }
	for _, r := range requires {
		tool := slices.ContainsFunc(tools, func(t []string) bool { return isOf(t[1], r[1]) })
		known := slices.ContainsFunc(listed, func(pkg string) bool { return isOf(pkg, r[1]) })
		if wanted := r[2] == "" || tool; wanted != known {
			t.Errorf("go.mod asks for %s itself: %v; README lists it: %v", r[1], wanted, known)
		}
	}
	for _, pkg := range listed {
		if !slices.ContainsFunc(requires, func(r []string) bool { return isOf(pkg, r[1]) }) {
			t.Errorf("README lists %s, of which go.mod does not know", pkg)
		}
	}
}
