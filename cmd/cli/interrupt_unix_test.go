//go:build unix

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
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

// TestInterruptPartitions: it leaves no partition, and no directory of one, not even of the
// bundles that were read.
func TestInterruptPartitions(t *testing.T) {
	dir := t.TempDir()
	one := filepath.Join(fixtures.Root(t), "testdata", "captures", "lab-c.tar.gz")
	cmd := exec.Command(program(t), "-tanx", "--format", "parquet", "--output-dir", dir, one, "-")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	stopped(t, cmd, func() bool { return unfinished(filepath.Join(dir, "kind=unix", "host=web1")) > 0 })
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v are left", entries, err)
	}
}

// interrupt starts the program with a standard input from which nothing comes,
// and interrupts it when there is an unfinished file in dir.
func interrupt(t *testing.T, dir string, args []string) {
	t.Helper()
	cmd := exec.Command(program(t), args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	stopped(t, cmd, func() bool { return unfinished(dir) >= 0 })
}

// unfinished is the size of the unfinished file in a directory, or -1.
func unfinished(dir string) int64 {
	names, _ := filepath.Glob(filepath.Join(dir, ".*.tmp"))
	if len(names) == 0 {
		return -1
	}
	fi, err := os.Stat(names[0])
	if err != nil {
		return -1
	}
	return fi.Size()
}

// stopped starts the program, interrupts it when it is ready, and wants it to end at
// once: the bound is for busy machines.
func stopped(t *testing.T, cmd *exec.Cmd, ready func() bool) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); !ready(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			cmd.Process.Kill()
			t.Fatalf("%s: it is never where it is to be interrupted", cmd.Args)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	err := cmd.Wait()
	took := time.Since(start)
	t.Logf("it ended after %v", took)
	exit, ok := errors.AsType[*exec.ExitError](err)
	status, _ := exit.Sys().(syscall.WaitStatus)
	if !ok || exit.ExitCode() != exitInterrupted && status.Signal() != syscall.SIGINT {
		t.Errorf("%s: %v, want exit status %d or the signal", cmd.Args, err, exitInterrupted)
	}
	if took > 2*time.Second {
		t.Errorf("%s: it ended %v after the interrupt", cmd.Args, took)
	}
}

// TestInterruptStages: at each stage, Ctrl-C ends the program at once and leaves
// nothing behind.
func TestInterruptStages(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	top := t.TempDir()
	file := func(name string, parts ...[]byte) string {
		at := filepath.Join(top, name)
		if err := os.WriteFile(at, slices.Concat(parts...), 0o644); err != nil {
			t.Fatal(err)
		}
		return at
	}
	table := file("table.tar", bigTable(t, 400_000))
	written := func(dir string) bool { return unfinished(dir) > 0 }
	for _, tc := range []struct {
		name  string
		args  []string
		feed  func(io.Writer)
		ready func(dir string) bool
	}{
		{"a pipe that never ends", []string{"-tan", "-"}, endless, after(200 * time.Millisecond)},
		{"xz", []string{"-tan", file("b.xz", packedNoise(t, "xz", 500))}, nil, after(200 * time.Millisecond)},
		{"bzip2", []string{"-tan", file("b.bz2", packedNoise(t, "bz2", 500))}, nil, after(200 * time.Millisecond)},
		{"the search for a machine", []string{"-tan", file("b.tar", manyDirectories(90_000))}, nil, after(400 * time.Millisecond)},
		{"a large table", []string{"-tan", table}, nil, written},
		{"a sorted table", []string{"-tan", "--format", "csv", "--sort", "remote_port", table}, nil, after(200 * time.Millisecond)},
		{"slim", []string{"slim", table}, nil, written},
		{"several at once", []string{"-tan", table, "-", file("c.xz", packedNoise(t, "xz", 500)), table}, endless, written},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			output := filepath.Join(dir, "output.tar.zst")
			cmd := exec.Command(program(t), append(tc.args, "--output", output)...)
			if tc.feed != nil {
				in, err := cmd.StdinPipe()
				if err != nil {
					t.Fatal(err)
				}
				go tc.feed(in)
			}
			stopped(t, cmd, func() bool { return tc.ready(dir) })
			if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
				t.Errorf("%v, %v are left", entries, err)
			}
		})
	}
	t.Run("without a file", func(t *testing.T) {
		cmd := exec.Command(program(t), "-tan", "-")
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		go endless(in)
		began := time.Now()
		stopped(t, cmd, func() bool { return time.Since(began) > 300*time.Millisecond })
	})
}

// bigTable is a plain tar with one table of so many sockets.
func bigTable(t *testing.T, n int) []byte {
	var table bytes.Buffer
	if err := (fixtures.Big{Rows: n}).TCP(&table); err != nil {
		t.Fatal(err)
	}
	return append(fixtures.TarMember("proc/net/tcp", '0', "", table.String()), make([]byte, 1024)...)
}

// manyDirectories is a tar without a machine in which it is sought for long.
func manyDirectories(n int) (data []byte) {
	for i := range n {
		data = append(data, fixtures.TarHeader(fmt.Sprintf("%d/proc/", i), '5', "", 0)...)
	}
	return append(data, make([]byte, 1024)...)
}

// endless writes a tar with a member that never ends.
func endless(w io.Writer) {
	block := make([]byte, 1<<16)
	if _, err := w.Write(fixtures.MemberHead("zeros", 1<<40)); err != nil {
		return
	}
	for {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// packedNoise is a compressed tar of which most of a member is missing, as many times a
// stream of 256 KiB.
func packedNoise(t *testing.T, ending string, times int) []byte {
	noise := make([]byte, 256<<10)
	for i, r := 0, rand.New(rand.NewPCG(1, 1)); i < len(noise); i++ {
		noise[i] = 'a' + byte(r.IntN(4))
	}
	compress := fixtures.Compressors()[ending]
	return append(compress(t, fixtures.MemberHead("noise", 1<<35)), bytes.Repeat(compress(t, noise), times)...)
}

// after is so long after the unfinished file appeared.
func after(d time.Duration) func(string) bool {
	var began time.Time
	return func(dir string) bool {
		if began.IsZero() && unfinished(dir) >= 0 {
			began = time.Now()
		}
		return !began.IsZero() && time.Since(began) > d
	}
}
