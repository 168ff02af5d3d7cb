package cli

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// rareTables begin the names of files that not every machine has. They lie beside
// the others, behind which reading ends; and so do those of IPv6, which a machine
// may be without.
var rareTables = []string{"rt_cache", "ndisc", "ip_masquerade", "sctp/", "ipx", "ax25", "x25", "nr", "rose", "atalk", "udplite", "if_inet6"}

func isRare(table string, files []string) bool {
	twin, ok := strings.CutSuffix(table, "6")
	return ok && slices.Contains(files, "proc/net/"+twin) ||
		slices.ContainsFunc(rareTables, func(begin string) bool { return strings.HasPrefix(table, begin) })
}

// enough tells, for --quick, when a machine has all that the view needs. It is nil
// if only the archive's end can tell: of files in directories of any name (programs,
// interfaces), of several machines and of network namespaces.
func (c choice) enough(o *options) func(fs.FS) bool {
	if !o.quick || o.host != "" || o.netns != "" || o.needs().Files() {
		return nil
	}
	var needed []string
	files := c.files(o)
	for _, name := range files {
		table, isTable := strings.CutPrefix(name, "proc/net/")
		switch {
		case slices.Contains(snapshot.FactFiles, name): // another one may tell the same
		case strings.Contains(name, "*"):
			return nil
		case isTable && !isRare(table, files), strings.HasPrefix(name, "etc/") && c.looksUp(name, o):
			needed = append(needed, name)
		}
	}
	if !slices.ContainsFunc(needed, func(name string) bool { return strings.HasPrefix(name, "proc/net/") }) {
		return nil
	}
	return func(root fs.FS) bool {
		for _, name := range needed {
			if fi, err := fs.Stat(root, name); err != nil || !fi.Mode().IsRegular() {
				return false
			}
		}
		return o.byteOrder != "auto" || !c.needsByteOrder(o) || snapshot.Load(root, snapshot.ByteOrder{}).Order.From != ""
	}
}

// looksUp reports whether names of this file may be shown.
func (c choice) looksUp(file string, o *options) bool {
	if c.plan.Mode == query.Statistics && !c.format.Rows {
		return false
	}
	switch file {
	case "etc/services":
		return !o.NumericPorts && (o.services == names.Auto || o.services == names.Bundle)
	case "etc/protocols":
		return !o.NumericPorts
	case "etc/passwd":
		return !o.NumericUsers
	}
	return !o.NumericHosts
}
