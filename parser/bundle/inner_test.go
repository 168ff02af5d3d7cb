package bundle_test

import (
	"archive/tar"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// collected is what a collector of several machines writes: archives of
// machines, of which the first by name is not the first in order.
func collected(t *testing.T) (members []member) {
	t.Helper()
	other := fixtures.NewHost(map[string]string{"proc/net/tcp": "other\n"})
	none := fixtures.NewHost(map[string]string{"var/log/messages": "none\n"})
	members = []member{
		{name: "c/sos_logs/sos.log", data: "log"},
		{name: "c/sosreport-b.tar.xz", data: string(fixtures.Xz(t, other.Tar(t, fixtures.TarOptions{Prefix: "b/"})))},
		{name: "c/sosreport-a.tar.xz", data: string(fixtures.Xz(t, sosShape(small()).Tar(t, fixtures.TarOptions{Prefix: "a/"})))},
		{name: "c/aaa.tar.gz", data: string(fixtures.Gzip(t, none.Tar(t, fixtures.TarOptions{})))},
		{name: "c/aab.zip", data: "this is no zip"},
	}
	return members
}

// asZip puts the members into a zip.
func asZip(t *testing.T, members []member) []byte {
	t.Helper()
	h := fixtures.NewHost(nil)
	for _, m := range members {
		h.Set(m.name, m.data)
	}
	return h.Zip(t, "")
}

// TestInner: a machine in an archive in an archive, in every form.
func TestInner(t *testing.T) {
	members := collected(t)
	plain := archiveOf(t, members...)
	for form, data := range map[string][]byte{
		"tar": plain, "tar.gz": fixtures.Gzip(t, plain), "tar.xz": fixtures.Xz(t, plain),
		"zip": asZip(t, members), "zip.gz": fixtures.Gzip(t, asZip(t, members)),
	} {
		for _, stream := range []bool{false, true} {
			for filter, patterns := range map[string][]string{"all": nil, "wanted": want} {
				t.Run(fmt.Sprintf("%s/stream %v/%s", form, stream, filter), func(t *testing.T) {
					b, err := via(t, stream, data, bundle.Options{Want: patterns})
					if err != nil {
						t.Fatal(err)
					}
					checkSmall(t, b)
					intact(t, b)
					var archives []string
					for _, m := range b.Machines {
						archives = append(archives, m.Archive)
					}
					if want := []string{"c/sosreport-a.tar.xz", "c/sosreport-b.tar.xz"}; !slices.Equal(archives, want) {
						t.Fatalf("machines in %q, want %q", archives, want)
					}
					if got, err := fs.ReadFile(b.Machines[1], "proc/net/tcp"); string(got) != "other\n" {
						t.Errorf("the second machine's tcp is %q, %v", got, err)
					}
				})
			}
		}
	}
}

// TestInnerDepth: Harvester's zip of zips of tar.xz, and how deep it goes.
func TestInnerDepth(t *testing.T) {
	data := fixtures.Xz(t, small().Tar(t, fixtures.TarOptions{Prefix: "scc/"}))
	name := "scc_supportconfig_node1.txz"
	for depth := 2; depth <= 5; depth++ {
		data, name = asZip(t, []member{{name: "nodes/" + name, data: string(data)}}), fmt.Sprintf("level%d.zip", depth)
		for _, stream := range []bool{false, true} {
			b, err := via(t, stream, data, bundle.Options{Want: want})
			if depth == 5 {
				if err == nil || !strings.Contains(err.Error(), "it holds no proc/net directory") {
					t.Errorf("depth 5: %v", err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("depth %d: %v", depth, err)
			}
			checkSmall(t, b)
			intact(t, b)
			if !strings.HasSuffix(b.Archive, "nodes/scc_supportconfig_node1.txz") || strings.Count(b.Archive, "nodes/") != depth-1 {
				t.Errorf("depth %d: in %q", depth, b.Archive)
			}
		}
	}
}

// TestInnerNotNeeded: archives beside a machine are neither opened nor held.
func TestInnerNotNeeded(t *testing.T) {
	big := strings.Repeat("x", 100_000)
	machine := []member{{name: "proc/net/tcp", data: "T"}, {name: "proc/net/udp", data: "U"}}
	for name, members := range map[string][]member{
		"before": append([]member{{name: "a.tar.xz", data: big}, {name: "b.zip", data: big}}, machine...),
		"behind": append(slices.Clone(machine), member{name: "y.tar.xz", data: big}, member{name: "z.zip", data: big}),
	} {
		plain := archiveOf(t, members...)
		for form, data := range map[string][]byte{"tar": plain, "tar.gz": fixtures.Gzip(t, plain), "zip": asZip(t, members)} {
			for _, stream := range []bool{false, true} {
				if form == "zip" && stream {
					continue // held as a whole
				}
				b, err := via(t, stream, data, bundle.Options{Want: want, Limits: bundle.Limits{Held: 1000}})
				if err != nil {
					t.Fatal(err)
				}
				if got := read(b, "proc/net/udp"); got != "U" {
					t.Errorf("%s, %s: %q", name, form, got)
				}
				intact(t, b)
			}
		}
	}
}

// TestInnerDamage: of inner archives that are damaged it is said which; the
// others are not given up.
func TestInnerDamage(t *testing.T) {
	members := collected(t)
	good := members[2].data
	for _, tc := range []struct {
		name   string
		first  string // what stands in for sosreport-a
		damage []string
		from   string
	}{
		{"cut", good[:len(good)-10], []string{"c/sosreport-a.tar.xz: behind the last member: the archive ends too early, it was cut"}, "tcp table\n"},
		{"cut at once", good[:20], []string{`"c/sosreport-a.tar.xz": the archive ends too early, it was cut`}, "other\n"},
		{"text", "text", nil, "other\n"},
		{"encrypted", "-----BEGIN PGP MESSAGE-----\n", []string{`"c/sosreport-a.tar.xz" is encrypted with GPG, which cannot be read directly`}, "other\n"},
	} {
		members := slices.Clone(members)
		members[2].data = tc.first
		for _, stream := range []bool{false, true} {
			for form, data := range map[string][]byte{"tar": archiveOf(t, members...), "tar.gz": fixtures.Gzip(t, archiveOf(t, members...)), "zip": asZip(t, members)} {
				b, err := via(t, stream, data, bundle.Options{Want: want})
				if err != nil {
					t.Fatalf("%s: %v", tc.name, err)
				}
				if !slices.Equal(b.Damage, tc.damage) {
					t.Errorf("%s, %s, stream %v: damage %q, want %q", tc.name, form, stream, b.Damage, tc.damage)
				}
				if got := read(b, "proc/net/tcp"); got != tc.from {
					t.Errorf("%s, %s: proc/net/tcp holds %q, want %q", tc.name, form, got, tc.from)
				}
			}
		}
	}
	_, err := viaStream(archiveOf(t, member{name: "a.tar.xz", data: good[:20]}), bundle.Options{})
	if want := `"standard input": it holds no proc/net directory, and no file like tcp, udp, unix or route on its own ` +
		`(and "a.tar.xz": the archive ends too early, it was cut)`; err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

// TestInnerLimit: inner archives that do not fit are said if they are needed.
func TestInnerLimit(t *testing.T) {
	members := collected(t)
	_, err := viaStream(archiveOf(t, members...), bundle.Options{Limits: bundle.Limits{Held: 100}})
	if err == nil || !strings.Contains(err.Error(), `"c/sosreport-a.tar.xz": the limit for members held in memory is reached`) {
		t.Errorf("held archives: %v", err)
	}
	var many []member
	for i := range 1000 {
		many = append(many, member{name: fmt.Sprintf("%04d.tar", i), data: "x"})
	}
	_, err = viaStream(archiveOf(t, append(many, members...)...), bundle.Options{})
	if err == nil || !strings.Contains(err.Error(), "it holds no proc/net directory") {
		t.Errorf("beyond the first 1000: %v", err)
	}
}

// TestPacked: a directory of the machine that is an archive itself, as sos
// --pack-dir leaves it, whichever of the two ways its members are named.
func TestPacked(t *testing.T) {
	h := sosShape(small())
	for _, dir := range []string{"proc", "proc/4242", "proc/4242/net", "etc", "sys", "sys/class/net"} {
		for _, own := range []bool{false, true} {
			var outer, inner []member
			for _, name := range slices.Sorted(func(yield func(string) bool) {
				for name := range h.Files {
					if !yield(name) {
						return
					}
				}
				for name := range h.Links {
					if !yield(name) {
						return
					}
				}
			}) {
				m := member{name: "x/" + name, data: string(h.Files[name])}
				if target, ok := h.Links[name]; ok {
					m.kind, m.link = tar.TypeSymlink, target
				}
				rest, ok := strings.CutPrefix(name, dir+"/")
				if !ok {
					outer = append(outer, m)
					continue
				}
				m.name = rest
				if own {
					m.name = dir[strings.LastIndexByte(dir, '/')+1:] + "/" + rest
				}
				inner = append(inner, m)
			}
			packed := archiveOf(t, inner...)
			for ending, data := range map[string][]byte{".tar": packed, ".tgz": fixtures.Gzip(t, packed)} {
				plain := archiveOf(t, append(outer, member{name: "x/" + dir + ending, data: string(data)})...)
				for form, data := range map[string][]byte{"tar": plain, "tar.gz": fixtures.Gzip(t, plain)} {
					for _, stream := range []bool{false, true} {
						t.Run(fmt.Sprintf("%s/own name %v/%s in %s/stream %v", dir, own, ending, form, stream), func(t *testing.T) {
							b, err := via(t, stream, data, bundle.Options{Want: want})
							if err != nil {
								t.Fatal(err)
							}
							checkSmall(t, b)
							intact(t, b)
						})
					}
				}
			}
		}
	}
}

// TestPackedStray: a member that is only called like a packed directory stays
// what it is.
func TestPackedStray(t *testing.T) {
	for name, data := range map[string]string{"text": "text", "empty": "", "a cut gzip": "\x1f\x8b\x08"} {
		plain := archiveOf(t, member{name: "proc/net/tcp", data: "T"}, member{name: "proc/fs.tar", data: data}, member{name: "proc/net/udp", data: "U"})
		b, err := viaStream(plain, bundle.Options{Want: want})
		if err != nil {
			t.Fatal(err)
		}
		if got := read(b, "proc/net/tcp") + read(b, "proc/net/udp"); got != "TU" {
			t.Errorf("%s: %q", name, got)
		}
		if damaged := len(b.Damage) > 0; damaged != (name == "a cut gzip") {
			t.Errorf("%s: damage %q", name, b.Damage)
		}
	}
}
