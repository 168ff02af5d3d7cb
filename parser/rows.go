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

// A layout reads a table's header, and gives what decodes the rows that a reader of
// lines is at.
type layout[T any] func(head []byte) func(*lines) decoder[T]

// A decoder makes a row of a line. Both functions get a zero row to fill, or with
// fills one that they have filled before.
type decoder[T any] struct {
	row func(c *cursor, row *T)
	// fills is set if they set the same columns of every row.
	fills bool
	// quick, if not nil, is tried before: it knows rows in the form that kernels
	// nearly always give them, and decodes them as row does. It may have filled in
	// something when it says that it does not know a row.
	quick func(text []byte, row *T) bool
	// end, if not nil, is called behind the last row.
	end func()
	// pass, if not nil, reports whether a row is not wanted, whatever else is in it.
	pass func(text []byte) bool
}

// table reads a table with a header. Its rows are valid until the next.
func table[T any](file string, r io.Reader, of layout[T]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		l := newLines(r)
		head, err := l.header()
		if err != nil && !yieldFail(l, file, head, err, yield) {
			return
		}
		each(l, file, of(head)(l), yield)
	}
}

// values yields copies of rows, which may be kept.
func values[T any](rows iter.Seq2[*T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		for row, err := range rows {
			if row == nil {
				row = &zero
			}
			if !yield(*row, err) {
				return
			}
		}
	}
}

// body is each for a plain function, with rows that may be kept.
func body[T any](l *lines, file string, decode func(c *cursor, row *T), yield func(T, error) bool) {
	for row, err := range values(func(yield func(*T, error) bool) { each(l, file, decoder[T]{row: decode}, yield) }) {
		if !yield(row, err) {
			return
		}
	}
}

// each is the loop over the rows behind the header: it decodes line by line, turns a
// failed cursor into a [*RowError] and goes on. A last row without its newline is
// yielded, with an [ErrCut] behind it if its last value may be cut. A row is valid
// until the next, and nil beside an error.
func each[T any](l *lines, file string, d decoder[T], yield func(*T, error) bool) {
	var zero T
	var at struct { // one allocation for both
		c   cursor
		row T
	}
	c := &at.c
	if d.end != nil {
		defer d.end()
	}
	for {
		text, err := l.next()
		if err != nil {
			if !yieldFail(l, file, text, err, yield) {
				return
			}
			continue
		}
		if d.pass != nil && !l.cut && d.pass(text) {
			continue
		}
		if !d.fills {
			at.row = zero
		}
		if d.quick != nil && !l.cut && d.quick(text, &at.row) {
			if !yield(&at.row, nil) {
				return
			}
			continue
		}
		c.reset(text, l.cut)
		if !d.fills {
			at.row = zero
		}
		d.row(c, &at.row)
		if c.err != nil {
			err := c.rowError(file, l.line)
			if l.isHead(text) {
				err = headError(file, l.line, text)
			}
			if !yield(nil, err) {
				return
			}
			continue
		}
		if !yield(&at.row, nil) {
			return
		}
		if l.cut && c.pos == len(text) {
			yield(nil, c.cutError(file, l.line))
			return
		}
	}
}

// headError is for a line of the header among the rows.
func headError(file string, line int, text []byte) error {
	return &RowError{File: file, Line: line, Column: 1, Field: "header", Value: clip(bytes.TrimLeft(text, " \t")), Err: ErrHeader}
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
