package words

import "github.com/coldstat/coldstat/parser"

// A Flag is one bit with netstat's letter and the kernel's name for it.
type Flag struct {
	Bit    uint32
	Letter byte // 0 if netstat shows none
	Name   string
}

// AppendLetters appends the letters of the flags that are set, in their order.
func AppendLetters(b []byte, flags uint32, list []Flag) []byte {
	for _, f := range list {
		if flags&f.Bit != 0 && f.Letter != 0 {
			b = append(b, f.Letter)
		}
	}
	return b
}

// Names lists the names of the flags that are set. Bits without a name are
// left out.
func Names(flags uint32, list []Flag) (names []string) {
	for _, f := range list {
		if flags&f.Bit != 0 {
			names = append(names, f.Name)
		}
	}
	return names
}

// RouteFlags are the RTF_* flags of an IPv4 route behind U and G, in the order in which
// netstat prints them.
var RouteFlags = []Flag{
	{0x4, 'H', "HOST"}, {0x8, 'R', "REINSTATE"}, {0x10, 'D', "DYNAMIC"}, {0x20, 'M', "MODIFIED"},
	{0x10000, 'd', "DEFAULT"}, {0x20000, 'a', "ALLONLINK"}, {0x40000, 'c', "ADDRCONF"},
	{0x200000, 'o', "NONEXTHOP"}, {0x400000, 'e', "EXPIRES"}, {0x1000000, 'c', "CACHE"},
	{0x2000000, 'f', "FLOW"}, {0x4000000, 'p', "POLICY"}, {0x80000000, 'l', "LOCAL"},
	{0x40, 'u', "MTU"}, {0x80, 'w', "WINDOW"}, {0x100, 'i', "IRTT"}, {0x400, 'n', "STATIC"},
}

// routeHead are the flags before them.
var routeHead = []Flag{{parser.RouteUp, 'U', "UP"}, {parser.RouteGateway, 'G', "GATEWAY"}, {parser.RouteReject, '!', "REJECT"}}

// AppendRouteLetters appends the letters of an IPv4 route: a reject flag
// replaces U and G.
func AppendRouteLetters(b []byte, flags uint32) []byte {
	if flags&parser.RouteReject != 0 {
		b = append(b, '!')
	} else {
		b = AppendLetters(b, flags, routeHead)
	}
	return AppendLetters(b, flags, RouteFlags)
}

// RouteFlagNames lists the names of an IPv4 route's flags.
func RouteFlagNames(flags uint32) []string {
	return append(Names(flags, routeHead), Names(flags, RouteFlags)...)
}

// Route6Flags are all flags of an IPv6 route in the order in which netstat
// prints them; "!" replaces nothing here.
var Route6Flags = []Flag{
	{0x1, 'U', "UP"}, {0x200, '!', "REJECT"}, {0x2, 'G', "GATEWAY"}, {0x4, 'H', "HOST"},
	{0x10000, 'D', "DEFAULT"}, {0x40000, 'A', "ADDRCONF"}, {0x1000000, 'C', "CACHE"},
	{0x20000, 'a', "ALLONLINK"}, {0x400000, 'e', "EXPIRES"}, {0x20, 'm', "MODIFIED"},
	{0x200000, 'n', "NONEXTHOP"}, {0x2000000, 'f', "FLOW"},
}

// unlettered are flags of an IPv6 route that netstat has no letter for.
var unlettered = []Flag{
	{0x10, 0, "DYNAMIC"}, {0x40, 0, "MTU"}, {0x80, 0, "WINDOW"}, {0x100, 0, "IRTT"}, {0x80000, 0, "PREFIX_RT"},
	{0x100000, 0, "ANYCAST"}, {0x800000, 0, "ROUTEINFO"}, {0x4000000, 0, "POLICY"}, {0x40000000, 0, "PCPU"}, {0x80000000, 0, "LOCAL"},
}

// Route6FlagNames lists the names of an IPv6 route's flags.
func Route6FlagNames(flags uint32) []string {
	return append(Names(flags, Route6Flags), Names(flags, unlettered)...)
}

// AtalkFlags are those of the IPv4 table, where "!" replaces nothing.
var AtalkFlags = append(append([]Flag{}, routeHead...), RouteFlags...)

// CacheFlags are the flags of the routing cache behind G, which a reject
// replaces, in the order in which netstat prints them. Linux 2.0 has U and H
// instead of the fourth and the fifth. The words of two letters are netstat's.
var CacheFlags = []struct {
	Bit  uint32
	Text string
}{
	{0x8, "R"}, {0x10, "D"}, {0x20, "M"}, {0x1, "-"}, {0x4, "o"}, {0x10000, "n"}, {0x20000, "d"},
	{0x80000, "t"}, {0x200000, "f"}, {0x400000, "q"}, {0x800000, "Ns"}, {0x1000000, "r"},
	{0x4000000, "i"}, {0x8000000, "Nd"}, {0x10000000, "b"}, {0x20000000, "m"}, {0x40000000, "#"},
	{0x80000000, "l"},
}

// AppendCacheLetters appends the letters of a cached IPv4 route. The layout of
// Linux 2.0 has no SpecDst column.
func AppendCacheLetters(b []byte, r *parser.CachedRoute) []byte {
	old := !r.SpecDst.Known()
	switch {
	case r.Flags&parser.RouteReject != 0:
		b = append(b, '!')
	default:
		if old && r.Flags&parser.RouteUp != 0 {
			b = append(b, 'U')
		}
		if old && r.Flags&parser.RouteHost != 0 {
			b = append(b, 'H')
		}
		if r.Flags&parser.RouteGateway != 0 {
			b = append(b, 'G')
		}
	}
	for _, l := range CacheFlags {
		if r.Flags&l.Bit != 0 && (!old || l.Bit != parser.RouteUp && l.Bit != parser.RouteHost) {
			b = append(b, l.Text...)
		}
	}
	return b
}

// NeighbourFlags are the NTF_* flags of a neighbour over IPv6.
var NeighbourFlags = []Flag{{0x80, 'R', "ROUTER"}, {0x4, 'x', "MASTER"}, {0x2, 'h', "SELF"}, {0x8, 'P', "PROXY"}}

// neighbourStates are the kernel's NUD_* values.
var neighbourStates = map[uint8]string{
	0: "NONE", 1: "INCOMPLETE", 2: "REACHABLE", 4: "STALE", 8: "DELAY", 0x10: "PROBE",
	0x20: "FAILED", 0x40: "NOARP", 0x80: "PERM",
}

// NeighbourState names a NUD_* state, or gives "".
func NeighbourState(state uint8) string { return neighbourStates[state] }
