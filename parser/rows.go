package parser

import (
	"bytes"
	"io"
	"iter"
)

// rows is the loop that the small tables share: it decodes line by line, turns
// a failed cursor into a [*RowError] and goes on. A last row without its newline
// is yielded, with an [ErrCut] behind it if its last value may be cut. header says whether the first
// line names columns and is passed over; start, if not nil, gets to see it (nil
// text: the file is empty) and may end the sequence with an error.
func rows[T any](file string, r io.Reader, header bool,
	start func(head []byte) error,
	decode func(c *cursor, line int) T,
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		l := newLines(r)
		l.sniff = !header
		if header {
			text, err := l.header()
			if err != nil && !yieldFail(l, file, text, err, yield) {
				return
			}
			if start != nil {
				if err := start(text); err != nil {
					var zero T
					yield(zero, err)
					return
				}
			}
		}
		var c cursor
		for {
			text, err := l.next()
			if err != nil {
				if !yieldFail(l, file, text, err, yield) {
					return
				}
				continue
			}
			c.reset(text)
			row := decode(&c, l.line)
			if c.err != nil {
				var zero T
				if !yield(zero, c.rowError(file, l.line)) {
					return
				}
				continue
			}
			if !yield(row, nil) {
				return
			}
			if l.cut && c.pos == len(text) {
				var zero T
				yield(zero, cutError(file, l.line, text))
				return
			}
		}
	}
}

// cutError follows a row that was read up to the end of a file without a
// newline there: its last column may have been longer.
func cutError(file string, line int, text []byte) error {
	text = bytes.TrimRight(text, " \t")
	at := bytes.LastIndexAny(text, " \t") + 1
	v := text[at:]
	return &RowError{
		File: file, Line: line, Column: at + 1,
		Value: string(v[:min(len(v), maxValue)]), Err: ErrCut,
	}
}
