package bundle

import (
	"bufio"
	"errors"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// UAC keeps each file of /proc that it reads in one of its own, below
// live_response/, and the rest of the machine in a directory called [root].

// uacTable: live_response/network/proc_net_tcp.txt.
func uacTable(stored string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(path.Base(stored), "proc_net_"), ".txt")
	return "proc/net/" + name
}

// uacOutput: live_response/network/ss_-tanp.txt.
func uacOutput(stored string) string {
	file := strings.TrimSuffix(path.Base(stored), ".txt")
	if indexed().files[file] {
		return "cmd/" + file
	}
	return ""
}

// uacUnix: live_response/process/proc/PID/net/unix.txt. All processes of a
// network namespace have the same; that of the first is taken.
func uacUnix(stored string) string {
	if pid(path.Dir(path.Dir(stored))) == "" {
		return ""
	}
	return "proc/net/unix"
}

// uacCmdline: live_response/process/proc/PID/cmdline.txt.
func uacCmdline(stored string) string {
	if p := pid(path.Dir(stored)); p != "" {
		return "proc/" + p + "/cmdline"
	}
	return ""
}

// uacLinks reads live_response/process/proc/PID/fd.txt, which is what
// `ls -la /proc/PID/fd` printed. Only sockets are of use.
func uacLinks(stored string, r io.Reader) (map[string]string, error) {
	p := pid(path.Dir(stored))
	if p == "" {
		return nil, nil
	}
	links := map[string]string{}
	br := bufio.NewReaderSize(r, bufferSize)
	for len(links) < maxSections {
		line, _, err := wholeLine(br)
		if m := socketLink().FindSubmatch(line); m != nil {
			links["proc/"+p+"/fd/"+string(m[1])] = string(m[2])
		}
		if errors.Is(err, io.EOF) {
			return links, nil
		}
		if err != nil {
			return links, err
		}
	}
	return links, errSections
}

var socketLink = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^| )([0-9]{1,9}) -> (socket:\[[0-9]{1,20}\])$`)
})

// pid gives the last element of a name if it is the number of a process.
func pid(name string) string {
	p := path.Base(name)
	if n, err := strconv.ParseUint(p, 10, 31); err != nil || strconv.FormatUint(n, 10) != p || n == 0 {
		return ""
	}
	return p
}
