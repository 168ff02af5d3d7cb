package parser

// Outputs of commands tell what the kernel's files tell, less exactly: a column
// may be missing, and others are only there. Where a capture has both, the files
// count.

// A Lack is a set of columns that a row has no values for, because it was read
// from the output of a command that does not print them. Rows of the kernel's
// files lack nothing.
type Lack uint32

// The columns that may be lacking. Those of one kind of row mean nothing for others.
const (
	LacksInode       Lack = 1 << iota // of sockets
	LacksUID                          // of sockets
	LacksTimer                        // of internet sockets: Timer, TimerExpires
	LacksRetransmits                  // of internet sockets
	LacksTimeout                      // of internet sockets
	LacksRefCount                     // of UNIX sockets and routes: RefCount, RefCnt
	LacksFlags                        // of UNIX sockets
	LacksMetric                       // of routes
	LacksUse                          // of routes
	LacksMSS                          // of routes: MTU, Window, IRTT
	LacksFifo                         // of interfaces: RxFifo, TxFifo
	LacksDrop                         // of interfaces: RxDrop
	LacksFrame                        // of interfaces: RxFrame
	LacksCarrier                      // of interfaces: TxCarrier
	LacksColls                        // of interfaces: TxColls
)

// Has reports whether one of the columns is in the set.
func (l Lack) Has(columns Lack) bool { return l&columns != 0 }

// Printed is what only the output of a command tells of a socket, and which of
// the kernel's columns it does not tell.
type Printed struct {
	Lacks   Lack
	PID     Opt[uint64] // of the first process that is named
	Program string      // its name, as far as the command prints it; may be empty
	// Backlog is the limit of a tcp or stream listener's accept queue, which ss
	// prints as its Send-Q.
	Backlog Opt[uint64]
}

// Lack reports whether a row lacks one of the columns. Rows of the kernel's files,
// whose Printed is nil, lack none.
func (p *Printed) Lack(columns Lack) bool { return p != nil && p.Lacks.Has(columns) }

// A PrintedSocket is one socket in the output of netstat or ss.
type PrintedSocket struct {
	// Table is the file below /proc/net that would hold the row: tcp, tcp6, udp,
	// udp6, udplite, udplite6, raw, raw6 or unix.
	Table string
	Inet  InetSocket // of all but unix; its Printed is never nil
	Unix  UnixSocket // of unix; its Printed is never nil
}
