package triage

import (
	"encoding/binary"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A ruleTest is what proves a rule: machines on which it must find what is said, and
// near misses, on which it must find nothing.
type ruleTest struct {
	fires []ruleCase
	near  []ruleCase
}

// A ruleCase is one machine.
type ruleCase struct {
	name string
	host *fixtures.Host
	want string // of fires: as told writes it
	// config is YAML; empty is none.
	config string
	// obfuscated is the program that made up the names, or empty.
	obfuscated string
}

// ruleTests are those of all rules, by subject.
var ruleTests = []map[string]ruleTest{
	counterTests, tcpCounterTests, packetCounterTests, sockstatTests,
	tcpTests, tcpQueueTests,
	routeTests, exposureTests,
	linkTests,
}

// check runs one rule.
func check(t *testing.T, r *Rule, tc ruleCase) *Report {
	t.Helper()
	var config *Config
	if tc.config != "" {
		var err error
		if config, err = ReadConfig(strings.NewReader(tc.config)); err != nil {
			t.Fatal(err)
		}
	}
	s := snapshot.Load(tc.host.FS(), snapshot.ByteOrder{Order: binary.LittleEndian})
	h := NewHost(s, rows.SourceOf(s, rows.Place{}), nil, nil)
	h.Obfuscated = tc.obfuscated
	return Run(h, []*Rule{r}, config)
}

// told writes findings as tests compare them.
func told(r *Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s [%s] %s\n", f.Rule.ID, f.Severity, f.Subject, f.What)
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "  %s: %s\n", e.Place(), e.Text)
		}
		if f.Count > len(f.Evidence) {
			fmt.Fprintf(&b, "  of %d\n", f.Count)
		}
		for _, figure := range f.Figures {
			fmt.Fprintf(&b, "  = %s\n", figure.Text())
		}
		for _, doubt := range f.Doubts {
			fmt.Fprintf(&b, "  ? %s\n", doubt)
		}
		if f.Do != "" {
			fmt.Fprintf(&b, "  > %s\n", f.Do)
		}
	}
	return b.String()
}

func testsOf(r *Rule) (all ruleTest) {
	for _, m := range ruleTests {
		if t, ok := m[r.ID]; ok {
			all.fires, all.near = append(all.fires, t.fires...), append(all.near, t.near...)
		}
	}
	return all
}

// TestRules: each rule finds what it must, word by word, and nothing on the near misses.
func TestRules(t *testing.T) {
	for _, r := range Rules() {
		tests := testsOf(r)
		if len(tests.fires) == 0 || len(tests.near) == 0 {
			t.Errorf("%s has %d machines that it fires on, and %d near misses", r.ID, len(tests.fires), len(tests.near))
		}
		for _, tc := range tests.fires {
			t.Run(r.ID+"/fires/"+tc.name, func(t *testing.T) {
				report := check(t, r, tc)
				if got, want := told(report), strings.TrimPrefix(tc.want, "\n"); got != want || want == "" {
					t.Errorf("got\n%s\nwant\n%s\nnot checked: %v", got, want, report.NotChecked)
				}
				for _, f := range report.Findings {
					if f.Severity > r.Severity || f.Severity < Info {
						t.Errorf("%s is %s; the rule's own severity is %s", f.What, f.Severity, r.Severity)
					}
				}
			})
		}
		for _, tc := range tests.near {
			t.Run(r.ID+"/near/"+tc.name, func(t *testing.T) {
				report := check(t, r, tc)
				if got := told(report); got != "" || len(report.Fine) != 1 {
					t.Errorf("found\n%s\nnot checked: %v", got, report.NotChecked)
				}
			})
		}
	}
}

// TestNotChecked: without the files of one of its needs a rule was not checked, and says
// which file would tell.
func TestNotChecked(t *testing.T) {
	for _, r := range Rules() {
		if len(r.Needs) == 0 {
			t.Errorf("%s needs nothing", r.ID)
		}
		for _, need := range r.Needs {
			for _, tc := range testsOf(r).fires {
				t.Run(r.ID+"/"+need[0]+"/"+tc.name, func(t *testing.T) {
					host := tc.host.Clone()
					for _, file := range need {
						remove(host, file)
					}
					report := check(t, r, ruleCase{host: host, config: tc.config, obfuscated: tc.obfuscated})
					if len(report.NotChecked) != 1 || len(report.Findings) != 0 {
						t.Fatalf("found\n%s\nnot checked: %v", told(report), report.NotChecked)
					}
					if s := report.NotChecked[0]; s.File != need[0] || !strings.Contains(s.Why, last(need[0])) || !strings.Contains(s.Why, "in the bundle") {
						t.Errorf("%+v, want %s to be lacking", s, need[0])
					}
				})
			}
		}
	}
}

// last is the last word of a file's name: outputs are not named by theirs.
func last(file string) string {
	words := strings.FieldsFunc(file, func(r rune) bool { return r == '/' || r == '_' })
	return words[len(words)-1]
}

// remove takes a file of the list of files, or all that its * stands for, off a machine.
func remove(h *fixtures.Host, pattern string) {
	for _, m := range []func(func(string)){
		func(f func(string)) {
			for name := range h.Files {
				f(name)
			}
		},
		func(f func(string)) {
			for name := range h.Links {
				f(name)
			}
		},
	} {
		m(func(name string) {
			if ok, _ := path.Match(pattern, name); ok {
				delete(h.Files, name)
				delete(h.Links, name)
			}
		})
	}
	if output, ok := strings.CutPrefix(pattern, "output/"); ok {
		delete(h.Files, "output/"+output)
	}
}

// TestList: the list is in order, whole, and names files that are read.
func TestList(t *testing.T) {
	files := snapshot.Names()
	id := regexp.MustCompile(`^T[0-9]{2}$`)
	for i, r := range Rules() {
		if !id.MatchString(r.ID) || i > 0 && Rules()[i-1].ID >= r.ID {
			t.Errorf("%s stands behind %s", r.ID, Rules()[max(0, i-1)].ID)
		}
		if r.Title == "" || r.Severity == 0 || r.Means == "" || r.Do == "" || len(r.References) == 0 || r.Check == nil {
			t.Errorf("%s lacks something: %+v", r.ID, r)
		}
		for _, text := range []string{r.Title, r.Do} {
			if strings.HasSuffix(text, ".") || strings.Contains(text, "\n") {
				t.Errorf("%s: %q is not one line without a full stop", r.ID, text)
			}
		}
		if !strings.HasSuffix(r.Means, ".") {
			t.Errorf("%s: Means is sentences: %q", r.ID, r.Means)
		}
		for _, file := range r.Files() {
			if !slices.Contains(files, file) {
				t.Errorf("%s wants %s, which is not in the list of files", r.ID, file)
			}
		}
		for _, th := range r.Thresholds {
			if th.Why == "" || th.Name == "" {
				t.Errorf("%s: threshold %+v does not say why", r.ID, th)
			}
		}
	}
}
