package bundle

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// written gives a tar of one table, one link and one file that ends in an error.
func written(t *testing.T, o WriterOptions) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		w.Dir("proc/net/ipx"),
		w.File("proc/net/tcp", 4, strings.NewReader("rows"), nil),
		w.File("proc/net/udp", 4, strings.NewReader("half"), io.ErrUnexpectedEOF),
		w.Link("proc/1/fd/3", "/etc/\x1b[2J\n../\xff"),
		w.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return buf.Bytes()
}

// TestWriter: what is written is read again, errors and damage included, in place
// and from a stream.
func TestWriter(t *testing.T) {
	data := written(t, WriterOptions{Top: "web1", Damage: []string{"one\n", "two"}})
	file := filepath.Join(t.TempDir(), "web1.tar")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, "-"} {
		b, err := Open(name, Options{Stdin: bytes.NewReader(data)})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		if got := strings.Join(b.Damage, "|"); got != "one\n|two" {
			t.Errorf("%s: damage %q", name, got)
		}
		if b.Base() != "web1" {
			t.Errorf("%s: base %q, want web1", name, b.Base())
		}
		if text, err := fs.ReadFile(b, "proc/net/tcp"); string(text) != "rows" || err != nil {
			t.Errorf("%s: tcp is %q, %v", name, text, err)
		}
		if text, err := fs.ReadFile(b, "proc/net/udp"); string(text) != "half" || err == nil || err.Error() != "unexpected EOF" {
			t.Errorf("%s: udp is %q, %v; want half and unexpected EOF", name, text, err)
		}
		if target, err := fs.ReadLink(b, "proc/1/fd/3"); target != "/etc/\x1b[2J\n../\xff" || err != nil {
			t.Errorf("%s: the link is %q, %v", name, target, err)
		}
		if fi, err := fs.Stat(b, "proc/net/ipx"); err != nil || !fi.IsDir() {
			t.Errorf("%s: ipx is no directory: %v", name, err)
		}
	}
}

// TestWriterHeaders: nothing in the headers depends on who writes, where and when,
// and PAX is only used where there is no other way.
func TestWriterHeaders(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("x", 3600))
	for _, tt := range []struct {
		name string
		time time.Time
		want int64
	}{
		{"no time", time.Time{}, 0},
		{"before 1970", time.Unix(-1, 0), 0},
		{"a time", at, at.Unix()},
		{"after 2242", time.Unix(1<<33, 0), 0},
	} {
		for tr := tar.NewReader(bytes.NewReader(written(t, WriterOptions{Top: "web1", Time: tt.time}))); ; {
			h, err := tr.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			mode := map[byte]int64{tar.TypeReg: 0o644, tar.TypeDir: 0o755, tar.TypeSymlink: 0o777}[h.Typeflag]
			if h.ModTime.Unix() != tt.want || h.Mode != mode || h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" {
				t.Errorf("%s: %+v", tt.name, h)
			}
			if needed := h.Linkname != "" || strings.HasSuffix(h.Name, "/udp"); (len(h.PAXRecords) > 0) != needed {
				t.Errorf("%s: %s has the records %v", tt.name, h.Name, h.PAXRecords)
			}
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewWriter(&buf, WriterOptions{Top: "web1"})
	if err != nil {
		t.Fatal(err)
	}
	before := buf.Len()
	for name, err := range map[string]error{
		"a NUL":           w.Link("proc/1/fd/3", "a\x00b"),
		"a long target":   w.Link("proc/1/fd/3", strings.Repeat("a", maxName+1)),
		"an archive name": w.File("proc/1/fd/3.tar", 1, strings.NewReader("x"), nil),
	} {
		if !errors.Is(err, ErrName) {
			t.Errorf("%s: %v, want ErrName", name, err)
		}
	}
	if buf.Len() != before {
		t.Errorf("%d bytes were written", buf.Len()-before)
	}
	if err := w.File("proc/net/tcp", 5, strings.NewReader("rows"), nil); err == nil || err.Error() != "proc/net/tcp became shorter while it was read" {
		t.Errorf("a file that became shorter: %v", err)
	}
}

// TestHostileRecords: records of an archive are claims like all else in it.
func TestHostileRecords(t *testing.T) {
	var damage []string
	for range 100 {
		damage = append(damage, strings.Repeat("\x1b", 10_000))
	}
	b, err := Open("-", Options{Stdin: bytes.NewReader(written(t, WriterOptions{Top: "web1", Damage: damage}))})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Damage) != maxNotes+1 || len(b.Damage[0]) != maxRecord {
		t.Errorf("%d remarks, the first of %d bytes; want %d of %d", len(b.Damage), len(b.Damage[0]), maxNotes+1, maxRecord)
	}
}

func TestPack(t *testing.T) {
	for _, ending := range Endings() {
		var first []byte
		for _, size := range []int{1, 4096, 1 << 20} { // of each write
			var buf bytes.Buffer
			w, err := Pack(&buf, "a"+ending)
			if err != nil {
				t.Fatal(err)
			}
			for data := bytes.Repeat([]byte("0123456789abcdefghi\n"), 20_000); len(data) > 0; {
				n := min(size, len(data))
				if _, err := w.Write(data[:n]); err != nil {
					t.Fatal(err)
				}
				data = data[n:]
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = buf.Bytes()
			}
			if !bytes.Equal(buf.Bytes(), first) {
				t.Errorf("%s: other bytes with writes of %d", ending, size)
			}
		}
	}
	if _, err := Pack(io.Discard, "a.zip"); err == nil || err.Error() != `"a.zip" ends in none of .tar.zst, .tar.gz, .tar` {
		t.Errorf("a.zip: %v", err)
	}
}
