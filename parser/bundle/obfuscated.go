package bundle

import (
	"io"
	"path"
	"path/filepath"
	"strings"
)

// obfuscators are the programs that put made-up names and addresses into the texts
// of a capture, and what they leave in the name of the archive or directory.
var obfuscators = []struct{ program, mark string }{
	{"sos clean", "-obfuscated"},
	{"supportutils-scrub", "_scrubbed"},
}

// madeUp is what sos clean puts in place of domains (sosreport/sos:
// sos/cleaner/mappings/hostname_map.py).
const madeUp = "obfuscateddomain"

// Obfuscated names the program that obfuscated the capture, or is empty. bundle is
// the name of the bundle. None of these programs knows the addresses in the tables
// of /proc/net, which are hexadecimal: those stay real.
func (m Machine) Obfuscated(bundle string) string {
	for _, o := range obfuscators {
		for _, name := range []string{filepath.Base(bundle), path.Base(m.Archive), m.base} {
			if strings.Contains(name, o.mark) {
				return o.program
			}
		}
	}
	f, err := m.Open("etc/hosts")
	if err != nil {
		return ""
	}
	defer f.Close()
	text, _ := io.ReadAll(io.LimitReader(f, 64<<10))
	if strings.Contains(string(text), madeUp) {
		return "sos clean"
	}
	return ""
}
