package parser

import (
	"bytes"
	"io"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
)

// What netstat's and ss's texts have in common.

// socketRows hands each line to read, which reports whether it is a row. No line
// has to be one: there are headings, continuations and messages of the collector.
func socketRows(file string, r io.Reader, read func(*cursor, *PrintedSocket) bool, yield func(PrintedSocket, error) bool) {
	l := newLines(r)
	l.sniff = true
	var at struct { // one allocation for both
		c   cursor
		row PrintedSocket
	}
	c, row := &at.c, &at.row
	eachLine(l, file, yield, func(text []byte) bool {
		c.reset(text, l.cut)
		*row = PrintedSocket{}
		if !read(c, row) {
			return true
		}
		if c.err != nil {
			return yield(PrintedSocket{}, c.rowError(file, l.line))
		}
		if row.Table == "unix" {
			row.Unix.Line = l.line
		} else {
			row.Inet.Line = l.line
		}
		if !yield(*row, nil) {
			return false
		}
		if !l.cut {
			return true
		}
		// Even behind a blank: columns may be missing, and a path may go on.
		c.field, c.at = "", 0
		return yield(PrintedSocket{}, c.cutError(file, l.line))
	})
}

// CommandOptions are the options of a command, as the name of the file with its
// output tells them: sosreport calls that of `netstat -W -neopa`
// netstat_-W_-neopa, and in a network namespace ip_netns_exec_NAME_netstat_-W_-neopa.
type CommandOptions struct {
	letters string
	words   []string // of --words
}

// OptionsOf reads the options of a command in the name of a file. ok is false if the
// command is not in it.
func OptionsOf(file, command string) (o CommandOptions, ok bool) {
	tokens := strings.FieldsFunc(path.Base(file), func(r rune) bool { return r == '_' || r == ' ' })
	for i := len(tokens) - 1; i >= 0; i-- {
		if tokens[i] != command {
			continue
		}
		for _, t := range tokens[i+1:] {
			t, _, _ = strings.Cut(t, ".") // .txt
			if word, ok := strings.CutPrefix(t, "--"); ok {
				o.words = append(o.words, word)
			} else if letters, ok := strings.CutPrefix(t, "-"); ok {
				o.letters += letters
			}
		}
		return o, true
	}
	return o, false
}

// Has reports whether an option is among them, by its letter or its --word.
func (o CommandOptions) Has(letter byte, word string) bool {
	return strings.IndexByte(o.letters, letter) >= 0 || slices.Contains(o.words, word)
}

// tokenAt reads a token and tells where it starts.
func (c *cursor) tokenAt(field string) (text []byte, at int) {
	text = c.token(field)
	return text, c.pos - len(text)
}

// byte wants one byte right here.
func (c *cursor) byte(b byte, field string, start int) {
	switch {
	case c.err != nil:
	case c.pos >= len(c.b):
		c.fail(field, start, ErrShort)
	case c.b[c.pos] != b:
		c.fail(field, start, ErrSyntax)
	default:
		c.pos++
	}
}

// rawInt reads a decimal number of 32 bits that may be negative.
func (c *cursor) rawInt(field string, start int) int32 {
	neg := c.err == nil && c.pos < len(c.b) && c.b[c.pos] == '-'
	if neg {
		c.pos++
	}
	v := c.rawDec(field, start)
	if v > 1<<31-1 && !(neg && v == 1<<31) {
		c.fail(field, start, ErrRange)
	}
	if neg {
		return int32(-int64(v))
	}
	return int32(v)
}

// hundredths reads `6.63`, with two digits behind the point.
func (c *cursor) hundredths(field string, start int) uint64 {
	whole := c.rawDec(field, start)
	c.byte('.', field, start)
	from := c.pos
	part := c.rawDec(field, start)
	if c.err == nil && c.pos != from+2 {
		c.fail(field, start, ErrSyntax)
	}
	if whole > (1<<64-1)/100-1 {
		c.fail(field, start, ErrRange)
	}
	return whole*100 + part
}

// An endpoint is `address:port`.
type endpoint struct {
	addr netip.Addr // the zero Addr is `*`
	port uint16     // 0 if it is `*`
	bare bool       // an IPv6 address without brackets
}

// endpoint decodes a column that the caller has read.
func (c *cursor) endpoint(field string, text []byte, at int) (e endpoint) {
	if c.err != nil {
		return e
	}
	colon := bytes.LastIndexByte(text, ':')
	if colon < 0 {
		c.fail(field, at, ErrSyntax)
		return e
	}
	if port := string(text[colon+1:]); port != "*" {
		n, err := strconv.ParseUint(port, 10, 32)
		switch {
		case err != nil:
			c.fail(field, at, ErrSyntax)
		case n > 1<<16-1:
			c.fail(field, at, ErrRange)
		}
		e.port = uint16(n)
	}
	// The interface behind a % is in no kernel file. Some put it behind the bracket.
	host, _, scoped := bytes.Cut(text[:colon], []byte("%"))
	if len(host) > 1 && host[0] == '[' {
		if host = host[1:]; host[len(host)-1] == ']' {
			host = host[:len(host)-1]
		} else if !scoped {
			c.fail(field, at, ErrSyntax)
		}
	} else {
		e.bare = bytes.IndexByte(host, ':') >= 0
	}
	if string(host) == "*" {
		return e
	}
	addr, err := netip.ParseAddr(string(host))
	if err != nil {
		c.fail(field, at, ErrSyntax)
	}
	e.addr = addr
	return e
}

// addrPort gives the endpoint in a table of IPv6 or of IPv4 rows: IPv4 addresses
// are mapped in IPv6 ones, and `*` is the unspecified address.
func (e endpoint) addrPort(six bool) netip.AddrPort {
	switch {
	case !e.addr.IsValid() && six:
		e.addr = netip.IPv6Unspecified()
	case !e.addr.IsValid():
		e.addr = netip.IPv4Unspecified()
	case six:
		e.addr = netip.AddrFrom16(e.addr.As16())
	}
	return netip.AddrPortFrom(e.addr, e.port)
}
