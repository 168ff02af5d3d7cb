package rows

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"sync"
)

// Holding gives a kind that no table has its rows, which were worked out from other rows:
// every format that is written from rows then writes them. The list is not copied, and
// may be read several times. It panics if the rows are not of the kind.
func Holding[T any](k *Kind, list []T) *Kind {
	if t := reflect.TypeFor[T](); k.typ != t {
		panic(fmt.Sprintf("rows: kind %s does not have rows of %v", k.Name, t))
	}
	held := *k
	held.held = len(list)
	setRows(&held, func(r *Reader, sort []SortKey) iter.Seq[*T] {
		r.seen = true
		if len(sort) > 0 {
			return sorted(slices.Values(list), sort, r.report())
		}
		return func(yield func(*T) bool) {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	})
	return &held
}

// Holds is how many rows the kind has, if it is one of [Holding].
func (k *Kind) Holds() int { return k.held }

// setRows gives a kind its rows, each valid until the next.
func setRows[T any](k *Kind, inOrder func(r *Reader, sort []SortKey) iter.Seq[*T]) {
	k.rows = func(r *Reader, sort []SortKey) iter.Seq[any] {
		return func(yield func(any) bool) {
			for row := range inOrder(r, sort) {
				if !yield(row) {
					return
				}
			}
		}
	}
	k.pieces = func(r *Reader, sort []SortKey, _ Reporter) iter.Seq[Piece] { return erased(batches(inOrder(r, sort))) }
}

// Showing is the kind with columns that tables show more or less readily, see
// [Column.Show].
func (k *Kind) Showing(show map[string]int) *Kind {
	other := *k
	other.Columns = sync.OnceValue(func() []Column {
		list := slices.Clone(k.Columns())
		for i := range list {
			if n, ok := show[list[i].Name]; ok {
				list[i].Show = n
			}
		}
		return list
	})
	return &other
}
