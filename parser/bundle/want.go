package bundle

import (
	"path"
	"slices"
	"strings"
)

// wanted matches stored names against the files that will be asked for. A
// bundle may hold them below any prefix, or without the directories they had on
// the machine, so only the tail of a name counts: "tcp" for proc/net/tcp,
// "net/*/mtu" for sys/class/net/*/mtu.
type wanted struct {
	byLast map[string][][]string // last element (or "*") → tails, last element first
	parts  []askedPart           // of layouts
	spaced []string              // what ends the names of outputs of other network namespaces
}

// stems are the directories that may be missing in a bundle; the rest of a
// pattern is its tail.
var stems = []string{"proc/net/", "proc/", "etc/", "sys/class/"}

func newWanted(patterns []string, namespaces bool) *wanted {
	patterns = expanded(patterns)
	w := &wanted{byLast: map[string][][]string{}}
	if namespaces {
		w.spaced = spacedEndings(patterns)
		patterns = append(patterns, spacesDir+"/*/cmd/*")
		for _, p := range patterns {
			if file, ok := strings.CutPrefix(p, path.Dir(aksSpace)+"/"); ok {
				patterns = append(patterns, path.Join(path.Dir(aksSpace), "*", file)) // any directory there
			}
		}
	}
	w.parts = partsFor(patterns)
	for _, p := range patterns {
		for _, stem := range stems {
			if rest, ok := strings.CutPrefix(p, stem); ok {
				p = rest
				break
			}
		}
		elems := strings.Split(p, "/")
		reversed := make([]string, 0, len(elems))
		for i := len(elems) - 1; i >= 0; i-- {
			reversed = append(reversed, elems[i])
		}
		w.byLast[reversed[0]] = append(w.byLast[reversed[0]], reversed)
	}
	return w
}

// match reports whether the stored name ends like a wanted file.
func (w *wanted) match(name string) bool {
	last := name[strings.LastIndexByte(name, '/')+1:]
	return tailMatch(w.byLast[last], name) || tailMatch(w.byLast["*"], name) || w.spacedMatch(last)
}

// spacedEndings gives what ends the names of sosreport's files that hold the
// outputs of other network namespaces.
func spacedEndings(patterns []string) (endings []string) {
	for _, p := range patterns {
		if command, ok := strings.CutPrefix(p, sosNetwork+"/"); ok {
			endings = append(endings, "_"+command)
		}
	}
	return endings
}

func (w *wanted) spacedMatch(file string) bool {
	if len(w.spaced) == 0 || !strings.HasPrefix(file, netnsExec) {
		return false
	}
	return slices.ContainsFunc(w.spaced, func(ending string) bool { return strings.HasSuffix(file, ending) })
}

// file is match without the patterns that end in *: those name links, not files.
func (w *wanted) file(name string) bool {
	return tailMatch(w.byLast[name[strings.LastIndexByte(name, '/')+1:]], name)
}

func tailMatch(tails [][]string, name string) bool {
	for _, tail := range tails {
		rest, ok := name, true
		for i, elem := range tail {
			at := strings.LastIndexByte(rest, '/')
			if elem != "*" && elem != rest[at+1:] {
				ok = false
				break
			}
			if at < 0 {
				ok = i == len(tail)-1
				break
			}
			rest = rest[:at]
		}
		if ok {
			return true
		}
	}
	return false
}
