package render

import (
	"bytes"
	"encoding/csv"
	"html"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
)

// FuzzHarmless: one apostrophe taken away gives back every text, and no
// spreadsheet takes what is written for a formula.
func FuzzHarmless(f *testing.F) {
	for _, text := range append(fixtures.HostileTexts(), "") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = words.Safe(text)
		cell := harmless(text)
		if got := strings.TrimPrefix(cell, "'"); got != text {
			t.Errorf("%q is written as %q, which reads back as %q", text, cell, got)
		}
		if isFormula(cell) {
			t.Errorf("%q is written as %q", text, cell)
		}
		if cell != text && !isFormula(text) && !strings.HasPrefix(text, "'") {
			t.Errorf("%q is written as %q for no reason", text, cell)
		}
	})
}

// isFormula: it begins as one, in ASCII or in full width (U+FF1D and so on).
func isFormula(cell string) bool {
	for _, start := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(cell, start) {
			return true
		}
	}
	return false
}

// TestFormulas: no cell of text begins a formula, unless that is asked for.
// Numbers keep their sign.
func TestFormulas(t *testing.T) {
	v := benchView(t, fixtures.HostileHost().FS(), query.Options{}, Columns{})
	v.Plan, _ = query.Options{}.Whole(false)
	v.Title, v.Source = "=bundle", rows.SourceOf(v.Snapshot, rows.Place{Bundle: "=bundle"})
	formulas, signs := 0, 0
	for _, name := range []string{"csv", "tsv"} {
		for _, raw := range []bool{false, true} {
			for _, k := range rows.Kinds() {
				v.Kinds = []*rows.Kind{k}
				var buf bytes.Buffer
				format, _ := FormatByName(name)
				if err := format.New(&buf, Options{RawCSV: raw}).Write(v); err != nil {
					t.Fatal(err)
				}
				r := csv.NewReader(&buf)
				if name == "tsv" {
					r.Comma = '\t'
				}
				records, err := r.ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				for _, record := range records[1:] {
					for i, cell := range record {
						switch {
						case !isFormula(cell):
						case k.Columns()[i].Type.Number():
							signs++
						case raw:
							formulas++
						default:
							t.Errorf("%s, %s.%s: %q", name, k.Name, k.Columns()[i].Name, cell)
						}
					}
				}
			}
		}
	}
	if formulas < 300 || signs < 10 {
		t.Errorf("only %d formulas with --csv-raw and %d negative numbers were seen", formulas, signs)
	}
}

// FuzzMarkdownCell: any text as the cell of a table comes back as its safe form,
// in a code span or as it is. GFM folds nothing there that is not undone: safe
// text has no line ends, and where a code span loses a blank at both ends, two more
// are written.
func FuzzMarkdownCell(f *testing.F) {
	for _, text := range append(fixtures.HostileTexts(), "") {
		f.Add(text)
	}
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM))
	f.Fuzz(func(t *testing.T, text string) {
		text = words.Safe(text)
		page := appendMarkdown([]byte("| a |\n| --- |\n| "), []byte(text))
		page = append(page, " |\n"...)
		var out bytes.Buffer
		if err := markdown.Convert(page, &out); err != nil {
			t.Fatal(err)
		}
		_, cell, _ := strings.Cut(out.String(), "<td>")
		cell, rest, ok := strings.Cut(cell, "</td>")
		if inner, code := strings.CutPrefix(cell, "<code>"); code {
			cell, ok = strings.CutSuffix(inner, "</code>")
		}
		if strings.Contains(cell, "<") {
			t.Errorf("%q has an element in its cell: %q", text, cell)
		}
		if got := html.UnescapeString(cell); got != text || !ok || strings.Contains(rest, "<td>") {
			t.Errorf("%q\nis %q in Markdown\nand reads back as %q", text, page, out.String())
		}
	})
}
