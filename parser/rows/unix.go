package rows

import (
	"encoding/base64"
	"iter"
	"maps"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/words"
)

// A Unix is a UNIX domain socket: a row of proc/net/unix. Every column is a
// claim, because a process can choose a name with a newline in it and so forge
// a row.
type Unix struct {
	Protocol    uint64             `json:"protocol_number" csv:"protocol_number" from:"Protocol" doc:"always 0"`
	RefCount    parser.Opt[uint64] `json:"refcount" csv:"refcount" head:"RefCnt" show:"6" from:"RefCount" doc:"references to the kernel's socket"`
	Flags       parser.Opt[uint64] `json:"flags" csv:"flags" from:"Flags" doc:"__SO_* bits: 65536 accepting, 131072 waiting for data, 262144 no space"`
	FlagNames   Words              `json:"flag_names" csv:"flag_names" head:"Flags" show:"5" cut:"yes" doc:"netstat's words for them: ACC, W, N"`
	TypeNumber  uint64             `json:"type_number" csv:"type_number" from:"Type" doc:"SOCK_* of the kernel"`
	Type        string             `json:"type" csv:"type" head:"Type" show:"key" doc:"STREAM, DGRAM, RAW, RDM, SEQPACKET or UNKNOWN"`
	StateNumber uint64             `json:"state_number" csv:"state_number" from:"St" doc:"SS_* of include/uapi/linux/net.h"`
	State       string             `json:"state" csv:"state" head:"State" show:"key" doc:"netstat's word: LISTENING, CONNECTED, CONNECTING, DISCONNECTING, FREE, UNKNOWN, or empty for a socket that is not connected"`
	AcceptLimit parser.Opt[uint64] `json:"accept_queue_limit" csv:"accept_queue_limit" head:"Backlog" show:"2" unit:"connections" doc:"the most that may wait on a listener, which only an output of ss tells"`
	AcceptQueue parser.Opt[uint64] `json:"accept_queue" csv:"accept_queue" head:"Accept-Q" show:"1" unit:"connections" doc:"on a listener: how many rows of its path have no inode, which are connections that wait to be accepted"`
	Waiting     parser.Opt[bool]   `json:"waiting" csv:"waiting" head:"Waits" show:"5" doc:"the connection waits in the accept queue of the listener with its path"`
	Inode       parser.Opt[uint64] `json:"inode" csv:"inode" head:"I-Node" show:"3" from:"Inode" doc:"0 for a connection that waits to be accepted; null before Linux 2.2, and if a command printed the row without it"`
	Holder
	Path      string             `json:"path" csv:"path" head:"Path" show:"key" from:"Path" cut:"yes" doc:"whole, blanks included; empty for a socket without a name; bytes that are not printable stand in path_bytes"`
	Abstract  bool               `json:"abstract" csv:"abstract" doc:"the name is not in the file system: it begins with @, as the kernel prints a NUL byte"`
	PathBytes parser.Opt[string] `json:"path_bytes" csv:"path_bytes" unit:"base64" cut:"yes" doc:"the path as the file has it, if it holds control characters, characters that reorder text, or bytes that are no UTF-8"`
	Pointer   parser.Opt[string] `json:"kernel_pointer" csv:"kernel_pointer" from:"Num" doc:"address of the kernel's socket, hexadecimal, often hashed; null if the kernel prints zeros"`

	Origin
}

// UnixSockets yields the UNIX sockets that the plan selects.
func (r *Reader) UnixSockets() iter.Seq[Unix] { return flat(r.unixSockets(r.report())) }

func (r *Reader) unixSockets(told Reporter) iter.Seq[piece[Unix]] {
	return func(yield func(piece[Unix]) bool) {
		table := r.Snapshot.DoubtedUnix()
		if !usable(r, table, r.Plan.AskedUnix()) {
			return
		}
		r.prepareHolders()
		if r.wanted.waiting {
			r.countBacklogs()
		}
		if r.wanted.limit {
			r.limits()
		}
		pieces := made(table, told, func(d *draft[Unix], s *parser.UnixSocket, texts *parser.Arena) bool {
			if !r.Plan.Unix(s) {
				return false
			}
			put(d, &d.row.Pointer, pointer(s.Pointer, texts))
			r.unix(d, table.File, s)
			return true
		})
		if !handOn(pieces, yield) {
			return
		}
		yield(piece[Unix]{rows: func(func(*Unix, *marks) bool) {}, done: func() {
			if err := table.Doubt(); err != nil {
				told.Bad(err)
			}
		}})
	}
}

// unix fills in a row, but for its pointer.
func (r *Reader) unix(d *draft[Unix], file string, s *parser.UnixSocket) {
	row := &d.row
	set(d, &row.Protocol, uint64(s.Protocol))
	put(d, &row.RefCount, found(uint64(s.RefCount), !s.Printed.Lack(parser.LacksRefCount)))
	flags := found(uint64(s.Flags), !s.Printed.Lack(parser.LacksFlags))
	if row.Flags != flags {
		var names Words
		if flags.Known() {
			names = append(Words{}, words.UnixFlags(s.Flags)...)
		}
		put(d, &row.FlagNames, names)
	}
	set(d, &row.Flags, flags)
	put(d, &row.TypeNumber, uint64(s.Type))
	put(d, &row.Type, words.UnixType(s.Type))
	put(d, &row.StateNumber, uint64(s.State))
	put(d, &row.State, words.UnixState(s.State, s.Flags))
	put(d, &row.Inode, found(s.Inode, s.HasInode && !s.Printed.Lack(parser.LacksInode)))
	put(d, &row.Path, strings.ReplaceAll(s.Path, "\x00", "@"))
	put(d, &row.Abstract, strings.HasPrefix(row.Path, "@"))
	var raw parser.Opt[string]
	if !words.IsSafe(s.Path) {
		raw = parser.Some(base64.StdEncoding.EncodeToString([]byte(s.Path)))
	}
	set(d, &row.PathBytes, raw)
	setOrigin(d, &row.Origin, r.origin(file, s.Line))
	if r.anyHolder(s.Printed) {
		setHolder(d, &row.Holder, r.holder(s.Inode, s.Printed, file))
	}
	var limit, queue parser.Opt[uint64]
	var waits parser.Opt[bool]
	if isListener(s) {
		limit = r.unixLimit(s)
	}
	if s.Path != "" && r.wanted.waiting {
		queue, waits = r.waits(s)
	}
	set(d, &row.AcceptLimit, limit)
	set(d, &row.AcceptQueue, queue)
	set(d, &row.Waiting, waits)
}

func (r *Reader) unixLimit(s *parser.UnixSocket) parser.Opt[uint64] {
	if s.Printed != nil && s.Printed.Backlog.Known() {
		return s.Printed.Backlog
	}
	if !r.wanted.limit {
		return parser.Opt[uint64]{}
	}
	return found(r.acceptLimits.Of(s.Inode))
}

// backlogs count, by path, the connections that wait for the listener there.
type backlogs struct {
	waiting  map[string]uint64
	complete bool
}

// waits tells how many connections wait for a listener, or whether a socket is one that
// waits. Without a limit of its own the kernel's file tells no more.
func (r *Reader) waits(s *parser.UnixSocket) (queue parser.Opt[uint64], waits parser.Opt[bool]) {
	n, listens := r.backlogs.waiting[s.Path]
	switch {
	case isListener(s):
		queue = found(n, listens && r.backlogs.complete)
	case unaccepted(s):
		waits = found(true, listens)
	}
	return queue, waits
}

func isListener(s *parser.UnixSocket) bool { return s.State == 1 && s.Flags&parser.UnixAccept != 0 }

// unaccepted: connecting or connected, and held by no process.
func unaccepted(s *parser.UnixSocket) bool {
	return s.HasInode && !s.Printed.Lack(parser.LacksInode) && s.Inode == 0 && (s.State == 2 || s.State == 3)
}

// countBacklogs reads the table twice: first the listeners, then who waits for
// them, so that only listeners take memory.
func (r *Reader) countBacklogs() {
	if r.backlogs != nil {
		return
	}
	b := &backlogs{waiting: map[string]uint64{}}
	r.backlogs = b
	full := false
	b.complete = gather(r.Snapshot.Unix(), func(s *parser.UnixSocket) (string, bool) {
		return s.Path, s.Path != "" && isListener(s)
	}, func(path string) {
		if full = full || len(b.waiting) >= maxListeners; !full {
			b.waiting[path] = 0
		}
	})
	b.complete = b.complete && !full
	if len(b.waiting) == 0 {
		return
	}
	counts := map[string]uint64{}
	gather(r.Snapshot.Unix(), func(s *parser.UnixSocket) (string, bool) {
		_, listens := b.waiting[s.Path]
		return s.Path, listens && unaccepted(s)
	}, func(path string) { counts[path]++ })
	maps.Copy(b.waiting, counts)
}
