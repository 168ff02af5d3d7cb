package bundle_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// TestZip: a machine in a zip, from a file, from a pipe and in a gzip.
func TestZip(t *testing.T) {
	for shape, h := range map[string]*fixtures.Host{"directory": small(), "links": sosShape(small()), "only the PID": onlyPID(small())} {
		for _, prefix := range []string{"", "./", "sosreport-x/", "a/b/c/", "/abs/x/"} {
			data := h.Zip(t, prefix)
			for form, data := range map[string][]byte{"zip": data, "zip.gz": fixtures.Gzip(t, data)} {
				for _, stream := range []bool{false, true} {
					for filter, patterns := range map[string][]string{"all": nil, "wanted": want} {
						t.Run(fmt.Sprintf("%s/%s/prefix %s/stream %v/%s", shape, form, prefix, stream, filter), func(t *testing.T) {
							b, err := via(t, stream, data, bundle.Options{Want: patterns})
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

// TestZipLinks: in a zip nothing goes by, not even on a stream.
func TestZipLinks(t *testing.T) {
	h := fixtures.NewHost(map[string]string{"proc/net/tcp": "T", "usr/lib/real": "S", "a/hosts": "H"}).
		Link("etc/services", "b").Link("etc/b", "/lib/real").Link("lib", "usr/lib").Link("etc/hosts", "../a/hosts").Link("etc/networks", "nothing")
	for _, stream := range []bool{false, true} {
		b, err := via(t, stream, h.Zip(t, ""), bundle.Options{Want: append(want, "etc/networks")})
		if err != nil {
			t.Fatal(err)
		}
		intact(t, b)
		for name, text := range map[string]string{"etc/services": "S", "etc/hosts": "H", "etc/networks": "<open etc/networks: file does not exist>"} {
			if got := read(b, name); got != text {
				t.Errorf("%s holds %q, want %q", name, got, text)
			}
		}
	}
}

// An entry is a member of a zip that a test builds by hand.
type entry struct {
	hdr  zip.FileHeader
	raw  bool
	data string
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	zw := zip.NewWriter(&buf)
	for _, e := range entries {
		create := zw.CreateHeader
		if e.raw {
			create = zw.CreateRaw
		}
		w, err := create(&e.hdr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func stored(name, data string) entry { return entry{hdr: zip.FileHeader{Name: name}, data: data} }

// odd is a member whose header says what it likes.
func odd(name, data string, change func(*zip.FileHeader)) entry {
	e := entry{raw: true, data: data, hdr: zip.FileHeader{Name: name, CRC32: crc32.ChecksumIEEE([]byte(data)), CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data))}}
	change(&e.hdr)
	return e
}

// TestZipMembers: single members that are odd cost only themselves.
func TestZipMembers(t *testing.T) {
	tcp := stored("proc/net/tcp", "T")
	const gone = "<open proc/net/udp: file does not exist>"
	mode := func(m fs.FileMode) func(*zip.FileHeader) {
		return func(h *zip.FileHeader) { h.SetMode(m) }
	}
	for _, tc := range []struct {
		name    string
		members []entry
		udp     string
		notes   []string
		damage  []string
	}{
		{"the last duplicate counts", []entry{tcp, stored("proc/net/udp", "first"), stored("./proc/net/udp", "second")}, "second",
			[]string{`"proc/net/udp" occurs more than once, the last one counts`}, nil},
		{"a name that climbs out", []entry{tcp, stored("../proc/net/udp", "evil")}, gone,
			[]string{`a member is passed over: the name "../proc/net/udp" climbs out of the archive`}, nil},
		{"encrypted", []entry{odd("proc/net/udp", "U", func(h *zip.FileHeader) { h.Flags |= 1 }), tcp}, "<it is encrypted>", nil,
			[]string{`member "proc/net/udp": it is encrypted`}},
		{"an encrypted one that nobody wants", []entry{odd("secret", "U", func(h *zip.FileHeader) { h.Flags |= 1 }), tcp}, gone, nil, nil},
		{"unknown method", []entry{odd("proc/net/udp", "U", func(h *zip.FileHeader) { h.Method = 99 }), tcp}, "<zip: unsupported compression algorithm>", nil,
			[]string{`member "proc/net/udp": zip: unsupported compression algorithm`}},
		{"wrong checksum", []entry{odd("proc/net/udp", "U", func(h *zip.FileHeader) { h.CRC32 = 1 }), tcp}, "U<zip: checksum error>", nil,
			[]string{`member "proc/net/udp": zip: checksum error`}},
		{"no deflate stream", []entry{odd("proc/net/udp", "\xff\xff", func(h *zip.FileHeader) { h.Method = zip.Deflate }), tcp}, "<zip: flate: corrupt input before offset 1>", nil,
			[]string{`member "proc/net/udp": zip: flate: corrupt input before offset 1`}},
		{"a size that lies", []entry{odd("proc/net/udp", "U", func(h *zip.FileHeader) { h.UncompressedSize64 = 1 << 40 }), tcp}, "U<zip: unexpected EOF>", nil,
			[]string{`member "proc/net/udp": zip: unexpected EOF`}},
		{"a FIFO with a content", []entry{odd("proc/net/udp", "U", mode(fs.ModeNamedPipe|0o644)), tcp}, "U", nil, nil},
		{"a device", []entry{odd("proc/net/udp", "U", mode(fs.ModeDevice|0o644)), tcp}, gone, nil, nil},
		{"a link to itself", []entry{odd("proc/net/udp", "udp", func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }), tcp}, "<open proc/net/udp: too many levels of symbolic links>", nil, nil},
		{"a link of 5000 bytes", []entry{odd("proc/net/udp", strings.Repeat("x", 5000), func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }), tcp}, gone,
			nil, []string{`the link "proc/net/udp" is passed over: its target has 5000 bytes`}},
		{"an empty member", []entry{tcp, stored("proc/net/udp", "")}, "", nil, nil},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/stream %v", tc.name, stream), func(t *testing.T) {
				b, err := via(t, stream, zipOf(t, tc.members...), bundle.Options{Want: want})
				if err != nil {
					t.Fatal(err)
				}
				if got := read(b, "proc/net/tcp"); got != "T" {
					t.Errorf("proc/net/tcp holds %q", got)
				}
				if got := read(b, "proc/net/udp"); got != tc.udp {
					t.Errorf("proc/net/udp holds %q, want %q", got, tc.udp)
				}
				if !slices.Equal(b.Notes, tc.notes) || !slices.Equal(b.Damage, tc.damage) {
					t.Errorf("notes %q, damage %q; want %q and %q", b.Notes, b.Damage, tc.notes, tc.damage)
				}
			})
		}
	}
}

// TestZipCut: a zip without its end is refused with what to do; nothing panics.
func TestZipCut(t *testing.T) {
	data := small().Zip(t, "x/")
	const text = `"standard input": the list of members at the end of the zip file is missing or damaged, it may be cut; zip -FF can repair it`
	for n := 4; n < len(data); n += step(3) {
		_, err := viaStream(data[:n], bundle.Options{Want: want})
		if err == nil || err.Error() != text {
			t.Errorf("cut after %d of %d bytes: %v, want %s", n, len(data), err, text)
		}
	}
}

// TestZipFlipped: no changed bit in a member's content goes unnoticed.
func TestZipFlipped(t *testing.T) {
	h, text := wide()
	data := h.Zip(t, "")
	for i := 0; i < len(data); i += step(1) {
		changed := bytes.Clone(data)
		changed[i] ^= 1 << (i % 8)
		b, err := viaStream(changed, bundle.Options{Want: want})
		if err != nil || len(b.Damage) > 0 || len(b.Notes) > 0 {
			continue
		}
		if got := read(b, "proc/net/tcp"); got != text && !strings.Contains(got, "file does not exist>") { // its name was changed
			t.Errorf("a flipped bit in byte %d of %d is not noticed", i, len(data))
		}
	}
}

// TestZipLimits: what does not fit is said.
func TestZipLimits(t *testing.T) {
	h, _ := wide()
	data := h.Zip(t, "")
	for _, tc := range []struct {
		name   string
		limits bundle.Limits
		damage string
	}{
		{"memory", bundle.Limits{Held: 10_000}, `member "proc/net/tcp": the limit for members held in memory is reached`},
		{"members", bundle.Limits{Members: 15}, "it has more than 15 members, the rest is not read"},
		{"decompressed", bundle.Limits{Unpacked: 1000}, "the limit for decompressed data is reached"},
	} {
		for _, stream := range []bool{false, true} {
			b, err := via(t, stream, data, bundle.Options{Want: want, Limits: tc.limits})
			if err != nil {
				t.Fatalf("%s: %v", tc.name, err)
			}
			if len(b.Damage) != 1 || !strings.Contains(b.Damage[0], tc.damage) {
				t.Errorf("%s: damage %q, want %q", tc.name, b.Damage, tc.damage)
			}
		}
	}
	_, err := viaStream(data, bundle.Options{Limits: bundle.Limits{Held: 100}})
	if err == nil || !strings.Contains(err.Error(), "the limit for members held in memory is reached") {
		t.Errorf("a zip that does not fit: %v", err)
	}
}

// TestZipMethods: methods besides stored and deflated.
func TestZipMethods(t *testing.T) {
	const text = "a table that is compressed\n"
	for ending, method := range map[string]uint16{"bz2": 12, "zst": 93} {
		data := fixtures.Compressors()[ending](t, []byte(text))
		b, err := viaStream(zipOf(t, odd("proc/net/udp", string(data), func(h *zip.FileHeader) {
			h.Method, h.CRC32, h.UncompressedSize64 = method, crc32.ChecksumIEEE([]byte(text)), uint64(len(text))
		})), bundle.Options{Want: want})
		if err != nil {
			t.Fatal(err)
		}
		if got := read(b, "proc/net/udp"); got != text {
			t.Errorf("method %d: %q", method, got)
		}
		intact(t, b)
	}
}

// TestZip64: more members than the old format can count.
func TestZip64(t *testing.T) {
	entries := make([]entry, 0, 66_001)
	for i := range 66_000 {
		entries = append(entries, stored(fmt.Sprint(i), ""))
	}
	b, err := viaStream(zipOf(t, append(entries, stored("proc/net/udp", "U"))...), bundle.Options{Want: want})
	if err != nil {
		t.Fatal(err)
	}
	if got := read(b, "proc/net/udp"); got != "U" {
		t.Errorf("proc/net/udp holds %q", got)
	}
	intact(t, b)
}

// TestInfoZip: what the zip program writes: deflated, stored, as zip64. (Go's own
// writer makes data descriptors.)
func TestInfoZip(t *testing.T) {
	if _, err := exec.LookPath("zip"); err != nil {
		t.Skip(err)
	}
	dir := small().WriteDir(t, t.TempDir())
	for _, option := range []string{"-6", "-0", "-fz"} {
		at := filepath.Join(t.TempDir(), "b.zip")
		cmd := exec.Command("zip", "-qry", option, at, ".")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("zip %s: %v\n%s", option, err, out)
		}
		b, err := bundle.Open(at, bundle.Options{Want: want})
		if err != nil {
			t.Fatalf("zip %s: %v", option, err)
		}
		checkSmall(t, b)
		intact(t, b)
		b.Close()
	}
}
