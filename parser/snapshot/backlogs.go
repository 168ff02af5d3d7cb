package snapshot

import (
	"net/netip"

	"github.com/coldstat/coldstat/parser"
)

// Backlogs are the limits of accept queues, which only ss prints. Build them once,
// use them read-only.
type Backlogs struct {
	byInode map[uint64]uint64
	byAddr  map[listener]uint64
}

// A listener is a tcp socket that listens: its table and its address.
type listener struct {
	table string
	local netip.AddrPort
}

const (
	maxBacklogs    = 1 << 20
	unknownBacklog = ^uint64(0) // of several listeners on one address whose limits differ
)

// Backlogs reads the output of ss.
func (s *Snapshot) Backlogs() *Backlogs {
	b := &Backlogs{byInode: map[uint64]uint64{}, byAddr: map[listener]uint64{}}
	for row := range Good(open(s, ssOutput, parser.SSSockets).Rows(), func(error) {}) {
		if len(b.byInode)+len(b.byAddr) >= maxBacklogs {
			break
		}
		if row.Table == "unix" {
			b.add(row.Unix.Printed, row.Unix.Inode)
		} else if limit, ok := b.add(row.Inet.Printed, row.Inet.Inode); ok {
			at := listener{row.Table, row.Inet.Local}
			if other, taken := b.byAddr[at]; taken && other != limit {
				limit = unknownBacklog
			}
			b.byAddr[at] = limit
		}
	}
	return b
}

func (b *Backlogs) add(p *parser.Printed, inode uint64) (limit uint64, ok bool) {
	limit, ok = p.Backlog.Get()
	if ok && inode != 0 && !p.Lacks.Has(parser.LacksInode) {
		b.byInode[inode] = limit
	}
	return limit, ok
}

// Of gives the limit of the listener with this inode.
func (b *Backlogs) Of(inode uint64) (limit uint64, ok bool) {
	limit, ok = b.byInode[inode]
	return limit, ok
}

// At gives that of the tcp listener with this address, if ss did not print inodes.
// table is tcp or tcp6.
func (b *Backlogs) At(table string, local netip.AddrPort) (limit uint64, ok bool) {
	limit, ok = b.byAddr[listener{table, local}]
	return limit, ok && limit != unknownBacklog
}
