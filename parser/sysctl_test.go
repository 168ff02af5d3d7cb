package parser_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
)

// TestSysctls: what is no setting is passed over.
func TestSysctls(t *testing.T) {
	text := "sysctl: permission denied on key 'fs.x'\nkernel.hostname = web1\nnet.ipv4.tcp_mem = 1\t2\t3\n" +
		"sysctl: reading key \"net.ipv6.conf.all.stable_secret\"\nempty.value =\nno dots = 1\nx\r\nlast.one=5"
	var got []parser.Sysctl
	for s, err := range parser.Sysctls("sysctl_-a", strings.NewReader(text), parser.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	want := []parser.Sysctl{{2, "kernel.hostname", "web1"}, {3, "net.ipv4.tcp_mem", "1\t2\t3"}, {5, "empty.value", ""}, {8, "last.one", "5"}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
