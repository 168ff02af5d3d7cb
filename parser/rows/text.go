package rows

import (
	"net/netip"
	"strconv"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/words"
)

// Texts gives columns of the rows of one kind as texts, as CSV has them.
type Texts struct {
	columns []*Column
	comparison
}

// TextsOf makes it for columns of one kind, in their order.
func TextsOf(columns []*Column) *Texts { return &Texts{columns, compare(columns)} }

// Changed appends the numbers of the columns that may have another value than in the row
// before, of the same kind. The zero Row has nothing in common with any.
func (t *Texts) Changed(list []int, row, before Row) []int {
	checkOwner(t.owner, row)
	if before.at != nil {
		checkOwner(t.owner, before)
	}
	for i := range t.groups {
		g := &t.groups[i]
		if before.at != nil && sameMemory(row, before, g.begin, g.end) {
			continue
		}
		for j := g.first; j < g.last; j++ {
			if before.at == nil || !t.fields[j].same(row, before) {
				list = append(list, j)
			}
		}
	}
	return list
}

// AppendText appends the value of the column in a row of its kind, as Of and
// [Cell.AppendText] do.
func (c *Column) AppendText(b []byte, row Row) []byte {
	checkOwner(c.owner, row)
	if c.knownBit(row) == 0 {
		return b
	}
	p := c.at(row)
	switch c.kind {
	case uintField:
		return words.AppendUint(b, *(*uint64)(p))
	case textField:
		return append(b, *(*string)(p)...)
	case optUintField:
		v, _ := (*parser.Opt[uint64])(p).Get()
		return words.AppendUint(b, v)
	case optIntField:
		v, _ := (*parser.Opt[int64])(p).Get()
		if v >= 0 {
			return words.AppendUint(b, uint64(v))
		}
	case optTextField:
		v, _ := (*parser.Opt[string])(p).Get()
		return append(b, v...)
	case boolField:
		return strconv.AppendBool(b, *(*bool)(p))
	case optAddrField:
		v, _ := (*parser.Opt[netip.Addr])(p).Get()
		return words.AppendAddr(b, v)
	}
	return c.Of(row).AppendText(b)
}
