package render

import (
	"io"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/triage"
)

// triageCSV writes each finding as a row, and each rule that was not checked: a table
// without findings is then not taken for a machine that is fine.
func triageCSV(w io.Writer, o Options, t Triage) error {
	var list []rows.FlatFinding
	for i := range t.Hosts {
		h := &t.Hosts[i]
		for j := range h.Report.Findings {
			list = append(list, flatFinding(h.Source, &h.Report.Findings[j]))
		}
		for _, n := range h.Report.NotChecked {
			list = append(list, flatNotChecked(h.Source, n))
		}
	}
	return flatCSV(w, o, rows.FlatFindingKind, list)
}

// rulesCSV writes the list of rules.
func rulesCSV(w io.Writer, list []*triage.Rule) error {
	var flat []rows.FlatRule
	for _, r := range list {
		flat = append(flat, flatRule(r))
	}
	return flatCSV(w, Options{}, rows.FlatRuleKind, flat)
}

// flatCSV writes rows with a header, as [csvWriter] does those of tables.
func flatCSV[T any](w io.Writer, o Options, k *rows.Kind, list []T) error {
	to := &csvWriter{out: newOut(w), opts: o, comma: ','}
	columns := all(k)
	if err := to.head(columns); err != nil {
		return err
	}
	records := newRecordMaker(to, columns)
	var err error
	to.buf, _, err = records.append(to.buf, func(yield func(rows.Row) bool) {
		for i := range list {
			if !yield(rows.RowOf(&list[i])) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return to.flush()
}
