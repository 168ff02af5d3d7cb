package triage

import (
	"net/netip"
	"strings"

	"github.com/coldstat/coldstat/parser/rows"
)

// tcpNeed are the files that tell of tcp sockets.
var tcpNeed = Need{"proc/net/tcp", "proc/net/tcp6", "output/ss", "output/netstat"}

// ownerFiles tell which process has a socket.
var ownerFiles = []string{"proc/*/fd/*", "proc/*/cmdline", "output/lsof", "output/ss", "output/netstat"}

// serves reports whether a socket waits for others: a tcp listener, or a udp socket
// that is bound to a port and takes packets from anybody.
func serves(s *rows.Socket) bool {
	port, _ := s.LocalPort.Get()
	switch {
	case port == 0:
		return false
	case IsTCP(s):
		return s.State == "LISTEN"
	}
	peer, _ := s.RemoteAddress.Get()
	return strings.HasPrefix(s.Protocol, "udp") && s.State == "UNCONN" && Of(s.RemotePort) == 0 && (!peer.IsValid() || peer.IsUnspecified())
}

// onWildcard reports whether a socket takes what comes to any address of the machine.
func onWildcard(s *rows.Socket) bool {
	a, ok := s.LocalAddress.Get()
	return ok && a.IsUnspecified()
}

// exposed reports whether other machines than those on a link with the machine may
// reach a socket: not those of loopback addresses and of addresses of a link.
func exposed(s *rows.Socket) bool {
	a, ok := s.LocalAddress.Get()
	return ok && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !a.IsMulticast()
}

// transport is tcp or udp.
func transport(s *rows.Socket) string { return s.Protocol[:len("tcp")] }

// A service is a port that several sockets may have, of IPv4 and IPv6.
type service struct {
	transport string
	port      uint64
}

func serviceOf(s *rows.Socket) service { return service{transport(s), Of(s.LocalPort)} }

func (s service) String() string { return s.transport + " port " + port(s.port) }

// A door is a service that is open.
type door struct {
	holder string // of the first socket
	where  netip.Addr
	four   bool // a socket of IPv4 has the port
}

// doors keep what is said of services. The zero value is ready to use.
type doors struct {
	groups[service]
	of map[service]*door
}

// see adds a socket.
func (d *doors) see(s *rows.Socket) {
	key := serviceOf(s)
	if d.socket(key, s).Count == 0 {
		return // there is no room
	}
	if d.of == nil {
		d.of = map[service]*door{}
	}
	at := d.of[key]
	if at == nil {
		a, _ := s.LocalAddress.Get()
		at = &door{where: a}
		d.of[key] = at
	}
	if at.holder == "" {
		at.holder = strings.Clone(HolderOf(s.Holder))
	}
	at.four = at.four || s.Family == "inet"
}

// by is "nginx (12)", or what is said if it is not known.
func (d *door) by() string {
	if d.holder == "" {
		return "an unknown program"
	}
	return d.holder
}

// atAddress is "on all addresses" or "at 10.0.0.1".
func atAddress(a netip.Addr) string {
	if !a.IsValid() || a.IsUnspecified() {
		return "on all addresses"
	}
	return "at " + a.String()
}
