package bundle_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 3)) }

const gpgHint = "decrypt it first: gpg -d NAME | coldstat ... -"

// TestRefused pins what is said about files that are no bundles.
func TestRefused(t *testing.T) {
	dangling := string(fixtures.NewHost(nil).Link("x/proc/net", "self/net").Tar(t, fixtures.TarOptions{}))
	cases := []struct{ name, data, want, hint string }{
		{"empty", "", `"NAME": it is empty: nothing was captured, or the copy failed`, ""},
		{"text", "  sl  local_address\n", `"NAME" is neither a directory nor a tar or zip archive, plain or compressed`, ""},
		{"long text", strings.Repeat("netstat ", 500), `"NAME" is neither a directory nor a tar or zip archive, plain or compressed`, ""},
		{"7z", "7z\xbc\xaf\x27\x1c\x00\x04", `"NAME" is a 7z archive, which cannot be read directly`, "unpack it into a directory and name that: 7z x NAME"},
		{"rar", "Rar!\x1a\x07\x01\x00", `"NAME" is a rar archive, which cannot be read directly`, "unpack it into a directory and name that: unrar x NAME"},
		{"GPG in armour", "-----BEGIN PGP MESSAGE-----\n\nhQEM", `"NAME" is encrypted with GPG, which cannot be read directly`, gpgHint},
		{"GPG for a key", "\x85\x01\x0c\x03\x01\x02\x03\x04", `"NAME" is encrypted with GPG, which cannot be read directly`, gpgHint},
		{"GPG for a small key", "\x84\x5e\x03\x01\x02\x03\x04", `"NAME" is encrypted with GPG, which cannot be read directly`, gpgHint},
		{"GPG for a key, new packet", "\xc1\xc0\x4c\x03\x01\x02\x03", `"NAME" is encrypted with GPG, which cannot be read directly`, gpgHint},
		{"GPG with a passphrase", "\x8c\x0d\x04\x09\x03\x02", `"NAME" is encrypted with GPG, which cannot be read directly`, gpgHint},
		{"GPG with a passphrase, new packet", "\xc3\x2e\x04\x07\x03\x08", `"NAME" is encrypted with GPG, which cannot be read directly`, gpgHint},
		{"GPG in gzip", string(fixtures.Gzip(t, []byte("\x8c\x0d\x04\x09\x03\x02"))), `"NAME" is encrypted with GPG, which cannot be read directly`, gpgHint},
		{"almost GPG", "\x8c\x0d\x00\x09\x03\x02", `"NAME" is neither a directory nor a tar or zip archive, plain or compressed`, ""},
		{"gzip of text", string(fixtures.Gzip(t, []byte("hello"))), `"NAME" is neither a directory nor a tar or zip archive, plain or compressed`, ""},
		{"gzip of nothing", string(fixtures.Gzip(t, nil)), `"NAME": it is empty: nothing was captured, or the copy failed`, ""},
		{"gzip cut in its header", "\x1f\x8b\x08", `"NAME": the archive ends too early, it was cut`, ""},
		{"gzip with an unknown method", "\x1f\x8b\x07\x00\x00\x00\x00\x00\x00\x00", `"NAME": gzip: invalid header`, ""},
		{"zeros", strings.Repeat("\x00", 10240), `"NAME": it holds no proc/net directory, and no file like tcp, udp, unix or route on its own`, ""},
		{"a tar of other things", string(archiveOf(t, member{name: "etc/passwd", data: "root"})), `"NAME": it holds no proc/net directory, and no file like tcp, udp, unix or route on its own`, ""},
		{"only the link", dangling, `"NAME": x/proc/net is a link whose target is not in the bundle: only the link was captured`, ""},
		{"cut before the first content", string(archiveOf(t, member{name: "etc/passwd", data: "root"})[:513]),
			`"NAME": it holds no proc/net directory, and no file like tcp, udp, unix or route on its own (and CUT: the archive ends too early, it was cut)`, ""},
		{"gzip in gzip in gzip in gzip in gzip", fivefold(t), `"NAME" is neither a directory nor a tar or zip archive, plain or compressed`, ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			at := filepath.Join(t.TempDir(), "b")
			if err := os.WriteFile(at, []byte(tc.data), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := bundle.Open(at, bundle.Options{})
			checkRefused(t, err, at, strings.ReplaceAll(tc.want, "CUT", "cannot be read beyond member 1"), tc.hint)
			_, err = viaStream([]byte(tc.data), bundle.Options{})
			checkRefused(t, err, "standard input", strings.ReplaceAll(tc.want, "CUT", `member "etc/passwd"`), tc.hint)
		})
	}
}

func checkRefused(t *testing.T, err error, name, want, hint string) {
	t.Helper()
	want = strings.ReplaceAll(want, "NAME", name)
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
	got := ""
	if u, ok := errors.AsType[*bundle.UnknownFormatError](err); ok {
		got = u.Hint
	}
	if want := strings.ReplaceAll(hint, "NAME", name); got != want {
		t.Errorf("hint %q, want %q", got, want)
	}
}

func fivefold(t *testing.T) string {
	data := small().Tar(t, fixtures.TarOptions{})
	for range 5 {
		data = fixtures.Gzip(t, data)
	}
	return string(data)
}

// TestNotThere: the operating system's own error comes through.
func TestNotThere(t *testing.T) {
	_, err := bundle.Open(filepath.Join(t.TempDir(), "nothing"), bundle.Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	_, err = bundle.Open(t.TempDir(), bundle.Options{})
	if e, ok := errors.AsType[*bundle.NoHostError](err); !ok || !strings.HasSuffix(e.Error(), ": it holds no proc/net directory, and no file like tcp, udp, unix or route on its own") {
		t.Errorf("an empty directory: %v", err)
	}
}

// wide has a table that is larger than the rest, so that cuts fall into it.
func wide() (*fixtures.Host, string) {
	text := strings.Repeat("a row of the table\n", 2000)
	return small().Set("proc/net/tcp", text), text
}

// TestCut: of an archive that was cut anywhere, what came before the cut is
// there, and the cut is said. It never panics.
func TestCut(t *testing.T) {
	h, text := wide()
	plain := h.Tar(t, fixtures.TarOptions{Prefix: "x/"})
	for form, data := range map[string][]byte{"tar": plain, "tar.gz": fixtures.Gzip(t, plain)} {
		step := max(1, len(data)/150)
		cuts := []int{}
		for n := 1; n < len(data)-1; n += step {
			cuts = append(cuts, n)
		}
		end := lastContent(plain)
		if form == "tar" {
			for n := 512; n < len(data); n += 512 {
				cuts = append(cuts, n)
			}
		} else {
			end = len(data)
			for n := len(data) - 20; n < len(data); n++ {
				cuts = append(cuts, n)
			}
		}
		for _, n := range cuts {
			for _, stream := range []bool{false, true} {
				var b *bundle.Bundle
				var err error
				if stream {
					b, err = viaStream(data[:n], bundle.Options{Want: want})
				} else {
					b, err = viaFile(t, "b", data[:n], bundle.Options{Want: want})
				}
				if err != nil {
					continue // nothing of a machine came before the cut
				}
				if len(b.Damage) == 0 && n < end {
					t.Errorf("%s cut after %d of %d bytes, stream %v: no damage is said", form, n, len(data), stream)
				}
				data, err := fs.ReadFile(b, "proc/net/tcp")
				if err == nil && string(data) != text || err != nil && !strings.HasPrefix(text, string(data)) {
					t.Errorf("%s cut after %d bytes: %d bytes of the table, error %v", form, n, len(data), err)
				}
			}
		}
	}
}

// lastContent is where the zeros at an archive's end begin, rounded up to its
// first block of the end mark.
func lastContent(data []byte) int {
	return (len(bytes.TrimRight(data, "\x00")) + 511) / 512 * 512
}

// TestCutKeepsRows: half an archive gives half the table.
func TestCutKeepsRows(t *testing.T) {
	h, text := wide()
	plain := h.Tar(t, fixtures.TarOptions{Prefix: "x/"})
	at := bytes.Index(plain, []byte("a row")) + 20_000
	for _, w := range ways() {
		data := plain[:at]
		if strings.Contains(w.name, "gz") {
			continue
		}
		b, err := w.open(t, data, bundle.Options{Want: want})
		if err != nil {
			t.Fatal(err)
		}
		got, err := fs.ReadFile(b, "proc/net/tcp")
		if string(got) != text[:20_000] || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %d bytes and %v, want 20000 and an early end", w.name, len(got), err)
		}
		if len(b.Damage) == 0 || !strings.Contains(strings.Join(b.Damage, " "), "the archive ends too early, it was cut") {
			t.Errorf("%s: damage %q", w.name, b.Damage)
		}
	}
}

// TestFlippedByte: a changed byte in a gzip stream never goes unnoticed, unless
// it is one that does not matter.
func TestFlippedByte(t *testing.T) {
	h, _ := wide()
	plain := h.Tar(t, fixtures.TarOptions{Prefix: "x/"})
	zipped := fixtures.Gzip(t, plain)
	for i := 10; i < len(zipped); i++ {
		data := bytes.Clone(zipped)
		data[i] ^= 1 << (i % 8)
		b, err := viaStream(data, bundle.Options{Want: want})
		if err == nil && len(b.Damage) == 0 && !bytes.Equal(gunzip(data), plain) {
			t.Errorf("a flipped bit in byte %d of %d is not noticed", i, len(zipped))
		}
	}
}

func gunzip(data []byte) []byte {
	zr, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	plain, err := io.ReadAll(zr)
	if err != nil {
		return nil
	}
	return plain
}

// TestTrailing: what may stand behind an archive.
func TestTrailing(t *testing.T) {
	plain := small().Tar(t, fixtures.TarOptions{Prefix: "x/"})
	zipped := fixtures.Gzip(t, plain)
	half := len(plain) / 2
	cases := []struct {
		name   string
		data   []byte
		damage string
	}{
		{"members of gzip one after the other", append(fixtures.Gzip(t, plain[:half]), fixtures.Gzip(t, plain[half:])...), ""},
		{"garbage behind tar's end mark", append(bytes.Clone(plain), "garbage"...), ""},
		{"zeros behind tar's end mark", append(bytes.Clone(plain), make([]byte, 20480)...), ""},
		{"garbage behind gzip", append(bytes.Clone(zipped), "garbage that is no gzip"...), ""},
		{"no end mark", plain[:lastContent(plain)], "it ends without tar's end mark behind member 21, it may be cut"},
		{"half an end mark", plain[:lastContent(plain)+512], ""},
		{"gzip without its trailer", zipped[:len(zipped)-8], "behind the last member: the archive ends too early, it was cut"},
		{"gzip with a wrong sum", append(bytes.Clone(zipped[:len(zipped)-8]), "12345678"...), "behind the last member: gzip: invalid checksum"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			for _, stream := range []bool{false, true} {
				var b *bundle.Bundle
				var err error
				if stream {
					b, err = viaStream(tc.data, bundle.Options{Want: want})
				} else {
					b, err = viaFile(t, "b", tc.data, bundle.Options{Want: want})
				}
				if err != nil {
					t.Fatal(err)
				}
				checkSmall(t, b)
				if got := strings.Join(b.Damage, "|"); got != tc.damage {
					t.Errorf("stream %v: damage %q, want %q", stream, got, tc.damage)
				}
			}
		})
	}
}

// TestHeldLimit: a member that does not fit is said, and costs only itself.
func TestHeldLimit(t *testing.T) {
	h, _ := wide()
	data := h.Tar(t, fixtures.TarOptions{})
	const text = "the limit for members held in memory is reached; unpack the archive, a directory or a plain tar is read in place (--limit held=SIZE raises it)"
	for _, w := range ways() {
		b, err := w.open(t, data, bundle.Options{Want: want, Limits: bundle.Limits{Held: 1000}})
		if err != nil {
			t.Fatal(err)
		}
		if w.name == "tar" {
			if len(b.Damage) > 0 || len(read(b, "proc/net/tcp")) != 38_000 {
				t.Errorf("a plain tar is read in place: damage %q", b.Damage)
			}
			continue
		}
		if got := strings.Join(b.Damage, "|"); got != "proc/net/tcp: "+text {
			t.Errorf("%s: damage %q", w.name, got)
		}
		if got, err := fs.ReadFile(b, "proc/net/tcp"); len(got) > 0 || !errors.Is(err, bundle.ErrLimit) {
			t.Errorf("%s: %d bytes of the table and %v, want none and the limit", w.name, len(got), err)
		}
		for _, name := range []string{"proc/net/udp", "proc/net/unix", "etc/services", "proc/17/cmdline", "sys/class/net/eth0/mtu"} {
			if got := read(b, name); got != string(h.Files[name]) {
				t.Errorf("%s: %s holds %q, want %q", w.name, name, got, h.Files[name])
			}
		}
	}
	for _, exact := range []int64{38_000, 38_001} {
		only := archiveOf(t, member{name: "proc/net/tcp", data: string(h.Files["proc/net/tcp"])})
		if b, err := viaStream(only, bundle.Options{Limits: bundle.Limits{Held: exact}}); err != nil || len(b.Damage) > 0 {
			t.Errorf("a member of 38000 bytes within %d: %v, %q", exact, err, b.Damage)
		}
	}
}

// TestMemberLimit: beyond it nothing is read, which is said.
func TestMemberLimit(t *testing.T) {
	b, err := viaStream(small().Tar(t, fixtures.TarOptions{}), bundle.Options{Limits: bundle.Limits{Members: 12}})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Damage) == 0 || b.Damage[0] != "it has more than 12 members, the rest is not read (--limit members=NUMBER raises it)" {
		t.Errorf("damage %q", b.Damage)
	}
}

// TestSizeLies: a header's claim is never an allocation. (fs.ReadFile makes room
// for what Stat says.)
func TestSizeLies(t *testing.T) {
	data := archiveOf(t, member{name: "proc/net/tcp", data: "T"})
	copy(data[124:], "77777777777\x00") // 8 GiB
	sum := 8 * int(' ')
	for i, b := range data[:512] {
		if i < 148 || i >= 156 {
			sum += int(b)
		}
	}
	copy(data[148:], fmt.Sprintf("%06o\x00 ", sum))
	for _, w := range ways() {
		b, err := w.open(t, data, bundle.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if fi, err := fs.Stat(b, "proc/net/tcp"); err != nil || fi.Size() > int64(len(data)) {
			t.Fatalf("%s: %d bytes of an archive of %d (%v)", w.name, fi.Size(), len(data), err)
		}
		got, err := fs.ReadFile(b, "proc/net/tcp")
		if err == nil || !bytes.HasPrefix(got, []byte("T\x00")) || len(b.Damage) == 0 {
			t.Errorf("%s: %d bytes, %v, damage %q", w.name, len(got), err, b.Damage)
		}
	}
}

// TestLeavingLinks: no link in a directory leads out of it.
func TestLeavingLinks(t *testing.T) {
	top := t.TempDir()
	secret := filepath.Join(top, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := small().Link("etc/networks", secret).Link("etc/protocols", "../../secret").Link("etc/passwd", "/etc/group").
		Link("up", "..").Link("etc/shells", "../up/secret").WriteDir(t, filepath.Join(top, "bundle"))
	b, err := bundle.Open(dir, bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, name := range []string{"etc/networks", "etc/protocols", "etc/passwd", "etc/shells", "up/secret"} {
		if got := read(b, name); got != "<open "+name+": file does not exist>" && !strings.Contains(got, "no such file") {
			t.Errorf("%s holds %q", name, got)
		}
	}
	for _, name := range []string{"../secret", "/etc/passwd", "", "a//b", "./x"} {
		if _, err := b.Open(name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("the path %q: %v, want that it is invalid", name, err)
		}
	}
}

// TestFS: the archive and the directory keep the contract of io/fs.
func TestFS(t *testing.T) {
	h := small()
	delete(h.Links, "proc/17/fd/3") // TestFS follows links
	h.Link("etc/services-too", "services")
	var names []string
	for name := range h.Files {
		names = append(names, name)
	}
	for _, w := range ways() {
		b, err := w.open(t, h.Tar(t, fixtures.TarOptions{Prefix: "x/"}), bundle.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := fstest.TestFS(b, names...); err != nil {
			t.Errorf("%s: %v", w.name, err)
		}
	}
	b, err := bundle.Open(h.WriteDir(t, t.TempDir()), bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := fstest.TestFS(b, names...); err != nil {
		t.Errorf("dir: %v", err)
	}
}

// TestNotAsked: a table that Want does not name is there and cannot be read; a
// file of another kind is not there.
func TestNotAsked(t *testing.T) {
	for _, w := range ways() {
		b, err := w.open(t, small().Tar(t, fixtures.TarOptions{}), bundle.Options{Want: []string{"proc/net/udp"}})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"proc/net/udp": "udp table\n", "proc/net/tcp": "<the file was not asked for when the bundle was opened>",
			"etc/services": "<open etc/services: file does not exist>",
		} {
			if got := read(b, name); got != want {
				t.Errorf("%s: %s holds %q, want %q", w.name, name, got, want)
			}
		}
	}
}

// TestProgress: the bytes told only grow, up to the whole bundle.
func TestProgress(t *testing.T) {
	data := fixtures.Gzip(t, small().Tar(t, fixtures.TarOptions{}))
	last := int64(0)
	_, err := viaStream(data, bundle.Options{Progress: func(n int64) {
		if n < last {
			t.Errorf("%d bytes told behind %d", n, last)
		}
		last = n
	}})
	if err != nil || last != int64(len(data)) {
		t.Errorf("%v; %d bytes told, want %d", err, last, len(data))
	}
}

// TestBigMember: contents of many chunks come back whole.
func TestBigMember(t *testing.T) {
	r := newRand(1)
	for _, n := range []int{0, 1, 511, 512, 513, 256<<10 - 1, 256 << 10, 256<<10 + 1, 1 << 20, 3<<20 + 17} {
		text := make([]byte, n)
		for i := range text {
			text[i] = byte(r.Uint32())
		}
		data := archiveOf(t, member{name: "proc/net/tcp", data: string(text)})
		for _, w := range ways() {
			b, err := w.open(t, data, bundle.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			if got := read(b, "proc/net/tcp"); got != string(text) {
				t.Errorf("%s: %d bytes come back as %d others", w.name, n, len(got))
			}
			if fi, err := fs.Stat(b, "proc/net/tcp"); err != nil || fi.Size() != int64(n) {
				t.Errorf("%s: Stat of %d bytes: %v, %v", w.name, n, fi, err)
			}
		}
	}
}
