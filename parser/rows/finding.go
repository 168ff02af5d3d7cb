package rows

import (
	"math"

	"github.com/coldstat/coldstat/parser"
)

// What `coldstat triage` writes. Package triage makes findings; here is only their shape.

// A Whose says which machine a finding is of. It ends every row of triage.
type Whose struct {
	Host   parser.Opt[string] `json:"host" csv:"host" cut:"yes" doc:"the captured machine's name"`
	NetNS  parser.Opt[string] `json:"netns" csv:"netns" cut:"yes" doc:"the network namespace that was looked at: its name, or else the kernel's number; null if the capture tells neither"`
	Bundle parser.Opt[string] `json:"bundle" csv:"bundle" cut:"yes" doc:"the bundle, as it was named on the command line"`
}

// A Finding is one thing that is wrong, as JSON has it: with arrays of Figure and Evidence.
type Finding struct {
	Rule       string             `json:"rule" csv:"rule" doc:"id of the rule: T06; coldstat triage --explain tells all of it"`
	Severity   string             `json:"severity" csv:"severity" doc:"critical, warning or info"`
	Confidence string             `json:"confidence" csv:"confidence" doc:"certain, or likely if there are doubts"`
	Title      string             `json:"title" csv:"title" doc:"the rule in a phrase"`
	Subject    parser.Opt[string] `json:"subject" csv:"subject" cut:"yes" doc:"what it is about, the same on other machines with the same trouble; null for the machine as a whole"`
	What       string             `json:"what" csv:"what" cut:"yes" doc:"what was seen, with its number, for people"`
	Doubts     Words              `json:"doubts" csv:"doubts" cut:"yes" doc:"why it may be otherwise"`
	Means      string             `json:"means" csv:"means" doc:"what it says of the machine"`
	Next       string             `json:"next" csv:"next" cut:"yes" doc:"what to do next"`
	Count      uint64             `json:"evidence_count" csv:"evidence_count" doc:"how many rows prove it; evidence has the first of them"`

	Whose
}

// A Figure is a number of a finding.
type Figure struct {
	Name      string              `json:"name" csv:"name" cut:"yes" doc:"what was counted or measured"`
	Value     parser.Opt[float64] `json:"value" csv:"value" doc:"the number"`
	Unit      parser.Opt[string]  `json:"unit" csv:"unit" doc:"what it counts: sockets, %, per hour"`
	Threshold parser.Opt[float64] `json:"threshold" csv:"threshold" doc:"the number, of the same unit, from which on it is too much; null if it was held against none"`
	From      parser.Opt[string]  `json:"threshold_from" csv:"threshold_from" cut:"yes" doc:"where that comes from: a threshold of the rule, a file of the machine, the kernel's default"`
}

// An Evidence is a row that proves a finding.
type Evidence struct {
	File string             `json:"file" csv:"file" cut:"yes" doc:"the file of the captured machine"`
	Line parser.Opt[uint64] `json:"line" csv:"line" doc:"the line in it, from 1; null if it is several lines, or the file as a whole"`
	Text string             `json:"text" csv:"text" cut:"yes" doc:"the row in the form of netstat, or what the file says"`
}

// A NotChecked is a rule that could not be checked, which is not the same as fine.
type NotChecked struct {
	Rule  string             `json:"rule" csv:"rule" doc:"id of the rule"`
	Title string             `json:"title" csv:"title" doc:"the rule in a phrase"`
	Why   string             `json:"why" csv:"why" cut:"yes" doc:"why it was not checked, for people"`
	File  parser.Opt[string] `json:"file" csv:"file" cut:"yes" doc:"the file that would tell; null if none would"`

	Whose
}

// A Shared is a finding that several machines have.
type Shared struct {
	Rule     string             `json:"rule" csv:"rule" doc:"id of the rule"`
	Severity string             `json:"severity" csv:"severity" doc:"the worst among them"`
	Title    string             `json:"title" csv:"title" doc:"the rule in a phrase"`
	Subject  parser.Opt[string] `json:"subject" csv:"subject" cut:"yes" doc:"what it is about; null for the machines as a whole"`
	Hosts    Words              `json:"hosts" csv:"hosts" cut:"yes" doc:"the machines, as the headings of the text call them"`
}

// A FlatFinding is a finding, or a rule that was not checked, as one row of CSV.
type FlatFinding struct {
	Kind       string              `json:"kind" csv:"kind" doc:"finding, or not_checked for a rule that could not be checked"`
	Rule       string              `json:"rule" csv:"rule" doc:"id of the rule"`
	Severity   parser.Opt[string]  `json:"severity" csv:"severity" doc:"critical, warning or info; empty if the rule was not checked"`
	Confidence parser.Opt[string]  `json:"confidence" csv:"confidence" doc:"certain, or likely if there are doubts"`
	Title      string              `json:"title" csv:"title" doc:"the rule in a phrase"`
	Subject    parser.Opt[string]  `json:"subject" csv:"subject" doc:"what it is about; empty for the machine as a whole"`
	What       string              `json:"what" csv:"what" doc:"what was seen, with its number; or why the rule was not checked"`
	Doubts     parser.Opt[string]  `json:"doubts" csv:"doubts" doc:"why it may be otherwise, with a semicolon between two reasons"`
	Means      parser.Opt[string]  `json:"means" csv:"means" doc:"what it says of the machine"`
	Next       parser.Opt[string]  `json:"next" csv:"next" doc:"what to do next"`
	Figure     parser.Opt[string]  `json:"figure" csv:"figure" doc:"what was counted or measured: the first number of the finding"`
	Value      parser.Opt[float64] `json:"value" csv:"value" doc:"the number"`
	Unit       parser.Opt[string]  `json:"unit" csv:"unit" doc:"what it counts"`
	Threshold  parser.Opt[float64] `json:"threshold" csv:"threshold" doc:"the number from which on it is too much"`
	From       parser.Opt[string]  `json:"threshold_from" csv:"threshold_from" doc:"where that comes from"`
	Count      parser.Opt[uint64]  `json:"evidence_count" csv:"evidence_count" doc:"how many rows prove it"`
	Evidence   parser.Opt[string]  `json:"evidence" csv:"evidence" doc:"the first of them in the form of netstat, or what the file says"`
	File       parser.Opt[string]  `json:"file" csv:"file" doc:"the file that the first of them stands in; or the one that would tell"`
	Line       parser.Opt[uint64]  `json:"line" csv:"line" doc:"the line in it, from 1"`

	Whose
}

// A Rule is a rule of triage, as JSON has it: with an array of Threshold.
type Rule struct {
	ID         string `json:"id" csv:"id" doc:"T06: never given to another rule"`
	Title      string `json:"title" csv:"title" doc:"the rule in a phrase"`
	Severity   string `json:"severity" csv:"severity" doc:"the worst that its findings may have"`
	Needs      Words  `json:"needs" csv:"needs" doc:"the files without which it is not checked; of those with a bar between them one is enough"`
	Uses       Words  `json:"uses" csv:"uses" doc:"the files that tell it more"`
	Means      string `json:"means" csv:"means" doc:"what a finding says of the machine"`
	Next       string `json:"next" csv:"next" doc:"what to do next"`
	References Words  `json:"references" csv:"references" doc:"documents that say so"`
}

// A Threshold is a number from which on something is too much.
type Threshold struct {
	Name  string              `json:"name" csv:"name" doc:"critical, warning, or what else it is; a configuration may change it under this name"`
	Value parser.Opt[float64] `json:"value" csv:"value" doc:"the number"`
	Unit  parser.Opt[string]  `json:"unit" csv:"unit" doc:"what it counts"`
	Why   string              `json:"why" csv:"why" doc:"why this number: who says so, or what was measured"`
}

// A FlatRule is a rule as one row of CSV.
type FlatRule struct {
	ID         string             `json:"id" csv:"id" doc:"T06: never given to another rule"`
	Severity   string             `json:"severity" csv:"severity" doc:"the worst that its findings may have"`
	Title      string             `json:"title" csv:"title" doc:"the rule in a phrase"`
	Needs      Words              `json:"needs" csv:"needs" doc:"the files without which it is not checked; of those with a bar between them one is enough"`
	Uses       Words              `json:"uses" csv:"uses" doc:"the files that tell it more"`
	Thresholds Words              `json:"thresholds" csv:"thresholds" doc:"each as NAME=NUMBER"`
	Means      string             `json:"means" csv:"means" doc:"what a finding says of the machine"`
	Next       string             `json:"next" csv:"next" doc:"what to do next"`
	References parser.Opt[string] `json:"references" csv:"references" doc:"documents that say so, with a semicolon between two"`
}

// The kinds of triage. No table has them.
var (
	FindingKind     = described[Finding]("finding", "what triage says is wrong, in JSON: besides these columns it has figures and evidence, arrays of the two below")
	FigureKind      = described[Figure]("figure", "a number of a finding, and what it is held against")
	EvidenceKind    = described[Evidence]("evidence", "a row that proves a finding")
	NotCheckedKind  = described[NotChecked]("not_checked", "a rule that could not be checked, which does not mean that all is well")
	SharedKind      = described[Shared]("shared", "a finding that several machines have")
	FlatFindingKind = described[FlatFinding]("finding_csv", "a finding as one row of CSV, with its first number and its first evidence, and each rule that was not checked")
	RuleKind        = described[Rule]("rule", "what triage looks for, in JSON: besides these columns it has thresholds, an array of the one below")
	ThresholdKind   = described[Threshold]("threshold", "a number from which on something is too much")
	FlatRuleKind    = described[FlatRule]("rule_csv", "a rule as one row of CSV")
)

// TriageKinds lists the kinds of rows that triage writes.
func TriageKinds() []*Kind {
	return []*Kind{
		FindingKind, FigureKind, EvidenceKind, NotCheckedKind, SharedKind, FlatFindingKind, RuleKind, ThresholdKind, FlatRuleKind,
	}
}

// Number is unknown if it is none: infinite, or what comes of 0 divided by 0.
func Number(v float64) parser.Opt[float64] {
	return found(v, !math.IsNaN(v) && !math.IsInf(v, 0))
}
