package diff

import (
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/triage"
)

// findings holds the rules of triage that look at counters against what was counted
// between the captures.
func (d *differ) findings() {
	seconds, ok := d.clock.Seconds.Get()
	if !ok || d.clock.noDelta() != "" {
		return
	}
	host := func(s *side) *triage.Host { return triage.NewHost(s.Snapshot, s.Source, nil, nil) }
	report := triage.Run(triage.NewDelta(host(d.old), host(d.new), seconds, Duration(seconds)), triage.DeltaRules(), nil)
	for i := range report.Findings {
		f := &report.Findings[i]
		row := rows.RateFinding{
			Severity: f.Severity.String(), Rule: f.Rule.ID, Subject: parser.Text(f.Subject), What: f.What, Doubts: parser.Text(strings.Join(f.Doubts, "; ")),
			Confidence: f.Confidence(), Title: f.Rule.Title, Means: f.Rule.Means, Next: f.Next(), Seconds: d.clock.Seconds, Between: d.between,
		}
		if len(f.Figures) > 0 {
			first := f.Figures[0]
			row.Figure, row.Value, row.Unit = parser.Text(first.Name), rows.Number(first.Value), parser.Text(first.Unit)
			if first.Held {
				row.Threshold, row.From = rows.Number(first.Threshold), parser.Text(first.From)
			}
		}
		if len(f.Evidence) > 0 {
			row.Evidence = parser.Text(f.Evidence[0].Text)
		}
		d.result.Findings = append(d.result.Findings, row)
	}
	var unchecked []string
	for _, n := range report.NotChecked {
		unchecked = append(unchecked, n.Rule.ID)
	}
	if unchecked != nil {
		d.result.Details = append(d.result.Details, rows.Diagnostic{
			Severity: rows.Note, Message: "rules of triage that could not be checked on what was counted in between, because a file or a counter is lacking, or fell: " + strings.Join(unchecked, ", "),
		})
	}
}
