package names

import (
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// readServices follows netstat (lib/proc.c keeps its own list): the last line
// for a port and protocol wins, aliases do not count, the protocol must be
// exactly tcp or udp. Lines that glibc cannot read are passed over.
func (t *Table) readServices(r io.Reader) error {
	t.tcp, t.udp, t.rawports = map[uint16]string{}, map[uint16]string{}, map[uint16]string{}
	return eachLine(r, true, func(line string) {
		name, rest := cutWord(line)
		spec, _ := cutWord(rest)
		digits, proto, ok := strings.Cut(spec, "/")
		port, valid := portNumber(digits)
		if name == "" || !ok || !valid {
			return
		}
		proto = strings.TrimLeft(proto, "/") // glibc takes 82//tcp
		switch proto {
		case "tcp":
			t.tcp[port] = clip(name, 63)
		case "udp":
			t.udp[port] = clip(name, 63)
		case "raw":
			t.rawports[port] = clip(name, 63)
		}
	})
}

// portNumber reads a port as strtoul does with base 0: decimal, 0octal, 0xhex,
// with an optional '+'. Numbers above 65535 are taken modulo 65536.
func portNumber(s string) (uint16, bool) {
	s = strings.TrimPrefix(s, "+")
	base := 10
	switch {
	case len(s) > 2 && (strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X")):
		s, base = s[2:], 16
	case len(s) > 1 && s[0] == '0':
		s, base = s[1:], 8
	}
	n, err := strconv.ParseUint(s, base, 32)
	return uint16(n), err == nil
}

// readProtocols: the last line for a number wins.
func (t *Table) readProtocols(r io.Reader) error {
	t.protos = map[uint16]string{}
	return eachLine(r, true, func(line string) {
		name, rest := cutWord(line)
		number, _ := cutWord(rest)
		n, err := strconv.ParseUint(number, 10, 16)
		if name != "" && err == nil {
			t.protos[uint16(n)] = clip(name, 63)
		}
	})
}

// readHosts: the first line for an address wins and its first name counts. An
// IPv4 lookup also matches ::1 (as 127.0.0.1) and v4-mapped text, because glibc
// maps those when asked for IPv4; the other way round it does not.
func (t *Table) readHosts(r io.Reader) error {
	t.hosts4, t.hosts6 = map[netip.Addr]string{}, map[netip.Addr]string{}
	return eachLine(r, true, func(line string) {
		text, rest := cutWord(line)
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return
		}
		name, _ := cutWord(rest)
		name = clip(name, maxHostName)
		if a.Is6() {
			first(t.hosts6, a, name)
		}
		switch {
		case a.Is4() || a.Is4In6():
			first(t.hosts4, a.Unmap(), name)
		case a == netip.IPv6Loopback():
			first(t.hosts4, netip.AddrFrom4([4]byte{127, 0, 0, 1}), name)
		}
	})
}

// readNetworks: the first line with a number wins. The number is 1 to 4 parts,
// missing ones are 0 on the right, each decimal, 0octal or 0xhex.
func (t *Table) readNetworks(r io.Reader) error {
	t.networks = map[uint32]string{}
	return eachLine(r, true, func(line string) {
		name, rest := cutWord(line)
		text, _ := cutWord(rest)
		parts := strings.Split(text, ".")
		if name == "" || len(parts) > 4 {
			return
		}
		var n uint32
		for i := range 4 {
			n <<= 8
			if i >= len(parts) {
				continue
			}
			part, ok := portNumber(parts[i])
			if !ok || part > 255 || strings.HasPrefix(parts[i], "+") {
				return
			}
			n |= uint32(part)
		}
		first(t.networks, n, name)
	})
}

// readPasswd: the first entry with a uid wins.
func (t *Table) readPasswd(r io.Reader) error {
	t.users = map[uint32]string{}
	return eachLine(r, false, func(line string) {
		f := strings.SplitN(line, ":", 4)
		if len(f) < 4 || f[0] == "" || f[0][0] == '#' || f[0][0] == '+' || f[0][0] == '-' {
			return
		}
		if uid, err := strconv.ParseUint(f[2], 10, 32); err == nil {
			first(t.users, uint32(uid), strings.TrimLeft(f[0], " \t"))
		}
	})
}

// first keeps the entry that came first.
func first[K comparable](m map[K]string, key K, name string) {
	if _, ok := m[key]; !ok {
		m[key] = name
	}
}

// cutWord splits off the first word of a line.
func cutWord(line string) (word, rest string) {
	line = strings.TrimLeft(line, blanks)
	i := strings.IndexAny(line, blanks)
	if i < 0 {
		return line, ""
	}
	return line[:i], line[i:]
}

const blanks = " \t\v\f\r"

func clip(s string, n int) string { return s[:min(len(s), n)] }
