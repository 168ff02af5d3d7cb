package cli

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// manFlag prints the manual page. It is for `make man` and cannot be shortened.
const manFlag = "man-page"

// ownFlags are coldstat's own options.
func ownFlags(o *options) []flag {
	set := func(target *bool) pflag.Value { return action(func() error { *target = true; return nil }) }
	format := func(name string) pflag.Value { return action(func() error { o.format = name; return nil }) }
	return []flag{
		{"", "format", listValue(o.setFormat), "how to write: " + strings.Join(formatNames(anyFormat), ", ") + "; csv, tsv and parquet hold one kind of row"},
		{"", "json", format("json"), "the same as --format json"},
		{"", "csv", format("csv"), "the same as --format csv"},
		{"", "kinds", listValue(o.setKinds), "whole tables by the kind of their rows, comma-separated: all, " + strings.Join(kindNames(rows.Kinds()), ", ") +
			"; as with -a, unless -l is given; the default format is then table"},
		{"", "columns", listValue(o.setColumns), "only these columns, comma-separated, in this order; `coldstat schema` lists them; not for netstat and json"},
		{"", "sort", listValue(o.setSort), "sort the rows by these columns, comma-separated, - before one for the reverse order; at most 1,048,576 rows; not for netstat"},
		{"", "no-header", set(&o.noHeader), "without the line of column names"},
		{"", "csv-raw", set(&o.rawCSV), "csv and tsv: write texts that a spreadsheet would run as formulas as they are, without an apostrophe before them"},
		{"", "output", listValue(o.setOutput), "write to this file; it gets its name when it is complete"},
		{"", "output-dir", listValue(o.setOutputDir), "write one file for each kind of row into this directory, such as socket.csv; parquet: for each machine as well, such as kind=socket/host=web1/BUNDLE-NUMBER.parquet"},
		{"", filterFlag, listValue(o.setFilter),
			"only the sockets for which this is true, in the language of ss: the same as `coldstat BUNDLE -- FILTER`"},
		{"", "all-counters", set(&o.AllCounters),
			"with -s: also the counters that are zero, and those that netstat never shows"},
		{"", "explain", set(&o.Explain),
			"with -s: below each counter a line on what it means and when it is bad"},
		{"", "host", listValue(func(s string) error { return setPath(&o.host, s) }),
			"of a bundle with several machines only this one: its name, or that of its archive or directory in the bundle"},
		{"", "netns", listValue(func(s string) error { return setPath(&o.netns, s) }),
			"the tables of this network namespace, or of all of them; default is that of proc/net; `coldstat files` lists them"},
		{"", "quick", set(&o.quick),
			"end the reading of a tar, compressed or not, when the view's tables and files of names (of which -n needs none) were found; damage, other machines and files behind that place, also of the same names, are not known then; without effect with -p, -i, --host and --netns, and where one of these files is not there"},
		{"", "xz-command", listValue(o.setXzCommand),
			"decompress xz with this program, such as xz: it is given -dc and reads standard input; no program is run otherwise"},
		limitFlag(o),
		{"", "services", listValue(func(s string) error {
			if s == "" {
				return errors.New("it is empty")
			}
			o.services = names.Source(s)
			return nil
		}),
			"where names of ports come from: auto, bundle, builtin, none, or a FILE like etc/services (default auto: the bundle's, else the built-in table)"},
		{"", "byte-order", listValue(func(s string) error {
			if s != "auto" && s != "little" && s != "big" {
				return fmt.Errorf("%q is none of auto, little and big", s)
			}
			o.byteOrder = s
			return nil
		}), "of the captured machine: auto, little or big (default auto: told from its routes and sockets, else from its architecture)"},
		{"", manFlag, action(func() error { return &textWanted{manPage} }), ""},
	}
}

// limitFlag sets what a hostile bundle may cost.
func limitFlag(o *options) flag {
	var all []string
	for _, limit := range bundle.LimitList() {
		all = append(all, limit.Name+"="+limit.Text(limit.Default)+" for "+limit.What)
	}
	return flag{"", "limit", listValue(o.setLimits), "what a bundle may cost: NAME=VALUE, comma-separated, sizes also as 512M or 2GiB; by default " + strings.Join(all, "; ")}
}

// setLimits sets limits, each as NAME=VALUE.
func (o *options) setLimits(list string) error {
	for text := range strings.SplitSeq(list, ",") {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("%q is no NAME=VALUE", text)
		}
		if err := o.limits.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// formatNames lists the formats that may do something.
func formatNames(may func(render.Format) bool) (names []string) {
	for _, f := range render.Formats() {
		if may(f) {
			names = append(names, f.Name)
		}
	}
	return names
}

func anyFormat(render.Format) bool { return true }

func (o *options) setFormat(name string) error {
	if _, ok := render.FormatByName(name); !ok {
		return fmt.Errorf("%q is none of %s", name, strings.Join(formatNames(anyFormat), ", "))
	}
	o.format = name
	return nil
}

func (o *options) setKinds(list string) (err error) {
	o.kinds, err = kindsIn(list, rows.Kinds())
	o.allKinds = len(o.kinds) > 0 && slices.Contains(strings.Split(list, ","), "all")
	return err
}

// kindsIn finds the kinds of a list of names. All of them are those that are not about
// the bundle.
func kindsIn(list string, among []*rows.Kind) (kinds []*rows.Kind, err error) {
	for name := range strings.SplitSeq(list, ",") {
		if name == "all" {
			return slices.DeleteFunc(slices.Clone(among), func(k *rows.Kind) bool { return k.About }), nil
		}
		i := slices.IndexFunc(among, func(k *rows.Kind) bool { return k.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%q is none of all, %s", name, strings.Join(kindNames(among), ", "))
		}
		if !slices.Contains(kinds, among[i]) {
			kinds = append(kinds, among[i])
		}
	}
	return kinds, nil
}

// namesIn cuts a list of names at its commas. Which names there are depends on
// other options.
func namesIn(list string) (names []string, err error) {
	for name := range strings.SplitSeq(list, ",") {
		switch {
		case name == "":
			return nil, errors.New("a name in it is empty")
		case slices.Contains(names, name):
			return nil, fmt.Errorf("%q stands in it twice", name)
		}
		names = append(names, name)
	}
	return names, nil
}

func (o *options) setColumns(list string) (err error) {
	o.columns, err = namesIn(list)
	return err
}

func (o *options) setSort(list string) (err error) {
	o.sort, err = namesIn(list)
	return err
}

func (o *options) setOutput(name string) error { return setPath(&o.output, name) }

func (o *options) setOutputDir(name string) error { return setPath(&o.outputDir, name) }

func setPath(target *string, name string) error {
	if name == "" {
		return errors.New("it is empty")
	}
	*target = name
	return nil
}

// setXzCommand takes a program and its arguments.
func (o *options) setXzCommand(text string) error {
	words := strings.Fields(text)
	if len(words) == 0 {
		return errors.New("it is empty")
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return fmt.Errorf("no program %q can be found", words[0])
	}
	o.xzCommand = words
	return nil
}
