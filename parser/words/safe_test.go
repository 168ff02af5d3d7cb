package words

import (
	"strings"
	"testing"
)

// TestPlain: every byte at every place of a text, against a look at each.
func TestPlain(t *testing.T) {
	for length := range 20 {
		for at := range length {
			for c := range 256 {
				text := strings.Repeat("a", at) + string([]byte{byte(c)}) + strings.Repeat("~ ", 10)[:length-at-1]
				if n := Solid(text); n > at && c <= ' ' {
					t.Fatalf("%q: %d bytes are solid", text, n)
				}
				plain := ' ' <= c && c < 0x7f && c != '"' && c != '\\'
				n := Plain(text)
				if !plain && n > at {
					t.Fatalf("%q: %d bytes are plain", text, n)
				}
				if want := length; plain && length >= 8 && n != want {
					t.Fatalf("%q: %d bytes are plain, want %d", text, n, want)
				}
			}
		}
	}
}
