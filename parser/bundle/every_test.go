package bundle_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// everyForm gives a machine in each container.
func everyForm(t testing.TB, h *fixtures.Host) map[string][]byte {
	plain := h.Tar(t, fixtures.TarOptions{Prefix: "x/", NoDirs: true})
	forms := map[string][]byte{"tar": plain, "zip": h.Zip(t, "x/")}
	for ending, compress := range fixtures.Compressors() {
		forms[ending] = compress(t, plain)
	}
	return forms
}

// TestEveryCut: cut after each of its bytes, a bundle is refused or damaged, as long
// as anything is missing, and what it gives of a file is what the file begins with. Of
// a plain tar all members before the cut are there.
func TestEveryCut(t *testing.T) {
	h := tables()
	for form, whole := range everyForm(t, h) {
		end := len(whole)
		if form == "tar" {
			end = lastContent(whole)
		}
		at := filepath.Join(t.TempDir(), "b")
		for n := 1; n < end; n += step(1) {
			way := "stream"
			if n%16 == 0 {
				way = "file"
			}
			b, err := opened(t, way, at, whole[:n])
			if err != nil {
				continue
			}
			if len(b.Damage) == 0 {
				t.Errorf("%s cut after %d of %d bytes, %s: no damage is told", form, n, len(whole), way)
			}
			for name, text := range h.Files {
				got, _, _ := strings.Cut(read(b, name), "<")
				if !strings.HasPrefix(string(text), got) {
					t.Errorf("%s cut after %d bytes: %s holds %q", form, n, name, got)
				}
				if form == "tar" && memberOf(t, whole, name).end <= n && got != string(text) {
					t.Errorf("tar cut after %d bytes: %s stands before the cut and holds %q", n, name, got)
				}
			}
			b.Close()
		}
	}
}

func memberOf(t *testing.T, data []byte, name string) stretch {
	members := stretches(t, data)
	return members[slices.IndexFunc(members, func(s stretch) bool { return strings.HasSuffix(s.name, name) })]
}

// TestEveryFlip: with one bit changed in each of its bytes, a compressed bundle is
// refused, or damaged, or gives the same files; of a zip, whose names have no
// checksum, a file may be missing.
func TestEveryFlip(t *testing.T) {
	h := tables()
	for form, whole := range everyForm(t, h) {
		if form == "tar" {
			continue // TestFlippedBit
		}
		at := filepath.Join(t.TempDir(), "b")
		for i := 0; i < len(whole); i += step(1) {
			data := bytes.Clone(whole)
			data[i] ^= 1 << (i % 8)
			way := "stream"
			if i%16 == 0 {
				way = "file"
			}
			b, err := opened(t, way, at, data)
			if err != nil {
				continue
			}
			if len(b.Damage)+len(b.Notes) == 0 {
				for name, text := range h.Files {
					if got := read(b, name); got != string(text) && (form != "zip" || got != fmt.Sprintf("<open %s: file does not exist>", name)) {
						t.Errorf("%s with another bit in byte %d of %d, %s: %s holds %q, and nothing is told", form, i, len(whole), way, name, got)
					}
				}
			}
			b.Close()
		}
	}
}

// TestZipFlipKeeps: in a zip one changed bit costs one file, unless it is in the list of
// members or makes a name climb out of it.
func TestZipFlipKeeps(t *testing.T) {
	h := tables()
	whole := h.Zip(t, "")
	list := bytes.Index(whole, []byte("PK\x01\x02"))
	for i := 4; i < list; i += step(1) {
		data := bytes.Clone(whole)
		data[i] ^= 1 << (i % 8)
		b, err := viaStream(data, bundle.Options{Want: want})
		if err != nil {
			t.Fatalf("byte %d: %v", i, err)
		}
		other := 0
		for name, text := range h.Files {
			if read(b, name) != string(text) {
				other++
			}
		}
		if other > 1 || other == 1 && len(b.Damage) == 0 {
			t.Errorf("byte %d of %d: %d files are not what they were, damage %q", i, len(whole), other, b.Damage)
		}
	}
}
