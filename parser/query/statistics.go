package query

import (
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/counters"
)

// StatisticsFamily is the one family whose counters are shown. It is not ok if
// the options name another or more than one, even the same one twice.
func (p Plan) StatisticsFamily() (f Family, ok bool) {
	switch {
	case len(p.Families) == 0:
		return Inet, true
	case len(p.Families) == 1 && (p.Chose(Inet) || p.Chose(Inet6)):
		return p.Families[0], true
	}
	return "", false
}

// A CounterFile is a kind of file with counters: netstat has a table of
// sections for each.
type CounterFile int

// The kinds of files with counters.
const (
	Counters  CounterFile = iota // snmp, netstat, sctp/snmp
	Counters6                    // snmp6
)

// counterSections are the sections that netstat knows, and what shows them.
var counterSections = [...]map[string]Protocol{
	Counters:  {"Ip": Raw, "Icmp": Raw, "Tcp": TCP, "TcpExt": TCP, "Udp": UDP, "Sctp": SCTP},
	Counters6: {"Ip6": Raw, "Icmp6": Raw, "Tcp6": TCP, "Udp6": UDP},
}

// CounterSection tells whether netstat knows a section of counters, and whether
// it is shown. Those that it does not know are, whatever the options say.
func (p Plan) CounterSection(file CounterFile, title string) (known, shown bool) {
	proto, known := counterSections[file][title]
	if !known || p.Whole {
		return known, true
	}
	return true, [...]bool{TCP: p.TCP, SCTP: p.SCTP, UDP: p.UDP, UDPLite: p.UDPLite, Raw: p.Raw}[proto]
}

// A CounterTable is one file that -s reads.
type CounterTable struct {
	File string
	Kind CounterFile
	// Only is how the titles begin that count; the others are passed over.
	Only string
	// Asked grades it.
	Asked Asked
}

// CounterTables lists what -s of a family reads, in order. Without the first
// one netstat reads none of the others.
func (p Plan) CounterTables(f Family) []CounterTable {
	if f == Inet6 {
		return []CounterTable{
			{"proc/net/snmp6", Counters6, "", ByFamily},
			{"proc/net/snmp", Counters, "Tcp", ByFamily},
		}
	}
	sctp := InPassing // the file is only there with the module
	if p.SCTP && !p.Quiet {
		sctp = ByFamily
	}
	return []CounterTable{
		{"proc/net/snmp", Counters, "", ByFamily},
		{"proc/net/netstat", Counters, "", ByFamily},
		{"proc/net/sctp/snmp", Counters, "", sctp},
	}
}

// Sections follows netstat through the counters of one file: which title they
// stand below, and whether they are shown.
type Sections struct {
	Plan  Plan
	Table CounterTable

	Title string
	Known bool // the title is in netstat's table
	Shown bool

	line int // of the section, to tell two of one title apart
}

// Next takes the next counter and reports whether a section starts with it. In
// snmp6 that is so when the title of the last one does not occur anywhere in
// the name.
func (s *Sections) Next(c *parser.Counter) (starts bool) {
	switch {
	case s.Table.Kind == Counters6:
		starts = s.Title == "" || !strings.Contains(c.Name, s.Title)
	case s.Table.File == "proc/net/sctp/snmp":
		starts = s.Title == ""
	default:
		starts = c.Line != s.line
	}
	if starts {
		s.Start(c.Section)
		s.line = c.Line
	}
	return starts
}

// Start begins a section by its title.
func (s *Sections) Start(title string) {
	s.Title = title
	s.Known, s.Shown = s.Plan.CounterSection(s.Table.Kind, title)
}

// Passed reports whether a counter stands in a section that is passed over.
func (t CounterTable) Passed(c *parser.Counter) bool { return !strings.HasPrefix(c.Section, t.Only) }

// Class is how netstat treats a counter of this section: those of sections that
// it does not know are all alike.
func (s *Sections) Class(class counters.Class) counters.Class {
	if !s.Known {
		return counters.Plain
	}
	return class
}

// Counter tells whether a counter of a section that is shown is shown itself.
func (p Plan) Counter(class counters.Class, value uint64) bool {
	switch {
	case p.AllCounters, class == counters.Always:
		return true
	case class == counters.Hidden:
		return false
	default:
		return value != 0
	}
}
