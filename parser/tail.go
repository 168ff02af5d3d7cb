package parser

// A tail reads the columns behind those that every kernel prints. They may be
// missing, odd or cut: then they and all behind them are unknown, and the row is
// none the worse. So it goes on from where a cursor stands, and leaves the cursor
// alone. After a failure it stands at the end, where no column is.
type tail struct {
	b   []byte
	pos int
	cut bool // the end of b may be in the middle of a column
}

func (c *cursor) tail() tail { return tail{c.b, c.pos, c.cut} }

// next goes to the next column.
func (t *tail) next() (start int) {
	for t.pos < len(t.b) && isBlank(t.b[t.pos]) {
		t.pos++
	}
	return t.pos
}

// ends reports whether a column ends at i, for sure.
func (t *tail) ends(i int) bool {
	if i < len(t.b) {
		return isBlank(t.b[i])
	}
	return !t.cut
}

func (t *tail) fail() { t.pos = len(t.b) }

// maxDigits is how many decimal digits always fit into 64 bits.
const maxDigits = 19

func (t *tail) dec() (o Opt[uint64]) {
	start := t.next()
	i := start
	var v uint64
	for ; i < len(t.b); i++ {
		d := t.b[i] - '0'
		if d > 9 {
			break
		}
		v = v*10 + uint64(d)
	}
	if i == start || i > start+maxDigits || !t.ends(i) {
		t.fail()
		return o
	}
	t.pos = i
	return Some(v)
}

// bits reads a number of at most n bits.
func (t *tail) bits(n int) (o Opt[uint64]) {
	v := t.dec()
	if v.value>>n != 0 {
		t.fail()
		return o
	}
	return v
}

// as gives a number that is known to fit another type.
func as[T uint8 | uint16 | uint32](o Opt[uint64]) Opt[T] { return Opt[T]{T(o.value), o.known} }

// truth gives a number as yes or no.
func truth(o Opt[uint64]) Opt[bool] { return Opt[bool]{o.value != 0, o.known} }

// sdec reads what the kernel prints with %d.
func (t *tail) sdec() (o Opt[int64]) {
	start := t.next()
	neg := start < len(t.b) && t.b[start] == '-'
	if neg {
		t.pos++
		if t.next() != start+1 {
			t.fail() // a sign that stands alone
			return o
		}
	}
	v := t.dec()
	if v.value>>32 != 0 || neg && v.value > 1<<31 {
		t.fail()
		return o
	}
	if neg {
		v.value = -v.value
	}
	return Opt[int64]{int64(v.value), v.known}
}

// count reads a counter of 32 bits. Some kernels print it with %d: it turns
// negative before it starts again from zero.
func (t *tail) count() Opt[uint64] {
	v := t.sdec()
	return Opt[uint64]{uint64(uint32(v.value)), v.known}
}

// hex reads at most 16 digits.
func (t *tail) hex() (o Opt[uint64]) {
	start := t.next()
	i := start
	var v uint64
	if i+16 < len(t.b) && isBlank(t.b[i+16]) { // as kernels of 64 bits print a pointer
		high, bad := hex8(t.b[i:])
		low, bad2 := hex8(t.b[i+8:])
		if bad|bad2 == 0 {
			t.pos = i + 16
			return Some(uint64(high)<<32 | uint64(low))
		}
	}
	for ; i < len(t.b); i++ {
		d := hexDigit[t.b[i]]
		if d == 0xff {
			break
		}
		v = v<<4 | uint64(d)
	}
	if i == start || i > start+16 || !t.ends(i) {
		t.fail()
		return o
	}
	t.pos = i
	return Some(v)
}

// pointer reads an address of the kernel's own. Zeros stand for one that the
// kernel does not show.
func (t *tail) pointer() Opt[uint64] {
	v := t.hex()
	v.known = v.value != 0
	return v
}
