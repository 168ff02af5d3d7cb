package bundle_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// TestUAC: names that are no process's, lists that hold other things, and files
// that lie in [root] as well.
func TestUAC(t *testing.T) {
	h := fixtures.NewHost(map[string]string{
		"live_response/network/proc_net_tcp.txt":       "T",
		"live_response/network/proc_net_..txt":         "x",
		"live_response/network/proc_net_a/b.txt":       "x",
		"live_response/process/proc/1/net/unix.txt":    "one",
		"live_response/process/proc/20/net/unix.txt":   "twenty",
		"live_response/process/proc/self/net/unix.txt": "x",
		"live_response/process/proc/007/cmdline.txt":   "x",
		"live_response/process/proc/20/cmdline.txt":    "sshd\x00",
		"live_response/process/proc/20/fd.txt": "total 0\nlrwx------ 1 root root 64 Nov 24 07:11 3 -> socket:[4711]\r\n" +
			"lr-x------ 1 root root 64 Nov 24 07:11 4 -> /etc/passwd\nl 5 -> socket:[1]" + strings.Repeat("9", 1<<20) +
			"\n6 -> socket:[12]\nx ../../7 -> socket:[13]\n-8 -> socket:[14]\n9 -> socket",
		"[root]/etc/services":  "S",
		"[root]/proc/net/tcp":  "other",
		"[root]/proc/net/udp":  "U",
		"[root]/proc/20/comm":  "sshd",
		"[root]/proc/21/comm":  "x",
		"[root]/etc/hosts.txt": "x",
	})
	data := h.Tar(t, fixtures.TarOptions{})
	for _, w := range ways() {
		b, err := w.open(t, data, bundle.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"proc/net/tcp": "T", "proc/net/udp": "U", "proc/net/unix": "one", "proc/20/cmdline": "sshd\x00", "etc/services": "S",
			"proc/007/cmdline": "<open proc/007/cmdline: file does not exist>", "proc/20/comm": "sshd",
		} {
			if got := read(b, name); got != want {
				t.Errorf("%s: %s holds %q, want %q", w.name, name, got, want)
			}
		}
		if got, want := dirNames(t, b, "proc/20/fd"), []string{"3", "6"}; !slices.Equal(got, want) {
			t.Errorf("%s: descriptors %q, want %q", w.name, got, want)
		}
		if target, err := fs.ReadLink(b, "proc/20/fd/3"); target != "socket:[4711]" {
			t.Errorf("%s: descriptor 3 is %q (%v)", w.name, target, err)
		}
		if got, want := dirNames(t, b, "proc"), []string{"20", "21", "net"}; !slices.Equal(got, want) {
			t.Errorf("%s: proc has %q, want %q", w.name, got, want)
		}
		if b.Collector != "UAC" {
			t.Errorf("%s: collector %q", w.name, b.Collector)
		}
	}
}

func dirNames(t *testing.T, b *bundle.Bundle, dir string) (names []string) {
	t.Helper()
	entries, err := fs.ReadDir(b, dir)
	if err != nil {
		t.Error(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
