package parser_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser"
)

// edited is a capture whose files were changed by hand: errors and odd rows are
// what it is there for.
const edited = "public/prometheus-procfs-fixtures"

// corpusTable reads a table of one machine of the corpus.
func corpusTable(t *testing.T, host, file string, tb table) (res result, ok bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(fixtures.Corpus(t), host, "proc/net", file))
	if err != nil {
		return res, false
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if strings.Contains(host, "s390x") {
		order = binary.BigEndian
	}
	return tb.read(string(data), order), true
}

// TestCorpus: the tables of kernels from 2.6 to 6.18 have no row that cannot be
// read.
func TestCorpus(t *testing.T) {
	read := map[string]int{}
	for _, host := range fixtures.CorpusHosts(t) {
		for _, name := range append([]string{"packet", "netlink", "arp", "igmp", "igmp6", "sctp-eps", "sctp-assocs"}, fixtures.InetFiles...) {
			res, ok := corpusTable(t, host, strings.ReplaceAll(name, "-", "/"), tableNamed(t, name))
			if !ok || host == edited {
				continue
			}
			if len(res.errs) > 0 {
				t.Errorf("%s: %s: errors %q", host, name, res.texts())
			}
			read[name] += len(res.rows)
		}
	}
	for name, least := range map[string]int{"packet": 5, "netlink": 200, "arp": 50, "igmp": 20, "igmp6": 50, "sctp-eps": 1, "sctp-assocs": 2, "tcp": 15_000, "udp": 100} {
		if read[name] < least {
			t.Errorf("%s: %d rows, want at least %d", name, read[name], least)
		}
	}
}

// TestCorpusTails: real rows have all columns behind the inode that their kernel
// prints.
func TestCorpusTails(t *testing.T) {
	old := []string{"public/arm720t-D2000", "public/rhel5-shreyash-Webpage"} // before 2.6.27
	for _, host := range fixtures.CorpusHosts(t) {
		if host == edited {
			continue
		}
		for _, name := range fixtures.InetFiles {
			res, _ := corpusTable(t, host, name, tableNamed(t, name))
			tcp := strings.HasPrefix(name, "tcp")
			for i, row := range res.rows {
				s := row.(parser.InetSocket)
				bucket := s.Timer == parser.TimerTimeWait || s.State == parser.SynRecv
				drops := !tcp && host != old[0] && host != old[1]
				if !s.RefCount.Known() || s.CongestionWindow.Known() != (tcp && !bucket) || s.Drops.Known() != drops {
					t.Fatalf("%s: %s:%d: %+v", host, name, res.lines[i], s)
				}
			}
		}
	}
}
