package render

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/coldstat/coldstat/parser/rows"
)

// A row group ends when it has groupRows rows, or when its pages take groupBytes: whatever
// is written, no more than one group and one unfinished page a column are in memory.
// Engines read groups in parallel; DuckDB makes them of 122,880 rows itself.
const (
	groupRows  = 122_880
	groupBytes = 8 << 20
)

// parquetWriter writes rows of one kind as a Parquet file: pages of version 1, compressed
// with zstd, which every engine reads. Only the parts of parquet-go that encode are used,
// because its own writer brings net/http with it.
type parquetWriter struct {
	w    io.Writer
	opts Options

	kind    *rows.Kind
	columns []*parquetColumn
	seen    bool // a file of the kind was there
	began   bool

	offset int64 // in the file
	rows   int64 // of the group
	meta   format.FileMetaData
	err    error
}

func newParquet(w io.Writer, o Options) Writer { return &parquetWriter{w: w, opts: o} }

const parquetMagic = "PAR1"

func (w *parquetWriter) Write(v View) error {
	for _, k := range v.Kinds { // of which the caller gives one
		w.begin(k)
		r := v.reader(w.opts)
		taker := rowTaker{w: w, texts: rows.TextsOf(w.described())}
		for some := range k.Pieces(r, w.opts.sortKeys(k)) {
			taker.before = rows.Row{} // rows are only compared within a piece
			for row := range some.Rows {
				if !taker.take(row) {
					break
				}
			}
			if some.Done(); w.err != nil {
				break
			}
		}
		w.seen = w.seen || r.Seen()
	}
	return w.err
}

// described gives the columns as the rows have them.
func (w *parquetWriter) described() (list []*rows.Column) {
	for _, c := range w.columns {
		list = append(list, c.Column)
	}
	return list
}

// A rowTaker takes the rows of a view. Most columns have the value of the row before, and
// are left alone.
type rowTaker struct {
	w      *parquetWriter
	texts  *rows.Texts
	before rows.Row
}

// take reports whether it makes sense to go on.
func (t *rowTaker) take(row rows.Row) bool {
	w, held := t.w, 0
	varying := t.texts.Varying(row, t.before)
	if t.before == (rows.Row{}) {
		for _, c := range w.columns {
			c.set(w.rows, c.Of(row))
		}
	} else {
		for _, i := range varying {
			c := w.columns[i]
			c.set(w.rows, c.Of(row))
		}
	}
	t.before = row
	w.rows++
	if w.rows%heldEvery == 0 {
		for _, c := range w.columns {
			c.repeat(w.rows)
			held += c.held()
		}
	}
	if w.rows == groupRows || held >= groupBytes {
		w.endGroup()
	}
	return w.err == nil
}

// heldEvery is after how many rows it is found out what is held. A row has no more than
// the line of its table.
const heldEvery = 64

// begin makes the columns.
func (w *parquetWriter) begin(k *rows.Kind) {
	if w.kind != nil {
		return
	}
	w.kind = k
	w.meta.Schema = append(w.meta.Schema, format.SchemaElement{Name: k.Name})
	for _, c := range w.opts.columns(k) {
		if w.opts.Partition && c.Name == PartitionColumn {
			continue
		}
		w.columns = append(w.columns, newParquetColumn(c))
		w.meta.Schema = append(w.meta.Schema, schemaOf(c)...)
		w.meta.ColumnOrders = append(w.meta.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
	}
	w.meta.Schema[0].NumChildren = thrift.New(int32(len(w.columns)))
}

// PartitionColumn is the one that the directory of a partition tells. Engines differ in
// which of the two they take where a file has it as well.
const PartitionColumn = "host"

// schemaOf describes a column: lists as LogicalTypes.md of the format has them.
func schemaOf(c *rows.Column) []format.SchemaElement {
	e := format.SchemaElement{Name: c.Name, RepetitionType: thrift.New(format.Required)}
	if c.Nullable || c.Type == rows.ListCell {
		e.RepetitionType = thrift.New(format.Optional)
	}
	if c.Type == rows.ListCell {
		e.NumChildren = thrift.New(int32(1))
		e.ConvertedType, e.LogicalType.Value = thrift.New(deprecated.List), &format.ListType{}
		element := format.SchemaElement{Name: listPath[1], RepetitionType: thrift.New(format.Required)}
		asText(&element)
		return []format.SchemaElement{
			e, {Name: listPath[0], RepetitionType: thrift.New(format.Repeated), NumChildren: thrift.New(int32(1))}, element,
		}
	}
	e.Type = thrift.New(physicalType(c))
	switch c.Type {
	case rows.TextCell, rows.AddrCell:
		asText(&e)
	case rows.UintCell:
		e.ConvertedType, e.LogicalType.Value = thrift.New(deprecated.Uint64), &format.IntType{BitWidth: 64}
	case rows.IntCell:
		e.ConvertedType, e.LogicalType.Value = thrift.New(deprecated.Int64), &format.IntType{BitWidth: 64, IsSigned: true}
	}
	return []format.SchemaElement{e}
}

// listPath is where the texts of a list are, below its column.
var listPath = []string{"list", "element"}

func asText(e *format.SchemaElement) {
	e.Type = thrift.New(format.ByteArray)
	e.ConvertedType, e.LogicalType.Value = thrift.New(deprecated.UTF8), &format.StringType{}
}

func physicalType(c *rows.Column) format.Type {
	switch c.Type {
	case rows.BoolCell:
		return format.Boolean
	case rows.UintCell, rows.IntCell:
		return format.Int64
	case rows.FloatCell:
		return format.Double
	}
	return format.ByteArray
}

// endGroup writes the columns of a row group, one after the other.
func (w *parquetWriter) endGroup() {
	if w.rows == 0 || w.err != nil {
		return
	}
	w.start()
	if len(w.meta.RowGroups) == math.MaxInt16 {
		w.err = errors.New("a Parquet file cannot have so many row groups")
	}
	group := format.RowGroup{NumRows: w.rows, FileOffset: w.offset, Ordinal: int16(len(w.meta.RowGroups))}
	for _, c := range w.columns {
		chunk, err := c.end(w.rows, w.offset, w.put)
		if err != nil && w.err == nil {
			w.err = fmt.Errorf("column %s: %w", c.Name, err)
		}
		group.TotalByteSize += chunk.MetaData.TotalUncompressedSize
		group.TotalCompressedSize += chunk.MetaData.TotalCompressedSize
		group.Columns = append(group.Columns, chunk)
	}
	w.meta.RowGroups = append(w.meta.RowGroups, group)
	w.meta.NumRows += w.rows
	w.rows = 0
}

// start writes what stands in front of everything.
func (w *parquetWriter) start() {
	if !w.began {
		w.began = true
		w.put([]byte(parquetMagic))
	}
}

func (w *parquetWriter) put(b []byte) {
	if w.err == nil && len(b) > 0 {
		_, w.err = w.w.Write(b)
	}
	w.offset += int64(len(b))
}

// Close writes the last group and the footer. Of a partition of which the bundle has no
// file nothing is written: no rows would be another answer.
func (w *parquetWriter) Close() error {
	w.endGroup()
	if w.opts.Partition && !w.seen && !w.began || w.kind == nil || w.err != nil {
		return w.err
	}
	w.start()
	w.meta.Version, w.meta.CreatedBy = 1, "coldstat"
	w.meta.KeyValueMetadata = []format.KeyValue{{Key: "coldstat.schema", Value: rows.Schema}, {Key: "coldstat.kind", Value: w.kind.Name}}
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), &w.meta)
	if err != nil {
		return fmt.Errorf("the footer: %w", err)
	}
	w.put(footer)
	w.put(append(appendUint32(nil, len(footer)), parquetMagic...))
	return w.err
}
