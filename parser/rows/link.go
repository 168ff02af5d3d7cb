package rows

import (
	"iter"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// A Packet is a packet socket, which sees frames as they are on the link: a row
// of proc/net/packet.
type Packet struct {
	TypeNumber     uint64             `json:"type_number" csv:"type_number" from:"Type" doc:"SOCK_* of the kernel"`
	Type           string             `json:"type" csv:"type" head:"Type" show:"key" doc:"RAW, DGRAM, PACKET (old programs) or UNKNOWN"`
	ProtocolNumber uint64             `json:"protocol_number" csv:"protocol_number" head:"Proto" show:"5" from:"Proto" doc:"ethertype that the socket sees; 3 is every one, 0 none"`
	Protocol       parser.Opt[string] `json:"protocol" csv:"protocol" head:"Protocol" show:"key" doc:"its name, without ETH_P_; ALL sees every frame, as a sniffer does"`
	IfIndex        parser.Opt[uint64] `json:"ifindex" csv:"ifindex" head:"IfIndex" show:"4" from:"Iface" doc:"number of the interface; 0 is any; null if it is gone"`
	Interface      parser.Opt[string] `json:"interface" csv:"interface" head:"Iface" show:"key" doc:"its name, if igmp, igmp6 or if_inet6 of the capture tell it"`
	Running        bool               `json:"running" csv:"running" head:"Running" show:"3" from:"R" doc:"the socket receives"`
	RecvQ          uint64             `json:"recv_q_bytes" csv:"recv_q_bytes" head:"Recv-Q" show:"key" unit:"bytes" from:"Rmem" doc:"buffers that hold what the program has not read"`
	UID            uint64             `json:"uid" csv:"uid" head:"UID" show:"4" from:"User" doc:"of the socket's owner"`
	User           parser.Opt[string] `json:"user" csv:"user" head:"User" show:"3" from:"etc/passwd" cut:"yes" doc:"its name; null with -n"`
	Inode          uint64             `json:"inode" csv:"inode" head:"Inode" show:"6" from:"Inode" doc:"of the socket"`
	Holder
	RefCount int64              `json:"refcount" csv:"refcount" from:"RefCnt" doc:"references to the kernel's socket"`
	Pointer  parser.Opt[string] `json:"kernel_pointer" csv:"kernel_pointer" from:"sk" doc:"address of the kernel's socket, hexadecimal, often hashed; null if the kernel prints zeros"`

	Origin
}

// Packets yields the packet sockets.
func (r *Reader) Packets() iter.Seq[Packet] {
	return func(yield func(Packet) bool) {
		t := r.Snapshot.Packet()
		if !usable(r, t, r.asked(query.ByName)) {
			return
		}
		r.prepareHolders()
		for s := range good(r, t) {
			row := Packet{
				TypeNumber: uint64(s.Type), Type: words.PacketType(s.Type),
				ProtocolNumber: uint64(s.Protocol), Protocol: text(words.EtherType(s.Protocol)),
				IfIndex: found(uint64(s.IfIndex), s.IfIndex >= 0), Interface: r.ifName(s.IfIndex), Running: s.Running, RecvQ: s.RecvQ,
				UID: uint64(s.UID), User: r.user(s.UID), Inode: s.Inode,
				RefCount: s.RefCount, Pointer: pointer(s.Pointer, nil), Origin: r.origin(t.File, s.Line),
			}
			row.Holder = r.holder(s.Inode, nil, "")
			if !yield(row) {
				return
			}
		}
	}
}

// maxIfNames bounds what a hostile table can make us hold.
const maxIfNames = 1 << 16

// ifName names an interface by its number.
func (r *Reader) ifName(index int64) parser.Opt[string] {
	if index <= 0 || !r.wants("interface") {
		return parser.Opt[string]{}
	}
	if r.ifNames == nil {
		r.ifNames = map[uint64]string{}
		r.learn(r.Snapshot.IGMP())
		r.learn(r.Snapshot.IGMP6())
		for a := range snapshot.Good(r.Snapshot.IfInet6().Rows(), func(error) {}) {
			if len(r.ifNames) < maxIfNames {
				r.ifNames[uint64(a.IfIndex)] = a.Iface
			}
		}
	}
	return text(r.ifNames[uint64(index)])
}

func (r *Reader) learn(t snapshot.Table[parser.Group]) {
	for g := range snapshot.Good(t.Rows(), func(error) {}) {
		if index, ok := g.IfIndex.Get(); ok && len(r.ifNames) < maxIfNames {
			r.ifNames[uint64(index)] = g.Iface
		}
	}
}

// A Netlink is a netlink socket: a row of proc/net/netlink.
type Netlink struct {
	ProtocolNumber uint64             `json:"protocol_number" csv:"protocol_number" from:"Eth" doc:"NETLINK_* of include/uapi/linux/netlink.h"`
	Protocol       parser.Opt[string] `json:"protocol" csv:"protocol" head:"Protocol" show:"key" doc:"its name, without NETLINK_"`
	PortID         int64              `json:"port_id" csv:"port_id" head:"PortID" show:"key" from:"Pid" doc:"the socket's address: often, but not always, the process; 0 is the kernel"`
	Groups         uint64             `json:"groups" csv:"groups" head:"Groups" show:"4" from:"Groups" doc:"bits of the first 32 multicast groups that it has joined"`
	RecvQ          int64              `json:"recv_q_bytes" csv:"recv_q_bytes" head:"Recv-Q" show:"key" unit:"bytes" from:"Rmem" doc:"buffers that hold what the program has not read"`
	SendQ          int64              `json:"send_q_bytes" csv:"send_q_bytes" head:"Send-Q" show:"key" unit:"bytes" from:"Wmem" doc:"buffers that wait to be sent"`
	Dumping        parser.Opt[bool]   `json:"dumping" csv:"dumping" head:"Dump" show:"5" from:"Dump" doc:"a dump is under way"`
	Drops          parser.Opt[uint64] `json:"drops" csv:"drops" head:"Drops" show:"1" unit:"messages" from:"Drops" doc:"messages lost because the buffer was full; null before Linux 2.6.3x"`
	Inode          parser.Opt[uint64] `json:"inode" csv:"inode" head:"Inode" show:"6" from:"Inode" doc:"of the socket; null for old kernels"`
	Holder
	RefCount int64              `json:"refcount" csv:"refcount" from:"Locks" doc:"references to the kernel's socket"`
	Pointer  parser.Opt[string] `json:"kernel_pointer" csv:"kernel_pointer" from:"sk" doc:"address of the kernel's socket, hexadecimal, often hashed; null if the kernel prints zeros"`

	Origin
}

// NetlinkSockets yields the netlink sockets.
func (r *Reader) NetlinkSockets() iter.Seq[Netlink] {
	return func(yield func(Netlink) bool) {
		t := r.Snapshot.Netlink()
		if !usable(r, t, r.asked(query.ByName)) {
			return
		}
		r.prepareHolders()
		for s := range good(r, t) {
			row := Netlink{
				ProtocolNumber: uint64(s.Protocol), Protocol: text(words.NetlinkProtocol(s.Protocol)),
				PortID: s.PortID, Groups: uint64(s.Groups), RecvQ: s.RecvQ, SendQ: s.SendQ, Dumping: s.Dumping,
				Drops: s.Drops, Inode: s.Inode, RefCount: s.RefCount, Pointer: pointer(s.Pointer, nil),
				Origin: r.origin(t.File, s.Line),
			}
			if inode, ok := s.Inode.Get(); ok {
				row.Holder = r.holder(inode, nil, "")
			}
			if !yield(row) {
				return
			}
		}
	}
}
