package render

import (
	"net/netip"

	"github.com/coldstat/coldstat/parser/words"
)

// appendAddr appends an address as netstat prints it numerically: IPv4 and
// v4-mapped addresses as dotted decimal, others as glibc's inet_ntop.
func appendAddr(b []byte, a netip.Addr) []byte {
	if a.Is4() || a.Is4In6() {
		return words.AppendAddr4(b, a.Unmap().As4())
	}
	return append6(b, a.As16())
}

// append6 differs from netip in the last 32 bits: glibc prints them as dotted
// decimal behind a leading run of exactly six zero groups (::10.0.0.5).
func append6(b []byte, a [16]byte) []byte {
	var groups [8]uint16
	for i := range groups {
		groups[i] = uint16(a[2*i])<<8 | uint16(a[2*i+1])
	}
	start, length := zeroRun(groups)
	for i := 0; i < 8; {
		if i == start {
			b = append(b, ':', ':')
			i += length
			continue
		}
		if i == 6 && start == 0 && length == 6 {
			return words.AppendAddr4(b, [4]byte(a[12:]))
		}
		if i > 0 && i != start+length {
			b = append(b, ':')
		}
		b = appendGroup(b, groups[i])
		i++
	}
	return b
}

// appendGroup appends a group of an IPv6 address: hexadecimal, without leading zeros.
func appendGroup(b []byte, v uint16) []byte {
	const hex = "0123456789abcdef"
	switch {
	case v >= 0x1000:
		return append(b, hex[v>>12], hex[v>>8&15], hex[v>>4&15], hex[v&15])
	case v >= 0x100:
		return append(b, hex[v>>8], hex[v>>4&15], hex[v&15])
	case v >= 0x10:
		return append(b, hex[v>>4], hex[v&15])
	}
	return append(b, hex[v])
}

// zeroRun finds the longest run of two or more zero groups, the first on a tie.
func zeroRun(groups [8]uint16) (start, length int) {
	start = -1
	for i := 0; i < 8; i++ {
		n := 0
		for i+n < 8 && groups[i+n] == 0 {
			n++
		}
		if n >= 2 && n > length {
			start, length = i, n
		}
		i += n
	}
	return start, length
}

// appendHost appends the text of a socket's, group's or gateway's address (rules 3.1
// and 3.3 of netstat's behaviour).
func appendHost(b []byte, a netip.Addr, numeric bool, names Namer) []byte {
	switch {
	case a.Is4():
		return appendHost4(b, a, numeric, names)
	case numeric:
		return appendAddr(b, a)
	case a.IsUnspecified():
		return append(b, "[::]"...)
	}
	if name, ok := names.Host6(a); ok {
		return append(b, name...)
	}
	return appendAddr(b, a)
}

// appendHost4: 0.0.0.0 is never named; 0.x.y.z is looked up among the networks,
// an accident of byte order in netstat that always happens.
func appendHost4(b []byte, a netip.Addr, numeric bool, names Namer) []byte {
	if a.As4()[0] == 0 {
		return appendNamed4(b, a, numeric, names.Network)
	}
	return appendNamed4(b, a, numeric, names.Host4)
}

// appendGateway is appendHost4 for the gateways of -r: always a host.
func appendGateway(b []byte, a netip.Addr, numeric bool, names Namer) []byte {
	return appendNamed4(b, a, numeric, names.Host4)
}

func appendNamed4(b []byte, a netip.Addr, numeric bool, lookup func(netip.Addr) (string, bool)) []byte {
	if !numeric && a != netip.IPv4Unspecified() {
		if name, ok := lookup(a); ok {
			return append(b, name...)
		}
	}
	return words.AppendAddr4(b, a.As4())
}
