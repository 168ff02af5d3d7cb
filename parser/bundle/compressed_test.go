package bundle_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// via opens data as a file or as a stream.
func via(t testing.TB, stream bool, data []byte, o bundle.Options) (*bundle.Bundle, error) {
	t.Helper()
	if stream {
		return viaStream(data, o)
	}
	return viaFile(t, "b", data, o)
}

// endings are the compressors that the tests go through, as file names end.
var endings = []string{"gz", "xz", "bz2", "zst", "lz4"}

// TestCompressed: a machine in every compression, one stream or several, from a
// file and from a pipe.
func TestCompressed(t *testing.T) {
	compressors := fixtures.Compressors()
	if len(compressors) != len(endings) {
		t.Fatalf("%d compressors, want %d", len(compressors), len(endings))
	}
	plain := sosShape(small()).Tar(t, fixtures.TarOptions{Prefix: "x/"})
	half := len(plain) / 2
	for _, ending := range endings {
		f := compressors[ending]
		for name, data := range map[string][]byte{
			"one stream":    f(t, plain),
			"two streams":   append(f(t, plain[:half]), f(t, plain[half:])...),
			"empty streams": bytes.Join([][]byte{f(t, nil), f(t, plain), f(t, nil)}, nil),
			"twice":         f(t, f(t, plain)),
			"in a gzip":     fixtures.Gzip(t, f(t, plain)),
		} {
			for _, stream := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/stream %v", ending, name, stream), func(t *testing.T) {
					b, err := via(t, stream, data, bundle.Options{Want: want})
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

// TestPrograms: what the formats' own programs write, with the options that
// change the format. Skipped where a program is not installed.
func TestPrograms(t *testing.T) {
	plain := small().Tar(t, fixtures.TarOptions{Prefix: "x/"})
	for _, command := range []string{
		"gzip -1", "gzip -9", "xz -0", "xz -3", "xz -9e", "xz -T2 --block-size=4096", "xz -C crc32", "xz -C sha256", "xz -C none",
		"xz --x86 --lzma2", "xz --delta --lzma2", "bzip2 -1", "bzip2 -9", "zstd -1", "zstd -19", "zstd --long=27",
		"zstd --no-check", "lz4 -1", "lz4 -9", "lz4 -BD", "lz4 -B4 -BX", "lz4 --content-size", "lz4 --no-frame-crc",
	} {
		t.Run(command, func(t *testing.T) {
			args := strings.Fields(command)
			cmd := exec.Command(args[0], append(args[1:], "-c")...)
			cmd.Stdin = bytes.NewReader(plain)
			data, err := cmd.Output()
			if err != nil {
				t.Skip(err)
			}
			b, err := viaStream(data, bundle.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			checkSmall(t, b)
			intact(t, b)
		})
	}
}

// TestXzBlocks: several blocks in a stream, and padding between streams.
func TestXzBlocks(t *testing.T) {
	plain := small().Tar(t, fixtures.TarOptions{Prefix: "x/"})
	data := fixtures.XzBlocks(t, plain, 1000)
	half := len(plain) / 2
	padded := bytes.Join([][]byte{fixtures.Xz(t, plain[:half]), fixtures.Xz(t, plain[half:])}, make([]byte, 8))
	for name, data := range map[string][]byte{"blocks": data, "padding": padded} {
		b, err := viaStream(data, bundle.Options{Want: want})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkSmall(t, b)
		intact(t, b)
	}
}

// step is how far a test goes on that tries many places; -short goes further.
func step(n int) int {
	if testing.Short() {
		return 10 * n
	}
	return n
}

// TestCompressedCut: of a compressed archive that was cut anywhere, what came
// before the cut is there, and the cut is said.
func TestCompressedCut(t *testing.T) {
	h, text := wide()
	plain := h.Tar(t, fixtures.TarOptions{Prefix: "x/"})
	for _, ending := range endings {
		whole := fixtures.Compressors()[ending](t, plain)
		for n := 1; n < len(whole); n++ {
			if n%step(5) > 0 && n < len(whole)-40 {
				continue
			}
			b, err := viaStream(whole[:n], bundle.Options{Want: want})
			if err != nil {
				if n > 5 && !strings.Contains(err.Error(), "too early") {
					t.Errorf("%s cut after %d of %d bytes: %v", ending, n, len(whole), err)
				}
				continue
			}
			if said := strings.Join(b.Damage, "|"); !strings.Contains(said, "the archive ends too early, it was cut") || len(b.Notes) > 0 {
				t.Errorf("%s cut after %d of %d bytes: damage %q, notes %q", ending, n, len(whole), b.Damage, b.Notes)
			}
			data, err := fs.ReadFile(b, "proc/net/tcp")
			if err == nil && string(data) != text || err != nil && !strings.HasPrefix(text, string(data)) {
				t.Errorf("%s cut after %d bytes: %d bytes of the table, error %v", ending, n, len(data), err)
			}
		}
	}
}

// TestCompressedFlipped: no changed bit goes unnoticed if it changes a file.
func TestCompressedFlipped(t *testing.T) {
	h, text := wide()
	plain := h.Tar(t, fixtures.TarOptions{Prefix: "x/"})
	for _, ending := range endings {
		whole := fixtures.Compressors()[ending](t, plain)
		for i := 0; i < len(whole); i += step(3) {
			data := bytes.Clone(whole)
			data[i] ^= 1 << (i % 8)
			b, err := viaStream(data, bundle.Options{Want: want})
			if err == nil && len(b.Damage) == 0 && read(b, "proc/net/tcp") != text {
				t.Errorf("%s: a flipped bit in byte %d of %d is not noticed", ending, i, len(whole))
			}
		}
	}
}

// TestCompressedSum: a wrong checksum at the very end is noticed, and so is what
// stands behind it.
func TestCompressedSum(t *testing.T) {
	noise := make([]byte, 300_000) // the sum of zstd takes the last block with it
	for i, r := 0, newRand(1); i < len(noise); i++ {
		noise[i] = byte(r.Uint32())
	}
	for _, tc := range []struct {
		ending string
		behind int // where the sum is, from the end
		damage string
	}{
		{"gz", 8, "behind the last member: gzip: invalid checksum"},
		{"xz", 12, "behind the last member: xz: data is corrupt"},
		{"bz2", 2, "behind the last member: bzip2 data invalid: file checksum mismatch"},
		{"zst", 4, "cannot be read beyond member 22: zstd: CRC check failed"},
		{"lz4", 4, "behind the last member: lz4: invalid frame checksum: got "},
	} {
		h := small()
		if tc.ending == "zst" {
			h.Set("zz", string(noise))
		}
		whole := fixtures.Compressors()[tc.ending](t, h.Tar(t, fixtures.TarOptions{Prefix: "x/"}))
		wrong := bytes.Clone(whole)
		wrong[len(wrong)-tc.behind] ^= 0x55
		for _, stream := range []bool{false, true} {
			b, err := via(t, stream, wrong, bundle.Options{Want: want})
			if err != nil {
				t.Fatalf("%s: %v", tc.ending, err)
			}
			if len(b.Damage) != 1 || !strings.HasPrefix(b.Damage[0], tc.damage) {
				t.Errorf("%s with a wrong sum: damage %q, want %q", tc.ending, b.Damage, tc.damage)
			}
			checkSmall(t, b)
			for _, garbage := range []string{"garbage that is no archive", "\x00\x00\x00\x00\x00", "x"} {
				b, err := via(t, stream, append(bytes.Clone(whole), garbage...), bundle.Options{Want: want})
				if err != nil {
					t.Fatalf("%s: %v", tc.ending, err)
				}
				if len(b.Notes)+len(b.Damage) != 1 {
					t.Errorf("%s with %q behind it: damage %q, notes %q; want one of them", tc.ending, garbage, b.Damage, b.Notes)
				}
				checkSmall(t, b)
			}
		}
	}
}

// TestDictionary: a header that claims a huge dictionary costs no memory, and
// the bundle is refused with what to do.
func TestDictionary(t *testing.T) {
	plain := small().Tar(t, fixtures.TarOptions{})
	huge := fixtures.Xz(t, plain)
	// The block header at 12: size, flags, filter 0x21, 1 byte of properties.
	if huge[14] != 0x21 || huge[15] != 1 {
		t.Fatalf("the block header is % x", huge[12:24])
	}
	resize := func(properties byte) []byte {
		data := bytes.Clone(huge)
		data[16] = properties
		size := (int(data[12]) + 1) * 4
		le32(data[12+size-4:], crc32.ChecksumIEEE(data[12:12+size-4]))
		return data
	}
	const skippable = "\x50\x2a\x4d\x18\x04\x00\x00\x00skip"
	zst := string(fixtures.Compressors()["zst"](t, plain))
	for _, tc := range []struct{ name, data, what, hint string }{
		{"xz 4 GiB", string(resize(40)), "xz-compressed", "xz -dc"},
		{"xz 3 GiB", string(resize(39)), "xz-compressed", "xz -dc"},
		{"xz 192 MiB", string(resize(31)), "xz-compressed", "xz -dc"},
		{"xz 128 MiB", string(resize(30)), "", ""},
		{"zstd 2 TiB", "\x28\xb5\x2f\xfd\x04\xf8" + strings.Repeat("x", 100), "zstd-compressed", "zstd -dc --long=31"},
		{"zstd 256 MiB", "\x28\xb5\x2f\xfd\x04\x90" + strings.Repeat("x", 100), "zstd-compressed", "zstd -dc --long=31"},
		{"zstd of one segment of 1 GiB", "\x28\xb5\x2f\xfd\xa4\x00\x00\x00\x40" + strings.Repeat("x", 100), "zstd-compressed", "zstd -dc --long=31"},
		{"zstd behind a skippable frame", skippable + zst, "", ""},
		{"zstd 256 MiB behind a skippable frame", skippable + "\x28\xb5\x2f\xfd\x04\x90" + strings.Repeat("x", 100), "zstd-compressed", "zstd -dc --long=31"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			b, err := viaStream([]byte(tc.data), bundle.Options{Want: want})
			runtime.ReadMemStats(&after)
			most := uint64(8 << 20)
			if tc.what == "" {
				most += 128 << 20
			}
			if spent := after.TotalAlloc - before.TotalAlloc; spent > most {
				t.Errorf("%d MiB were allocated, want at most %d", spent>>20, most>>20)
			}
			if tc.what == "" {
				if err != nil {
					t.Fatal(err)
				}
				checkSmall(t, b)
				return
			}
			checkRefused(t, err, "standard input", `"NAME" is `+tc.what+" with a dictionary of more than 128 MiB, which cannot be read directly",
				"decompress it first: "+tc.hint+" NAME | coldstat ... -")
		})
	}
}

func le32(to []byte, v uint32) {
	to[0], to[1], to[2], to[3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
}

// TestBomb: what decompresses to too much ends there, and is said.
func TestBomb(t *testing.T) {
	const text = "the limit for decompressed data is reached, the rest is not read; if the bundle is no decompression bomb, unpack it into a directory and name that"
	h := small().Set("zeros", strings.Repeat("\x00", 8<<20))
	plain := h.Tar(t, fixtures.TarOptions{Prefix: "x/"})
	for _, ending := range endings {
		if ending == "bz2" {
			continue // slow to make
		}
		data := fixtures.Compressors()[ending](t, plain)
		for _, stream := range []bool{false, true} {
			b, err := via(t, stream, data, bundle.Options{Want: want, Limits: bundle.Limits{Unpacked: 4 << 20}})
			if err != nil {
				t.Fatal(err)
			}
			if len(b.Damage) == 0 || !strings.Contains(b.Damage[0], text) {
				t.Errorf("%s: damage %q, want %q", ending, b.Damage, text)
			}
			if got := read(b, "proc/net/tcp"); got != "tcp table\n" {
				t.Errorf("%s: proc/net/tcp holds %q", ending, got)
			}
			b, err = via(t, stream, data, bundle.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			intact(t, b)
		}
	}
}

// TestBombRatio: from 1 GiB on the ratio counts too.
func TestBombRatio(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	zeros := fixtures.Compressors()["zst"](t, make([]byte, 64<<20))
	data := append(fixtures.Compressors()["zst"](t, small().Tar(t, fixtures.TarOptions{})), bytes.Repeat(zeros, 20)...)
	for ratio, damaged := range map[int64]bool{0: true, 1_000_000: false} {
		b, err := viaStream(data, bundle.Options{Want: want, Limits: bundle.Limits{Ratio: ratio}})
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Contains(strings.Join(b.Damage, " "), "the limit for decompressed data"); said != damaged {
			t.Errorf("ratio %d: damage %q, want the limit: %v", ratio, b.Damage, damaged)
		}
		checkSmall(t, b)
	}
}

// TestNoGoroutines: decompressors leave nothing running, however they end.
func TestNoGoroutines(t *testing.T) {
	plain := small().Tar(t, fixtures.TarOptions{})
	before := runtime.NumGoroutine()
	for _, f := range fixtures.Compressors() {
		data := f(t, plain)
		for _, n := range []int{len(data), len(data) / 2} {
			_, _ = viaStream(data[:n], bundle.Options{})
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, %d before", after, before)
	}
}
