package cli

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/coldstat/coldstat/fixtures"
)

// TestMain lets this test binary be the program, for the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"coldstat": func() {
			code := Main(os.Args[1:], System())
			tellPeak()
			os.Exit(code)
		},
	})
}

// peakFile is the environment variable with the file to which the program, as tests
// run it, writes /proc/self/status at its end.
const peakFile = "COLDSTAT_TEST_PEAK"

func tellPeak() {
	if name := os.Getenv(peakFile); name != "" {
		status, _ := os.ReadFile("/proc/self/status")
		_ = os.WriteFile(name, status, 0o600)
	}
}

// program gives the path under which this test binary is the program.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "coldstat")
	if err := os.Symlink(self, name); err != nil {
		t.Skip(err)
	}
	return name
}

// TestScript runs testdata/script/*.txtar: the command line as a user meets it.
// -update rewrites what the scripts compare with.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join(fixtures.Root(t), "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Values[captures{}] = filepath.Join(fixtures.Root(t), "testdata", "captures")
			env.Setenv("ESC", "\x1b")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond != "devfull" {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			_, err := os.Stat("/dev/full")
			return err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":      scriptCode,
			"mktar":     scriptMktar,
			"mkcapture": scriptMkcapture,
			"cut":       scriptCut,
			"flip":      scriptFlip,
		},
	})
}

// captures is the key of the folder of captures.
type captures struct{}

// scriptCode is `code N PROGRAM ARG...`: like exec, with the exact exit status.
func scriptCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// scriptMktar is `mktar ARCHIVE DIR`: an archive of the directory, which is the
// top directory in it. The archive's name says how it is compressed, .zip what
// it is. A file whose first line is "-> TARGET" becomes a symbolic link.
func scriptMktar(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mktar archive dir")
	}
	host := fixtures.NewHost(nil)
	dir := ts.MkAbs(args[1])
	ts.Check(filepath.WalkDir(dir, func(at string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, at)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(at)
		if target, ok := strings.CutPrefix(string(data), "-> "); ok {
			host.Link(filepath.ToSlash(name), strings.TrimSpace(target))
			return err
		}
		host.Files[filepath.ToSlash(name)] = data
		return err
	}))
	t := scriptTB{ts: ts}
	prefix := filepath.Base(dir) + "/"
	data := host.Tar(t, fixtures.TarOptions{Prefix: prefix})
	for ending, compress := range fixtures.Compressors() {
		if strings.HasSuffix(args[0], ending) {
			data = compress(t, data)
		}
	}
	if strings.HasSuffix(args[0], ".zip") {
		data = host.Zip(t, prefix)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// scriptMkcapture is `mkcapture NAME...`: copies of testdata/captures/NAME.tar.gz
// in the working directory; `mkcapture NAME.tar` gives it uncompressed.
func scriptMkcapture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: mkcapture name...")
	}
	for _, name := range args {
		plain, isTar := strings.CutSuffix(name, ".tar")
		data, err := os.ReadFile(filepath.Join(ts.Value(captures{}).(string), plain+".tar.gz"))
		ts.Check(err)
		if !isTar {
			ts.Check(os.WriteFile(ts.MkAbs(name+".tar.gz"), data, 0o644))
			continue
		}
		zr, err := gzip.NewReader(bytes.NewReader(data))
		ts.Check(err)
		var out bytes.Buffer
		_, err = out.ReadFrom(zr)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(name), out.Bytes(), 0o644))
	}
}

// scriptCut is `cut FILE N`: only the first N bytes of the file stay, or with a
// negative N all but the last ones.
func scriptCut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut file n")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	fi, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if n < 0 {
		n += fi.Size()
	}
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// scriptFlip is `flip FILE N`: one bit of the byte at N is changed.
func scriptFlip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip file n")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	data, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	data[n] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// scriptTB lets the fixtures fail a script.
type scriptTB struct {
	testing.TB
	ts *testscript.TestScript
}

func (t scriptTB) Helper()           {}
func (t scriptTB) Fatal(args ...any) { t.ts.Fatalf("%v", args) }
