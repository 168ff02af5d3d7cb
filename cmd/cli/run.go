package cli

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
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
	rd := reading{
		Streams: s, o: o, bundles: bundles, want: c.files(o), enough: c.enough(o),
		told: c.format.Rows, byteOrder: c.needsByteOrder(o),
	}
	code, err := eachMachine(rd, func(*machine) (struct{}, error) { return struct{}{}, nil }, run.machine)
	if err != nil {
		out.files.discard()
		return err
	}
	if run.shown == 0 {
		out.files.discard()
	} else if err := out.finish(); err != nil {
		return writeError(err)
	}
	if run.shown > 0 {
		hintSlim(s, start, bundles)
	}
	if code != exitOK {
		return &exitError{code: code}
	}
	return noRoutes
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
}

// machine writes the view of one.
func (run *netstatRun) machine(m *machine, _ struct{}) error {
	run.out.begin(run.bundles > 1 || m.among > 1)
	if err := run.view(m); err != nil {
		return err
	}
	run.shown++
	return nil
}

// view writes one view.
func (run *netstatRun) view(m *machine) error {
	view, err := run.viewOf(m)
	if err != nil {
		return err
	}
	if run.c.format.Rows && run.o.Programs && !view.Snapshot.Owners().Known {
		m.report.tell(note, "the bundle has neither proc/PID/fd links nor an output of netstat, ss or lsof that names programs: none is known")
	}
	view.Diagnostics = m.report.said
	if err := run.out.write(view, m.place()); err != nil {
		return writeError(err)
	}
	return nil
}

// viewOf makes ready what a view shows of a machine, and tells what is to be known of it.
func (run *netstatRun) viewOf(m *machine) (view render.View, err error) {
	o, c, r := run.o, run.c, m.report
	view = render.View{Plan: c.plan, Columns: o.Columns, Report: r, Title: m.title, Snapshot: m.snapshot}
	if program := m.machine.Obfuscated(m.name); program != "" {
		r.tell(warning, "%s obfuscated this capture: names, and addresses in texts, are made up, but the tables of /proc/net are hexadecimal and still hold the real addresses", program)
	}
	if c.usesNames(o) {
		table, err := run.names(m.target, r)
		if err != nil {
			return view, err
		}
		view.Names = table
	}
	if order := view.Snapshot.Order; order.Order == binary.BigEndian && order.From != fromOption {
		r.tell(note, "%s shows that the machine is big-endian; --byte-order overrides that", order.From)
	}
	if order := view.Snapshot.Order; order.Against != "" {
		r.tell(warning, "%s says the other byte order than %s, which is taken; --byte-order overrides that", order.Against, order.From)
	}
	if o.filter != nil {
		if view.Plan.Filter, err = run.bind(m.target, view.Snapshot, r); err != nil {
			return view, err
		}
	}
	if c.format.Rows {
		view.Source = m.source()
	}
	return view, nil
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
func openBundle(rd reading, name string, r *reporter) (*bundle.Bundle, error) {
	progress := startProgress(rd.Streams, name)
	b, err := bundle.Open(name, bundle.Options{
		Want:       rd.want,
		Namespaces: rd.o.netns != "",
		Enough:     rd.enough,
		XzCommand:  rd.o.xzCommand,
		Limits:     rd.o.limits,
		Share:      rd.share,
		Stop:       rd.stop,
		Stdin:      rd.In,
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
