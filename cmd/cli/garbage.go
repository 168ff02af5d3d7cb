package cli

import (
	"runtime/debug"
	"runtime/metrics"
)

const (
	garbage        = 32 << 20 // how much may gather between two collections
	leastGCPercent = 5
)

// boundGarbage keeps the memory that a run takes close to what it holds. Of a
// compressed bundle the tables are held; by itself the collector would let as
// much garbage gather as they take.
func boundGarbage() {
	live := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(live) // unlike runtime.ReadMemStats it does not stop the program
	held := live[0].Value.Uint64()
	percent := 100
	if held > garbage {
		percent = max(leastGCPercent, int(garbage*100/held))
	}
	if percent != gcPercent {
		gcPercent = percent
		debug.SetGCPercent(percent)
	}
}

// gcPercent is what was set last.
var gcPercent = 100
