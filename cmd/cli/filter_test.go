package cli

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

// TestFilterSelectsAlike: netstat's layout and rows show the same sockets, by their
// inodes, and those are among what is shown without the filter.
func TestFilterSelectsAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	inLines := regexp.MustCompile(`(?m)^(?:tcp|udp|raw|sctp| {20}).* (\d+) *$`)
	inUnix := regexp.MustCompile(`(?m)^unix +\d+ +\[[A-Z ]*\] +[A-Z]+ +(?:[A-Z]+ +)?(\d+)`)
	inRows := regexp.MustCompile(`"inode":(\d+)`)
	inodes := func(re *regexp.Regexp, text string) (list []string) {
		for _, m := range re.FindAllStringSubmatch(text, -1) {
			list = append(list, m[1])
		}
		slices.Sort(list)
		return list
	}
	some := 0
	for range 3 {
		dir := fixtures.RandomHost(r).WriteDir(t, t.TempDir())
		run := func(args ...string) string {
			out, errs, code := ours(slices.Concat([]string{"--services=builtin", "-nW"}, args, []string{dir})...)
			if code == exitFailed || code == exitUsage {
				t.Fatalf("%q: exit %d, %s", args, code, errs)
			}
			return out
		}
		for _, options := range []string{"-tuUSwa", "-tuw", "-tuUSwl", "-xa", "-x"} {
			re, columns := inLines, "-e"
			if strings.Contains(options, "x") {
				re, columns = inUnix, "-n"
			}
			whole := inodes(re, run(options, columns))
			for _, text := range []string{
				"uid > 1000", "state listening", "not sport < 1000", "src 10.0.0.0/8 or recv-q > 0", "pid > 3 and not prog ~ ssh", "path ~ a", "exclude established type = stream",
				"sport > :ssh and not autobound", "dst != 10.0.0.0/8", "inode < 100000000 or timer = on", "state closed",
			} {
				name := fmt.Sprintf("%s -- %s", options, text)
				lines := inodes(re, run(options, columns, "--filter", text))
				rows := inodes(inRows, run(options, "--format", "ndjson", "--filter", text))
				if !slices.Equal(lines, rows) {
					t.Errorf("%s: %q, as rows %q", name, lines, rows)
				}
				if len(lines) > 0 && len(lines) < len(whole) {
					some++
				}
				if strings.Contains(text, "state") || strings.Contains(text, "exclude") {
					continue // that means -a
				}
				for _, inode := range lines {
					if !slices.Contains(whole, inode) {
						t.Errorf("%s shows %s, which is not shown without it", name, inode)
					}
				}
			}
		}
	}
	if some < 50 {
		t.Errorf("only %d filters select some and not all", some)
	}
}

// TestFilterArguments: what stands behind -- is a filter if something stands before it.
func TestFilterArguments(t *testing.T) {
	for _, tc := range []struct{ line, want string }{
		{"b -- autobound", "--filter autobound -- b"},
		{"-t b c -- state all", "-t --filter state all -- b c"},
		{"-- b", "-- b"},
		{"-t -- -b -c", "-t -- -b -c"},
		{"-- b -- not autobound", "--filter not autobound -- b"},
		{"-- -- autobound", "--filter autobound --"},
		{"b --", "-- b"},
		{"-- b --", "-- b"},
		{"b -- uid = 1 -- -t", "--filter uid = 1 -- -t -- b"},
		{"--filter autobound b", "--filter autobound -- b"},
	} {
		fs := newRoot(Streams{}, nil).Flags()
		if got := strings.Join(arguments(fs, strings.Fields(tc.line)), " "); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.line, got, tc.want)
		}
	}
}
