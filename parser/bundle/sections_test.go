package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

const conf = "#==[ Configuration File ]===========================#\n# /"

// TestSplit pins the sections of small texts: name, first line, content.
func TestSplit(t *testing.T) {
	dump := "=====\n== dumpstate: 2020-01-08 15:30:07\n=====\n\nKernel: Linux version 3.18\nCommand line: x\n"
	for _, tc := range []struct {
		name string
		rule ruler
		text string
		want []string
	}{
		{"two files", supportconfigRule, "title\n" + conf + "proc/net/tcp\nT\n\n\n" + conf + "proc/net/udp\nU\n", []string{`proc/net/tcp 4 "T\n"`, `proc/net/udp 9 "U\n"`}},
		{"a heading without content", supportconfigRule, conf + "proc/net/tcp\n\n\n" + conf + "proc/net/udp", []string{`proc/net/tcp 3 ""`, `proc/net/udp 7 ""`}},
		{"a heading without name", supportconfigRule, conf[:strings.IndexByte(conf, '\n')+1] + "\n# /proc/net/tcp\nT\n", nil},
		{"a heading at the end", supportconfigRule, conf + "proc/net/tcp\nT\n" + conf[:strings.IndexByte(conf, '\n')], []string{`proc/net/tcp 3 "T\n"`}},
		{"a file that is not there", supportconfigRule, conf + "etc/hosts - File not found\n\n" + conf + "etc/hosts\nH", []string{`etc/hosts 6 "H"`}},
		{"the last lines of a file", supportconfigRule, conf + "etc/hosts - Last 500 Lines\nH\n", nil},
		{"a comment is no heading", supportconfigRule, conf + "proc/net/unix\nU\n# /proc/net/tcp\nV\n", []string{`proc/net/unix 3 "U\n# /proc/net/tcp\nV\n"`}},
		{"names of services", supportconfigRule, conf + "usr/etc/services\nS\n", []string{`etc/services 3 "S\n"`}},
		{"commands", supportconfigRule, "#==[ Command ]=====#\n# /usr/sbin/ip addr\nI\n\n#==[ Command ]==#\n# /sbin/ip addr del x\nno\n#==[ Command ]==#\n# /bin/date\nD\n",
			[]string{`cmd/ip_addr 3 "I\n"`, `date 10 "D\n"`}},
		{"a command that is not there", supportconfigRule, "#==[ Command ]=====#\n# ip addr\nERROR: Command not found or not executable\n", nil},
		{"CR LF", supportconfigRule, strings.ReplaceAll(conf+"proc/net/tcp\nT\n\n"+conf+"proc/net/udp\nU\n", "\n", "\r\n"), []string{`proc/net/tcp 3 "T\r\n"`, `proc/net/udp 7 "U\r\n"`}},
		{"a bugreport", bugreportRule, dump + "------ NETWORK DEV INFO (/proc/net/dev) ------\nD\n\n------ 0.001s was the duration of 'NETWORK DEV INFO' ------\nx\n------ NETWORK INTERFACES (ip link) ------\nL\n*** Error dumping x\ny\n------ A (xt) (/proc/net/xt_qtaguid/stats) ------\nS\n[/proc/x: 0.1s elapsed]\n\n",
			[]string{`date 2 "2020-01-08 15:30:07\n"`, `proc/version 5 "Linux version 3.18\n"`, `proc/net/dev 8 "D\n"`, `cmd/ip_link 13 "L\n"`, `proc/net/xt_qtaguid/stats 17 "S\n"`}},
		{"a title without source", bugreportRule, "------ DUMP BLOCK STAT ------\nx\n------ X (/proc/net/dev) - ------\n------ Y (/proc/a b) ------\n", nil},
		{"a kernel's line further down", bugreportRule, strings.Repeat("\n", 50) + "------ N (/proc/net/dev) ------\nKernel: x\n", []string{`proc/net/dev 52 "Kernel: x\n"`}},
		{"empty", supportconfigRule, "", nil},
		{"only a byte order mark", tableRule, bom, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			found, full, err := split(strings.NewReader(tc.text), tc.rule)
			var got []string
			for _, s := range found {
				got = append(got, fmt.Sprintf("%s %d %q", s.name, s.line, tc.text[s.off:s.end]))
			}
			if !slices.Equal(got, tc.want) || full || err != nil {
				t.Errorf("got %q, full %v, error %v; want %q", got, full, err, tc.want)
			}
		})
	}
}

// TestSplitHostile: long lines and many sections cost no more than they must.
func TestSplitHostile(t *testing.T) {
	long := conf + "proc/net/tcp\n" + strings.Repeat("x", 1<<20) + "\n" + conf + "proc/net/udp\nU\n#==[ " + strings.Repeat("y", 1<<20) + "=#\n# /proc/net/raw\n"
	found, _, _ := split(strings.NewReader(long), supportconfigRule)
	if len(found) != 2 || found[0].end-found[0].off != 1<<20+1 || found[1].line != 6 {
		t.Errorf("around lines of 1 MiB: %v", found)
	}
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "%sproc/net/%d\nx\n", conf, i)
	}
	start := time.Now()
	found, full, err := split(strings.NewReader(many.String()), supportconfigRule)
	if len(found) != maxSections || !full || err != nil {
		t.Errorf("100,000 sections: %d, full %v, error %v", len(found), full, err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("100,000 sections took %v", took)
	}
	broken := errors.New("broken")
	found, _, err = split(io.MultiReader(strings.NewReader(conf+"proc/net/tcp\nT\nU"), iotest.ErrReader(broken)), supportconfigRule)
	if len(found) != 1 || found[0].end-found[0].off != 3 || !errors.Is(err, broken) {
		t.Errorf("a read error: %v, error %v", found, err)
	}
}

// FuzzSplit: no byte belongs to two sections, sections are in order and in the
// text, and neither another reading nor another reader changes them.
func FuzzSplit(f *testing.F) {
	f.Add([]byte(conf + "proc/net/tcp\nT\n\n" + conf + "proc/net/udp - File not found\n"))
	f.Add([]byte("------ A (/proc/net/dev) ------\nD\n------ 0.1s was the duration of 'A' ------\n"))
	f.Add([]byte("== dumpstate: x\nKernel: y\n[x: 0.1s elapsed]\r\n"))
	f.Add([]byte(bom + "  sl  local_address rem_address   st\r\n  0: x\r\nNum       RefCount Protocol\n"))
	f.Add([]byte("00000000000000000000000000000001 01 80 10 80       lo\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for i, rule := range []ruler{supportconfigRule, bugreportRule, tableRule} {
			found, full, err := split(bytes.NewReader(text), rule)
			if err != nil {
				t.Fatal(err)
			}
			at := int64(0)
			for _, s := range found {
				if s.off < at || s.end < s.off || s.end > int64(len(text)) || s.name == "" {
					t.Fatalf("rule %d: %+v begins before %d or is not in the %d bytes", i, s, at, len(text))
				}
				if lines := bytes.Count(text[:s.off], []byte("\n")) + 1; s.line != lines && s.off < int64(len(text)) {
					t.Errorf("rule %d: %+v begins in line %d", i, s, lines)
				}
				at = s.end
			}
			again, fullAgain, _ := split(iotest.OneByteReader(bytes.NewReader(text)), rule)
			if !slices.Equal(again, found) || full != fullAgain {
				t.Errorf("rule %d: byte by byte %v, at once %v", i, again, found)
			}
		}
	})
}
