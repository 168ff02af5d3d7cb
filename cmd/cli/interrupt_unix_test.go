//go:build unix

package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestInterrupt: Ctrl-C in the middle leaves no unfinished file, and what was
// there stays.
func TestInterrupt(t *testing.T) {
	for _, tt := range []struct {
		old  string
		args func(dir, old string) []string
	}{
		{"socket.ndjson", func(_, old string) []string { return []string{"-tan", "--format", "ndjson", "-", "--output", old} }},
		{"socket.ndjson", func(dir, _ string) []string { return []string{"-tan", "--format", "ndjson", "-", "--output-dir", dir} }},
		{"small.tar.zst", func(_, old string) []string { return []string{"slim", "-", "-o", old} }},
	} {
		dir := t.TempDir()
		old := filepath.Join(dir, tt.old)
		if err := os.WriteFile(old, []byte("old\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		args := tt.args(dir, old)
		interrupt(t, dir, args)
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(old); len(entries) != 1 || string(text) != "old\n" {
			t.Errorf("%s: %v, %q, %v; want the old file and no other", args, entries, text, err)
		}
	}
}

// interrupt starts the program with a standard input from which nothing comes,
// and interrupts it when there is an unfinished file in dir.
func interrupt(t *testing.T, dir string, args []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "coldstat")
	if err := os.Symlink(self, name); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if tmp, _ := filepath.Glob(filepath.Join(dir, ".*.tmp")); len(tmp) > 0 {
			break
		}
		if time.Now().After(deadline) {
			cmd.Process.Kill()
			t.Fatal("no unfinished file to interrupt")
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	exit, ok := errors.AsType[*exec.ExitError](cmd.Wait())
	if !ok || exit.ExitCode() != exitInterrupted {
		t.Errorf("%s: %v, want exit status %d", args, exit, exitInterrupted)
	}
}
