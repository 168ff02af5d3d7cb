package render

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// rareRoutes writes the routing table of a family other than IPv4 and IPv6 (12).
func (n *netstat) rareRoutes(f query.Family) bool {
	switch f {
	case query.AX25:
		return routeTable(n, n.Snapshot.AX25Routes(), "AX.25 not configured in this system.\n",
			"Kernel AX.25 routing table\nDestination  Iface    Use\n", appendAX25Route)
	case query.X25:
		return routeTable(n, n.Snapshot.X25Routes(), "X.25 not configured in this system.\n",
			"Kernel X.25 routing table\nDestination          Iface\n", appendX25Route)
	case query.IPX:
		return routeTable(n, n.Snapshot.IPXRoutes(),
			"IPX routing not in file /proc/net/ipx/route or /proc/net/ipx_route found.\n",
			"Kernel IPX routing table\nDestination               Router Net                Router Node\n", appendIPXRoute)
	case query.DDP:
		return routeTable(n, n.Snapshot.AtalkRoutes(), "",
			"Destination     Gateway         Device          Flags\n", appendAtalkRoute)
	case query.Netrom:
		return n.netromRoutes()
	case query.Rose:
		return n.roseRoutes()
	}
	return false
}

// routeTable writes a table of one file. netstat says on stdout, for some of
// the families, that the file is missing.
func routeTable[T any](n *netstat, t snapshot.Table[T], missing, heading string, appendRow func([]byte, *T) []byte) bool {
	usable(n, t, query.ByName)
	if t.State != snapshot.Present && t.State != snapshot.Empty {
		n.text(missing)
		return false
	}
	n.text(heading)
	for r := range good(n, t) {
		n.buf = append(appendRow(n.buf, &r), '\n')
	}
	return true
}

// appendAX25Route: netstat cuts the interface to four bytes, and takes for the
// use count what is the mode, which is no number: zero.
func appendAX25Route(b []byte, r *parser.AX25Route) []byte {
	b = append(safeLeft(b, r.Destination, 9), "    "...)
	b = append(safeLeft(b, r.Device[:min(len(r.Device), 4)], 5), "  "...)
	return right(b, "0", 5)
}

func appendX25Route(b []byte, r *parser.X25Route) []byte {
	device := r.Device[:min(len(r.Device), 10)] // cut in netstat too
	if r.Address == "" || r.Digits == 0 {
		return safeLeft(append(b, "*                    "...), device, 5)
	}
	from := len(b)
	b = append(words.AppendSafe(b, r.Address[:min(len(r.Address), int(r.Digits))]), '/')
	b = append(pad(leftUint(b, uint64(r.Digits), 0), from, 18), "   "...)
	return safeLeft(b, device, 5)
}

// appendIPXRoute: a network without a router reads "Directly Connected" in the
// file, which netstat turns into numbers that mean nothing.
func appendIPXRoute(b []byte, r *parser.IPXRoute) []byte {
	b = append(left(b, ipxNet(r.Net), 25), ' ')
	if r.Direct {
		b = append(left(b, "Directly", 25), ' ')
		return left(b, "Connected", 25)
	}
	b = append(left(b, ipxNet(r.RouterNet), 25), ' ')
	from := len(b)
	return pad(appendIPXNode(b, 0, r.RouterNode), from, 25)
}

func ipxNet(net uint32) string {
	if net == 0 {
		return ""
	}
	return fmt.Sprintf("%08X", net)
}

func appendAtalkRoute(b []byte, r *parser.AtalkRoute) []byte {
	b = safeLeft(b, r.Target, 16)
	b = safeLeft(b, r.Router, 16)
	b = safeLeft(b, r.Device, 16)
	return words.AppendLetters(b, uint32(r.Flags), words.AtalkFlags)
}

// neighbours reads a table of neighbours by their number.
func (n *netstat) neighbours(t snapshot.Table[parser.RadioNeighbour]) map[uint32]parser.RadioNeighbour {
	m := make(map[uint32]parser.RadioNeighbour)
	for r := range good(n, t) {
		if len(m) < maxNeighbours {
			m[r.Number] = r
		}
	}
	return m
}

// maxNeighbours bounds what a hostile file can make us hold. The kernel numbers
// neighbours with 16 bits.
const maxNeighbours = 1 << 16

// netromRoutes writes the nodes of NET/ROM with the neighbour that is in use.
func (n *netstat) netromRoutes() bool {
	nodes, neighbours := n.Snapshot.NetromNodes(), n.Snapshot.NetromNeighbours()
	usable(n, neighbours, query.ByName)
	if nodes.State == snapshot.Absent || neighbours.State == snapshot.Absent {
		usable(n, nodes, query.ByName)
		n.text("NET/ROM not configured in this system.\n")
		return false
	}
	known := n.neighbours(neighbours)
	return routeTable(n, nodes, "", "Kernel NET/ROM routing table\nDestination  Mnemonic  Quality  Neighbour  Iface\n",
		func(b []byte, r *parser.NetromNode) []byte {
			b = append(safeLeft(b, r.Callsign, 9), "    "...)
			b = append(safeLeft(b, r.Mnemonic, 7), "   "...)
			if r.Which < 1 || r.Which > len(r.Routes) {
				return append(b, "  -      -          -"...)
			}
			route := r.Routes[r.Which-1]
			b = append(rightUint(b, uint64(route.Quality), 3), "      "...)
			via, ok := known[route.Neighbour]
			if !ok {
				return append(b, "-          -"...)
			}
			b = append(safeLeft(b, via.Callsign, 9), "  "...)
			return safeLeft(b, via.Device[:min(len(via.Device), 4)], 4) // cut in netstat too
		})
}

// roseRoutes writes the nodes of ROSE with all their neighbours.
func (n *netstat) roseRoutes() bool {
	nodes, neighbours := n.Snapshot.RoseNodes(), n.Snapshot.RoseNeighbours()
	usable(n, neighbours, query.ByName)
	if nodes.State == snapshot.Absent || neighbours.State == snapshot.Absent {
		usable(n, nodes, query.ByName)
		return false
	}
	known := n.neighbours(neighbours)
	return routeTable(n, nodes, "", "Kernel ROSE routing table\n"+
		"Destination  neigh1 callsign  device  neigh2 callsign  device  neigh3 callsign  device\n",
		func(b []byte, r *parser.RoseNode) []byte {
			b = append(safeLeft(b, r.Address, 10), "   "...)
			if r.Loopback {
				return append(b, "00000  "...)
			}
			for _, number := range r.Neighbours {
				b = fmt.Appendf(b, "%05d  ", number)
				if via, ok := known[number]; ok {
					b = append(safeLeft(b, via.Callsign, 10), "   "...)
					b = safeLeft(b, via.Device[:min(len(via.Device), 5)], 5) // cut in netstat too
				}
			}
			return b
		})
}
