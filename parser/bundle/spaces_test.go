package bundle_test

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// spaced are machines with network namespaces, one for each way of storing them.
func spaced() map[string]*fixtures.Host {
	exec := "m/sos_commands/networking/"
	return map[string]*fixtures.Host{
		"sos, flat": fixtures.NewHost(map[string]string{
			"m/etc/hosts": "H", exec + "ip_-d_address": "own", exec + "ip_netns_exec_blue_ip_-d_address": "blue", exec + "ip_netns_exec_blue_ss_-peaonmi": "ss",
			exec + "ip_netns_exec_a_b_ip_address_show": "a_b", exec + "ip_netns_exec_nothing_iptables-save": "x",
		}),
		"sos, folders": fixtures.NewHost(map[string]string{
			"m/etc/hosts": "H", exec + "ip_-d_address": "own", exec + "namespaces/blue/ip_netns_exec_blue_ip_-d_address": "blue",
			exec + "namespaces/blue/ip_netns_exec_blue_ss_-peaonmi": "ss", exec + "namespaces/a_b/ip_netns_exec_a_b_ip_address_show": "a_b",
		}),
		"script": fixtures.NewHost(map[string]string{
			"m/etc/hosts": "H", "m/proc/net/tcp": "T", "m/cmd/ip_-d_address": "own", "m/netns/blue/cmd/ip_-d_address": "blue",
			"m/netns/blue/cmd/ss_-peaonmi": "ss", "m/netns/a_b/cmd/ip_-d_address": "a_b", "m/netns/a_b/proc/net/tcp": "T2",
		}),
		"AKS": fixtures.NewHost(map[string]string{
			"m/etc/hosts": "H", "m/proc/net/tcp": "T", "m/cmd/ip_-d_address": "own", "m/collect/ss.txt": "own ss",
			"m/collect/ip_netns_blue/ss.txt": "ss", "m/collect/ip_netns_a_b/ss.txt": "", "m/collect/ip_netns_blue/ip_link.json": "[]",
		}),
		"supportconfig": fixtures.NewHost(map[string]string{
			"m/proc.txt":         section(confFile, "/proc/net/tcp", "T"),
			"m/network.txt":      section("Command", "/sbin/ip addr", "own") + section(confFile, "/etc/hosts", "H"),
			"m/network-blue.txt": section("Command", "/sbin/ip addr", "blue") + section("Command", "/bin/ss -nap", "ss"),
			"m/network-a_b.txt":  section("Command", "/sbin/ip addr", "a_b"),
		}),
	}
}

// TestNamespaces: each has its own outputs, and nothing of what the machine's own
// namespace has; other files are the machine's.
func TestNamespaces(t *testing.T) {
	patterns := []string{"proc/net/tcp", "etc/hosts", "output/ip_address", "output/ss", "output/ip_link_json"}
	for name, h := range spaced() {
		for way, b := range openedWays(t, h, bundle.Options{Want: patterns, Namespaces: true}) {
			spaces := b.Namespaces()
			if got, want := spaceNames(spaces), []string{"a_b", "blue"}; !slices.Equal(got, want) {
				t.Errorf("%s, %s: namespaces %q, want %q", name, way, got, want)
				continue
			}
			blue := spaces[1]
			if got := trimmed(read(blue, "output/ss")); got != "ss" {
				t.Errorf("%s, %s: ss of blue is %q", name, way, got)
			}
			if name != "AKS" {
				if got := trimmed(read(blue, "output/ip_address")); got != "blue" {
					t.Errorf("%s, %s: ip of blue is %q", name, way, got)
				}
			}
			if got := trimmed(read(blue, "etc/hosts")); got != "H" {
				t.Errorf("%s, %s: hosts of blue is %q", name, way, got)
			}
			for _, file := range []string{"proc/net/tcp", "output/lsof", "sys/class/net/eth0/mtu"} {
				if _, err := fs.Stat(blue, file); err == nil {
					t.Errorf("%s, %s: blue has %s", name, way, file)
				}
			}
			if got := trimmed(read(b, "output/ip_address")); got != "own" {
				t.Errorf("%s, %s: the machine's own ip is %q", name, way, got)
			}
		}
	}
}

// TestProcessNamespaces: a whole copy of /proc has tables of each process; links
// tell which are of another namespace, and differing contents do not.
func TestProcessNamespaces(t *testing.T) {
	h := fixtures.NewHost(map[string]string{
		"proc/1/net/tcp": "one", "proc/20/net/tcp": "twenty", "proc/30/net/tcp": "thirty", "proc/31/net/tcp": "thirtyone", "proc/40/net/tcp": "forty",
		"proc/40/ns/net": "net:[4026532001]\n", "proc/50/ns/net": "net:[4026532002]", "etc/hosts": "H",
	})
	h.Link("proc/net", "self/net").Link("proc/self", "20")
	for pid, number := range map[string]string{"1": "4026531840", "20": "4026531840", "30": "4026532000", "31": "4026532000"} {
		h.Link("proc/"+pid+"/ns/net", "net:["+number+"]")
	}
	for way, b := range openedWays(t, h, bundle.Options{Want: []string{"proc/net/tcp", "proc/*/ns/*", "etc/hosts"}, Namespaces: true}) {
		spaces := b.Namespaces()
		if got, want := spaceNames(spaces), []string{"4026532000", "4026532001"}; !slices.Equal(got, want) {
			t.Fatalf("%s: namespaces %q, want %q", way, got, want)
		}
		other := spaces[0]
		own, _ := b.ReadLink("proc/self/ns/net")
		if got := read(b, "proc/net/tcp") + " " + read(other, "proc/net/tcp") + " " + read(other, "etc/hosts") + " " + own; got != "twenty thirty H net:[4026531840]" {
			t.Errorf("%s: %q", way, got)
		}
		if link, err := fs.ReadLink(other, "proc/self/ns/net"); link != "net:[4026532000]" {
			t.Errorf("%s: its own link is %q, %v", way, link, err)
		}
	}
	delete(h.Links, "proc/20/ns/net")
	for way, b := range openedWays(t, h, bundle.Options{}) {
		if got := b.Namespaces(); len(got) > 0 {
			t.Errorf("%s: namespaces %v although that of proc/net is not known", way, got)
		}
	}
}

// openedWays opens the files as archives of several kinds and as a directory.
func openedWays(t *testing.T, h *fixtures.Host, o bundle.Options) map[string]*bundle.Bundle {
	t.Helper()
	opened := map[string]*bundle.Bundle{}
	for _, w := range ways() {
		b, err := w.open(t, h.Tar(t, fixtures.TarOptions{}), o)
		if err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		opened[w.name] = b
	}
	b, err := bundle.Open(h.WriteDir(t, t.TempDir()), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	opened["directory"] = b
	return opened
}

func spaceNames(spaces []bundle.Namespace) (names []string) {
	for _, s := range spaces {
		names = append(names, s.Name)
	}
	return names
}

func trimmed(text string) string {
	for len(text) > 0 && text[len(text)-1] == '\n' {
		text = text[:len(text)-1]
	}
	return text
}

// TestObfuscated: by the names that the programs give, and by what they write.
func TestObfuscated(t *testing.T) {
	for _, tc := range []struct{ bundle, dir, hosts, want string }{
		{"x.tar", "sosreport-web1/", "10.0.0.1 web1\n", ""},
		{"dir/sosreport-host0-2026-obfuscated.tar.xz", "m/", "", "sos clean"},
		{"x.tar", "sosreport-host0-obfuscated/", "", "sos clean"},
		{"x.tar", "m/", "100.0.0.1 host0.obfuscateddomain0.com host0\n", "sos clean"},
		{"scc_host_0_240419_0503_scrubbed.txz", "m/", "", "supportutils-scrub"},
		{"obfuscated/x.tar", "m/", "", ""},
	} {
		h := fixtures.NewHost(map[string]string{"proc/net/tcp": "T", "etc/hosts": tc.hosts})
		b, err := viaStream(h.Tar(t, fixtures.TarOptions{Prefix: tc.dir}), bundle.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Obfuscated(tc.bundle); got != tc.want {
			t.Errorf("%s with %s: %q, want %q", tc.bundle, tc.dir, got, tc.want)
		}
	}
}
