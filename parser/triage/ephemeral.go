package triage

import (
	"math/bits"
	"net/netip"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A portRange is what the kernel takes ports from for connections that ask for none.
type portRange struct {
	first, last uint64
	reserved    *portSet // those that it may not take
	size        int      // without them
	from        string   // a file, or "the kernel's default"
}

// A portSet has a bit for each port.
type portSet [1 << 16 / 64]uint64

func (p *portSet) add(port uint64) { p[port>>6&(1<<10-1)] |= 1 << (port & 63) }

func (p *portSet) has(port uint64) bool { return port < 1<<16 && p[port>>6]>>(port&63)&1 != 0 }

func (p *portSet) count() (n int) {
	for _, w := range p {
		n += bits.OnesCount64(w)
	}
	return n
}

func (r *portRange) has(port uint64) bool {
	return r.first <= port && port <= r.last && !r.reserved.has(port)
}

// String is the range as people write it.
func (r *portRange) String() string { return port(r.first) + "-" + port(r.last) }

const (
	rangeSetting    = "net.ipv4.ip_local_port_range"
	reservedSetting = "net.ipv4.ip_local_reserved_ports"
)

// ephemeralRange reads the range. ok is false if the capture has one that no kernel takes.
func (h *Host) ephemeralRange() (r *portRange, ok bool) {
	v, ok := h.Setting(rangeSetting)
	if !ok {
		return nil, false
	}
	first, ok1 := v.Number(0)
	last, ok2 := v.Number(1)
	if !ok1 || !ok2 || first < 1 || first > last || last > 1<<16-1 {
		return nil, false
	}
	r = &portRange{first: first, last: last, reserved: new(portSet), from: v.Source()}
	if v, ok := h.Setting(reservedSetting); ok {
		r.reserve(v.Text)
	}
	for p := first; p <= last; p++ {
		if r.has(p) {
			r.size++
		}
	}
	return r, r.size > 0
}

// reserve takes a list of ports as the kernel prints it: 8080,9148-9150.
func (r *portRange) reserve(list string) {
	for part := range strings.SplitSeq(list, ",") {
		from, to, ok := strings.Cut(strings.TrimSpace(part), "-")
		if !ok {
			to = from
		}
		a, err1 := strconv.ParseUint(from, 10, 16)
		b, err2 := strconv.ParseUint(to, 10, 16)
		if err1 != nil || err2 != nil {
			continue
		}
		for p := a; p <= b; p++ {
			r.reserved.add(p)
		}
	}
}

// A destination is where connections go, and from which address.
type destination struct {
	local  netip.Addr
	remote netip.AddrPort
}

// An ephemeral gathers the ports of the range that are in use.
type ephemeral struct {
	*portRange
	to    map[destination]*taken
	list  []*taken // of to, in the order in which they were first seen
	more  int      // rows that had no room
	ports portSet  // in use toward whatever
}

// A taken is the ports that one destination takes.
type taken struct {
	destination
	count, waits int        // waits are in TIME_WAIT
	evidence     []Evidence // some, once it takes one in a hundred
}

// maxDestinations is more than maxGroups: a machine that asks many others is not rare.
const maxDestinations = 1 << 17

// see takes a socket. Connections that came in have the listener's port, and need none
// of the range.
func (e *ephemeral) see(s *rows.Socket) {
	p := Of(s.LocalPort)
	if !e.has(p) || s.State == "LISTEN" || incoming(s) || Of(s.RemotePort) == 0 {
		return
	}
	e.ports.add(p)
	local, _ := s.LocalAddress.Get()
	key := destination{local, remoteOf(s)}
	t, ok := e.to[key]
	if !ok {
		if len(e.list) >= maxDestinations {
			e.more++
			return
		}
		if e.to == nil {
			e.to = map[destination]*taken{}
		}
		t = &taken{destination: key}
		e.to[key], e.list = t, append(e.list, t)
	}
	t.count++
	if s.State == "TIME_WAIT" {
		t.waits++
	}
	if 100*t.count >= e.size && len(t.evidence) < MaxEvidence {
		t.evidence = append(t.evidence, SocketEvidence(s))
	}
}

// share is the part of the ports that a destination takes, in percent.
func (e *ephemeral) share(t *taken) float64 { return 100 * float64(t.count) / float64(e.size) }

// doubt says that the range is not the machine's own.
func (r *portRange) doubt(c *Check) {
	if r.from == snapshot.KernelDefault {
		c.Doubt("%s is not in the bundle: the range is the kernel's default", rangeSetting)
	}
}
