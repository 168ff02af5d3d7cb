package triage

import (
	"cmp"
	"slices"

	"github.com/coldstat/coldstat/parser"
)

// softnetSums are the counters of softnet_stat over all CPUs.
type softnetSums struct {
	processed, dropped, squeezed, flowLimit float64
}

func (h *Host) softnetSums() (sum softnetSums) {
	list := h.Softnets()
	for i := range list {
		sum.processed += float64(list[i].Processed)
		sum.dropped += float64(list[i].Dropped)
		sum.squeezed += float64(list[i].Squeezed)
		sum.flowLimit += float64(Of(list[i].FlowLimit))
	}
	return sum
}

// softnetTop gives the rows that have most of something, the worst first, without those
// that have nothing of it.
func (h *Host) softnetTop(of func(*parser.Softnet) uint64) (list []Evidence, count int) {
	all := slices.Clone(h.Softnets())
	all = slices.DeleteFunc(all, func(s parser.Softnet) bool { return of(&s) == 0 })
	slices.SortStableFunc(all, func(a, b parser.Softnet) int { return cmp.Compare(of(&b), of(&a)) })
	for i := range all[:min(len(all), MaxEvidence)] {
		list = append(list, h.softnetEvidence(&all[i]))
	}
	return list, len(all)
}

// softnetWraps says why the counters may be smaller than what they count, or nothing:
// they have 32 bits, and the interfaces tell whether that was enough.
func (h *Host) softnetWraps() (doubts []string) {
	for _, i := range h.Interfaces() {
		if Of(i.RxPackets) > 1<<32-1 {
			return []string{"the counters of the CPUs have 32 bits, and " + i.Name + " alone received more packets than that: they began again at 0"}
		}
	}
	return nil
}
