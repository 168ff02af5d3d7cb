package parser

import (
	"io"
	"iter"
)

// Netrom decodes /proc/net/nr, written by nr_info_show (net/netrom/af_netrom.c),
// in file order, with errors as [Inet] yields them.
func Netrom(file string, r io.Reader, _ Options) iter.Seq2[PacketSocket, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) PacketSocket {
		s := PacketSocket{Line: line}
		s.User = string(c.token("user_addr"))
		s.Dest = string(c.token("dest_node"))
		s.Source = string(c.token("src_node"))
		s.Device = string(c.token("dev"))
		c.skip("my", "your")
		s.State = uint8(c.dec("st", 8))
		s.VS, s.VR = c.sdec("vs"), c.sdec("vr")
		c.skip("va", "t1", "t2", "t4", "idle", "n2", "wnd")
		s.SendQ, s.RecvQ = c.sdec("Snd-Q"), c.sdec("Rcv-Q")
		return s
	})
}

// A NetromNode is one row of /proc/net/nr_nodes, written by nr_node_show
// (net/netrom/nr_route.c).
type NetromNode struct {
	Line int // 1-based line in the file

	Callsign string
	Mnemonic string        // "*" for none
	Which    int           // the one of Routes that is in use, from 1
	Routes   []NetromRoute // up to three
}

// A NetromRoute is a way to a node.
type NetromRoute struct {
	Quality   uint8
	Obsolete  uint8  // how many more broadcasts it is kept
	Neighbour uint32 // number of the NetromNeighbour
}

// NetromNodes decodes /proc/net/nr_nodes in file order, with errors as [Inet]
// yields them.
func NetromNodes(file string, r io.Reader, _ Options) iter.Seq2[NetromNode, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) NetromNode {
		n := NetromNode{Line: line}
		n.Callsign = string(c.token("callsign"))
		n.Mnemonic = string(c.token("mnemonic"))
		n.Which = int(c.dec("w", 8))
		for range c.dec("n", 8) {
			if c.err != nil {
				break
			}
			n.Routes = append(n.Routes, NetromRoute{
				Quality:   uint8(c.dec("qual", 8)),
				Obsolete:  uint8(c.dec("obs", 8)),
				Neighbour: uint32(c.dec("neigh", 32)),
			})
		}
		return n
	})
}

// A RadioNeighbour is one row of /proc/net/nr_neigh or rose_neigh: the number by
// which other files know a neighbour, its call sign and the device.
type RadioNeighbour struct {
	Line int // 1-based line in the file

	Number   uint32
	Callsign string
	Device   string // "???" for none
}

// NetromNeighbours decodes /proc/net/nr_neigh, written by nr_neigh_show
// (net/netrom/nr_route.c), in file order, with errors as [Inet] yields them.
func NetromNeighbours(file string, r io.Reader, _ Options) iter.Seq2[RadioNeighbour, error] {
	return radioNeighbours(file, r)
}

func radioNeighbours(file string, r io.Reader) iter.Seq2[RadioNeighbour, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) RadioNeighbour {
		return RadioNeighbour{
			Line:     line,
			Number:   uint32(c.dec("addr", 32)),
			Callsign: string(c.token("callsign")),
			Device:   string(c.token("dev")),
		}
	})
}
