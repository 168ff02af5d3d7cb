package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
)

// plant makes connections between the machines of a lab, with a fault in most of them:
// those of planted, each on a port of its own, and if the router can do NAT also those of
// plantedNAT.
func (l *lab) plant() (nat bool) {
	l.t.Helper()
	for _, port := range []string{"5000", "5001", "5002", "5003", "5004", "5005", "5007", "5013", "5017"} {
		l.do("server listen 0.0.0.0:" + port)
	}
	connect := func(port, from, to string) {
		l.do("client dial "+from+" "+to+":"+port+" c"+port, "server accept 0.0.0.0:"+port+" s"+port)
	}
	connect("5000", "10.9.1.2", "10.9.2.2")
	connect("5001", "10.9.1.2", "10.9.2.2")
	connect("5002", "10.9.1.2", "10.9.2.3")
	connect("5003", "10.9.1.4", "10.9.2.4")
	connect("5013", "10.9.1.4", "10.9.2.4")
	connect("5004", "10.9.1.2", "10.9.2.2")
	if nat = l.nat(); nat {
		connect("5007", "10.9.1.2", "10.9.2.2")
		connect("5017", "10.9.1.2", "10.9.2.2")
		l.do("client fill c5017")
	}
	l.do(
		"client fill c5001",                                                   // nobody reads
		"router run ip route add blackhole 10.9.2.3/32", "client write c5002", // the route is dropped
		// Killed without a FIN that arrives: the server has no route back.
		"server run ip route add blackhole 10.9.1.4/32", "server reset s5003", "server reset s5013", "client write c5003",
		"client shut c5004", // and the server does not close
		"router run ip route add blackhole 10.9.2.5/32", "client dialing 10.9.1.2 10.9.2.5:5005", "client dialing 10.9.1.2 10.9.2.5:5999",
		"server deaf 5006", "client dial 10.9.1.2 10.9.2.2:5006 c5006", "client write c5006", "client dialing 10.9.1.2 10.9.2.2:5006",
		"server udp 10.9.2.2:5008", "client dial 10.9.1.2 10.9.2.2:5008 u5008 udp", "client dial 10.9.1.2 10.9.2.2:5018 u5018 udp",
	)
	return nat
}

// nat has the router change the addresses of connections to ports 5007 and 5017, if it
// can.
func (l *lab) nat() bool {
	rules := "add table ip coldstat; add chain ip coldstat out { type nat hook postrouting priority 100 ; }; " +
		"add rule ip coldstat out tcp dport { 5007, 5017 } snat to 10.9.2.1:20000-20099"
	file := filepath.Join(l.t.TempDir(), "rules")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(rules, "; add", "\nadd")+"\n"), 0o644); err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.ask("router run nft -f " + file); err != nil {
		if os.Getenv("REQUIRE_NAMESPACES") == "1" {
			l.t.Fatalf("NAT is required: %v", err)
		}
		l.t.Logf("without NAT: %v", err)
		return false
	}
	return true
}

// settle waits until the faults show in the tables: the retransmissions take their time.
func (l *lab) settle(nat bool) {
	l.t.Helper()
	hex := func(port int) string { return fmt.Sprintf(":%04X ", port) }
	wanted := map[string]*regexp.Regexp{
		"repeated data": regexp.MustCompile(hex(5002) + `01 [0-9A-F]{8}:[0-9A-F]{8} 01:[0-9A-F]{8} 0000000[1-9]`),
		"half-open":     regexp.MustCompile(hex(5003) + `01 [0-9A-F]{8}:[0-9A-F]{8} 01:[0-9A-F]{8} 0000000[1-9]`),
		"SYN":           regexp.MustCompile(hex(5005) + `02 [0-9A-F]{8}:[0-9A-F]{8} 01:[0-9A-F]{8} 0000000[1-9]`),
		"other SYN":     regexp.MustCompile(hex(5999) + `02 [0-9A-F]{8}:[0-9A-F]{8} 01:[0-9A-F]{8} 0000000[1-9]`),
		"queued SYN":    regexp.MustCompile(hex(5006) + `02 [0-9A-F]{8}:[0-9A-F]{8} 01:[0-9A-F]{8} 0000000[1-9]`),
		"full":          regexp.MustCompile(hex(5001) + `01 0000[0-9A-F]{4}:[0-9A-F]{8} 04`),
		"closed":        regexp.MustCompile(hex(5004) + `05 `),
	}
	if nat {
		wanted["full through NAT"] = regexp.MustCompile(hex(5017) + `01 0000[0-9A-F]{4}:[0-9A-F]{8} 04`)
	}
	deadline := time.Now().Add(15 * time.Second)
	for {
		table := l.table("client", "tcp")
		missing := ""
		for name, pattern := range wanted {
			if !pattern.MatchString(table) {
				missing = name
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			l.t.Fatalf("%s does not show:\n%s", missing, table)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// capture takes what the tests need of a machine.
func (l *lab) capture(who, name string) *fixtures.Host {
	l.t.Helper()
	h := fixtures.NewHost(map[string]string{
		"proc/sys/kernel/hostname": name + "\n", "date": time.Now().UTC().Format("Mon Jan _2 15:04:05 UTC 2006") + "\n",
		"etc/services": "demo 5000/tcp\n",
	})
	for _, file := range []string{"tcp", "tcp6", "udp", "udp6", "raw", "raw6", "fib_trie", "if_inet6", "snmp", "nf_conntrack"} {
		if text, err := os.ReadFile("/proc/" + l.pids[who] + "/net/" + file); err == nil {
			h.Set("proc/net/"+file, string(text))
		}
	}
	for _, file := range []string{"uptime", "sys/kernel/random/boot_id"} {
		if text, err := os.ReadFile("/proc/" + file); err == nil {
			h.Set("proc/"+file, string(text))
		}
	}
	dir := "/proc/" + l.pids[who] + "/fd"
	links, _ := os.ReadDir(dir)
	for _, link := range links {
		if target, err := os.Readlink(filepath.Join(dir, link.Name())); err == nil && strings.HasPrefix(target, "socket:") {
			h.Set("proc/77/fd/"+link.Name(), target+"\n") // as collectors do that cannot store such links
		}
	}
	return h.Set("proc/77/cmdline", "/usr/sbin/"+who+"d")
}

// TestPeersLive: the faults that are planted between real machines are found, each at the
// connection that has it, and there are no others.
func TestPeersLive(t *testing.T) {
	l := newLab(t)
	nat := l.plant()
	l.settle(nat)
	hosts := map[string]*fixtures.Host{
		"web1": l.capture("client", "web1"), "gw1": l.capture("router", "gw1"), "db1": l.capture("server", "db1"),
	}
	through := map[uint64][]string{}
	if nat {
		through = plantedNAT
		if !strings.Contains(string(hosts["gw1"].Files["proc/net/nf_conntrack"]), "dport=5017") {
			through = hiddenNAT // only root may read that file
		}
	}
	checkPlanted(t, hosts, through)
	if *update && nat {
		for name, h := range hosts {
			h.WriteDir(t, filepath.Join(plantedDir(t), name))
		}
	}
}
