package rows

import (
	"iter"
	"net/netip"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
)

// A Masquerade is a connection that a kernel from 2.0 to 2.2 masqueraded: a row
// of proc/net/ip_masquerade.
type Masquerade struct {
	Protocol    string                 `json:"protocol" csv:"protocol" head:"Proto" show:"key" from:"Prc" doc:"TCP, UDP, ICMP, GRE, ESP or IP"`
	FromAddress parser.Opt[netip.Addr] `json:"from_address" csv:"from_address" head:"Source" show:"key" from:"FromIP" doc:"behind this machine"`
	FromPort    uint64                 `json:"from_port" csv:"from_port" head:"Port" show:"key" from:"FPrt" doc:"of the source"`
	FromHost    parser.Opt[string]     `json:"from_host" csv:"from_host" head:"Source Host" show:"4" from:"etc/hosts" cut:"yes" doc:"its name in the capture; null with -n"`
	ToAddress   parser.Opt[netip.Addr] `json:"to_address" csv:"to_address" head:"Destination" show:"key" from:"ToIP" doc:"the other end"`
	ToPort      uint64                 `json:"to_port" csv:"to_port" head:"Port" show:"key" from:"TPrt" doc:"of the destination"`
	ToHost      parser.Opt[string]     `json:"to_host" csv:"to_host" head:"Destination Host" show:"4" from:"etc/hosts" cut:"yes" doc:"its name in the capture; null with -n"`
	MasqPort    uint64                 `json:"masq_port" csv:"masq_port" head:"Masq Port" show:"key" from:"Masq" doc:"port of this machine that stands for the source"`
	ExpiresMS   parser.Opt[uint64]     `json:"expires_ms" csv:"expires_ms" head:"Expires ms" show:"2" unit:"milliseconds" from:"Expires" doc:"until the entry is dropped"`
	InitSeq     uint64                 `json:"init_seq" csv:"init_seq" head:"initseq" show:"5" from:"Init-seq" doc:"sequence number from which delta is added"`
	Delta       int64                  `json:"delta" csv:"delta" head:"delta" show:"5" from:"Delta" doc:"added to sequence numbers"`
	PrevDelta   parser.Opt[int64]      `json:"prev_delta" csv:"prev_delta" head:"prevd" show:"5" from:"PDelta" doc:"before init_seq; null for the older layout"`

	Origin
}

// Masquerades yields the masqueraded connections.
func (r *Reader) Masquerades() iter.Seq[Masquerade] {
	return func(yield func(Masquerade) bool) {
		t := r.Snapshot.Masquerades()
		if !usable(r, t, r.asked(query.ByName)) {
			r.lost()
			return
		}
		for m := range good(r, t) {
			if !yield(Masquerade{
				Protocol:    m.Protocol,
				FromAddress: addr(m.From.Addr()), FromPort: uint64(m.From.Port()), FromHost: r.host(m.From.Addr()),
				ToAddress: addr(m.To.Addr()), ToPort: uint64(m.To.Port()), ToHost: r.host(m.To.Addr()),
				MasqPort: uint64(m.MasqPort), ExpiresMS: milliseconds(m.Expires),
				InitSeq: uint64(m.InitSeq), Delta: m.Delta, PrevDelta: m.PrevDelta, Origin: r.origin(t.File, m.Line),
			}) {
				return
			}
		}
	}
}
