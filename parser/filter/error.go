package filter

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/coldstat/coldstat/parser/words"
)

// An Error says what is wrong with a filter, and where.
type Error struct {
	Text     string // the whole filter
	At, End  int    // the wrong part of it, in bytes; at the end of the text both are its length
	Problem  string
	Expected string // what could stand there; may be empty
	// Word and Known are set if a word is none of those that are known there.
	Word  string
	Known []string
}

// Error gives one line without the text: `"x" is no port; expected ...`.
func (e *Error) Error() string {
	if e.Expected == "" {
		return e.Problem
	}
	return e.Problem + "; expected " + e.Expected
}

// maxShown is how much of a filter is shown beside what is wrong in it, in characters.
const maxShown = 72

// Place gives two lines: the filter, or of a long one the part around what is wrong,
// and marks below that. Control characters are escaped in it.
func (e *Error) Place() (text, marks string) {
	before := words.Safe(oneLine(e.Text[:e.At]))
	wrong := words.Safe(oneLine(e.Text[e.At:e.End]))
	after := words.Safe(oneLine(e.Text[e.End:]))
	if utf8.RuneCountInString(before+wrong+after) > maxShown {
		wrong = firstRunes(wrong, maxShown/2)
		if n := maxShown / 3; utf8.RuneCountInString(before) > n {
			before = "..." + lastRunes(before, n)
		}
		if n := maxShown - utf8.RuneCountInString(before+wrong); utf8.RuneCountInString(after) > n {
			after = firstRunes(after, n) + "..."
		}
	}
	blanks := strings.Repeat(" ", utf8.RuneCountInString(before))
	return before + wrong + after, blanks + strings.Repeat("^", max(1, utf8.RuneCountInString(wrong)))
}

// oneLine puts blanks in place of tabs and line ends, which separate words as well.
func oneLine(s string) string { return strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(s) }

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func lastRunes(s string, n int) string {
	r := []rune(s)
	return string(r[max(0, len(r)-n):])
}

// wrong makes an error about a part of the filter.
func (p *reader) wrong(at, end int, expected, format string, args ...any) *Error {
	return &Error{Text: p.text, At: at, End: end, Problem: fmt.Sprintf(format, args...), Expected: expected}
}
