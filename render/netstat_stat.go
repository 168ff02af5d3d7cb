package render

import (
	"github.com/coldstat/coldstat/parser/words"

	"strconv"

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
	for _, t := range n.Plan.CounterTables(family) {
		if !s.table(t) && t.Asked != query.InPassing {
			return
		}
	}
}

// statistics is one run of -s. What netstat prints depends on what it printed
// before, across sections and files.
type statistics struct {
	*netstat
	query.Sections
	histogram counters.Class // Input or Output while in one, else Plain
}

// table writes the counters of one file, and reports whether it was captured.
// That of SCTP has its title even if it is empty.
func (s *statistics) table(ct query.CounterTable) bool {
	t := s.netstat.Snapshot.Counters(ct.File)
	usable(s.netstat, t, ct.Asked)
	if t.State != snapshot.Present && t.State != snapshot.Empty {
		return false
	}
	s.Sections = query.Sections{Plan: s.netstat.Plan, Table: ct}
	if ct.File == "proc/net/sctp/snmp" {
		s.Start("Sctp")
		s.section()
	}
	for c := range good(s.netstat, t) {
		if ct.Passed(&c) {
			continue
		}
		if s.Next(&c) {
			s.section()
		}
		s.counter(&c)
	}
	return true
}

// section writes the title. Sections that netstat does not know are always
// shown, and do not end a histogram.
func (s *statistics) section() {
	if s.Known {
		s.histogram = counters.Plain
	}
	if s.Shown {
		s.buf = append(words.AppendSafe(s.buf, s.Title), ":\n"...)
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
	if !s.Shown {
		return
	}
	entry, found := counters.Find(s.Title, c.Name)
	class := s.Class(entry.Class)
	indent := s.indent()
	switch class {
	case counters.Always, counters.NonZero:
		s.histogram, indent = counters.Plain, counterIndent
	case counters.Input, counters.Output:
		s.heading(class)
		indent = histogramIndent
	}
	if !s.netstat.Plan.Counter(class, c.Value) {
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
		b = append(words.AppendSafe(b, c.Name), ": "...)
		b = strconv.AppendUint(b, c.Value, 10)
	case counters.Hidden:
		b = append(words.AppendSafe(b, c.Name), ": "...)
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
		s.buf = append(words.AppendSafe(s.buf, name), ": not in our catalogue of counters"...)
	}
	s.text("\n")
}
