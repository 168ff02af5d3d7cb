package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/rows"
)

// newFiles makes the command that shows what a bundle has: what is known of the
// machine, and the state of each file that coldstat reads.
func newFiles(s Streams, run func(Streams, *options, []string) error) *cobra.Command {
	o := &options{services: names.Auto, byteOrder: "auto"}
	for _, name := range []string{"fact", "file"} {
		k, _ := rows.KindByName(name)
		o.kinds = append(o.kinds, k)
	}
	o.allKinds = true // none was named
	cmd := &cobra.Command{
		Use:                   "files [OPTION...] [BUNDLE...]",
		Short:                 "show what a bundle has: the machine, each file that coldstat reads, and what is lost without it",
		Args:                  cobra.ArbitraryArgs,
		DisableFlagsInUseLine: true,
		RunE: func(_ *cobra.Command, bundles []string) error {
			if f, err := chosenFormat(o); err == nil && !f.People && o.outputDir == "" {
				o.kinds = o.kinds[1:] // a program has the facts in source, or beside each row
			}
			return runBundles(s, o, bundles, run)
		},
	}
	p := define(cmd.Flags(), nil, outputFlags(o))
	cmd.SetFlagErrorFunc(p.commandError)
	cmd.SetHelpFunc(func(c *cobra.Command, _ []string) { commandHelp(s, c, outputFlags(o)) })
	return cmd
}

// outputFlags are the options that every command with rows has.
func outputFlags(o *options) []flag {
	own := []string{"format", "json", "csv", "columns", "sort", "no-header", "csv-raw", "output", "output-dir", "host", "netns", "byte-order", "limit"}
	return slices.DeleteFunc(slices.Concat(ownFlags(o), netstatFlags(o)), func(f flag) bool {
		return !slices.Contains(own, f.long) && f.long != "wide" && f.long != "verbose"
	})
}
