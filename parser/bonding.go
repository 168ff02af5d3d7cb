package parser

import (
	"bytes"
	"io"
	"iter"
	"strconv"
	"strings"
)

// A BondPart is a bond, or one of the interfaces that it is made of: a block of lines of
// a file below /proc/net/bonding.
type BondPart struct {
	Line int // 1-based line where it begins

	Slave string // name of the interface; empty for the bond itself, which comes first
	Mode  string // of the bond: "fault-tolerance (active-backup)"
	// Active is the bond's interface that carries the traffic, in modes that have one;
	// empty for others, and if there is none.
	Active string
	// MIIStatus is up or down; of an interface also "going down" or "going back" while a
	// delay runs. Of a bond it is that of its carrier.
	MIIStatus string
	Speed     string      // of an interface: "1000 Mbps", Unknown
	Failures  Opt[uint64] // how often the link of an interface went down
	// Aggregator is the number of the 802.3ad aggregator that an interface is in; of a
	// bond that of the active one.
	Aggregator Opt[uint64]
	Ports      Opt[uint64] // of the active aggregator
	Partner    string      // hardware address of the switch that speaks LACP; zeros if none answers
}

// Bonding decodes a file of /proc/net/bonding, written by bond_info_seq_show
// (drivers/net/bonding/bond_procfs.c) as `name: value` lines. The first block is the
// bond, and each that begins with `Slave Interface:` one of its interfaces. A number
// that cannot be read yields a [*RowError] and is unknown; other lines pass. The lines
// on the active aggregator are only shown to root.
func Bonding(file string, r io.Reader, _ Options) iter.Seq2[BondPart, error] {
	return func(yield func(BondPart, error) bool) {
		l := newLines(r)
		l.sniff = true
		part, any := BondPart{Line: 1}, false
		goOn := true
		eachLine(l, file, yield, func(text []byte) bool {
			name, value, ok := bytes.Cut(text, []byte(":"))
			field, v := strings.TrimSpace(string(name)), strings.TrimSpace(string(value))
			if !ok {
				return true
			}
			if field == "Slave Interface" {
				if any && !yield(part, nil) {
					goOn = false
					return false
				}
				part = BondPart{Line: l.line, Slave: v}
				any = v != ""
				return true
			}
			known, bad := part.read(field, v)
			any = any || known && part.Slave == "" && part.Line == 1
			if bad != nil {
				bad.place(file, l.line, text)
				goOn = yield(BondPart{}, bad)
			} else if known && l.cut {
				goOn = yield(part, nil) && yield(BondPart{}, (&cursor{b: bytes.Clone(text)}).cutError(file, l.line))
				any = false
			}
			return goOn
		})
		if goOn && any {
			yield(part, nil)
		}
	}
}

// read reads one line of the block. known is false for those of no interest.
func (p *BondPart) read(field, v string) (known bool, bad *RowError) {
	number := func(to *Opt[uint64]) (bool, *RowError) {
		n, err := strconv.ParseUint(v, 10, 32)
		if err != nil {
			return true, &RowError{Field: field, Value: clip(v), Err: ErrSyntax}
		}
		*to = Some(n)
		return true, nil
	}
	switch field {
	case "Bonding Mode":
		p.Mode = v
	case "Currently Active Slave":
		if v != "None" {
			p.Active = v
		}
	case "MII Status":
		p.MIIStatus = v
	case "Speed":
		p.Speed = v
	case "Link Failure Count":
		return number(&p.Failures)
	case "Aggregator ID":
		if v == "N/A" {
			return true, nil
		}
		return number(&p.Aggregator)
	case "Number of ports":
		return number(&p.Ports)
	case "Partner Mac Address":
		p.Partner = v
	default:
		return false, nil
	}
	return true, nil
}
