package cli

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
	"github.com/coldstat/coldstat/render"
)

// runNetstat shows each bundle in turn.
func runNetstat(s Streams, o *options, bundles []string) error {
	plan, err := o.Plan()
	if err != nil {
		return usagef("coldstat --help lists the options", "%w", err)
	}
	if err := checkOptions(plan, o); err != nil {
		return err
	}
	plan, noRoutes := routable(plan)
	if noRoutes != nil && len(plan.Families) == 0 {
		return noRoutes
	}
	code := exitOK
	for i, name := range bundles {
		r := &reporter{w: s.Err, verbose: o.Verbose}
		if len(bundles) > 1 {
			r.prefix = words.Safe(name) + ": "
			heading := "==> " + words.Safe(name) + " <==\n"
			if i > 0 {
				heading = "\n" + heading
			}
			if _, err := io.WriteString(s.Out, heading); err != nil {
				return writeError(err)
			}
		}
		if err := showBundle(s, o, plan, name, r); err != nil {
			e, ok := errors.AsType[*exitError](err)
			if len(bundles) == 1 || ok && (e.code == exitUsage || e.stop) {
				return err
			}
			r.code = max(r.code, finish(s.Err, err))
		}
		r.summary()
		code = max(code, r.code)
	}
	if code != exitOK {
		return &exitError{code: code}
	}
	return noRoutes
}

// routable takes the families without routing table off the plan of -r, and
// all behind the first of them, as netstat ends there.
func routable(p query.Plan) (query.Plan, error) {
	if p.Mode != query.Routes {
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

// showBundle opens one bundle and writes the view of it.
func showBundle(s Streams, o *options, plan query.Plan, name string, r *reporter) error {
	progress := startProgress(s, name)
	needs := query.Needs{Programs: o.Programs, Extend: o.Extend > 0}
	b, err := bundle.Open(name, bundle.Options{
		Want:     plan.Files(needs),
		Stdin:    s.In,
		Progress: progress.told,
	})
	progress.stop()
	if err != nil {
		return openError(err)
	}
	defer b.Close()
	for _, note := range b.Notes {
		r.Notef("%s", note)
	}
	for _, damage := range b.Damage {
		r.damaged(damage)
	}
	table, problems := names.Load(b, o.services)
	for _, err := range problems {
		if file, ok := errors.AsType[*names.FileError](err); ok {
			return usagef("--services takes auto, bundle, builtin, none or the path of a file", "--services: %w", file.Err)
		}
		r.Names(err)
	}
	if table.UsedBuiltin && usesPorts(plan, o) {
		r.Notef("the bundle has no etc/services: ports are named from the built-in table (--services none turns that off)")
	}
	view := render.View{
		Plan: plan, Columns: o.Columns, Names: table, Report: r,
		Snapshot: snapshot.Load(b, byteOrder(o.byteOrder, plan.NeedsByteOrder(needs))),
	}
	if order := view.Snapshot.Order; order.Order == binary.BigEndian && order.From != fromOption {
		r.Notef("%s shows that the machine is big-endian; --byte-order overrides that", order.From)
	}
	if err := render.Formats()[0].Write(s.Out, view); err != nil {
		return writeError(err)
	}
	return nil
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

// usesPorts reports whether the output has names of ports at all.
func usesPorts(plan query.Plan, o *options) bool {
	return plan.Mode == query.Sockets && plan.ShowsInternet() && !o.NumericPorts
}

// checkOptions refuses options that cannot go together.
func checkOptions(p query.Plan, o *options) error {
	if p.Mode != query.Statistics && (o.AllCounters || o.Explain) {
		return usagef("add -s, or leave them out", "--all-counters and --explain only go with -s")
	}
	return nil
}

// writeError reports that the output could not be written. A closed pipe is the
// reader's choice and says nothing.
func writeError(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		return &exitError{code: exitFailed, stop: true}
	}
	return &exitError{code: exitFailed, stop: true, err: fmt.Errorf("cannot write the output: %w", err)}
}
