package snapshot

import (
	"io/fs"
	"path"

	"github.com/coldstat/coldstat/parser"
)

// A LinkDetail is how an interface stands to others, and whether it takes all frames,
// as outputs of ip and sysfs tell it.
type LinkDetail struct {
	Name string
	// Printed is what ip printed of it, from the first output that has it, with what
	// others tell besides. It has no Name if no output has it.
	Printed parser.IPLink
	From    string // that output
	// Raw are the kernel's own flags, of sysfs: unlike those that commands print they
	// have PROMISC for whatever reason.
	Raw     parser.Opt[uint32]
	RawFrom string
}

// maxLinks bounds how many interfaces are put together.
const maxLinks = 1 << 16

// linkDetailOutputs are the outputs that tell how interfaces stand to others.
var linkDetailOutputs = []text[parser.IPLink]{
	{"output/ip_address", parser.IPLinks},
	{"output/ip_link", parser.IPLinks},
	{"output/ip_link_json", parser.IPLinksJSON},
	{"output/ip_address_json", parser.IPLinksJSON},
}

// LinkDetails gives the interfaces that outputs of ip or sysfs tell of, in their order.
func (s *Snapshot) LinkDetails() []LinkDetail {
	var list []LinkDetail
	at := map[string]int{}
	get := func(name string) *LinkDetail {
		i, ok := at[name]
		if !ok {
			if len(list) >= maxLinks {
				return new(LinkDetail)
			}
			i = len(list)
			at[name] = i
			list = append(list, LinkDetail{Name: name})
		}
		return &list[i]
	}
	for _, output := range linkDetailOutputs {
		t := open(s, output.name, output.decode)
		for link := range Good(t.Rows(), func(error) {}) {
			if link.FlagsKnown == 0 {
				continue // only addresses
			}
			get(link.Name).add(&link, t.File)
		}
	}
	for name := range s.glob("sys/class/net/*/flags") {
		raw, ok := s.sysNumber(name)
		if !ok || raw < 0 || raw > 1<<32-1 || !fs.ValidPath(name) {
			continue
		}
		l := get(path.Base(path.Dir(name)))
		l.Raw, l.RawFrom = parser.Some(uint32(raw)), name
	}
	return list
}

func (d *LinkDetail) add(link *parser.IPLink, from string) {
	link.Addrs, link.Addrs6 = nil, nil // of no use here, and there may be many
	if d.From == "" {
		d.Printed, d.From = *link, from
		return
	}
	p := &d.Printed
	for _, o := range []struct {
		to    *string
		other string
	}{{&p.Master, link.Master}, {&p.Lower, link.Lower}, {&p.Kind, link.Kind}, {&p.PortKind, link.PortKind}} {
		if *o.to == "" {
			*o.to = o.other
		}
	}
	p.Promiscuity = p.Promiscuity.Or(link.Promiscuity)
}

// maxBonds bounds how many bonds are looked at.
const maxBonds = 1 << 10

// Bonds are the files of proc/net/bonding, each by the name of its bond.
func (s *Snapshot) Bonds() (tables []Table[parser.BondPart], names []string) {
	for name := range s.glob("proc/net/bonding/*") {
		if len(names) >= maxBonds {
			break
		}
		t := openAs(s, File{Name: name, Header: true}, parser.Bonding)
		t.File = s.Called(name)
		tables, names = append(tables, t), append(names, path.Base(name))
	}
	return tables, names
}
