package render

import (
	"io"
	"reflect"

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
	source := newObjects(all(rows.SourceKind))
	w.buf = source.append(append(w.buf, ",\n\"source\":{"...), &v.Source)
	record := &recorder{Reporter: v.Report, list: v.Diagnostics}
	v.Report = record
	for _, k := range v.Kinds {
		w.kind(v, k)
	}
	w.text(",\n\"diagnostics\":[")
	diagnostics := newObjects(all(rows.DiagnosticKind))
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
	o := newObjects(w.opts.columns(k))
	r := v.reader(w.opts)
	n, _ := inOrder(w.out, k.Type(), k.Rows(r, w.opts.sortKeys(k)), func(text []byte) { text[0] = '[' },
		func(b []byte, list reflect.Value) ([]byte, error) {
			for i := range list.Len() {
				b = o.append(append(b, ",\n{"...), list.Index(i).Addr().Interface())
			}
			return b, nil
		})
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
	keys    [][]byte // `"name":`, with a comma before all but the first
}

func newObjects(columns []*rows.Column) *objects {
	o := &objects{columns: columns}
	for i, c := range columns {
		key := append(rows.AppendJSONString(nil, c.Name), ':')
		if i > 0 {
			key = append([]byte{','}, key...)
		}
		o.keys = append(o.keys, key)
	}
	return o
}

// append appends the columns of a row, without a comma before the first, and
// the closing brace.
func (o *objects) append(b []byte, row any) []byte {
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
		o := newObjects(w.opts.columns(k))
		head := rows.AppendJSONString([]byte(`{"kind":`), k.Name)
		if len(o.columns) > 0 {
			head = append(head, ',')
		}
		_, err := inOrder(w.out, k.Type(), k.Rows(v.reader(w.opts), w.opts.sortKeys(k)), nil,
			func(b []byte, list reflect.Value) ([]byte, error) {
				for i := range list.Len() {
					b = append(o.append(append(b, head...), list.Index(i).Addr().Interface()), '\n')
				}
				return b, nil
			})
		if err != nil {
			return err
		}
	}
	return w.flush()
}

func (w *ndjsonWriter) Close() error { return w.flush() }
