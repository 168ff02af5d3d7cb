package snapshot

import (
	"bytes"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Owners tells which process holds a socket. Build it once, use it read-only.
type Owners struct {
	byInode map[uint64]Owner
	// Known is false if the capture has no proc/PID/fd links at all: then no
	// owner is known, which is not the same as none.
	Known bool
}

// An Owner is the first process, by number, that has the socket open.
type Owner struct {
	PID  int
	Name string // argv[0], without directories if it is a path; may be empty
}

// Of gives the owner of the socket with this inode.
func (o *Owners) Of(inode uint64) (Owner, bool) {
	owner, ok := o.byInode[inode]
	return owner, ok
}

// Owners reads proc/PID/fd/* and proc/PID/cmdline (netstat's prg_cache_load).
// A process without cmdline is passed over, as netstat does.
func (s *Snapshot) Owners() *Owners {
	o := &Owners{byInode: map[uint64]Owner{}}
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
			if _, taken := o.byInode[inode]; !taken {
				o.byInode[inode] = Owner{PID: pid, Name: name}
			}
		}
	}
	return o
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
