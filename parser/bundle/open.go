package bundle

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

// Options say how to open a bundle. The zero value reads everything.
type Options struct {
	// Want lists the files that will be asked for, as they are named on the
	// captured machine, with * for one element: proc/net/tcp, proc/*/cmdline.
	// The outputs of commands are output/netstat and others. Other members of a
	// stream are not held. Nil holds all.
	Want []string
	// Namespaces wants these files of all network namespaces, and not only of
	// that of proc/net.
	Namespaces bool
	// Enough, if not nil, may end the reading of a tar before its end: it is asked
	// now and then whether the files of each machine that was found so far are all
	// that is needed. What this gives up is among the notes.
	Enough func(fs.FS) bool
	// XzCommand, if not nil, is a program with arguments that decompresses xz: it
	// reads standard input and is given -dc. No program is run otherwise.
	XzCommand []string
	Limits    Limits
	// Share is how many bundles may be open at once, this one among them; 0 is 1. Each
	// gets that part of the limits for what is held in memory, so that all together keep
	// to them. One that does not get by with its part gives [ErrCrowded]: it is to be
	// opened again when no other is open.
	Share int
	// Stop, if not nil, ends the reading with an error when it is closed.
	Stop <-chan struct{}
	// Stdin is what the name "-" stands for.
	Stdin io.Reader
	// Progress, if not nil, is told now and then how many bytes of the
	// bundle have been read.
	Progress func(read int64)

	crowded *bool // is set when a limit for memory is reached; nil if the bundle is alone
}

// A Bundle is one opened capture.
type Bundle struct {
	// Machine is the first of Machines: most bundles hold one.
	Machine
	// Machines are all that were captured, in the order of their names.
	Machines []Machine
	// Notes are remarks that a careful reader wants to know.
	Notes []string
	// Damage says what could not be read. What else the bundle holds is intact.
	Damage []string

	close []io.Closer
}

// ErrCrowded is the error of a bundle that needs more than its share.
var ErrCrowded = errors.New("it needs more memory than its share")

// ErrStopped is the error of reading that was to end.
var ErrStopped = errors.New("reading was stopped")

// A Machine is one that was captured: its files, under the names they had there.
type Machine struct {
	hostFS
	// Collector names what made the capture, if that was recognised; it is empty
	// for a plain copy.
	Collector string
	// Archive is the name of the archive in the bundle that holds it, or empty.
	Archive string
}

// Close releases the file behind the bundle.
func (b *Bundle) Close() error {
	var failed error
	for _, c := range b.close {
		failed = errors.Join(failed, c.Close())
	}
	return failed
}

// Base is the name of the machine's own directory in the bundle, or "." if there
// is none around its files.
func (m Machine) Base() string { return path.Base(m.base) }

// An UnknownFormatError says that a file is no container that can be read.
type UnknownFormatError struct {
	Name string
	What string // what it is, if that was recognised
	Hint string // what to do instead
}

func (e *UnknownFormatError) Error() string {
	if e.What != "" {
		return fmt.Sprintf("%q is %s, which cannot be read directly", e.Name, e.What)
	}
	return fmt.Sprintf("%q is neither a directory nor a tar or zip archive, plain or compressed", e.Name)
}

// A NoHostError says that a bundle holds none of the files that make a machine.
type NoHostError struct {
	Name string
	Why  string
	Err  error // the cause, if it is another error
	// Empty is set if there was not a single byte.
	Empty bool
}

func (e *NoHostError) Error() string { return fmt.Sprintf("%q: %s", e.Name, e.Why) }

func (e *NoHostError) Unwrap() error { return e.Err }

// StdinName is what standard input is called in messages.
const StdinName = "standard input"

// Open opens a directory, an archive, or standard input under the name "-".
func Open(name string, o Options) (*Bundle, error) {
	o.Limits.setDefaults()
	if o.Share <= 1 {
		return open(name, o)
	}
	o.Limits.divide(int64(o.Share))
	o.crowded = new(bool)
	b, err := open(name, o)
	if *o.crowded {
		if err == nil {
			b.Close()
		}
		return nil, ErrCrowded
	}
	return b, err
}

func open(name string, o Options) (*Bundle, error) {
	if name == "-" {
		return openStream(StdinName, o.Stdin, o)
	}
	fi, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if fi.IsDir() {
		return openDirectory(name, o)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := openStream(name, f, o)
	if err != nil {
		f.Close()
		return nil, err
	}
	b.close = append(b.close, f)
	return b, nil
}

func openDirectory(name string, o Options) (*Bundle, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	dir := newDirTree(root)
	b := &Bundle{close: []io.Closer{dir}}
	err = b.locate(name, dir)
	if err == nil {
		return b, nil
	}
	dir.near.close()
	if inner := openCollected(name, root, o); inner != nil {
		inner.close = append(inner.close, root)
		return inner, nil
	}
	root.Close()
	return nil, err
}

func openStream(name string, r io.Reader, o Options) (*Bundle, error) {
	op := &opener{name: name, o: o, r: r, in: regular(r)}
	op.meter = newMeter(o)
	return op.open()
}

// An opener reads one archive, more than once if need be.
type opener struct {
	name  string
	o     Options
	meter *meter
	r     io.Reader         // a stream, if in is nil
	in    *io.SectionReader // a file that can be read in place
	level int               // archives around this one
	quiet bool              // in was counted as read already, or was decompressed

	// What of the archive is kept in memory, once it is open.
	held, names int64
	inPlace     bool // and the archive itself
}

func (op *opener) source() *source {
	if op.in == nil {
		return &source{r: meteredReader{op.r, op.meter}}
	}
	whole := func() *io.SectionReader { return io.NewSectionReader(op.in, 0, op.in.Size()) } // each with its own offset
	if op.quiet {
		return &source{r: whole(), in: whole(), quiet: true}
	}
	return &source{r: meteredReader{whole(), op.meter}, in: whole()}
}

// open reads the archive and finds the machine in it. If links point at members
// that nobody asked for, it is read again for those, where that is possible.
func (op *opener) open() (*Bundle, error) {
	var extra []string
	for pass := 0; ; pass++ {
		ld := op.loader(extra)
		if err := ld.load(op.source(), 0); err != nil {
			return nil, err
		}
		missing := ld.missing()
		if more := newNames(extra, missing); more != nil && op.in != nil && pass < maxPasses && !ld.early {
			extra = more
			continue
		}
		if !ld.early { // the links that matter were followed
			ld.noteBroken(missing)
		}
		op.kept(ld)
		b := &Bundle{Notes: ld.notes, Damage: ld.damages}
		var err error
		if ld.text != "" {
			err = b.locateText(op.name, ld.tree, ld.text)
		} else {
			err = b.locate(op.name, ld.tree)
		}
		if err == nil {
			return b, nil
		}
		if op.level+1 < maxDepth {
			if b := op.openInner(ld); b != nil {
				op.kept(ld)
				return b, nil
			}
		}
		if len(ld.damages) > 0 {
			err = fmt.Errorf("%w (and %s)", err, strings.Join(ld.damages, "; "))
		}
		return nil, err
	}
}

// kept notes what the loader took.
func (op *opener) kept(ld *loader) {
	op.held, op.names = op.o.Limits.Held-ld.budget, op.o.Limits.Names-ld.names
	op.inPlace = op.inPlace || ld.inPlace
}

// maxPasses is how often a file is read again because the targets of links are
// links themselves.
const maxPasses = 4

func set(names []string) map[string]struct{} {
	m := make(map[string]struct{}, len(names))
	for _, name := range names {
		m[name] = struct{}{}
	}
	return m
}

// newNames adds the names to those known, or gives nil if none is new.
func newNames(known, names []string) []string {
	all := slices.Concat(known, names)
	slices.Sort(all)
	if all = slices.Compact(all); len(all) == len(known) {
		return nil
	}
	return all
}

// A loader collects the tree of an archive.
type loader struct {
	name    string
	tree    *archive
	want    *wanted
	exact   map[string]struct{} // stored names wanted besides
	seed    maphash.Seed
	looped  []string            // hard links that lead to none but others
	passed  map[uint64]struct{} // hashes of the names that were not kept
	limits  Limits
	meter   *meter
	budget  int64 // left of limits.Held
	names   int64 // left of limits.Names
	members int64
	notes   []string
	damages []string
	told    []*Limit // that were reached

	dir string // in which the members go, if the archive stands for one

	top  bool   // the bundle itself, and no archive in it
	text string // stored name of the only file, if the bundle is a text

	inner       map[string]inner // archives in the archive, by stored name
	innerBudget int64            // for those that are held in case no machine comes
	oneShot     bool             // the archive cannot be read again
	sizes       map[string]int64 // of those that went by
	picks       map[string]int64 // the inner archives that it is read again for, and what they take
	inPlace     bool             // the tree needs the archive itself
	done        bool             // nothing more need be read
	tables      bool             // a machine is there

	xzCommand []string
	share     int // see Options

	enough func(fs.FS) bool
	fresh  bool // a file came since it was asked
	asked  int  // how often it was
	early  bool // it said yes
}

// maxDepth bounds containers within containers: compressions of one archive, and
// archives in archives.
const maxDepth = 4

func (op *opener) loader(extra []string) *loader {
	ld := &loader{name: op.name, tree: newArchive(), limits: op.o.Limits, meter: op.meter, names: op.o.Limits.Names}
	ld.budget, ld.innerBudget = ld.limits.Held, ld.limits.Held/2
	ld.exact, ld.seed, ld.passed = set(extra), maphash.MakeSeed(), map[uint64]struct{}{}
	ld.inner, ld.sizes, ld.oneShot = map[string]inner{}, map[string]int64{}, op.in == nil
	ld.share = op.o.Share
	ld.top, ld.enough, ld.xzCommand = op.level == 0, op.o.Enough, op.o.XzCommand
	if op.o.Want != nil {
		ld.want = newWanted(op.o.Want, op.o.Namespaces)
	}
	return ld
}

// load tells what the source is and reads it.
func (ld *loader) load(src *source, depth int) error {
	head, err := src.peek()
	if err != nil {
		return ld.unreadable(err)
	}
	if len(head) == 0 {
		return &NoHostError{Name: ld.name, Why: "it is empty: nothing was captured, or the copy failed", Empty: true}
	}
	for _, f := range formats() {
		if !f.match(head) || depth >= maxDepth {
			continue
		}
		if f.load != nil {
			if err := f.load(ld, src); err != nil {
				return ld.unreadable(err)
			}
			return nil
		}
		u, err := ld.unpack(&f, src)
		if err != nil {
			return ld.unreadable(err)
		}
		defer u.close()
		return ld.load(&source{r: u, unpacked: u}, depth+1)
	}
	if _, p := textPart(head); p != nil && ld.top {
		return ld.loadText(src)
	}
	return ld.unknown(head)
}

// unreadable is the error of a bundle of which not even the beginning can be
// had.
func (ld *loader) unreadable(err error) error {
	if d, ok := errors.AsType[*dictionaryError](err); ok {
		return &UnknownFormatError{Name: ld.name, What: d.what(), Hint: fmt.Sprintf("decompress it first: "+d.f.tool+" %s | coldstat ... -", ld.name)}
	}
	return fmt.Errorf("%q: %w", ld.name, tarError(err))
}

func (ld *loader) unknown(head []byte) error {
	for _, f := range foreign {
		if f.match(head) {
			return &UnknownFormatError{Name: ld.name, What: f.name, Hint: fmt.Sprintf(f.hint, ld.name)}
		}
	}
	return &UnknownFormatError{Name: ld.name}
}

func (ld *loader) wants(name string) bool {
	if ld.wantsNamed(name) {
		return true
	}
	_, ok := ld.want.layoutPart(name)
	return ok
}

// wantsNamed is wants without the texts of layouts.
func (ld *loader) wantsNamed(name string) bool {
	if ld.want == nil || ld.want.match(name) {
		return true
	}
	_, ok := ld.exact[name]
	return ok
}

// nodeCost is about what a stored member takes besides its names.
const nodeCost = 512

// put stores a member if the memory allowed for the bundle still lasts.
func (ld *loader) put(name string, n *node) {
	least := int64(0)
	if n.mode.IsDir() || n.mode&fs.ModeSymlink != 0 && !ld.wantsNamed(name) {
		least = ld.limits.Names / 2 // the rest is for files
	}
	cost := int64(nodeCost + len(name) + len(n.link) + len(n.hard))
	if ld.names -= cost; ld.names < least {
		ld.names += cost
		ld.damage("%q: %v", clip(name), ld.full("names"))
		return
	}
	ld.sawTable(name)
	replaced, dirs := ld.tree.put(name, n)
	ld.names -= int64(dirs) * nodeCost // their names are parts of this one
	if replaced {
		ld.note("%q occurs more than once, the last one counts", clip(name))
	}
	// What a wanted link points at is wanted too, as far as it is still to come.
	switch {
	case n.hard != "":
		ld.exact[n.hard] = struct{}{}
	case n.mode&fs.ModeSymlink != 0 && ld.want != nil && ld.want.file(name):
		if target, err := clean(path.Join("/", path.Dir(name), n.link)); err == nil && !path.IsAbs(n.link) {
			ld.exact[target] = struct{}{}
		}
	}
}

// maxPassed bounds how many members are remembered for noteBroken.
const maxPassed = 1 << 20

// pass notes that a member was not kept. Only a hash of its name is.
func (ld *loader) pass(name string) {
	if len(ld.passed) < maxPassed {
		ld.passed[maphash.String(ld.seed, name)] = struct{}{}
	}
}

func (ld *loader) wasPassed(name string) bool {
	_, ok := ld.passed[maphash.String(ld.seed, name)]
	return ok
}

// missing names the targets of wanted links that were not kept. The machine's
// root is not known yet, so that an absolute link may mean several names.
func (ld *loader) missing() []string {
	missing, looped := ld.tree.linkHard()
	ld.looped = looped
	for name, n := range ld.tree.nodes {
		if n.hard != "" && n.data == (skipped{}) && ld.wants(name) {
			missing = append(missing, n.hard)
		}
		if n.mode&fs.ModeSymlink == 0 || ld.want == nil || !ld.want.file(name) {
			continue
		}
		base := "."
		for _, elem := range strings.SplitN(path.Dir(name), "/", maxSearchDepth+1) {
			if stored, lacking, _ := walk(ld.tree, base, name); lacking != "" {
				missing = append(missing, lacking)
			} else if target := ld.tree.nodes[stored]; target != nil && target.data == (skipped{}) {
				missing = append(missing, stored)
			}
			base = path.Join(base, elem)
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

// noteBroken speaks of the links whose targets went by before it was known that
// they are wanted: a stream cannot be read again for them.
func (ld *loader) noteBroken(missing []string) {
	if len(ld.looped) > 0 {
		ld.damage("%d hard links lead to each other and to no file, or over more than %d others; the first is %s", len(ld.looped), maxLinks, clip(ld.looped[0]))
	}
	if len(missing) == 0 {
		return
	}
	const advice = "save the stream to a file first, which is read twice for such links"
	for _, name := range slices.Sorted(maps.Keys(ld.tree.nodes)) {
		n := ld.tree.nodes[name]
		if _, found := slices.BinarySearch(missing, n.hard); n.hard != "" && found {
			ld.damage("%s is a hard link to %q, which is not in the archive or had gone by; %s", clip(name), clip(n.hard), advice)
		} else if n.mode&fs.ModeSymlink != 0 && ld.want != nil && ld.want.file(name) {
			if _, lacking, _ := walk(ld.tree, ".", name); lacking != "" && ld.wasPassed(lacking) {
				ld.damage("%s is a link to %q, which had gone by; %s", clip(name), clip(lacking), advice)
			}
		}
	}
}
