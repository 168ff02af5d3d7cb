package words

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

// TestNumbers: like strconv, for the edges and for random numbers of every length.
func TestNumbers(t *testing.T) {
	numbers := []uint64{0, math.MaxUint64}
	for ten := uint64(1); ten < math.MaxUint64/10; ten *= 10 {
		numbers = append(numbers, ten-1, ten, ten+1)
	}
	for bit := range 64 {
		numbers = append(numbers, 1<<bit-1, 1<<bit, 1<<bit+1)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		numbers = append(numbers, r.Uint64()>>r.IntN(64))
	}
	for _, v := range numbers {
		if got, want := string(AppendUint([]byte("x"), v)), "x"+strconv.FormatUint(v, 10); got != want {
			t.Fatalf("AppendUint(%d) = %q, want %q", v, got, want)
		}
		if got, want := string(AppendHex([]byte("x"), v)), "x"+strconv.FormatUint(v, 16); got != want {
			t.Fatalf("AppendHex(%d) = %q, want %q", v, got, want)
		}
	}
}

// TestDecimal: every number of eight digits has these digits; a part of them at each run.
func TestDecimal(t *testing.T) {
	for v := rand.Uint64N(97); v < eight; v += 97 {
		digits := v
		for i := 7; i >= 0; i-- {
			if got := decimal(v) >> (8 * i) & 0xff; got != digits%10 {
				t.Fatalf("decimal(%d) = %x", v, decimal(v))
			}
			digits /= 10
		}
	}
}
