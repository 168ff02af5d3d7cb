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
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "coldstat")
	if err := os.Symlink(self, name); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, "socket.ndjson")
	if err := os.WriteFile(old, []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, to := range [][]string{{"--output", old}, {"--output-dir", dir}} {
		cmd := exec.Command(name, append([]string{"-tan", "--format", "ndjson", "-"}, to...)...)
		in, err := cmd.StdinPipe() // from which nothing comes
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
			t.Errorf("%s: %v, want exit status %d", to[0], exit, exitInterrupted)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(old); len(entries) != 1 || string(text) != "old\n" {
			t.Errorf("%s: %v, %q, %v; want the old file and no other", to[0], entries, text, err)
		}
	}
}
