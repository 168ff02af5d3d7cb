package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/coldstat/coldstat/fixtures"
)

// testFormats are the formats that have pieces, with small ones.
func testFormats() map[string]format {
	list := map[string]format{}
	for _, f := range formats() {
		switch f.name {
		case "bzip2":
			f.split = func(in io.ReaderAt, size int64, _ int) (splitter, int) {
				return newBzip2Splitter(in, size, 1).next, bzip2Ahead
			}
		case "zstd":
			f.split = func(in io.ReaderAt, size int64, slots int) (splitter, int) {
				return newZstdSplitter(in, size, slots, 1).split(), zstdAhead
			}
		case "xz":
		default:
			continue
		}
		list[f.name] = f
	}
	return list
}

// inBlocks compresses in blocks, or frames, of so many bytes.
func inBlocks(t testing.TB, name string, data []byte, size int) []byte {
	switch name {
	case "bzip2":
		return fixtures.Bzip2Blocks(t, data, size, false)
	case "xz":
		return fixtures.XzBlocks(t, data, int64(size))
	}
	var all []byte
	for part := range slices.Chunk(data, size) {
		all = append(all, fixtures.Compressors()["zst"](t, part)...)
	}
	return all
}

// unpackedWhole gives what the format's own decoder gives, with panics as errors.
func unpackedWhole(f format, data []byte) (out []byte, err error) {
	defer rescue(&err)
	r, err := f.unpack(bufio.NewReader(bytes.NewReader(data)))
	if err != nil {
		return nil, err
	}
	return readAtMost(r)
}

// unpackedInPieces does so with a crew. pieces tells whether it got to the end.
func unpackedInPieces(f format, data []byte) (out []byte, pieces bool, err error) {
	defer rescue(&err)
	whole, err := f.unpack(bufio.NewReader(bytes.NewReader(data)))
	if err != nil {
		return nil, false, err
	}
	r := f.inPieces(whole, bytes.NewReader(data), int64(len(data)), 3)
	if r == nil {
		out, err = readAtMost(whole)
		return out, false, err
	}
	defer r.Close()
	out, err = readAtMost(r)
	return out, r.crew != nil, err
}

// readAtMost bounds what mutated streams can hold.
func readAtMost(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, 8<<20)) }

// same compares the two ways.
func same(t *testing.T, what string, f format, data []byte) (pieces bool) {
	t.Helper()
	want, wantErr := unpackedWhole(f, data)
	got, pieces, err := unpackedInPieces(f, data)
	// How much of its dictionary the library of xz gives before an error depends
	// on how much is read at once.
	alike := f.name == "xz" && err != nil && (bytes.HasPrefix(got, want) || bytes.HasPrefix(want, got))
	if !alike && !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes in pieces, %d as a whole", what, len(got), len(want))
	}
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		t.Errorf("%s: the error is %v in pieces, %v as a whole", what, err, wantErr)
	}
	return pieces
}

func someText(r *rand.Rand, n int) []byte {
	text := make([]byte, n)
	for i := range text {
		text[i] = byte(r.IntN(4)) + 'a'
		if i > 100 && r.IntN(3) > 0 {
			text[i] = text[i-100]
		}
	}
	return text
}

// TestPieces: in pieces comes out what comes out of the whole, of good streams and
// of broken ones.
func TestPieces(t *testing.T) {
	rounds := 150
	if testing.Short() {
		rounds = 15
	}
	for name, f := range testFormats() {
		r := rand.New(rand.NewPCG(7, 7))
		for _, n := range []int{0, 1, 100, 3000, 40_000} {
			for _, size := range []int{1, 97, 1000, 20_000} {
				if n > 30*size {
					continue
				}
				text := someText(r, n)
				data := inBlocks(t, name, text, size)
				what := fmt.Sprintf("%s, %d bytes in blocks of %d", name, n, size)
				if pieces := same(t, what, f, data); !pieces && n > size {
					t.Errorf("%s: it was not read in pieces", what)
				}
				other := inBlocks(t, name, text[:n/2], size)
				same(t, what+", twice", f, append(bytes.Clone(data), other...))
				same(t, what+", padded", f, append(bytes.Clone(data), 0, 0, 0, 0))
				same(t, what+", padded twice", f, append(append(bytes.Clone(data), 0, 0, 0, 0), other...))
				same(t, what+", with garbage", f, append(bytes.Clone(data), "garbage"...))
				for range rounds / 5 {
					if len(data) > 0 {
						same(t, what+", cut", f, data[:r.IntN(len(data))])
						same(t, what+", changed", f, mutated(r, data))
					}
				}
			}
		}
	}
}

// mutated changes, moves or drops some bytes.
func mutated(r *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	for range 1 + r.IntN(3) {
		at := r.IntN(len(data))
		switch r.IntN(4) {
		case 0:
			data[at] ^= 1 << r.IntN(8)
		case 1:
			data[at] = byte(r.Uint32())
		case 2:
			copy(data[at:], data[r.IntN(len(data)):])
		default:
			data = append(data[:at:at], data[min(len(data), at+r.IntN(20)):]...)
		}
		if len(data) == 0 {
			break
		}
	}
	return data
}

// TestBzip2Forged: a block's magic number within a block is no block.
func TestBzip2Forged(t *testing.T) {
	f := testFormats()["bzip2"]
	text := someText(rand.New(rand.NewPCG(1, 1)), 5000)
	data := fixtures.Bzip2Blocks(t, text, 1000, true)
	if out, err := unpackedWhole(f, data); err != nil || !bytes.Equal(out, text) {
		t.Fatalf("the test's own stream: %d bytes and %v", len(out), err)
	}
	if same(t, "forged", f, data) {
		t.Error("it was read in pieces")
	}
	f.split = splitBzip2 // a piece with several of them
	same(t, "forged, larger pieces", f, data)
}

// TestBzip2Exact: blocks that are cut at any bit never pass for whole ones, and
// nothing comes out that is not in them.
func TestBzip2Exact(t *testing.T) {
	text := someText(rand.New(rand.NewPCG(2, 1)), 900)
	data := append(fixtures.Bzip2Blocks(t, text, 300, false), 0, 0, 0, 0, 0, 0, 0)
	good := map[int]bool{}
	for end := bzip2Header + 1; end < len(data)*8-bzip2Magic-8; end++ {
		p := bzip2Piece{head: data[:4], buf: data, start: bzip2Header, end: end}
		r, err := p.open()
		if err != nil {
			t.Fatal(err)
		}
		out, err := io.ReadAll(r)
		if !bytes.HasPrefix(text, out) {
			t.Fatalf("cut at bit %d: other bytes came out", end)
		}
		if err == nil {
			good[len(out)] = true // up to 7 bits more are in the same byte, and no magic number is there
		} else if !errors.Is(err, errOdd) {
			t.Fatalf("cut at bit %d: %v, want %v", end, err, errOdd)
		}
	}
	if want := map[int]bool{300: true, 600: true, 900: true}; !maps.Equal(good, want) {
		t.Errorf("so many bytes pass for whole blocks: %v, want %v", good, want)
	}
}

// TestSearch: magic numbers are found at every bit.
func TestSearch(t *testing.T) {
	for _, magic := range []uint64{bzip2Block, bzip2Trailer} {
		for at := range 200 {
			data := make([]byte, 40)
			for i := range bzip2Magic {
				data[(at+i)/8] |= byte(magic>>(bzip2Magic-1-i)&1) << (7 - (at+i)%8)
			}
			s := newBzip2Splitter(bytes.NewReader(data), int64(len(data)), 1)
			if got, what, err := s.search(0); got != at || what != magic || err != nil {
				t.Errorf("%#x at bit %d is found as %#x at %d (%v)", magic, at, what, got, err)
			}
			s = newBzip2Splitter(bytes.NewReader(data), int64(len(data)), 1)
			if got, _, err := s.search(at + 1); !errors.Is(err, errOdd) {
				t.Errorf("%#x at bit %d is found behind that, at %d (%v)", magic, at, got, err)
			}
		}
	}
}

// TestCrew: order, errors, panics and early ends, without a library.
func TestCrew(t *testing.T) {
	before := runtime.NumGoroutine()
	failure := errors.New("failure")
	for _, tc := range []struct {
		name string
		bad  func() (io.Reader, error) // piece 7 of 10
		want string
	}{
		{"good", nil, ""},
		{"cannot be opened", func() (io.Reader, error) { return nil, failure }, "failure"},
		{"fails", func() (io.Reader, error) {
			return io.MultiReader(strings.NewReader("7"), iotest.ErrReader(failure)), nil
		}, "failure"},
		{"panics when opened", func() (io.Reader, error) { panic("oh") }, "oh"},
		{"panics when read", func() (io.Reader, error) { return iotest.OneByteReader(nil), nil }, "runtime error: invalid memory address or nil pointer dereference"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := 0
			c := newCrew(func() (piece, error) {
				if n++; n > 10 {
					return piece{}, io.EOF
				}
				text := strings.Repeat(fmt.Sprint(n-1), 1000)
				p := piece{open: func() (io.Reader, error) { return iotest.HalfReader(strings.NewReader(text)), nil }}
				if n == 8 && tc.bad != nil {
					p.open = tc.bad
				}
				return p, nil
			}, 3, 2)
			out, err := io.ReadAll(c)
			c.Close()
			want := 10
			if tc.bad != nil {
				want = 7
			}
			for i := range want {
				if !bytes.HasPrefix(out[i*1000:], bytes.Repeat([]byte{byte('0' + i)}, 1000)) {
					t.Errorf("piece %d does not come in its place", i)
				}
			}
			if got := fmt.Sprint(err); got != tc.want && (err != nil || tc.want != "") {
				t.Errorf("error %q, want %q", got, tc.want)
			}
		})
	}
	endless := newCrew(func() (piece, error) {
		return piece{open: func() (io.Reader, error) { return strings.NewReader(strings.Repeat("x", 1<<20)), nil }}, nil
	}, 3, 1)
	if _, err := io.CopyN(io.Discard, endless, 5<<20); err != nil {
		t.Error(err)
	}
	endless.Close()
	settled(t, before)
}

// settled waits for goroutines that have nothing left to do but to end.
func settled(t *testing.T, before int) {
	t.Helper()
	for i := 0; runtime.NumGoroutine() > before; i++ {
		if i == 1000 {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestCrewBounded: what is decompressed ahead is bounded.
func TestCrewBounded(t *testing.T) {
	var opened []*countingReader
	c := newCrew(func() (piece, error) {
		r := &countingReader{}
		opened = append(opened, r)
		return piece{open: func() (io.Reader, error) { return r, nil }}, nil
	}, 3, 2)
	one := make([]byte, 1)
	if _, err := io.ReadFull(c, one); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // time to do wrong
	c.Close()
	if len(opened) > 3 {
		t.Errorf("%d pieces, want at most 3", len(opened))
	}
	for i, r := range opened {
		if r.n > 4*chunkSize {
			t.Errorf("%d bytes of piece %d were read", r.n, i)
		}
	}
}

type countingReader struct{ n int }

func (c *countingReader) Read(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

// TestXzIndex: an index is believed only if it is as the format has it.
func TestXzIndex(t *testing.T) {
	data := fixtures.XzBlocks(t, someText(rand.New(rand.NewPCG(3, 1)), 5000), 1000)
	split, depth := splitXz(bytes.NewReader(data), int64(len(data)), 3)
	if split == nil || depth != 1 {
		t.Fatalf("the test's own stream has no index: depth %d", depth)
	}
	for i := range data {
		wrong := bytes.Clone(data)
		wrong[i] ^= 1
		split, _ := splitXz(bytes.NewReader(wrong), int64(len(wrong)), 3)
		if inIndex := i < xzEnds || i >= len(data)-xzEnds-20; split != nil && inIndex {
			t.Errorf("a changed bit in byte %d of %d is not seen", i, len(data))
		}
	}
	for n := range data {
		if split, _ := splitXz(bytes.NewReader(data[:n]), int64(n), 3); split != nil {
			t.Errorf("it has an index when it is cut after %d of %d bytes", n, len(data))
		}
	}
}

// FuzzPieces: in pieces comes out what comes out of the whole.
func FuzzPieces(f *testing.F) {
	r := rand.New(rand.NewPCG(4, 1))
	for name := range testFormats() {
		data := inBlocks(f, name, someText(r, 2000), 500)
		f.Add(data)
		f.Add(append(bytes.Clone(data), data...))
		f.Add(data[:len(data)/2])
	}
	f.Add(fixtures.Bzip2Blocks(f, someText(r, 500), 100, true))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range testFormats() {
			if format.match(data) {
				same(t, format.name, format, data)
			}
		}
	})
}
