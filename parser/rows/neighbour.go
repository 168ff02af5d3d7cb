package rows

import (
	"fmt"
	"iter"
	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/words"
)

// A Neighbour is a machine on a link: a row of proc/net/arp, or of ndisc, which
// only kernels of the 2.1 series have.
type Neighbour struct {
	Family      string                 `json:"family" csv:"family" head:"Family" show:"key" doc:"inet or inet6"`
	Address     parser.Opt[netip.Addr] `json:"address" csv:"address" head:"Address" show:"key" from:"IP address" doc:"of the neighbour"`
	AddressHost parser.Opt[string]     `json:"address_host" csv:"address_host" head:"Host" show:"3" from:"etc/hosts" cut:"yes" doc:"its name in the capture; null with -n"`
	HWType      parser.Opt[uint64]     `json:"hardware_type_number" csv:"hardware_type_number" from:"HW type" doc:"ARPHRD_* of include/uapi/linux/if_arp.h; IPv4 only"`
	HWTypeName  parser.Opt[string]     `json:"hardware_type" csv:"hardware_type" head:"HW Type" show:"4" cut:"yes" doc:"its name, without ARPHRD_"`
	HWAddr      string                 `json:"hardware_address" csv:"hardware_address" head:"HW Address" show:"key" from:"HW address" doc:"00:00:00:00:00:00 if it is not resolved; empty on interfaces that have no such addresses"`
	Flags       uint64                 `json:"flags" csv:"flags" from:"Flags" doc:"ATF_* of include/uapi/linux/if_arp.h, of ndisc NTF_*"`
	FlagNames   Words                  `json:"flag_names" csv:"flag_names" head:"Flags" show:"2" cut:"yes" doc:"their names, without ATF_ or NTF_"`
	State       string                 `json:"state" csv:"state" head:"State" show:"key" doc:"of arp by its flags: incomplete, complete or permanent; of ndisc the NUD_* state in capitals"`
	Interface   parser.Opt[string]     `json:"interface" csv:"interface" head:"Iface" show:"key" from:"Device" doc:"on whose link it is; null for a published address of no certain one"`
	Mask        parser.Opt[string]     `json:"mask" csv:"mask" from:"Mask" doc:"of proxy entries in old kernels; null for *"`
	PrefixLen   parser.Opt[uint64]     `json:"prefix_len" csv:"prefix_len" unit:"bits" doc:"ndisc only"`
	RefCount    parser.Opt[uint64]     `json:"refcount" csv:"refcount" doc:"ndisc only"`
	ConfirmedMS parser.Opt[uint64]     `json:"confirmed_ms_ago" csv:"confirmed_ms_ago" unit:"milliseconds" doc:"ndisc only: age of the last confirmation"`

	Origin
}

// Neighbours yields the ARP table and, for kernels that have it, ndisc.
func (r *Reader) Neighbours() iter.Seq[Neighbour] {
	return func(yield func(Neighbour) bool) {
		arp := r.Snapshot.ARP()
		if r.Plan.ShowsFamily(query.Inet) && usable(r, arp, r.asked(query.ByName)) {
			for e := range good(r, arp) {
				if !yield(r.arp(arp.File, &e)) {
					return
				}
			}
		}
		ndisc := r.Snapshot.Neighbours6()
		if r.Plan.ShowsFamily(query.Inet6) && usable(r, ndisc, query.InPassing) {
			for n := range good(r, ndisc) {
				if !yield(r.ndisc(ndisc.File, &n)) {
					return
				}
			}
		}
	}
}

func (r *Reader) arp(file string, e *parser.ARPEntry) Neighbour {
	row := Neighbour{
		Family: "inet", Address: addr(e.Addr), AddressHost: r.host(e.Addr),
		HWType: parser.Some(uint64(e.HWType)), HWTypeName: text(words.Hardware(int64(e.HWType))), HWAddr: e.HWAddr,
		Flags: uint64(e.Flags), FlagNames: append(Words{}, words.Names(e.Flags, words.ARPFlags)...),
		Interface: unlessMark(e.Iface, "*"), Origin: r.origin(file, e.Line),
	}
	switch {
	case e.Flags&parser.ATFPermanent != 0:
		row.State = "permanent"
	case e.Flags&parser.ATFComplete != 0:
		row.State = "complete"
	default:
		row.State = "incomplete"
	}
	if e.Mask != "*" {
		row.Mask = text(e.Mask)
	}
	return row
}

func (r *Reader) ndisc(file string, n *parser.Neighbour) Neighbour {
	h := n.HWAddr
	row := Neighbour{
		Family: "inet6", Address: addr(n.Addr), AddressHost: r.host(n.Addr),
		HWAddr: fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", h[0], h[1], h[2], h[3], h[4], h[5]),
		Flags:  uint64(n.Flags), FlagNames: append(Words{}, words.Names(uint32(n.Flags), words.NeighbourFlags)...),
		State: words.NeighbourState(n.State), Interface: text(n.Iface),
		PrefixLen: parser.Some(uint64(n.PrefixLen)), RefCount: parser.Some(uint64(n.RefCnt)),
		ConfirmedMS: milliseconds(uint64(n.Confirmed)), Origin: r.origin(file, n.Line),
	}
	if row.State == "" {
		row.State = fmt.Sprintf("UNKNOWN(%02x)", n.State)
	}
	return row
}
