package diff_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/diff"
	"github.com/coldstat/coldstat/parser/rows"
)

// edited is the host some time later: rows went and others changed, and counters moved up
// or down.
func edited(r *rand.Rand, h *fixtures.Host) *fixtures.Host {
	h = h.Clone()
	for name, text := range h.Files {
		head := map[string]int{
			"tcp": 1, "tcp6": 1, "udp": 1, "udp6": 1, "raw": 1, "raw6": 1, "unix": 1, "route": 1, "ipv6_route": 0, "dev": 2, "snmp": 0, "netstat": 0, "snmp6": 0,
		}
		dir, file, _ := cutLast(name)
		n, known := head[file]
		if !known || !strings.HasSuffix(dir, "net") || strings.Contains(dir, "sys") {
			continue
		}
		lines := strings.SplitAfter(string(text), "\n")
		out := slices.Clone(lines[:min(n, len(lines))])
		for _, line := range lines[min(n, len(lines)):] {
			counts := strings.HasPrefix(file, "snmp") || file == "netstat" || file == "dev"
			switch c := r.IntN(8); {
			case c == 0 && !counts:
			case c == 1 && !counts && line != "":
				out = append(out, changedRow(r, file, line))
			case counts:
				out = append(out, moved(r, line))
			default:
				out = append(out, line)
			}
		}
		h.Files[name] = []byte(strings.Join(out, ""))
	}
	return h
}

func cutLast(name string) (dir, file string, ok bool) {
	i := strings.LastIndexByte(name, '/')
	return name[:max(i, 0)], name[i+1:], i >= 0
}

// changedRow gives one column of a row another value, in the form that the kernel writes.
func changedRow(r *rand.Rand, file, line string) string {
	f := strings.Fields(line)
	switch {
	case file == "unix" && len(f) >= 7:
		f[5+r.IntN(2)] = []string{"01", "03"}[r.IntN(2)] // the state, or the inode
	case file == "route" && len(f) >= 8:
		f[6] = strconv.Itoa(r.IntN(3)) // the metric
	case len(f) >= 12 && strings.Contains(f[1], ":"):
		switch r.IntN(4) {
		case 0:
			f[3] = fmt.Sprintf("%02X", 1+r.IntN(11))
		case 1:
			f[4] = fmt.Sprintf("%08X:%08X", r.IntN(3), r.IntN(3))
		case 2:
			f[7] = strconv.Itoa(r.IntN(3))
		case 3:
			f[9] = strconv.Itoa(r.IntN(1 << 20))
		}
	default:
		return line
	}
	return strings.Join(f, " ") + "\n"
}

// moved changes some of the numbers of a line.
func moved(r *rand.Rand, line string) string {
	f := strings.Split(line, " ")
	for i, word := range f {
		if n, err := strconv.ParseUint(strings.TrimSpace(word), 10, 62); err == nil && r.IntN(3) == 0 {
			f[i] = strings.Replace(word, strings.TrimSpace(word), strconv.FormatUint(n+r.Uint64N(n+10)-min(n, r.Uint64N(10)), 10), 1)
		}
	}
	return strings.Join(f, " ")
}

// changes lists rows as texts, those of old and new in the other order if turned is set.
// That a connection was replaced, and did not only change, is told by the order of time.
func changes[R any](list []R, turned bool) (all []string) {
	for i := range list {
		v := reflect.ValueOf(list[i])
		var cells []string
		for _, f := range reflect.VisibleFields(v.Type()) {
			if f.Anonymous || strings.HasSuffix(f.Name, "Bundle") {
				continue
			}
			name := f.Name
			if turned {
				if rest, ok := strings.CutPrefix(name, "Old"); ok {
					name = "New" + rest
				} else if rest, ok := strings.CutPrefix(name, "New"); ok {
					name = "Old" + rest
				}
			}
			cell := fmt.Sprint(v.FieldByName(name).Interface())
			if f.Name == "What" {
				switch {
				case turned && cell == rows.Appeared:
					cell = rows.Gone
				case turned && cell == rows.Gone:
					cell = rows.Appeared
				case cell == rows.Replaced:
					cell = rows.Changed
				}
			}
			cells = append(cells, f.Name+"="+cell)
		}
		all = append(all, strings.Join(cells, " "))
	}
	slices.Sort(all)
	return all
}

// pairs calls f with captures and what became of them.
func pairs(t *testing.T, f func(t *testing.T, old, new *fixtures.Host)) {
	for i, name := range []string{"lab-a", "lab-b", "lab-c", "s390x"} {
		t.Run(name, func(t *testing.T) {
			h := fixtures.Capture(t, name).Set(bootFile, boot)
			r := rand.New(rand.NewPCG(uint64(i), 9))
			for range map[bool]int{true: 1, false: 4}[name == "s390x"] { // which has ten times as much
				later := edited(r, h)
				f(t, h, later)
				h = later
			}
		})
	}
}

func compareLists[R any](t *testing.T, kind string, there, back []R) {
	t.Helper()
	want, got := changes(there, false), changes(back, true)
	if !slices.Equal(want, got) {
		for _, s := range want {
			if !slices.Contains(got, s) {
				t.Errorf("%s: only from OLD to NEW: %s", kind, s)
			}
		}
		for _, s := range got {
			if !slices.Contains(want, s) {
				t.Errorf("%s: only from NEW to OLD: %s", kind, s)
			}
		}
	}
}

// TestAntisymmetric: from NEW to OLD the same is said, the other way round.
func TestAntisymmetric(t *testing.T) {
	found := 0
	pairs(t, func(t *testing.T, old, new *fixtures.Host) {
		there, back := compare(old, new, true), compare(new, old, true)
		compareLists(t, "socket_change", there.Sockets, back.Sockets)
		compareLists(t, "unix_change", there.Unix, back.Unix)
		compareLists(t, "route_change", there.Routes, back.Routes)
		compareLists(t, "interface_change", there.Interfaces, back.Interfaces)
		compareLists(t, "fact_change", there.Facts, back.Facts)
		found += len(there.Sockets) + len(there.Unix) + len(there.Routes)
	})
	if found < 200 {
		t.Errorf("only %d changes were compared", found)
	}
}

// total adds up the sockets of each way in which they differ.
func total[R any](list []R, of func(*R) (what string, count uint64)) map[string]uint64 {
	sum := map[string]uint64{}
	for i := range list {
		what, count := of(&list[i])
		sum[what] += count
	}
	return sum
}

// TestFoldingAddsUp: the counts of folded rows are those of --all, added up.
func TestFoldingAddsUp(t *testing.T) {
	fewer := 0
	inet := func(r *rows.SocketChange) (string, uint64) { return r.What + " " + r.Protocol, r.Count }
	unix := func(r *rows.UnixChange) (string, uint64) { return r.What + " " + r.Type, r.Count }
	pairs(t, func(t *testing.T, old, new *fixtures.Host) {
		folded, all := compare(old, new, false), compare(old, new, true)
		if got, want := total(folded.Sockets, inet), total(all.Sockets, inet); !reflect.DeepEqual(got, want) {
			t.Errorf("sockets: %v folded, %v with --all", got, want)
		}
		if got, want := total(folded.Unix, unix), total(all.Unix, unix); !reflect.DeepEqual(got, want) {
			t.Errorf("UNIX sockets: %v folded, %v with --all", got, want)
		}
		for _, r := range all.Sockets {
			if r.Count != 1 {
				t.Errorf("--all has a row of %d sockets", r.Count)
			}
		}
		fewer += len(all.Sockets) - len(folded.Sockets) + len(all.Unix) - len(folded.Unix)
	})
	if fewer < 100 {
		t.Errorf("folding saved %d rows only", fewer)
	}
}

// TestDeltas: a delta is what was added, and a counter that fell has none; a rate is that
// of the time between.
func TestDeltas(t *testing.T) {
	grew, fell := 0, 0
	pairs(t, func(t *testing.T, old, new *fixtures.Host) {
		old.Set("proc/uptime", "1000.00 1.00\n")
		new.Set("proc/uptime", "1020.50 1.00\n")
		for _, c := range compare(old, new, false).Counters {
			o, _ := c.Old.Get()
			n, _ := c.New.Get()
			delta, ok := c.Delta.Get()
			rate, rated := c.Rate.Get()
			why, unknown := c.Why.Get()
			if ok != rated || ok == unknown {
				t.Fatalf("%s %s: delta %v, rate %v, %q", c.Section, c.Name, ok, rated, why)
			}
			switch {
			case !ok:
				fell++
			case n <= o || delta != n-o || delta > 1<<63:
				t.Errorf("%s %s: from %d to %d is not %d", c.Section, c.Name, o, n, delta)
			default:
				grew++
				if want := float64(delta) / 20.5; rate < 0.999*want-0.0005 || rate > 1.001*want+0.0005 {
					t.Errorf("%s %s: %d in 20.5 s is not %v per second", c.Section, c.Name, delta, rate)
				}
			}
			if n < o && why != "fell" && why != "level" {
				t.Errorf("%s %s fell, and it is said: %q", c.Section, c.Name, why)
			}
		}
	})
	if grew < 100 || fell < 20 {
		t.Errorf("%d counters grew and %d fell", grew, fell)
	}
}

// TestBounds: what there is no room for is told, and is neither gone nor come.
func TestBounds(t *testing.T) {
	h := fixtures.Capture(t, "lab-a")
	later := edited(rand.New(rand.NewPCG(1, 2)), h)
	for _, all := range []bool{false, true} {
		r := diff.Compare(capture(h, "a.tgz"), capture(later, "b.tgz"), diff.Bounded(all, 20, 2, 3))
		if len(r.Sockets) > 3 || len(r.Unix) > 3 || len(r.Routes) > 3 {
			t.Errorf("%d, %d and %d rows", len(r.Sockets), len(r.Unix), len(r.Routes))
		}
		for _, what := range []string{
			"proc/net/tcp in OLD is not read behind its first 20 rows: ", "proc/net/tcp6 in OLD is not read behind its first 0 rows: ",
			"proc/net/unix in NEW is not read behind its first 20 rows: ", "only the first 2 counters of OLD are compared\n", "proc/net/dev in OLD is not read behind its first 2 rows: ",
		} {
			if !strings.Contains(said(r), what) {
				t.Errorf("it is not said: %s", what)
			}
		}
		for _, c := range r.Sockets {
			if c.What == rows.Appeared || c.What == rows.Gone {
				t.Errorf("a socket has %s of a table that is not whole", c.What)
			}
		}
	}
	r := diff.Compare(capture(h, "a.tgz"), capture(later, "b.tgz"), diff.Bounded(true, 1<<20, 1<<16, 3))
	if want := "rows of kind socket_change are held: "; !strings.Contains(said(r), want) || len(r.Sockets) != 3 {
		t.Errorf("%d rows, and it is said:\n%s", len(r.Sockets), said(r))
	}
}

// TestHostile: what hostile texts say is compared as any other.
func TestHostile(t *testing.T) {
	h := fixtures.HostileHost().Set(bootFile, boot)
	if r := compare(h, h, true); r.Rows() != 0 {
		t.Errorf("%d differences from itself", r.Rows())
	}
	later := edited(rand.New(rand.NewPCG(3, 4)), h)
	there, back := compare(h, later, true), compare(later, h, true)
	compareLists(t, "socket_change", there.Sockets, back.Sockets)
	compareLists(t, "unix_change", there.Unix, back.Unix)
	if there.Rows() == 0 {
		t.Error("nothing differs")
	}
}
