package top

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// A Dimension is something that sockets can be grouped by.
type Dimension struct {
	// Name is how it is called on the command line.
	Name, Doc string
	// Columns are those of a group that it fills; the first tells it apart from others.
	Columns []string

	needs []string // columns of a socket
	set   func(k *rows.SocketKey, s *rows.Socket)
}

// Same reports whether another dimension says the same of a group: a group has one subnet.
func (d Dimension) Same(other Dimension) bool { return d.Columns[0] == other.Columns[0] }

// dimensions is THE list of what sockets can be grouped by. A subnet is one more, with a
// length behind its name.
var dimensions = []Dimension{
	{"remote", "the foreign address", []string{"remote_address", "remote_host"}, []string{"remote_address", "remote_host"},
		func(k *rows.SocketKey, s *rows.Socket) { k.RemoteAddress = s.RemoteAddress }},
	{"remote-port", "the foreign port", []string{"remote_port", "remote_service"}, []string{"remote_port", "remote_service"},
		func(k *rows.SocketKey, s *rows.Socket) { k.RemotePort = s.RemotePort }},
	{"local", "the local address", []string{"local_address"}, []string{"local_address"},
		func(k *rows.SocketKey, s *rows.Socket) { k.LocalAddress = s.LocalAddress }},
	{"local-port", "the local port", []string{"local_port", "local_service"}, []string{"local_port", "local_service"},
		func(k *rows.SocketKey, s *rows.Socket) { k.LocalPort = s.LocalPort }},
	{"state", "the state", []string{"state"}, nil,
		func(k *rows.SocketKey, s *rows.Socket) { k.State = parser.Text(s.State) }},
	{"program", "the name of the program", []string{"program"}, []string{"program"},
		func(k *rows.SocketKey, s *rows.Socket) { k.Program = s.Program }},
	{"pid", "the process, with the name of its program", []string{"pid", "program"}, []string{"pid", "program"},
		func(k *rows.SocketKey, s *rows.Socket) { k.PID, k.Program = s.PID, s.Program }},
	{"user", "the owner's uid", []string{"uid", "user"}, []string{"uid", "user"},
		func(k *rows.SocketKey, s *rows.Socket) { k.UID = s.UID }},
	{"protocol", "tcp, tcp6, udp, ...", []string{"protocol"}, nil,
		func(k *rows.SocketKey, s *rows.Socket) { k.Protocol = parser.Text(s.Protocol) }},
	{"host", "the captured machine", []string{"host"}, nil,
		func(k *rows.SocketKey, s *rows.Socket) { k.Host = s.Host }},
	{"netns", "the network namespace", []string{"netns"}, nil,
		func(k *rows.SocketKey, s *rows.Socket) { k.NetNS = s.NetNS }},
}

// SubnetName is how a subnet is called, in the list of names.
const SubnetName = "subnet/24"

// The prefix of IPv6 networks is this long unless it is asked for otherwise.
const defaultPrefix6 = 64

// Names lists the names of what there is to group by.
func Names() (names []string) {
	for _, d := range dimensions {
		names = append(names, d.Name)
	}
	return append(names, SubnetName)
}

// By finds a dimension. Subnets are subnet/24, whose IPv6 networks are those of a link,
// /64, or with both lengths subnet/24/48.
func By(name string) (Dimension, error) {
	for _, d := range dimensions {
		if d.Name == name {
			return d, nil
		}
	}
	lengths, ok := strings.CutPrefix(name, "subnet/")
	if !ok {
		return Dimension{}, fmt.Errorf("%q is none of %s", name, strings.Join(Names(), ", "))
	}
	text4, text6, both := strings.Cut(lengths, "/")
	bits4, err4 := strconv.ParseUint(text4, 10, 8)
	bits6, err6 := uint64(defaultPrefix6), error(nil)
	if both {
		bits6, err6 = strconv.ParseUint(text6, 10, 8)
	}
	if err4 != nil || err6 != nil || bits4 > 32 || bits6 > 128 {
		return Dimension{}, fmt.Errorf("%q is no subnet: lengths are 0 to 32 for IPv4 and, behind it, 0 to 128 for IPv6: subnet/24 or subnet/24/64", name)
	}
	return subnet(name, int(bits4), int(bits6)), nil
}

// subnet groups by the network of the foreign address. One address in two forms, as an
// IPv4 connection of an IPv6 socket has it, is one.
func subnet(name string, bits4, bits6 int) Dimension {
	return Dimension{
		Name: name, Doc: "the network of the foreign address", Columns: []string{"remote_subnet"}, needs: []string{"remote_address"},
		set: func(k *rows.SocketKey, s *rows.Socket) {
			a, ok := s.RemoteAddress.Get()
			if !ok {
				return
			}
			if p, err := prefix(a.Unmap().WithZone(""), bits4, bits6); err == nil {
				k.Subnet = parser.Some(p.String())
			}
		},
	}
}

func prefix(a netip.Addr, bits4, bits6 int) (netip.Prefix, error) {
	if a.Is4() {
		return a.Prefix(bits4)
	}
	return a.Prefix(bits6)
}
