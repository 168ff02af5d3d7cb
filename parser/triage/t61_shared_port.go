package triage

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

var sharedPort = &Rule{
	ID: "T61", Title: "several listeners on one port", Severity: Warning,
	Needs: []Need{tcpTables},
	Uses:  holderFiles,
	Means: "The kernel spreads new connections over all of them (SO_REUSEPORT). That is how some servers use several cores; but a process that was left over from a restart takes its part of the connections as well.",
	Do:    "see whether all of them belong to the service: ss -lntp sport = :PORT; ps -o pid,lstart,cmd -p PIDS",
	References: []string{
		"socket(7), SO_REUSEPORT",
		"https://lwn.net/Articles/542629/",
	},
	Check: func(c *Check) {
		type key struct {
			protocol string
			local    netip.AddrPort
		}
		seen := map[key]*listenersOf{}
		var list []*listenersOf
		more := 0
		eachTCP(c, func(s *rows.Socket) {
			if !inState(s, parser.Listen) {
				return
			}
			k := key{s.Protocol, localOf(s)}
			l, ok := seen[k]
			if !ok {
				if len(list) >= maxGroups {
					more++
					return
				}
				l = &listenersOf{protocol: s.Protocol, local: k.local}
				seen[k], list = l, append(list, l)
			}
			l.add(s)
		})
		c.AtEnd(func() {
			var same []Finding
			for _, l := range list {
				if l.count < 2 {
					continue
				}
				if f := l.finding(); f.Severity == Info {
					same = append(same, f)
				} else {
					c.Find(f)
				}
			}
			shareWell(c, same)
			c.overflowed(more, "listeners")
		})
	},
}

// listenersOf are those of one address and port.
type listenersOf struct {
	protocol string
	local    netip.AddrPort
	count    int
	inode    uint64 // of the last one
	evidence []Evidence
	users    []uint64 // those that differ, the first maxApart
	programs []string
}

func (l *listenersOf) add(s *rows.Socket) {
	inode, known := s.Inode.Get()
	if l.count > 0 && (inode == l.inode || !known) {
		return // the same socket once more, or a row that does not say which it is
	}
	l.count, l.inode = l.count+1, inode
	if len(l.evidence) < MaxEvidence {
		l.evidence = append(l.evidence, SocketEvidence(s))
	}
	if uid, ok := s.UID.Get(); ok {
		l.users = oneMore(l.users, uid)
	}
	if program, ok := s.Program.Get(); ok && program != "" {
		l.programs = oneMore(l.programs, strings.Clone(program))
	}
}

// oneMore adds what is not there yet.
func oneMore[T comparable](list []T, v T) []T {
	for _, has := range list {
		if has == v {
			return list
		}
	}
	if len(list) >= maxApart {
		return list
	}
	return append(list, v)
}

func (l *listenersOf) finding() Finding {
	f := Finding{
		Severity: Info, Subject: l.protocol + " port " + port(uint64(l.local.Port())), Evidence: l.evidence, Count: l.count,
		What:   fmt.Sprintf("%s listeners share %s %s", number(float64(l.count)), l.protocol, l.local),
		Doubts: []string{"listeners that are bound to different interfaces look the same"},
	}
	switch {
	case len(l.programs) > 1:
		f.Severity = Warning
		f.What += ", and they are of different programs: " + strings.Join(l.programs, ", ")
	case len(l.users) > 1: // the kernel wants the same user of those that share a port
		f.Severity = Warning
		f.What += fmt.Sprintf(", and they are of different users: uid %d and uid %d", l.users[0], l.users[1])
	case len(l.programs) == 1:
		f.What += " of " + l.programs[0]
	}
	return f
}

// shareWell tells of ports whose listeners look as if they belonged together.
func shareWell(c *Check, list []Finding) {
	if len(list) <= maxApart {
		for _, f := range list {
			c.Find(f)
		}
		return
	}
	all := Finding{Severity: Info, Doubts: list[0].Doubts, Count: len(list)}
	all.What = fmt.Sprintf("%s addresses and ports have several listeners each, of one program or user as far as is known", number(float64(len(list))))
	for _, f := range list[:MaxEvidence] {
		all.Evidence = append(all.Evidence, f.Evidence[0])
	}
	c.Find(all)
}
