package peers

import (
	"fmt"
	"math"

	"github.com/coldstat/coldstat/parser"
)

// A gap is how much later one capture was taken than another.
type gap struct {
	seconds float64
	known   bool
	slack   float64 // how many seconds it may be off, because clocks are printed in whole ones
}

// since tells how much later m was captured than the other: by the clock of the kernel if
// both ran on the same, else by the clocks of the two machines.
func (m *Machine) since(other *Machine) gap {
	if m.group == other.group {
		return gap{known: true}
	}
	boot, ok := m.Source.BootID.Get()
	if otherBoot, too := other.Source.BootID.Get(); ok && too && boot == otherBoot {
		a, ok := m.uptime.Get()
		if b, too := other.uptime.Get(); ok && too {
			return gap{seconds: a - b, known: true}
		}
	}
	a, ok := m.at.Get()
	if b, too := other.at.Get(); ok && too {
		return gap{a.Sub(b).Seconds(), true, 1}
	}
	return gap{}
}

// seconds writes a time for people.
func seconds(n float64) string {
	if n = math.Abs(n); n != math.Trunc(n) && n < 10 {
		return fmt.Sprintf("%.1f s", n)
	}
	return fmt.Sprintf("%.0f s", n)
}

// span is how far apart the first and the last of the compared captures were taken, if all
// tell.
func span(machines []*Machine) (apart parser.Opt[float64]) {
	var first *Machine
	low, high := 0.0, 0.0
	for _, m := range machines {
		if m.earlier {
			continue
		}
		if first == nil {
			first = m
		}
		g := m.since(first)
		if !g.known {
			return apart
		}
		low, high = min(low, g.seconds), max(high, g.seconds)
	}
	return parser.Some(high - low)
}

// apartBy says how far apart two captures are.
func apartBy(n float64) string {
	if math.Abs(n) < 0.05 {
		return "of the same moment"
	}
	return seconds(n) + " apart"
}

// silence is for how many seconds at least nothing has answered a socket. With each
// retransmission timeout the next takes twice as long, so those that are over took the
// present one but for its last part: a half, and a quarter, and so on. Keepalive probes
// are a second apart at least.
func silence(s *socket) float64 {
	if n := s.retransmitted(); n > 0 && s.rto > 0 {
		return float64(s.rto) / 100 * (1 - math.Pow(2, -float64(n)))
	}
	if s.flags&(knowsTimer|knowsProbes) == knowsTimer|knowsProbes && s.timer == parser.TimerKeepalive && s.probes > 1 {
		return float64(s.probes - 1)
	}
	return 0
}

// closeBy is how many seconds may lie between two captures for them to be of one moment,
// if the connections of the service do not come and go.
const closeBy = 5

// older finds out whether a connection is older than the time between the captures: that
// of here, which has it, and that of there, which has not. why says what tells that, or
// why it may be younger.
func (x *matching) older(here end, there *Machine, asThere tuple, port uint16) (certain bool, why string) {
	g := here.m.since(there)
	if n := silence(here.s); n > 0 && g.known && n >= math.Abs(g.seconds)+g.slack {
		return true, "nothing has answered for at least " + seconds(n)
	}
	if g.known && g.seconds >= 0 { // what was there before and is there now was there all the time
		for _, before := range x.earlier[here.m] {
			if b := before.since(there); b.known && b.seconds <= 0 && x.has(before, here.s.tuple) {
				return true, "an earlier capture of " + here.m.Name + " has it as well"
			}
		}
		for _, before := range x.earlier[there] {
			if x.has(before, asThere) {
				return true, "an earlier capture of " + there.Name + " has it, and the later one has not"
			}
		}
	}
	switch {
	case !g.known:
		return false, "the captures do not tell how far apart they were taken, so it may have come or gone in between"
	case math.Abs(g.seconds) <= closeBy && !x.turnover.has(between(here.m, there, here.s.proto, port), true):
		if here.m.group == there.group {
			return true, "both are of one capture, and no connection of the service was closed in the last minute (TIME_WAIT)"
		}
		return true, "the captures are " + apartBy(g.seconds) + ", and no connection of the service was closed in the last minute (TIME_WAIT)"
	case g.seconds > 0:
		return false, fmt.Sprintf("%s was captured %s later, so it may be younger than the other capture", here.m.Name, seconds(g.seconds))
	case g.seconds < 0:
		return false, fmt.Sprintf("%s was captured %s later, so it may have been closed in between", there.Name, seconds(g.seconds))
	}
	return false, "connections of the service come and go (TIME_WAIT), so this one may just have done so"
}
