package rows

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/coldstat/coldstat/parser/words"
)

// A CellType is what a column holds.
type CellType uint8

// Types of cells.
const (
	TextCell CellType = iota
	BoolCell
	UintCell
	IntCell
	AddrCell
	ListCell
	FloatCell
)

// Number reports whether the type is a number, which tables align to the right.
func (t CellType) Number() bool { return t == UintCell || t == IntCell || t == FloatCell }

// A Cell is one value of a row, or none.
type Cell struct {
	Type  CellType
	Known bool

	number uint64 // of UintCell, IntCell (two's complement), BoolCell, FloatCell (its bits)
	text   string
	addr   netip.Addr
	list   []string
}

// Quiet reports whether the value says nothing that its absence would not say:
// unknown, zero, false or empty.
func (c Cell) Quiet() bool {
	switch c.Type {
	case TextCell:
		return c.text == ""
	case AddrCell:
		return !c.Known
	case ListCell:
		return len(c.list) == 0
	default:
		return !c.Known || c.number == 0
	}
}

// Bits is the value of a number or a boolean: that of a UintCell, of an IntCell as two's
// complement, of a FloatCell as IEEE 754 has it, and 1 for true.
func (c Cell) Bits() uint64 { return c.number }

// List is the value of a ListCell; it belongs to the row.
func (c Cell) List() []string { return c.list }

// AppendText appends the value as CSV has it: nothing if it is unknown. Text of
// the capture stands in it as it is.
func (c Cell) AppendText(b []byte) []byte {
	if !c.Known && c.Type != ListCell {
		return b
	}
	switch c.Type {
	case TextCell:
		return append(b, c.text...)
	case BoolCell:
		return strconv.AppendBool(b, c.number != 0)
	case UintCell:
		return strconv.AppendUint(b, c.number, 10)
	case IntCell:
		return strconv.AppendInt(b, int64(c.number), 10)
	case AddrCell:
		return c.addr.AppendTo(b)
	case FloatCell:
		return appendFloat(b, math.Float64frombits(c.number))
	}
	for i, word := range c.list {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, word...)
	}
	return b
}

// AppendJSON appends the value as JSON: null if it is unknown.
func (c Cell) AppendJSON(b []byte) []byte {
	switch {
	case !c.Known:
		return append(b, "null"...)
	case c.Type == TextCell:
		return AppendJSONString(b, c.text)
	case c.Type == AddrCell:
		b = c.addr.AppendTo(append(b, '"'))
		return append(b, '"')
	case c.Type == ListCell:
		b = append(b, '[')
		for i, word := range c.list {
			if i > 0 {
				b = append(b, ',')
			}
			b = AppendJSONString(b, word)
		}
		return append(b, ']')
	}
	return c.AppendText(b)
}

// appendFloat writes whole numbers without a fraction or an exponent, as far as they are
// exact, and others so that they read back the same. JSON has no infinities and no NaN:
// rows do not have them either, see [Number].
func appendFloat(b []byte, v float64) []byte {
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return strconv.AppendInt(b, int64(v), 10)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}

// AppendJSONString appends a JSON string. Bytes that are no UTF-8 become the
// replacement character, and the characters that act on a terminal or reorder
// text are written as \uNNNN, which says the same.
func AppendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := words.Plain(s); i < len(s); {
		if c := s[i]; ' ' <= c && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r >= 0x80 && !words.UnsafeRune(r) && (r != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		b = append(b, s[from:i]...)
		b = appendJSONEscape(b, r)
		i += size
		from = i
	}
	return append(append(b, s[from:]...), '"')
}

// AppendValid appends text with the replacement character for each byte that is no UTF-8:
// it is what the string of [AppendJSONString] reads back as.
func AppendValid(b, text []byte) []byte {
	if utf8.Valid(text) {
		return append(b, text...)
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		b = utf8.AppendRune(b, r)
		text = text[size:]
	}
	return b
}

func appendJSONEscape(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	switch r {
	case '"', '\\':
		return append(b, '\\', byte(r))
	case '\n':
		return append(b, '\\', 'n')
	case '\t':
		return append(b, '\\', 't')
	case '\r':
		return append(b, '\\', 'r')
	}
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// Compare orders two values of one column: numbers as numbers, addresses as
// addresses, text byte by byte, unknown ones behind all others.
func (c Cell) Compare(o Cell) int {
	if c.Known != o.Known {
		if c.Known {
			return -1
		}
		return 1
	}
	switch c.Type {
	case TextCell:
		return strings.Compare(c.text, o.text)
	case IntCell:
		return cmp.Compare(int64(c.number), int64(o.number))
	case AddrCell:
		return c.addr.Compare(o.addr)
	case FloatCell:
		return cmp.Compare(math.Float64frombits(c.number), math.Float64frombits(o.number))
	case ListCell:
		return slices.Compare(c.list, o.list)
	}
	return cmp.Compare(c.number, o.number)
}
