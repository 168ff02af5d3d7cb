package triage

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// linkTables are the small files of this subject, each read once.
type linkTables struct {
	softnets *[]parser.Softnet
	stats    map[string]*cpuTotals
	links    *[]snapshot.LinkDetail
	byName   map[string]*snapshot.LinkDetail
	bonds    *[]bond
	idle     map[string]bool
}

// Softnets are the rows of proc/net/softnet_stat, one for each CPU.
func (h *Host) Softnets() []parser.Softnet {
	return held(&h.link.softnets, snapshot.Good(h.Snapshot.Softnets().Rows(), h.badRow))
}

// badRow counts a row that could not be read, so that findings doubt.
func (h *Host) badRow(err error) { h.reader.Report.Bad(err) }

// cpuTotals are the sums of a file of proc/net/stat over all CPUs.
type cpuTotals struct {
	file   string
	sums   map[string]uint64
	first  map[string]uint64 // values of the first CPU: entries is the same for all
	lastAt int               // line of the last row
}

// maxStatNames bounds how many columns are summed up. Kernels have up to 17.
const maxStatNames = 64

// cpuStats sums up a file of proc/net/stat. It is nil if the file has no rows.
func (h *Host) cpuStats(file string) *cpuTotals {
	if t, ok := h.link.stats[file]; ok {
		return t
	}
	var t *cpuTotals
	table := h.CPUStats(file)
	for row := range snapshot.Good(table.Rows(), h.badRow) {
		if t == nil {
			t = &cpuTotals{file: h.Called(file), sums: map[string]uint64{}, first: map[string]uint64{}}
		}
		t.lastAt = row.Line
		for i, v := range row.Values[:min(len(row.Values), maxStatNames)] {
			name := row.Names[i]
			if _, ok := t.first[name]; !ok {
				t.first[name] = v
			}
			t.sums[name] += v
		}
	}
	if h.link.stats == nil {
		h.link.stats = map[string]*cpuTotals{}
	}
	h.link.stats[file] = t
	return t
}

// entries is how many the table has. ok is false if no row tells.
func (t *cpuTotals) entries() (n float64, ok bool) {
	if t == nil {
		return 0, false
	}
	v, ok := t.first["entries"]
	return float64(v), ok
}

// sum is the sum of a column. ok is false if the kernel has no such column.
func (t *cpuTotals) sum(name string) (n float64, ok bool) {
	if t == nil {
		return 0, false
	}
	v, ok := t.sums[name]
	return float64(v), ok
}

// evidence is the table's state as one line: the sums of the named columns that there
// are.
func (t *cpuTotals) evidence(names ...string) Evidence {
	var words []string
	for _, name := range names {
		if v, ok := t.sum(name); ok {
			if name == "entries" {
				v, _ = t.entries()
			}
			words = append(words, name+" "+number(v))
		}
	}
	return Evidence{t.file, 0, strings.Join(words, ", ") + " (all CPUs)"}
}

// LinkDetails tell how interfaces stand to each other.
func (h *Host) LinkDetails() []snapshot.LinkDetail {
	if h.link.links == nil {
		list := h.Snapshot.LinkDetails()
		h.link.links = &list
	}
	return *h.link.links
}

// linkDetail is what is told of one interface; nil if nothing is.
func (h *Host) linkDetail(name string) *snapshot.LinkDetail {
	if h.link.byName == nil {
		h.link.byName = map[string]*snapshot.LinkDetail{}
		list := h.LinkDetails()
		for i := range list {
			h.link.byName[list[i].Name] = &list[i]
		}
	}
	return h.link.byName[name]
}

// A bond is one file of proc/net/bonding.
type bond struct {
	name, file string
	parser.BondPart
	slaves []parser.BondPart
}

// maxSlaves bounds how many interfaces of a bond are held. Real ones have up to 16.
const maxSlaves = 64

// idleSlaves names the interfaces that wait in a bond for another to fail.
func (h *Host) idleSlaves() map[string]bool {
	if h.link.idle == nil {
		h.link.idle = map[string]bool{}
		for _, b := range h.Bonds() {
			for _, s := range b.slaves {
				if b.Active != "" && b.Active != s.Slave {
					h.link.idle[s.Slave] = true
				}
			}
		}
	}
	return h.link.idle
}

// Bonds are those of proc/net/bonding.
func (h *Host) Bonds() []bond {
	if h.link.bonds != nil {
		return *h.link.bonds
	}
	list := []bond{}
	tables, names := h.Snapshot.Bonds()
	for i, t := range tables {
		b := bond{name: names[i], file: t.File}
		for p := range snapshot.Good(t.Rows(), h.badRow) {
			switch {
			case p.Slave == "":
				b.BondPart = p
			case len(b.slaves) < maxSlaves:
				b.slaves = append(b.slaves, p)
			}
		}
		list = append(list, b)
	}
	h.link.bonds = &list
	return list
}

// cpuName names the CPU of a row of softnet_stat: older kernels do not number them.
func cpuName(s *parser.Softnet) string {
	if n, ok := s.CPU.Get(); ok {
		return "CPU " + strconv.FormatUint(n, 10)
	}
	return fmt.Sprintf("the CPU of row %d", s.Line)
}

// softnetEvidence is a row of softnet_stat with names.
func (h *Host) softnetEvidence(s *parser.Softnet) Evidence {
	text := fmt.Sprintf("processed %s, dropped %s, time_squeeze %s", number(float64(s.Processed)), number(float64(s.Dropped)), number(float64(s.Squeezed)))
	if n, ok := s.FlowLimit.Get(); ok && n > 0 {
		text += ", flow_limit_count " + number(float64(n))
	}
	return Evidence{h.Called("proc/net/softnet_stat"), s.Line, text}
}

// part is the share, in percent, of a whole that it is not in: n of n and rest. It is 0 if there is
// nothing at all.
func part(n, rest float64) float64 {
	if n+rest <= 0 {
		return 0
	}
	return 100 * n / (n + rest)
}

// noUptime is the doubt of rules that would divide by it.
const noUptime = "not known for how long the machine had run"
