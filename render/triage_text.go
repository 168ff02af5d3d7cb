package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/triage"
	"github.com/coldstat/coldstat/parser/words"
)

// triageText writes findings for people: grouped by severity, the worst first, each
// with what proves it and what to do.
func triageText(w io.Writer, o Options, t Triage) error {
	p := &triagePrinter{out: newOut(w), color: o.Color}
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
	color bool
}

var severityColors = map[triage.Severity]string{triage.Critical: red, triage.Warning: yellow, triage.Info: dim}

func (p *triagePrinter) host(h *TriageHost, several bool) {
	if several {
		p.text("==> " + words.Safe(h.Title) + " <==\n")
	}
	if about := aboutHost(h.Source); about != "" {
		p.text(words.Safe(about) + "\n")
	}
	var last triage.Severity
	for i := range h.Report.Findings {
		f := &h.Report.Findings[i]
		if f.Severity != last {
			p.text("\n" + p.colored(f.Severity, strings.ToUpper(f.Severity.String())) + "\n")
			last = f.Severity
		}
		p.finding(f)
	}
	p.notChecked(h.Report)
	p.text("\n" + summary(h.Report) + "\n")
}

func (p *triagePrinter) finding(f *triage.Finding) {
	p.text(p.colored(f.Severity, f.Rule.ID) + "  " + words.Safe(f.What) + "\n")
	for _, e := range f.Evidence {
		p.text("     " + words.Safe(e.Place()) + ": " + words.Safe(e.Text) + "\n")
	}
	if more := f.Count - len(f.Evidence); more > 0 {
		p.text(fmt.Sprintf("     and %d more\n", more))
	}
	for _, figure := range f.Figures {
		p.text("     " + words.Safe(figure.Text()) + "\n")
	}
	p.text("     means: " + f.Rule.Means + "\n")
	p.text("     next: " + words.Safe(f.Next()) + "\n")
	if len(f.Doubts) > 0 {
		p.text("     " + f.Confidence() + ", not certain: " + words.Safe(strings.Join(f.Doubts, "; ")) + "\n")
	}
}

func (p *triagePrinter) notChecked(r *triage.Report) {
	if len(r.NotChecked) == 0 {
		return
	}
	p.text("\nNOT CHECKED\n")
	for _, s := range r.NotChecked {
		p.text(s.Rule.ID + "  " + s.Rule.Title + ": " + words.Safe(s.Why) + "\n")
	}
}

func (p *triagePrinter) shared(t Triage) {
	if len(t.Shared) == 0 {
		return
	}
	p.text("\n==> what several hosts have <==\n")
	for _, s := range t.Shared {
		subject := ""
		if s.Subject != "" {
			subject = " (" + words.Safe(s.Subject) + ")"
		}
		p.text(fmt.Sprintf("%s  %d of %d hosts: %s%s: %s\n", p.colored(s.Severity, s.Rule.ID), len(s.Hosts), len(t.Hosts), s.Rule.Title, subject, words.Safe(someHosts(s.Hosts))))
	}
}

func someHosts(names []string) string {
	const most = 10
	if more := len(names) - most; more > 0 {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

func (p *triagePrinter) colored(s triage.Severity, text string) string {
	if !p.color {
		return text
	}
	return severityColors[s] + text + plainColor
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
func summary(r *triage.Report) string {
	n := r.Counts()
	return fmt.Sprintf("%d critical, %d warning, %d info; %d rules found nothing, %d were not checked",
		n[triage.Critical], n[triage.Warning], n[triage.Info], len(r.Fine), len(r.NotChecked))
}
