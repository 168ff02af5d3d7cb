package cli

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
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
	case form == "zip in zip": // as Harvester has it: a tar.xz in a zip in a zip
		inner := fixtures.NewHost(nil)
		inner.Files["scc_node1.txz"] = fixtures.Xz(t, stored.Tar(t, fixtures.TarOptions{Prefix: c.Prefix}))
		outer := fixtures.NewHost(nil)
		outer.Files["nodes/node1.zip"] = inner.Zip(t, "")
		data = outer.Zip(t, "bundle/")
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
						if stderr, wantErr = anyOutput(stderr), anyOutput(wantErr); stderr != wantErr {
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

// TestContainers: whatever a collector stores says the same in each container.
func TestContainers(t *testing.T) {
	host := fixtures.Capture(t, "lab-c")
	forms := []string{"dir", "tar", "zip", "zip in zip"}
	for ending := range fixtures.Compressors() {
		forms = append(forms, "tar."+ending)
	}
	for _, c := range fixtures.Collectors() {
		stored, _ := c.Store(host)
		want := map[string]string{}
		for _, form := range forms {
			at := bundleOf(t, c, stored, form)
			for _, argv := range []string{"-tanp", "-i"} {
				stdout, stderr, code := ours(argv, at)
				got := fmt.Sprintf("exit %d\n%s%s", code, stdout, stderr)
				if want[argv] == "" {
					want[argv] = got
				} else if got != want[argv] {
					t.Errorf("%s in %s: coldstat %s differs from that in %s: %s", c.Name, form, argv, forms[0], firstDifference(got, want[argv]))
				}
			}
		}
	}
}

// anyOutput takes the names of outputs out of what is said: collectors have their
// own.
func anyOutput(stderr string) string { return outputNamed.ReplaceAllString(stderr, "${1}OUTPUT") }

var outputNamed = regexp.MustCompile(`(rows are those that |: )\S*(?:netstat|ss|ip|route|ifconfig|networking|dump|collect)[^ :]*`)

// TestBugreport: the bugreport of the corpus says in all its forms what was taken
// out of it by hand.
func TestBugreport(t *testing.T) {
	dir := filepath.Join(fixtures.Corpus(t), "public", "android10-sailfish-bugreport")
	found, err := filepath.Glob(filepath.Join(dir, "*.zip"))
	if err != nil || len(found) != 1 {
		t.Fatalf("no bugreport in %s (%v)", dir, err)
	}
	text := unzipped(t, found[0])
	write := func(name string, data []byte) string {
		at := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(at, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return at
	}
	forms := []string{
		found[0], write("b.txt", text), write("b", bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))), write("b.gz", fixtures.Gzip(t, text)),
	}
	for _, argv := range []string{"-i", "-ia"} {
		wantOut, wantErr, wantCode := ours(argv, dir)
		for _, at := range forms {
			if stdout, stderr, code := ours(argv, at); stdout != wantOut || stderr != wantErr || code != wantCode {
				t.Errorf("coldstat %s %s: exit %d, by hand %d; stderr %q, by hand %q\n%s", argv, at, code, wantCode, stderr, wantErr, firstDifference(stdout, wantOut))
			}
		}
	}
}

// TestBugreportTexts: a phone's sockets and routes are what the report has of ss and
// ip, which were asked for connected sockets and for the main table. It had none.
func TestBugreportTexts(t *testing.T) {
	at, err := filepath.Glob(filepath.Join(fixtures.Corpus(t), "public", "android10-sailfish-bugreport", "*.zip"))
	if err != nil || len(at) != 1 {
		t.Fatalf("%q, %v", at, err)
	}
	for argv, want := range map[string]string{
		"-rn": "Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n" +
			"coldstat: note: the bundle lacks the kernel's file: rows are those that cmd/ip_-4_route_show_table_254 has\n",
		"-tan": "Active Internet connections (servers and established)\nProto Recv-Q Send-Q Local Address           Foreign Address         State      \n" +
			"coldstat: note: the bundle lacks the kernel's file: rows are those that cmd/ss_-eionptu has, which shows connected sockets only\n",
	} {
		if stdout, stderr, code := ours(argv, at[0]); stdout+stderr != want || code != exitOK {
			t.Errorf("coldstat %s: exit %d\n%s%s", argv, code, stdout, stderr)
		}
	}
}

func unzipped(t *testing.T, at string) []byte {
	t.Helper()
	zr, err := zip.OpenReader(at)
	if err != nil {
		t.Fatal(err)
	}
	defer zr.Close()
	r, err := zr.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
