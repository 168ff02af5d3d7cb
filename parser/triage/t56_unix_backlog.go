package triage

import (
	"fmt"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
)

var unixBacklog = &Rule{
	ID: "T56", Title: "connections that wait at UNIX listeners", Severity: Critical,
	Needs: []Need{{"proc/net/unix"}},
	Uses:  []string{"output/ss", "proc/*/fd/*", "proc/*/cmdline", "output/lsof", "proc/sys/net/core/somaxconn", "output/sysctl"},
	Thresholds: []Threshold{
		{"info", 1, "connections", "a program that is alive accepts at once: none of the captures of the corpus has one that waits"},
		{"warning", 5, "connections", "one or two may have come while the table was written, and five have not"},
		{"critical", 128, "connections", "the somaxconn of kernels before 5.4, and the most that many programs ask for in listen()"},
		{"full", 100, "% of the limit", "connect() blocks, or fails with EAGAIN, when more than that wait (unix_recvq_full)"},
	},
	Means: "Programs have connected, and the one that listens does not accept: it hangs or is too slow, and those that ask it for something wait.",
	Do:    "look at what the program that listens does: cat /proc/PID/stack; strace -p PID; systemctl status of its service",
	References: []string{
		"https://man7.org/linux/man-pages/man7/unix.7.html",
		"https://man7.org/linux/man-pages/man2/listen.2.html",
	},
	Check: func(c *Check) {
		var by groups[string]
		type queue struct{ waiting, limit uint64 }
		queues := map[string]queue{}
		c.EachUnix(func(s *rows.Unix) {
			waiting, known := s.AcceptQueue.Get()
			if !known || waiting == 0 {
				return
			}
			path := strings.Clone(s.Path)
			g := by.add(path, func() Evidence { return UnixEvidence(s) })
			if g.Count == 1 && g.Key == path {
				queues[path] = queue{waiting, Of(s.AcceptLimit)}
			}
		})
		c.AtEnd(func() {
			for _, g := range by.list {
				q := queues[g.Key]
				severity, figure := c.Grade("connections that wait", float64(q.waiting))
				if severity == 0 {
					continue
				}
				f := Finding{
					Severity: severity, Subject: "unix " + g.Key, Evidence: g.Evidence, Figures: []Figure{figure},
					What: fmt.Sprintf("%s to be accepted at %s", counted(int(min(q.waiting, maxCount)), "connection waits", "connections wait"), g.Key),
				}
				f.unixLimit(c, float64(q.waiting), float64(q.limit))
				if g.Count > 1 {
					f.Doubts = append(f.Doubts, fmt.Sprintf("%d listeners have this path, and it is not known at which of them they wait", g.Count))
				}
				c.Find(f)
			}
		})
	},
}

// maxCount keeps a number of a hostile table in an int.
const maxCount = 1 << 30

// unixLimit holds the queue against its limit, which only ss tells; else somaxconn,
// which it cannot be above.
func (f *Finding) unixLimit(c *Check, waiting, limit float64) {
	share := c.Threshold("full") / 100
	if limit > 0 {
		f.Figures = append(f.Figures, Limit{"backlog", limit, c.Called("output/ss")}.Against("backlog", waiting, share, "connections"))
		if waiting > share*limit {
			f.Severity = Critical
		}
		return
	}
	l, ok := c.Limit("net.core.somaxconn", 0)
	if !ok {
		return
	}
	f.Figures = append(f.Figures, l.Against(l.Name, waiting, share, "connections"))
	if waiting > share*l.Value {
		f.Severity = Critical
	}
}
