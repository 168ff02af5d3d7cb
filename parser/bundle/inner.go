package bundle

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

// Archives within archives: sos collect writes a tar of sosreports, Harvester a
// zip of zips of tars. They are opened only if no machine lies beside them.

// archiveNames are the endings of members that are opened for this. What such a
// member really is tells its content.
var archiveNames = []string{
	".tar", ".zip", ".tgz", ".txz", ".tbz", ".tbz2", ".tzst",
	".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".tar.lz4",
}

// Stem is an archive's name without its ending.
func Stem(name string) string {
	stem, _ := archiveStem(name)
	return stem
}

func isArchiveName(name string) bool {
	_, ok := archiveStem(name)
	return ok
}

// archiveStem takes the ending off an archive's name.
func archiveStem(name string) (string, bool) {
	for _, ending := range archiveNames {
		if stem, ok := strings.CutSuffix(name, ending); ok {
			return stem, true
		}
	}
	return name, false
}

// An inner archive gives its bytes when it is wanted. It is nil if they had to
// go by.
type inner func() (*io.SectionReader, error)

// addInner remembers an archive within the archive.
func (ld *loader) addInner(name string, open inner) {
	if _, known := ld.inner[name]; known {
		ld.note("%q occurs more than once, the last one counts", clip(name))
	}
	if ld.names -= int64(nodeCost + len(name)); ld.names >= 0 {
		ld.inner[name] = open
	} else {
		ld.crowd()
	}
}

// addInnerTar does so for a member of a tar. Of a file it is read in place. Of a
// stream it is held if it is the one that the stream is read again for, or if
// the stream cannot be read again, unless a machine is there already.
func (ld *loader) addInnerTar(name string, h *tar.Header, tr *tar.Reader, src *source) error {
	if off, ok := src.offset(); ok && !isSparse(h) {
		ld.inPlace = true
		in := src.section(off, h.Size)
		ld.addInner(name, func() (*io.SectionReader, error) { return in, nil })
		return nil
	}
	budget := &ld.budget
	_, picked := ld.picks[name]
	switch {
	case picked:
	case ld.oneShot && !ld.tables:
		budget = &ld.innerBudget
	default:
		ld.sizes[name] = h.Size
		ld.addInner(name, nil)
		return nil
	}
	before := *budget
	content := ld.holdTar(h, ld.holes(h, tr), budget)
	if picked {
		ld.picks[name] = before - *budget
	}
	if errors.Is(content.err, ErrLimit) {
		ld.addInner(name, func() (*io.SectionReader, error) { return nil, content.err })
		return nil
	}
	ld.addInner(name, func() (*io.SectionReader, error) { return content.section(), nil })
	return content.err
}

// addInnerFile does so for a member that is kept anyway.
func (ld *loader) addInnerFile(name string, n *node) {
	if !isArchiveName(name) {
		return
	}
	delete(ld.inner, name) // put says what there is to say
	ld.addInner(name, func() (*io.SectionReader, error) {
		switch c := n.data.(type) {
		case sectionContent:
			return io.NewSectionReader(c.r, c.off, c.size), nil
		case *held:
			if errors.Is(c.err, ErrLimit) {
				return nil, c.err
			}
			return c.section(), nil
		}
		return nil, errNotRegular
	})
}

// sawTable notes that the archive itself holds a machine: the archives in it,
// which were held for the case that it does not, are let go.
func (ld *loader) sawTable(name string) {
	if ld.tables || path.Base(path.Dir(name)) != "net" || !slices.Contains(tableNames, path.Base(name)) {
		return
	}
	ld.tables = true
	for name := range ld.inner {
		ld.inner[name] = nil
	}
}

// openInner opens all archives in the archive that hold a machine. ld has read
// the outer one, without finding any.
func (op *opener) openInner(ld *loader) *Bundle {
	all := &Bundle{}
	names := slices.Sorted(maps.Keys(ld.inner))
	for i, name := range names {
		if op.meter.archives++; op.meter.archives > op.o.Limits.Archives {
			ld.damage("%v", op.o.Limits.reached("archives"))
			break
		}
		if ld.inner[name] == nil && op.in != nil {
			if err := op.fetch(ld, names[i:]); err != nil {
				ld.damageOf(err)
				break
			}
		}
		b, err := op.tryInner(ld, name)
		delete(ld.inner, name)
		if err != nil {
			ld.damageOf(err)
			if errors.Is(err, ErrBomb) {
				break
			}
			continue
		}
		all.join(b, name)
	}
	if len(all.Machines) == 0 {
		return nil
	}
	all.Machine = all.Machines[0]
	all.Notes, all.Damage = append(ld.notes, all.Notes...), append(ld.damages, all.Damage...)
	return all
}

// damageOf remembers why an archive in the archive was not opened, unless it just
// holds no machine.
func (ld *loader) damageOf(err error) {
	_, noHost := errors.AsType[*NoHostError](err)
	if u, ok := errors.AsType[*UnknownFormatError](err); !noHost && (!ok || u.What != "") {
		ld.damage("%v", err)
	}
}

// join adds the machines of an archive in the bundle.
func (b *Bundle) join(inner *Bundle, archive string) {
	prefixed := func(texts []string) []string {
		for i, text := range texts {
			texts[i] = fmt.Sprintf("%s: %s", clip(archive), text)
		}
		return texts
	}
	for _, m := range inner.Machines {
		m.Archive = path.Join(archive, m.Archive)
		b.Machines = append(b.Machines, m)
	}
	b.Notes = append(b.Notes, prefixed(inner.Notes)...)
	b.Damage = append(b.Damage, prefixed(inner.Damage)...)
}

// fetch reads the archive again for the first of the archives in it that had gone
// by, and for as many others as may be in memory beside it: else a decompressor would
// give the same once for each of them.
func (op *opener) fetch(ld *loader, names []string) error {
	again := op.loader(nil)
	again.want, again.budget, again.picks = newWanted(nil, false), ld.budget, map[string]int64{}
	sum := int64(0)
	for _, name := range names {
		if ld.inner[name] != nil {
			continue
		}
		if sum += ld.sizes[name]; len(again.picks) > 0 && sum > min(ld.budget, op.o.Limits.Held/2) {
			break
		}
		again.picks[name] = 0
	}
	if err := again.load(op.source(), 0); err != nil {
		return err
	}
	ld.budget = again.budget
	for name, cost := range again.picks {
		ld.inner[name] = again.inner[name]
		ld.sizes[name] = cost
	}
	return nil
}

// tryInner opens one archive in the archive.
func (op *opener) tryInner(ld *loader, name string) (*Bundle, error) {
	open, cost := ld.inner[name], int64(0)
	if open == nil {
		return nil, fmt.Errorf("%q: it had gone by; save the stream to a file first", clip(name))
	}
	if op.in != nil {
		cost = ld.sizes[name]
	}
	before := ld.budget
	in, err := open()
	if err != nil {
		return nil, fmt.Errorf("%q: %w", clip(name), err)
	}
	cost += before - ld.budget
	o := op.o
	o.Limits.Held, o.Limits.Names = max(1, ld.budget), max(1, ld.names)
	sub := &opener{name: clip(name), o: o, meter: op.meter, in: in, level: op.level + 1, quiet: op.quiet || inMemory(in)}
	b, err := sub.open()
	if err != nil {
		ld.budget += cost
		return nil, err
	}
	ld.budget, ld.names, ld.inPlace = ld.budget-sub.held, ld.names-sub.names, ld.inPlace || sub.inPlace
	if !sub.inPlace {
		ld.budget += cost
	}
	return b, nil
}

// inMemory reports whether a file is one that is held.
func inMemory(r io.ReaderAt) bool {
	for {
		switch at := r.(type) {
		case *held:
			return true
		case *io.SectionReader:
			r, _, _ = at.Outer()
		default:
			return false
		}
	}
}

// openCollected opens the archives that lie in a directory which holds no machine
// itself, as several sosreports of one case do. It gives nil if there are none.
func openCollected(name string, root *os.Root, o Options) *Bundle {
	dir := newDirTree(root)
	defer dir.near.close()
	op := &opener{name: name, o: o, meter: newMeter(o)}
	ld := op.loader(nil)
	var opened []io.Closer
	for _, at := range collected(dir) {
		ld.addInner(at, func() (*io.SectionReader, error) {
			f, err := root.Open(at)
			if err != nil {
				return nil, cause(err)
			}
			opened = append(opened, f)
			if in := regular(f); in != nil {
				return in, nil
			}
			return nil, errNotRegular
		})
	}
	b := op.openInner(ld)
	if b == nil {
		for _, c := range opened {
			c.Close()
		}
		return nil
	}
	b.close = append(b.close, opened...)
	return b
}

// collected lists the archives in a directory and in those right below it.
func collected(dir dirTree) (names []string) {
	list := func(in string) (dirs []string) {
		entries, _ := dir.readDir(in)
		for _, e := range entries {
			at := path.Join(in, e.Name())
			switch {
			case e.IsDir():
				dirs = append(dirs, at)
			case e.Type().IsRegular() && isArchiveName(e.Name()):
				names = append(names, at)
			}
		}
		return dirs
	}
	for _, sub := range list(".") {
		list(sub)
	}
	return names
}

// packed gives the directory that an archive stands for: sos --pack-dir puts
// proc/fs.tar in place of proc/fs, others proc.tgz in place of proc.
func packed(name string) (dir string, ok bool) {
	stem, ok := archiveStem(name)
	if !ok {
		return "", false
	}
	elems := strings.Split(stem, "/")
	last := elems[len(elems)-1]
	return stem, slices.Contains(elems, "proc") || slices.Contains(elems, "sys") || last == "etc"
}

// unpackInPlace reads an archive as the directory that it stands for. It
// reports whether it is one.
func (ld *loader) unpackInPlace(dir string, h *tar.Header, tr *tar.Reader, src *source) {
	sub := &source{r: ld.holes(h, tr), quiet: src.quiet}
	if off, ok := src.offset(); ok && !isSparse(h) {
		sub.in, sub.r = src.section(off, h.Size), src.section(off, h.Size)
	}
	name := ld.name
	ld.name, ld.dir = clip(h.Name), dir
	err := ld.load(sub, 1)
	ld.name, ld.dir = name, ""
	if err != nil {
		ld.damageOf(err)
	}
}

// stored is the name of a member in the tree. Below a directory that was packed
// its own name may stand in front or not.
func (ld *loader) stored(name string) (string, error) {
	c, err := clean(name)
	if err != nil || ld.dir == "" {
		return c, err
	}
	if c == path.Base(ld.dir) {
		return ld.dir, nil
	}
	return path.Join(ld.dir, strings.TrimPrefix(c, path.Base(ld.dir)+"/")), nil
}
