package rows

import (
	"iter"
	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// A Socket is an internet socket: a row of tcp, udp, udplite, raw, their IPv6
// twins, or of SCTP's eps and assocs.
type Socket struct {
	Protocol string `json:"protocol" csv:"protocol" head:"Proto" show:"key" doc:"tcp, tcp6, udp, udp6, udplite, udplite6, raw, raw6 or sctp"`
	Family   string `json:"family" csv:"family" doc:"inet or inet6, by the table that holds the row; of SCTP by the address"`
	V4Mapped bool   `json:"v4_mapped" csv:"v4_mapped" doc:"an IPv4 connection of an IPv6 socket: the addresses are ::ffff:a.b.c.d in the file and a.b.c.d here, as netstat prints them"`

	RecvQ parser.Opt[uint64] `json:"recv_q_bytes" csv:"recv_q_bytes" head:"Recv-Q" show:"key" unit:"bytes" from:"rx_queue" doc:"received and not read by the program; udp and raw count the buffers that hold it; null on a tcp listener, whose number is accept_queue"`
	SendQ parser.Opt[uint64] `json:"send_q_bytes" csv:"send_q_bytes" head:"Send-Q" show:"key" unit:"bytes" from:"tx_queue" doc:"sent or to be sent and not acknowledged; null on a tcp listener"`

	LocalAddress  parser.Opt[netip.Addr] `json:"local_address" csv:"local_address" head:"Local Address" show:"key" from:"local_address" doc:"the first one of an SCTP socket"`
	LocalPort     parser.Opt[uint64]     `json:"local_port" csv:"local_port" head:"Port" show:"key" zero:"*" from:"local_address" doc:"0 is any; null for raw sockets"`
	LocalService  parser.Opt[string]     `json:"local_service" csv:"local_service" head:"Service" show:"4" from:"etc/services" cut:"yes" doc:"the port's name; null with -n"`
	LocalHost     parser.Opt[string]     `json:"local_host" csv:"local_host" head:"Local Host" show:"6" from:"etc/hosts" cut:"yes" doc:"the address's name in the capture; null with -n"`
	RemoteAddress parser.Opt[netip.Addr] `json:"remote_address" csv:"remote_address" head:"Foreign Address" show:"key" from:"rem_address" doc:"0.0.0.0 or :: is any"`
	RemotePort    parser.Opt[uint64]     `json:"remote_port" csv:"remote_port" head:"Port" show:"key" zero:"*" from:"rem_address" doc:"0 is any; null for raw sockets"`
	RemoteService parser.Opt[string]     `json:"remote_service" csv:"remote_service" head:"Service" show:"4" from:"etc/services" cut:"yes" doc:"the port's name; null with -n"`
	RemoteHost    parser.Opt[string]     `json:"remote_host" csv:"remote_host" head:"Foreign Host" show:"6" from:"etc/hosts" cut:"yes" doc:"the address's name in the capture; null with -n"`

	IPProtocol     parser.Opt[uint64] `json:"ip_protocol" csv:"ip_protocol" head:"IP-Proto" show:"1" from:"local_address" doc:"of raw sockets, which have it where others have the port: 1 ICMP, 58 ICMPv6, 255 any"`
	IPProtocolName parser.Opt[string] `json:"ip_protocol_name" csv:"ip_protocol_name" head:"IP-Proto Name" show:"4" from:"etc/protocols, etc/services" cut:"yes" doc:"its name; null with -n"`

	StateNumber uint64             `json:"state_number" csv:"state_number" from:"st" doc:"as the kernel numbers states (include/net/tcp_states.h), of every protocol"`
	State       string             `json:"state" csv:"state" head:"State" show:"key" doc:"netstat's word; UNCONN for the state 7 of a socket that is not tcp or sctp; UNKNOWN(0xNN) for a number that no kernel writes"`
	Direction   parser.Opt[string] `json:"direction" csv:"direction" head:"Dir" show:"3" doc:"who began a tcp connection: in if a listener of this capture has the local address and port, out if none has the port; null for listeners and where it cannot be told"`
	Listener    parser.Opt[string] `json:"listener" csv:"listener" head:"Waits For" show:"5" doc:"address:port of the listener in whose accept queue the socket waits: it is established or half closed, and no program has accepted it (inode 0)"`
	AcceptQueue parser.Opt[uint64] `json:"accept_queue" csv:"accept_queue" head:"Accept-Q" show:"2" unit:"connections" from:"rx_queue" doc:"how many wait to be accepted: on a tcp listener by its own count, on a waiting socket that of its listener"`

	AcceptLimit parser.Opt[uint64] `json:"accept_queue_limit" csv:"accept_queue_limit" head:"Backlog" show:"2" unit:"connections" doc:"the most that may wait on a tcp listener, which only an output of ss tells; a queue is full when it is above that"`

	TimerNumber parser.Opt[uint64] `json:"timer_number" csv:"timer_number" from:"tr" doc:"of tcp: 0 off, 1 on, 2 keepalive, 3 timewait, 4 probe"`
	Timer       parser.Opt[string] `json:"timer" csv:"timer" head:"Timer" show:"7" doc:"netstat's word for it"`
	TimerMS     parser.Opt[uint64] `json:"timer_ms" csv:"timer_ms" head:"Timer ms" show:"7" unit:"milliseconds" from:"tm->when" doc:"until the timer fires; null if it is off"`
	Retransmits parser.Opt[uint64] `json:"retransmits" csv:"retransmits" head:"Retrans" show:"3" from:"retrnsmt" doc:"unrecovered retransmission timeouts of a tcp socket; of SYN_RECV the repeated SYN-ACKs; null in time-wait"`
	Probes      parser.Opt[int64]  `json:"unanswered_probes" csv:"unanswered_probes" head:"Probes" show:"4" from:"timeout" doc:"zero-window and keepalive probes of a tcp socket without an answer; null in time-wait"`

	UID   parser.Opt[uint64] `json:"uid" csv:"uid" head:"UID" show:"6" from:"uid" doc:"of the socket's owner; null for a socket without an inode, for which kernels print 0 whoever owns it"`
	User  parser.Opt[string] `json:"user" csv:"user" head:"User" show:"5" from:"etc/passwd" cut:"yes" doc:"its name; null with -n"`
	Inode parser.Opt[uint64] `json:"inode" csv:"inode" head:"Inode" show:"8" from:"inode" doc:"0 for a socket that no process holds: TIME_WAIT, SYN_RECV, orphans, and those that wait to be accepted; null if a command printed the row without it"`
	Holder

	RefCount           parser.Opt[int64]  `json:"refcount" csv:"refcount" from:"ref" doc:"references to the kernel's socket"`
	Drops              parser.Opt[uint64] `json:"drops" csv:"drops" head:"Drops" show:"1" unit:"packets" from:"drops" doc:"dropped because the buffer of a udp or raw socket was full, or by a filter"`
	RTO                parser.Opt[uint64] `json:"rto_ms" csv:"rto_ms" unit:"milliseconds" doc:"retransmission timeout of a tcp socket; before Linux 2.6.27 the file has jiffies, and this is ten times their number"`
	ATO                parser.Opt[uint64] `json:"ato_ms" csv:"ato_ms" unit:"milliseconds" doc:"delayed acknowledgement timeout of a tcp socket; see rto_ms"`
	QuickAck           parser.Opt[uint64] `json:"quick_ack" csv:"quick_ack" doc:"twice the number of acknowledgements still to be sent at once, plus 1 in interactive mode"`
	CongestionWindow   parser.Opt[uint64] `json:"congestion_window_packets" csv:"congestion_window_packets" head:"Cwnd" unit:"packets" doc:"sending congestion window of a tcp socket"`
	SlowStartThreshold parser.Opt[int64]  `json:"slow_start_threshold_packets" csv:"slow_start_threshold_packets" head:"Ssthresh" unit:"packets" doc:"null while the socket is in its first slow start"`
	FastOpenQueue      parser.Opt[int64]  `json:"fast_open_queue" csv:"fast_open_queue" unit:"connections" doc:"limit for TCP Fast Open requests of a tcp listener"`

	LocalAddresses  Words              `json:"local_addresses" csv:"local_addresses" from:"LADDRS" cut:"yes" doc:"all of an SCTP socket"`
	RemoteAddresses Words              `json:"remote_addresses" csv:"remote_addresses" from:"RADDRS" cut:"yes" doc:"all of an SCTP association"`
	AssocID         parser.Opt[uint64] `json:"sctp_assoc_id" csv:"sctp_assoc_id" from:"ASSOC-ID" doc:"number of the SCTP association"`
	AssocState      parser.Opt[uint64] `json:"sctp_assoc_state_number" csv:"sctp_assoc_state_number" from:"ST" doc:"SCTP_STATE_* of include/net/sctp/constants.h: 1 cookie wait, 2 cookie echoed, 3 established, 4 to 7 shutting down"`
	Heartbeat       parser.Opt[uint64] `json:"sctp_heartbeat_jiffies" csv:"sctp_heartbeat_jiffies" unit:"jiffies" from:"HBINT" doc:"heartbeat interval of the association; how many jiffies make a second is the kernel's choice"`
	InStreams       parser.Opt[uint64] `json:"sctp_in_streams" csv:"sctp_in_streams" from:"INS" doc:"incoming streams"`
	OutStreams      parser.Opt[uint64] `json:"sctp_out_streams" csv:"sctp_out_streams" from:"OUTS" doc:"outgoing streams"`
	MaxRetransmits  parser.Opt[int64]  `json:"sctp_max_retransmits" csv:"sctp_max_retransmits" from:"MAXRT" doc:"limit after which the association fails"`
	T1Retransmits   parser.Opt[int64]  `json:"sctp_t1_retransmits" csv:"sctp_t1_retransmits" from:"T1X" doc:"repeated INIT and COOKIE-ECHO chunks"`
	T2Retransmits   parser.Opt[int64]  `json:"sctp_t2_retransmits" csv:"sctp_t2_retransmits" from:"T2X" doc:"repeated SHUTDOWN chunks"`
	RetransChunks   parser.Opt[uint64] `json:"sctp_retransmitted_chunks" csv:"sctp_retransmitted_chunks" from:"RTXC" doc:"repeated DATA chunks"`
	SendAllocated   parser.Opt[int64]  `json:"sctp_send_allocated_bytes" csv:"sctp_send_allocated_bytes" unit:"bytes" from:"wmema" doc:"memory allocated for sending"`
	SendQueued      parser.Opt[int64]  `json:"sctp_send_queued_bytes" csv:"sctp_send_queued_bytes" unit:"bytes" from:"wmemq" doc:"memory queued for sending"`
	SendBuffer      parser.Opt[int64]  `json:"sctp_send_buffer_bytes" csv:"sctp_send_buffer_bytes" unit:"bytes" from:"sndbuf" doc:"limit of the send buffer"`
	RecvBuffer      parser.Opt[int64]  `json:"sctp_recv_buffer_bytes" csv:"sctp_recv_buffer_bytes" unit:"bytes" from:"rcvbuf" doc:"limit of the receive buffer"`

	Slot    parser.Opt[uint64] `json:"slot" csv:"slot" from:"sl" doc:"number of the row in tcp, of the hash bucket in udp and raw"`
	Pointer parser.Opt[string] `json:"kernel_pointer" csv:"kernel_pointer" doc:"address of the kernel's socket, hexadecimal, often hashed; null if the kernel prints zeros"`

	Origin
}

// protocols are the words for the tables, IPv4 and IPv6.
var protocols = map[query.Protocol][2]string{
	query.TCP:     {"tcp", "tcp6"},
	query.UDP:     {"udp", "udp6"},
	query.UDPLite: {"udplite", "udplite6"},
	query.Raw:     {"raw", "raw6"},
	query.SCTP:    {"sctp", "sctp"},
}

func protocolName(t query.InetTable) string {
	if t.V6 {
		return protocols[t.Protocol][1]
	}
	return protocols[t.Protocol][0]
}

func familyName(v6 bool) string {
	if v6 {
		return "inet6"
	}
	return "inet"
}

// Sockets yields the internet sockets that the plan selects.
func (r *Reader) Sockets() iter.Seq[Socket] { return flat(r.sockets(r.report())) }

func (r *Reader) sockets(told Reporter) iter.Seq[piece[Socket]] {
	return func(yield func(piece[Socket]) bool) {
		for _, t := range r.Plan.InetTables() {
			pieces := r.inet
			if t.Protocol == query.SCTP {
				pieces = r.sctp
			}
			if !handOn(pieces(t, told), yield) {
				return
			}
		}
	}
}

// inet gives the sockets of a table.
func (r *Reader) inet(t query.InetTable, told Reporter) iter.Seq[piece[Socket]] {
	table := r.Snapshot.Inet(t.File)
	if !usable(r, table, r.Plan.AskedInet(t)) {
		return none
	}
	r.prepare(t)
	protocol, family := protocolName(t), familyName(t.V6)
	return made(table, told, func(d *draft[Socket], s *parser.InetSocket, texts *parser.Arena) bool {
		if !r.Plan.Inet(t.Protocol, s) {
			return false
		}
		set(d, &d.row.Protocol, protocol)
		set(d, &d.row.Family, family)
		put(d, &d.row.Pointer, pointer(s.Pointer, texts))
		r.socket(d, t, table.File, s)
		return true
	})
}

func none(func(piece[Socket]) bool) {}

// prepare reads what the sockets of a table need of others, so that several goroutines
// can make them.
func (r *Reader) prepare(t query.InetTable) {
	r.prepareHolders()
	if t.Protocol != query.TCP {
		return
	}
	if r.wanted.direction {
		r.listening(t.V6)
	}
	if r.wanted.limit {
		r.limits()
	}
}

// socket fills in the rest of a row.
func (r *Reader) socket(d *draft[Socket], t query.InetTable, file string, s *parser.InetSocket) {
	row := &d.row
	local, remote := s.Local.Addr(), s.Remote.Addr()
	set(d, &row.V4Mapped, local.Is4In6() || remote.Is4In6())
	put(d, &row.LocalAddress, addr(local.Unmap()))
	put(d, &row.RemoteAddress, addr(remote.Unmap()))
	set(d, &row.LocalHost, r.host(local))
	set(d, &row.RemoteHost, r.host(remote))
	state := s.State.String()
	if t.Protocol != query.TCP && s.State == parser.Close {
		state = "UNCONN"
	}
	put(d, &row.StateNumber, uint64(s.State))
	put(d, &row.State, state)
	put(d, &row.Inode, found(s.Inode, !s.Printed.Lack(parser.LacksInode)))
	put(d, &row.RefCount, s.RefCount)
	set(d, &row.Drops, s.Drops)
	put(d, &row.QuickAck, s.QuickAck)
	put(d, &row.CongestionWindow, s.CongestionWindow)
	put(d, &row.SlowStartThreshold, s.SlowStartThreshold)
	set(d, &row.FastOpenQueue, s.FastOpenQueue)
	put(d, &row.Slot, found(s.Slot, s.Printed == nil))
	setOrigin(d, &row.Origin, r.origin(file, s.Line))
	if r.anyHolder(s.Printed) {
		setHolder(d, &row.Holder, r.holder(s.Inode, s.Printed, file))
	}
	// Of a socket without an inode the kernel prints 0 whoever owns it, but of
	// SYN_RECV its listener's.
	var user parser.Opt[string]
	known := (s.UID != 0 || s.Inode != 0 || s.State == parser.SynRecv) && !s.Printed.Lack(parser.LacksUID)
	if known {
		user = r.user(s.UID)
	}
	put(d, &row.UID, found(uint64(s.UID), known))
	set(d, &row.User, user)
	r.ports(d, t.Protocol, s)
	queues := t.Protocol != query.TCP || s.State != parser.Listen
	put(d, &row.RecvQ, found(s.RecvQ, queues))
	put(d, &row.SendQ, found(s.SendQ, queues))
	if t.Protocol == query.TCP {
		r.tcp(d, t, s)
	}
}

// ports fills in the ports and their names, of raw sockets the protocol.
func (r *Reader) ports(d *draft[Socket], proto query.Protocol, s *parser.InetSocket) {
	row := &d.row
	if proto == query.Raw {
		set(d, &row.IPProtocol, parser.Some(uint64(s.Local.Port())))
		if r.Names != nil && !r.NoPorts {
			set(d, &row.IPProtocolName, found(r.Names.RawPort(s.Local.Port())))
		}
		return
	}
	put(d, &row.LocalPort, parser.Some(uint64(s.Local.Port())))
	put(d, &row.RemotePort, parser.Some(uint64(s.Remote.Port())))
	set(d, &row.LocalService, r.service(proto, s.Local.Port()))
	set(d, &row.RemoteService, r.service(proto, s.Remote.Port()))
}

// service names a port. Port 0 is any, and has no name.
func (r *Reader) service(proto query.Protocol, port uint16) parser.Opt[string] {
	if r.NoPorts || r.Names == nil || port == 0 {
		return parser.Opt[string]{}
	}
	lookup := r.Names.UDPPort
	if proto == query.TCP {
		lookup = r.Names.TCPPort
	}
	name, ok := lookup(port)
	if !ok {
		return parser.Opt[string]{}
	}
	return text(name)
}

// tcp fills in what only tcp has.
func (r *Reader) tcp(d *draft[Socket], t query.InetTable, s *parser.InetSocket) {
	row := &d.row
	timer, waits := !s.Printed.Lack(parser.LacksTimer), s.Timer == parser.TimerTimeWait
	put(d, &row.TimerNumber, found(uint64(s.Timer), timer))
	put(d, &row.Timer, found(words.Timer(s.Timer, true), timer))
	put(d, &row.TimerMS, only(timer && s.Timer != parser.TimerOff, milliseconds(s.TimerExpires)))
	put(d, &row.Retransmits, found(s.Retransmits, !waits && !s.Printed.Lack(parser.LacksRetransmits)))
	put(d, &row.Probes, found(int64(s.Timeout), !waits && !s.Printed.Lack(parser.LacksTimeout)))
	rto, known := s.RTO.Get()
	put(d, &row.RTO, only(known, milliseconds(rto)))
	ato, known := s.ATO.Get()
	put(d, &row.ATO, only(known, milliseconds(ato)))
	var q queue
	if s.State == parser.Listen {
		q.waiting, q.limit = parser.Some(s.RecvQ), r.acceptLimit(t, s)
	} else if r.wanted.direction {
		q = r.direct(t.V6, s)
	}
	put(d, &row.Direction, q.direction)
	set(d, &row.Listener, q.listener)
	set(d, &row.AcceptQueue, q.waiting)
	set(d, &row.AcceptLimit, q.limit)
}

// sctp gives endpoints and associations.
func (r *Reader) sctp(t query.InetTable, told Reporter) iter.Seq[piece[Socket]] {
	return func(yield func(piece[Socket]) bool) {
		for _, which := range []struct {
			shown       bool
			table       func() snapshot.Table[parser.SCTPSocket]
			association bool
		}{
			{r.Plan.SCTPEndpoints(), r.Snapshot.SCTPEndpoints, false},
			{r.Plan.SCTPAssociations(), r.Snapshot.SCTPAssociations, true},
		} {
			if !which.shown {
				continue
			}
			table := which.table()
			if !usable(r, table, r.Plan.AskedInet(t)) {
				continue
			}
			r.prepareHolders()
			pieces := made(table, told, func(d *draft[Socket], s *parser.SCTPSocket, _ *parser.Arena) bool {
				if !r.Plan.SCTPSocket(s) {
					return false
				}
				d.replace(r.sctpSocket(table.File, s, which.association))
				return true
			})
			if !handOn(pieces, yield) {
				return
			}
		}
	}
}

func (r *Reader) sctpSocket(file string, s *parser.SCTPSocket, association bool) Socket {
	row := Socket{
		Protocol: "sctp", Family: familyName(len(s.Local) > 0 && !s.Local[0].Unmap().Is4()),
		LocalPort: parser.Some(uint64(s.LocalPort)), LocalAddresses: addresses(s.Local),
		StateNumber: uint64(s.State), State: s.State.String(),
		UID: parser.Some(uint64(s.UID)), User: r.user(s.UID), Inode: parser.Some(s.Inode),
		AssocID: widen(s.AssocID), AssocState: widen(s.AssocState), Heartbeat: s.HeartbeatInterval, InStreams: widen(s.InStreams), OutStreams: widen(s.OutStreams),
		MaxRetransmits: s.MaxRetransmits, T1Retransmits: s.T1Retransmits, T2Retransmits: s.T2Retransmits,
		RetransChunks: s.RetransmittedChunks, SendAllocated: s.SendBufferAllocated, SendQueued: s.SendBufferQueued,
		SendBuffer: s.SendBuffer, RecvBuffer: s.RecvBuffer, Pointer: pointer(s.Pointer, nil),
		Origin: r.origin(file, s.Line),
	}
	if len(s.Local) > 0 {
		row.LocalAddress, row.LocalHost = addr(s.Local[0].Unmap()), r.host(s.Local[0])
		row.V4Mapped = s.Local[0].Is4In6()
	}
	if association {
		row.RecvQ, row.SendQ = parser.Some(s.RecvQ), parser.Some(s.SendQ)
		row.RemotePort, row.RemoteAddresses = parser.Some(uint64(s.RemotePort)), addresses(s.Remote)
		if len(s.Remote) > 0 {
			row.RemoteAddress, row.RemoteHost = addr(s.Remote[0].Unmap()), r.host(s.Remote[0])
		}
	}
	row.Holder = r.holder(s.Inode, nil, "")
	return row
}

// addresses lists them as text.
func addresses(list []netip.Addr) Words {
	w := make(Words, 0, len(list))
	for _, a := range list {
		w = append(w, a.Unmap().String())
	}
	return w
}
