package rows

import (
	"reflect"
	"strconv"

	"github.com/coldstat/coldstat/parser"
)

// An Object writes columns of the rows of one kind as the members of a JSON object.
type Object struct {
	members []member
	owner   reflect.Type
	// nulls is the text of all members as if none was known. A stretch of it stands for
	// columns side by side that are unknown, which most are.
	nulls []byte
}

// A member is one column of an Object.
type member struct {
	*Column
	key  []byte // `,"name":`
	null int    // where its text begins in Object.nulls
}

// ObjectOf makes it for columns of one kind, in their order.
func ObjectOf(columns []*Column) *Object {
	o := &Object{}
	for i, c := range columns {
		key := append(AppendJSONString(nil, c.Name), ':')
		if i > 0 {
			key = append([]byte{','}, key...)
		}
		o.members = append(o.members, member{c, key, len(o.nulls)})
		o.nulls = append(append(o.nulls, key...), "null"...)
		o.owner = c.owner
	}
	return o
}

// Empty reports whether the object has no members.
func (o *Object) Empty() bool { return len(o.members) == 0 }

// AppendTo appends the members of a row of the kind, without braces.
func (o *Object) AppendTo(b []byte, row Row) []byte {
	if o.Empty() {
		return b
	}
	checkOwner(o.owner, row)
	for i := 0; i < len(o.members); {
		m := &o.members[i]
		if m.knownIn(row) {
			b = m.appendJSON(append(b, m.key...), row)
			i++
			continue
		}
		end := len(o.nulls)
		for i++; i < len(o.members); i++ {
			if o.members[i].knownIn(row) {
				end = o.members[i].null
				break
			}
		}
		b = append(b, o.nulls[m.null:end]...)
	}
	return b
}

// appendJSON appends a value that is known.
func (c *Column) appendJSON(b []byte, row Row) []byte {
	p := c.at(row)
	switch c.kind {
	case uintField:
		return strconv.AppendUint(b, *(*uint64)(p), 10)
	case textField:
		return AppendJSONString(b, *(*string)(p))
	case optUintField:
		v, _ := (*parser.Opt[uint64])(p).Get()
		return strconv.AppendUint(b, v, 10)
	case optIntField:
		v, _ := (*parser.Opt[int64])(p).Get()
		return strconv.AppendInt(b, v, 10)
	case optTextField:
		v, _ := (*parser.Opt[string])(p).Get()
		return AppendJSONString(b, v)
	}
	return c.Of(row).AppendJSON(b)
}

// AppendText appends the value of the column in a row of its kind, as Of and
// [Cell.AppendText] do.
func (c *Column) AppendText(b []byte, row Row) []byte {
	checkOwner(c.owner, row)
	if !c.knownIn(row) {
		return b
	}
	p := c.at(row)
	switch c.kind {
	case uintField:
		return strconv.AppendUint(b, *(*uint64)(p), 10)
	case textField:
		return append(b, *(*string)(p)...)
	case optUintField:
		v, _ := (*parser.Opt[uint64])(p).Get()
		return strconv.AppendUint(b, v, 10)
	case optIntField:
		v, _ := (*parser.Opt[int64])(p).Get()
		return strconv.AppendInt(b, v, 10)
	case optTextField:
		v, _ := (*parser.Opt[string])(p).Get()
		return append(b, v...)
	}
	return c.Of(row).AppendText(b)
}
