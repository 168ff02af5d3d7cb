package triage

import (
	"fmt"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// counter6 writes proc/net/snmp6: "Udp6NoPorts=5 Udp6InDatagrams=4".
func counter6(counters string) string {
	var b strings.Builder
	for _, w := range strings.Fields(counters) {
		name, value, _ := strings.Cut(w, "=")
		fmt.Fprintf(&b, "%-32s\t%s\n", name, value)
	}
	return b.String()
}

// timeWaits are sockets in TIME_WAIT.
func timeWaits(n int) []sock {
	return many(n, func(i int) sock {
		return sock{local: "10.0.0.1:443", remote: fmt.Sprintf("10.0.1.%d:5000", i+1), st: parser.TimeWait, timer: 3, when: 100}
	})
}
