package render

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/coldstat/coldstat/parser/triage"
	"github.com/coldstat/coldstat/parser/words"
)

// triageHTML writes a page that needs nothing from anywhere.
func triageHTML(w io.Writer, _ Options, t Triage) error {
	p := &htmlPrinter{newOut(w)}
	p.text(triageHead)
	for i := range t.Hosts {
		p.host(&t.Hosts[i])
		if !p.full() {
			return p.err
		}
	}
	if len(t.Shared) > 0 {
		p.text("<h2>what several hosts have</h2>\n<ul>\n")
		for _, s := range t.Shared {
			p.element("li", s.Rule.ID+", "+sharedText(s, len(t.Hosts)))
		}
		p.text("</ul>\n")
	}
	p.text("</body>\n</html>\n")
	return p.flush()
}

const triageHead = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>coldstat triage</title>
<style>
body { font: 14px sans-serif; max-width: 80em; }
table { border-collapse: collapse; font-family: monospace; margin-bottom: 1em; }
th, td { border: 1px solid #bbb; padding: 2px 6px; text-align: left; vertical-align: top; }
th { background: #eee; }
h3 { border-left: 6px solid #bbb; padding-left: 6px; }
h3.critical { border-color: #c00; }
h3.warning { border-color: #e90; }
</style>
</head>
<body>
`

type htmlPrinter struct{ *out }

func (p *htmlPrinter) element(name, text string) {
	p.buf = appendElement(p.buf, name, words.Safe(text))
}

func (p *htmlPrinter) host(h *TriageHost) {
	p.element("h2", hostTitle(h))
	if about := aboutHost(h.Source); about != "" {
		p.element("p", about)
	}
	p.element("p", summary(h))
	for i := range h.Report.Findings {
		p.finding(&h.Report.Findings[i])
	}
	if len(h.Report.NotChecked) == 0 {
		return
	}
	p.text("<h3>not checked</h3>\n<table>\n<tr><th>rule</th><th>why</th></tr>\n")
	for _, g := range byReason(h.Report.NotChecked) {
		p.row(g.titles(), g.why)
	}
	p.text("</table>\n")
}

func (p *htmlPrinter) row(cells ...string) {
	p.text("<tr>")
	for _, c := range cells {
		p.text("<td>" + html.EscapeString(words.Safe(c)) + "</td>")
	}
	p.text("</tr>\n")
}

func (p *htmlPrinter) finding(f *triage.Finding) {
	p.text(`<h3 class="` + f.Severity.String() + `">` + html.EscapeString(strings.ToUpper(f.Severity.String())+" "+f.Rule.ID+": "+f.Rule.Title) + "</h3>\n")
	p.element("p", f.What)
	p.text("<ul>\n")
	for _, figure := range f.Figures {
		p.element("li", figure.Text())
	}
	if len(f.Doubts) > 0 {
		p.element("li", f.Confidence()+": "+strings.Join(f.Doubts, betweenTexts))
	}
	p.element("li", "means: "+f.Rule.Means)
	p.element("li", "next: "+f.Next())
	p.text("<li>see: " + htmlReferences(f.Rule) + "</li>\n</ul>\n")
	if len(f.Evidence) == 0 {
		return
	}
	p.text("<table>\n<tr><th>where</th><th>row</th></tr>\n")
	for _, e := range f.Evidence {
		p.row(e.Place(), e.Text)
	}
	p.text("</table>\n")
	if more := f.Count - len(f.Evidence); more > 0 {
		p.element("p", fmt.Sprintf("and %d more", more))
	}
}

// htmlReferences links what can be linked: nothing is loaded until somebody follows it.
func htmlReferences(r *triage.Rule) string {
	var list []string
	for _, ref := range r.References {
		text := html.EscapeString(ref)
		if isLink(ref) {
			text = `<a href="` + text + `" rel="noreferrer">` + text + "</a>"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}
