package render

import (
	"io"
	"iter"

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
	w.sources(v)
	record := &recorder{Reporter: v.Report, list: v.Diagnostics}
	v.Report = record
	for _, k := range v.Kinds {
		w.kind(v, k)
	}
	w.text(",\n\"diagnostics\":[")
	diagnostics := rows.ObjectOf(all(rows.DiagnosticKind))
	for i, d := range record.all() {
		if i > 0 {
			w.text(",")
		}
		w.buf = append(diagnostics.Writer().AppendTo(append(w.buf, "\n{"...), rows.RowOf(&d)), '}')
		w.full()
	}
	w.text("]}\n")
	return w.flush()
}

// sources writes what is known of the capture, or of each of several.
func (w *jsonWriter) sources(v View) {
	source := rows.ObjectOf(all(rows.SourceKind))
	if v.Sources == nil {
		w.buf = append(source.Writer().AppendTo(append(w.buf, ",\n\"source\":{"...), rows.RowOf(&v.Source)), '}')
		return
	}
	w.text(",\n\"sources\":[")
	for i := range v.Sources {
		if i > 0 {
			w.text(",")
		}
		w.buf = append(source.Writer().AppendTo(append(w.buf, "\n{"...), rows.RowOf(&v.Sources[i])), '}')
		w.full()
	}
	w.text("]")
}

// kind writes the array of one kind of row: null if none of its files was in
// the bundle.
func (w *jsonWriter) kind(v View, k *rows.Kind) {
	w.buf = append(rows.AppendJSONString(append(w.buf, ",\n"...), k.Name), ':')
	o := rows.ObjectOf(w.opts.columns(k))
	r := v.reader(w.opts)
	n, _ := inOrder(w.out, k, r, w.opts.sortKeys(k), func(text []byte) { text[0] = '[' },
		func(b []byte, list iter.Seq[rows.Row]) (_ []byte, n int, _ error) {
			members := o.Writer()
			for row := range list {
				b = append(members.AppendTo(append(b, ",\n{"...), row), '}')
				n++
			}
			return b, n, nil
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

// ndjsonWriter writes each row as an object on a line, with its kind.
type ndjsonWriter struct {
	*out
	opts Options
}

func newNDJSON(w io.Writer, o Options) Writer { return &ndjsonWriter{newOut(w), o} }

func (w *ndjsonWriter) Write(v View) error {
	for _, k := range v.Kinds {
		o := rows.ObjectOf(w.opts.columns(k))
		head := rows.AppendJSONString([]byte(`{"kind":`), k.Name)
		if !o.Empty() {
			head = append(head, ',')
		}
		_, err := inOrder(w.out, k, v.reader(w.opts), w.opts.sortKeys(k), nil,
			func(b []byte, list iter.Seq[rows.Row]) (_ []byte, n int, _ error) {
				members := o.Writer()
				for row := range list {
					b = append(members.AppendTo(append(b, head...), row), "}\n"...)
					n++
				}
				return b, n, nil
			})
		if err != nil {
			return err
		}
	}
	return w.flush()
}

func (w *ndjsonWriter) Close() error { return w.flush() }
