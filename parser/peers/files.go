package peers

import (
	"slices"

	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// Files lists the files of a captured machine that [Gather] looks at, for
// [bundle.Options]; those of names aside.
func Files() []string {
	return slices.Concat(snapshot.FactFiles, query.ByteOrderFiles, []string{
		"proc/net/tcp", "proc/net/tcp6", "proc/net/udp", "proc/net/udp6", "proc/net/raw", "proc/net/raw6",
		"output/netstat", "output/ss", "output/lsof", "proc/*/fd/*", "proc/*/cmdline",
		"proc/net/fib_trie", "proc/net/if_inet6", "proc/net/snmp", "proc/net/snmp6", "proc/net/dev",
		"output/ifconfig", "output/ip_address", "output/ip_address_json", "output/ip_link", "output/ip_link_json", "output/netstat_i",
		"proc/net/nf_conntrack", "proc/net/ip_conntrack",
	})
}
