package snapshot

// A File is one file of the captured machine that is read.
type File struct {
	// Name is the path on the machine, with * for one element.
	Name string
	// Header is set if the kernel always writes a header line, so that a file
	// of no bytes is a failed capture and not an empty table.
	Header bool
	// Use says what is lost without it, as "without it, ...".
	Use string
}

// Files is THE list of what is read of a capture. A new table is one line here
// and one file in package parser.
var Files = []File{
	{"proc/net/tcp", true, "no TCP sockets over IPv4"},
	{"proc/net/tcp6", true, "no TCP sockets over IPv6"},
	{"proc/net/udp", true, "no UDP sockets over IPv4"},
	{"proc/net/udp6", true, "no UDP sockets over IPv6"},
	{"proc/net/udplite", true, "no UDP-Lite sockets over IPv4"},
	{"proc/net/udplite6", true, "no UDP-Lite sockets over IPv6"},
	{"proc/net/raw", true, "no raw sockets over IPv4"},
	{"proc/net/raw6", true, "no raw sockets over IPv6"},
	{"proc/net/sctp/eps", true, "no SCTP endpoints"},
	{"proc/net/sctp/assocs", true, "no SCTP associations"},
	{"proc/net/unix", true, "no UNIX sockets"},
	{"proc/net/packet", true, "no packet sockets"},
	{"proc/net/netlink", true, "no netlink sockets"},
	{"proc/net/arp", true, "no neighbours over IPv4"},
	{"proc/net/route", true, "no IPv4 routes"},
	{"proc/net/ipv6_route", false, "no IPv6 routes"},
	{"proc/net/dev", true, "no interface counters"},
	{"proc/net/if_inet6", false, "no IPv6 addresses of interfaces"},
	{"proc/net/fib_trie", false, "no IPv4 addresses of interfaces, unless the output of ip is there"},
	{"proc/net/igmp", true, "no multicast groups over IPv4"},
	{"proc/net/igmp6", false, "no multicast groups over IPv6"},
	{"proc/net/rt_cache", true, "no routing cache of IPv4 (kernels before 3.6)"},
	{"proc/net/ndisc", false, "no neighbours over IPv6 (kernels 2.1)"},
	{"proc/net/ip_masquerade", true, "no masqueraded connections (kernels 2.0 to 2.2)"},
	{"proc/net/ipx/socket", true, "no IPX sockets"},
	{"proc/net/ipx", true, "no IPX sockets of old kernels"},
	{"proc/net/ipx/route", true, "no IPX routes"},
	{"proc/net/ipx_route", true, "no IPX routes of old kernels"},
	{"proc/net/ax25", false, "no AX.25 sockets"},
	{"proc/net/ax25_route", true, "no AX.25 routes"},
	{"proc/net/x25/socket", true, "no X.25 sockets"},
	{"proc/net/x25", true, "no X.25 sockets of old kernels"},
	{"proc/net/x25/route", true, "no X.25 routes"},
	{"proc/net/x25_routes", true, "no X.25 routes of old kernels"},
	{"proc/net/nr", true, "no NET/ROM sockets"},
	{"proc/net/nr_nodes", true, "no NET/ROM routes"},
	{"proc/net/nr_neigh", true, "no neighbours of NET/ROM routes"},
	{"proc/net/rose", true, "no ROSE sockets"},
	{"proc/net/rose_nodes", true, "no ROSE routes"},
	{"proc/net/rose_neigh", true, "no neighbours of ROSE routes"},
	{"proc/net/atalk/route", true, "no AppleTalk routes"},
	{"proc/net/atalk_route", true, "no AppleTalk routes of old kernels"},
	{"proc/net/snmp", true, "no counters of IPv4 and TCP"},
	{"proc/net/netstat", true, "no extended counters of TCP and IPv4"},
	{"proc/net/sctp/snmp", true, "no counters of SCTP"},
	{"proc/net/snmp6", true, "no counters of IPv6"},
	{"etc/services", false, "no names for ports but well-known ones"},
	{"etc/hosts", false, "no names for addresses"},
	{"etc/networks", false, "no names for networks"},
	{"etc/protocols", false, "no names for the protocols of raw sockets"},
	{"etc/passwd", false, "no names for users"},
	{"sys/class/net/*/mtu", false, "no MTU"},
	{"sys/class/net/*/flags", false, "no interface flags"},
	{"sys/class/net/*/operstate", false, "not known whether an interface is running"},
	{"sys/class/net/*/type", false, "no hardware type"},
	{"sys/class/net/*/address", false, "no hardware address"},
	{"sys/class/net/*/tx_queue_len", false, "no transmit queue length"},
	{"proc/*/fd/*", false, "no programs"},
	{"proc/*/cmdline", false, "no names of programs"},
	{"proc/sys/kernel/hostname", false, "the machine's name from other files, if any"},
	{"etc/hostname", false, "the machine's name from other files, if any"},
	{"sos_commands/host/hostname", false, "the machine's name from other files, if any"},
	{"hostname", false, "the machine's name from other files, if any"},
	{"uname", false, "the kernel and its architecture from other files, if any"},
	{"sos_commands/kernel/uname_-a", false, "the kernel and its architecture from other files, if any"},
	{"proc/sys/kernel/osrelease", false, "the kernel's release from other files, if any"},
	{"proc/version", false, "the kernel's release from other files, if any"},
	{"proc/cpuinfo", false, "the architecture from other files, if any"},
	{"date", false, "the time of the capture from other files, if any"},
	{"sos_commands/date/date", false, "the time of the capture from other files, if any"},
	{"sos_commands/general/date", false, "the time of the capture from other files, if any"},
	{"sos_commands/systemd/timedatectl", false, "the time of the capture from other files, if any"},
	{"proc/uptime", false, "not known for how long the machine had run"},
	{"proc/sys/kernel/random/boot_id", false, "captures of one boot cannot be told from those of another"},
	{"proc/*/ns/*", false, "no network namespace"},
	{"sos_commands/networking/ip_-d_address", false, "interface addresses and flags only as far as the kernel's files tell"},
	{"cmd/ip_-d_address", false, "interface addresses and flags only as far as the kernel's files tell"},
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
