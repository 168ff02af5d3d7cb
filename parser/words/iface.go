package words

import "github.com/coldstat/coldstat/parser"

// InterfaceFlags are the IFF_* flags in the order of netstat's letters.
var InterfaceFlags = []Flag{
	{parser.FlagAllmulti, 'A', "ALLMULTI"}, {parser.FlagBroadcast, 'B', "BROADCAST"}, {parser.FlagDebug, 'D', "DEBUG"},
	{parser.FlagLoopback, 'L', "LOOPBACK"}, {parser.FlagMulticast, 'M', "MULTICAST"}, {parser.FlagDynamic, 'd', "DYNAMIC"},
	{parser.FlagPromisc, 'P', "PROMISC"}, {parser.FlagNotrailers, 'N', "NOTRAILERS"}, {parser.FlagNoarp, 'O', "NOARP"},
	{parser.FlagPointopoint, 'P', "POINTOPOINT"}, {parser.FlagSlave, 's', "SLAVE"}, {parser.FlagMaster, 'm', "MASTER"},
	{parser.FlagRunning, 'R', "RUNNING"}, {parser.FlagUp, 'U', "UP"},
}

// hardware are the ARPHRD_* types of include/uapi/linux/if_arp.h that are met
// in captures.
var hardware = map[int64]string{
	0: "NETROM", 1: "ETHER", 3: "AX25", 4: "PRONET", 6: "IEEE802", 7: "ARCNET", 24: "IEEE1394", 27: "EUI64",
	32: "INFINIBAND", 256: "SLIP", 270: "ROSE", 271: "X25", 280: "CAN", 512: "PPP", 519: "RAWIP", 768: "TUNNEL",
	769: "TUNNEL6", 772: "LOOPBACK", 776: "SIT", 778: "IPGRE", 779: "PIMREG", 801: "IEEE80211",
	802: "IEEE80211_PRISM", 803: "IEEE80211_RADIOTAP", 823: "IP6GRE", 824: "NETLINK", 0xfffe: "NONE", 0xffff: "VOID",
}

// Hardware names an ARPHRD_* type, or gives "".
func Hardware(kind int64) string { return hardware[kind] }

// ARPFlags are the ATF_* flags of an entry of the ARP table.
var ARPFlags = []Flag{
	{0x02, 'C', "COM"}, {0x04, 'M', "PERM"}, {0x08, 'P', "PUBL"}, {0x10, 0, "USETRAILERS"},
	{0x20, 0, "NETMASK"}, {0x40, '!', "DONTPUB"},
}

// Inet6Scope names the scope of an address in if_inet6, as netstat words it.
func Inet6Scope(scope uint8) string {
	var names string
	if scope&0x80 != 0 {
		names, scope = "compat,", scope&^0x80
	}
	switch scope {
	case 0:
		names += "global"
	case 0x20:
		names += "link"
	case 0x40:
		names += "site"
	case 0x10:
		names += "host"
	}
	return names
}
