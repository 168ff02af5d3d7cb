package parser_test

import (
	"slices"
	"testing"

	"github.com/coldstat/coldstat/parser"
)

// The texts below were taken in one network namespace of Linux 6.18 with iproute2
// 6.1 and net-tools 2.10: types of routes, several next hops, nexthop objects,
// gateways of the other family, encapsulations and metrics, as no capture has them.

const kernelRoute = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
d1	00000000	00000000	0001	0	0	0	00000080	0	0	0
d0	00000000	0100010A	0003	0	0	20	00000000	0	0	0
*	00000000	00000000	0201	0	0	4278198272	00000000	0	0	0
d0	0000010A	00000000	0001	0	0	0	00FFFFFF	0	0	0
d1	0000020A	00000000	0001	0	0	0	00FFFFFF	0	0	0
d0	0000030A	00000000	0003	0	0	0	0000FFFF	0	0	0
d0	0100040A	0100010A	0007	0	0	7	FFFFFFFF	1340	4000	2500
d0	0000060A	0900010A	0003	0	0	0	0000FFFF	0	0	0
d0	0000070A	0100010A	0003	0	0	0	0000FFFF	0	0	0
d0	0000080A	0100010A	0003	0	0	0	0000FFFF	0	0	0
lo	0909090A	00000000	0005	0	0	0	FFFFFFFF	0	0	0
lo	00000A0A	00000000	0001	0	0	0	0000FFFF	0	0	0
d0	00000B0A	00000000	0001	0	0	0	0000FFFF	0	0	0
d0	00000D0A	0100010A	0003	0	0	0	0000FFFF	0	0	0
*	00000E0A	00000000	0201	0	0	0	0000FFFF	540	9	0
d2	0000140A	00000000	0001	0	0	0	00FFFFFF	0	0	0
d2	0000150A	0200140A	0003	0	0	0	0000FFFF	0	0	0
*	000200C0	00000000	0201	0	0	0	80FFFFFF	0	0	0
*	090200C0	00000000	0205	0	0	0	FFFFFFFF	0	0	0
*	800200C0	00000000	0001	0	0	0	80FFFFFF	0	0	0
*	006433C6	00000000	0201	0	0	0	00FFFFFF	0	0	0
*	006533C6	00000000	0001	0	0	0	00FFFFFF	0	0	0
`

const kernelIPRoute = `10.12.0.0/16 via 10.1.0.1 dev d0 table 100 
0.0.0.0/1 dev d1 scope link 
default proto static metric 20 
	nexthop via 10.1.0.1 dev d0 weight 3 
	nexthop via 10.2.0.1 dev d1 weight 1 
unreachable default metric 4278198272 
10.1.0.0/24 dev d0 proto kernel scope link src 10.1.0.5 
10.2.0.0/24 dev d1 proto kernel scope link src 10.2.0.5 
10.3.0.0/16 via inet6 fe80::1 dev d0 
10.4.0.1 via 10.1.0.1 dev d0 metric 7 mtu lock 1400 window 4000 rtt 2.5s advmss 1300 
10.6.0.0/16 
	nexthop via 10.1.0.9 dev d0 weight 2 onlink 
	nexthop dev d1 weight 1 
10.7.0.0/16 nhid 10 
	nexthop via 10.1.0.1 dev d0 weight 1 
	nexthop via 10.2.0.1 dev d1 weight 1 
10.8.0.0/16 nhid 1 via 10.1.0.1 dev d0 
local 10.9.9.9 dev lo scope host 
broadcast 10.9.9.10 dev d0 scope link 
blackhole 10.10.0.0/16 nhid 20 dev lo 
10.11.0.0/16  encap ip id 5 src 1.1.1.1 dst 2.2.2.2 ttl 9 tos 0 dev d0 scope link 
10.13.0.0/16 tos 0x10 via 10.1.0.1 dev d0 
unreachable 10.14.0.0/16 window 9 advmss 500 
10.20.0.0/24 dev d2 proto kernel scope link src 10.20.0.1 linkdown 
10.21.0.0/16 via 10.20.0.2 dev d2 linkdown 
unreachable 192.0.2.0/25 
unreachable 192.0.2.9 
blackhole 192.0.2.128/25 
prohibit 198.51.100.0/24 
throw 198.51.101.0/24 
multicast 239.1.0.0/16 dev d0 scope link 
local 10.1.0.5 dev d0 table local proto kernel scope host src 10.1.0.5 
broadcast 10.1.0.255 dev d0 table local proto kernel scope link src 10.1.0.5 
local 10.2.0.5 dev d1 table local proto kernel scope host src 10.2.0.5 
broadcast 10.2.0.255 dev d1 table local proto kernel scope link src 10.2.0.5 
local 10.20.0.1 dev d2 table local proto kernel scope host src 10.20.0.1 
broadcast 10.20.0.255 dev d2 table local proto kernel scope link src 10.20.0.1 linkdown 
local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1 
local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1 
broadcast 127.255.255.255 dev lo table local proto kernel scope link src 127.0.0.1 
`

const kernelIPOneline = `0.0.0.0/1 dev d1 scope link 
default proto static metric 20 \	nexthop via 10.1.0.1 dev d0 weight 3 \	nexthop via 10.2.0.1 dev d1 weight 1 
unreachable default metric 4278198272 
10.1.0.0/24 dev d0 proto kernel scope link src 10.1.0.5 
10.2.0.0/24 dev d1 proto kernel scope link src 10.2.0.5 
10.3.0.0/16 via inet6 fe80::1 dev d0 
10.4.0.1 via 10.1.0.1 dev d0 metric 7 mtu lock 1400 window 4000 rtt 2.5s advmss 1300 
10.6.0.0/16 \	nexthop via 10.1.0.9 dev d0 weight 2 onlink \	nexthop dev d1 weight 1 
10.7.0.0/16 nhid 10 \	nexthop via 10.1.0.1 dev d0 weight 1 \	nexthop via 10.2.0.1 dev d1 weight 1 
10.8.0.0/16 nhid 1 via 10.1.0.1 dev d0 
local 10.9.9.9 dev lo scope host 
broadcast 10.9.9.10 dev d0 scope link 
blackhole 10.10.0.0/16 nhid 20 dev lo 
10.11.0.0/16  encap ip id 5 src 1.1.1.1 dst 2.2.2.2 ttl 9 tos 0 dev d0 scope link 
10.13.0.0/16 tos 0x10 via 10.1.0.1 dev d0 
unreachable 10.14.0.0/16 window 9 advmss 500 
10.20.0.0/24 dev d2 proto kernel scope link src 10.20.0.1 linkdown 
10.21.0.0/16 via 10.20.0.2 dev d2 linkdown 
unreachable 192.0.2.0/25 
unreachable 192.0.2.9 
blackhole 192.0.2.128/25 
prohibit 198.51.100.0/24 
throw 198.51.101.0/24 
multicast 239.1.0.0/16 dev d0 scope link 
`

const kernelIPDetails = `unicast 0.0.0.0/1 dev d1 proto boot scope link 
unicast default proto static scope global metric 20 
	nexthop via 10.1.0.1 dev d0 weight 3 
	nexthop via 10.2.0.1 dev d1 weight 1 
unreachable default proto boot scope global metric 4278198272 
unicast 10.1.0.0/24 dev d0 proto kernel scope link src 10.1.0.5 
unicast 10.2.0.0/24 dev d1 proto kernel scope link src 10.2.0.5 
unicast 10.3.0.0/16 via inet6 fe80::1 dev d0 proto boot scope global 
unicast 10.4.0.1 via 10.1.0.1 dev d0 proto boot scope global metric 7 mtu lock 1400 window 4000 rtt 2.5s advmss 1300 
unicast 10.6.0.0/16 proto boot scope global 
	nexthop via 10.1.0.9 dev d0 weight 2 onlink 
	nexthop dev d1 weight 1 
unicast 10.7.0.0/16 nhid 10 proto boot scope global 
	nh_info id 10 group 1/2 scope global proto unspec 
	nexthop via 10.1.0.1 dev d0 weight 1 
	nexthop via 10.2.0.1 dev d1 weight 1 
unicast 10.8.0.0/16 nhid 1 via 10.1.0.1 dev d0 proto boot scope global 
	nh_info id 1 via 10.1.0.1 dev d0 scope link proto unspec 
local 10.9.9.9 dev lo proto boot scope host 
broadcast 10.9.9.10 dev d0 proto boot scope link 
blackhole 10.10.0.0/16 nhid 20 dev lo proto boot scope global 
	nh_info id 20 scope global blackhole proto unspec 
unicast 10.11.0.0/16  encap ip id 5 src 1.1.1.1 dst 2.2.2.2 ttl 9 tos 0 dev d0 proto boot scope link 
unicast 10.13.0.0/16 tos 0x10 via 10.1.0.1 dev d0 proto boot scope global 
unreachable 10.14.0.0/16 proto boot scope global window 9 advmss 500 
unicast 10.20.0.0/24 dev d2 proto kernel scope link src 10.20.0.1 linkdown 
unicast 10.21.0.0/16 via 10.20.0.2 dev d2 proto boot scope global linkdown 
unreachable 192.0.2.0/25 proto boot scope global 
unreachable 192.0.2.9 proto boot scope global 
blackhole 192.0.2.128/25 proto boot scope global 
prohibit 198.51.100.0/24 proto boot scope global 
throw 198.51.101.0/24 proto boot scope global 
multicast 239.1.0.0/16 dev d0 proto boot scope link 
`

const kernelRouteEE = `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface    MSS   Window irtt
0.0.0.0         0.0.0.0         128.0.0.0       U     0      0        0 d1       0     0      0
0.0.0.0         10.1.0.1        0.0.0.0         UG    20     0        0 d0       0     0      0
0.0.0.0         -               0.0.0.0         !     -16769024 -        0 -        -     -      -
10.1.0.0        0.0.0.0         255.255.255.0   U     0      0        0 d0       0     0      0
10.2.0.0        0.0.0.0         255.255.255.0   U     0      0        0 d1       0     0      0
10.3.0.0        0.0.0.0         255.255.0.0     UG    0      0        0 d0       0     0      0
10.4.0.1        10.1.0.1        255.255.255.255 UGH   7      0        0 d0       1340  4000   2500
10.6.0.0        10.1.0.9        255.255.0.0     UG    0      0        0 d0       0     0      0
10.7.0.0        10.1.0.1        255.255.0.0     UG    0      0        0 d0       0     0      0
10.8.0.0        10.1.0.1        255.255.0.0     UG    0      0        0 d0       0     0      0
10.9.9.9        0.0.0.0         255.255.255.255 UH    0      0        0 lo       0     0      0
10.10.0.0       0.0.0.0         255.255.0.0     U     0      0        0 lo       0     0      0
10.11.0.0       0.0.0.0         255.255.0.0     U     0      0        0 d0       0     0      0
10.13.0.0       10.1.0.1        255.255.0.0     UG    0      0        0 d0       0     0      0
10.14.0.0       -               255.255.0.0     !     0      -        0 -        -     -      -
10.20.0.0       0.0.0.0         255.255.255.0   U     0      0        0 d2       0     0      0
10.21.0.0       10.20.0.2       255.255.0.0     UG    0      0        0 d2       0     0      0
192.0.2.0       -               255.255.255.128 !     0      -        0 -        -     -      -
192.0.2.9       -               255.255.255.255 !H    0      -        0 -        -     -      -
192.0.2.128     0.0.0.0         255.255.255.128 U     0      0        0 *        0     0      0
198.51.100.0    -               255.255.255.0   !     0      -        0 -        -     -      -
198.51.101.0    0.0.0.0         255.255.255.0   U     0      0        0 *        0     0      0
`

const kernelRoute6 = `20010db8001600000000000000000000 40 00000000000000000000000000000000 00 20010db8000100000000000000000001 00000400 00000001 00000000 00000003       d0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000002 00000000 00200200       lo
20010db8000100000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000004 00000000 00000001       d0
20010db8000200000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00400001       d1
20010db8000a00000000000000000000 30 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000003 00000000 00200200       lo
20010db8000b00000000000000000000 30 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00200200       lo
20010db8000c00000000000000000000 30 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000003 00000000 00200200       lo
20010db8000d00000000000000000000 30 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00200200       lo
20010db8000f00000000000000000001 80 00000000000000000000000000000000 00 20010db8000100000000000000000001 00000400 00000001 00000000 00000003       d0
20010db8001000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000005 00000000 00400001       d0
20010db8001100000000000000000000 40 00000000000000000000000000000000 00 fe800000000000000000000000000009 00000400 00000001 00000000 08000003       d0
20010db8001200000000000000000000 40 00000000000000000000000000000000 00 fe800000000000000000000000000009 00000400 00000002 00000000 18400003       d0
20010db8001300000000000000000000 40 00000000000000000000000000000000 00 20010db8000100000000000000000001 00000400 00000001 00000000 00000003       d0
20010db8001400000000000000000000 40 00000000000000000000000000000000 00 20010db8000100000000000000000001 00000400 00000002 00000000 00000003       d0
20010db8001700000000000000000000 40 20010db8000100000000000000000000 40 20010db8000100000000000000000001 00000400 00000002 00000000 00000003       d0
20010db8001800000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000003 00000000 00000001       d0
20010db8001900000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001       d0
20010db8001a00000000000000000000 40 00000000000000000000000000000000 00 fe800000000000000000000000000007 00000400 00000001 00000000 00000003       d0
20010db8001a00000000000000000000 40 00000000000000000000000000000000 00 fe800000000000000000000000000008 00000400 00000001 00000000 00000003       d1
20010db8001a00000000000000000000 40 00000000000000000000000000000000 00 fe800000000000000000000000000006 00000400 00000001 00000000 00000003       d0
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001       d0
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001       p0
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001       d1
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001       p1
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001       d2
ff050000000000000000000000000000 10 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001       d0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000100000000000000000001 00000014 00000001 00000000 00000003       d0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000200000000000000000001 00000014 00000001 00000000 00000003       d1
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 00001388 00000001 00000000 00000001       d0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ee6b2800 00000001 00000000 00200200       lo
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 80200001       lo
20010db8000100000000000000000005 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000005 00000000 80200001       d0
20010db8000200000000000000000000 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 00300001       d1
20010db8000200000000000000000005 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 80200001       d1
20010db8000e00000000000000000009 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 80000001       lo
20010db8000e00000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 80000001       lo
20010db800ea00000000000000000009 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001       d0
fe800000000000000000000000000000 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 00300001       d1
fe800000000000002ce30cfffed2c5e4 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 80200001       d2
fe8000000000000044389cfffe7aa6ad 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       d0
fe800000000000005c8023fffe2983c9 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000005 00000000 80200001       p0
fe8000000000000084ff23fffe25a9a1 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       d1
fe80000000000000dc3a20fffe72659c 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000003 00000000 80200001       p1
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000004 00000000 00000001       d0
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001       p0
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000003 00000000 00000001       d1
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001       p1
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001       d2
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000002 00000000 00200200       lo
`

const kernelIP6Route = `2001:db8:16::/64 via 2001:db8:1::1 dev d0 table 100 metric 1024 pref medium
2001:db8:1::/64 dev d0 proto kernel metric 256 pref medium
2001:db8:2::/64 dev d1 proto kernel metric 256 expires 997sec pref medium
unreachable 2001:db8:a::/48 dev lo metric 1024 pref medium
blackhole 2001:db8:b::/48 dev lo metric 1024 pref medium
prohibit 2001:db8:c::/48 dev lo metric 1024 pref medium
throw 2001:db8:d::/48 dev lo metric 1024 pref medium
2001:db8:f::1 via 2001:db8:1::1 dev d0 metric 1024 pref medium
2001:db8:10::/64 dev d0 metric 1024 expires 497sec pref medium
2001:db8:11::/64 via fe80::9 dev d0 metric 1024 pref high
2001:db8:12::/64 via fe80::9 dev d0 proto ra metric 1024 expires 297sec pref low
2001:db8:13::/64 nhid 33 metric 1024 pref medium
	nexthop via 2001:db8:1::1 dev d0 weight 1 
	nexthop via 2001:db8:2::1 dev d1 weight 1 
2001:db8:14::/64 nhid 31 via 2001:db8:1::1 dev d0 metric 1024 pref medium
2001:db8:17::/64 from 2001:db8:1::/64 via 2001:db8:1::1 dev d0 metric 1024 pref medium
2001:db8:18::/64  encap seg6local action End.DT6 table main dev d0 metric 1024 pref medium
2001:db8:19::/64  encap seg6 mode encap segs 1 [ fc00::1 ] dev d0 metric 1024 pref medium
2001:db8:1a::/64 metric 1024 pref medium
	nexthop via fe80::7 dev d0 weight 1 
	nexthop via fe80::8 dev d1 weight 1 
	nexthop via fe80::6 dev d0 weight 1 
fe80::/64 dev d0 proto kernel metric 256 pref medium
fe80::/64 dev p0 proto kernel metric 256 pref medium
fe80::/64 dev d1 proto kernel metric 256 pref medium
fe80::/64 dev p1 proto kernel metric 256 pref medium
fe80::/64 dev d2 proto kernel metric 256 linkdown pref medium
multicast ff05::/16 dev d0 metric 1024 pref medium
default proto static metric 20 pref medium
	nexthop via 2001:db8:1::1 dev d0 weight 3 
	nexthop via 2001:db8:2::1 dev d1 weight 1 
default dev d0 metric 5000 pref medium
unreachable default dev lo metric 4000000000 pref medium
local ::1 dev lo table local proto kernel metric 0 pref medium
local 2001:db8:1::5 dev d0 table local proto kernel metric 0 pref medium
anycast 2001:db8:2:: dev d1 table local proto kernel metric 0 pref medium
local 2001:db8:2::5 dev d1 table local proto kernel metric 0 pref medium
local 2001:db8:e::9 dev lo table local metric 1024 pref medium
local 2001:db8:e::/64 dev lo table local metric 1024 pref medium
anycast 2001:db8:ea::9 dev d0 table local metric 1024 pref medium
anycast fe80:: dev d1 table local proto kernel metric 0 pref medium
local fe80::2ce3:cff:fed2:c5e4 dev d2 table local proto kernel metric 0 pref medium
local fe80::4438:9cff:fe7a:a6ad dev d0 table local proto kernel metric 0 pref medium
local fe80::5c80:23ff:fe29:83c9 dev p0 table local proto kernel metric 0 pref medium
local fe80::84ff:23ff:fe25:a9a1 dev d1 table local proto kernel metric 0 pref medium
local fe80::dc3a:20ff:fe72:659c dev p1 table local proto kernel metric 0 pref medium
multicast ff00::/8 dev d0 table local proto kernel metric 256 pref medium
multicast ff00::/8 dev p0 table local proto kernel metric 256 pref medium
multicast ff00::/8 dev d1 table local proto kernel metric 256 pref medium
multicast ff00::/8 dev p1 table local proto kernel metric 256 pref medium
multicast ff00::/8 dev d2 table local proto kernel metric 256 linkdown pref medium
`

const kernelIP6Oneline = `2001:db8:16::/64 via 2001:db8:1::1 dev d0 table 100 metric 1024 pref medium
2001:db8:1::/64 dev d0 proto kernel metric 256 pref medium
2001:db8:2::/64 dev d1 proto kernel metric 256 expires 997sec pref medium
unreachable 2001:db8:a::/48 dev lo metric 1024 pref medium
blackhole 2001:db8:b::/48 dev lo metric 1024 pref medium
prohibit 2001:db8:c::/48 dev lo metric 1024 pref medium
throw 2001:db8:d::/48 dev lo metric 1024 pref medium
2001:db8:f::1 via 2001:db8:1::1 dev d0 metric 1024 pref medium
2001:db8:10::/64 dev d0 metric 1024 expires 497sec pref medium
2001:db8:11::/64 via fe80::9 dev d0 metric 1024 pref high
2001:db8:12::/64 via fe80::9 dev d0 proto ra metric 1024 expires 297sec pref low
2001:db8:13::/64 nhid 33 metric 1024 pref medium\	nexthop via 2001:db8:1::1 dev d0 weight 1 \	nexthop via 2001:db8:2::1 dev d1 weight 1 
2001:db8:14::/64 nhid 31 via 2001:db8:1::1 dev d0 metric 1024 pref medium
2001:db8:17::/64 from 2001:db8:1::/64 via 2001:db8:1::1 dev d0 metric 1024 pref medium
2001:db8:18::/64  encap seg6local action End.DT6 table main dev d0 metric 1024 pref medium
2001:db8:19::/64  encap seg6 mode encap segs 1 [ fc00::1 ] dev d0 metric 1024 pref medium
2001:db8:1a::/64 metric 1024 pref medium\	nexthop via fe80::7 dev d0 weight 1 \	nexthop via fe80::8 dev d1 weight 1 \	nexthop via fe80::6 dev d0 weight 1 
fe80::/64 dev d0 proto kernel metric 256 pref medium
fe80::/64 dev p0 proto kernel metric 256 pref medium
fe80::/64 dev d1 proto kernel metric 256 pref medium
fe80::/64 dev p1 proto kernel metric 256 pref medium
fe80::/64 dev d2 proto kernel metric 256 linkdown pref medium
multicast ff05::/16 dev d0 metric 1024 pref medium
default proto static metric 20 pref medium\	nexthop via 2001:db8:1::1 dev d0 weight 3 \	nexthop via 2001:db8:2::1 dev d1 weight 1 
default dev d0 metric 5000 pref medium
unreachable default dev lo metric 4000000000 pref medium
local ::1 dev lo table local proto kernel metric 0 pref medium
local 2001:db8:1::5 dev d0 table local proto kernel metric 0 pref medium
anycast 2001:db8:2:: dev d1 table local proto kernel metric 0 pref medium
local 2001:db8:2::5 dev d1 table local proto kernel metric 0 pref medium
local 2001:db8:e::9 dev lo table local metric 1024 pref medium
local 2001:db8:e::/64 dev lo table local metric 1024 pref medium
anycast 2001:db8:ea::9 dev d0 table local metric 1024 pref medium
anycast fe80:: dev d1 table local proto kernel metric 0 pref medium
local fe80::2ce3:cff:fed2:c5e4 dev d2 table local proto kernel metric 0 pref medium
local fe80::4438:9cff:fe7a:a6ad dev d0 table local proto kernel metric 0 pref medium
local fe80::5c80:23ff:fe29:83c9 dev p0 table local proto kernel metric 0 pref medium
local fe80::84ff:23ff:fe25:a9a1 dev d1 table local proto kernel metric 0 pref medium
local fe80::dc3a:20ff:fe72:659c dev p1 table local proto kernel metric 0 pref medium
multicast ff00::/8 dev d0 table local proto kernel metric 256 pref medium
multicast ff00::/8 dev p0 table local proto kernel metric 256 pref medium
multicast ff00::/8 dev d1 table local proto kernel metric 256 pref medium
multicast ff00::/8 dev p1 table local proto kernel metric 256 pref medium
multicast ff00::/8 dev d2 table local proto kernel metric 256 linkdown pref medium
`

const kernelRouteText6 = `Kernel IPv6 routing table
Destination                    Next Hop                   Flag Met Ref  Use If
2001:db8:16::/64               2001:db8:1::1              UG   1024 1      0 d0
::/0                           ::                         !n   -1  2      0 lo
2001:db8:1::/64                ::                         U    256 4      0 d0
2001:db8:2::/64                ::                         Ue   256 1      0 d1
2001:db8:a::/48                ::                         !n   1024 3      0 lo
2001:db8:b::/48                ::                         !n   1024 1      0 lo
2001:db8:c::/48                ::                         !n   1024 3      0 lo
2001:db8:d::/48                ::                         !n   1024 1      0 lo
2001:db8:f::1/128              2001:db8:1::1              UG   1024 1      0 d0
2001:db8:10::/64               ::                         Ue   1024 5      0 d0
2001:db8:11::/64               fe80::9                    UG   1024 1      0 d0
2001:db8:12::/64               fe80::9                    UGe  1024 2      0 d0
2001:db8:13::/64               2001:db8:1::1              UG   1024 1      0 d0
2001:db8:14::/64               2001:db8:1::1              UG   1024 2      0 d0
2001:db8:17::/64               2001:db8:1::1              UG   1024 2      0 d0
2001:db8:18::/64               ::                         U    1024 3      0 d0
2001:db8:19::/64               ::                         U    1024 1      0 d0
2001:db8:1a::/64               fe80::7                    UG   1024 1      0 d0
2001:db8:1a::/64               fe80::8                    UG   1024 1      0 d1
2001:db8:1a::/64               fe80::6                    UG   1024 1      0 d0
fe80::/64                      ::                         U    256 2      0 d0
fe80::/64                      ::                         U    256 1      0 p0
fe80::/64                      ::                         U    256 1      0 d1
fe80::/64                      ::                         U    256 1      0 p1
fe80::/64                      ::                         U    256 1      0 d2
ff05::/16                      ::                         U    1024 1      0 d0
::/0                           2001:db8:1::1              UG   20  1      0 d0
::/0                           2001:db8:2::1              UG   20  1      0 d1
::/0                           ::                         U    5000 1      0 d0
::/0                           ::                         !n   -294967296 1      0 lo
::1/128                        ::                         Un   0   3      0 lo
2001:db8:1::5/128              ::                         Un   0   5      0 d0
2001:db8:2::/128               ::                         Un   0   3      0 d1
2001:db8:2::5/128              ::                         Un   0   3      0 d1
2001:db8:e::9/128              ::                         U    1024 1      0 lo
2001:db8:e::/64                ::                         U    1024 1      0 lo
2001:db8:ea::9/128             ::                         U    1024 1      0 d0
fe80::/128                     ::                         Un   0   3      0 d1
fe80::2ce3:cff:fed2:c5e4/128   ::                         Un   0   3      0 d2
fe80::4438:9cff:fe7a:a6ad/128  ::                         Un   0   2      0 d0
fe80::5c80:23ff:fe29:83c9/128  ::                         Un   0   5      0 p0
fe80::84ff:23ff:fe25:a9a1/128  ::                         Un   0   2      0 d1
fe80::dc3a:20ff:fe72:659c/128  ::                         Un   0   3      0 p1
ff00::/8                       ::                         U    256 4      0 d0
ff00::/8                       ::                         U    256 2      0 p0
ff00::/8                       ::                         U    256 3      0 d1
ff00::/8                       ::                         U    256 2      0 p1
ff00::/8                       ::                         U    256 1      0 d2
::/0                           ::                         !n   -1  2      0 lo
`

// TestKernelRoutes: all forms of ip and route have the rows of /proc/net/route.
func TestKernelRoutes(t *testing.T) {
	want, _ := routesOf(parser.Routes, kernelRoute, nil)
	for name, text := range map[string]string{
		"all": kernelIPRoute, "-o": kernelIPOneline, "-d": kernelIPDetails, "both families": kernelIPRoute + kernelIP6Route,
	} {
		got, errs := routesOf(parser.IPRoutes, text, nil)
		if len(errs) > 0 || len(got) != len(want) {
			t.Errorf("%s: %d rows of %d, errors %q", name, len(got), len(want), errs)
			continue
		}
		for i := range want {
			if g, w := sameRoute(got[i], got[i].Lacks), sameRoute(want[i], got[i].Lacks); g != w {
				t.Errorf("%s:\n got %+v\nwant %+v", name, g, w)
			}
		}
	}
}

// TestKernelRouteText: net-tools prints metrics with a sign, which are read without
// one, and no MSS and window of a route that rejects.
func TestKernelRouteText(t *testing.T) {
	want, _ := routesOf(parser.Routes, kernelRoute, nil)
	got, errs := routesOf(parser.RouteText, kernelRouteEE, nil)
	if len(errs) > 0 || len(got) != len(want) {
		t.Fatalf("%d rows of %d, errors %q", len(got), len(want), errs)
	}
	for i, w := range want {
		w = sameRoute(w, 0)
		if w.Flags&parser.RouteReject != 0 {
			w.MTU, w.Window = 0, 0
		}
		if g := sameRoute(got[i], 0); g != w || got[i].Lacks != 0 {
			t.Errorf("\n got %+v\nwant %+v", g, w)
		}
	}
}

func TestKernelRoutes6(t *testing.T) {
	want, _ := routesOf(parser.Routes6, kernelRoute6, nil)
	for name, text := range map[string]string{"all": kernelIP6Route, "-o": kernelIP6Oneline, "both families": kernelIPRoute + kernelIP6Route} {
		got, errs := routesOf(parser.IPRoutes6, text, nil)
		d := routeDiff{text: name, unprinted: true, lacks: parser.LacksRefCount | parser.LacksUse, explained: func(rt *parser.Route6) {
			if rt.Flags == 0x400001 && rt.Metric == 256 {
				rt.Flags |= 0xc0000 // of an address with a lifetime, as if it were advertised
			}
		}}
		compare6(t, d, got, want, errs)
	}
}

func TestKernelRouteText6(t *testing.T) {
	want, _ := routesOf(parser.Routes6, kernelRoute6, nil)
	got, errs := routesOf(parser.RouteText6, kernelRouteText6, nil)
	compare6(t, routeDiff{text: "route -n -6", explained: func(rt *parser.Route6) {
		lettered(rt)
		rt.Source = want[0].Source // without a column
	}}, got, slices.Clone(want), errs)
}
