package parser_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/fixtures"
)

const module = "github.com/coldstat/coldstat/"

// mayImport is the direction of imports: what each package may use of this
// module and of others. The standard library is free to all, but see never.
var mayImport = map[string][]string{
	"cmd/coldstat":    {"cmd/cli"},
	"cmd/cli":         {"parser", "parser/bundle", "parser/diff", "parser/filter", "parser/names", "parser/peers", "parser/query", "parser/rows", "parser/snapshot", "parser/top", "parser/triage", "parser/words", "render", "github.com/agnivade/levenshtein", "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/term"},
	"render":          {"parser", "parser/counters", "parser/query", "parser/rows", "parser/snapshot", "parser/triage", "parser/words", "github.com/gocarina/gocsv", "github.com/klauspost/compress/zstd", "github.com/olekukonko/ll", "github.com/olekukonko/tablewriter/pkg/twwidth", "github.com/olekukonko/tablewriter/renderer", "github.com/olekukonko/tablewriter/tw", "github.com/parquet-go/parquet-go/deprecated", "github.com/parquet-go/parquet-go/encoding/rle", "github.com/parquet-go/parquet-go/encoding/thrift", "github.com/parquet-go/parquet-go/format"},
	"parser/query":    {"parser", "parser/counters"},
	"parser/filter":   {"parser", "parser/query", "parser/words"},
	"parser/snapshot": {"parser", "parser/names"},
	"parser/names":    {},
	"parser/words":    {"parser"},
	"parser/rows":     {"parser", "parser/counters", "parser/query", "parser/snapshot", "parser/words"},
	"parser/triage":   {"parser", "parser/query", "parser/rows", "parser/snapshot", "parser/words", "github.com/goccy/go-yaml"},
	"parser/top":      {"parser", "parser/rows"},
	"parser/diff":     {"parser", "parser/counters", "parser/query", "parser/rows", "parser/snapshot", "parser/triage"},
	"parser/peers":    {"parser", "parser/query", "parser/rows", "parser/snapshot", "parser/words"},
	"parser/bundle":   {"github.com/klauspost/compress/flate", "github.com/klauspost/compress/gzip", "github.com/klauspost/compress/zstd", "github.com/mikelolasagasti/xz", "github.com/pierrec/lz4/v4"},
	"parser/counters": {},
	"parser":          {},
	"fixtures":        {"parser", "github.com/klauspost/compress/zstd", "github.com/pierrec/lz4/v4", "github.com/ulikunitz/xz"},
	"fixtures/fuzz":   {},
	"fixtures/bench":  {"fixtures", "golang.org/x/sys/unix"},
}

// never are packages that ask the reader's machine instead of the capture.
var never = []string{"net", "net/http", "os/user"}

// A pkg is what go list says of one package.
type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func ours(t *testing.T) (list []pkg) {
	t.Helper()
	cmd := exec.Command("go", "list", "-pgo=off", "-json=ImportPath,Imports,Deps", "./...")
	cmd.Dir = fixtures.Root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// TestImports asserts the direction of imports.
func TestImports(t *testing.T) {
	list := ours(t)
	if len(list) < len(mayImport) {
		t.Errorf("go list gives %d packages, want at least %d", len(list), len(mayImport))
	}
	for _, p := range list {
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("%s has no entry in mayImport: say what it may use", name)
		}
		for _, imp := range p.Imports {
			if slices.Contains(never, imp) {
				t.Errorf("%s imports %s, which asks the reader's machine", name, imp)
			}
			first, _, _ := strings.Cut(imp, "/")
			if strings.Contains(first, ".") && !slices.Contains(allowed, strings.TrimPrefix(imp, module)) {
				t.Errorf("%s imports %s", name, imp)
			}
		}
	}
}

// TestDeps: the libraries cannot reach what they must not, not even through
// another package. (os/user is below archive/tar, which asks it only in
// FileInfoHeader, which we do not call. net is below gocsv, for the type of an uploaded file, in one function
// that we do not call; so it is allowed below render, whose own code cannot
// import it.)
func TestDeps(t *testing.T) {
	for _, p := range ours(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if !strings.HasPrefix(name, "parser") && name != "render" {
			continue
		}
		for _, dep := range p.Deps {
			if dep == "net" && name != "render" || dep == "net/http" || dep == module+"fixtures" || dep == "github.com/spf13/cobra" {
				t.Errorf("%s depends on %s", name, dep)
			}
		}
	}
}
