package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser/rows"
)

var socketWithoutProcess = &Rule{
	ID: "T60", Title: "listeners that no process has", Severity: Warning,
	Needs: []Need{{"proc/net/tcp", "proc/net/tcp6"}, {"proc/*/fd/*", "output/lsof", "output/ss", "output/netstat"}},
	Uses:  []string{"proc/*/cmdline"},
	Thresholds: []Threshold{
		{"held", 90, "%", "of the sockets with an inode must have a process that is known: else the capture was not taken as root, or in another namespace than the processes, and lacks them for that"},
		{"sockets", 5, "sockets", "of fewer a share says nothing"},
	},
	Means: "The kernel listens itself, as it does for NFS, DRBD or iSCSI, or the process is hidden from the one that took the capture.",
	Do:    "ask which part of the kernel may have the port: lsmod; rpcinfo -p; if none has, compare with ss -ltnp as root, and treat the machine as taken over until it is known",
	References: []string{
		"https://github.com/osquery/osquery/issues/608",
		"https://man7.org/linux/man-pages/man8/lsof.8.html",
	},
	Check: func(c *Check) {
		if !c.OwnersKnown() {
			c.Skip("proc/*/fd/*", "no file of the capture tells which process has a socket")
			return
		}
		var by doors
		var all, held float64
		var root, others, nfs bool
		c.EachSocket(func(s *rows.Socket) {
			inode, known := s.Inode.Get()
			if !known || inode == 0 {
				return
			}
			listens := IsTCP(s) && s.State == "LISTEN"
			at := Of(s.LocalPort)
			nfs = nfs || listens && (at == 2049 || at == 111)
			if !s.PID.Known() {
				if listens && !kernelPorts[at] {
					by.see(s)
				}
				if !listens || !kernelPorts[at] {
					all++
				}
				return
			}
			all, held = all+1, held+1
			if uid, ok := s.UID.Get(); ok {
				root, others = root || uid == 0, others || uid != 0
			}
		})
		c.AtEnd(func() {
			switch {
			case len(by.list) == 0:
			case !root:
				c.Skip("proc/*/fd/*", "no socket of root has a process: the capture was not taken as root")
			case all < c.Threshold("sockets") || 100*held < c.Threshold("held")*all:
				c.Skip("proc/*/fd/*", "only %s of %s sockets have a process: the capture does not cover all processes", number(held), number(all))
			default:
				reportUnheld(c, &by, held, all, others, nfs)
			}
		})
	},
}

func reportUnheld(c *Check, by *doors, held, all float64, others, nfs bool) {
	for _, g := range by.list {
		f := Finding{
			Severity: Warning, Subject: g.Key.String(), Evidence: g.Evidence, Count: g.Count,
			What: fmt.Sprintf("no process has what listens on %s %s", g.Key, atAddress(by.of[g.Key].where)),
			Figures: []Figure{{
				Name: "sockets with a process", Value: 100 * held / all, Unit: "%", Threshold: c.Threshold("held"), Held: true,
				From: "threshold held of T60",
			}},
			Doubts: []string{"the listener may be newer than the list of processes"},
		}
		if nfs {
			f.Doubts = append(f.Doubts, "it may be lockd of NFS, which takes any port")
		}
		if !others {
			f.Doubts = append(f.Doubts, "only processes with sockets of root are known: the capture may not cover all")
		}
		c.Find(f)
	}
}

// kernelPorts are those on which the kernel itself listens: NFS, ksmbd, iSCSI and NVMe
// targets, OCFS2, DLM and DRBD's usual ones.
var kernelPorts = map[uint64]bool{
	445: true, 2049: true, 3260: true, 4420: true, 7777: true, 21064: true,
	7788: true, 7789: true, 7790: true, 7791: true,
}
