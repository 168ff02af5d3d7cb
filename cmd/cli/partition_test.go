package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/words"
)

// hostileNames are host names that mean something to a file system or to an engine.
var hostileNames = []string{
	"web1", "WEB-1.example.com", "..", ".", "/", "../../etc", `C:\x`, "a/b", "a=b", "%2e%2e", "host=x", "_hidden", ".hidden",
	"dot.", "a b", "a+b", "ü", "\xff\xfe", "\x1b[31m", "a\u202eb", "\ufffd", "*?<>|\"'", noHost, "-", "~", strings.Repeat("x", 300),
	strings.Repeat("x", 301), strings.Repeat("/", 100), strings.Repeat("ü", 200), "nul\x00",
}

// TestPathName: a name is one harmless part of a path, of bounded length, other for other
// names, and reads back as URLs do, unless it was cut.
func TestPathName(t *testing.T) {
	of := map[string]string{}
	for _, name := range hostileNames {
		part := pathName(name)
		if part != filepath.Base(part) || strings.ContainsAny(part, `/\:*?"<>| =`) || !words.IsSafe(part) || len(part) > maxPathName+17 {
			t.Errorf("%q becomes %q", name, part)
		}
		if strings.HasPrefix(part, ".") || strings.HasPrefix(part, "_") || strings.HasSuffix(part, ".") || part == noHost {
			t.Errorf("%q becomes %q", name, part)
		}
		if other, ok := of[part]; ok {
			t.Errorf("%q and %q both become %q", name, other, part)
		}
		of[part] = name
		if back, err := url.PathUnescape(part); (back != name || err != nil) && !strings.Contains(part, "~") {
			t.Errorf("%q becomes %q, which is %q, %v", name, part, back, err)
		}
	}
}

// TestPartitions: bundles of one name and of one host get files of their own, the same in
// each run, and none leaves the directory.
func TestPartitions(t *testing.T) {
	capture := fixtures.Capture(t, "lab-c")
	t.Chdir(t.TempDir())
	var bundles []string
	for i, name := range hostileNames {
		h := capture.Clone()
		h.Files["etc/hostname"] = []byte(name + "\n")
		h.Files["proc/sys/kernel/hostname"] = []byte(name + "\n")
		at := filepath.Join(fmt.Sprint(i), "same.tar")
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, h.Tar(t, fixtures.TarOptions{Prefix: "_x/"}), 0o666); err != nil {
			t.Fatal(err)
		}
		bundles = append(bundles, at)
	}
	argv := append([]string{"-tan", "--format", "parquet", "--output-dir", "out"}, bundles...)
	var first []string
	for range 2 {
		var out, errs bytes.Buffer
		if code := Main(argv, Streams{In: strings.NewReader(""), Out: &out, Err: &errs}); code != exitOK || out.Len() > 0 {
			t.Fatalf("exit %d, stdout %q, stderr %s", code, out.String(), errs.String())
		}
		list := filesBelow(t, "out")
		if len(list) != len(bundles) {
			t.Errorf("%d bundles give the files %q", len(bundles), list)
		}
		if first != nil && !slices.Equal(first, list) {
			t.Errorf("in the second run there are %q, in the first %q", list, first)
		}
		first = list
	}
	for _, want := range []string{"kind=socket/host=web1/same-", "kind=socket/host=" + noHost + "/same-", "kind=socket/host=a%2Fb/same-", "kind=socket/host=%5F_HIVE_DEFAULT_PARTITION__/same-"} {
		if !slices.ContainsFunc(first, func(name string) bool { return strings.HasPrefix(name, want) }) {
			t.Errorf("there is no %s...: %q", want, first)
		}
	}
	if others, err := os.ReadDir("."); err != nil || len(others) != len(bundles)+1 {
		t.Errorf("outside of the directory there is more: %v, %v", others, err)
	}
}

// filesBelow lists the files below a directory.
func filesBelow(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
