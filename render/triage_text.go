package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/triage"
	"github.com/coldstat/coldstat/parser/words"
)

// triageText writes findings for people: grouped by severity, the worst first, each
// with what proves it and what to do.
func triageText(w io.Writer, o Options, t Triage) error {
	p := &triagePrinter{out: newOut(w), width: o.Width, color: o.Color}
	for i := range t.Hosts {
		if i > 0 {
			p.text("\n")
		}
		p.host(&t.Hosts[i], o.Several)
		if !p.full() {
			return p.err
		}
	}
	p.shared(t)
	return p.flush()
}

type triagePrinter struct {
	*out
	width int // of the terminal, or 0: then no line is broken
	color bool
	begun bool // there is something of the machine already
}

// section leaves a line empty between two parts.
func (p *triagePrinter) section() {
	if p.begun {
		p.text("\n")
	}
	p.begun = true
}

var severityColors = map[triage.Severity]string{triage.Critical: red, triage.Warning: yellow, triage.Info: dim}

// What stands below a finding is indented as far as its text.
const findingIndent = 5

func (p *triagePrinter) host(h *TriageHost, several bool) {
	p.begun = several
	if several {
		p.text("==> " + words.Safe(hostTitle(h)) + " <==\n")
	}
	if about := aboutHost(h.Source); about != "" {
		p.line("", 0, words.Safe(about))
		p.begun = true
	}
	list := h.Report.Findings
	for i := range list {
		f := &list[i]
		if i == 0 || f.Severity != list[i-1].Severity {
			p.section()
			p.text(p.colored(severityColors[f.Severity], strings.ToUpper(f.Severity.String())) + "\n")
		}
		p.finding(f)
		// What a rule says stands once behind all that it found.
		last := i+1 == len(list) || list[i+1].Rule != f.Rule || list[i+1].Severity != f.Severity
		if last {
			p.labelled("means", f.Rule.Means)
		}
		if last || f.Next() != list[i+1].Next() {
			p.labelled("next", f.Next())
		}
	}
	p.notChecked(h.Report)
	p.section()
	p.line("", 0, summary(h))
}

func (p *triagePrinter) finding(f *triage.Finding) {
	p.line(p.colored(severityColors[f.Severity], f.Rule.ID)+"  ", len(f.Rule.ID)+2, words.Safe(f.What))
	for _, figure := range f.Figures {
		p.indented(words.Safe(figure.Text()))
	}
	for _, e := range f.Evidence {
		p.indented(words.Safe(e.Place()) + ": " + words.Safe(e.Text))
	}
	if more := f.Count - len(f.Evidence); more > 0 && len(f.Evidence) > 0 {
		p.indented(fmt.Sprintf("and %d more", more))
	}
	if len(f.Doubts) > 0 {
		p.labelled(f.Confidence(), strings.Join(f.Doubts, betweenTexts))
	}
}

func (p *triagePrinter) indented(text string) { p.line(blanks[:findingIndent], findingIndent, text) }

func (p *triagePrinter) labelled(label, text string) {
	p.line(blanks[:findingIndent]+p.colored(dim, label+":")+" ", findingIndent+len(label)+2, words.Safe(text))
}

// line writes a text behind a head of so many columns. On a terminal it goes on below
// itself where it is too long, at blanks: no word is cut.
func (p *triagePrinter) line(head string, columns int, text string) {
	p.text(head)
	const least = 20 // columns that a text needs
	if p.width == 0 || columns+twwidth.Width(text) <= p.width || columns+least > p.width {
		p.text(text + "\n")
		return
	}
	below := min(columns, findingIndent)
	at := columns
	for i, word := range strings.Split(text, " ") {
		n := twwidth.Width(word)
		switch {
		case i == 0:
		case at+1+n > p.width:
			p.text("\n" + blanks[:below])
			at = below
		default:
			p.text(" ")
			at++
		}
		p.text(word)
		at += n
	}
	p.text("\n")
}

// notChecked tells of the rules that were not checked, those for the same reason
// together.
func (p *triagePrinter) notChecked(r *triage.Report) {
	if len(r.NotChecked) == 0 {
		return
	}
	p.section()
	p.text("NOT CHECKED\n")
	for _, g := range byReason(r.NotChecked) {
		if len(g.rules) == 1 {
			p.line(g.rules[0].ID+"  ", len(g.rules[0].ID)+2, g.rules[0].Title+": "+words.Safe(g.why))
			continue
		}
		ids := make([]string, len(g.rules))
		for i, rule := range g.rules {
			ids[i] = rule.ID
		}
		p.line("", 0, strings.Join(ids, ", ")+": "+words.Safe(g.why))
	}
}

// A reason is why some rules were not checked.
type reason struct {
	why   string
	rules []*triage.Rule
}

func byReason(list []triage.Skipped) (reasons []*reason) {
	by := map[string]*reason{}
	for _, s := range list {
		if by[s.Why] == nil {
			by[s.Why] = &reason{why: s.Why}
			reasons = append(reasons, by[s.Why])
		}
		by[s.Why].rules = append(by[s.Why].rules, s.Rule)
	}
	return reasons
}

// titles are those of the rules, with their ids.
func (r *reason) titles() string {
	var names []string
	for _, rule := range r.rules {
		names = append(names, rule.ID+" "+rule.Title)
	}
	return strings.Join(names, betweenTexts)
}

func (p *triagePrinter) shared(t Triage) {
	if len(t.Shared) == 0 {
		return
	}
	p.text("\n==> what several hosts have <==\n")
	for _, s := range t.Shared {
		p.line(p.colored(severityColors[s.Severity], s.Rule.ID)+"  ", len(s.Rule.ID)+2, words.Safe(sharedText(s, len(t.Hosts))))
	}
}

// sharedText is one line on a finding of several of so many hosts.
func sharedText(s triage.Shared, hosts int) string {
	text := fmt.Sprintf("%s on %d of %d hosts: %s", s.Severity, len(s.Hosts), hosts, s.Rule.Title)
	if s.Subject != "" {
		text += " (" + s.Subject + ")"
	}
	return text + ": " + someHosts(s.Hosts)
}

func someHosts(names []string) string {
	const most = 10
	if more := len(names) - most; more > 0 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

func (p *triagePrinter) colored(color, text string) string {
	if !p.color {
		return text
	}
	return color + text + plainColor
}

// aboutHost is one line on the machine: its name, kernel, time of capture and uptime.
func aboutHost(s rows.Source) string {
	var parts []string
	add := func(before string, v string, known bool) {
		if known {
			parts = append(parts, before+v)
		}
	}
	host, ok := s.Host.Get()
	add("", host, ok)
	kernel, ok := s.Kernel.Get()
	add("Linux ", kernel, ok)
	when, ok := s.CaptureTime.Or(s.CaptureTimeText).Get()
	add("captured ", when, ok)
	if up, ok := s.Uptime.Get(); ok {
		add("up ", upFor(up), true)
	}
	return strings.Join(parts, ", ")
}

// upFor words an uptime in its two largest units.
func upFor(seconds uint64) string {
	days, hours, minutes := seconds/86400, seconds/3600%24, seconds/60%60
	switch {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	}
	return fmt.Sprintf("%d min", minutes)
}

// summary counts what was found.
func summary(h *TriageHost) string {
	r := h.Report
	n := r.Counts()
	text := fmt.Sprintf("%d critical, %d warning, %d info; %s found nothing", n[triage.Critical], n[triage.Warning], n[triage.Info], rulesWord(len(r.Fine)))
	switch not := len(r.NotChecked); not {
	case 0:
	case 1:
		text += ", 1 was not checked"
	default:
		text += fmt.Sprintf(", %d were not checked", not)
	}
	if h.Hidden > 0 {
		text += fmt.Sprintf("; hidden by --severity: %d", h.Hidden)
	}
	return text
}

func rulesWord(n int) string {
	if n == 1 {
		return "1 rule"
	}
	return fmt.Sprintf("%d rules", n)
}
