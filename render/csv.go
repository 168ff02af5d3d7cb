package render

import (
	"encoding/csv"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/gocarina/gocsv"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
)

// csvWriter writes rows of one kind as RFC 4180 has it, but with newlines of
// one byte. gocsv makes cells of the fields; what comes between them and the
// file is the cellWriter.
type csvWriter struct {
	opts   Options
	cells  cellWriter
	header bool
}

func newCSV(w io.Writer, o Options) Writer { return newSeparated(w, o, ',') }
func newTSV(w io.Writer, o Options) Writer { return newSeparated(w, o, '\t') }

func newSeparated(w io.Writer, o Options, comma rune) Writer {
	cw := csv.NewWriter(w)
	cw.Comma = comma
	return &csvWriter{opts: o, cells: cellWriter{w: cw, raw: o.RawCSV}}
}

// chunk is how many rows are handed to gocsv at once.
const chunk = 256

func (w *csvWriter) Write(v View) error {
	for _, k := range v.Kinds { // of which the caller gives one
		if err := w.kind(v, k); err != nil {
			return err
		}
	}
	return w.cells.flush()
}

func (w *csvWriter) kind(v View, k *rows.Kind) error {
	w.cells.choose(k, w.opts.columns(k))
	if !w.header && !w.opts.NoHeader {
		names := make([]string, 0, len(w.cells.columns))
		for _, i := range w.cells.columns {
			names = append(names, k.Columns()[i].Name)
		}
		if err := w.cells.w.Write(names); err != nil {
			return err
		}
	}
	w.header = true
	list := reflect.MakeSlice(reflect.SliceOf(k.Type()), 0, chunk)
	for row := range k.Rows(v.reader(w.opts), w.opts.sortKeys(k)) {
		list = reflect.Append(list, reflect.ValueOf(row).Elem())
		if list.Len() == chunk {
			if err := w.cells.marshal(list); err != nil {
				return err
			}
			list = list.Slice(0, 0)
		}
	}
	return w.cells.marshal(list)
}

func (w *csvWriter) Close() error { return w.cells.flush() }

// A cellWriter is what gocsv writes records to. It keeps the columns that are
// wanted and makes text of the capture harmless.
type cellWriter struct {
	w       *csv.Writer
	raw     bool
	columns []int  // of the record, in the order of the output
	text    []bool // by column of the record: it is text and not a number
	record  []string
}

// choose sets the columns.
func (w *cellWriter) choose(k *rows.Kind, columns []*rows.Column) {
	w.columns, w.text = nil, nil
	for i := range k.Columns() {
		t := k.Columns()[i].Type
		w.text = append(w.text, t == rows.TextCell || t == rows.ListCell)
	}
	for _, c := range columns {
		for i := range k.Columns() {
			if k.Columns()[i].Name == c.Name {
				w.columns = append(w.columns, i)
			}
		}
	}
	w.record = make([]string, len(w.columns))
}

func (w *cellWriter) marshal(list reflect.Value) error {
	if list.Len() == 0 {
		return nil
	}
	return gocsv.MarshalCSVWithoutHeaders(list.Interface(), w)
}

// Write takes one record of gocsv.
func (w *cellWriter) Write(record []string) error {
	for i, from := range w.columns {
		cell := record[from]
		if w.text[from] && cell != "" {
			cell = words.Safe(cell)
			if !w.raw {
				cell = harmless(cell)
			}
		}
		w.record[i] = cell
	}
	return w.w.Write(w.record)
}

// Flush does nothing: chunks are small, and the file is flushed at the end.
func (w *cellWriter) Flush() {}

// Error is that of the writes so far.
func (w *cellWriter) Error() error { return w.w.Error() }

func (w *cellWriter) flush() error {
	w.w.Flush()
	return w.w.Error()
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
