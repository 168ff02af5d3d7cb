package triage

import (
	"fmt"
	"slices"
	"strings"
)

// A Severity says how bad a finding is. The zero Severity is none.
type Severity int

// Severities, the worst last.
const (
	Info     Severity = iota + 1 // worth knowing
	Warning                      // something loses data or time, or will
	Critical                     // connections fail now, or data are at risk
)

var severities = [...]string{Info: "info", Warning: "warning", Critical: "critical"}

func (s Severity) String() string {
	if s > 0 && int(s) < len(severities) {
		return severities[s]
	}
	return "none"
}

// SeverityNames lists the names, the worst first.
func SeverityNames() []string { return []string{"critical", "warning", "info"} }

// SeverityByName finds a severity.
func SeverityByName(name string) (Severity, bool) {
	i := slices.Index(severities[:], name)
	return Severity(i), i > 0
}

// A Rule is one thing that may be wrong.
type Rule struct {
	ID    string // T06: never given to another rule
	Title string // a short phrase: "sockets in CLOSE_WAIT that a program does not close"
	// Severity is the worst that its findings may have.
	Severity Severity
	// Counters is set if it looks at nothing but counters, so that it can be checked on
	// what was counted between two captures too: see [NewDelta].
	Counters bool
	// Needs are what must be there for the rule to be checked: of each group one file.
	Needs []Need
	// Uses are files that tell more, and without which the rule is checked all the same.
	Uses []string
	// Thresholds say what is too much; a configuration may change them.
	Thresholds []Threshold
	// Means is one or two sentences on what a finding says of the machine.
	Means string
	// Do is one line: what to do next, with a command where one helps.
	Do string
	// References are documents that say so: a page of the kernel's documentation, an RFC,
	// a solution of a vendor, a rule set.
	References []string
	// Check looks at the machine.
	Check func(c *Check)
}

// A Need is files of which any tells what a rule must know, named as in
// [snapshot.Files].
type Need []string

// A Threshold is a number from which on something is too much.
type Threshold struct {
	Name  string // critical, warning, or what else it is: min_segments
	Value float64
	Unit  string // sockets, %, per hour
	Why   string // why this number and no other: who says so, or what was measured
}

// Threshold gives a threshold of the rule, as a phrase such as "50 sockets" has it.
func (t Threshold) String() string {
	n := number(t.Value)
	if t.Unit == "" || t.Unit == "%" {
		return n + t.Unit
	}
	return n + " " + t.Unit
}

// Files lists all files that a rule looks at.
func (r *Rule) Files() []string {
	return append(slices.Concat(toSlices(r.Needs)...), r.Uses...)
}

func toSlices(needs []Need) [][]string {
	list := make([][]string, len(needs))
	for i, n := range needs {
		list[i] = n
	}
	return list
}

// A NoRuleError is an id that no rule has.
type NoRuleError struct{ ID string }

func (e *NoRuleError) Error() string { return fmt.Sprintf("there is no rule %q", e.ID) }

// ByID finds rules by their ids.
func ByID(ids []string) (list []*Rule, err error) {
	for _, id := range ids {
		i := slices.IndexFunc(Rules(), func(r *Rule) bool { return strings.EqualFold(r.ID, id) })
		if i < 0 {
			return nil, &NoRuleError{id}
		}
		list = append(list, Rules()[i])
	}
	return list, nil
}
