package parser

import (
	"bytes"
	"io"
	"iter"
)

// DevCounters is one row of /proc/net/dev, written by dev_seq_printf_stats
// (net/core/net-procfs.c). The file has neither MTU nor flags.
type DevCounters struct {
	Line int // 1-based line in the file

	Iface string
	// NoStatistics is set for a device without counters, which kernels before
	// 2.6.29 say in words; all counters are then meaningless.
	NoStatistics bool
	// HasBytes is false for kernels before 2.2, whose file has no byte counts.
	HasBytes bool
	// HasCompressed is false for kernels before 2.2, whose file has no columns
	// for compressed and multicast packets.
	HasCompressed                              bool
	RxBytes, RxPackets, RxErrs, RxDrop         uint64
	RxFifo, RxFrame, RxCompressed, RxMulticast uint64
	TxBytes, TxPackets, TxErrs, TxDrop         uint64
	TxFifo, TxColls, TxCarrier, TxCompressed   uint64

	Lacks Lack // of a row from the output of a command
}

// Dev decodes /proc/net/dev in file order, with errors as [Inet] yields them.
// The second of the two header lines tells which of three layouts the file has
// (16, 13 or 11 counters).
func Dev(file string, r io.Reader, _ Options) iter.Seq2[DevCounters, error] {
	return func(yield func(DevCounters, error) bool) {
		l := newLines(r)
		var text []byte
		for _, read := range []func() ([]byte, error){l.header, l.next} {
			var err error
			if text, err = read(); err != nil && !yieldFail(l, file, text, err, yield) {
				return
			}
		}
		l.heads[1] = bytes.Clone(text)
		layout := devLayout(text)
		body(l, file, func(c *cursor, d *DevCounters) {
			*d = c.dev(layout)
			d.Line = l.line
		}, yield)
	}
}

type devKind int

const (
	devNoBytes    devKind = iota // Linux 2.0
	devBytes                     // Linux 2.1
	devCompressed                // Linux 2.2 and later
)

func devLayout(head []byte) devKind {
	switch {
	case bytes.Contains(head, []byte("compressed")):
		return devCompressed
	case bytes.Contains(head, []byte("bytes")):
		return devBytes
	default:
		return devNoBytes
	}
}

func (c *cursor) dev(kind devKind) (d DevCounters) {
	d.Iface = c.devName()
	if c.blanks(); c.err == nil && bytes.HasPrefix(c.b[c.pos:], []byte("No statistics available")) {
		d.NoStatistics, c.pos = true, len(c.b)
		return d
	}
	d.HasBytes, d.HasCompressed = kind != devNoBytes, kind == devCompressed
	if d.HasBytes {
		d.RxBytes = c.dec("rx bytes", 64)
	}
	d.RxPackets = c.dec("rx packets", 64)
	d.RxErrs = c.dec("rx errs", 64)
	d.RxDrop = c.dec("rx drop", 64)
	d.RxFifo = c.dec("rx fifo", 64)
	d.RxFrame = c.dec("rx frame", 64)
	if kind == devCompressed {
		d.RxCompressed = c.dec("rx compressed", 64)
		d.RxMulticast = c.dec("rx multicast", 64)
	}
	if d.HasBytes {
		d.TxBytes = c.dec("tx bytes", 64)
	}
	d.TxPackets = c.dec("tx packets", 64)
	d.TxErrs = c.dec("tx errs", 64)
	d.TxDrop = c.dec("tx drop", 64)
	d.TxFifo = c.dec("tx fifo", 64)
	d.TxColls = c.dec("tx colls", 64)
	d.TxCarrier = c.dec("tx carrier", 64)
	if kind == devCompressed {
		d.TxCompressed = c.dec("tx compressed", 64)
	}
	return d
}

// devName reads the interface's name. Kernels up to 2.6.3x print the first
// counter right behind the colon (`eth0:8144002`), so digits after a colon only
// belong to the name, an alias like `eth0:1`, if another colon follows them.
func (c *cursor) devName() string {
	c.blanks()
	start := c.pos
	for c.pos < len(c.b) && !isBlank(c.b[c.pos]) {
		if c.b[c.pos] == ':' {
			end := c.pos + 1
			for end < len(c.b) && c.b[end]-'0' <= 9 {
				end++
			}
			if end < len(c.b) && c.b[end] == ':' && end > c.pos+1 {
				c.pos = end
			}
			name := string(c.b[start:c.pos])
			c.pos++
			return c.wantName(name, start)
		}
		c.pos++
	}
	return c.wantName(string(c.b[start:c.pos]), start)
}

func (c *cursor) wantName(name string, start int) string {
	if name == "" {
		c.missing("interface", start)
	}
	return name
}
