package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/top"
	"github.com/coldstat/coldstat/parser/triage"
)

// complete tells shells what the values of options may be. `coldstat completion
// SHELL` writes the script that asks.
func complete(s Streams, cmd *cobra.Command, o *options) {
	words := func(list func() []string) cobra.CompletionFunc {
		return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return completeList(list(), typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		}
	}
	one := func(list ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
	}
	s.completes(cmd, map[string]cobra.CompletionFunc{
		"format":     one(formatNames(anyFormat)...),
		"byte-order": one("auto", "little", "big"),
		"services":   cobra.FixedCompletions([]string{"auto", "bundle", "builtin", "none"}, cobra.ShellCompDirectiveDefault),
		"kinds":      words(func() []string { return append([]string{"all"}, kindNames(rows.Kinds())...) }),
		"columns":    words(func() []string { return columnNames(o) }),
		"limit":      completeLimits,
		"sort": words(func() (names []string) {
			for _, name := range columnNames(o) {
				names = append(names, name, "-"+name)
			}
			return names
		}),
		"output-dir": func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	})
}

// completes tells cobra what the values of options may be, if a shell is asking. cobra
// keeps it, and the command with it, until the program ends: too much for a program
// that calls Main often, and needless work for others.
func (s Streams) completes(cmd *cobra.Command, values map[string]cobra.CompletionFunc) {
	if !s.completing {
		return
	}
	for name, f := range values {
		cobra.CheckErr(cmd.RegisterFlagCompletionFunc(name, f))
	}
}

// completeTriage does so for triage.
func completeTriage(s Streams, cmd *cobra.Command) {
	one := func(list []string) cobra.CompletionFunc {
		return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
	}
	rules := func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return completeList(ruleIDs(), typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	s.completes(cmd, map[string]cobra.CompletionFunc{
		"format": one(triageFormatNames()), "severity": one(triage.SeverityNames()), "fail-on": one(append(triage.SeverityNames(), "never")),
		"rule": rules, "explain": rules, "limit": completeLimits, "byte-order": one([]string{"auto", "little", "big"}),
		"config": cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	})
}

// completeTop does so for top.
func completeTop(s Streams, cmd *cobra.Command) {
	by := func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return completeList(top.Names(), typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	s.completes(cmd, map[string]cobra.CompletionFunc{"by": by})
	completeAnswer(s, cmd, topKinds)
}

// completeAnswer does so for the options of [answerFlags]; a command may have formats of
// its own.
func completeAnswer(s Streams, cmd *cobra.Command, kinds []*rows.Kind, formats ...string) {
	columns := func(marks ...string) cobra.CompletionFunc {
		return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var names []string
			for _, k := range kinds {
				for _, c := range k.Columns() {
					for _, mark := range marks {
						names = append(names, mark+c.Name)
					}
				}
			}
			slices.Sort(names) // several kinds have columns of one name
			return completeList(slices.Compact(names), typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		}
	}
	s.completes(cmd, map[string]cobra.CompletionFunc{
		"format":     cobra.FixedCompletions(append(formatNames(answerFormats), formats...), cobra.ShellCompDirectiveNoFileComp),
		"byte-order": cobra.FixedCompletions([]string{"auto", "little", "big"}, cobra.ShellCompDirectiveNoFileComp),
		"limit":      completeLimits,
		"columns":    columns(""),
		"sort":       columns("", "-"),
	})
	if len(kinds) > 1 {
		s.completes(cmd, map[string]cobra.CompletionFunc{
			"kinds": func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
				return completeList(append([]string{"all"}, kindNames(kinds)...), typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
			},
		})
	}
}

func completeLimits(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var names []string
	for _, limit := range bundle.LimitList() {
		names = append(names, limit.Name+"=")
	}
	return completeList(names, typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// columnNames are those of the kinds of rows that the options so far select.
func columnNames(o *options) (names []string) {
	// cobra sets the options of an unfinished command line more than once.
	seen := o.Options
	for _, n := range []*int{&seen.Routes, &seen.Interfaces, &seen.Statistics, &seen.Masquerade} {
		*n = min(*n, 1)
	}
	c, err := choose(&options{Options: seen, kinds: o.kinds, format: "table"})
	if err != nil {
		return nil
	}
	for _, k := range c.kinds {
		for _, column := range k.Columns() {
			if !slices.Contains(names, column.Name) {
				names = append(names, column.Name)
			}
		}
	}
	return names
}

// completeList completes the last of comma-separated names. Those before it are
// not offered again.
func completeList(all []string, typed string) (list []cobra.Completion) {
	head, last := "", typed
	if i := strings.LastIndexByte(typed, ','); i >= 0 {
		head, last = typed[:i+1], typed[i+1:]
	}
	for _, name := range all {
		if strings.HasPrefix(name, last) && !slices.Contains(strings.Split(head, ","), name) {
			list = append(list, head+name)
		}
	}
	return list
}
