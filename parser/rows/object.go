package rows

import (
	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/words"
)

// An Object writes columns of the rows of one kind as the members of a JSON object: each
// goroutine with a Writer of its own.
type Object struct {
	members []member
	comparison
}

// A member is a column of an Object.
type member struct {
	*Column
	key []byte // `,"name":`
}

// ObjectOf makes it for columns of one kind, in their order.
func ObjectOf(columns []*Column) *Object {
	o := &Object{}
	o.comparison = compare(columns)
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

// A Writer appends objects, one behind the other.
//
// A row has sixty columns, of which a dozen are not as in the row before. So a Writer
// copies the text of the row before, and makes only the values anew whose memory
// differs.
type Writer struct {
	o          *Object
	before     Row
	begin, end int    // where its text stands
	groups     []int  // where each group of it begins
	values     []span // where its values stand, from the begin of their group
}

type span struct{ begin, end int }

// Writer makes one for a text that only grows.
func (o *Object) Writer() *Writer {
	return &Writer{o: o, groups: make([]int, len(o.groups)), values: make([]span, len(o.members))}
}

// AppendTo appends the members of a row of the kind, without braces. The row must stay
// as it is until the next call has returned, and so must the text.
func (w *Writer) AppendTo(b []byte, row Row) []byte {
	if w.o.Empty() {
		return b
	}
	checkOwner(w.o.owner, row)
	begin := len(b)
	if w.before.at == nil {
		b = w.appendAll(b, row)
	} else {
		b = w.appendChanges(b, row)
	}
	w.before, w.begin, w.end = row, begin, len(b)
	return b
}

func (w *Writer) appendAll(b []byte, row Row) []byte {
	for i, g := range w.o.groups {
		w.groups[i] = len(b)
		for j := g.first; j < g.last; j++ {
			m := &w.o.members[j]
			b = append(b, m.key...)
			begin := len(b) - w.groups[i]
			b = m.appendJSON(b, row)
			w.values[j] = span{begin, len(b) - w.groups[i]}
		}
	}
	return b
}

func (w *Writer) appendChanges(b []byte, row Row) []byte {
	rest := w.begin           // of the text before: from where it is not copied yet
	moved := len(b) - w.begin // how far what is not copied yet will be from there
	for i := range w.o.groups {
		g, old := &w.o.groups[i], w.groups[i]
		w.groups[i] += moved
		if sameMemory(row, w.before, g.begin, g.end) {
			continue
		}
		movedGroup := moved
		for j := g.first; j < g.last; j++ {
			its := &w.values[j]
			if w.o.fields[j].same(row, w.before) {
				its.begin += moved - movedGroup
				its.end += moved - movedGroup
				continue
			}
			b = append(b, b[rest:old+its.begin]...)
			rest = old + its.end
			its.begin = len(b) - w.groups[i]
			b = w.o.members[j].appendJSON(b, row)
			its.end = len(b) - w.groups[i]
			moved = len(b) - rest
		}
	}
	return append(b, b[rest:w.end]...)
}

// appendJSON appends the value of the column in a row, as [Cell.AppendJSON] does.
func (m *member) appendJSON(b []byte, row Row) []byte {
	if m.knownBit(row) == 0 {
		return append(b, "null"...)
	}
	p := m.at(row)
	switch m.kind {
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
	return m.Of(row).AppendJSON(b)
}
