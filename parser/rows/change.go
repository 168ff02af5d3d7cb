package rows

import (
	"net/netip"

	"github.com/coldstat/coldstat/parser"
)

// What `coldstat diff` writes. Package diff works it out; here is only its shape.

// What a difference is. The columns of each kind say it in these words.
const (
	Appeared = "appeared" // only the new capture has it
	Gone     = "gone"     // only the old capture has it
	Changed  = "changed"  // both have it, with other values
	Replaced = "replaced" // both have the same addresses, but it is another one
)

// A Between says which captures a difference lies between. It ends every row of diff.
type Between struct {
	Host      parser.Opt[string] `json:"host" csv:"host" cut:"yes" doc:"the captured machine's name, as the new capture tells it, or else the old one"`
	NetNS     parser.Opt[string] `json:"netns" csv:"netns" cut:"yes" doc:"the network namespace that was compared: its name, or else the kernel's number; null if the captures tell neither"`
	OldBundle parser.Opt[string] `json:"old_bundle" csv:"old_bundle" cut:"yes" doc:"the bundle of the old capture, as it was named on the command line"`
	NewBundle parser.Opt[string] `json:"new_bundle" csv:"new_bundle" cut:"yes" doc:"the bundle of the new capture, as it was named on the command line"`
}

// A Places says where a difference was read.
type Places struct {
	OldFile parser.Opt[string] `json:"old_file" csv:"old_file" cut:"yes" doc:"the file of the old capture that the row was read from; null if that has none"`
	OldLine parser.Opt[uint64] `json:"old_line" csv:"old_line" doc:"its line in it, from 1; null if the row stands for several, or was put together from several lines"`
	NewFile parser.Opt[string] `json:"new_file" csv:"new_file" cut:"yes" doc:"the file of the new capture that the row was read from; null if that has none"`
	NewLine parser.Opt[uint64] `json:"new_line" csv:"new_line" doc:"its line in it, from 1; null if the row stands for several, or was put together from several lines"`
}

// A SocketChange is an internet socket that came, went or changed, or several that are
// alike.
type SocketChange struct {
	What     string `json:"what" csv:"what" head:"What" show:"key" doc:"appeared; gone; changed: the same socket with other values; replaced: another socket with the same addresses and ports"`
	Count    uint64 `json:"count" csv:"count" head:"Count" show:"key" unit:"sockets" doc:"how many sockets the row stands for: churn is folded, see coldstat diff --help, unless --all is given"`
	Listener bool   `json:"listener" csv:"listener" doc:"it waits for peers: a tcp or sctp socket in LISTEN, or a raw or udp socket without a peer whose port is not one that the kernel chose"`

	Protocol      string                 `json:"protocol" csv:"protocol" head:"Proto" show:"key" doc:"tcp, tcp6, udp, udp6, udplite, udplite6, raw, raw6 or sctp"`
	LocalAddress  parser.Opt[netip.Addr] `json:"local_address" csv:"local_address" head:"Local Address" show:"key" doc:"the first one of an SCTP socket; null if the row stands for several"`
	LocalPort     parser.Opt[uint64]     `json:"local_port" csv:"local_port" head:"Port" show:"key" zero:"*" doc:"0 is any; null for raw sockets, and if the row stands for several"`
	RemoteAddress parser.Opt[netip.Addr] `json:"remote_address" csv:"remote_address" head:"Foreign Address" show:"key" doc:"0.0.0.0 or :: is any; null if the row stands for several"`
	RemotePort    parser.Opt[uint64]     `json:"remote_port" csv:"remote_port" head:"Port" show:"key" zero:"*" doc:"0 is any; null for raw sockets, and if the row stands for several"`
	IPProtocol    parser.Opt[uint64]     `json:"ip_protocol" csv:"ip_protocol" head:"IP-Proto" show:"1" doc:"of raw sockets, which have it where others have the port"`

	OldState parser.Opt[string] `json:"old_state" csv:"old_state" head:"Old State" show:"1" doc:"netstat's word, as in kind socket"`
	NewState parser.Opt[string] `json:"new_state" csv:"new_state" head:"New State" show:"1" doc:"netstat's word, as in kind socket"`
	Columns  Words              `json:"changed" csv:"changed" head:"Changed" show:"3" doc:"which values differ: state, recv_q, send_q, accept_queue, accept_queue_limit, drops, uid, program, pid, inode; of several sockets those that differ in any; null unless both captures have it"`

	OldRecvQ parser.Opt[uint64] `json:"old_recv_q_bytes" csv:"old_recv_q_bytes" head:"Old Recv-Q" show:"2" unit:"bytes" doc:"received and not read by the program; the sum if the row stands for several; null on a listener"`
	NewRecvQ parser.Opt[uint64] `json:"new_recv_q_bytes" csv:"new_recv_q_bytes" head:"New Recv-Q" show:"2" unit:"bytes" doc:"received and not read by the program; the sum if the row stands for several; null on a listener"`
	OldSendQ parser.Opt[uint64] `json:"old_send_q_bytes" csv:"old_send_q_bytes" head:"Old Send-Q" show:"2" unit:"bytes" doc:"not acknowledged by the peer; the sum if the row stands for several; null on a listener"`
	NewSendQ parser.Opt[uint64] `json:"new_send_q_bytes" csv:"new_send_q_bytes" head:"New Send-Q" show:"2" unit:"bytes" doc:"not acknowledged by the peer; the sum if the row stands for several; null on a listener"`

	OldAcceptQueue parser.Opt[uint64] `json:"old_accept_queue" csv:"old_accept_queue" head:"Old Accept-Q" show:"2" unit:"connections" doc:"how many waited to be accepted, on a tcp listener; the sum if the row stands for several"`
	NewAcceptQueue parser.Opt[uint64] `json:"new_accept_queue" csv:"new_accept_queue" head:"New Accept-Q" show:"2" unit:"connections" doc:"how many waited to be accepted, on a tcp listener; the sum if the row stands for several"`
	OldAcceptLimit parser.Opt[uint64] `json:"old_accept_queue_limit" csv:"old_accept_queue_limit" head:"Old Backlog" show:"4" unit:"connections" doc:"the most that may wait, which only an output of ss tells; null if the row stands for several"`
	NewAcceptLimit parser.Opt[uint64] `json:"new_accept_queue_limit" csv:"new_accept_queue_limit" head:"New Backlog" show:"4" unit:"connections" doc:"the most that may wait, which only an output of ss tells; null if the row stands for several"`
	OldDrops       parser.Opt[uint64] `json:"old_drops" csv:"old_drops" head:"Old Drops" show:"4" unit:"packets" doc:"dropped by a udp or raw socket since it was opened; the sum if the row stands for several"`
	NewDrops       parser.Opt[uint64] `json:"new_drops" csv:"new_drops" head:"New Drops" show:"4" unit:"packets" doc:"dropped by a udp or raw socket since it was opened; the sum if the row stands for several"`

	OldProgram parser.Opt[string] `json:"old_program" csv:"old_program" head:"Old Program" show:"2" cut:"yes" doc:"of the first process that held the socket"`
	NewProgram parser.Opt[string] `json:"new_program" csv:"new_program" head:"New Program" show:"2" cut:"yes" doc:"of the first process that held the socket"`
	OldPID     parser.Opt[uint64] `json:"old_pid" csv:"old_pid" head:"Old PID" show:"5" doc:"its process; null if the row stands for several with different ones"`
	NewPID     parser.Opt[uint64] `json:"new_pid" csv:"new_pid" head:"New PID" show:"5" doc:"its process; null if the row stands for several with different ones"`
	OldUID     parser.Opt[uint64] `json:"old_uid" csv:"old_uid" head:"Old UID" show:"6" doc:"of the socket's owner; null if the row stands for several with different ones"`
	NewUID     parser.Opt[uint64] `json:"new_uid" csv:"new_uid" head:"New UID" show:"6" doc:"of the socket's owner; null if the row stands for several with different ones"`
	OldInode   parser.Opt[uint64] `json:"old_inode" csv:"old_inode" doc:"0 for a socket that no process holds; null if the row stands for several with different ones"`
	NewInode   parser.Opt[uint64] `json:"new_inode" csv:"new_inode" doc:"0 for a socket that no process holds; null if the row stands for several with different ones"`

	Places
	Between
}

// A UnixChange is a UNIX socket that came, went or changed, or several that are alike.
type UnixChange struct {
	What     string `json:"what" csv:"what" head:"What" show:"key" doc:"appeared; gone; changed: the same socket with other values; replaced: another socket with the same name"`
	Count    uint64 `json:"count" csv:"count" head:"Count" show:"key" unit:"sockets" doc:"how many sockets the row stands for: those of one path that are not listeners, and all without a path, are folded unless --all is given"`
	Listener bool   `json:"listener" csv:"listener" head:"Listener" show:"1" doc:"it waits for connections"`
	Type     string `json:"type" csv:"type" head:"Type" show:"key" doc:"STREAM, DGRAM, RAW, RDM, SEQPACKET or UNKNOWN"`

	OldState parser.Opt[string] `json:"old_state" csv:"old_state" head:"Old State" show:"2" doc:"netstat's word, as in kind unix"`
	NewState parser.Opt[string] `json:"new_state" csv:"new_state" head:"New State" show:"2" doc:"netstat's word, as in kind unix"`
	Columns  Words              `json:"changed" csv:"changed" head:"Changed" show:"3" doc:"which values differ: state, accept_queue, program, pid; of several sockets those that differ in any; null unless both captures have it"`

	OldAcceptQueue parser.Opt[uint64] `json:"old_accept_queue" csv:"old_accept_queue" head:"Old Accept-Q" show:"3" unit:"connections" doc:"how many connections waited to be accepted, on a listener"`
	NewAcceptQueue parser.Opt[uint64] `json:"new_accept_queue" csv:"new_accept_queue" head:"New Accept-Q" show:"3" unit:"connections" doc:"how many connections waited to be accepted, on a listener"`
	OldProgram     parser.Opt[string] `json:"old_program" csv:"old_program" head:"Old Program" show:"2" cut:"yes" doc:"of the first process that held the socket"`
	NewProgram     parser.Opt[string] `json:"new_program" csv:"new_program" head:"New Program" show:"2" cut:"yes" doc:"of the first process that held the socket"`
	OldPID         parser.Opt[uint64] `json:"old_pid" csv:"old_pid" head:"Old PID" show:"5" doc:"its process; null if the row stands for several with different ones"`
	NewPID         parser.Opt[uint64] `json:"new_pid" csv:"new_pid" head:"New PID" show:"5" doc:"its process; null if the row stands for several with different ones"`
	OldInode       parser.Opt[uint64] `json:"old_inode" csv:"old_inode" doc:"null if the row stands for several with different ones"`
	NewInode       parser.Opt[uint64] `json:"new_inode" csv:"new_inode" doc:"null if the row stands for several with different ones"`

	Path string `json:"path" csv:"path" head:"Path" show:"key" cut:"yes" doc:"whole, as in kind unix; empty for sockets without a name, and for those whose name the kernel made up (@ and five digits) if they are folded"`

	Places
	Between
}

// A RouteChange is a route of IPv4 or IPv6 that came, went or changed.
type RouteChange struct {
	What        string                 `json:"what" csv:"what" head:"What" show:"key" doc:"appeared, gone or changed"`
	Family      string                 `json:"family" csv:"family" head:"Family" show:"key" doc:"inet or inet6"`
	Destination parser.Opt[netip.Addr] `json:"destination" csv:"destination" head:"Destination" show:"key" doc:"0.0.0.0 or :: with length 0 is the default route"`
	PrefixLen   parser.Opt[uint64]     `json:"prefix_len" csv:"prefix_len" head:"Len" show:"key" unit:"bits" doc:"null for a netmask with holes"`
	Genmask     parser.Opt[netip.Addr] `json:"genmask" csv:"genmask" doc:"IPv4 only"`
	Source      parser.Opt[netip.Addr] `json:"source" csv:"source" head:"Source" show:"6" doc:"IPv6 only: the route is for packets from here; null if from anywhere"`
	SourceLen   parser.Opt[uint64]     `json:"source_prefix_len" csv:"source_prefix_len" unit:"bits" doc:"with source"`
	Columns     Words                  `json:"changed" csv:"changed" head:"Changed" show:"2" doc:"which values differ: gateway, interface, metric, flags, mtu; null unless both captures have a route to this destination that the other one can be told from"`

	OldGateway   parser.Opt[netip.Addr] `json:"old_gateway" csv:"old_gateway" head:"Old Gateway" show:"1" doc:"null if there is none: the destination is on the link"`
	NewGateway   parser.Opt[netip.Addr] `json:"new_gateway" csv:"new_gateway" head:"New Gateway" show:"1" doc:"null if there is none: the destination is on the link"`
	OldInterface parser.Opt[string]     `json:"old_interface" csv:"old_interface" head:"Old Iface" show:"1" doc:"null for a route without a device"`
	NewInterface parser.Opt[string]     `json:"new_interface" csv:"new_interface" head:"New Iface" show:"1" doc:"null for a route without a device"`
	OldMetric    parser.Opt[int64]      `json:"old_metric" csv:"old_metric" head:"Old Metric" show:"3" doc:"the lower one wins; null if a command printed the route without it"`
	NewMetric    parser.Opt[int64]      `json:"new_metric" csv:"new_metric" head:"New Metric" show:"3" doc:"the lower one wins; null if a command printed the route without it"`
	OldFlags     parser.Opt[string]     `json:"old_flag_letters" csv:"old_flag_letters" head:"Old Flags" show:"2" doc:"netstat's letters"`
	NewFlags     parser.Opt[string]     `json:"new_flag_letters" csv:"new_flag_letters" head:"New Flags" show:"2" doc:"netstat's letters"`
	OldMTU       parser.Opt[int64]      `json:"old_mtu_bytes" csv:"old_mtu_bytes" head:"Old MTU" show:"4" unit:"bytes" doc:"IPv4 only: the route's advertised MSS plus 40; 0 if not set"`
	NewMTU       parser.Opt[int64]      `json:"new_mtu_bytes" csv:"new_mtu_bytes" head:"New MTU" show:"4" unit:"bytes" doc:"IPv4 only: the route's advertised MSS plus 40; 0 if not set"`

	Places
	Between
}

// An InterfaceChange is a network interface that came, went or changed. Its counters are
// in kind counter_change.
type InterfaceChange struct {
	What    string `json:"what" csv:"what" head:"What" show:"key" doc:"appeared, gone or changed"`
	Name    string `json:"name" csv:"name" head:"Iface" show:"key" doc:"eth0, or eth0:1 for an address with a label of its own"`
	Columns Words  `json:"changed" csv:"changed" head:"Changed" show:"1" doc:"which values differ: up, flags, mtu, hardware_address, inet_addresses, inet6_addresses; null unless both captures have it"`

	OldUp     parser.Opt[bool]   `json:"old_up" csv:"old_up" head:"Old Up" show:"1" doc:"whether it was switched on (the flag UP); null if no file tells"`
	NewUp     parser.Opt[bool]   `json:"new_up" csv:"new_up" head:"New Up" show:"1" doc:"whether it was switched on (the flag UP); null if no file tells"`
	OldFlags  parser.Opt[string] `json:"old_flag_letters" csv:"old_flag_letters" head:"Old Flg" show:"2" doc:"netstat's letters, - in place of each that is not known"`
	NewFlags  parser.Opt[string] `json:"new_flag_letters" csv:"new_flag_letters" head:"New Flg" show:"2" doc:"netstat's letters, - in place of each that is not known"`
	OldMTU    parser.Opt[int64]  `json:"old_mtu_bytes" csv:"old_mtu_bytes" head:"Old MTU" show:"3" unit:"bytes" doc:"of the link"`
	NewMTU    parser.Opt[int64]  `json:"new_mtu_bytes" csv:"new_mtu_bytes" head:"New MTU" show:"3" unit:"bytes" doc:"of the link"`
	OldHWAddr parser.Opt[string] `json:"old_hardware_address" csv:"old_hardware_address" head:"Old HW Address" show:"5" doc:"as ip or sysfs prints it"`
	NewHWAddr parser.Opt[string] `json:"new_hardware_address" csv:"new_hardware_address" head:"New HW Address" show:"5" doc:"as ip or sysfs prints it"`

	OldAddresses  Words `json:"old_inet_addresses" csv:"old_inet_addresses" head:"Old Address" show:"4" cut:"yes" doc:"IPv4 addresses with their prefix length, if it is known; null if no file tells whether there are any"`
	NewAddresses  Words `json:"new_inet_addresses" csv:"new_inet_addresses" head:"New Address" show:"4" cut:"yes" doc:"IPv4 addresses with their prefix length, if it is known; null if no file tells whether there are any"`
	OldAddresses6 Words `json:"old_inet6_addresses" csv:"old_inet6_addresses" head:"Old IPv6 Address" show:"4" cut:"yes" doc:"IPv6 addresses with their prefix length; null if no file tells whether there are any"`
	NewAddresses6 Words `json:"new_inet6_addresses" csv:"new_inet6_addresses" head:"New IPv6 Address" show:"4" cut:"yes" doc:"IPv6 addresses with their prefix length; null if no file tells whether there are any"`

	Places
	Between
}

// A CounterChange is a counter of a protocol or of an interface that moved.
type CounterChange struct {
	Section   string              `json:"section" csv:"section" head:"Section" show:"key" doc:"Tcp, TcpExt, Ip6, ... as in kind counter; interface for the counters of an interface"`
	Interface parser.Opt[string]  `json:"interface" csv:"interface" head:"Iface" show:"1" doc:"whose counter it is; null for a protocol's"`
	Name      string              `json:"name" csv:"name" head:"Counter" show:"key" doc:"the kernel's name, or the column of kind interface: rx_packets"`
	Old       parser.Opt[uint64]  `json:"old_value" csv:"old_value" head:"Old" show:"key" doc:"what it was in the old capture"`
	New       parser.Opt[uint64]  `json:"new_value" csv:"new_value" head:"New" show:"key" doc:"what it was in the new capture"`
	Delta     parser.Opt[uint64]  `json:"delta" csv:"delta" head:"Delta" show:"key" doc:"by how much it grew; null if that is not known, see why_unknown"`
	Rate      parser.Opt[float64] `json:"rate_per_second" csv:"rate_per_second" head:"Per Second" show:"key" doc:"delta by the time between the captures; null if either is not known"`
	Seconds   parser.Opt[float64] `json:"between_seconds" csv:"between_seconds" unit:"seconds" doc:"the time between the captures; null if it is not known"`
	Why       parser.Opt[string]  `json:"why_unknown" csv:"why_unknown" head:"No Delta Because" show:"2" doc:"why there is no delta: level (no count, it may fall), fell (reset or wrapped around), reboot, swapped (the old capture is the newer one), other machine, other network namespace"`
	Meaning   parser.Opt[string]  `json:"meaning" csv:"meaning" head:"Meaning" cut:"yes" doc:"what is counted; null for a counter that coldstat does not know"`
	Bad       parser.Opt[string]  `json:"bad" csv:"bad" head:"Bad" cut:"yes" doc:"when the number is a sign of trouble; null if never"`

	Places
	Between
}

// A FactChange is something that is known of the captures as a whole, or a setting of the
// kernel, which is another one in the new capture.
type FactChange struct {
	Name string             `json:"name" csv:"name" head:"Fact" show:"key" doc:"host, kernel, architecture, byte_order, boot_id or netns, as the columns of source are called; or a setting, as sysctl calls it"`
	Old  parser.Opt[string] `json:"old_value" csv:"old_value" head:"Old" show:"key" cut:"yes" doc:"what it was"`
	New  parser.Opt[string] `json:"new_value" csv:"new_value" head:"New" show:"key" cut:"yes" doc:"what it is"`

	Places
	Between
}

// A RateFinding is what triage says of the counters between two captures.
type RateFinding struct {
	Severity   string              `json:"severity" csv:"severity" head:"Severity" show:"key" doc:"critical, warning or info"`
	Rule       string              `json:"rule" csv:"rule" head:"Rule" show:"key" doc:"id of the rule: T12; coldstat triage --explain tells all of it"`
	Subject    parser.Opt[string]  `json:"subject" csv:"subject" head:"Subject" show:"3" cut:"yes" doc:"what it is about; null for the machine as a whole"`
	What       string              `json:"what" csv:"what" head:"What" show:"key" cut:"yes" doc:"what was seen between the captures, with its number"`
	Doubts     parser.Opt[string]  `json:"doubts" csv:"doubts" head:"But" show:"4" cut:"yes" doc:"why it may be otherwise, with a semicolon between two reasons"`
	Confidence string              `json:"confidence" csv:"confidence" doc:"certain, or likely if there are doubts"`
	Title      string              `json:"title" csv:"title" doc:"the rule in a phrase"`
	Means      string              `json:"means" csv:"means" doc:"what it says of the machine"`
	Next       string              `json:"next" csv:"next" head:"Next" show:"5" cut:"yes" doc:"what to do next"`
	Figure     parser.Opt[string]  `json:"figure" csv:"figure" doc:"what was counted or measured: the first number of the finding"`
	Value      parser.Opt[float64] `json:"value" csv:"value" doc:"the number"`
	Unit       parser.Opt[string]  `json:"unit" csv:"unit" doc:"what it counts"`
	Threshold  parser.Opt[float64] `json:"threshold" csv:"threshold" doc:"the number from which on it is too much"`
	From       parser.Opt[string]  `json:"threshold_from" csv:"threshold_from" doc:"where that comes from"`
	Evidence   parser.Opt[string]  `json:"evidence" csv:"evidence" cut:"yes" doc:"the first of the rows that prove it: what the counter was, and is"`
	Seconds    parser.Opt[float64] `json:"between_seconds" csv:"between_seconds" unit:"seconds" doc:"the time between the captures, of which it is said"`

	Between
}

// The kinds of diff. No table has them.
var (
	RateFindingKind     = described[RateFinding]("rate_finding", "what triage says of the counters between the captures")
	SocketChangeKind    = described[SocketChange]("socket_change", "internet sockets that came, went or changed; listeners first")
	UnixChangeKind      = described[UnixChange]("unix_change", "UNIX sockets that came, went or changed; listeners first")
	RouteChangeKind     = described[RouteChange]("route_change", "routes that came, went or changed")
	InterfaceChangeKind = described[InterfaceChange]("interface_change", "interfaces that came, went or changed")
	FactChangeKind      = described[FactChange]("fact_change", "facts of the machine, and settings, that changed")
	CounterChangeKind   = described[CounterChange]("counter_change", "counters that moved")
)

// ChangeKinds lists the kinds of rows that diff writes, in their order.
func ChangeKinds() []*Kind {
	return []*Kind{
		RateFindingKind, SocketChangeKind, UnixChangeKind, RouteChangeKind, InterfaceChangeKind, FactChangeKind, CounterChangeKind,
	}
}
