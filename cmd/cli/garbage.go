package cli

import (
	"runtime"
	"runtime/debug"
)

const (
	garbage        = 32 << 20 // how much may gather between two collections
	leastGCPercent = 5
)

// boundGarbage keeps the memory that a run takes close to what it holds. Of a
// compressed bundle the tables are held; by itself the collector would let as
// much garbage gather as they take.
func boundGarbage() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	percent := 100
	if m.HeapAlloc > garbage {
		percent = max(leastGCPercent, int(garbage*100/m.HeapAlloc))
	}
	debug.SetGCPercent(percent)
}
