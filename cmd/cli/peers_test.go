package cli

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/coldstat/coldstat/fixtures"
)

// planted are the faults between the machines of TestPeersLive, by the port of the service.
var planted = map[uint64][]string{
	5000: {"ok"},
	5001: {"reader-stopped"},
	5002: {"path"},
	5003: {"half-open"},
	5004: {"not-closed"},
	5005: {"path"},
	5006: {"not-accepted", "not-accepted"},
	5008: {"ok"},
	5013: {"half-open"},
	5018: {"no-listener"},
	5999: {"no-listener"},
}

// plantedNAT are those through NAT; hiddenNAT is what they are if it was not captured.
var (
	plantedNAT = map[uint64][]string{5007: {"ok"}, 5017: {"reader-stopped"}}
	hiddenNAT  = map[uint64][]string{5007: {"maybe-half-open", "maybe-half-open"}, 5017: {"maybe-half-open", "maybe-half-open"}}
)

// plantedDir has a directory for each machine, as TestPeersLive captured it once.
func plantedDir(t *testing.T) string {
	return filepath.Join(fixtures.Root(t), "testdata", "peers")
}

// hostsOf reads them.
func hostsOf(t *testing.T, dir string) map[string]*fixtures.Host {
	t.Helper()
	hosts := map[string]*fixtures.Host{}
	for _, name := range []string{"db1", "gw1", "web1"} {
		h := fixtures.NewHost(nil)
		root := os.DirFS(filepath.Join(dir, name))
		err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				h.Files[name], err = fs.ReadFile(root, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		hosts[name] = h
	}
	return hosts
}

// bundles writes each machine as an archive, and gives their names in the order of the
// machines' names.
func bundles(t *testing.T, hosts map[string]*fixtures.Host) (files []string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(hosts)) {
		file := filepath.Join(dir, name+".tar")
		if err := os.WriteFile(file, hosts[name].Tar(t, fixtures.TarOptions{Prefix: name + "/"}), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// A pairDocument is what the tests look at of --format json.
type pairDocument struct {
	Pair []struct {
		Verdict, Grade, Client, Server string
		Port                           uint64 `json:"service_port"`
		Why, NAT                       string
		ClientState                    string `json:"client_state"`
		ServerState                    string `json:"server_state"`
	}
	Talk []struct{ Connections, Faults, Doubts, Fine uint64 }
}

func pairsOf(t *testing.T, code int, args ...string) (d pairDocument, stderr string) {
	t.Helper()
	stdout, stderr, got := ours(append([]string{"peers", "--format", "json", "--all"}, args...)...)
	if got != code {
		t.Fatalf("exit %d, want %d; stderr %q", got, code, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), &d); err != nil {
		t.Fatal(err)
	}
	return d, stderr
}

// checkPlanted: each planted fault is found, and nothing else. through are the verdicts
// on connections through NAT.
func checkPlanted(t *testing.T, hosts map[string]*fixtures.Host, through map[uint64][]string) {
	t.Helper()
	want := maps.Clone(planted)
	maps.Copy(want, through)
	known := slices.Equal(through[5007], plantedNAT[5007])
	files := bundles(t, hosts)
	d, _ := pairsOf(t, exitFound, files...)
	got := map[uint64][]string{}
	for _, p := range d.Pair {
		got[p.Port] = append(got[p.Port], p.Verdict)
		if p.Client != "web1" && (known || through[p.Port] == nil || p.Client != "gw1") || p.Server != "db1" {
			t.Errorf("port %d is between %q and %q, want web1 and db1", p.Port, p.Client, p.Server)
		}
		if by := strings.HasPrefix(p.NAT, "gw1: "); by != (known && through[p.Port] != nil) {
			t.Errorf("port %d: NAT %q", p.Port, p.NAT)
		}
		if (p.Why == "") != (p.Verdict == "ok") {
			t.Errorf("port %d is %s: %q", p.Port, p.Verdict, p.Why)
		}
	}
	for port := range want {
		if !slices.Equal(got[port], want[port]) {
			t.Errorf("port %d is %q, want %q", port, got[port], want[port])
		}
	}
	for port := range got {
		if want[port] == nil {
			t.Errorf("port %d is %q, want nothing", port, got[port])
		}
	}
	if t.Failed() {
		stdout, _, _ := ours(append([]string{"peers", "--all"}, files...)...)
		t.Log(stdout)
	}
}

// TestPlantedFaults: what TestPeersLive captured once says the same anywhere.
func TestPlantedFaults(t *testing.T) {
	checkPlanted(t, hostsOf(t, plantedDir(t)), plantedNAT)
}

// TestPeersSchema: the document and the lines are what the schema says.
func TestPeersSchema(t *testing.T) {
	text, _, _ := ours("schema", "--format", "json")
	compiler := jsonschema.NewCompiler()
	value := func(text string) any {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if err := compiler.AddResource("coldstat.json", value(text)); err != nil {
		t.Fatal(err)
	}
	files := bundles(t, hostsOf(t, plantedDir(t)))
	stdout, _, _ := ours(append([]string{"peers", "--json", "--all"}, files...)...)
	if err := compiler.MustCompile("coldstat.json").Validate(value(stdout)); err != nil {
		t.Error(err)
	}
	line := compiler.MustCompile("coldstat.json#/$defs/line")
	stdout, _, _ = ours(append([]string{"peers", "--format", "ndjson"}, files[:1]...)...)
	n := 0
	for text := range strings.Lines(stdout) {
		n++
		if err := line.Validate(value(text)); err != nil {
			t.Errorf("%s%v", text, err)
		}
	}
	if n == 0 {
		t.Error("there are no lines")
	}
}

// TestHiddenNAT: nobody is accused because of NAT that no capture tells of.
func TestHiddenNAT(t *testing.T) {
	hosts := hostsOf(t, plantedDir(t))
	delete(hosts["gw1"].Files, "proc/net/nf_conntrack")
	checkPlanted(t, hosts, hiddenNAT)
	// Nor if the router is not captured at all.
	delete(hosts, "gw1")
	d, _ := pairsOf(t, exitFound, bundles(t, hosts)...)
	n := 0
	for _, p := range d.Pair {
		if hiddenNAT[p.Port] != nil {
			if n++; p.Verdict != "maybe-half-open" {
				t.Errorf("port %d is %s without the router: %s", p.Port, p.Verdict, p.Why)
			}
		}
	}
	if n != len(hiddenNAT) {
		t.Errorf("%d connections through NAT, want those of the client only, %d", n, len(hiddenNAT))
	}
}
