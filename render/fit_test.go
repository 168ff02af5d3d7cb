package render_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// notes is a Reporter that keeps what the reader of a table is told of it.
type notes struct {
	rows.Quiet
	list []string
}

func (n *notes) Detailf(string, ...any) {}

func (n *notes) Notef(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); strings.HasPrefix(text, "to fit the terminal: ") {
		n.list = append(n.list, text)
	}
}

// small are three machines with the first rows of each table only: tables are
// written for each width.
func small(t *testing.T) (list []machine) {
	t.Helper()
	for name, h := range map[string]*fixtures.Host{
		"lab-a": fixtures.Capture(t, "lab-a"), "lab-c": fixtures.Capture(t, "lab-c"), "hostile": fixtures.HostileHost(),
	} {
		shorten(h, 60)
		list = append(list, machine{name, h.FS()})
	}
	slices.SortFunc(list, func(a, b machine) int { return strings.Compare(a.name, b.name) })
	return list
}

// TestFit: however narrow the terminal, a table is not wider unless only the
// columns are left that a row needs; only names and paths are cut, and a note
// names each column that is cut or left out, and no other.
func TestFit(t *testing.T) {
	fits := map[string]int{}
	for i, m := range small(t) {
		v := m.whole(t)
		for at, k := range rows.Kinds() {
			if listOf(v, k).Len() == 0 {
				continue
			}
			whole := cellsOf(t, written(t, "html", render.Options{}, only(v, k)), nil)
			for width := 20 + (i+at)%6; width <= 200; width += 6 { // every width with some of the kinds
				said := &notes{}
				one := only(v, k)
				one.Report = said
				text := written(t, "table", render.Options{Width: width}, one)
				f := fitted{t: t, k: k, what: fmt.Sprintf("%q, %s, %d wide", m.name, k.Name, width), width: width, whole: whole}
				fits[f.check(text, said.list)]++
				if t.Failed() {
					t.Fatalf("%s: %q\n%.2000s", f.what, said.list, text)
				}
			}
		}
	}
	for _, outcome := range []string{"whole", "cut", "left out", "left out and cut"} {
		if fits[outcome] < 20 {
			t.Errorf("%d tables were %s, want some of each: %v", fits[outcome], outcome, fits)
		}
	}
}

// A fitted table is checked against the same table without a width.
type fitted struct {
	t     *testing.T
	k     *rows.Kind
	what  string
	width int
	whole [][]string
}

var fitNote = regexp.MustCompile(`^to fit the terminal: (?:left out (.+?))?(?:; )?(?:cut (.+?))?; --wide shows all$`)

// check gives what was done to the table, in words.
func (f *fitted) check(text []byte, said []string) string {
	var out, cut []string
	outcome := "whole"
	if len(said) > 0 {
		note := fitNote.FindStringSubmatch(said[0])
		if len(said) > 1 || note == nil || note[1] == "" && note[2] == "" {
			f.t.Errorf("notes %q", said)
			return outcome
		}
		switch {
		case note[1] != "" && note[2] != "":
			outcome = "left out and cut"
		case note[1] != "":
			outcome = "left out"
		default:
			outcome = "cut"
		}
		out, cut = list(note[1]), list(note[2])
	}
	columns := f.kept(out)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) != len(f.whole) {
		f.t.Errorf("%d lines, want %d", len(lines), len(f.whole))
		return outcome
	}
	shortened := map[int]bool{}
	for i, line := range lines {
		if w := twwidth.Width(line); w > f.width && slices.ContainsFunc(columns, func(c int) bool { return !f.some(f.whole[0][c], true) }) {
			f.t.Errorf("line %d is %d wide: %q", i, w, line)
			return outcome
		}
		f.line(line, columns, cut, f.whole[i], shortened)
	}
	var heads []string
	for _, c := range columns {
		if shortened[c] {
			heads = append(heads, f.whole[0][c])
		}
	}
	slices.Sort(cut)
	slices.Sort(heads)
	if !slices.Equal(cut, heads) {
		f.t.Errorf("the note says %q are cut, the table has %q", cut, heads)
	}
	return outcome
}

func list(names string) []string {
	if names == "" {
		return nil
	}
	return strings.Split(names, ", ")
}

// kept are the columns that were not left out, by their place in the whole
// table. Of two with one heading the last goes first.
func (f *fitted) kept(out []string) (columns []int) {
	for i := range f.whole[0] {
		columns = append(columns, i)
	}
	for _, head := range out {
		at := -1
		for i, c := range columns {
			if f.whole[0][c] == head {
				at = i
			}
		}
		if at < 0 {
			f.t.Errorf("%q was left out, which the table does not have", head)
			return columns
		}
		if columns = slices.Delete(columns, at, at+1); !f.some(head, false) {
			f.t.Errorf("%q was left out, which every row needs", head)
		}
	}
	return columns
}

// some reports whether a column with this heading is one that a row needs, or
// one that it does not need.
func (f *fitted) some(head string, key bool) bool {
	return slices.ContainsFunc(f.k.Columns(), func(c rows.Column) bool { return c.Head == head && (c.Show == rows.Key) == key })
}

// line reads a line: each cell stands there whole, one blank at least before the
// next, or up to an ellipsis in a column that the note says is cut. It notes the
// columns that are shortened.
func (f *fitted) line(line string, columns []int, cut, whole []string, shortened map[int]bool) {
	rest := line
	for i, c := range columns {
		want := strings.Trim(whole[c], " ")
		after := strings.TrimLeft(rest, " ")
		if want == "" {
			continue
		}
		if i > 0 && after == rest && rest != line {
			f.t.Errorf("no blank before %q in %q", want, line)
		}
		if tail, ok := strings.CutPrefix(after, want); ok && (tail == "" || tail[0] == ' ') {
			rest = tail
			continue
		}
		begin, tail, ok := strings.Cut(after, "…")
		if !ok || !strings.HasPrefix(want, begin) || !slices.Contains(cut, f.whole[0][c]) {
			f.t.Errorf("line %q does not have the cell %q, whole or cut as the note says", line, want)
			return
		}
		if !slices.ContainsFunc(f.k.Columns(), func(k rows.Column) bool { return k.Head == f.whole[0][c] && k.Cut }) {
			f.t.Errorf("column %q is cut, which must not be", f.whole[0][c])
		}
		shortened[c], rest = true, tail
	}
	if strings.Trim(rest, " ") != "" {
		f.t.Errorf("line %q has %q behind its cells", line, rest)
	}
}

// TestWide: with --wide nothing is cut or left out for any width.
func TestWide(t *testing.T) {
	for _, m := range small(t) {
		v := m.whole(t)
		v.Columns.Wide = true
		want := written(t, "table", render.Options{}, v)
		for _, width := range []int{1, 80} {
			said := &notes{}
			v.Report = said
			if got := written(t, "table", render.Options{Width: width}, v); !bytes.Equal(got, want) || said.list != nil {
				t.Errorf("%q, %d wide: another table than without width, notes %q", m.name, width, said.list)
			}
		}
	}
}

// TestColor: colours are there if they may, and are all that differs.
func TestColor(t *testing.T) {
	sgr := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for _, m := range small(t) {
		v := m.whole(t)
		for _, width := range []int{0, 80} {
			o := render.Options{Width: width}
			want := written(t, "table", o, v)
			o.Color = true
			got := written(t, "table", o, v)
			if n := len(sgr.FindAll(got, -1)); n < 40 || sgr.Match(want) {
				t.Errorf("%q, %d wide: %d colours, without colour %d", m.name, width, n, len(sgr.FindAll(want, -1)))
			}
			if !bytes.Equal(sgr.ReplaceAll(got, nil), want) {
				t.Errorf("%q, %d wide: the text differs with colours", m.name, width)
			}
			for line := range bytes.Lines(got) {
				if on, off := bytes.Count(line, []byte("\x1b[")), bytes.Count(line, []byte("\x1b[0m")); on != 2*off {
					t.Errorf("a colour does not end in its line: %q", line)
				}
			}
		}
	}
	for _, f := range render.Formats() {
		if f.Name != "table" && f.Rows && !f.Binary {
			text := written(t, f.Name, render.Options{Color: true}, only(captures(t)[0].whole(t), rows.Kinds()[0]))
			if bytes.Contains(text, []byte("\x1b")) {
				t.Errorf("%s has colours", f.Name)
			}
		}
	}
}
