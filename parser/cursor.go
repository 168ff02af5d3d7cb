package parser

import (
	"encoding/binary"
	"math"
	"math/bits"
	"net/netip"
)

// A cursor reads one row from left to right, the way the kernel's printf wrote
// it. The first failure sticks: later reads return zero and change nothing, so
// a decoder needs one check at its end (as archive/tar does with its headers).
// Numbers are strict: the named base, no sign unless asked for, no prefix.
type cursor struct {
	b     []byte
	pos   int
	err   error
	at    int    // where the failed field starts
	field string // its name
	cut   bool   // the file ends with this row, without a newline
}

func (c *cursor) reset(b []byte, cut bool) { *c = cursor{b: b, cut: cut} }

func (c *cursor) fail(field string, at int, err error) {
	if c.err == nil {
		c.err, c.at, c.field = err, at, field
	}
}

// blanks passes over white space between columns.
func (c *cursor) blanks() {
	for c.pos < len(c.b) && isBlank(c.b[c.pos]) {
		c.pos++
	}
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

// done reports whether nothing but blanks is left.
func (c *cursor) done() bool {
	c.blanks()
	return c.pos >= len(c.b)
}

// colon wants a ':' right here: `tx_queue:rx_queue` has no blanks in it.
func (c *cursor) colon(field string, start int) {
	if c.err != nil {
		return
	}
	switch {
	case c.pos >= len(c.b):
		c.fail(field, start, ErrShort)
	case c.b[c.pos] != ':':
		c.fail(field, start, ErrSyntax)
	default:
		c.pos++
	}
}

// endField wants a blank or the end of the row, so that "12x" is not 12.
func (c *cursor) endField(field string, start int) {
	if c.err == nil && c.pos < len(c.b) && !isBlank(c.b[c.pos]) {
		c.fail(field, start, ErrSyntax)
	}
}

// hexDigit maps a byte to its value, or to 0xff.
var hexDigit = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range 10 {
		t['0'+i] = byte(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = byte(10+i), byte(10+i)
	}
	return
}()

// rawHex reads hexadecimal digits where it stands. max is the number of bits
// that the value may have; leading zeros do not count.
func (c *cursor) rawHex(field string, start, max int) uint64 {
	if c.err != nil {
		return 0
	}
	var v uint64
	i := c.pos
	for ; i < len(c.b); i++ {
		d := hexDigit[c.b[i]]
		if d == 0xff {
			break
		}
		if v>>60 != 0 {
			c.fail(field, start, ErrRange)
			return 0
		}
		v = v<<4 | uint64(d)
	}
	if i == c.pos {
		c.missing(field, start)
		return 0
	}
	if max < 64 && v>>max != 0 {
		c.fail(field, start, ErrRange)
		return 0
	}
	c.pos = i
	return v
}

func (c *cursor) missing(field string, start int) {
	if c.pos >= len(c.b) {
		c.fail(field, start, ErrShort)
	} else {
		c.fail(field, start, ErrSyntax)
	}
}

// hex reads a blank-separated hexadecimal column of at most max bits.
func (c *cursor) hex(field string, max int) uint64 {
	c.blanks()
	start := c.pos
	v := c.rawHex(field, start, max)
	c.endField(field, start)
	return v
}

// hexPair reads `first:second`, each of at most max1 and max2 bits.
func (c *cursor) hexPair(field string, max1, max2 int) (first, second uint64) {
	c.blanks()
	start := c.pos
	first = c.rawHex(field, start, max1)
	c.colon(field, start)
	second = c.rawHex(field, start, max2)
	c.endField(field, start)
	return first, second
}

// maxTenth is the largest number that any digit but the last ones may follow.
const maxTenth = math.MaxUint64 / 10

// rawDec reads decimal digits where it stands.
func (c *cursor) rawDec(field string, start int) uint64 {
	if c.err != nil {
		return 0
	}
	var v uint64
	i := c.pos
	for ; i < len(c.b); i++ {
		d := c.b[i] - '0'
		if d > 9 {
			break
		}
		if v >= maxTenth && (v > maxTenth || d > math.MaxUint64%10) {
			c.fail(field, start, ErrRange)
			return 0
		}
		v = v*10 + uint64(d)
	}
	if i == c.pos {
		c.missing(field, start)
		return 0
	}
	c.pos = i
	return v
}

// dec reads a blank-separated decimal column of at most max bits.
func (c *cursor) dec(field string, max int) uint64 {
	c.blanks()
	start := c.pos
	v := c.rawDec(field, start)
	if max < 64 && v>>max != 0 {
		c.fail(field, start, ErrRange)
	}
	c.endField(field, start)
	if c.err != nil {
		return 0 // a caller may count with it
	}
	return v
}

// sdec reads a decimal column that the kernel prints with %d: it may be
// negative, and old kernels print unsigned 32-bit values with it.
func (c *cursor) sdec(field string) int64 {
	c.blanks()
	start := c.pos
	neg := c.err == nil && c.pos < len(c.b) && c.b[c.pos] == '-'
	if neg {
		c.pos++
	}
	v := c.rawDec(field, start)
	if v>>32 != 0 || neg && v > 1<<31 {
		c.fail(field, start, ErrRange)
	}
	c.endField(field, start)
	if neg {
		return -int64(v)
	}
	return int64(v)
}

// addrPort reads `address:port` of an internet socket: 8 or 32 hexadecimal
// digits, words in the order of the machine that wrote them, then the port as
// a plain number.
func (c *cursor) addrPort(field string, order binary.ByteOrder) netip.AddrPort {
	c.blanks()
	start := c.pos
	addr := c.rawAddr(field, start, order)
	c.colon(field, start)
	port := c.rawHex(field, start, 16)
	c.endField(field, start)
	return netip.AddrPortFrom(addr, uint16(port))
}

func (c *cursor) rawAddr(field string, start int, order binary.ByteOrder) netip.Addr {
	if c.err != nil {
		return netip.Addr{}
	}
	n := c.pos
	for n < len(c.b) && hexDigit[c.b[n]] != 0xff {
		n++
	}
	// The order is compared and not called: through the interface the array
	// would move to the heap, for each address.
	little := order == binary.ByteOrder(binary.LittleEndian)
	var a [16]byte
	switch n - c.pos {
	case 8:
		binary.BigEndian.PutUint32(a[:4], c.word(c.pos, little))
		c.pos = n
		return netip.AddrFrom4([4]byte(a[:4]))
	case 32:
		for i := range 4 {
			binary.BigEndian.PutUint32(a[4*i:], c.word(c.pos+8*i, little))
		}
		c.pos = n
		return netip.AddrFrom16(a)
	case 0:
		c.missing(field, start)
	default:
		c.fail(field, start, ErrSyntax)
	}
	return netip.Addr{}
}

// word decodes the eight digits at i, which the caller has checked, as a word
// of the machine, and gives it in reading order.
func (c *cursor) word(i int, little bool) (v uint32) {
	for _, b := range c.b[i : i+8] {
		v = v<<4 | uint32(hexDigit[b])
	}
	if little {
		v = bits.ReverseBytes32(v)
	}
	return v
}

// addr16 reads the 32 digits of an address that the kernel prints byte by byte
// (%pi6), the same on every machine: if_inet6, ipv6_route.
func (c *cursor) addr16(field string) netip.Addr {
	c.blanks()
	start := c.pos
	a := c.rawAddr(field, start, binary.BigEndian)
	if c.err == nil && a.Is4() {
		c.fail(field, start, ErrSyntax)
	}
	c.endField(field, start)
	return a
}

// token reads any text up to the next blank.
func (c *cursor) token(field string) []byte {
	if c.err != nil {
		return nil
	}
	c.blanks()
	start := c.pos
	for c.pos < len(c.b) && !isBlank(c.b[c.pos]) {
		c.pos++
	}
	if c.pos == start {
		c.fail(field, start, ErrShort)
	}
	return c.b[start:c.pos]
}

// rowError describes the failure. The value is the text of the failed field up
// to the next blank.
func (c *cursor) rowError(file string, line int) error {
	v := c.b[min(c.at, len(c.b)):]
	for i, b := range v {
		if isBlank(b) {
			v = v[:i]
			break
		}
	}
	return &RowError{
		File: file, Line: line, Column: c.at + 1, Field: c.field,
		Value: clip(v), Err: c.err,
	}
}
