package render

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/olekukonko/ll"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
)

// A sheet writes the tables that are made for people: table, markdown and html
// differ in the renderer of tablewriter and in what stands around it.
//
// Each table is read twice, first to see which columns say something and how
// wide they are, then to write it row by row: so a table of any length takes
// little memory, and nothing is ever cut to a width that was guessed. The
// renderers are used without tablewriter's Table, which cuts silently what
// overflows, and whose streaming refuses HTML.
type sheet struct {
	*out
	opts  Options
	style sheetStyle
	views int
}

// A sheetStyle is what the three formats do not share.
type sheetStyle interface {
	// renderer makes a new one for each table, with so many blanks between columns.
	renderer(gap int) tw.Renderer
	// cell makes text harmless in the format. It may be coloured.
	cell(b []byte, c *rows.Column, text []byte) []byte
	// padding stands around each cell.
	padding() tw.Padding
	// fitted is set if tables are fitted to a terminal.
	fitted() bool
	begin(b []byte) []byte
	bundle(b []byte, name string) []byte
	title(b []byte, title string) []byte
	// nothing stands in place of a table without rows.
	nothing(b []byte, why string) []byte
	end(b []byte) []byte
}

func newSheet(w io.Writer, o Options, style sheetStyle) Writer {
	s := &sheet{out: newOut(w), opts: o, style: style}
	s.buf = style.begin(s.buf)
	return s
}

func (s *sheet) Write(v View) error {
	if s.views > 0 && s.opts.Several {
		s.text("\n")
	}
	s.views++
	if s.opts.Several {
		s.buf = s.style.bundle(s.buf, words.Safe(v.Title))
	}
	if len(v.Kinds) == 0 && v.Nothing != "" {
		s.buf = s.style.nothing(s.buf, v.Nothing)
	}
	for i, k := range v.Kinds {
		if len(v.Kinds) > 1 || v.Titled {
			if i > 0 {
				s.text("\n")
			}
			s.buf = s.style.title(s.buf, k.Name+": "+k.Doc)
		}
		s.kind(v, k)
		if !s.full() {
			return s.err
		}
	}
	return s.flush()
}

func (s *sheet) Close() error {
	s.buf = s.style.end(s.buf)
	return s.flush()
}

// kind writes one table.
func (s *sheet) kind(v View, k *rows.Kind) {
	t := s.measure(v, k)
	switch {
	case t.rows == 0 && !t.seen:
		s.buf = s.style.nothing(s.buf, "none of its files is in the bundle")
		return
	case t.rows == 0:
		s.buf = s.style.nothing(s.buf, "no rows")
		return
	}
	if s.style.fitted() && s.opts.Width > 0 && !v.Columns.Wide {
		t.fit(s.opts.Width, v.Report)
	}
	v.Report = rows.Quiet{} // the first reading has told it all
	s.print(v, k, t)
}

// A tableColumn is one column of a table that is shown.
type tableColumn struct {
	*rows.Column
	head  string
	width int
	said  bool

	natural, least int // widths between which a text may be shrunk
}

// A table is what the first reading tells.
type table struct {
	columns []tableColumn
	gap     int
	rows    int
	seen    bool
}

// measure reads the rows once. Without a choice of columns, those that say
// nothing are left out.
func (s *sheet) measure(v View, k *rows.Kind) *table {
	t := &table{gap: wideGap}
	for _, c := range s.opts.columns(k) {
		t.columns = append(t.columns, tableColumn{Column: c, head: heading(c, s.opts), width: width(heading(c, s.opts))})
	}
	r := v.reader(s.opts)
	var raw, text []byte
	for row := range k.Rows(r, nil) {
		t.rows++
		values := rows.RowOf(row)
		for i := range t.columns {
			c := &t.columns[i]
			cell := c.Of(values)
			c.said = c.said || !cell.Quiet()
			raw = plain(raw[:0], c.Column, cell)
			text = s.style.cell(text[:0], c.Column, raw)
			c.width = max(c.width, width(text))
		}
	}
	t.seen = r.Seen()
	if s.opts.Columns == nil {
		t.columns = slices.DeleteFunc(t.columns, func(c tableColumn) bool {
			if slices.Contains(whose, c.Name) && c.Show != rows.Key {
				return !s.opts.Several || !c.said
			}
			mayShow := c.Show != 0 || v.Columns.Wide
			return c.Show != rows.Key && (!mayShow || !c.said)
		})
	}
	for i := range t.columns {
		t.columns[i].natural, t.columns[i].least = t.columns[i].width, leastWidth(&t.columns[i])
	}
	return t
}

// whose are the columns that tell the views of one output apart.
var whose = []string{"host", "netns", "bundle"}

// width is how many columns of a terminal a text takes. Most texts are ASCII,
// for which it need not be worked out.
func width[T string | []byte](s T) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return twwidth.Width(string(s))
		}
	}
	return len(s)
}

// heading is the short one, or the column's name where columns were chosen by
// it.
func heading(c *rows.Column, o Options) string {
	if o.Columns != nil {
		return c.Name
	}
	return c.Head
}

// print reads the rows again and writes them.
func (s *sheet) print(v View, k *rows.Kind, t *table) {
	r := s.style.renderer(t.gap)
	r.Logger(ll.New("").Suspend()) // the renderer's own is off, but makes its messages all the same
	if err := r.Start(lineWriter{s.out}); err != nil {
		s.err = fmt.Errorf("the table: %w", err)
		return
	}
	widths := tw.NewMapper[int, int]()
	cells := make(map[int]tw.CellContext, len(t.columns))
	texts := make([]string, len(t.columns))
	pad := s.style.padding()
	extra := width(pad.Left) + width(pad.Right)
	for i, c := range t.columns {
		widths.Set(i, c.width+extra)
	}
	ctx := tw.Formatting{Row: tw.RowContext{Widths: widths, Current: cells}, NormalizedWidths: widths}
	set := func(i int, c *tableColumn, text string) {
		align := tw.AlignLeft
		if c.Type.Number() {
			align = tw.AlignRight
		}
		texts[i] = text
		cells[i] = tw.CellContext{Data: text, Align: align, Padding: pad, Width: c.width + extra}
	}
	if !s.opts.NoHeader {
		ctx.Row.Position = tw.Header
		for i := range t.columns {
			set(i, &t.columns[i], t.columns[i].head)
		}
		r.Header([][]string{texts}, ctx)
	}
	ctx.Row.Position = tw.Row
	var text []byte
	for row := range k.Rows(v.reader(s.opts), s.opts.sortKeys(k)) {
		values := rows.RowOf(row)
		for i := range t.columns {
			c := &t.columns[i]
			text = plain(text[:0], c.Column, c.Of(values))
			set(i, c, s.shrunk(c, text))
		}
		r.Row(texts, ctx)
		if !s.full() {
			return
		}
	}
	if err := r.Close(); err != nil && s.err == nil {
		s.err = fmt.Errorf("the table: %w", err)
	}
}

// shrunk is the text of a cell in the format, cut to the column's width with
// an ellipsis if it had to be made narrower.
func (s *sheet) shrunk(c *tableColumn, text []byte) string {
	if c.width < width(text) {
		text = []byte(twwidth.Truncate(string(text), c.width-1) + "…")
	}
	return string(s.style.cell(nil, c.Column, text))
}

// plain is a cell for people, made safe: "-" is unknown.
func plain(b []byte, c *rows.Column, cell rows.Cell) []byte {
	switch {
	case !cell.Known:
		return append(b, '-')
	case c.Type == rows.BoolCell && !cell.Quiet():
		return append(b, "yes"...)
	case c.Type == rows.BoolCell:
		return append(b, "no"...)
	case c.Zero != "" && cell.Quiet():
		return append(b, c.Zero...)
	}
	return words.AppendSafe(b, cell.AppendText(nil))
}

// A lineWriter takes the lines of a renderer, each in one call, and drops the
// blanks at their ends.
type lineWriter struct{ o *out }

func (w lineWriter) Write(line []byte) (int, error) {
	w.o.buf = append(w.o.buf, bytes.TrimRight(line, " \n")...)
	if bytes.HasSuffix(line, []byte("\n")) {
		w.o.buf = append(w.o.buf, '\n')
	}
	return len(line), nil
}
