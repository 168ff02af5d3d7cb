package names

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// TestFind: the numbers of names, aliases included, as glibc reads the files.
func TestFind(t *testing.T) {
	root := fstest.MapFS{
		"etc/services":  {Data: []byte("ssh 22/tcp\nhttp 80/tcp www web # x\nhttp 8080/tcp\ndomain 53/udp\nbad x/tcp www\nssh 99/sctp\n#ssh 23/tcp\n")},
		"etc/protocols": {Data: []byte("icmp 1 ICMP\n")},
		"etc/hosts":     {Data: []byte("10.0.0.1 db1.example.com db1\n::1 localhost\n127.0.0.1 localhost\nx db1\n10.0.0.2 DB1\n10.0.0.1 db1\n::ffff:10.0.0.3 db1\n")},
		"etc/passwd":    {Data: []byte("root:x:0:0:\ntoor:x:0:0:\nroot:x:7:7:\nbad:x:y:0:\n")},
	}
	for _, tc := range []struct {
		name   string
		root   fs.FS
		source Source
		want   Wanted
		found  string
	}{
		{"services", root, Auto, Wanted{Services: []string{"ssh", "www", "http", "domain", "nosuch", "bad"}}, "tcp map[http:[80 8080] ssh:[22] www:[80]] udp map[domain:[53]]"},
		{"protocols", root, Auto, Wanted{Services: []string{"ICMP", "icmp"}}, "protocols map[ICMP:[1] icmp:[1]]"},
		{"hosts", root, Auto, Wanted{Hosts: []string{"db1", "LOCALHOST", "db1.example.com", "web"}}, "hosts map[LOCALHOST:[::1 127.0.0.1] db1:[10.0.0.1 10.0.0.2 10.0.0.3] db1.example.com:[10.0.0.1]]"},
		{"users", root, Auto, Wanted{Users: []string{"root", "toor", "bad", ""}}, "users map[root:0 toor:0]"},
		{"nothing", root, Auto, Wanted{}, ""},
		{"no files", fstest.MapFS{}, Bundle, Wanted{Services: []string{"ssh"}, Hosts: []string{"localhost"}, Users: []string{"root"}}, ""},
		{"built in", fstest.MapFS{}, Auto, Wanted{Services: []string{"ntp"}}, "udp map[ntp:[123]] builtin"},
		{"builtin on request", root, Builtin, Wanted{Services: []string{"ntp"}}, "udp map[ntp:[123]]"},
		{"none", root, None, Wanted{Services: []string{"ssh"}}, ""},
	} {
		f, problems := Find(tc.root, tc.source, tc.want)
		var parts []string
		add := func(name string, n int, m any) {
			if n > 0 {
				parts = append(parts, fmt.Sprint(name, " ", m))
			}
		}
		add("tcp", len(f.TCP), f.TCP)
		add("udp", len(f.UDP), f.UDP)
		add("protocols", len(f.Protocols), f.Protocols)
		add("hosts", len(f.Hosts), f.Hosts)
		add("users", len(f.Users), f.Users)
		if f.UsedBuiltin {
			parts = append(parts, "builtin")
		}
		if got := strings.Join(parts, " "); got != tc.found || problems != nil {
			t.Errorf("%s: %s, %v; want %s", tc.name, got, problems, tc.found)
		}
	}
}

// TestFindBounded: a hostile file cannot give a name any number of numbers.
func TestFindBounded(t *testing.T) {
	var hosts strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&hosts, "10.0.%d.%d x\n", i>>8, i&255)
	}
	f, problems := Find(fstest.MapFS{"etc/hosts": {Data: []byte(hosts.String())}}, Auto, Wanted{Hosts: []string{"x"}})
	const want = `[etc/hosts: "x" has more than 4096 numbers, the rest is not used]`
	if got := fmt.Sprint(problems); len(f.Hosts["x"]) != maxFound || got != want {
		t.Errorf("%d addresses, %s, want %s", len(f.Hosts["x"]), got, want)
	}
}

// TestFindLikeLoad: a name that a view shows for a number is found again.
func TestFindLikeLoad(t *testing.T) {
	table, _ := Load(fstest.MapFS{}, Builtin)
	n := 0
	for port := range 65536 {
		name, ok := table.TCPPort(uint16(port))
		if !ok {
			continue
		}
		n++
		if n%20 > 0 {
			continue
		}
		f, _ := Find(fstest.MapFS{}, Builtin, Wanted{Services: []string{name}})
		if len(f.TCP[name]) == 0 {
			t.Errorf("%s, which is %d, is not found", name, port)
		}
	}
	if n < 100 {
		t.Errorf("only %d services are built in", n)
	}
}
