package parser

import (
	"bytes"
	"io"
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// An IPLink is one interface as the output of a command tells it: of ip address or
// ip link (iproute2, ip/ipaddress.c) with any of the options -d, -s and -o, of
// ifconfig, or of netstat -i.
type IPLink struct {
	Line int // 1-based line where the interface starts

	Name  string
	Flags uint32 // IFF_* of include/uapi/linux/if.h, as the words or letters say; see below
	// FlagsKnown are the bits that the text tells.
	FlagsKnown uint32
	MTU        Opt[int64]
	// TxQueueLen is the length of the transmit queue, packets; of ip, which does not
	// print a length of 0, it is 0 and known.
	TxQueueLen Opt[int64]
	HWKind     string // the word behind ip's "link/": ether, loopback, none, sit
	HWAddr     string
	Addrs      []IPAddr    // IPv4; of ifconfig the first
	Addrs6     []Inet6Addr // without IfIndex and Flags

	// How interfaces hang together, as far as ip tells it, with -d more than without.

	Master string // the bridge, bond or other interface that it is a port of
	Lower  string // what ip prints behind @: the interface below a VLAN, the peer of a veth, or if5 in another namespace
	Kind   string // of the device: bridge, bond, vlan, veth; empty for hardware, and without -d
	// PortKind is what it is to its master: bridge, bond, openvswitch, team, vrf.
	PortKind    string
	Promiscuity Opt[int64] // how many want it to take all frames; 0 is none

	// Counters are those of /proc/net/dev, as far as the text tells them.
	Counters Opt[DevCounters]
}

// allFlags are the 16 bits that there are.
const allFlags = 0xffff

// Interface flags (IFF_*), the 16 bits that netstat shows.
const (
	FlagUp          = 0x0001
	FlagBroadcast   = 0x0002
	FlagDebug       = 0x0004
	FlagLoopback    = 0x0008
	FlagPointopoint = 0x0010
	FlagNotrailers  = 0x0020
	FlagRunning     = 0x0040
	FlagNoarp       = 0x0080
	FlagPromisc     = 0x0100
	FlagAllmulti    = 0x0200
	FlagMaster      = 0x0400
	FlagSlave       = 0x0800
	FlagMulticast   = 0x1000
	FlagDynamic     = 0x8000
)

var flagWords = map[string]uint32{
	"UP": FlagUp, "BROADCAST": FlagBroadcast, "DEBUG": FlagDebug, "LOOPBACK": FlagLoopback,
	"POINTOPOINT": FlagPointopoint, "NOTRAILERS": FlagNotrailers, "NOARP": FlagNoarp,
	"PROMISC": FlagPromisc, "ALLMULTI": FlagAllmulti, "MASTER": FlagMaster, "SLAVE": FlagSlave,
	"MULTICAST": FlagMulticast, "PORTSEL": 0x2000, "AUTOMEDIA": 0x4000, "DYNAMIC": FlagDynamic,
}

// An IPAddr is one IPv4 address of an interface.
type IPAddr struct {
	Addr      netip.Addr
	Len       int        // prefix length
	Peer      netip.Addr // the zero Addr if there is none
	Broadcast netip.Addr // the zero Addr if there is none
	Label     string     // the interface's name, or an alias like eth0:1
}

// IPLinks decodes the output of `ip address` or `ip link`, with errors as [Inet]
// yields them. ip never prints RUNNING; it prints NO-CARRIER for an interface
// that is up and not running, so the flag is set here for the others that are up.
func IPLinks(file string, r io.Reader, _ Options) iter.Seq2[IPLink, error] {
	return linkBlocks(file, r, &ipText{file: file})
}

// A linkReader reads the lines of a text of interfaces.
type linkReader interface {
	// head reads a line that is not indented. It gives the interface that begins
	// there, or none; one that it has read before goes on if the name is the same.
	head(text string) (link IPLink, rest string, ok bool)
	// detail reads any other line of an interface.
	detail(l *IPLink, line int, text string) error
	// finish is called when the interface is complete.
	finish(l *IPLink)
}

// linkBlocks reads a text of blocks of lines, one for each interface. ip -o has
// them on one line, with \ in place of the line's end.
func linkBlocks(file string, r io.Reader, reader linkReader) iter.Seq2[IPLink, error] {
	return func(yield func(IPLink, error) bool) {
		l := newLines(r)
		l.sniff = true
		b := &linkBlock{reader: reader, yield: yield}
		for {
			text, err := l.next()
			if err != nil {
				if out, end := l.fail(file, text, err); end {
					if b.flush() && out != nil {
						yield(IPLink{}, out)
					}
					return
				} else if !yield(IPLink{}, out) {
					return
				}
				continue
			}
			if !b.line(string(text), l.line) {
				return
			}
			if l.cut && (len(text) > 0 && !isBlank(text[0]) || bytes.HasPrefix(bytes.TrimLeft(text, " \t"), []byte("inet "))) && b.link.Name != "" {
				b.cut = (&cursor{b: text}).cutError(file, l.line)
			}
		}
	}
}

// A linkBlock is the interface that is being read.
type linkBlock struct {
	reader linkReader
	yield  func(IPLink, error) bool
	link   IPLink
	cut    error // the last line was of the interface and may be cut
}

// flush yields the interface. It reports whether to go on.
func (b *linkBlock) flush() bool {
	if b.link.Name == "" {
		return true
	}
	link := b.link
	b.reader.finish(&link)
	b.link = IPLink{}
	return b.yield(link, nil) && (b.cut == nil || b.yield(IPLink{}, b.cut))
}

func (b *linkBlock) line(text string, n int) bool {
	if text != "" && !isBlank(text[0]) {
		next, rest, ok := b.reader.head(text)
		if !ok {
			return true // messages of the collector, headings
		}
		if next.Name != b.link.Name || next.FlagsKnown != 0 {
			if !b.flush() {
				return false
			}
			b.link = next
			b.link.Line = n
		}
		text = rest
	}
	if b.link.Name == "" {
		return true
	}
	for part := range strings.SplitSeq(text, `\`) {
		if err := b.reader.detail(&b.link, n, part); err != nil && !b.yield(IPLink{}, err) {
			return false
		}
	}
	return true
}

// An ipText reads what ip prints.
type ipText struct {
	file  string
	stats linkStats
}

// head reads `2: eth0@if5: <BROADCAST,UP,LOWER_UP> mtu 1500 ... qlen 1000`, and
// `2: eth0    inet 10.0.0.1/24 ...` of ip -o address.
func (t *ipText) head(text string) (link IPLink, rest string, ok bool) {
	index, rest, ok := strings.Cut(text, ": ")
	if _, err := strconv.ParseUint(index, 10, 32); err != nil || !ok {
		return link, "", false
	}
	if f := strings.Fields(rest); len(f) > 2 && (f[1] == "inet" || f[1] == "inet6") {
		return IPLink{Name: f[0]}, strings.TrimPrefix(rest, f[0]), true
	}
	name, rest, ok := strings.Cut(rest, ": <")
	if !ok {
		return link, "", false
	}
	link.Name, link.Lower, _ = strings.Cut(name, "@")
	if link.Lower == "NONE" {
		link.Lower = ""
	}
	words, rest, ok := strings.Cut(rest, ">")
	if !ok || link.Name == "" {
		return link, "", false
	}
	link.ipFlags(strings.SplitSeq(words, ","))
	line, rest, _ := strings.Cut(rest, `\`)
	f := strings.Fields(line)
	link.MTU, link.TxQueueLen = after(f, "mtu"), after(f, "qlen").Or(Some[int64](0))
	if i := slices.Index(f, "master"); i >= 0 && i+1 < len(f) {
		link.Master = f[i+1]
	}
	return link, rest, true
}

// ipFlags reads ip's words.
func (l *IPLink) ipFlags(words iter.Seq[string]) {
	carrier := true
	for w := range words {
		l.Flags |= flagWords[w]
		carrier = carrier && w != "NO-CARRIER"
	}
	if l.Flags&FlagUp != 0 && carrier {
		l.Flags |= FlagRunning
	}
	l.FlagsKnown = allFlags
}

// detail reads an indented line of the interface. Lines of no interest pass.
func (t *ipText) detail(l *IPLink, line int, text string) error {
	f := strings.Fields(text)
	bad := func(field, value string) error {
		return &RowError{
			File: t.file, Line: line, Column: strings.Index(text, value) + 1,
			Field: field, Value: clip(value), Err: ErrSyntax,
		}
	}
	switch {
	case len(f) == 0:
		return nil
	case t.stats.begins(f):
		return nil
	case t.stats.pending():
		if value := t.stats.numbers(f); value != "" {
			return bad("counter", value)
		}
	case strings.HasPrefix(f[0], "link/") && l.HWKind == "":
		l.HWKind = strings.TrimPrefix(f[0], "link/")
		if len(f) > 1 && strings.ContainsAny(f[1], ":.") {
			l.HWAddr = f[1]
		}
		l.Promiscuity = after(f, "promiscuity")
	case linkKinds[f[0]] && l.Kind == "":
		l.Kind = f[0]
	case strings.HasSuffix(f[0], portSuffix) && l.PortKind == "":
		l.PortKind = strings.TrimSuffix(f[0], portSuffix)
	case f[0] == "inet" && len(f) > 1:
		a, ok := ipAddr(f)
		if !ok {
			return bad("inet", f[1])
		}
		l.Addrs = append(l.Addrs, a)
	case f[0] == "inet6" && len(f) > 1:
		a, ok := ipAddr6(f)
		if !ok {
			return bad("inet6", f[1])
		}
		a.Line, a.Iface = line, l.Name
		l.Addrs6 = append(l.Addrs6, a)
	}
	return nil
}

// linkKinds are the words with which ip -d begins the line on the kind of a device, of
// those that matter to others: the rest of the text has words of its own.
var linkKinds = map[string]bool{
	"bridge": true, "bond": true, "team": true, "openvswitch": true, "vrf": true, "hsr": true, "vlan": true, "veth": true, "dummy": true, "tun": true,
	"macvlan": true, "macvtap": true, "ipvlan": true, "ipvtap": true, "vxlan": true, "geneve": true, "gre": true, "gretap": true, "ipip": true, "sit": true,
	"wireguard": true, "netkit": true, "ifb": true,
}

// portSuffix ends the word for what an interface is to its master: bridge_slave.
const portSuffix = "_slave"

func (t *ipText) finish(l *IPLink) {
	l.Counters = t.stats.counters(l)
	t.stats = linkStats{}
}

// ipAddr6 reads `inet6 A/LEN [peer ...] scope S ...`.
func ipAddr6(f []string) (a Inet6Addr, ok bool) {
	local, bits, hasLen := strings.Cut(f[1], "/")
	addr, err := netip.ParseAddr(local)
	if err != nil || !addr.Is6() || addr.Zone() != "" {
		return a, false
	}
	n := uint64(128)
	if hasLen {
		if n, err = strconv.ParseUint(bits, 10, 8); err != nil || n > 128 {
			return a, false
		}
	}
	a.Addr, a.PrefixLen = addr, uint8(n)
	for i := 2; i+1 < len(f); i++ {
		if f[i] == "scope" {
			a.Scope = scopes[f[i+1]]
		}
	}
	return a, true
}

// scopes are the words for Inet6Addr.Scope.
var scopes = map[string]uint8{"global": 0, "host": 0x10, "link": 0x20, "site": 0x40}

// ipAddr reads `inet A/LEN [peer P/LEN] [brd B] scope S [flags...] LABEL`.
func ipAddr(f []string) (a IPAddr, ok bool) {
	local, bits, hasLen := strings.Cut(f[1], "/")
	var err error
	if a.Addr, err = netip.ParseAddr(local); err != nil {
		return a, false
	}
	for i := 2; i+1 < len(f); i++ {
		switch f[i] {
		case "peer":
			peer, peerBits, ok := strings.Cut(f[i+1], "/")
			a.Peer, err = netip.ParseAddr(peer)
			bits, hasLen = peerBits, ok
		case "brd":
			a.Broadcast, err = netip.ParseAddr(f[i+1])
		}
		if err != nil {
			return a, false
		}
	}
	a.Len = 32
	if hasLen {
		if a.Len, err = strconv.Atoi(bits); err != nil || a.Len < 0 || a.Len > 32 {
			return a, false
		}
	}
	a.Label = f[len(f)-1]
	return a, a.Addr.Is4()
}
