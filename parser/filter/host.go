package filter

import (
	"net/netip"
	"strconv"
	"strings"
)

// host reads an address, a network or a name, with or without a port:
// 10.0.0.1, 10/8, 10.0.0.1:443, [2001:db8::1]:443, [2001:db8::]/32, web1:https, *, :443.
// Behind inet: or inet6: it is of that family; unix:GLOB is the name of a UNIX socket.
func (p *reader) host(n *node) *Error {
	t := n.at
	if glob, ok := unixGlob(t.text); ok {
		return p.glob(n, glob)
	}
	n.host.family, t.text = family(t.text)
	host, port, hasPort, err := p.split(t)
	if err != nil {
		return err
	}
	n.port.any = true
	if hasPort {
		if n.port, err = p.portText(t, port); err != nil {
			return err
		}
	}
	if host == "" && !hasPort {
		return p.wrong(t.at, t.end, src.expect, "an address is missing")
	}
	if host == "" || host == "*" {
		n.host.any = true
		return nil
	}
	of := n.host.family
	n.host, err = p.address(t, host)
	if n.host.family = of; n.host.prefix.IsValid() && !of.has(n.host.prefix.Addr()) {
		return p.wrong(t.at, t.end, "", "%q is no address of %s", host, strings.TrimSuffix(string(of), ":"))
	}
	if n.host.name != "" {
		p.f.needs.Hosts = append(p.f.needs.Hosts, n.host.name)
	}
	return err
}

// glob reads the name of a UNIX socket, which is a pattern.
func (p *reader) glob(n *node, glob string) *Error {
	if n.field != src {
		return p.wrong(n.at.at, n.at.end, "", "no file of /proc/net tells the peer of a UNIX socket; src and path are its own name")
	}
	var err error
	if n.pattern, err = compileGlob(glob); err != nil {
		return p.wrong(n.at.at, n.at.end, "", "%q is no pattern of a shell: %s", glob, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return nil
}

// An inetFamily is the prefix of one, or empty for both.
type inetFamily string

// family takes the prefix of a family off a text.
func family(text string) (inetFamily, string) {
	for _, prefix := range []string{inet6Prefix, inetPrefix} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			return inetFamily(prefix), rest
		}
	}
	return "", text
}

// has reports whether an address is of the family, or of any if there is none. An IPv4
// address of an IPv6 socket is one of IPv6.
func (f inetFamily) has(a netip.Addr) bool {
	return f == "" || (f == inetPrefix) == a.Is4()
}

// split cuts a text into the address, with its prefix and without brackets, and the
// port.
func (p *reader) split(t token) (host, port string, hasPort bool, err *Error) {
	text := t.text
	if inner, ok := strings.CutPrefix(text, "["); ok {
		addr, rest, closed := strings.Cut(inner, "]")
		bits, behind, isPort := strings.Cut(rest, ":")
		if !closed || bits != "" && bits[0] != '/' || !strings.Contains(addr, ":") {
			return "", "", false, p.wrong(t.at, t.end, "[IPV6], [IPV6]/PREFIX or [IPV6]:PORT", "%q is no IPv6 address in brackets", text)
		}
		return addr + bits, behind, isPort, nil
	}
	if before, behind, ok := strings.Cut(text, "/"); ok {
		bits, port, isPort := strings.Cut(behind, ":")
		return before + "/" + bits, port, isPort, nil
	}
	if strings.Count(text, ":") > 1 {
		return "", "", false, p.wrong(t.at, t.end, "brackets around an IPv6 address, as in [2001:db8::1] or [2001:db8::1]:443",
			"in %q it cannot be told where a port begins", text)
	}
	host, port, hasPort = strings.Cut(text, ":")
	return host, port, hasPort, nil
}

// address reads an address, a network or the name of a host.
func (p *reader) address(t token, text string) (h host, err *Error) {
	addr, bits, isPrefix := strings.Cut(text, "/")
	a, bad := netip.ParseAddr(addr)
	if numeric := strings.Trim(addr, "0123456789.") == ""; bad != nil && numeric {
		if !isPrefix {
			return h, p.wrong(t.at, t.end, "four numbers from 0 to 255, or a network such as 10.0.0.0/8", "%q is no IPv4 address", addr)
		}
		a, bad = netip.ParseAddr(addr + strings.Repeat(".0", max(0, 3-strings.Count(addr, ".")))) // 10/8
	}
	isName := bad != nil && !isPrefix && strings.IndexFunc(addr, func(r rune) bool { return !isNameRune(r) && r != '.' }) < 0
	switch {
	case isName:
		return host{name: addr}, nil
	case bad != nil || a.Zone() != "":
		return h, p.wrong(t.at, t.end, src.expect, "%q is no address", addr)
	}
	length := a.BitLen()
	if isPrefix {
		n, bad := strconv.ParseUint(bits, 10, 8)
		if bad != nil || int(n) > length {
			return h, p.wrong(t.at, t.end, "a number up to "+strconv.Itoa(length), "%q is no length of a prefix", bits)
		}
		length = int(n)
	}
	h.prefix = netip.PrefixFrom(a, length)
	return h, nil
}

// port reads the value of sport or dport.
func (p *reader) port(n *node) (err *Error) {
	text, _ := strings.CutPrefix(n.at.text, ":")
	if n.port, err = p.portText(n.at, text); err != nil {
		return err
	}
	if n.port.any && n.cmp != equal && n.cmp != unequal {
		return p.wrong(n.at.at, n.at.end, sport.expect, "%s any port cannot be compared", comparisons[n.cmp][0])
	}
	return nil
}

// portText reads a port without its colon.
func (p *reader) portText(t token, text string) (port, *Error) {
	if text == "" || text == "*" {
		return port{any: true}, nil
	}
	n, err := parseNumber(text, 16)
	switch {
	case err == nil:
		return port{number: uint16(n)}, nil
	case strings.Trim(text, "0123456789") == "" || strings.HasPrefix(text, "0x"):
		return port{}, p.wrong(t.at, t.end, "a number up to 65535, without a 0 before it", "%q is no port", text)
	case strings.ContainsAny(text, ":/[],"+blanks):
		return port{}, p.wrong(t.at, t.end, sport.expect+"; an address goes with src or dst", "%q is no port", text)
	}
	p.f.needs.Services = append(p.f.needs.Services, text)
	return port{name: text}, nil
}
