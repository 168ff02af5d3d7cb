//go:build unix

package bundle_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/coldstat/coldstat/parser/bundle"
)

// TestFIFO: a FIFO in a directory is refused and does not block.
func TestFIFO(t *testing.T) {
	dir := small().Link("etc/services-link", "x").WriteDir(t, t.TempDir())
	for _, name := range []string{"proc/net/tcp", "etc/hosts"} {
		at := filepath.Join(dir, name)
		if err := os.Remove(at); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(at, 0o644); err != nil {
			t.Skip(err)
		}
	}
	if err := os.Symlink("tcp", filepath.Join(dir, "proc/net/raw")); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b, err := bundle.Open(dir, bundle.Options{Want: want})
		if err != nil {
			t.Error(err)
			return
		}
		defer b.Close()
		for _, name := range []string{"proc/net/tcp", "proc/net/raw", "etc/hosts"} {
			if got, want := read(b, name), "<open "+name+": neither a regular file nor a directory>"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		if got := read(b, "proc/net/udp"); got != "udp table\n" {
			t.Errorf("proc/net/udp holds %q", got)
		}
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("a FIFO blocks")
	}
}
