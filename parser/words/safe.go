package words

import "unicode/utf8"

// AppendSafe appends text that comes from a capture, so that it cannot drive a
// terminal: control characters, bytes that are no UTF-8 and the characters
// that reorder or break lines are written as \xNN or \uNNNN. Printable ASCII,
// the backslash included, and other UTF-8 pass as they are.
//
// Every text of a capture that a person sees goes through here.
func AppendSafe[T string | []byte](b []byte, s T) []byte {
	for i := Plain(s); i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return appendEscaped(append(b, s[:i]...), string(s[i:]))
		}
	}
	return append(b, s...)
}

// Plain gives the length of a beginning of a text that is surely written as it is, in JSON
// too: printable ASCII without quotation marks and backslashes. It looks at eight bytes at
// a time, and there may be more than it tells.
func Plain[T string | []byte](s T) int {
	n := 0
	for ; n+8 <= len(s); n += 8 {
		if odd(word(s, n)) {
			return n
		}
	}
	if n > 0 && !odd(word(s, len(s)-8)) {
		return len(s)
	}
	return n
}

// Solid gives the length of a beginning of a text that surely has neither blanks nor
// control characters. There may be more.
func Solid(s string) int {
	const high = 0x80 * ones
	n := 0
	for ; n+8 <= len(s); n += 8 {
		if x := word(s, n); (x-('!'*ones))&^x&high != 0 {
			return n
		}
	}
	if n > 0 {
		if x := word(s, len(s)-8); (x-('!'*ones))&^x&high == 0 {
			return len(s)
		}
	}
	return n
}

// word is the eight bytes at a place.
func word[T string | []byte](s T, at int) uint64 {
	return uint64(s[at]) | uint64(s[at+1])<<8 | uint64(s[at+2])<<16 | uint64(s[at+3])<<24 |
		uint64(s[at+4])<<32 | uint64(s[at+5])<<40 | uint64(s[at+6])<<48 | uint64(s[at+7])<<56
}

// odd reports whether one of eight bytes is below a blank or above a tilde, a quotation
// mark or a backslash: subtraction borrows from the highest bit of such a byte. (It may
// then borrow from the next, which does not matter any more.)
func odd(x uint64) bool {
	const high = 0x80 * ones
	quote, backslash := x^'"'*ones, x^'\\'*ones
	low := (x - ' '*ones) | (quote - ones) | (backslash - ones)
	return (low|x|(x+ones))&high != 0
}

func appendEscaped(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r < ' ' || r == 0x7f || r == utf8.RuneError && size <= 1:
			b = append(b, `\x`...)
			b = append(b, hexDigits[s[i]>>4], hexDigits[s[i]&15])
		case UnsafeRune(r):
			b = append(b, `\u`...)
			b = append(b, hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return b
}

const hexDigits = "0123456789abcdef"

// UnsafeRune reports whether a character is one of those that act on a terminal or on the
// order of the text: C1 controls, line and paragraph separators, bidirectional marks,
// embeddings, overrides and isolates, and the byte order mark.
func UnsafeRune(r rune) bool {
	switch {
	case 0x80 <= r && r <= 0x9f, r == 0x061c, r == 0x200e, r == 0x200f, r == 0xfeff:
		return true
	case 0x2028 <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
		return true
	}
	return false
}

// IsSafe reports whether AppendSafe would change nothing.
func IsSafe(s string) bool {
	for i := Plain(s); i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return string(appendEscaped(nil, s)) == s
		}
	}
	return true
}

// Safe is AppendSafe for a string.
func Safe(s string) string {
	if IsSafe(s) {
		return s
	}
	return string(AppendSafe(nil, s))
}
