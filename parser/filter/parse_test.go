package filter_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser/filter"
)

// said gives an error as people see it: what is wrong, the text and the marks.
func said(err error) string {
	e, ok := errors.AsType[*filter.Error](err)
	if !ok {
		return err.Error()
	}
	text, marks := e.Place()
	return e.Error() + "\n" + text + "\n" + marks
}

const (
	aCondition = `expected a condition, "not" or "("`
	aHost      = `expected HOST, HOST/PREFIX, HOST:PORT, :PORT or unix:GLOB, such as 10.0.0.0/8 or [2001:db8::1]:443`
	aPort      = `expected a port, such as :443, 443 or :https`
	aState     = `expected a state: established, syn-sent, syn-recv, fin-wait-1, fin-wait-2, time-wait, closed, close-wait, last-ack, listening, closing, all, connected, synchronized, bucket, big, or as netstat prints it`
)

// TestErrors: each mistake, with its place.
func TestErrors(t *testing.T) {
	deep := strings.Repeat("( ", 101) + "autobound" + strings.Repeat(" )", 101)
	cases := []struct{ text, want string }{
		{"", "the filter is empty; " + aCondition + "\n\n^"},
		{"  ", "the filter is empty; " + aCondition + "\n  \n  ^"},
		{"dprt = :443", `"dprt" is no field; ` + aCondition + "\ndprt = :443\n^^^^"},
		{"state established dprt = :443", `"dprt" is no field; ` + aCondition + "\nstate established dprt = :443\n                  ^^^^"},
		{"sport = :80 and", "the filter ends too early; " + aCondition + "\nsport = :80 and\n               ^"},
		{"and sport = :80", `"and" cannot stand here; ` + aCondition + "\nand sport = :80\n^^^"},
		{"sport = :80 and or dport = :1", `"or" cannot stand here; ` + aCondition + "\nsport = :80 and or dport = :1\n                ^^"},
		{"sport = :80 || || dport = :1", `"||" cannot stand here; ` + aCondition + "\nsport = :80 || || dport = :1\n               ^^"},
		{"not", "the filter ends too early; " + aCondition + "\nnot\n   ^"},
		{"( sport = :80", `"(" is never closed; expected ")" behind it` + "\n( sport = :80\n^"},
		{"( sport = :80 or ( dport = :1 )", `"(" is never closed; expected ")" behind it` + "\n( sport = :80 or ( dport = :1 )\n^"},
		{"sport = :80 )", `")" without "("; expected a condition or the end` + "\nsport = :80 )\n            ^"},
		{"iface /root eth0", `"/root" is no operator; expected = != ~ !~; a shell puts the home directory in place of a bare ~: quote the filter` + "\niface /root eth0\n      ^^^^^"},
		{"( )", "nothing stands in the parentheses; " + aCondition + "\n( )\n^^^"},
		{"sport", "the filter ends too early; " + aPort + "\nsport\n     ^"},
		{"sport =", "the filter ends too early; " + aPort + "\nsport =\n       ^"},
		{"( sport = )", "a value is missing; " + aPort + "\n( sport = )\n          ^"},
		{"sport ~ :80", "sport does not take ~; expected = != < <= > >=\nsport ~ :80\n      ^"},
		{"src < 10.0.0.1", "src does not take <; expected = !=\nsrc < 10.0.0.1\n    ^"},
		{"src ! = 10.0.0.1", `"!" is no operator; expected = !=` + "\nsrc ! = 10.0.0.1\n    ^"},
		{"uid 33", `"33" is no operator; expected = != < <= > >=` + "\nuid 33\n    ^^"},
		{"uid", "the filter ends behind uid; expected = != < <= > >=\nuid\n   ^"},
		{"uid = www-data", `"www-data" is no number; expected a number` + "\nuid = www-data\n      ^^^^^^^^"},
		{"uid = 033", `"033" is no number; expected a number` + "\nuid = 033\n      ^^^"},
		{"inode = -1", `"-1" is no number; expected a number` + "\ninode = -1\n        ^^"},
		{"recv-q > 18446744073709551616", `"18446744073709551616" is no number; expected a number` + "\nrecv-q > 18446744073709551616\n         ^^^^^^^^^^^^^^^^^^^^"},
		{"user = ''", `"" is no number; expected the name of a user, or a number` + "\nuser = ''\n       ^^"},
		{"state ESTABLISH", `"ESTABLISH" is no state; ` + aState + "\nstate ESTABLISH\n      ^^^^^^^^^"},
		{"exclude", "the filter ends too early; " + aState + "\nexclude\n       ^"},
		{"state < listening", "state does not take <; expected = !=\nstate < listening\n      ^"},
		{"sport = :65536", `"65536" is no port; expected a number up to 65535, without a 0 before it` + "\nsport = :65536\n        ^^^^^^"},
		{"sport = :0443", `"0443" is no port; expected a number up to 65535, without a 0 before it` + "\nsport = :0443\n        ^^^^^"},
		{"dport = 10.0.0.1:443", `"10.0.0.1:443" is no port; ` + aPort + "; an address goes with src or dst\ndport = 10.0.0.1:443\n        ^^^^^^^^^^^^"},
		{"dport < *", "< any port cannot be compared; " + aPort + "\ndport < *\n        ^"},
		{"dst 10.0.0.256", `"10.0.0.256" is no IPv4 address; expected four numbers from 0 to 255, or a network such as 10.0.0.0/8` + "\ndst 10.0.0.256\n    ^^^^^^^^^^"},
		{"dst 10.0", `"10.0" is no IPv4 address; expected four numbers from 0 to 255, or a network such as 10.0.0.0/8` + "\ndst 10.0\n    ^^^^"},
		{"dst 22", `"22" is no IPv4 address; expected four numbers from 0 to 255, or a network such as 10.0.0.0/8` + "\ndst 22\n    ^^"},
		{"dst 10.0.0.0/33", `"33" is no length of a prefix; expected a number up to 32` + "\ndst 10.0.0.0/33\n    ^^^^^^^^^^^"},
		{"dst 10.0.0.0/", `"" is no length of a prefix; expected a number up to 32` + "\ndst 10.0.0.0/\n    ^^^^^^^^^"},
		{"dst [2001:db8::]/129", `"129" is no length of a prefix; expected a number up to 128` + "\ndst [2001:db8::]/129\n    ^^^^^^^^^^^^^^^^"},
		{"dst 2001:db8::1", `in "2001:db8::1" it cannot be told where a port begins; expected brackets around an IPv6 address, as in [2001:db8::1] or [2001:db8::1]:443` + "\ndst 2001:db8::1\n    ^^^^^^^^^^^"},
		{"dst [2001:db8::1", `"[2001:db8::1" is no IPv6 address in brackets; expected [IPV6], [IPV6]/PREFIX or [IPV6]:PORT` + "\ndst [2001:db8::1\n    ^^^^^^^^^^^^"},
		{"dst [2001:db8::1]443", `"[2001:db8::1]443" is no IPv6 address in brackets; expected [IPV6], [IPV6]/PREFIX or [IPV6]:PORT` + "\ndst [2001:db8::1]443\n    ^^^^^^^^^^^^^^^^"},
		{"dst [10.0.0.1]", `"[10.0.0.1]" is no IPv6 address in brackets; expected [IPV6], [IPV6]/PREFIX or [IPV6]:PORT` + "\ndst [10.0.0.1]\n    ^^^^^^^^^^"},
		{"dst [fe80::1%eth0]", `"fe80::1%eth0" is no address; ` + aHost + "\ndst [fe80::1%eth0]\n    ^^^^^^^^^^^^^^"},
		{"dst web1/24", `"web1" is no address; ` + aHost + "\ndst web1/24\n    ^^^^^^^"},
		{"dst /run/x", "no file of /proc/net tells the peer of a UNIX socket; src and path are its own name\ndst /run/x\n    ^^^^^^"},
		{"src unix:/[z-a]", `"/[z-a]" is no pattern of a shell: invalid character class range: ` + "`z-a`\nsrc unix:/[z-a]\n    ^^^^^^^^^^^"},
		{"src inet:::1", `in "::1" it cannot be told where a port begins; expected brackets around an IPv6 address, as in [2001:db8::1] or [2001:db8::1]:443` + "\nsrc inet:::1\n    ^^^^^^^^"},
		{"dst inet:[::1]", `"::1" is no address of inet` + "\ndst inet:[::1]\n    ^^^^^^^^^^"},
		{"dst inet6:10/8", `"10/8" is no address of inet6` + "\ndst inet6:10/8\n    ^^^^^^^^^^"},
		{"dst inet6:", "an address is missing; " + aHost + "\ndst inet6:\n    ^^^^^^"},
		{"src ''", "an address is missing; " + aHost + "\nsrc ''\n    ^^"},
		{"prog ~ (nginx", `"(nginx" is no regular expression: missing closing ): ` + "`(nginx`\nprog ~ (nginx\n       ^^^^^^"},
		{"prog = 'nginx", "the quote is never closed\nprog = 'nginx\n       ^^^^^^"},
		{"timer = fast", `"fast" is no timer; expected a timer: off, on, keepalive, timewait, probe` + "\ntimer = fast\n        ^^^^"},
		{"type = tcp", `"tcp" is no type; expected a type: stream, dgram, raw, rdm, seqpacket` + "\ntype = tcp\n       ^^^"},
		{"type = ''", `"" is no type; expected a type: stream, dgram, raw, rdm, seqpacket` + "\ntype = ''\n       ^^"},
		{"dev = eth0", "dev: no file of /proc/net tells which device a socket is bound to; iface = NAME is the interface with its local address\ndev = eth0\n^^^"},
		{"fwmark = 1", "fwmark: no file of /proc/net tells marks\nfwmark = 1\n^^^^^^"},
		{":443", `":443" is no field; ` + aCondition + "\n:443\n^^^^"},
		{"\x1b[31m", `"\x1b[31m" is no field; ` + aCondition + "\n\\x1b[31m\n^^^^^^^^"},
		{"uid = \u202e1", `"\u202e1" is no number; expected a number` + "\nuid = \\u202e1\n      ^^^^^^^"},
		{"uid\t=\nx", `"x" is no number; expected a number` + "\nuid = x\n      ^"},
		{deep, "more than 100 parentheses stand within each other\n..." + strings.Repeat("( ", 12) + "( autobound" + strings.Repeat(" )", 17) + "...\n" + strings.Repeat(" ", 27) + "^"},
		{strings.Repeat("x", 70_000), "the filter has 70000 bytes, and may have 65536\n..." + strings.Repeat("x", 24) + strings.Repeat("x", 36) + strings.Repeat("x", 0) + "\n" + strings.Repeat(" ", 27) + strings.Repeat("^", 36)},
	}
	for _, tc := range cases {
		_, err := filter.Parse(tc.text)
		if err == nil {
			t.Errorf("%.80q is understood, want %s", tc.text, tc.want)
		} else if got := said(err); got != tc.want {
			t.Errorf("%.80q\n got %s\nwant %s", tc.text, got, tc.want)
		}
	}
}
