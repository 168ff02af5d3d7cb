package render_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// notes keeps what is said beside a table.
type notes struct {
	rows.Quiet
	list []string
}

func (n *notes) Notef(format string, args ...any) {
	n.list = append(n.list, fmt.Sprintf(format, args...))
}

// fitted is a table for a terminal of that width, and what was said.
func fitted(t *testing.T, v render.View, width int) (lines, said []string) {
	t.Helper()
	n := &notes{}
	v.Report = n
	text := strings.TrimSuffix(string(written(t, "table", render.Options{Width: width}, v)), "\n")
	return strings.Split(text, "\n"), n.list
}

// TestFit: a table is no wider than the terminal unless only columns are left
// that a row needs; what is cut or left out is said, and nothing else is.
func TestFit(t *testing.T) {
	list := machines(t)
	if testing.Short() {
		list = list[2:6]
	}
	for _, m := range list {
		v := m.whole(t)
		for _, k := range rows.Kinds() {
			v := only(v, k)
			whole, said := fitted(t, v, 0)
			if len(said) > 0 {
				t.Errorf("%s, %s: without a terminal it says %q", m.name, k.Name, said)
			}
			if strings.HasPrefix(whole[0], "(") {
				continue // no rows
			}
			for _, width := range []int{20, 60, 80, 120, 200} {
				lines, said := fitted(t, v, width)
				narrower := !slices.Equal(lines, whole)
				onlyGaps := narrower && slices.Equal(squeeze(lines), squeeze(whole))
				if want := narrower && !onlyGaps; (len(said) == 1) != want {
					t.Errorf("%s, %s, %d columns: it says %q, and the table is another one: %v", m.name, k.Name, width, said, want)
				}
				checkFit(t, m.name+", "+k.Name, k, lines, strings.Join(said, ""), width)
			}
		}
	}
}

// squeeze makes the gaps between columns all alike.
func squeeze(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = strings.Join(strings.Fields(line), " ")
	}
	return out
}

func checkFit(t *testing.T, what string, k *rows.Kind, lines []string, said string, width int) {
	t.Helper()
	widest := 0
	for _, line := range lines {
		widest = max(widest, twwidth.Width(line))
	}
	for _, c := range k.Columns() {
		shown := strings.Contains(" "+lines[0]+" ", " "+c.Head+" ")
		if c.Show == rows.Key && !shown {
			t.Errorf("%s, %d columns: %s is gone, which every row needs", what, width, c.Head)
		}
		if widest > width && c.Show != rows.Key && shown && !sameHead(k, c) {
			t.Errorf("%s: %d columns wide in %d, and %s is still there", what, widest, width, c.Head)
		}
	}
	if ellipsis := strings.Contains(strings.Join(lines, ""), "…"); ellipsis != strings.Contains(said, "cut ") {
		t.Errorf("%s, %d columns: something is cut: %v; it says %q", what, width, ellipsis, said)
	}
}

// sameHead reports whether a column that every row needs has the same heading,
// or one that holds it.
func sameHead(k *rows.Kind, c rows.Column) bool {
	return slices.ContainsFunc(k.Columns(), func(o rows.Column) bool {
		return o.Show == rows.Key && strings.Contains(" "+o.Head+" ", " "+c.Head+" ")
	})
}

// TestFitNeverCutsNumbers: what is no name or path stands whole in the table, or
// its column is left out.
func TestFitNeverCutsNumbers(t *testing.T) {
	for _, m := range captures(t) {
		for _, k := range rows.Kinds() {
			var columns []string
			for _, c := range k.Columns() {
				if !c.Cut {
					columns = append(columns, c.Name)
				}
			}
			for width := 20; width <= 160; width += 35 {
				text := written(t, "table", render.Options{Width: width, Columns: columns}, only(m.whole(t), k))
				if strings.Contains(string(text), "…") {
					t.Errorf("%s, %s in %d columns: something is cut\n%s", m.name, k.Name, width, text)
				}
			}
		}
	}
}

// TestWide: with -W nothing is cut, and columns are there that only wide tables
// have.
func TestWide(t *testing.T) {
	k, _ := rows.KindByName("socket")
	v := only(captures(t)[0].whole(t), k)
	v.Columns.Wide = true
	lines, said := fitted(t, v, 40)
	if len(said) > 0 || strings.Contains(strings.Join(lines, ""), "…") || !strings.Contains(lines[0], "Cwnd") {
		t.Errorf("says %q; heading %q", said, lines[0])
	}
}

// TestColor: colours are only there if they are allowed, and without them it is
// the same table.
func TestColor(t *testing.T) {
	sgr := regexp.MustCompile("\x1b\\[[0-9]*m")
	colored := 0
	for _, m := range machines(t) {
		v := m.whole(t)
		for _, width := range []int{0, 90} {
			plain := written(t, "table", render.Options{Width: width}, v)
			color := written(t, "table", render.Options{Width: width, Color: true}, v)
			if strings.Contains(string(plain), "\x1b") {
				t.Errorf("%s: colours that nobody allowed", m.name)
			}
			colored += len(sgr.FindAll(color, -1))
			// A colour that ends at the end of a line keeps the blanks before it.
			got := regexp.MustCompile(` +\n`).ReplaceAllString(sgr.ReplaceAllString(string(color), ""), "\n")
			if got != string(plain) {
				t.Errorf("%s, %d columns: without its colours it is another table", m.name, width)
			}
		}
	}
	if colored < 100 {
		t.Errorf("%d colours in all", colored)
	}
}
