package cli

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// TestLimitsAgree: README's table and the help have each limit that can be set, with
// its default, and each default is a value that can be typed.
func TestLimitsAgree(t *testing.T) {
	help := strings.Join(strings.Fields(helpText()), " ")
	for _, limit := range bundle.LimitList() {
		value := limit.Text(limit.Default)
		if row := fmt.Sprintf("| `%s`: %s | %s |", limit.Name, limit.What, value); !strings.Contains(readme(t), row) {
			t.Errorf("README has no row %q", row)
		}
		if text := limit.Name + "=" + value + " for " + limit.What; !strings.Contains(help, text) {
			t.Errorf("the help does not say %q", text)
		}
		var set, byDefault bundle.Limits
		if err := set.Set(limit.Name, value); err != nil {
			t.Errorf("--limit %s=%s: %v", limit.Name, value, err)
		}
		if err := byDefault.Set(limit.Name, fmt.Sprint(limit.Default)); err != nil || set != byDefault {
			t.Errorf("%s=%s is %+v, %d is %+v (%v)", limit.Name, value, set, limit.Default, byDefault, err)
		}
	}
}

// TestLimitErrors pins what is said about wrong limits.
func TestLimitErrors(t *testing.T) {
	for _, tc := range []struct{ value, want string }{
		{"memory=1", `"memory" is none of members, member, held, names, archives, unpacked, ratio`},
		{"held", `"held" is no NAME=VALUE`},
		{"held=1,", `"" is no NAME=VALUE`},
		{"held=", `held takes a size such as 1500000, 512M or 2GiB, and not ""`},
		{"held=12XB", `held takes a size such as 1500000, 512M or 2GiB, and not "12XB"`},
		{"held=1i", `held takes a size such as 1500000, 512M or 2GiB, and not "1i"`},
		{"held=G", `held takes a size such as 1500000, 512M or 2GiB, and not "G"`},
		{"held=-1", `held takes a size such as 1500000, 512M or 2GiB, and not "-1"`},
		{"held=1.5G", `held takes a size such as 1500000, 512M or 2GiB, and not "1.5G"`},
		{"held=0", `held must be at least 1`},
		{"held=99999999999999999999", `held=99999999999999999999 is too large`},
		{"held=9999999999T", `held=9999999999T is too large`},
		{"ratio=1K", `ratio takes a number, and not "1K"`},
		{"members=+5", `members takes a number, and not "+5"`},
	} {
		stdout, stderr, code := ours("-tan", "--limit", tc.value, "nothing")
		want := "coldstat: error: option '--limit' has a wrong argument: " + tc.want + "\ncoldstat: hint: coldstat --help lists the options\n"
		if stdout != "" || stderr != want || code != exitUsage {
			t.Errorf("--limit %s: exit %d, stdout %q, stderr\n got %s\nwant %s", tc.value, code, stdout, stderr, want)
		}
	}
}

// TestLimitReached: each limit, when it is reached, is told, with how to raise it and
// with an exit status; raised, it is not.
func TestLimitReached(t *testing.T) {
	capture := filepath.Join(fixtures.Root(t), "testdata", "captures", "lab-c.tar.gz")
	for _, tc := range []struct {
		limit, raised string
		code          int
		want          string
	}{
		{"members=5", "members=5000", exitDamaged, "it has more than 5 members, the rest is not read (--limit members=NUMBER raises it)"},
		{"member=100", "member=1M", exitDamaged, "the limit for one member held in memory is reached; unpack the archive, a directory or a plain tar is read in place (--limit member=SIZE raises it)"},
		{"held=100", "held=10MiB", exitDamaged, "the limit for members held in memory is reached; unpack the archive, a directory or a plain tar is read in place (--limit held=SIZE raises it)"},
		{"names=10K", "names=10MB", exitDamaged, "the limit for names held in memory is reached; unpack the archive, a directory is read in place (--limit names=SIZE raises it)"},
		{"unpacked=20K", "unpacked=1G", exitDamaged, "the limit for decompressed data is reached, the rest is not read; if the bundle is no decompression bomb, unpack it into a directory and name that (--limit unpacked=SIZE raises it)"},
	} {
		_, stderr, code := ours("-an", "--limit", tc.limit, capture)
		if code != tc.code || !strings.Contains(stderr, tc.want) {
			t.Errorf("--limit %s: exit %d, want %d; stderr\n got %s\nwant %s", tc.limit, code, tc.code, stderr, tc.want)
		}
		if _, stderr, code := ours("-an", "--limit", tc.raised, capture); code != exitOK || strings.Contains(stderr, "limit") {
			t.Errorf("--limit %s: exit %d, stderr %s", tc.raised, code, stderr)
		}
	}
}
