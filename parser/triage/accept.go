package triage

import (
	"net/netip"
	"slices"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// An acceptQueue is what waits to be accepted at one address and port. With SO_REUSEPORT
// several sockets listen there, each with a queue of its own; this is the longest of
// them.
type acceptQueue struct {
	protocol string
	local    netip.AddrPort
	holder   string

	waiting  uint64 // as the listener counts
	limit    uint64 // of ss; the queue is full when waiting is above that
	limited  bool   // the limit is known
	listener Evidence
	// rows are the connections that stand in the table without an inode: those that wait.
	rows, closed int // closed ones are in CLOSE_WAIT
	evidence     []Evidence
	gone         []Evidence // of those that are closed
}

// where names the queue the same on all machines.
func (q *acceptQueue) where() string { return q.protocol + " port " + port(uint64(q.local.Port())) }

// name says it with the address and the program.
func (q *acceptQueue) name() string {
	if q.holder == "" {
		return q.protocol + " " + q.local.String()
	}
	return q.protocol + " " + q.local.String() + " of " + q.holder
}

// usualBacklogs are what programs and libraries pass to listen(2): without ss, a queue
// that holds one more than that is probably full. 5 Python's socketserver, 10 and 100
// many examples, 50 Java, 64 and 128 SOMAXCONN of old, 200 and 250 MySQL and PostgreSQL,
// 511 nginx, Apache, redis and node, 1024 and 4096 SOMAXCONN of now and Go, 2048 gunicorn.
var usualBacklogs = []uint64{5, 10, 16, 20, 32, 50, 64, 100, 128, 200, 250, 256, 500, 511, 512, 1000, 1024, 2048, 4096}

// A fullness is what is known of a queue that may be full.
type fullness struct {
	full    bool
	guessed bool   // from a usual backlog
	why     string // what of it is not known
	figure  Figure
}

// full reports whether a queue is: surely, or as far as it looks.
func (q *acceptQueue) full(c *Check) fullness {
	n := float64(q.waiting)
	f := fullness{figure: Figure{Name: "waiting to be accepted", Value: n, Unit: "connections", Held: true}}
	if q.limited {
		f.full = q.waiting > q.limit
		f.figure.Threshold, f.figure.From = float64(q.limit)+1, "one more than the backlog of "+number(float64(q.limit))+" that ss prints"
		return f
	}
	most, ok := c.Limit("net.core.somaxconn", 0)
	byDefault := ok && most.From == snapshot.KernelDefault
	switch overflows, _ := c.Counter("TcpExt", "ListenOverflows"); {
	case ok && n > most.Value && (n == most.Value+1 || !byDefault):
		// More than one above the default can only wait if the machine is set otherwise.
		f.full = true
		f.figure.Threshold, f.figure.From = most.Value+1, "one more than net.core.somaxconn of "+most.From
		if byDefault {
			f.figure.From, f.why = "one more than the kernel's default of net.core.somaxconn", "the machine's own net.core.somaxconn is not in the bundle"
		}
	case overflows.Value > 0 && q.waiting > 0 && slices.Contains(usualBacklogs, q.waiting-1):
		f.full, f.guessed = true, true
		f.figure.Threshold, f.figure.From = n, "one more than the usual backlog of "+number(n-1)
		f.why = "only ss -lt tells the limit of the queue; " + number(n) + " is what a backlog of " + number(n-1) +
			" lets wait, and ListenOverflows is " + number(float64(overflows.Value))
	}
	return f
}

// acceptQueues gathers the listeners and what waits at them, and has a function called
// with each that is not empty when all sockets have been seen. Of the rows in CLOSE_WAIT
// that it gives back nothing tells whether they wait.
func acceptQueues(c *Check, see func(*acceptQueue)) *lack {
	type key struct {
		protocol string
		local    netip.AddrPort
	}
	var list []*acceptQueue
	by := map[key]*acceptQueue{}
	more := 0
	lacking := &lack{}
	at := func(protocol string, local netip.AddrPort) *acceptQueue {
		k := key{protocol, local}
		q, ok := by[k]
		if !ok {
			q = &acceptQueue{protocol: protocol, local: local}
			if len(list) >= maxGroups {
				more++
				return q
			}
			by[k], list = q, append(list, q)
		}
		return q
	}
	eachTCP(c, func(s *rows.Socket) {
		if inState(s, parser.Listen) {
			if Of(s.AcceptQueue) > 0 {
				at(s.Protocol, localOf(s)).listens(s)
			}
			return
		}
		held, known := Held(s)
		if !inState(s, parser.Established, parser.CloseWait) || held {
			return
		}
		if !known {
			if inState(s, parser.CloseWait) {
				lacking.of(s, false)
			}
			return
		}
		text, _ := s.Listener.Get()
		local, err := netip.ParseAddrPort(text)
		if err != nil { // the listener is not in the table, which may be of another moment
			local = localOf(s)
		}
		if err == nil || inState(s, parser.CloseWait) {
			at(s.Protocol, local).waits(s)
		}
	})
	c.AtEnd(func() {
		for _, q := range list {
			see(q)
		}
		c.overflowed(more, "listeners")
	})
	return lacking
}

// listens takes a listener: of several the one that is nearest to its limit.
func (q *acceptQueue) listens(s *rows.Socket) {
	n := Of(s.AcceptQueue)
	limit, limited := s.AcceptLimit.Get()
	if q.listener.Text != "" && n <= q.waiting {
		return
	}
	q.waiting, q.limit, q.limited = n, limit, limited
	q.listener, q.holder = SocketEvidence(s), holderKey(s)
}

// waits takes a connection that is not accepted yet.
func (q *acceptQueue) waits(s *rows.Socket) {
	q.rows++
	if len(q.evidence) < MaxEvidence-1 {
		q.evidence = append(q.evidence, SocketEvidence(s))
	}
	if inState(s, parser.CloseWait) {
		q.closed++
		if len(q.gone) < MaxEvidence-1 {
			q.gone = append(q.gone, SocketEvidence(s))
		}
	}
}

// proof is the listener and what waits at it.
func (q *acceptQueue) proof(waiting []Evidence) []Evidence {
	if q.listener.Text == "" {
		return waiting
	}
	return append([]Evidence{q.listener}, waiting...)
}

// hungUp adds to a sentence that clients have given up.
func (q *acceptQueue) hungUp() string {
	if q.closed == 0 {
		return ""
	}
	return ", and " + number(float64(q.closed)) + " of the clients have given up already"
}
