package snapshot

import (
	"iter"
	"runtime"

	"github.com/coldstat/coldstat/parser"
)

// Reduce makes something of each piece of a table on all cores, and merges it piece by
// piece, in the order of the table. of is called by several goroutines at once, merge
// by one.
func Reduce[T, R any](t Table[T], of func(rows iter.Seq2[*T, error]) R, merge func(R)) {
	type job struct {
		chunk  parser.Chunk[T]
		result chan R
	}
	workers := runtime.GOMAXPROCS(0)
	jobs, order := make(chan job, workers), make(chan job, workers)
	for range workers {
		go func() {
			for j := range jobs {
				result := of(j.chunk.Rows)
				j.chunk.Free()
				j.result <- result
			}
		}()
	}
	merged := make(chan struct{})
	go func() {
		defer close(merged)
		for j := range order {
			merge(<-j.result)
		}
	}()
	for chunk := range t.Chunks() {
		j := job{chunk, make(chan R, 1)}
		order <- j
		jobs <- j
	}
	close(jobs)
	close(order)
	<-merged
}
