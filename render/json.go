package render

import (
	"io"

	"github.com/coldstat/coldstat/parser/rows"
)

// jsonWriter writes one document a bundle: what is known of it, an array for
// each kind of row, and what was wrong. Rows are streamed, one on a line. The
// documents of several bundles are the elements of one array.
type jsonWriter struct {
	*out
	opts  Options
	views int
}

func newJSON(w io.Writer, o Options) Writer { return &jsonWriter{out: newOut(w), opts: o} }

func (w *jsonWriter) Write(v View) error {
	switch {
	case w.views > 0:
		w.text(",\n")
	case w.opts.Several:
		w.text("[\n")
	}
	w.views++
	w.buf = rows.AppendJSONString(append(w.buf, `{"schema":`...), rows.Schema)
	source := objects{columns: all(rows.SourceKind)}
	w.buf = source.append(append(w.buf, ",\n\"source\":{"...), &v.Source)
	record := &recorder{Reporter: v.Report, list: v.Diagnostics}
	v.Report = record
	for _, k := range v.Kinds {
		w.kind(v, k)
	}
	w.text(",\n\"diagnostics\":[")
	diagnostics := objects{columns: all(rows.DiagnosticKind)}
	for i, d := range record.all() {
		if i > 0 {
			w.text(",")
		}
		w.buf = diagnostics.append(append(w.buf, "\n{"...), &d)
		w.full()
	}
	w.text("]}\n")
	return w.flush()
}

// kind writes the array of one kind of row: null if none of its files was in
// the bundle.
func (w *jsonWriter) kind(v View, k *rows.Kind) {
	w.buf = append(rows.AppendJSONString(append(w.buf, ",\n"...), k.Name), ':')
	o := objects{columns: w.opts.columns(k)}
	r := v.reader(w.opts)
	n := 0
	for row := range k.Rows(r, w.opts.sortKeys(k)) {
		if n == 0 {
			w.text("[\n")
		} else {
			w.text(",\n")
		}
		n++
		w.buf = o.append(append(w.buf, '{'), row)
		if !w.full() {
			return
		}
	}
	switch {
	case n > 0:
		w.text("]")
	case r.Seen():
		w.text("[]")
	default:
		w.text("null")
	}
}

func (w *jsonWriter) Close() error {
	if w.opts.Several {
		if w.views == 0 {
			w.text("[")
		}
		w.text("]\n")
	}
	return w.flush()
}

// objects appends rows as JSON objects.
type objects struct {
	columns []*rows.Column
	keys    [][]byte // `"name":`, with a comma before all but the first; made once
}

// append appends the columns of a row, without a comma before the first, and
// the closing brace.
func (o *objects) append(b []byte, row any) []byte {
	if o.keys == nil {
		for _, c := range o.columns {
			key := append(rows.AppendJSONString(nil, c.Name), ':')
			if len(o.keys) > 0 {
				key = append([]byte{','}, key...)
			}
			o.keys = append(o.keys, key)
		}
	}
	r := rows.RowOf(row)
	for i, c := range o.columns {
		b = c.AppendJSON(append(b, o.keys[i]...), r)
	}
	return append(b, '}')
}

// ndjsonWriter writes each row as an object on a line, with its kind.
type ndjsonWriter struct {
	*out
	opts Options
}

func newNDJSON(w io.Writer, o Options) Writer { return &ndjsonWriter{newOut(w), o} }

func (w *ndjsonWriter) Write(v View) error {
	for _, k := range v.Kinds {
		o := objects{columns: w.opts.columns(k)}
		head := rows.AppendJSONString([]byte(`{"kind":`), k.Name)
		if len(o.columns) > 0 {
			head = append(head, ',')
		}
		for row := range k.Rows(v.reader(w.opts), w.opts.sortKeys(k)) {
			w.buf = append(o.append(append(w.buf, head...), row), '\n')
			if !w.full() {
				return w.err
			}
		}
	}
	return w.flush()
}

func (w *ndjsonWriter) Close() error { return w.flush() }
