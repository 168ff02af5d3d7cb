package render

import (
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
)

// unix writes the section of UNIX sockets (6).
func (n *netstat) unix() {
	n.text("Active UNIX domain sockets " + n.scope() + "\n")
	n.text("Proto RefCnt Flags       Type       State         I-Node  ")
	if n.Columns.Programs {
		n.buf = left(append(n.buf, ' '), "PID/Program name", programWidth)
	}
	n.text(" Path\n")
	t := n.Snapshot.Unix()
	if !usable(n, t, n.askedUnix()) {
		return
	}
	for s := range good(n, t) {
		if !n.Plan.Unix(&s) {
			continue
		}
		n.buf = n.appendUnix(n.buf, &s)
	}
}

func (n *netstat) askedUnix() Asked {
	switch {
	case !n.Plan.Chose(query.UnixAF):
		return InPassing
	case n.Plan.Quiet:
		return ByFamily
	default:
		return ByName
	}
}

func (n *netstat) appendUnix(b []byte, s *parser.UnixSocket) []byte {
	proto := "unix "
	if s.Protocol != 0 {
		proto = "??   "
	}
	b = append(append(b, proto...), ' ')
	b = append(leftInt(b, int64(s.RefCount), 6), ' ')
	b = append(appendUnixFlags(b, s.Flags), ' ')
	b = append(left(b, unixType(s.Type), 10), ' ')
	b = append(left(b, unixState(s), 13), ' ')
	if s.HasInode {
		b = leftUint(b, s.Inode, 8)
	} else {
		b = left(b, "-", 8)
	}
	if n.Columns.Programs {
		b = n.appendProgram(b, s.Inode, s.HasInode)
	}
	b = append(b, ' ')
	if n.Columns.Wide {
		b = appendSafe(b, wholePath(s.Path))
	} else {
		b = appendSafe(b, firstWord(s.Path))
	}
	return append(b, '\n')
}

// firstWord is what netstat shows of a path: scanf's %s skips white space and
// ends at the next, or at a NUL byte.
func firstWord(path string) string {
	path = strings.TrimLeft(path, " \t\v\f\r")
	if i := strings.IndexAny(path, " \t\v\f\r\x00"); i >= 0 {
		return path[:i]
	}
	return path
}

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
	if flags&parser.UnixAccept != 0 {
		b = append(b, "ACC "...)
	}
	if flags&parser.UnixWait != 0 {
		b = append(b, "W "...)
	}
	if flags&parser.UnixNoSpace != 0 {
		b = append(b, "N "...)
	}
	return pad(append(b, ']'), from, 11)
}

var unixTypes = [...]string{1: "STREAM", 2: "DGRAM", 3: "RAW", 4: "RDM", 5: "SEQPACKET"}

func unixType(t uint16) string {
	if t > 0 && int(t) < len(unixTypes) {
		return unixTypes[t]
	}
	return "UNKNOWN"
}

func unixState(s *parser.UnixSocket) string {
	switch s.State {
	case 0:
		return "FREE"
	case 1:
		if s.Flags&parser.UnixAccept != 0 {
			return "LISTENING"
		}
		return ""
	case 2:
		return "CONNECTING"
	case 3:
		return "CONNECTED"
	case 4:
		return "DISCONNECTING"
	}
	return "UNKNOWN"
}
