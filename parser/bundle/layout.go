package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// hostFS shows the files of one captured machine under the names they had
// there. It implements [fs.FS], [fs.ReadDirFS] and [fs.ReadLinkFS]; links are
// followed inside the bundle only.
type hostFS struct {
	t    tree
	base string   // the machine's root, as stored
	proc string   // its /proc
	net  string   // its /proc/net: a stored name, links not yet followed
	etc  []string // where its /etc may lie, in order of trust
	sys  []string // where its /sys may lie

	shown *archive // files that are stored under other names; nil if there are none
	by    string   // the collector of those
	notes []string // about those
	costs []string // limits that were reached

	in *space // the network namespace that is shown; nil for that of proc/net
}

// tableNames are the files that make a directory a copy of /proc/net.
var tableNames = []string{
	"tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "unix",
	"route", "ipv6_route", "dev", "if_inet6", "snmp", "igmp",
}

const (
	maxSearchDepth = 8
	maxSearchDirs  = 100_000
)

// locate finds the captured machine in the tree, whatever prefix it has. The
// search goes level by level; the first level that has a machine ends it. Only
// if there is none a directory that just has files called tcp, route, ... is
// taken: those are ordinary names.
func (b *Bundle) locate(name string, t tree) error {
	s := search{t: t}
	level := []string{"."}
	for depth := 0; depth <= maxSearchDepth && len(level) > 0; depth++ {
		var found []hostFS
		var next []string
		for _, dir := range level {
			if s.seen++; s.seen > maxSearchDirs {
				break
			}
			if h, ok := host(t, dir); ok {
				found = append(found, h)
				continue
			}
			if h, ok := layoutHost(t, dir); ok {
				found = append(found, h)
				continue
			}
			if h, ok := outputHost(t, dir); ok {
				found = append(found, h)
				continue
			}
			next = append(next, s.look(dir)...)
		}
		if len(found) > 0 {
			if s.seen > maxSearchDirs {
				b.Damage = append(b.Damage, fmt.Sprintf("more than %d directories are beside the machine or around it: further machines may be in the rest", maxSearchDirs))
			}
			b.take(found)
			return nil
		}
		level = next
	}
	if len(s.bare) > 0 {
		b.take(s.bare)
		return nil
	}
	return s.nothing(name)
}

// A search remembers what locate met on its way.
type search struct {
	t        tree
	seen     int
	bare     []hostFS // directories with tables of the first level that has any
	depth    int      // of that level
	dangling string   // a proc/net whose target is not there
	denied   error    // the first directory that could not be read
}

// look lists the directories in dir that the search goes into. Real sysfs trees
// are deep and hold no second machine.
func (s *search) look(dir string) (names []string) {
	if depth := strings.Count(dir, "/"); hasTable(s.t, dir, dir) && (len(s.bare) == 0 || depth == s.depth) {
		s.bare, s.depth = append(s.bare, bareHost(s.t, dir)), depth
	}
	if fi, err := s.t.lstat(path.Join(dir, "proc/net")); err == nil && fi.Mode()&fs.ModeSymlink != 0 {
		s.dangling = path.Join(dir, "proc/net")
	}
	entries, err := s.t.readDir(dir)
	if err != nil && s.denied == nil {
		s.denied = err
	}
	for _, e := range entries {
		if e.IsDir() && (dir != "." || e.Name() != "sys") {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	return names
}

// nothing says why there is no machine.
func (s *search) nothing(name string) error {
	e := &NoHostError{Name: name, Err: s.denied}
	switch {
	case s.denied != nil:
		e.Why = fmt.Sprintf("a directory in it cannot be read: %v", s.denied)
	case s.dangling != "":
		e.Why = fmt.Sprintf("%s is a link whose target is not in the bundle: only the link was captured", s.dangling)
	case s.seen > maxSearchDirs:
		e.Why = fmt.Sprintf("no proc/net was found within the first %d directories; name the machine's own directory", maxSearchDirs)
	default:
		e.Why = "it holds no proc/net directory, and no file like tcp, udp, unix or route on its own"
	}
	return e
}

// take makes the bundle show the machines.
func (b *Bundle) take(found []hostFS) {
	for _, h := range found {
		m := Machine{hostFS: h, Collector: h.by}
		if m.Collector == "" {
			m.Collector = h.collector()
		}
		b.Machines = append(b.Machines, m)
		b.Notes, b.Damage = append(b.Notes, h.notes...), append(b.Damage, h.costs...)
		if h.allEmpty() {
			b.Damage = append(b.Damage, fmt.Sprintf("%s: all files of /proc/net have 0 bytes, as tar stores them when it reads /proc itself", clip(h.net)))
		}
	}
	b.Machine = b.Machines[0]
}

// clip keeps a hostile name from filling the screen.
func clip(name string) string { return name[:min(len(name), 100)] }

// host tells whether dir is a machine's root, or its /proc.
func host(t tree, dir string) (hostFS, bool) {
	if isDir(t, dir, path.Join(dir, "proc")) {
		if h := rootHost(t, dir); h.findNet() {
			return h, true
		}
	}
	h := bareHost(t, dir)
	return h, h.findNet()
}

// rootHost is the machine of which dir is the root.
func rootHost(t tree, dir string) hostFS {
	at := func(name string) string { return path.Join(dir, name) }
	return hostFS{t: t, base: dir, proc: at("proc"), etc: []string{at("etc"), at("usr/etc")}, sys: []string{at("sys")}}
}

// bareHost is the machine of which dir is just a copy of /proc or /proc/net.
func bareHost(t tree, dir string) hostFS {
	up := path.Dir(dir)
	return hostFS{
		t: t, base: dir, proc: dir, net: dir,
		etc: []string{path.Join(dir, "etc"), path.Join(up, "etc"), dir},
		sys: []string{path.Join(dir, "sys"), path.Join(up, "sys")},
	}
}

// findNet sets net to the directory with the socket tables: that of proc/net or
// of the process that captured (proc/self), else of process 1, else of the
// lowest process, whichever is the first that has tables. Copies differ between
// processes only because they were made one after the other.
func (h *hostFS) findNet() bool {
	candidates := []string{path.Join(h.proc, "net"), path.Join(h.proc, "self/net")}
	for _, pid := range h.processes() {
		candidates = append(candidates, path.Join(h.proc, strconv.Itoa(pid), "net"))
	}
	for _, c := range candidates {
		if isDir(h.t, h.base, c) && hasTable(h.t, h.base, c) {
			h.net = c
			return true
		}
	}
	// Some collectors only take files of /proc/net that are no sockets.
	h.net = candidates[0]
	return path.Base(h.proc) == "proc" && isDir(h.t, h.base, h.net)
}

// allEmpty reports whether none of the tables that were asked for has a byte.
func (h *hostFS) allEmpty() bool {
	found := false
	for _, name := range tableNames {
		f, err := h.Open("proc/net/" + name)
		if err != nil {
			continue
		}
		n, err := f.Read(make([]byte, 1))
		f.Close()
		if n > 0 || !errors.Is(err, io.EOF) {
			return false
		}
		found = true
	}
	return found
}

// processes lists the numbers of the processes in its /proc.
func (h *hostFS) processes() (pids []int) {
	entries, _ := h.t.readDir(h.proc)
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && pid > 0 && e.IsDir() {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

func isDir(t tree, base, name string) bool {
	stored, err := resolve(t, base, name)
	if err != nil {
		return false
	}
	fi, err := t.lstat(stored)
	return err == nil && fi.IsDir()
}

func hasTable(t tree, base, dir string) bool {
	stored, err := resolve(t, base, dir)
	if err != nil {
		return false
	}
	for _, name := range tableNames {
		if file, err := resolve(t, base, path.Join(stored, name)); err == nil {
			if fi, err := t.lstat(file); err == nil && fi.Mode().IsRegular() {
				return true
			}
		}
	}
	return false
}

// places gives the stored names, best first, that the machine's file may have.
func (h hostFS) places(name string) []string {
	first, rest, _ := strings.Cut(name, "/")
	switch {
	case name == ".":
		return []string{h.base}
	case first == "proc" && (rest == "net" || strings.HasPrefix(rest, "net/")):
		return []string{path.Join(h.net, strings.TrimPrefix(rest, "net"))}
	case first == "proc":
		return []string{path.Join(h.proc, rest)}
	case first == "etc":
		return below(h.etc, rest)
	case first == "sys":
		return below(h.sys, rest)
	default:
		return []string{path.Join(h.base, name)}
	}
}

func below(dirs []string, rest string) []string {
	names := make([]string, len(dirs))
	for i, dir := range dirs {
		names[i] = path.Join(dir, rest)
	}
	return names
}

// A found file is shown under its name, or stored.
type found struct {
	name   string // on the machine
	shown  bool
	stored string
}

// find finds a file of the machine, all links followed but, with look, the last.
func (h hostFS) find(op, name string, look func(stored string) error) (found, error) {
	if !fs.ValidPath(name) {
		return found{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	failed := fs.ErrNotExist
	for _, name := range h.names(name) {
		if h.showsElsewhere(name) {
			return found{name: name, shown: true}, nil
		}
		for _, place := range h.places(name) {
			stored, err := h.findAt(place, look)
			if err == nil {
				return found{name: name, stored: stored}, nil
			}
			if !errors.Is(err, fs.ErrNotExist) {
				failed = err
			}
		}
	}
	return found{}, &fs.PathError{Op: op, Path: name, Err: cause(failed)}
}

// findAt gives the stored name of a place. look, if not nil, looks at the place itself:
// then a link there is not followed.
func (h hostFS) findAt(place string, look func(stored string) error) (string, error) {
	if look == nil {
		return resolve(h.t, h.base, place)
	}
	dir, err := resolve(h.t, h.base, path.Dir(place))
	if err != nil {
		return "", err
	}
	stored := path.Join(dir, path.Base(place))
	return stored, look(stored)
}

// isThere is a look that only asks for that.
func (h hostFS) isThere(stored string) error {
	_, err := h.t.lstat(stored)
	return err
}

// Called gives the name that a file has in the capture. It is another one only of
// files below output/, of which collectors have their own names, and of those of a
// network namespace. It is the same if the file is not there.
func (h hostFS) Called(name string) string {
	if names := h.names(name); len(names) == 1 && names[0] == name {
		return name // wherever it is, and whether it is there
	}
	at, err := h.find("stat", name, h.isThere)
	if err != nil {
		return name
	}
	return at.name
}

// cause takes the stored name off an error: the machine's own name is shown.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// showsElsewhere reports whether the file is stored under another name.
func (h hostFS) showsElsewhere(name string) bool {
	return h.shown != nil && h.shown.nodes[name] != nil && !h.shown.nodes[name].mode.IsDir()
}

func (h hostFS) Open(name string) (fs.File, error) {
	at, err := h.find("open", name, nil)
	if err != nil {
		return nil, err
	}
	if at.shown {
		return h.shown.open(at.name)
	}
	f, err := h.t.open(at.stored)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: cause(err)}
	}
	return f, nil
}

func (h hostFS) ReadDir(name string) ([]fs.DirEntry, error) {
	var shown []fs.DirEntry
	if h.shown != nil && fs.ValidPath(name) {
		for _, name := range h.names(name) {
			if list, err := h.shown.readDir(name); err == nil {
				shown = list
				break
			}
		}
	}
	at, err := h.find("readdir", name, nil)
	if err == nil && at.shown {
		_, err = h.shown.readDir(at.name)
	}
	if err != nil {
		if len(shown) > 0 {
			return shown, nil
		}
		return nil, err
	}
	entries, err := h.t.readDir(at.stored)
	return merged(shown, entries), err
}

// merged puts the entries together; of two with the same name the first counts.
func merged(first, second []fs.DirEntry) []fs.DirEntry {
	if len(first) == 0 {
		return second
	}
	all := slices.Concat(first, second)
	slices.SortStableFunc(all, func(x, y fs.DirEntry) int { return strings.Compare(x.Name(), y.Name()) })
	return slices.CompactFunc(all, func(x, y fs.DirEntry) bool { return x.Name() == y.Name() })
}

func (h hostFS) ReadLink(name string) (string, error) {
	var target string
	at, err := h.find("readlink", name, func(stored string) (err error) {
		target, err = h.t.readlink(stored)
		return err
	})
	if err == nil && at.shown {
		return h.shown.readlink(at.name)
	}
	return target, err
}

func (h hostFS) Lstat(name string) (fs.FileInfo, error) {
	at, err := h.find("lstat", name, h.isThere)
	if err != nil {
		return nil, err
	}
	if at.shown {
		return h.shown.lstat(at.name)
	}
	return h.t.lstat(at.stored)
}
