package parser

import (
	"bytes"
	"io"
	"iter"
)

// rows decodes a table of one header line or none. start, if not nil, gets to
// see the header (nil text: the file is empty) and may end the sequence with an
// error.
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
		body(l, file, func(c *cursor, row *T) { *row = decode(c, l.line) }, yield)
	}
}

// body is the loop over the rows behind the header: it decodes line by line,
// turns a failed cursor into a [*RowError] and goes on. A last row without its
// newline is yielded, with an [ErrCut] behind it if its last value may be cut.
// decode gets a zero row to fill: a big one is not copied more than it has to be.
func body[T any](l *lines, file string, decode func(c *cursor, row *T), yield func(T, error) bool) {
	var zero T
	var at struct { // one allocation for both
		c   cursor
		row T
	}
	c := &at.c
	for {
		text, err := l.next()
		if err != nil {
			if !yieldFail(l, file, text, err, yield) {
				return
			}
			continue
		}
		c.reset(text, l.cut)
		at.row = zero
		decode(c, &at.row)
		if c.err != nil {
			if !yield(zero, c.rowError(file, l.line)) {
				return
			}
			continue
		}
		if !yield(at.row, nil) {
			return
		}
		if l.cut && c.pos == len(text) {
			yield(zero, c.cutError(file, l.line))
			return
		}
	}
}

// cutError follows a row that was read up to the end of a file without a
// newline there: its last column may have been longer.
func (c *cursor) cutError(file string, line int) error {
	if c.field == "" { // no decoder said which column that is
		text := bytes.TrimRight(c.b, " \t")
		c.at = bytes.LastIndexAny(text, " \t") + 1
	}
	v := bytes.TrimRight(c.b[c.at:], " \t")
	return &RowError{
		File: file, Line: line, Column: c.at + 1, Field: c.field,
		Value: clip(v), Err: ErrCut,
	}
}
