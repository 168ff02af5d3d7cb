package rows

import (
	"net/netip"
	"unsafe"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/words"
)

// Texts gives columns of the rows of one kind as texts, as CSV has them.
type Texts struct {
	columns []*Column
	*comparison
}

// TextsOf makes it for columns of one kind, in their order.
func TextsOf(columns []*Column) *Texts { return &Texts{columns, compare(columns)} }

// Changed appends the numbers of the columns that may have another value than in the row
// before, of the same kind. The zero Row has nothing in common with any.
func (t *Texts) Changed(list []int, row, before Row) []int {
	checkOwner(t.owner, row)
	if before.at == nil {
		for i := range t.fields {
			list = append(list, i)
		}
		return list
	}
	checkOwner(t.owner, before)
	for _, i := range t.division(row, before).hot {
		if !t.fields[i].same(row, before) {
			list = append(list, i)
		}
	}
	return list
}

// Append appends the text of a column, as [Cell.AppendText] does. The row must be one
// that Changed was asked about.
func (t *Texts) Append(b []byte, column int, row Row) []byte {
	f := &t.fields[column]
	if !f.knownIn(row) {
		return b
	}
	p := unsafe.Add(row.at, f.offset)
	switch f.kind {
	case uintField:
		return words.AppendUint(b, *(*uint64)(p))
	case optUintField:
		v, _ := (*parser.Opt[uint64])(p).Get()
		return words.AppendUint(b, v)
	case textField:
		return append(b, *(*string)(p)...)
	case optTextField:
		v, _ := (*parser.Opt[string])(p).Get()
		return append(b, v...)
	case optAddrField:
		v, _ := (*parser.Opt[netip.Addr])(p).Get()
		return words.AppendAddr(b, v)
	}
	return t.columns[column].Of(row).AppendText(b)
}
