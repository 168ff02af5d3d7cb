package parser_test

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/coldstat/coldstat/parser"
)

var (
	none  parser.Opt[uint64]
	noNum parser.Opt[int64]
)

func count(v uint64) parser.Opt[uint64] { return parser.Some(v) }
func num(v int64) parser.Opt[int64]     { return parser.Some(v) }

// TestRows pins the values of rows with something odd in them.
func TestRows(t *testing.T) {
	ap := netip.MustParseAddrPort
	ip := netip.MustParseAddr
	tcp := parser.InetSocket{
		Local: ap("127.0.0.1:22"), Remote: ap("127.0.0.2:54321"), State: parser.Established, SendQ: 1, RecvQ: 2,
		Timer: 2, TimerExpires: 3, Retransmits: 4, UID: 33, Timeout: 5, Inode: 4711,
		RefCount: num(1), RTO: count(20), ATO: count(4), QuickAck: count(30), CongestionWindow: count(10),
	}
	change := func(f func(*parser.InetSocket)) parser.InetSocket { s := tcp; f(&s); return s }
	bare := tcp // nothing behind the inode
	bare.RefCount, bare.RTO, bare.ATO, bare.QuickAck, bare.CongestionWindow = noNum, none, none, none, none
	swap := func(old, new string) string { return "head\n" + strings.Replace(good, old, new, 1) + "\n" }
	upTo := good[:strings.Index(good, " 1 0 20")]
	behind := func(columns string) string { return "head\n" + upTo + columns }
	drops := func(columns string) string { return "inode ref pointer drops\n" + upTo + columns }
	inState := func(st, columns string) string {
		return "head\n" + strings.Replace(upTo, " 01 ", " "+st+" ", 1) + columns
	}
	after := func(f func(*parser.InetSocket)) parser.InetSocket { s := bare; f(&s); return s }
	cases := []struct {
		name, table, text string
		want              any
	}{
		{"tcp plain", "tcp", "head\n" + good + "\n", tcp},
		{"tcp tabs between columns", "tcp", "head\n" + strings.ReplaceAll(good, " ", "\t") + "\n", tcp},
		{"tcp vendor columns pid task", "tcp", "head\n" + good + " 1097 mqttd\n", tcp},
		{"tcp nothing behind the inode", "tcp", behind("\n"), bare},
		{"tcp blanks behind the inode", "tcp", behind(" \t \n"), bare},
		{"tcp no pointer", "tcp", behind(" 1\n"), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"tcp pointer", "tcp", swap(" 1 0 ", " -1 ffff8800cdab1340 "), change(func(s *parser.InetSocket) { s.RefCount, s.Pointer = num(-1), count(0xffff8800cdab1340) })},
		{"tcp pointer of 17 digits", "tcp", swap(" 1 0 ", " 1 0ffff8800cdab1340 "), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"tcp pointer that is not shown", "tcp", swap(" 1 0 ", " 1 (____ptrval____) "), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"tcp odd reference count", "tcp", swap(" 1 0 20", " x 0 20"), bare},
		{"tcp reference count of 33 bits", "tcp", swap(" 1 0 20", " 4294967296 0 20"), bare},
		{"tcp reference count too low", "tcp", swap(" 1 0 20", " -2147483649 0 20"), bare},
		{"tcp sign alone", "tcp", swap(" 1 0 20", " - 1 0 20"), bare},
		{"tcp two signs", "tcp", swap(" 1 0 20", " --1 0 20"), bare},
		{"tcp odd ato", "tcp", swap(" 20 4 ", " 20 4x "), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"tcp four numbers", "tcp", swap(" 10 -1", " 10"), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"udp vendor columns without drops", "tcp", behind(" 2 a1 1097 mqttd\n"), after(func(s *parser.InetSocket) { s.RefCount, s.Pointer = num(2), count(0xa1) })},
		{"tcp rto of 20 digits", "tcp", swap(" 20 4 ", " 10000000000000000000 4 "), after(func(s *parser.InetSocket) { s.RefCount = num(1) })},
		{"tcp largest rto", "tcp", swap(" 20 4 ", " 9999999999999999999 4 "), change(func(s *parser.InetSocket) { s.RTO = count(9999999999999999999) })},
		{"tcp threshold", "tcp", swap("10 -1", "10 7"), change(func(s *parser.InetSocket) { s.SlowStartThreshold = num(7) })},
		{"tcp listener", "tcp", inState("0A", " 1 0 100 0 0 10 5\n"), after(func(s *parser.InetSocket) {
			s.State, s.RefCount, s.RTO, s.ATO, s.QuickAck, s.CongestionWindow = parser.Listen, num(1), count(100), count(0), count(0), count(10)
			s.FastOpenQueue = num(5)
		})},
		{"tcp listener of an old kernel", "tcp", inState("0A", " 1 0 3000 0 0 2 -1\n"), after(func(s *parser.InetSocket) {
			s.State, s.RefCount, s.RTO, s.ATO, s.QuickAck, s.CongestionWindow = parser.Listen, num(1), count(3000), count(0), count(0), count(2)
		})},
		{"tcp TIME_WAIT with vendor columns", "tcp", inState("06", " 3 cdfd0eb8 1097 1098 1 2 3\n"), after(func(s *parser.InetSocket) {
			s.State, s.RefCount, s.Pointer = parser.TimeWait, num(3), count(0xcdfd0eb8)
		})},
		{"tcp FIN_WAIT2 that is left of a socket", "tcp", strings.Replace(inState("05", " 3 cdfd0eb8 1097 1098 1 2 3\n"), " 02:", " 03:", 1), after(func(s *parser.InetSocket) {
			s.State, s.Timer, s.RefCount, s.Pointer = parser.FinWait2, parser.TimerTimeWait, num(3), count(0xcdfd0eb8)
		})},
		{"tcp SYN_RECV with vendor columns", "tcp", inState("03", " 1 0 1097 mqttd\n"), after(func(s *parser.InetSocket) {
			s.State, s.RefCount = parser.SynRecv, num(1)
		})},
		{"tcp SYN_RECV with data", "tcp", inState("03", " 1 0 100 4 0 10 -1\n"), after(func(s *parser.InetSocket) {
			s.State, s.RefCount, s.RTO, s.ATO, s.QuickAck, s.CongestionWindow = parser.SynRecv, num(1), count(100), count(4), count(0), count(10)
		})},
		{"tcp cut in the tail", "tcp", behind(" 1 0 20 4 3"), after(func(s *parser.InetSocket) { s.RefCount, s.RTO, s.ATO = num(1), count(20), count(4) })},
		{"tcp cut behind a column", "tcp", behind(" 1 0 20 4 3 "), after(func(s *parser.InetSocket) {
			s.RefCount, s.RTO, s.ATO, s.QuickAck = num(1), count(20), count(4), count(3)
		})},
		{"tcp cut in the threshold", "tcp", behind(" 1 0 20 4 30 10 -1"), change(func(*parser.InetSocket) {})},
		{"udp drops", "tcp", drops(" 2 a1 5\n"), after(func(s *parser.InetSocket) { s.RefCount, s.Pointer, s.Drops = num(2), count(0xa1), count(5) })},
		{"udp negative drops", "tcp", drops(" 2 0 -1   \n"), after(func(s *parser.InetSocket) { s.RefCount, s.Drops = num(2), count(1<<32-1) })},
		{"udp no drops", "tcp", drops(" 2 a1\n"), after(func(s *parser.InetSocket) { s.RefCount, s.Pointer = num(2), count(0xa1) })},
		{"udp drops cut", "tcp", drops(" 2 a1 5"), after(func(s *parser.InetSocket) { s.RefCount, s.Pointer = num(2), count(0xa1) })},
		{"udp drops with vendor columns", "tcp", drops(" 2 a1 5 1097 mqttd\n"), after(func(s *parser.InetSocket) {
			s.RefCount, s.Pointer, s.Drops = num(2), count(0xa1), count(5)
		})},
		{"tcp NUL in an ignored column", "tcp", "head\n" + good + " \x00\n", tcp},
		{"tcp no blank behind the slot", "tcp", swap("0: ", "0:"), tcp},
		{"tcp lower case digits", "tcp", "head\n" + strings.ToLower(good) + "\n", tcp},
		{"tcp slot 10000", "tcp", swap("   0:", "10000:"), change(func(s *parser.InetSocket) { s.Slot = 10000 })},
		{"tcp leading zeros do not count", "tcp", swap("02:00000003", "02:000000000000000000000003"), tcp},
		{"tcp queue of all ones", "tcp", swap("00000002 ", "FFFFFFFFFFFFFFFF "), change(func(s *parser.InetSocket) { s.RecvQ = 1<<64 - 1 })},
		{"tcp largest uid", "tcp", swap("33", "4294967295"), change(func(s *parser.InetSocket) { s.UID = 1<<32 - 1 })},
		{"tcp timeout -1", "tcp", swap("        5", "       -1"), change(func(s *parser.InetSocket) { s.Timeout = -1 })},
		{"tcp timeout unsigned", "tcp", swap("        5", " 4294967295"), change(func(s *parser.InetSocket) { s.Timeout = -1 })},
		{"tcp state FF", "tcp", swap(" 01 ", " FF "), change(func(s *parser.InetSocket) { s.State = 0xff })},
		{"tcp6 row in tcp", "tcp", swap("0100007F", "00000000000000000000000001000000"), change(func(s *parser.InetSocket) { s.Local = ap("[::1]:22") })},
		{"tcp6 mapped", "tcp", swap("0100007F", "0000000000000000FFFF00000500000A"), change(func(s *parser.InetSocket) { s.Local = ap("[::ffff:10.0.0.5]:22") })},

		{"unix name with blanks", "unix", "Num Inode Path\n0: 2 0 10000 1 1 7 /a  b \n", parser.UnixSocket{
			RefCount: 2, Flags: parser.UnixAccept, Type: 1, State: 1, Inode: 7, HasInode: true, Path: "/a  b ",
		}},
		{"unix name starts with a blank", "unix", "Num Inode Path\n0: 2 0 0 1 1 7  x\n", parser.UnixSocket{
			RefCount: 2, Type: 1, State: 1, Inode: 7, HasInode: true, Path: " x",
		}},
		{"unix name ends in a carriage return", "unix", "Num Inode Path\n0: 2 0 0 1 1 7 x\r\n", parser.UnixSocket{
			RefCount: 2, Type: 1, State: 1, Inode: 7, HasInode: true, Path: "x\r",
		}},
		{"unix before Inode", "unix", "Num RefCount Protocol Flags Type St Path\n0: 2 0 0 1 3 /tmp/x\n", parser.UnixSocket{
			RefCount: 2, Type: 1, State: 3, Path: "/tmp/x",
		}},
		{"unix long pointer", "unix", "Inode\nffff8800cdab1340: 2 0 0 1 1 7\n", parser.UnixSocket{
			Pointer: parser.Some(uint64(0xffff8800cdab1340)), RefCount: 2, Type: 1, State: 1, Inode: 7, HasInode: true,
		}},
		{"unix huge name", "unix", "Inode\n0: 2 0 0 1 1 7 /" + strings.Repeat("n", 60000) + "\n", parser.UnixSocket{
			RefCount: 2, Type: 1, State: 1, Inode: 7, HasInode: true, Path: "/" + strings.Repeat("n", 60000),
		}},

		{"route with columns between", "route", "Iface Destination Gateway X Flags RefCnt Use Metric Mask MTU Window IRTT More\n" +
			"eth0 0000000A 0100000A what 0003 0 1 -1 000000FF 1500 2 3 4\n", parser.Route{
			Iface: "eth0", Destination: ip("10.0.0.0"), Gateway: ip("10.0.0.1"), Genmask: ip("255.0.0.0"),
			Flags: 3, Use: 1, Metric: -1, MTU: 1500, Window: 2, IRTT: 3,
		}},
		{"route header with bars", "route", "Iface|Destination|Gateway|Flags|RefCnt|Use|Metric|Mask|MTU|Window|IRTT\n" +
			"* 00000000 00000000 0200 0 0 4294967295 00000000 0 0 0\n", parser.Route{
			Iface: "*", Destination: ip("0.0.0.0"), Gateway: ip("0.0.0.0"), Genmask: ip("0.0.0.0"), Flags: 0x200, Metric: 4294967295,
		}},

		{"dev alias", "dev-16", devHeader + " lo:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", dev("lo:1")},
		{"dev glued", "dev-16", devHeader + " lo:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", dev("lo")},
		{"dev glued alias", "dev-16", devHeader + " lo:1:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", dev("lo:1")},
		{"dev no colon", "dev-16", devHeader + " lo 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", dev("lo")},
		{"dev sixteen characters", "dev-16", devHeader + "r_rmnet_data6789: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", dev("r_rmnet_data6789")},
		{"dev of Linux 2.0", "dev-11", "Inter-|\n face |packets errs drop fifo frame|packets errs drop fifo colls carrier\n" +
			"    lo:       1    2    3    4    5        6    7    8    9    10   11\n", parser.DevCounters{
			Iface: "lo", RxPackets: 1, RxErrs: 2, RxDrop: 3, RxFifo: 4, RxFrame: 5,
			TxPackets: 6, TxErrs: 7, TxDrop: 8, TxFifo: 9, TxColls: 10, TxCarrier: 11,
		}},

		{"if_inet6 large index", "if_inet6", "fe800000000000000000000000000001 1a2b3 40 20 80 eth0\n", parser.Inet6Addr{
			Addr: ip("fe80::1"), IfIndex: 0x1a2b3, PrefixLen: 64, Scope: 0x20, Flags: 0x80, Iface: "eth0",
		}},
		{"eps addresses of both kinds", "sctp-eps", "head\nffff8800 ffff8801 2   10  29   5000    0  12345 *10.0.0.5 2001:0db8:0000:0000:0000:0000:0000:0001 \n", parser.SCTPSocket{
			State: parser.Listen, LocalPort: 5000, Inode: 12345, Local: []netip.Addr{ip("10.0.0.5"), ip("2001:db8::1")},
			Type: parser.Some[uint8](2), Pointer: count(0xffff8801),
		}},
		{"eps without address", "sctp-eps", "head\nf f 2 10 29 5000 0 12345 \n", parser.SCTPSocket{
			State: parser.Listen, LocalPort: 5000, Inode: 12345, Type: parser.Some[uint8](2), Pointer: count(0xf),
		}},
		{"eps odd type and pointer", "sctp-eps", "head\nf (null) 256   10  29   5000    0  12345 \n", parser.SCTPSocket{State: parser.Listen, LocalPort: 5000, Inode: 12345}},
		{"assocs", "sctp-assocs", assocHead + " wmema\n" + assocRow + "\t    7500    10    11   12    13    14   -1   1   0   262144   262145\n", fullAssoc},
		{"assocs without buffers", "sctp-assocs", assocHead + "\n" + assocRow + "\t    7500    10    11   12    13    14   -1   1   0   262144   262145\n", assoc(
			func(s *parser.SCTPSocket) {
				s.SendBufferAllocated, s.SendBufferQueued, s.SendBuffer, s.RecvBuffer = noNum, noNum, noNum, noNum
			})},
		{"assocs odd streams", "sctp-assocs", assocHead + " wmema\n" + assocRow + "\t    7500    65536    11   12    13    14   -1   1   0   262144   262145\n", parser.SCTPSocket{
			State: parser.Established, LocalPort: 3868, RemotePort: 46728, Local: fullAssoc.Local, Remote: fullAssoc.Remote, Inode: 1371, Type: fullAssoc.Type,
			Pointer: fullAssoc.Pointer, AssocState: fullAssoc.AssocState, AssocID: fullAssoc.AssocID, HeartbeatInterval: count(7500),
		}},
		{"assocs cut", "sctp-assocs", assocHead + " wmema\n" + assocRow + "\t    7500    10    11   12    13    14   -1   1   0   262144   2621", assoc(
			func(s *parser.SCTPSocket) { s.RecvBuffer = noNum })},
		{"packet", "packet", "sk RefCnt\nffff8d72b886a000 3      3    88cc   2     1 0      100    19717 \n", parser.LinkSocket{
			Pointer: count(0xffff8d72b886a000), RefCount: 3, Type: 3, Protocol: 0x88cc, IfIndex: 2, Running: true, UID: 100, Inode: 19717,
		}},
		{"packet pointer that is not shown", "packet", "sk\n(____ptrval____) 3 2 0 -1 0 4096 0 7 more\n", parser.LinkSocket{
			RefCount: 3, Type: 2, IfIndex: -1, RecvQ: 4096, Inode: 7,
		}},
		{"netlink", "netlink", netlinkHead + "00000000df664063 16  2147487891 800405d5 1        2        1     3        4        1170    \n", parser.NetlinkSocket{
			Pointer: count(0xdf664063), Protocol: 16, PortID: 2147487891, Groups: 0x800405d5, RecvQ: 1, SendQ: 2,
			Dumping: parser.Some(true), RefCount: 3, Drops: count(4), Inode: count(1170),
		}},
		{"netlink negative port and drops", "netlink", netlinkHead + "0 0 -4097 0 -1 0 0 2 -1 7\n", parser.NetlinkSocket{
			PortID: 1<<32 - 4097, RecvQ: -1, Dumping: parser.Some(false), RefCount: 2, Drops: count(1<<32 - 1), Inode: count(7),
		}},
		{"netlink no dump in an older kernel", "netlink", netlinkHead + "0 0 0 0 0 0   (null) 2 0 7\n", parser.NetlinkSocket{
			Dumping: parser.Some(false), RefCount: 2, Drops: count(0), Inode: count(7),
		}},
		{"netlink dump that is not shown", "netlink", netlinkHead + "0 0 0 0 0 0 00000000 2 0 7\n", parser.NetlinkSocket{
			RefCount: 2, Drops: count(0), Inode: count(7),
		}},
		{"netlink odd dump and drops", "netlink", netlinkHead + "0 0 0 0 0 0 x 2 y 7\n", parser.NetlinkSocket{RefCount: 2}},
		{"netlink inode cut", "netlink", netlinkHead + "0 0 0 0 0 0 0 2 5 7", parser.NetlinkSocket{
			Dumping: parser.Some(false), RefCount: 2, Drops: count(5),
		}},
		{"netlink of Linux 2.6.18", "netlink", "sk Eth Pid Groups Rmem Wmem Dump Locks\nffff81045f9bc400 0 3714 1 0 0 0000000000000000 2 3 4\n", parser.NetlinkSocket{
			Pointer: count(0xffff81045f9bc400), PortID: 3714, Groups: 1, Dumping: parser.Some(false), RefCount: 2,
		}},
		{"netlink dump of Linux 2.6.18", "netlink", "sk Locks\n0 0 3714 1 0 0 ffff81045f9bc400 2\n", parser.NetlinkSocket{
			PortID: 3714, Groups: 1, Dumping: parser.Some(true), RefCount: 2,
		}},
		{"arp", "arp", "IP address\n10.1.12.0        0x1         0x6         92:22:3f:b6:02:6c     *        flannel.1\n", parser.ARPEntry{
			Addr: ip("10.1.12.0"), HWType: 1, Flags: parser.ATFComplete | parser.ATFPermanent, HWAddr: "92:22:3f:b6:02:6c", Mask: "*", Iface: "flannel.1",
		}},
		{"arp no hardware address", "arp", "IP address\n10.1.12.0        0x300       0x2                               *        gre1\n", parser.ARPEntry{
			Addr: ip("10.1.12.0"), HWType: 0x300, Flags: parser.ATFComplete, Mask: "*", Iface: "gre1",
		}},
		{"arp of nobody in AX.25", "arp", "IP address\n10.1.12.0        0x3         0x2         *                     *        ax0\n", parser.ARPEntry{
			Addr: ip("10.1.12.0"), HWType: 3, Flags: parser.ATFComplete, HWAddr: "*", Mask: "*", Iface: "ax0",
		}},
		{"arp published on no interface", "arp", "IP address\n10.1.12.0        0x0         0xc         00:00:00:00:00:00     *        *\n", parser.ARPEntry{
			Addr: ip("10.1.12.0"), Flags: parser.ATFPermanent | parser.ATFPublished, HWAddr: "00:00:00:00:00:00", Mask: "*", Iface: "*",
		}},
		{"igmp", "igmp", igmpHead + "2\teth0      :     1      V3\n\t\t\t\tFB0000E0     3 1:0000001F\t\t1\n", group(func(*parser.Group) {})},
		{"igmp no timer runs", "igmp", igmpHead + "2\teth0      :     1      V3\n\t\t\t\tFB0000E0     3 0:0000001F\t\t1\n", group(func(g *parser.Group) { g.Timer = none })},
		{"igmp odd timer", "igmp", igmpHead + "2\teth0      :     1      V3\n\t\t\t\tFB0000E0     3 2:0000001F\t\t1\n", group(func(g *parser.Group) { g.Timer, g.Reporter = none, parser.Opt[bool]{} })},
		{"igmp timer with a blank", "igmp", igmpHead + "2\teth0      :     1      V3\n\t\t\t\tFB0000E0     3 1: 0000001F\t\t1\n", group(func(g *parser.Group) { g.Timer, g.Reporter = none, parser.Opt[bool]{} })},
		{"igmp reporter cut", "igmp", igmpHead + "2\teth0      :     1      V3\n\t\t\t\tFB0000E0     3 1:0000001F\t\t1", group(func(g *parser.Group) { g.Reporter = parser.Opt[bool]{} })},
		{"igmp odd querier", "igmp", igmpHead + "2\teth0      :     1      V3x\n\t\t\t\tFB0000E0     3 1:0000001F\t\t1\n", group(func(g *parser.Group) { g.Querier = parser.Opt[string]{} })},
		{"igmp of Linux 2.0", "igmp", igmpHead[len("Idx\t"):] + "eth0      :     1      V1\n\t\t\t\tFB0000E0     3 1:0000001F\t\t1\n", group(func(g *parser.Group) {
			g.IfIndex, g.Querier = parser.Opt[uint32]{}, parser.Some("V1")
		})},
		{"igmp6", "igmp6", "2 eth0 ff020000000000000000000000000001 3 00000005 12\n", group6(func(*parser.Group) {})},
		{"igmp6 no timer runs", "igmp6", "2 eth0 ff020000000000000000000000000001 3 00000006 12\n", group6(func(g *parser.Group) {
			g.Flags, g.Timer, g.Reporter = parser.Some[uint32](parser.GroupReporter|parser.GroupLoaded), none, parser.Some(true)
		})},
		{"igmp6 a timer that is over", "igmp6", "2 eth0 ff020000000000000000000000000001 3 00000005 -1\n", group6(func(g *parser.Group) { g.Timer = none })},
		{"igmp6 odd flags", "igmp6", "2 eth0 ff020000000000000000000000000001 3 100000005 1\n", group6(func(g *parser.Group) {
			g.Flags, g.Timer, g.Reporter = parser.Opt[uint32]{}, none, parser.Opt[bool]{}
		})},
		{"fib with a tos", "fib_trie", "Id 1000:\n  +-- 0.0.0.0/0 1 0 0\n     |-- 10.0.0.0\n        /8 universe UNICAST tos=16\n", parser.FibEntry{
			Table: "Id 1000", Prefix: netip.MustParsePrefix("10.0.0.0/8"), Scope: "universe", Type: "UNICAST",
		}},
		{"ip of iproute2", "ip_address", "2: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000\n" +
			"    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0\n" +
			"    veth numtxqueues 1\n    inet 10.0.0.5/24 brd 10.0.0.255 scope global dynamic noprefixroute eth0\n" +
			"       valid_lft 85 sec preferred_lft 85sec\n    inet6 fe80::1/64 scope link\n", parser.IPLink{
			Name: "eth0", Flags: 0x1043, MTU: parser.Some[int64](1500), FlagsKnown: 0xffff, TxQueueLen: parser.Some[int64](1000), HWKind: "ether", HWAddr: "02:00:00:00:00:01",
			Lower: "if5", Kind: "veth", Promiscuity: parser.Some[int64](0),
			Addrs:  []parser.IPAddr{{Addr: ip("10.0.0.5"), Len: 24, Broadcast: ip("10.0.0.255"), Label: "eth0"}},
			Addrs6: []parser.Inet6Addr{{Line: 6, Addr: ip("fe80::1"), PrefixLen: 64, Scope: 0x20, Iface: "eth0"}},
		}},
	}
	seen := map[string]bool{}
	for _, tc := range cases {
		if seen[tc.name] {
			t.Fatalf("two cases are called %q", tc.name)
		}
		seen[tc.name] = true
		t.Run(tc.name, func(t *testing.T) {
			res := tableNamed(t, tc.table).read(tc.text, nil)
			if len(res.rows) != 1 || len(res.errs) > 0 {
				t.Fatalf("rows %+v, errors %q; want one row", res.rows, res.texts())
			}
			if !reflect.DeepEqual(res.rows[0], tc.want) {
				t.Errorf("\n got %+v\nwant %+v", res.rows[0], tc.want)
			}
		})
	}
}

const igmpHead = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"

func group(change func(*parser.Group)) parser.Group {
	g := parser.Group{
		Iface: "eth0", Addr: netip.MustParseAddr("224.0.0.251"), Users: 3, IfIndex: parser.Some[uint32](2),
		Querier: parser.Some("V3"), Timer: count(0x1f), Reporter: parser.Some(true),
	}
	change(&g)
	return g
}

func group6(change func(*parser.Group)) parser.Group {
	g := parser.Group{
		Iface: "eth0", Addr: netip.MustParseAddr("ff02::1"), Users: 3, IfIndex: parser.Some[uint32](2),
		Flags: parser.Some[uint32](parser.GroupTimer | parser.GroupLoaded), Timer: count(12), Reporter: parser.Some(false),
	}
	change(&g)
	return g
}

const (
	assocHead = "ASSOC RADDRS HBINT RTXC"
	assocRow  = "d6cc5c5f cb54a4c4 2   1   3  0       4        0        0       0  1371 3868  46728  127.0.0.1 10.0.2.15 <-> *127.0.0.1 "
)

var fullAssoc = parser.SCTPSocket{
	State: parser.Established, LocalPort: 3868, RemotePort: 46728, Inode: 1371, Type: parser.Some[uint8](2), Pointer: count(0xcb54a4c4),
	Local:  []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("10.0.2.15")},
	Remote: []netip.Addr{netip.MustParseAddr("127.0.0.1")}, AssocState: parser.Some[uint8](3), AssocID: parser.Some[uint32](4),
	HeartbeatInterval: count(7500), InStreams: parser.Some[uint16](10), OutStreams: parser.Some[uint16](11), MaxRetransmits: num(12),
	T1Retransmits: num(13), T2Retransmits: num(14), RetransmittedChunks: count(1<<32 - 1),
	SendBufferAllocated: num(1), SendBufferQueued: num(0), SendBuffer: num(262144), RecvBuffer: num(262145),
}

func assoc(change func(*parser.SCTPSocket)) parser.SCTPSocket { s := fullAssoc; change(&s); return s }

func dev(name string) parser.DevCounters {
	return parser.DevCounters{
		Iface: name, HasBytes: true, HasCompressed: true, RxBytes: 1, RxPackets: 2, RxErrs: 3, RxDrop: 4, RxFifo: 5, RxFrame: 6, RxCompressed: 7, RxMulticast: 8,
		TxBytes: 9, TxPackets: 10, TxErrs: 11, TxDrop: 12, TxFifo: 13, TxColls: 14, TxCarrier: 15, TxCompressed: 16,
	}
}
