package rows

import "unsafe"

// Marks say which fields of a row may differ from those of the row before, by the words
// of eight bytes in which they begin. Where several small fields begin in one word, they
// are marked together: what is marked may be equal all the same.
type marks [maxMarks / 64]uint64

const maxMarks = 256

// maxMarked is how large a row may be.
const maxMarked = maxMarks * 8

var allMarks = marks{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

func (f field) mark() int { return int(f.offset / 8 % maxMarks) }

func (m *marks) has(mark int) bool { return m[mark/64]>>(mark%64)&1 != 0 }

func (m *marks) set(mark int) { m[mark/64] |= 1 << (mark % 64) }

// meets reports whether anything is marked in both.
func (m *marks) meets(others *marks) bool {
	return m[0]&others[0]|m[1]&others[1]|m[2]&others[2]|m[3]&others[3] != 0
}

// A draft is a row that is filled in again and again, and the marks of what changed. Its
// row comes first, so that the place of a field in the draft is that in the row.
type draft[T any] struct {
	row T
	marks
}

// replace gives the whole row a value.
func (d *draft[T]) replace(row T) { d.row, d.marks = row, allMarks }

// set gives a field of a draft's row a value that seldom is another one. It is no method,
// since fields are of many types.
func set[T any, V comparable](d *draft[T], field *V, value V) {
	if *field != value {
		put(d, field, value)
	}
}

// put does the same for a field that often gets another value: it does not look.
//
// The field is one of d.row, with which d begins: so the difference of the addresses,
// both taken while d is at one place, is the offset of the field in its struct. It is a
// number only, and made no pointer again.
func put[T, V any](d *draft[T], field *V, value V) {
	*field = value
	offset := uintptr(unsafe.Pointer(field)) - uintptr(unsafe.Pointer(d))
	d.marks[offset/512%uintptr(len(d.marks))] |= 1 << (offset / 8 % 64)
}
