package rows

import (
	"cmp"
	"iter"
	"net/netip"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// An Interface is a network interface, put together from proc/net/dev,
// outputs of netstat, ifconfig and ip, sysfs and the kernel's address tables.
type Interface struct {
	Name         string             `json:"name" csv:"name" head:"Iface" show:"key" doc:"eth0, or eth0:1 for an address with a label of its own"`
	Alias        bool               `json:"alias" csv:"alias" doc:"it is such an address, which has no counters"`
	MTU          parser.Opt[int64]  `json:"mtu_bytes" csv:"mtu_bytes" head:"MTU" show:"1" unit:"bytes" doc:"of the link"`
	MTUFrom      parser.Opt[string] `json:"mtu_from" csv:"mtu_from" cut:"yes" doc:"the file that tells it: an output of netstat, ifconfig or ip, or a file of sysfs; that of proc/sys/net/ipv6/conf/ may be smaller"`
	Flags        parser.Opt[uint64] `json:"flags" csv:"flags" doc:"IFF_* of include/uapi/linux/if.h, the low 16 bits; null if not all of them are known"`
	FlagLetters  parser.Opt[string] `json:"flag_letters" csv:"flag_letters" head:"Flg" show:"key" doc:"netstat's letters for them, - in place of each that is not known"`
	FlagNames    Words              `json:"flag_names" csv:"flag_names" head:"Flag Names" cut:"yes" doc:"the kernel's names for those that are set, without IFF_; null if none is known"`
	UnknownFlags Words              `json:"unknown_flags" csv:"unknown_flags" cut:"yes" doc:"names of those that no file tells: sysfs has no RUNNING, and PROMISC and ALLMULTI also when a bridge or a sniffer set them"`

	FlagsFrom Words `json:"flags_from" csv:"flags_from" cut:"yes" doc:"the files that tell the flags, in the order of trust"`

	HWType     parser.Opt[int64]  `json:"hardware_type_number" csv:"hardware_type_number" doc:"ARPHRD_* of include/uapi/linux/if_arp.h"`
	HWTypeName parser.Opt[string] `json:"hardware_type" csv:"hardware_type" head:"HW Type" show:"6" cut:"yes" doc:"its name, without ARPHRD_"`
	HWAddr     parser.Opt[string] `json:"hardware_address" csv:"hardware_address" head:"HW Address" show:"4" doc:"as ip or sysfs prints it"`
	TxQueueLen parser.Opt[int64]  `json:"tx_queue_len_packets" csv:"tx_queue_len_packets" head:"TxQueueLen" unit:"packets" doc:"length of the transmit queue"`

	RxPackets    parser.Opt[uint64] `json:"rx_packets" csv:"rx_packets" head:"RX-OK" show:"1" unit:"packets" from:"rx packets" doc:"received"`
	RxErrors     parser.Opt[uint64] `json:"rx_errors" csv:"rx_errors" head:"RX-ERR" show:"1" unit:"packets" from:"rx errs" doc:"received with errors of any kind"`
	RxDropped    parser.Opt[uint64] `json:"rx_dropped" csv:"rx_dropped" head:"RX-DRP" show:"1" unit:"packets" from:"rx drop" doc:"dropped by the kernel or missed by the device; unknown protocols count too"`
	RxOverruns   parser.Opt[uint64] `json:"rx_overruns" csv:"rx_overruns" head:"RX-OVR" show:"2" unit:"packets" from:"rx fifo" doc:"lost because the device's buffer was full"`
	RxFrame      parser.Opt[uint64] `json:"rx_frame_errors" csv:"rx_frame_errors" head:"RX-FRM" show:"3" unit:"packets" from:"rx frame" doc:"frames of wrong length, checksum or alignment"`
	RxCompressed parser.Opt[uint64] `json:"rx_compressed" csv:"rx_compressed" unit:"packets" from:"rx compressed" doc:"compressed packets received"`
	Multicast    parser.Opt[uint64] `json:"rx_multicast" csv:"rx_multicast" head:"RX-MC" unit:"packets" from:"rx multicast" doc:"multicast packets received"`
	RxBytes      parser.Opt[uint64] `json:"rx_bytes" csv:"rx_bytes" head:"RX-Bytes" show:"3" unit:"bytes" from:"rx bytes" doc:"received; null before Linux 2.2"`
	TxPackets    parser.Opt[uint64] `json:"tx_packets" csv:"tx_packets" head:"TX-OK" show:"1" unit:"packets" from:"tx packets" doc:"sent"`
	TxErrors     parser.Opt[uint64] `json:"tx_errors" csv:"tx_errors" head:"TX-ERR" show:"1" unit:"packets" from:"tx errs" doc:"not sent because of errors"`
	TxDropped    parser.Opt[uint64] `json:"tx_dropped" csv:"tx_dropped" head:"TX-DRP" show:"1" unit:"packets" from:"tx drop" doc:"dropped before sending"`
	TxOverruns   parser.Opt[uint64] `json:"tx_overruns" csv:"tx_overruns" head:"TX-OVR" show:"2" unit:"packets" from:"tx fifo" doc:"errors of the device's buffer"`
	Collisions   parser.Opt[uint64] `json:"tx_collisions" csv:"tx_collisions" head:"TX-COL" show:"4" from:"tx colls" doc:"collisions while sending"`
	Carrier      parser.Opt[uint64] `json:"tx_carrier_errors" csv:"tx_carrier_errors" head:"TX-CAR" show:"3" from:"tx carrier" doc:"losses of the carrier and other errors of the link"`
	TxCompressed parser.Opt[uint64] `json:"tx_compressed" csv:"tx_compressed" unit:"packets" from:"tx compressed" doc:"compressed packets sent"`
	TxBytes      parser.Opt[uint64] `json:"tx_bytes" csv:"tx_bytes" head:"TX-Bytes" show:"3" unit:"bytes" from:"tx bytes" doc:"sent; null before Linux 2.2"`

	Addresses      Words                  `json:"inet_addresses" csv:"inet_addresses" head:"Address" show:"5" cut:"yes" doc:"IPv4 addresses with their prefix length, if it is known; null if no file tells whether there are any"`
	Broadcast      parser.Opt[netip.Addr] `json:"inet_broadcast" csv:"inet_broadcast" doc:"broadcast address of the first one, from ip's output"`
	Peer           parser.Opt[netip.Addr] `json:"inet_peer" csv:"inet_peer" doc:"other end of a point-to-point link, from ip's output"`
	Addresses6     Words                  `json:"inet6_addresses" csv:"inet6_addresses" head:"IPv6 Address" show:"6" cut:"yes" doc:"IPv6 addresses with their prefix length, from proc/net/if_inet6, or else an output of ip or ifconfig; null if there is none"`
	Address6Scopes Words                  `json:"inet6_scopes" csv:"inet6_scopes" cut:"yes" doc:"their scopes in the same order: global, link, site, host"`

	Origin
}

// Interfaces yields the interfaces that the plan selects, sorted as netstat
// sorts them.
func (r *Reader) Interfaces() iter.Seq[Interface] {
	return func(yield func(Interface) bool) {
		dev := r.Snapshot.Dev()
		usable(r, dev, r.asked(query.ByFamily))
		for _, i := range r.Snapshot.Interfaces(dev, true, r.report().Bad) {
			r.seen = true
			if r.Plan.Interface(i.Flags.Has(parser.FlagUp)) && !yield(r.iface(&i)) {
				return
			}
		}
	}
}

func (r *Reader) iface(i *snapshot.Interface) Interface {
	row := Interface{
		Name: i.Name, Alias: i.Alias, MTU: i.MTU, Flags: found(uint64(i.Flags.Set), i.Flags.Known == snapshot.AllFlags),
		HWType: i.HWType, TxQueueLen: i.TxQueueLen, MTUFrom: text(everyIface(i.From.MTU, i.Name)),
		Origin: r.origin(cmp.Or(i.From.Counters, "proc/net/dev"), 0),
	}
	for _, from := range i.From.Flags {
		row.FlagsFrom = append(row.FlagsFrom, everyIface(from, i.Name))
	}
	if addr, ok := i.HWAddr.Get(); ok {
		row.HWAddr = text(addr)
	}
	if kind, ok := i.HWType.Get(); ok {
		row.HWTypeName = text(words.Hardware(kind))
	}
	if i.Flags.Known != 0 {
		row.FlagLetters = parser.Some(string(AppendInterfaceLetters(nil, i.Flags)))
		row.FlagNames, row.UnknownFlags = Words{}, Words{}
		row.FlagNames = append(row.FlagNames, words.Names(i.Flags.Set, words.InterfaceFlags)...)
		row.UnknownFlags = append(row.UnknownFlags, words.Names(^i.Flags.Known, words.InterfaceFlags)...)
	}
	if c, ok := i.Counters.Get(); ok {
		row.count(&c)
		row.Line = parser.Some(uint64(c.Line))
	}
	row.addresses(i)
	return row
}

// everyIface puts * in place of the interface in a file's name, as the list of files
// has it: the row says which it is.
func everyIface(file, name string) string { return strings.Replace(file, "/"+name+"/", "/*/", 1) }

// AppendInterfaceLetters appends netstat's letters: one whose bit is not known
// is a "-" in its place, and one "-" stands for all if no bit is known.
func AppendInterfaceLetters(b []byte, f snapshot.Flags) []byte {
	if f.Known == 0 {
		return append(b, '-')
	}
	if f.Known == snapshot.AllFlags && f.Set == 0 {
		return append(b, "[NO FLAGS]"...)
	}
	for _, l := range words.InterfaceFlags {
		switch set, known := f.Has(l.Bit); {
		case !known:
			b = append(b, '-')
		case set:
			b = append(b, l.Letter)
		}
	}
	return b
}

func (row *Interface) count(c *parser.DevCounters) {
	some := parser.Some[uint64]
	if c.HasBytes {
		row.RxBytes, row.TxBytes = some(c.RxBytes), some(c.TxBytes)
	}
	unless := func(lacks parser.Lack, n uint64) parser.Opt[uint64] { return found(n, !c.Lacks.Has(lacks)) }
	row.RxPackets, row.RxErrors, row.RxDropped = some(c.RxPackets), some(c.RxErrs), unless(parser.LacksDrop, c.RxDrop)
	row.RxOverruns, row.RxFrame = unless(parser.LacksFifo, c.RxFifo), unless(parser.LacksFrame, c.RxFrame)
	row.TxPackets, row.TxErrors, row.TxDropped = some(c.TxPackets), some(c.TxErrs), some(c.TxDrop)
	row.TxOverruns = unless(parser.LacksFifo, c.TxFifo)
	row.Collisions, row.Carrier = unless(parser.LacksColls, c.TxColls), unless(parser.LacksCarrier, c.TxCarrier)
	if c.HasCompressed {
		row.RxCompressed, row.Multicast, row.TxCompressed = some(c.RxCompressed), some(c.RxMulticast), some(c.TxCompressed)
	}
}

func (row *Interface) addresses(i *snapshot.Interface) {
	if i.AddrsKnown || i.Alias {
		row.Addresses = Words{}
	}
	for n, a := range i.Addrs {
		word := a.Addr.String()
		if mask, ok := a.Netmask.Get(); ok {
			if bits, ok := maskLen(mask).Get(); ok {
				word += "/" + strconv.FormatUint(bits, 10)
			}
		}
		row.Addresses = append(row.Addresses, word)
		if n > 0 {
			continue
		}
		if set, _ := i.Flags.Has(parser.FlagBroadcast); set {
			row.Broadcast = a.Broadcast
		}
		if set, _ := i.Flags.Has(parser.FlagPointopoint); set {
			row.Peer = a.Peer
		}
	}
	if i.From.Addrs6 == "" || i.Alias {
		return
	}
	row.Addresses6, row.Address6Scopes = Words{}, Words{}
	for _, a := range i.Addrs6 {
		row.Addresses6 = append(row.Addresses6, a.Addr.String()+"/"+strconv.Itoa(int(a.PrefixLen)))
		row.Address6Scopes = append(row.Address6Scopes, words.Inet6Scope(a.Scope))
	}
}
