package snapshot

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// A Check is what a capture has of one of the [Files].
type Check struct {
	File
	State State
	Err   error // why State is Failed, or why the rest of the file could not be read
	// Count is how many files there are, for a name with *.
	Count int
	Size  parser.Opt[int64] // bytes, of all of them
	Rows  parser.Opt[int]   // of a table; each process that has the link, of proc/*/fd/*
	Bad   int               // rows that could not be read
	Cut   bool              // the file ends in the middle of a row
}

// counter counts the rows of a table.
type counter func(*Snapshot, *Check)

func count[T any](decode decoder[T]) counter {
	return func(s *Snapshot, c *Check) {
		t := openAs(s, c.File, decode)
		c.State, c.Err = t.State, t.Err
		if t.State != Present {
			return
		}
		n := 0
		for _, err := range t.Rows() {
			switch e, row := errors.AsType[*parser.RowError](err); {
			case err == nil:
				n++
			case row && e.Err == parser.ErrCut: // and not a column that a command cut
				c.Cut = true
			case row:
				c.Bad++
			default:
				c.Err = err
			}
		}
		c.Rows = parser.Some(n)
	}
}

// Check tells what the capture has of a file, and reads it to its end if it is a
// table.
func (s *Snapshot) Check(f File) Check {
	c := Check{File: f, State: Absent}
	for name, fi := range s.glob(f.Name) {
		c.Count++
		size, _ := c.Size.Get()
		c.Size = parser.Some(size + fi.Size())
		c.State = Present
		if name == f.Name && f.rows != nil {
			f.rows(s, &c)
		}
	}
	return c
}

// glob yields the files that a name of the list stands for. A link that leads
// nowhere is one too: those of proc/PID/fd do.
func (s *Snapshot) glob(pattern string) func(yield func(string, fs.FileInfo) bool) {
	return func(yield func(string, fs.FileInfo) bool) {
		if !strings.Contains(pattern, "*") {
			if fi, err := fs.Stat(s.root, pattern); err == nil {
				yield(pattern, fi)
			}
			return
		}
		dir, rest, _ := strings.Cut(pattern, "/*")
		entries, _ := fs.ReadDir(s.root, dir)
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			if dir == "proc" && (e.Name()[0] < '0' || e.Name()[0] > '9') {
				continue // no process
			}
			if rest != "" {
				goOn := true
				s.glob(name + rest)(func(name string, fi fs.FileInfo) bool {
					goOn = yield(name, fi)
					return goOn
				})
				if !goOn {
					return
				}
				continue
			}
			if fi, err := e.Info(); err == nil && !yield(name, fi) {
				return
			}
		}
	}
}
