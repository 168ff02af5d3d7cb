package cli

import (
	"strings"
)

// helpText is --help: made of the flag lists, so that it cannot miss an option.
func helpText() string {
	var b strings.Builder
	b.WriteString(`coldstat: netstat for machines that are not there

Reads what was captured from a Linux machine and prints what netstat would have
printed there. It never looks at the machine that it runs on.

Usage:
  coldstat [netstat options] [BUNDLE...]

BUNDLE is a directory, a .tar, a .tar.gz or - for standard input: a sosreport or
another copy of /proc/net, with any prefix, or just the files tcp, udp, route, ...
Without BUNDLE standard input is read, unless it is a terminal. Several bundles
are shown one after the other, each under ==> NAME <==.

Examples:
  coldstat -tan sosreport-web1.tar.gz      all TCP sockets, numeric
  coldstat -tulpn bundle/                  who listens
  coldstat -rn a.tar b.tar                 the routes of two machines
  ssh host 'cd /proc/net && for f in tcp udp; do echo; done'

Options of netstat (clusters, any order, long ones may be shortened):
`)
	o := &options{}
	writeFlags(&b, netstatFlags(o))
	b.WriteString("\nOptions of coldstat:\n")
	writeFlags(&b, ownFlags(o))
	b.WriteString("\nExit status:\n" + exitHelp)
	return b.String()
}

const (
	helpColumn = 25
	helpWidth  = 80
)

func writeFlags(b *strings.Builder, flags []flag) {
	for _, f := range flags {
		if f.help == "" {
			continue
		}
		head := "      --" + f.long
		if f.short != "" {
			head = "  -" + f.short + ", --" + f.long
		}
		if _, ok := f.value.(listValue); ok {
			head += " ARG"
		}
		b.WriteString(head)
		column := len(head)
		if column >= helpColumn {
			b.WriteByte('\n')
			column = 0
		}
		b.WriteString(strings.Repeat(" ", helpColumn-column))
		column = helpColumn
		for i, word := range strings.Fields(f.help) {
			if column+1+len(word) > helpWidth {
				b.WriteString("\n" + strings.Repeat(" ", helpColumn))
				column = helpColumn
			} else if i > 0 {
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += len(word)
		}
		b.WriteByte('\n')
	}
}
