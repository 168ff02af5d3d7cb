package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// TestCSVConsumers: other programs read the same cells from what is written of
// hostile names as our own reader does.
func TestCSVConsumers(t *testing.T) {
	v := hostile().whole(t)
	dir := t.TempDir()
	var files []string
	var want [][][]string // by file
	imports := ""
	for i, k := range rows.Kinds() {
		text := written(t, "csv", render.Options{}, only(v, k))
		files = append(files, filepath.Join(dir, k.Name+".csv"))
		if err := os.WriteFile(files[i], text, 0o644); err != nil {
			t.Fatal(err)
		}
		want = append(want, strict(t, text, ',', k))
		if tsv := strict(t, written(t, "tsv", render.Options{}, only(v, k)), '\t', k); !equalRecords(tsv, want[i]) {
			t.Errorf("%s: other cells as tsv than as csv", k.Name)
		}
		imports += fmt.Sprintf(".import --csv '%s' rows%d\nSELECT json_group_array(json_array(\"%s\")) FROM rows%d;\n",
			files[i], i, strings.Join(want[i][0], `","`), i)
	}
	same := func(t *testing.T, out []byte, from int) {
		d := json.NewDecoder(bytes.NewReader(out))
		for i := range files {
			var got [][]string
			if err := d.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if !equalRecords(got, want[i][from:]) {
				t.Errorf("%s has other cells: %s", files[i], difference(got, want[i][from:]))
			}
		}
	}
	t.Run("python", func(t *testing.T) {
		const script = `import csv, json, sys
for name in sys.argv[1:]:
    json.dump(list(csv.reader(open(name, newline='', encoding='utf-8'), strict=True)), sys.stdout)
`
		same(t, run(t, "", "python3", append([]string{"-c", script}, files...)...), 0)
	})
	t.Run("sqlite3", func(t *testing.T) { // the header becomes names of columns
		same(t, run(t, imports, "sqlite3", "-batch", ":memory:"), 1)
	})
}

// strict reads with encoding/csv, where each record has all columns.
func strict(t *testing.T, text []byte, comma rune, k *rows.Kind) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = comma, len(k.Columns())
	records, err := r.ReadAll()
	if err != nil || len(records) < 2 {
		t.Fatalf("%s: %d records, %v", k.Name, len(records), err)
	}
	return records
}

// run gives what a program prints, or skips the test where it is not installed.
func run(t *testing.T, stdin, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	cmd := exec.Command(name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v\n%s", name, err, stderr.Bytes())
	}
	return out
}

func equalRecords(a, b [][]string) bool {
	return slices.EqualFunc(a, b, func(x, y []string) bool { return slices.Equal(x, y) })
}

// difference shows the first record that is another one.
func difference(got, want [][]string) string {
	for i := range min(len(got), len(want)) {
		if !slices.Equal(got[i], want[i]) {
			return fmt.Sprintf("record %d\n got %q\nwant %q", i, got[i], want[i])
		}
	}
	return fmt.Sprintf("%d records, want %d", len(got), len(want))
}
