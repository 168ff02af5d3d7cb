package render

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/coldstat/coldstat/parser/triage"
	"github.com/coldstat/coldstat/parser/words"
)

// triageMarkdown writes findings for tickets and wikis: a heading a finding, its rows as
// a table. What comes from the capture is plain text or a code span, see appendMarkdown.
func triageMarkdown(w io.Writer, _ Options, t Triage) error {
	p := &markdownPrinter{newOut(w)}
	for i := range t.Hosts {
		if i > 0 {
			p.text("\n")
		}
		p.host(&t.Hosts[i])
		if !p.full() {
			return p.err
		}
	}
	if len(t.Shared) > 0 {
		p.text("\n## what several hosts have\n\n")
		for _, s := range t.Shared {
			p.item("", s.Rule.ID+", "+sharedText(s, len(t.Hosts)))
		}
	}
	return p.flush()
}

type markdownPrinter struct{ *out }

func (p *markdownPrinter) host(h *TriageHost) {
	p.text("## ")
	p.captured(hostTitle(h))
	p.text("\n\n")
	if about := aboutHost(h.Source); about != "" {
		p.captured(about)
		p.text("\n\n")
	}
	p.text(summary(h) + "\n")
	for i := range h.Report.Findings {
		p.finding(&h.Report.Findings[i])
	}
	if len(h.Report.NotChecked) == 0 {
		return
	}
	p.text("\n### Not checked\n\n| rule | why |\n| --- | --- |\n")
	for _, g := range byReason(h.Report.NotChecked) {
		p.text("| " + markdownText(g.titles()) + " | ")
		p.cell(g.why)
		p.text(" |\n")
	}
}

func (p *markdownPrinter) finding(f *triage.Finding) {
	p.text("\n### " + strings.ToUpper(f.Severity.String()) + " " + f.Rule.ID + ": " + markdownText(f.Rule.Title) + "\n\n")
	p.captured(f.What)
	p.text("\n\n")
	for _, figure := range f.Figures {
		p.item("", figure.Text())
	}
	if len(f.Doubts) > 0 {
		p.item(f.Confidence(), strings.Join(f.Doubts, betweenTexts))
	}
	p.text("- means: " + markdownText(f.Rule.Means) + "\n")
	if f.Do == "" {
		p.text("- next: " + markdownText(f.Rule.Do) + "\n")
	} else {
		p.item("next", f.Do)
	}
	p.text("- see: " + markdownReferences(f.Rule) + "\n")
	if len(f.Evidence) == 0 {
		return
	}
	p.text("\n| where | row |\n| --- | --- |\n")
	for _, e := range f.Evidence {
		p.text("| ")
		p.cell(e.Place())
		p.text(" | ")
		p.cell(e.Text)
		p.text(" |\n")
	}
	if more := f.Count - len(f.Evidence); more > 0 {
		p.text(fmt.Sprintf("\nand %d more\n", more))
	}
}

func (p *markdownPrinter) item(label, text string) {
	p.text("- ")
	if label != "" {
		p.text(label + ": ")
	}
	p.captured(text)
	p.text("\n")
}

// cell writes text of the capture into a cell of a table.
func (p *markdownPrinter) cell(text string) {
	p.buf = appendMarkdown(p.buf, words.AppendSafe(nil, text))
}

// captured writes text of the capture outside of a table, where a bar means nothing and
// a backslash before it would show.
func (p *markdownPrinter) captured(text string) {
	safe := words.AppendSafe(nil, text)
	cell := appendMarkdown(nil, safe)
	if beginsList.Match(cell) { // what is plain in a cell would begin a list here, as "-" and "1." do
		cell = append(append([]byte("`"), safe...), '`')
	}
	p.buf = append(p.buf, bytes.ReplaceAll(cell, []byte(`\|`), []byte("|"))...)
}

var beginsList = regexp.MustCompile(`^(-|[0-9]+[.)])`)

func markdownReferences(r *triage.Rule) string {
	var list []string
	for _, ref := range r.References {
		if isLink(ref) {
			list = append(list, "<"+ref+">")
		} else {
			list = append(list, markdownText(ref))
		}
	}
	return strings.Join(list, ", ")
}

func isLink(reference string) bool {
	return strings.HasPrefix(reference, "https://") || strings.HasPrefix(reference, "http://")
}

// rulesMarkdown writes the list of rules as a table, for the README too.
func rulesMarkdown(w io.Writer, list []*triage.Rule) error {
	o := newOut(w)
	o.text("| rule | finds | worst | needs | limits |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range list {
		var needs, limits []string
		for _, need := range r.Needs {
			needs = append(needs, "`"+strings.Join(need, "` or `")+"`")
		}
		for _, t := range r.Thresholds {
			limits = append(limits, t.Name+" "+t.String())
		}
		o.text("| " + strings.Join([]string{r.ID, markdownText(r.Title), r.Severity.String(), strings.Join(needs, ", "), markdownText(strings.Join(limits, betweenTexts))}, " | ") + " |\n")
	}
	return o.flush()
}
