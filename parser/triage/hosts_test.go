package triage

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// A sock is a row of an internet table, as tests write it. Zero fields are what most
// rows have: no queues, no timer, root.
type sock struct {
	local, remote string // "10.0.0.1:80"; empty is 0.0.0.0:0, or :: in tables of IPv6
	st            parser.State
	rq, sq        uint64
	timer         uint8
	when          uint64 // hundredths of a second
	retrans       uint64
	probes        int32
	uid           uint32
	inode         uint64
	drops         uint64 // of udp and raw
	cwnd          uint64 // 0 is not shown
}

// machine is one with some tables: file is the name below proc/net, as fixtures.InetFiles
// has it.
func machine(tables map[string][]sock) *fixtures.Host {
	h := fixtures.NewHost(nil)
	for file, list := range tables {
		h.Set("proc/net/"+file, table(file, list))
	}
	return h
}

// table writes the rows of a file as the kernel does.
func table(file string, list []sock) string {
	var out []parser.InetSocket
	for i, s := range list {
		out = append(out, s.row(i, strings.HasPrefix(file, "tcp"), strings.HasSuffix(file, "6")))
	}
	return fixtures.Kernel{}.Inet(file, out)
}

func (s sock) row(slot int, tcp, v6 bool) parser.InetSocket {
	nowhere := netip.MustParseAddrPort("0.0.0.0:0")
	if v6 {
		nowhere = netip.MustParseAddrPort("[::]:0")
	}
	at := func(text string) netip.AddrPort {
		if text == "" {
			return nowhere
		}
		return netip.MustParseAddrPort(text)
	}
	r := parser.InetSocket{
		Slot: uint64(slot), Local: at(s.local), Remote: at(s.remote), State: s.st, SendQ: s.sq, RecvQ: s.rq,
		Timer: s.timer, TimerExpires: s.when, Retransmits: s.retrans, UID: s.uid, Timeout: s.probes, Inode: s.inode,
		RefCount: parser.Some[int64](1),
	}
	if s.cwnd > 0 {
		r.RTO, r.ATO, r.QuickAck = parser.Some[uint64](20), parser.Some[uint64](4), parser.Some[uint64](0)
		r.CongestionWindow = parser.Some(s.cwnd)
	}
	if !tcp {
		r.Drops = parser.Some(s.drops)
	}
	return r
}

// many makes n sockets.
func many(n int, of func(i int) sock) (list []sock) {
	for i := range n {
		list = append(list, of(i))
	}
	return list
}

// holds adds a process that has sockets open.
func holds(h *fixtures.Host, pid int, program string, inodes ...uint64) *fixtures.Host {
	h.Set(fmt.Sprintf("proc/%d/cmdline", pid), program+"\x00")
	for i, inode := range inodes {
		h.Link(fmt.Sprintf("proc/%d/fd/%d", pid, i+3), fmt.Sprintf("socket:[%d]", inode))
	}
	return h
}

// inodes are n numbers from first on.
func inodes(n int, first uint64) (list []uint64) {
	for i := range n {
		list = append(list, first+uint64(i))
	}
	return list
}

// counterFile writes a file of counters such as proc/net/netstat: sections is "TcpExt
// ListenDrops=5 ListenOverflows=4", one a line.
func counterFile(sections ...string) string {
	var b strings.Builder
	for _, s := range sections {
		words := strings.Fields(s)
		names, values := words[0]+":", words[0]+":"
		for _, w := range words[1:] {
			name, value, _ := strings.Cut(w, "=")
			names, values = names+" "+name, values+" "+value
		}
		b.WriteString(names + "\n" + values + "\n")
	}
	return b.String()
}

// uptime is proc/uptime after so many hours.
func uptime(hours int) string { return fmt.Sprintf("%d.00 1.00\n", hours*3600) }
