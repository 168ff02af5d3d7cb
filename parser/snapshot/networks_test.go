package snapshot

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/coldstat/coldstat/parser"
)

// TestPlaceAddr: an address belongs to the interface whose connected network has
// it; a default route, a network that two interfaces share and a netmask with
// holes tell nothing.
func TestPlaceAddr(t *testing.T) {
	route := func(iface, dst, mask string) parser.Route {
		return parser.Route{Flags: parser.RouteUp, Iface: iface, Destination: netip.MustParseAddr(dst), Genmask: netip.MustParseAddr(mask)}
	}
	n := connectedNetworks(slices.Values([]parser.Route{
		route("ppp0", "0.0.0.0", "0.0.0.0"),
		route("eth0", "10.0.0.0", "255.0.0.0"),
		route("eth1", "10.1.0.0", "255.255.0.0"),
		route("eth2", "192.0.2.0", "255.255.255.0"), route("eth3", "192.0.2.0", "255.255.255.0"),
		route("eth4", "198.51.100.0", "255.0.255.0"),
	}))
	for addr, want := range map[string]string{
		"10.9.9.9": "eth0 255.0.0.0", "10.1.2.3": "eth1 255.255.0.0",
		"192.0.2.7": " invalid IP", "198.51.100.1": " invalid IP", "203.0.113.1": " invalid IP",
	} {
		mask, iface := n.of(netip.MustParseAddr(addr))
		if got := iface + " " + mask.String(); got != want {
			t.Errorf("%s: got %q, want %q", addr, got, want)
		}
	}
}
