package diff_test

import (
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/diff"
)

// moment is a capture with what tells its time; empty is not in it. requests is a counter.
type moment struct{ host, date, uptime, boot, requests string }

func (m moment) capture() *fixtures.Host {
	h := fixtures.NewHost(map[string]string{"proc/net/tcp": tcpHead})
	for name, text := range map[string]string{
		"proc/sys/kernel/hostname": m.host, "date": m.date, "proc/uptime": m.uptime, bootFile: m.boot,
	} {
		if text != "" {
			h.Set(name, text+"\n")
		}
	}
	if m.requests != "" {
		h.Set("proc/net/snmp", "Ip: InReceives\nIp: "+m.requests+"\n")
	}
	return h
}

const tcpHead = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

// TestClock: whole texts of what is said of the time between two captures, and of the
// counter whether it has a delta and a rate.
func TestClock(t *testing.T) {
	const (
		early, late = "Fri Jan  2 10:00:00 UTC 2026", "Fri Jan  2 10:05:00 UTC 2026"
		a, b        = "6e8b8c5c-3a0a-4c0e-9a53-0d1c6d7e8f90", "11111111-2222-3333-4444-555555555555"
	)
	for _, tc := range []struct {
		name     string
		old, new moment
		want     string
	}{
		{
			"same boot by its id, time by uptime", moment{"web1", early, "1000.50 1", a, "100"}, moment{"web1", late, "1310.75 1", a, "720"},
			`OLD is a.tgz (web1, 2026-01-02T10:00:00Z, up 16m 40s); NEW is b.tgz (web1, 2026-01-02T10:05:00Z, up 21m 50s); 5m 10s between them by uptime; same boot
delta 620 at 1.998 a second
`,
		},
		{
			"same boot, but the host was renamed", moment{host: "web1", boot: a, requests: "100"}, moment{host: "web2", boot: a, requests: "200"},
			`OLD is a.tgz (web1); NEW is b.tgz (web2); time between them not known; same boot
delta 100
`,
		},
		{
			"another boot id", moment{"web1", early, "1000.50 1", a, "100"}, moment{"web1", late, "1310.75 1", b, "720"},
			`OLD is a.tgz (web1, 2026-01-02T10:00:00Z, up 16m 40s); NEW is b.tgz (web1, 2026-01-02T10:05:00Z, up 21m 50s); 5m between them by date; another boot
warning: the machine was started again between the captures, as the boot ids say: counters have no delta
no delta: reboot
`,
		},
		{
			"started again by uptime and date", moment{"", early, "1000.50 1", "", "100"}, moment{"", late, "60.00 1", "", "720"},
			`OLD is a.tgz (2026-01-02T10:00:00Z, up 16m 40s); NEW is b.tgz (2026-01-02T10:05:00Z, up 1m); 5m between them by date; another boot
warning: the machine was started again between the captures, as the uptime of 16m 40s and 1m and the dates say: counters have no delta
no delta: reboot
`,
		},
		{
			"started again for longer than before", moment{"", early, "10 1", "", "100"}, moment{"", late, "60 1", "", "720"},
			`OLD is a.tgz (2026-01-02T10:00:00Z, up 10s); NEW is b.tgz (2026-01-02T10:05:00Z, up 1m); 5m between them by date; another boot
warning: the machine was started again between the captures, as the uptime of 10s and 1m and the dates say: counters have no delta
no delta: reboot
`,
		},
		{
			"same boot by uptime and date", moment{"", early, "10 1", "", "100"}, moment{"", late, "310 1", "", "720"},
			`OLD is a.tgz (2026-01-02T10:00:00Z, up 10s); NEW is b.tgz (2026-01-02T10:05:00Z, up 5m 10s); 5m between them by uptime; same boot, by uptime and date
delta 620 at 2.067 a second
`,
		},
		{
			"a clock that was set is no boot", moment{"", early, "100 1", "", "100"}, moment{"", late, "250 1", "", "720"},
			`OLD is a.tgz (2026-01-02T10:00:00Z, up 1m 40s); NEW is b.tgz (2026-01-02T10:05:00Z, up 4m 10s); 2m 30s between them by uptime; same boot, by uptime and date
delta 620 at 4.133 a second
`,
		},
		{
			"swapped, by uptime", moment{"", "", "900000 1", a, "720"}, moment{"", "", "10 1", a, "100"},
			`OLD is a.tgz (up 10d 10h); NEW is b.tgz (up 10s); same boot
warning: OLD is newer than NEW by uptime: counters have no delta; for the other direction: coldstat diff NEW OLD
no delta: swapped
`,
		},
		{
			"swapped, by date, and yet counters grew toward the older one", moment{"", late, "", "", "720"}, moment{"", early, "", "", "800"},
			`OLD is a.tgz (2026-01-02T10:05:00Z); NEW is b.tgz (2026-01-02T10:00:00Z); another boot
warning: the machine was started again between the captures, as most counters fell: counters have no delta
warning: OLD is newer than NEW by date: counters have no delta; for the other direction: coldstat diff NEW OLD
no delta: reboot
`,
		},
		{
			"swapped, by date: counters that fall say so too, and are no boot", moment{"", late, "", "", "720"}, moment{"", early, "", "", "100"},
			`OLD is a.tgz (2026-01-02T10:05:00Z); NEW is b.tgz (2026-01-02T10:00:00Z)
warning: OLD is newer than NEW by date: counters have no delta; for the other direction: coldstat diff NEW OLD
no delta: swapped
`,
		},
		{
			"uptime alone fell", moment{uptime: "900 1", requests: "100"}, moment{uptime: "10 1", requests: "720"},
			`OLD is a.tgz (up 15m); NEW is b.tgz (up 10s); time between them not known; another boot
warning: the machine was started again between the captures, as the uptime fell from 15m to 10s: counters have no delta; or the captures are in the wrong order: coldstat diff NEW OLD
no delta: reboot
`,
		},
		{
			"counters alone fell", moment{requests: "720"}, moment{requests: "100"},
			`OLD is a.tgz; NEW is b.tgz; time between them not known; another boot
warning: the machine was started again between the captures, as most counters fell: counters have no delta; or the captures are in the wrong order: coldstat diff NEW OLD
no delta: reboot
`,
		},
		{
			"nothing tells the time", moment{requests: "100"}, moment{requests: "720"},
			`OLD is a.tgz; NEW is b.tgz; time between them not known
delta 620
`,
		},
		{
			"a date that is no point in time", moment{date: "Fri Jan  2 10:00:00 CET 2026", requests: "100"}, moment{date: late, requests: "720"},
			`OLD is a.tgz (Fri Jan  2 10:00:00 CET 2026); NEW is b.tgz (2026-01-02T10:05:00Z); time between them not known
delta 620
`,
		},
		{
			"two machines", moment{"web1", early, "1000 1", a, "100"}, moment{"web2.example.com", late, "1300 1", b, "720"},
			`OLD is a.tgz (web1, 2026-01-02T10:00:00Z, up 16m 40s); NEW is b.tgz (web2.example.com, 2026-01-02T10:05:00Z, up 21m 40s); 5m between them by date
warning: these are two machines, web1 and web2.example.com: counters have no delta, and what is said of sockets is what the two do not have in common
no delta: other machine
`,
		},
		{
			"one machine with and without its domain", moment{host: "Web1", requests: "100"}, moment{host: "web1.example.com", requests: "720"},
			`OLD is a.tgz (Web1); NEW is b.tgz (web1.example.com); time between them not known
delta 620
`,
		},
		{
			"no time between", moment{"", early, "10.00 1", a, "100"}, moment{"", early, "10.00 1", a, "720"},
			`OLD is a.tgz (2026-01-02T10:00:00Z, up 10s); NEW is b.tgz (2026-01-02T10:00:00Z, up 10s); no time between them; same boot
delta 620
`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := compare(tc.old.capture(), tc.new.capture(), false)
			got := r.Summary + "\n" + said(r) + counted(r)
			if got != tc.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

// counted tells of the only counter.
func counted(r *diff.Result) string {
	if len(r.Counters) != 1 {
		return "no counter, or several\n"
	}
	return told(&r.Counters[0]) + "\n"
}

// TestDuration: times as people read them.
func TestDuration(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "0s", 0.25: "0.25s", 59.99: "59.99s", 59.999: "1m", 60: "1m", 61.5: "1m 1s", 3600: "1h", 3659: "1h", 3660: "1h 1m", 86399: "23h 59m", 90000: "1d 1h", 1e9: "11574d 1h",
	} {
		if got := diff.Duration(seconds); got != want {
			t.Errorf("%v s is %q, want %q", seconds, got, want)
		}
	}
	if got := diff.Duration(1 << 53); !strings.HasSuffix(got, "h") && !strings.HasSuffix(got, "d") {
		t.Errorf("the longest is %q", got)
	}
}
