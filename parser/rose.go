package parser

import (
	"io"
	"iter"
)

// Rose decodes /proc/net/rose, written by rose_info_show (net/rose/af_rose.c),
// in file order, with errors as [Inet] yields them. Its sockets have no queue
// lengths here: the columns stand behind what is read.
func Rose(file string, r io.Reader, _ Options) iter.Seq2[PacketSocket, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) PacketSocket {
		s := PacketSocket{Line: line}
		s.Dest = string(c.token("dest_addr"))
		s.DestCall = string(c.token("dest_call"))
		s.Source = string(c.token("src_addr"))
		s.SourceCall = string(c.token("src_call"))
		s.Device = string(c.token("dev"))
		s.LCI = uint16(c.hex("lci", 16))
		s.Neighbour = uint32(c.dec("neigh", 32))
		s.State = uint8(c.dec("st", 8))
		return s
	})
}

// A RoseNode is one row of /proc/net/rose_nodes, written by rose_node_show
// (net/rose/rose_route.c): a part of the addresses and the ways there.
type RoseNode struct {
	Line int // 1-based line in the file

	Address    string // ten digits
	Digits     uint8  // how many of them count
	Neighbours []uint32
	Loopback   bool // the node is this machine: there is no neighbour
}

// RoseNodes decodes /proc/net/rose_nodes in file order, with errors as [Inet]
// yields them.
func RoseNodes(file string, r io.Reader, _ Options) iter.Seq2[RoseNode, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) RoseNode {
		n := RoseNode{Line: line}
		n.Address = string(c.token("address"))
		n.Digits = uint8(c.dec("mask", 8))
		for range c.dec("n", 8) {
			if c.err != nil {
				break
			}
			if !c.done() && c.b[c.pos] == 'l' {
				c.token("neigh")
				n.Loopback = true
				break
			}
			n.Neighbours = append(n.Neighbours, uint32(c.dec("neigh", 32)))
		}
		return n
	})
}

// RoseNeighbours decodes /proc/net/rose_neigh, written by rose_neigh_show
// (net/rose/rose_route.c), in file order, with errors as [Inet] yields them.
func RoseNeighbours(file string, r io.Reader, _ Options) iter.Seq2[RadioNeighbour, error] {
	return radioNeighbours(file, r)
}
