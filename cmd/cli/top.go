package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/top"
	"github.com/coldstat/coldstat/render"
)

// topOptions are what the command line of top says besides.
type topOptions struct {
	options
	by   []top.Dimension
	rows int // how many groups are shown; 0 is all
	set  bool
}

// topRows is how many groups a table has if nothing else is said.
const topRows = 20

var topKinds = []*rows.Kind{rows.SocketGroupKind}

// newTop makes the command that groups sockets.
func newTop(s Streams) *cobra.Command {
	o := &topOptions{options: options{services: names.Auto, byteOrder: "auto"}}
	cmd := &cobra.Command{
		Use:                   "top [--by WHAT] [OPTION...] [BUNDLE...] [-- FILTER]",
		Short:                 "count internet sockets by what they share: the foreign address, the state, the program, ...",
		Args:                  cobra.ArbitraryArgs,
		DisableFlagsInUseLine: true,
		RunE: func(_ *cobra.Command, bundles []string) error {
			return runBundles(s, &o.options, bundles, func(s Streams, _ *options, bundles []string) error {
				return runTop(s, o, bundles)
			})
		},
	}
	p := define(cmd.Flags(), nil, topFlags(o))
	cmd.SetFlagErrorFunc(p.commandError)
	cmd.SetHelpFunc(func(c *cobra.Command, _ []string) { topDoc.write(s, c, topFlags(o)) })
	completeTop(s, cmd)
	return cmd
}

// topFlags are its options.
func topFlags(o *topOptions) []flag {
	own := []flag{
		{"", "by", listValue(o.setBy), "group by these, comma-separated: " + strings.Join(top.Names(), ", ") + " (default remote); a subnet has the length for IPv4 and, behind another slash, that for IPv6 (default 64)"},
		{"", "rows", listValue(o.setRows), fmt.Sprintf("show only the largest groups, so many; 0 shows all (default %d in tables, else all)", topRows)},
	}
	selecting := []string{
		"tcp", "udp", "udplite", "sctp", "raw", "listening", "inet", "inet6", "numeric", "numeric-hosts", "numeric-ports", "numeric-users",
		filterFlag, "services", "xz-command",
	}
	own = append(own, slices.DeleteFunc(slices.Concat(netstatFlags(&o.options), ownFlags(&o.options)), func(f flag) bool {
		return !slices.Contains(selecting, f.long)
	})...)
	return append(own, answerFlags(&o.options, topKinds)...)
}

func (o *topOptions) setBy(list string) error {
	given, err := namesIn(list)
	if err != nil {
		return err
	}
	o.by = nil
	for _, name := range given {
		d, err := top.By(name)
		if err != nil {
			return usagef(suggest(name, top.Names(), "coldstat top --help tells what there is"), "%w", err)
		}
		if slices.ContainsFunc(o.by, d.Same) {
			return fmt.Errorf("%q stands in it behind another subnet, and a group has one", name)
		}
		o.by = append(o.by, d)
	}
	return nil
}

func (o *topOptions) setRows(text string) error {
	n, err := rowsIn(text)
	o.rows, o.set = n, true
	return err
}

func rowsIn(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("%q is no number of rows", text)
	}
	return int(n), nil
}

// runTop groups the sockets of all machines.
func runTop(s Streams, o *topOptions, bundles []string) error {
	if o.by == nil {
		if err := o.setBy("remote"); err != nil {
			return err
		}
	}
	run, err := beginTop(s, o)
	if err != nil {
		return err
	}
	noteMixed(s, &o.options)
	count := top.New(o.by)
	rd := reading{
		Streams: s, o: &o.options, bundles: bundles, want: run.view.c.files(run.view.o), told: true, byteOrder: true,
	}
	found := answer{report: &reporter{w: s.Err, verbose: o.Verbose}}
	code, err := eachMachine(rd, run.look, func(_ *machine, its counted) error {
		count.Merge(its.count)
		found.sources = append(found.sources, its.source)
		found.said = append(found.said, its.said...)
		return nil
	})
	if err == nil && len(found.sources) == 0 {
		err = &exitError{code: code}
	}
	found.kinds = []*rows.Kind{run.kind(s, count, found.report)}
	if err := run.end(found, err); err != nil {
		return err
	}
	if code != exitOK {
		return &exitError{code: code}
	}
	return nil
}

// A topRun is top on its way.
type topRun struct {
	*answering
	opts *topOptions
	view *netstatRun // the view of the sockets that are counted
}

// beginTop works out which sockets are counted: as for --kinds socket.
func beginTop(s Streams, o *topOptions) (*topRun, error) {
	socket, _ := rows.KindByName("socket")
	view := options{
		Options: o.Options, Columns: o.Columns, services: o.services, byteOrder: o.byteOrder, filter: o.filter,
		kinds: []*rows.Kind{socket}, allKinds: true, columns: []string{"state"},
	}
	for _, d := range o.by {
		view.columns = append(view.columns, d.Columns...)
	}
	// Names that no group has need not be read.
	needs := top.New(o.by).Wants
	view.NumericHosts = view.NumericHosts || !needs("remote_host")
	view.NumericPorts = view.NumericPorts || !needs("local_service") && !needs("remote_service")
	view.NumericUsers = view.NumericUsers || !needs("user")
	view.columns = slices.DeleteFunc(view.columns, func(name string) bool { _, ok := socket.Column(name); return !ok })
	c, err := choose(&view)
	if err != nil {
		return nil, err
	}
	a, err := begin(s, &o.options, topKinds)
	if err != nil {
		return nil, err
	}
	return &topRun{answering: a, opts: o, view: &netstatRun{Streams: s, o: &view, c: c}}, nil
}

// A counted is what one machine adds.
type counted struct {
	count  *top.Count
	source rows.Source
	said   []rows.Diagnostic
}

// look counts the sockets of a machine.
func (run *topRun) look(m *machine) (counted, error) {
	v, err := run.view.viewOf(m)
	if err != nil {
		return counted{}, err
	}
	its := counted{count: top.New(run.opts.by), source: v.Source}
	recorded, said := render.Record(m.report, m.report.said)
	r := &rows.Reader{
		Snapshot: v.Snapshot, Plan: v.Plan, Names: v.Names, Report: recorded, Source: v.Source, Want: its.count.Wants,
		NoHosts: v.Columns.NumericHosts, NoPorts: v.Columns.NumericPorts, NoUsers: v.Columns.NumericUsers,
	}
	var socket rows.Socket // one for all: it is large
	for socket = range r.Sockets() {
		its.count.Add(&socket)
	}
	its.said = m.inAnswer(said())
	return its, nil
}

// kind are the groups that are shown.
func (run *topRun) kind(s Streams, count *top.Count, r *reporter) *rows.Kind {
	groups := count.Groups()
	if _, rest := count.Total(); rest > 0 {
		r.tell(warning, "%d sockets are in no group: only the first %d groups are kept", rest, top.MaxGroups)
	}
	most := run.opts.rows
	if !run.opts.set && run.format.People {
		most = topRows
	}
	if most > 0 && most < len(groups) {
		var left uint64
		for _, g := range groups[most:] {
			left += g.Sockets
		}
		r.tell(note, "%d smaller groups, of %d sockets, are not shown: --rows 0 shows all", len(groups)-most, left)
		groups = groups[:most]
	}
	kind := rows.Holding(rows.SocketGroupKind, groups)
	if s.Width > 0 && run.format.Name == "table" && run.o.output == "" && run.o.outputDir == "" && run.o.columns == nil {
		kind = rows.Holding(rows.BarredGroupKind, top.Barred(groups))
	}
	return kind.Showing(top.Show(run.opts.by))
}
