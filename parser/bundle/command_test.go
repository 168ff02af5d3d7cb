package bundle_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/coldstat/coldstat/fixtures"
	"github.com/coldstat/coldstat/parser/bundle"
)

// commandMode makes the test binary the program that decompresses.
const commandMode = "COLDSTAT_TEST_COMMAND"

// TestCommandItself is that program.
func TestCommandItself(t *testing.T) {
	mode := os.Getenv(commandMode)
	if mode == "" || os.Args[len(os.Args)-1] != "-dc" {
		t.Skip("it is no test, but a program of others")
	}
	var data []byte
	if r, err := xz.NewReader(os.Stdin); err == nil {
		data, _ = io.ReadAll(r)
	}
	switch mode {
	case "good":
		os.Stdout.Write(data)
		os.Exit(0)
	case "fails":
		os.Stdout.Write(data[:len(data)-20_000])
		fmt.Fprint(os.Stderr, "it is\n  no good\x1b\n", strings.Repeat("x", 5000))
		os.Exit(3)
	case "says nothing":
		os.Exit(1)
	}
	for {
		if _, err := os.Stdout.Write(data); err != nil {
			os.Exit(0)
		}
		data = make([]byte, 10_240)
	}
}

// TestXzCommand: a program decompresses, if it is asked for.
func TestXzCommand(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := []string{self, "-test.run=^TestCommandItself$", "--"}
	called := fmt.Sprintf("%q", strings.Join(append(command, "-dc"), " "))
	plain := small().Set("zz", strings.Repeat("z", 100_000)).Tar(t, fixtures.TarOptions{Prefix: "x/"})
	data := fixtures.Xz(t, plain)
	for _, tc := range []struct{ name, mode, damage, err string }{
		{"good", "good", "", ""},
		{"fails", "fails", `member "x/zz": xz: the command ` + called + " failed: exit status 3: it is no good\x1b " + strings.Repeat("x", 1000-len("it is\n  no good\x1b\n")), ""},
		{"says nothing", "says nothing", "", `"NAME": xz: the command ` + called + " failed: exit status 1"},
		{"never ends", "never ends", "behind the last member: the limit for decompressed data is reached, the rest is not read; if the bundle is no decompression bomb, unpack it into a directory and name that (--limit unpacked=SIZE raises it)", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv(commandMode, tc.mode)
			o := bundle.Options{XzCommand: command, Limits: bundle.Limits{Unpacked: 8 << 20}}
			for _, stream := range []bool{false, true} {
				b, err := via(t, stream, data, o)
				if tc.err != "" {
					if err == nil || !strings.HasSuffix(err.Error(), strings.TrimPrefix(tc.err, `"NAME"`)) {
						t.Errorf("error %v, want %s", err, tc.err)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				checkSmall(t, b)
				if got := strings.Join(b.Damage, "|"); got != tc.damage {
					t.Errorf("damage %q, want %q", got, tc.damage)
				}
			}
		})
	}
	t.Run("ends early", func(t *testing.T) {
		t.Setenv(commandMode, "never ends")
		o := bundle.Options{XzCommand: command, Want: []string{"proc/net/tcp"}, Enough: hasFiles("proc/net/tcp")}
		b, err := via(t, false, data, o)
		if err != nil || len(b.Damage) > 0 || len(b.Notes) != 1 {
			t.Errorf("%v, %+v", err, b)
		}
	})
	t.Run("in another archive", func(t *testing.T) {
		t.Setenv(commandMode, "good")
		b, err := viaStream(fixtures.Gzip(t, archiveOf(t, member{name: "web1.tar.xz", data: string(data)})), bundle.Options{XzCommand: command})
		if err != nil {
			t.Fatal(err)
		}
		checkSmall(t, b)
	})
	_, err = viaStream(data, bundle.Options{XzCommand: []string{"./no such program"}})
	if want := `"standard input": xz: the command "./no such program" cannot be run: `; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
	t.Setenv(commandMode, "fails")
	if b, err := viaStream(bytes.Clone(fixtures.Gzip(t, plain)), bundle.Options{XzCommand: command}); err != nil || len(b.Damage) > 0 {
		t.Errorf("it is run for gzip: %v", err)
	}
}
