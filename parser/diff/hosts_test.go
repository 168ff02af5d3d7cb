package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/diff"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// capture makes one side of a comparison of a host.
func capture(h *fixtures.Host, title string) diff.Capture {
	s := snapshot.Load(h.FS(), snapshot.ByteOrder{})
	return diff.Capture{Snapshot: s, Source: rows.SourceOf(s, rows.Place{Bundle: title}), Title: title}
}

func compare(old, new *fixtures.Host, all bool) *diff.Result {
	return diff.Compare(capture(old, "a.tgz"), capture(new, "b.tgz"), diff.Options{All: all})
}

const (
	bootFile = "proc/sys/kernel/random/boot_id"
	boot     = "6e8b8c5c-3a0a-4c0e-9a53-0d1c6d7e8f90\n"
)

// said are the diagnostics, one on a line.
func said(r *diff.Result) string {
	var b strings.Builder
	for _, d := range r.Diagnostics {
		fmt.Fprintf(&b, "%s: %s\n", d.Severity, d.Message)
	}
	return b.String()
}

// TestSame: a capture does not differ from itself, and nothing has to be said of it.
func TestSame(t *testing.T) {
	for _, name := range fixtures.Captures() {
		h := fixtures.Capture(t, name)
		for _, all := range []bool{false, true} {
			r := compare(h, h, all)
			if n := r.Rows(); n != 0 {
				t.Errorf("%s: %d differences: %+v", name, n, r)
			}
			if got := said(r); got != "" {
				t.Errorf("%s: it is said:\n%s", name, got)
			}
		}
	}
}

// told says what a counter did.
func told(c *rows.CounterChange) string {
	delta, ok := c.Delta.Get()
	if !ok {
		why, _ := c.Why.Get()
		return "no delta: " + why
	}
	text := fmt.Sprintf("delta %d", delta)
	if rate, ok := c.Rate.Get(); ok {
		text += fmt.Sprintf(" at %v a second", rate)
	}
	return text
}
