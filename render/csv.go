package render

import (
	"bytes"
	"encoding/csv"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gocarina/gocsv"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
)

// csvWriter writes rows of one kind as RFC 4180 has it, but with newlines of
// one byte. gocsv makes records of structs; they get a pointer to a text for each
// column that is wanted, because gocsv is fastest with those: most cells are empty,
// and it does not look behind a pointer that is nil.
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
	if !w.header && !w.opts.NoHeader {
		names := make([]string, 0, len(columns))
		for _, c := range columns {
			names = append(names, c.Name)
		}
		head := csv.NewWriter(w.w)
		head.Comma = w.comma
		if err := head.Write(names); err != nil {
			return err
		}
		if head.Flush(); head.Error() != nil {
			return head.Error()
		}
	}
	w.header = true
	record := recordOf(columns)
	_, err := inOrder(w.out, k.Type(), k.Rows(v.reader(w.opts), w.opts.sortKeys(k)), nil,
		func(b []byte, list reflect.Value) ([]byte, error) { return w.records(b, list, columns, record) })
	return err
}

func (w *csvWriter) Close() error { return w.flush() }

// recordOf makes the type that gocsv gets: a struct with a field for each column.
func recordOf(columns []*rows.Column) reflect.Type {
	fields := make([]reflect.StructField, len(columns))
	for i, c := range columns {
		fields[i] = reflect.StructField{
			Name: "C" + strconv.Itoa(i), Type: reflect.TypeFor[*string](), Tag: reflect.StructTag(`csv:"` + c.Name + `"`),
		}
	}
	return reflect.StructOf(fields)
}

// records appends the records of some rows. All texts are cut from one string.
func (w *csvWriter) records(b []byte, list reflect.Value, columns []*rows.Column, record reflect.Type) ([]byte, error) {
	texts := make([]byte, 0, list.Len()*len(columns)*4)
	ends := make([]int, 0, list.Len()*len(columns))
	var cell []byte
	for i := range list.Len() {
		row := rows.RowOf(list.Index(i).Addr().Interface())
		for _, c := range columns {
			if c.Type == rows.TextCell || c.Type == rows.ListCell {
				cell = c.Of(row).AppendText(cell[:0])
				texts = w.appendCell(texts, cell)
			} else {
				texts = c.Of(row).AppendText(texts)
			}
			ends = append(ends, len(texts))
		}
	}
	all, from := string(texts), 0
	cells := make([]string, len(ends))
	made := reflect.MakeSlice(reflect.SliceOf(record), list.Len(), list.Len())
	for i, end := range ends {
		if end > from {
			cells[i] = all[from:end]
			made.Index(i / len(columns)).Field(i % len(columns)).Set(reflect.ValueOf(&cells[i]))
		}
		from = end
	}
	buf := bytes.NewBuffer(b)
	cw := csv.NewWriter(buf)
	cw.Comma = w.comma
	err := gocsv.MarshalCSVWithoutHeaders(made.Interface(), cw)
	return buf.Bytes(), err
}

// appendCell makes text of the capture harmless.
func (w *csvWriter) appendCell(b, cell []byte) []byte {
	if len(cell) == 0 {
		return b
	}
	safe := words.Safe(string(cell))
	if !w.opts.RawCSV {
		safe = harmless(safe)
	}
	return append(b, safe...)
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
