package parser

import (
	"bytes"
	"encoding/binary"
	"io"
	"iter"
	"net/netip"
)

// Options say how the files of one captured machine are to be read.
type Options struct {
	// ByteOrder is that of the captured machine: the kernel prints IPv4
	// addresses, and each word of an IPv6 address, as native 32-bit numbers
	// in tcp, udp, raw, route and igmp. Nil means little-endian.
	ByteOrder binary.ByteOrder
	// UpToInode leaves the columns behind the inode of [Inet] unread and unknown:
	// netstat shows none of them, and that is faster by a fifth.
	UpToInode bool
	// OnlyListeners leaves out the rows of [Inet] that surely have another state than
	// [Listen]: they are not decoded, and nothing is said of what is wrong in them.
	OnlyListeners bool
	// Doubts, if not nil, get to see the rows of [Unix].
	Doubts *UnixDoubts
}

func (o Options) order() binary.ByteOrder {
	if o.ByteOrder == nil {
		return binary.LittleEndian
	}
	return o.ByteOrder
}

// An InetSocket is one row of /proc/net/{tcp,tcp6,udp,udp6,udplite,udplite6,raw,raw6}.
// The kernel writes them in tcp4_seq_show and get_tcp6_sock (net/ipv4/tcp_ipv4.c,
// net/ipv6/tcp_ipv6.c), udp4_seq_show and ip6_dgram_sock_seq_show (net/ipv4/udp.c,
// net/ipv6/datagram.c) and raw_seq_show (net/ipv4/raw.c), all in one layout.
//
// A value has no pointers into the reader's memory: it may be kept.
type InetSocket struct {
	Line int // 1-based line in the file

	Slot          uint64         // sl: row number in tcp, hash bucket in udp and raw
	Local, Remote netip.AddrPort // in raw, the port is the IP protocol number
	State         State
	SendQ         uint64 // tx_queue, bytes; on a listener 0
	RecvQ         uint64 // rx_queue, bytes; on a tcp listener the accept queue's length
	Timer         uint8  // tr: see Timer* constants
	TimerExpires  uint64 // tm->when, in 1/100 s (USER_HZ), as the machine's unsigned long
	Retransmits   uint64 // retrnsmt: unrecovered retransmission timeouts
	UID           uint32
	Timeout       int32  // unanswered zero-window and keepalive probes
	Inode         uint64 // 0 for sockets that no process holds (TIME_WAIT, SYN_RECV)

	// What follows is optional: protocols, kernels and vendors differ there.
	RefCount Opt[int64]  // ref
	Pointer  Opt[uint64] // the kernel's address of the socket, or a hash of it; unknown if it shows zeros

	// Of tcp only, and not of what is left of a socket with TimerTimeWait (in
	// TIME_WAIT and FIN_WAIT2), nor of requests in SYN_RECV.
	RTO Opt[uint64] // retransmission timeout, 1/100 s; jiffies before Linux 2.6.27
	ATO Opt[uint64] // delay of acknowledgements, 1/100 s; jiffies before Linux 2.6.27
	// QuickAck is twice the number of acknowledgements that are still sent at once,
	// plus 1 in a session that goes back and forth, where they are delayed (the
	// kernel's quick<<1|pingpong).
	QuickAck         Opt[uint64]
	CongestionWindow Opt[uint64] // packets
	// SlowStartThreshold is in packets; unknown also during the first slow start,
	// when the kernel prints -1, and on a listener.
	SlowStartThreshold Opt[int64]
	// FastOpenQueue is the limit of a listener's queue of TCP Fast Open requests:
	// listeners have it in the place of the threshold. Unknown before Linux 3.7,
	// which prints -1 there.
	FastOpenQueue Opt[int64]

	// Of udp, udplite and raw only, since Linux 2.6.27.
	Drops Opt[uint64] // packets that found the receive queue full, modulo 2^32

	// Printed is set on a row that was read from the output of a command.
	Printed *Printed
}

// The values of the tr column in tcp rows.
const (
	TimerOff       = 0
	TimerOn        = 1 // retransmission, early retransmit or tail loss probe
	TimerKeepalive = 2
	TimerTimeWait  = 3
	TimerProbe     = 4 // zero window
)

// Inet decodes the rows of one of the eight files that [InetSocket] names, in
// file order. A row that cannot be decoded yields a [*RowError] and the sequence
// goes on; a read error yields a [*FileError] and ends it.
//
// Columns behind the inode never fail a row. One that is missing or odd is
// unknown, and so are those behind it, as is the very last value of a file that
// ends without a newline. A header with "drops" makes it a datagram table, whose
// rows go on with ref, pointer and drops; any other one a tcp table, whose rows
// have five numbers behind the pointer, all of them or none. (Datagram tables
// before Linux 2.6.27 lack "drops", and end with the pointer.) What follows is
// ignored: some vendors append the process.
//
// The file name is only used in errors.
func Inet(file string, r io.Reader, o Options) iter.Seq2[InetSocket, error] {
	return values(table(file, r, inetLayout(o)))
}

// inetLayout is the [layout] of the files of [InetSocket].
func inetLayout(o Options) layout[InetSocket] {
	order := o.order()
	little := order == binary.ByteOrder(binary.LittleEndian)
	var pass func([]byte) bool
	if o.OnlyListeners {
		pass = noListener
	}
	return func(head []byte) func(*lines) decoder[InetSocket] {
		drops := bytes.Contains(head, []byte("drops"))
		return func(l *lines) decoder[InetSocket] {
			return decoder[InetSocket]{
				pass:  pass,
				fills: true,
				quick: func(text []byte, s *InetSocket) bool {
					at, ok := quickInet(text, s, little)
					if !ok {
						return false
					}
					s.Line = l.line
					if !o.UpToInode {
						t := tail{b: text, pos: at}
						t.inet(s, drops)
					}
					return true
				},
				row: func(c *cursor, s *InetSocket) {
					c.inet(s, order)
					s.Line = l.line
					if l.cut && c.pos == len(c.b) {
						// The inode is never the last column: these digits may be half of it.
						c.fail("inode", c.pos, ErrShort)
					}
					if !o.UpToInode && c.err == nil {
						t := c.tail()
						t.inet(s, drops)
					}
				},
			}
		}
	}
}

// inet reads the columns that every kernel since 2.2 prints.
func (c *cursor) inet(s *InetSocket, order binary.ByteOrder) {
	c.blanks()
	start := c.pos
	s.Slot = c.rawDec("sl", start)
	c.colon("sl", start)
	s.Local = c.addrPort("local_address", order)
	s.Remote = c.addrPort("rem_address", order)
	s.State = State(c.hex("st", 8))
	s.SendQ, s.RecvQ = c.hexPair("tx_queue:rx_queue", 64, 64)
	timer, when := c.hexPair("tr:tm->when", 8, 64)
	s.Timer, s.TimerExpires = uint8(timer), when
	s.Retransmits = c.hex("retrnsmt", 64)
	s.UID = uint32(c.dec("uid", 32))
	s.Timeout = int32(c.sdec("timeout"))
	s.Inode = c.dec("inode", 64)
}

// inet reads what stands behind the inode.
func (t *tail) inet(s *InetSocket, drops bool) {
	s.RefCount = t.sdec()
	s.Pointer = t.pointer()
	var none Opt[uint64]
	s.RTO, s.ATO, s.QuickAck, s.CongestionWindow, s.Drops = none, none, none, none, none
	s.SlowStartThreshold, s.FastOpenQueue = Opt[int64]{}, Opt[int64]{}
	switch {
	case drops:
		s.Drops = t.count()
		return
	case s.Timer == TimerTimeWait || s.State == TimeWait:
		return // what is left of a socket, also in FIN_WAIT2
	}
	s.RTO, s.ATO, s.QuickAck, s.CongestionWindow = t.dec(), t.dec(), t.dec(), t.dec()
	last := t.sdec()
	switch {
	case !last.known && (!t.cut || s.State == SynRecv):
		// A request in SYN_RECV and an old datagram row end with the pointer:
		// these are a vendor's numbers.
		s.RTO, s.ATO, s.QuickAck, s.CongestionWindow = none, none, none, none
	case last.value < 0: // no threshold yet
	case s.State == Listen:
		s.FastOpenQueue = last
	default:
		s.SlowStartThreshold = last
	}
}

// yieldFail hands on an error of the line reader. It reports whether the
// sequence goes on.
func yieldFail[T any](l *lines, file string, head []byte, err error, yield func(T, error) bool) bool {
	var zero T
	out, end := l.fail(file, head, err)
	if out == nil {
		return false
	}
	return yield(zero, out) && !end
}

// eachLine hands on each line until row says to end, and yields the errors of the
// reader. It is for texts in which not every line is a row.
func eachLine[T any](l *lines, file string, yield func(T, error) bool, row func(text []byte) bool) {
	for {
		text, err := l.next()
		if err != nil {
			if !yieldFail(l, file, text, err, yield) {
				return
			}
		} else if !row(text) {
			return
		}
	}
}
