package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A Check is one rule at work on one machine.
type Check struct {
	*Host
	Rule   *Rule
	config *Config

	sockets []func(*rows.Socket)
	unix    []func(*rows.Unix)
	ends    []func()

	found   []Finding
	skipped *Skipped
	doubts  []string
}

// EachSocket has a function called with each internet socket: all rows of tcp, tcp6,
// udp, udp6, udplite, udplite6, raw and raw6, in the order of netstat. A row is only
// valid during the call.
func (c *Check) EachSocket(see func(*rows.Socket)) { c.sockets = append(c.sockets, see) }

// EachUnix is EachSocket for UNIX sockets.
func (c *Check) EachUnix(see func(*rows.Unix)) { c.unix = append(c.unix, see) }

// AtEnd has a function called when all sockets have been seen.
func (c *Check) AtEnd(do func()) { c.ends = append(c.ends, do) }

// Find adds a finding. Its rule need not be set, nor its Count if that is the number
// of its Evidence.
func (c *Check) Find(f Finding) {
	f.Rule = c.Rule
	f.Count = max(f.Count, len(f.Evidence))
	if c.span != nil {
		f.What = c.span.say(f.What)
	}
	if len(f.Evidence) > MaxEvidence {
		f.Evidence = f.Evidence[:MaxEvidence]
	}
	if len(c.found) >= maxFindings {
		c.found[maxFindings-1].Doubts = []string{fmt.Sprintf("only the first %d findings of the rule are kept", maxFindings)}
		return
	}
	c.found = append(c.found, f)
}

// maxFindings bounds what one rule may find on one machine.
const maxFindings = 200

// Skip says that the rule could not be checked after all, and which file would tell:
// a kernel that lacks a counter, a limit that nothing tells.
func (c *Check) Skip(file, format string, args ...any) {
	if c.skipped == nil {
		c.skipped = &Skipped{c.Rule, fmt.Sprintf(format, args...), file}
	}
}

// Doubt says why every finding of the rule may be otherwise.
func (c *Check) Doubt(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(c.doubts, text) {
		c.doubts = append(c.doubts, text)
	}
}

// Threshold gives a threshold of the rule, as the configuration has it. The rule must
// list it.
func (c *Check) Threshold(name string) float64 {
	for _, t := range c.Rule.Thresholds {
		if t.Name == name {
			if v, ok := c.config.threshold(c.Rule.ID, name); ok {
				return v
			}
			return t.Value
		}
	}
	panic("triage: " + c.Rule.ID + " has no threshold " + name) // a test checks each rule
}

// Grade holds a number against the thresholds "critical" and "warning" of the rule,
// those that it has, and gives the severity that it earns, or 0; and the figure that
// says so. A number earns it from the threshold on.
func (c *Check) Grade(name string, value float64) (Severity, Figure) {
	f := Figure{Name: name, Value: value}
	var severity Severity
	for _, grade := range []Severity{Critical, Warning, Info} {
		i := slices.IndexFunc(c.Rule.Thresholds, func(t Threshold) bool { return t.Name == grade.String() })
		if i < 0 {
			continue
		}
		f.Unit, f.Threshold, f.Held = c.Rule.Thresholds[i].Unit, c.Threshold(grade.String()), true
		f.From = "threshold " + grade.String() + " of " + c.Rule.ID
		if value >= f.Threshold {
			severity = grade
			break
		}
	}
	return severity, f
}

// Allowed reports whether the configuration allows a listener.
func (c *Check) Allowed(s *rows.Socket) bool { return c.config.allows(s) }

// lacking gives what the rule cannot be checked without and the capture lacks.
func (c *Check) lacking() *Skipped {
	for _, need := range c.Rule.Needs {
		if slices.ContainsFunc(need, func(file string) bool { return c.state(file) == snapshot.Present }) {
			continue
		}
		return &Skipped{c.Rule, c.lack(need), c.Called(need[0])}
	}
	return nil
}

// lack says what is wrong with files of which one is needed: most often none is there.
func (c *Check) lack(need Need) string {
	var absent, others []string
	for _, file := range need {
		switch c.state(file) {
		case snapshot.Empty:
			others = append(others, c.named(file)+" is empty, without even a header")
		case snapshot.Failed:
			others = append(others, c.named(file)+" cannot be read")
		default:
			absent = append(absent, c.named(file))
		}
	}
	switch len(absent) {
	case 0:
	case 1:
		others = append(others, absent[0]+" is not in the bundle")
	case 2:
		others = append(others, "neither "+absent[0]+" nor "+absent[1]+" is in the bundle")
	default:
		others = append(others, "none of "+strings.Join(absent, ", ")+" is in the bundle")
	}
	return strings.Join(others, "; ")
}

// named is how people know a file: outputs of commands have another name in each capture.
func (c *Check) named(file string) string {
	name := c.Called(file)
	if output, ok := strings.CutPrefix(name, "output/"); ok {
		return "an output of " + strings.NewReplacer("ip6_", "ip -6 ", "netstat_i", "netstat -i", "route6", "route -6", "_json", " -j", "_", " ").Replace(output)
	}
	return name
}

// finish gives what was found, with the doubts.
func (c *Check) finish() []Finding {
	if c.Damage != "" {
		c.Doubt("the bundle is damaged, and may have lost more rows: %s", c.Damage)
	}
	for _, file := range c.Rule.Files() {
		if n := c.bad[c.Called(file)]; n > 0 {
			c.Doubt("%d rows of %s could not be read", n, c.Called(file))
		}
	}
	for i := range c.found {
		c.found[i].Doubts = append(c.found[i].Doubts, c.doubts...)
	}
	return c.found
}
