package cli

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/peers"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/words"
	"github.com/coldstat/coldstat/render"
)

// peersOptions are what the command line of peers says besides.
type peersOptions struct {
	options
	peers.Options
	rows int // how many of each table are shown; 0 is all
	set  bool
}

// peersRows is how many rows of pairs and of missing peers a table has if nothing else is
// said.
const peersRows = 40

// newPeers makes the command that compares machines with each other.
func newPeers(s Streams) *cobra.Command {
	o := &peersOptions{options: options{services: names.Auto, byteOrder: "auto"}}
	cmd := &cobra.Command{
		Use:                   "peers [OPTION...] BUNDLE...",
		Short:                 "match the connections between captured machines: who talks to whom, and whose fault it is",
		Args:                  cobra.ArbitraryArgs,
		DisableFlagsInUseLine: true,
		RunE: func(_ *cobra.Command, bundles []string) error {
			return runBundles(s, &o.options, bundles, func(s Streams, _ *options, bundles []string) error {
				return runPeers(s, o, bundles)
			})
		},
	}
	p := define(cmd.Flags(), nil, peersFlags(o))
	cmd.SetFlagErrorFunc(p.commandError)
	cmd.SetHelpFunc(func(c *cobra.Command, _ []string) { peersDoc().write(s, c, peersFlags(o)) })
	completeAnswer(s, cmd, rows.PeerKinds(), peersFormatNames()[len(formatNames(answerFormats)):]...)
	return cmd
}

// peersFlags are its options.
func peersFlags(o *peersOptions) []flag {
	own := []flag{
		{"", "all", action(func() error { o.All = true; return nil }), "list the connections that are fine, too"},
		{"", "rows", listValue(func(text string) (err error) {
			o.rows, err = rowsIn(text)
			o.set = true
			return err
		}), fmt.Sprintf("show only the first rows of pair and of missing_peer, so many; 0 shows all (default %d in tables that are not sorted, else all)", peersRows)},
	}
	selecting := []string{"numeric", "numeric-ports", "services", "xz-command"}
	own = append(own, slices.DeleteFunc(slices.Concat(netstatFlags(&o.options), ownFlags(&o.options)), func(f flag) bool {
		return !slices.Contains(selecting, f.long)
	})...)
	list := append(own, answerFlags(&o.options, rows.PeerKinds())...)
	for i := range list {
		if list[i].long == "format" {
			list[i].value = listValue(o.setPeersFormat)
			list[i].help = "how to write: " + strings.Join(peersFormatNames(), ", ") + " (default table); csv and tsv hold one kind of row"
		}
	}
	return list
}

func peersFormatNames() []string {
	list := formatNames(answerFormats)
	for _, f := range render.PeersFormats() {
		list = append(list, f.Name)
	}
	return list
}

func (o *peersOptions) setPeersFormat(name string) error {
	if _, ok := render.PeersFormatByName(name); ok {
		o.format = name
		return nil
	}
	if f, ok := render.FormatByName(name); !ok || !answerFormats(f) {
		return fmt.Errorf("%q is none of %s", name, strings.Join(peersFormatNames(), ", "))
	}
	return o.setFormat(name)
}

// runPeers reads all machines, and compares them.
func runPeers(s Streams, o *peersOptions, bundles []string) error {
	write, discard, err := o.writer(s)
	if err != nil {
		return err
	}
	socket, _ := rows.KindByName("socket")
	view := options{Columns: o.Columns, services: o.services}
	view.NumericHosts, view.NumericUsers = true, true
	run := &peersRun{netstatRun{Streams: s, o: &view, c: choice{format: render.Format{Rows: true}, kinds: []*rows.Kind{socket}}}}
	rd := reading{Streams: s, o: &o.options, bundles: bundles, want: run.files(o), told: true, byteOrder: true}
	found := answer{report: &reporter{w: s.Err, verbose: o.Verbose}}
	var fleet peers.Fleet
	code, err := eachMachine(rd, run.look, func(m *machine, its gathered) error {
		fleet.Add(its.machine)
		found.sources = append(found.sources, its.machine.Source)
		found.said = append(found.said, its.said...)
		return nil
	})
	if err == nil && len(found.sources) == 0 {
		err = &exitError{code: code}
	}
	if err != nil {
		discard()
		return err
	}
	report := fleet.Match(o.Options)
	o.tell(found.report, report)
	if err := write(found, report); err != nil {
		return err
	}
	if report.Faults > 0 {
		code = max(code, exitFound)
	}
	if code != exitOK {
		return &exitError{code: code}
	}
	return nil
}

// writer gives what writes the report in the format that was asked for, and what leaves
// it unwritten.
func (o *peersOptions) writer(s Streams) (write func(answer, *peers.Report) error, discard func(), err error) {
	f, isGraph := render.PeersFormatByName(o.format)
	if !isGraph {
		a, err := begin(s, &o.options, rows.PeerKinds())
		if err != nil {
			return nil, nil, err
		}
		return func(found answer, r *peers.Report) error {
			pairs, morePairs := first(o, a.format, r.Pairs)
			missing, moreMissing := first(o, a.format, r.Missing)
			if morePairs > 0 {
				found.report.tell(note, "of %d connections only the first %d are shown: --rows 0 shows all", len(r.Pairs), len(pairs))
			}
			if moreMissing > 0 {
				found.report.tell(note, "of %d missing peers only the first %d are shown: --rows 0 shows all", len(r.Missing), len(missing))
			}
			found.said = append(found.said, found.report.said...)
			found.kinds = []*rows.Kind{
				rows.Holding(rows.TalkKind, r.Talk), rows.Holding(rows.PairKind, pairs), rows.Holding(rows.MissingPeerKind, missing),
			}
			return a.end(found, nil)
		}, a.out.files.discard, nil
	}
	if o.kinds != nil {
		return nil, nil, usagef("leave --kinds out, or choose another format", "--kinds does not go with --format %s", f.Name)
	}
	if err := (choice{format: render.Format{Name: f.Name}}).checkFormat(&o.options); err != nil {
		return nil, nil, err
	}
	out := new(files)
	w, _, err := o.opened(s, out)
	if err != nil {
		return nil, nil, err
	}
	return func(_ answer, r *peers.Report) error {
		return ended(out, f.Write(w, render.Peers{Machines: r.Machines, Talk: r.Talk, Missing: r.Missing}))
	}, out.discard, nil
}

// first gives the rows that are shown, and how many are not.
func first[T any](o *peersOptions, f render.Format, list []T) (shown []T, more int) {
	most := o.rows
	if !o.set && f.People && o.sort == nil {
		most = peersRows
	}
	if most == 0 || most > len(list) {
		most = len(list)
	}
	return list[:most], len(list) - most
}

// tell says what is to be known of the report.
func (o *peersOptions) tell(r *reporter, report *peers.Report) {
	for _, text := range report.Notes {
		r.tell(note, "%s", text)
	}
	if len(report.Machines) == 1 {
		r.tell(note, "there is one machine only: give the bundles of those that it talks to as well")
	}
	all := report.Faults + report.Doubts + report.Fine
	if all == 0 {
		r.tell(note, "no connection between the captured machines was found")
		return
	}
	when := "at times that not all of them tell"
	if apart, ok := report.Apart.Get(); ok {
		when = fmt.Sprintf("within %.0f s", math.Ceil(apart))
	}
	text := fmt.Sprintf("%s between %s, captured %s: %s, %s, %d fine", words.Counted(all, "connection", "connections"), words.Counted(uint64(len(report.Machines)), "machine", "machines"), when,
		words.Counted(report.Faults, "fault", "faults"), words.Counted(report.Doubts, "doubt", "doubts"), report.Fine)
	if report.Fine > 0 && !o.All {
		text += "; --all lists those as well"
	}
	r.tell(note, "%s", text)
}

// A peersRun is peers on its way.
type peersRun struct{ netstatRun }

// files are those that are read of a machine.
func (run *peersRun) files(o *peersOptions) []string {
	list := peers.Files()
	if run.c.usesNames(run.o) {
		list = append(list, "etc/services")
	}
	if o.netns != "" {
		list = append(list, "proc/*/ns/*")
	}
	return list
}

// A gathered is what one machine adds.
type gathered struct {
	machine *peers.Machine
	said    []rows.Diagnostic
}

// look takes what is needed of a machine.
func (run *peersRun) look(m *machine) (gathered, error) {
	r := m.report
	if program := m.machine.Obfuscated(m.name); program != "" {
		r.tell(warning, "%s obfuscated this capture: its addresses in texts are made up, and do not fit those of other captures", program)
	}
	c := peers.Capture{
		Snapshot: m.snapshot, Group: fmt.Sprintf("%s\x00%s\x00%s", m.name, m.machine.Archive, m.machine.Base()), Space: m.netns,
		Source: m.source(), Damaged: m.damage != "",
	}
	if run.c.usesNames(run.o) {
		table, err := run.names(m.target, r)
		if err != nil {
			return gathered{}, err
		}
		c.Names = table
	}
	if order := m.snapshot.Order; order.Order == binary.BigEndian && order.From != fromOption {
		r.tell(note, "%s shows that the machine is big-endian; --byte-order overrides that", order.From)
	}
	recorded, said := render.Record(r, r.said)
	c.Report = recorded
	its := gathered{machine: peers.Gather(c)}
	its.said = m.inAnswer(said())
	return its, nil
}
