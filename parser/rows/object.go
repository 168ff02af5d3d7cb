package rows

import "slices"

// An Object writes columns of the rows of one kind as the members of a JSON object: each
// goroutine with a Writer of its own.
type Object struct {
	members []member
	*comparison
}

// A member is a column of an Object.
type member struct {
	*Column
	key []byte // `,"name":`
}

// ObjectOf makes it for columns of one kind, in their order.
func ObjectOf(columns []*Column) *Object {
	o := &Object{comparison: compare(columns)}
	for i, c := range columns {
		key := append(AppendJSONString(nil, c.Name), ':')
		if i > 0 {
			key = append([]byte{','}, key...)
		}
		o.members = append(o.members, member{c, key})
	}
	return o
}

// Empty reports whether the object has no members.
func (o *Object) Empty() bool { return len(o.members) == 0 }

// A Writer appends objects, one behind the other. It has the texts of the members that
// seldom differ from row to row, and makes the values of the others, see [comparison].
type Writer struct {
	o        *Object
	before   Row
	division *division // of which the parts are:
	parts    []part
	end      constant
}

// A part is a value that is made anew for each row, and what stands before it.
type part struct {
	before constant
	field  *field
}

// A constant is a text. If it fits, it is in the array: one of a fixed size is copied
// without a call that would choose a way to do it, which takes longer than to copy a
// short text.
type constant struct {
	length int
	short  [2 * half]byte
	text   []byte
}

const half = 32

// Writer makes one.
func (o *Object) Writer() *Writer { return &Writer{o: o} }

// AppendTo appends the members of a row of the kind, without braces. The row must stay
// as it is until the next call, unless it has marks of what changes.
func (w *Writer) AppendTo(b []byte, row Row) []byte {
	if w.o.Empty() {
		return b
	}
	checkOwner(w.o.owner, row)
	d := w.o.last.Load()
	if w.before.at != nil {
		d = w.o.comparison.division(row, w.before)
	}
	w.before = row
	if w.division != d {
		w.divide(d, row)
	}
	for i := range w.parts {
		p := &w.parts[i]
		b = p.field.append(p.before.append(b), row, true)
	}
	return w.end.append(b)
}

// divide makes the constants.
func (w *Writer) divide(d *division, row Row) {
	w.division, w.parts = d, slices.Grow(w.parts[:0], len(d.hot))
	b := make([]byte, 0, 40*len(w.o.members)) // one for all
	for i := range w.o.members {
		f := &w.o.fields[i]
		b = append(b, w.o.members[i].key...)
		if n := len(w.parts); n < len(d.hot) && d.hot[n] == i {
			w.parts = append(w.parts, part{newConstant(b), f})
			b = b[len(b):]
		} else {
			b = f.append(b, row, true)
		}
	}
	w.end = newConstant(b)
}

func newConstant(text []byte) constant {
	c := constant{length: len(text), text: text}
	copy(c.short[:], text)
	return c
}

func (c *constant) append(b []byte) []byte {
	n := len(b)
	switch {
	case c.length > len(c.short) || cap(b)-n < len(c.short):
		return append(b, c.text...)
	case c.length > half:
		*(*[2 * half]byte)(b[n : n+2*half]) = c.short
	default:
		*(*[half]byte)(b[n : n+half]) = [half]byte(c.short[:half])
	}
	return b[:n+c.length]
}
