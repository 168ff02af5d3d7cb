package parser

import (
	"fmt"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// UnixDoubts look for rows of /proc/net/unix that no kernel would have written beside
// the others. A process can name its socket "x\n0000000000000000: 00000002 ...", and
// what follows the newline looks like a row. Given by [Options.Doubts], they see the
// rows of one file, also from several goroutines. The zero value is ready to use.
//
// What gives a row away: an inode, or a kernel's pointer, that another row has too, with
// another name; a number that kernels never print there; a first column of another kind
// than in most rows, as all of one file are either zeros, or hashes of 32 bits, or
// pointers. Nothing gives away a row that keeps to all of that.
type UnixDoubts struct {
	mu    sync.Mutex
	seed  maphash.Seed
	seen  keyTable
	again map[uint64][]unixRow // further rows of a key, which are others
	over  bool                 // there are more rows than we compare
	kinds [numKinds]unixKind
	odd   []oddRow // the first ones
	odds  int
}

const (
	// maxCompared bounds the rows whose inodes and pointers are compared: the first ones,
	// so that it does not matter in which order goroutines tell. They take 4 MiB.
	maxCompared = 1 << 16
	maxKeys     = 2 * maxCompared
	maxDoubts   = 5 // that are told
	logSize     = 512
)

// A unixRow tells a socket from others.
type unixRow struct {
	id   uint32 // a hash of name and pointer
	line uint32
}

type oddRow struct {
	line int
	what string
}

// Kinds of first columns.
const (
	zeros16 = iota
	hash16
	pointer16
	zeros8
	pointer8
	noKind
	numKinds
)

type unixKind struct {
	rows  int
	lines [maxDoubts]int // the first ones
}

// A unixLog is what one decoder saw and did not yet tell.
type unixLog struct {
	d     *UnixDoubts
	keys  []unixKey
	kinds [numKinds]unixKind
	odd   []oddRow
	odds  int
	over  bool
}

type unixKey struct {
	key uint64 // an inode, or a pointer, which has the highest bit
	unixRow
}

const pointerBit = 1 << 63

// log gives a decoder what it is to tell of each row, and when it is done. Without doubts
// it is nil.
func (d *UnixDoubts) log() *unixLog {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.again == nil {
		d.seed, d.again = maphash.MakeSeed(), map[uint64][]unixRow{}
		d.seen.secret = [2]uint64{rand.Uint64(), rand.Uint64() | 1}
	}
	return &unixLog{d: d}
}

// row sees a row whose first column has so many digits.
func (g *unixLog) row(width int, s *UnixSocket) {
	if (s.Type != 1 && s.Type != 2 && s.Type != 5) || s.State > 4 || s.Protocol != 0 || s.Flags&^knownFlags != 0 || s.Inode>>32 != 0 {
		if g.odds++; len(g.odd) < maxDoubts {
			g.odd = append(g.odd, oddRow{s.Line, oddUnix(s)})
		}
	}
	pointer, _ := s.Pointer.Get()
	g.kinds[kindOf(width, pointer)].add(s.Line)
	switch {
	case s.Line > maxCompared+1: // the first is the header
		g.over = true
		return
	case s.Inode == 0: // many sockets have none
		return
	}
	at := unixRow{uint32(maphash.String(g.d.seed, s.Path)) ^ uint32(pointer), uint32(s.Line)}
	g.keys = append(g.keys, unixKey{s.Inode &^ pointerBit, at})
	if pointer >= pointerBit {
		// Hashes may be equal by chance, pointers cannot. The id is the inode: the same
		// pointer and inode are the same socket.
		g.keys = append(g.keys, unixKey{pointer, unixRow{uint32(s.Inode), at.line}})
	}
	if len(g.keys) > logSize-2 {
		g.tell()
	}
}

const knownFlags = UnixAccept | UnixWait | UnixNoSpace

// oddUnix tells of the number that unix_seq_show has never printed.
func oddUnix(s *UnixSocket) string {
	switch {
	case s.Type != 1 && s.Type != 2 && s.Type != 5:
		return fmt.Sprintf("Type %04X", s.Type)
	case s.State > 4:
		return fmt.Sprintf("St %02X", s.State)
	case s.Protocol != 0:
		return fmt.Sprintf("Protocol %08X", s.Protocol)
	case s.Flags&^knownFlags != 0:
		return fmt.Sprintf("Flags %08X", s.Flags)
	}
	return fmt.Sprintf("Inode %d", s.Inode) // get_next_ino counts with 32 bits
}

// kindOf tells the kind of a first column of so many bytes.
func kindOf(width int, pointer uint64) int {
	switch {
	case width == 16 && pointer == 0:
		return zeros16
	case width == 16 && pointer>>32 == 0:
		return hash16
	case width == 16:
		return pointer16
	case width == 8 && pointer == 0:
		return zeros8
	case width == 8:
		return pointer8
	}
	return noKind
}

func (k *unixKind) add(line int) {
	if k.rows < maxDoubts {
		k.lines[k.rows] = line
	}
	k.rows++
}

// tell hands on what was seen.
func (g *unixLog) tell() {
	if g == nil {
		return
	}
	d := g.d
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range g.keys {
		d.key(k)
	}
	for i := range g.kinds {
		d.kinds[i].merge(g.kinds[i])
	}
	d.odds += g.odds
	d.over = d.over || g.over
	if len(g.odd) > 0 {
		d.odd = append(d.odd, g.odd...)
		slices.SortFunc(d.odd, func(a, b oddRow) int { return a.line - b.line })
		d.odd = d.odd[:min(len(d.odd), maxDoubts)]
	}
	*g = unixLog{d: d, keys: g.keys[:0]}
}

// key compares a row with those seen before, in whatever order they come.
func (d *UnixDoubts) key(k unixKey) {
	first := d.seen.at(k.key)
	switch {
	case first == nil:
		d.over = true
	case first.line == 0:
		*first = k.unixRow
	case first.id == k.id: // the kernel lists a socket twice if others come and go meanwhile
		first.line = min(first.line, k.line)
	default:
		list := d.again[k.key]
		at := slices.IndexFunc(list, func(r unixRow) bool { return r.id == k.id })
		switch {
		case at >= 0:
			list[at].line = min(list[at].line, k.line)
		case len(list) < maxDoubts:
			d.again[k.key] = append(list, k.unixRow)
		}
	}
}

// A keyTable finds the row of a key: for many rows in a third of the time and memory
// of a map. Keys are not 0. Where a key stands depends on a secret, so that no capture
// can have all of its keys in one place.
type keyTable struct {
	secret [2]uint64
	keys   []uint64 // as many as a power of two; at least half are 0
	rows   []unixRow
	n      int
}

// at gives the row of a key, which is zero if the key is new, or nil if there are too
// many keys.
func (t *keyTable) at(key uint64) *unixRow {
	if len(t.keys) == 0 {
		t.grow()
	}
	i := t.find(key)
	if t.keys[i] != 0 {
		return &t.rows[i]
	}
	if t.n >= maxKeys {
		return nil
	}
	if t.n++; 2*t.n > len(t.keys) {
		t.grow()
		i = t.find(key)
	}
	t.keys[i] = key
	return &t.rows[i]
}

func (t *keyTable) find(key uint64) int {
	high, low := bits.Mul64(key^t.secret[0], t.secret[1])
	for i := int(high^low) & (len(t.keys) - 1); ; i = (i + 1) & (len(t.keys) - 1) {
		if t.keys[i] == key || t.keys[i] == 0 {
			return i
		}
	}
}

func (t *keyTable) grow() {
	old := *t
	n := max(1024, 2*len(old.keys))
	t.keys, t.rows = make([]uint64, n), make([]unixRow, n)
	for i, key := range old.keys {
		if key != 0 {
			at := t.find(key)
			t.keys[at], t.rows[at] = key, old.rows[i]
		}
	}
}

func (k *unixKind) merge(other unixKind) {
	lines := append(k.first(), other.first()...)
	slices.Sort(lines)
	k.rows += other.rows
	copy(k.lines[:], lines)
}

// first gives the lines that are known.
func (k *unixKind) first() []int { return slices.Clone(k.lines[:min(k.rows, maxDoubts)]) }

// A DoubtError tells of rows that were read and that the kernel may not have written.
type DoubtError struct {
	File string
	Why  string
	// Forged is set if there are such rows, and not if only some rows were compared.
	Forged bool
}

func (e *DoubtError) Error() string {
	return e.File + ": " + e.Why
}

// Error gives a [*DoubtError] if any row is in doubt. The file name is only used in it.
// It is to be called when all rows have been read.
func (d *UnixDoubts) Error(file string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	why, more := d.repeated()
	for _, o := range d.odd {
		why = append(why, fmt.Sprintf("line %d has %s", o.line, o.what))
	}
	more += d.odds - len(d.odd)
	kinds, others := d.otherKinds()
	why = append(why, kinds...)
	more += others
	switch {
	case len(why) == 0 && d.over:
		return &DoubtError{file, fmt.Sprintf("only the first %d rows were compared, to find forged ones by their inodes", maxCompared), false}
	case len(why) == 0:
		return nil
	}
	if n := len(why) - maxDoubts; n > 0 {
		why, more = why[:maxDoubts], more+n
	}
	if more > 0 {
		why = append(why, fmt.Sprintf("and %d more", more))
	}
	return &DoubtError{file, "a name may hold a newline and forge rows: " + strings.Join(why, "; "), true}
}

// repeated tells of the keys that several rows have, and how many more there are.
func (d *UnixDoubts) repeated() (why []string, more int) {
	type group struct {
		key   uint64
		lines []int
	}
	var groups []group
	for key, list := range d.again {
		lines := []int{int(d.seen.at(key).line)}
		for _, r := range list {
			lines = append(lines, int(r.line))
		}
		slices.Sort(lines)
		groups = append(groups, group{key, lines})
	}
	slices.SortFunc(groups, func(a, b group) int { return slices.Compare(a.lines, b.lines) })
	for _, g := range groups[:min(len(groups), maxDoubts)] {
		what := fmt.Sprintf("inode %d", g.key)
		if g.key >= pointerBit {
			what = fmt.Sprintf("Num %016x", g.key)
		}
		why = append(why, fmt.Sprintf("%s have %s", listed(g.lines), what))
	}
	return why, max(0, len(groups)-maxDoubts)
}

// otherKinds tells of the rows whose first column is of a rare kind.
func (d *UnixDoubts) otherKinds() (why []string, more int) {
	usual := 0
	for i, k := range d.kinds[:noKind] {
		if k.rows > d.kinds[usual].rows {
			usual = i
		}
	}
	for i := range d.kinds {
		k := &d.kinds[i]
		if i == usual || k.rows == 0 {
			continue
		}
		lines := k.first()
		has := "has"
		if len(lines) > 1 {
			has = "have"
		}
		why = append(why, fmt.Sprintf("%s %s another kind of Num than %d others", listed(lines), has, d.kinds[usual].rows))
		more += k.rows - len(lines)
	}
	return why, more
}

// listed is "line 3", "lines 3 and 4" or "lines 3, 4 and 5".
func listed(lines []int) string {
	if len(lines) == 1 {
		return fmt.Sprintf("line %d", lines[0])
	}
	var b strings.Builder
	b.WriteString("lines ")
	for i, n := range lines {
		switch {
		case i == len(lines)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, n)
	}
	return b.String()
}
