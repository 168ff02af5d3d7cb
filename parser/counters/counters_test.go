package counters_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/counters"
)

// TestCatalogue checks the form of every entry.
func TestCatalogue(t *testing.T) {
	seen := make(map[[2]string]bool)
	for _, c := range counters.All() {
		name := c.Section + " " + c.Name
		if key := [2]string{c.Section, c.Name}; seen[key] {
			t.Errorf("%s stands twice in the list", name)
		} else {
			seen[key] = true
		}
		worded := !slices.Contains([]counters.Class{counters.Plain, counters.Hidden}, c.Class)
		if got := strings.Count(c.Sentence, "%d"); worded && got != 1 || !worded && c.Sentence != "" {
			t.Errorf("%s: sentence %q does not fit class %d", name, c.Sentence, c.Class)
		}
		for _, text := range []string{c.Meaning, c.Bad} {
			if strings.HasSuffix(text, ".") || strings.ContainsAny(text, "\n\t") {
				t.Errorf("%s: %q is no phrase", name, text)
			}
		}
		if c.Meaning == "" || c.Source == "" || c.Section == "" {
			t.Errorf("%s: section, meaning or source is missing", name)
		}
		if c.Bad != "" && !strings.HasPrefix(c.Bad, "when ") && !strings.HasPrefix(c.Bad, "if ") {
			t.Errorf("%s: bad %q", name, c.Bad)
		}
		if got, ok := counters.Find(c.Section, c.Name); !ok || got != c {
			t.Errorf("Find(%q, %q) = %v, %v", c.Section, c.Name, got, ok)
		}
	}
}

func TestFindMessageTypes(t *testing.T) {
	tests := []struct{ section, name, want string }{
		{"IcmpMsg", "InType3", "InType3: messages of type 3 (destination unreachable) received"},
		{"IcmpMsg", "OutType8", "OutType8: messages of type 8 (echo request) sent"},
		{"Icmp6", "Icmp6OutType135", "Icmp6OutType135: messages of type 135 (neighbour solicitation) sent"},
		{"IcmpMsg", "OutType69", "OutType69: messages of type 69 sent, which has no common use; bad when it grows: somebody probes this machine, or a program here sends what nobody expects"},
		{"IcmpMsg", "InType256", ""},
		{"IcmpMsg", "InType", ""},
		{"IcmpMsg", "Type3", ""},
		{"IcmpMsg", "InType-1", ""},
		{"Tcp", "InType3", ""},
		{"Tcp", "Nonsense", ""},
	}
	for _, tt := range tests {
		got, ok := counters.Find(tt.section, tt.name)
		if ok != (tt.want != "") || ok && got.Explain() != tt.want {
			t.Errorf("Find(%q, %q) = %q, %v, want %q", tt.section, tt.name, got.Explain(), ok, tt.want)
		}
	}
}

func TestNumber(t *testing.T) {
	c, _ := counters.Find("TcpExt", "TCPMemoryPressures")
	before, behind := c.Number()
	if before != "TCP ran low on memory " || behind != " times" {
		t.Errorf("got %q, %q", before, behind)
	}
}

// TestEveryNameHasAMeaning walks the captures for names of counters.
func TestEveryNameHasAMeaning(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "captures", "*.tar.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no captures of our own: %v", err)
	}
	names := 0
	for _, file := range files {
		names += checkArchive(t, file)
	}
	root := os.Getenv("COLDSTAT_CORPUS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	if _, err := os.Stat(root); err != nil {
		t.Logf("checked %d names of our own captures", names)
		t.Skipf("the folder of other captures is not there: %v", err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		names += check(t, filepath.ToSlash(path), f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("checked %d names", names)
}

func checkArchive(t *testing.T, file string) (names int) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names += check(t, h.Name, r)
	}
}

// check looks up the counters of a file, if its name says that it has some.
func check(t *testing.T, path string, r io.Reader) (names int) {
	t.Helper()
	decode := parser.SNMP
	base := filepath.Base(path)
	switch {
	case strings.HasSuffix(path, "sctp/snmp"):
		decode = parser.SCTPSNMP
	case strings.HasSuffix(path, "net/snmp"), strings.HasSuffix(path, "net/netstat"),
		strings.HasPrefix(base, "procnet-snmp-"), base == "proc_net_snmp", base == "proc_net_netstat":
	case strings.HasSuffix(path, "net/snmp6"), strings.HasPrefix(base, "procnet-snmp6-"):
		decode = parser.SNMP6
	default:
		return 0
	}
	for c, err := range decode(path, r, parser.Options{}) {
		if err != nil {
			t.Logf("%v", err)
			continue
		}
		if c.Name == "Mode:" {
			continue // of a tool that packed a fixture in text form
		}
		if _, ok := counters.Find(c.Section, c.Name); !ok {
			t.Errorf("%s:%d: %s %s has no meaning", path, c.Line, c.Section, c.Name)
		}
		names++
	}
	return names
}
