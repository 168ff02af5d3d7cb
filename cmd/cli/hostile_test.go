package cli

import (
	"unicode/utf8"

	"github.com/coldstat/coldstat/parser/words"
)

// unsafeText gives the first piece of a text that acts on a terminal or on the order
// of the text, or is no UTF-8; of control characters newlines, and those in allowed,
// may stand.
func unsafeText(text string, allowed ...rune) string {
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		control := (r < ' ' || r == 0x7f) && r != '\n'
		for _, a := range allowed {
			control = control && r != a
		}
		if control || words.UnsafeRune(r) || r == utf8.RuneError && size <= 1 {
			return text[i : i+size]
		}
	}
	return ""
}
