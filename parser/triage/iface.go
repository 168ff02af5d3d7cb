package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// ifaceEvidence is the counters of an interface as netstat -ie names them.
func ifaceEvidence(i *rows.Interface) Evidence {
	text := fmt.Sprintf("%s RX packets %s errors %s dropped %s overruns %s frame %s; TX packets %s errors %s dropped %s overruns %s carrier %s collisions %s", i.Name,
		unknown(i.RxPackets), unknown(i.RxErrors), unknown(i.RxDropped), unknown(i.RxOverruns), unknown(i.RxFrame),
		unknown(i.TxPackets), unknown(i.TxErrors), unknown(i.TxDropped), unknown(i.TxOverruns), unknown(i.Carrier), unknown(i.Collisions))
	return Evidence{i.File, lineOf(i.Origin), text}
}

// ifaceFiles tell the counters of interfaces.
var ifaceFiles = Need{"proc/net/dev", "output/netstat_i", "output/ifconfig", "output/ip_link", "output/ip_address", "output/ip_link_json"}

// withCounters are the interfaces with counters. If there are none, the rule is not
// checked.
func (c *Check) withCounters() (list []rows.Interface) {
	for _, i := range c.Interfaces() {
		if i.RxPackets.Known() && !i.Alias {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		c.Skip("proc/net/dev", "nothing tells the counters of any interface")
	}
	return list
}

// isWiFi tells by its name whether an interface is one of a wireless network, as kernels
// and udev name them.
func isWiFi(name string) bool { return strings.HasPrefix(name, "wl") || strings.HasPrefix(name, "ath") }

// isHardware reports whether an interface may be a network card, as far as the capture
// tells: tunnels count as errors of the carrier what has no route.
func (h *Host) isHardware(i *rows.Interface) bool {
	const ether, infiniband = 1, 32
	if n, ok := i.HWType.Get(); ok && n != ether && n != infiniband {
		return false
	}
	if d := h.linkDetail(i.Name); d != nil && d.Printed.Kind != "" {
		return d.Printed.Kind == "bond" || d.Printed.Kind == "team" || d.Printed.Kind == "vlan"
	}
	for _, prefix := range []string{"lo", "tun", "tap", "sit", "gre", "ip6", "veth", "docker", "br-", "virbr", "vxlan", "flannel", "cali", "wg", "dummy", "ppp"} {
		if strings.HasPrefix(i.Name, prefix) {
			return false
		}
	}
	return true
}

// flagSet reports whether an interface surely has a flag.
func flagSet(i *rows.Interface, name string) bool { return slices.Contains(i.FlagNames, name) }

// isDown reports whether an interface surely is off.
func isDown(i *rows.Interface) bool {
	return i.FlagNames != nil && !flagSet(i, "UP") && !slices.Contains(i.UnknownFlags, "UP")
}

// value gives a counter as a number, 0 if it is not known.
func value(o parser.Opt[uint64]) float64 { return float64(Of(o)) }
