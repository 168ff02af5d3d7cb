package diff

import (
	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A comparedFact is a column of kind source that does not merely move on.
type comparedFact struct {
	name     string
	of, from func(*rows.Source) parser.Opt[string]
}

var comparedFacts = []comparedFact{
	{"host", func(s *rows.Source) parser.Opt[string] { return s.Host }, func(s *rows.Source) parser.Opt[string] { return s.HostFrom }},
	{"kernel", func(s *rows.Source) parser.Opt[string] { return s.Kernel }, func(s *rows.Source) parser.Opt[string] { return s.KernelFrom }},
	{"architecture", func(s *rows.Source) parser.Opt[string] { return s.Arch }, func(s *rows.Source) parser.Opt[string] { return s.ArchFrom }},
	{"byte_order", byteOrder, func(s *rows.Source) parser.Opt[string] { return s.ByteOrderFrom }},
	{"boot_id", func(s *rows.Source) parser.Opt[string] { return s.BootID }, func(*rows.Source) parser.Opt[string] { return parser.Text("proc/sys/kernel/random/boot_id") }},
	{"netns", func(s *rows.Source) parser.Opt[string] { return s.NetNS }, func(*rows.Source) (o parser.Opt[string]) { return o }},
}

// byteOrder is unknown if it was only assumed.
func byteOrder(s *rows.Source) (o parser.Opt[string]) {
	if from, _ := s.ByteOrderFrom.Get(); from != "assumed" {
		o = s.ByteOrder
	}
	return o
}

// conntrackCount is a setting by its place only: it is a level.
const conntrackCount = "net.netfilter.nf_conntrack_count"

// facts compares what is known of the captures as a whole, and the kernel's settings as
// far as files tell them.
func (d *differ) facts() {
	o, n := &d.old.Source, &d.new.Source
	for _, f := range comparedFacts {
		if differs(f.of(o), f.of(n)) {
			d.result.Facts = append(d.result.Facts, rows.FactChange{
				Name: f.name, Old: f.of(o), New: f.of(n), Places: rows.Places{OldFile: f.from(o), NewFile: f.from(n)}, Between: d.between,
			})
		}
	}
	for _, s := range snapshot.Settings {
		before, ok1 := d.old.Snapshot.Setting(s.Name)
		after, ok2 := d.new.Snapshot.Setting(s.Name)
		if !ok1 || !ok2 || before.From == "" || after.From == "" || before.Text == after.Text || s.Name == conntrackCount {
			continue
		}
		d.result.Facts = append(d.result.Facts, rows.FactChange{
			Name: s.Name, Old: parser.Some(before.Text), New: parser.Some(after.Text), Between: d.between,
			Places: rows.Places{
				OldFile: parser.Text(before.From), OldLine: parser.Found(uint64(before.Line), before.Line > 0),
				NewFile: parser.Text(after.From), NewLine: parser.Found(uint64(after.Line), after.Line > 0),
			},
		})
	}
}
