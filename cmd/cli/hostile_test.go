package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/words"
)

// unsafeText gives the first piece of a text that acts on a terminal or on the order
// of the text, or is no UTF-8; of control characters newlines, and those in allowed,
// may stand.
func unsafeText(text string, allowed ...rune) string {
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		control := (r < ' ' || r == 0x7f) && r != '\n'
		for _, a := range allowed {
			control = control && r != a
		}
		if control || words.UnsafeRune(r) || r == utf8.RuneError && size <= 1 {
			return text[i : i+size]
		}
	}
	return ""
}

// evil is a name that drives a terminal, reorders text, is no UTF-8, and means something
// in HTML, Markdown and spreadsheets. It has neither blank nor slash nor NUL.
const evil = "=\x1b[31m\x07\u202e\xff\u009b<b>&|`\u2028\x7f"

// evilHost has it in all places where a bundle has names: those of [fixtures.HostileHost]
// and names of files, of links and of what commands print. Without tables, outputs of
// commands stand in for them.
func evilHost(tables bool) *fixtures.Host {
	h := fixtures.HostileHost()
	if !tables {
		maps.DeleteFunc(h.Files, func(name string, _ []byte) bool { return strings.HasPrefix(name, "proc/net/") })
	}
	const net = "sos_commands/networking/"
	h.Set(net+"netstat_-W_-neopa", "Active Internet connections (servers and established)\n"+
		"Proto Recv-Q Send-Q Local Address           Foreign Address         State       User       Inode      PID/Program name     Timer\n"+
		"tcp        0      0 127.0.0.1:22            0.0.0.0:*               LISTEN      0          70001      12/"+evil+"            off (0.00/0/0)\n"+
		"tcp        0      0 "+evil+":22            0.0.0.0:*               LISTEN      0          70001      12/x            off (0.00/0/0)\n"+
		"Active UNIX domain sockets (servers and established)\n"+
		"Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path\n"+
		"unix  2      [ ACC ]     STREAM     LISTENING     71005    1/"+evil+"               /run/"+evil+"\n")
	h.Set(net+"ss_-peaonmi", "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n"+
		"tcp   LISTEN 0      128    127.0.0.1:22      0.0.0.0:*    users:((\""+evil+"\",pid=12,fd=3)) ino:70002 sk:1\n"+
		"u_str LISTEN 0      128    /run/"+evil+" 71006 * 0    users:((\""+evil+"\",pid=12,fd=3))\n")
	h.Set(net+"ip_-d_address", "1: "+evil+": <UP,"+evil+"> mtu 1500 qdisc noqueue state "+evil+" group default\n    link/ether 00:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    inet 10.0.0.5/24 scope global "+evil+"\n")
	h.Set(net+"ifconfig_-a", evil+": flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet 10.0.0.5  netmask 255.255.255.0\n")
	h.Set(net+"netstat_-i", "Kernel Interface table\nIface MTU RX-OK RX-ERR RX-DRP RX-OVR TX-OK TX-ERR TX-DRP TX-OVR Flg\n"+evil+" 1500 1 0 0 0 1 0 0 0 BMRU\n"+evil+" x\n")
	h.Set(net+"ip_route_show_table_all", "default via 10.0.0.1 dev "+evil+" proto "+evil+"\n"+evil+" dev x\n")
	h.Set(net+"route_-n", "Kernel IP routing table\nDestination Gateway Genmask Flags Metric Ref Use Iface\n0.0.0.0 10.0.0.1 0.0.0.0 UG 0 0 0 "+evil+"\n")
	h.Set("sos_commands/process/lsof_-b_M_-n_-l", "COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\n"+evil+" 12 0 3u IPv4 70003 0t0 TCP *:22\n")
	for _, name := range []string{"mtu", "flags", "operstate", "type", "address", "tx_queue_len"} {
		h.Set("sys/class/net/"+evil+"/"+name, evil+"\n")
	}
	h.Set("proc/sys/net/ipv6/conf/"+evil+"/mtu", evil)
	for _, name := range []string{
		"uname", "date", "hostname", "proc/version", "proc/cpuinfo", "proc/uptime", "proc/sys/kernel/osrelease", "proc/sys/kernel/random/boot_id",
		"sos_commands/date/date", "sos_commands/kernel/uname_-a", "sos_commands/systemd/timedatectl", "sos_commands/host/hostname",
	} {
		h.Set(name, "Linux "+evil+" "+evil+" "+evil+"\n")
	}
	h.Set(evil+"/"+evil, evil).Link("proc/net/"+evil, evil).Link("proc/4001/fd/9", "socket:["+evil+"]")
	delete(h.Files, "proc/net/udp")
	delete(h.Files, "proc/net/raw")
	h.Link("proc/net/udp", evil+"/udp").Link("proc/net/raw", "raw").Link("proc/4000/ns/net", "net:["+evil+"]")
	return h
}

// evilBundles are archives and directories of such machines, whole and damaged, alone
// and several in one, under such names themselves.
func evilBundles(t *testing.T) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, data, 0o644); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, at)
	}
	plain := evilHost(true).Tar(t, fixtures.TarOptions{Prefix: "sosreport-" + evil + "/"})
	outputs := evilHost(false).Tar(t, fixtures.TarOptions{Prefix: evil + "/"})
	write(evil+".tar", plain)
	write(evil+".tar.gz", fixtures.Gzip(t, outputs))
	write(evil+".zip", evilHost(true).Zip(t, evil+"/"))
	write("cut"+evil, plain[:len(plain)/2])
	write("end"+evil+".gz", fixtures.Gzip(t, plain[:len(plain)*9/10]))
	r := rand.New(rand.NewPCG(5, 5))
	for i := range 4 {
		damaged := fixtures.Mutate(r, plain, [][]byte{outputs})
		write(fmt.Sprintf("damaged%d%s", i, evil), damaged.Data)
	}
	several := fixtures.NewHost(map[string]string{
		evil + "/a" + evil + ".tar.gz": string(fixtures.Gzip(t, plain)), evil + "/b" + evil + ".tar": string(outputs),
		evil + "/c" + evil + ".tar.xz": "\xfd7zXZ\x00broken", evil + ".zip": "PK\x03\x04broken",
	})
	write("several"+evil, several.Tar(t, fixtures.TarOptions{}))
	write("text"+evil, []byte(evil+"\n"))
	write("7z"+evil, []byte("7z\xbc\xaf\x27\x1c\x00\x04"))
	if runtime.GOOS == "linux" { // where a file may have any name
		h := evilHost(true)
		// A directory has no loops and no links to nowhere, which a machine may have.
		paths = append(paths, h.WriteDir(t, filepath.Join(dir, "dir"+evil)))
	}
	return append(paths, filepath.Join(dir, "nowhere"+evil))
}

// evilViews are all views and formats, and what is refused.
func evilViews() [][]string {
	return slices.Concat(looseViews, [][]string{
		{"-tanpoeeW"}, {"-xapeW", "-v"}, {"-aev", "--netns", "all"}, {"-ae", "--host", evil}, {"-ae", "--netns", evil}, {"--kinds", "all", "--json", "--netns", "all"},
		{"--kinds", "unix", "--csv", "--csv-raw"}, {"--kinds", "interface", "--csv"}, {"--kinds", "route", "--format", "tsv"}, {"--kinds", "counter", "--csv"},
		{"--kinds", "unix", "--format", "table", "--wide"}, {"-s6", "--format", "table"}, {"-gn", "--format", "html"}, {"-iv"}, {"-rnv"}, {"-rnv6"}, {"-a", "--services", evil},
		{"--kinds", evil}, {"--columns", evil, "--json"}, {"--sort", evil, "--csv"}, {"--format", evil}, {"--" + evil}, {"-" + evil}, {"-A", evil}, {"--services", evil},
		{"--byte-order", evil}, {"-tan", "--output", evil + "/" + evil}, {"-tan", "--xz-command", evil}, {"slim", "-o", evil + "/" + evil}, {"schema", evil}, {"files", "--" + evil},
		{"triage", "--fail-on", "never", "--format", "sarif"}, {"top", "--by", evil}, {"top", "--rows", evil}, {"top", "--by", "host,netns"}, {"peers", "--kinds", evil}, {"peers", "--all", "--json"}, {"triage", "--rule", evil}, {"triage", "--explain", evil}, {"triage", "--config", evil}, {"triage", "--severity", evil},
	})
}

// TestHostileEverywhere: whatever the names in a bundle, of a bundle and on the command
// line are, no output and no message drives a terminal, reorders text or breaks UTF-8.
func TestHostileEverywhere(t *testing.T) {
	if unsafeText(evil) == "" {
		t.Fatal("the name does no harm")
	}
	var mu sync.Mutex
	shown := map[string]int{} // that the views show such names at all
	bundles := evilBundles(t)
	if testing.Short() {
		bundles = bundles[:4]
	}
	inSlots(runtime.GOMAXPROCS(0), bundles, func(bundle string) {
		counts := map[string]int{}
		for _, view := range evilViews() {
			args := append(slices.Clone(view), bundle)
			stdout, stderr, _ := ours(args...)
			if bad := unsafeText(stderr); bad != "" {
				t.Errorf("coldstat %q: stderr has %q in %q", args, bad, around(stderr, bad))
			}
			counts["stderr"] += strings.Count(stderr, `\x1b[31m`)
			if view[0] == "slim" {
				continue
			}
			allowed := []rune{}
			if slices.Contains(view, "tsv") {
				allowed = append(allowed, '\t')
			}
			if bad := unsafeText(stdout, allowed...); bad != "" {
				t.Errorf("coldstat %q: stdout has %q in %q", args, bad, around(stdout, bad))
			}
			if slices.Contains(view, "--json") && stdout != "" && !json.Valid([]byte(stdout)) {
				t.Errorf("coldstat %q: the JSON is not valid", args)
			}
			counts[strings.Join(view, " ")] += strings.Count(stdout, `\x1b[31m`) + strings.Count(stdout, `\u001b[31m`)
		}
		mu.Lock()
		defer mu.Unlock()
		for name, n := range counts {
			shown[name] += n
		}
	})
	for _, view := range []string{
		"stderr", "-tanp", "-aneopW", "-xap", "-ia", "-ie", "-r", "-g", "--kinds all --json", "--kinds all --format ndjson", "--kinds all --format markdown",
		"--kinds all --format html", "--kinds unix --format tsv", "--kinds interface --csv", "-a --format table", "files",
	} {
		if shown[view] == 0 {
			t.Errorf("%s shows no hostile name: the test does not reach it", view)
		}
	}
}

// around is the neighbourhood of a piece of a text.
func around(text, piece string) string {
	at := strings.Index(text, piece)
	return text[max(0, at-60):min(len(text), at+60)]
}

// TestHostileDirect: the same through a pipe, where the archive has no name.
func TestHostileDirect(t *testing.T) {
	data := evilHost(true).Tar(t, fixtures.TarOptions{Prefix: evil + "/"})
	for _, view := range evilViews() {
		var stdout, stderr bytes.Buffer
		Main(append(slices.Clone(view), "-"), Streams{In: bytes.NewReader(data), Out: &stdout, Err: &stderr, Width: 60, Color: false})
		if bad := unsafeText(stderr.String()); bad != "" {
			t.Errorf("coldstat %q: stderr has %q in %q", view, bad, around(stderr.String(), bad))
		}
		if bad := unsafeText(stdout.String(), '\t'); bad != "" && view[0] != "slim" {
			t.Errorf("coldstat %q: stdout has %q in %q", view, bad, around(stdout.String(), bad))
		}
	}
}
