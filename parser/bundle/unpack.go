package bundle

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/mikelolasagasti/xz"
	"github.com/pierrec/lz4/v4"
)

// maxDictionary bounds what a header can make a decompressor allocate: the
// dictionary of xz and the window of zstd. xz -9 needs 64 MiB; zstd's own
// program stops here too, unless it is told to go on.
const maxDictionary = 128 << 20

// A dictionaryError says that a stream needs more.
type dictionaryError struct{ f *format }

func (e *dictionaryError) what() string {
	return fmt.Sprintf("%s-compressed with a dictionary of more than %d MiB", e.f.name, maxDictionary>>20)
}

func (e *dictionaryError) Error() string { return "it is " + e.what() }

func unpackGzip(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }

func unpackXz(r *bufio.Reader) (io.Reader, error) { return xz.NewReader(r, maxDictionary) }

func unpackBzip2(r *bufio.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }

func unpackLz4(r *bufio.Reader) (io.Reader, error) { return lz4.NewReader(r), nil }

// unpackZstd uses no goroutines: at the end nothing needs to be closed, and a
// panic stays where it can be caught.
func unpackZstd(r *bufio.Reader) (io.Reader, error) {
	h := zstd.Header{Skippable: true}
	for h.Skippable {
		head, _ := r.Peek(zstd.HeaderMaxSize)
		if err := h.Decode(head); err != nil || !h.Skippable {
			break
		}
		if _, err := r.Discard(h.HeaderSize + int(h.SkippableSize)); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
	}
	// The library's error for such a window is also that of corrupt blocks.
	if h.WindowSize > maxDictionary || h.SingleSegment && h.FrameContentSize > maxDictionary {
		return nil, zstd.ErrDecoderSizeExceeded
	}
	return zstd.NewReader(r, zstdOptions...)
}

var zstdOptions = []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxDictionary)}

// An unpacked stream is what comes out of a decompressor, under the limits of
// the bundle and with errors that say which format they are of.
type unpacked struct {
	ld  *loader
	f   *format
	r   io.Reader
	any bool // something came out
	err error

	done func() // ends the work of goroutines; may be nil
}

// unpack starts the format's decompressor. close must be called.
func (ld *loader) unpack(f *format, src *source) (u *unpacked, err error) {
	u = &unpacked{ld: ld, f: f}
	defer u.caught(&err)
	in := bufio.NewReaderSize(src.r, bufferSize)
	if f.name == "xz" && ld.xzCommand != nil {
		c, err := newCommand(ld.xzCommand, in)
		if err != nil {
			return nil, u.fail(err)
		}
		u.r, u.done = c, c.close
		return u, nil
	}
	if u.r, err = f.unpack(in); err != nil {
		return nil, u.fail(err)
	}
	if src.in != nil {
		f.share = max(1, ld.share)
		u.r, u.done = f.aside(u.r, src.at(ld.meter), src.in.Size())
	}
	return u, nil
}

func (u *unpacked) close() {
	if u.done != nil {
		u.done()
	}
}

func (u *unpacked) Read(p []byte) (n int, err error) {
	if u.err != nil {
		return 0, u.err
	}
	defer u.caught(&err)
	n, err = u.r.Read(p)
	return n, u.count(n, err)
}

func (u *unpacked) count(n int, err error) error {
	u.any = u.any || n > 0
	if err == nil {
		err = u.ld.meter.add(n)
	}
	if err != nil {
		err = u.fail(err)
	}
	return err
}

// A peeler gives up to so many of the next bytes, without copying them.
type peeler interface {
	peel(most int) ([]byte, error)
}

// skip passes over n bytes, or fewer if there is an error.
func (u *unpacked) skip(n int64) (skipped int64, err error) {
	p, ok := u.r.(peeler)
	if !ok {
		return io.CopyN(io.Discard, u, n)
	}
	if u.err != nil {
		return 0, u.err
	}
	defer u.caught(&err)
	for skipped < n && err == nil {
		var part []byte
		part, err = p.peel(int(min(n-skipped, chunkSize)))
		skipped += int64(len(part))
		err = u.count(len(part), err)
	}
	return skipped, err
}

// caught makes an error of a panic: a library that trips over a hostile stream
// costs that stream and not the run.
func (u *unpacked) caught(err *error) {
	if v := recover(); v != nil {
		*err = u.fail(corrupt(v))
	}
}

func corrupt(v any) error { return fmt.Errorf("the data is corrupt (%v)", v) }

// fail says an error in our words; no reading goes on behind it.
func (u *unpacked) fail(err error) error {
	if p, ok := errors.AsType[*panicError](err); ok {
		err = corrupt(p.v)
	}
	switch f := u.f; {
	case err == io.EOF:
	case u.any && errors.Is(err, f.garbage):
		u.ld.note("what stands behind the compressed data is ignored")
		err = io.EOF
	case errors.Is(err, ErrBomb):
	case errors.Is(err, io.ErrUnexpectedEOF) || f.cut != nil && errors.Is(err, f.cut):
		err = fmt.Errorf("%s: %w", f.name, io.ErrUnexpectedEOF)
	case f.large != nil && errors.Is(err, f.large):
		err = &dictionaryError{f}
	case !strings.HasPrefix(err.Error(), f.name):
		err = fmt.Errorf("%s: %w", f.name, err)
	}
	u.err = err
	return err
}

// A meter compares what comes out of all decompressors with what was read of the
// bundle.
type meter struct {
	limits   Limits
	mu       sync.Mutex // for read and told: goroutines decompress
	read     int64
	unpacked int64
	told     func(int64)
	archives int64 // in an archive, that were tried
	noted    *bool // see [loader.crowd]
	stop     <-chan struct{}
}

func newMeter(o Options) *meter {
	return &meter{limits: o.Limits, told: o.Progress, noted: o.crowded, stop: o.Stop}
}

// stopped is ErrStopped if nobody wants what is read any more.
func (m *meter) stopped() error {
	select {
	case <-m.stop:
		return ErrStopped
	default:
		return nil
	}
}

// ratioFrom is how much must have been decompressed before the ratio counts: a
// few MiB of zeros are in any bundle.
const ratioFrom = 1 << 30

func (m *meter) add(n int) error {
	m.unpacked += int64(n)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.unpacked > m.limits.Unpacked:
		return m.limits.reached("unpacked")
	case m.unpacked > ratioFrom && m.unpacked/m.limits.Ratio > m.read:
		return m.limits.reached("ratio")
	}
	return nil
}

// took counts what was read of the bundle itself.
func (m *meter) took(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read += int64(n)
	if m.told != nil {
		m.told(m.read)
	}
}

// A meteredReader counts what goes through it.
type meteredReader struct {
	r io.Reader
	m *meter
}

func (c meteredReader) Read(p []byte) (int, error) {
	if err := c.m.stopped(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.m.took(n)
	return n, err
}

// A meteredAt does the same for what is read here and there.
type meteredAt struct {
	r io.ReaderAt
	m *meter
}

func (c meteredAt) ReadAt(p []byte, off int64) (int, error) {
	if err := c.m.stopped(); err != nil {
		return 0, err
	}
	n, err := c.r.ReadAt(p, off)
	c.m.took(n)
	return n, err
}
