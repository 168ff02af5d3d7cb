package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser/names"
)

// A SlimWriter gets the files of a capture that are read, by name.
type SlimWriter interface {
	Dir(name string) error
	// Link and File fail with Refused of the [Slimmer] if they cannot keep this one
	// file, and have then written nothing.
	Link(name, target string) error
	// File gets size bytes to read from r; failed is the error, if any, that
	// reading the file ends with behind them.
	File(name string, size int64, r io.Reader, failed error) error
}

// A Slimmer writes those of the [Files] that a capture has, and of these only
// what is read.
type Slimmer struct {
	*Snapshot
	To SlimWriter
	// Refused is the error with which To declines a single file.
	Refused error
	// Lost is told what could not be kept.
	Lost func(error)
	// Written are the names of what was written, which is not written again. The
	// map is shared by the views of one machine from all its network namespaces.
	Written map[string]bool

	as string // the name under which the file at hand is written
}

// maxLinkText is how much of a file is read that stands for a link.
const maxLinkText = 64

// netNSLink is read although the names of the list are those of processes.
const netNSLink = "proc/self/ns/net"

// A slimFile is one file to keep.
type slimFile struct {
	name string // of those that are read
	as   string // in the capture, see [Snapshot.Called]
	keep func(*Slimmer, string) error
}

// keepers say how the files of some names are cut to what is read of them.
// Others are kept whole.
var keepers = map[string]func(*Slimmer, string) error{
	"proc/*/fd/*":    func(s *Slimmer, name string) error { return s.link(name, maxLinkText) },
	"proc/*/ns/*":    func(s *Slimmer, name string) error { return s.link(name, maxFactFile) },
	"proc/*/cmdline": (*Slimmer).cmdline,
	"etc/passwd":     (*Slimmer).passwd,
}

// Slim writes all files, sorted by name. An error is one of the writer's.
func (s *Slimmer) Slim() error {
	if s.Written == nil {
		s.Written = map[string]bool{}
	}
	if !s.Written["proc/net"] {
		s.Written["proc/net"] = true
		if err := s.To.Dir("proc/net"); err != nil { // a machine has one, if without tables
			return err
		}
	}
	for _, f := range s.files() {
		if s.Written[f.as] {
			continue
		}
		s.Written[f.as], s.as = true, f.as
		switch err := f.keep(s, f.name); {
		case err == nil:
		case errors.Is(err, s.Refused):
			s.leaveOut(f.name, err)
		default:
			return err
		}
	}
	return nil
}

func (s *Slimmer) files() []slimFile {
	list := []slimFile{{name: netNSLink, keep: keepers["proc/*/ns/*"]}}
	process := map[string]bool{}
	for _, f := range Files {
		keep := keepers[f.Name]
		if keep == nil {
			keep = (*Slimmer).whole
		}
		if !strings.Contains(f.Name, "*") {
			list = append(list, slimFile{name: f.Name, keep: keep})
			continue
		}
		for name := range s.glob(f.Name) {
			if strings.HasPrefix(name, "proc/") && !s.isProcess(process, name) {
				continue
			}
			list = append(list, slimFile{name: name, keep: keep})
		}
	}
	for i := range list {
		list[i].as = s.Called(list[i].name)
	}
	slices.SortStableFunc(list, func(a, b slimFile) int { return strings.Compare(a.as, b.as) })
	return list
}

// isProcess reports whether a name is below the directory of a process: a link
// to one is none, as in [Snapshot.Owners].
func (s *Slimmer) isProcess(known map[string]bool, name string) bool {
	pid, _, _ := strings.Cut(strings.TrimPrefix(name, "proc/"), "/")
	is, ok := known[pid]
	if !ok {
		fi, err := fs.Lstat(s.root, "proc/"+pid)
		is = err == nil && fi.IsDir()
		known[pid] = is
	}
	return is
}

func (s *Slimmer) leaveOut(name string, why error) {
	s.Lost(fmt.Errorf("%s is left out: %w", name, cause(why)))
}

// open opens a file. It gives nil for one that is not there, and for a directory,
// which is kept as such.
func (s *Slimmer) open(name string) (fs.File, error) {
	f, err := s.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		s.leaveOut(name, err)
		return nil, nil
	}
	if fi, err := f.Stat(); err == nil && fi.IsDir() {
		f.Close()
		return nil, s.To.Dir(s.as)
	}
	return f, nil
}

// whole keeps a file as it is. It is read twice, because a tar says the size
// first and a file may be as large as it likes.
func (s *Slimmer) whole(name string) error {
	f, err := s.open(name)
	if f == nil {
		return err
	}
	size, failed := io.Copy(io.Discard, f)
	f.Close()
	if f, err = s.root.Open(name); err != nil {
		return err
	}
	defer f.Close()
	return s.file(name, size, f, failed)
}

func (s *Slimmer) file(name string, size int64, r io.Reader, failed error) error {
	if failed != nil {
		s.Lost(fmt.Errorf("%s cannot be read to its end: %w", name, failed))
	}
	return s.To.File(s.as, size, r, failed)
}

// part keeps what cut leaves of a file.
func (s *Slimmer) part(name string, cut func(io.Reader) ([]byte, error)) error {
	f, err := s.open(name)
	if f == nil {
		return err
	}
	defer f.Close()
	text, failed := cut(f)
	return s.file(name, int64(len(text)), bytes.NewReader(text), failed)
}

// passwd keeps no hashes, real names and directories.
func (s *Slimmer) passwd(name string) error { return s.part(name, names.SlimPasswd) }

// cmdline keeps argv[0]: there may be passwords behind it.
func (s *Slimmer) cmdline(name string) error {
	return s.part(name, func(r io.Reader) ([]byte, error) {
		text, err := io.ReadAll(io.LimitReader(r, maxCmdline))
		if i := bytes.IndexByte(text, 0); i >= 0 {
			text = text[:i+1]
		}
		return text, err
	})
}

// link keeps a link with its text. A small file that holds such a text becomes a
// link, and of another one only the part stays that is looked at.
func (s *Slimmer) link(name string, max int64) error {
	fi, err := fs.Lstat(s.root, name)
	if err != nil {
		return nil
	}
	if fi.Mode()&fs.ModeSymlink != 0 {
		target, err := fs.ReadLink(s.root, name)
		if err != nil {
			s.leaveOut(name, err)
			return nil
		}
		return s.To.Link(s.as, target)
	}
	if !fi.Mode().IsRegular() && !fi.IsDir() {
		return nil
	}
	f, err := s.open(name)
	if f == nil {
		return err
	}
	defer f.Close()
	text, failed := io.ReadAll(io.LimitReader(f, max))
	if target, ok := linkText(text); ok && failed == nil && int64(len(text)) < max {
		return s.To.Link(s.as, target)
	}
	return s.file(name, int64(len(text)), bytes.NewReader(text), failed)
}

// linkText is the text of a file that means the same as a link with it.
func linkText(text []byte) (string, bool) {
	target := strings.TrimSuffix(string(text), "\n")
	return target, target != "" && target == strings.TrimSpace(target) && !strings.ContainsAny(target, "\n\x00")
}
