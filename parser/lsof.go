package parser

import (
	"io"
	"iter"
	"strconv"
	"strings"
)

// An OpenSocket is a socket that a process has open, as lsof prints it.
type OpenSocket struct {
	Line int // 1-based line in the text

	PID     uint64
	Command string // cut to nine characters or what +c says
	Inode   uint64
}

// Lsof decodes the internet, UNIX and other sockets in what lsof prints in columns
// (lsof, print.c and lib/dialects/linux), with errors as [Inet] yields them. Of
// internet sockets the column DEVICE has the inode, of others NODE. Its warnings, and
// files that are no sockets, are passed over.
func Lsof(file string, r io.Reader, _ Options) iter.Seq2[OpenSocket, error] {
	return func(yield func(OpenSocket, error) bool) {
		l := newLines(r)
		l.sniff = true
		eachLine(l, file, yield, func(text []byte) bool {
			s, ok, bad := openSocket(strings.Fields(string(text)))
			switch {
			case !ok:
				return true
			case bad != nil:
				bad.place(file, l.line, text)
				return yield(OpenSocket{}, bad)
			}
			s.Line = l.line
			return yield(s, nil)
		})
	}
}

// openSocket reads one row. ok is false for what is no socket.
func openSocket(f []string) (s OpenSocket, ok bool, bad *RowError) {
	at := socketType(f)
	if at < 0 {
		return s, false, nil
	}
	pid, err := strconv.ParseUint(f[1], 10, 31)
	if err != nil {
		return s, true, &RowError{Field: "PID", Value: clip(f[1]), Err: ErrSyntax}
	}
	field := "DEVICE"
	if f[at] != "IPv4" && f[at] != "IPv6" {
		field = "NODE"
	}
	for i, w := range f[at+1:] {
		if inode, err := strconv.ParseUint(w, 10, 64); err == nil {
			return OpenSocket{PID: pid, Command: strings.ReplaceAll(f[0], `\x20`, " "), Inode: inode}, true, nil
		}
		if !beforeInode(w, i == 0) {
			return s, true, &RowError{Field: field, Value: clip(w), Err: ErrSyntax}
		}
	}
	return s, true, &RowError{Field: field, Err: ErrShort}
}

// beforeInode reports whether the word may stand between TYPE and the inode: flags of
// +fg, which come first, an address of the kernel, 0,9 for a device and 0t0 for an
// offset. Behind any other there are names, whose numbers are no inodes.
func beforeInode(w string, first bool) bool {
	if first && w[0] >= 'A' && w[0] <= 'Z' {
		return true
	}
	return strings.HasPrefix(w, "0x") || strings.HasPrefix(w, "0t") || w[0] >= '0' && w[0] <= '9' && strings.Contains(w, ",")
}

// socketTypes are the words in the column TYPE that are sockets.
var socketTypes = map[string]bool{
	"IPv4": true, "IPv6": true, "unix": true, "sock": true, "netlink": true, "pack": true, "raw": true, "raw6": true, "icmp": true,
}

// socketType finds the column TYPE of a socket. The one before it is FD: a number and
// a letter for the mode. Between the PID and those there may be others, TID and
// TASKCMD, and a task may be called raw: USER and FD at least are in front of TYPE.
func socketType(f []string) int {
	for i := 4; i < len(f) && i < 7; i++ {
		if !socketTypes[f[i]] {
			continue
		}
		digits := strings.TrimRight(f[i-1], "abcdefghijklmnopqrstuvwxyzRWN ")
		if _, err := strconv.ParseUint(digits, 10, 31); err == nil {
			return i
		}
	}
	return -1
}
