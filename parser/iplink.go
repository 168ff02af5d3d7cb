package parser

import (
	"bytes"
	"io"
	"iter"
	"net/netip"
	"strconv"
	"strings"
)

// An IPLink is one interface as `ip address` or `ip link` prints it (iproute2,
// ip/ipaddress.c), with any of the options -d and -s.
type IPLink struct {
	Line int // 1-based line where the interface starts

	Name  string
	Flags uint32 // IFF_* of include/uapi/linux/if.h, as the words in <...> say; see below
	MTU   Opt[int64]
	// TxQueueLen is the qlen; ip does not print a length of 0.
	TxQueueLen int64
	HWKind     string // the word behind "link/": ether, loopback, none, sit
	HWAddr     string
	Addrs      []IPAddr // IPv4 only; if_inet6 has the others
}

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
	"MULTICAST": FlagMulticast, "DYNAMIC": FlagDynamic,
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
	return func(yield func(IPLink, error) bool) {
		l := newLines(r)
		var link IPLink
		var cut error // the last line was of the interface and may be cut
		flush := func() bool {
			if link.Name == "" {
				return true
			}
			return yield(link, nil) && (cut == nil || yield(IPLink{}, cut))
		}
		for {
			text, err := l.next()
			if err != nil {
				if out, end := l.fail(file, text, err); end {
					if flush() && out != nil {
						yield(IPLink{}, out)
					}
					return
				} else if !yield(IPLink{}, out) {
					return
				}
				continue
			}
			if len(text) == 0 || !isBlank(text[0]) {
				next, ok := linkHead(string(text))
				if !ok {
					continue // statistics headings, messages of the collector
				}
				if !flush() {
					return
				}
				link = next
				link.Line = l.line
				if l.cut {
					cut = (&cursor{b: text}).cutError(file, l.line)
				}
				continue
			}
			if l.cut && bytes.HasPrefix(bytes.TrimLeft(text, " \t"), []byte("inet ")) {
				cut = (&cursor{b: text}).cutError(file, l.line)
			}
			if err := link.detail(file, l.line, text); err != nil && !yield(IPLink{}, err) {
				return
			}
		}
	}
}

// linkHead reads `2: eth0@if5: <BROADCAST,UP,LOWER_UP> mtu 1500 ... qlen 1000`.
func linkHead(text string) (link IPLink, ok bool) {
	index, rest, ok := strings.Cut(text, ": ")
	if _, err := strconv.ParseUint(index, 10, 32); err != nil || !ok {
		return link, false
	}
	name, rest, ok := strings.Cut(rest, ": <")
	if !ok {
		return link, false
	}
	link.Name, _, _ = strings.Cut(name, "@")
	words, rest, ok := strings.Cut(rest, ">")
	if !ok || link.Name == "" {
		return link, false
	}
	carrier := true
	for w := range strings.SplitSeq(words, ",") {
		link.Flags |= flagWords[w]
		carrier = carrier && w != "NO-CARRIER"
	}
	if link.Flags&FlagUp != 0 && carrier {
		link.Flags |= FlagRunning
	}
	f := strings.Fields(rest)
	for i := 0; i+1 < len(f); i++ {
		n, err := strconv.ParseInt(f[i+1], 10, 64)
		switch {
		case err != nil:
		case f[i] == "mtu":
			link.MTU = Some(n)
		case f[i] == "qlen":
			link.TxQueueLen = n
		}
	}
	return link, true
}

// detail reads an indented line of the interface. Lines of no interest pass.
func (l *IPLink) detail(file string, line int, text []byte) error {
	f := strings.Fields(string(text))
	switch {
	case len(f) == 0 || l.Name == "":
	case strings.HasPrefix(f[0], "link/") && l.HWKind == "":
		l.HWKind = strings.TrimPrefix(f[0], "link/")
		if len(f) > 1 && strings.ContainsAny(f[1], ":.") {
			l.HWAddr = f[1]
		}
	case f[0] == "inet" && len(f) > 1:
		a, ok := ipAddr(f)
		if !ok {
			return &RowError{
				File: file, Line: line, Column: bytes.Index(text, []byte(f[1])) + 1,
				Field: "inet", Value: f[1][:min(len(f[1]), maxValue)], Err: ErrSyntax,
			}
		}
		l.Addrs = append(l.Addrs, a)
	}
	return nil
}

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
