package triage

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A Finding is one thing that is wrong.
type Finding struct {
	Rule     *Rule
	Severity Severity
	// Subject is what it is about, short, and the same on other machines with the same
	// trouble: "tcp port 443", "eth0". It is empty for the machine as a whole.
	Subject string
	// What is one line that says what was seen, with its number: "nginx (1234) holds 210
	// sockets in CLOSE_WAIT on port 443".
	What    string
	Figures []Figure
	// Evidence are the rows that prove it, the first MaxEvidence of Count.
	Evidence []Evidence
	Count    int
	// Doubts say why it may be otherwise; without any the finding is certain.
	Doubts []string
	// Do is what to do next, if that is not what the rule says.
	Do string
}

// MaxEvidence is how many rows a finding keeps.
const MaxEvidence = 5

// A Figure is a number of a finding and what it is held against.
type Figure struct {
	Name  string // what was counted or measured: "CLOSE_WAIT sockets"
	Value float64
	Unit  string
	// Threshold is the number from which on it is too much, if it was held against one;
	// From says where that comes from: "threshold warning of T06", a file, "the kernel's
	// default".
	Threshold float64
	Held      bool
	From      string
}

// An Evidence is one row of a file.
type Evidence struct {
	File string // as the capture calls it
	Line int    // from 1; 0 if it is several lines, or the file as a whole
	Text string // the row in the form of netstat, or what the file says
}

// Place is file:line.
func (e Evidence) Place() string {
	if e.Line == 0 {
		return e.File
	}
	return e.File + ":" + strconv.Itoa(e.Line)
}

// Certain, Likely: how sure a finding is.
const (
	Certain = "certain"
	Likely  = "likely"
)

// Confidence is Certain, or Likely if there are doubts.
func (f *Finding) Confidence() string {
	if len(f.Doubts) > 0 {
		return Likely
	}
	return Certain
}

// Next is what to do next.
func (f *Finding) Next() string { return cmp.Or(f.Do, f.Rule.Do) }

// Text is the figure as people read it: "in CLOSE_WAIT: 210 sockets (limit 50 sockets,
// threshold warning of T06)".
func (f Figure) Text() string {
	s := f.Name + ": " + withUnit(f.Value, f.Unit)
	if f.Held {
		s += " (limit " + withUnit(f.Threshold, f.Unit)
		if f.From != "" {
			s += ", " + f.From
		}
		s += ")"
	}
	return s
}

func withUnit(v float64, unit string) string {
	switch unit {
	case "":
		return number(v)
	case "%":
		return number(v) + "%"
	}
	return number(v) + " " + unit
}

// number writes a number for people: whole ones with commas, small ones with up to
// three digits that say something.
func number(v float64) string {
	if v == float64(int64(v)) {
		return commas(strconv.FormatInt(int64(v), 10))
	}
	if v >= 100 || v <= -100 {
		return commas(strconv.FormatFloat(v, 'f', 0, 64))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// Number writes a number for programs: whole ones without a fraction or an exponent.
func Number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func commas(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// A Skipped is a rule that was not checked, or not wholly.
type Skipped struct {
	Rule *Rule
	Why  string
	// File is the one that would tell, if it is one that the capture lacks.
	File string
}

// A Report is what the rules say of one machine.
type Report struct {
	Findings   []Finding // the worst first, then by rule
	NotChecked []Skipped // in the order of the rules
	// Fine are the rules that found nothing.
	Fine []*Rule
}

// Rules are all rules of the report, in the order of their ids.
func (r *Report) Rules() []*Rule {
	list := slices.Clone(r.Fine)
	for i := range r.Findings {
		list = append(list, r.Findings[i].Rule)
	}
	for _, s := range r.NotChecked {
		list = append(list, s.Rule)
	}
	slices.SortFunc(list, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return slices.Compact(list)
}

// Counts gives how many findings there are of each severity.
func (r *Report) Counts() (n [Critical + 1]int) {
	for i := range r.Findings {
		n[r.Findings[i].Severity]++
	}
	return n
}

// Worst is the severity of the worst finding, or 0.
func (r *Report) Worst() (worst Severity) {
	for i := range r.Findings {
		worst = max(worst, r.Findings[i].Severity)
	}
	return worst
}

// order puts the worst first; findings that are alike stay in the order of the rules.
func (r *Report) order() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return int(b.Severity) - int(a.Severity) })
}
