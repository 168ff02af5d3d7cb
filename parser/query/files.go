package query

import "slices"

// Needs say what a run wants to know besides the rows themselves.
type Needs struct {
	Programs bool // the processes behind the sockets
	Extend   bool // for interfaces: addresses and hardware
}

// Files lists the files of the captured machine that the plan reads, so that a
// bundle need not hold others. Those of etc/ are always among them.
func (p Plan) Files(n Needs) []string {
	files := []string{"etc/services", "etc/hosts", "etc/networks", "etc/protocols", "etc/passwd"}
	if p.NeedsByteOrder(n) {
		files = append(files, ByteOrderFiles...)
	}
	switch p.Mode {
	case Routes:
		for _, f := range p.RouteFamilies() {
			files = append(files, routeFiles[f]...)
			files = append(files, routeOutputs[f]...)
		}
		return files
	case Interfaces:
		files = append(files, "proc/net/dev", "sys/class/net/*/mtu", "sys/class/net/*/flags",
			"sys/class/net/*/operstate", "proc/sys/net/ipv6/conf/*/mtu")
		files = append(files, linkOutputs...)
		if n.Extend {
			files = append(files, "proc/net/if_inet6", "proc/net/fib_trie", "sys/class/net/*/type",
				"sys/class/net/*/address", "sys/class/net/*/tx_queue_len")
		}
		return files
	case Masquerade:
		return append(files, "proc/net/ip_masquerade")
	case Statistics:
		return append(files, "proc/net/snmp", "proc/net/netstat", "proc/net/sctp/snmp", "proc/net/snmp6")
	}
	for _, t := range p.InetTables() {
		if t.Protocol == SCTP {
			files = append(files, "proc/net/sctp/eps", "proc/net/sctp/assocs")
		} else {
			files = append(files, t.File)
		}
	}
	if p.Groups {
		files = append(files, "proc/net/igmp", "proc/net/igmp6")
	}
	for _, f := range SocketFamilies {
		if p.Shows(f) {
			files = append(files, socketFiles[f]...)
		}
	}
	if p.ShowsPrinted() {
		files = append(files, socketOutputs...)
	}
	if n.Programs {
		files = append(files, "proc/*/fd/*", "proc/*/cmdline", "output/lsof", "output/netstat", "output/ss")
	}
	return files
}

// ShowsPrinted reports whether the plan shows sockets that netstat and ss print.
func (p Plan) ShowsPrinted() bool {
	return p.Shows(UnixAF) || slices.ContainsFunc(p.InetTables(), func(t InetTable) bool { return t.Protocol != SCTP })
}

// The outputs of commands that tell what the kernel's files may lack, as
// package bundle names them.
var (
	socketOutputs = []string{"output/netstat", "output/ss"}
	linkOutputs   = []string{"output/netstat_i", "output/ifconfig", "output/ip_address", "output/ip_link", "output/ip_link_json", "output/ip_address_json"}
	routeOutputs  = map[Family][]string{
		Inet:  {"output/route", "output/ip_route"},
		Inet6: {"output/route6", "output/ip6_route"},
	}
)

// ByteOrderFiles tell the machine's byte order, by their words or by its
// architecture.
var ByteOrderFiles = []string{
	"proc/net/route", "proc/net/tcp", "proc/net/udp", "proc/net/tcp6", "proc/net/if_inet6", "output/ip_address",
	"uname", "sos_commands/kernel/uname_-a", "proc/sys/kernel/osrelease", "proc/version", "proc/cpuinfo",
}

// NeedsByteOrder reports whether the plan reads tables that hold words of the
// machine's own byte order.
func (p Plan) NeedsByteOrder(n Needs) bool {
	return p.Mode == Sockets || p.Mode == Routes || p.Mode == Interfaces && n.Extend
}

// SocketFamilies are the families behind the internet section, in the order in
// which netstat shows them.
var SocketFamilies = []Family{UnixAF, IPX, AX25, X25, Netrom, Rose}

// socketFiles are the tables of these families.
var socketFiles = map[Family][]string{
	UnixAF: {"proc/net/unix"},
	IPX:    {"proc/net/ipx/socket", "proc/net/ipx"},
	AX25:   {"proc/net/ax25"},
	X25:    {"proc/net/x25/socket", "proc/net/x25"},
	Netrom: {"proc/net/nr"},
	Rose:   {"proc/net/rose"},
}

// routeFiles are the routing tables by family. Those without an entry have none.
var routeFiles = map[Family][]string{
	Inet:   {"proc/net/route", "proc/net/rt_cache"},
	Inet6:  {"proc/net/ipv6_route", "proc/net/ndisc"},
	AX25:   {"proc/net/ax25_route"},
	X25:    {"proc/net/x25/route", "proc/net/x25_routes"},
	IPX:    {"proc/net/ipx/route", "proc/net/ipx_route"},
	Netrom: {"proc/net/nr_nodes", "proc/net/nr_neigh"},
	Rose:   {"proc/net/rose_nodes", "proc/net/rose_neigh"},
	DDP:    {"proc/net/atalk/route", "proc/net/atalk_route"},
}

// HasRoutes reports whether the family has a routing table.
func (f Family) HasRoutes() bool { return routeFiles[f] != nil }
