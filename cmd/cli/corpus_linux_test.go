package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// statTrees lists the machines of the corpus, by name, and makes trees of loose
// files.
func statTrees(t *testing.T) map[string]string {
	t.Helper()
	root := fixtures.Corpus(t)
	all := make(map[string]string)
	for _, pattern := range []string{"*/*/proc/net", "*/*/again/proc/net", "*/*/proc/*/net/snmp"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range found {
			if filepath.Base(dir) == "snmp" {
				dir = filepath.Dir(dir)
			}
			name, _ := filepath.Rel(root, dir)
			all[strings.TrimSuffix(name, "/proc/net")] = strings.TrimSuffix(dir, "/proc/net")
			if !strings.HasSuffix(dir, "/proc/net") {
				all[name] = linked(t, map[string]string{"proc/net": dir})
			}
		}
	}
	loose := filepath.Join(root, "public", "pcp-snmp-files")
	for _, version := range []string{"2.6.32", "3.19.0", "5.14.0", "5.14.7"} {
		files := map[string]string{"proc/net/snmp": filepath.Join(loose, "procnet-snmp-"+version)}
		if six := filepath.Join(loose, "procnet-snmp6-"+version); exists(six) {
			files["proc/net/snmp6"] = six
		}
		all["pcp "+version] = linked(t, files)
	}
	all["pcp"] = linked(t, map[string]string{
		"proc/net/snmp": filepath.Join(loose, "proc_net_snmp"), "proc/net/netstat": filepath.Join(loose, "proc_net_netstat"),
	})
	return all
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// linked makes a tree of copies: what is bound over /proc must be a directory
// of its own.
func linked(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, from := range files {
		to := filepath.Join(dir, name)
		if fi, err := os.Stat(from); err == nil && fi.IsDir() {
			if err := os.CopyFS(to, os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		data, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
