package render

import (
	"github.com/coldstat/coldstat/parser/words"

	"net/netip"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
)

// masquerade writes -M (11). netstat prints no heading without entries.
func (n *netstat) masquerade() {
	t := n.Snapshot.Masquerades()
	if !usable(n, t, query.ByName) {
		n.Report.Fail()
		return
	}
	heading := false
	for m := range good(n, t) {
		if !heading {
			heading = true
			n.text("IP masquerading entries\nprot   expire ")
			if n.Columns.Extend > 0 {
				n.text("   initseq delta prevd ")
			}
			n.text("source               destination          ports\n")
		}
		n.buf = n.appendMasquerade(n.buf, &m)
	}
}

func (n *netstat) appendMasquerade(b []byte, m *parser.Masquerade) []byte {
	b = left(b, strings.ToLower(m.Protocol), 4)
	b = append(rightUint(b, m.Expires/100/60, 3), ':')
	b = append(appendTwo(b, m.Expires/100%60), '.')
	b = append(appendTwo(b, m.Expires%100), ' ')
	if n.Columns.Extend > 0 {
		b = append(rightUint(b, uint64(m.InitSeq), 10), ' ')
		b = append(rightInt(b, int64(int16(m.Delta)), 5), ' ')
		if previous, ok := m.PrevDelta.Get(); ok {
			b = append(rightInt(b, int64(int16(previous)), 5), ' ')
		} else {
			b = append(right(b, "-", 5), ' ')
		}
	}
	for _, ap := range [...]netip.AddrPort{m.From, m.To} {
		n.a = appendHost(n.a[:0], ap.Addr(), n.Columns.NumericHosts, n.Names)
		b = append(safeLeft(b, n.a, 20), ' ')
	}
	b = append(n.appendMasqPort(b, m, m.From.Port()), " -> "...)
	b = append(n.appendMasqPort(b, m, m.To.Port()), " ("...)
	return append(n.appendMasqPort(b, m, m.MasqPort), ")\n"...)
}

func appendTwo(b []byte, v uint64) []byte { return append(b, byte('0'+v/10), byte('0'+v%10)) }

// appendMasqPort: only TCP and UDP have names for ports.
func (n *netstat) appendMasqPort(b []byte, m *parser.Masquerade, port uint16) []byte {
	proto := query.TCP
	switch {
	case m.Protocol == "UDP":
		proto = query.UDP
	case m.Protocol != "TCP" && port != 0:
		return strconv.AppendUint(b, uint64(port), 10)
	}
	n.p = n.appendPort(n.p[:0], proto, port)
	return words.AppendSafe(b, n.p)
}
