package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser/snapshot"
)

const (
	sockstatFile  = "proc/net/sockstat"
	sockstat6File = "proc/net/sockstat6"
)

// Gauge gives a number of proc/net/sockstat or sockstat6 by its section and name: "TCP",
// "mem". It is what there was at the moment of the capture. ok is false if the capture
// does not tell it, or if it is negative.
func (h *Host) Gauge(section, name string) (g Counter, ok bool) {
	if h.gauges == nil {
		h.gauges = map[[2]string]Counter{}
		for _, file := range []string{sockstatFile, sockstat6File} {
			t := h.Counters(file)
			for row := range snapshot.Good(t.Rows(), h.reader.Report.Bad) {
				if row.Negative || len(h.gauges) >= maxHeld {
					continue
				}
				text := fmt.Sprintf("%s: %s %d", row.Section, row.Name, row.Value)
				h.gauges[[2]string{row.Section, row.Name}] = Counter{row.Value, Evidence{t.File, row.Line, text}}
			}
		}
	}
	g, ok = h.gauges[[2]string{section, name}]
	return g, ok
}

// gauge is Gauge for a rule that cannot be checked without the number.
func (c *Check) gauge(section, name string) (Counter, bool) {
	g, ok := c.Gauge(section, name)
	if !ok {
		c.Skip(sockstatFile, "%s has no %s %s", c.Called(sockstatFile), section, name)
	}
	return g, ok
}

// limit is Limit for a rule that cannot be checked without the setting: one whose
// default depends on the machine's memory.
func (c *Check) limit(setting string, i int) (Limit, bool) {
	l, ok := c.Limit(setting, i)
	if !ok {
		file := snapshot.SettingFiles(setting)[0]
		c.Skip(file, "nothing in the bundle tells %s, and its default depends on the machine's memory", setting)
	}
	return l, ok
}

// nears finds a number that comes near a limit. shares are parts of it in percent, by the
// severity that they earn: the names of thresholds of the rule are those of severities.
func (c *Check) nears(f Finding, name string, value float64, l Limit, unit string) {
	for _, severity := range []Severity{Critical, Warning} {
		if !c.lists(severity.String()) {
			continue
		}
		share := c.Threshold(severity.String()) / 100
		// A limit of 0 is reached by the first, and not by none.
		if value > 0 && value >= share*l.Value {
			f.Severity = severity
			f.Figures = append(f.Figures, l.Against(name, value, share, unit))
			c.Find(f)
			return
		}
	}
}
