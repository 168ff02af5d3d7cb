package words

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestAppendUint: like strconv, for the edges and for random numbers of every length.
func TestAppendUint(t *testing.T) {
	numbers := []uint64{0, math.MaxUint64}
	for _, ten := range tens {
		numbers = append(numbers, ten-1, ten, ten+1)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		numbers = append(numbers, r.Uint64()>>r.IntN(64))
	}
	for _, v := range numbers {
		if got, want := string(AppendUint([]byte("x"), v)), "x"+strconv.FormatUint(v, 10); got != want {
			t.Fatalf("AppendUint(%d) = %q, want %q", v, got, want)
		}
	}
}
