package triage

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
)

// tcpTests prove the rules about tcp sockets.
var tcpTests = map[string]ruleTest{
	"T06": {
		fires: []ruleCase{
			{name: "a server", host: holds(machine(map[string][]sock{"tcp": append(closeWaits(50, 100), listens(":443"))}), 7, "/usr/sbin/nginx", inodes(50, 100)...), want: `
T06 warning [CLOSE_WAIT from local port 443] nginx (7) has 50 sockets in CLOSE_WAIT from local port 443
  proc/net/tcp:2: tcp 1 0 10.0.0.1:443 10.0.1.1:5000 CLOSE_WAIT off (0.00/0/0) inode 100 nginx (7)
  proc/net/tcp:3: tcp 1 0 10.0.0.1:443 10.0.1.2:5000 CLOSE_WAIT off (0.00/0/0) inode 101 nginx (7)
  proc/net/tcp:4: tcp 1 0 10.0.0.1:443 10.0.1.3:5000 CLOSE_WAIT off (0.00/0/0) inode 102 nginx (7)
  proc/net/tcp:5: tcp 1 0 10.0.0.1:443 10.0.1.4:5000 CLOSE_WAIT off (0.00/0/0) inode 103 nginx (7)
  proc/net/tcp:6: tcp 1 0 10.0.0.1:443 10.0.1.5:5000 CLOSE_WAIT off (0.00/0/0) inode 104 nginx (7)
  of 50
  = in CLOSE_WAIT: 50 sockets (limit 50 sockets, threshold warning of T06)
`},
		},
		near: []ruleCase{
			{name: "one less", host: machine(map[string][]sock{"tcp": closeWaits(49, 100)})},
			{name: "they wait to be accepted", host: machine(map[string][]sock{"tcp": many(60, func(i int) sock {
				return sock{local: "10.0.0.1:443", remote: fmt.Sprintf("10.0.1.%d:5000", i+1), st: parser.CloseWait, rq: 1}
			})})},
		},
	},
}

// listens gives a socket that listens on all addresses.
func listens(port string) sock { return sock{local: "0.0.0.0" + port, st: parser.Listen, inode: 9} }

// closeWaits are sockets that wait to be closed, with inodes from first on.
func closeWaits(n int, first uint64) []sock {
	return many(n, func(i int) sock {
		return sock{local: "10.0.0.1:443", remote: fmt.Sprintf("10.0.1.%d:5000", i+1), st: parser.CloseWait, rq: 1, inode: first + uint64(i)}
	})
}
