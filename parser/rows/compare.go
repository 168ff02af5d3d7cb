package rows

import (
	"bytes"
	"net/netip"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/coldstat/coldstat/parser"
)

// A comparison tells which columns of a row may differ from those of another. Of the
// sixty that a socket has, two dozen differ from row to row, and the others never do: who
// writes rows makes the texts of the former, the hot ones, each time, without asking
// whether they differ: that takes longer, as nobody can foresee the answer. The cold
// ones have to be looked at. Who makes a row may have marked what it changed, see
// [marks]; else they are compared, in a few stretches of memory.
type comparison struct {
	owner  reflect.Type
	fields []field // of the columns

	mu   sync.Mutex
	last atomic.Pointer[division]
}

// A field is where a column stands in a row, in bytes.
type field struct {
	offset, size uint32
	known        uint32 // where the bool is that says whether it is known; 0 if it always is
	kind         fieldKind
}

// A division is the columns that have differed between any two rows so far, and the
// memory of all others. It only ever grows, so there are at most as many as columns.
type division struct {
	hot       []int // columns, in their order
	cold      []field
	coldMarks marks
}

// compare makes the comparison of some columns of one kind.
func compare(columns []*Column) *comparison {
	c := &comparison{}
	for _, column := range columns {
		c.owner = column.owner
		c.fields = append(c.fields, field{uint32(column.offset), uint32(fieldSizes[column.kind]), uint32(column.known), column.kind})
	}
	c.last.Store(c.divide(marks{}))
	return c
}

func (c *comparison) divide(hot marks) *division {
	d := &division{}
	var cold []field
	for i, f := range c.fields {
		if hot.has(f.mark()) {
			d.hot = append(d.hot, i)
		} else {
			cold = append(cold, f)
			d.coldMarks.set(f.mark())
		}
	}
	slices.SortFunc(cold, func(x, y field) int { return int(x.offset) - int(y.offset) })
	for _, f := range cold {
		// Only side by side without a gap: padding in it might differ for ever.
		if n := len(d.cold); n > 0 && d.cold[n-1].offset+d.cold[n-1].size == f.offset {
			d.cold[n-1].size += f.size
		} else {
			d.cold = append(d.cold, f)
		}
	}
	return d
}

// division gives one whose cold columns are the same in both rows.
func (c *comparison) division(x, y Row) *division {
	d := c.last.Load()
	if x.marks != nil {
		if x.marks.meets(&d.coldMarks) {
			return c.heat(*x.marks)
		}
		return d
	}
	for _, f := range d.cold {
		if !f.sameMemory(x, y) {
			var m marks
			for _, f := range c.fields {
				if !f.sameMemory(x, y) {
					m.set(f.mark())
				}
			}
			return c.heat(m)
		}
	}
	return d
}

// heat adds what is marked to the hot columns.
func (c *comparison) heat(m marks) *division {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range c.last.Load().hot {
		m.set(c.fields[i].mark())
	}
	d := c.divide(m)
	c.last.Store(d)
	return d
}

// sameMemory compares the same stretch of two rows of one type.
//
// Equal memory is equal values: numbers and flags are in it themselves, texts and lists
// with pointer and length, and both rows keep alive what they point to, so that equal
// pointers are one text. What differs may be equal all the same, such as a text that
// stands in two places, or padding: then it is only written anew.
//
// The arithmetic is sound: x and y point to structs of the type that the offsets were
// taken from, which checkOwner sees to, so that the stretch lies within both; and the
// slices are gone before either row can be moved or freed.
func (f field) sameMemory(x, y Row) bool {
	p, q := (*byte)(unsafe.Add(x.at, f.offset)), (*byte)(unsafe.Add(y.at, f.offset))
	return bytes.Equal(unsafe.Slice(p, f.size), unsafe.Slice(q, f.size))
}

// fieldSizes are those of the kinds of fields.
var fieldSizes = [...]uintptr{
	textField:     unsafe.Sizeof(""),
	boolField:     unsafe.Sizeof(false),
	uintField:     unsafe.Sizeof(uint64(0)),
	intField:      unsafe.Sizeof(int64(0)),
	wordsField:    unsafe.Sizeof(Words{}),
	optTextField:  unsafe.Sizeof(parser.Opt[string]{}),
	optBoolField:  unsafe.Sizeof(parser.Opt[bool]{}),
	optUintField:  unsafe.Sizeof(parser.Opt[uint64]{}),
	optIntField:   unsafe.Sizeof(parser.Opt[int64]{}),
	optAddrField:  unsafe.Sizeof(parser.Opt[netip.Addr]{}),
	optFloatField: unsafe.Sizeof(parser.Opt[float64]{}),
}
