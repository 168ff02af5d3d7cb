package parser

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Why a field of a row could not be read. They are the Err of a [RowError].
var (
	ErrShort       = errors.New("row ends before this column")
	ErrSyntax      = errors.New("invalid syntax")
	ErrRange       = errors.New("value out of range")
	ErrLineTooLong = errors.New("line too long")
	// ErrHeader marks a line of the header among the rows. What follows is read as
	// the first header says.
	ErrHeader = errors.New("it stands here again: the file holds several captures, or a name forges it")
	// ErrCut marks a row that was yielded although its last value may be half
	// of what it was.
	ErrCut = errors.New("the file ends here without a newline, the value may be cut")
)

// errNarrow is an [ErrCut] of a column that is printed with a maximal width.
var errNarrow error = narrowError{}

type narrowError struct{}

func (narrowError) Error() string { return "the column ends here, the value may be cut" }
func (narrowError) Unwrap() error { return ErrCut }

// A RowError says which row of which file could not be read, and why.
// It costs that row only: the sequence that yielded it goes on.
type RowError struct {
	File   string // as the caller named it, for example proc/net/tcp
	Line   int    // 1-based, the header included
	Column int    // 1-based byte within the line; 0 if the whole line is meant
	Field  string // the kernel's spelling: rem_address, tm->when
	Value  string // the offending text, cut to maxValue bytes
	Err    error  // one of the sentinels above
}

// maxValue bounds how much of a hostile row an error text repeats.
const maxValue = 64

// clip gives so much of a text.
func clip[T string | []byte](text T) string { return string(text[:min(len(text), maxValue)]) }

// place says in which line the error is: where in it, its Value tells.
func (e *RowError) place(file string, line int, text []byte) {
	e.File, e.Line, e.Column = file, line, max(0, strings.Index(string(text), e.Value))+1
}

// Error has the form `proc/net/tcp:2: rem_address "00000000:ZZZZ": invalid syntax`.
// The value is quoted, and a column's name if it needs to be, as those of printed
// tables are the capture's: so no control byte of it gets through.
func (e *RowError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: ", e.File, e.Line)
	if e.Field != "" {
		b.WriteString(tame(e.Field))
		b.WriteByte(' ')
	}
	if e.Value != "" {
		fmt.Fprintf(&b, "%q", e.Value)
	} else {
		b.WriteString("missing")
	}
	b.WriteString(": ")
	b.WriteString(e.Err.Error())
	return b.String()
}

// tame gives a name as it is, or in quotes if they would change anything.
func tame(name string) string {
	name = clip(name)
	if quoted := strconv.Quote(name); quoted[1:len(quoted)-1] != name {
		return quoted
	}
	return name
}

func (e *RowError) Unwrap() error { return e.Err }

// A FileError ends a sequence: the rest of the file could not be read at all.
type FileError struct {
	File string
	Line int // the last line that was read whole
	Err  error
}

func (e *FileError) Error() string {
	return fmt.Sprintf("%s: cannot read beyond line %d: %v", e.File, e.Line, e.Err)
}

func (e *FileError) Unwrap() error { return e.Err }
