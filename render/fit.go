package render

import (
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
)

// leastText is how far a text may be shrunk: a few characters and the ellipsis.
const leastText = 8

func leastWidth(c *tableColumn) int {
	if c.Cut {
		return min(c.width, max(leastText, width(c.head)))
	}
	return c.width
}

// importance orders columns: the larger, the sooner it is shrunk or left out.
func (c *tableColumn) importance() int {
	switch c.Show {
	case rows.Key:
		return 0
	case 0:
		return 10
	}
	return c.Show
}

// Between columns.
const (
	wideGap   = 2
	narrowGap = 1
)

func (t *table) width() (sum int) {
	for _, c := range t.columns {
		sum += c.width + t.gap
	}
	return sum - t.gap
}

// fit makes the table narrower until it fits: first texts shrink, the least
// important first, then the gaps, then columns go, but never those that a row
// needs; what is free in the end the texts have back. What was done is said.
func (t *table) fit(limit int, report Reporter) {
	for t.width() > limit {
		i := t.least(func(c *tableColumn) bool { return c.width > c.least })
		if i < 0 {
			break
		}
		c := &t.columns[i]
		c.width = max(c.least, c.width-(t.width()-limit))
	}
	if t.width() > limit {
		t.gap = narrowGap
	}
	var said []string
	for t.width() > limit {
		i := t.least(func(c *tableColumn) bool { return c.Show != rows.Key })
		if i < 0 {
			break
		}
		said = append(said, t.columns[i].head)
		t.columns = slices.Delete(t.columns, i, i+1)
	}
	if said != nil {
		said = []string{"left out " + strings.Join(said, ", ")}
	}
	if cut := t.grow(limit); cut != nil {
		said = append(said, "cut "+strings.Join(cut, ", "))
	}
	if said != nil {
		report.Notef("to fit the terminal: %s; --wide shows all", strings.Join(said, "; "))
	}
}

// grow gives the texts what is free, the most important first, and names those
// that stay cut.
func (t *table) grow(limit int) (cut []string) {
	order := make([]*tableColumn, len(t.columns))
	for i := range t.columns {
		order[i] = &t.columns[i]
	}
	slices.SortStableFunc(order, func(a, b *tableColumn) int { return a.importance() - b.importance() })
	for _, c := range order {
		c.width += max(0, min(c.natural-c.width, limit-t.width()))
		if c.width < c.natural {
			cut = append(cut, c.head)
		}
	}
	return cut
}

// least finds the least important column that may go, the last of several.
func (t *table) least(may func(*tableColumn) bool) int {
	found := -1
	for i := range t.columns {
		c := &t.columns[i]
		if may(c) && (found < 0 || c.importance() >= t.columns[found].importance()) {
			found = i
		}
	}
	return found
}
