package render

import (
	"cmp"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/triage"
)

// What triage says, as rows.

func whoseOf(s rows.Source) rows.Whose {
	return rows.Whose{Host: s.Host, NetNS: s.NetNS, Bundle: s.Bundle}
}

func findingRow(s rows.Source, f *triage.Finding) rows.Finding {
	return rows.Finding{
		Rule: f.Rule.ID, Severity: f.Severity.String(), Confidence: f.Confidence(), Title: f.Rule.Title,
		Subject: parser.Text(f.Subject), What: f.What, Doubts: append(rows.Words{}, f.Doubts...), Means: f.Rule.Means, Next: f.Next(),
		Count: uint64(f.Count), Whose: whoseOf(s),
	}
}

func figureRow(f triage.Figure) rows.Figure {
	row := rows.Figure{Name: f.Name, Value: rows.Number(f.Value), Unit: parser.Text(f.Unit), From: parser.Text(f.From)}
	if f.Held {
		row.Threshold = rows.Number(f.Threshold)
	}
	return row
}

func evidenceRow(e triage.Evidence) rows.Evidence {
	return rows.Evidence{File: e.File, Line: count(e.Line), Text: e.Text}
}

func notCheckedRow(s rows.Source, n triage.Skipped) rows.NotChecked {
	return rows.NotChecked{Rule: n.Rule.ID, Title: n.Rule.Title, Why: n.Why, File: parser.Text(n.File), Whose: whoseOf(s)}
}

func sharedRow(s triage.Shared) rows.Shared {
	return rows.Shared{Rule: s.Rule.ID, Severity: s.Severity.String(), Title: s.Rule.Title, Subject: parser.Text(s.Subject), Hosts: s.Hosts}
}

// betweenTexts stands between several texts in one cell.
const betweenTexts = "; "

func flatFinding(s rows.Source, f *triage.Finding) rows.FlatFinding {
	row := rows.FlatFinding{
		Kind: rows.FindingKind.Name, Rule: f.Rule.ID, Severity: parser.Some(f.Severity.String()), Confidence: parser.Some(f.Confidence()),
		Title: f.Rule.Title, Subject: parser.Text(f.Subject), What: f.What, Doubts: parser.Text(strings.Join(f.Doubts, betweenTexts)),
		Means: parser.Some(f.Rule.Means), Next: parser.Some(f.Next()), Count: parser.Some(uint64(f.Count)), Whose: whoseOf(s),
	}
	if len(f.Figures) > 0 {
		first := figureRow(f.Figures[0])
		row.Figure, row.Value, row.Unit = parser.Some(first.Name), first.Value, first.Unit
		row.Threshold, row.From = first.Threshold, first.From
	}
	if len(f.Evidence) > 0 {
		first := evidenceRow(f.Evidence[0])
		row.Evidence, row.File, row.Line = parser.Some(first.Text), parser.Text(first.File), first.Line
	}
	return row
}

func flatNotChecked(s rows.Source, n triage.Skipped) rows.FlatFinding {
	return rows.FlatFinding{
		Kind: rows.NotCheckedKind.Name, Rule: n.Rule.ID, Title: n.Rule.Title, What: n.Why, File: parser.Text(n.File), Whose: whoseOf(s),
	}
}

func ruleRow(r *triage.Rule) rows.Rule {
	return rows.Rule{
		ID: r.ID, Title: r.Title, Severity: r.Severity.String(), Needs: needsOf(r), Uses: append(rows.Words{}, r.Uses...),
		Means: r.Means, Next: r.Do, References: append(rows.Words{}, r.References...),
	}
}

// needsOf are the needs of a rule, with a bar between files of which one is enough.
func needsOf(r *triage.Rule) rows.Words {
	list := rows.Words{}
	for _, need := range r.Needs {
		list = append(list, strings.Join(need, "|"))
	}
	return list
}

func thresholdRow(t triage.Threshold) rows.Threshold {
	return rows.Threshold{Name: t.Name, Value: rows.Number(t.Value), Unit: parser.Text(t.Unit), Why: t.Why}
}

func flatRule(r *triage.Rule) rows.FlatRule {
	whole := ruleRow(r)
	row := rows.FlatRule{
		ID: r.ID, Severity: whole.Severity, Title: r.Title, Needs: whole.Needs, Uses: whole.Uses,
		Means: r.Means, Next: r.Do, References: parser.Text(strings.Join(r.References, betweenTexts)),
	}
	for _, t := range r.Thresholds {
		row.Thresholds = append(row.Thresholds, t.Name+"="+triage.Number(t.Value))
	}
	return row
}

// hostTitle is what a heading calls a machine of which there may be only one.
func hostTitle(h *TriageHost) string { return cmp.Or(h.Title, h.Source.HostName()) }
