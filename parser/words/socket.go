package words

import (
	"strconv"

	"github.com/coldstat/coldstat/parser"
)

var (
	tcpTimers   = [...]string{"off", "on", "keepalive", "timewait", "probe"}
	otherTimers = [...]string{"off", "on1", "on2"}
)

// Timer names the tr column, of a tcp row or of another.
func Timer(timer uint8, tcp bool) string {
	timers := otherTimers[:]
	if tcp {
		timers = tcpTimers[:]
	}
	if int(timer) < len(timers) {
		return timers[timer]
	}
	return "unkn-" + strconv.Itoa(int(timer))
}

// unixFlags are the flags of a UNIX socket in netstat's order.
var unixFlags = []struct {
	bit  uint32
	word string
}{{parser.UnixAccept, "ACC"}, {parser.UnixWait, "W"}, {parser.UnixNoSpace, "N"}}

// UnixFlags lists netstat's words for the flags that are set.
func UnixFlags(flags uint32) (list []string) {
	for _, f := range unixFlags {
		if flags&f.bit != 0 {
			list = append(list, f.word)
		}
	}
	return list
}

// socketTypes are the SOCK_* types.
var socketTypes = [...]string{1: "STREAM", 2: "DGRAM", 3: "RAW", 4: "RDM", 5: "SEQPACKET"}

// UnixType names the type of a UNIX socket.
func UnixType(t uint16) string {
	if t > 0 && int(t) < len(socketTypes) {
		return socketTypes[t]
	}
	return "UNKNOWN"
}

// PacketType names the type of a packet socket.
func PacketType(t uint16) string {
	switch {
	case t == 10:
		return "PACKET"
	default:
		return UnixType(t)
	}
}

// UnixState names the state of a UNIX socket. One that is not connected has no
// word unless it listens.
func UnixState(state uint8, flags uint32) string {
	switch state {
	case 0:
		return "FREE"
	case 1:
		if flags&parser.UnixAccept != 0 {
			return "LISTENING"
		}
		return ""
	case 2:
		return "CONNECTING"
	case 3:
		return "CONNECTED"
	case 4:
		return "DISCONNECTING"
	}
	return "UNKNOWN"
}

// States by number, as each family's part of netstat words them.
var (
	ax25States   = []string{"LISTENING", "SABM SENT", "DISC SENT", "ESTABLISHED", "RECOVERY"}
	x25States    = []string{"LISTENING", "SABM_SENT", "DISC_SENT", "ESTABLISHED", "RECOVERY"}
	netromStates = []string{"LISTENING", "CONN SENT", "DISC SENT", "ESTABLISHED"}
)

// AX25State names the state of an AX.25 socket.
func AX25State(state uint8) string { return packetState(ax25States, state) }

// X25State names the state of an X.25 socket.
func X25State(state uint8) string { return packetState(x25States, state) }

// NetromState names the state of a NET/ROM or ROSE socket.
func NetromState(state uint8) string { return packetState(netromStates, state) }

func packetState(names []string, state uint8) string {
	if int(state) < len(names) {
		return names[state]
	}
	return "UNKNOWN(" + strconv.Itoa(int(state)) + ")"
}

// netlinkProtocols are the NETLINK_* numbers of include/uapi/linux/netlink.h.
var netlinkProtocols = [...]string{
	0: "ROUTE", 1: "UNUSED", 2: "USERSOCK", 3: "FIREWALL", 4: "SOCK_DIAG", 5: "NFLOG", 6: "XFRM",
	7: "SELINUX", 8: "ISCSI", 9: "AUDIT", 10: "FIB_LOOKUP", 11: "CONNECTOR", 12: "NETFILTER",
	13: "IP6_FW", 14: "DNRTMSG", 15: "KOBJECT_UEVENT", 16: "GENERIC", 18: "SCSITRANSPORT",
	19: "ECRYPTFS", 20: "RDMA", 21: "CRYPTO", 22: "SMC",
}

// NetlinkProtocol names a netlink protocol, or gives "".
func NetlinkProtocol(n uint16) string {
	if int(n) < len(netlinkProtocols) {
		return netlinkProtocols[n]
	}
	return ""
}

// etherTypes are the ETH_P_* numbers of include/uapi/linux/if_ether.h that
// packet sockets are seen with.
var etherTypes = map[uint16]string{
	0x0001: "802_3", 0x0002: "AX25", 0x0003: "ALL", 0x0004: "802_2", 0x0800: "IP", 0x0806: "ARP",
	0x8035: "RARP", 0x8100: "8021Q", 0x86dd: "IPV6", 0x8809: "SLOW", 0x8847: "MPLS_UC", 0x8863: "PPP_DISC",
	0x8864: "PPP_SES", 0x888e: "PAE", 0x8892: "PROFINET", 0x88a2: "AOE", 0x88a4: "ETHERCAT",
	0x88a8: "8021AD", 0x88c7: "PREAUTH", 0x88cc: "LLDP", 0x88f7: "1588", 0x8906: "FCOE", 0x890d: "TDLS",
	0x8914: "FIP", 0x22f0: "TSN",
}

// EtherType names the protocol of a packet socket as the kernel's ETH_P_* do,
// or gives "".
func EtherType(n uint16) string { return etherTypes[n] }
