package words

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Rows are mostly numbers. They are written eight digits at a time, as the bytes of one
// word, without a branch that depends on how long a number is: nobody can foresee that,
// and to guess wrong takes longer than to make the digits.

const (
	ones  = 0x0101010101010101
	zeros = '0' * ones // eight digits that are 0
	eight = 100_000_000
)

// AppendUint is strconv.AppendUint for base 10.
func AppendUint(b []byte, v uint64) []byte {
	n := len(b)
	if v < uint64(len(small)) && cap(b)-n >= 4 { // many always are
		text := small[v]
		b = b[:n+4]
		binary.LittleEndian.PutUint32(b[n:], text)
		return b[:n+int(text>>24)]
	}
	return appendLarge(b, v)
}

func appendLarge(b []byte, v uint64) []byte {
	if v >= eight {
		return binary.LittleEndian.AppendUint64(AppendUint(b, v/eight), decimal(v%eight)|zeros)
	}
	d := decimal(v)
	return appendDigits(b, d|zeros, d)
}

// small are the texts of small numbers, with their lengths in the highest byte.
var small = func() (list [1000]uint32) {
	for i := range list {
		var b [8]byte
		d := decimal(uint64(i))
		n := len(appendDigits(b[:0], d|zeros, d))
		list[i] = binary.LittleEndian.Uint32(b[:]) | uint32(n)<<24
	}
	return list
}()

// AppendHex is strconv.AppendUint for base 16.
func AppendHex(b []byte, v uint64) []byte {
	d := nibbles(uint32(v))
	text := d + zeros + (d+6*ones)>>4&ones*('a'-'9'-1)
	if v>>32 != 0 {
		b = AppendHex(b, v>>32)
		return binary.LittleEndian.AppendUint64(b, text)
	}
	return appendDigits(b, text, d)
}

// appendDigits appends the text of a number without leading zeros. The first digit is the
// lowest byte, as the first to be written.
func appendDigits(b []byte, text, digits uint64) []byte {
	n := len(b)
	b = slices.Grow(b, 8)[:n+8]
	leading := bits.TrailingZeros64(digits|1<<56) / 8 // not the last digit
	binary.LittleEndian.PutUint64(b[n:], text>>(8*leading))
	return b[:n+8-leading]
}

// decimal gives the digits of a number below [eight]. It is divided by 10,000, both halves
// at once by 100, and all four quarters by 10: by factors that are near enough for numbers
// as small as these.
func decimal(v uint64) uint64 {
	v = v/10_000 | v%10_000<<32
	q := v * 10_486 >> 20 & 0x7f_0000007f
	v = q | (v-100*q)<<16
	q = v * 103 >> 10 & 0x000f_000f_000f_000f
	return q | (v-10*q)<<8
}

// nibbles gives the hexadecimal digits of a number.
func nibbles(v uint32) uint64 {
	x := uint64(bits.ReverseBytes32(v))
	x = (x | x<<16) & 0x0000_ffff_0000_ffff
	x = (x | x<<8) & 0x00ff_00ff_00ff_00ff
	return (x>>4 | x<<8) & (0x0f * ones)
}
