package parser

import (
	"errors"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// A word of the text, with where it stands. The zero word is not there.
type word struct {
	text string
	line int
	at   int // byte within the line
}

// An ipRoute is one route, as the words that its lines have for it.
type ipRoute struct {
	kind  string // unicast, local, ...
	dst   word
	inet6 bool            // the gateway is an IPv6 address, whatever the route
	words map[string]word // the values by the words in front of them
	// onlink: the gateway need not be on a network of the interface.
	onlink bool
	err    *RowError // the first failure
}

// valued are the words that matter, each with its value behind it.
var valued = map[string]bool{
	"via": true, "dev": true, "from": true, "src": true, "nhid": true, "table": true, "proto": true, "scope": true,
	"metric": true, "pref": true, "expires": true, "window": true, "rtt": true, "advmss": true,
}

// scan notes the words that matter. Others pass, whether with a value or not.
func (p *ipRoute) scan(f []word) {
	encap := false
	for i := 0; i < len(f); i++ {
		name := f[i].text
		switch {
		case name == "encap":
			encap = true // has words of its own up to the next hop
			continue
		case encap && name != "via" && name != "dev":
			continue
		}
		encap = false
		if name == "onlink" {
			p.onlink = true
		}
		if !valued[name] {
			continue
		}
		if name == "via" && i+2 < len(f) && (f[i+1].text == "inet6" || f[i+1].text == "inet") {
			p.inet6 = f[i+1].text == "inet6"
			i++
		}
		if i+1 == len(f) {
			p.fail(name, word{line: f[i].line, at: f[i].at + len(name)}, ErrShort)
			return
		}
		i++
		p.words[name] = f[i]
	}
}

func (p *ipRoute) fail(field string, w word, err error) {
	if p.err == nil {
		p.err = &RowError{Line: w.line, Column: w.at + 1, Field: field, Value: clip(w.text), Err: err}
	}
}

// prefix reads a destination: without a length it is a host. all is the
// address of "default".
func (p *ipRoute) prefix(field string, w word, all netip.Addr) netip.Prefix {
	if w.text == "default" {
		return netip.PrefixFrom(all, 0)
	}
	addr, length, found := strings.Cut(w.text, "/")
	a := p.addr(field, word{addr, w.line, w.at}, all.Is4())
	bits := a.BitLen()
	if found {
		n, err := strconv.ParseUint(length, 10, 8)
		switch {
		case err != nil:
			p.fail(field, w, ErrSyntax)
		case int(n) > bits:
			p.fail(field, w, ErrRange)
		}
		bits = int(n)
	}
	return netip.PrefixFrom(a, bits)
}

func (p *ipRoute) addr(field string, w word, four bool) netip.Addr {
	a, err := netip.ParseAddr(w.text)
	if err != nil || a.Is4() != four || a.Zone() != "" {
		p.fail(field, w, ErrSyntax)
	}
	return a
}

const (
	noMetric     = "-1"   // how old versions print the metric of the kernel's own null routes of IPv6
	kernelMetric = "1024" // of the default routes that the kernel makes of advertisements
)

// number reads a value that is 0 if ip does not print it.
func (p *ipRoute) number(field string) uint32 {
	w := p.words[field]
	if w.text == "" {
		return 0
	}
	c := cursor{b: []byte(w.text)}
	n := c.dec(field, 32)
	if c.err != nil {
		p.fail(field, w, c.err)
	}
	return uint32(n)
}

// milliseconds reads a time as ip prints it, `300ms` or `2.5s`. Old versions
// print neither unit: those are milliseconds.
func (p *ipRoute) milliseconds(field string) int64 {
	w := p.words[field]
	if w.text == "" {
		return 0
	}
	number, unit := strings.TrimRight(w.text, "ms"), 1.0
	switch w.text[len(number):] {
	case "", "ms":
	case "s":
		unit = 1000
	default:
		p.fail(field, w, ErrSyntax)
	}
	v, err := strconv.ParseFloat(number, 64)
	switch v = math.Round(v * unit); {
	case strings.Trim(number, "0123456789.e+") != "" || err != nil && !errors.Is(err, strconv.ErrRange):
		p.fail(field, w, ErrSyntax)
	case v > math.MaxUint32:
		p.fail(field, w, ErrRange)
	default:
		return int64(v)
	}
	return 0
}
