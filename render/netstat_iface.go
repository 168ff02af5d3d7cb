package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// interfaces writes -i or -ie (8). What no file of the bundle tells is "-"; an
// interface that may be up is shown.
func (n *netstat) interfaces() {
	dev := n.Snapshot.Dev()
	usable(n, dev, query.ByFamily)
	all := n.Snapshot.Interfaces(dev, n.Columns.Extend > 0, n.Report.Bad)
	n.text("Kernel Interface table\n")
	if n.Columns.Extend == 0 {
		n.text("Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n")
	}
	var unsure, monitored []string
	for i := range all {
		f := &all[i]
		if !n.Plan.Interface(f.Flags.Has(parser.FlagUp)) {
			continue
		}
		n.Report.Detailf("%s", ifaceSources(f))
		if f.Flags.Known|kernelSet != snapshot.AllFlags || !f.MTU.Known() {
			unsure = append(unsure, f.Name)
		} else if f.Flags.Known != snapshot.AllFlags {
			monitored = append(monitored, f.Name)
			f.Flags.Known = snapshot.AllFlags
		}
		if n.Columns.Extend == 0 {
			n.buf = appendIface(n.buf, f)
		} else {
			n.buf = appendIfaceLong(n.buf, f)
		}
		if !n.full() {
			return
		}
	}
	if len(unsure) > 0 {
		n.Report.Notef("neither sysfs nor an output of ip, ifconfig or netstat -i in the bundle tells all flags and the MTU of %s: what is not known is -",
			strings.Join(unsure, ", "))
	}
	if len(monitored) > 0 {
		n.Report.Notef("%s: promiscuous or all-multicast, as a bridge or a sniffer sets it; that the administrator did, which netstat would show, cannot be told",
			strings.Join(monitored, ", "))
	}
}

// ifaceSources says which files tell of an interface.
func ifaceSources(i *snapshot.Interface) string {
	var parts []string
	add := func(what, file string) {
		if file != "" {
			parts = append(parts, what+" from "+file)
		}
	}
	add("counters", i.From.Counters)
	add("MTU", i.From.MTU)
	add("flags", strings.Join(i.From.Flags, " and "))
	add("addresses", i.From.Addrs)
	add("IPv6 addresses", i.From.Addrs6)
	if parts == nil {
		return i.Name + ": no file tells more than its name"
	}
	return i.Name + ": " + strings.Join(parts, ", ")
}

// kernelSet are the flags that sysfs also shows when a bridge or a sniffer set
// them, and netstat only when the administrator did. They are then taken as not
// set, which is nearly always right (8.1), and it is said.
const kernelSet = parser.FlagPromisc | parser.FlagAllmulti

// appendIface appends the line of -i (8.3). RX-OVR is left-aligned in netstat.
func appendIface(b []byte, i *snapshot.Interface) []byte {
	b = append(safeLeft(b, i.Name[:min(len(i.Name), 15)], 15), ' ')
	if mtu, ok := i.MTU.Get(); ok {
		b = rightInt(b, mtu, 5)
	} else {
		b = right(b, "-", 5)
	}
	b = append(b, ' ')
	if c, ok := i.Counters.Get(); ok {
		fifo := !c.Lacks.Has(parser.LacksFifo)
		b = append(rightUint(b, c.RxPackets, 8), ' ')
		b = append(rightUint(b, c.RxErrs, 6), ' ')
		b = append(rightKnown(b, !c.Lacks.Has(parser.LacksDrop), c.RxDrop, 6), ' ')
		b = append(leftKnown(b, fifo, c.RxFifo, 6), ' ')
		b = append(rightUint(b, c.TxPackets, 8), ' ')
		b = append(rightUint(b, c.TxErrs, 6), ' ')
		b = append(rightUint(b, c.TxDrop, 6), ' ')
		b = append(rightKnown(b, fifo, c.TxFifo, 6), ' ')
	} else {
		b = left(b, "     - no statistics available -", 56)
	}
	return append(rows.AppendInterfaceLetters(b, i.Flags), '\n')
}

// flagNames are in the order of -ie.
var flagNames = []struct {
	bit  uint32
	name string
}{
	{parser.FlagUp, "UP"}, {parser.FlagBroadcast, "BROADCAST"}, {parser.FlagDebug, "DEBUG"},
	{parser.FlagLoopback, "LOOPBACK"}, {parser.FlagPointopoint, "POINTOPOINT"},
	{parser.FlagNotrailers, "NOTRAILERS"}, {parser.FlagRunning, "RUNNING"},
	{parser.FlagNoarp, "NOARP"}, {parser.FlagPromisc, "PROMISC"}, {parser.FlagAllmulti, "ALLMULTI"},
	{parser.FlagSlave, "SLAVE"}, {parser.FlagMaster, "MASTER"}, {parser.FlagMulticast, "MULTICAST"},
	{parser.FlagDynamic, "DYNAMIC"},
}

// appendIfaceLong appends the block of -ie (8.4), as ifconfig prints it.
func appendIfaceLong(b []byte, i *snapshot.Interface) []byte {
	b = append(words.AppendSafe(b, i.Name), ": flags="...)
	b = appendFlagNames(b, i.Flags)
	b = append(b, "  mtu "...)
	b = appendKnown(b, i.MTU)
	b = append(b, '\n')
	if !i.AddrsKnown && !i.Alias {
		b = append(b, "        inet -\n"...)
	}
	for _, a := range i.Addrs {
		b = appendInet4(b, i.Flags, a)
	}
	for _, a := range i.Addrs6 {
		b = append(b, "        inet6 "...)
		b = appendAddr(b, a.Addr)
		b = fmt.Appendf(b, "  prefixlen %d  scopeid 0x%x<%s>\n", a.PrefixLen, a.Scope, words.Inet6Scope(a.Scope))
	}
	b = appendHardware(b, i)
	if c, ok := i.Counters.Get(); ok {
		b = appendCountersLong(b, &c)
	}
	return append(b, '\n')
}

// appendCountersLong appends the counters; what a command did not print is -.
func appendCountersLong(b []byte, c *parser.DevCounters) []byte {
	n := func(lacks parser.Lack, n uint64) string {
		if c.Lacks.Has(lacks) {
			return "-"
		}
		return strconv.FormatUint(n, 10)
	}
	bytes := func(n uint64) string {
		if c.Lacks != 0 && !c.HasBytes {
			return "-"
		}
		return fmt.Sprintf("%d (%s)", n, humanBytes(n))
	}
	b = fmt.Appendf(b, "        RX packets %d  bytes %s\n", c.RxPackets, bytes(c.RxBytes))
	b = fmt.Appendf(b, "        RX errors %d  dropped %s  overruns %s  frame %s\n",
		c.RxErrs, n(parser.LacksDrop, c.RxDrop), n(parser.LacksFifo, c.RxFifo), n(parser.LacksFrame, c.RxFrame))
	b = fmt.Appendf(b, "        TX packets %d  bytes %s\n", c.TxPackets, bytes(c.TxBytes))
	return fmt.Appendf(b, "        TX errors %d  dropped %d overruns %s  carrier %s  collisions %s\n",
		c.TxErrs, c.TxDrop, n(parser.LacksFifo, c.TxFifo), n(parser.LacksCarrier, c.TxCarrier), n(parser.LacksColls, c.TxColls))
}

// appendFlagNames appends `4163<UP,...>`; the number is signed, of 16 bits. If
// not all bits are known there is no number, and those are marked with "?".
func appendFlagNames(b []byte, f snapshot.Flags) []byte {
	if f.Known == 0 {
		return append(b, '-')
	}
	if f.Known == snapshot.AllFlags {
		b = leftInt(b, int64(int16(f.Set)), 0)
	} else {
		b = append(b, '-')
	}
	var names []string
	for _, n := range flagNames {
		switch set, known := f.Has(n.bit); {
		case !known:
			names = append(names, n.name+"?")
		case set:
			names = append(names, n.name)
		}
	}
	return append(b, "<"+strings.Join(names, ",")+">"...)
}

func appendKnown(b []byte, n parser.Opt[int64]) []byte {
	if v, ok := n.Get(); ok {
		return leftInt(b, v, 0)
	}
	return append(b, '-')
}

func appendInet4(b []byte, f snapshot.Flags, a snapshot.Addr4) []byte {
	b = words.AppendAddr4(append(b, "        inet "...), a.Addr.As4())
	if mask, ok := a.Netmask.Get(); ok {
		b = words.AppendAddr4(append(b, "  netmask "...), mask.As4())
	} else {
		b = append(b, "  netmask -"...)
	}
	if set, _ := f.Has(parser.FlagBroadcast); set {
		if brd, ok := a.Broadcast.Get(); ok {
			b = words.AppendAddr4(append(b, "  broadcast "...), brd.As4())
		} else {
			b = append(b, "  broadcast -"...)
		}
	}
	if set, _ := f.Has(parser.FlagPointopoint); set {
		if peer, ok := a.Peer.Get(); ok {
			b = words.AppendAddr4(append(b, "  destination "...), peer.As4())
		} else {
			b = append(b, "  destination -"...)
		}
	}
	return append(b, '\n')
}

// hardware is how netstat titles the ARPHRD_* types; others are "unspec".
var hardware = map[int64]struct{ name, title string }{
	1:   {"ether", "Ethernet"},
	772: {"loop", "Local Loopback"},
}

func appendHardware(b []byte, i *snapshot.Interface) []byte {
	kind, known := i.HWType.Get()
	if !known {
		return append(b, "        -\n"...)
	}
	hw, named := hardware[kind]
	if !named {
		hw.name, hw.title = "unspec", "UNSPEC"
	}
	addr, ok := i.HWAddr.Get()
	if !ok {
		addr = "-"
	}
	b = append(append(b, "        "...), hw.name...)
	switch {
	case kind == 772:
	case !named:
		b = append(append(b, ' '), unspecAddr(addr)...)
	default:
		b = words.AppendSafe(append(b, ' '), addr)
	}
	b = append(b, "  txqueuelen "...)
	b = appendKnown(b, i.TxQueueLen)
	return append(b, "  ("+hw.title+")\n"...)
}

// unspecAddr writes an address of an unknown kind as netstat does: 16 bytes
// with dashes, of which the kernel fills what there is.
func unspecAddr(addr string) string {
	bytes := strings.FieldsFunc(strings.ToUpper(addr), func(r rune) bool { return r == ':' || r == '.' })
	for len(bytes) < 16 {
		bytes = append(bytes, "00")
	}
	return strings.Join(bytes[:16], "-")
}

// humanBytes gives one decimal, cut and not rounded; the next unit starts above
// its power of 1024.
func humanBytes(n uint64) string {
	units := [...]string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	unit := 0
	for limit := uint64(1024); unit < len(units)-1 && n > limit; unit++ {
		limit <<= 10
		if limit == 0 {
			unit++
			break
		}
	}
	whole, rest := n>>(10*unit), uint64(0)
	if unit > 0 {
		rest = (n >> (10*unit - 10) & 1023) * 10 >> 10
	}
	return fmt.Sprintf("%d.%d %s", whole, rest, units[unit])
}
