package snapshot

import (
	"cmp"
	"io/fs"
	"iter"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// An Interface is what the files of a capture tell about one network
// interface. /proc/net/dev has counters only; the rest is put together from
// the machine's `ip -d address` output where the bundle has it, else from
// sysfs and the routing tables. What no file tells is unknown.
type Interface struct {
	Name     string // for an alias with its label: eth0:1
	Alias    bool   // an additional IPv4 address with a label of its own; it has no counters
	Counters parser.Opt[parser.DevCounters]
	MTU      parser.Opt[int64]
	Flags    Flags

	HWType     parser.Opt[int64] // ARPHRD_* of include/uapi/linux/if_arp.h
	HWAddr     parser.Opt[string]
	TxQueueLen parser.Opt[int64]

	// Addrs are the IPv4 addresses that may be the interface's own. With ip's
	// output it is the primary one; without, all that the kernel's tables put
	// there, in no order that says which is the primary.
	Addrs []Addr4
	// AddrsKnown is false if no file tells whether there are any.
	AddrsKnown bool
	Addrs6     []parser.Inet6Addr
}

// Flags are IFF_* bits, each of them known or not.
type Flags struct {
	Set   uint32 // bits known to be set
	Known uint32 // bits that are known at all
}

// Has tells about one bit.
func (f Flags) Has(bit uint32) (set, known bool) { return f.Set&bit != 0, f.Known&bit != 0 }

// AllFlags are the 16 bits that there are.
const AllFlags = 0xffff

// An Addr4 is an IPv4 address of an interface.
type Addr4 struct {
	Addr      netip.Addr
	Netmask   parser.Opt[netip.Addr]
	Broadcast parser.Opt[netip.Addr]
	Peer      parser.Opt[netip.Addr] // the other end of a point-to-point link
}

// ipTexts are the places where collectors put the output of `ip -d address`, and
// of `ip link`, which has no addresses.
var ipTexts = []struct {
	name      string
	addresses bool
}{
	{"sos_commands/networking/ip_-d_address", true},
	{"cmd/ip_-d_address", true},
	{"cmd/ip_link", false},
}

// Interfaces puts together all interfaces, sorted as netstat sorts them. dev is
// proc/net/dev as opened by [Snapshot.Dev], so that the caller sees its state.
// Addresses that only the kernel's tables tell are left out unless asked for:
// those tables can be large. Each row that could not be read is handed to bad
// and left out.
func (s *Snapshot) Interfaces(dev Table[parser.DevCounters], addresses bool, bad func(error)) []Interface {
	byName := map[string]*Interface{}
	get := func(name string) *Interface {
		if byName[name] == nil {
			byName[name] = &Interface{Name: name}
		}
		return byName[name]
	}
	for d := range Good(dev.Rows(), bad) {
		i := get(d.Iface)
		if !d.NoStatistics {
			i.Counters = parser.Some(d)
		}
	}
	s.fromSysfs(get)
	if addresses {
		s.fromTables(byName, bad)
	}
	s.fromIP(get, bad)
	list := make([]Interface, 0, len(byName))
	for _, i := range byName {
		list = append(list, *i)
	}
	slices.SortFunc(list, func(a, b Interface) int { return CompareNames(a.Name, b.Name) })
	return list
}

// Good passes the rows on and the errors to bad.
func Good[T any](rows iter.Seq2[T, error], bad func(error)) iter.Seq[T] {
	return func(yield func(T) bool) {
		for row, err := range rows {
			if err != nil {
				bad(err)
			} else if !yield(row) {
				return
			}
		}
	}
}

// fromSysfs reads sys/class/net/X/*. Its flags are the kernel's raw ones: never
// with RUNNING, and with PROMISC and ALLMULTI also when a bridge or a sniffer
// and not the administrator set them, which is what netstat shows. So RUNNING
// follows operstate, and those two are only known when they are not set.
func (s *Snapshot) fromSysfs(get func(string) *Interface) {
	entries, _ := fs.ReadDir(s.root, "sys/class/net")
	for _, e := range entries {
		dir := path.Join("sys/class/net", e.Name())
		flags, hasFlags := s.sysNumber(dir + "/flags")
		mtu, hasMTU := s.sysNumber(dir + "/mtu")
		if !hasFlags && !hasMTU {
			continue // bonding_masters and the like
		}
		i := get(e.Name())
		if hasMTU {
			i.MTU = parser.Some(mtu)
		}
		if hasFlags {
			i.Flags = s.sysFlags(dir, uint32(flags))
		}
		if n, ok := s.sysNumber(dir + "/type"); ok {
			i.HWType = parser.Some(n)
		}
		if n, ok := s.sysNumber(dir + "/tx_queue_len"); ok {
			i.TxQueueLen = parser.Some(n)
		}
		if addr, err := s.sysText(dir + "/address"); err == nil {
			i.HWAddr = parser.Some(addr)
		}
	}
}

func (s *Snapshot) sysFlags(dir string, raw uint32) Flags {
	const unsure = parser.FlagPromisc | parser.FlagAllmulti
	f := Flags{Known: AllFlags &^ (raw & unsure), Set: raw &^ (unsure | parser.FlagRunning)}
	if raw&parser.FlagUp == 0 {
		return f // not up, so not running
	}
	switch state, err := s.sysText(dir + "/operstate"); {
	case err != nil:
		f.Known &^= parser.FlagRunning
	case state == "up" || state == "unknown":
		f.Set |= parser.FlagRunning
	}
	return f
}

func (s *Snapshot) sysText(name string) (string, error) {
	text, err := s.readSmall(name, 256)
	return strings.TrimSpace(string(text)), err
}

// sysNumber reads a number in C's notation; a file of no bytes tells nothing.
func (s *Snapshot) sysNumber(name string) (int64, bool) {
	text, err := s.sysText(name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 0, 64)
	return n, err == nil
}

// fromIP takes what the machine's own ip command said, which is exact.
func (s *Snapshot) fromIP(get func(string) *Interface, bad func(error)) {
	for _, text := range ipTexts {
		t := open(s, text.name, parser.IPLinks)
		if t.State != Present {
			continue
		}
		found := false
		for link := range Good(t.Rows(), bad) {
			found = true
			i := get(link.Name)
			i.MTU = link.MTU.Or(i.MTU)
			i.Flags = Flags{Set: link.Flags, Known: AllFlags}
			i.TxQueueLen = i.TxQueueLen.Or(parser.Some(link.TxQueueLen))
			if n, ok := hwKinds[link.HWKind]; ok {
				i.HWType = i.HWType.Or(parser.Some(n))
			}
			if link.HWAddr != "" {
				i.HWAddr = i.HWAddr.Or(parser.Some(link.HWAddr))
			}
			if !text.addresses {
				continue
			}
			i.Addrs, i.AddrsKnown = nil, true
			for _, a := range link.Addrs {
				addAddr(get, i, a)
			}
		}
		if found {
			return
		}
	}
}

// addAddr gives the address to the interface or, if it has a label, to its
// alias. The first of a label is the one that netstat shows.
func addAddr(get func(string) *Interface, i *Interface, a parser.IPAddr) {
	to := i
	if a.Label != i.Name && strings.HasPrefix(a.Label, i.Name+":") {
		to = get(a.Label)
		to.Alias, to.AddrsKnown = true, true
		to.MTU, to.Flags, to.HWType, to.HWAddr, to.TxQueueLen = i.MTU, i.Flags, i.HWType, i.HWAddr, i.TxQueueLen
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

// fromTables takes IPv6 addresses from if_inet6 and works out IPv4 ones from the
// routing tables: fib_trie has the local addresses without interfaces, and the
// connected routes of the main table have the interface and the netmask.
func (s *Snapshot) fromTables(byName map[string]*Interface, bad func(error)) {
	for a := range Good(s.IfInet6().Rows(), bad) {
		if i := byName[a.Iface]; i != nil {
			i.Addrs6 = append(i.Addrs6, a)
		}
	}
	fib := open(s, "proc/net/fib_trie", parser.FibTrie)
	if fib.State != Present {
		return
	}
	networks := connectedNetworks(Good(s.Routes().Rows(), func(error) {}))
	seen := map[netip.Addr]bool{}
	for e := range Good(fib.Rows(), bad) {
		if e.Type != "LOCAL" || e.Prefix.Bits() != 32 || seen[e.Prefix.Addr()] {
			continue
		}
		seen[e.Prefix.Addr()] = true
		placeAddr(byName, networks, e.Prefix.Addr())
	}
}

// networks finds the interfaces of connected routes by netmask and destination,
// longest netmask first.
type networks struct {
	masks  []netip.Addr
	ifaces map[[2]netip.Addr][]string
}

func connectedNetworks(routes iter.Seq[parser.Route]) networks {
	n := networks{ifaces: map[[2]netip.Addr][]string{}}
	for r := range routes {
		if r.Flags&(parser.RouteUp|parser.RouteGateway|parser.RouteReject) != parser.RouteUp {
			continue // not connected
		}
		if m := number(r.Genmask); m == 0 || !contiguous(m) {
			continue // a default route says nothing of addresses
		}
		key := [2]netip.Addr{r.Genmask, r.Destination}
		if !slices.Contains(n.ifaces[key], r.Iface) && len(n.ifaces[key]) < 2 {
			n.ifaces[key] = append(n.ifaces[key], r.Iface)
		}
		if !slices.Contains(n.masks, r.Genmask) { // 32 at most
			n.masks = append(n.masks, r.Genmask)
		}
	}
	slices.SortFunc(n.masks, func(a, b netip.Addr) int { return b.Compare(a) })
	return n
}

// of gives the netmask and the interface of an address. If two interfaces share
// its network it may be either's, and none is given.
func (n networks) of(a netip.Addr) (netmask netip.Addr, iface string) {
	for _, mask := range n.masks {
		if ifaces := n.ifaces[[2]netip.Addr{mask, masked(a, mask)}]; len(ifaces) > 0 {
			if len(ifaces) == 1 {
				return mask, ifaces[0]
			}
			break
		}
	}
	return netip.Addr{}, ""
}

func masked(a, mask netip.Addr) netip.Addr {
	b, m := a.As4(), mask.As4()
	for i := range b {
		b[i] &= m[i]
	}
	return netip.AddrFrom4(b)
}

// placeAddr gives a local address to its interface.
func placeAddr(byName map[string]*Interface, connected networks, a netip.Addr) {
	mask, name := connected.of(a)
	if a.IsLoopback() {
		// lo's network is in the local table only, as 127.0.0.0/8.
		mask, name = netip.AddrFrom4([4]byte{255, 0, 0, 0}), "lo"
	}
	if i := byName[name]; i != nil {
		i.Addrs = append(i.Addrs, Addr4{Addr: a, Netmask: parser.Some(mask)})
		i.AddrsKnown = true
	}
}

func number(a netip.Addr) uint32 {
	b := a.As4()
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// CompareNames orders interface names as netstat does (lib/interface.c): the
// part before trailing digits, then the digits as a number, then the alias.
func CompareNames(a, b string) int {
	nameA, aliasA := splitAlias(a)
	nameB, aliasB := splitAlias(b)
	headA, numA := splitDigits(nameA)
	headB, numB := splitDigits(nameB)
	n := min(len(headA), len(headB))
	switch {
	case headA[:n] != headB[:n]:
		return strings.Compare(headA[:n], headB[:n])
	case len(headA) != len(headB):
		return len(headA) - len(headB)
	case numA != numB:
		return cmp.Compare(numA, numB)
	case nameA != nameB:
		return strings.Compare(nameA, nameB)
	case aliasA != aliasB:
		return cmp.Compare(aliasA, aliasB)
	default:
		return strings.Compare(a, b) // eth0:1 and eth0:01
	}
}

// splitAlias takes `:digits` off a name; no alias is -1, before every number.
func splitAlias(name string) (string, int64) {
	i := strings.LastIndexByte(name, ':')
	if i < 0 {
		return name, -1
	}
	n, err := strconv.ParseUint(name[i+1:], 10, 31)
	if err != nil {
		return name, -1
	}
	return name[:i], int64(n)
}

func splitDigits(name string) (string, int64) {
	head := strings.TrimRight(name, "0123456789")
	n, _ := strconv.ParseUint(name[len(head):], 10, 64)
	return head, int64(int32(n)) // as atoi
}
