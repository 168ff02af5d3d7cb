package render

import (
	"encoding/csv"
	"iter"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/gocarina/gocsv"

	"github.com/coldstat/coldstat/parser/rows"
)

// A recordMaker makes records of rows with gocsv, which takes 30 to 50 ns for a cell.
// So it does not get cells that say nothing new: of the sixty columns of a socket most
// are empty, or have one value in all rows. gocsv makes the records of the others, those
// that stand side by side in one cell, and batchWriter, to which it writes them, puts the
// constant columns between.
//
// Which columns gocsv gets is a shape. A shape only ever grows, so that there are not
// more of them than columns, whatever a capture holds: reflect keeps each of these
// types for good.
type recordMaker struct {
	*csvWriter
	columns []*rows.Column
	texts   *rows.Texts

	mu     sync.Mutex
	shapes map[int]*shape // by the number of columns that vary
	free   sync.Pool      // of *csvBatch
}

func newRecordMaker(w *csvWriter, columns []*rows.Column) *recordMaker {
	return &recordMaker{csvWriter: w, columns: columns, texts: rows.TextsOf(columns), shapes: map[int]*shape{}}
}

const batchRows = 128

// A csvBatch is the texts of some rows of one shape.
type csvBatch struct {
	shape    *shape
	constant []string // what stands before each cell, and at the end of the line
	rows     int
	texts    []byte
	text     string     // of all cells, once the batch is complete
	cells    []cellText // by row and run
	records  *recordList
}

// A cellText is where the text of a cell stands.
type cellText struct {
	text       *string // that of the batch
	begin, end int32
}

func (c *cellText) String() string { return (*c.text)[c.begin:c.end] }

// append renders rows; it is called by several goroutines.
func (m *recordMaker) append(b []byte, list iter.Seq[rows.Row]) (_ []byte, n int, err error) {
	batch, _ := m.free.Get().(*csvBatch)
	if batch == nil {
		batch = &csvBatch{cells: make([]cellText, batchRows*len(m.columns))}
	}
	defer m.free.Put(batch)
	batch.rows = 0
	var before rows.Row
	for row := range list {
		varying := m.texts.Varying(row, before)
		if batch.rows == batchRows || batch.rows > 0 && len(varying) != batch.shape.varying {
			if b, err = m.appendBatch(b, batch); err != nil {
				return b, n, err
			}
		}
		if batch.rows == 0 {
			m.begin(batch, varying, row)
		}
		m.add(batch, row)
		before = row
		n++
	}
	if batch.rows > 0 {
		b, err = m.appendBatch(b, batch)
	}
	return b, n, err
}

// begin makes what the rows that follow have in common.
func (m *recordMaker) begin(batch *csvBatch, varying []int, row rows.Row) {
	s := m.shape(varying)
	if batch.shape != s {
		batch.shape, batch.records = s, s.records(batch)
	}
	batch.texts, batch.constant = batch.texts[:0], batch.constant[:0]
	at := 0
	for _, its := range s.runs {
		b := m.appendFields(nil, at, its.first, row)
		if its.first > 0 {
			b = append(b, byte(m.comma))
		}
		batch.constant = append(batch.constant, string(b))
		at = its.end
	}
	rest := m.appendFields(nil, at, len(m.columns), row)
	batch.constant = append(batch.constant, string(append(rest, '\n')))
}

// appendFields appends constant fields, each behind a comma but the very first.
func (m *recordMaker) appendFields(b []byte, from, end int, row rows.Row) []byte {
	for column := from; column < end; column++ {
		if column > 0 {
			b = append(b, byte(m.comma))
		}
		b = m.appendField(b, column, row)
	}
	return b
}

// add adds the cells of a row.
func (m *recordMaker) add(batch *csvBatch, row rows.Row) {
	n := len(batch.shape.runs)
	cells := batch.cells[batch.rows*n : (batch.rows+1)*n]
	b := batch.texts
	for i, its := range batch.shape.runs {
		begin := len(b)
		b = m.appendField(b, its.first, row)
		for column := its.first + 1; column < its.end; column++ {
			b = m.appendField(append(b, byte(m.comma)), column, row)
		}
		cells[i] = cellText{&batch.text, int32(begin), int32(len(b))}
	}
	batch.texts = b
	batch.rows++
}

// appendField appends the text of a column, in quotes if it needs them: encoding/csv
// knows. Texts of the capture are made harmless.
func (m *recordMaker) appendField(b []byte, column int, row rows.Row) []byte {
	from := len(b)
	b = m.texts.Append(b, column, row)
	if t := m.columns[column].Type; t != rows.TextCell && t != rows.ListCell || isTame(b[from:]) {
		return b
	}
	text := m.harmlessCell(b[from:])
	if isTame([]byte(text)) {
		return append(b[:from], text...)
	}
	var field strings.Builder
	quote := csv.NewWriter(&field)
	quote.Comma = m.comma
	if quote.Write([]string{text}) != nil {
		return append(b[:from], text...)
	}
	quote.Flush()
	return append(b[:from], strings.TrimSuffix(field.String(), "\n")...)
}

// appendBatch lets gocsv make the records.
func (m *recordMaker) appendBatch(b []byte, batch *csvBatch) ([]byte, error) {
	batch.text = string(batch.texts)
	w := &batchWriter{b, batch.constant}
	err := gocsv.MarshalCSVWithoutHeaders(batch.records.first(batch.rows), w)
	batch.rows = 0
	return w.b, err
}

// A shape is the columns that gocsv gets.
type shape struct {
	varying int
	runs    []run
	record  reflect.Type // a struct with a cell for each run
}

// A run is columns that stand side by side, from the first up to the end.
type run struct{ first, end int }

// shape gives the one for the columns that vary.
func (m *recordMaker) shape(varying []int) *shape {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.shapes[len(varying)]
	if s != nil {
		return s
	}
	s = &shape{varying: len(varying)}
	for _, column := range varying {
		if n := len(s.runs); n > 0 && s.runs[n-1].end == column {
			s.runs[n-1].end++
		} else {
			s.runs = append(s.runs, run{column, column + 1})
		}
	}
	if len(varying) == 0 { // one row, or equal ones
		for column := range m.columns {
			s.runs = append(s.runs, run{column, column + 1})
		}
	}
	fields := make([]reflect.StructField, len(s.runs))
	for i := range fields {
		name := "C" + strconv.Itoa(i)
		fields[i] = reflect.StructField{Name: name, Type: reflect.TypeFor[cell](), Tag: reflect.StructTag(`csv:"` + name + `"`)}
	}
	s.record = reflect.StructOf(fields)
	m.shapes[len(varying)] = s
	return s
}

// A recordList is records whose cells point to those of a batch.
type recordList struct {
	list  reflect.Value // an array
	whole any           // a copy of it
}

// first gives the first n records. gocsv is faster with an array than with a slice: it
// need not take the address of each cell, for there is none.
func (r *recordList) first(n int) any {
	if n == batchRows {
		return r.whole
	}
	return r.list.Slice(0, n).Interface()
}

// records makes those of a batch.
func (s *shape) records(batch *csvBatch) *recordList {
	r := &recordList{list: reflect.New(reflect.ArrayOf(batchRows, s.record)).Elem()}
	for row := range batchRows {
		for i := range s.runs {
			r.list.Index(row).Field(i).Set(reflect.ValueOf(cell{&batch.cells[row*len(s.runs)+i]}))
		}
	}
	r.whole = r.list.Interface()
	return r
}

// A cell is a text for gocsv. It is one pointer, because gocsv asks for the field as an
// interface, which for anything else costs an allocation.
type cell struct{ *cellText }

// MarshalCSV gives the text.
func (c cell) MarshalCSV() (string, error) { return c.String(), nil }

// A batchWriter writes the records of gocsv with the constant columns between: it is
// what gocsv wants as a csv.Writer.
type batchWriter struct {
	b        []byte
	constant []string
}

// Write writes a record. Its cells are fields already, in quotes where these are needed.
func (w *batchWriter) Write(record []string) error {
	b := w.b
	for i, text := range record {
		b = append(append(b, w.constant[i]...), text...)
	}
	w.b = append(b, w.constant[len(record)]...)
	return nil
}

// Flush has nothing to do.
func (w *batchWriter) Flush() {}

// Error is always nil: the text stays in memory.
func (w *batchWriter) Error() error { return nil }
