package render

import (
	"io"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/triage"
)

// triageJSON writes one document: what was found on each machine, and what several have.
func triageJSON(w io.Writer, _ Options, t Triage) error {
	o := &triageObjects{out: newOut(w)}
	o.buf = rows.AppendJSONString(append(o.buf, `{"schema":`...), rows.Schema)
	o.text(",\n\"hosts\":[")
	for i := range t.Hosts {
		if i > 0 {
			o.text(",")
		}
		o.host(&t.Hosts[i])
	}
	o.text("],\n\"shared\":")
	array(o, len(t.Shared), func(i int) { rowObject(o, rows.SharedKind, sharedRow(t.Shared[i]), nil) })
	o.text("}\n")
	return o.flush()
}

// triageNDJSON writes each finding, and each rule that was not checked, as an object on a
// line.
func triageNDJSON(w io.Writer, _ Options, t Triage) error {
	o := &triageObjects{out: newOut(w)}
	for i := range t.Hosts {
		h := &t.Hosts[i]
		for j := range h.Report.Findings {
			o.kind = rows.FindingKind.Name
			o.finding(h.Source, &h.Report.Findings[j])
			o.text("\n")
		}
		for _, n := range h.Report.NotChecked {
			o.kind = rows.NotCheckedKind.Name
			rowObject(o, rows.NotCheckedKind, notCheckedRow(h.Source, n), nil)
			o.text("\n")
		}
	}
	return o.flush()
}

// triageObjects writes what triage found as JSON objects.
type triageObjects struct {
	*out
	kind string // if not empty, the member kind of the next object
}

// rowObject writes a row as an object. more writes further members, each with a comma
// before it; it may be nil.
func rowObject[T any](o *triageObjects, k *rows.Kind, row T, more func()) {
	o.full()
	o.text("{")
	if o.kind != "" {
		o.buf = append(rows.AppendJSONString(append(o.buf, `"kind":`...), o.kind), ',')
		o.kind = ""
	}
	o.buf = rows.ObjectOf(all(k)).Writer().AppendTo(o.buf, rows.RowOf(&row))
	if more != nil {
		more()
	}
	o.text("}")
}

// array writes n elements, each on a line.
func array(o *triageObjects, n int, element func(i int)) {
	o.text("[")
	for i := range n {
		if i > 0 {
			o.text(",")
		}
		element(i)
	}
	o.text("]")
}

func (o *triageObjects) host(h *TriageHost) {
	o.text("\n{\"source\":")
	rowObject(o, rows.SourceKind, h.Source, nil)
	o.text(",\n\"findings\":")
	array(o, len(h.Report.Findings), func(i int) {
		o.text("\n")
		o.finding(h.Source, &h.Report.Findings[i])
	})
	o.text(",\n\"not_checked\":")
	array(o, len(h.Report.NotChecked), func(i int) {
		o.text("\n")
		rowObject(o, rows.NotCheckedKind, notCheckedRow(h.Source, h.Report.NotChecked[i]), nil)
	})
	o.text(",\n\"fine\":")
	array(o, len(h.Report.Fine), func(i int) { o.buf = rows.AppendJSONString(o.buf, h.Report.Fine[i].ID) })
	o.text(",\n\"diagnostics\":")
	array(o, len(h.Diagnostics), func(i int) {
		o.text("\n")
		rowObject(o, rows.DiagnosticKind, h.Diagnostics[i], nil)
	})
	o.text("}")
}

func (o *triageObjects) finding(s rows.Source, f *triage.Finding) {
	rowObject(o, rows.FindingKind, findingRow(s, f), func() {
		o.text(`,"figures":`)
		array(o, len(f.Figures), func(i int) { rowObject(o, rows.FigureKind, figureRow(f.Figures[i]), nil) })
		o.text(`,"evidence":`)
		array(o, len(f.Evidence), func(i int) { rowObject(o, rows.EvidenceKind, evidenceRow(f.Evidence[i]), nil) })
	})
}

// rulesJSON writes the list of rules as a document.
func rulesJSON(w io.Writer, list []*triage.Rule) error {
	o := &triageObjects{out: newOut(w)}
	o.buf = rows.AppendJSONString(append(o.buf, `{"schema":`...), rows.Schema)
	o.text(",\n\"rules\":")
	array(o, len(list), func(i int) {
		o.text("\n")
		rowObject(o, rows.RuleKind, ruleRow(list[i]), func() {
			o.text(`,"thresholds":`)
			array(o, len(list[i].Thresholds), func(j int) {
				rowObject(o, rows.ThresholdKind, thresholdRow(list[i].Thresholds[j]), nil)
			})
		})
	})
	o.text("}\n")
	return o.flush()
}
