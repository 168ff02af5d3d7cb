package bundle

import (
	"archive/tar"
	"bufio"
	"cmp"
	"errors"
	"io"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"
)

// loadTar reads the members' headers to the end. Of a tar that is a regular
// file the contents are read in place later; of a stream the wanted ones are
// held. A damaged archive gives what stands before the damage, and what stands
// behind it from the next header on.
func loadTar(ld *loader, src *source) error {
	l := &tarLoader{loader: ld, src: src, in: newHeadReader(src)}
	l.tr = tar.NewReader(l.in)
	for !ld.done && !ld.crowded() && l.next() {
	}
	if l.gaps > maxGaps {
		ld.damage("all in all there are %d such places, at which %d bytes are passed over", l.gaps, l.gap)
	}
	if ld.done || ld.crowded() {
		return nil
	}
	if err := src.drain(); err != nil && (l.failed == nil || l.failed.Error() != err.Error()) {
		ld.damage("behind the last member: %v", err)
	}
	return nil
}

// A tarLoader reads one tar.
type tarLoader struct {
	*loader
	src    *source
	in     *headReader
	tr     *tar.Reader
	failed error // what was told last
	gaps   int   // how often bytes were passed over, and how many
	gap    int64
}

// next reads one member. It reports whether there may be another one.
func (l *tarLoader) next() bool {
	if l.members >= l.limits.Members {
		l.damage("%v", l.limits.reached("members"))
		return false
	}
	l.in.zeros, l.in.after = 0, 0
	h, err := l.tr.Next()
	switch {
	case errors.Is(err, io.EOF):
		return l.ended()
	case err != nil && !errors.Is(err, tar.ErrInsecurePath): // names are looked at here
		l.failed = tarError(err)
		return l.goOn(true, "the header behind member %d is broken (%v): %d bytes are passed over, up to the next one", "cannot be read beyond member %d: %v", l.members)
	}
	l.members++
	if l.in.content = l.in.at; isArchiveName(h.Name) {
		l.in.content = -1
	}
	if err := l.addTar(h, l.tr, l.src); err != nil {
		l.failed = tarError(err)
		return l.goOn(false, "member %q: %v; %d bytes are passed over, up to the next header", "member %q: %v", h.Name)
	}
	if l.hasEnough(h.Name) {
		l.note("reading ended at member %d of the archive, as the view's files had been found (--quick): damage, other machines and files behind it, also of the same names, are not known", l.members)
		l.early, l.done = true, true
	}
	return true
}

// goOn tells of an error in a tar, and reads on at the next header if there is one.
func (l *tarLoader) goOn(inHeader bool, further, end string, where any) bool {
	if l.in.err == nil {
		if passed, err := l.in.resync(inHeader); err == nil {
			l.again(passed, further, where, l.failed, passed)
			return true
		}
	}
	l.damage(end, where, l.failed)
	return false
}

// ended tells of an end that is none: a cut, or zeros in place of what got lost.
func (l *tarLoader) ended() bool {
	if !l.src.endMark() {
		l.damage("it ends without tar's end mark behind member %d, it may be cut", l.members)
		return false
	}
	if l.in.err != nil {
		return false
	}
	if passed, err := l.in.resync(true); err == nil {
		l.again(passed, "zeros stand behind member %d, as at the end of a tar, but %d bytes further on more members follow: what was there may be lost, or it is another tar", l.members, passed)
		return true
	}
	return false
}

// maxGaps bounds how many are told one by one.
const maxGaps = 10

// again begins to read behind a gap.
func (l *tarLoader) again(passed int64, format string, args ...any) {
	l.tr = tar.NewReader(l.in)
	if l.gaps, l.gap = l.gaps+1, l.gap+passed; l.gaps <= maxGaps {
		l.damage(format, args...)
	}
}

// tarError says in words what a cut archive looks like to archive/tar.
func tarError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the archive ends too early, it was cut")
	}
	if text, ok := strings.CutPrefix(err.Error(), "archive/tar: "); ok {
		return errors.New(text)
	}
	return err
}

// addTar keeps one member. Only an error that also spoils the members behind
// this one is returned.
func (ld *loader) addTar(h *tar.Header, tr *tar.Reader, src *source) error {
	name, err := ld.stored(h.Name)
	if err != nil {
		ld.passOver("a member is passed over: %v", err)
		return nil
	}
	n := &node{mode: h.FileInfo().Mode().Perm(), modTime: h.ModTime}
	switch h.Typeflag {
	case tar.TypeDir:
		n.mode |= fs.ModeDir
		ld.recorded(h)
	case tar.TypeSymlink:
		if len(h.Linkname) > maxName {
			ld.damage("the link %q is passed over: its target has %d bytes", clip(name), len(h.Linkname))
			return nil
		}
		n.mode |= fs.ModeSymlink
		n.link = h.Linkname
		if last := path.Base(name); last == "net" || last == "self" {
			ld.fresh = true // now the tables may have been found
		}
	case tar.TypeLink:
		if !ld.wants(name) {
			ld.putSkipped(name, n)
			return nil
		}
		if n.hard, err = ld.stored(h.Linkname); err != nil {
			ld.passOver("the hard link %q is passed over: %v", name, err)
			return nil
		}
	case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
		if dir, ok := packed(name); ok && ld.dir == "" {
			ld.unpackInPlace(dir, h, tr, src)
			return nil
		}
		if !ld.wants(name) {
			ld.putSkipped(name, n)
			if isArchiveName(name) {
				return ld.addInnerTar(name, h, tr, src)
			}
			return nil
		}
		return ld.addFile(name, n, h, tr, src)
	default: // devices and FIFOs hold nothing to read
		return nil
	}
	ld.put(name, n)
	return nil
}

// putSkipped keeps the name of a table, or of a command's output, that was not asked
// for: it shows where the machine's files lie.
func (ld *loader) putSkipped(name string, n *node) {
	ld.pass(name)
	ld.signed(name)
	if slices.Contains(tableNames, path.Base(name)) || isOutput(name) || isSpaced(name) {
		n.data = skipped{}
		ld.put(name, n)
	}
}

func (ld *loader) addFile(name string, n *node, h *tar.Header, tr *tar.Reader, src *source) error {
	n.size, ld.fresh = h.Size, true
	defer ld.addInnerFile(name, n)
	if off, ok := src.offset(); ok && !isSparse(h) {
		ld.inPlace = true
		n.data = ending(sectionContent{r: src.in, off: off, size: h.Size}, h)
		// A reader may allocate what Stat says: no more than there is.
		n.size = max(0, min(h.Size, src.in.Size()-off))
		ld.put(name, n)
		return nil
	}
	r, held, known := ld.look(name, ld.holes(h, tr))
	if !held {
		n.size = 0
		ld.putSeen(name, n, known)
		return nil
	}
	content := ld.holdTar(h, r, &ld.budget)
	n.data, n.size = ending(content, h), content.size()
	ld.put(name, n)
	if errors.Is(content.err, ErrLimit) {
		ld.damage("%s: %v", name, content.err)
		return nil
	}
	return content.err
}

// holdTar holds a member. A sparse file that does not fit is not read: its zeros cost
// nothing to whoever made them.
func (ld *loader) holdTar(h *tar.Header, r io.Reader, budget *int64) *held {
	switch {
	case !isSparse(h):
	case h.Size > ld.limits.Member:
		return &held{err: ld.full("member")}
	case h.Size > *budget:
		return &held{err: ld.full("held")}
	}
	return ld.hold(r, h.Size, budget)
}

// holes counts what comes out of a sparse file as decompressed: its header makes
// any number of zeros.
func (ld *loader) holes(h *tar.Header, tr *tar.Reader) io.Reader {
	if !isSparse(h) {
		return tr
	}
	return &unpacked{ld: ld, f: &format{name: "sparse"}, r: tr}
}

// isSparse reports whether the member's bytes are not one stretch of the archive.
func isSparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range h.PAXRecords {
		if len(key) > 11 && key[:11] == "GNU.sparse." {
			return true
		}
	}
	return false
}

// endMark reports whether tar's end mark, a block of zeros, is what was read
// last: archive/tar does without.
func (s *source) endMark() bool {
	var block [headSize]byte
	if s.in == nil {
		block = s.tail.last
	} else if off, ok := s.offset(); ok && off >= headSize {
		if _, err := s.in.ReadAt(block[:], off-headSize); err != nil {
			return true // another error than a cut
		}
	}
	return block == [headSize]byte{}
}

// A tailReader remembers the last block that went through it.
type tailReader struct {
	r        *bufio.Reader
	unpacked *unpacked // what is behind r, if it can be skipped there
	at       int64
	last     [headSize]byte
	again    []byte // what comes before r once more
}

// Seek only goes forward. archive/tar passes over contents with it, where it would
// copy them otherwise.
func (t *tailReader) Seek(off int64, whence int) (int64, error) {
	if whence != io.SeekCurrent || off < 0 {
		return 0, errors.ErrUnsupported
	}
	to := t.at + off
	if to < t.at {
		to = math.MaxInt64 // sizes are claims
	}
	for t.at < to {
		switch err := t.pass(to - t.at); err {
		case nil:
		case io.EOF: // within a member
			return t.at, io.ErrUnexpectedEOF
		default:
			return t.at, err
		}
	}
	return t.at, nil
}

// pass passes over at most n bytes.
func (t *tailReader) pass(n int64) (err error) {
	if len(t.again) > 0 {
		n = min(n, int64(len(t.again)))
		t.again = t.again[n:]
		return nil
	}
	if t.unpacked != nil && t.r.Buffered() == 0 {
		n, err = t.unpacked.skip(n)
	} else {
		var m int
		m, err = t.r.Discard(int(min(n, int64(cmp.Or(t.r.Buffered(), bufferSize)))))
		n = int64(m)
	}
	if t.at += n; n > 0 {
		t.last[headSize-1] = 1 // what was not looked at is no end mark
	}
	return err
}

func (t *tailReader) Read(p []byte) (int, error) {
	if len(t.again) > 0 {
		n := copy(p, t.again)
		t.again = t.again[n:]
		return n, nil
	}
	n, err := t.r.Read(p)
	t.at += int64(n)
	if n >= headSize {
		copy(t.last[:], p[n-headSize:n])
	} else if n > 0 {
		copy(t.last[:], t.last[n:])
		copy(t.last[headSize-n:], p[:n])
	}
	return n, err
}

// drain reads a stream to its very end, past tar's end mark: only there does a
// decompressor verify its checksum.
func (s *source) drain() error {
	if s.in != nil {
		return nil
	}
	for {
		switch err := s.tail.pass(1 << 40); err {
		case nil:
		case io.EOF:
			return nil
		default:
			return tarError(err)
		}
	}
}

// skipped is the content of a member that Options.Want does not name.
type skipped struct{}

func (skipped) reader() io.Reader { return skipped{} }

func (skipped) Read([]byte) (int, error) {
	return 0, errors.New("the file was not asked for when the bundle was opened")
}
