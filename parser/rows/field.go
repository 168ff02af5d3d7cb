package rows

import (
	"net/netip"
	"reflect"
	"strconv"
	"unsafe"

	"github.com/coldstat/coldstat/parser"
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
	}
	panic("rows: a column of type " + t.String()) // a test makes every kind
}

// field gives the column's field in a row of its kind.
//
// It is for millions of fields, for which reflect.Value.Field and Interface take
// three times as long as what is then done with the value. The pointer arithmetic is
// sound: the row is a pointer to a struct of the very type that the offset was taken
// from, which is checked here; the offset is that of a field of the type that kind
// stands for; and no embedded struct is a pointer, so that the offsets add up.
func (c *Column) field(row Row) unsafe.Pointer {
	if row.typ != c.owner {
		panic("rows: column " + c.Name + " is of " + c.owner.String() + " and not of " + row.typ.String())
	}
	return unsafe.Add(row.at, c.offset)
}

// Of gives the value of the column in a row of its kind.
func (c *Column) Of(row Row) Cell {
	p := c.field(row)
	switch c.kind {
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
	default:
		v, ok := (*parser.Opt[netip.Addr])(p).Get()
		return Cell{Type: AddrCell, Known: ok, addr: v}
	}
}

// AppendJSON appends the value of the column in a row of its kind, as Of and
// [Cell.AppendJSON] do. The kinds that most columns have take the short way.
func (c *Column) AppendJSON(b []byte, row Row) []byte {
	p := c.field(row)
	switch c.kind {
	case uintField:
		return strconv.AppendUint(b, *(*uint64)(p), 10)
	case textField:
		return AppendJSONString(b, *(*string)(p))
	case optUintField:
		if v, ok := (*parser.Opt[uint64])(p).Get(); ok {
			return strconv.AppendUint(b, v, 10)
		}
	case optIntField:
		if v, ok := (*parser.Opt[int64])(p).Get(); ok {
			return strconv.AppendInt(b, v, 10)
		}
	case optTextField:
		if v, ok := (*parser.Opt[string])(p).Get(); ok {
			return AppendJSONString(b, v)
		}
	default:
		return c.Of(row).AppendJSON(b)
	}
	return append(b, "null"...)
}
