package bundle_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// A stretch is where a member stands in a tar: its headers, and its content.
type stretch struct {
	name          string
	from, content int
	end           int // of the content, without the padding
}

// stretches lists the members of a tar.
func stretches(t testing.TB, data []byte) (list []stretch) {
	t.Helper()
	r := bytes.NewReader(data)
	tr := tar.NewReader(r)
	from := 0
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		at := len(data) - r.Len()
		s := stretch{name: h.Name, from: from, content: at, end: at + int(h.Size)}
		list = append(list, s)
		from = (s.end + 511) / 512 * 512
	}
}

// tables is a machine as its tables, on which a test looks through one name only.
func tables() *fixtures.Host {
	h := fixtures.NewHost(nil)
	for i, name := range []string{"tcp", "udp", "route", "unix"} {
		h.Set("proc/net/"+name, strings.Repeat(fmt.Sprintf("a row of table %d\n", i), 1+20*i))
	}
	return h.Set("etc/services", "ssh 22/tcp\n")
}

// TestFlippedBit: one changed bit anywhere in a tar costs the member that it is in
// and no other, and is told if it is in a header. In place, in a stream, and behind
// a decompressor.
func TestFlippedBit(t *testing.T) {
	for name, o := range map[string]fixtures.TarOptions{
		"ustar": {Format: tar.FormatUSTAR},
		"pax":   {Prefix: strings.Repeat("long", 35) + "/", Format: tar.FormatPAX, NoDirs: true},
		"gnu":   {Prefix: strings.Repeat("long", 35) + "/", Format: tar.FormatGNU, NoDirs: true},
	} {
		h := tables()
		plain := h.Tar(t, o)
		members := stretches(t, plain)
		at := filepath.Join(t.TempDir(), "b")
		for i := 0; i < len(plain); i += step(1) {
			if plain[i] == 0 && i%16 > 0 {
				continue // zeros are alike
			}
			data := bytes.Clone(plain)
			data[i] ^= 1 << (i % 8)
			forms := []string{"stream"}
			if i%32 == 0 {
				forms = []string{"stream", "file", "gzip in a file"}
			}
			for _, form := range forms {
				b, err := opened(t, form, at, data)
				if err != nil {
					t.Fatalf("%s, %s, byte %d: %v", name, form, i, err)
				}
				checkOthers(t, fmt.Sprintf("%s, %s, byte %d", name, form, i), b, h, members, i)
				b.Close()
			}
		}
	}
}

// opened opens data as a stream or as the file.
func opened(t testing.TB, form, at string, data []byte) (*bundle.Bundle, error) {
	t.Helper()
	if form == "stream" {
		return viaStream(data, bundle.Options{Want: want})
	}
	if strings.HasPrefix(form, "gzip") {
		data = fixtures.Gzip(t, data)
	}
	if err := os.WriteFile(at, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return bundle.Open(at, bundle.Options{Want: want})
}

// checkOthers compares all files but that whose member has the changed byte.
func checkOthers(t *testing.T, what string, b *bundle.Bundle, h *fixtures.Host, members []stretch, changed int) {
	t.Helper()
	for name, text := range h.Files {
		i := slices.IndexFunc(members, func(s stretch) bool { return strings.HasSuffix(s.name, name) })
		m := members[i]
		switch got := read(b, name); {
		case got == string(text) || slices.ContainsFunc(b.Machines, func(m bundle.Machine) bool { return read(m, name) == string(text) }):
			// A changed name in an extended header, which has no checksum, may make two machines of one.
		case changed < m.from || changed >= m.end:
			t.Errorf("%s: %s holds %d bytes, want %d; damage %q", what, name, len(got), len(text), b.Damage)
		case changed < m.content && len(b.Damage) == 0 && m.content-m.from == 512:
			t.Errorf("%s: %s is lost, and no damage told", what, name)
		}
	}
}

// TestBrokenHeader pins what is said.
func TestBrokenHeader(t *testing.T) {
	members := []member{{name: "proc/net/tcp", data: "T"}, {name: "proc/net/udp", data: strings.Repeat("U", 2000)}, {name: "proc/net/unix", data: "X"}, {name: "proc/net/route", data: "R"}}
	whole := archiveOf(t, members...) // headers at 0, 1024, 3584, 4608; the end mark at 5632
	const gone = "<open proc/net/%s: file does not exist>"
	change := func(at int, with string) func([]byte) []byte {
		return func(data []byte) []byte { copy(data[at:], with); return data }
	}
	for _, tc := range []struct {
		name   string
		broken func([]byte) []byte
		lost   []string
		damage string
	}{
		{"checksum", change(1024+148, "7"), []string{"udp"}, "the header behind member 1 is broken (invalid tar header): 2560 bytes are passed over, up to the next one"},
		{"the first header", change(10, "x"), []string{"tcp"}, "the header behind member 0 is broken (invalid tar header): 1024 bytes are passed over, up to the next one"},
		{"the first header's magic", change(257, "v"), []string{"tcp"}, "the header behind member 0 is broken (invalid tar header): 1024 bytes are passed over, up to the next one"},
		{"a size that is no number", func(data []byte) []byte { return resized(data, 1024, "xyz") }, []string{"udp"}, "the header behind member 1 is broken (invalid tar header): 2560 bytes are passed over, up to the next one"},
		{"a negative size", func(data []byte) []byte { return resized(data, 1024, strings.Repeat("\xff", 12)) }, []string{"udp"}, "the header behind member 1 is broken (invalid tar header): 2560 bytes are passed over, up to the next one"},
		{"the last header", change(4608, "x"), []string{"route"}, "cannot be read beyond member 3: invalid tar header"},
		{"two headers", func(data []byte) []byte { data[1024], data[3584] = 'x', 'x'; return data }, []string{"udp", "unix"}, "the header behind member 1 is broken (invalid tar header): 3584 bytes are passed over, up to the next one"},
		{"zeros", func(data []byte) []byte { clear(data[1024:3584]); return data }, []string{"udp"}, "zeros stand behind member 1, as at the end of a tar, but 2560 bytes further on more members follow: what was there may be lost, or it is another tar"},
		{"one block of zeros", func(data []byte) []byte { return slices.Insert(data, 1024, make([]byte, 512)...) }, nil, "the header behind member 1 is broken (invalid tar header): 512 bytes are passed over, up to the next one"},
		{"two blocks of zeros", func(data []byte) []byte { return slices.Insert(data, 1024, make([]byte, 1024)...) }, nil, "zeros stand behind member 1, as at the end of a tar, but 1024 bytes further on more members follow: what was there may be lost, or it is another tar"},
		{"bytes that came in between", func(data []byte) []byte { return slices.Insert(data, 1024, []byte("garbage")...) }, nil, "the header behind member 1 is broken (invalid tar header): 7 bytes are passed over, up to the next one"},
		{"bytes that got lost", func(data []byte) []byte { return slices.Delete(data, 1100, 1200) }, []string{"udp"}, "the header behind member 1 is broken (invalid tar header): 2460 bytes are passed over, up to the next one"},
		{"the end mark", change(5632+600, "x"), nil, "cannot be read beyond member 4: invalid tar header"},
		{"another tar", func(data []byte) []byte {
			return append(data[:5632+1024], archiveOf(t, member{name: "etc/services", data: "S"})...)
		}, nil, "zeros stand behind member 4, as at the end of a tar, but 1024 bytes further on more members follow: what was there may be lost, or it is another tar"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, w := range ways() {
				b, err := w.open(t, tc.broken(bytes.Clone(whole)), bundle.Options{Want: want})
				if err != nil {
					t.Fatalf("%s: %v", w.name, err)
				}
				for _, m := range members {
					table := strings.TrimPrefix(m.name, "proc/net/")
					text := m.data
					if slices.Contains(tc.lost, table) {
						text = fmt.Sprintf(gone, table)
					}
					if got := read(b, m.name); got != text {
						t.Errorf("%s: %s holds %q, want %q", w.name, m.name, got, text)
					}
				}
				if got := strings.Join(b.Damage, "|"); got != tc.damage {
					t.Errorf("%s: damage\n got %s\nwant %s", w.name, got, tc.damage)
				}
			}
		})
	}
}

// resized writes a size into a header and makes its checksum right.
func resized(data []byte, at int, size string) []byte {
	header := data[at : at+512]
	copy(header[124:136], size)
	sum := 8 * int(' ')
	for i, b := range header {
		if i < 148 || i >= 156 {
			sum += int(b)
		}
	}
	copy(header[148:], fmt.Sprintf("%06o\x00 ", sum))
	return data
}

// TestLostBytes: of a tar in a file from which bytes got lost, the members behind are
// there, also the next one, of which the beginning was taken for the end of the one
// before.
func TestLostBytes(t *testing.T) {
	h := tables()
	plain := h.Tar(t, fixtures.TarOptions{NoDirs: true})
	members := stretches(t, plain)
	at := filepath.Join(t.TempDir(), "b")
	for _, m := range members[:len(members)-1] {
		for n := 1; n < min(600, m.end-m.content); n += step(7) {
			if n == 512 {
				continue
			}
			data := slices.Delete(bytes.Clone(plain), m.content, m.content+n)
			b, err := opened(t, "file", at, data)
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range h.Files {
				if got := read(b, name); got != string(text) && name != m.name {
					t.Errorf("%d bytes of %s are lost: %s holds %d bytes, want %d; damage %q", n, m.name, name, len(got), len(text), b.Damage)
				}
			}
			if len(b.Damage) == 0 {
				t.Errorf("%d bytes of %s are lost, and nothing is told", n, m.name)
			}
			b.Close()
		}
	}
}

// TestBrokenOld: headers without magic are found at multiples of 512 bytes.
func TestBrokenOld(t *testing.T) {
	data := v7(member{name: "proc/net/tcp", data: "T"}, member{name: "proc/net/udp", data: "U"}, member{name: "proc/net/unix", data: "X"})
	data[1024] = 'x'
	for _, w := range ways() {
		b, err := w.open(t, data, bundle.Options{Want: want})
		if err != nil {
			t.Fatal(err)
		}
		if got := read(b, "proc/net/tcp") + read(b, "proc/net/unix"); got != "TX" {
			t.Errorf("%s: %q", w.name, got)
		}
		if want := "the header behind member 1 is broken (invalid tar header): 1024 bytes are passed over, up to the next one"; len(b.Damage) != 1 || b.Damage[0] != want {
			t.Errorf("%s: damage %q, want %q", w.name, b.Damage, want)
		}
	}
}

// TestManyGaps: many broken headers are told in few lines, and cost no more than
// themselves.
func TestManyGaps(t *testing.T) {
	var members []member
	for i := range 50 {
		members = append(members, member{name: fmt.Sprintf("x/%03d", i), data: "x"}, member{name: fmt.Sprintf("proc/%d/cmdline", i+1), data: "C"})
	}
	data := archiveOf(t, append(members, member{name: "proc/net/tcp", data: "T"})...)
	for i := range 50 {
		data[i*2048] ^= 1
	}
	for _, w := range ways() {
		b, err := w.open(t, data, bundle.Options{Want: want})
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Damage[len(b.Damage)-1]; len(b.Damage) != 11 || got != "all in all there are 50 such places, at which 51200 bytes are passed over" {
			t.Errorf("%s: %d remarks, the last is %q", w.name, len(b.Damage), got)
		}
		for i := range 50 {
			if got := read(b, fmt.Sprintf("proc/%d/cmdline", i+1)); got != "C" {
				t.Errorf("%s: process %d: %q", w.name, i+1, got)
			}
		}
	}
}
