// Package cli is the command line of coldstat.
package cli

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"github.com/coldstat/coldstat/parser/names"
)

// Main runs the program and gives its exit code.
func Main(args []string, s Streams) int { return runMain(args, s, runNetstat) }

// runMain is Main with another view than netstat's.
func runMain(args []string, s Streams, run func(Streams, *options, []string) error) int {
	boundGarbage()
	s.completing = len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
	out := &outWriter{w: s.Out}
	s.Out = out
	root := newRoot(s, run)
	if !isCommand(root, args) {
		args = arguments(root.Flags(), args)
	} else if c, _, err := root.Find(args[:1]); err == nil && c != root && c.Flags().Lookup(filterFlag) != nil {
		args = append(args[:1:1], arguments(c.Flags(), args[1:])...)
	}
	root.SetArgs(args)
	err := root.Execute()
	if wanted, ok := errors.AsType[*textWanted](err); ok {
		_, err = io.WriteString(s.Out, wanted.text())
	}
	if _, told := errors.AsType[*exitError](err); !told && out.err != nil { // cobra keeps such errors, or gives them as they are
		err = writeError(out.err)
	}
	return finish(s.Err, err)
}

// An outWriter remembers that its output could not be written.
type outWriter struct {
	w   io.Writer
	err error
}

func (o *outWriter) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil {
		o.err = err
	}
	return n, err
}

// runBundles finds out which bundles are meant and runs the view of them.
func runBundles(s Streams, o *options, bundles []string, run func(Streams, *options, []string) error) error {
	if len(bundles) == 0 {
		if s.InIsTerminal {
			return usagef("for example: coldstat -tan sosreport-host.tar.xz", "no BUNDLE: name a directory, a tar or zip archive, compressed or not, or - for standard input")
		}
		bundles = []string{"-"}
	}
	if i := slices.Index(bundles, "-"); i >= 0 && slices.Contains(bundles[i+1:], "-") {
		return usagef("name - once; other bundles can be files", "standard input can only be read once")
	}
	return run(s, o, bundles)
}

// isCommand reports whether the first argument is the name of a command. A
// bundle of that name is ./schema.
func isCommand(root *cobra.Command, args []string) bool {
	if len(args) == 0 {
		return false
	}
	switch args[0] {
	case cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd, "completion", "help":
		return true
	}
	return slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == args[0] })
}

// newRoot makes the main command: netstat's options and the bundles. run gets
// the parsed options.
func newRoot(s Streams, run func(Streams, *options, []string) error) *cobra.Command {
	o := &options{services: names.Auto, byteOrder: "auto"}
	cmd := &cobra.Command{
		Use:           usageLine,
		Short:         oneLine,
		Args:          cobra.ArbitraryArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(_ *cobra.Command, bundles []string) error {
			return runBundles(s, o, bundles, run)
		},
	}
	cmd.SetIn(s.In)
	cmd.SetOut(s.Out)
	cmd.SetErr(s.Err)
	p := define(cmd.Flags(), netstatFlags(o), ownFlags(o))
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return p.parseError(err) })
	cmd.SetHelpCommand(&cobra.Command{
		Use: "help", Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return &textWanted{helpText} },
	})
	cmd.AddCommand(subcommands(s, run)...)
	complete(s, cmd, o)
	return cmd
}

// subcommands is THE list of commands besides the views.
func subcommands(s Streams, run func(Streams, *options, []string) error) []*cobra.Command {
	return []*cobra.Command{newFiles(s, run), newTriage(s), newTop(s), newDiff(s), newPeers(s), newSlim(s), newCaptureScript(s), newSchema(s)}
}

func versionText() string {
	return fmt.Sprintf("coldstat %s\nshows what netstat of net-tools 2.10 would have shown\n", version())
}

// version is what the module system knows of the build.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
