package triage

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// routeNeed are the files that tell of routes.
var routeNeed = Need{"proc/net/route", "proc/net/ipv6_route", "output/ip_route", "output/ip6_route", "output/route", "output/route6"}

// linkNeed are the files that tell which interfaces there are.
var linkNeed = Need{
	"proc/net/dev", "sys/class/net/*/flags", "output/ip_address", "output/ip_link", "output/ip_address_json", "output/ip_link_json",
	"output/ifconfig", "output/netstat_i",
}

// linkStateFiles tell whether an interface is up, and whether it has a carrier.
var linkStateFiles = []string{"sys/class/net/*/operstate"}

// Flags of IPv6 routes (include/uapi/linux/ipv6_route.h) that are no routes to
// anywhere else.
const (
	rtfAnycast = 0x00100000
	rtfLocal   = 0x80000000
)

// A route is a row with its destination.
type route struct {
	*rows.Route
	to  netip.Prefix
	dev string // empty if it has none
}

// routes gives the routes of one family to other machines, those that reject too:
// without those of the machine's own addresses, of multicast, and the cached ones.
func (c *Check) routes(family string) (list []route) {
	all := c.Routes()
	for i := range all {
		r := &all[i]
		addr, ok := r.Destination.Get()
		bits, known := r.PrefixLen.Get()
		if r.Family != family || !ok || !known || bits > uint64(addr.BitLen()) {
			continue // a netmask with holes is none that anybody uses
		}
		if r.Flags&parser.RouteCache != 0 || family == "inet6" && r.Flags&(rtfLocal|rtfAnycast) != 0 {
			continue
		}
		to := netip.PrefixFrom(addr, int(bits)).Masked()
		if to.Addr().IsMulticast() {
			continue
		}
		dev, _ := r.Interface.Get()
		list = append(list, route{r, to, dev})
	}
	return list
}

// rejects reports whether packets end at the route. proc/net/route has a flag for
// unreachable and prohibit, and of blackhole and throw only that there is no device.
func (r route) rejects() bool {
	return r.Flags&parser.RouteReject != 0 || r.dev == "" && !r.Gateway.Known()
}

// connected reports whether the destination is on a link.
func (r route) connected() bool { return !r.rejects() && !r.Gateway.Known() && r.dev != "" }

// ipName is IPv4 or IPv6.
func ipName(family string) string {
	if family == "inet6" {
		return "IPv6"
	}
	return "IPv4"
}

// metric is "metric 100", or that it is not known.
func (r route) metric() string {
	if m, ok := r.Metric.Get(); ok {
		return fmt.Sprintf("metric %d", m)
	}
	return "metric not known"
}

// evidence is the route as netstat -rn shows it, one blank between the columns, and
// with its metric.
func (r route) evidence() Evidence {
	var gateway string
	switch g, ok := r.Gateway.Get(); {
	case ok:
		gateway = g.String()
	case r.Family == "inet6":
		gateway = "::"
	default:
		gateway = "0.0.0.0"
	}
	words := []string{r.to.String(), gateway, r.FlagLetters, r.metric()}
	if mask, ok := r.Genmask.Get(); ok && r.Family == "inet" {
		words = []string{r.to.Addr().String(), gateway, mask.String(), r.FlagLetters, r.metric()}
	}
	if r.dev != "" {
		words = append(words, r.dev)
	}
	return Evidence{r.File, lineOf(r.Origin), strings.Join(words, " ")}
}

// isDefault reports whether a route is one to everywhere, or to all that is in use
// of IPv6: 2000::/3.
func (r route) isDefault() bool {
	return r.to.Bits() == 0 || r.Family == "inet6" && r.to == globalUnicast
}

var globalUnicast = netip.MustParsePrefix("2000::/3")

// nets finds the networks that an address lies in, without comparing it with each.
// The zero value is ready to use.
type nets struct {
	by   map[netKey]bool
	lens [2][129]bool // lengths that there are, of IPv4 and of IPv6
}

// A netKey is a network on a link, or with an empty dev on any.
type netKey struct {
	dev string
	to  netip.Prefix
}

func familyIndex(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

// add adds a network, on its link and on any.
func (n *nets) add(dev string, to netip.Prefix) {
	if n.by == nil {
		n.by = map[netKey]bool{}
	}
	n.by[netKey{dev, to}], n.by[netKey{"", to}] = true, true
	n.lens[familyIndex(to.Addr())][to.Bits()] = true
}

// find gives the longest network that an address lies in, with fewer bits than below.
func (n *nets) find(dev string, a netip.Addr, below int) (netip.Prefix, bool) {
	for bits := min(below-1, a.BitLen()); bits >= 0; bits-- {
		if !n.lens[familyIndex(a)][bits] {
			continue
		}
		if p, err := a.WithZone("").Prefix(bits); err == nil && n.by[netKey{dev, p}] {
			return p, true
		}
	}
	return netip.Prefix{}, false
}

// holds reports whether an address lies in any of the networks on a link.
func (n *nets) holds(dev string, a netip.Addr) bool {
	_, ok := n.find(dev, a, a.BitLen()+1)
	return ok
}

// linkFlag tells of a flag of an interface, by the kernel's name without IFF_.
func linkFlag(i *rows.Interface, name string) (set, known bool) {
	if i.FlagNames == nil {
		return false, false
	}
	for _, w := range i.UnknownFlags {
		if w == name {
			return false, false
		}
	}
	for _, w := range i.FlagNames {
		if w == name {
			return true, true
		}
	}
	return false, true
}

// reported takes errors that the reading of the interfaces has told of already.
func reported(error) {}

// linksByName finds interfaces, without the aliases.
func (c *Check) linksByName() map[string]*rows.Interface {
	by := map[string]*rows.Interface{}
	all := c.Interfaces()
	for i := range all {
		if !all[i].Alias {
			by[all[i].Name] = &all[i]
		}
	}
	return by
}

// is reports whether a flag is known to be set.
func is(i *rows.Interface, flag string) bool {
	set, _ := linkFlag(i, flag)
	return set
}

// isNot reports whether a flag is known not to be set.
func isNot(i *rows.Interface, flag string) bool {
	set, known := linkFlag(i, flag)
	return known && !set
}

// madeBridge reports whether an interface is by its name a bridge that a program made
// for machines or containers inside of the host: it has no carrier while none runs.
func madeBridge(name string) bool { return hasPrefix(name, bridgeNames) }

// overlay reports whether an interface is by its name one of a network for containers
// that spans hosts.
func overlay(name string) bool { return hasPrefix(name, overlayNames) }

var (
	bridgeNames  = []string{"docker", "br-", "virbr", "lxcbr", "lxdbr", "incusbr", "cni", "podman", "cbr", "kube-bridge", "mpqemubr", "vmnet", "vboxnet", "nat"}
	overlayNames = []string{"flannel", "cni", "cali", "tunl", "vxlan", "weave", "kube", "cilium", "lxc", "ovn", "genev", "antrea", "wg", "tun", "tap"}
)

func hasPrefix(name string, list []string) bool {
	for _, p := range list {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}
