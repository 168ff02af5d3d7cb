package bundle

import (
	"path"
	"strings"
)

// maxAsked bounds how often a loader looks for the machines before the archive's
// end, which takes time in a large one.
const maxAsked = 50

// hasEnough reports whether the archive need not be read beyond the member. It can
// be so only behind the directory of the tables, where those of them that few
// machines have would be, and only if the machine is one with a proc/net under that
// name: other places are taken for want of it, so that it may still come.
func (ld *loader) hasEnough(name string) bool {
	if ld.enough == nil || !ld.tables || !ld.fresh || ld.asked >= maxAsked || strings.Contains("/"+name, "/net/") {
		return false
	}
	ld.fresh, ld.asked = false, ld.asked+1
	var b Bundle
	if b.locate(ld.name, ld.tree) != nil {
		return false
	}
	for _, m := range b.Machines {
		if m.shown != nil || path.Base(m.proc) != "proc" || m.net != path.Join(m.proc, "net") || !ld.enough(m) {
			return false
		}
	}
	return true
}
