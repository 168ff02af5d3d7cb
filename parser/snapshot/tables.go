package snapshot

import "github.com/coldstat/coldstat/parser"

// Packet is proc/net/packet.
func (s *Snapshot) Packet() Table[parser.LinkSocket] {
	return open(s, "proc/net/packet", parser.Packet)
}

// Netlink is proc/net/netlink.
func (s *Snapshot) Netlink() Table[parser.NetlinkSocket] {
	return open(s, "proc/net/netlink", parser.Netlink)
}

// ARP is proc/net/arp.
func (s *Snapshot) ARP() Table[parser.ARPEntry] { return open(s, "proc/net/arp", parser.ARP) }

// Counters is one of the files of counters, by its path.
func (s *Snapshot) Counters(file string) Table[parser.Counter] {
	return open(s, file, counterFiles[file])
}

// counterFiles are the files of counters.
var counterFiles = map[string]decoder[parser.Counter]{
	"proc/net/snmp":      parser.SNMP,
	"proc/net/netstat":   parser.SNMP,
	"proc/net/sctp/snmp": parser.SCTPSNMP,
	"proc/net/snmp6":     parser.SNMP6,
	"proc/net/sockstat":  parser.Sockstat,
	"proc/net/sockstat6": parser.Sockstat,
}

// IGMP is proc/net/igmp.
func (s *Snapshot) IGMP() Table[parser.Group] { return open(s, "proc/net/igmp", parser.IGMP) }

// IGMP6 is proc/net/igmp6.
func (s *Snapshot) IGMP6() Table[parser.Group] { return open(s, "proc/net/igmp6", parser.IGMP6) }

// IfInet6 is proc/net/if_inet6.
func (s *Snapshot) IfInet6() Table[parser.Inet6Addr] {
	return open(s, "proc/net/if_inet6", parser.IfInet6)
}

// Masquerades is proc/net/ip_masquerade.
func (s *Snapshot) Masquerades() Table[parser.Masquerade] {
	return open(s, "proc/net/ip_masquerade", parser.Masquerades)
}

// Conntracks is proc/net/nf_conntrack, or proc/net/ip_conntrack of old kernels, which
// have the other one as well or not.
func (s *Snapshot) Conntracks() Table[parser.Conntrack] {
	return either(s, "proc/net/nf_conntrack", "proc/net/ip_conntrack", parser.Conntracks)
}

// CachedRoutes is proc/net/rt_cache.
func (s *Snapshot) CachedRoutes() Table[parser.CachedRoute] {
	return open(s, "proc/net/rt_cache", parser.CachedRoutes)
}

// Neighbours6 is proc/net/ndisc.
func (s *Snapshot) Neighbours6() Table[parser.Neighbour] {
	return open(s, "proc/net/ndisc", parser.Neighbours6)
}

// IPX is proc/net/ipx/socket, or proc/net/ipx of old kernels.
func (s *Snapshot) IPX() Table[parser.IPXSocket] {
	return either(s, "proc/net/ipx/socket", "proc/net/ipx", parser.IPX)
}

// IPXRoutes is proc/net/ipx/route, or proc/net/ipx_route of old kernels.
func (s *Snapshot) IPXRoutes() Table[parser.IPXRoute] {
	return either(s, "proc/net/ipx/route", "proc/net/ipx_route", parser.IPXRoutes)
}

// AX25 is proc/net/ax25.
func (s *Snapshot) AX25() Table[parser.PacketSocket] { return open(s, "proc/net/ax25", parser.AX25) }

// AX25Routes is proc/net/ax25_route.
func (s *Snapshot) AX25Routes() Table[parser.AX25Route] {
	return open(s, "proc/net/ax25_route", parser.AX25Routes)
}

// X25 is proc/net/x25/socket, or proc/net/x25 of old kernels.
func (s *Snapshot) X25() Table[parser.PacketSocket] {
	return either(s, "proc/net/x25/socket", "proc/net/x25", parser.X25)
}

// X25Routes is proc/net/x25/route, or proc/net/x25_routes of old kernels.
func (s *Snapshot) X25Routes() Table[parser.X25Route] {
	return either(s, "proc/net/x25/route", "proc/net/x25_routes", parser.X25Routes)
}

// Netrom is proc/net/nr.
func (s *Snapshot) Netrom() Table[parser.PacketSocket] { return open(s, "proc/net/nr", parser.Netrom) }

// NetromNodes is proc/net/nr_nodes.
func (s *Snapshot) NetromNodes() Table[parser.NetromNode] {
	return open(s, "proc/net/nr_nodes", parser.NetromNodes)
}

// NetromNeighbours is proc/net/nr_neigh.
func (s *Snapshot) NetromNeighbours() Table[parser.RadioNeighbour] {
	return open(s, "proc/net/nr_neigh", parser.NetromNeighbours)
}

// Rose is proc/net/rose.
func (s *Snapshot) Rose() Table[parser.PacketSocket] { return open(s, "proc/net/rose", parser.Rose) }

// RoseNodes is proc/net/rose_nodes.
func (s *Snapshot) RoseNodes() Table[parser.RoseNode] {
	return open(s, "proc/net/rose_nodes", parser.RoseNodes)
}

// RoseNeighbours is proc/net/rose_neigh.
func (s *Snapshot) RoseNeighbours() Table[parser.RadioNeighbour] {
	return open(s, "proc/net/rose_neigh", parser.RoseNeighbours)
}

// AtalkRoutes is proc/net/atalk/route, or proc/net/atalk_route of old kernels.
func (s *Snapshot) AtalkRoutes() Table[parser.AtalkRoute] {
	return either(s, "proc/net/atalk/route", "proc/net/atalk_route", parser.AtalkRoutes)
}

// either opens the file by the name that it has on newer kernels, or by the old
// one, which may be a directory on newer ones. If there is neither, the table
// is that of the new name.
func either[T any](s *Snapshot, name, old string, decode decoder[T]) Table[T] {
	t := open(s, name, decode)
	if t.State == Absent || t.State == Failed {
		if o := open(s, old, decode); o.State == Present || o.State == Empty {
			return o
		}
	}
	return t
}

// FibTrie is proc/net/fib_trie.
func (s *Snapshot) FibTrie() Table[parser.FibEntry] {
	return open(s, "proc/net/fib_trie", parser.FibTrie)
}

// Softnets is proc/net/softnet_stat.
func (s *Snapshot) Softnets() Table[parser.Softnet] {
	return open(s, "proc/net/softnet_stat", parser.Softnets)
}

// CPUStats is a file of proc/net/stat, by its path.
func (s *Snapshot) CPUStats(file string) Table[parser.CPUStat] {
	return open(s, file, parser.CPUStats)
}
