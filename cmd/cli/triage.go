package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/triage"
	"github.com/coldstat/coldstat/parser/words"
	"github.com/coldstat/coldstat/render"
)

// triageOptions are what the command line of triage says besides.
type triageOptions struct {
	options
	rules    []*triage.Rule
	severity triage.Severity // findings below it are not shown
	failOn   triage.Severity // 0 is never
	config   *triage.Config
	list     bool
	explain  string
}

// newTriage makes the command that says what is wrong.
func newTriage(s Streams) *cobra.Command {
	o := &triageOptions{
		options:  options{services: names.Auto, byteOrder: "auto"},
		severity: triage.Info, failOn: triage.Critical,
	}
	cmd := &cobra.Command{
		Use:                   "triage [OPTION...] [BUNDLE...]",
		Short:                 "say what is wrong with the machine's network, with the rows that prove it and what to do",
		Args:                  cobra.ArbitraryArgs,
		DisableFlagsInUseLine: true,
		RunE: func(_ *cobra.Command, bundles []string) error {
			return runBundles(s, &o.options, bundles, func(s Streams, _ *options, bundles []string) error {
				return runTriage(s, o, bundles)
			})
		},
	}
	p := define(cmd.Flags(), nil, triageFlags(o))
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return p.parseError(err) })
	cmd.SetHelpFunc(func(c *cobra.Command, _ []string) { commandHelp(s, c, triageFlags(o)) })
	return cmd
}

// triageFlags are its options.
func triageFlags(o *triageOptions) []flag {
	severities := strings.Join(triage.SeverityNames(), ", ")
	own := []flag{
		{"", "format", listValue(o.setTriageFormat), "how to write: " + strings.Join(triageFormatNames(), ", ")},
		{"", "rule", listValue(o.setRules), "check only these rules, comma-separated: T06,T49"},
		{"", "severity", listValue(func(name string) error { return setSeverity(&o.severity, name) }), "show only findings that are at least so bad: " + severities},
		{"", "fail-on", listValue(func(name string) error {
			if name == "never" {
				o.failOn = 0
				return nil
			}
			return setSeverity(&o.failOn, name)
		}), "exit with status 10 if a finding is at least so bad: " + severities + ", or never (default critical)"},
		{"", "config", listValue(o.setConfig), "a YAML file with thresholds, disabled rules and allowed_listeners"},
	}
	shared := []string{"output", "host", "netns", "xz-command", "byte-order", "limit", "verbose"}
	return append(own, slices.DeleteFunc(slices.Concat(ownFlags(&o.options), netstatFlags(&o.options)), func(f flag) bool {
		return !slices.Contains(shared, f.long)
	})...)
}

func triageFormatNames() (list []string) {
	for _, f := range render.TriageFormats() {
		list = append(list, f.Name)
	}
	return list
}

func (o *triageOptions) setTriageFormat(name string) error {
	if _, ok := render.TriageFormatByName(name); !ok {
		return fmt.Errorf("%q is none of %s", name, strings.Join(triageFormatNames(), ", "))
	}
	o.format = name
	return nil
}

func (o *triageOptions) setRules(list string) error {
	ids, err := namesIn(list)
	if err != nil {
		return err
	}
	o.rules, err = triage.ByID(ids)
	return err
}

func setSeverity(target *triage.Severity, name string) error {
	s, ok := triage.SeverityByName(name)
	if !ok {
		return fmt.Errorf("%q is none of %s", name, strings.Join(triage.SeverityNames(), ", "))
	}
	*target = s
	return nil
}

func (o *triageOptions) setConfig(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if o.config, err = triage.ReadConfig(f); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// runTriage checks each machine, and writes what was found of all.
func runTriage(s Streams, o *triageOptions, bundles []string) error {
	if o.rules == nil {
		o.rules = triage.Rules()
	}
	format, _ := render.TriageFormatByName(o.format)
	if o.format == "" {
		format = render.TriageFormats()[0]
	}
	var out files
	w := s.Out
	if o.output != "" && o.output != "-" {
		file, err := out.create(o.output)
		if err != nil {
			return outputError(err)
		}
		w, s.Color = file, false
	}
	run := &triageRun{Streams: s, o: o, bundles: len(bundles)}
	for _, name := range bundles {
		if err := run.bundle(name); err != nil {
			e, ok := errors.AsType[*exitError](err)
			if len(bundles) == 1 || ok && (e.code == exitUsage || e.stop) {
				out.discard()
				return err
			}
			run.code = max(run.code, finish(s.Err, err))
		}
	}
	if len(run.hosts) == 0 {
		out.discard()
		return &exitError{code: run.code}
	}
	err := format.Write(w, render.Options{Several: run.bundles > 1 || len(run.hosts) > 1, Width: s.Width, Color: s.Color}, run.triage())
	if err == nil {
		err = out.commit()
	}
	if err != nil {
		out.discard()
		return writeError(err)
	}
	if run.code != exitOK {
		return &exitError{code: run.code}
	}
	return nil
}

// A triageRun checks the machines of bundles.
type triageRun struct {
	Streams
	o       *triageOptions
	bundles int
	hosts   []render.TriageHost
	code    int
}

// bundle checks the machines of one bundle.
func (run *triageRun) bundle(name string) error {
	r := &reporter{w: run.Err, verbose: run.o.Verbose}
	if run.bundles > 1 {
		r.prefix = words.Safe(name) + ": "
	}
	b, err := openBundle(run.Streams, name, snapshot.Names(), nil, &run.o.options, r)
	if err != nil {
		return err
	}
	defer b.Close()
	all, err := targets(b, &run.o.options, name, true)
	if err != nil {
		return err
	}
	damage := ""
	if len(b.Damage) > 0 {
		damage = b.Damage[0]
	}
	for _, t := range all {
		of := *r
		title := t.title(name, all, run.bundles)
		if len(all) > 1 {
			of.prefix = words.Safe(title) + ": "
		}
		run.host(t, name, title, damage, &of)
		of.summary()
		run.code = max(run.code, of.code)
	}
	return nil
}

// host checks one machine.
func (run *triageRun) host(t target, bundle, title, damage string, r *reporter) {
	snap := snapshot.Load(t.files, byteOrder(run.o.byteOrder, true))
	source := rows.SourceOf(snap, rows.Place{
		Bundle: bundle, Archive: t.machine.Archive, Collector: t.machine.Collector, NetNS: t.netns, OtherNetNS: t.spaces,
	})
	h := triage.NewHost(snap, source, nil, r)
	h.Obfuscated, h.Damage = t.machine.Obfuscated(bundle), damage
	report := triage.Run(h, run.o.rules, run.o.config)
	report.Findings = slices.DeleteFunc(report.Findings, func(f triage.Finding) bool { return f.Severity < run.o.severity })
	if run.o.failOn > 0 && report.Worst() >= run.o.failOn {
		run.code = max(run.code, exitFound)
	}
	run.hosts = append(run.hosts, render.TriageHost{Title: title, Source: source, Report: report, Diagnostics: r.said})
}

// triage puts together what was found of all.
func (run *triageRun) triage() render.Triage {
	t := render.Triage{Hosts: run.hosts}
	var reports []*triage.Report
	var titles []string
	for _, h := range run.hosts {
		reports, titles = append(reports, h.Report), append(titles, h.Title)
	}
	t.Shared = triage.Share(reports, titles)
	return t
}
