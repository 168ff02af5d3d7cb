package triage

import (
	"fmt"
	"slices"
	"strings"
)

// A tally is counters of one kind of trouble, of which there may be too many. What is
// too much the thresholds of the rule say, by their names; those that it does not list
// are not held against it:
//
//	total          so few since the start are not worth a word
//	traffic        of so little traffic a share says nothing
//	critical_share from so many percent of the traffic on it is critical;
//	               likewise warning_share and info_share
//	critical_rate  from so many an hour on it is critical;
//	               likewise warning_rate and info_rate
//
// The worst that any of them says counts. A total alone never makes a finding where the
// share or the rate is known: a machine that has run for a year has seen everything.
type tally struct {
	// Subject is that of the finding.
	Subject string
	// Counters are "Section Name"; their sum counts. The first must be there.
	Counters []string
	// Less are counters that are subtracted, as far as they are there.
	Less []string
	// More are counters that stand below the evidence and do not count.
	More []string
	// Unit is what the counters count: "datagrams".
	Unit string
	// What is a format with one %s: the sum.
	What string
	// Note stands behind What.
	Note string
	// Of is the traffic that the share is of: counters "Section Name", whose sum counts,
	// and OfUnit what they count: "segments received".
	Of     []string
	OfUnit string
	// Apart is set if the traffic does not hold what Counters count: dropped datagrams
	// are none of those received.
	Apart bool
	// Prefix stands before the names of the thresholds.
	Prefix string
	Do     string
	Doubts []string
}

// tallies checks several. Those whose counters the kernel lacks are passed over; the rule
// is only not checked if it lacks those of all.
func (c *Check) tallies(list ...tally) {
	counted := false
	for _, t := range list {
		if c.counts(t.Counters[0]) {
			counted = true
			c.judge(&t)
		}
	}
	if !counted {
		section, name, _ := strings.Cut(list[0].Counters[0], " ")
		file := counterFileOf(section)
		c.Skip(file, "%s has no %s %s", c.Called(file), section, name)
	}
}

// counts reports whether the kernel has a counter "Section Name".
func (c *Check) counts(counter string) bool {
	section, name, _ := strings.Cut(counter, " ")
	_, ok := c.Counter(section, name)
	return ok
}

// counterFileOf is the file that tells the counters of a section.
func counterFileOf(section string) string {
	switch {
	case strings.HasSuffix(section, "6"):
		return "proc/net/snmp6"
	case strings.HasSuffix(section, "Ext"):
		return "proc/net/netstat"
	}
	return "proc/net/snmp"
}

// sum adds counters "Section Name" up. Those that are 0 prove nothing. all reports
// whether each was there.
func (c *Check) sum(counters []string) (n float64, evidence []Evidence, all bool) {
	all = true
	for _, counter := range counters {
		section, name, _ := strings.Cut(counter, " ")
		one, ok := c.Counter(section, name)
		all = all && ok
		if one.Value > 0 {
			n += float64(one.Value)
			evidence = append(evidence, one.Evidence)
		}
	}
	return n, evidence, all
}

// judge finds what there is too much of.
func (c *Check) judge(t *tally) {
	sum, evidence, _ := c.sum(t.Counters)
	less, subtracted, _ := c.sum(t.Less)
	sum -= less
	if sum <= 0 || sum < c.Threshold(t.Prefix+"total") {
		return
	}
	name := t.name()
	f := Finding{Subject: t.Subject, What: fmt.Sprintf(t.What, number(sum)), Do: t.Do, Doubts: t.Doubts}
	f.Figures = []Figure{{Name: name, Value: sum, Unit: t.Unit, Threshold: c.Threshold(t.Prefix + "total"), Held: true, From: "threshold " + t.Prefix + "total of " + c.Rule.ID}}

	traffic, of, whole := c.sum(t.Of)
	byShare := t.listsAny(c, "_share") && whole
	if byShare && t.Apart {
		traffic += sum
	}
	if byShare && !(c.lists(t.Prefix+"traffic") && traffic < c.Threshold(t.Prefix+"traffic")) {
		// Counters of one moment are not read in one moment, and those of 32 bits wrap:
		// never more than all of it.
		share := 100 * sum / max(traffic, sum)
		severity, figure := c.gradeBy(t.Prefix, "_share", "share of "+t.OfUnit, share, "%")
		f.Severity, f.Figures = severity, append(f.Figures, figure)
		f.What += fmt.Sprintf(" (%s of %s %s)", percent(share), number(traffic), t.OfUnit)
	}
	byRate := t.listsAny(c, "_rate")
	if rate, ok := c.PerHour(sum); byRate && ok {
		severity, figure := c.gradeBy(t.Prefix, "_rate", name, rate, "per hour")
		f.Severity, f.Figures = max(f.Severity, severity), append(f.Figures, figure)
	} else {
		byRate = false
	}
	if !byShare && !byRate {
		f.Severity = min(Warning, c.Rule.Severity)
		f.Doubts = slices.Concat(f.Doubts, t.unknowns(c))
	}
	if f.Severity == 0 {
		return
	}
	f.What += t.Note
	_, more, _ := c.sum(t.More)
	f.Evidence = slices.Concat(evidence, subtracted, more, of)
	c.Find(f)
}

// name names what is counted: RcvPruned + OfoPruned - X.
func (t *tally) name() string {
	bare := func(counters []string) (names []string) {
		for _, c := range counters {
			_, name, _ := strings.Cut(c, " ")
			names = append(names, name)
		}
		return names
	}
	return strings.Join(append([]string{strings.Join(bare(t.Counters), " + ")}, bare(t.Less)...), " - ")
}

// unknowns say why a total is all that is known.
func (t *tally) unknowns(c *Check) (doubts []string) {
	if t.listsAny(c, "_rate") {
		doubts = append(doubts, noUptime)
	}
	if t.listsAny(c, "_share") {
		doubts = append(doubts, "not known how many "+t.OfUnit+" there were")
	}
	return doubts
}

// gradeBy holds a number against the thresholds of one kind, "_share" or "_rate".
func (c *Check) gradeBy(prefix, kind, name string, value float64, unit string) (Severity, Figure) {
	f := Figure{Name: name, Value: value, Unit: unit}
	for _, grade := range []Severity{Critical, Warning, Info} {
		threshold := prefix + grade.String() + kind
		if !c.lists(threshold) {
			continue
		}
		f.Threshold, f.Held, f.From = c.Threshold(threshold), true, "threshold "+threshold+" of "+c.Rule.ID
		if value >= f.Threshold {
			return grade, f
		}
	}
	return 0, f
}

// lists reports whether the rule has a threshold.
func (c *Check) lists(threshold string) bool {
	return slices.ContainsFunc(c.Rule.Thresholds, func(t Threshold) bool { return t.Name == threshold })
}

// listsAny reports whether the rule has a threshold of one kind for the tally.
func (t *tally) listsAny(c *Check, kind string) bool {
	return slices.ContainsFunc([]Severity{Critical, Warning, Info}, func(s Severity) bool {
		return c.lists(t.Prefix + s.String() + kind)
	})
}
