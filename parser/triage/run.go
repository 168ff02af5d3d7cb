package triage

import (
	"github.com/coldstat/coldstat/parser/rows"
)

// Run checks rules on one machine. config may be nil.
func Run(h *Host, rules []*Rule, config *Config) *Report {
	report := &Report{}
	var checks []*Check
	for _, r := range rules {
		c := &Check{Host: h, Rule: r, config: config}
		if config.disabled(r.ID) {
			report.NotChecked = append(report.NotChecked, Skipped{r, "the configuration disables it", ""})
			continue
		}
		checks = append(checks, c)
		if c.skipped = c.lacking(); c.skipped == nil {
			r.Check(c)
		}
	}
	h.sweep(checks)
	for _, c := range checks {
		for _, end := range c.ends {
			end()
		}
		found := c.finish()
		switch {
		case len(found) > 0:
			report.Findings = append(report.Findings, found...)
		case c.skipped != nil:
			report.NotChecked = append(report.NotChecked, *c.skipped)
		default:
			report.Fine = append(report.Fine, c.Rule)
		}
	}
	report.order()
	return report
}

// sweep shows the sockets to the rules that want to see them: one reading for all.
func (h *Host) sweep(checks []*Check) {
	var sockets []func(*rows.Socket)
	var unix []func(*rows.Unix)
	for _, c := range checks {
		sockets, unix = append(sockets, c.sockets...), append(unix, c.unix...)
	}
	if len(sockets) > 0 {
		for s := range h.reader.Sockets() {
			for _, see := range sockets {
				see(&s)
			}
		}
	}
	if len(unix) > 0 {
		for s := range h.reader.UnixSockets() {
			for _, see := range unix {
				see(&s)
			}
		}
	}
}
