package render

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
)

// csvWriter writes rows of one kind as RFC 4180 has it, but with newlines of
// one byte. gocsv makes the records, see recordMaker.
type csvWriter struct {
	*out
	opts   Options
	comma  rune
	header bool
}

func newCSV(w io.Writer, o Options) Writer { return &csvWriter{newOut(w), o, ',', false} }
func newTSV(w io.Writer, o Options) Writer { return &csvWriter{newOut(w), o, '\t', false} }

func (w *csvWriter) Write(v View) error {
	for _, k := range v.Kinds { // of which the caller gives one
		if err := w.kind(v, k); err != nil {
			return err
		}
	}
	return w.flush()
}

func (w *csvWriter) kind(v View, k *rows.Kind) error {
	columns := w.opts.columns(k)
	if err := w.head(columns); err != nil {
		return err
	}
	records := newRecordMaker(w, columns)
	_, err := inOrder(w.out, k, v.reader(w.opts), w.opts.sortKeys(k), nil, records.append)
	return err
}

// head writes the line of column names, once, unless it is not wanted.
func (w *csvWriter) head(columns []*rows.Column) error {
	if w.header || w.opts.NoHeader {
		return nil
	}
	w.header = true
	names := make([]string, 0, len(columns))
	for _, c := range columns {
		names = append(names, c.Name)
	}
	head := csv.NewWriter(w.w)
	head.Comma = w.comma
	if err := head.Write(names); err != nil {
		return err
	}
	head.Flush()
	return head.Error()
}

func (w *csvWriter) Close() error { return w.flush() }

// harmlessCell is a text of the capture as a cell has it.
func (w *csvWriter) harmlessCell(text []byte) string {
	safe := words.Safe(string(text))
	if !w.opts.RawCSV {
		safe = harmless(safe)
	}
	return safe
}

// isTame reports whether nothing need be done to a text, nor to its field: most are
// words and paths.
func isTame(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	if c := text[0]; (c < 'a' || 'z' < c) && (c < 'A' || 'Z' < c) && (c < '0' || '9' < c) && c != '/' {
		return false
	}
	for _, c := range text {
		if c <= ' ' || c >= 0x7f || c == '"' || c == ',' || c == '\\' {
			return false
		}
	}
	return true
}

// harmless puts an apostrophe before a text that a spreadsheet would take for a
// formula, and before one that begins with an apostrophe itself: taking one
// away gives back every text.
func harmless(cell string) string {
	r, _ := utf8.DecodeRuneInString(cell)
	if strings.ContainsRune(formulaStart+"'", r) {
		return "'" + cell
	}
	return cell
}

// formulaStart are the characters that begin a formula, full-width ones
// included, which some spreadsheets take for the others.
const formulaStart = "=+-@\uff1d\uff0b\uff0d\uff20"
