package rows

import (
	"net/netip"
	"unsafe"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/words"
)

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

// A Writer appends objects, one behind the other. It copies the text of the row before
// and makes only the values anew that differ, see [comparison].
type Writer struct {
	o          *Object
	before     Row
	begin, end int       // where its text stands
	division   *division // of which the hot values are known:
	values     []span    // where they stand
}

type span struct{ begin, end int }

// Writer makes one for a text that only grows.
func (o *Object) Writer() *Writer { return &Writer{o: o, values: make([]span, len(o.members))} }

// AppendTo appends the members of a row of the kind, without braces. The row must stay
// as it is until the next call has returned, and so must the text.
func (w *Writer) AppendTo(b []byte, row Row) []byte {
	if w.o.Empty() {
		return b
	}
	checkOwner(w.o.owner, row)
	begin := len(b)
	d := w.o.last.Load()
	if w.before.at != nil {
		d = w.o.comparison.division(row, w.before)
	}
	if w.division == d {
		b = w.appendChanges(b, row)
	} else {
		b = w.appendAll(b, row)
	}
	w.division, w.before, w.begin, w.end = d, row, begin, len(b)
	return b
}

func (w *Writer) appendAll(b []byte, row Row) []byte {
	for i := range w.o.members {
		b = append(b, w.o.members[i].key...)
		begin := len(b)
		b = w.o.appendJSON(b, i, row)
		w.values[i] = span{begin, len(b)}
	}
	return b
}

func (w *Writer) appendChanges(b []byte, row Row) []byte {
	rest := w.begin           // of the text before: from where it is not copied yet
	moved := len(b) - w.begin // how far what is not copied yet will be from there
	for _, i := range w.division.hot {
		its := &w.values[i]
		if w.o.fields[i].same(row, w.before) {
			its.begin += moved
			its.end += moved
			continue
		}
		b = append(b, b[rest:its.begin]...)
		rest = its.end
		its.begin = len(b)
		b = w.o.appendJSON(b, i, row)
		its.end = len(b)
		moved = len(b) - rest
	}
	return append(b, b[rest:w.end]...)
}

// appendJSON appends the value of a member, as [Cell.AppendJSON] does.
func (o *Object) appendJSON(b []byte, i int, row Row) []byte {
	f := &o.fields[i]
	if !f.knownIn(row) {
		return append(b, "null"...)
	}
	p := unsafe.Add(row.at, f.offset)
	switch f.kind {
	case uintField:
		return words.AppendUint(b, *(*uint64)(p))
	case optUintField:
		v, _ := (*parser.Opt[uint64])(p).Get()
		return words.AppendUint(b, v)
	case textField:
		return AppendJSONString(b, *(*string)(p))
	case optTextField:
		v, _ := (*parser.Opt[string])(p).Get()
		return AppendJSONString(b, v)
	case optAddrField:
		v, _ := (*parser.Opt[netip.Addr])(p).Get()
		return append(words.AppendAddr(append(b, '"'), v), '"')
	}
	return o.members[i].Of(row).AppendJSON(b)
}
