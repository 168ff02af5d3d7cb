package triage

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// counting are the files in which rules find counters.
var counting = regexp.MustCompile(`^proc/net/(snmp|netstat|snmp6|dev|softnet_stat)$`)

// justStarted is the host when it had counted nothing yet.
func justStarted(h *fixtures.Host) *fixtures.Host {
	h = h.Clone()
	for name, text := range h.Files {
		if !counting.MatchString(name) {
			continue
		}
		words := regexp.MustCompile(`([ \t])\d+\b`)
		if name == "proc/net/softnet_stat" {
			words = regexp.MustCompile(`(?m)^(?:[0-9a-f]{8} ){3}`)
			h.Files[name] = words.ReplaceAll(text, []byte("00000000 00000000 00000000 "))
			continue
		}
		h.Files[name] = words.ReplaceAll(text, []byte("${1}0"))
	}
	return h
}

func newHost(h *fixtures.Host) *Host {
	s := snapshot.Load(h.FS(), snapshot.ByteOrder{Order: binary.LittleEndian})
	return NewHost(s, rows.SourceOf(s, rows.Place{}), nil, nil)
}

// bare are findings without their evidence, and without since when they are.
func bare(r *Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s %s: %s", f.Severity, f.Rule.ID, f.Subject, sinceTheStart.Replace(strings.TrimPrefix(f.What, "within so long: ")))
		for _, g := range f.Figures {
			b.WriteString("; " + g.Text())
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestDelta: what a rule finds of counters since the start it finds of what was counted
// between a capture of that moment and one of now; and of a machine that counted nothing
// in between it finds nothing.
func TestDelta(t *testing.T) {
	fired := map[string]bool{}
	for _, tests := range ruleTests {
		for _, r := range DeltaRules() {
			for _, tc := range tests[r.ID].fires {
				if tc.config != "" || tc.obfuscated != "" {
					continue
				}
				host := tc.host
				if host.Files["proc/uptime"] == nil { // rates need one
					host = host.Clone().Set("proc/uptime", "36000.00 1.00\n")
				}
				now, start := newHost(host), newHost(justStarted(host))
				want := bare(Run(now, []*Rule{r}, nil))
				seconds, ok := now.Uptime()
				if !ok {
					continue
				}
				if got := bare(Run(NewDelta(start, now, seconds, "so long"), []*Rule{r}, nil)); got != want {
					t.Errorf("%s, %s: got:\n%s\nwant:\n%s", r.ID, tc.name, got, want)
				}
				if got := bare(Run(NewDelta(now, newHost(host), seconds, "so long"), []*Rule{r}, nil)); got != "" {
					t.Errorf("%s, %s: nothing was counted, and found:\n%s", r.ID, tc.name, got)
				}
				fired[r.ID] = true
			}
		}
	}
	for _, r := range DeltaRules() {
		if !fired[r.ID] {
			t.Errorf("%s was not tried", r.ID)
		}
	}
}

// TestDeltaFell: a counter that fell is not known, and nor are those of an interface or of
// a CPU that began again.
func TestDeltaFell(t *testing.T) {
	const dev = "Inter-|   Receive                                                |  Transmit\n" +
		" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n"
	host := func(drops, packets, processed int) *Host {
		return newHost(fixtures.NewHost(map[string]string{
			"proc/net/netstat":      fmt.Sprintf("TcpExt: ListenDrops PruneCalled\nTcpExt: %d 7\n", drops),
			"proc/net/dev":          fmt.Sprintf("%s  eth0: 9 %d 0 9 0 0 0 0 9 9 0 0 0 0 0 0\n", dev, packets),
			"proc/net/softnet_stat": fmt.Sprintf("%08x 00000005 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n", processed),
		}))
	}
	fell := NewDelta(host(10, 20, 30), host(9, 19, 29), 60, "1m")
	if _, ok := fell.Counter("TcpExt", "ListenDrops"); ok {
		t.Error("a counter that fell is known")
	}
	if c, ok := fell.Counter("TcpExt", "PruneCalled"); !ok || c.Value != 0 {
		t.Errorf("a counter that did not move is %v, %v", c.Value, ok)
	}
	if n := len(fell.Interfaces()) + len(fell.Softnets()); n != 0 {
		t.Errorf("%d interfaces and CPUs that began again", n)
	}
	grew := NewDelta(host(10, 20, 30), host(12, 50, 90), 60, "1m")
	if c, _ := grew.Counter("TcpExt", "ListenDrops"); c.Value != 2 || c.Text != "TcpExt: ListenDrops +2, from 10 to 12" {
		t.Errorf("ListenDrops is %+v", c)
	}
	if got := grew.Interfaces(); len(got) != 1 || Of(got[0].RxPackets) != 30 || Of(got[0].RxDropped) != 0 {
		t.Errorf("the interfaces are %+v", got)
	}
	if got := grew.Softnets(); len(got) != 1 || got[0].Processed != 60 || got[0].Dropped != 0 {
		t.Errorf("the CPUs are %+v", got)
	}
}
