package render

import (
	"io"
	"strings"

	"github.com/coldstat/coldstat/parser/triage"
)

// rulesText lists rules for people, a line each and the files they need.
func rulesText(w io.Writer, o Options, list []*triage.Rule) error {
	p := &triagePrinter{out: newOut(w), width: o.Width, color: o.Color}
	longest := len(triage.Critical.String())
	for _, r := range list {
		severity := r.Severity.String()
		head := r.ID + "  " + p.colored(severityColors[r.Severity], severity) + blanks[:longest-len(severity)+2]
		p.line(head, len(r.ID)+2+longest+2, r.Title+"; needs "+needsText(r))
	}
	return p.flush()
}

func needsText(r *triage.Rule) string {
	var list []string
	for _, need := range r.Needs {
		list = append(list, strings.Join(need, " or "))
	}
	return strings.Join(list, " and ")
}

// ExplainRule writes everything of a rule for people.
func ExplainRule(w io.Writer, o Options, r *triage.Rule) error {
	p := &triagePrinter{out: newOut(w), width: o.Width, color: o.Color}
	p.line(p.colored(severityColors[r.Severity], r.ID)+"  ", len(r.ID)+2, r.Title)
	p.labelled("worst", r.Severity.String())
	p.labelled("means", r.Means)
	p.labelled("next", r.Do)
	p.labelled("needs", needsText(r))
	if len(r.Uses) > 0 {
		p.labelled("uses", strings.Join(r.Uses, ", "))
	}
	for _, t := range r.Thresholds {
		p.labelled("threshold "+t.Name, t.String()+": "+t.Why)
	}
	for _, reference := range r.References {
		p.labelled("see", reference)
	}
	return p.flush()
}
