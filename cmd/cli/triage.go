package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/triage"
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
	explain  []*triage.Rule
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
			if o.list || o.explain != nil {
				return tellRules(s, o, bundles)
			}
			return runBundles(s, &o.options, bundles, func(s Streams, _ *options, bundles []string) error {
				return runTriage(s, o, bundles)
			})
		},
	}
	p := define(cmd.Flags(), nil, triageFlags(o))
	cmd.SetFlagErrorFunc(p.commandError)
	cmd.SetHelpFunc(func(c *cobra.Command, _ []string) { triageHelp(s, c) })
	completeTriage(s, cmd)
	return cmd
}

// triageFlags are its options.
func triageFlags(o *triageOptions) []flag {
	severities := strings.Join(triage.SeverityNames(), ", ")
	own := []flag{
		{"", "format", listValue(o.setTriageFormat), "how to write: " + strings.Join(triageFormatNames(), ", ")},
		{"", "list", action(func() error { o.list = true; return nil }), "list the rules and read no BUNDLE; --format " + strings.Join(rulesFormatNames(), ", ")},
		{"", "explain", listValue(o.setExplain), "tell everything of these rules, comma-separated, and read no BUNDLE"},
		{"", "rule", listValue(o.setRules), "check only these rules, comma-separated: T03,T06"},
		{"", "severity", listValue(func(name string) error { return setSeverity(&o.severity, name) }), "show only findings that are at least so bad: " + severities},
		{"", "fail-on", listValue(func(name string) error {
			if name == "never" {
				o.failOn = 0
				return nil
			}
			if err := setSeverity(&o.failOn, name); err != nil {
				return fmt.Errorf("%w, never", err)
			}
			return nil
		}), "exit with status 10 if a finding is at least so bad: " + severities + ", or never (default critical)"},
		{"", "config", listValue(o.setConfig), "a YAML file with thresholds, disabled and allowed_listeners"},
		{"", "csv-raw", action(func() error { o.rawCSV = true; return nil }), "csv: write texts that a spreadsheet would run as formulas as they are, without an apostrophe before them"},
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

func (o *triageOptions) setRules(list string) (err error) {
	o.rules, err = rulesIn(list)
	return err
}

func (o *triageOptions) setExplain(list string) (err error) {
	o.explain, err = rulesIn(list)
	return err
}

// rulesIn finds the rules of a list of ids.
func rulesIn(list string) ([]*triage.Rule, error) {
	ids, err := namesIn(list)
	if err != nil {
		return nil, err
	}
	rules, err := triage.ByID(ids)
	if unknown, ok := errors.AsType[*triage.NoRuleError](err); ok {
		return nil, usagef(suggest(strings.ToUpper(unknown.ID), ruleIDs(), "coldstat triage --list shows the rules"), "%w", err)
	}
	return rules, err
}

func ruleIDs() (ids []string) {
	for _, r := range triage.Rules() {
		ids = append(ids, r.ID)
	}
	return ids
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
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return usagef("--config takes the path of a YAML file", "cannot open %q: %w", name, p.Err)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if o.config, err = triage.ReadConfig(f); err != nil {
		return usagef("coldstat triage --list shows the rules, --explain T06 the thresholds of one", "--config %s: %w", name, err)
	}
	return nil
}

// runTriage checks each machine, and writes what was found of all.
func runTriage(s Streams, o *triageOptions, bundles []string) error {
	if o.rules == nil {
		o.rules = triage.Rules()
	}
	format, ok := render.TriageFormatByName(o.format)
	if !ok {
		format = render.TriageFormats()[0]
	}
	if err := o.checkRaw(format.Name); err != nil {
		return err
	}
	var out files
	w, s, err := o.opened(s, &out)
	if err != nil {
		return err
	}
	var hosts []render.TriageHost
	rd := reading{Streams: s, o: &o.options, bundles: bundles, want: snapshot.Names(), told: true, byteOrder: true}
	code, err := eachMachine(rd, o.look, func(_ *machine, h render.TriageHost) error {
		hosts = append(hosts, h)
		return nil
	})
	if err != nil {
		out.discard()
		return err
	}
	if len(hosts) == 0 {
		out.discard()
		return &exitError{code: code}
	}
	opts := render.Options{Several: len(bundles) > 1 || len(hosts) > 1, Width: s.Width, Color: s.Color, RawCSV: o.rawCSV}
	if err := ended(&out, format.Write(w, opts, shared(hosts))); err != nil {
		return err
	}
	if code != exitOK {
		return &exitError{code: code}
	}
	return nil
}

func (o *triageOptions) checkRaw(format string) error {
	if o.rawCSV && format != "csv" {
		return usagef("it goes with --format csv", "--csv-raw does not go with --format %s", format)
	}
	return nil
}

// tellRules writes the list of rules, or all of some of them.
func tellRules(s Streams, o *triageOptions, bundles []string) error {
	if len(bundles) > 0 {
		return usagef("leave --list and --explain out to have it checked", "--list and --explain tell of rules, and take no BUNDLE: %q", bundles[0])
	}
	if o.list && o.explain != nil {
		return usagef("--list shows all in short, --explain some in full", "--list and --explain cannot both be used")
	}
	all := render.RulesFormats()
	i := max(0, slices.IndexFunc(all, func(f render.RulesFormat) bool { return f.Name == o.format }))
	if o.format != "" && all[i].Name != o.format || o.explain != nil && i > 0 {
		return usagef("--list goes with --format "+strings.Join(rulesFormatNames(), ", ")+"; --explain with text", "rules are not written as --format %s", o.format)
	}
	if o.rules == nil {
		o.rules = triage.Rules()
	}
	var out files
	w, s, err := o.opened(s, &out)
	if err != nil {
		return err
	}
	opts := render.Options{Width: s.Width, Color: s.Color}
	if o.list {
		return ended(&out, all[i].Write(w, opts, o.rules))
	}
	for i, r := range o.explain {
		if i > 0 && err == nil {
			_, err = io.WriteString(w, "\n")
		}
		if err == nil {
			err = render.ExplainRule(w, opts, r)
		}
	}
	return ended(&out, err)
}

func rulesFormatNames() (list []string) {
	for _, f := range render.RulesFormats() {
		list = append(list, f.Name)
	}
	return list
}

// look checks one machine.
func (o *triageOptions) look(m *machine) (render.TriageHost, error) {
	source := m.source()
	recorded, said := render.Record(m.report, m.report.said)
	h := triage.NewHost(m.snapshot, source, nil, recorded)
	h.Obfuscated, h.Damage = m.machine.Obfuscated(m.name), m.damage
	report := triage.Run(h, o.rules, o.config)
	if o.failOn > 0 && report.Worst() >= o.failOn {
		m.report.code = max(m.report.code, exitFound)
	}
	all := len(report.Findings)
	report.Findings = slices.DeleteFunc(report.Findings, func(f triage.Finding) bool { return f.Severity < o.severity })
	return render.TriageHost{
		Title: m.title, Source: source, Report: report, Diagnostics: said(), Hidden: all - len(report.Findings),
	}, nil
}

// shared puts together what was found of all.
func shared(hosts []render.TriageHost) render.Triage {
	var reports []*triage.Report
	var titles []string
	for _, h := range hosts {
		reports, titles = append(reports, h.Report), append(titles, h.Title)
	}
	return render.Triage{Hosts: hosts, Shared: triage.Share(reports, titles)}
}
