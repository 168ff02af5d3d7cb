package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/diff"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/render"
)

// diffOptions are what the command line of diff says besides.
type diffOptions struct {
	options
	all bool
}

// newDiff makes the command that compares two captures of one machine.
func newDiff(s Streams) *cobra.Command {
	o := &diffOptions{options: options{services: names.Auto, byteOrder: "auto"}}
	cmd := &cobra.Command{
		Use:                   "diff [OPTION...] OLD NEW",
		Short:                 "compare two captures of one machine: what came, went and changed, and counters as rates",
		Args:                  cobra.ArbitraryArgs,
		DisableFlagsInUseLine: true,
		RunE: func(_ *cobra.Command, bundles []string) error {
			if len(bundles) != 2 {
				return usagef("coldstat diff OLD NEW; - for one of them is standard input", "diff compares two BUNDLEs: %d given", len(bundles))
			}
			return runBundles(s, &o.options, bundles, func(s Streams, _ *options, bundles []string) error {
				return runDiff(s, o, bundles)
			})
		},
	}
	p := define(cmd.Flags(), nil, diffFlags(o))
	cmd.SetFlagErrorFunc(p.commandError)
	cmd.SetHelpFunc(func(c *cobra.Command, _ []string) { diffDoc.write(s, c, diffFlags(o)) })
	completeAnswer(s, cmd, rows.ChangeKinds())
	return cmd
}

// diffFlags are its options.
func diffFlags(o *diffOptions) []flag {
	own := []flag{{"", "all", action(func() error { o.all = true; return nil }), "each socket by itself: churn is not folded"}}
	own = append(own, slices.DeleteFunc(ownFlags(&o.options), func(f flag) bool { return f.long != "xz-command" })...)
	return append(own, answerFlags(&o.options, rows.ChangeKinds())...)
}

// runDiff compares the machines of two bundles.
func runDiff(s Streams, o *diffOptions, bundles []string) error {
	a, err := begin(s, &o.options, rows.ChangeKinds())
	if err != nil {
		return err
	}
	found, code, err := compareCaptures(s, o, a, bundles)
	if err := a.end(found, err); err != nil {
		return err
	}
	if code != exitOK {
		return &exitError{code: code}
	}
	return nil
}

// compareCaptures gives what differs, and the status that is due.
func compareCaptures(s Streams, o *diffOptions, a *answering, bundles []string) (found answer, code int, err error) {
	rd := reading{Streams: s, o: &o.options, bundles: bundles, want: snapshot.Names(), told: true, byteOrder: true}
	var captures []diff.Capture
	var said []func() []rows.Diagnostic
	for _, name := range bundles {
		b, m, err := rd.one(name)
		if err != nil {
			return found, code, err
		}
		defer b.Close()
		recorded, its := render.Record(m.report, m.report.said)
		source := m.source()
		captures = append(captures, diff.Capture{Snapshot: m.snapshot, Source: source, Title: m.title, Report: recorded, Obfuscated: m.machine.Obfuscated(name) != ""})
		found.sources = append(found.sources, source)
		said = append(said, func() []rows.Diagnostic {
			m.report.summary()
			code = max(code, m.report.code)
			return m.inAnswer(its())
		})
	}
	result := diff.Compare(captures[0], captures[1], diff.Options{All: o.all, Kinds: kindNames(a.kinds)})
	for _, its := range said {
		found.said = append(found.said, its()...)
	}
	r := &reporter{w: s.Err, verbose: o.Verbose}
	r.tell(note, "%s", result.Summary)
	for _, d := range result.Diagnostics {
		r.say(d.Severity, "%s", d.Message)
	}
	for _, d := range result.Details {
		r.Detailf("%s", d.Message)
	}
	found.said = slices.Concat(found.said, r.said, result.Diagnostics, result.Details)
	found.report = r
	kinds := result.Kinds()
	for _, k := range held(kinds, a.kinds) {
		if k.Holds() > 0 {
			code = max(code, exitFound)
		}
	}
	found.kinds, found.titled, found.nothing = kinds, true, "no differences"
	if a.format.People && o.outputDir == "" { // a table that says nothing helps nobody
		found.kinds = slices.DeleteFunc(kinds, func(k *rows.Kind) bool { return k.Holds() == 0 })
	}
	if a.format.People {
		for i, k := range found.kinds {
			found.kinds[i] = diff.Shown(k)
		}
	}
	return found, code, nil
}

// one opens a bundle and finds its machine, of which it must have one only.
func (rd reading) one(name string) (*bundle.Bundle, *machine, error) {
	b, list, err := rd.open(name)
	if err != nil {
		return nil, nil, err
	}
	if len(list) > 1 {
		var titles []string
		for _, m := range list {
			titles = append(titles, m.title)
		}
		b.Close()
		return nil, nil, usagef("choose with --host, and with --netns: it has "+someOf(titles), "%q has %d machines or network namespaces: one is compared with one", name, len(list))
	}
	return b, list[0], nil
}
