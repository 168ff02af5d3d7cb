package parser_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// TestInetChunks: the chunks of a table hold what the table holds, in the same order,
// with the same errors and numbers of lines, whatever is wrong with it.
func TestInetChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	k := fixtures.Kernel{}
	good := k.Inet("tcp", fixtures.Many(r, 6000, func(r *rand.Rand) parser.InetSocket { return fixtures.RandomInet(r, "tcp") }))
	if len(good) < 3*256<<10 {
		t.Fatalf("%d bytes are too few for several chunks", len(good))
	}
	long := strings.Repeat("x", 100_000) + "\n"
	huge := strings.Repeat("y", 700_000)
	damaged := func() string {
		b := []byte(good)
		for range 200 {
			b[r.IntN(len(b))] = byte(r.IntN(256))
		}
		return string(b)
	}
	texts := map[string]string{
		"good": good, "cut": good[:len(good)-40], "without newline": good[:len(good)-1], "CR LF": strings.ReplaceAll(good, "\n", "\r\n"),
		"a long line": good[:300_000] + "\n" + long + good[300_000:], "a huge line": good[:300_000] + "\n" + huge + "\n" + good[300_000:],
		"a huge last line": good + huge, "a long header": long + good, "empty": "", "a header": good[:150], "udp": k.Inet("udp", fixtures.Many(r, 3000, func(r *rand.Rand) parser.InetSocket { return fixtures.RandomInet(r, "udp") })),
		"damaged": damaged(), "damaged otherwise": damaged(), "blank lines": strings.ReplaceAll(good, "\n", "\n\n"),
	}
	broken := errors.New("broken")
	for name, text := range texts {
		for way, open := range map[string]func() io.Reader{
			"whole":  func() io.Reader { return strings.NewReader(text) },
			"halves": func() io.Reader { return iotest.HalfReader(strings.NewReader(text)) },
			"error":  func() io.Reader { return io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)) },
		} {
			for _, o := range []parser.Options{{}, {UpToInode: true}} {
				want := collect(anyRows(parser.Inet("f", open(), o)))
				got := collect(anyRows(func(yield func(parser.InetSocket, error) bool) {
					for c := range parser.InetChunks("f", open(), o) {
						for row, err := range c.Rows {
							if row == nil {
								row = new(parser.InetSocket)
							}
							if !yield(*row, err) {
								return
							}
						}
						c.Free()
					}
				}))
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s, %s, up to the inode %v: %d rows and %d errors, want %d and %d", name, way, o.UpToInode,
						len(got.rows), len(got.errs), len(want.rows), len(want.errs))
				}
			}
		}
	}
}

// TestInetChunksEnd: a reader that nobody reads to its end is not read further.
func TestInetChunksEnd(t *testing.T) {
	text := bytes.Repeat([]byte("   0: 0100007F:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 15 1 0 100 0 0 10 0\n"), 20_000)
	r := &countReader{r: bytes.NewReader(text)}
	for range parser.InetChunks("f", r, parser.Options{}) {
		break
	}
	if r.n == 0 || r.n > 512<<10 {
		t.Errorf("%d bytes were read for one chunk", r.n)
	}
}

type countReader struct {
	r io.Reader
	n int
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}
