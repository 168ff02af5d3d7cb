package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	garbage        = 32 << 20 // how much may gather between two collections
	leastGCPercent = 5
)

// scanned tells how much the collector looks through: all but plain bytes.
const scanned = "/gc/scan/heap:bytes"

// boundGarbage keeps the memory that a run takes close to what it holds. Of a
// compressed bundle the tables are held; by itself the collector would let as
// much garbage gather as they take. What it has to look through, such as a million
// names of members, may leave a quarter of its size, so that collecting stays cheap.
// GOGC in the environment does not count: memory is bounded, whatever it says.
func boundGarbage() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	look := []metrics.Sample{{Name: scanned}}
	metrics.Read(look)
	may := uint64(garbage)
	if look[0].Value.Kind() == metrics.KindUint64 {
		may = max(may, look[0].Value.Uint64()/4)
	}
	percent := 100
	if m.HeapAlloc > may {
		percent = max(leastGCPercent, int(may*100/m.HeapAlloc))
	}
	debug.SetGCPercent(percent)
}
