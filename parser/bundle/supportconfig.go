package bundle

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// supportconfig (SUSE) writes files and outputs of commands one behind the other
// into a few texts, each under two lines:
//
//	#==[ Configuration File ]===========================#
//	# /proc/net/tcp
//
// It takes empty lines and those that begin with # or ; out of files.

func isSupportconfig(head []byte) bool {
	return bytes.HasPrefix(head, []byte("#==[ ")) || bytes.Contains(head, []byte("Support Utilities - Supportconfig"))
}

func supportconfigRule(line []byte, _ int, _ string, headed bool) mark {
	if bytes.HasPrefix(line, []byte("#==[ ")) && bytes.HasSuffix(line, []byte("=#")) {
		return mark{ends: true, heading: true}
	}
	if label, ok := bytes.CutPrefix(line, []byte("# ")); ok && headed {
		return mark{name: supportconfigName(string(label))}
	}
	return mark{}
}

// supportconfigName gives the file that a section holds: itself, or what stands
// for the output of a command. The label of a file that is not there, or of
// which only the last lines are, goes on behind the name.
func supportconfigName(label string) string {
	words := strings.Fields(label)
	if len(words) == 0 || !strings.HasPrefix(words[0], "/") {
		return ""
	}
	if name := words[0][1:]; len(words) == 1 && (strings.HasPrefix(name, "proc/") || strings.HasPrefix(name, "etc/") || strings.HasPrefix(name, "usr/etc/")) {
		return strings.TrimPrefix(name, "usr/")
	}
	return commandFile(label)
}

// supportconfigSpace: network-NAME.txt holds the outputs of one network namespace.
func supportconfigSpace(stored string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(path.Base(stored), "network-"), ".txt")
	return path.Join(spacesDir, name)
}

// systool reads what `systool -vc net` printed as the files of sysfs that it read:
//
//	Class Device = "eth0"
//	  mtu                 = "1500"
func systool(r io.Reader) (map[string]string, error) {
	texts := map[string]string{}
	device := ""
	br := bufio.NewReaderSize(r, bufferSize)
	for len(texts) < maxSections {
		line, _, err := wholeLine(br)
		key, value, ok := strings.Cut(string(line), " = ")
		key, value = strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"`)
		switch {
		case bytes.HasPrefix(line, []byte("#==[ ")):
			device = ""
		case !ok:
		case key == "Class Device":
			if device = value; strings.Contains(value, "/") {
				device = ""
			}
		case device != "" && slices.Contains(systoolKeys, key):
			texts["sys/class/net/"+device+"/"+key] = value + "\n"
		}
		if errors.Is(err, io.EOF) {
			return texts, nil
		}
		if err != nil {
			return texts, err
		}
	}
	return texts, errSections
}

var systoolKeys = []string{"mtu", "flags", "operstate", "type", "address", "tx_queue_len"}
