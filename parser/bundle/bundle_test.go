package bundle_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// A member is one entry of an archive that a test builds by hand.
type member struct {
	name string
	kind byte // 0: a regular file
	data string
	link string
	hdr  func(*tar.Header) // changes to the header
}

func archiveOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var buf bytes.Buffer
	tw := tar.NewWriter(&buf)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Typeflag: m.kind, Linkname: m.link, Size: int64(len(m.data)), Mode: 0o644}
		if m.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if m.hdr != nil {
			m.hdr(h)
		}
		if err := tw.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(tw, m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// onlyReader hides that a reader can seek.
type onlyReader struct{ io.Reader }

// A way opens the bytes of an archive.
type way struct {
	name   string
	stream bool
	open   func(t testing.TB, data []byte, o bundle.Options) (*bundle.Bundle, error)
}

func viaFile(t testing.TB, name string, data []byte, o bundle.Options) (*bundle.Bundle, error) {
	t.Helper()
	at := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(at, data, 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(at, o)
	if err == nil {
		t.Cleanup(func() { b.Close() })
	}
	return b, err
}

func viaStream(data []byte, o bundle.Options) (*bundle.Bundle, error) {
	o.Stdin = onlyReader{bytes.NewReader(data)}
	return bundle.Open("-", o)
}

// ways are those in which all hard cases are tried: in place and as a stream,
// plain and compressed.
func ways() []way {
	return []way{
		{"tar", false, func(t testing.TB, data []byte, o bundle.Options) (*bundle.Bundle, error) {
			return viaFile(t, "b.whatever", data, o)
		}},
		{"tar.gz", false, func(t testing.TB, data []byte, o bundle.Options) (*bundle.Bundle, error) {
			return viaFile(t, "b", fixtures.Gzip(t, data), o)
		}},
		{"stream of tar", true, func(_ testing.TB, data []byte, o bundle.Options) (*bundle.Bundle, error) {
			return viaStream(data, o)
		}},
		{"stream of tar.gz", true, func(t testing.TB, data []byte, o bundle.Options) (*bundle.Bundle, error) {
			return viaStream(fixtures.Gzip(t, data), o)
		}},
	}
}

// want is what a run asks for.
var want = []string{
	"proc/net/tcp", "proc/net/udp", "proc/net/route", "proc/net/unix", "proc/*/fd/*", "proc/*/cmdline",
	"etc/services", "etc/hosts", "sys/class/net/*/mtu",
}

// small is a machine with a file of each kind.
func small() *fixtures.Host {
	return fixtures.NewHost(map[string]string{
		"proc/net/tcp": "tcp table\n", "proc/net/udp": "udp table\n", "proc/net/route": "routes\n", "proc/net/unix": "unix table\n",
		"proc/17/cmdline": "/usr/sbin/sshd\x00", "etc/services": "ssh 22/tcp\n", "etc/hosts": "10.0.0.5 five\n",
		"sys/class/net/eth0/mtu": "1500\n", "var/log/messages": "not wanted\n",
	}).Link("proc/17/fd/3", "socket:[4711]")
}

// read gives a file's text, or its error in brackets.
func read(b fs.FS, name string) string {
	data, err := fs.ReadFile(b, name)
	if err != nil {
		return fmt.Sprintf("%s<%v>", data, err)
	}
	return string(data)
}

// checkSmall compares all files of small that are wanted.
func checkSmall(t *testing.T, b *bundle.Bundle) {
	t.Helper()
	for name, data := range small().Files {
		if name == "var/log/messages" {
			continue
		}
		if got := read(b, name); got != string(data) {
			t.Errorf("%s holds %q, want %q", name, got, data)
		}
	}
	if got, err := fs.ReadLink(b, "proc/17/fd/3"); got != "socket:[4711]" {
		t.Errorf("proc/17/fd/3 links to %q (%v)", got, err)
	}
	if got, err := fs.ReadFile(b, "proc/net/tcp6"); err == nil {
		t.Errorf("proc/net/tcp6 holds %q, want no such file", got)
	} else if !os.IsNotExist(err) {
		t.Errorf("proc/net/tcp6: %v", err)
	}
}

func intact(t *testing.T, b *bundle.Bundle) {
	t.Helper()
	if len(b.Damage) > 0 || len(b.Notes) > 0 {
		t.Errorf("damage %q, notes %q; want neither", b.Damage, b.Notes)
	}
}

// sosShape turns proc/net into what sosreports have: a link to self/net.
func sosShape(h *fixtures.Host) *fixtures.Host {
	c := h.Clone()
	for name, data := range h.Files {
		if rest, ok := strings.CutPrefix(name, "proc/net/"); ok {
			delete(c.Files, name)
			c.Files["proc/4242/net/"+rest] = data
		}
	}
	return c.Link("proc/net", "self/net").Link("proc/self", "4242")
}

// onlyPID leaves nothing but the process's own tables.
func onlyPID(h *fixtures.Host) *fixtures.Host {
	c := sosShape(h)
	delete(c.Links, "proc/net")
	delete(c.Links, "proc/self")
	return c
}

// TestEveryForm opens a machine in every shape, form, prefix, order and format,
// with and without a filter.
func TestEveryForm(t *testing.T) {
	shapes := map[string]*fixtures.Host{"directory": small(), "links": sosShape(small()), "only the PID": onlyPID(small())}
	orders := map[string]func([]string){"sorted": nil, "reverse": slices.Reverse[[]string]}
	for shape, h := range shapes {
		t.Run("dir/"+shape, func(t *testing.T) {
			b, err := bundle.Open(h.WriteDir(t, t.TempDir()), bundle.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			checkSmall(t, b)
			intact(t, b)
		})
		for _, prefix := range []string{"", "./", "sosreport-x/", "a/b/c/", "/", "/abs/x/"} {
			for order, f := range orders {
				for _, hard := range []bool{false, true} {
					data := h.Tar(t, fixtures.TarOptions{Prefix: prefix, Order: f, NoDirs: order == "reverse", HardNet: hard})
					for _, w := range ways() {
						for filter, patterns := range map[string][]string{"all": nil, "wanted": want} {
							if hard && w.stream && filter == "wanted" {
								continue // TestStreamHardLinks
							}
							t.Run(fmt.Sprintf("%s/%s/prefix %s/%s/hard %v/%s", w.name, shape, prefix, order, hard, filter), func(t *testing.T) {
								b, err := w.open(t, data, bundle.Options{Want: patterns})
								if err != nil {
									t.Fatal(err)
								}
								checkSmall(t, b)
								intact(t, b)
							})
						}
					}
				}
			}
		}
	}
}

// TestStreamHardLinks: hard links whose targets had gone by on a stream are
// said, and the rest of the machine is there.
func TestStreamHardLinks(t *testing.T) {
	data := small().Tar(t, fixtures.TarOptions{Prefix: "x/", HardNet: true})
	b, err := viaStream(data, bundle.Options{Want: want})
	if err != nil {
		t.Fatal(err)
	}
	var gone []string
	for _, name := range []string{"proc/net/route", "proc/net/tcp", "proc/net/udp", "proc/net/unix", "sys/class/net/eth0/mtu"} {
		gone = append(gone, fmt.Sprintf("x/%s is a hard link to \"x/store/%s\", which is not in the archive or had gone by; "+
			"save the stream to a file first, which is read twice for such links", name, strings.ReplaceAll(name, "/", "-")))
	}
	if !slices.Equal(b.Damage, gone) {
		t.Errorf("damage\n got %q\nwant %q", b.Damage, gone)
	}
	if got := read(b, "proc/net/tcp"); got != "<open proc/net/tcp: file does not exist>" {
		t.Errorf("proc/net/tcp holds %q", got)
	}
	if got := read(b, "etc/services"); got != "ssh 22/tcp\n" {
		t.Errorf("etc/services holds %q", got)
	}
	// Without anything else to tell where the machine is, there is none.
	_, err = viaStream(onlyPID(small()).Tar(t, fixtures.TarOptions{HardNet: true}), bundle.Options{Want: want})
	if _, ok := errors.AsType[*bundle.NoHostError](err); !ok || !strings.Contains(err.Error(), "is a hard link to") {
		t.Errorf("tables that are all hard links: %v", err)
	}
}

// TestRandomOrder: the order of members plays no part.
func TestRandomOrder(t *testing.T) {
	for seed := range uint64(20) {
		data := sosShape(small()).Tar(t, fixtures.TarOptions{Prefix: "x/", NoDirs: seed%2 == 0, Order: func(names []string) {
			r := newRand(seed)
			r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		}})
		for _, w := range ways() {
			b, err := w.open(t, data, bundle.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			checkSmall(t, b)
			intact(t, b)
		}
	}
}

// TestFormats: headers of every dialect, with long names and PAX records.
func TestFormats(t *testing.T) {
	long := strings.Repeat("directory-with-a-long-name/", 8)
	for name, o := range map[string]fixtures.TarOptions{
		"ustar": {Prefix: "x/", Format: tar.FormatUSTAR}, "pax": {Prefix: long, Format: tar.FormatPAX},
		"gnu": {Prefix: long, Format: tar.FormatGNU},
	} {
		t.Run(name, func(t *testing.T) {
			for _, w := range ways() {
				b, err := w.open(t, sosShape(small()).Tar(t, o), bundle.Options{Want: want})
				if len(strings.Split(o.Prefix, "/")) > 9 {
					t.Fatal("the prefix is deeper than the search goes")
				}
				if err != nil {
					t.Fatal(err)
				}
				checkSmall(t, b)
				intact(t, b)
			}
		})
	}
	t.Run("v7", func(t *testing.T) {
		for _, w := range ways() {
			b, err := w.open(t, v7(member{name: "x/proc/net/tcp", data: "tcp table\n"}), bundle.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			if got := read(b, "proc/net/tcp"); got != "tcp table\n" {
				t.Errorf("%s: %q", w.name, got)
			}
		}
	})
	t.Run("sparse", func(t *testing.T) {
		for _, w := range ways() {
			b, err := w.open(t, sparse(), bundle.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := read(b, "proc/net/tcp"), "head"+strings.Repeat("\x00", 508)+"tail"; got != want {
				t.Errorf("%s: %q, want %q", w.name, got, want)
			}
		}
	})
}

// v7 writes an archive as tars before 1988 did: no magic, no version.
func v7(members ...member) []byte {
	var buf bytes.Buffer
	for _, m := range members {
		block := make([]byte, 512)
		copy(block, m.name)
		copy(block[100:], "0000644\x000000000\x000000000\x00")
		copy(block[124:], fmt.Sprintf("%011o\x00%011o\x00", len(m.data), 0))
		sum := 8 * int(' ')
		for _, b := range block {
			sum += int(b)
		}
		copy(block[148:], fmt.Sprintf("%06o\x00 ", sum))
		buf.Write(block)
		buf.WriteString(m.data)
		buf.Write(make([]byte, (512-len(m.data)%512)%512))
	}
	buf.Write(make([]byte, 1024))
	return buf.Bytes()
}

// sparse is an old GNU sparse file: four bytes at 0, a hole, four at 512.
func sparse() []byte {
	block := make([]byte, 512)
	copy(block, "proc/net/tcp")
	copy(block[100:], "0000644\x000000000\x000000000\x00")
	copy(block[124:], fmt.Sprintf("%011o\x00%011o\x00", 516, 0)) // stored: 512 + 4
	block[156] = 'S'
	copy(block[257:], "ustar  \x00")
	copy(block[386:], fmt.Sprintf("%011o\x00%011o\x00%011o\x00%011o\x00", 0, 512, 512, 4))
	copy(block[483:], fmt.Sprintf("%011o\x00", 516))
	sum := 8 * int(' ')
	for i, b := range block {
		if i < 148 || i >= 156 {
			sum += int(b)
		}
	}
	copy(block[148:], fmt.Sprintf("%06o\x00 ", sum))
	data := append(block, "head"...)
	data = append(append(data, make([]byte, 508)...), "tail"...)
	return append(data, make([]byte, 508+1024)...)
}
