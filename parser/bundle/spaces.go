package bundle

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A machine has network namespaces besides the one of its proc/net: containers and
// virtual routers. Captures have them in three ways.

// A space is one network namespace.
type space struct {
	name string
	// root is the directory, as the machine would name it, below which files of
	// the namespace lie: netns/NAME of captures that coldstat's script made, and
	// of the texts of supportconfig. Files that it lacks are those of the machine.
	root string
	// dir is such a directory with outputs of commands only, of AKS.
	dir string
	// process is one that is in the namespace, whose proc/PID/net is there.
	process string
	// without any of these, it has outputs of commands in files of sosreport:
	// ip_netns_exec_NAME_COMMAND
}

const (
	spacesDir  = "netns"
	netnsExec  = "ip_netns_exec_"
	sosNetwork = "sos_commands/networking"
	aksSpace   = "collect/ip_netns_"
	maxSpaces  = 100_000
)

// A Namespace is a machine as it looks from one of its network namespaces: with the
// same names and processes, and other tables.
type Namespace struct {
	hostFS
	Name string // or the kernel's number, if only that is known
}

// Namespaces lists the machine's network namespaces besides that of its proc/net,
// by name.
func (h hostFS) Namespaces() (list []Namespace) {
	for _, s := range h.spaces() {
		in := h
		in.in = &s
		list = append(list, Namespace{in, s.name})
	}
	return list
}

func (h hostFS) spaces() (list []space) {
	known := map[string]bool{}
	add := func(s space) {
		if !known[s.name] && s.name != "" && len(list) < maxSpaces {
			known[s.name] = true
			list = append(list, s)
		}
	}
	for _, e := range h.entries(spacesDir) {
		if e.IsDir() {
			add(space{name: e.Name(), root: path.Join(spacesDir, e.Name())})
		}
	}
	for _, e := range h.entries(path.Join(sosNetwork, "namespaces")) {
		if e.IsDir() {
			add(space{name: e.Name()})
		}
	}
	for _, e := range h.entries(sosNetwork) {
		add(space{name: execSpace(e.Name())})
	}
	for _, e := range h.entries(path.Dir(aksSpace)) {
		if name, ok := strings.CutPrefix(e.Name(), path.Base(aksSpace)); ok && e.IsDir() {
			add(space{name: name, dir: aksSpace + name})
		}
	}
	h.processSpaces(add)
	slices.SortStableFunc(list, func(a, b space) int { return strings.Compare(a.name, b.name) })
	return list
}

func (h hostFS) entries(dir string) []fs.DirEntry {
	entries, _ := h.ReadDir(dir)
	return entries
}

// execSpace reads the namespace in ip_netns_exec_NAME_COMMAND, for the commands
// whose outputs are read.
func execSpace(file string) string {
	rest, ok := strings.CutPrefix(file, netnsExec)
	if !ok {
		return ""
	}
	for at := range len(rest) { // where the command may begin
		if rest[at] == '_' && indexed().files[rest[at+1:]] {
			return rest[:at]
		}
	}
	return ""
}

// isSpaced reports whether a stored name is that of an output from a network
// namespace, which shows that there is one.
func isSpaced(name string) bool {
	return execSpace(path.Base(name)) != "" || strings.Contains("/"+name, "/"+aksSpace)
}

// processSpaces groups the processes of a whole copy of /proc by their link ns/net.
// Of each group the lowest that has tables stands for all: copies differ within a
// namespace only because they were made one after the other.
func (h hostFS) processSpaces(add func(space)) {
	own := h.spaceOf(path.Base(path.Dir(h.net)))
	if path.Base(path.Dir(h.net)) == path.Base(h.proc) || own == "" {
		own = h.spaceOf("self")
	}
	if own == "" {
		return // that of proc/net itself is not known, so none is known to be another
	}
	for _, pid := range h.processes() {
		pid := strconv.Itoa(pid)
		if at := h.spaceOf(pid); at != "" && at != own && hasTable(h.t, h.base, path.Join(h.proc, pid, "net")) {
			add(space{name: at, process: pid})
		}
	}
}

// spaceOf reads the number of the namespace that a process is in.
func (h hostFS) spaceOf(process string) string {
	name := path.Join("proc", process, "ns/net")
	text, err := h.ReadLink(name)
	if err != nil { // collectors that cannot store such links keep their text
		f, err := h.Open(name)
		if err != nil {
			return ""
		}
		defer f.Close()
		var b [64]byte
		n, _ := f.Read(b[:])
		text = strings.TrimSpace(string(b[:n]))
	}
	number, ok := strings.CutPrefix(text, "net:[")
	number, closed := strings.CutSuffix(number, "]")
	if _, err := strconv.ParseUint(number, 10, 64); !ok || !closed || err != nil {
		return ""
	}
	return number
}

// names gives the names, as the machine would have them, of the files that may be
// the one that is asked for, best first.
func (h hostFS) names(name string) []string {
	outputs := outputNames(name)
	switch {
	case outputs == nil && h.in == nil:
		return []string{name}
	case outputs == nil:
		return h.in.names(name, false)
	case h.in == nil:
		return outputs
	}
	var all []string
	for _, name := range outputs {
		all = append(all, h.in.names(name, true)...)
	}
	return all
}

// names gives the names of a namespace's file. Of what belongs to a namespace the
// machine's own file is that of another one.
func (s *space) names(name string, output bool) []string {
	first, rest, _ := strings.Cut(name, "/")
	own := output || first == "sys" || first == "cmd" ||
		first == "proc" && (rest == "net" || strings.HasPrefix(rest, "net/") || rest == "self" || strings.HasPrefix(rest, "self/") || strings.HasPrefix(rest, "sys/net/"))
	switch {
	case !own && s.root != "":
		return []string{path.Join(s.root, name), name}
	case !own:
		return []string{name}
	case s.root != "":
		return []string{path.Join(s.root, name)}
	case s.process != "" && first == "proc":
		return []string{path.Join("proc", s.process, strings.TrimPrefix(rest, "self"))}
	case s.dir != "" && first == "collect":
		return []string{path.Join(s.dir, rest)}
	case s.process == "" && s.dir == "" && strings.HasPrefix(name, sosNetwork+"/"):
		file := netnsExec + s.name + "_" + path.Base(name)
		return []string{path.Join(sosNetwork, file), path.Join(sosNetwork, "namespaces", s.name, file)}
	}
	return nil
}
