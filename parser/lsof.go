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
				bad.File, bad.Line, bad.Column = file, l.line, max(0, strings.Index(string(text), bad.Value))+1
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
		return s, true, &RowError{Field: "PID", Value: f[1][:min(len(f[1]), maxValue)], Err: ErrSyntax}
	}
	rest := f[at+1:]
	if len(rest) > 0 && (rest[0][0] < '0' || rest[0][0] > '9') {
		rest = rest[1:] // FILE-FLAG of +fg
	}
	field, column := "DEVICE", 0
	sctp := len(rest) > 2 && rest[2] == "SCTP" // has its inode where those of IPv4 have it
	if (f[at] == "unix" || f[at] == "sock") && !sctp {
		field, column = "NODE", 2 // behind DEVICE and SIZE/OFF
	}
	if len(rest) <= column {
		return s, true, &RowError{Field: field, Err: ErrShort}
	}
	inode, err := strconv.ParseUint(rest[column], 10, 64)
	if err != nil {
		return s, true, &RowError{Field: field, Value: rest[column][:min(len(rest[column]), maxValue)], Err: ErrSyntax}
	}
	return OpenSocket{PID: pid, Command: strings.ReplaceAll(f[0], `\x20`, " "), Inode: inode}, true, nil
}

// socketType finds the column TYPE of a socket. The one before it is FD: a number and
// a letter for the mode. Between the PID and those there may be others, TID and
// TASKCMD.
func socketType(f []string) int {
	for i := 3; i < len(f) && i < 7; i++ {
		if f[i] != "IPv4" && f[i] != "IPv6" && f[i] != "unix" && f[i] != "sock" {
			continue
		}
		digits := strings.TrimRight(f[i-1], "abcdefghijklmnopqrstuvwxyzRWN ")
		if _, err := strconv.ParseUint(digits, 10, 31); err == nil {
			return i
		}
	}
	return -1
}
