package snapshot

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/coldstat/coldstat/parser"
)

// fromTables takes IPv6 addresses from if_inet6 and works out IPv4 ones from the
// routing tables: fib_trie has the local addresses without interfaces, and the
// connected routes of the main table have the interface and the netmask.
func (c *composer) fromTables() {
	six := c.IfInet6()
	if six.State == Present {
		for _, i := range c.byName {
			i.Addrs6, i.From.Addrs6 = nil, six.File // the kernel's file wins
		}
	}
	for a := range Good(six.Rows(), c.bad) {
		if i := c.byName[a.Iface]; i != nil {
			i.Addrs6 = append(i.Addrs6, a)
		}
	}
	fib := open(c.Snapshot, "proc/net/fib_trie", parser.FibTrie)
	if fib.State != Present {
		return
	}
	networks := connectedNetworks(Good(c.Routes().Rows(), func(error) {}))
	seen := map[netip.Addr]bool{}
	for e := range Good(fib.Rows(), c.bad) {
		if e.Type != "LOCAL" || e.Prefix.Bits() != 32 || seen[e.Prefix.Addr()] {
			continue
		}
		seen[e.Prefix.Addr()] = true
		c.placeAddr(networks, e.Prefix.Addr(), fib.File)
	}
}

// networks finds the interfaces of connected routes by netmask and destination,
// longest netmask first.
type networks struct {
	masks  []netip.Addr
	ifaces map[[2]netip.Addr][]string
}

func connectedNetworks(routes iter.Seq[parser.Route]) networks {
	n := networks{ifaces: map[[2]netip.Addr][]string{}}
	for r := range routes {
		if r.Flags&(parser.RouteUp|parser.RouteGateway|parser.RouteReject) != parser.RouteUp {
			continue // not connected
		}
		if m := number(r.Genmask); m == 0 || !contiguous(m) {
			continue // a default route says nothing of addresses
		}
		key := [2]netip.Addr{r.Genmask, r.Destination}
		if !slices.Contains(n.ifaces[key], r.Iface) && len(n.ifaces[key]) < 2 {
			n.ifaces[key] = append(n.ifaces[key], r.Iface)
		}
		if !slices.Contains(n.masks, r.Genmask) { // 32 at most
			n.masks = append(n.masks, r.Genmask)
		}
	}
	slices.SortFunc(n.masks, func(a, b netip.Addr) int { return b.Compare(a) })
	return n
}

// of gives the netmask and the interface of an address. If two interfaces share
// its network it may be either's, and none is given.
func (n networks) of(a netip.Addr) (netmask netip.Addr, iface string) {
	for _, mask := range n.masks {
		if ifaces := n.ifaces[[2]netip.Addr{mask, masked(a, mask)}]; len(ifaces) > 0 {
			if len(ifaces) == 1 {
				return mask, ifaces[0]
			}
			break
		}
	}
	return netip.Addr{}, ""
}

func masked(a, mask netip.Addr) netip.Addr {
	b, m := a.As4(), mask.As4()
	for i := range b {
		b[i] &= m[i]
	}
	return netip.AddrFrom4(b)
}

// placeAddr gives a local address to its interface, unless a command printed those
// of the interface.
func (c *composer) placeAddr(connected networks, a netip.Addr, from string) {
	mask, name := connected.of(a)
	if a.IsLoopback() {
		// lo's network is in the local table only, as 127.0.0.0/8.
		mask, name = netip.AddrFrom4([4]byte{255, 0, 0, 0}), "lo"
	}
	if i := c.byName[name]; i != nil && (i.From.Addrs == "" || i.From.Addrs == from) {
		i.Addrs = append(i.Addrs, Addr4{Addr: a, Netmask: parser.Some(mask)})
		i.AddrsKnown, i.From.Addrs = true, from
	}
}

func number(a netip.Addr) uint32 {
	b := a.As4()
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}
