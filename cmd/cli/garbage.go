package cli

import (
	"cmp"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

const (
	garbage        = 32 << 20 // how much may gather between two collections
	leastGCPercent = 5
)

const (
	objects = "/memory/classes/heap/objects:bytes"
	scanned = "/gc/scan/heap:bytes" // what the collector looks through: all but plain bytes
)

// boundGarbage keeps the memory that a run takes close to what it holds. Of a
// compressed bundle the tables are held; by itself the collector would let as
// much garbage gather as they take. What it has to look through, such as a million
// names of members, may leave a quarter of its size, so that collecting stays cheap.
// GOGC in the environment does not count: memory is bounded, whatever it says.
func boundGarbage() {
	samples := []metrics.Sample{{Name: objects}, {Name: scanned}}
	metrics.Read(samples) // unlike runtime.ReadMemStats it does not stop the program
	held, look := number(samples[0]), number(samples[1])
	may := max(garbage, look/4)
	percent := 100
	if held > may {
		percent = max(leastGCPercent, int(may*100/held))
	}
	if last := gcPercent.Swap(int64(percent)); cmp.Or(last, 100) != int64(percent) || os.Getenv("GOGC") != "" {
		debug.SetGCPercent(percent)
	}
}

// gcPercent is what was set last; 0 is nothing yet, which is Go's 100. Tests run several Mains at once.
var gcPercent atomic.Int64

// number is 0 if this version of Go does not have the sample.
func number(s metrics.Sample) uint64 {
	if s.Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return s.Value.Uint64()
}
