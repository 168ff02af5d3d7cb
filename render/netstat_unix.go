package render

import (
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/words"
)

// unix writes the section of UNIX sockets (6).
func (n *netstat) unix() {
	n.text("Active UNIX domain sockets " + n.scope() + "\n")
	n.text("Proto RefCnt Flags       Type       State         I-Node  ")
	if n.Columns.Programs {
		n.buf = left(append(n.buf, ' '), "PID/Program name", programWidth)
	}
	n.text(" Path\n")
	t := n.Snapshot.DoubtedUnix()
	if !usable(n, t, n.Plan.AskedUnix()) {
		return
	}
	inPieces(n, t, func(n *netstat) func(b []byte, s *parser.UnixSocket) []byte {
		known := new(unixHeads)
		return func(b []byte, s *parser.UnixSocket) []byte {
			if !n.Plan.Unix(s) {
				return b
			}
			return n.appendUnix(known.append(b, s), s)
		}
	})
	if err := t.Doubt(); err != nil {
		n.Report.Bad(err)
	}
}

// unixHeads are texts of the columns before the inode, of which there are few.
type unixHeads [32]struct {
	of   unixHead
	text []byte
}

// A unixHead is what the columns before the inode are made of.
type unixHead struct {
	refs, proto, flags uint32
	kind               uint16
	state              uint8
	known              bool
}

func (h *unixHeads) append(b []byte, s *parser.UnixSocket) []byte {
	if s.Printed != nil {
		return appendUnixHead(b, s)
	}
	of := unixHead{s.RefCount, s.Protocol, s.Flags, s.Type, s.State, true}
	its := &h[(s.RefCount^uint32(s.Type)<<2^uint32(s.State)<<3)%uint32(len(h))]
	if its.of != of {
		its.of, its.text = of, appendUnixHead(its.text[:0], s)
	}
	return append(b, its.text...)
}

// appendUnixHead appends the columns before the inode.
func appendUnixHead(b []byte, s *parser.UnixSocket) []byte {
	proto := "unix "
	if s.Protocol != 0 {
		proto = "??   "
	}
	b = append(append(b, proto...), ' ')
	b = append(leftKnown(b, !s.Printed.Lack(parser.LacksRefCount), int64(s.RefCount), 6), ' ')
	if s.Printed.Lack(parser.LacksFlags) {
		b = append(left(b, "-", 11), ' ')
	} else {
		b = append(appendUnixFlags(b, s.Flags), ' ')
	}
	b = append(left(b, words.UnixType(s.Type), 10), ' ')
	return append(left(b, words.UnixState(s.State, s.Flags), 13), ' ')
}

// appendUnix appends the other columns.
func (n *netstat) appendUnix(b []byte, s *parser.UnixSocket) []byte {
	b = leftKnown(b, s.HasInode && !s.Printed.Lack(parser.LacksInode), s.Inode, 8)
	if n.Columns.Programs {
		b = n.appendProgram(b, s.Inode, s.Printed)
	}
	b = append(b, ' ')
	if n.Columns.Wide {
		b = words.AppendSafe(b, wholePath(s.Path))
	} else {
		b = words.AppendSafe(b, firstWord(s.Path))
	}
	return append(b, '\n')
}

// firstWord is what netstat shows of a path: scanf's %s skips white space and
// ends at the next, or at a NUL byte.
func firstWord(path string) string {
	from := 0
	for from < len(path) && isSpace(path[from]) {
		from++
	}
	for i := from + words.Solid(path[from:]); i < len(path); i++ {
		if isSpace(path[i]) || path[i] == 0 {
			return path[from:i]
		}
	}
	return path[from:]
}

// isSpace is C's, but for the newline, which no path holds.
func isSpace(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' && b != '\n' }

// wholePath is what -W shows. Kernels before 2.6.2x print the NUL bytes of an
// abstract name raw, later ones as '@'; so do we.
func wholePath(path string) string {
	if strings.IndexByte(path, 0) < 0 {
		return path
	}
	return strings.ReplaceAll(path, "\x00", "@")
}

func appendUnixFlags(b []byte, flags uint32) []byte {
	from := len(b)
	b = append(b, "[ "...)
	for _, word := range words.UnixFlags(flags) {
		b = append(append(b, word...), ' ')
	}
	return pad(append(b, ']'), from, 11)
}
