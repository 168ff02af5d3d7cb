package parser_test

import (
	"fmt"
	"strings"

	"github.com/coldstat/coldstat/parser"
)

// A table is read row by row. A row that cannot be read costs that row.
func ExampleInet() {
	table := strings.NewReader(
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
			"   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000    26        0 17776 1 0000000000000000 100 0 0 10 0\n" +
			"   1: 0100007F:ZZZZ 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000 100 0 0 10 0\n" +
			"   2: 0C00000A:C9F2 0A71B8CB:01BB 08 00000000:00000021 00:00000000 00000000    33        0 17792 2 0000000000000000 20 4 28 10 -1\n")
	for s, err := range parser.Inet("proc/net/tcp", table, parser.Options{}) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(s.Line, s.Local, s.Remote, s.State, s.RecvQ)
	}
	// Output:
	// 2 127.0.0.1:5432 0.0.0.0:0 LISTEN 0
	// proc/net/tcp:3: local_address "0100007F:ZZZZ": invalid syntax
	// 4 10.0.0.12:51698 203.184.113.10:443 CLOSE_WAIT 33
}

// What a capture lacks is unknown, and not zero.
func ExampleOpt() {
	drops := parser.Some(uint64(0))
	var mtu parser.Opt[int64]
	for _, v := range []interface{ MarshalJSON() ([]byte, error) }{drops, mtu} {
		text, _ := v.MarshalJSON()
		fmt.Println(string(text))
	}
	// Output:
	// 0
	// null
}
