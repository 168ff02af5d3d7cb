package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// bundleOf writes what the collector stored of a machine, in one of its forms.
func bundleOf(t *testing.T, c fixtures.Collector, stored *fixtures.Host, form string) string {
	t.Helper()
	dir := t.TempDir()
	at := filepath.Join(dir, "bundle."+form)
	var data []byte
	switch compression, isTar := strings.CutPrefix(form, "tar"); {
	case form == "dir":
		return stored.WriteDir(t, filepath.Join(dir, filepath.FromSlash(c.Prefix)))
	case form == "zip":
		data = stored.Zip(t, c.Prefix)
	case isTar:
		data = stored.Tar(t, fixtures.TarOptions{Prefix: c.Prefix})
		if compress := fixtures.Compressors()[strings.TrimPrefix(compression, ".")]; compress != nil {
			data = compress(t, data)
		}
	default:
		for _, text := range stored.Files { // of one
			data = text
		}
	}
	if err := os.WriteFile(at, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return at
}

// TestLayouts: what a collector stores in its own way says what a plain copy of
// the same files says.
func TestLayouts(t *testing.T) {
	for _, name := range []string{"lab-a", "lab-c", "s390x"} {
		host := fixtures.Capture(t, name)
		if name == "s390x" { // for its byte order; its thousand processes take their time
			maps.DeleteFunc(host.Links, func(name, _ string) bool { return strings.HasPrefix(name, "proc/1") })
			maps.DeleteFunc(host.Files, func(name string, _ []byte) bool { return strings.HasSuffix(name, "/cmdline") })
		}
		for _, c := range fixtures.Collectors() {
			stored, holds := c.Store(host)
			plain := filepath.Join(t.TempDir(), "plain.tar")
			if err := os.WriteFile(plain, holds.Tar(t, fixtures.TarOptions{}), 0o644); err != nil {
				t.Fatal(err)
			}
			for _, form := range c.Forms {
				t.Run(fmt.Sprintf("%s/%s/%s", name, c.Name, form), func(t *testing.T) {
					at := bundleOf(t, c, stored, form)
					for _, argv := range []string{"-tan", "-rn", "-xan", "-i", "-tulp"} {
						stdout, stderr, code := ours(argv, at)
						wantOut, wantErr, wantCode := ours(argv, plain)
						if code != wantCode || stdout != wantOut {
							t.Errorf("coldstat %s: exit %d, the plain copy %d\n%s", argv, code, wantCode, firstDifference(stdout, wantOut))
						}
						if stderr != wantErr {
							t.Errorf("coldstat %s: stderr %q, the plain copy %q", argv, stderr, wantErr)
						}
					}
					b, err := bundle.Open(at, bundle.Options{Want: []string{"proc/net/tcp", "etc/services"}})
					if err != nil {
						t.Fatal(err)
					}
					defer b.Close()
					if b.Collector != c.Name {
						t.Errorf("the collector is %q, want %q", b.Collector, c.Name)
					}
				})
			}
		}
	}
}
