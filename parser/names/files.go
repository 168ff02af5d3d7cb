package names

import (
	"io"
	"maps"
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
		n, rest, ok := cNumber(rest, 0)
		if !ok || !strings.HasPrefix(rest, "/") {
			return
		}
		port := uint16(n)
		proto := strings.TrimLeft(rest, "/") // glibc takes 82//tcp
		if i := strings.IndexAny(proto, blanks); i >= 0 {
			proto = proto[:i]
		}
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

// cNumber reads the number at the start of s as glibc does for these files
// (strtoul): after blanks and a sign, in the given base, 0 for decimal, 0octal or
// 0xhex. A number that is negative or has more than 32 bits is none.
func cNumber(s string, base int) (n uint32, rest string, ok bool) {
	s = strings.TrimLeft(s, blanks)
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if base == 0 {
		base = 10
		if strings.HasPrefix(s, "0") {
			base = 8
		}
		if len(s) > 2 && (s[:2] == "0x" || s[:2] == "0X") && strings.IndexByte(hexDigits, s[2]) >= 0 {
			s, base = s[2:], 16
		}
	}
	digits := hexDigits[:base]
	if base == 16 {
		digits = hexDigits
	}
	end := len(s) - len(strings.TrimLeft(s, digits))
	v, err := strconv.ParseUint(s[:end], base, 32)
	return uint32(v), s[end:], err == nil && (!negative || v == 0)
}

const hexDigits = "0123456789abcdefABCDEF"

// readProtocols: the last line for a number wins.
func (t *Table) readProtocols(r io.Reader) error {
	t.protos = map[uint16]string{}
	return eachLine(r, true, func(line string) {
		name, rest := cutWord(line)
		n, rest, ok := cNumber(rest, 10)
		if ok && (rest == "" || strings.IndexByte(blanks, rest[0]) >= 0) {
			t.protos[uint16(n)] = clip(name, 63)
		}
	})
}

// readHosts: the first line for an address wins and its first name counts. An
// IPv4 lookup also matches ::1 (as 127.0.0.1) and v4-mapped text, because glibc
// maps those when asked for IPv4; the other way round it does not.
func (t *Table) readHosts(r io.Reader) error {
	t.hosts4, t.hosts6 = map[netip.Addr]string{}, map[netip.Addr]string{}
	// A name that does not fit is cut in an IPv4 answer and spoils an IPv6 one.
	defer maps.DeleteFunc(t.hosts6, func(_ netip.Addr, name string) bool { return len(name) > maxHostName })
	return eachLine(r, true, func(line string) {
		text, rest := cutWord(line)
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return
		}
		name, _ := cutWord(rest)
		if a.Is6() {
			first(t.hosts6, a, name)
		}
		name = clip(name, maxHostName)
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
			part, rest, ok := cNumber(parts[i], 0)
			if !ok || part > 255 || rest != "" || parts[i][0] == '+' || parts[i][0] == '-' {
				return
			}
			n |= part
		}
		first(t.networks, n, name)
	})
}

// readPasswd: the first entry with a uid wins.
func (t *Table) readPasswd(r io.Reader) error {
	t.users = map[uint32]string{}
	return eachLine(r, false, func(line string) {
		if name, uid, _, ok := passwdEntry(line); ok {
			first(t.users, uid, name)
		}
	})
}

// passwdEntry reads a line of etc/passwd; the group must be a number too.
func passwdEntry(line string) (name string, uid, gid uint32, ok bool) {
	line = strings.TrimLeft(line, blanks)
	f := strings.SplitN(line, ":", 3)
	if len(f) < 3 || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "+") || strings.HasPrefix(line, "-") {
		return "", 0, 0, false
	}
	uid, rest, ok := cNumber(f[2], 10)
	if !ok || !strings.HasPrefix(rest, ":") {
		return "", 0, 0, false
	}
	gid, rest, ok = cNumber(rest[1:], 10)
	return f[0], uid, gid, ok && (rest == "" || rest[0] == ':')
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
