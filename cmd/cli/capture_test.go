package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser/snapshot"
)

// TestCaptureTakesAll: what is read of a capture is what the script takes.
func TestCaptureTakesAll(t *testing.T) {
	elsewhere := []string{ // made by other collectors, or in no way that can be listed
		"sos_commands/", "output/", "proc/sys/net/ipv6/conf/", "etc/hostname", "etc/HOSTNAME", "hostname", "proc/cpuinfo", "proc/*/",
	}
	words := strings.FieldsFunc(captureScript, func(r rune) bool { return strings.ContainsRune(" \t\n\";", r) })
	for _, f := range snapshot.Files {
		if slices.ContainsFunc(elsewhere, func(prefix string) bool { return strings.HasPrefix(f.Name, prefix) }) {
			continue
		}
		word := f.Name
		for _, prefix := range []string{"proc/net/", "proc/sys/net/", "proc/", "etc/"} {
			if rest, ok := strings.CutPrefix(f.Name, prefix); ok {
				word = rest
				break
			}
		}
		found := slices.Contains(words, word) || slices.Contains(words, "/"+word)
		if !found && !strings.Contains(captureScript, `/`+word+`"`) && !strings.Contains(captureScript, "$2/"+word) {
			t.Errorf("the script does not take %s", f.Name)
		}
	}
}
