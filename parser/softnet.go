package parser

import (
	"io"
	"iter"
)

// A Softnet is what one CPU did with packets that came in: a row of
// /proc/net/softnet_stat. The kernel counts in 32 bits, so that the numbers begin again
// at 0 on a machine that has been busy for long.
type Softnet struct {
	Line int // 1-based

	Processed uint64 // packets
	Dropped   uint64 // packets, because the queue of the CPU was full (net.core.netdev_max_backlog)
	Squeezed  uint64 // how often packets were left when the budget or the time of a round was used up

	ReceivedRPS Opt[uint64] // how often another CPU handed packets on; Linux 2.6.35 and later
	FlowLimit   Opt[uint64] // packets of Dropped that the limit per flow cost; Linux 3.11 and later
	Backlog     Opt[uint64] // packets that are queued; Linux 5.10 and later
	CPU         Opt[uint64] // number of the CPU; Linux 5.10 and later. Others leave out those that are off
}

// Softnets decodes /proc/net/softnet_stat, written by softnet_seq_show
// (net/core/net-procfs.c): a row of hexadecimal numbers for each CPU, nine of them in
// old kernels and up to fifteen in new ones, with errors as [Inet] yields them. Columns
// 4 to 9 are of no use since the kernels of which it is told.
func Softnets(file string, r io.Reader, _ Options) iter.Seq2[Softnet, error] {
	return rows(file, r, false, nil, func(c *cursor, line int) Softnet {
		s := Softnet{Line: line}
		s.Processed, s.Dropped, s.Squeezed = c.hex("processed", 32), c.hex("dropped", 32), c.hex("time_squeeze", 32)
		for range 5 {
			c.hex("0", 32)
		}
		c.hex("cpu_collision", 32)
		for _, o := range []struct {
			field string
			to    *Opt[uint64]
		}{{"received_rps", &s.ReceivedRPS}, {"flow_limit_count", &s.FlowLimit}, {"softnet_backlog_len", &s.Backlog}, {"cpu", &s.CPU}} {
			if c.err != nil || c.done() {
				break
			}
			*o.to = Some(c.hex(o.field, 32))
		}
		return s
	})
}
