package bundle

import (
	"io/fs"
	"os"
)

// A dirTree is a directory on disk, read in place. os.Root keeps every access
// inside it, even if the directory is changed meanwhile.
type dirTree struct{ root *os.Root }

func (d dirTree) lstat(name string) (fs.FileInfo, error) { return d.root.Lstat(name) }
func (d dirTree) readlink(name string) (string, error)   { return d.root.Readlink(name) }
func (d dirTree) readDir(name string) ([]fs.DirEntry, error) {
	return fs.ReadDir(d.root.FS(), name)
}

func (d dirTree) open(name string) (fs.File, error) {
	// A FIFO or a device would block or answer for this machine.
	if fi, err := d.root.Lstat(name); err == nil && !fi.Mode().IsRegular() && !fi.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	return d.root.Open(name)
}
