package parser

import "fmt"

// State is the st column: a TCP state number of include/net/tcp_states.h. UDP
// and raw sockets use 1 (connected) and 7 (not connected).
type State uint8

// TCP states. The kernel prints NEW_SYN_RECV as SYN_RECV.
const (
	Established State = 1 + iota
	SynSent
	SynRecv
	FinWait1
	FinWait2
	TimeWait
	Close
	CloseWait
	LastAck
	Listen
	Closing
)

var stateNames = [...]string{
	Established: "ESTABLISHED",
	SynSent:     "SYN_SENT",
	SynRecv:     "SYN_RECV",
	FinWait1:    "FIN_WAIT1",
	FinWait2:    "FIN_WAIT2",
	TimeWait:    "TIME_WAIT",
	Close:       "CLOSE",
	CloseWait:   "CLOSE_WAIT",
	LastAck:     "LAST_ACK",
	Listen:      "LISTEN",
	Closing:     "CLOSING",
}

// Known reports whether the number stands in the kernel's table.
func (s State) Known() bool { return s >= Established && s <= Closing }

// String gives netstat's name, or UNKNOWN(0xNN) for a number that no kernel writes.
func (s State) String() string {
	if s.Known() {
		return stateNames[s]
	}
	return fmt.Sprintf("UNKNOWN(0x%02X)", uint8(s))
}
