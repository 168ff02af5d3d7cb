package parser

import (
	"bytes"
	"io"
	"iter"
)

// Sockstat decodes /proc/net/sockstat and /proc/net/sockstat6, written by
// sockstat_seq_show (net/ipv4/proc.c) and sockstat6_seq_show (net/ipv6/proc.c) as
// lines of names and numbers: `TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 2`. The
// title is the section. mem counts pages, memory of FRAG bytes, all else sockets or
// queues. These are what there is at the moment, not what happened since the start.
//
// The numbers come in file order. One that cannot be read yields a [*RowError] with its
// name and costs that one; a name without a number costs the name. Lines without a
// title yield one with [ErrSyntax]. Nothing but the names counts: which there are
// differs between kernels.
func Sockstat(file string, r io.Reader, _ Options) iter.Seq2[Counter, error] {
	return func(yield func(Counter, error) bool) {
		s := sockstat{file: file, l: newLines(r), yield: yield}
		s.l.sniff = true
		for {
			text, err := s.l.next()
			if err != nil {
				if !yieldFail(s.l, file, text, err, yield) {
					return
				}
				continue
			}
			if !s.line(text) {
				return
			}
		}
	}
}

// sockstat reads one file.
type sockstat struct {
	file  string
	l     *lines
	yield func(Counter, error) bool
	names Arena
}

// line yields the numbers of a line. It reports whether to go on.
func (s *sockstat) line(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	colon := bytes.IndexByte(text, ':')
	if colon < 0 {
		return s.yield(Counter{}, &RowError{File: s.file, Line: s.l.line, Column: 1, Value: clip(text), Err: ErrSyntax})
	}
	var c cursor
	c.reset(text, false)
	c.pos = colon + 1
	section := s.names.Keep(text[:colon])
	for !c.done() {
		n := Counter{Line: s.l.line, Section: section, Name: s.names.Keep(c.token("name"))}
		c.blanks()
		start := c.pos
		field := counterField(n.Name)
		n.Value, n.Negative = c.count(field)
		if c.err != nil {
			if !s.yield(Counter{}, c.rowError(s.file, s.l.line)) {
				return false
			}
			c.err, c.pos = nil, start
			if !c.done() {
				c.token(field)
			}
			continue
		}
		if !s.yield(n, nil) {
			return false
		}
		if s.l.cut && c.pos == len(text) {
			c.fail(field, start, ErrCut)
			return s.yield(Counter{}, c.rowError(s.file, s.l.line))
		}
	}
	return true
}
