package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// A choice is what the options come to: which rows, in which format.
type choice struct {
	plan   query.Plan
	format render.Format
	kinds  []*rows.Kind // for formats made of rows
}

// choose works it out, and refuses what does not go together.
func choose(o *options) (c choice, err error) {
	if c.format, err = chosenFormat(o); err != nil {
		return c, err
	}
	if o.kinds != nil {
		c.plan, err = o.filtered().Whole(!o.allKinds)
		c.kinds = o.kinds
	} else {
		c.plan, err = o.filtered().Plan()
		c.kinds = rows.Selected(c.plan)
	}
	if errors.Is(err, query.ErrWhole) {
		return c, usagef("leave --kinds out, or name all kinds in it", "--kinds does not go with these options: %w", err)
	}
	if err != nil {
		return c, usagef(helpHint, "%w", err)
	}
	if c.plan.Mode != query.Statistics && (o.AllCounters && o.kinds == nil || o.Explain) {
		return c, usagef("add -s, or leave them out", "--all-counters and --explain only go with -s")
	}
	if err := c.checkFilter(o); err != nil {
		return c, err
	}
	return c, c.check(o)
}

// chosenFormat is netstat's, but whole tables have no layout there.
func chosenFormat(o *options) (render.Format, error) {
	name := o.format
	if name == "" && o.kinds != nil {
		name = "table"
	}
	if name == "" {
		name = "netstat"
	}
	f, _ := render.FormatByName(name)
	if o.kinds != nil && !f.Rows {
		return f, usagef("--format table is the default for them", "--format %s cannot show whole tables by kind", name)
	}
	return f, nil
}

// formatOptions are the options that only some formats can follow.
var formatOptions = []struct {
	name string
	used func(*options) bool
	may  func(render.Format) bool
}{
	{"--columns", func(o *options) bool { return o.columns != nil }, func(f render.Format) bool { return f.Rows && !f.Whole }},
	{"--sort", func(o *options) bool { return o.sort != nil }, func(f render.Format) bool { return f.Rows }},
	{"--no-header", func(o *options) bool { return o.noHeader }, func(f render.Format) bool { return f.Rows && !f.Whole && !f.Binary }},
	{"--output-dir", func(o *options) bool { return o.outputDir != "" }, func(f render.Format) bool { return f.Rows }},
	{"--csv-raw", func(o *options) bool { return o.rawCSV }, func(f render.Format) bool { return f.OneKind && !f.Binary }},
}

// check refuses options that the format cannot follow.
func (c choice) check(o *options) error {
	f := c.format
	if err := c.checkFormat(o); err != nil {
		return err
	}
	if o.outputDir != "" && o.output != "" {
		return usagef("--output for one file, --output-dir for one a kind", "--output and --output-dir cannot both be used")
	}
	if f.OneKind && len(c.kinds) > 1 && o.outputDir == "" {
		return usagef("choose with -t, -u, -w, -x, ... or --kinds, or write one file for each with --output-dir DIR",
			"%s holds one kind of row, and these options select %d: %s", f.Name, len(c.kinds), strings.Join(kindNames(c.kinds), ", "))
	}
	if f.Rows && len(c.kinds) == 0 {
		return usagef("--format netstat says what netstat says", "no kind of row has what these options select")
	}
	return c.checkColumns(o)
}

// checkFormat refuses options that the format alone cannot follow.
func (c choice) checkFormat(o *options) error {
	for _, opt := range formatOptions {
		if opt.used(o) && !opt.may(c.format) {
			return usagef("it goes with --format "+strings.Join(formatNames(opt.may), ", "), "%s does not go with --format %s", opt.name, c.format.Name)
		}
	}
	return nil
}

func kindNames(kinds []*rows.Kind) (names []string) {
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return names
}

// checkColumns: each name must be a column of one of the kinds at least, and
// each kind must have one of the names.
func (c choice) checkColumns(o *options) error {
	for _, list := range [][]string{o.columns, o.sort} {
		for _, name := range list {
			if err := c.checkColumn(strings.TrimPrefix(name, "-")); err != nil {
				return err
			}
		}
	}
	if o.columns == nil {
		return nil
	}
	partitioned := c.format.Partitioned && o.outputDir != ""
	for _, k := range c.kinds {
		its := slices.DeleteFunc(slices.Clone(o.columns), func(name string) bool { _, ok := k.Column(name); return !ok })
		switch {
		case len(its) == 0:
			return usagef("select fewer kinds, or more columns", "none of the --columns is one of kind %s", k.Name)
		case partitioned && slices.Equal(its, []string{render.PartitionColumn}):
			return usagef("select more columns", "the directories tell the %s: a file of kind %s would have no column", render.PartitionColumn, k.Name)
		}
	}
	return nil
}

func (c choice) checkColumn(name string) error {
	var all []string
	for _, k := range c.kinds {
		if _, ok := k.Column(name); ok {
			return nil
		}
		for _, column := range k.Columns() {
			all = append(all, column.Name)
		}
	}
	return usagef(suggest(name, all, "coldstat schema lists the columns of each kind"),
		"kind %s has no column %q", strings.Join(kindNames(c.kinds), ", "), name)
}

// suggest names what may have been meant, if anything is near.
func suggest(name string, all []string, otherwise string) string {
	slices.Sort(all)
	near := slices.DeleteFunc(slices.Compact(all), func(s string) bool {
		return levenshtein.ComputeDistance(name, s) > max(2, len(name)/3) && !strings.Contains(s, name)
	})
	slices.SortStableFunc(near, func(a, b string) int {
		return levenshtein.ComputeDistance(name, a) - levenshtein.ComputeDistance(name, b)
	})
	if len(near) == 0 || name == "" {
		return otherwise
	}
	return fmt.Sprintf("did you mean %s? %s", strings.Join(near[:min(len(near), 3)], ", "), otherwise)
}
