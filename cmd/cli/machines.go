package cli

import (
	"errors"
	"io/fs"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// A machine is a captured machine as it looks from one of its network namespaces, ready
// to be looked at.
type machine struct {
	target
	name     string // of the bundle, as it was named
	title    string // what tells it apart from the others of the run
	among    int    // how many are selected of its bundle
	damage   string // of the bundle; empty if there is none
	snapshot *snapshot.Snapshot
	report   *reporter
}

// source is what is known of the capture. It reads a few files.
func (m *machine) source() rows.Source {
	return rows.SourceOf(m.snapshot, rows.Place{
		Bundle: m.name, Archive: m.machine.Archive, Collector: m.machine.Collector, NetNS: m.netns, OtherNetNS: m.spaces,
	})
}

// place tells it from all others of all bundles, and is the same in another run.
func (m *machine) place() []string {
	return []string{m.name, m.machine.Archive, m.machine.Base(), m.netns}
}

// inAnswer marks what was said of the machine as being of it, for an answer that is of
// several.
func (m *machine) inAnswer(said []rows.Diagnostic) []rows.Diagnostic {
	for i := range said {
		said[i].Message = m.report.prefix + said[i].Message
	}
	return said
}

// A reading says which bundles are read, and what of them.
type reading struct {
	Streams
	o       *options
	bundles []string
	want    []string         // the files of a machine, for [bundle.Options]
	enough  func(fs.FS) bool // ends the reading of an archive; nil reads it all

	// told is set if the network namespaces are to be told of, and not only selected.
	told bool
	// byteOrder is set if the tables hold words in the machine's own.
	byteOrder bool

	share int             // how many are open at once, see [bundle.Options]
	stop  <-chan struct{} // ends the reading
}

// goesOn reports whether an error of a machine does not end its bundle.
func (m *machine) goesOn(err error) bool {
	e, ok := errors.AsType[*exitError](err)
	return ok && e.code == exitLacking && m.among > 1
}

// eachMachine goes through the selected machines of the bundles. look works out what is
// to be known of one, of several at once, and take gets that, one machine after the other
// in the order of the command line. It gives the highest status of what was said of them;
// err is what ends the run. A bundle that cannot be read, and a machine that lacks what was
// asked for by name, end it only if there are no others.
func eachMachine[T any](rd reading, look func(*machine) (T, error), take func(*machine, T) error) (code int, err error) {
	q := newQueue(rd, look)
	defer q.end()
	for _, name := range rd.bundles {
		its, err := q.bundle(name, take)
		if code = max(code, its); err == nil {
			continue
		}
		if rd.ends(err) {
			return code, err
		}
		code = max(code, finish(q.Err, err))
	}
	return code, nil
}

// ends reports whether an error of a bundle ends the run.
func (rd reading) ends(err error) bool {
	e, ok := errors.AsType[*exitError](err)
	return len(rd.bundles) == 1 || ok && (e.code == exitUsage || e.stop)
}

// bundle goes through the machines of the bundle whose turn it is.
func (q *queue[T]) bundle(name string, take func(*machine, T) error) (code int, err error) {
	t := q.take(name)
	defer func() { t.leave(err == nil || !q.ends(err)) }()
	if t.err != nil {
		return code, t.err
	}
	for _, f := range t.list {
		what, err := q.lookAt(f)
		if err == nil {
			q.tally.clear()
			err = take(f.machine, what)
		}
		if err != nil && f.goesOn(err) {
			code = max(code, finish(q.Err, err))
			continue
		}
		if err != nil {
			return code, err
		}
		f.report.summary()
		code = max(code, f.report.code)
	}
	return code, nil
}

// open opens a bundle and finds its machines, which can be used until it is closed.
func (rd reading) open(name string) (*bundle.Bundle, []*machine, error) {
	r := &reporter{w: rd.Err, verbose: rd.o.Verbose}
	if len(rd.bundles) > 1 {
		r.prefix = words.Safe(name) + ": "
	}
	b, err := openBundle(rd, name, r)
	if err != nil {
		return nil, nil, err
	}
	boundGarbage()
	all, err := targets(b, rd.o, name, rd.told)
	if err != nil {
		b.Close()
		return nil, nil, err
	}
	damage := ""
	if len(b.Damage) > 0 {
		damage = b.Damage[0]
	}
	var list []*machine
	for _, t := range all {
		of := *r
		title := t.title(name, all, len(rd.bundles))
		if len(all) > 1 {
			of.prefix = words.Safe(title) + ": "
		}
		list = append(list, &machine{
			target: t, name: name, title: title, among: len(all), damage: damage, report: &of,
			snapshot: snapshot.Load(t.files, byteOrder(rd.o.byteOrder, rd.byteOrder)),
		})
	}
	return b, list, nil
}
