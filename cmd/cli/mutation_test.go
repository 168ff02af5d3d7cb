package cli

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
)

// TestMutations damages real bundles at random, their archives and their files, and runs
// the whole program over each: it must not crash, hang, or take much memory, what it
// prints must drive nothing, and what was not damaged must print as before.
//
// COLDSTAT_MUTATIONS says how many there are; `make mutate` runs 20,000. COLDSTAT_SEED
// chooses others, and COLDSTAT_MUTATION only one of them. The input of one that crashes
// or hangs stays in the directory for temporary files.
func TestMutations(t *testing.T) {
	n := 2000
	if testing.Short() {
		n = 100
	}
	n = fromEnv("COLDSTAT_MUTATIONS", n)
	m := newMutator(t)
	list := make([]int, 0, n)
	for i := range n {
		list = append(list, i)
	}
	if one := fromEnv("COLDSTAT_MUTATION", -1); one >= 0 {
		list = []int{one}
	}
	highest := watchHeap(t)
	workers := make(chan *mutationWorker, runtime.GOMAXPROCS(0))
	for range cap(workers) {
		workers <- m.worker(t)
	}
	inSlots(cap(workers), list, func(i int) {
		w := <-workers
		defer func() { workers <- w }()
		if !t.Failed() {
			w.mutation(t, i)
		}
	})
	t.Logf("%d mutations, %d runs of the program; views that had to be as before: %d; at most %d MiB in use", len(list), m.runs.Load(), m.same.Load(), highest()>>20)
	if limit := uint64(700 << 20); highest() > limit {
		t.Errorf("%d bytes were in use, more than %d", highest(), limit)
	}
}

// inSlots calls f for every element, n at a time.
func inSlots[T any](n int, list []T, f func(T)) {
	var all sync.WaitGroup
	slots := make(chan struct{}, n)
	for _, e := range list {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			f(e)
		})
	}
	all.Wait()
}

// watchHeap looks at the heap all the time. The function that it gives tells the most.
func watchHeap(t *testing.T) (most func() uint64) {
	var highest atomic.Uint64
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for {
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
				metrics.Read(sample)
				highest.Store(max(highest.Load(), sample[0].Value.Uint64()))
			}
		}
	}()
	return highest.Load
}

// looseViews are run in turn over whatever is damaged. Of them only is asked what holds
// for every output.
var looseViews = [][]string{
	{"-tanp"}, {"-aneopW"}, {"-xap"}, {"-ia"}, {"-ie"}, {"-s", "--all-counters", "--explain"}, {"-g"}, {"-r"}, {"-rC"}, {"-M"}, {"-a", "--netns", "all"},
	{"--kinds", "all", "--json"}, {"--kinds", "all", "--format", "ndjson"}, {"--kinds", "all", "--format", "markdown"}, {"--kinds", "all", "--format", "html"},
	{"--kinds", "socket", "--csv"}, {"--kinds", "unix", "--format", "tsv"}, {"-a", "--format", "table"}, {"files"}, {"files", "-v", "--format", "json"},
	{"-tan", "--quick"}, {"-aev", "--host", "lab"}, {"slim", "-o", "-"},
	{"top", "--by", "program,remote"}, {"top", "--by", "subnet/24,user", "--format", "html"},
	{"peers", "--all", "--netns", "all"}, {"peers", "--format", "dot"}, {"peers", "--format", "mermaid"},
	{"triage", "--fail-on", "never"}, {"triage", "--fail-on", "never", "--format", "markdown"}, {"triage", "--fail-on", "never", "-v", "--format", "json"},
}

// A strictView shows nothing but these tables.
type strictView struct {
	argv   []string
	tables []string // below proc/net
}

var strictViews = []strictView{
	{[]string{"-tan4"}, []string{"tcp"}},
	{[]string{"-tan6"}, []string{"tcp6"}},
	{[]string{"-uan4"}, []string{"udp"}},
	{[]string{"-xan"}, []string{"unix"}},
	{[]string{"-rn"}, []string{"route"}},
	{[]string{"-rn6"}, []string{"ipv6_route"}},
	{[]string{"-xa", "--csv", "--columns", "path,inode,state,refcount"}, []string{"unix"}},
}

// A victim is a bundle that is damaged.
type victim struct {
	name   string
	host   *fixtures.Host
	forms  map[string][]byte // as archives, by the ending
	plain  []tarMember       // of the plain tar
	before map[string]string // what the strict views print
	weight int               // of 32: the large ones take long
}

type tarMember struct {
	name              string
	header, data, end int // where they begin, and where the data ends
}

// A mutator has all victims.
type mutator struct {
	seed       uint64
	victims    []*victim
	others     [][]byte // to splice from
	dir        string
	runs, same atomic.Int64
}

func newMutator(t *testing.T) *mutator {
	m := &mutator{seed: uint64(fromEnv("COLDSTAT_SEED", 1)), dir: t.TempDir()}
	for i, name := range []string{"lab-c", "lab-b", "lab-a"} {
		m.add(t, &victim{name: name, host: fixtures.Capture(t, name), weight: []int{32, 32, 2}[i]})
	}
	// The sosreports of the corpus, as sos packed them.
	if dir, ok := fixtures.CorpusAt(t); ok {
		for _, name := range []string{"sosreport-coreos-master1-subset.tar.xz", "sosreport-hotsos-kubernetes-subset.tar.xz"} {
			data, err := os.ReadFile(filepath.Join(dir, "public", "archives", name))
			if err != nil {
				t.Fatal(err)
			}
			m.victims = append(m.victims, &victim{name: name, forms: map[string][]byte{"tar.xz": data}, weight: 1})
			m.others = append(m.others, data)
		}
	}
	return m
}

func (m *mutator) add(t *testing.T, v *victim) {
	plain := v.host.Tar(t, fixtures.TarOptions{Prefix: "sosreport-x/"})
	v.forms = map[string][]byte{"tar": plain, "zip": v.host.Zip(t, "sosreport-x/")}
	for ending, compress := range fixtures.Compressors() {
		v.forms["tar."+ending] = compress(t, plain)
	}
	v.plain = membersOf(t, plain)
	v.before = map[string]string{}
	at := filepath.Join(m.dir, v.name)
	if err := os.WriteFile(at, plain, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, view := range strictViews {
		stdout, stderr, code := ours(view.on(at)...)
		if code != exitOK || len(stdout) < 80 {
			t.Fatalf("%s of %s, undamaged: exit %d, %q, stderr %q", view.argv, v.name, code, stdout, stderr)
		}
		v.before[view.name()] = stdout
	}
	m.victims = append(m.victims, v)
	m.others = append(m.others, plain, v.forms["tar.gz"], v.forms["zip"])
	for _, table := range []string{"tcp", "unix", "dev", "snmp"} {
		data, _ := v.host.Table(table)
		m.others = append(m.others, data)
	}
}

// on gives the command line for a bundle. The order of bytes is given, as other tables
// would tell it.
func (v strictView) on(bundle string) []string {
	return append([]string{"--byte-order", "little", "--services", "none", bundle}, v.argv...)
}

func (v strictView) name() string { return strings.Join(v.argv, " ") }

// membersOf finds where each member of a tar stands.
func membersOf(t *testing.T, data []byte) (list []tarMember) {
	r := bytes.NewReader(data)
	tr := tar.NewReader(r)
	end := 0
	for {
		hdr, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		at := len(data) - r.Len()
		list = append(list, tarMember{hdr.Name, end, at, at + int(hdr.Size)})
		end = (at + int(hdr.Size) + 511) / 512 * 512
	}
}

// A mutationWorker damages one bundle after the other.
type mutationWorker struct {
	*mutator
	dirs map[string]string // the victims as directories, whole between two mutations
}

func (m *mutator) worker(t *testing.T) *mutationWorker {
	w := &mutationWorker{mutator: m, dirs: map[string]string{}}
	for _, v := range m.victims {
		if v.host != nil {
			w.dirs[v.name] = v.host.WriteDir(t, t.TempDir())
		}
	}
	return w
}

// mutation is the number i.
func (w *mutationWorker) mutation(t *testing.T, i int) {
	r := rand.New(rand.NewPCG(w.seed, uint64(i)))
	v := w.victims[r.IntN(len(w.victims))]
	for v.weight <= r.IntN(32) {
		v = w.victims[r.IntN(len(w.victims))]
	}
	c := mutationCase{mutationWorker: w, t: t, v: v, label: fmt.Sprintf("seed %d, mutation %d of %s", w.seed, i, v.name)}
	if v.host != nil && r.IntN(2) == 0 {
		c.file(r, i)
	} else {
		c.archive(r, i)
	}
}

type mutationCase struct {
	*mutationWorker
	t     *testing.T
	v     *victim
	label string
}

// file damages one file in a directory, and repairs it.
func (c *mutationCase) file(r *rand.Rand, i int) {
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range c.v.host.Files {
			// Most machines have hundreds of processes, and their names break nothing.
			if (!strings.HasSuffix(name, "/cmdline") || r.IntN(50) == 0) && !yield(name) {
				return
			}
		}
	})
	name := names[r.IntN(len(names))]
	whole := c.v.host.Files[name]
	damage := fixtures.Mutate(r, whole, c.others)
	c.label += fmt.Sprintf(", %s: %s", name, damage.What)
	dir := c.dirs[c.v.name]
	at := filepath.Join(dir, filepath.FromSlash(name))
	c.write(at, damage.Data)
	defer c.write(at, whole)
	c.run(append(slices.Clone(looseViews[i%len(looseViews)]), dir))
	for range 2 {
		view := strictViews[r.IntN(len(strictViews))]
		if !view.shows(name) {
			c.asBefore(view, dir)
		}
	}
}

// archive damages an archive.
func (c *mutationCase) archive(r *rand.Rand, i int) {
	forms := slices.Sorted(func(yield func(string) bool) {
		for form := range c.v.forms {
			if !yield(form) {
				return
			}
		}
	})
	form := forms[r.IntN(len(forms))]
	if slow := form == "tar.xz" || form == "tar.bz2"; c.v.host != nil && r.IntN(3+truth(slow)) < 1+2*truth(slow) {
		form = "tar"
	}
	damage := fixtures.Mutate(r, c.v.forms[form], c.others)
	c.label += fmt.Sprintf(", %s: %s", form, damage.What)
	at := filepath.Join(c.dir, fmt.Sprintf("mutation-%d-%d.%s", c.seed, i, form))
	c.write(at, damage.Data)
	defer os.Remove(at)
	c.run(append(slices.Clone(looseViews[i%len(looseViews)]), at))
	if c.v.host == nil {
		return
	}
	view := strictViews[r.IntN(len(strictViews))]
	switch {
	case form != "tar":
		c.noticed(view, at, damage)
	case c.v.spared(view, damage):
		c.asBefore(view, at)
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (c *mutationCase) write(at string, data []byte) {
	if err := os.WriteFile(at, data, 0o644); err != nil {
		c.t.Fatal(err)
	}
}

// shows reports whether a file is one of the view's.
func (v strictView) shows(name string) bool {
	return slices.ContainsFunc(v.tables, func(table string) bool { return strings.HasSuffix(name, "/net/"+table) })
}

// spared reports whether damage to the plain tar must not change a view: all headers
// are whole, or the first one that is not stands behind the view's tables, and so all
// that may be lost. Several flipped bits in one header can make another valid one.
func (v *victim) spared(view strictView, damage fixtures.Mutation) bool {
	lost := false
	for _, m := range v.plain {
		if damage.Hits(m.header, m.data) {
			if damage.Flips > 1 {
				return false
			}
			lost = true
		}
		if view.shows(m.name) && (lost || damage.Hits(m.data, m.end)) {
			return false
		}
	}
	cut := len(damage.Touched) == 1 && strings.HasPrefix(damage.What, "cut")
	return damage.Flips > 0 || cut || !lost
}

// asBefore wants a view as it was.
func (c *mutationCase) asBefore(view strictView, bundle string) {
	c.same.Add(1)
	stdout, stderr, _ := c.run(view.on(bundle))
	if want := c.v.before[view.name()]; stdout != want {
		c.t.Errorf("%s: %s is not as before: %s\nstderr %s", c.label, view.argv, firstDifference(stdout, want), stderr)
	}
}

// noticed wants a view as it was, or a word on the damage: checksums see one flipped
// bit, and the end of a cut archive is missing. Only the list of names at the end of a
// zip has no checksum.
func (c *mutationCase) noticed(view strictView, bundle string, damage fixtures.Mutation) {
	if damage.Flips != 1 && !strings.HasPrefix(damage.What, "cut") || strings.HasSuffix(bundle, ".zip") && damage.Hits(zipList(c.v.forms["zip"])) {
		return
	}
	c.same.Add(1)
	stdout, stderr, code := c.run(view.on(bundle))
	if want := c.v.before[view.name()]; stdout != want && code != exitDamaged && code != exitFailed {
		c.t.Errorf("%s: nothing is said of the damage, and %s is not as before: exit %d, %s\nstderr %s", c.label, view.argv, code, firstDifference(stdout, want), stderr)
	}
}

// zipList is where a zip has its list of members, up to its end.
func zipList(data []byte) (begin, end int) {
	at := bytes.LastIndex(data, []byte("PK\x05\x06"))
	return int(binary.LittleEndian.Uint32(data[at+16:])), len(data)
}

// run runs the program, and wants what must hold for every input.
func (c *mutationCase) run(args []string) (stdout, stderr string, code int) {
	c.runs.Add(1)
	what := c.label + fmt.Sprintf(": coldstat %q", args)
	dog := time.AfterFunc(2*time.Minute, func() {
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
		panic(what + ": it hangs")
	})
	defer dog.Stop()
	defer func() {
		if p := recover(); p != nil {
			panic(fmt.Sprintf("%s: %v", what, p))
		}
	}()
	stdout, stderr, code = ours(args...)
	if !slices.Contains([]int{exitOK, exitLacking, exitFailed, exitDamaged, exitFound}, code) {
		c.t.Errorf("%s: exit %d, stderr %s", what, code, stderr)
	}
	if bad := unsafeText(stderr); bad != "" {
		c.t.Errorf("%s: stderr has %q", what, bad)
	}
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, "coldstat: ") {
			c.t.Errorf("%s: stderr has the line %q", what, line)
		}
	}
	if args[0] == "slim" {
		return stdout, stderr, code
	}
	if bad := unsafeText(stdout, '\t'); bad != "" {
		c.t.Errorf("%s: stdout has %q", what, bad)
	}
	if slices.Contains(args, "--json") && stdout != "" && !json.Valid([]byte(stdout)) {
		c.t.Errorf("%s: the JSON is not valid", what)
	}
	return stdout, stderr, code
}
