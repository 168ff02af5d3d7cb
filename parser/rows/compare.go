package rows

import (
	"bytes"
	"net/netip"
	"reflect"
	"unsafe"

	"github.com/coldstat/coldstat/parser"
)

// A comparison tells which columns of a row differ from those of another: of the sixty
// that a socket has, a dozen differ from row to row.
type comparison struct {
	owner  reflect.Type
	fields []field // of the columns
	groups []group
}

// A field is where a column stands in a row.
type field struct{ offset, size uint32 }

// A group is columns side by side, and the stretch of a row that all of them are in.
type group struct {
	first, last int
	begin, end  uint32
}

const groupSize = 8

// compare makes the comparison of some columns of one kind.
func compare(columns []*Column) (c comparison) {
	for i, column := range columns {
		f := field{uint32(column.offset), uint32(fieldSizes[column.kind])}
		c.owner, c.fields = column.owner, append(c.fields, f)
		if i%groupSize == 0 {
			c.groups = append(c.groups, group{i, i, f.offset, f.offset + f.size})
		}
		g := &c.groups[len(c.groups)-1]
		g.last, g.begin, g.end = i+1, min(g.begin, f.offset), max(g.end, f.offset+f.size)
	}
	return c
}

// sameMemory compares the same stretch of two rows of one type.
//
// Equal memory is equal values: numbers and flags are in it themselves, texts and lists
// with pointer and length, and both rows keep alive what they point to, so that equal
// pointers are one text. What differs may be equal all the same, such as a text that
// stands in two places, or padding: then it is only written anew.
//
// The arithmetic is sound: x and y point to structs of the type from which compare took
// begin and end, as [Texts.Changed] wants rows of the columns' kind, so that the stretch
// lies within both; and the slices are gone before either row can be moved or freed.
func sameMemory(x, y Row, begin, end uint32) bool {
	p, q := (*byte)(unsafe.Add(x.at, begin)), (*byte)(unsafe.Add(y.at, begin))
	return bytes.Equal(unsafe.Slice(p, end-begin), unsafe.Slice(q, end-begin))
}

// same is sameMemory for one field, without a call for the sizes that fields have on
// machines with 64 bits. It reads the bytes of the field and no others: the offset and
// the size are those of one type, and both rows are of the type that has the field.
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
	case 2:
		return *(*uint16)(p) == *(*uint16)(q)
	case 1:
		return *(*uint8)(p) == *(*uint8)(q)
	}
	return sameMemory(x, y, f.offset, f.offset+f.size) // sizes of machines with 32 bits
}

// fieldSizes are those of the kinds of fields.
var fieldSizes = [...]uintptr{
	textField:    unsafe.Sizeof(""),
	boolField:    unsafe.Sizeof(false),
	uintField:    unsafe.Sizeof(uint64(0)),
	intField:     unsafe.Sizeof(int64(0)),
	wordsField:   unsafe.Sizeof(Words{}),
	optTextField: unsafe.Sizeof(parser.Opt[string]{}),
	optBoolField: unsafe.Sizeof(parser.Opt[bool]{}),
	optUintField: unsafe.Sizeof(parser.Opt[uint64]{}),
	optIntField:  unsafe.Sizeof(parser.Opt[int64]{}),
	optAddrField: unsafe.Sizeof(parser.Opt[netip.Addr]{}),
}
