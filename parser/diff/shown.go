package diff

import (
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
)

// Shown is one of [Result.Kinds] for tables that are made to be read: what is the same in
// the old and the new capture, in all rows, does not stand there twice for nothing.
func Shown(k *rows.Kind) *rows.Kind {
	type pair struct{ old, new *rows.Column }
	var pairs []pair
	for i := range k.Columns() {
		c := &k.Columns()[i]
		name, ok := strings.CutPrefix(c.Name, "old_")
		if !ok || c.Show == rows.Key {
			continue
		}
		if other, ok := k.Column("new_" + name); ok {
			pairs = append(pairs, pair{c, other})
		}
	}
	hidden := map[string]int{}
	for _, p := range pairs {
		hidden[p.old.Name], hidden[p.new.Name] = 0, 0
	}
	for row := range k.Rows(&rows.Reader{}, nil) {
		values := rows.RowOf(row)
		for _, p := range pairs {
			if p.old.Of(values).Compare(p.new.Of(values)) != 0 {
				delete(hidden, p.old.Name)
				delete(hidden, p.new.Name)
			}
		}
	}
	return k.Showing(hidden)
}
