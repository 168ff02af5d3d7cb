package render_test

import (
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/coldstat/coldstat/render"
)

// TestTriageText: what a rule says stands once behind all that it found, and those not
// checked for the same reason together.
func TestTriageText(t *testing.T) {
	got := string(triaged(t, "text", render.Options{Several: true}, plain))
	want := `==> web1.tar <==
web1, up 1 d 1 h

CRITICAL
T06  nginx (7) has 1,200 sockets in CLOSE_WAIT from local port 443
     in CLOSE_WAIT: 1,200 sockets (limit 1,000 sockets, threshold critical of T06)
     proc/net/tcp:2: tcp 1 0 10.0.0.1:443 10.0.1.1:5000 CLOSE_WAIT
     proc/net/tcp:3: tcp 1 0 10.0.0.1:443 10.0.1.2:5000 CLOSE_WAIT
     and 1198 more
     next: look at the program's error paths for a missing close(); until it is mended, a restart frees the sockets
T06  another one
     likely: one row could not be read; it may be nothing
     means: ` + rule("T06").Means + `
     next: look elsewhere

INFO
T03  listeners dropped
     drops: 0.25 per hour
     share: 12.5%
     proc/net/netstat: ListenDrops 7
     means: ` + rule("T03").Means + `
     next: ` + rule("T03").Do + `

2 critical, 0 warning, 1 info; 0 rules found nothing; hidden by --severity: 2

==> web2.tar <==
web2

NOT CHECKED
T03  connections that listeners dropped: proc/net/netstat is not in the bundle

0 critical, 0 warning, 0 info; 1 rule found nothing, 1 was not checked

==> what several hosts have <==
T06  critical on 2 of 2 hosts: sockets in CLOSE_WAIT that a program does not close (port 443): web1.tar, web2.tar
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestTriageWidth: on a terminal lines are broken at blanks, so that they fit, and no word
// is lost or cut; colours change nothing else.
func TestTriageWidth(t *testing.T) {
	whole := strings.Fields(string(triaged(t, "text", render.Options{Several: true}, plain)))
	for width := 10; width < 200; width += 7 {
		text := string(triaged(t, "text", render.Options{Several: true, Width: width}, plain))
		if got := strings.Fields(text); strings.Join(got, " ") != strings.Join(whole, " ") {
			t.Fatalf("%d columns have other words:\n%s", width, text)
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			heading := strings.HasPrefix(line, "==>") || strings.HasSuffix(line, " <==")
			if twwidth.Width(line) > width && width >= 80 && !heading {
				t.Errorf("%d columns: %q", width, line)
			}
		}
		colored := string(triaged(t, "text", render.Options{Several: true, Width: width, Color: true}, plain))
		if !strings.Contains(colored, "\x1b[31mCRITICAL\x1b[0m\n\x1b[31mT06\x1b[0m  ") {
			t.Errorf("no colour in %q", colored)
		}
		for _, code := range []string{"\x1b[31m", "\x1b[2m", "\x1b[33m", "\x1b[0m"} {
			colored = strings.ReplaceAll(colored, code, "")
		}
		if colored != text {
			t.Errorf("%d columns: colours change more than colours:\n%s\nand\n%s", width, colored, text)
		}
	}
}
