package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// aboutSlim is what the help of the command says besides its options.
const aboutSlim = `FILE is a tar whose files are sorted, of one time and of nobody, so that the same
bundle gives the same bytes. Every view of it equals the bundle's. Of command
lines only the first word is kept, as passwords may stand behind it; of
etc/passwd only names and numbers; of fd links that were captured as files their
first 64 bytes. What could not be read stays told: FILE says so whenever it is read.
`

const slimExample = "coldstat slim sosreport-web1.tar.xz -o web1.tar.zst"

// newSlim makes the command that writes a bundle with only what is read of one.
func newSlim(s Streams) *cobra.Command {
	o := &options{services: names.Auto, byteOrder: "auto"}
	cmd := &cobra.Command{
		Use:                   "slim BUNDLE -o FILE",
		Short:                 "write a small bundle with only what coldstat reads: smaller to send, faster to read",
		Args:                  cobra.ArbitraryArgs,
		DisableFlagsInUseLine: true,
		RunE: func(_ *cobra.Command, bundles []string) error {
			if err := checkSlim(s, o, bundles); err != nil {
				return err
			}
			return runBundles(s, o, bundles, runSlim)
		},
	}
	p := define(cmd.Flags(), nil, slimFlags(o))
	cmd.SetFlagErrorFunc(p.commandError)
	cmd.SetHelpFunc(func(c *cobra.Command, _ []string) {
		commandHelp(s, c, slimFlags(o))
		io.WriteString(s.Out, "\n"+aboutSlim)
	})
	return cmd
}

func slimFlags(o *options) []flag {
	verbose := pflag.Value(action(func() error { o.Verbose = true; return nil }))
	return []flag{
		{"o", "output", listValue(o.setOutput), "the file to write, or - for standard output; its ending says how: " +
			strings.Join(bundle.Endings(), ", ") + "; it gets its name when it is complete"},
		limitFlag(o),
		{"v", "verbose", verbose, "say how large the bundle and the file are, also if not to a terminal"},
	}
}

// checkSlim refuses what cannot be done before anything is read.
func checkSlim(s Streams, o *options, bundles []string) error {
	if len(bundles) > 1 {
		return usagef("run coldstat slim once for each BUNDLE", "slim takes one BUNDLE, as --output names one file: there are %d", len(bundles))
	}
	switch {
	case o.output == "":
		return usagef("for example: "+slimExample, "slim needs --output FILE")
	case o.output == "-" && s.OutIsTerminal:
		return usagef("name a file, or pipe it: coldstat slim BUNDLE -o - | ssh host 'cat > small"+bundle.DefaultEnding+"'", "standard output is a terminal, and an archive is not for it")
	case o.output == "-":
		return nil
	}
	if _, err := bundle.Pack(io.Discard, o.output); err != nil {
		return usagef("for example: "+slimExample, "--output: %w", err)
	}
	return nil
}

// runSlim writes the small bundle of the only bundle.
func runSlim(s Streams, o *options, bundles []string) error {
	name := bundles[0]
	before := fileSize(name) // it may be what is replaced
	var out files
	w, ending := s.Out, bundle.DefaultEnding
	if o.output != "-" {
		file, err := out.create(o.output)
		if err != nil {
			return outputError(err)
		}
		w, ending = file, o.output
	}
	count := &countWriter{w: w}
	r := &reporter{w: s.Err, verbose: o.Verbose}
	if err := slimBundle(s, name, count, ending, o, r); err != nil {
		out.discard()
		return err
	}
	if err := out.commit(); err != nil {
		return writeError(err)
	}
	if s.ErrIsTerminal || o.Verbose {
		tellSizes(r, name, before, o.output, count.n)
	}
	if r.code != exitOK {
		return &exitError{code: r.code}
	}
	return nil
}

func slimBundle(s Streams, name string, w io.Writer, ending string, o *options, r *reporter) error {
	b, err := openBundle(reading{Streams: s, o: &options{netns: allNamespaces, limits: o.limits}, want: snapshot.Names()}, name, r)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := slim(w, ending, b, name, r); err != nil {
		return writeError(err)
	}
	return nil
}

// slim writes what is read of the bundle: each machine in a directory of its own.
func slim(w io.Writer, ending string, b *bundle.Bundle, name string, r *reporter) error {
	packed, err := bundle.Pack(w, ending)
	if err != nil {
		return err
	}
	var to *bundle.Writer
	tops := map[string]bool{}
	for i := range b.Machines {
		m := &b.Machines[i]
		facts := snapshot.Load(m, byteOrder("auto", false)).Facts()
		top := unused(topDirectory(facts.Host.Value, whereIs(m), name), tops)
		if to == nil {
			at, _ := facts.CapturedAt.Get()
			to, err = bundle.NewWriter(packed, bundle.WriterOptions{Top: top, Time: at, Damage: b.Damage})
		} else {
			err = to.Next(top)
		}
		if err == nil {
			err = slimMachine(to, m, r)
		}
		if err != nil {
			return err
		}
	}
	if err := to.Close(); err != nil {
		return err
	}
	return packed.Close()
}

// slimMachine writes what is read of a machine, and what its network namespaces
// have besides.
func slimMachine(to *bundle.Writer, m *bundle.Machine, r *reporter) error {
	views := []fs.FS{m}
	for _, space := range m.Namespaces() {
		views = append(views, space)
	}
	written := map[string]bool{}
	for _, view := range views {
		slimmer := snapshot.Slimmer{
			Snapshot: snapshot.Load(view, byteOrder("auto", false)), To: to, Refused: bundle.ErrName, Lost: r.lost, Written: written,
		}
		if err := slimmer.Slim(); err != nil {
			return err
		}
	}
	return nil
}

// unused gives a name that no other machine has.
func unused(top string, taken map[string]bool) string {
	name := top
	for i := 2; taken[name]; i++ {
		name = fmt.Sprintf("%s-%d", top, i)
	}
	taken[name] = true
	return name
}

// maxTop is the longest name of a top directory.
const maxTop = 64

// topDirectory is named after the host, else as the machine's directory was in
// the bundle, else as the bundle: of letters, digits, dots, dashes and
// underscores, and not like a directory in which the machine would be sought.
func topDirectory(host, base, name string) string {
	if base == "." {
		base = filepath.Base(name)
	}
	base = bundle.Stem(path.Base(base))
	if host == "" {
		host = base
	}
	top := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '_'
	}, host)
	top = strings.TrimLeft(top[:min(len(top), maxTop)], ".-")
	switch {
	case top == "":
		return "host"
	case slices.Contains([]string{"proc", "sys", "etc", "net"}, top):
		return "host-" + top
	}
	return top
}

// lost speaks of what a small bundle could not get.
func (r *reporter) lost(err error) {
	r.say(warning, "%v", err)
	r.code = max(r.code, exitDamaged)
}

// fileSize is -1 for what is no file.
func fileSize(name string) int64 {
	fi, err := os.Stat(name)
	if err != nil || !fi.Mode().IsRegular() {
		return -1
	}
	return fi.Size()
}

func tellSizes(r *reporter, name string, before int64, output string, after int64) {
	if output == "-" {
		output = "standard output"
	}
	if before < 0 {
		r.Notef("%s: %s", output, size(after))
		return
	}
	r.Notef("%s: %s, %s: %s", name, size(before), output, size(after))
}

// size is a number of bytes with at most three digits.
func size(n int64) string {
	f, units := float64(n), []string{"bytes", "kB", "MB", "GB", "TB"}
	i := 0
	for f >= 999.5 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	if i == 0 || f >= 99.95 {
		return fmt.Sprintf("%.0f %s", f, units[i])
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

// A countWriter counts what is written.
type countWriter struct {
	w io.Writer
	n int64
}

func (c *countWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// slowRun is how long a run may take before the way to a faster one is told.
const slowRun = 5 * time.Second

// hintSlim tells, on a terminal, of slim after a slow run over a file.
func hintSlim(s Streams, start time.Time, bundles []string) {
	if s.ErrIsTerminal && s.now().Sub(start) > slowRun && slices.ContainsFunc(bundles, func(name string) bool { return fileSize(name) >= 0 }) {
		fmt.Fprintf(s.Err, "coldstat: hint: %s\n", words.Safe("coldstat slim BUNDLE -o small"+bundle.DefaultEnding+" makes the next runs faster"))
	}
}
