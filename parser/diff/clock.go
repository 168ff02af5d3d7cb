package diff

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A Boot says whether two captures lie in one run of the machine.
type Boot int

// Values of Boot.
const (
	BootUnknown Boot = iota
	SameBoot
	Reboot
)

// A Clock says how two captures lie in time.
type Clock struct {
	Boot Boot
	// BootFrom says how that is known: "boot id", "uptime and date", "uptime", "counters".
	BootFrom string
	// Swapped is set if the old capture is the newer one.
	Swapped bool
	// SwappedFrom says how that is known: "uptime" or "date".
	SwappedFrom string
	// OtherHost is set if the captures are of different machines, OtherNetNS if they are
	// of different network namespaces of one.
	OtherHost, OtherNetNS bool
	// Seconds is the time between the captures, more than 0, and From how that is known:
	// "uptime" or "date".
	Seconds parser.Opt[float64]
	From    string
}

// A moment is what one capture tells of its time.
type moment struct {
	facts      snapshot.Facts
	netns      string
	up         float64 // seconds
	upKnown    bool
	at         time.Time
	atKnown    bool
	name, boot string
}

func momentOf(c Capture) (m moment) {
	m.facts = c.Snapshot.Facts()
	m.name, m.boot = m.facts.Host.Value, m.facts.BootID.Value
	if c.Obfuscated {
		m.name = ""
	}
	m.netns, _ = c.Source.NetNS.Get()
	m.at, m.atKnown = m.facts.CapturedAt.Get()
	up, err := strconv.ParseFloat(m.facts.Uptime.Value, 64)
	m.up, m.upKnown = up, err == nil && up >= 0 && up < 1<<53
	return m
}

// slack is by how many seconds the clock of a machine may have been set between two
// captures, before a start of the machine is believed in instead.
const slack = 60

// A drift says how many of the counters that only grow did so, and how many fell.
type drift struct{ grew, fell int }

// back reports whether counters went back on the whole. A single one may have wrapped
// around.
func (d drift) back() bool { return d.fell > d.grew }

// clockOf works out how two captures lie in time.
func clockOf(o, n moment, counters drift) (c Clock) {
	c.Boot, c.BootFrom = bootOf(o, n, counters)
	if c.Boot != SameBoot || c.BootFrom != "boot id" {
		c.OtherHost = o.name != "" && n.name != "" && !sameName(o.name, n.name)
	}
	switch {
	case c.OtherHost:
		c.Boot, c.BootFrom = BootUnknown, ""
	case c.Boot == SameBoot && o.upKnown && n.upKnown:
		c.Swapped, c.SwappedFrom = n.up < o.up, "uptime"
	case o.atKnown && n.atKnown:
		c.Swapped, c.SwappedFrom = n.at.Before(o.at), "date"
	}
	if !c.Swapped {
		c.SwappedFrom = ""
		c.Seconds, c.From = between(o, n, c)
	}
	c.OtherNetNS = c.Boot == SameBoot && o.netns != "" && n.netns != "" && o.netns != n.netns
	return c
}

// sameName takes web1 and web1.example.com for one.
func sameName(a, b string) bool {
	short := func(s string) string { name, _, _ := strings.Cut(s, "."); return name }
	if strings.Contains(a, ".") && strings.Contains(b, ".") {
		return strings.EqualFold(a, b)
	}
	return strings.EqualFold(short(a), short(b))
}

func bootOf(o, n moment, counters drift) (Boot, string) {
	if o.boot != "" && n.boot != "" {
		if o.boot == n.boot {
			return SameBoot, "boot id"
		}
		return Reboot, "boot id"
	}
	if o.atKnown && n.atKnown && n.at.Before(o.at) { // from the newer to the older one counters fall
		counters = drift{grew: counters.fell, fell: counters.grew}
	}
	uptimes := o.upKnown && n.upKnown
	if uptimes && o.atKnown && n.atKnown {
		first, last := o, n
		if n.at.Before(o.at) {
			first, last = n, o
		}
		if last.up < first.up || last.up+slack < last.at.Sub(first.at).Seconds() {
			return Reboot, "uptime and date"
		}
		return SameBoot, "uptime and date"
	}
	switch {
	case uptimes && n.up < o.up:
		return Reboot, "uptime"
	case counters.back():
		return Reboot, "counters"
	case uptimes:
		return SameBoot, "uptime" // nothing speaks against it
	}
	return BootUnknown, ""
}

// between is the time between, if there is any.
func between(o, n moment, c Clock) (seconds parser.Opt[float64], from string) {
	switch {
	case c.Boot == SameBoot && o.upKnown && n.upKnown:
		seconds, from = parser.Some(roundTo(n.up-o.up, 2)), "uptime"
	case o.atKnown && n.atKnown:
		seconds, from = parser.Some(n.at.Sub(o.at).Seconds()), "date"
	}
	if v, _ := seconds.Get(); v <= 0 {
		return parser.Opt[float64]{}, ""
	}
	return seconds, from
}

// Reasons why no counter has a delta.
const (
	whySwapped = "swapped"
	whyMachine = "other machine"
	whyReboot  = "reboot"
	whyNetNS   = "other network namespace"
	whyLevel   = "level"
	whyFell    = "fell"
)

// noDelta says why no counter has a delta, or nothing.
func (c Clock) noDelta() string {
	switch {
	case c.OtherHost:
		return whyMachine
	case c.Boot == Reboot:
		return whyReboot
	case c.Swapped:
		return whySwapped
	case c.OtherNetNS:
		return whyNetNS
	}
	return ""
}

// oneRun reports whether inodes, processes and counters of both captures may mean the
// same.
func (c Clock) oneRun() bool { return !c.OtherHost && c.Boot != Reboot }

// summary says what is compared, in one line.
func (c Clock) summary(old, new Capture, o, n moment) string {
	s := "OLD is " + described(old, o) + "; NEW is " + described(new, n)
	switch seconds, known := c.Seconds.Get(); {
	case known:
		s += "; " + Duration(seconds) + " between them by " + c.From
	case c.Swapped:
	default:
		s += "; time between them not known"
		if c.Boot == SameBoot && o.upKnown && n.upKnown || o.atKnown && n.atKnown && o.at.Equal(n.at) {
			s = strings.TrimSuffix(s, "time between them not known") + "no time between them"
		}
	}
	switch {
	case c.Boot == SameBoot:
		s += "; same boot"
		if c.BootFrom != "boot id" {
			s += ", by " + c.BootFrom
		}
	case c.Boot == Reboot:
		s += "; another boot"
	}
	return s
}

// described tells one capture: b.tgz (web1, 2026-01-02T03:04:05Z, up 3d 4h).
func described(c Capture, m moment) string {
	var known []string
	if m.name != "" {
		known = append(known, m.name)
	}
	if m.atKnown {
		known = append(known, m.at.Format(time.RFC3339))
	} else if m.facts.Captured.Value != "" {
		known = append(known, m.facts.Captured.Value)
	}
	if m.upKnown {
		known = append(known, "up "+Duration(m.up))
	}
	if known == nil {
		return c.Title
	}
	return c.Title + " (" + strings.Join(known, ", ") + ")"
}

// Duration writes a time for people: 3d 4h, 5m 2s, 0.25s.
func Duration(seconds float64) string {
	if seconds = roundTo(seconds, 2); seconds < 60 {
		return strconv.FormatFloat(seconds, 'f', -1, 64) + "s"
	}
	n := uint64(seconds)
	for _, u := range []struct {
		size, part   uint64
		name, lesser string
	}{{86400, 3600, "d", "h"}, {3600, 60, "h", "m"}, {60, 1, "m", "s"}} {
		if n < u.size {
			continue
		}
		text := fmt.Sprintf("%d%s", n/u.size, u.name)
		if rest := n % u.size / u.part; rest > 0 {
			text += fmt.Sprintf(" %d%s", rest, u.lesser)
		}
		return text
	}
	return ""
}

// warnings say what makes a comparison less than it seems, each in one line.
func (c Clock) warnings(o, n moment) (list []string) {
	if c.OtherHost {
		list = append(list, fmt.Sprintf("these are two machines, %s and %s: counters have no delta, and what is said of sockets is what the two do not have in common", o.name, n.name))
	}
	if c.Boot == Reboot {
		text := "the machine was started again between the captures, as " + c.rebootEvidence(o, n) + ": counters have no delta"
		if !c.Swapped && (c.BootFrom == "uptime" || c.BootFrom == "counters") {
			text += "; or the captures are in the wrong order: coldstat diff NEW OLD"
		}
		list = append(list, text)
	}
	if c.Swapped {
		list = append(list, "OLD is newer than NEW by "+cmp.Or(c.SwappedFrom, "date")+": counters have no delta; for the other direction: coldstat diff NEW OLD")
	}
	if c.OtherNetNS {
		list = append(list, fmt.Sprintf("the captures are of two network namespaces, %s and %s: counters have no delta", o.netns, n.netns))
	}
	return list
}

func (c Clock) rebootEvidence(o, n moment) string {
	switch c.BootFrom {
	case "boot id":
		return "the boot ids say"
	case "counters":
		return "most counters fell"
	case "uptime":
		return fmt.Sprintf("the uptime fell from %s to %s", Duration(o.up), Duration(n.up))
	}
	return fmt.Sprintf("the uptime of %s and %s and the dates say", Duration(o.up), Duration(n.up))
}
