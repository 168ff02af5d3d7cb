package bundle_test

import (
	"archive/tar"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// TestLayouts: where the files of a machine may lie besides.
func TestLayouts(t *testing.T) {
	cases := []struct {
		name    string
		files   map[string]string
		links   map[string]string
		reads   map[string]string // on the machine → expected text
		missing []string
	}{
		{"bare tables with names beside", map[string]string{"tcp": "T", "route": "R", "services": "S", "hosts": "H"}, nil,
			map[string]string{"proc/net/tcp": "T", "proc/net/route": "R", "etc/services": "S", "etc/hosts": "H"}, []string{"proc/net/udp"}},
		{"bare tables with etc beside", map[string]string{"tcp": "T", "etc/services": "S"}, nil,
			map[string]string{"proc/net/tcp": "T", "etc/services": "S"}, nil},
		{"tables in a directory", map[string]string{"capture/unix": "U", "capture/services": "S"}, nil,
			map[string]string{"proc/net/unix": "U", "etc/services": "S"}, nil},
		{"tar -C /proc net", map[string]string{"net/tcp": "T", "17/cmdline": "sshd"}, nil,
			map[string]string{"proc/net/tcp": "T", "proc/17/cmdline": "sshd"}, nil},
		{"etc beside a bare proc", map[string]string{"p/net/tcp": "T", "etc/services": "S"}, nil,
			map[string]string{"proc/net/tcp": "T", "etc/services": "S"}, nil},
		{"process directories only", map[string]string{"1/net/tcp": "one", "2/net/tcp": "two"}, nil,
			map[string]string{"proc/net/tcp": "one"}, nil},
		{"lowest process", map[string]string{"proc/12/net/tcp": "twelve", "proc/9/net/tcp": "nine", "proc/100/net/tcp": "hundred"}, nil,
			map[string]string{"proc/net/tcp": "nine"}, nil},
		{"process 1 before others", map[string]string{"proc/1/net/tcp": "one", "proc/9/net/tcp": "nine"}, nil,
			map[string]string{"proc/net/tcp": "one"}, nil},
		{"the target of proc/net before process 1", map[string]string{"proc/1/net/tcp": "one", "proc/9/net/tcp": "nine"},
			map[string]string{"proc/net": "self/net", "proc/self": "9"}, map[string]string{"proc/net/tcp": "nine"}, nil},
		{"dangling proc/net but process tables", map[string]string{"proc/7/net/tcp": "seven"},
			map[string]string{"proc/net": "self/net"}, map[string]string{"proc/net/tcp": "seven"}, nil},
		{"an empty proc/net is a machine", map[string]string{"x/proc/net/other": "?", "x/etc/services": "S"}, nil,
			map[string]string{"etc/services": "S"}, []string{"proc/net/tcp"}},
		{"absolute link target", map[string]string{"x/proc/net/tcp": "T", "x/usr/etc/real": "S"},
			map[string]string{"x/etc/services": "/usr/etc/real"}, map[string]string{"etc/services": "S"}, nil},
		{"chain of links", map[string]string{"x/proc/net/tcp": "T", "x/usr/etc/real": "S"},
			map[string]string{"x/etc/services": "a", "x/etc/a": "../etc/b", "x/etc/b": "/lib/real", "x/lib": "usr/etc"},
			map[string]string{"etc/services": "S"}, nil},
		{"usr/etc stands in for etc", map[string]string{"x/proc/net/tcp": "T", "x/usr/etc/services": "S"}, nil,
			map[string]string{"etc/services": "S"}, nil},
		{"link above the top stays at the top", map[string]string{"x/proc/net/tcp": "T", "secret": "S"},
			map[string]string{"x/etc/services": "../../../../../../secret"}, map[string]string{"etc/services": "S"}, nil},
		{"dangling link to a name", map[string]string{"proc/net/tcp": "T"},
			map[string]string{"etc/services": "/nowhere/services"}, nil, []string{"etc/services"}},
		{"sysfs links", map[string]string{"proc/net/tcp": "T", "sys/devices/pci0/net/eth0/mtu": "1500"},
			map[string]string{"sys/class/net/eth0": "../../devices/pci0/net/eth0"}, map[string]string{"sys/class/net/eth0/mtu": "1500"}, nil},
	}
	for _, tc := range cases {
		h := fixtures.NewHost(tc.files)
		for name, target := range tc.links {
			h.Link(name, target)
		}
		check := func(t *testing.T, b *bundle.Bundle, err error, exact bool) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range tc.reads {
				if got := read(b, name); got != text && (exact || !os.IsNotExist(err)) {
					t.Errorf("%s holds %q, want %q", name, got, text)
				}
			}
			for _, name := range tc.missing {
				if _, err := b.Open(name); !os.IsNotExist(err) {
					t.Errorf("%s: %v, want no such file", name, err)
				}
			}
		}
		t.Run(tc.name+"/dir", func(t *testing.T) {
			b, err := bundle.Open(h.WriteDir(t, t.TempDir()), bundle.Options{Want: want})
			check(t, b, err, true)
			b.Close()
		})
		for _, w := range ways() {
			for filter, patterns := range map[string][]string{"all": nil, "wanted": want} {
				if w.stream && filter == "wanted" && len(tc.links) > 0 && strings.Contains(tc.name, "link") {
					continue // the target goes by: TestStreamLinks
				}
				t.Run(tc.name+"/"+w.name+"/"+filter, func(t *testing.T) {
					b, err := w.open(t, h.Tar(t, fixtures.TarOptions{}), bundle.Options{Want: patterns})
					check(t, b, err, true)
				})
			}
		}
	}
}

// TestStreamLinks: the target of a symbolic link on a stream is kept if it is
// still to come; if it went by, that is said.
func TestStreamLinks(t *testing.T) {
	table := member{name: "proc/net/tcp", data: "T"}
	link := member{name: "etc/services", kind: tar.TypeSymlink, link: "real"}
	target := member{name: "etc/real", data: "S"}
	for _, tc := range []struct {
		name    string
		members []member
		text    string
		damage  []string
	}{
		{"target behind the link", []member{table, link, target}, "S", nil},
		{"target before the link", []member{table, target, link}, "<open etc/services: file does not exist>", []string{
			`etc/services is a link to "etc/real", which had gone by; save the stream to a file first, which is read twice for such links`,
		}},
		{"no target", []member{table, link}, "<open etc/services: file does not exist>", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b, err := viaStream(archiveOf(t, tc.members...), bundle.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			if got := read(b, "etc/services"); got != tc.text || !slices.Equal(b.Damage, tc.damage) {
				t.Errorf("got %q, damage %q; want %q, %q", got, b.Damage, tc.text, tc.damage)
			}
		})
	}
}

// TestStrayTable: a file that is only called like a table does not hide a
// machine, neither beside it nor in its proc/net.
func TestStrayTable(t *testing.T) {
	for name, members := range map[string][]member{
		"beside":            {{name: "route", data: "x"}, {name: "host/proc/net/tcp", data: "T"}},
		"proc/net is empty": {{name: "proc/net/stat/x", data: "x"}, {name: "proc/7/net/tcp", data: "T"}},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := viaStream(archiveOf(t, members...), bundle.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := read(b, "proc/net/tcp"); got != "T" {
				t.Errorf("got %q, want T", got)
			}
		})
	}
}

// TestHostileNames: names and links that only cost time and memory are passed
// over, and said.
func TestHostileNames(t *testing.T) {
	long := strings.Repeat("a/", 100_000)
	b, err := viaStream(archiveOf(t, member{name: "proc/net/tcp", data: "T"}, member{name: long + "tcp", data: "x"},
		member{name: "etc/services", kind: tar.TypeSymlink, link: long}), bundle.Options{Want: want})
	if err != nil {
		t.Fatal(err)
	}
	if read(b, "proc/net/tcp") != "T" || len(b.Damage) != 2 || len(b.Notes) > 0 {
		t.Errorf("damage %.300q, notes %.300q, want two of damage", b.Damage, b.Notes)
	}
}

// TestMembers: single members that are odd.
func TestMembers(t *testing.T) {
	tcp := member{name: "proc/net/tcp", data: "T"}
	cases := []struct {
		name    string
		members []member
		reads   map[string]string
		notes   []string
		damage  []string
	}{
		{"the last duplicate counts", []member{tcp, {name: "proc/net/tcp", data: "second"}}, map[string]string{"proc/net/tcp": "second"},
			[]string{`"proc/net/tcp" occurs more than once, the last one counts`}, nil},
		{"the same name spelled differently", []member{tcp, {name: "./proc//net/tcp", data: "second"}}, map[string]string{"proc/net/tcp": "second"},
			[]string{`"proc/net/tcp" occurs more than once, the last one counts`}, nil},
		{"a name that climbs out", []member{tcp, {name: "../proc/net/udp", data: "evil"}, {name: "a/../../x", data: "evil"}},
			map[string]string{"proc/net/tcp": "T", "proc/net/udp": "<open proc/net/udp: file does not exist>"},
			[]string{`a member is passed over: the name "../proc/net/udp" climbs out of the archive`, `a member is passed over: the name "a/../../x" climbs out of the archive`}, nil},
		{"a hard link that climbs out", []member{tcp, {name: "proc/net/udp", kind: tar.TypeLink, link: "../../etc/shadow"}},
			map[string]string{"proc/net/udp": "<open proc/net/udp: file does not exist>"},
			[]string{`the hard link "proc/net/udp" is passed over: the name "../../etc/shadow" climbs out of the archive`}, nil},
		{"a hard link to nothing", []member{tcp, {name: "proc/net/udp", kind: tar.TypeLink, link: "nowhere"}},
			map[string]string{"proc/net/udp": "<open proc/net/udp: file does not exist>"}, nil,
			[]string{`proc/net/udp is a hard link to "nowhere", which is not in the archive or had gone by; save the stream to a file first, which is read twice for such links`}},
		{"hard links in a ring", []member{tcp, {name: "proc/net/udp", kind: tar.TypeLink, link: "proc/net/unix"}, {name: "proc/net/unix", kind: tar.TypeLink, link: "proc/net/udp"}},
			map[string]string{"proc/net/udp": "<open proc/net/udp: file does not exist>"}, nil,
			[]string{"2 hard links lead to each other and to no file, or over more than 40 others; the first is proc/net/udp"}},
		{"a hard link before its target", []member{{name: "proc/net/udp", kind: tar.TypeLink, link: "proc/net/tcp"}, tcp},
			map[string]string{"proc/net/udp": "T"}, nil, nil},
		{"a hard link to a hard link", []member{tcp, {name: "proc/net/udp", kind: tar.TypeLink, link: "proc/net/tcp"}, {name: "proc/net/unix", kind: tar.TypeLink, link: "proc/net/udp"}},
			map[string]string{"proc/net/udp": "T", "proc/net/unix": "T"}, nil, nil},
		{"a symlink loop", []member{tcp, {name: "proc/net/udp", kind: tar.TypeSymlink, link: "unix"}, {name: "proc/net/unix", kind: tar.TypeSymlink, link: "udp"}},
			map[string]string{"proc/net/tcp": "T", "proc/net/udp": "<open proc/net/udp: too many levels of symbolic links>"}, nil, nil},
		{"a symlink to itself below itself", []member{tcp, {name: "proc/net/udp", kind: tar.TypeSymlink, link: "udp/udp/udp/udp"}},
			map[string]string{"proc/net/udp": "<open proc/net/udp: too many levels of symbolic links>"}, nil, nil},
		{"a symlink to a directory", []member{tcp, {name: "proc/net/udp", kind: tar.TypeSymlink, link: "../net"}},
			map[string]string{"proc/net/udp": "<read net: is a directory>"}, nil, nil},
		{"a device and a FIFO", []member{tcp, {name: "proc/net/udp", kind: tar.TypeFifo}, {name: "proc/net/unix", kind: tar.TypeChar}},
			map[string]string{"proc/net/udp": "<open proc/net/udp: file does not exist>", "proc/net/unix": "<open proc/net/unix: file does not exist>"}, nil, nil},
		{"a file replaced by a directory", []member{tcp, {name: "proc/net/udp", data: "U"}, {name: "proc/net/udp/", kind: tar.TypeDir}},
			map[string]string{"proc/net/udp": "<read udp: is a directory>"}, []string{`"proc/net/udp" occurs more than once, the last one counts`}, nil},
		{"a name that is not UTF-8", []member{tcp, {name: "proc/net/\xff\xfe", data: "x", hdr: gnu}}, map[string]string{"proc/net/tcp": "T"}, nil, nil},
		{"an empty file", []member{tcp, {name: "proc/net/udp"}}, map[string]string{"proc/net/udp": ""}, nil, nil},
		{"a fork of names", []member{tcp, {name: "proc", kind: tar.TypeDir}, {name: "proc/net", kind: tar.TypeDir}, {name: ".", kind: tar.TypeDir}},
			map[string]string{"proc/net/tcp": "T"}, nil, nil},
	}
	for _, tc := range cases {
		for _, w := range ways() {
			t.Run(tc.name+"/"+w.name, func(t *testing.T) {
				b, err := w.open(t, archiveOf(t, tc.members...), bundle.Options{Want: want})
				if err != nil {
					t.Fatal(err)
				}
				for name, text := range tc.reads {
					if got := read(b, name); got != text {
						t.Errorf("%s holds %q, want %q", name, got, text)
					}
				}
				if !slices.Equal(b.Notes, tc.notes) || !slices.Equal(b.Damage, tc.damage) {
					t.Errorf("notes %q, damage %q; want %q and %q", b.Notes, b.Damage, tc.notes, tc.damage)
				}
			})
		}
	}
}

func gnu(h *tar.Header) { h.Format = tar.FormatGNU }

// TestManyNotes: a hostile archive cannot flood the remarks.
func TestManyNotes(t *testing.T) {
	members := []member{{name: "proc/net/tcp", data: "T"}}
	for i := range 500 {
		members = append(members, member{name: fmt.Sprintf("../%d", i)})
	}
	b, err := viaStream(archiveOf(t, members...), bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Notes) != 21 || b.Notes[20] != "further remarks of this kind are left out" {
		t.Errorf("%d notes, the last %q", len(b.Notes), b.Notes[len(b.Notes)-1])
	}
}

// TestTwoMachines: all of the first level are there, the first by name in front.
func TestTwoMachines(t *testing.T) {
	data := archiveOf(t, member{name: "b/proc/net/tcp", data: "B"}, member{name: "a/proc/net/tcp", data: "A"}, member{name: "c/d/proc/net/tcp", data: "D"})
	b, err := viaStream(data, bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	intact(t, b)
	if len(b.Machines) != 2 || b.Base() != "a" || read(b, "proc/net/tcp") != "A" || b.Machines[1].Base() != "b" || read(b.Machines[1], "proc/net/tcp") != "B" {
		t.Errorf("%d machines, the first %q with tcp of %q", len(b.Machines), b.Base(), read(b, "proc/net/tcp"))
	}
}

// TestDirectoryErrors: what the methods say about names that are not there or of
// another kind.
func TestDirectoryErrors(t *testing.T) {
	b, err := viaStream(small().Tar(t, fixtures.TarOptions{}), bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, notDir := b.ReadDir("proc/net/tcp")
	_, noDir := b.ReadDir("proc/nothing")
	_, notLink := b.ReadLink("proc/net/tcp")
	_, noLink := b.ReadLink("nothing/at/all")
	_, noFile := b.Lstat("etc/nothing")
	for want, err := range map[string]error{
		"readdir proc/net/tcp: not a directory": notDir, "readdir proc/nothing: file does not exist": noDir,
		"readlink proc/net/tcp: invalid argument": notLink, "readlink nothing/at/all: file does not exist": noLink,
		"lstat etc/nothing: file does not exist": noFile,
	} {
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// TestTooManyDirectories: the search for a machine has an end.
func TestTooManyDirectories(t *testing.T) {
	var members []member
	for i := range 100_001 {
		members = append(members, member{name: fmt.Sprintf("d%06d/x", i), data: "x"})
	}
	members = append(members, member{name: "z/z/proc/net/tcp", data: "T"})
	_, err := viaStream(archiveOf(t, members...), bundle.Options{})
	if want := `"standard input": no proc/net was found within the first 100000 directories; name the machine's own directory`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestGNUSparse: sparse members as GNU tar writes them today.
func TestGNUSparse(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, "proc", "net", "tcp")
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(at)
	if err != nil {
		t.Fatal(err)
	}
	for _, off := range []int64{0, 1 << 20} {
		if _, err := f.WriteAt([]byte("data"), off); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	text := "data" + strings.Repeat("\x00", 1<<20-4) + "data"
	for _, args := range [][]string{
		{"--format=gnu"}, {"--format=pax", "--sparse-version=0.0"}, {"--format=pax", "--sparse-version=0.1"}, {"--format=pax", "--sparse-version=1.0"},
	} {
		data, err := exec.Command("tar", slices.Concat([]string{"-C", dir, "-cSf", "-"}, args, []string{"proc"})...).Output()
		if err != nil {
			t.Skipf("no GNU tar: %v", err)
		}
		for _, w := range ways() {
			b, err := w.open(t, data, bundle.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			if got := read(b, "proc/net/tcp"); got != text {
				t.Errorf("tar %v, %s: %d other bytes, want %d", args, w.name, len(got), len(text))
			}
			intact(t, b)
		}
	}
}
