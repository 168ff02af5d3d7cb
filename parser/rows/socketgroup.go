package rows

import (
	"net/netip"
	"slices"

	"github.com/coldstat/coldstat/parser"
)

// A SocketKey is what the sockets of a group share: only what they are grouped by is
// known. It can be compared, and be the key of a map.
type SocketKey struct {
	Host          parser.Opt[string]     `json:"host" csv:"host" head:"Host" cut:"yes" doc:"the captured machine's name; null if unknown, or if they are not grouped by it, as all of these"`
	NetNS         parser.Opt[string]     `json:"netns" csv:"netns" head:"NetNS" cut:"yes" doc:"the network namespace: its name, or else the kernel's number"`
	Protocol      parser.Opt[string]     `json:"protocol" csv:"protocol" head:"Proto" show:"1" doc:"tcp, tcp6, udp, or another one"`
	State         parser.Opt[string]     `json:"state" csv:"state" head:"State" show:"1" doc:"netstat's word"`
	Program       parser.Opt[string]     `json:"program" csv:"program" head:"Program" show:"1" cut:"yes" doc:"name of the first process that holds the socket; null if none is known"`
	PID           parser.Opt[uint64]     `json:"pid" csv:"pid" head:"PID" show:"1" doc:"the first process that holds the socket"`
	UID           parser.Opt[uint64]     `json:"uid" csv:"uid" head:"UID" show:"1" doc:"of the socket's owner; null for a socket without an inode"`
	LocalAddress  parser.Opt[netip.Addr] `json:"local_address" csv:"local_address" head:"Local Address" show:"1" doc:"0.0.0.0 or :: is any"`
	LocalPort     parser.Opt[uint64]     `json:"local_port" csv:"local_port" head:"Local Port" show:"1" zero:"*" doc:"null for raw sockets"`
	RemoteAddress parser.Opt[netip.Addr] `json:"remote_address" csv:"remote_address" head:"Foreign Address" show:"1" doc:"0.0.0.0 or :: is any"`
	RemotePort    parser.Opt[uint64]     `json:"remote_port" csv:"remote_port" head:"Foreign Port" show:"1" zero:"*" doc:"null for raw sockets"`
	Subnet        parser.Opt[string]     `json:"remote_subnet" csv:"remote_subnet" head:"Foreign Net" show:"1" doc:"network of the foreign address, with the length that was asked for"`
}

// A SocketGroup is a row of `coldstat top`: the sockets that share something.
type SocketGroup struct {
	SocketKey

	User          parser.Opt[string] `json:"user" csv:"user" head:"User" show:"2" cut:"yes" doc:"name of the uid in the capture; null with -n"`
	LocalService  parser.Opt[string] `json:"local_service" csv:"local_service" head:"Service" show:"2" cut:"yes" doc:"name of the local port, if all sockets of the group agree; null with -n"`
	RemoteService parser.Opt[string] `json:"remote_service" csv:"remote_service" head:"Service" show:"2" cut:"yes" doc:"name of the foreign port, likewise"`
	RemoteHost    parser.Opt[string] `json:"remote_host" csv:"remote_host" head:"Foreign Host" show:"2" cut:"yes" doc:"name of the foreign address in the capture, likewise"`

	Sockets uint64              `json:"sockets" csv:"sockets" head:"Sockets" show:"key" doc:"how many there are"`
	Share   parser.Opt[float64] `json:"share_percent" csv:"share_percent" head:"%" show:"key" unit:"percent" doc:"of all sockets that were counted, in tenths"`

	RecvQ          uint64 `json:"recv_q_bytes" csv:"recv_q_bytes" head:"Recv-Q" show:"3" unit:"bytes" doc:"sum of what is known of them"`
	SendQ          uint64 `json:"send_q_bytes" csv:"send_q_bytes" head:"Send-Q" show:"3" unit:"bytes" doc:"sum of what is known of them"`
	Retransmitting uint64 `json:"retransmitting" csv:"retransmitting" head:"Retrans" show:"4" doc:"sockets with a retransmission timeout that nothing was received since"`

	Listen      uint64 `json:"listen" csv:"listen" head:"LISTEN" show:"6" doc:"sockets in this state"`
	Established uint64 `json:"established" csv:"established" head:"ESTAB" show:"5" doc:"sockets in this state"`
	SynSent     uint64 `json:"syn_sent" csv:"syn_sent" head:"SYN_SENT" show:"5" doc:"sockets in this state"`
	SynRecv     uint64 `json:"syn_recv" csv:"syn_recv" head:"SYN_RECV" show:"5" doc:"sockets in this state"`
	FinWait1    uint64 `json:"fin_wait1" csv:"fin_wait1" head:"FIN_WAIT1" show:"7" doc:"sockets in this state"`
	FinWait2    uint64 `json:"fin_wait2" csv:"fin_wait2" head:"FIN_WAIT2" show:"7" doc:"sockets in this state"`
	TimeWait    uint64 `json:"time_wait" csv:"time_wait" head:"TIME_WAIT" show:"6" doc:"sockets in this state"`
	CloseWait   uint64 `json:"close_wait" csv:"close_wait" head:"CLOSE_WAIT" show:"5" doc:"sockets in this state"`
	LastAck     uint64 `json:"last_ack" csv:"last_ack" head:"LAST_ACK" show:"7" doc:"sockets in this state"`
	Closing     uint64 `json:"closing" csv:"closing" head:"CLOSING" show:"7" doc:"sockets in this state"`
	Close       uint64 `json:"close" csv:"close" head:"CLOSE" show:"8" doc:"sockets in this state"`
	Other       uint64 `json:"other_states" csv:"other_states" head:"Other" show:"8" doc:"sockets in other states, or without one: those of udp and raw that are not connected"`
}

// A BarredGroup is one for a terminal.
type BarredGroup struct {
	SocketGroup
	Bar string `json:"bar" csv:"bar" head:" " show:"9" doc:"its length against that of the largest group"`
}

// SocketGroupKind is what top works out; BarredGroupKind is the same with a bar.
var (
	SocketGroupKind = described[SocketGroup]("socket_group", "internet sockets that share what they are grouped by: a row of coldstat top")
	BarredGroupKind = described[BarredGroup](SocketGroupKind.Name, SocketGroupKind.Doc)
)

// AnswerKinds is THE list of kinds of rows that commands work out of others.
func AnswerKinds() []*Kind {
	return slices.Concat([]*Kind{SocketGroupKind}, ChangeKinds(), PeerKinds())
}
