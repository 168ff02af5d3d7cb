package bundle_test

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// TestLongHeaders: of an extended header or a long name beyond what is read, the
// stated size is passed over, so that nothing in it passes for a member.
func TestLongHeaders(t *testing.T) {
	forged := string(fixtures.TarMember("proc/net/udp", '0', "", "forged"))
	for _, kind := range []byte{'x', 'g', 'L', 'K'} {
		for _, size := range []int{1<<20 + 1, 3 << 20} {
			content := "20 X.comment=abcdef\n" + strings.Repeat("n", 492) + strings.Repeat(forged, 1+size/len(forged))
			data := slices.Concat(fixtures.TarMember("proc/net/tcp", '0', "", "T"), fixtures.TarMember("long", kind, "", content[:size]),
				fixtures.TarMember("proc/net/unix", '0', "", "X"), make([]byte, 1024))
			for _, w := range ways() {
				b, err := w.open(t, data, bundle.Options{Want: want})
				if err != nil {
					t.Fatal(err)
				}
				if got := read(b, "proc/net/tcp") + read(b, "proc/net/unix") + read(b, "proc/net/udp"); got != "TX<open proc/net/udp: file does not exist>" {
					t.Errorf("%c of %d bytes, %s: %q", kind, size, w.name, got)
				}
				passed := 512 + (size+511)/512*512
				if want := fmt.Sprintf("the header behind member 1 is broken (header field too long): %d bytes are passed over, up to the next one", passed); !slices.Equal(b.Damage, []string{want}) {
					t.Errorf("%c of %d bytes, %s: damage %q, want %q", kind, size, w.name, b.Damage, want)
				}
			}
		}
	}
}

// pax writes records of an extended header.
func pax(records ...string) []byte {
	text := ""
	for _, r := range records {
		n := len(r) + 3
		n += len(fmt.Sprint(n))
		text += fmt.Sprintf("%d %s\n", n-1, r)
	}
	return fixtures.TarMember("x", 'x', "", text)
}

// TestSparse: files with holes, in the ways of PAX; of those that cannot be, and of
// those that are too large, only they are lost.
func TestSparse(t *testing.T) {
	tcp := fixtures.TarMember("proc/net/tcp", '0', "", "T")
	block := func(text string) string { return text + strings.Repeat("\x00", 512-len(text)) }
	const gone = "<open proc/net/udp: file does not exist>"
	const full = "the limit for one member held in memory is reached; unpack the archive, a directory or a plain tar is read in place (--limit member=SIZE raises it)"
	for _, tc := range []struct {
		name        string
		data        []byte
		udp, damage string
	}{
		{"0.1", slices.Concat(pax("GNU.sparse.major=0", "GNU.sparse.minor=1", "GNU.sparse.name=proc/net/udp", "GNU.sparse.size=12", "GNU.sparse.numblocks=2", "GNU.sparse.map=0,2,10,2"), fixtures.TarMember("s", '0', "", "UVWX")),
			"UV\x00\x00\x00\x00\x00\x00\x00\x00WX", ""},
		{"1.0", slices.Concat(pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=proc/net/udp", "GNU.sparse.realsize=6"), fixtures.TarMember("s", '0', "", block("1\n2\n2\n")+"UV")),
			"\x00\x00UV\x00\x00", ""},
		{"a map that leads nowhere", slices.Concat(pax("GNU.sparse.major=0", "GNU.sparse.minor=1", "GNU.sparse.name=proc/net/udp", "GNU.sparse.size=12", "GNU.sparse.numblocks=1", "GNU.sparse.map=50,2"), fixtures.TarMember("s", '0', "", "UV")),
			gone, "the header behind member 1 is broken (invalid tar header): 1024 bytes are passed over, up to the next one"},
		{"less than its map has", slices.Concat(pax("GNU.sparse.major=0", "GNU.sparse.minor=1", "GNU.sparse.name=proc/net/udp", "GNU.sparse.size=12", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,9"), fixtures.TarMember("s", '0', "", "UV")),
			"UV<sparse: archive/tar: sparse file references non-existent data>", `member "proc/net/udp": sparse: archive/tar: sparse file references non-existent data; 510 bytes are passed over, up to the next header`},
		{"1 EiB", slices.Concat(pax("GNU.sparse.major=0", "GNU.sparse.minor=1", "GNU.sparse.name=proc/net/udp", "GNU.sparse.size=1152921504606846976", "GNU.sparse.numblocks=0", "GNU.sparse.map="), fixtures.TarMember("s", '0', "", "")),
			"<" + full + ">", "proc/net/udp: " + full},
	} {
		for _, w := range ways() {
			b, err := w.open(t, slices.Concat(tcp, tc.data, fixtures.TarMember("proc/net/unix", '0', "", "X"), make([]byte, 1024)), bundle.Options{Want: want})
			if err != nil {
				t.Fatal(err)
			}
			if got := read(b, "proc/net/tcp") + read(b, "proc/net/unix"); got != "TX" {
				t.Errorf("%s, %s: the others are %q", tc.name, w.name, got)
			}
			if got := read(b, "proc/net/udp"); got != tc.udp {
				t.Errorf("%s, %s: udp holds %q, want %q", tc.name, w.name, got, tc.udp)
			}
			if got := strings.Join(b.Damage, "|"); got != tc.damage {
				t.Errorf("%s, %s: damage\n got %s\nwant %s", tc.name, w.name, got, tc.damage)
			}
		}
	}
}

// TestHugeSize: a size near the largest number neither panics nor takes anything.
func TestHugeSize(t *testing.T) {
	for _, size := range []uint64{1 << 40, 1<<62 + 5, 1<<63 - 1} {
		number := make([]byte, 12)
		binary.BigEndian.PutUint64(number[4:], size)
		number[0] = 0x80
		for _, name := range []string{"proc/net/udp", "x", "a.tar", "proc/fs.tar", "a.zip"} {
			data := slices.Concat(fixtures.TarMember("proc/net/tcp", '0', "", "T"), fixtures.TarMember(name, '0', "", "U"), make([]byte, 1024))
			resized(data, 1024, string(number))
			for _, w := range ways() {
				b, err := w.open(t, data, bundle.Options{Want: want})
				if err != nil {
					t.Fatalf("%s of %d bytes, %s: %v", name, size, w.name, err)
				}
				if got := read(b, "proc/net/tcp"); got != "T" || len(b.Damage) == 0 {
					t.Errorf("%s of %d bytes, %s: %q, damage %q", name, size, w.name, got, b.Damage)
				}
			}
		}
	}
}

// TestChains: forty links one behind the other are followed, as in Linux, and no more.
func TestChains(t *testing.T) {
	for _, kind := range []byte{tar.TypeSymlink, tar.TypeLink} {
		for _, n := range []int{39, 40, 41, 100} {
			members := []member{{name: "proc/net/tcp", data: "T"}, {name: "etc/0", data: "S"}}
			for i := range n {
				members = append(members, member{name: fmt.Sprintf("etc/%d", i+1), kind: kind, link: fmt.Sprint(i)})
				if kind == tar.TypeLink {
					members[len(members)-1].link = fmt.Sprintf("etc/%d", i)
				}
			}
			members[len(members)-1].name = "etc/services"
			for _, w := range ways() {
				b, err := w.open(t, archiveOf(t, members...), bundle.Options{Want: append([]string{"etc/*"}, want...)})
				if err != nil {
					t.Fatal(err)
				}
				got := read(b, "etc/services")
				if follows := got == "S"; follows != (n <= 40) {
					t.Errorf("%d links of kind %c, %s: %q, damage %q", n, kind, w.name, got, b.Damage)
				}
				if kind == tar.TypeLink && got != "S" && len(b.Damage) == 0 {
					t.Errorf("%d hard links, %s: nothing is told", n, w.name)
				}
			}
		}
	}
}

// TestLimitsTold: a limit that is reached is told even behind many other remarks.
func TestLimitsTold(t *testing.T) {
	data := archiveOf(t, member{name: "proc/net/tcp", data: "T"})[:1024]
	for range 100 {
		data = append(data, fixtures.TarMember("long", 'L', "", strings.Repeat("n", 5000))...)
		data = append(data, fixtures.TarMember("x", '0', "", "")...)
	}
	data = append(data, fixtures.TarMember("proc/net/udp", '0', "", "12345")...)
	data = append(data, fixtures.TarMember("proc/net/unix", '0', "", "X")...)
	b, err := viaStream(append(data, make([]byte, 1024)...), bundle.Options{Want: want, Limits: bundle.Limits{Member: 4, Members: 102}})
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(b.Damage, "\n")
	for _, text := range []string{"further remarks of this kind are left out", "proc/net/udp: the limit for one member", "it has more than 102 members"} {
		if !strings.Contains(said, text) {
			t.Errorf("damage %s\nwant %s in it", said, text)
		}
	}
	if len(b.Damage) != 23 {
		t.Errorf("%d remarks, want 23", len(b.Damage))
	}
}

// TestManyInner: archives in a compressed tar are not fetched one by one, what they
// hold together is bounded, and how many are tried too.
func TestManyInner(t *testing.T) {
	var members []member
	var size int
	for i := range 100 {
		text := make([]byte, 10_000)
		for j := range text {
			text[j] = byte(newRand(uint64(i*10_000 + j)).Uint32())
		}
		inner := archiveOf(t, member{name: "proc/net/tcp", data: string(text)})
		members = append(members, member{name: fmt.Sprintf("%03d.tar", i), data: string(inner)})
	}
	data := fixtures.Gzip(t, archiveOf(t, members...))
	size = len(data)
	for _, tc := range []struct {
		limits   bundle.Limits
		machines int
		damage   string
	}{
		{bundle.Limits{}, 100, ""},
		{bundle.Limits{Held: 600_000}, 50, "the limit for members held in memory is reached"},
		{bundle.Limits{Archives: 7}, 7, "more than 7 archives are in it, the rest is not looked into (--limit archives=NUMBER raises it)"},
	} {
		told := int64(0)
		b, err := viaFile(t, "b", data, bundle.Options{Want: want, Limits: tc.limits, Progress: func(n int64) { told = n }})
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Machines) > tc.machines || len(b.Machines) < tc.machines*3/4 {
			t.Errorf("%+v: %d machines, want about %d", tc.limits, len(b.Machines), tc.machines)
		}
		if said := strings.Join(b.Damage, "|"); !strings.Contains(said, tc.damage) || tc.damage == "" && said != "" {
			t.Errorf("%+v: damage %.500q, want %q", tc.limits, said, tc.damage)
		}
		if tc.limits.Held == 0 && told > int64(3*size) {
			t.Errorf("%+v: %d bytes were read of %d", tc.limits, told, size)
		}
	}
}

// TestNestedBomb: archives in archives in archives, in which each is many, are bounded
// all together.
func TestNestedBomb(t *testing.T) {
	data := asZip(t, []member{{name: "nothing", data: "x"}})
	for range 3 {
		var members []member
		for i := range 12 {
			members = append(members, member{name: fmt.Sprintf("%02d.zip", i), data: string(data)})
		}
		data = asZip(t, members)
	}
	for _, stream := range []bool{false, true} {
		_, err := via(t, stream, data, bundle.Options{Want: want, Limits: bundle.Limits{Archives: 100}})
		if _, ok := errors.AsType[*bundle.NoHostError](err); !ok || !strings.Contains(err.Error(), "more than 100 archives are in it") {
			t.Errorf("stream %v: %v", stream, err)
		}
	}
}

// TestInnerDuplicate: of two archives of one name the last counts.
func TestInnerDuplicate(t *testing.T) {
	inner := func(text string) string { return string(archiveOf(t, member{name: "proc/net/tcp", data: text})) }
	plain := archiveOf(t, member{name: "a.tar", data: inner("first")}, member{name: "a.tar", data: inner("second")})
	for _, w := range ways() {
		b, err := w.open(t, plain, bundle.Options{Want: want})
		if err != nil {
			t.Fatal(err)
		}
		if got := read(b, "proc/net/tcp"); got != "second" || !slices.Equal(b.Notes, []string{`"a.tar" occurs more than once, the last one counts`}) {
			t.Errorf("%s: %q, notes %q", w.name, got, b.Notes)
		}
	}
}

// TestBombs: with each bomb the machine is there, and its size does not show in what is
// told.
func TestBombs(t *testing.T) {
	for _, bomb := range fixtures.Bombs() {
		var buf bytes.Buffer
		if err := bomb.Write(&buf, 300); err != nil {
			t.Fatal(err)
		}
		for _, stream := range []bool{false, true} {
			b, err := via(t, stream, buf.Bytes(), bundle.Options{Want: want})
			if err != nil {
				t.Fatalf("%s: %v", bomb.Name, err)
			}
			if text, err := fs.ReadFile(b, "proc/net/tcp"); err != nil || !strings.HasPrefix(string(text), "  sl  local_address") {
				t.Errorf("%s: %q, %v", bomb.Name, text, err)
			}
			if damaged := len(b.Damage) > 0; damaged != bomb.Damaged || len(b.Damage)+len(b.Notes) > 50 {
				t.Errorf("%s: %d remarks of damage, %d notes", bomb.Name, len(b.Damage), len(b.Notes))
			}
		}
	}
}
