package filter

import (
	"net/netip"
	"regexp"
)

// An op is what a node does.
type op uint8

const (
	list    op = iota // its parts, from left to right
	not               // the contrary of its one part
	compare           // its field with its value
)

// A node is a part of a filter. Nodes are not changed once they are bound.
type node struct {
	op    op
	parts []part

	field *field
	cmp   comparison
	at    token // of the value, for errors

	mask    uint16 // states: bit n is state n, bit 0 those without a name
	number  uint64
	text    string
	pattern *regexp.Regexp
	host    host
	port    port
}

// A part is a member of a list.
type part struct {
	or bool // how it is joined to what stands before it
	*node
}

// A host is what src and dst compare an address with.
type host struct {
	any    bool
	family inetFamily
	prefix netip.Prefix
	name   string
	addrs  map[netip.Addr]bool // of the name
}

// A port is what is compared with a port.
type port struct {
	any    bool
	number uint16
	name   string
	// Of the name: by protocol, each an entry if it has any.
	tcp, udp, raw []uint16
}

// A comparison is an operator.
type comparison uint8

const (
	equal comparison = iota
	unequal
	less
	lessEqual
	greater
	greaterEqual
	match
	noMatch
)

// comparisons are how operators are written, in ss and here; the first word of each is
// the one that errors show.
var comparisons = [...][]string{
	equal:        {"=", "==", "eq"},
	unequal:      {"!=", "ne", "neq"},
	less:         {"<", "lt"},
	lessEqual:    {"<=", "le", "leq"},
	greater:      {">", "gt"},
	greaterEqual: {">=", "ge", "geq"},
	match:        {"~"},
	noMatch:      {"!~"},
}

// contrary reports whether the comparison is the contrary of another one, which is
// given then: only those need be worked out.
func (c comparison) contrary() (comparison, bool) {
	switch c {
	case unequal:
		return equal, true
	case noMatch:
		return match, true
	}
	return c, false
}

// numbers compares two of them.
func (c comparison) numbers(a, b uint64) truth {
	switch c {
	case less:
		return truly(a < b)
	case lessEqual:
		return truly(a <= b)
	case greater:
		return truly(a > b)
	case greaterEqual:
		return truly(a >= b)
	}
	return truly(a == b)
}

// truth is what a condition comes to. Their order makes `and` the smaller of two and
// `or` the greater.
type truth uint8

const (
	no truth = iota
	unknown
	yes
)

func truly(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth { return yes - t }
