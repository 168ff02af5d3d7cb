//go:build unix

package cli

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// TestDiskFull: when a file cannot be written to its end, that is told, what was there
// stays, and nothing else is left. A limit on the size of files stands for the disk.
func TestDiskFull(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip(err)
	}
	big := filepath.Join(fixtures.Root(t), "testdata", "captures", "big.tar.gz")
	for _, tc := range []struct {
		name, old string
		args      []string
	}{
		{"netstat", "x", []string{"-an", big, "--output", "x"}},
		{"two bundles", "x", []string{"-an", big, big, "--output", "x"}},
		{"json", "x", []string{"-an", "--json", big, "--output", "x"}},
		{"html", "x", []string{"-an", "--format", "html", big, "--output", "x"}},
		{"table", "x", []string{"-tan", "--format", "table", big, "--output", "x"}},
		{"csv of each kind", "socket.csv", []string{"-n", "--kinds", "all", "--csv", big, "--output-dir", "."}},
		{"files", "x", []string{"files", "--json", big, "--output", "x"}},
		{"slim to tar", "x.tar", []string{"slim", big, "-o", "x.tar"}},
		{"slim to gzip", "x.tar.gz", []string{"slim", big, "-o", "x.tar.gz"}},
		{"slim to zstd", "x.tar.zst", []string{"slim", big, "-o", "x.tar.zst"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, tc.old), []byte("old\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("sh", append([]string{"-c", `ulimit -f 8 || exit 77; exec "$0" "$@"`, program(t)}, tc.args...)...)
			cmd.Dir = dir
			var errs bytes.Buffer
			cmd.Stderr = &errs
			err := cmd.Run()
			exit, ok := errors.AsType[*exec.ExitError](err)
			if ok && exit.ExitCode() == 77 {
				t.Skip("the shell cannot limit the size of files")
			}
			if !ok || exit.ExitCode() != exitFailed {
				t.Fatalf("%v, want exit status %d; stderr %q", err, exitFailed, errs.String())
			}
			if want := "coldstat: error: cannot write the output: write " + tc.old + ": file too large\n"; errs.String() != want {
				t.Errorf("stderr %q, want %q", errs.String(), want)
			}
			entries, err := os.ReadDir(dir)
			if text, _ := os.ReadFile(filepath.Join(dir, tc.old)); err != nil || len(entries) != 1 || string(text) != "old\n" {
				t.Errorf("%v, %v; %s holds %q; want only the old one", entries, err, tc.old, text)
			}
		})
	}
}

// TestFullDevice: a device that takes nothing, as an output that is written in place.
func TestFullDevice(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	capture := filepath.Join(fixtures.Root(t), "testdata", "captures", "lab-c.tar.gz")
	const want = "coldstat: error: cannot write the output: write /dev/full: no space left on device\n"
	for _, args := range [][]string{{"-tan", capture, "--output", "/dev/full"}, {"-tan", "--json", capture, "--output", "/dev/full"}, {"files", capture, "--output", "/dev/full"}} {
		stdout, stderr, code := ours(args...)
		if stdout != "" || stderr != want || code != exitFailed {
			t.Errorf("coldstat %q: exit %d, stdout %q, stderr %q; want %d and %q", args, code, stdout, stderr, exitFailed, want)
		}
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	for _, args := range [][]string{{"slim", capture, "-o", "-"}, {"schema"}, {"capture-script"}, {"completion", "bash"}, {"--help"}, {"slim", "--help"}, {"--man-page"}} {
		var errs bytes.Buffer
		code := Main(args, Streams{In: bytes.NewReader(nil), Out: full, Err: &errs})
		if code != exitFailed || errs.String() != want {
			t.Errorf("coldstat %q: exit %d, stderr %q; want %d and %q", args, code, errs.String(), exitFailed, want)
		}
	}
}

// TestClosedPipe: whoever reads the output and goes away hears nothing.
func TestClosedPipe(t *testing.T) {
	big := filepath.Join(fixtures.Root(t), "testdata", "captures", "big.tar.gz")
	for _, args := range [][]string{{"-an", big}, {"-an", big, big}, {"-an", "--json", big}, {"-n", "--kinds", "socket", "--csv", big}, {"slim", big, "-o", "-"}, {"files", big}, {"schema"}, {"capture-script"}, {"completion", "bash"}, {"--help"}, {"slim", "--help"}} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		var errs bytes.Buffer
		code := Main(args, Streams{In: bytes.NewReader(nil), Out: w, Err: &errs})
		w.Close()
		if code != exitFailed || errs.Len() > 0 {
			t.Errorf("coldstat %q: exit %d, stderr %q; want %d and nothing", args, code, errs.String(), exitFailed)
		}
	}
}
