package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/top"
)

// TestTopAddsUp: whatever sockets are grouped by, the groups of a real machine add up to
// its rows, also those that a filter selects.
func TestTopAddsUp(t *testing.T) {
	dir := fixtures.Capture(t, "lab-c").WriteDir(t, t.TempDir())
	for _, filter := range []string{"", "state connected", "recv-q > 0 or send-q > 0"} {
		var more []string
		if filter != "" {
			more = []string{"--filter", filter}
		}
		rows := lines(t, append([]string{"--kinds", "socket", "--format", "ndjson", dir}, more...)...)
		if len(rows) == 0 {
			t.Fatalf("%q selects nothing", filter)
		}
		for _, by := range top.Names() {
			sum, share := 0.0, 0.0
			for _, g := range lines(t, append([]string{"top", "--by", by, "--format", "ndjson", dir}, more...)...) {
				sum += g["sockets"].(float64)
				share += g["share_percent"].(float64)
			}
			if sum != float64(len(rows)) || share < 95 || share > 105 {
				t.Errorf("%q by %s: the groups have %v sockets and %v %%, of %d", filter, by, sum, share, len(rows))
			}
		}
	}
}

// lines runs the program and reads what it prints.
func lines(t *testing.T, argv ...string) (list []map[string]any) {
	t.Helper()
	stdout, stderr, code := ours(argv...)
	if code != exitOK {
		t.Fatalf("%q: status %d: %s", argv, code, stderr)
	}
	for line := range strings.Lines(stdout) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		list = append(list, row)
	}
	return list
}

// TestTopBars: on a terminal each group has a bar, as long as its share; a narrow one has
// none.
func TestTopBars(t *testing.T) {
	dir := fixtures.Capture(t, "lab-c").WriteDir(t, t.TempDir())
	for width, want := range map[int]string{
		100: "State        Sockets     %  Recv-Q\n" +
			"LISTEN             9  34.6       0  ████████████████████\n" +
			"ESTABLISHED        8  30.8       0  █████████████████▊\n" +
			"UNCONN             5  19.2       0  ███████████▏\n" +
			"TIME_WAIT          3  11.5       0  ██████▋\n" +
			"CLOSE_WAIT         1   3.8      33  ██▎\n",
		30: "State       Sockets    %\n" +
			"LISTEN            9 34.6\n" +
			"ESTABLISHED       8 30.8\n" +
			"UNCONN            5 19.2\n" +
			"TIME_WAIT         3 11.5\n" +
			"CLOSE_WAIT        1  3.8\n",
	} {
		var out, stderr bytes.Buffer
		if code := Main([]string{"top", "--by", "state", dir}, Streams{Out: &out, Err: &stderr, OutIsTerminal: true, Width: width}); code != exitOK {
			t.Fatalf("status %d: %s", code, &stderr)
		}
		if out.String() != want {
			t.Errorf("%d columns: got\n%s\nwant\n%s", width, &out, want)
		}
	}
}
