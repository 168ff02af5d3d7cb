package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"maps"
	"math"
	"net/url"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gocarina/gocsv"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/triage"
	"github.com/coldstat/coldstat/render"
)

// A finding of a rule, on a machine of whom nothing is known but the name.
var plain = render.Triage{
	Hosts: []render.TriageHost{
		{
			Title: "web1.tar", Source: rows.Source{Host: parser.Some("web1"), Bundle: parser.Some("web1.tar"), Uptime: parser.Some(uint64(90_000))},
			Report: &triage.Report{
				Findings: []triage.Finding{
					{
						Rule: rule("T06"), Severity: triage.Critical, Subject: "CLOSE_WAIT from local port 443",
						What:    "nginx (7) has 1,200 sockets in CLOSE_WAIT from local port 443",
						Figures: []triage.Figure{{Name: "in CLOSE_WAIT", Value: 1200, Unit: "sockets", Threshold: 1000, Held: true, From: "threshold critical of T06"}},
						Evidence: []triage.Evidence{
							{File: "proc/net/tcp", Line: 2, Text: "tcp 1 0 10.0.0.1:443 10.0.1.1:5000 CLOSE_WAIT"},
							{File: "proc/net/tcp", Line: 3, Text: "tcp 1 0 10.0.0.1:443 10.0.1.2:5000 CLOSE_WAIT"},
						},
						Count: 1200,
					},
					{
						Rule: rule("T06"), Severity: triage.Critical, What: "another one", Do: "look elsewhere",
						Doubts: []string{"one row could not be read", "it may be nothing"},
					},
					{
						Rule: rule("T03"), Severity: triage.Info, What: "listeners dropped", Count: 1,
						Figures:  []triage.Figure{{Name: "drops", Value: 0.25, Unit: "per hour"}, {Name: "share", Value: 12.5, Unit: "%"}},
						Evidence: []triage.Evidence{{File: "proc/net/netstat", Text: "ListenDrops 7"}},
					},
				},
			},
			Hidden: 2,
		},
		{
			Title: "web2.tar", Source: rows.Source{Host: parser.Some("web2"), NetNS: parser.Some("blue"), Bundle: parser.Some("web2.tar")},
			Report: &triage.Report{
				Fine: []*triage.Rule{rule("T06")},
				NotChecked: []triage.Skipped{
					{Rule: rule("T03"), Why: "proc/net/netstat is not in the bundle", File: "proc/net/netstat"},
				},
			},
			Diagnostics: []rows.Diagnostic{{Severity: rows.Warning, Message: "the bundle is damaged"}},
		},
	},
	Shared: []triage.Shared{{Rule: rule("T06"), Subject: "port 443", Severity: triage.Critical, Hosts: []string{"web1.tar", "web2.tar"}}},
}

func rule(id string) *triage.Rule {
	list, err := triage.ByID([]string{id})
	if err != nil {
		panic(err)
	}
	return list[0]
}

// evil is a machine on which every text of the capture is one that means something
// where it is shown, and every number one that is none.
func evil() render.Triage {
	var t render.Triage
	numbers := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -0.5, 1e-300}
	for i, text := range append(fixtures.HostileTexts(), "https://x.example/|`", "1. x", "a:b//c", "%41", "") {
		n := numbers[i%len(numbers)]
		f := triage.Finding{
			Rule: rule("T06"), Severity: triage.Warning, Subject: text, What: text, Count: 2, Doubts: []string{text, text}, Do: text,
			Figures:  []triage.Figure{{Name: text, Value: n, Unit: "sockets", Threshold: n, Held: true, From: text}},
			Evidence: []triage.Evidence{{File: text, Line: i, Text: text}},
		}
		t.Hosts = append(t.Hosts, render.TriageHost{
			Title:       text,
			Source:      rows.Source{Host: parser.Some(text), NetNS: parser.Some(text), Bundle: parser.Some(text), Kernel: parser.Some(text), CaptureTimeText: parser.Some(text)},
			Report:      &triage.Report{Findings: []triage.Finding{f}, NotChecked: []triage.Skipped{{Rule: rule("T03"), Why: text, File: text}}},
			Diagnostics: []rows.Diagnostic{{Severity: rows.Note, Message: text, File: parser.Some(text)}},
		})
	}
	t.Shared = []triage.Shared{{Rule: rule("T06"), Subject: t.Hosts[0].Title, Severity: triage.Warning, Hosts: fixtures.HostileTexts()}}
	return t
}

func triaged(t *testing.T, format string, o render.Options, what render.Triage) []byte {
	t.Helper()
	f, ok := render.TriageFormatByName(format)
	if !ok {
		t.Fatalf("no format %q", format)
	}
	var b bytes.Buffer
	if err := f.Write(&b, o, what); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTriageNoControl: no format passes on what acts on a terminal or on the order of
// the text.
func TestTriageNoControl(t *testing.T) {
	for _, f := range render.TriageFormats() {
		for _, width := range []int{0, 1, 20, 80} {
			o := render.Options{Several: true, Width: width}
			harmlessText(t, fmt.Sprintf("%s, %d wide", f.Name, width), triaged(t, f.Name, o, evil()), "\n")
			o.RawCSV = true
			harmlessText(t, f.Name+" raw", triaged(t, f.Name, o, evil()), "\n")
		}
	}
}

// TestTriageWriteErrors: what cannot be written is said, in every format.
func TestTriageWriteErrors(t *testing.T) {
	for _, f := range render.TriageFormats() {
		if err := f.Write(broken{}, render.Options{}, plain); err == nil {
			t.Errorf("%s: no error", f.Name)
		}
	}
	for _, f := range render.RulesFormats() {
		if err := f.Write(broken{}, render.Options{}, triage.Rules()); err == nil {
			t.Errorf("--list as %s: no error", f.Name)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, fmt.Errorf("the disk is full") }

// TestTriageSchema: the documents and lines are what the schema says.
func TestTriageSchema(t *testing.T) {
	document, line := schema(t, ""), schema(t, "#/$defs/triage_line")
	for name, what := range map[string]render.Triage{"plain": plain, "evil": evil(), "nothing": {}} {
		if err := document.Validate(parseJSON(t, triaged(t, "json", render.Options{}, what))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		n := 0
		for text := range bytes.Lines(triaged(t, "ndjson", render.Options{}, what)) {
			n++
			if err := line.Validate(parseJSON(t, text)); err != nil {
				t.Errorf("%s: %s\n%v", name, text, err)
			}
		}
		want := 0
		for _, h := range what.Hosts {
			want += len(h.Report.Findings) + len(h.Report.NotChecked)
		}
		if n != want {
			t.Errorf("%s: %d lines, want %d", name, n, want)
		}
	}
	var rules bytes.Buffer
	if err := render.RulesFormats()[1].Write(&rules, render.Options{}, triage.Rules()); err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(parseJSON(t, rules.Bytes())); err != nil {
		t.Error(err)
	}
}

// TestTriageSchemaRefuses: what is not such a document is not valid.
func TestTriageSchemaRefuses(t *testing.T) {
	s := schema(t, "#/$defs/triage")
	for name, spoil := range map[string]func(finding map[string]any){
		"missing property 'severity'":                   func(f map[string]any) { delete(f, "severity") },
		"missing property 'evidence'":                   func(f map[string]any) { delete(f, "evidence") },
		"additional properties 'colour' not allowed":    func(f map[string]any) { f["colour"] = "red" },
		"got string, want null or number":               func(f map[string]any) { f["figures"].([]any)[0].(map[string]any)["value"] = "1" },
		"got null, want string":                         func(f map[string]any) { f["what"] = nil },
		"minimum: got -1, want 0":                       func(f map[string]any) { f["evidence"].([]any)[0].(map[string]any)["line"] = json.Number("-1") },
		"missing property 'line'":                       func(f map[string]any) { delete(f["evidence"].([]any)[0].(map[string]any), "line") },
		"additional properties 'threshold' not allowed": func(f map[string]any) { f["threshold"] = json.Number("1") },
	} {
		document := parseJSON(t, triaged(t, "json", render.Options{}, plain)).(map[string]any)
		spoil(document["hosts"].([]any)[0].(map[string]any)["findings"].([]any)[0].(map[string]any))
		if err := s.Validate(document); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %s", err, name)
		}
	}
}

// TestTriageJSON: a few members as programs read them.
func TestTriageJSON(t *testing.T) {
	var got struct {
		Hosts []struct {
			Source   struct{ Host string }
			Findings []struct {
				Rule, Severity, Confidence, What string
				Subject                          *string
				Doubts                           []string
				Figures                          []struct{ Value, Threshold *float64 }
				Evidence                         []struct {
					File string
					Line *int
				}
			}
			NotChecked []struct{ Rule, File string } `json:"not_checked"`
			Fine       []string
		}
		Shared []struct{ Hosts []string }
	}
	if err := json.Unmarshal(triaged(t, "json", render.Options{}, plain), &got); err != nil {
		t.Fatal(err)
	}
	first, other, last := got.Hosts[0].Findings[0], got.Hosts[0].Findings[1], got.Hosts[0].Findings[2]
	switch {
	case first.Severity != "critical" || first.Confidence != "certain" || *first.Subject != "CLOSE_WAIT from local port 443":
		t.Errorf("%+v", first)
	case *first.Figures[0].Value != 1200 || *first.Figures[0].Threshold != 1000 || *first.Evidence[1].Line != 3:
		t.Errorf("%+v", first)
	case other.Subject != nil || other.Confidence != "likely" || len(other.Doubts) != 2 || len(other.Evidence) != 0:
		t.Errorf("%+v", other)
	case last.Figures[0].Threshold != nil || *last.Figures[0].Value != 0.25 || last.Evidence[0].Line != nil:
		t.Errorf("%+v", last)
	case got.Hosts[1].NotChecked[0].File != "proc/net/netstat" || got.Hosts[1].Fine[0] != "T06" || len(got.Shared[0].Hosts) != 2:
		t.Errorf("%+v", got)
	}
}

// TestTriageCSV: a row a finding and a row a rule that was not checked, which read back
// the same, with no cell that a spreadsheet runs.
func TestTriageCSV(t *testing.T) {
	text := triaged(t, "csv", render.Options{}, plain)
	var list []rows.FlatFinding
	if err := gocsv.UnmarshalBytes(text, &list); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, row := range list {
		kinds = append(kinds, row.Kind+" "+row.Rule)
	}
	if got := strings.Join(kinds, ", "); got != "finding T06, finding T06, finding T03, not_checked T03" {
		t.Errorf("rows are %s", got)
	}
	first := list[0]
	if v, _ := first.Value.Get(); v != 1200 || first.Count != parser.Some(uint64(1200)) || first.Line != parser.Some(uint64(2)) || first.Host != parser.Some("web1") {
		t.Errorf("%+v", first)
	}
	if list[3].Severity.Known() || list[3].Count.Known() || list[3].What != "proc/net/netstat is not in the bundle" {
		t.Errorf("%+v", list[3])
	}
	for _, raw := range []bool{false, true} {
		records, err := csv.NewReader(bytes.NewReader(triaged(t, "csv", render.Options{RawCSV: raw}, evil()))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		formulas := 0
		for _, record := range records[1:] {
			for i, cell := range record {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@") && !rows.FlatFindingKind.Columns()[i].Type.Number() {
					formulas++
				}
			}
		}
		if raw != (formulas > 0) {
			t.Errorf("raw %v: %d cells begin as a formula", raw, formulas)
		}
	}
	if got := string(triaged(t, "csv", render.Options{}, render.Triage{})); !strings.HasPrefix(got, "kind,rule,") || strings.Count(got, "\n") != 1 {
		t.Errorf("of no machine there is %q, want the header", got)
	}
}

// sarifSchema is the schema of SARIF 2.1.0 by OASIS, which the library has in its source.
// Its own Validate is for reports that it has made itself: of others it fills in what is
// not valid.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	file, err := goparser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "pkg", "report", "v210", "sarif", "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && len(lit.Value) > len(text) {
			text = lit.Value
		}
		return true
	})
	if text, err = strconv.Unquote(text); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", parseJSON(t, []byte(text))); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTriageSARIF: what we write is valid by the schema of SARIF 2.1.0, and each place is
// a relative URI.
func TestTriageSARIF(t *testing.T) {
	valid := sarifSchema(t)
	for name, what := range map[string]render.Triage{"plain": plain, "evil": evil(), "nothing": {}} {
		text := triaged(t, "sarif", render.Options{}, what)
		if err := valid.Validate(parseJSON(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		report, err := sarif.FromBytes(text)
		if err != nil {
			t.Fatal(name, err)
		}
		if len(report.Runs) != len(what.Hosts) {
			t.Errorf("%s: %d runs of %d machines", name, len(report.Runs), len(what.Hosts))
		}
		for _, run := range report.Runs {
			for _, r := range run.Results {
				if id := *run.Tool.Driver.Rules[r.RuleIndex].ID; id != *r.RuleID {
					t.Errorf("%s: rule %s stands where %s is meant", name, id, *r.RuleID)
				}
				for _, l := range r.Locations {
					uri := *l.PhysicalLocation.ArtifactLocation.URI
					if u, err := url.Parse(uri); err != nil || u.IsAbs() || u.Host != "" || path.IsAbs(u.Path) && u.RawPath == "" {
						t.Errorf("%s: %q is no relative URI: %v", name, uri, err)
					}
				}
			}
		}
	}
	report, _ := sarif.FromBytes(triaged(t, "sarif", render.Options{}, plain))
	first := report.Runs[0].Results[0]
	if first.Level != "error" || *first.Locations[0].PhysicalLocation.ArtifactLocation.URI != "proc/net/tcp" || *first.Locations[0].PhysicalLocation.Region.StartLine != 2 {
		t.Errorf("%+v", first)
	}
	if first.Message.Text == nil || !strings.HasPrefix(*first.Message.Text, "nginx (7) has 1,200 sockets in CLOSE_WAIT from local port 443. Next: look at the program's error paths") {
		t.Errorf("%q", *first.Message.Text)
	}
	if n := len(report.Runs[1].Invocations[0].ToolExecutionNotifications); n != 2 {
		t.Errorf("%d notifications, want the rule that was not checked and the damage", n)
	}
}

// TestTriageHTML: the page is whole, every element is closed in its place, and nothing
// is loaded from elsewhere.
func TestTriageHTML(t *testing.T) {
	page := triaged(t, "html", render.Options{Several: true}, evil())
	may := maps.Clone(known)
	may["ul"], may["li"], may["a"] = true, true, true
	var open []string
	z := html.NewTokenizer(bytes.NewReader(page))
	for z.Next() != html.ErrorToken {
		switch tok := z.Token(); tok.Type {
		case html.StartTagToken:
			if !may[tok.Data] {
				t.Fatalf("<%s> in %v", tok.Data, open)
			}
			for _, a := range tok.Attr {
				ours := tok.Data == "a" && a.Key == "href" && slices.ContainsFunc(triage.Rules(), func(r *triage.Rule) bool { return slices.Contains(r.References, a.Val) })
				if !ours && !slices.Contains([]string{"charset", "lang", "class", "rel"}, a.Key) {
					t.Errorf("attribute %s=%q of <%s>", a.Key, a.Val, tok.Data)
				}
			}
			if !void[tok.Data] {
				open = append(open, tok.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				t.Fatalf("</%s> in %v", tok.Data, open)
			}
			open = open[:len(open)-1]
		case html.CommentToken, html.SelfClosingTagToken:
			t.Errorf("%v %q", tok.Type, tok.Data)
		}
	}
	if len(open) > 0 {
		t.Errorf("not closed: %v", open)
	}
}

// TestTriageMarkdown: of a hostile machine only what we write ourselves has a meaning:
// no element comes from the capture.
func TestTriageMarkdown(t *testing.T) {
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM))
	elements := func(what render.Triage) map[string]int {
		var page bytes.Buffer
		if err := markdown.Convert(triaged(t, "markdown", render.Options{Several: true}, what), &page); err != nil {
			t.Fatal(err)
		}
		n := map[string]int{}
		z := html.NewTokenizer(&page)
		for z.Next() != html.ErrorToken {
			tok := z.Token()
			if tok.Type != html.StartTagToken || tok.Data == "code" || tok.Data == "p" {
				continue
			}
			n[tok.Data]++
			for _, a := range tok.Attr {
				if a.Key == "href" && !slices.ContainsFunc(triage.Rules(), func(r *triage.Rule) bool { return slices.Contains(r.References, a.Val) }) {
					t.Errorf("a link to %s", a.Val)
				}
			}
		}
		return n
	}
	// The same machines with texts that mean nothing.
	bland := evil()
	for i := range bland.Hosts {
		h, f := &bland.Hosts[i], &bland.Hosts[i].Report.Findings[0]
		h.Title, h.Source.Host, h.Source.Kernel = "x", parser.Some("x"), parser.Some("x")
		f.What, f.Do, f.Evidence[0].File, f.Evidence[0].Text = "x", "x", "x", "x"
		f.Figures[0].Name, f.Figures[0].From, f.Doubts = "x", "x", []string{"x"}
		h.Report.NotChecked[0].Why = "x"
	}
	bland.Shared[0].Subject, bland.Shared[0].Hosts = "x", []string{"x"}
	all := evil()
	for i, h := range all.Hosts {
		got := elements(render.Triage{Hosts: all.Hosts[i : i+1], Shared: all.Shared})
		want := elements(render.Triage{Hosts: bland.Hosts[i : i+1], Shared: bland.Shared})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: elements %v, want %v", h.Title, got, want)
		}
	}
}
