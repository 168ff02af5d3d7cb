package render

import (
	"io"
	"slices"

	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A Format is one way of writing views.
type Format struct {
	Name, Doc string
	// Extension is that of a file in the format, without its dot.
	Extension string
	// Rows is set if it is written from rows, so that columns can be chosen and
	// rows sorted. netstat's own layout is not.
	Rows bool
	// OneKind is set if one output can only hold one kind of row.
	OneKind bool
	// People is set if it is made to be read by people.
	People bool
	// Whole is set if each row always has all columns.
	Whole bool
	// Binary is set if it is nothing for a terminal.
	Binary bool
	// Partitioned is set if files in a directory are partitions, each of one machine: see
	// [Options.Partition].
	Partitioned bool

	// New begins an output.
	New func(w io.Writer, o Options) Writer
}

// A Writer writes the views of one or more bundles. Write errors are returned;
// everything else that goes wrong goes to the view's Reporter and leaves the
// rest of the output intact.
type Writer interface {
	Write(v View) error
	// Close ends the output, but closes nothing.
	Close() error
}

// Formats is THE list of output formats; the first is the default.
func Formats() []Format {
	return []Format{
		{Name: "netstat", Doc: "netstat's own layout", Extension: "txt", New: newNetstat},
		{Name: "table", People: true, Doc: "a table made to be read", Extension: "txt", Rows: true, New: newTable},
		{Name: "csv", Doc: "comma-separated values with a header, of one kind of row", Extension: "csv", Rows: true, OneKind: true, New: newCSV},
		{Name: "tsv", Doc: "the same, separated by tabs", Extension: "tsv", Rows: true, OneKind: true, New: newTSV},
		{Name: "json", Doc: "one document with everything", Extension: "json", Rows: true, Whole: true, New: newJSON},
		{Name: "ndjson", Doc: "a JSON object a line for each row", Extension: "ndjson", Rows: true, New: newNDJSON},
		{Name: "parquet", Binary: true, Partitioned: true, Doc: "Apache Parquet for DuckDB, Spark and ClickHouse, of one kind of row", Extension: "parquet", Rows: true, OneKind: true, New: newParquet},
		{Name: "markdown", People: true, Doc: "tables for tickets and wikis", Extension: "md", Rows: true, New: newMarkdown},
		{Name: "html", People: true, Doc: "a page with tables", Extension: "html", Rows: true, New: newHTML},
	}
}

// FormatByName finds a format.
func FormatByName(name string) (Format, bool) {
	all := Formats()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return all[i], true
}

// Options are how an output is to be written. The zero value is one bundle for
// a pipe.
type Options struct {
	// Several is set if the output has more than one view.
	Several bool
	// Width is that of the terminal in columns, or 0 for none: then nothing is
	// cut.
	Width int
	// Color allows colours.
	Color bool
	// Columns are those to show, in this order; nil is all, or for tables those
	// that say something.
	Columns []string
	// Sort are the names of the columns to sort by, - before one for the reverse.
	Sort []string
	// NoHeader leaves out the line of column names.
	NoHeader bool
	// Partition is set if the output is of one machine, and its directory tells the host:
	// then it has no column for that, and if the bundle has no file of the kind, nothing
	// is written at all.
	Partition bool
	// RawCSV writes cells that a spreadsheet would take for formulas as they are.
	RawCSV bool
}

// A View is what is to be written of one machine.
type View struct {
	Plan     query.Plan
	Columns  Columns
	Snapshot *snapshot.Snapshot
	Names    Namer    // nil knows no name
	Report   Reporter // rows.Quiet says nothing

	// Title says which of several views it is: the bundle, the host, the network
	// namespace.
	Title string
	// Source is what is known of the capture. Formats made of rows need it.
	Source rows.Source
	// Sources takes its place in rows that were worked out of several captures.
	Sources []rows.Source
	// Kinds are the kinds of rows to show, for formats made of rows.
	Kinds []*rows.Kind
	// Titled is set if each kind has its title in formats for people, also if there is
	// only one; Nothing stands there if there is none.
	Titled  bool
	Nothing string
	// Diagnostics are what was said about the bundle before.
	Diagnostics []rows.Diagnostic
}

// Columns are the options that decide on columns and texts, not on rows. The
// zero value is netstat without options.
type Columns struct {
	NumericHosts, NumericPorts, NumericUsers bool // -n sets all three

	Symbolic bool // -N, which makes the addresses of -r numeric and some of SCTP
	Extend   int  // -e, counted
	Timers   bool // -o
	Programs bool // -p
	Wide     bool // -W
	Explain  bool // --explain: what each counter means
}

// A Namer knows the captured machine's names. names.Table is one.
type Namer = rows.Namer

// A Reporter is told what does not fit into the rows.
type Reporter = rows.Reporter

// reader makes the rows of a view, reporting to the view's Reporter.
func (v View) reader(o Options) *rows.Reader {
	r := &rows.Reader{
		Snapshot: v.Snapshot, Plan: v.Plan, Names: v.Names, Report: v.Report, Source: v.Source,
		NoHosts: v.Columns.NumericHosts, NoPorts: v.Columns.NumericPorts, NoUsers: v.Columns.NumericUsers,
	}
	if o.Columns != nil {
		r.Want = func(column string) bool {
			return slices.Contains(o.Columns, column) || slices.Contains(o.Sort, column) || slices.Contains(o.Sort, "-"+column)
		}
	}
	return r
}

// sortKeys are the keys that a kind of row has.
func (o Options) sortKeys(k *rows.Kind) (keys []rows.SortKey) {
	for _, name := range o.Sort {
		reverse := len(name) > 1 && name[0] == '-'
		if reverse {
			name = name[1:]
		}
		if c, ok := k.Column(name); ok {
			keys = append(keys, rows.SortKey{Column: c, Reverse: reverse})
		}
	}
	return keys
}

// columns are those that are to be shown of a kind of row.
func (o Options) columns(k *rows.Kind) (list []*rows.Column) {
	if o.Columns == nil {
		return all(k)
	}
	for _, name := range o.Columns {
		if c, ok := k.Column(name); ok {
			list = append(list, c)
		}
	}
	return list
}

func all(k *rows.Kind) (list []*rows.Column) {
	for i := range k.Columns() {
		list = append(list, &k.Columns()[i])
	}
	return list
}
