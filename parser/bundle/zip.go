package bundle

import (
	"archive/zip"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// maxDirectory bounds the list of members at a zip's end, which is read at once.
const maxDirectory = 128 << 20

// methodBzip2 is the number of the format's list (APPNOTE 4.4.5).
const methodBzip2 = 12

// encrypted is the flag of a member that needs a password.
const encrypted = 1 << 0

// loadZip reads the list of members and holds the wanted ones. A zip is read
// from its end, so that a stream is held as a whole. A member that cannot be
// read costs only itself.
func loadZip(ld *loader, src *source) error {
	var at io.ReaderAt
	var size int64
	if src.in != nil {
		at, size = src.at(ld.meter), src.in.Size()
	} else {
		content := ld.holdAll(src.r, chunkSize, &ld.budget)
		if content.err != nil {
			return zipError(content.err)
		}
		at, size = content.section(), content.size()
	}
	list := &boundedAt{r: at, left: maxDirectory}
	zr, err := zip.NewReader(list, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return zipError(err)
	}
	list.left = -1
	zr.RegisterDecompressor(zip.Deflate, flate.NewReader)
	zr.RegisterDecompressor(methodBzip2, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	zr.RegisterDecompressor(zstd.ZipMethodWinZip, zstd.ZipDecompressor(zstdOptions...))
	for _, f := range zr.File {
		if ld.members++; ld.members > ld.limits.Members {
			ld.damage("%v", ld.limits.reached("members"))
			break
		}
		if !ld.tryZip(f) {
			return nil
		}
	}
	// What wanted links point at can be read now, as nothing has gone by.
	for range maxPasses {
		missing := ld.missing()
		found := false
		for _, f := range zr.File {
			name, err := ld.stored(f.Name)
			if _, ok := slices.BinarySearch(missing, name); !ok || err != nil || ld.wants(name) {
				continue
			}
			found = true
			ld.exact[name] = struct{}{}
			if !ld.tryZip(f) {
				return nil
			}
		}
		if !found {
			break
		}
	}
	return nil
}

// tryZip keeps one member if it can be read. It reports whether to go on.
func (ld *loader) tryZip(f *zip.File) bool {
	err := ld.addZip(f)
	if err != nil {
		ld.damage("member %q: %v", clip(f.Name), err)
	}
	return !errors.Is(err, ErrBomb)
}

func zipError(err error) error {
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the list of members at the end of the zip file is missing or damaged, it may be cut; zip -FF can repair it")
	}
	return fmt.Errorf("the zip file cannot be read: %w", err)
}

// addZip keeps one member.
func (ld *loader) addZip(f *zip.File) error {
	name, err := ld.stored(f.Name)
	if err != nil {
		ld.passOver("a member is passed over: %v", err)
		return nil
	}
	mode := f.Mode()
	n := &node{mode: mode.Perm(), modTime: f.Modified}
	switch {
	case mode.IsDir():
		n.mode |= fs.ModeDir
	case mode&fs.ModeSymlink != 0:
		if f.UncompressedSize64 > maxName {
			ld.damage("the link %q is passed over: its target has %d bytes", clip(name), f.UncompressedSize64)
			return nil
		}
		budget := int64(maxName)
		target := ld.holdZip(f, &budget)
		if target.err != nil {
			return target.err
		}
		n.mode |= fs.ModeSymlink
		n.link = target.text()
	case mode&fs.ModeDevice != 0: // holds nothing to read; a FIFO does, its reader archived it
		return nil
	case !ld.wants(name):
		if isArchiveName(name) {
			ld.addInner(name, func() (*io.SectionReader, error) {
				content := ld.holdZip(f, &ld.budget)
				return content.section(), content.err
			})
		}
		ld.putSkipped(name, n)
		return nil
	default:
		held, known, err := ld.lookZip(name, f)
		if err != nil || !held {
			ld.putSeen(name, n, known)
			return err
		}
		content := ld.holdZip(f, &ld.budget)
		n.data, n.size = content, content.size()
		ld.put(name, n)
		ld.addInnerFile(name, n)
		return content.err
	}
	ld.put(name, n)
	return nil
}

// lookZip is look for a member of a zip.
func (ld *loader) lookZip(name string, f *zip.File) (held, known bool, err error) {
	if ld.wantsNamed(name) || f.Flags&encrypted != 0 {
		return true, true, nil
	}
	r, err := f.Open()
	if err != nil {
		return false, false, tarError(err)
	}
	defer r.Close()
	_, held, known = ld.look(name, &unpacked{ld: ld, f: &format{name: "zip"}, r: r})
	return held, known, nil
}

// holdZip reads a member; an error is that of its content.
func (ld *loader) holdZip(f *zip.File, budget *int64) *held {
	if f.Flags&encrypted != 0 {
		return &held{err: errors.New("it is encrypted")}
	}
	r, err := f.Open()
	if err != nil {
		return &held{err: tarError(err)}
	}
	defer r.Close()
	u := &unpacked{ld: ld, f: &format{name: "zip"}, r: r}
	return ld.hold(u, int64(min(f.UncompressedSize64, chunkSize)), budget)
}

// boundedAt ends in an error when so many bytes have been read, if left is not
// negative.
type boundedAt struct {
	r    io.ReaderAt
	left int64
}

func (b *boundedAt) ReadAt(p []byte, off int64) (int, error) {
	if b.left >= 0 {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, fmt.Errorf("its list of members has more than %d MiB", maxDirectory>>20)
		}
	}
	return b.r.ReadAt(p, off)
}
