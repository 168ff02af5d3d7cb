package parser

import (
	"encoding/binary"
	"io"
	"iter"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
)

// Ifconfig decodes what ifconfig prints, and netstat -ie, with errors as [Inet]
// yields them: the form of net-tools 2 and the older one, which busybox still has.
// Its counters are those of /proc/net/dev (net-tools lib/interface.c). Of the flags
// the older form has words only.
func Ifconfig(file string, r io.Reader, _ Options) iter.Seq2[IPLink, error] {
	return linkBlocks(file, r, &ifconfigText{file: file})
}

type ifconfigText struct {
	file     string
	counters DevCounters
	seen     int // lines of counters
}

// head reads `eth0: flags=4163<UP,...>  mtu 1500` or, of old,
// `eth0      Link encap:Ethernet  HWaddr 00:0c:29:c2:c8:63`.
func (t *ifconfigText) head(text string) (link IPLink, rest string, ok bool) {
	if name, line, ok := strings.Cut(text, ": flags="); ok && !strings.ContainsAny(name, " \t") {
		number, line, _ := strings.Cut(line, "<")
		n, err := strconv.ParseInt(number, 10, 32)
		if err != nil {
			return link, "", false
		}
		link.Name, link.Flags, link.FlagsKnown = name, uint32(n)&allFlags, allFlags
		if f := strings.Fields(line); len(f) > 0 && len(f) < 10 {
			link.MTU = after(f, "mtu")
		}
		return link, "", true
	}
	name, line, ok := strings.Cut(text, " ")
	kind, isHead := strings.CutPrefix(strings.TrimLeft(line, " "), "Link encap:")
	if !ok || !isHead || name == "" {
		return link, "", false
	}
	link.Name, link.FlagsKnown = name, ifconfigWords
	kind, addr, _ := strings.Cut(kind, "  ")
	link.HWKind = ifconfigKinds[kind]
	if _, addr, ok := strings.Cut(addr, "HWaddr "); ok {
		link.HWAddr = strings.TrimSpace(addr)
	}
	return link, "", true
}

// ifconfigWords are the flags that have a word.
const ifconfigWords = FlagUp | FlagBroadcast | FlagDebug | FlagLoopback | FlagPointopoint | FlagNotrailers |
	FlagRunning | FlagNoarp | FlagPromisc | FlagAllmulti | FlagSlave | FlagMaster | FlagMulticast | FlagDynamic

// ifconfigKinds are its words for kinds of hardware by ip's; others are unknown.
var ifconfigKinds = map[string]string{
	"Ethernet": "ether", "Local Loopback": "loopback", "ether": "ether", "loop": "loopback", "Point-to-Point Protocol": "ppp", "ppp": "ppp",
	"infiniband": "infiniband", "InfiniBand": "infiniband",
}

// after gives the number behind a word.
func after(f []string, word string) (n Opt[int64]) {
	for i := 0; i+1 < len(f); i++ {
		if v, err := strconv.ParseInt(f[i+1], 10, 64); f[i] == word && err == nil {
			return Some(v)
		}
	}
	return n
}

func (t *ifconfigText) detail(l *IPLink, line int, text string) error {
	f := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(f) == 0 {
		return nil
	}
	var bad, field string
	switch {
	case f[0] == "inet":
		field, bad = "inet", l.ifconfigInet(f)
	case f[0] == "inet6":
		field, bad = "inet6", l.ifconfigInet6(f, line)
	case f[0] == "RX" || f[0] == "TX" || strings.HasPrefix(f[0], "collisions:"):
		l.TxQueueLen = l.TxQueueLen.Or(colon(f, "txqueuelen"))
		field, bad = "counter", t.counts(f)
	case strings.Contains(text, "MTU:"):
		for _, w := range f {
			if w == "RUNNING" {
				l.Flags |= FlagRunning
			}
			l.Flags |= flagWords[w]
		}
		l.MTU = colon(f, "MTU")
	case strings.Contains(text, "txqueuelen "):
		l.HWKind = ifconfigKinds[f[0]]
		l.TxQueueLen = after(f, "txqueuelen")
		if l.HWKind == "ether" && len(f) > 1 {
			l.HWAddr = f[1]
		}
	}
	if bad == "" {
		return nil
	}
	return &RowError{File: t.file, Line: line, Column: strings.Index(text, bad) + 1, Field: field, Value: clip(bad), Err: ErrSyntax}
}

// colon gives the number in `WORD:NUMBER`.
func colon(f []string, word string) (n Opt[int64]) {
	for _, w := range f {
		if digits, ok := strings.CutPrefix(w, word+":"); ok {
			if v, err := strconv.ParseInt(digits, 10, 64); err == nil {
				return Some(v)
			}
		}
	}
	return n
}

// ifconfigInet reads `inet A  netmask M  broadcast B`, or `inet addr:A  Bcast:B
// Mask:M`; destination and P-t-P are the other end. It gives the word that it cannot
// read.
func (l *IPLink) ifconfigInet(f []string) (bad string) {
	a := IPAddr{Label: l.Name, Len: 32}
	words := strings.NewReplacer("addr:", "", "Bcast:", "broadcast ", "Mask:", "netmask ", "P-t-P:", "destination ").Replace(strings.Join(f[1:], " "))
	f = strings.Fields(words)
	if len(f) == 0 {
		return "inet"
	}
	var err error
	if a.Addr, err = netip.ParseAddr(f[0]); err != nil || !a.Addr.Is4() {
		return f[0]
	}
	for i := 1; i+1 < len(f); i += 2 {
		b, err := netip.ParseAddr(f[i+1])
		if err != nil || !b.Is4() {
			return f[i+1]
		}
		switch f[i] {
		case "broadcast":
			a.Broadcast = b
		case "destination":
			a.Peer = b
		case "netmask":
			m := b.As4()
			mask := binary.BigEndian.Uint32(m[:])
			if ^mask&(^mask+1) != 0 {
				return f[i+1]
			}
			a.Len = bits.OnesCount32(mask)
		}
	}
	l.Addrs = append(l.Addrs, a)
	return ""
}

// ifconfigInet6 reads `inet6 A  prefixlen N  scopeid 0x20<link>`, or `inet6 addr:
// A/N Scope:Link`.
func (l *IPLink) ifconfigInet6(f []string, line int) (bad string) {
	words := strings.NewReplacer("addr:", "", "/", " prefixlen ", "Scope:", "scopeid ").Replace(strings.Join(f[1:], " "))
	f = strings.Fields(words)
	if len(f) == 0 {
		return "inet6"
	}
	addr, err := netip.ParseAddr(f[0])
	n, known := after(f, "prefixlen").Get()
	if err != nil || !addr.Is6() || addr.Zone() != "" || !known || n < 0 || n > 128 {
		return f[0]
	}
	a := Inet6Addr{Line: line, Iface: l.Name, Addr: addr, PrefixLen: uint8(n)}
	for i := 1; i+1 < len(f); i++ {
		if f[i] != "scopeid" {
			continue
		}
		number, name, isNew := strings.Cut(f[i+1], "<")
		if v, err := strconv.ParseUint(number, 0, 8); isNew && err == nil {
			a.Scope = uint8(v)
		} else {
			a.Scope = scopes[strings.ToLower(number+name)]
		}
	}
	l.Addrs6 = append(l.Addrs6, a)
	return ""
}

// counts reads a line of counters, `RX packets 0  bytes 0 (0.0 B)` or `RX
// packets:36 errors:0 ...`. It gives the word that is no number.
func (t *ifconfigText) counts(f []string) (bad string) {
	side := "RX"
	for i := 0; i < len(f); i++ {
		word, number, old := strings.Cut(f[i], ":")
		switch {
		case f[i] == "RX" || f[i] == "TX":
			side = f[i]
			continue
		case old:
		case i+1 < len(f) && f[i+1] != "" && f[i+1][0] >= '0' && f[i+1][0] <= '9':
			number = f[i+1]
			i++
		default:
			continue // (5.6 KB)
		}
		to := t.counter(side, word)
		if to == nil {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return f[i]
		}
		*to = n
		t.seen++
	}
	return ""
}

func (t *ifconfigText) counter(side, word string) *uint64 {
	c := &t.counters
	both := func(rx, tx *uint64) *uint64 {
		if side == "RX" {
			return rx
		}
		return tx
	}
	switch word {
	case "packets":
		return both(&c.RxPackets, &c.TxPackets)
	case "bytes":
		c.HasBytes = true
		return both(&c.RxBytes, &c.TxBytes)
	case "errors":
		return both(&c.RxErrs, &c.TxErrs)
	case "dropped":
		return both(&c.RxDrop, &c.TxDrop)
	case "overruns":
		return both(&c.RxFifo, &c.TxFifo)
	case "frame":
		return &c.RxFrame
	case "carrier":
		return &c.TxCarrier
	case "collisions":
		return &c.TxColls
	}
	return nil
}

// ifconfigCounters is how many of them make a complete block without bytes.
const ifconfigCounters = 11

func (t *ifconfigText) finish(l *IPLink) {
	if t.seen >= ifconfigCounters {
		t.counters.Line, t.counters.Iface = l.Line, l.Name
		l.Counters = Some(t.counters)
	}
	t.counters, t.seen = DevCounters{}, 0
}
