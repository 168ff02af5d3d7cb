package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

const mib = 1 << 20

// TestPeak: the peak of memory is what a bundle of a gigabyte, and each bomb, may
// take at most, whatever the environment says to the collector.
func TestPeak(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	type run struct {
		name  string
		write func(w io.Writer) error
		args  string
		code  int
		most  int // MiB
	}
	udp := fixtures.Kernel{}.Inet("udp", nil)
	row := "    0: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 20000 2 0000000000000000 0         \n"
	runs := []run{
		{"1 GiB", func(w io.Writer) error { return fixtures.Member(w, "var/log/messages", "", "a line of a log\n", 1<<30) }, "-tan -", exitOK, 48},
		{"a table of 64 MiB", func(w io.Writer) error { return fixtures.Member(w, "proc/net/udp", udp, row, 64*mib) }, "-uan -", exitOK, 64 + 80},
		{"a table beyond the limit", func(w io.Writer) error { return fixtures.Member(w, "proc/net/udp", udp, row, 64*mib) }, "-uan --limit held=16M -", exitDamaged, 16 + 48},
		{"an extended header of 256 MiB", func(w io.Writer) error { return fixtures.LongHeader(w, 'x', 256*mib) }, "-tan -", exitDamaged, 48},
		{"a long name of 256 MiB", func(w io.Writer) error { return fixtures.LongHeader(w, 'L', 256*mib) }, "-tan -", exitDamaged, 48},
		{"a long target of 256 MiB", func(w io.Writer) error { return fixtures.LongHeader(w, 'K', 256*mib) }, "-tan -", exitDamaged, 48},
		{"holes of 1 TiB", func(w io.Writer) error { return fixtures.Holes(w, "proc/net/udp", 1000, 1<<40) }, "-uan -", exitDamaged, 48},
		{"archives of holes", func(w io.Writer) error { return fixtures.Holes(w, "a.tar", 1000, 16*mib) }, "-tan --limit held=32M -", exitOK, 2*32 + 48},
		{"names", func(w io.Writer) error { return bomb(t, "directories").Write(w, 300_000) }, "-tan --limit names=32M -", exitDamaged, 2*32 + 48},
		{"deep names", func(w io.Writer) error { return bomb(t, "deep directories").Write(w, 2000) }, "-tan --limit names=32M -", exitDamaged, 2*32 + 48},
		{"200,000 members", func(w io.Writer) error { return bomb(t, "members").Write(w, 200_000) }, "-tan -", exitOK, 64},
	}
	for _, b := range fixtures.Bombs() {
		code := exitOK
		if b.Damaged {
			code = exitDamaged
		}
		runs = append(runs, run{b.Name, func(w io.Writer) error { return b.Write(w, 1000) }, "-tanp -", code, 200})
	}
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) { checkPeak(t, r.write, strings.Fields(r.args), r.code, r.most) })
	}
}

// bomb is one of the fixtures' by its name.
func bomb(t *testing.T, name string) fixtures.Bomb {
	for _, b := range fixtures.Bombs() {
		if b.Name == name {
			return b
		}
	}
	t.Fatalf("no bomb %q", name)
	return fixtures.Bomb{}
}

// TestPeakCompressed: a gigabyte that was a megabyte, in files of each compression;
// one more than the ratio allows is left at that.
func TestPeakCompressed(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	for _, tc := range []struct {
		ending string
		parts  int // of 16 MiB of zeros
		code   int
		most   int
	}{
		{"gz", 63, exitOK, 48}, {"gz", 600, exitDamaged, 48}, {"zst", 63, exitOK, 300}, {"zst", 600, exitDamaged, 300},
		{"lz4", 63, exitOK, 64}, {"xz", 20, exitOK, 120}, {"bz2", 4, exitOK, 250},
	} {
		t.Run(fmt.Sprintf("%s of %d MiB", tc.ending, tc.parts*16), func(t *testing.T) {
			compress := fixtures.Compressors()[tc.ending]
			at := filepath.Join(t.TempDir(), "zeros")
			data := compress(t, fixtures.MemberHead("zeros", int64(tc.parts)*16*mib-1024))
			data = append(data, bytes.Repeat(compress(t, make([]byte, 16*mib)), tc.parts)...)
			if err := os.WriteFile(at, data, 0o644); err != nil {
				t.Fatal(err)
			}
			checkPeak(t, nil, []string{"-tan", at}, tc.code, tc.most)
		})
	}
}

// checkPeak runs the program with an adverse environment.
func checkPeak(t *testing.T, write func(io.Writer) error, args []string, code, most int) {
	t.Helper()
	status := filepath.Join(t.TempDir(), "status")
	cmd := exec.Command(program(t), args...)
	cmd.Env = append(os.Environ(), peakFile+"="+status, "GOGC=off", "GOMEMLIMIT=off")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if write != nil {
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_ = write(in) // a limit may end the reading
			in.Close()
		}()
	}
	err := cmd.Run()
	got := exitOK
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got, err = exit.ExitCode(), nil
	}
	if err != nil || got != code {
		t.Fatalf("exit status %d (%v), want %d; stderr %.500s", got, err, code, errs.String())
	}
	text, err := os.ReadFile(status)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var peak int
	if _, err := fmt.Sscan(rest, &peak); err != nil {
		t.Skipf("no peak in /proc/self/status: %v", err)
	}
	t.Logf("peak %d MiB", peak>>10)
	if peak>>10 > most {
		t.Errorf("the peak is %d MiB, want at most %d; stderr %.300s", peak>>10, most, errs.String())
	}
}
