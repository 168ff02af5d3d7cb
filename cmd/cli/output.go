package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// An output is where the views go: standard output, one file, one file for each kind of
// row, or partitions.
type output struct {
	format     render.Format
	opts       render.Options
	parts      []part
	partitions *partitions // nil if there are none
	files      files
}

// A part is one writer and the kinds of rows that it gets.
type part struct {
	w io.Writer
	render.Writer
	kinds []*rows.Kind
}

// newOutput opens the output that the options ask for.
func newOutput(s Streams, o *options, f render.Format, kinds []*rows.Kind) (*output, error) {
	out := &output{format: f, opts: render.Options{Columns: o.columns, Sort: o.sort, NoHeader: o.noHeader, RawCSV: o.rawCSV}}
	if o.outputDir != "" {
		if err := os.MkdirAll(o.outputDir, 0o777); err != nil {
			return nil, outputError(err)
		}
		if f.Partitioned {
			opts := out.opts
			opts.Partition = true
			out.partitions = &partitions{dir: o.outputDir, format: f, opts: opts, kinds: kinds, files: &out.files, used: map[string]bool{}}
			return out, nil
		}
		for _, k := range kinds {
			w, err := out.files.create(filepath.Join(o.outputDir, k.Name+"."+f.Extension))
			if err != nil {
				out.files.discard()
				return nil, outputError(err)
			}
			out.parts = append(out.parts, part{w: w, kinds: []*rows.Kind{k}})
		}
		return out, nil
	}
	w := s.Out
	if o.output != "" && o.output != "-" {
		file, err := out.files.create(o.output)
		if err != nil {
			return nil, outputError(err)
		}
		w = file
	} else if f.Binary && s.OutIsTerminal {
		return nil, usagef("name a file with --output FILE, or a directory with --output-dir DIR", "%s is nothing for a terminal", f.Name)
	} else {
		out.opts.Width, out.opts.Color = s.Width, s.Color
	}
	out.parts = []part{{w: w, kinds: kinds}}
	return out, nil
}

// begin begins to write, once it is known whether there are several views.
func (out *output) begin(several bool) {
	out.opts.Several = several
	for i := range out.parts {
		if p := &out.parts[i]; p.Writer == nil {
			p.Writer = out.format.New(p.w, out.opts)
		}
	}
}

// write writes the view of one machine to all parts. place is what [partitions.write] wants.
func (out *output) write(v render.View, place []string) error {
	if out.partitions != nil {
		v.Kinds = out.partitions.kinds
		return out.partitions.write(v, place)
	}
	for _, p := range out.parts {
		v.Kinds = p.kinds
		if err := p.Write(v); err != nil {
			return err
		}
	}
	return nil
}

// finish ends the output, and gives the files their names.
func (out *output) finish() error {
	for _, p := range out.parts {
		if err := p.Close(); err != nil {
			out.files.discard()
			return err
		}
	}
	return out.files.commit()
}

// opened gives what is written to. A file has neither width nor colours.
func (o *options) opened(s Streams, out *files) (io.Writer, Streams, error) {
	if o.output == "" || o.output == "-" {
		return s.Out, s, nil
	}
	file, err := out.create(o.output)
	if err != nil {
		return nil, s, outputError(err)
	}
	s.Width, s.Color = 0, false
	return file, s, nil
}

// ended gives the files their names, unless they could not be written.
func ended(out *files, err error) error {
	if err == nil {
		err = out.commit()
	}
	if err != nil {
		out.discard()
		return writeError(err)
	}
	return nil
}

// files are written under other names and get their own when all is well, so
// that none is ever half a file.
type files struct {
	mu   sync.Mutex
	list []*pending
	dirs []string // that were made, each behind its parent
	stop func()
}

type pending struct {
	*os.File         // nil if it is complete and closed
	name, tmp string // tmp is empty for what is written in place
}

// close closes the file, once.
func (p *pending) close() error {
	if p.File == nil {
		return nil
	}
	err := p.known(p.File.Close())
	p.File = nil
	return err
}

// Write is that of the file, but an error has the name that the user knows.
func (p *pending) Write(b []byte) (int, error) {
	n, err := p.File.Write(b)
	return n, p.known(err)
}

func (p *pending) known(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: e.Op, Path: p.name, Err: e.Err}
	}
	return err
}

// create begins a file. What is there and no regular file (a device, a pipe) is
// written in place: it cannot be replaced.
func (f *files) create(name string) (*pending, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	fi, err := os.Stat(name)
	switch {
	case err == nil && fi.IsDir():
		return nil, &fs.PathError{Op: "write", Path: name, Err: syscall.EISDIR}
	case err == nil && !fi.Mode().IsRegular():
		file, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		p := &pending{File: file, name: name}
		f.list = append(f.list, p)
		return p, nil
	}
	f.watch()
	dir, base := filepath.Split(name)
	for range 100 {
		tmp := filepath.Join(dir, "."+base+"."+strconv.FormatUint(rand.Uint64(), 36)+".tmp")
		file, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if p, ok := errors.AsType[*fs.PathError](err); ok {
			return nil, &fs.PathError{Op: "write", Path: name, Err: p.Err} // the name that the user knows
		} else if err != nil {
			return nil, err
		}
		p := &pending{file, name, tmp}
		f.list = append(f.list, p)
		return p, nil
	}
	return nil, fmt.Errorf("cannot make a temporary file beside %q", name)
}

// mkdir makes a directory below another one that is there.
func (f *files) mkdir(below, dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watch()
	part, err := filepath.Rel(below, dir)
	if err != nil {
		return err
	}
	at := below
	for name := range strings.SplitSeq(filepath.ToSlash(part), "/") {
		at = filepath.Join(at, name)
		switch err := os.Mkdir(at, 0o777); {
		case err == nil:
			f.dirs = append(f.dirs, at)
		case !errors.Is(err, fs.ErrExist):
			return err
		}
	}
	return nil
}

// settle closes a file that is complete, so that any number of them can wait for their names.
func (f *files) settle(p *pending) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return p.close()
}

// watch removes the unfinished files when the program is interrupted.
func (f *files) watch() {
	if f.stop != nil {
		return
	}
	c := make(chan os.Signal, 1)
	done := make(chan struct{})
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	f.stop = func() { signal.Stop(c); close(done) }
	go func() {
		select {
		case <-c:
			f.mu.Lock()
			f.remove()
			os.Exit(exitInterrupted)
		case <-done:
		}
	}()
}

// commit gives all files their names.
func (f *files) commit() error {
	f.mu.Lock()
	defer f.end()
	for len(f.list) > 0 {
		p := f.list[0]
		err := p.close()
		if err == nil && p.tmp != "" {
			err = os.Rename(p.tmp, p.name)
		}
		if err != nil {
			f.remove()
			return err
		}
		f.list = f.list[1:]
	}
	return nil
}

// discard removes what has no name yet.
func (f *files) discard() {
	f.mu.Lock()
	defer f.end()
	f.remove()
}

func (f *files) end() {
	if f.stop != nil {
		f.stop()
		f.stop = nil
	}
	f.mu.Unlock()
}

func (f *files) remove() {
	for _, p := range f.list {
		p.close()
		if p.tmp != "" {
			os.Remove(p.tmp)
		}
	}
	f.list = nil
	for len(f.dirs) > 0 {
		last := len(f.dirs) - 1
		os.Remove(f.dirs[last]) // unless somebody has put something there
		f.dirs = f.dirs[:last]
	}
}

// outputError says that the output cannot even begin.
func outputError(err error) error {
	e := &exitError{code: exitFailed, stop: true, err: fmt.Errorf("cannot write the output: %w", err)}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		e.err = fmt.Errorf("cannot write %q: %w", p.Path, p.Err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		e.hint = "make its directory first"
	}
	if errors.Is(err, syscall.EISDIR) {
		e.hint = "--output takes a file; --output-dir DIR writes one file for each kind of row"
	}
	return e
}
