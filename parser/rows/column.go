package rows

import (
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// A Column is one field of a kind of row. Its tags describe it:
//
//	json, csv  the name, the same in both
//	head       the heading in tables made for people; without it the name
//	show       how much a narrow table wants the column: "key" always, else
//	           1 (first) to 9; without it only a wide table has it
//	unit       of the number
//	from       the column of the file in the kernel's spelling, or another file
//	cut        "yes" if a narrow table may show the beginning only
//	zero       what tables show for 0, * for any port
//	doc        what it means
type Column struct {
	Name, Head, Zero, Unit, From, Doc string

	Type CellType
	// Nullable is set if the value may be unknown.
	Nullable bool
	// Cut is set if a narrow table may show the beginning only: names and paths. A
	// number, an address or a state that is cut would be another one.
	Cut bool
	// Show is 0 for a column that only wide tables have, Key for one that every
	// table has, else from 1, the most important, to 9.
	Show int

	index []int
}

// Key is the Show of columns without which the row says little.
const Key = -1

// columnsOf lists the columns of a row type, those of embedded structs where
// they stand.
func columnsOf(t reflect.Type) (list []Column) {
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("csv")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		c := Column{
			Name: name, Head: f.Tag.Get("head"), Zero: f.Tag.Get("zero"), Unit: f.Tag.Get("unit"),
			From: f.Tag.Get("from"), Doc: f.Tag.Get("doc"), Cut: f.Tag.Get("cut") == "yes", index: f.Index,
		}
		if c.Head == "" {
			c.Head = name
		}
		switch show := f.Tag.Get("show"); show {
		case "":
		case "key":
			c.Show = Key
		default:
			c.Show, _ = strconv.Atoi(show)
		}
		cell := cellOf(reflect.New(f.Type))
		c.Type, c.Nullable = cell.Type, !cell.Known && cell.Type != ListCell
		list = append(list, c)
	}
	return list
}

// A Row is a pointer to a struct of a kind, made ready for [Column.Of].
type Row struct{ v reflect.Value }

// RowOf takes what [Kind.Rows] yields.
func RowOf(row any) Row { return Row{reflect.ValueOf(row).Elem()} }

// Of gives the value of the column in a row.
func (c *Column) Of(row Row) Cell {
	v := row.v
	for _, i := range c.index {
		v = v.Field(i)
	}
	return cellOf(v.Addr())
}

// Words is a list of texts: an array in JSON, one cell with blanks between them
// in CSV.
type Words []string

// MarshalCSV joins the words.
func (w Words) MarshalCSV() (string, error) {
	return string(Cell{Type: ListCell, list: w}.AppendText(nil)), nil
}

// UnmarshalCSV cuts at blanks. None of the lists of this package has words
// with blanks in them.
func (w *Words) UnmarshalCSV(text string) error {
	*w = nil // no words are none that are known
	if list := strings.Fields(text); len(list) > 0 {
		*w = list
	}
	return nil
}

// cellOf reads a field through a pointer to it. Rows are made of these types
// and no others.
func cellOf(field reflect.Value) Cell {
	switch p := field.Interface().(type) {
	case *string:
		return Cell{Type: TextCell, Known: true, text: *p}
	case *bool:
		return Cell{Type: BoolCell, Known: true, number: truth(*p)}
	case *uint64:
		return Cell{Type: UintCell, Known: true, number: *p}
	case *int64:
		return Cell{Type: IntCell, Known: true, number: uint64(*p)}
	case *Words:
		return Cell{Type: ListCell, Known: *p != nil, list: *p}
	case *parser.Opt[string]:
		v, ok := p.Get()
		return Cell{Type: TextCell, Known: ok, text: v}
	case *parser.Opt[bool]:
		v, ok := p.Get()
		return Cell{Type: BoolCell, Known: ok, number: truth(v)}
	case *parser.Opt[uint64]:
		v, ok := p.Get()
		return Cell{Type: UintCell, Known: ok, number: v}
	case *parser.Opt[int64]:
		v, ok := p.Get()
		return Cell{Type: IntCell, Known: ok, number: uint64(v)}
	case *parser.Opt[netip.Addr]:
		v, ok := p.Get()
		return Cell{Type: AddrCell, Known: ok, addr: v}
	}
	panic("rows: a column of type " + field.Type().String()) // a test makes every kind
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
