package cli

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// fleet writes bundles of every kind into the working directory: of one machine and of
// several, damaged ones, hostile ones, what is none, and what has much to be said of.
func fleet(t *testing.T) (names []string) {
	t.Helper()
	labs := map[string]*fixtures.Host{}
	for _, name := range []string{"lab-a", "lab-b", "lab-c"} {
		labs[name] = fixtures.Capture(t, name)
	}
	t.Chdir(t.TempDir())
	r := rand.New(rand.NewPCG(9, 9))
	compress := fixtures.Compressors()
	add := func(name string, data []byte) {
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	var tars [][]byte
	for _, name := range []string{"lab-a", "lab-b", "lab-c"} {
		tars = append(tars, labs[name].Tar(t, fixtures.TarOptions{Prefix: name + "/"}))
	}
	hostile := fixtures.HostileHost().Tar(t, fixtures.TarOptions{})
	endings := [][]string{{"gz", "zst"}, {"gz", "lz4"}, {"xz", "gz"}, {"zst"}}
	for i, data := range append(slices.Clone(tars), hostile) {
		add(fmt.Sprintf("%d.tar", i), data)
		for _, ending := range endings[i] {
			add(fmt.Sprintf("%d.tar.%s", i, ending), compress[ending](t, data))
		}
		add(fmt.Sprintf("cut%d.tar.gz", i), compress["gz"](t, data)[:len(data)/20])
		m := fixtures.Mutate(r, data, tars)
		add(fmt.Sprintf("mutated%d.tar", i), m.Data)
		add(fmt.Sprintf("again%d.tar.gz", i), compress["gz"](t, m.Data))
	}
	var both []byte
	for i, data := range tars {
		both = append(both, fixtures.TarMember(fmt.Sprintf("sosreport-%d.tar", i), '0', "", string(data))...)
	}
	add("several.tar.gz", compress["gz"](t, append(both, make([]byte, 1024)...)))
	add("several.tar", append(both, make([]byte, 1024)...))
	add("empty.tar", nil)
	add("text.txt", []byte("no bundle\n"))
	bad := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" + strings.Repeat("what is this?\n", 3000)
	add("bad.tar", append(fixtures.TarMember("proc/net/tcp", '0', "", bad), make([]byte, 1024)...))
	if err := labs["lab-c"].Write("dir"); err != nil {
		t.Fatal(err)
	}
	names = append(names, "dir", "missing.tar", "-")
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return names
}

// TestAheadAsInTurn: what is written and what is said of many bundles, and the exit status,
// is what it is when they are read one after the other, also where limits are reached.
func TestAheadAsInTurn(t *testing.T) {
	names := fleet(t)
	stdin, err := os.ReadFile("1.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	run := func(cores int, argv []string) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		var out, errs bytes.Buffer
		code := Main(argv, Streams{In: bytes.NewReader(stdin), Out: &out, Err: &errs})
		return fmt.Sprintf("exit %d\n--- stdout\n%s\n--- stderr\n%s", code, out.String(), errs.String())
	}
	for n, argv := range [][]string{
		{"-tanp"},
		{"-tav"},
		{"--kinds", "socket,route", "--netns", "all", "--json"},
		{"-tan", "--host", "lab-a"},
		{"-tan", "--limit", "held=200KiB"},
		{"-tan", "--limit", "member=20KiB,names=100KiB"},
		{"-tan", "--quick"},
		{"triage"},
		{"top", "--by", "state,host", "--limit", "held=1MiB"},
		{"files", "--csv"},
		{"-tan", "--", "user", "=", "postgres"},
	} {
		at := slices.Index(append(slices.Clone(argv), "--"), "--")
		whole := slices.Concat(argv[:at], names, argv[at:])
		want := run(1, whole)
		for _, cores := range []int{8, 2}[:2-min(n, 1)] {
			if got := run(cores, whole); got != want {
				i := 0
				for i < min(len(got), len(want)) && got[i] == want[i] {
					i++
				}
				t.Fatalf("%q on %d cores: byte %d of %d and %d differs\n got ...%q\nwant ...%q", argv, cores, i, len(got), len(want),
					got[max(0, i-200):min(len(got), i+200)], want[max(0, i-200):min(len(want), i+200)])
			}
		}
	}
}

// TestAheadBound: no more than a few bundles are open ahead of the one whose turn it is, and
// the turns come in order.
func TestAheadBound(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	var names []string
	for i := range 40 {
		name := filepath.Join(t.TempDir(), fmt.Sprintf("%d.tar", i))
		data := append(fixtures.TarMember("proc/net/tcp", '0', "", "  sl  local_address\n"), make([]byte, 1024)...)
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	var open, most atomic.Int64
	var order []string
	rd := reading{Streams: Streams{Err: new(bytes.Buffer)}, o: &options{byteOrder: "auto"}, bundles: names}
	code, err := eachMachine(rd, func(m *machine) (string, error) {
		n := open.Add(1)
		for {
			if before := most.Load(); n <= before || most.CompareAndSwap(before, n) {
				return m.name, nil
			}
		}
	}, func(m *machine, found string) error {
		open.Add(-1)
		order = append(order, found)
		return nil
	})
	if err != nil || code != exitOK || !slices.Equal(order, names) {
		t.Errorf("exit %d, %v, order %q", code, err, order)
	}
	if n := most.Load(); n < 2 || n > 5 {
		t.Errorf("%d bundles were open at once, want 2 to 5", n)
	}
}

// TestAheadEnds: when the run ends, nothing is read any more.
func TestAheadEnds(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	small := filepath.Join(fixtures.Root(t), "testdata", "captures", "lab-c.tar.gz")
	large := filepath.Join(t.TempDir(), "large.tar.gz")
	pack := fixtures.Compressors()["gz"]
	data := append(pack(t, fixtures.MemberHead("zeros", 1<<35)), bytes.Repeat(pack(t, make([]byte, 1<<20)), 256)...)
	if err := os.WriteFile(large, data, 0o666); err != nil {
		t.Fatal(err)
	}
	names := []string{small, large, large, large, large, large, large}
	before := runtime.NumGoroutine()
	var errs bytes.Buffer
	code := Main(append([]string{"-tan"}, names...), Streams{In: strings.NewReader(""), Out: full{}, Err: &errs})
	if want := "coldstat: error: cannot write the output: no space left on device\n"; errs.String() != want || code != exitFailed {
		t.Errorf("exit %d, stderr %q; want %d, %q", code, errs.String(), exitFailed, want)
	}
	for deadline := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// TestTalk: what is said ahead comes in order, and no more than a bound is held.
func TestTalk(t *testing.T) {
	stop := make(chan struct{})
	say := newTalk(stop)
	var want bytes.Buffer
	line := func(i int) []byte { return fmt.Appendf(nil, "line %d of many\n", i) }
	var all sync.WaitGroup
	said := make(chan int, 10_000)
	all.Go(func() {
		for i := range 10_000 {
			say.Write(line(i))
			said <- i
		}
		close(said)
	})
	for i := range 10_000 {
		want.Write(line(i))
	}
	<-said
	var got bytes.Buffer
	say.pass(&got)
	all.Wait()
	if got.String() != want.String() {
		t.Errorf("%d bytes came, want %d", got.Len(), want.Len())
	}
	dropped := newTalk(stop)
	close(stop)
	for range 3 {
		dropped.Write(make([]byte, maxTalk/2+1))
	}
	if len(dropped.held) > maxTalk {
		t.Errorf("%d bytes are held", len(dropped.held))
	}
}

// TestTally: the line tells how many bundles are done, and goes away before anything else.
func TestTally(t *testing.T) {
	var errs bytes.Buffer
	tell := newTally(Streams{Err: &errs, ErrIsTerminal: true, OutIsTerminal: true}, 1000)
	tell.step(1)
	fmt.Fprint(tell, "soon\n")
	tell.start = tell.start.Add(-2 * progressAfter)
	tell.step(37)
	tell.step(38) // at once: too soon
	fmt.Fprint(tell, "a word\n")
	tell.last = time.Time{}
	ready := make(chan struct{})
	close(ready)
	tell.await(ready)
	tell.step(39)
	tell.clear()
	tell.wipe()
	if want := "soon\n\rcoldstat: 37 of 1000 bundles\r\x1b[Ka word\n\rcoldstat: 39 of 1000 bundles\r\x1b[K"; errs.String() != want {
		t.Errorf("got %q, want %q", errs.String(), want)
	}
	for _, s := range []Streams{{Err: &errs}, {Err: &errs, OutIsTerminal: true}} {
		errs.Reset()
		tell := newTally(s, 1000)
		tell.start = tell.start.Add(-2 * progressAfter)
		tell.step(37)
		tell.await(ready)
		if tell.clear(); errs.Len() > 0 {
			t.Errorf("no terminal gets %q", errs.String())
		}
	}
}

// TestCrowded: a bundle gets its share of the limits, and all of them when it is alone.
func TestCrowded(t *testing.T) {
	name := filepath.Join(t.TempDir(), "b.tar.gz")
	table := "  sl  local_address\n" + strings.Repeat("x", 100_000)
	data := append(fixtures.TarMember("proc/net/tcp", '0', "", table), make([]byte, 1024)...)
	if err := os.WriteFile(name, fixtures.Compressors()["gz"](t, data), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		held   int64
		share  int
		err    error
		damage int
	}{
		{200_000, 0, nil, 0}, {200_000, 1, nil, 0}, {210_000, 2, nil, 0}, {200_000, 3, bundle.ErrCrowded, 0}, {50_000, 2, bundle.ErrCrowded, 0}, {50_000, 1, nil, 1},
	} {
		b, err := bundle.Open(name, bundle.Options{Share: tc.share, Limits: bundle.Limits{Held: tc.held}})
		if !errors.Is(err, tc.err) || err == nil && len(b.Damage) != tc.damage {
			t.Errorf("%d bytes in %d shares: %v, %v", tc.held, tc.share, b, err)
		}
		if err == nil {
			b.Close()
		}
	}
	stop := make(chan struct{})
	close(stop)
	if _, err := bundle.Open(name, bundle.Options{Stop: stop}); !errors.Is(err, bundle.ErrStopped) {
		t.Errorf("when it is stopped: %v", err)
	}
}
