package triage

import (
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A Host is the machine that rules look at. It is used by one goroutine.
type Host struct {
	*snapshot.Snapshot
	Source rows.Source
	// Obfuscated is the program that made up the names of the capture, or empty.
	Obfuscated string
	// Damage says what is wrong with the bundle as a whole: whatever is not there may
	// have been lost with it. It is empty for a whole bundle.
	Damage string

	span   *span // of a host that NewDelta made
	reader *rows.Reader
	bad    map[string]int // rows that could not be read, by file
	claims unixClaims
	states map[string]snapshot.State

	counters   map[[2]string]Counter
	gauges     map[[2]string]Counter // of sockstat
	routes     *[]rows.Route
	interfaces *[]rows.Interface
	neighbours *[]rows.Neighbour
	packets    *[]rows.Packet
	netlink    *[]rows.Netlink
	link       linkTables
}

// maxHeld is how many rows of a table besides sockets are held. Machines with more are
// told of as far as that.
const maxHeld = 1 << 16

// NewHost prepares a machine. report is told what cannot be read; it may be nil.
func NewHost(s *snapshot.Snapshot, source rows.Source, names rows.Namer, report rows.Reporter) *Host {
	if report == nil {
		report = rows.Quiet{}
	}
	h := &Host{Snapshot: s, Source: source, bad: map[string]int{}, states: map[string]snapshot.State{}}
	plan, err := query.Options{Verbose: false}.Whole(false)
	if err != nil {
		panic(err) // no options, no error
	}
	h.reader = &rows.Reader{Snapshot: s, Plan: plan, Names: names, Report: reporter{report, h}, Source: source, NoHosts: true, NoPorts: true}
	return h
}

// A reporter counts bad rows by file, and says nothing of tables that are lacking: the
// rules that need them say so.
type reporter struct {
	rows.Reporter
	h *Host
}

func (r reporter) Bad(err error) {
	if row, ok := errors.AsType[*parser.RowError](err); ok {
		r.h.bad[row.File]++
	}
	r.h.claims.see(err)
	r.Reporter.Bad(err)
}

func (reporter) Lacking(string, snapshot.State, error, query.Asked) {}
func (reporter) Fail()                                              {}

// state tells what the capture has of a file.
func (h *Host) state(file string) snapshot.State {
	s, ok := h.states[file]
	if !ok {
		s = h.StateOf(file)
		h.states[file] = s
	}
	return s
}

// Has reports whether the capture has a file with something in it.
func (h *Host) Has(file string) bool { return h.state(file) == snapshot.Present }

// Uptime is how long the machine had run, in seconds, if that is known and not 0; or
// the time of [NewDelta].
func (h *Host) Uptime() (seconds float64, ok bool) {
	if h.span != nil {
		return h.span.seconds, true
	}
	n, ok := h.Source.Uptime.Get()
	return float64(n), ok && n > 0
}

// PerHour makes a rate of a number that counts since the start.
func (h *Host) PerHour(n float64) (rate float64, ok bool) {
	seconds, ok := h.Uptime()
	if !ok {
		return 0, false
	}
	return n * 3600 / seconds, true
}

// held reads a table once, as far as maxHeld.
func held[T any](into **[]T, read iter.Seq[T]) []T {
	if *into == nil {
		list := []T{}
		for row := range read {
			if len(list) >= maxHeld {
				break
			}
			list = append(list, row)
		}
		*into = &list
	}
	return **into
}

// Routes are those of both families, of all tables that the kernel shows.
func (h *Host) Routes() []rows.Route { return held(&h.routes, h.reader.Routes()) }

// Interfaces are all of them, those that are down too.
func (h *Host) Interfaces() []rows.Interface { return held(&h.interfaces, h.reader.Interfaces()) }

// Neighbours are those of proc/net/arp.
func (h *Host) Neighbours() []rows.Neighbour { return held(&h.neighbours, h.reader.Neighbours()) }

// Packets are the packet sockets.
func (h *Host) Packets() []rows.Packet { return held(&h.packets, h.reader.Packets()) }

// NetlinkSockets are the netlink sockets.
func (h *Host) NetlinkSockets() []rows.Netlink { return held(&h.netlink, h.reader.NetlinkSockets()) }

// OwnersKnown reports whether the capture tells of any process.
func (h *Host) OwnersKnown() bool { return h.reader.OwnersKnown() }

// A Counter is a number of proc/net/snmp, netstat, snmp6 or another file of counters.
type Counter struct {
	Value uint64
	Evidence
}

// Counter gives a counter by its section and name: "TcpExt", "ListenDrops". ok is false
// if the capture does not tell it, or if it is negative.
func (h *Host) Counter(section, name string) (c Counter, ok bool) {
	if h.counters == nil {
		h.counters = map[[2]string]Counter{}
		for row := range h.reader.Counters() {
			v, known := row.Value.Get()
			if !known || len(h.counters) >= maxHeld {
				continue
			}
			text := fmt.Sprintf("%s: %s %d", row.Section, row.Name, v)
			if sentence, ok := row.Sentence.Get(); ok {
				text += " (" + sentence + ")"
			}
			h.counters[[2]string{row.Section, row.Name}] = Counter{v, Evidence{row.File, lineOf(row.Origin), text}}
		}
	}
	c, ok = h.counters[[2]string{section, name}]
	return c, ok
}

func lineOf(o rows.Origin) int {
	n, _ := o.Line.Get()
	return int(n)
}

// Limit is a number that the machine was set to.
type Limit struct {
	Name  string
	Value float64
	From  string // a file, or "the kernel's default"
}

// Limit gives the i-th number of a setting of [snapshot.Settings].
func (h *Host) Limit(name string, i int) (l Limit, ok bool) {
	v, ok := h.Setting(name)
	if !ok {
		return l, false
	}
	n, ok := v.Number(i)
	return Limit{name, float64(n), v.Source()}, ok
}

// Against holds a number against a limit, as a figure. share is the part of the limit
// from which on it is too much: 0.8.
func (l Limit) Against(name string, value, share float64, unit string) Figure {
	from := l.Name + " of " + l.From
	if l.From == snapshot.KernelDefault {
		from = l.From + " of " + l.Name
	}
	if share != 1 {
		from = number(share*100) + "% of " + number(l.Value) + ", " + from
	}
	return Figure{Name: name, Value: value, Unit: unit, Threshold: share * l.Value, Held: true, From: from}
}

// port writes a port for people.
func port(n uint64) string { return strconv.FormatUint(n, 10) }
