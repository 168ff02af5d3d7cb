package parser

import (
	"slices"
	"strconv"
)

// linkStats are the counters that ip -s prints below an interface, under headings
// that name them:
//
//	RX:  bytes packets errors dropped  missed   mcast
//	447111     838      0       0       0       0
//
// and with -s -s those of each kind of error. Older versions have overrun in the
// place of missed.
type linkStats struct {
	side    string   // of the heading that was read last: RX or TX
	columns []string // its words; nil once the numbers were read
	values  map[string]uint64
}

// begins reports whether the words are a heading. Those of the interface's virtual
// functions, which follow (print_vf_stats64), have no column of errors.
func (s *linkStats) begins(f []string) bool {
	switch {
	case (f[0] == "RX:" || f[0] == "TX:") && slices.Contains(f, "errors"):
		s.side, s.columns = f[0][:2], f[1:]
	case len(f) > 1 && (f[0] == "RX" || f[0] == "TX") && f[1] == "errors:":
		s.side, s.columns = f[0], f[2:]
	default:
		return false
	}
	return true
}

func (s *linkStats) pending() bool { return s.columns != nil }

// numbers reads the line below a heading. It gives the word that is no number.
func (s *linkStats) numbers(f []string) (bad string) {
	columns := s.columns
	s.columns = nil
	for i, column := range columns[:min(len(columns), len(f))] {
		n, err := strconv.ParseUint(f[i], 10, 64)
		if err != nil {
			return f[i]
		}
		if s.values == nil {
			s.values = map[string]uint64{}
		}
		s.values[s.side+" "+column] = n
	}
	return ""
}

// sum adds counters up if all of them were printed.
func (s *linkStats) sum(names ...string) (n uint64, ok bool) {
	for _, name := range names {
		v, ok := s.values[name]
		if !ok {
			return 0, false
		}
		n += v
	}
	return n, true
}

// counters gives what /proc/net/dev has, whose columns are sums of the kernel's
// counters (dev_seq_printf_stats, net/core/net-procfs.c).
func (s *linkStats) counters(l *IPLink) (none Opt[DevCounters]) {
	d := DevCounters{Line: l.Line, Iface: l.Name}
	for _, must := range []struct {
		name string
		to   *uint64
	}{
		{"RX packets", &d.RxPackets}, {"RX errors", &d.RxErrs}, {"TX packets", &d.TxPackets}, {"TX errors", &d.TxErrs}, {"TX dropped", &d.TxDrop},
	} {
		n, ok := s.values[must.name]
		if !ok {
			return none
		}
		*must.to = n
	}
	may := func(to *uint64, lack Lack, names ...string) {
		n, ok := s.sum(names...)
		if *to = n; !ok {
			d.Lacks |= lack
		}
	}
	may(&d.RxDrop, LacksDrop, "RX dropped", "RX missed")
	may(&d.RxFifo, LacksFifo, "RX fifo")
	may(&d.TxFifo, LacksFifo, "TX fifo")
	may(&d.RxFrame, LacksFrame, "RX length", "RX crc", "RX frame", "RX overrun")
	may(&d.TxCarrier, LacksCarrier, "TX carrier", "TX aborted", "TX window", "TX heartbeat")
	may(&d.TxColls, LacksColls, "TX collsns")
	rx, hasRx := s.values["RX bytes"]
	tx, hasTx := s.values["TX bytes"]
	d.RxBytes, d.TxBytes, d.HasBytes = rx, tx, hasRx && hasTx
	// A column of compressed packets is printed only if there are any.
	if d.RxMulticast, d.HasCompressed = s.sum("RX mcast"); d.HasCompressed {
		d.RxCompressed, d.TxCompressed = s.values["RX compressed"], s.values["TX compressed"]
	}
	return Some(d)
}
