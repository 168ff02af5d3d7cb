package words

import (
	"math/bits"
	"slices"
)

// AppendUint is strconv.AppendUint for base 10, without its copy of the digits: rows are
// mostly numbers, and most of these are small.
func AppendUint(b []byte, v uint64) []byte {
	if v < 10 {
		return append(b, byte('0'+v))
	}
	n := digits(v)
	at := len(b) + n
	b = slices.Grow(b, n)[:at]
	for v >= 100 {
		pair := v % 100 * 2
		v /= 100
		at -= 2
		b[at], b[at+1] = pairs[pair], pairs[pair+1]
	}
	if v < 10 {
		b[at-1] = byte('0' + v)
		return b
	}
	b[at-2], b[at-1] = pairs[v*2], pairs[v*2+1]
	return b
}

const pairs = "0001020304050607080910111213141516171819" +
	"2021222324252627282930313233343536373839" +
	"4041424344454647484950515253545556575859" +
	"6061626364656667686970717273747576777879" +
	"8081828384858687888990919293949596979899"

// digits counts them: log10(2) is about 1233/4096.
func digits(v uint64) int {
	n := bits.Len64(v) * 1233 >> 12
	if v >= tens[n] {
		n++
	}
	return n
}

// tens are the powers of ten, each the smallest number of its digits.
var tens = [20]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}
