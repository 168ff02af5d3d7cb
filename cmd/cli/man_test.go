package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
)

func allFlags() []flag {
	o := &options{}
	return slices.Concat(netstatFlags(o), ownFlags(o))
}

// parses tells what the command line says to these words, without opening
// anything.
func parses(args []string) error {
	root := newRoot(Streams{}, func(Streams, *options, []string) error { return nil })
	root.SetArgs(arguments(root.Flags(), args))
	return root.Execute()
}

func TestManPage(t *testing.T) {
	page, stderr, code := ours("--man-page")
	if code != exitOK || stderr != "" {
		t.Fatalf("--man-page: exit %d, stderr %q", code, stderr)
	}
	for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"} {
		if !strings.Contains(page, "\n.SH "+section+"\n") {
			t.Errorf("no section %s", section)
		}
	}
	for _, f := range listed(allFlags()) {
		if want := "\n.TP\n.B " + roff(f.names()) + "\n" + roff(f.help) + "\n"; !strings.Contains(page, want) {
			t.Errorf("option --%s is not listed as %q", f.long, want)
		}
	}
	for _, s := range exitStatuses {
		if !strings.Contains(page, fmt.Sprintf("\n.B %d\n%s\n", s.code, roff(s.means))) {
			t.Errorf("exit status %d is missing", s.code)
		}
	}
	request := regexp.MustCompile(`^\.(TH|SH|SS|TP|PP|B|BR) ?`)
	for i, line := range strings.Split(strings.TrimSuffix(page, "\n"), "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, "'"):
			t.Errorf("line %d is empty or a request: %q", i+1, line)
		case line[0] == '.' && !request.MatchString(line):
			t.Errorf("line %d is a request that is not used here: %q", i+1, line)
		case strings.ContainsAny(line, "\t\x1b"):
			t.Errorf("line %d has control characters: %q", i+1, line)
		}
	}
}

func TestRoff(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"-t, --tcp", `\-t, \-\-tcp`},
		{`a\b`, `a\eb`},
		{".x\n'y'", `\&.x` + "\n" + `\(aqy\(aq`},
	} {
		if got := roff(tt.in); got != tt.want {
			t.Errorf("roff(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestHelpFitsTerminals: no line of --help is wider than a terminal.
func TestHelpFitsTerminals(t *testing.T) {
	for line := range strings.Lines(helpText()) {
		if n := len(strings.TrimSuffix(line, "\n")); n > 82 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// TestManPageOptionIsNotShortened: it is not listed, so nobody finds it by
// accident.
func TestManPageOptionIsNotShortened(t *testing.T) {
	for _, name := range []string{"man-", "man-p", "man-pag"} {
		if err := parses([]string{"--" + name, "x"}); err == nil || !strings.Contains(err.Error(), "unrecognized") {
			t.Errorf("--%s: %v, want unrecognized", name, err)
		}
	}
}

// TestLiveExample runs the example that captures a machine over ssh, with an
// ssh that stays here.
func TestLiveExample(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	for _, tool := range []string{"sh", "cp", "tar", "mktemp"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s", tool)
		}
	}
	if _, err := os.Stat("/proc/net/tcp"); err != nil {
		t.Skip("needs a Linux machine to capture")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	ssh := "#!/bin/sh\nshift\nexec sh -c \"$*\" 2>/dev/null\n"
	if err := os.WriteFile(filepath.Join(bin, "ssh"), []byte(ssh), 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "coldstat")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", liveExample)
	cmd.WaitDelay = time.Second
	cmd.Env = append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "TMPDIR="+dir)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v; stderr %q", liveExample, err, errs.String())
	}
	if errs.Len() != 0 {
		t.Errorf("stderr %q, want nothing", errs.String())
	}
	if !strings.HasPrefix(out.String(), "Active Internet connections (servers and established)\n") {
		t.Errorf("stdout %q, want the TCP sockets of this machine", out.String())
	}
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(fixtures.Root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestExamplesParse: what README and --help tell to type is understood.
func TestExamplesParse(t *testing.T) {
	command := regexp.MustCompile(`coldstat (-[^` + "`" + `|>\n]*?)(?:  |$|[` + "`" + `|>\n])`)
	n := 0
	for _, text := range []string{readme(t), helpText()} {
		for _, m := range command.FindAllStringSubmatch(text, -1) {
			n++
			args := regexp.MustCompile(`'[^']*'|\S+`).FindAllString(m[1], -1)
			for i := range args {
				args[i] = strings.Trim(args[i], "'")
			}
			if err := parses(args); err != nil && err.Error() != (&textWanted{}).Error() && !strings.Contains(err.Error(), "standard input") {
				t.Errorf("coldstat %q: %v", args, err)
			}
			o := &options{}
			root := newRoot(Streams{}, func(_ Streams, got *options, _ []string) error { o = got; return nil })
			root.SetArgs(arguments(root.Flags(), args))
			if err := root.Execute(); err == nil {
				if _, err := choose(o); err != nil {
					t.Errorf("coldstat %q: %v", args, err)
				}
			}
		}
	}
	if n < 15 {
		t.Errorf("%d command lines found, want at least 15", n)
	}
}

// TestREADMEAgrees: the README's exit statuses and options of our own are those
// of --help.
func TestREADMEAgrees(t *testing.T) {
	text := readme(t)
	for _, s := range exitStatuses {
		if row := fmt.Sprintf("| %d | %s |", s.code, s.means); !strings.Contains(text, row) {
			t.Errorf("README has no row %q", row)
		}
	}
	for _, f := range listed(ownFlags(&options{})) {
		if !regexp.MustCompile(`--` + f.long + `\b`).MatchString(text) {
			t.Errorf("README does not tell of --%s", f.long)
		}
	}
}
