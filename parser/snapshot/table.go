package snapshot

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"iter"
	"path"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// A Snapshot reads the tables of one captured machine.
type Snapshot struct {
	root fs.FS
	opts parser.Options

	covers map[string]*coverage // by output
	told   map[string]bool      // outputs whose errors have been yielded

	settings map[string]Value // that sysctl printed; nil until they are asked for

	// Order is the machine's byte order and how it was known.
	Order ByteOrder
}

// Load prepares the tables of the machine whose root is given. order may be
// the zero value: it is then told from the capture.
func Load(root fs.FS, order ByteOrder) *Snapshot {
	if order.Order == nil {
		order = tellByteOrder(root)
	}
	return &Snapshot{
		root: root, opts: parser.Options{ByteOrder: order.Order}, Order: order,
		covers: map[string]*coverage{}, told: map[string]bool{},
	}
}

// Called gives the name that a file has in the capture: collectors have their own
// ones for the outputs of commands, which are read as output/NAME, and files of a
// network namespace lie apart. It is the same for others.
func (s *Snapshot) Called(name string) string {
	if c, ok := s.root.(interface{ Called(string) string }); ok {
		return c.Called(name)
	}
	return name
}

// A State tells what a table's file was like. "Not in the bundle", "empty" and
// "no rows" are three different answers.
type State int

// States of a table.
const (
	Present State = iota
	Absent        // not in the bundle
	Empty         // zero bytes, where the kernel writes at least a header
	Failed        // there, but it could not be opened: see Err
)

// A Table is one file of rows. Rows reads it from the start, once.
type Table[T any] struct {
	File  string // its name in the capture, see [Snapshot.Called]
	State State
	// Instead is the file of the kernel that is lacking, if the rows are those
	// that a command printed, and Note says so.
	Instead, Note string
	Err           error // why State is Failed
	rows          iter.Seq2[T, error]
	// chunks are the rows in pieces, if there is a decoder for them.
	chunks iter.Seq[parser.Chunk[T]]
	file   io.ReadCloser // that rows reads
	doubts *parser.UnixDoubts
}

// Doubt tells of rows that the kernel may not have written, as a
// [*parser.DoubtError], when all have been read: of [Snapshot.DoubtedUnix] only.
func (t Table[T]) Doubt() error {
	if t.doubts == nil {
		return nil
	}
	return t.doubts.Error(t.File)
}

// Rows yields the rows in file order, with the errors that package parser
// describes. It yields nothing if the table is not Present.
func (t Table[T]) Rows() iter.Seq2[T, error] {
	if t.rows == nil {
		return func(func(T, error) bool) {}
	}
	return t.rows
}

// Chunks yields the rows in pieces that can be decoded by several goroutines: instead
// of Rows. A table without a decoder for that is decoded right here, some rows at a
// time.
func (t Table[T]) Chunks() iter.Seq[parser.Chunk[T]] {
	if t.chunks != nil {
		return t.chunks
	}
	return func(yield func(parser.Chunk[T]) bool) {
		var some batch[T]
		for row, err := range t.Rows() {
			some = append(some, result[T]{row, err})
			if len(some) < batchRows {
				continue
			}
			if !yield(some.chunk()) {
				return
			}
			some = nil
		}
		if len(some) > 0 {
			yield(some.chunk())
		}
	}
}

const batchRows = 256

// A batch is rows that have been decoded, and the errors between them.
type batch[T any] []result[T]

type result[T any] struct {
	row T
	err error
}

func (b batch[T]) chunk() parser.Chunk[T] {
	return parser.Chunk[T]{Free: func() {}, Rows: func(yield func(*T, error) bool) {
		for i := range b {
			row := &b[i].row
			if b[i].err != nil {
				row = nil
			}
			if !yield(row, b[i].err) {
				return
			}
		}
	}}
}

// A decoder turns a file into rows: all of package parser's have this form.
type decoder[T any] func(file string, r io.Reader, o parser.Options) iter.Seq2[T, error]

// open finds out what the file is like and prepares its rows.
func open[T any](s *Snapshot, name string, decode decoder[T]) Table[T] {
	return openAs(s, file(name), decode)
}

// openAs is open for an entry of the list.
func openAs[T any](s *Snapshot, entry File, decode decoder[T]) Table[T] {
	name := entry.Name
	if strings.HasPrefix(name, "output/") {
		name = s.Called(name)
	}
	t := Table[T]{File: name}
	f, err := s.root.Open(entry.Name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		t.State, t.Err = Absent, err
		return t
	}
	if err != nil {
		t.State, t.Err = Failed, cause(err)
		return t
	}
	if fi, err := f.Stat(); err == nil && fi.IsDir() {
		f.Close()
		t.State, t.Err = Failed, errors.New("it is a directory")
		return t
	}
	first := make([]byte, 1)
	n, err := io.ReadFull(f, first)
	if n == 0 && errors.Is(err, io.EOF) {
		f.Close()
		if entry.Header {
			t.State = Empty
		}
		return t
	}
	rest := io.Reader(io.MultiReader(bytes.NewReader(first[:n]), f))
	if n == 0 {
		rest = errorReader{err}
	}
	t.rows = func(yield func(T, error) bool) {
		defer f.Close()
		for row, err := range decode(name, rest, s.opts) {
			if !yield(row, err) {
				return
			}
		}
	}
	t.file = readCloser{rest, f}
	return t
}

type readCloser struct {
	io.Reader
	io.Closer
}

type errorReader struct{ err error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.err }

func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// Inet is one of the eight tables of [parser.InetSocket], by its path.
func (s *Snapshot) Inet(file string) Table[parser.InetSocket] {
	return printedInet(s, inChunks(s, open(s, file, parser.Inet), parser.InetChunks))
}

// inChunks adds a decoder for pieces of a table.
func inChunks[T any](s *Snapshot, t Table[T], decode func(string, io.Reader, parser.Options) iter.Seq[parser.Chunk[T]]) Table[T] {
	if t.file == nil {
		return t
	}
	t.chunks = func(yield func(parser.Chunk[T]) bool) {
		defer t.file.Close()
		for chunk := range decode(t.File, t.file, s.opts) {
			if !yield(chunk) {
				return
			}
		}
	}
	return t
}

func printedInet(s *Snapshot, t Table[parser.InetSocket]) Table[parser.InetSocket] {
	return printedSockets(s, t, path.Base(t.File), func(p *parser.PrintedSocket) parser.InetSocket { return p.Inet })
}

// InetUpToInode is [Snapshot.Inet] without the columns behind the inode, for those
// who need none of them.
func (s *Snapshot) InetUpToInode(file string) Table[parser.InetSocket] {
	s = s.with(func(o *parser.Options) { o.UpToInode = true })
	return s.Inet(file)
}

// Listeners is InetUpToInode without the rows that surely are no listeners.
func (s *Snapshot) Listeners(file string) Table[parser.InetSocket] {
	s = s.with(func(o *parser.Options) { o.UpToInode, o.OnlyListeners = true, true })
	return s.Inet(file)
}

// with gives a snapshot that reads with other options.
func (s *Snapshot) with(change func(*parser.Options)) *Snapshot {
	other := *s
	change(&other.opts)
	return &other
}

// Unix is proc/net/unix.
func (s *Snapshot) Unix() Table[parser.UnixSocket] {
	t := inChunks(s, open(s, "proc/net/unix", parser.Unix), parser.UnixChunks)
	return printedSockets(s, t, "unix", func(p *parser.PrintedSocket) parser.UnixSocket { return p.Unix })
}

// DoubtedUnix is Unix with [Table.Doubt].
func (s *Snapshot) DoubtedUnix() Table[parser.UnixSocket] {
	doubts := new(parser.UnixDoubts)
	t := s.with(func(o *parser.Options) { o.Doubts = doubts }).Unix()
	t.doubts = doubts
	return t
}

// SCTPEndpoints is proc/net/sctp/eps.
func (s *Snapshot) SCTPEndpoints() Table[parser.SCTPSocket] {
	return open(s, "proc/net/sctp/eps", parser.SCTPEndpoints)
}

// SCTPAssociations is proc/net/sctp/assocs.
func (s *Snapshot) SCTPAssociations() Table[parser.SCTPSocket] {
	return open(s, "proc/net/sctp/assocs", parser.SCTPAssociations)
}

// Routes is proc/net/route.
func (s *Snapshot) Routes() Table[parser.Route] {
	return printedRoutes(s, open(s, "proc/net/route", parser.Routes), routeTexts)
}

// Routes6 is proc/net/ipv6_route.
func (s *Snapshot) Routes6() Table[parser.Route6] {
	return printedRoutes(s, open(s, "proc/net/ipv6_route", parser.Routes6), routeTexts6)
}

// Dev is proc/net/dev.
func (s *Snapshot) Dev() Table[parser.DevCounters] { return open(s, "proc/net/dev", parser.Dev) }
