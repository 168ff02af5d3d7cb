package render

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"math/bits"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/coldstat/coldstat/parser/rows"
)

// A page ends when it has pageValues values, or pageBytes bytes of them.
const (
	pageValues = 8192
	pageBytes  = 64 << 10
)

// A dictionary with so many texts, or so many bytes of them, is full: the pages behind
// that one have the texts themselves.
const (
	dictionaryTexts = 4096
	dictionaryBytes = 64 << 10
)

// A parquetColumn collects the values of a column, and makes pages of them.
type parquetColumn struct {
	*rows.Column

	// The value of the row before, and how many rows of the group are in pages or in the
	// page: those behind them have that value.
	known bool
	bits  uint64
	text  []byte
	list  [][]byte
	taken int64

	// Of the page: the levels, see [parquetColumn.levels]; the values as the encoding
	// PLAIN has them, or the places of texts in the dictionary.
	defined, repeated []byte
	values            []byte
	places            []int32
	trues             int // values of a boolean column, of which eight are a byte
	nulls             int64

	// Of the chunk, which is the column in a row group.
	dictionary parquetDictionary
	pages      []byte // each behind its header
	meta       format.ColumnMetaData
	numbers    parquetRange
	err        error

	scrap, body []byte // room to work in
}

func newParquetColumn(c *rows.Column) *parquetColumn {
	p := &parquetColumn{Column: c}
	p.reset()
	return p
}

// reset begins a chunk.
func (p *parquetColumn) reset() {
	p.taken, p.pages, p.numbers, p.dictionary = 0, p.pages[:0], parquetRange{}, parquetDictionary{}
	p.meta = format.ColumnMetaData{Type: physicalType(p.Column), Codec: format.Zstd, PathInSchema: []string{p.Name}}
	if p.Type == rows.ListCell {
		p.meta.PathInSchema = append(p.meta.PathInSchema, listPath...)
	}
}

// levels are the highest level of definition, which is the number of optional and repeated
// fields in the column's path, and that of repetition, the number of repeated ones.
func (p *parquetColumn) levels() (defined, repeated int) {
	switch {
	case p.Type == rows.ListCell:
		return 2, 1
	case p.Nullable:
		return 1, 0
	}
	return 0, 0
}

// held is about what the chunk takes so far, besides the page.
func (p *parquetColumn) held() int {
	const entry = 64 // of a map
	return len(p.pages) + 2*len(p.dictionary.plain) + entry*len(p.dictionary.places)
}

// set gives the row of this number in the group, and those behind it, a value.
func (p *parquetColumn) set(row int64, cell rows.Cell) {
	p.repeat(row)
	p.known, p.bits = cell.Known, cell.Bits()
	switch p.Type {
	case rows.TextCell, rows.AddrCell:
		p.body = cell.AppendText(p.body[:0])
		p.text = rows.AppendValid(p.text[:0], p.body)
	case rows.ListCell:
		p.list = p.list[:0]
		for _, text := range cell.List() {
			p.list = append(p.list, rows.AppendValid(nil, []byte(text)))
		}
	}
}

// repeat gives all rows in front of this one the value that was set.
func (p *parquetColumn) repeat(row int64) {
	for ; p.taken < row; p.taken++ {
		if len(p.defined) >= pageValues || len(p.values) >= pageBytes || p.dictionary.overflows() {
			p.endPage()
		}
		switch {
		case p.Type == rows.ListCell:
			p.addList()
		case !p.known:
			p.defined = append(p.defined, 0)
			p.nulls++
		default:
			p.defined = append(p.defined, 1)
			p.addValue()
		}
	}
}

// addList adds a list: the level of each text is 2, that of a list without any is 1, and
// that of one that is not known 0.
func (p *parquetColumn) addList() {
	for i, text := range p.list {
		p.defined, p.repeated = append(p.defined, 2), append(p.repeated, byte(min(i, 1)))
		p.addText(text)
	}
	if len(p.list) == 0 {
		level := byte(0)
		if p.known {
			level = 1
		}
		p.defined, p.repeated = append(p.defined, level), append(p.repeated, 0)
		p.nulls++
	}
}

// addValue adds one that is known, and no list.
func (p *parquetColumn) addValue() {
	switch p.Type {
	case rows.TextCell, rows.AddrCell:
		p.addText(p.text)
	case rows.BoolCell:
		if p.trues%8 == 0 {
			p.values = append(p.values, 0)
		}
		p.values[p.trues/8] |= byte(p.bits) << (p.trues % 8)
		p.trues++
	default:
		p.numbers.add(p.Type, p.bits)
		p.values = binary.LittleEndian.AppendUint64(p.values, p.bits)
	}
}

func (p *parquetColumn) addText(text []byte) {
	if p.dictionary.full {
		p.values = appendPlain(p.values, text)
	} else {
		p.places = append(p.places, p.dictionary.place(text))
	}
}

// appendPlain appends a text as the encoding PLAIN has it.
func appendPlain(b, text []byte) []byte { return append(appendUint32(b, len(text)), text...) }

func appendUint32(b []byte, n int) []byte { return binary.LittleEndian.AppendUint32(b, uint32(n)) }

// endPage makes a page of the values.
func (p *parquetColumn) endPage() {
	head := format.DataPageHeader{
		NumValues: int32(len(p.defined)), Encoding: format.Plain,
		DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE,
		Statistics: format.Statistics{NullCount: p.nulls},
	}
	defined, repeated := p.levels()
	p.body = p.body[:0]
	if repeated > 0 {
		p.appendLevels(p.repeated, repeated)
	}
	if defined > 0 {
		p.appendLevels(p.defined, defined)
	}
	if len(p.places) > 0 {
		head.Encoding = format.RLEDictionary
		width := max(1, bits.Len(uint(len(p.dictionary.places)-1)))
		text, err := (&rle.Encoding{BitWidth: width}).EncodeInt32(p.scrap, p.places)
		p.scrap, p.err = text, first(p.err, err)
		p.body = append(append(p.body, byte(width)), text...)
	} else {
		p.body = append(p.body, p.values...)
	}
	p.meta.NumValues += int64(len(p.defined))
	p.meta.Statistics.NullCount += p.nulls
	p.pages = p.appendPage(p.pages, format.PageHeader{Type: format.DataPage, DataPageHeader: thrift.New(head)}, p.body)
	p.uses(format.RLE)
	p.uses(head.Encoding)
	p.defined, p.repeated, p.values, p.places, p.trues, p.nulls = p.defined[:0], p.repeated[:0], p.values[:0], p.places[:0], 0, 0
	p.dictionary.full = p.dictionary.full || p.dictionary.overflows()
}

// uses notes an encoding.
func (p *parquetColumn) uses(e format.Encoding) {
	for _, known := range p.meta.Encoding {
		if known == e {
			return
		}
	}
	p.meta.Encoding = append(p.meta.Encoding, e)
}

// appendLevels appends levels behind their length to the body.
func (p *parquetColumn) appendLevels(levels []byte, highest int) {
	text, err := (&rle.Encoding{BitWidth: bits.Len(uint(highest))}).EncodeLevels(p.scrap, levels)
	p.scrap, p.err = text, first(p.err, err)
	p.body = append(appendUint32(p.body, len(text)), text...)
}

func first(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// appendPage appends a page, compressed, behind its header.
func (p *parquetColumn) appendPage(b []byte, head format.PageHeader, body []byte) []byte {
	p.scrap = compressor().EncodeAll(body, p.scrap[:0])
	head.UncompressedPageSize, head.CompressedPageSize = int32(len(body)), int32(len(p.scrap))
	head.CRC = int32(crc32.ChecksumIEEE(p.scrap))
	text, err := thrift.Marshal(new(thrift.CompactProtocol), &head)
	p.err = first(p.err, err)
	p.meta.TotalUncompressedSize += int64(len(text) + len(body))
	p.meta.TotalCompressedSize += int64(len(text) + len(p.scrap))
	return append(append(b, text...), p.scrap...)
}

// compressor is one for all: it keeps nothing between two pages.
var compressor = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithWindowSize(2*pageBytes), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(false))
	if err != nil {
		panic(err) // these options are always right
	}
	return e
})

// end writes the chunk of so many rows at an offset of the file, and begins another one.
func (p *parquetColumn) end(rows, offset int64, put func([]byte)) (format.ColumnChunk, error) {
	if p.repeat(rows); len(p.defined) > 0 {
		p.endPage()
	}
	if n := len(p.dictionary.places); n > 0 {
		head := format.DictionaryPageHeader{NumValues: int32(n), Encoding: format.Plain}
		page := p.appendPage(nil, format.PageHeader{Type: format.DictionaryPage, DictionaryPageHeader: thrift.New(head)}, p.dictionary.plain)
		p.uses(format.Plain)
		put(page)
		p.meta.DictionaryPageOffset = offset
		offset += int64(len(page))
	}
	p.meta.DataPageOffset = offset
	put(p.pages)
	p.numbers.tell(&p.meta.Statistics)
	chunk := format.ColumnChunk{MetaData: p.meta}
	p.reset()
	return chunk, p.err
}

// A parquetDictionary has each text of a chunk once.
type parquetDictionary struct {
	places map[string]int32
	plain  []byte
	full   bool
}

// overflows reports whether it should take no more.
func (d *parquetDictionary) overflows() bool {
	return !d.full && (len(d.places) >= dictionaryTexts || len(d.plain) >= dictionaryBytes)
}

// place gives that of a text.
func (d *parquetDictionary) place(text []byte) int32 {
	if at, ok := d.places[string(text)]; ok {
		return at
	}
	if d.places == nil {
		d.places = map[string]int32{}
	}
	at := int32(len(d.places))
	d.places[string(text)] = at
	d.plain = appendPlain(d.plain, text)
	return at
}

// A parquetRange has the smallest and the largest number of a chunk: engines pass over
// chunks that cannot have what is asked for.
type parquetRange struct {
	any         bool
	least, most uint64
}

func (r *parquetRange) add(t rows.CellType, bits uint64) {
	if !r.any {
		*r = parquetRange{true, bits, bits}
		return
	}
	if less(t, bits, r.least) {
		r.least = bits
	}
	if less(t, r.most, bits) {
		r.most = bits
	}
}

func less(t rows.CellType, a, b uint64) bool {
	switch t {
	case rows.IntCell:
		return int64(a) < int64(b)
	case rows.FloatCell:
		return math.Float64frombits(a) < math.Float64frombits(b)
	}
	return a < b
}

func (r *parquetRange) tell(s *format.Statistics) {
	if r.any {
		s.MinValue = binary.LittleEndian.AppendUint64(nil, r.least)
		s.MaxValue = binary.LittleEndian.AppendUint64(nil, r.most)
	}
}
