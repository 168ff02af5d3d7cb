package snapshot

import (
	"bytes"
	"io/fs"
	"iter"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/coldstat/coldstat/parser"
)

// Where a capture has no file of the kernel for a table, what a command printed
// stands in for it. Its rows lack columns and may be of another moment, so the
// kernel's file wins wherever it is there.

// socketTexts are the outputs that have sockets. Of two that tell of a table the one
// with more in it counts, see coverage.
var socketTexts = []text[parser.PrintedSocket]{
	{netstatOutput, parser.NetstatSockets},
	{ssOutput, parser.SSSockets},
}

const (
	netstatOutput = "output/netstat"
	ssOutput      = "output/ss"
	lsofOutput    = "output/lsof"
)

var (
	routeTexts  = []text[parser.Route]{{"output/route", parser.RouteText}, {"output/ip_route", parser.IPRoutes}}
	routeTexts6 = []text[parser.Route6]{{"output/route6", parser.RouteText6}, {"output/ip6_route", parser.IPRoutes6}}
)

// A text is the output of a command, and how it is read.
type text[T any] struct {
	name   string
	decode decoder[T]
}

// lacking reports whether a table has nothing: no file, or one without even the
// header that the kernel writes.
func (t Table[T]) lacking() bool { return t.State == Absent || t.State == Empty }

// printedSockets stands in for a table of sockets. pick takes its rows out of the
// text.
func printedSockets[T any](s *Snapshot, t Table[T], table string, pick func(*parser.PrintedSocket) T) Table[T] {
	if !t.lacking() {
		return t
	}
	text, c := s.socketText(table)
	if c == nil {
		return t
	}
	printed := open(s, text.name, text.decode)
	note := insteadNote(printed.File)
	if c.only != "" {
		note += ", which shows " + c.only + " sockets only"
	}
	if !c.rows[table] && s.hasSocketFile() {
		note = "" // the kernel may well have no such sockets, as tcp6 without IPv6
	}
	return Table[T]{File: printed.File, Instead: t.File, Note: note, rows: func(yield func(T, error) bool) {
		for row, err := range onceTold(s, printed) {
			if err == nil && row.Table != table {
				continue
			}
			if !yield(pick(&row), err) {
				return
			}
		}
	}}
}

func insteadNote(text string) string {
	return "the bundle lacks the kernel's file: rows are those that " + text + " has"
}

// socketText finds the best text that tells of a table. c is nil if there is none.
func (s *Snapshot) socketText(table string) (best text[parser.PrintedSocket], c *coverage) {
	for _, text := range socketTexts {
		if its := s.coverage(text); its.tables[table] && (c == nil || its.worth > c.worth) {
			best, c = text, its
		}
	}
	return best, c
}

// hasSocketFile reports whether the capture has a usual table of sockets at all.
func (s *Snapshot) hasSocketFile() bool {
	for _, name := range []string{"proc/net/tcp", "proc/net/udp", "proc/net/unix"} {
		if _, err := fs.Stat(s.root, name); err == nil {
			return true
		}
	}
	return false
}

// A coverage is what the output of netstat or ss tells.
type coverage struct {
	tables map[string]bool
	rows   map[string]bool // of these it has rows
	only   string          // of these connected or listening sockets only; empty is all
	worth  int             // the more, the better
}

// coverage finds out which tables a text tells of: those that it has rows of, and
// those that the command was asked for, as the file's name says. A text without rows
// of others may just not have been asked for them.
func (s *Snapshot) coverage(text text[parser.PrintedSocket]) *coverage {
	if c := s.covers[text.name]; c != nil {
		return c
	}
	c := &coverage{tables: map[string]bool{}, rows: map[string]bool{}}
	s.covers[text.name] = c
	for row := range Good(open(s, text.name, text.decode).Rows(), func(error) {}) {
		c.tables[row.Table], c.rows[row.Table] = true, true
	}
	head, _ := s.readSmall(text.name, maxFactFile)
	if !socketHeading().Match(head) {
		return c // a message that the command failed has none
	}
	if o, ok := parser.OptionsOf(s.Called(text.name), path.Base(text.name)); ok {
		c.asked(o)
	}
	switch { // netstat says it itself
	case bytes.Contains(head, []byte("(w/o servers)")):
		c.only = "connected"
	case bytes.Contains(head, []byte("(only servers)")):
		c.only = "listening"
	case bytes.Contains(head, []byte("(servers and established)")):
		c.only = ""
	}
	if c.only == "" {
		c.worth += 4
	}
	return c
}

// asked goes by the options. Without a protocol among them all are shown.
func (c *coverage) asked(o parser.CommandOptions) {
	protocols := []struct {
		letter byte
		word   string
		tables []string
	}{
		{'t', "tcp", []string{"tcp", "tcp6"}}, {'u', "udp", []string{"udp", "udp6"}},
		{'w', "raw", []string{"raw", "raw6"}}, {'x', "unix", []string{"unix"}}, {'S', "sctp", nil},
	}
	some := false
	for _, p := range protocols {
		some = some || o.Has(p.letter, p.word)
	}
	for _, p := range protocols {
		for _, table := range p.tables {
			c.tables[table] = c.tables[table] || !some || o.Has(p.letter, p.word)
		}
	}
	switch all := o.Has('a', "all"); {
	case !all && o.Has('l', "listening"):
		c.only = "listening"
	case !all:
		c.only = "connected"
	}
	if o.Has('p', "programs") {
		c.worth += 2
	}
	if o.Has('e', "extend") {
		c.worth++
	}
}

// socketHeading is what netstat and ss print before the rows.
var socketHeading = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^(Active Internet connections|Active UNIX|Netid|State|Recv-Q) `)
})

// onceTold yields the errors of a text when it is first read: it is read for each
// table anew.
func onceTold[T any](s *Snapshot, t Table[T]) iter.Seq2[T, error] {
	told := s.told[t.File]
	s.told[t.File] = true
	return func(yield func(T, error) bool) {
		for row, err := range t.Rows() {
			if err != nil && told {
				continue
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// printedRoutes stands in for a table of routes.
func printedRoutes[T any](s *Snapshot, t Table[T], texts []text[T]) Table[T] {
	if !t.lacking() {
		return t
	}
	text, ok := routeText(s, texts)
	if !ok {
		return t
	}
	printed := open(s, text.name, text.decode)
	printed.Instead, printed.Note = t.File, insteadNote(printed.File)
	return printed
}

// routeText finds the best text that tells of a table of routes.
func routeText[T any](s *Snapshot, texts []text[T]) (best text[T], ok bool) {
	for _, text := range texts {
		if printed := open(s, text.name, text.decode); printed.State == Present && s.tellsRoutes(text.name, printed) {
			return text, true
		}
	}
	return best, false
}

// StandIn names the output of a command whose rows stand in for those of a file that
// is lacking, or is empty.
func (s *Snapshot) StandIn(file string) string {
	name := ""
	switch table := path.Base(file); table {
	case "tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "unix":
		if text, c := s.socketText(table); c != nil {
			name = text.name
		}
	case "route":
		if text, ok := routeText(s, routeTexts); ok {
			name = text.name
		}
	case "ipv6_route":
		if text, ok := routeText(s, routeTexts6); ok {
			name = text.name
		}
	}
	if name == "" {
		return ""
	}
	return s.Called(name)
}

// StandInShows tells which sockets only the output shows that [Snapshot.StandIn] names
// for a table of sockets: "connected" or "listening"; it is empty if it shows all.
func (s *Snapshot) StandInShows(file string) string {
	if _, c := s.socketText(path.Base(file)); c != nil {
		return c.only
	}
	return ""
}

// tellsRoutes reports whether a text is of a table, if an empty one: ip prints
// nothing then, or only routes of other tables. Else it is a message that the
// command failed.
func (s *Snapshot) tellsRoutes(name string, printed interface{ any() bool }) bool {
	if printed.any() {
		return true
	}
	head, err := s.readSmall(name, maxFactFile)
	if err != nil {
		return false
	}
	return len(head) == 0 || strings.Contains(string(head), " table ") || strings.HasPrefix(string(head), "Kernel IP")
}

// any reports whether the table has a row.
func (t Table[T]) any() bool {
	for range Good(t.Rows(), func(error) {}) {
		return true
	}
	return false
}
