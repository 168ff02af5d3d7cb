package snapshot

import (
	"bytes"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// Owners tells which process holds a socket. Build it once, use it read-only.
type Owners struct {
	byInode map[uint64]Owner
	// Known is false if the capture has neither proc/PID/fd links nor an output
	// of netstat, ss or lsof with programs: then no owner is known, which is not
	// the same as none.
	Known bool
}

// An Owner is the first process, by number, that has the socket open.
type Owner struct {
	PID uint64
	// Name is argv[0], without directories if it is a path, or what a command
	// printed of it; it may be empty.
	Name string
	From string // the file that tells it, proc/PID/fd or that of an output
}

// None reports whether no socket has one.
func (o *Owners) None() bool { return len(o.byInode) == 0 }

// Of gives the owner of the socket with this inode.
func (o *Owners) Of(inode uint64) (Owner, bool) {
	owner, ok := o.byInode[inode]
	return owner, ok
}

// Owners reads proc/PID/fd/* and proc/PID/cmdline (netstat's prg_cache_load), and
// for the sockets that have none there the outputs of netstat, ss and lsof. A
// process without cmdline is passed over, as netstat does.
func (s *Snapshot) Owners() *Owners {
	o := &Owners{byInode: map[uint64]Owner{}}
	s.ownersInProc(o)
	for _, text := range socketTexts {
		t := open(s, text.name, text.decode)
		for row := range Good(t.Rows(), func(error) {}) {
			p, inode := row.Inet.Printed, row.Inet.Inode
			if row.Table == "unix" {
				p, inode = row.Unix.Printed, row.Unix.Inode
			}
			if pid, ok := p.PID.Get(); ok {
				o.Known = true
				o.add(inode, Owner{pid, p.Program, t.File})
			}
		}
	}
	t := open(s, lsofOutput, parser.Lsof)
	for row := range Good(t.Rows(), func(error) {}) {
		o.Known = true
		o.add(row.Inode, Owner{row.PID, row.Command, t.File})
	}
	return o
}

// add takes the first owner of a socket.
func (o *Owners) add(inode uint64, owner Owner) {
	if _, taken := o.byInode[inode]; !taken && inode != 0 {
		o.byInode[inode] = owner
	}
}

func (s *Snapshot) ownersInProc(o *Owners) {
	entries, _ := fs.ReadDir(s.root, "proc")
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.ParseUint(e.Name(), 10, 31); err == nil && e.IsDir() {
			pids = append(pids, int(pid))
		}
	}
	slices.Sort(pids)
	for _, pid := range pids {
		dir := "proc/" + strconv.Itoa(pid)
		inodes := s.socketInodes(dir+"/fd", &o.Known)
		if len(inodes) == 0 {
			continue
		}
		name, ok := s.programName(dir + "/cmdline")
		if !ok {
			continue
		}
		for _, inode := range inodes {
			o.add(inode, Owner{uint64(pid), name, "proc/" + strconv.Itoa(pid) + "/fd"})
		}
	}
}

// socketInodes lists the sockets among the links in a process's fd directory.
// Collectors that cannot store such links keep their text in small files.
func (s *Snapshot) socketInodes(dir string, known *bool) (inodes []uint64) {
	entries, _ := fs.ReadDir(s.root, dir)
	for _, e := range entries {
		if name := e.Name(); name[0] < '0' || name[0] > '9' {
			continue
		}
		var target string
		switch {
		case e.Type()&fs.ModeSymlink != 0:
			target, _ = fs.ReadLink(s.root, dir+"/"+e.Name())
		case e.Type().IsRegular():
			text, _ := s.readSmall(dir+"/"+e.Name(), 64)
			target = strings.TrimSpace(string(text))
		}
		if target != "" {
			*known = true
		}
		if inode, ok := socketInode(target); ok {
			inodes = append(inodes, inode)
		}
	}
	return inodes
}

// socketInode reads `socket:[4711]`, or `[0000]:4711` of kernels before 2.2.
func socketInode(target string) (uint64, bool) {
	digits, ok := strings.CutPrefix(target, "socket:[")
	if ok {
		digits, ok = strings.CutSuffix(digits, "]")
	} else {
		digits, ok = strings.CutPrefix(target, "[0000]:")
	}
	if !ok {
		return 0, false
	}
	inode, err := strconv.ParseUint(digits, 10, 64)
	return inode, err == nil
}

// maxCmdline is how much of cmdline netstat reads.
const maxCmdline = 511

func (s *Snapshot) programName(file string) (string, bool) {
	text, err := s.readSmall(file, maxCmdline)
	if err != nil {
		return "", false
	}
	argv0, _, _ := bytes.Cut(text, []byte{0})
	if len(argv0) > 0 && argv0[0] == '/' {
		argv0 = argv0[bytes.LastIndexByte(argv0, '/')+1:]
	}
	return string(argv0), true
}

// readSmall reads at most max bytes of a file.
func (s *Snapshot) readSmall(name string, max int64) ([]byte, error) {
	f, err := s.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, max))
}
