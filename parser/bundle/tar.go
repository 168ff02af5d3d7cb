package bundle

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
)

// loadTar reads the members' headers to the end. Of a tar that is a regular
// file the contents are read in place later; of a stream the wanted ones are
// held. A damaged archive gives what stands before the damage.
func loadTar(ld *loader, src *source) error {
	tr := tar.NewReader(src.reader())
	for ld.members = 0; ; ld.members++ {
		if ld.members >= ld.limits.Members {
			ld.damage("it has more than %d members, the rest is not read", ld.limits.Members)
			break
		}
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			ld.damage("cannot be read beyond member %d: %v", ld.members, tarError(err))
			break
		}
		if err := ld.addTar(h, tr, src); err != nil {
			ld.damage("member %q: %v", h.Name, tarError(err))
			break
		}
	}
	return src.drain()
}

// tarError says in words what a cut archive looks like to archive/tar.
func tarError(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the archive ends too early, it was cut")
	}
	return err
}

// addTar keeps one member. Only an error that also spoils the members behind
// this one is returned.
func (ld *loader) addTar(h *tar.Header, tr *tar.Reader, src *source) error {
	name, err := clean(h.Name)
	if err != nil {
		ld.note("a member is passed over: %v", err)
		return nil
	}
	n := &node{mode: h.FileInfo().Mode().Perm(), modTime: h.ModTime}
	switch h.Typeflag {
	case tar.TypeDir:
		n.mode |= fs.ModeDir
	case tar.TypeSymlink:
		n.mode |= fs.ModeSymlink
		n.link = h.Linkname
	case tar.TypeLink:
		if !ld.wants(name) {
			return nil
		}
		if n.hard, err = clean(h.Linkname); err != nil {
			ld.note("the hard link %q is passed over: %v", name, err)
			return nil
		}
	case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
		if !ld.wants(name) {
			if !slices.Contains(tableNames, path.Base(name)) {
				return nil
			}
			// Not asked for, but it shows where the machine's files lie.
			n.data, n.size = skipped{}, h.Size
			ld.put(name, n)
			return nil
		}
		return ld.addFile(name, n, h, tr, src)
	default: // devices and FIFOs hold nothing to read
		return nil
	}
	ld.put(name, n)
	return nil
}

func (ld *loader) addFile(name string, n *node, h *tar.Header, tr *tar.Reader, src *source) error {
	n.size = h.Size
	if off, ok := src.offset(); ok && !isSparse(h) {
		n.data = sectionContent{r: src.file, off: off, size: h.Size}
		ld.put(name, n)
		return nil
	}
	content := hold(tr, h.Size, &ld.budget)
	n.data, n.size = content, content.size()
	ld.put(name, n)
	if errors.Is(content.err, ErrLimit) {
		ld.damage("%s: %v", name, ErrLimit)
		return nil
	}
	return content.err
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

// drain reads a stream to its very end, past tar's end mark: only there does a
// decompressor verify its checksum.
func (s *source) drain() error {
	if s.file != nil {
		return nil
	}
	if _, err := io.Copy(io.Discard, s.r); err != nil {
		return fmt.Errorf("behind the last member: %w", tarError(err))
	}
	return nil
}

// skipped is the content of a member that Options.Want does not name.
type skipped struct{}

func (skipped) reader() io.Reader { return skipped{} }

func (skipped) Read([]byte) (int, error) {
	return 0, errors.New("the file was not asked for when the bundle was opened")
}
