package cli

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
	"github.com/coldstat/coldstat/render"
)

// runNetstat shows each bundle in turn.
func runNetstat(s Streams, o *options, bundles []string) error {
	c, err := choose(o)
	if err != nil {
		return err
	}
	var noRoutes error
	c.plan, noRoutes = routable(c.plan)
	if noRoutes != nil && len(c.plan.Families) == 0 {
		return noRoutes
	}
	out, err := newOutput(s, o, c.format, c.kinds)
	if err != nil {
		return err
	}
	noteMixed(s, o)
	run := &netstatRun{Streams: s, o: o, c: c, out: out, bundles: len(bundles)}
	start := s.now()
	failed, err := eachBundle(s, bundles, run.bundle)
	if err != nil {
		out.files.discard()
		return err
	}
	run.code = max(run.code, failed)
	if run.shown == 0 {
		out.files.discard()
	} else if err := out.finish(); err != nil {
		return writeError(err)
	}
	if run.shown > 0 {
		hintSlim(s, start, bundles)
	}
	if run.code != exitOK {
		return &exitError{code: run.code}
	}
	return noRoutes
}

// eachBundle goes on behind a bundle that cannot be read if there are others, and gives
// the highest status of those; err is what ends the run.
func eachBundle(s Streams, bundles []string, show func(name string) error) (code int, err error) {
	for _, name := range bundles {
		if err := show(name); err != nil {
			e, ok := errors.AsType[*exitError](err)
			if len(bundles) == 1 || ok && (e.code == exitUsage || e.stop) {
				return code, err
			}
			code = max(code, finish(s.Err, err))
		}
	}
	return code, nil
}

// routable takes the families without routing table off the plan of -r, and
// all behind the first of them, as netstat ends there.
func routable(p query.Plan) (query.Plan, error) {
	if p.Mode != query.Routes || p.Whole {
		return p, nil
	}
	for i, f := range p.Families {
		if !f.HasRoutes() {
			p.Families = p.Families[:i]
			return p, usagef("families with a routing table are inet, inet6, ax25, x25, ipx, netrom, rose and ddp",
				"there is no routing table for address family %q", f)
		}
	}
	return p, nil
}

// A netstatRun shows bundles, each of its machines from each of its network
// namespaces that is asked for.
type netstatRun struct {
	Streams
	o       *options
	c       choice
	out     *output
	bundles int
	shown   int // views
	code    int
}

// bundle opens one bundle and writes the views of it.
func (run *netstatRun) bundle(name string) error {
	r := &reporter{w: run.Err, verbose: run.o.Verbose}
	if run.bundles > 1 {
		r.prefix = words.Safe(name) + ": "
	}
	b, err := openBundle(run.Streams, name, run.c.files(run.o), run.c.enough(run.o), run.o, r)
	if err != nil {
		return err
	}
	defer b.Close()
	boundGarbage()
	all, err := targets(b, run.o, name, run.c.format.Rows)
	if err != nil {
		return err
	}
	run.out.begin(run.bundles > 1 || len(all) > 1)
	for _, t := range all {
		of := *r
		if len(all) > 1 {
			of.prefix = words.Safe(t.title(name, all, run.bundles)) + ": "
		}
		err := run.view(t, name, t.title(name, all, run.bundles), &of)
		if e, ok := errors.AsType[*exitError](err); ok && e.code == exitLacking && len(all) > 1 {
			run.code = max(run.code, finish(run.Err, err)) // the other machines may know the filter's names
			continue
		}
		if err != nil {
			return err
		}
		run.shown++
		of.summary()
		run.code = max(run.code, of.code)
	}
	return nil
}

// view writes one view.
func (run *netstatRun) view(t target, name, title string, r *reporter) error {
	o, c := run.o, run.c
	view := render.View{Plan: c.plan, Columns: o.Columns, Report: r, Title: title}
	if program := t.machine.Obfuscated(name); program != "" {
		r.tell(warning, "%s obfuscated this capture: names, and addresses in texts, are made up, but the tables of /proc/net are hexadecimal and still hold the real addresses", program)
	}
	if c.usesNames(o) {
		table, err := run.names(t, r)
		if err != nil {
			return err
		}
		view.Names = table
	}
	view.Snapshot = snapshot.Load(t.files, byteOrder(o.byteOrder, c.needsByteOrder(o)))
	if order := view.Snapshot.Order; order.Order == binary.BigEndian && order.From != fromOption {
		r.tell(note, "%s shows that the machine is big-endian; --byte-order overrides that", order.From)
	}
	if order := view.Snapshot.Order; order.Against != "" {
		r.tell(warning, "%s says the other byte order than %s, which is taken; --byte-order overrides that", order.Against, order.From)
	}
	if o.filter != nil {
		bound, err := run.bind(t, view.Snapshot, r)
		if err != nil {
			return err
		}
		view.Plan.Filter = bound
	}
	if c.format.Rows {
		view.Source = rows.SourceOf(view.Snapshot, rows.Place{
			Bundle: name, Archive: t.machine.Archive, Collector: t.machine.Collector, NetNS: t.netns, OtherNetNS: t.spaces,
		})
		if o.Programs && !view.Snapshot.Owners().Known {
			r.tell(note, "the bundle has neither proc/PID/fd links nor an output of netstat, ss or lsof that names programs: none is known")
		}
	}
	view.Diagnostics = r.said
	if err := run.out.write(view); err != nil {
		return writeError(err)
	}
	return nil
}

// names reads the names of a machine.
func (run *netstatRun) names(t target, r *reporter) (*names.Table, error) {
	table, problems := names.Load(t.files, run.o.services)
	for _, err := range problems {
		if file, ok := errors.AsType[*names.FileError](err); ok {
			return nil, usagef("--services takes auto, bundle, builtin, none or the path of a file", "--services: %w", file.Err)
		}
		r.Names(err)
	}
	if table.UsedBuiltin && run.c.usesPorts(run.o) {
		r.tell(note, "the bundle has no etc/services: ports are named from the built-in table (--services none turns that off)")
	}
	return table, nil
}

// openBundle opens a bundle for the wanted files, and tells what is to be said of it.
func openBundle(s Streams, name string, want []string, enough func(fs.FS) bool, o *options, r *reporter) (*bundle.Bundle, error) {
	progress := startProgress(s, name)
	b, err := bundle.Open(name, bundle.Options{
		Want:       want,
		Namespaces: o.netns != "",
		Enough:     enough,
		XzCommand:  o.xzCommand,
		Limits:     o.limits,
		Stdin:      s.In,
		Progress:   progress.told,
	})
	progress.stop()
	if err != nil {
		return nil, openError(err)
	}
	for _, text := range b.Notes {
		r.tell(note, "%s", text)
	}
	for _, damage := range b.Damage {
		r.damaged(damage)
	}
	return b, nil
}

// files lists what a bundle need hold.
func (c choice) files(o *options) (list []string) {
	needs := query.Needs{Programs: o.Programs || o.needs().Programs, Extend: o.Extend > 0}
	list = o.filterFiles()
	if o.netns != "" {
		list = append(list, "proc/*/ns/*")
	}
	if !c.format.Rows {
		return append(append(list, c.plan.Files(needs)...), snapshot.HostFiles...)
	}
	needs.Programs = o.needs().Programs || o.columns == nil || slices.ContainsFunc(slices.Concat(o.columns, o.sort), func(name string) bool {
		name = strings.TrimPrefix(name, "-")
		return name == "pid" || name == "program" || name == "program_from"
	})
	for _, k := range c.kinds {
		list = append(list, k.Files(c.plan, needs)...)
	}
	if c.needsByteOrder(o) {
		list = append(list, query.ByteOrderFiles...)
	}
	return append(list, snapshot.FactFiles...)
}

// needsByteOrder: a JSON document always tells it.
func (c choice) needsByteOrder(o *options) bool {
	if !c.format.Rows {
		return c.plan.NeedsByteOrder(query.Needs{Extend: o.Extend > 0})
	}
	return c.format.Whole || slices.ContainsFunc(c.kinds, func(k *rows.Kind) bool { return k.NeedsByteOrder(c.plan) })
}

// usesNames reports whether any name is looked up. A file that was named as that of the
// services is read in any case: it may not be there.
func (c choice) usesNames(o *options) bool {
	return !o.NumericHosts || !o.NumericPorts || !o.NumericUsers || o.services != names.Auto
}

// usesPorts reports whether the output has names of ports at all.
func (c choice) usesPorts(o *options) bool {
	if o.NumericPorts {
		return false
	}
	if c.format.Rows {
		return slices.ContainsFunc(c.kinds, func(k *rows.Kind) bool { return k.Name == "socket" })
	}
	return c.plan.Mode == query.Sockets && c.plan.ShowsInternet()
}

const fromOption = "the option"

// byteOrder is the zero value if it is to be told from the capture.
func byteOrder(option string, needed bool) snapshot.ByteOrder {
	switch {
	case option == "big":
		return snapshot.ByteOrder{Order: binary.BigEndian, From: fromOption}
	case option == "little" || !needed:
		return snapshot.ByteOrder{Order: binary.LittleEndian, From: fromOption}
	}
	return snapshot.ByteOrder{}
}

// writeError reports that the output could not be written. A closed pipe is the
// reader's choice and says nothing.
func writeError(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return &exitError{code: exitFailed, stop: true}
	}
	return &exitError{code: exitFailed, stop: true, err: fmt.Errorf("cannot write the output: %w", err)}
}
