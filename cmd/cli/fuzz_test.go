package cli

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// FuzzArguments: no command line makes us panic. It is understood, or refused with one
// error on stderr that drives no terminal and the status for that; operands come through
// as they are, and getopt's freedom changes nothing when it was used up already.
func FuzzArguments(f *testing.F) {
	for _, args := range [][]string{
		{"-tanp", "b"}, {"b", "-tan", "--", "-x"}, {"--list", "b"}, {"-A=inet,unix", "b"}, {"-A", "inet"}, {"--protocol=ipx", "-6"}, {"-t", "--sort", "-state,pid", "b"},
		{"--json", "--csv"}, {"--format", "ndjson", "--columns=state", "-"}, {"-c", "b"}, {"--uni"}, {"--output"}, {"-"}, {"--"}, {"---"}, {"--=x"}, {"-\x1b[31m"},
		{"--\u202e=1"}, {"--kinds", "all,\xff"}, {"--help"}, {"-h"}, {"-V"}, {"--verb"}, {"schema", "--format", "json"}, {"help", "x"}, {"files", "-v", "b"}, {"", ""},
		{"__complete", "--for"}, {"completion", "zsh"}, {"--xz-command", "x", "--quick", "b"}, {"-test.v"}, {"--netns=all", "--host", "a\nb", "b"},
	} {
		f.Add(strings.Join(args, "\x00"))
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, "\x00")
		if args[0] == "slim" {
			return // it writes files
		}
		understood := func(args []string) (bundles []string, out, errs string, code int) {
			var stdout, stderr bytes.Buffer
			code = runMain(args, Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr}, func(_ Streams, _ *options, list []string) error {
				bundles = list
				return nil
			})
			return bundles, stdout.String(), stderr.String(), code
		}
		bundles, out, errs, code := understood(slices.Clone(args))
		if !slices.Contains([]int{exitOK, exitLacking, exitFailed, exitUsage}, code) || (code != exitOK) != strings.HasPrefix(errs, "coldstat: error: ") {
			t.Errorf("%q: status %d, stderr %q", args, code, errs)
		}
		if code == exitOK && errs == "" && bundles == nil && out == "" && !slices.Contains(args, "__complete") && !slices.Contains(args, "__completeNoDesc") {
			t.Errorf("%q does nothing", args)
		}
		if !strings.HasPrefix(args[0], "__complete") && unsafeText(errs) != "" {
			t.Errorf("%q: stderr has %q", args, unsafeText(errs))
		}
		root := newRoot(Streams{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}, nil)
		if bundles == nil || isCommand(root, args) {
			return
		}
		again, _, errs, code := understood(arguments(root.Flags(), args))
		if !slices.Equal(again, bundles) || code != exitOK {
			t.Errorf("%q: operands %q, when sorted %q and status %d, %q", args, bundles, again, code, errs)
		}
	})
}
