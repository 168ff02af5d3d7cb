package parser

import (
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
)

// A CPUStat is what one CPU counted: a row of a file below /proc/net/stat.
type CPUStat struct {
	Line int // 1-based

	// Names are those of the file's header, shared by all rows. The first is entries,
	// whose value is that of the table as a whole and the same in each row.
	Names  []string
	Values []uint64 // one for each name
}

// Get gives a value by its name. ok is false if the kernel has no such column.
func (s *CPUStat) Get(name string) (value uint64, ok bool) {
	i := slices.Index(s.Names, name)
	if i < 0 || i >= len(s.Values) {
		return 0, false
	}
	return s.Values[i], true
}

// errNoNames ends a table without a header.
var errNoNames = errors.New("the header has no names: no row can be read")

// CPUStats decodes a file of counters for each CPU: /proc/net/stat/arp_cache and
// ndisc_cache, written by neigh_stat_seq_show (net/core/neighbour.c), and nf_conntrack,
// by ct_cpu_seq_show (net/netfilter/nf_conntrack_standalone.c). The header names the
// columns, whose number differs by kernel; the values are hexadecimal, of 32 bits.
// Errors are as [Inet] yields them; columns behind the last name are ignored.
func CPUStats(file string, r io.Reader, _ Options) iter.Seq2[CPUStat, error] {
	var names []string
	start := func(head []byte) error {
		names = strings.Fields(string(head))
		if head != nil && len(names) == 0 {
			return &FileError{File: file, Line: 1, Err: errNoNames}
		}
		return nil
	}
	return rows(file, r, true, start, func(c *cursor, line int) CPUStat {
		s := CPUStat{Line: line, Names: names}
		for _, name := range names {
			if c.err != nil {
				break
			}
			s.Values = append(s.Values, c.hex(counterField(name), 32))
		}
		return s
	})
}
