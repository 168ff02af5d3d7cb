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
// interface. /proc/net/dev has counters only; the rest is put together from what
// commands printed, sysfs and the kernel's other tables, see linkOutputs. What no file
// tells is unknown.
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

	From Sources
}

// Sources are the files that tell of an interface. An empty name is none.
type Sources struct {
	Counters, MTU, Addrs, Addrs6 string
	Flags                        []string // each tells bits that those before do not
}

// Flags are IFF_* bits, each of them known or not.
type Flags struct {
	Set   uint32 // bits known to be set
	Known uint32 // bits that are known at all
}

// fill adds what another file tells of the bits that are not known yet. It reports
// whether that is anything.
func (f *Flags) fill(other Flags) bool {
	news := other.Known &^ f.Known
	f.Set |= other.Set & news
	f.Known |= news
	return news != 0
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

// Interfaces puts together all interfaces, sorted as netstat sorts them. dev is
// proc/net/dev as opened by [Snapshot.Dev], so that the caller sees its state.
// Addresses that only the kernel's tables tell are left out unless asked for:
// those tables can be large. Each row that could not be read is handed to bad
// and left out.
func (s *Snapshot) Interfaces(dev Table[parser.DevCounters], addresses bool, bad func(error)) []Interface {
	c := &composer{Snapshot: s, byName: map[string]*Interface{}, bad: bad, noDev: dev.lacking()}
	for d := range Good(dev.Rows(), bad) {
		i := c.get(d.Iface)
		if !d.NoStatistics {
			i.Counters, i.From.Counters = parser.Some(d), dev.File
		}
	}
	for _, text := range linkOutputs {
		c.fromText(text)
	}
	c.printedAddresses()
	c.fromSysfs()
	c.fromIPv6Conf()
	if addresses {
		c.fromTables()
	}
	list := make([]Interface, 0, len(c.byName))
	for _, i := range c.byName {
		list = append(list, *i)
	}
	slices.SortFunc(list, func(a, b Interface) int { return CompareNames(a.Name, b.Name) })
	return list
}

// A composer puts interfaces together. What is told first stays.
type composer struct {
	*Snapshot
	byName map[string]*Interface
	bad    func(error)
	noDev  bool // the kernel's counters are lacking, so that printed ones are of use
}

func (c *composer) get(name string) *Interface {
	if c.byName[name] == nil {
		c.byName[name] = &Interface{Name: name}
	}
	return c.byName[name]
}

func (c *composer) setMTU(i *Interface, mtu parser.Opt[int64], from string) {
	if mtu.Known() && !i.MTU.Known() {
		i.MTU, i.From.MTU = mtu, from
	}
}

func (c *composer) setFlags(i *Interface, f Flags, from string) {
	if i.Flags.fill(f) {
		i.From.Flags = append(i.From.Flags, from)
	}
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
func (c *composer) fromSysfs() {
	const class = "sys/class/net"
	entries, _ := fs.ReadDir(c.root, class)
	for _, e := range entries {
		dir := path.Join(class, e.Name())
		flags, hasFlags := c.sysNumber(dir + "/flags")
		mtu, hasMTU := c.sysNumber(dir + "/mtu")
		if !hasFlags && !hasMTU {
			continue // bonding_masters and the like
		}
		i := c.get(e.Name())
		if hasMTU {
			c.setMTU(i, parser.Some(mtu), dir+"/mtu")
		}
		if hasFlags {
			c.setFlags(i, c.sysFlags(dir, uint32(flags)), dir+"/flags")
		}
		if n, ok := c.sysNumber(dir + "/type"); ok {
			i.HWType = i.HWType.Or(parser.Some(n))
		}
		if n, ok := c.sysNumber(dir + "/tx_queue_len"); ok {
			i.TxQueueLen = i.TxQueueLen.Or(parser.Some(n))
		}
		if addr, err := c.sysText(dir + "/address"); err == nil {
			i.HWAddr = i.HWAddr.Or(parser.Some(addr))
		}
	}
}

// fromIPv6Conf takes the MTU of IPv6, which is that of the link unless somebody
// made it smaller; it can never be larger.
func (c *composer) fromIPv6Conf() {
	for name, i := range c.byName {
		if file := "proc/sys/net/ipv6/conf/" + name + "/mtu"; !i.MTU.Known() && !i.Alias && fs.ValidPath(file) {
			if mtu, ok := c.sysNumber(file); ok {
				c.setMTU(i, parser.Some(mtu), file)
			}
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

// BaseName gives the interface that an alias is of: eth0 for eth0:1.
func BaseName(name string) string {
	base, _ := splitAlias(name)
	return base
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
