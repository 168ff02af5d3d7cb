package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/coldstat/coldstat/parser/filter"
	"github.com/coldstat/coldstat/parser/peers"
	"github.com/coldstat/coldstat/render"
)

// What --help and the manual page say besides the options. Both are made of
// these and of the flag lists, so neither can miss anything.
const (
	oneLine = "netstat for machines that are not there"

	usageLine = "coldstat [netstat options] [BUNDLE...] [-- FILTER]"

	aboutFormats = "Formats (--format; the options select the same rows in each)"

	aboutCommands = "Commands (only as the first word; a bundle of that name is ./schema)"

	purpose = `Reads what was captured from a Linux machine and prints what netstat would have
printed there. It never looks at the machine that it runs on.
`

	aboutBundles = `BUNDLE is a directory, a tar or zip archive, or - for standard input; gzip, xz,
bzip2, zstd and lz4 are told by content. It holds a sosreport, a supportconfig, an
Android bugreport, what UAC collects, or another copy of /proc/net, with any
prefix, or just the files tcp, udp, route, ... It can also be one such file, or
several pasted one behind the other.
Without BUNDLE standard input is read, unless it is a terminal. Several bundles,
and several machines or network namespaces of one (--host, --netns), are shown one
after the other, each under ==> NAME <==. Bundles are read ahead on all cores; one
that cannot be read is told of, and the others go on.
`

	aboutOptions = "Options of netstat (clusters, any order, long ones may be shortened)"

	filterTitle = "Filters"

	aboutFilters = `FILTER is in the language of ss: only sockets are shown for which it is true.
  state established ( dport = :443 or sport = :ssh ) and not dst 10.0.0.0/8
Operators are = != < <= > >= and the words for them (eq ne lt le gt ge), ~ for a
regular expression that matches anywhere in a text, and !~ for its contrary.
Conditions are joined by and, or, not (& | !) and parentheses; nothing between two
is and. As in ss, and and or are taken from left to right. Quote what the shell
would take. States at the beginning hold for all that follows, and a state in a
filter means -a. Names are those of the bundle. What is not known of a row is
neither equal nor unequal to anything: the row is then shown neither for a
condition nor for its contrary. A -- without BUNDLE before it only ends the
options; the next one begins the filter. Fields are:
`

	aboutStatus = "With several bundles the highest status of them all.\n"
)

// examples are command lines that work, each with what it shows.
var examples = []example{
	{"coldstat -tan sosreport-web1.tar.xz", "all TCP sockets, numeric"},
	{"coldstat -tulpn bundle/", "who listens"},
	{"coldstat -rn a.tar b.tar", "the routes of two machines"},
	{"coldstat -tan a.tgz -- dst 10/8", "only some of the sockets, as with ss"},
	{"coldstat -ta --csv a.tgz > tcp.csv", "for a spreadsheet"},
	{"coldstat --kinds all --json a.tgz", "everything, for a program"},
	{slimExample, "a small one of a large one"},
	{liveExample, "a machine as it is now"},
}

// An example is a command line and what it shows.
type example struct{ command, shows string }

const liveExample = "coldstat capture-script | ssh web1 sh -s -- -o - | coldstat -tan -"

const (
	helpColumn    = 25
	exampleColumn = 43
	formatColumn  = 13
	helpWidth     = 80
)

// A command is one besides the views.
type command struct{ use, does string }

// commands lists them.
func commands() (list []command) {
	for _, c := range subcommands(Streams{}, nil) {
		list = append(list, command{c.Use, c.Short})
	}
	return append(list, command{"completion SHELL", "a script that lets bash, zsh, fish or powershell complete options, kinds and columns"})
}

// helpText is --help.
func helpText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "coldstat: %s\n\n%s\nUsage:\n  %s\n\n%s\nExamples:\n", oneLine, purpose, usageLine, aboutBundles)
	for _, e := range examples {
		writeEntry(&b, "  "+e.command, e.shows, exampleColumn)
	}
	o := &options{}
	fmt.Fprintf(&b, "\n%s:\n", aboutOptions)
	writeFlags(&b, netstatFlags(o))
	b.WriteString("\nOptions of coldstat:\n")
	writeFlags(&b, ownFlags(o))
	fmt.Fprintf(&b, "\n%s:\n", aboutFormats)
	for _, f := range render.Formats() {
		writeEntry(&b, "  "+f.Name, f.Doc, formatColumn)
	}
	fmt.Fprintf(&b, "\n%s:\n%s", filterTitle, aboutFilters)
	for _, f := range filter.Documented() {
		writeEntry(&b, "  "+f[0], f[1], formatColumn)
	}
	fmt.Fprintf(&b, "\n%s:\n", aboutCommands)
	for _, c := range commands() {
		writeEntry(&b, "  "+c.use, c.does, helpColumn)
	}
	b.WriteString("\nExit status:\n")
	for _, s := range exitStatuses {
		fmt.Fprintf(&b, "  %-3d  %s\n", s.code, s.means)
	}
	b.WriteString(aboutStatus)
	return b.String()
}

// commandHelp is --help of a command.
func commandHelp(s Streams, c *cobra.Command, flags []flag) {
	var b strings.Builder
	fmt.Fprintf(&b, "coldstat %s: %s\n\nUsage:\n  coldstat %s\n", c.Name(), c.Short, c.Use)
	if len(flags) > 0 {
		b.WriteString("\nOptions:\n")
		writeFlags(&b, flags)
	}
	io.WriteString(s.Out, b.String())
}

// A commandDoc is what the help and the manual page say of a command besides its options.
type commandDoc struct {
	about     string
	examples  []example
	words     string    // what the words are that need to be explained; empty if there are none
	explained []example // each of them
}

// write is the command's --help.
func (d commandDoc) write(s Streams, c *cobra.Command, flags []flag) {
	var b strings.Builder
	fmt.Fprintf(&b, "coldstat %s: %s\n\n%s\nUsage:\n  coldstat %s\n\nExamples:\n", c.Name(), c.Short, d.about, c.Use)
	for _, e := range d.examples {
		writeEntry(&b, "  "+e.command, e.shows, exampleColumn+6)
	}
	b.WriteString("\nOptions:\n")
	writeFlags(&b, flags)
	if d.words != "" {
		fmt.Fprintf(&b, "\n%s:\n", d.words)
		for _, e := range d.explained {
			writeEntry(&b, "  "+e.command, e.shows, helpColumn)
		}
	}
	writeStatuses(&b)
	io.WriteString(s.Out, b.String())
}

// writeStatuses ends a command's help.
func writeStatuses(b *strings.Builder) {
	b.WriteString("\nExit status:\n")
	for _, status := range exitStatuses {
		writeEntry(b, fmt.Sprintf("  %-3d", status.code), status.means, 7)
	}
	b.WriteString(aboutStatus)
}

// A documented command has a section of its own in the manual page.
type documented struct {
	name string
	commandDoc
	flags []flag
}

// documentedCommands is THE list of them.
func documentedCommands() []documented {
	return []documented{
		{"triage", commandDoc{about: aboutTriage, examples: triageExamples}, triageFlags(&triageOptions{})},
		{"top", topDoc, topFlags(&topOptions{})},
		{"diff", diffDoc, diffFlags(&diffOptions{})},
		{"peers", peersDoc(), peersFlags(&peersOptions{})},
	}
}

var topDoc = commandDoc{
	about: `Counts the internet sockets of all BUNDLEs (as coldstat --help has it) by what they
share, listening ones and others, with their queues and states. FILTER selects
among them, as with the views. The largest groups come first; together all of them
are as many sockets as there are.
`,
	examples: []example{
		{"coldstat top web1.tar.xz", "who it is connected to most"},
		{"coldstat top --by program,state web1.tar.xz", "which program leaks"},
		{"coldstat top --by host web*.tgz -- state close-wait", "of many machines"},
		{"coldstat top --by subnet/16 --csv web1.tar.xz", "for a spreadsheet"},
	},
}

var diffDoc = commandDoc{
	about: `Compares two captures of one machine, each a BUNDLE as coldstat --help has it:
internet and UNIX sockets that came, went or changed, listeners first; routes,
interfaces, facts and settings that changed; and counters that moved, with the rate
at which they grew. The rules of triage that look at counters are held against what
was counted in between.

Sockets are the same if addresses, ports and inode are. If the inode is another one,
or if the state of a connection went back, the socket was replaced.

The time between is the difference of the uptimes, or else of the dates. That the
machine was started again is told by its boot ids, or else by uptimes and dates, or
else by counters; no counter has a delta then. Nor has one that fell: it was reset, or
wrapped around.

A table that only one of the captures has was not emptied or filled: that is said, and
it is not compared. A value that either does not tell is neither equal nor different.

Without --all, churn is folded: sockets that differ in the same way, are of one state
and one program, and differ in a port that says nothing become one row with a count.
That is the peer's port of a connection to a port on which somebody waits here; else
the port here, if the kernel chose it (net.ipv4.ip_local_port_range of a capture, or
else the kernel's default); else the peer's, if it is in that range. Sockets of one
program of which only the PID is another one are folded too, and UNIX sockets of one
path that are no listeners, and those without a path. The queues of a row are added
up, and what is not the same in all of its sockets is not shown; a row of one socket
shows all of it.
`,
	examples: []example{
		{"coldstat diff monday.tar.xz tuesday.tar.xz", "what changed"},
		{"coldstat diff --kinds counter_change a.tgz b.tgz", "only counters, with rates"},
		{"coldstat diff --all --kinds socket_change --csv a.tgz b.tgz", "each socket"},
		{"coldstat diff --json a.tgz b.tgz", "for a program"},
	},
}

// peersDoc tells of the verdicts besides.
func peersDoc() commandDoc {
	d := commandDoc{
		about: `Compares the tcp sockets, and the connected udp sockets, of the machines of all
BUNDLEs (as coldstat --help has it) with each other: both ends of a connection that
were captured make a pair, also through NAT where a bundle has proc/net/nf_conntrack.
Captures that are taken at the same moment tell most. Of several captures of one
machine the latest is compared, and the others show which connections are old.
Shown are who talks to whom, the connections that are not fine, and peers whose
bundle is missing. Connections of loopback and link-local addresses are left out.
`,
		examples: []example{
			{"coldstat peers web1.tgz web2.tgz db1.tgz", "whose fault it is"},
			{"coldstat peers --netns all node*.tar.xz", "containers, too"},
			{"coldstat peers --format dot *.tgz | dot -Tsvg", "a picture of who talks to whom"},
			{"coldstat peers --kinds pair --all --csv *.tgz", "all pairs, for a spreadsheet"},
		},
		words: "Verdicts",
	}
	for _, v := range peers.Verdicts() {
		d.explained = append(d.explained, example{fmt.Sprintf("%-15s %s", v.Name, v.Grade), v.Doc})
	}
	return d
}

// aboutTriage is what the help of triage says besides its options.
const aboutTriage = `Checks each machine of each BUNDLE (as coldstat --help has it) by a list of rules.
A finding has a severity, the rows that prove it with file and line, the number
and the limit that it is held against, and what to do. A rule whose files the
capture lacks was not checked, which is said, and does not mean that all is well.
`

// triageExamples are command lines that work.
var triageExamples = []example{
	{"coldstat triage sosreport-web1.tar.xz", "what is wrong with web1"},
	{"coldstat triage --format markdown web*.tar.xz", "of several, for a ticket"},
	{"coldstat triage --fail-on warning b.tgz", "for a script"},
	{"coldstat triage --list", "what it looks for"},
}

// aboutConfig is an example of what --config reads.
const aboutConfig = `thresholds:
  T06: {warning: 100, critical: 2000}
disabled: [T03]
allowed_listeners: [tcp/22, "tcp/10.0.0.1:5432", 443]
`

// triageHelp is its --help.
func triageHelp(s Streams, c *cobra.Command) {
	var b strings.Builder
	fmt.Fprintf(&b, "coldstat triage: %s\n\n%s\nUsage:\n  coldstat %s\n\nExamples:\n", c.Short, aboutTriage, c.Use)
	for _, e := range triageExamples {
		writeEntry(&b, "  "+e.command, e.shows, exampleColumn+6)
	}
	b.WriteString("\nOptions:\n")
	writeFlags(&b, triageFlags(&triageOptions{}))
	b.WriteString("\nFormats:\n")
	for _, f := range render.TriageFormats() {
		writeEntry(&b, "  "+f.Name, f.Doc, formatColumn)
	}
	b.WriteString("\nA configuration (--config):\n")
	for line := range strings.Lines(aboutConfig) {
		b.WriteString("  " + line)
	}
	writeStatuses(&b)
	io.WriteString(s.Out, b.String())
}

func writeFlags(b *strings.Builder, flags []flag) {
	for _, f := range flags {
		if f.help == "" {
			continue
		}
		head := "      " + f.names()
		if f.short != "" {
			head = "  " + f.names()
		}
		writeEntry(b, head, f.help, helpColumn)
	}
}

// names is the option as the help shows it: -A, --protocol ARG.
func (f flag) names() string {
	s := "--" + f.long
	if f.short != "" {
		s = "-" + f.short + ", " + s
	}
	if _, ok := f.value.(listValue); ok {
		s += " ARG"
	}
	return s
}

// writeEntry writes a head and, from the column on, the text behind it.
func writeEntry(b *strings.Builder, head, text string, from int) {
	b.WriteString(head)
	column := len(head)
	if column >= from {
		b.WriteByte('\n')
		column = 0
	}
	b.WriteString(strings.Repeat(" ", from-column))
	column = from
	for i, word := range strings.Fields(text) {
		if column+1+len(word) > helpWidth {
			b.WriteString("\n" + strings.Repeat(" ", from))
			column = from
		} else if i > 0 {
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteByte('\n')
}
