package bundle

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

var errNotRegular = errors.New("neither a regular file nor a directory")

// An archive is the tree of what was kept of an archive's members.
type archive struct {
	nodes map[string]*node
}

// A node is one member. Directories are made up as their members need them.
type node struct {
	name     string // last element
	mode     fs.FileMode
	size     int64
	modTime  time.Time
	link     string // target of a symbolic link, as stored
	hard     string // target of a hard link until it is resolved, a stored name
	data     content
	children map[string]struct{}
}

// content gives the bytes of a regular member. Reading may end in an error: a
// cut archive still gives what came before the cut.
type content interface{ reader() io.Reader }

// sectionContent is a stretch of a file on disk, read in place.
type sectionContent struct {
	r         io.ReaderAt
	off, size int64
}

// reader fails with io.ErrUnexpectedEOF if the archive ends within the member.
func (s sectionContent) reader() io.Reader {
	return &exactReader{r: io.NewSectionReader(s.r, s.off, s.size), left: s.size}
}

type exactReader struct {
	r    io.Reader
	left int64
}

func (e *exactReader) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func newArchive() *archive {
	return &archive{nodes: map[string]*node{".": {name: ".", mode: fs.ModeDir | 0o555}}}
}

// put stores a member; a later one of the same name replaces it, as tar would.
// It reports whether there was one already whose content is known, and how many
// directories it made.
func (a *archive) put(name string, n *node) (replaced bool, dirs int) {
	if name == "." {
		return false, 0
	}
	old, ok := a.nodes[name]
	if ok && old.mode.IsDir() && n.mode.IsDir() {
		return false, 0
	}
	if ok && old.mode.IsDir() {
		n.children = old.children // members below a replaced directory stay reachable if it comes back
	}
	n.name = path.Base(name)
	a.nodes[name] = n
	for child := name; ; {
		dir := path.Dir(child)
		parent, ok := a.nodes[dir]
		if !ok {
			parent = &node{name: path.Base(dir), mode: fs.ModeDir | 0o555}
			a.nodes[dir] = parent
			dirs++
		}
		if parent.children == nil {
			parent.children = map[string]struct{}{}
		}
		if _, known := parent.children[path.Base(child)]; known || dir == "." && child == "." {
			break
		}
		parent.children[path.Base(child)] = struct{}{}
		if dir == "." {
			break
		}
		child = dir
	}
	return ok && !old.mode.IsDir() && old.data != skipped{}, dirs
}

// linkHard lets hard links share their target's content. It gives the targets
// that were not kept, and the links of which 40 lead to no file.
func (a *archive) linkHard() (missing, looped []string) {
	for name, n := range a.nodes {
		target := n
		for range maxLinks {
			if target == nil || target.hard == "" {
				break
			}
			missingName := target.hard
			if target = a.nodes[target.hard]; target == nil {
				missing = append(missing, missingName)
			}
		}
		if target != nil && target.hard != "" {
			looped = append(looped, name)
		}
		if target != nil && target != n && target.hard == "" {
			n.mode, n.size, n.data, n.link = target.mode, target.size, target.data, target.link
		}
	}
	slices.Sort(missing)
	slices.Sort(looped)
	return slices.Compact(missing), looped
}

func (a *archive) get(op, name string) (*node, error) {
	n, ok := a.nodes[name]
	if !ok || n.hard != "" && n.data == nil && n.link == "" {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return n, nil
}

func (a *archive) lstat(name string) (fs.FileInfo, error) {
	n, err := a.get("lstat", name)
	if err != nil {
		return nil, err
	}
	return info{n}, nil
}

func (a *archive) readlink(name string) (string, error) {
	n, err := a.get("readlink", name)
	if err != nil {
		return "", err
	}
	if n.mode&fs.ModeSymlink == 0 {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	return n.link, nil
}

func (a *archive) readDir(name string) ([]fs.DirEntry, error) {
	n, err := a.get("readdir", name)
	if err != nil {
		return nil, err
	}
	if !n.mode.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	entries := make([]fs.DirEntry, 0, len(n.children))
	for child := range n.children {
		if c, ok := a.nodes[path.Join(name, child)]; ok {
			entries = append(entries, fs.FileInfoToDirEntry(info{c}))
		}
	}
	slices.SortFunc(entries, func(x, y fs.DirEntry) int { return strings.Compare(x.Name(), y.Name()) })
	return entries, nil
}

func (a *archive) open(name string) (fs.File, error) {
	n, err := a.get("open", name)
	if err != nil {
		return nil, err
	}
	switch {
	case n.mode.IsDir():
		entries, err := a.readDir(name)
		return &openDir{info: info{n}, entries: entries}, err
	case n.data == nil:
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	return &openFile{info: info{n}, Reader: n.data.reader()}, nil
}

type info struct{ n *node }

func (i info) Name() string       { return i.n.name }
func (i info) Size() int64        { return i.n.size }
func (i info) Mode() fs.FileMode  { return i.n.mode }
func (i info) ModTime() time.Time { return i.n.modTime }
func (i info) IsDir() bool        { return i.n.mode.IsDir() }
func (i info) Sys() any           { return nil }

type openFile struct {
	info
	io.Reader
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }

func (f *openFile) Close() error {
	if c, ok := f.Reader.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

type openDir struct {
	info
	entries []fs.DirEntry
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *openDir) Close() error               { return nil }
func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.n.name, Err: errors.New("is a directory")}
}

func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		all := d.entries
		d.entries = nil
		return all, nil
	}
	if len(d.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.entries))
	head := d.entries[:n]
	d.entries = d.entries[n:]
	return head, nil
}
