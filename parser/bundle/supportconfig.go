package bundle

import (
	"bytes"
	"path"
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
	words[0] = path.Base(words[0])
	return outputs[strings.Join(words, " ")]
}

// outputs are the names under which the outputs of commands are looked for.
var outputs = map[string]string{
	"ip addr": "cmd/ip_-d_address", "ip address": "cmd/ip_-d_address", "ip addr show": "cmd/ip_-d_address",
	"ip link": "cmd/ip_link", "ip link show": "cmd/ip_link",
	"uname -a": "uname", "date": "date", "hostname": "hostname",
}
