package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// A tree is a bundle as it is stored. Names are clean, slash-separated and
// relative; "." is the top. No method follows a link.
type tree interface {
	lstat(name string) (fs.FileInfo, error)
	readlink(name string) (string, error)
	readDir(name string) ([]fs.DirEntry, error)
	open(name string) (fs.File, error)
}

// maxLinks is the kernel's own limit for one path walk (MAXSYMLINKS).
const maxLinks = 40

// ErrLinkLoop is the error of a path that passes more than 40 symbolic links.
var ErrLinkLoop = errors.New("too many levels of symbolic links")

// resolve follows the symbolic links in every element of name and gives the
// stored name. An absolute target is taken below base, the captured machine's
// root; ".." above the top of the bundle stays at the top, as in a chroot.
func resolve(t tree, base, name string) (string, error) {
	stored, _, err := walk(t, base, name)
	return stored, err
}

// walk is resolve, and tells where it ended: if something is not there, missing
// is the stored name that it would have.
func walk(t tree, base, name string) (stored, missing string, err error) {
	var done []string
	rest := strings.Split(name, "/")
	for links := 0; len(rest) > 0; {
		elem := rest[0]
		rest = rest[1:]
		switch elem {
		case "", ".":
			continue
		case "..":
			done = done[:max(0, len(done)-1)]
			continue
		}
		p := path.Join(append(done, elem)...)
		fi, err := t.lstat(p)
		if err != nil {
			return "", path.Join(p, path.Join(rest...)), err
		}
		if fi.Mode()&fs.ModeSymlink == 0 {
			done = append(done, elem)
			continue
		}
		if links++; links > maxLinks {
			return "", "", &fs.PathError{Op: "open", Path: name, Err: ErrLinkLoop}
		}
		target, err := t.readlink(p)
		if err != nil {
			return "", "", err
		}
		if path.IsAbs(target) {
			done = nil
			target = path.Join(base, target)
		}
		rest = append(strings.Split(target, "/"), rest...)
		if len(rest) > 4096 {
			return "", "", &fs.PathError{Op: "open", Path: name, Err: ErrLinkLoop}
		}
	}
	if len(done) == 0 {
		return ".", "", nil
	}
	return path.Join(done...), "", nil
}

// Bounds of a stored name. Linux takes paths of 4096 bytes.
const (
	maxName = 4096
	maxDirs = 256
)

// A longNameError is that of a name beyond these bounds.
type longNameError struct{ name string }

func (e *longNameError) Error() string {
	return fmt.Sprintf("the name %q... has %d bytes, more than any system's paths", clip(e.name), len(e.name))
}

// clean makes a stored name of what an archive says, or reports that the name
// points out of the archive.
func clean(name string) (string, error) {
	if strings.ContainsRune(name, 0) {
		return "", errors.New("the name holds a NUL byte")
	}
	if len(name) > maxName || strings.Count(name, "/") > maxDirs {
		return "", &longNameError{name}
	}
	c := path.Clean("/" + name)[1:]
	for _, elem := range strings.Split(name, "/") {
		if elem == ".." {
			return "", fmt.Errorf("the name %q climbs out of the archive", name)
		}
	}
	if c == "" {
		return ".", nil
	}
	return c, nil
}
