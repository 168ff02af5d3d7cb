package bundle_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// FuzzOpen: no archive makes us panic, and a filter changes no wanted file.
func FuzzOpen(f *testing.F) {
	tcp := member{name: "proc/net/tcp", data: "T"}
	for _, o := range []fixtures.TarOptions{{}, {Prefix: "x/"}, {HardNet: true}, {Prefix: "./", NoDirs: true}} {
		plain := sosShape(small()).Tar(f, o)
		f.Add(plain)
		f.Add(plain[:len(plain)/2])
		f.Add(fixtures.Gzip(f, plain))
	}
	f.Add(sparse())
	f.Add(v7(tcp))
	f.Add(archiveOf(f, tcp, member{name: "etc/services", kind: '2', link: "/lib/a"}, member{name: "lib", kind: '2', link: "usr"}, member{name: "usr/a", data: "S"}))
	f.Add(archiveOf(f, member{name: "proc/net/udp", kind: '1', link: "proc/net/tcp"}, tcp))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	plain := small().Tar(f, fixtures.TarOptions{})
	for _, compress := range fixtures.Compressors() {
		f.Add(compress(f, plain))
	}
	f.Add(sosShape(small()).Zip(f, "x/"))
	f.Add(archiveOf(f, member{name: "a/b.tar.gz", data: string(fixtures.Gzip(f, plain))}, member{name: "a/c.zip", data: string(small().Zip(f, ""))}))
	f.Add(archiveOf(f, tcp, member{name: "etc.tar", data: string(archiveOf(f, member{name: "services", data: "S"}))}))
	for _, c := range fixtures.Collectors() {
		stored, _ := c.Store(small())
		f.Add(stored.Tar(f, fixtures.TarOptions{Prefix: c.Prefix}))
	}
	f.Add([]byte(section(confFile, "/proc/net/tcp", "T") + section(confFile, "/etc/services", "S")))
	f.Add([]byte(tcpHeader + "\n" + tcpRow + udp6Header + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := bundle.Limits{Members: 1000, Held: 8 << 20, Unpacked: 64 << 20}
		if b, err := viaStream(data, bundle.Options{Want: want, Limits: limits}); err == nil {
			read(b, "proc/net/tcp")
			read(b, "etc/services")
		}
		at := filepath.Join(t.TempDir(), "b")
		if err := os.WriteFile(at, data, 0o644); err != nil {
			t.Fatal(err)
		}
		all, errAll := bundle.Open(at, bundle.Options{Limits: limits})
		some, errSome := bundle.Open(at, bundle.Options{Want: fuzzWant, Limits: limits})
		if errAll != nil || errSome != nil {
			if (errAll == nil) != (errSome == nil) {
				t.Fatalf("without a filter: %v, with: %v", errAll, errSome)
			}
			return
		}
		defer all.Close()
		defer some.Close()
		if strings.Contains(strings.Join(all.Damage, " "), "limit for members held") {
			return
		}
		for _, name := range fuzzWant {
			if got, want := read(some, name), read(all, name); got != want {
				t.Errorf("%s holds %q with a filter and %q without", name, got, want)
			}
		}
	})
}

// fuzzWant has all tables, so that the machine is looked for in the same place.
var fuzzWant = []string{
	"proc/net/tcp", "proc/net/tcp6", "proc/net/udp", "proc/net/udp6", "proc/net/udplite", "proc/net/udplite6", "proc/net/raw",
	"proc/net/raw6", "proc/net/unix", "proc/net/route", "proc/net/ipv6_route", "proc/net/dev", "proc/net/if_inet6", "proc/net/snmp",
	"proc/net/igmp", "etc/services", "etc/hosts",
}
