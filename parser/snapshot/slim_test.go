package snapshot_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/coldstat/coldstat/parser/snapshot"
)

var errRefused = errors.New("refused")

// slimList notes what a Slimmer writes, and refuses links to nowhere.
type slimList []string

func (l *slimList) Dir(name string) error {
	*l = append(*l, name+"/")
	return nil
}

func (l *slimList) Link(name, target string) error {
	if target == "nowhere" {
		return errRefused
	}
	*l = append(*l, name+" -> "+target)
	return nil
}

func (l *slimList) File(name string, size int64, r io.Reader, failed error) error {
	text, err := io.ReadAll(io.LimitReader(r, size))
	*l = append(*l, strings.TrimSuffix(fmt.Sprintf("%s %q %v", name, text, failed), " <nil>"))
	return err
}

func slimOf(root fs.FS) (written, lost []string, err error) {
	var list slimList
	s := snapshot.Slimmer{
		Snapshot: snapshot.Load(root, snapshot.ByteOrder{}), To: &list, Refused: errRefused,
		Lost: func(err error) { lost = append(lost, err.Error()) },
	}
	err = s.Slim()
	return list, lost, err
}

// TestSlim: what of a capture is kept, sorted by name.
func TestSlim(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	link := func(target string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink}
	}
	written, lost, err := slimOf(fstest.MapFS{
		"proc/net/tcp":        file("rows\n"),
		"proc/net/udp":        file(""),
		"proc/net/ipx/route":  file("x"),
		"proc/net/conntrack":  file("not read"),
		"proc/self/ns/net":    file("net:[1]\n"),
		"proc/7/cmdline":      file("/bin/a\x00--password=x\x00"),
		"proc/8/cmdline":      file(strings.Repeat("a", 600)),
		"proc/7/fd/0":         link("socket:[1]"),
		"proc/7/fd/1":         file("socket:[2]\n"),
		"proc/7/fd/2":         file(" socket:[3]"),
		"proc/7/fd/3":         file(strings.Repeat("b", 100)),
		"proc/7/fd/4":         link("nowhere"),
		"proc/7/ns/net":       link("net:[1]"),
		"proc/7/environ":      file("SECRET=1"),
		"etc/passwd":          file("root:hash:0:0:Root:/root:/bin/sh\n"),
		"etc/shadow":          file("root:hash"),
		"sys/class/net/a/mtu": file("1500\n"),
		"sys/class/net/a/dev": file("1:2\n"),
	})
	want := []string{
		"proc/net/",
		`etc/passwd "root:x:0:0\n"`,
		`proc/7/cmdline "/bin/a\x00"`,
		"proc/7/fd/0 -> socket:[1]",
		"proc/7/fd/1 -> socket:[2]",
		`proc/7/fd/2 " socket:[3]"`,
		fmt.Sprintf("proc/7/fd/3 %q", strings.Repeat("b", 64)),
		"proc/7/ns/net -> net:[1]",
		fmt.Sprintf("proc/8/cmdline %q", strings.Repeat("a", 511)),
		"proc/net/ipx/",
		`proc/net/ipx/route "x"`,
		`proc/net/tcp "rows\n"`,
		`proc/net/udp ""`,
		"proc/self/ns/net -> net:[1]",
		`sys/class/net/a/mtu "1500\n"`,
	}
	if err != nil || !reflect.DeepEqual(written, want) {
		t.Errorf("%v, written:\n%s\nwant:\n%s", err, strings.Join(written, "\n"), strings.Join(want, "\n"))
	}
	if want := []string{"proc/7/fd/4 is left out: refused"}; !reflect.DeepEqual(lost, want) {
		t.Errorf("lost %q, want %q", lost, want)
	}
}

// TestSlimErrors: a file that cannot be opened is told and left out, and one that
// cannot be read to its end keeps its error.
func TestSlimErrors(t *testing.T) {
	root := fstest.MapFS{"proc/net/tcp": {Data: []byte("rows\n")}}
	written, lost, err := slimOf(errFS{root, "proc/net/tcp", fs.ErrPermission})
	if len(written) != 1 || !reflect.DeepEqual(lost, []string{"proc/net/tcp is left out: permission denied"}) || err != nil {
		t.Errorf("denied: %q, lost %q, %v", written, lost, err)
	}
	written, lost, err = slimOf(failFS{root})
	want := []string{"proc/net/", `proc/net/tcp "" the limit is reached`}
	if !reflect.DeepEqual(written, want) || !reflect.DeepEqual(lost, []string{"proc/net/tcp cannot be read to its end: the limit is reached"}) || err != nil {
		t.Errorf("unreadable: %q, lost %q, %v", written, lost, err)
	}
}
