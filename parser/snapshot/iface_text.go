package snapshot

import (
	"net/netip"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// A linkOutput is the output of a command that tells of interfaces.
type linkOutput struct {
	text[parser.IPLink]
	addresses bool // it tells all IPv4 addresses
}

// linkOutputs are these outputs in the order of trust, before sysfs: netstat shows
// the very flags that are wanted, and ifconfig has them from the same call; ip prints
// them less directly. See fromSysfs for what is wrong with those of the kernel's
// files.
var linkOutputs = []linkOutput{
	{text[parser.IPLink]{"output/netstat_i", parser.NetstatInterfaces}, false},
	{text[parser.IPLink]{"output/ifconfig", parser.Ifconfig}, false},
	{text[parser.IPLink]{"output/ip_address", parser.IPLinks}, true},
	{text[parser.IPLink]{"output/ip_link", parser.IPLinks}, false},
	{text[parser.IPLink]{"output/ip_link_json", parser.IPLinksJSON}, false},
	{text[parser.IPLink]{"output/ip_address_json", parser.IPLinksJSON}, true},
}

func (c *composer) fromText(text linkOutput) {
	t := open(c.Snapshot, text.name, text.decode)
	for link := range Good(t.Rows(), c.bad) {
		i := c.get(link.Name)
		c.setMTU(i, link.MTU, t.File)
		c.setFlags(i, Flags{Set: link.Flags, Known: link.FlagsKnown}, t.File)
		if c.noDev && !i.Counters.Known() && link.Counters.Known() {
			i.Counters, i.From.Counters = link.Counters, t.File
		}
		i.TxQueueLen = i.TxQueueLen.Or(link.TxQueueLen)
		if n, ok := hwKinds[link.HWKind]; ok {
			i.HWType = i.HWType.Or(parser.Some(n))
		}
		if link.HWAddr != "" {
			i.HWAddr = i.HWAddr.Or(parser.Some(link.HWAddr))
		}
	}
}

// printedAddresses takes the addresses of the texts that tell all, and only then of
// others.
func (c *composer) printedAddresses() {
	for _, all := range []bool{true, false} {
		for _, text := range linkOutputs {
			if text.addresses != all {
				continue
			}
			t := open(c.Snapshot, text.name, text.decode)
			for link := range Good(t.Rows(), func(error) {}) {
				c.addrsFrom(c.get(link.Name), &link, all, t.File)
			}
		}
	}
}

// addrsFrom takes the addresses of a text that tells any: ip's tell all, that of
// ifconfig the first of each name.
func (c *composer) addrsFrom(i *Interface, link *parser.IPLink, all bool, from string) {
	if i.From.Addrs == "" && (all || len(link.Addrs) > 0) {
		i.Addrs, i.AddrsKnown, i.From.Addrs = nil, true, from
		for _, a := range link.Addrs {
			c.addAddr(i, a)
		}
	}
	if i.From.Addrs6 == "" && (all || len(link.Addrs6) > 0) {
		i.Addrs6, i.From.Addrs6 = link.Addrs6, from
	}
}

// addAddr gives the address to the interface or, if it has a label, to its
// alias. The first of a label is the one that netstat shows.
func (c *composer) addAddr(i *Interface, a parser.IPAddr) {
	to := i
	if a.Label != i.Name && strings.HasPrefix(a.Label, i.Name+":") {
		to = c.get(a.Label)
		to.Alias, to.AddrsKnown = true, true
		to.MTU, to.Flags, to.HWType, to.HWAddr, to.TxQueueLen, to.From = i.MTU, i.Flags, i.HWType, i.HWAddr, i.TxQueueLen, i.From
	}
	if len(to.Addrs) > 0 {
		return
	}
	mask, _ := netip.AddrFrom4([4]byte{255, 255, 255, 255}).Prefix(a.Len)
	// The kernel answers 0.0.0.0 for a broadcast address that is not set, and
	// the address itself for a peer that is not set.
	addr := Addr4{
		Addr: a.Addr, Netmask: parser.Some(mask.Addr()),
		Broadcast: parser.Some(netip.IPv4Unspecified()), Peer: parser.Some(a.Addr),
	}
	if a.Broadcast.IsValid() {
		addr.Broadcast = parser.Some(a.Broadcast)
	}
	if a.Peer.IsValid() {
		addr.Peer = parser.Some(a.Peer)
	}
	to.Addrs = append(to.Addrs, addr)
}

// hwKinds are the words of ip's link/KIND by their ARPHRD_* number.
var hwKinds = map[string]int64{
	"ether": 1, "loopback": 772, "none": 0xfffe, "sit": 776, "ipip": 768, "tunnel6": 769,
	"ppp": 512, "infiniband": 32, "gre": 778, "slip": 256, "ieee802.11": 801,
}
