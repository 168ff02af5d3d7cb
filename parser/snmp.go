package parser

import (
	"bytes"
	"errors"
	"io"
	"iter"
)

// A Counter is one number of /proc/net/snmp, netstat, snmp6, sctp/snmp or sockstat.
// Package counters knows what it means.
type Counter struct {
	Line int // 1-based line of the value

	Section string // the title (Tcp, TcpExt), in snmp6 the prefix of the name (Ip6), in sctp/snmp "Sctp"
	Name    string // whole, also in snmp6: Ip6InReceives
	// Value is as wide as the machine's unsigned long, so that it wraps at 32
	// bits on 32-bit machines, except in snmp6 and for octets.
	Value uint64
	// Negative is set if the kernel printed a minus sign (Tcp MaxConn is -1).
	// Value is then the two's complement.
	Negative bool
}

// ErrNoValues is why a line of names cannot be used.
var ErrNoValues = errors.New("no line of values for these names follows")

// SNMP decodes /proc/net/snmp and /proc/net/netstat, written by snmp_seq_show
// and netstat_seq_show (net/ipv4/proc.c) and mptcp_seq_show (net/mptcp/mib.c)
// as pairs of lines: `Tcp: name name ...`, then `Tcp: value value ...`. The
// counters come in file order. A value that cannot be read yields a
// [*RowError] with the counter's name and costs that counter; so does the first
// of missing values, which costs the rest of the pair. A line of names without
// values yields one with [ErrNoValues].
//
// The order of the names differs between kernels; nothing but the names counts.
func SNMP(file string, r io.Reader, _ Options) iter.Seq2[Counter, error] {
	return func(yield func(Counter, error) bool) {
		p := pairs{file: file, l: newLines(r), yield: yield}
		text, err := p.l.header()
		for {
			if err != nil {
				if !yieldFail(p.l, file, text, err, yield) {
					return
				}
				text, err = p.l.next()
				continue
			}
			var more bool
			if text, err, more = p.pair(text); !more {
				return
			}
		}
	}
}

// pairs reads the pairs of lines of one file.
type pairs struct {
	file  string
	l     *lines
	yield func(Counter, error) bool

	head  []byte // the line of names, kept while that of the values is read
	at    int    // its number
	names Arena
}

// pair reads the values for the line of names that text is, and gives the line
// after them. If a line of names follows where values should, that is the one.
func (p *pairs) pair(text []byte) (next []byte, err error, more bool) {
	colon := bytes.IndexByte(text, ':')
	if len(text) > 0 && colon < 0 && !p.bad(p.l.line, 1, text, ErrSyntax) {
		return nil, nil, false
	}
	if colon < 0 {
		next, err = p.l.next()
		return next, err, true
	}
	p.head, p.at = append(p.head[:0], text...), p.l.line
	title := p.head[:colon+1]
	text, err = p.l.next()
	if err != nil || !bytes.HasPrefix(text, title) {
		return text, err, p.bad(p.at, 1, title, ErrNoValues)
	}
	if !p.counters(title, text) {
		return nil, nil, false
	}
	next, err = p.l.next()
	return next, err, true
}

// bad yields the error of a whole line.
func (p *pairs) bad(line, column int, text []byte, err error) bool {
	return p.yield(Counter{}, &RowError{
		File: p.file, Line: line, Column: column, Value: clip(text), Err: err,
	})
}

// counters yields the counters of a pair.
func (p *pairs) counters(title, text []byte) bool {
	var names, values cursor
	names.reset(p.head, false)
	values.reset(text, false)
	names.pos, values.pos = len(title), len(title)
	section := p.names.Keep(title[:len(title)-1])
	for !names.done() {
		c := Counter{Line: p.l.line, Section: section, Name: p.names.Keep(names.token("name"))}
		missing := values.done()
		start := values.pos
		field := counterField(c.Name)
		c.Value, c.Negative = values.count(field)
		if values.err != nil {
			if !p.yield(Counter{}, values.rowError(p.file, p.l.line)) {
				return false
			}
			if missing {
				return true
			}
			values.err, values.pos = nil, start
			values.token(field)
			continue
		}
		if !p.yield(c, nil) {
			return false
		}
		if p.l.cut && values.pos == len(text) {
			values.fail(field, start, ErrCut)
			return p.yield(Counter{}, values.rowError(p.file, p.l.line))
		}
	}
	return true
}

// counterField is the name of a counter for an error text, which must not carry
// what a hostile capture puts there.
func counterField(name string) string {
	if name == "" || len(name) > maxValue {
		return "value"
	}
	for i := range len(name) {
		if name[i] <= ' ' || name[i] >= 0x7f {
			return "value"
		}
	}
	return name
}

// count reads a counter: decimal, of 64 bits, with a sign if the kernel has it so.
func (c *cursor) count(field string) (v uint64, negative bool) {
	c.blanks()
	start := c.pos
	if c.err == nil && c.pos < len(c.b) && c.b[c.pos] == '-' {
		negative = true
		c.pos++
	}
	v = c.rawDec(field, start)
	if negative && v > 1<<63 {
		c.fail(field, start, ErrRange)
	}
	c.endField(field, start)
	if negative {
		v = -v
	}
	return v, negative
}
