package render

import (
	"net/netip"
	"strconv"
)

// appendAddr appends an address as netstat prints it numerically: IPv4 and
// v4-mapped addresses as dotted decimal, others as glibc's inet_ntop.
func appendAddr(b []byte, a netip.Addr) []byte {
	if a.Is4() || a.Is4In6() {
		return append4(b, a.Unmap().As4())
	}
	return append6(b, a.As16())
}

func append4(b []byte, a [4]byte) []byte {
	for i, octet := range a {
		if i > 0 {
			b = append(b, '.')
		}
		b = appendOctet(b, octet)
	}
	return b
}

func appendOctet(b []byte, v byte) []byte {
	switch {
	case v >= 100:
		return append(b, '0'+v/100, '0'+v/10%10, '0'+v%10)
	case v >= 10:
		return append(b, '0'+v/10, '0'+v%10)
	default:
		return append(b, '0'+v)
	}
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
			return append4(b, [4]byte(a[12:]))
		}
		if i > 0 && i != start+length {
			b = append(b, ':')
		}
		b = strconv.AppendUint(b, uint64(groups[i]), 16)
		i++
	}
	return b
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
	return append4(b, a.As4())
}
