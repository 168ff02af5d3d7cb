package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser/filter"
	"github.com/coldstat/coldstat/render"
)

// manPage is the manual page as roff (man(7)), of the same texts and lists as
// --help. `make man` writes it; --man-page is not listed, because a reader of
// captures has no use for it.
func manPage() string {
	var b strings.Builder
	section := func(title string) { fmt.Fprintf(&b, ".SH %s\n", title) }
	item := func(head, text string) {
		fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(head), roff(text))
	}
	b.WriteString(".TH COLDSTAT 1\n")
	section("NAME")
	fmt.Fprintf(&b, "coldstat \\- %s\n", roff(oneLine))
	section("SYNOPSIS")
	fmt.Fprintf(&b, ".B %s\n", roff(usageLine))
	section("DESCRIPTION")
	fmt.Fprintf(&b, "%s.PP\n%s", roff(purpose), roff(aboutBundles))
	section("OPTIONS")
	o := &options{}
	fmt.Fprintf(&b, ".SS %s\n", roff(aboutOptions))
	for _, f := range listed(netstatFlags(o)) {
		item(f.names(), f.help)
	}
	b.WriteString(".SS Options of coldstat\n")
	for _, f := range listed(ownFlags(o)) {
		item(f.names(), f.help)
	}
	section("FORMATS")
	fmt.Fprintf(&b, "%s.\n", roff(aboutFormats))
	for _, f := range render.Formats() {
		item(f.Name, f.Doc)
	}
	section("FILTERS")
	b.WriteString(roff(aboutFilters))
	for _, f := range filter.Documented() {
		item(f[0], f[1])
	}
	section("COMMANDS")
	fmt.Fprintf(&b, "%s.\n", roff(aboutCommands))
	for _, c := range commands() {
		item("coldstat "+c.use, c.does)
	}
	all := slices.Clone(examples)
	for _, c := range documentedCommands() {
		section(strings.ToUpper(c.name))
		fmt.Fprintf(&b, "%s.SS Options of %s\n", strings.ReplaceAll(roff(c.about), "\n\n", "\n.PP\n"), c.name)
		for _, f := range listed(c.flags) {
			item(f.names(), f.help)
		}
		if c.words != "" {
			fmt.Fprintf(&b, ".SS %s\n", roff(c.words))
			for _, e := range c.explained {
				item(e.command, e.shows)
			}
		}
		if c.name == "triage" {
			b.WriteString(".SS Formats of triage\n")
			for _, f := range render.TriageFormats() {
				item(f.Name, f.Doc)
			}
		}
		all = append(all, c.examples...)
	}
	section("EXIT STATUS")
	for _, s := range exitStatuses {
		item(fmt.Sprint(s.code), s.means)
	}
	fmt.Fprintf(&b, ".PP\n%s", roff(aboutStatus))
	section("EXAMPLES")
	for _, e := range all {
		item(e.command, e.shows)
	}
	section("SEE ALSO")
	b.WriteString(".BR netstat (8),\n.BR proc (5),\n.BR ss (8)\n")
	return b.String()
}

// listed leaves out the options that the help does not tell of.
func listed(flags []flag) (list []flag) {
	for _, f := range flags {
		if f.help != "" {
			list = append(list, f)
		}
	}
	return list
}

// roff escapes text: characters that are to stay as they are typed, and what
// would be a request at the start of a line.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, `"`, `\(dq`, "`", `\(ga`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
