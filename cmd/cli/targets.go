package cli

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A target is one captured machine, as it looks from one of its network
// namespaces.
type target struct {
	files   fs.FS
	machine *bundle.Machine
	host    string   // its name, or where it lies in the bundle
	netns   string   // empty for that of proc/net
	spaces  []string // the other network namespaces that there are
}

// allNamespaces is what --netns takes for each of them.
const allNamespaces = "all"

// targets are those that the options select of a bundle. Finding network namespaces
// takes time, so they are only sought if they are asked for or if told of.
func targets(b *bundle.Bundle, o *options, name string, told bool) (list []target, err error) {
	var hosts, spaces []string
	found := false
	for i := range b.Machines {
		m := &b.Machines[i]
		var all []bundle.Namespace
		if told || o.netns != "" {
			all = m.Namespaces()
		}
		t := target{files: m, machine: m, host: hostName(m)}
		for _, space := range all {
			t.spaces = append(t.spaces, space.Name)
		}
		if hosts = append(hosts, t.host); o.host != "" && !t.called(o.host) {
			continue
		}
		found = true
		if o.netns == "" || o.netns == allNamespaces {
			list = append(list, t)
		}
		if o.netns == "" {
			continue
		}
		for _, space := range all {
			if spaces = append(spaces, space.Name); o.netns == allNamespaces || o.netns == space.Name {
				in := t
				in.files, in.netns = space, space.Name
				list = append(list, in)
			}
		}
	}
	switch {
	case len(list) > 0:
		return list, nil
	case !found:
		return nil, lackingf("it has "+someOf(hosts), "%q has no host %q", name, o.host)
	case spaces == nil:
		return nil, lackingf("coldstat files BUNDLE shows what it has", "%q has no network namespace but that of proc/net: there is no %q", name, o.netns)
	default:
		return nil, lackingf("it has "+someOf(spaces)+"; --netns all shows them all", "%q has no network namespace %q", name, o.netns)
	}
}

// lackingf is the error of a selection that selects nothing in a bundle.
func lackingf(hint, format string, args ...any) error {
	err := usagef(hint, format, args...).(*exitError)
	err.code = exitLacking
	return err
}

// maxListed is how many names an error repeats.
const maxListed = 20

func someOf(names []string) string {
	if more := len(names) - maxListed; more > 0 {
		names = append(slices.Clone(names[:maxListed]), "...")
	}
	return strings.Join(names, ", ")
}

// hostName is the machine's name, or else that of its archive or directory in the
// bundle.
func hostName(m *bundle.Machine) string {
	if host := snapshot.Load(m, byteOrder("auto", false)).HostName(); host != "" {
		return host
	}
	return whereIs(m)
}

// whereIs tells where the machine lies in the bundle.
func whereIs(m *bundle.Machine) string {
	if m.Archive != "" {
		return m.Archive
	}
	return m.Base()
}

// called reports whether somebody may mean the machine by this name: its name with
// or without the domain, or that of its archive or directory.
func (t target) called(name string) bool {
	short, _, _ := strings.Cut(t.host, ".")
	archive := path.Base(t.machine.Archive)
	for _, s := range []string{t.host, short, t.machine.Base(), archive, bundle.Stem(archive), path.Join(t.machine.Archive, t.machine.Base())} {
		if s != "." && strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

// title is what stands above the target's part of the output, and in front of what
// is said of it. Of machines whose names are alike it has the place in the bundle.
func (t target) title(bundle string, among []target, bundles int) string {
	title := t.host
	if slices.ContainsFunc(among, func(other target) bool { return other.machine != t.machine && other.host == t.host }) {
		title += " (" + whereIs(t.machine) + ")"
	}
	if t.netns != "" {
		title += ", netns " + t.netns
	}
	switch {
	case bundles > 1 && len(among) > 1:
		return bundle + ": " + title
	case len(among) > 1:
		return title
	}
	return bundle
}
