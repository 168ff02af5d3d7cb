package bundle

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// layouts is THE list of the ways in which collectors store a machine's files
// under other names, told by content. Adding one is one entry here and one file
// for what is its own.
func layouts() []layout {
	return []layout{
		{collector: "supportconfig", root: ".", parts: []part{
			{file: "proc.txt", has: []string{"proc/"}, looks: isSupportconfig, rule: supportconfigRule},
			{file: "network.txt", has: []string{"etc/", "cmd/", "hostname"}, looks: isSupportconfig, rule: supportconfigRule},
			{file: "open-files.txt", has: []string{"cmd/"}, looks: isSupportconfig, rule: supportconfigRule},
			{file: "sysfs.txt", has: []string{"sys/class/net/"}, looks: isSupportconfig, texts: systool},
			{file: "etc.txt", has: []string{"etc/"}, looks: isSupportconfig, rule: supportconfigRule},
			{file: "basic-environment.txt", has: []string{"uname", "date", "etc/"}, looks: isSupportconfig, rule: supportconfigRule},
			{file: "network-*.txt", has: []string{spacesDir + "/"}, looks: isSupportconfig, rule: supportconfigRule, in: supportconfigSpace},
		}},
		{collector: "UAC", root: "[root]", parts: []part{
			{file: "live_response/network/proc_net_*.txt", has: []string{"proc/net/"}, name: uacTable},
			{file: "live_response/network/*.txt", has: []string{"cmd/"}, name: uacOutput},
			{file: "live_response/process/lsof*.txt", has: []string{"cmd/"}, name: uacOutput},
			{file: "live_response/process/proc/*/net/unix.txt", has: []string{"proc/net/unix"}, name: uacUnix},
			{file: "live_response/process/proc/*/cmdline.txt", has: []string{"proc/*/cmdline"}, name: uacCmdline},
			{file: "live_response/process/proc/*/fd.txt", has: []string{"proc/*/fd/*"}, links: uacLinks},
		}},
		{collector: "Android bugreport", root: ".", parts: []part{
			{file: "bugreport*.txt", has: []string{"proc/", "cmd/", "uname", "date"}, looks: isBugreport, rule: bugreportRule},
		}},
	}
}

// A layout is what one collector stores.
type layout struct {
	collector string
	// root is where files lie under their own names, if at all, below the
	// directory that has the parts.
	root  string
	parts []part
}

// A part is a stored file, or many of one kind, that holds files of the machine:
// as sections, as a whole, or as lists of links or of short texts. Of these exactly
// one is set.
type part struct {
	file  string                 // its name below the collector's directory, for path.Match
	has   []string               // what the names of those files begin with
	looks func(head []byte) bool // its first bytes; nil if they tell nothing
	rule  ruler
	name  func(stored string) string // on the machine; "" if it is none
	links func(stored string, r io.Reader) (map[string]string, error)
	texts func(r io.Reader) (map[string]string, error)
	in    func(stored string) string // the directory that its sections are in; nil for none
}

// matches reports whether a stored name may be that of the part.
func (p *part) matches(name string) bool {
	cut := len(name)
	for range strings.Count(p.file, "/") + 1 {
		if cut < 0 {
			return false
		}
		cut = strings.LastIndexByte(name[:cut], '/')
	}
	ok, _ := path.Match(p.file, name[cut+1:])
	return ok
}

// peeked looks at the beginning of a file before more of it is read.
func (p *part) peeked(r io.Reader) (io.Reader, bool) {
	if p == nil || p.looks == nil {
		return r, true
	}
	br := bufio.NewReaderSize(r, headSize)
	head, _ := br.Peek(headSize)
	return br, p.looks(head)
}

// maxShown bounds how many stored files the layouts look into.
const maxShown = 200_000

// A showing collects the files of one machine under the names they had there.
type showing struct {
	t     tree
	files *archive
	notes []string
	costs []string // limits that were reached
	found bool     // one of the collector's own files
	left  int      // of maxShown
	in    string   // the directory that sections are in

	called string // the name of the file, if it is one
}

// layoutHost tells whether dir is what one of the layouts' collectors stores.
func layoutHost(t tree, dir string) (hostFS, bool) {
	for _, l := range layouts() {
		s := &showing{t: t, files: newArchive(), left: maxShown}
		for i := range l.parts {
			for _, stored := range s.glob(dir, l.parts[i].file) {
				s.show(&l.parts[i], stored)
			}
		}
		if s.found {
			return s.host(l.collector, path.Join(dir, l.root)), true
		}
	}
	return hostFS{}, false
}

// host is the machine with the files that were collected, and besides what lies
// below root under its own name.
func (s *showing) host(collector, root string) hostFS {
	h := rootHost(s.t, root)
	h.findNet()
	h.shown, h.by, h.notes, h.costs = s.files, collector, s.notes, s.costs
	return h
}

// glob lists the regular files below dir that the pattern matches.
func (s *showing) glob(dir, pattern string) (names []string) {
	first, rest, deeper := strings.Cut(pattern, "/")
	if deeper && !strings.Contains(first, "*") {
		return s.glob(path.Join(dir, first), rest)
	}
	if !strings.Contains(first, "*") {
		if fi, err := s.t.lstat(path.Join(dir, first)); err == nil && fi.Mode().IsRegular() {
			names = append(names, path.Join(dir, first))
		}
		return names
	}
	entries, _ := s.t.readDir(dir)
	for _, e := range entries {
		ok, _ := path.Match(first, e.Name())
		switch {
		case !ok:
		case s.left <= 0:
			s.limited("more than %d files of the collector are in it, the rest is not looked into", maxShown)
			return names
		case deeper && e.IsDir():
			names = append(names, s.glob(path.Join(dir, e.Name()), rest)...)
		case !deeper && e.Type().IsRegular():
			s.left--
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	return names
}

// show adds what a stored file holds. A file that cannot be read is one that is
// there and cannot be read on the machine, too, if it is known which.
func (s *showing) show(p *part, stored string) {
	if p.name != nil {
		if name := p.name(stored); name != "" {
			s.found = true
			s.whole(name, stored)
		}
		return
	}
	f, err := s.t.open(stored)
	if err != nil {
		s.note("%q: %v", clip(stored), cause(err))
		return
	}
	defer f.Close()
	if o, ok := f.(*openFile); ok && o.Reader == (skipped{}) {
		s.found = true // it was looked at when it went by
		return
	}
	r, ok := p.peeked(f)
	if !ok {
		return
	}
	s.found = true
	if p.rule != nil {
		s.in = ""
		if p.in != nil {
			s.in = p.in(stored)
		}
		s.sections(r, stored, p.rule)
		return
	}
	if p.links != nil {
		var links map[string]string
		links, err = p.links(stored, r)
		for name, target := range links {
			s.put(name, &node{mode: fs.ModeSymlink | 0o777, link: target})
		}
	} else {
		var texts map[string]string
		texts, err = p.texts(r)
		for name, text := range texts {
			s.put(name, &node{mode: 0o444, size: int64(len(text)), data: &held{chunks: [][]byte{[]byte(text)}}})
		}
	}
	switch {
	case errors.Is(err, errSections):
		s.limited("%q: %v", clip(stored), err)
	case err != nil:
		s.note("%q: %v", clip(stored), err)
	}
}

// whole shows a stored file under another name.
func (s *showing) whole(name, stored string) {
	if fi, err := s.t.lstat(stored); err == nil {
		s.put(name, &node{mode: 0o444, size: fi.Size(), modTime: fi.ModTime(), data: other{s.t, stored}})
	}
}

// sections shows the sections of a text. The first of a name counts: whoever can
// put a line into a table can forge a heading behind it.
func (s *showing) sections(r io.Reader, stored string, rule ruler) {
	found, full, err := split(r, rule)
	called := clip(cmp.Or(s.called, stored))
	if full {
		s.limited("%q has more than %d sections, the rest is not read", called, maxSections)
	}
	if err != nil {
		s.note("%q: %v", called, err)
	}
	lines := map[string]int{}
	for i, sec := range found {
		sec.name = path.Join(s.in, s.settle(sec, stored))
		if first, ok := lines[sec.name]; ok {
			if strings.HasPrefix(sec.name, "proc/net/") {
				s.note("%q has %s again at line %d, the one at line %d counts", called, clip(sec.name), sec.line, first)
			}
			continue
		}
		lines[sec.name] = sec.line
		n := &node{mode: 0o444, size: sec.end - sec.off}
		data := stretch{t: s.t, stored: stored, off: sec.off, size: n.size}
		if i == len(found)-1 {
			data.err = err
		}
		n.data = data
		s.put(sec.name, n)
	}
}

// put adds a file unless an earlier one has its name. A name that is no path on
// a machine is none.
func (s *showing) put(name string, n *node) {
	if !fs.ValidPath(name) || name == "." || len(name) > maxName || strings.Count(name, "/") > maxDirs {
		return
	}
	for dir := name; dir != "."; dir = path.Dir(dir) {
		if old, taken := s.files.nodes[dir]; taken && (dir == name || !old.mode.IsDir()) {
			return
		}
	}
	s.files.put(name, n)
}

func (s *showing) note(format string, args ...any) { add(&s.notes, format, args) }

// limited tells once of each limit.
func (s *showing) limited(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(s.costs, text) {
		add(&s.costs, "%s", []any{text})
	}
}

// other is the content of a file that is stored under another name.
type other struct {
	t      tree
	stored string
}

func (o other) reader() io.Reader { return &otherReader{o: o} }

type otherReader struct {
	o    other
	file fs.File
}

func (r *otherReader) Read(p []byte) (int, error) {
	if r.file == nil {
		f, err := r.o.t.open(r.o.stored)
		if err != nil {
			return 0, cause(err)
		}
		r.file = f
	}
	return r.file.Read(p)
}

func (r *otherReader) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// A sign tells a collector that keeps the names which files had, or gives them
// names that the list of outputs has.
type sign struct {
	collector string
	inside    string // a directory in the machine's root
	around    string // or the name of a directory around it
	file      string // or a file in the root
}

var signs = []sign{
	{"sosreport", "sos_commands", "", ""},
	{"sosreport", "sos_reports", "", ""},
	{"Insights client", "insights_commands", "", ""},
	{"SONiC techsupport", "etc/sonic", "sonic_dump_*", ""},
	{"troubleshoot.sh", "", "host-collectors", ""},
	{"UAC", "", "[[]root]", ""},
	{"xen-bugtool", "", "bug-report-*", ""},
	{"AKS log collector", "", "", "collect/file_listings.txt"},
	{"EKS log collector", "", "", "networking/ip6rule.txt"},
	{"Rancher logs collector", "", "", "systeminfo/etchosts"},
}

// collector names what made a bundle whose files have their own names, or is
// empty if nothing tells.
func (h hostFS) collector() string {
	for _, sign := range signs {
		if sign.inside != "" && isDir(h.t, h.base, path.Join(h.base, sign.inside)) {
			return sign.collector
		}
		if sign.file != "" {
			if _, err := h.t.lstat(path.Join(h.base, sign.file)); err == nil {
				return sign.collector
			}
		}
		for elem := range strings.SplitSeq(h.base, "/") {
			if ok, _ := path.Match(sign.around, elem); ok {
				return sign.collector
			}
		}
	}
	return ""
}

// signed keeps the names that are signs, of members that are not kept.
func (ld *loader) signed(name string) {
	for _, sign := range signs {
		if sign.file != "" && strings.HasSuffix("/"+name, "/"+sign.file) {
			ld.put(name, &node{mode: 0o444, data: skipped{}})
		}
		if sign.inside == "" {
			continue
		}
		if at := strings.Index("/"+name, "/"+sign.inside+"/"); at >= 0 {
			dir := name[:at+len(sign.inside)]
			if _, known := ld.tree.nodes[dir]; !known {
				ld.put(dir, &node{mode: fs.ModeDir | 0o555})
			}
		}
	}
}

// look looks at the beginning of a member that is wanted only as a layout's, if
// it is such. hold tells whether its content is wanted; if not, and it was one,
// known tells that its name is.
func (ld *loader) look(name string, r io.Reader) (whole io.Reader, hold, known bool) {
	if ld.wantsNamed(name) {
		return r, true, true
	}
	p, _ := ld.want.layoutPart(name)
	whole, known = p.peeked(r)
	return whole, known && p.asked, known
}

// putSeen keeps the name of a member that was looked at and is not held.
func (ld *loader) putSeen(name string, n *node, known bool) {
	if !known {
		ld.putSkipped(name, n)
		return
	}
	n.data = skipped{}
	ld.put(name, n)
}

// An askedPart is a part of a layout, and whether it can hold what was asked for.
type askedPart struct {
	*part
	asked bool
}

// layoutPart is the part of a layout that a stored name may be. Also one that was
// not asked for shows where a machine is.
func (w *wanted) layoutPart(name string) (askedPart, bool) {
	if !strings.HasSuffix(name, ".txt") {
		return askedPart{}, false // as all parts end
	}
	for _, p := range w.parts {
		if p.matches(name) {
			return p, true
		}
	}
	return askedPart{}, false
}

// partsFor lists all parts, with those that can hold files of these names.
func partsFor(patterns []string) (parts []askedPart) {
	for _, l := range layouts() {
		for i := range l.parts {
			parts = append(parts, askedPart{&l.parts[i], l.parts[i].holdsAny(patterns)})
		}
	}
	return parts
}

func (p *part) holdsAny(patterns []string) bool {
	for _, pattern := range patterns {
		for _, has := range p.has {
			if strings.HasPrefix(pattern, has) {
				return true
			}
		}
	}
	return false
}
