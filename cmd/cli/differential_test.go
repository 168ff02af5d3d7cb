package cli

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// fromEnv lets a run look further than the suite does.
func fromEnv(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestDifferential compares us with the installed netstat over machines that
// the kernel-writer makes up: extreme numbers, odd names, all states.
// COLDSTAT_SEED and COLDSTAT_HOSTS choose others than the usual ones.
func TestDifferential(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	seed := fromEnv("COLDSTAT_SEED", 1)
	for i := range fromEnv("COLDSTAT_HOSTS", 12) {
		t.Run(strconv.Itoa(seed+i), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(seed+i), 0))
			dir := fixtures.RandomHost(r).SoleOwners().WriteDir(t, t.TempDir())
			argvs := fixtures.Argvs()
			r.Shuffle(len(argvs), func(i, j int) { argvs[i], argvs[j] = argvs[j], argvs[i] })
			for _, argv := range argvs[:40] {
				a := fixtures.Netstat(t, dir, argv...)
				stdout, stderr, code := ours(likeNetstat(dir, argv)...)
				compare(t, t.Name(), golden{argv: argv, code: a.Code, stdout: string(a.Stdout)}, stdout, stderr, code)
			}
		})
	}
}
