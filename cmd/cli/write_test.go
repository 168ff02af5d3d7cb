package cli

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// full is an output that cannot be written to.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestWriteError: an output that cannot be written ends the run, also before the
// second bundle, and is told once.
func TestWriteError(t *testing.T) {
	one := filepath.Join(fixtures.Root(t), "testdata", "captures", "lab-c.tar.gz")
	for _, argv := range [][]string{{"-tan", one}, {"-tan", one, one}, {"--help"}} {
		var errs bytes.Buffer
		code := Main(argv, Streams{In: strings.NewReader(""), Out: full{}, Err: &errs})
		if want := "coldstat: error: cannot write the output: no space left on device\n"; errs.String() != want || code != exitFailed {
			t.Errorf("coldstat %q: exit %d, stderr %q; want %d, %q", argv, code, errs.String(), exitFailed, want)
		}
	}
}
