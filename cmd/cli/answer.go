package cli

import (
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// An answer is what a command worked out of what one or more captures hold: rows in
// memory, see [rows.Holding].
type answer struct {
	kinds   []*rows.Kind
	sources []rows.Source
	said    []rows.Diagnostic
	report  *reporter // is told what does not fit into the output

	// titled is set if each kind has its title, also if there is only one; nothing stands
	// there if there is none.
	titled  bool
	nothing string
}

// An answering is a command on its way to its answer.
type answering struct {
	o      *options
	format render.Format
	kinds  []*rows.Kind // that are wanted
	out    *output
}

// answerFormats are the formats of answers, of which netstat has no layout.
func answerFormats(f render.Format) bool { return f.Rows }

// answerFlags are the options that every command has whose rows are worked out: those
// of kinds, if there are several.
func answerFlags(o *options, kinds []*rows.Kind) []flag {
	list := outputFlags(o)
	for i := range list {
		if list[i].long == "format" {
			list[i].help = "how to write: " + strings.Join(formatNames(answerFormats), ", ") + " (default table); csv, tsv and parquet hold one kind of row"
		}
	}
	if len(kinds) > 1 {
		list = append(list, flag{"", "kinds", listValue(func(names string) (err error) {
			o.kinds, err = kindsIn(names, kinds)
			return err
		}), "only these kinds of rows, comma-separated: " + strings.Join(kindNames(kinds), ", ")})
	}
	return list
}

// begin opens the output of a command whose rows are of some kinds, and refuses options
// that do not go together.
func begin(s Streams, o *options, kinds []*rows.Kind) (*answering, error) {
	name := o.format
	if name == "" {
		name = "table"
	}
	f, _ := render.FormatByName(name)
	if !answerFormats(f) {
		return nil, usagef("the formats are "+strings.Join(formatNames(answerFormats), ", "), "--format %s: netstat never showed this", f.Name)
	}
	f.Partitioned = false // an answer is of no one machine
	a := &answering{o: o, format: f, kinds: kinds}
	if o.kinds != nil {
		a.kinds = o.kinds
	}
	if err := (choice{format: f, kinds: a.kinds}).check(o); err != nil {
		return nil, err
	}
	out, err := newOutput(s, o, f, a.kinds)
	if err != nil {
		return nil, err
	}
	a.out = out
	return a, nil
}

// end writes the answer, of which only the kinds that are wanted are taken. If err is not
// nil there is none.
func (a *answering) end(found answer, err error) error {
	if err != nil {
		a.out.files.discard()
		return err
	}
	view := render.View{
		Columns: a.o.Columns, Report: found.report, Sources: append([]rows.Source{}, found.sources...), Diagnostics: found.said,
		Titled: found.titled, Nothing: found.nothing,
	}
	for i := range a.out.parts {
		p := &a.out.parts[i]
		p.kinds = held(found.kinds, p.kinds)
	}
	a.out.begin(false)
	if err := a.out.write(view, nil); err != nil {
		a.out.files.discard()
		return writeError(err)
	}
	if err := a.out.finish(); err != nil {
		return writeError(err)
	}
	return nil
}

// held are those of the kinds with rows that are wanted, in the order in which they are.
func held(kinds, wanted []*rows.Kind) (list []*rows.Kind) {
	for _, k := range wanted {
		if i := slices.IndexFunc(kinds, func(h *rows.Kind) bool { return h.Name == k.Name }); i >= 0 {
			list = append(list, kinds[i])
		}
	}
	return list
}
