package render

import (
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/counters"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// statistics writes -s (9). Missing files never make netstat fail, but without
// the first one it reads none of the others.
func (n *netstat) statistics() {
	family, ok := n.Plan.StatisticsFamily()
	if !ok {
		n.text("netstat: No statistics support for specified address family: ")
		for i, f := range n.Plan.Families {
			if i > 0 {
				n.text(",")
			}
			n.text(string(f))
		}
		n.text("\n")
		n.Report.Fail()
		return
	}
	s := &statistics{netstat: n}
	if family == query.Inet6 {
		if t := n.Snapshot.SNMP6(); s.there(t, ByFamily) {
			s.snmp6(t)
			if t := n.Snapshot.SNMP(); s.there(t, ByFamily) {
				s.snmp(t, func(title string) bool { return strings.HasPrefix(title, "Tcp") })
			}
		}
		return
	}
	all := func(string) bool { return true }
	if t := n.Snapshot.SNMP(); s.there(t, ByFamily) {
		s.snmp(t, all)
		if t := n.Snapshot.Netstat(); s.there(t, ByFamily) {
			s.snmp(t, all)
		}
		asked := InPassing // the file is only there with the module
		if n.Plan.SCTP && !n.Plan.Quiet {
			asked = ByFamily
		}
		if t := n.Snapshot.SCTPSNMP(); s.there(t, asked) {
			s.sctp(t)
		}
	}
}

// statistics is one run of -s. What netstat prints depends on what it printed
// before, across sections and files.
type statistics struct {
	*netstat
	file      query.CounterFile
	title     string
	line      int // of the section, to tell two sections of one title apart
	known     bool
	shown     bool
	histogram counters.Class // Input or Output while in one, else Plain
}

// there reports whether the file was captured, and tells the Reporter if it
// holds nothing.
func (s *statistics) there(t snapshot.Table[parser.Counter], asked Asked) bool {
	usable(s.netstat, t, asked)
	return t.State == snapshot.Present || t.State == snapshot.Empty
}

// snmp writes the sections of snmp or netstat that are wanted.
func (s *statistics) snmp(t snapshot.Table[parser.Counter], wanted func(title string) bool) {
	s.file, s.line = query.Counters, 0
	for c := range good(s.netstat, t) {
		if !wanted(c.Section) {
			continue
		}
		if c.Line != s.line {
			s.line = c.Line
			s.section(c.Section)
		}
		s.counter(&c)
	}
}

// snmp6 writes the sections of snmp6. netstat starts one when the title of the
// last does not occur anywhere in the name.
func (s *statistics) snmp6(t snapshot.Table[parser.Counter]) {
	s.file, s.title = query.Counters6, ""
	for c := range good(s.netstat, t) {
		if s.title == "" || !strings.Contains(c.Name, s.title) {
			s.section(c.Section)
		}
		s.counter(&c)
	}
}

// sctp writes sctp/snmp, with the title even if the file is empty.
func (s *statistics) sctp(t snapshot.Table[parser.Counter]) {
	s.file = query.Counters
	s.section("Sctp")
	for c := range good(s.netstat, t) {
		s.counter(&c)
	}
}

// section writes the title. Sections that netstat does not know are always
// shown, and do not end a histogram.
func (s *statistics) section(title string) {
	s.title = title
	s.known, s.shown = s.Plan.CounterSection(s.file, title)
	if s.known {
		s.histogram = counters.Plain
	}
	if s.shown {
		s.buf = append(appendSafe(s.buf, title), ":\n"...)
	}
}

const (
	counterIndent   = 4
	histogramIndent = 8
)

// indent is the place of what belongs to no histogram by itself.
func (s *statistics) indent() int {
	if s.histogram == counters.Plain {
		return counterIndent
	}
	return histogramIndent
}

// counter writes one counter by its class (9.3).
func (s *statistics) counter(c *parser.Counter) {
	if !s.shown {
		return
	}
	entry, found := counters.Find(s.title, c.Name)
	class := entry.Class
	if !s.known {
		class = counters.Plain
	}
	wanted := c.Value != 0 || s.Plan.AllCounters
	indent := s.indent()
	switch class {
	case counters.Always, counters.NonZero:
		s.histogram, indent = counters.Plain, counterIndent
		wanted = wanted || class == counters.Always
	case counters.Input, counters.Output:
		s.heading(class)
		indent = histogramIndent
	case counters.Hidden:
		wanted = s.Plan.AllCounters
	}
	if !wanted {
		return
	}
	s.buf = appendCounter(append(s.buf, blanks[:indent]...), c, class, entry)
	if s.Columns.Explain {
		s.explain(indent, c.Name, entry, found)
	}
}

// heading starts a histogram, unless it is the one that netstat is in.
func (s *statistics) heading(class counters.Class) {
	if s.histogram == class {
		return
	}
	s.buf = append(s.buf, blanks[:s.indent()]...)
	if class == counters.Input {
		s.text("ICMP input histogram:\n")
	} else {
		s.text("ICMP output histogram:\n")
	}
	s.histogram = class
}

// appendCounter appends the sentence, or `Name: 5` if netstat has none.
func appendCounter(b []byte, c *parser.Counter, class counters.Class, entry counters.Counter) []byte {
	switch class {
	case counters.Plain, counters.Lost:
		b = append(appendSafe(b, c.Name), ": "...)
		b = strconv.AppendUint(b, c.Value, 10)
	case counters.Hidden:
		b = append(appendSafe(b, c.Name), ": "...)
		if c.Negative {
			b = strconv.AppendInt(b, int64(c.Value), 10)
		} else {
			b = strconv.AppendUint(b, c.Value, 10)
		}
	default:
		before, behind := entry.Number()
		b = strconv.AppendUint(append(b, before...), c.Value, 10)
		b = append(b, behind...)
	}
	return append(b, '\n')
}

// explain writes the line of --explain below a counter.
func (s *statistics) explain(indent int, name string, entry counters.Counter, found bool) {
	s.buf = append(s.buf, blanks[:indent+4]...)
	if found {
		s.text(entry.Explain())
	} else {
		s.buf = append(appendSafe(s.buf, name), ": not in our catalogue of counters"...)
	}
	s.text("\n")
}
