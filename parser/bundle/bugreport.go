package bundle

import (
	"bytes"
	"strings"
)

// Android's dumpstate writes everything into one text. A section begins with
//
//	------ NETWORK DEV INFO (/proc/net/dev) ------
//
// and ends at the next, at a line that says how long it took, or at a message.

func isBugreport(head []byte) bool {
	return bytes.HasPrefix(head, []byte("=====")) && bytes.Contains(head, []byte("\n== dumpstate: "))
}

const (
	dumpstate  = "== dumpstate: "
	kernelLine = "Kernel: "
	// preamble is how many lines may stand before the first section.
	preamble = 40
)

func bugreportRule(line []byte, n int, in string, _ bool) mark {
	if n <= preamble {
		switch {
		case bytes.HasPrefix(line, []byte(dumpstate)):
			return mark{name: "date", own: true, skip: len(dumpstate)}
		case bytes.HasPrefix(line, []byte(kernelLine)):
			return mark{name: "proc/version", own: true, skip: len(kernelLine)}
		case in == "date" || in == "proc/version": // of one line each
			return mark{ends: true}
		}
	}
	if title, ok := bytes.CutPrefix(line, []byte("------ ")); ok {
		if title, ok = bytes.CutSuffix(title, []byte(" ------")); ok {
			return mark{ends: true, name: bugreportName(string(title))}
		}
	}
	elapsed := bytes.HasPrefix(line, []byte("[")) && bytes.HasSuffix(line, []byte("s elapsed]"))
	return mark{ends: elapsed || bytes.HasPrefix(line, []byte("*** "))}
}

// bugreportName gives the file that a section holds. The source stands in the
// last brackets of the title.
func bugreportName(title string) string {
	at := strings.LastIndex(title, " (")
	if at < 0 || !strings.HasSuffix(title, ")") {
		return ""
	}
	source := title[at+2 : len(title)-1]
	if strings.HasPrefix(source, "/proc/") && !strings.Contains(source, " ") {
		return source[1:]
	}
	return commandFile(source)
}
