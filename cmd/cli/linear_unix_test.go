//go:build unix

package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
)

// leastRun is how long a run takes at least that is compared with one of twice the
// size: shorter ones are noise.
const leastRun = 30 * time.Millisecond

// TestLinear: what is made to cost much costs at most two and a half times as much if
// it is twice as large.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	for _, bomb := range fixtures.Bombs() {
		t.Run(bomb.Name, func(t *testing.T) {
			at := filepath.Join(t.TempDir(), "bomb")
			n := 100
			for least := cost(t, at, bomb, n, 1); least < leastRun; least = cost(t, at, bomb, n, 1) {
				n = max(n+1, n*int(2*leastRun)/int(max(least, leastRun/20)))
			}
			var once, twice time.Duration
			for try := range 5 {
				once, twice = cost(t, at, bomb, n, 2+try), cost(t, at, bomb, 2*n, 2+try)
				if twice <= once*5/2 {
					return
				}
			}
			t.Errorf("%d parts take %v, %d take %v: more than two and a half times as long", n, once, 2*n, twice)
		})
	}
}

// cost is the processor time of a run over a bomb of so many parts, as a stream and in
// place, the best of several.
func cost(t *testing.T, at string, bomb fixtures.Bomb, n, tries int) time.Duration {
	t.Helper()
	f, err := os.Create(at)
	if err != nil {
		t.Fatal(err)
	}
	if err := bomb.Write(f, n); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	best := time.Duration(-1)
	for range tries {
		f, err := os.Open(at)
		if err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		runtime.GC()
		before := userTime(t)
		code := Main([]string{"-tanp", "-"}, Streams{In: struct{ io.Reader }{f}, Out: &out, Err: &errs})
		if inPlace := Main([]string{"-tanp", at}, Streams{Out: io.Discard, Err: io.Discard}); inPlace != code {
			t.Fatalf("%d parts: exit %d in place, %d of a stream", n, inPlace, code)
		}
		took := userTime(t) - before
		f.Close()
		want := exitOK
		if bomb.Damaged {
			want = exitDamaged
		}
		if code != want || !strings.HasPrefix(out.String(), "Active Internet connections") {
			t.Fatalf("%d parts: exit %d, want %d; stdout %q, stderr %.500q", n, code, want, out.String(), errs.String())
		}
		if best < 0 || took < best {
			best = took
		}
	}
	return best
}

func userTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano())
}
