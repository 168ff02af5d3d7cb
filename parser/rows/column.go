package rows

import (
	"reflect"
	"strconv"
	"strings"
	"unsafe"
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

	// Where the field is, its flag (see knownOffset), and what it is.
	owner         reflect.Type
	offset, known uintptr
	kind          fieldKind
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
			From: f.Tag.Get("from"), Doc: f.Tag.Get("doc"), Cut: f.Tag.Get("cut") == "yes",
			owner: t, offset: offsetOf(t, f.Index), kind: kindOf(f.Type),
		}
		c.known = knownOffset(f.Type, c.offset)
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
		cell := c.Of(RowOf(reflect.New(t).Interface()))
		c.Type, c.Nullable = cell.Type, !cell.Known && cell.Type != ListCell
		list = append(list, c)
	}
	return list
}

// offsetOf gives the place of a field in a struct, through embedded ones.
func offsetOf(t reflect.Type, index []int) (offset uintptr) {
	for _, i := range index {
		f := t.Field(i)
		offset += f.Offset
		t = f.Type
	}
	return offset
}

// A Row is a pointer to a struct of a kind, made ready for [Column.Of].
// at points to a struct of the type typ, always: only [RowOf] and erased make Rows, and
// the fields are not changed. Whoever reads through at has compared typ with the type
// that the offsets are of, see checkOwner. Nil is the zero Row.
type Row struct {
	typ   reflect.Type
	at    unsafe.Pointer
	marks *marks // of what differs from the row before of the same piece; nil if that is not known
}

// RowOf takes what [Kind.Rows] yields.
func RowOf(row any) Row {
	v := reflect.ValueOf(row)
	return Row{v.Type().Elem(), v.UnsafePointer(), nil}
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

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
