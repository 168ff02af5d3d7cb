package rows

import (
	"iter"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/counters"
	"github.com/coldstat/coldstat/parser/query"
)

// A Counter is one number of snmp, netstat, snmp6 or sctp/snmp.
type Counter struct {
	Section  string             `json:"section" csv:"section" head:"Section" show:"key" doc:"Tcp, TcpExt, Ip6, ...: the title in the file, in snmp6 the prefix of the name"`
	Name     string             `json:"name" csv:"name" head:"Counter" show:"key" doc:"the kernel's name, whole"`
	Value    parser.Opt[uint64] `json:"value" csv:"value" head:"Value" show:"key" doc:"as wide as the machine's unsigned long, 64 bits in snmp6; null if the kernel printed a negative number"`
	Negative parser.Opt[int64]  `json:"negative" csv:"negative" head:"Negative" show:"4" doc:"the number, if it is negative: Tcp MaxConn is -1 for no limit"`
	Sentence parser.Opt[string] `json:"sentence" csv:"sentence" head:"Sentence" show:"5" cut:"yes" doc:"netstat's sentence with the number in it; null if netstat has none"`
	Meaning  parser.Opt[string] `json:"meaning" csv:"meaning" head:"Meaning" cut:"yes" doc:"what is counted; null for a counter that coldstat does not know"`
	Bad      parser.Opt[string] `json:"bad" csv:"bad" head:"Bad" cut:"yes" doc:"when the number is a sign of trouble; null if never"`

	Origin
}

// Counters yields the counters that the plan selects: those that netstat -s
// prints, or with AllCounters all.
func (r *Reader) Counters() iter.Seq[Counter] {
	return func(yield func(Counter) bool) {
		families := []query.Family{query.Inet, query.Inet6}
		if !r.Plan.Whole {
			f, ok := r.Plan.StatisticsFamily()
			if !ok {
				r.report().Notef("there are no statistics of this address family, or of more than one")
				r.report().Fail()
				return
			}
			families = []query.Family{f}
		}
		read := map[string]bool{}
		for _, f := range families {
			if r.Plan.Whole && !r.Plan.ShowsFamily(f) {
				continue
			}
			for _, t := range r.Plan.CounterTables(f) {
				if read[t.File] {
					continue
				}
				read[t.File] = true
				there, goOn := r.counters(t, yield)
				if !goOn {
					return
				}
				if !there && !r.Plan.Whole && t.Asked != query.InPassing {
					break
				}
			}
		}
	}
}

// counters yields those of one file. It reports whether the file was there, and
// whether to go on.
func (r *Reader) counters(ct query.CounterTable, yield func(Counter) bool) (there, goOn bool) {
	t := r.Snapshot.Counters(ct.File)
	if !usable(r, t, r.asked(ct.Asked)) {
		return false, true
	}
	s := query.Sections{Plan: r.Plan, Table: ct}
	for c := range good(r, t) {
		if ct.Passed(&c) {
			continue
		}
		s.Next(&c)
		entry, known := counters.Find(s.Title, c.Name)
		if !s.Shown || !r.Plan.Counter(s.Class(entry.Class), c.Value) {
			continue
		}
		if !yield(r.counter(ct.File, &c, entry, known)) {
			return true, false
		}
	}
	return true, true
}

func (r *Reader) counter(file string, c *parser.Counter, entry counters.Counter, known bool) Counter {
	row := Counter{Section: c.Section, Name: c.Name, Value: parser.Some(c.Value), Origin: r.origin(file, c.Line)}
	if c.Negative {
		row.Value, row.Negative = parser.Opt[uint64]{}, parser.Some(int64(c.Value))
	}
	if !known {
		return row
	}
	row.Meaning, row.Bad = text(entry.Meaning), text(entry.Bad)
	if strings.Contains(entry.Sentence, "%d") && !c.Negative {
		before, behind := entry.Number()
		row.Sentence = parser.Some(before + strconv.FormatUint(c.Value, 10) + behind)
	}
	return row
}
