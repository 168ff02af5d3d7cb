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

// A comparison tells which columns of a row differ from those of another. Of the sixty
// that a socket has, a dozen differ from row to row, and forty never do: these are
// compared in a few stretches of memory.
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
	hot  []int // columns, in their order
	cold []field
}

// compare makes the comparison of some columns of one kind.
func compare(columns []*Column) *comparison {
	c := &comparison{}
	for _, column := range columns {
		c.owner = column.owner
		c.fields = append(c.fields, field{uint32(column.offset), uint32(fieldSizes[column.kind]), uint32(column.known), column.kind})
	}
	c.last.Store(c.divide(make([]bool, len(columns))))
	return c
}

func (c *comparison) divide(hot []bool) *division {
	d := &division{}
	var cold []field
	for i, f := range c.fields {
		if hot[i] {
			d.hot = append(d.hot, i)
		} else {
			cold = append(cold, f)
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
	for _, f := range d.cold {
		if !f.sameMemory(x, y) {
			return c.heat(x, y)
		}
	}
	return d
}

// heat adds what differs between two rows to the hot columns.
func (c *comparison) heat(x, y Row) *division {
	c.mu.Lock()
	defer c.mu.Unlock()
	hot := make([]bool, len(c.fields))
	for _, i := range c.last.Load().hot {
		hot[i] = true
	}
	for i, f := range c.fields {
		hot[i] = hot[i] || !f.sameMemory(x, y)
	}
	d := c.divide(hot)
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

// same is sameMemory for one column, without a call for the sizes that fields have on
// machines with 64 bits. It reads the bytes of the field and no others.
func (f field) same(x, y Row) bool {
	p, q := unsafe.Add(x.at, f.offset), unsafe.Add(y.at, f.offset)
	switch f.size {
	case 8:
		return *(*uint64)(p) == *(*uint64)(q)
	case 16:
		return *(*[2]uint64)(p) == *(*[2]uint64)(q)
	case 24:
		return *(*[3]uint64)(p) == *(*[3]uint64)(q)
	case 32:
		return *(*[4]uint64)(p) == *(*[4]uint64)(q)
	case 1:
		return *(*uint8)(p) == *(*uint8)(q)
	}
	return f.sameMemory(x, y) // sizes of machines with 32 bits
}

// knownIn reports whether the field has a value. The flag lies within the row: its place
// is that of the bool of the field's own type, see knownOffset.
func (f *field) knownIn(row Row) bool {
	return f.known == 0 || *(*bool)(unsafe.Add(row.at, f.known))
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
