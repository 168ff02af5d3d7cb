package words_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/words"
)

// TestInterfaceLettersAreRead: parser reads the letters that are here, in their
// order. It cannot import this package, and so has a table of its own.
func TestInterfaceLettersAreRead(t *testing.T) {
	read := func(letters string) parser.IPLink {
		text := "Iface MTU RX-OK Flg\nlo 1500 0 " + letters + "\n"
		for l, err := range parser.NetstatInterfaces("x", strings.NewReader(text), parser.Options{}) {
			if err != nil {
				t.Error(err)
			}
			return l
		}
		t.Errorf("%s: no interface", letters)
		return parser.IPLink{}
	}
	all, letters := uint32(0), ""
	for _, f := range words.InterfaceFlags {
		all |= f.Bit
		letters += fmt.Sprintf("%c", f.Letter)
		if f.Letter == 'P' {
			continue // which of two it is cannot be told of one alone
		}
		if l := read(string(f.Letter)); l.Flags != f.Bit {
			t.Errorf("%c is read as %x, want %x (%s)", f.Letter, l.Flags, f.Bit, f.Name)
		}
	}
	if l := read(letters); l.Flags != all || l.FlagsKnown&all != all {
		t.Errorf("%s is read as %x of %x, want %x", letters, l.Flags, l.FlagsKnown, all)
	}
}
