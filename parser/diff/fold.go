package diff

import (
	"math/bits"
	"slices"
	"sort"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// A folder puts differences of one key together.
type folder[K comparable, R any] struct {
	kind  *rows.Kind
	n     int // differences
	key   func(i int) K
	row   func(i int) R
	merge func(into, more *R)

	listener func(*R) bool
	count    func(*R) uint64
}

// rows gives the rows of differences: each its own if all is set. Listeners come first,
// then what stands for most. The rows are large: room is made for them once.
func (f *folder[K, R]) rows(d *differ) []R {
	groups, left := 0, uint64(0)
	of := make([]int32, f.n) // -1 if there is no room
	at := map[K]int32{}
	for i := range of {
		var key K
		if !d.All {
			key = f.key(i)
			if g, ok := at[key]; ok {
				of[i] = g
				continue
			}
		}
		if groups >= d.bounds.rows {
			of[i] = -1
			left++
			continue
		}
		of[i] = int32(groups)
		if !d.All {
			at[key] = of[i]
		}
		groups++
	}
	list := make([]R, 0, groups)
	for i, g := range of {
		switch {
		case g < 0:
		case int(g) == len(list):
			list = append(list, f.row(i))
		default:
			more := f.row(i)
			f.merge(&list[g], &more)
		}
	}
	if left > 0 {
		d.tooMany(f.kind.Name, left)
	}
	sort.Stable(&byWeight[K, R]{list, f})
	return list
}

// byWeight sorts rows in place.
type byWeight[K comparable, R any] struct {
	list []R
	f    *folder[K, R]
}

func (s *byWeight[K, R]) Len() int      { return len(s.list) }
func (s *byWeight[K, R]) Swap(i, j int) { s.list[i], s.list[j] = s.list[j], s.list[i] }
func (s *byWeight[K, R]) Less(i, j int) bool {
	a, b := &s.list[i], &s.list[j]
	if la, lb := s.f.listener(a), s.f.listener(b); la != lb {
		return la
	}
	return s.f.count(a) > s.f.count(b)
}

// listenersFirst gives the numbers of differences in another order, so that there is room
// for listeners before all others.
func listenersFirst(n int, listener func(i int) bool) []int32 {
	order := make([]int32, 0, n)
	for _, wanted := range []bool{true, false} {
		for i := range n {
			if listener(i) == wanted {
				order = append(order, int32(i))
			}
		}
	}
	return order
}

// tooMany says that not all differences are shown.
func (d *differ) tooMany(kind string, left uint64) {
	hint := ""
	if d.All {
		hint = "; without --all they are folded"
	}
	d.tell(rows.Warning, "", "", "only %d rows of kind %s are held: %d more differences are left out%s", d.bounds.rows, kind, left, hint)
}

// alike keeps a value of several rows if it is the same in all.
func alike[T comparable](into *parser.Opt[T], more parser.Opt[T]) {
	if *into != more {
		*into = parser.Opt[T]{}
	}
}

// added is a sum. It is unknown if a part is, or if it is too large.
func added(a, b parser.Opt[uint64]) (sum parser.Opt[uint64]) {
	x, ok1 := a.Get()
	y, ok2 := b.Get()
	n, carry := bits.Add64(x, y, 0)
	return parser.Found(n, ok1 && ok2 && carry == 0)
}

// union has the words of either list, in the order of all.
func union(a, b rows.Words, all []string) rows.Words {
	if a == nil || slices.Equal(a, b) {
		return a
	}
	w := rows.Words{}
	for _, word := range all {
		if slices.Contains(a, word) || slices.Contains(b, word) {
			w = append(w, word)
		}
	}
	return w
}
