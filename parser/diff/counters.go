package diff

import (
	"math"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/counters"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// counterFiles are the files of counters.
var counterFiles = []string{"proc/net/snmp", "proc/net/netstat", "proc/net/snmp6", "proc/net/sctp/snmp"}

var counterKind = kindOf("counter")

// A pairOfCounters is a counter of both captures.
type pairOfCounters struct {
	old, new rows.Counter
	level    bool
}

// protocolCounters are the counters that both captures have, in the order of the new one.
type protocolCounters struct{ pairs []pairOfCounters }

// readCounters reads the counters of both captures.
func (d *differ) readCounters() (p protocolCounters) {
	old := map[[2]string]rows.Counter{}
	d.eachCounter(d.old, func(c *rows.Counter) { old[[2]string{c.Section, c.Name}] = *c })
	d.eachCounter(d.new, func(c *rows.Counter) {
		o, ok := old[[2]string{c.Section, c.Name}]
		if !ok || !o.Value.Known() || !c.Value.Known() {
			return
		}
		entry, _ := counters.Find(c.Section, c.Name)
		p.pairs = append(p.pairs, pairOfCounters{o, *c, entry.Level()})
	})
	return p
}

// eachCounter gives the counters of a capture, as far as the bound. Of those of one name,
// which no kernel writes, it is the first.
func (d *differ) eachCounter(s *side, take func(*rows.Counter)) {
	plan, err := query.Options{}.Whole(false)
	mustBe(err)
	s.reader.Plan = plan
	seen := map[[2]string]bool{}
	for row := range counterKind.Rows(s.reader, nil) {
		c := row.(*rows.Counter)
		key := [2]string{c.Section, c.Name}
		if seen[key] {
			continue
		}
		if len(seen) >= d.bounds.held {
			d.tell(rows.Warning, "", "", "only the first %d counters of %s are compared", d.bounds.held, s.name)
			return
		}
		seen[key] = true
		take(c)
	}
}

// drift tells how many counters grew, and how many fell that never should.
func (p protocolCounters) drift() (dr drift) {
	for i := range p.pairs {
		c := &p.pairs[i]
		o, _ := c.old.Value.Get()
		n, _ := c.new.Value.Get()
		switch {
		case c.level:
		case n > o:
			dr.grew++
		case n < o && o < 1<<31: // else it may have wrapped around
			dr.fell++
		}
	}
	return dr
}

// counters compares what counts: of protocols, and of the interfaces that both have.
func (d *differ) counters(p protocolCounters) {
	for _, file := range counterFiles {
		d.both(file, d.has(d.old, file), d.has(d.new, file))
	}
	for i := range p.pairs {
		c := &p.pairs[i]
		d.counterRow(rows.CounterChange{
			Section: c.new.Section, Name: c.new.Name, Old: c.old.Value, New: c.new.Value,
			Meaning: c.new.Meaning, Bad: c.new.Bad, Why: parser.Text(d.why(c.level)),
			Places: rows.Places{OldFile: parser.Text(c.old.File), OldLine: c.old.Line, NewFile: parser.Text(c.new.File), NewLine: c.new.Line},
		})
	}
	for _, pair := range d.pairs {
		d.interfaceCounters(pair.old, pair.new)
	}
}

// has tells whether a capture has a file of counters, which has some if it is there.
func (d *differ) has(s *side, file string) presence {
	there := s.Snapshot.StateOf(file) == snapshot.Present
	return presence{there: there, rows: 1}
}

// why says why a counter has no delta, as far as that does not depend on its numbers.
func (d *differ) why(level bool) string {
	if level {
		return whyLevel
	}
	return d.clock.noDelta()
}

// interfaceCounter is a column of kind interface that counts.
type interfaceCounter struct {
	name string
	of   func(*rows.Interface) *parser.Opt[uint64]
}

var interfaceCounters = []interfaceCounter{
	{"rx_packets", func(i *rows.Interface) *parser.Opt[uint64] { return &i.RxPackets }},
	{"rx_errors", func(i *rows.Interface) *parser.Opt[uint64] { return &i.RxErrors }},
	{"rx_dropped", func(i *rows.Interface) *parser.Opt[uint64] { return &i.RxDropped }},
	{"rx_overruns", func(i *rows.Interface) *parser.Opt[uint64] { return &i.RxOverruns }},
	{"rx_frame_errors", func(i *rows.Interface) *parser.Opt[uint64] { return &i.RxFrame }},
	{"rx_compressed", func(i *rows.Interface) *parser.Opt[uint64] { return &i.RxCompressed }},
	{"rx_multicast", func(i *rows.Interface) *parser.Opt[uint64] { return &i.Multicast }},
	{"rx_bytes", func(i *rows.Interface) *parser.Opt[uint64] { return &i.RxBytes }},
	{"tx_packets", func(i *rows.Interface) *parser.Opt[uint64] { return &i.TxPackets }},
	{"tx_errors", func(i *rows.Interface) *parser.Opt[uint64] { return &i.TxErrors }},
	{"tx_dropped", func(i *rows.Interface) *parser.Opt[uint64] { return &i.TxDropped }},
	{"tx_overruns", func(i *rows.Interface) *parser.Opt[uint64] { return &i.TxOverruns }},
	{"tx_collisions", func(i *rows.Interface) *parser.Opt[uint64] { return &i.Collisions }},
	{"tx_carrier_errors", func(i *rows.Interface) *parser.Opt[uint64] { return &i.Carrier }},
	{"tx_compressed", func(i *rows.Interface) *parser.Opt[uint64] { return &i.TxCompressed }},
	{"tx_bytes", func(i *rows.Interface) *parser.Opt[uint64] { return &i.TxBytes }},
}

// interfaceCounters adds rows for the counters of one interface that moved. Where two or
// more fell, the interface was made anew, and none of them has a delta; where one did,
// it wrapped around.
func (d *differ) interfaceCounters(o, n *rows.Interface) {
	why := d.why(false)
	if why == "" && madeAnew(o, n) {
		why = whyFell
	}
	for _, c := range interfaceCounters {
		column, _ := interfaceKind.Column(c.name)
		d.counterRow(rows.CounterChange{
			Section: "interface", Interface: parser.Some(n.Name), Name: c.name, Old: *c.of(o), New: *c.of(n),
			Meaning: parser.Text(column.Doc), Why: parser.Text(why),
			Places: rows.Places{OldFile: parser.Text(o.File), OldLine: o.Line, NewFile: parser.Text(n.File), NewLine: n.Line},
		})
	}
}

// madeAnew reports whether two or more of an interface's counters fell.
func madeAnew(o, n *rows.Interface) bool {
	fell := 0
	for _, c := range interfaceCounters {
		a, ok1 := c.of(o).Get()
		b, ok2 := c.of(n).Get()
		if ok1 && ok2 && b < a {
			fell++
		}
	}
	return fell >= 2
}

// counterRow adds a row unless the counter did not move or is not known of both. The
// delta and the rate are filled in if nothing says why not.
func (d *differ) counterRow(row rows.CounterChange) {
	o, ok1 := row.Old.Get()
	n, ok2 := row.New.Get()
	if !ok1 || !ok2 || o == n {
		return
	}
	if n < o && !row.Why.Known() {
		row.Why = parser.Some(whyFell)
	}
	row.Between, row.Seconds = d.between, d.clock.Seconds
	if !row.Why.Known() {
		row.Delta = parser.Some(n - o)
		if seconds, ok := d.clock.Seconds.Get(); ok {
			row.Rate = rows.Number(rounded(float64(n-o) / seconds))
		}
	}
	d.result.Counters = append(d.result.Counters, row)
}

// rounded has three digits behind the point, and four that say something.
func rounded(v float64) float64 {
	if v >= 1 || v == 0 {
		return roundTo(v, 3)
	}
	return roundTo(v, min(300, 3-int(math.Floor(math.Log10(v)))))
}
