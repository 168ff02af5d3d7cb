package render

import (
	"encoding/csv"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gocarina/gocsv"

	"github.com/coldstat/coldstat/parser/rows"
)

// A recordMaker makes records of rows with gocsv, which takes 30 to 50 ns for a cell.
// So it does not get cells that say nothing new: of the sixty columns of a socket most
// are empty, or have one value in a whole batch of rows. gocsv makes the records of the
// others, and batchWriter, to which it writes them, puts the constant ones between.
//
// Which columns gocsv gets is a shape. A shape only ever grows, so that there are not
// more of them than columns, whatever a capture holds: reflect keeps each of these
// types for good.
type recordMaker struct {
	*csvWriter
	columns []*rows.Column
	texts   *rows.Texts

	mu   sync.Mutex
	last *shape
	free sync.Pool // of *csvBatch
}

func newRecordMaker(w *csvWriter, columns []*rows.Column) *recordMaker {
	return &recordMaker{csvWriter: w, columns: columns, texts: rows.TextsOf(columns)}
}

const batchRows = 128

// A csvBatch is the texts of some rows. A cell that is as in the row before is the same
// piece of text.
type csvBatch struct {
	rows    int
	before  rows.Row
	texts   []byte
	text    string     // of all cells, once the batch is complete
	cells   []cellText // by row and column
	varies  []bool     // by column: the rows do not all have the same
	tame    bool       // no field needs quotes
	records *recordList
}

// A cellText is where the text of a cell stands.
type cellText struct {
	text       *string // that of the batch
	begin, end int32
}

func (c *cellText) String() string { return (*c.text)[c.begin:c.end] }

func (m *recordMaker) newBatch() *csvBatch {
	return &csvBatch{varies: make([]bool, len(m.columns)), cells: make([]cellText, batchRows*len(m.columns))}
}

// append renders rows; it is called by several goroutines.
func (m *recordMaker) append(b []byte, list iter.Seq[rows.Row]) (_ []byte, n int, err error) {
	batch, _ := m.free.Get().(*csvBatch)
	if batch == nil {
		batch = m.newBatch()
	}
	defer m.free.Put(batch)
	batch.clear()
	for row := range list {
		m.add(batch, row)
		n++
		if batch.rows == batchRows {
			if b, err = m.appendBatch(b, batch); err != nil {
				return b, n, err
			}
			batch.clear()
		}
	}
	if batch.rows > 0 {
		b, err = m.appendBatch(b, batch)
		batch.clear()
	}
	return b, n, err
}

func (c *csvBatch) clear() {
	c.rows, c.before, c.texts, c.tame = 0, rows.Row{}, c.texts[:0], true
	clear(c.varies)
}

func (m *recordMaker) add(batch *csvBatch, row rows.Row) {
	n := len(m.columns)
	cells := batch.cells[batch.rows*n : (batch.rows+1)*n]
	if batch.rows > 0 {
		copy(cells, batch.cells[(batch.rows-1)*n:])
	}
	for _, i := range m.texts.Changed(row, batch.before) {
		from := len(batch.texts)
		batch.texts = m.texts.Append(batch.texts, i, row)
		if t := m.columns[i].Type; (t == rows.TextCell || t == rows.ListCell) && !isTame(batch.texts[from:]) {
			batch.tame = false
			batch.texts = append(batch.texts[:from], m.harmlessCell(batch.texts[from:])...)
		}
		cells[i] = cellText{&batch.text, int32(from), int32(len(batch.texts))}
		if !batch.varies[i] && batch.rows > 0 {
			first := &batch.cells[i]
			batch.varies[i] = string(batch.texts[first.begin:first.end]) != string(batch.texts[from:])
		}
	}
	batch.before = row
	batch.rows++
}

// appendBatch lets gocsv make the records.
func (m *recordMaker) appendBatch(b []byte, batch *csvBatch) ([]byte, error) {
	s := m.shape(batch)
	if batch.records == nil || batch.records.shape != s {
		batch.records = s.records(batch, len(m.columns))
	}
	batch.text = string(batch.texts)
	w := &batchWriter{b: b, comma: m.comma, s: s, columns: m.columns, tame: batch.tame}
	for _, column := range s.columns {
		w.constant = append(w.constant, w.between(batch, len(w.constant), column))
	}
	w.constant = append(w.constant, w.between(batch, len(w.constant), len(m.columns)))
	err := gocsv.MarshalCSVWithoutHeaders(batch.records.first(batch.rows), w)
	return w.b, err
}

// A shape is the columns that gocsv gets.
type shape struct {
	columns []int
	record  reflect.Type // a struct with a cell for each of them
}

// A recordList is records whose cells point to those of a batch.
type recordList struct {
	shape *shape
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

// A cell is a text for gocsv. It is one pointer, because gocsv asks for the field as an
// interface, which for anything else costs an allocation.
type cell struct{ *cellText }

// MarshalCSV gives the text.
func (c cell) MarshalCSV() (string, error) { return c.String(), nil }

// shape gives one that has all columns that vary in a batch.
func (m *recordMaker) shape(batch *csvBatch) *shape {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last != nil && !slices.ContainsFunc(m.columnsOf(batch.varies), func(i int) bool { return !slices.Contains(m.last.columns, i) }) {
		return m.last
	}
	wanted := slices.Clone(batch.varies)
	if m.last != nil {
		for _, i := range m.last.columns {
			wanted[i] = true
		}
	}
	m.last = newShape(m.columnsOf(wanted))
	if len(m.last.columns) == 0 { // a batch of one row, or of equal ones
		m.last = newShape(m.columnsOf(slices.Repeat([]bool{true}, len(m.columns))))
	}
	return m.last
}

func (m *recordMaker) columnsOf(wanted []bool) (list []int) {
	for i, yes := range wanted {
		if yes {
			list = append(list, i)
		}
	}
	return list
}

func newShape(columns []int) *shape {
	fields := make([]reflect.StructField, len(columns))
	for i := range columns {
		name := "C" + strconv.Itoa(i)
		fields[i] = reflect.StructField{Name: name, Type: reflect.TypeFor[cell](), Tag: reflect.StructTag(`csv:"` + name + `"`)}
	}
	return &shape{columns: columns, record: reflect.StructOf(fields)}
}

// records makes those of a batch, once.
func (s *shape) records(batch *csvBatch, columns int) *recordList {
	r := &recordList{shape: s, list: reflect.New(reflect.ArrayOf(batchRows, s.record)).Elem()}
	for row := range batchRows {
		for i, column := range s.columns {
			r.list.Index(row).Field(i).Set(reflect.ValueOf(cell{&batch.cells[row*columns+column]}))
		}
	}
	r.whole = r.list.Interface()
	return r
}

// A batchWriter writes the records of gocsv with the constant columns between: it is
// what gocsv wants as a csv.Writer.
type batchWriter struct {
	b        []byte
	comma    rune
	s        *shape
	columns  []*rows.Column
	tame     bool
	constant []string // what stands before each cell, and at the end of the line
}

// between gives the text from behind the cell number i of a record to the column next:
// commas and constant columns.
func (w *batchWriter) between(batch *csvBatch, i, next int) string {
	var b []byte
	from := 0
	if i > 0 {
		from = w.s.columns[i-1] + 1
	}
	for column := from; column < next; column++ {
		if column > 0 {
			b = append(b, byte(w.comma))
		}
		b = w.appendField(b, column, batch.cells[column].String())
	}
	switch {
	case next == len(w.columns):
		b = append(b, '\n')
	case next > 0:
		b = append(b, byte(w.comma))
	}
	return string(b)
}

// Write writes a record.
func (w *batchWriter) Write(record []string) error {
	b := w.b
	for i, text := range record {
		b = append(b, w.constant[i]...)
		if w.tame {
			b = append(b, text...)
		} else {
			b = w.appendField(b, w.s.columns[i], text)
		}
	}
	w.b = append(b, w.constant[len(record)]...)
	return nil
}

// appendField appends a field, in quotes if it needs them: encoding/csv knows.
func (w *batchWriter) appendField(b []byte, column int, text string) []byte {
	if t := w.columns[column].Type; w.tame || t != rows.TextCell && t != rows.ListCell || isTame([]byte(text)) {
		return append(b, text...)
	}
	var field strings.Builder
	quote := csv.NewWriter(&field)
	quote.Comma = w.comma
	if quote.Write([]string{text}) != nil {
		return append(b, text...)
	}
	quote.Flush()
	return append(b, strings.TrimSuffix(field.String(), "\n")...)
}

// Flush has nothing to do.
func (w *batchWriter) Flush() {}

// Error is always nil: the text stays in memory.
func (w *batchWriter) Error() error { return nil }
