package triage

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

var closeWaitLeak = &Rule{
	ID: "T06", Title: "sockets in CLOSE_WAIT that a program does not close", Severity: Critical,
	Needs: []Need{tcpTables},
	Uses:  holderFiles,
	Thresholds: []Threshold{
		{"warning", 50, "sockets", "of a process; a busy program may have a few that it is about to close, and one with an idle pool a dozen: the corpus has a machine with 9, whose LDAP server closed the idle connections of several programs"},
		{"critical", 1000, "sockets", "of a process: at 1024 open files, its usual limit, it cannot accept or connect any more"},
	},
	Means: "The peers have closed, and the program never calls close(): it leaks sockets until it runs out of file descriptors. With Recv-Q 0 it has read the end and forgot the socket; with more it does not even read: it hangs, or keeps idle connections without looking at them.",
	Do:    "look at the program's error paths for a missing close(); until it is mended, a restart frees the sockets",
	References: []string{
		"https://blog.cloudflare.com/this-is-strictly-a-violation-of-the-tcp-specification",
		"RFC 9293, section 3.3.2",
	},
	// The limit of open files is a process's, so its sockets are counted together,
	// whatever ports they have. Those of unknown processes are counted by port.
	Check: func(c *Check) {
		var l leak
		eachTCP(c, l.see)
		c.AtEnd(func() {
			mostly := l.mostly()
			for _, g := range l.by.list {
				severity, figure := c.Grade("in CLOSE_WAIT", float64(g.Count))
				if severity == 0 {
					continue
				}
				most := mostly[g.Key]
				f := Finding{Severity: severity, Subject: "CLOSE_WAIT of " + g.Key.program, Figures: []Figure{figure}, Evidence: g.Evidence, Count: g.Count}
				if g.Key.holder == "" {
					f.Subject = "CLOSE_WAIT " + g.Key.where
					f.Doubts = []string{"not known which program has them, and whether it is one process"}
				}
				f.What = fmt.Sprintf("%s has %s sockets in CLOSE_WAIT", aProgram(g.Key.holder), number(float64(g.Count)))
				if most.Count < g.Count {
					f.What += ", " + number(float64(most.Count)) + " of them"
				}
				f.What += " " + most.Key.at + "; " + readToTheEnd(l.read[g.Key], g.Count)
				c.Find(f)
			}
			c.overflowed(l.by.more, "programs and ports")
			l.lacking.tell(c, "inode: they may wait to be accepted")
		})
	},
}

// A leak gathers sockets in CLOSE_WAIT.
type leak struct {
	by      groups[closeWaiter]
	ports   groups[closeWaitPort]
	read    map[closeWaiter]int // with Recv-Q 0
	lacking lack
}

// A closeWaiter is a process or, if that is not known, a port.
type closeWaiter struct{ holder, program, where string }

type closeWaitPort struct {
	closeWaiter
	at string
}

func (l *leak) see(s *rows.Socket) {
	held, known := Held(s)
	if !inState(s, parser.CloseWait) || known && !held {
		return // without an inode it waits to be accepted: T07
	}
	// A server leaks on one local port, a client toward one remote port.
	at := side(s)
	key := closeWaiter{holder: holderKey(s), where: at}
	if key.holder != "" {
		program, _ := s.Program.Get()
		key.where, key.program = "", cmp.Or(strings.Clone(program), key.holder)
	}
	l.lacking.of(s, known || key.holder != "")
	l.by.socket(key, s)
	l.ports.add(closeWaitPort{key, at}, func() Evidence { return Evidence{} })
	if Of(s.RecvQ) == 0 && len(l.read) <= maxGroups {
		if l.read == nil {
			l.read = map[closeWaiter]int{}
		}
		l.read[key]++
	}
}

// mostly gives the port that most sockets of each process have.
func (l *leak) mostly() map[closeWaiter]*group[closeWaitPort] {
	by := map[closeWaiter]*group[closeWaitPort]{}
	for _, g := range l.by.list {
		by[g.Key] = &group[closeWaitPort]{}
	}
	for _, g := range l.ports.list {
		if most, ok := by[g.Key.closeWaiter]; ok && g.Count > most.Count {
			by[g.Key.closeWaiter] = g
		}
	}
	return by
}

// readToTheEnd says whether a program has seen that its peers have closed: until then
// the end counts as one byte in Recv-Q.
func readToTheEnd(read, all int) string {
	switch read {
	case 0:
		return "it has read none of them to the end"
	case all:
		return "it has read all of them to the end"
	}
	return "it has read " + number(float64(read)) + " of them to the end"
}
