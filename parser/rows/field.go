package rows

import (
	"math"
	"net/netip"
	"reflect"
	"unsafe"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/words"
)

// A fieldKind is the type of a field. Rows are made of these types and no others.
type fieldKind uint8

const (
	textField fieldKind = iota
	boolField
	uintField
	intField
	wordsField
	optTextField
	optBoolField
	optUintField
	optIntField
	optAddrField
	optFloatField
)

func kindOf(t reflect.Type) fieldKind {
	switch reflect.New(t).Interface().(type) {
	case *string:
		return textField
	case *bool:
		return boolField
	case *uint64:
		return uintField
	case *int64:
		return intField
	case *Words:
		return wordsField
	case *parser.Opt[string]:
		return optTextField
	case *parser.Opt[bool]:
		return optBoolField
	case *parser.Opt[uint64]:
		return optUintField
	case *parser.Opt[int64]:
		return optIntField
	case *parser.Opt[netip.Addr]:
		return optAddrField
	case *parser.Opt[float64]:
		return optFloatField
	}
	panic("rows: a column of type " + t.String()) // a test makes every kind
}

// at gives the column's field in a row of its kind, which the caller has checked.
//
// It is for millions of fields, for which reflect.Value.Field and Interface take
// three times as long as what is then done with the value. The pointer arithmetic is
// sound: the row is a pointer to a struct of the very type that the offset was taken
// from, which checkOwner sees to; the offset is that of a field of the type that kind
// stands for; and no embedded struct is a pointer, so that the offsets add up.
func (c *Column) at(row Row) unsafe.Pointer { return unsafe.Add(row.at, c.offset) }

// checkOwner wants a row of the kind that a column is of.
func checkOwner(owner reflect.Type, row Row) {
	if row.typ != owner {
		panic("rows: a column is of " + owner.String() + " and not of " + row.typ.String())
	}
}

// knownOffset gives the place of the flag that says whether a field is known, and 0 if
// it always is: a flag has the value before it.
func knownOffset(t reflect.Type, offset uintptr) uintptr {
	if _, optional := reflect.New(t).Interface().(interface{ Known() bool }); !optional {
		return 0
	}
	flag, ok := t.FieldByName("known")
	if !ok || flag.Type.Kind() != reflect.Bool || flag.Offset == 0 {
		panic("rows: where does " + t.String() + " say that it is known?")
	}
	return offset + flag.Offset
}

// append appends the value of a field as [Cell.AppendJSON] does, or as [Cell.AppendText],
// without making a Cell of it first.
func (f *field) append(b []byte, row Row, json bool) []byte {
	if f.known != 0 && !*(*bool)(unsafe.Add(row.at, f.known)) {
		// The flag lies within the row: its place is that of the bool of the field's own
		// type, see knownOffset.
		if json {
			return append(b, "null"...)
		}
		return b
	}
	p := unsafe.Add(row.at, f.offset)
	switch f.kind {
	case uintField:
		return words.AppendUint(b, *(*uint64)(p))
	case optUintField:
		v, _ := (*parser.Opt[uint64])(p).Get()
		return words.AppendUint(b, v)
	case optIntField:
		if v, _ := (*parser.Opt[int64])(p).Get(); v >= 0 {
			return words.AppendUint(b, uint64(v))
		}
	case textField:
		return appendText(b, *(*string)(p), json)
	case optTextField:
		v, _ := (*parser.Opt[string])(p).Get()
		return appendText(b, v, json)
	case optAddrField:
		v, _ := (*parser.Opt[netip.Addr])(p).Get()
		if json {
			return append(words.AppendAddr(append(b, '"'), v), '"')
		}
		return words.AppendAddr(b, v)
	}
	return f.appendCell(b, p, json)
}

// appendCell is for the other types. A Cell is large: it would slow down each call of
// append, if this were a part of it.
//
//go:noinline
func (f *field) appendCell(b []byte, p unsafe.Pointer, json bool) []byte {
	if json {
		return cellAt(p, f.kind).AppendJSON(b)
	}
	return cellAt(p, f.kind).AppendText(b)
}

func appendText(b []byte, text string, json bool) []byte {
	if json {
		return AppendJSONString(b, text)
	}
	return append(b, text...)
}

// Of gives the value of the column in a row of its kind.
func (c *Column) Of(row Row) Cell {
	checkOwner(c.owner, row)
	return cellAt(c.at(row), c.kind)
}

// cellAt gives the value of a field of a kind, which stands at p.
func cellAt(p unsafe.Pointer, kind fieldKind) Cell {
	switch kind {
	case textField:
		return Cell{Type: TextCell, Known: true, text: *(*string)(p)}
	case boolField:
		return Cell{Type: BoolCell, Known: true, number: truth(*(*bool)(p))}
	case uintField:
		return Cell{Type: UintCell, Known: true, number: *(*uint64)(p)}
	case intField:
		return Cell{Type: IntCell, Known: true, number: uint64(*(*int64)(p))}
	case wordsField:
		list := *(*Words)(p)
		return Cell{Type: ListCell, Known: list != nil, list: list}
	case optTextField:
		v, ok := (*parser.Opt[string])(p).Get()
		return Cell{Type: TextCell, Known: ok, text: v}
	case optBoolField:
		v, ok := (*parser.Opt[bool])(p).Get()
		return Cell{Type: BoolCell, Known: ok, number: truth(v)}
	case optUintField:
		v, ok := (*parser.Opt[uint64])(p).Get()
		return Cell{Type: UintCell, Known: ok, number: v}
	case optIntField:
		v, ok := (*parser.Opt[int64])(p).Get()
		return Cell{Type: IntCell, Known: ok, number: uint64(v)}
	case optFloatField:
		v, ok := (*parser.Opt[float64])(p).Get()
		return Cell{Type: FloatCell, Known: ok, number: math.Float64bits(v)}
	default:
		v, ok := (*parser.Opt[netip.Addr])(p).Get()
		return Cell{Type: AddrCell, Known: ok, addr: v}
	}
}
