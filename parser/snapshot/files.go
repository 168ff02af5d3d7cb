package snapshot

import (
	"slices"

	"github.com/coldstat/coldstat/parser"
)

// A File is one file of the captured machine that is read.
type File struct {
	// Name is the path on the machine, with * for one element.
	Name string
	// Header is set if the kernel always writes a header line, so that a file
	// of no bytes is a failed capture and not an empty table.
	Header bool
	// Use says what is lost without it, as "without it, ...".
	Use string
	// Rare is set if its absence is not worth a word.
	Rare bool

	// rows counts the rows of a table; nil for other files.
	rows counter
}

// Files is THE list of what is read of a capture. A new table is one line here
// and one file in package parser.
var Files = slices.Concat([]File{
	{"proc/net/tcp", true, "no TCP sockets over IPv4", false, count(parser.Inet)},
	{"proc/net/tcp6", true, "no TCP sockets over IPv6", false, count(parser.Inet)},
	{"proc/net/udp", true, "no UDP sockets over IPv4", false, count(parser.Inet)},
	{"proc/net/udp6", true, "no UDP sockets over IPv6", false, count(parser.Inet)},
	{"proc/net/udplite", true, "no UDP-Lite sockets over IPv4", false, count(parser.Inet)},
	{"proc/net/udplite6", true, "no UDP-Lite sockets over IPv6", false, count(parser.Inet)},
	{"proc/net/raw", true, "no raw sockets over IPv4", false, count(parser.Inet)},
	{"proc/net/raw6", true, "no raw sockets over IPv6", false, count(parser.Inet)},
	{"proc/net/sctp/eps", true, "no SCTP endpoints", false, count(parser.SCTPEndpoints)},
	{"proc/net/sctp/assocs", true, "no SCTP associations", false, count(parser.SCTPAssociations)},
	{"proc/net/unix", true, "no UNIX sockets", false, count(parser.Unix)},
	{"proc/net/packet", true, "no packet sockets", false, count(parser.Packet)},
	{"proc/net/netlink", true, "no netlink sockets", false, count(parser.Netlink)},
	{"proc/net/arp", true, "no neighbours over IPv4", false, count(parser.ARP)},
	{"proc/net/route", true, "no IPv4 routes", false, count(parser.Routes)},
	{"proc/net/ipv6_route", false, "no IPv6 routes", false, count(parser.Routes6)},
	{"proc/net/dev", true, "no interface counters", false, count(parser.Dev)},
	{"proc/net/if_inet6", false, "no IPv6 addresses of interfaces", false, count(parser.IfInet6)},
	{"proc/net/fib_trie", false, "no IPv4 addresses of interfaces, unless the output of ip is there", false, count(parser.FibTrie)},
	{"proc/net/igmp", true, "no multicast groups over IPv4", false, count(parser.IGMP)},
	{"proc/net/igmp6", false, "no multicast groups over IPv6", false, count(parser.IGMP6)},
	{"proc/net/snmp", true, "no counters of IPv4 and TCP", false, count(parser.SNMP)},
	{"proc/net/netstat", true, "no extended counters of TCP and IPv4", false, count(parser.SNMP)},
	{"proc/net/sctp/snmp", true, "no counters of SCTP", false, count(parser.SCTPSNMP)},
	{"proc/net/snmp6", true, "no counters of IPv6", false, count(parser.SNMP6)},
	{"etc/services", false, "no names for ports but well-known ones", false, nil},
	{"etc/hosts", false, "no names for addresses", false, nil},
	{"etc/networks", false, "no names for networks", false, nil},
	{"etc/protocols", false, "no names for the protocols of raw sockets", false, nil},
	{"etc/passwd", false, "no names for users", false, nil},
	{"sys/class/net/*/mtu", false, "no MTU", false, nil},
	{"sys/class/net/*/flags", false, "no interface flags", false, nil},
	{"sys/class/net/*/operstate", false, "not known whether an interface is running", false, nil},
	{"proc/sys/net/ipv6/conf/*/mtu", false, "no MTU, unless another file tells it", false, nil},
	{"sys/class/net/*/type", false, "no hardware type", false, nil},
	{"sys/class/net/*/address", false, "no hardware address", false, nil},
	{"sys/class/net/*/tx_queue_len", false, "no transmit queue length", false, nil},
	{"proc/*/fd/*", false, "no programs", false, nil},
	{"proc/*/cmdline", false, "no names of programs", false, nil},
	{"proc/uptime", false, "not known for how long the machine had run", false, nil},
	{"proc/sys/kernel/random/boot_id", false, "captures of one boot cannot be told from those of another", false, nil},
	{"proc/*/ns/*", false, "no network namespace", false, nil},
}, rare([]File{
	{"proc/net/sockstat", true, "no number of orphans, nor the memory of TCP and UDP", false, count(parser.Sockstat)},
	{"proc/net/sockstat6", true, "no number of sockets of IPv6 but the rows of its tables", false, count(parser.Sockstat)},
	{"proc/net/rt_cache", true, "no routing cache of IPv4 (kernels before 3.6)", false, count(parser.CachedRoutes)},
	{"proc/net/ndisc", false, "no neighbours over IPv6 (kernels 2.1)", false, count(parser.Neighbours6)},
	{"proc/net/ip_masquerade", true, "no masqueraded connections (kernels 2.0 to 2.2)", false, count(parser.Masquerades)},
	{"proc/net/ipx/socket", true, "no IPX sockets", false, count(parser.IPX)},
	{"proc/net/ipx", true, "no IPX sockets of old kernels", false, count(parser.IPX)},
	{"proc/net/ipx/route", true, "no IPX routes", false, count(parser.IPXRoutes)},
	{"proc/net/ipx_route", true, "no IPX routes of old kernels", false, count(parser.IPXRoutes)},
	{"proc/net/ax25", false, "no AX.25 sockets", false, count(parser.AX25)},
	{"proc/net/ax25_route", true, "no AX.25 routes", false, count(parser.AX25Routes)},
	{"proc/net/x25/socket", true, "no X.25 sockets", false, count(parser.X25)},
	{"proc/net/x25", true, "no X.25 sockets of old kernels", false, count(parser.X25)},
	{"proc/net/x25/route", true, "no X.25 routes", false, count(parser.X25Routes)},
	{"proc/net/x25_routes", true, "no X.25 routes of old kernels", false, count(parser.X25Routes)},
	{"proc/net/nr", true, "no NET/ROM sockets", false, count(parser.Netrom)},
	{"proc/net/nr_nodes", true, "no NET/ROM routes", false, count(parser.NetromNodes)},
	{"proc/net/nr_neigh", true, "no neighbours of NET/ROM routes", false, count(parser.NetromNeighbours)},
	{"proc/net/rose", true, "no ROSE sockets", false, count(parser.Rose)},
	{"proc/net/rose_nodes", true, "no ROSE routes", false, count(parser.RoseNodes)},
	{"proc/net/rose_neigh", true, "no neighbours of ROSE routes", false, count(parser.RoseNeighbours)},
	{"proc/net/atalk/route", true, "no AppleTalk routes", false, count(parser.AtalkRoutes)},
	{"proc/net/atalk_route", true, "no AppleTalk routes of old kernels", false, count(parser.AtalkRoutes)},
	{"proc/sys/kernel/hostname", false, "the machine's name from other files, if any", false, nil},
	{"etc/hostname", false, "the machine's name from other files, if any", false, nil},
	{"etc/HOSTNAME", false, "the machine's name from other files, if any", false, nil},
	{"sos_commands/host/hostname", false, "the machine's name from other files, if any", false, nil},
	{"hostname", false, "the machine's name from other files, if any", false, nil},
	{"uname", false, "the kernel and its architecture from other files, if any", false, nil},
	{"sos_commands/kernel/uname_-a", false, "the kernel and its architecture from other files, if any", false, nil},
	{"proc/sys/kernel/osrelease", false, "the kernel's release from other files, if any", false, nil},
	{"proc/version", false, "the kernel's release from other files, if any", false, nil},
	{"proc/cpuinfo", false, "the architecture from other files, if any", false, nil},
	{"date", false, "the time of the capture from other files, if any", false, nil},
	{"sos_commands/date/date", false, "the time of the capture from other files, if any", false, nil},
	{"sos_commands/general/date", false, "the time of the capture from other files, if any", false, nil},
	{"sos_commands/systemd/timedatectl", false, "the time of the capture from other files, if any", false, nil},
	{"output/netstat", false, "sockets and programs only as far as the kernel's files tell", false, count(parser.NetstatSockets)},
	{"output/ss", false, "no limits of accept queues; sockets and programs only as far as the kernel's files tell", false, count(parser.SSSockets)},
	{"output/lsof", false, "programs only as far as proc/PID/fd tells", false, count(parser.Lsof)},
	{"output/route", false, "IPv4 routes only as far as the kernel's file tells", false, count(parser.RouteText)},
	{"output/route6", false, "IPv6 routes only as far as the kernel's file tells", false, count(parser.RouteText6)},
	{"output/ip_route", false, "IPv4 routes only as far as the kernel's file tells", false, count(parser.IPRoutes)},
	{"output/ip6_route", false, "IPv6 routes only as far as the kernel's file tells", false, count(parser.IPRoutes6)},
	{"output/netstat_i", false, "interface flags and MTU only as far as other files tell", false, count(parser.NetstatInterfaces)},
	{"output/ifconfig", false, "interface flags and MTU only as far as other files tell", false, count(parser.Ifconfig)},
	{"output/ip_link_json", false, "interface flags and MTU only as far as other files tell", false, count(parser.IPLinksJSON)},
	{"output/ip_address_json", false, "interface addresses only as far as other files tell", false, count(parser.IPLinksJSON)},
	{"output/ip_address", false, "interface addresses and flags only as far as the kernel's files tell", false, count(parser.IPLinks)},
	{"output/ip_link", false, "interface flags only as far as the kernel's files tell", false, count(parser.IPLinks)},
	{"output/sysctl", false, "the kernel's settings only as far as proc/sys tells, or its defaults", false, count(parser.Sysctls)},
	{"proc/net/softnet_stat", true, "not known what the CPUs drop of the packets that come in", false, count(parser.Softnets)},
	{"proc/net/stat/arp_cache", true, "how full the ARP table is only as far as proc/net/arp tells", false, count(parser.CPUStats)},
	{"proc/net/stat/ndisc_cache", true, "not known how full the table of IPv6 neighbours is", false, count(parser.CPUStats)},
	{"proc/net/stat/nf_conntrack", true, "not known what connection tracking drops", false, count(parser.CPUStats)},
	{"proc/net/nf_conntrack", false, "not known which connections NAT changes, unless it is in ip_conntrack", false, count(parser.Conntracks)},
	{"proc/net/ip_conntrack", false, "not known which connections NAT changes, unless it is in nf_conntrack", false, count(parser.Conntracks)},
	{"proc/net/bonding/*", true, "not known whether bonds are whole", false, count(parser.Bonding)},
}), rare(settingFiles()))

// rare marks files that hardly any capture has, or that only stand in for others.
func rare(list []File) []File {
	for i := range list {
		list[i].Rare = true
	}
	return list
}

// file finds the entry of a name without *.
func file(name string) File {
	for _, f := range Files {
		if f.Name == name {
			return f
		}
	}
	return File{Name: name}
}

// Names lists the names of all files.
func Names() []string {
	names := make([]string, len(Files))
	for i, f := range Files {
		names[i] = f.Name
	}
	return names
}
