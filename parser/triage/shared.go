package triage

import "slices"

// Shared is a finding that several machines have: of one rule, about one subject.
type Shared struct {
	Rule     *Rule
	Subject  string
	Severity Severity // the worst among them
	Hosts    []string // by the names that were given, each once, in their order
}

// Share finds what several machines have. names are those of the reports.
func Share(reports []*Report, names []string) (list []Shared) {
	type key struct {
		rule    *Rule
		subject string
	}
	by := map[key]*Shared{}
	var order []key
	for i, r := range reports {
		for j := range r.Findings {
			f := &r.Findings[j]
			k := key{f.Rule, f.Subject}
			s, ok := by[k]
			if !ok {
				s = &Shared{Rule: f.Rule, Subject: f.Subject}
				by[k], order = s, append(order, k)
			}
			s.Severity = max(s.Severity, f.Severity)
			if !slices.Contains(s.Hosts, names[i]) {
				s.Hosts = append(s.Hosts, names[i])
			}
		}
	}
	for _, k := range order {
		if len(by[k].Hosts) > 1 {
			list = append(list, *by[k])
		}
	}
	slices.SortStableFunc(list, func(a, b Shared) int {
		if a.Severity != b.Severity {
			return int(b.Severity) - int(a.Severity)
		}
		return len(b.Hosts) - len(a.Hosts)
	})
	return list
}
