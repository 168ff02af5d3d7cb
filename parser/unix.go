package parser

import (
	"bytes"
	"io"
	"iter"
)

// A UnixSocket is one row of /proc/net/unix, written by unix_seq_show
// (net/unix/af_unix.c).
//
// Every column is a claim: the name is printed raw, so that a process can
// choose a name with a newline in it and so forge a row.
type UnixSocket struct {
	Line int // 1-based line in the file

	Pointer  Opt[uint64] // Num: the kernel's address of the socket, or a hash of it; unknown if it shows zeros
	RefCount uint32
	Protocol uint32 // always 0
	Flags    uint32 // UnixAccept and others
	Type     uint16 // SOCK_STREAM 1, SOCK_DGRAM 2, SOCK_SEQPACKET 5
	State    uint8  // SS_UNCONNECTED 1, SS_CONNECTING 2, SS_CONNECTED 3, SS_DISCONNECTING 4
	Inode    uint64
	HasInode bool // false for kernels before 2.2, which have no such column

	// Path is the whole name as the kernel printed it, blanks included; empty
	// for a socket without a name. An abstract name starts with @, which also
	// stands for each of its NUL bytes. It may hold any bytes but newline.
	Path string

	// Printed is set on a row that was read from the output of a command.
	Printed *Printed
}

// Bits of UnixSocket.Flags, the kernel's __SO_* values.
const (
	UnixAccept  = 1 << 16 // listening
	UnixWait    = 1 << 17
	UnixNoSpace = 1 << 18
)

// Unix decodes the rows of /proc/net/unix in file order, with errors as [Inet]
// yields them. The header line tells whether there is an Inode column. If the
// last row lacks its newline but has a path, the row is yielded and an error
// with [ErrCut] follows it.
func Unix(file string, r io.Reader, o Options) iter.Seq2[UnixSocket, error] {
	return values(table(file, r, unixLayout(o)))
}

// unixLayout is the [layout] of /proc/net/unix.
func unixLayout(o Options) layout[UnixSocket] {
	return func(head []byte) func(*lines) decoder[UnixSocket] {
		hasInode := bytes.Contains(head, []byte("Inode"))
		return func(l *lines) decoder[UnixSocket] {
			return unixDecoder(l, hasInode, o.Doubts)
		}
	}
}

func unixDecoder(l *lines, hasInode bool, doubts *UnixDoubts) decoder[UnixSocket] {
	var names Arena
	log := doubts.log()
	return decoder[UnixSocket]{
		fills: true,
		end:   log.tell,
		quick: func(text []byte, s *UnixSocket) bool {
			path, ok := quickUnix(text, s)
			if !ok || !hasInode {
				return false
			}
			s.Line, s.Path = l.line, names.Keep(path)
			if log != nil {
				log.row(quickWidth(text), s)
			}
			return true
		},
		row: func(c *cursor, s *UnixSocket) {
			path := c.unix(s, hasInode)
			if c.err != nil {
				return
			}
			if l.cut && len(path) == 0 {
				// A newline always follows: these digits may be half of the number.
				c.fail("Inode", c.pos, ErrShort)
				return
			}
			s.Line, s.Path = l.line, names.Keep(path)
			c.field, c.at, c.pos = "Path", len(c.b)-len(path), len(c.b)
			if log != nil {
				log.row(bytes.IndexByte(c.b, ':'), s)
			}
		},
	}
}

// unix reads one row. The pointer in the first column is zeroed, hashed or real.
func (c *cursor) unix(s *UnixSocket, hasInode bool) (path []byte) {
	c.blanks()
	start := c.pos
	num := c.rawHex("Num", start, 64)
	s.Pointer = Opt[uint64]{num, num != 0}
	c.colon("Num", start)
	s.RefCount = uint32(c.hex("RefCount", 32))
	s.Protocol = uint32(c.hex("Protocol", 32))
	s.Flags = uint32(c.hex("Flags", 32))
	s.Type = uint16(c.hex("Type", 16))
	s.State = uint8(c.hex("St", 8))
	s.Inode, s.HasInode = 0, hasInode
	if hasInode {
		s.Inode = c.dec("Inode", 64)
	}
	if c.err == nil && c.pos < len(c.b) {
		path = c.b[c.pos+1:] // exactly one blank stands before the name
	}
	return path
}
