package rows

import (
	"net/netip"
	"path"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// listeners are the tcp listeners of one family. An accepted socket is of its
// listener's family: a listener on :: has its IPv4 connections in tcp6.
type listeners struct {
	byAddr map[netip.AddrPort]listener
	onAny  map[uint32]listener // those of byAddr on any address, by anyKey
	ports  portSet             // all that anything listens on
	given  portSet             // those that anything listens on with an address given
	// complete is set if the table was read whole: only then "no listener"
	// means something.
	complete bool
}

// A portSet has a bit for each port.
type portSet [1 << 16 / 64]uint64

func (s *portSet) add(port uint16) { s[port>>6] |= 1 << (port & 63) }

func (s *portSet) has(port uint16) bool { return s[port>>6]>>(port&63)&1 != 0 }

// A listener is what listens on one address and port: with SO_REUSEPORT it may
// be several sockets.
type listener struct {
	local       netip.AddrPort
	sockets     int
	acceptQueue uint64 // of the last one
}

// maxListeners bounds what a hostile table can make us hold.
const maxListeners = 1 << 20

// listening reads the listeners of tcp or tcp6. Errors have been or will be
// reported when the rows themselves are read.
func (r *Reader) listening(v6 bool) *listeners {
	i, file := 0, "proc/net/tcp"
	if v6 {
		i, file = 1, "proc/net/tcp6"
	}
	if r.listeners[i] != nil {
		return r.listeners[i]
	}
	table := r.Snapshot.Listeners(file)
	l := &listeners{byAddr: map[netip.AddrPort]listener{}, onAny: map[uint32]listener{}}
	full := false
	complete := gather(table, func(s *parser.InetSocket) (listener, bool) {
		return listener{s.Local, 1, s.RecvQ}, s.State == parser.Listen
	}, func(its listener) {
		if full = full || len(l.byAddr) >= maxListeners; full {
			return
		}
		its.sockets += l.byAddr[its.local].sockets
		l.add(its)
	})
	l.complete = complete && !full && table.State == snapshot.Present
	r.listeners[i] = l
	return l
}

// A queue is what a socket has to do with an accept queue: its own, or the one in
// which it waits.
type queue struct {
	direction, listener parser.Opt[string]
	waiting, limit      parser.Opt[uint64]
}

// direct tells who began the connection and, for a socket that no program has accepted
// yet, in which queue it waits.
func (r *Reader) direct(v6 bool, s *parser.InetSocket) (q queue) {
	l := r.listening(v6) // by prepare
	its, listens := l.of(s.Local)
	sharesPort := l.ports.has(s.Local.Port())
	switch {
	case s.State == parser.SynSent:
		q.direction = parser.Some("out")
	case s.State == parser.SynRecv, listens:
		q.direction = parser.Some("in")
	case l.complete && !sharesPort:
		q.direction = parser.Some("out")
	}
	if s.Inode != 0 || !listens || s.State != parser.Established && s.State != parser.CloseWait {
		return q
	}
	local := netip.AddrPortFrom(its.local.Addr().Unmap(), its.local.Port())
	q.listener = parser.Some(local.String())
	if its.sockets == 1 { // of several that share the port it cannot be told which
		q.waiting = parser.Some(its.acceptQueue)
	}
	return q
}

// acceptLimit gives the limit of a listener's accept queue, from the row itself or
// from the output of ss.
func (r *Reader) acceptLimit(t query.InetTable, s *parser.InetSocket) parser.Opt[uint64] {
	if s.Printed != nil && s.Printed.Backlog.Known() {
		return s.Printed.Backlog
	}
	if !r.wanted.limit {
		return parser.Opt[uint64]{}
	}
	if limit, ok := r.acceptLimits.Of(s.Inode); ok { // by prepare
		return parser.Some(limit)
	}
	return found(r.acceptLimits.At(path.Base(t.File), s.Local))
}

func (r *Reader) limits() *snapshot.Backlogs {
	if r.acceptLimits == nil {
		r.acceptLimits = r.Snapshot.Backlogs()
	}
	return r.acceptLimits
}

// of gives the listener that a connection to this address belongs to: the one
// on the address itself, else the one on any.
func (l *listeners) of(local netip.AddrPort) (listener, bool) {
	port := local.Port()
	if l.given.has(port) {
		if its, ok := l.byAddr[local]; ok {
			return its, true
		}
	}
	if !l.ports.has(port) {
		return listener{}, false
	}
	its, ok := l.onAny[anyKey(local)]
	return its, ok
}

// anyKey is the port and the family.
func anyKey(local netip.AddrPort) uint32 {
	if local.Addr().Is4() {
		return uint32(local.Port())
	}
	return uint32(local.Port()) | 1<<16
}

func (l *listeners) add(its listener) {
	port := its.local.Port()
	l.byAddr[its.local] = its
	l.ports.add(port)
	if its.local.Addr().IsUnspecified() {
		l.onAny[anyKey(its.local)] = its
	} else {
		l.given.add(port)
	}
}
