package bundle

import (
	"io/fs"
	"os"
	"path"
	"sync"
)

// A dirTree is a directory on disk, read in place. os.Root keeps every access
// inside it, even if the directory is changed meanwhile.
type dirTree struct {
	root *os.Root
	near *nearDirs
}

func newDirTree(root *os.Root) dirTree { return dirTree{root, &nearDirs{}} }

// Close closes it. Files that are open stay so.
func (d dirTree) Close() error {
	d.near.close()
	return d.root.Close()
}

func (d dirTree) lstat(name string) (fs.FileInfo, error) {
	d.near.mu.Lock()
	defer d.near.mu.Unlock()
	if dir := d.near.get(name); dir != nil {
		return dir.info, nil
	}
	root, base := d.at(name)
	return root.Lstat(base)
}

func (d dirTree) readlink(name string) (string, error) {
	d.near.mu.Lock()
	defer d.near.mu.Unlock()
	root, base := d.at(name)
	return root.Readlink(base)
}

func (d dirTree) readDir(name string) ([]fs.DirEntry, error) {
	d.near.mu.Lock()
	defer d.near.mu.Unlock()
	if name == "." {
		return fs.ReadDir(d.root.FS(), name)
	}
	root, base := d.at(name)
	return fs.ReadDir(root.FS(), base)
}

func (d dirTree) open(name string) (fs.File, error) {
	d.near.mu.Lock()
	defer d.near.mu.Unlock()
	root, base := d.at(name)
	// A FIFO or a device would block or answer for this machine.
	if fi, err := root.Lstat(base); err == nil && !fi.Mode().IsRegular() && !fi.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	return root.Open(base)
}

// at gives a directory that is open, and the name from there.
func (d dirTree) at(name string) (*os.Root, string) {
	if dir := d.near.open(d.root, path.Dir(name)); dir != nil {
		return dir.root, path.Base(name)
	}
	return d.root, name
}

// nearDirs are the directories that were used last, held open: os.Root opens each
// directory of a name again, and of a machine with ten thousand open files there are
// as many names of four parts.
type nearDirs struct {
	mu   sync.Mutex // during each use, so that none is closed in it
	list []*nearDir // the last one used comes last
}

type nearDir struct {
	name string
	root *os.Root
	info fs.FileInfo
}

const maxNear = 8

func (n *nearDirs) get(name string) *nearDir {
	for i, dir := range n.list {
		if dir.name == name {
			n.list = append(append(n.list[:i], n.list[i+1:]...), dir)
			return dir
		}
	}
	return nil
}

// open gives a directory below top, opened from the one above it; nil if that is not
// possible, also because it is a link: then the name is taken from the top.
func (n *nearDirs) open(top *os.Root, name string) *nearDir {
	if name == "." {
		return nil
	}
	if dir := n.get(name); dir != nil {
		return dir
	}
	parent := top
	if above := path.Dir(name); above != "." {
		dir := n.open(top, above)
		if dir == nil {
			return nil
		}
		parent = dir.root
	}
	base := path.Base(name)
	info, err := parent.Lstat(base)
	if err != nil || !info.IsDir() {
		return nil
	}
	root, err := parent.OpenRoot(base)
	if err != nil {
		return nil
	}
	if len(n.list) == maxNear {
		n.list[0].root.Close()
		n.list = append(n.list[:0], n.list[1:]...)
	}
	dir := &nearDir{name, root, info}
	n.list = append(n.list, dir)
	return dir
}

func (n *nearDirs) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, dir := range n.list {
		dir.root.Close()
	}
	n.list = nil
}
