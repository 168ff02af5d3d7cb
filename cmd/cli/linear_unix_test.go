//go:build unix

package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
)

// leastRun is how long a run takes at least that is compared with one of twice the
// size: shorter ones are noise.
const leastRun = 60 * time.Millisecond

// TestLinear: what is made to cost much costs at most two and a half times as much if
// it is twice as large.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	r := linearRuns{program: program(t), at: filepath.Join(t.TempDir(), "bomb")}
	for _, bomb := range fixtures.Bombs() {
		t.Run(bomb.Name, func(t *testing.T) {
			n := 500
			for least := r.cost(t, bomb, n, 1); least < leastRun; least = r.cost(t, bomb, n, 1) {
				n = n * int(3*leastRun/2) / int(max(least, leastRun/10))
			}
			var once, twice time.Duration
			for try := range 5 {
				once, twice = r.cost(t, bomb, n, 1+try), r.cost(t, bomb, 2*n, 1+try)
				if twice <= once*5/2 {
					return
				}
			}
			t.Errorf("%d parts take %v, %d take %v: more than two and a half times as long", n, once, 2*n, twice)
		})
	}
}

// linearRuns run the program by itself: what other tests left in memory is not to cost
// it anything.
type linearRuns struct{ program, at string }

// cost is the processor time of a run over a bomb of so many parts, as a stream and in
// place, the best of several.
func (r linearRuns) cost(t *testing.T, bomb fixtures.Bomb, n, tries int) (best time.Duration) {
	t.Helper()
	f, err := os.Create(r.at)
	if err != nil {
		t.Fatal(err)
	}
	if err := bomb.Write(f, n); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for try := range tries {
		nothing := r.run(t, exitOK, "", "--version")
		code := exitOK
		if bomb.Damaged {
			code = exitDamaged
		}
		took := r.run(t, code, r.at, "-tanp", "-") + r.run(t, code, "", "-tanp", r.at) - 2*nothing
		if try == 0 || took < best {
			best = took
		}
	}
	return best
}

// run is the processor time of one run. What the file holds comes in a pipe.
func (r linearRuns) run(t *testing.T, code int, file string, args ...string) time.Duration {
	t.Helper()
	cmd := exec.Command(r.program, args...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1") // no idle core helps the collector
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd.Stdin = struct{ io.Reader }{f}
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code || code == exitOK && err != nil || strings.Contains(errs.String(), "panic") {
		t.Fatalf("%q: exit %d, want %d (%v); stderr %.500q", args, got, code, err, errs.String())
	}
	return cmd.ProcessState.UserTime()
}
