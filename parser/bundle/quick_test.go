package bundle_test

import (
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// hasFiles is a bundle.Options.Enough that needs these files.
func hasFiles(names ...string) func(fs.FS) bool {
	return func(root fs.FS) bool {
		for _, name := range names {
			if fi, err := fs.Stat(root, name); err != nil || !fi.Mode().IsRegular() {
				return false
			}
		}
		return true
	}
}

// TestEnough: reading ends where everything has been found, and never before.
func TestEnough(t *testing.T) {
	file := func(name string) member { return member{name: name, data: name + "\n"} }
	tcp, udp, services, other := file("x/proc/net/tcp"), file("x/proc/net/udp"), file("x/etc/services"), file("x/var/log")
	again := member{name: "x/proc/net/tcp", data: "another one\n"}
	link := func(name, to string) member { return member{name: name, kind: '2', link: to} }
	for _, tc := range []struct {
		name    string
		members []member
		ends    string // at this member, or ""
		tcp     string // that is shown
	}{
		{"names first", []member{services, tcp, udp, other, again}, "4", "x/proc/net/tcp\n"},
		{"names last", []member{tcp, udp, other, services, again, other}, "4", "x/proc/net/tcp\n"},
		{"a table lacks", []member{tcp, services, other, again}, "", "another one\n"},
		{"a table comes late", []member{tcp, services, other, again, udp, other, tcp}, "6", "another one\n"},
		{"names lack", []member{tcp, udp, other, again}, "", "another one\n"},
		{"proc/net is a link", []member{services, link("x/proc/net", "self/net"), link("x/proc/self", "7"), file("x/proc/7/net/tcp"), file("x/proc/7/net/udp"), other, file("x/proc/7/net/tcp")}, "6", "x/proc/7/net/tcp\n"},
		{"the links come last", []member{services, file("x/proc/7/net/tcp"), file("x/proc/7/net/udp"), other, link("x/proc/net", "self/net"), link("x/proc/self", "7"), other, file("x/proc/7/net/tcp")}, "6", "x/proc/7/net/tcp\n"},
		{"proc/net may still come", []member{services, file("x/proc/7/net/tcp"), file("x/proc/7/net/udp"), other, tcp}, "", "x/proc/net/tcp\n"},
		{"bare tables", []member{file("tcp"), file("udp"), file("services"), other, {name: "tcp", data: "another one\n"}}, "", "another one\n"},
		{"names are a link to what comes late", []member{link("x/etc/services", "../usr/s"), tcp, udp, other, file("x/usr/s"), again, other}, "5", "x/proc/net/tcp\n"},
		{"a second machine that is not whole", []member{file("a/y/proc/net/tcp"), file("a/x/proc/net/tcp"), file("a/x/proc/net/udp"), file("a/x/etc/services"), other, file("a/y/proc/net/udp")}, "", "a/x/proc/net/tcp\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			data := archiveOf(t, tc.members...)
			for _, w := range ways() {
				b, err := w.open(t, data, bundle.Options{Want: []string{"proc/net/tcp", "proc/net/udp", "etc/services"}, Enough: hasFiles("proc/net/tcp", "proc/net/udp", "etc/services")})
				if err != nil {
					t.Fatal(err)
				}
				ends := ""
				for _, note := range b.Notes {
					if strings.Contains(note, "--quick") {
						ends = note
					}
				}
				want := ""
				if tc.ends != "" {
					want = "reading ended at member " + tc.ends + " of the archive, as the view's files had been found (--quick): damage, other machines and files behind it, also of the same names, are not known"
				}
				if ends != want || len(b.Damage) > 0 {
					t.Errorf("%s: note %q, want %q; damage %q", w.name, ends, want, b.Damage)
				}
				if got := read(b, "proc/net/tcp"); got != tc.tcp {
					t.Errorf("%s: proc/net/tcp holds %q, want %q", w.name, got, tc.tcp)
				}
			}
		})
	}
}

// TestEnoughDamage: damage behind the end is not known, and nothing goes on
// reading there.
func TestEnoughDamage(t *testing.T) {
	before := runtime.NumGoroutine()
	noise := make([]byte, 200_000)
	for i, r := 0, newRand(1); i < len(noise); i++ {
		noise[i] = byte(r.Uint32())
	}
	plain := small().Set("zz", string(noise)).Tar(t, fixtures.TarOptions{})
	for _, ending := range endings {
		whole := fixtures.Compressors()[ending](t, plain)
		cut := whole[:len(whole)-2]
		o := bundle.Options{Want: []string{"proc/net/tcp", "proc/net/udp"}}
		if b, err := viaFile(t, "b", cut, o); err != nil || len(b.Damage) == 0 {
			t.Errorf("%s: the cut is not said: %v", ending, err)
		}
		o.Enough = hasFiles("proc/net/tcp", "proc/net/udp")
		b, err := viaFile(t, "b", cut, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Damage) > 0 || len(b.Notes) != 1 || read(b, "proc/net/udp") != "udp table\n" {
			t.Errorf("%s: damage %q, notes %q", ending, b.Damage, b.Notes)
		}
	}
	for i := 0; runtime.NumGoroutine() > before; i++ {
		if i == 1000 {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		time.Sleep(time.Millisecond)
	}
}
