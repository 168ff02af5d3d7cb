package counters

// ip is section Ip of snmp (snmp_seq_show, net/ipv4/proc.c), of Linux 2.0 on;
// OutTransmits since 6.7.
func ip() []Counter {
	return in(
		"Ip", ipMIB,
		Counter{Name: "Forwarding", Class: Lost, Sentence: "Forwarding is %d", Meaning: "1 if this machine forwards packets (net.ipv4.ip_forward), 2 if not: a setting, not a count"},
		Counter{Name: "DefaultTTL", Class: Hidden, Meaning: "the TTL of packets sent without one of their own: a setting, not a count"},
		Counter{Name: "InReceives", Class: Always, Sentence: "%d total packets received", Meaning: "IP packets received, broken ones included"},
		Counter{Name: "InHdrErrors", Class: NonZero, Sentence: "%d with invalid headers", Meaning: "packets dropped for their header: wrong version, length or checksum, bad options, TTL used up while forwarding", Bad: "when it grows: a broken link or driver, or a routing loop"},
		Counter{Name: "InAddrErrors", Class: NonZero, Sentence: "%d with invalid addresses", Meaning: "packets dropped because their destination is neither ours nor one to forward to", Bad: "when it grows: a neighbour routes to us by mistake, or forwarding is off on a router"},
		Counter{Name: "ForwDatagrams", Class: Always, Sentence: "%d forwarded", Meaning: "packets routed on to another machine", Bad: "if this machine is not meant to be a router"},
		Counter{Name: "InUnknownProtos", Class: NonZero, Sentence: "%d with unknown protocol", Meaning: "packets for us whose protocol has no handler, such as GRE or SCTP without its module", Bad: "when it grows, if a tunnel or protocol is expected to work"},
		Counter{Name: "InDiscards", Class: Always, Sentence: "%d incoming packets discarded", Meaning: "good packets dropped on the way in, mostly for lack of memory or by policy", Bad: "when it grows"},
		Counter{Name: "InDelivers", Class: Always, Sentence: "%d incoming packets delivered", Meaning: "packets handed to TCP, UDP, ICMP and other protocols here, put together from fragments first"},
		Counter{Name: "OutRequests", Class: Always, Sentence: "%d requests sent out", Meaning: "packets that protocols here asked to send; kernels before 6.7 count forwarded ones too"},
		Counter{Name: "OutDiscards", Class: NonZero, Sentence: "%d outgoing packets dropped", Meaning: "good packets not sent, for lack of buffers, by policy or because the neighbour could not be resolved", Bad: "when it grows along with traffic"},
		Counter{Name: "OutNoRoutes", Class: NonZero, Sentence: "%d dropped because of missing route", Meaning: "packets not sent because no route led to their destination", Bad: "when it grows: a route or the default route is missing"},
		Counter{Name: "ReasmTimeout", Class: NonZero, Sentence: "%d fragments dropped after timeout", Meaning: "fragmented packets given up because fragments were still missing after net.ipv4.ipfrag_time", Bad: "when it grows: fragments are lost on the way or blocked by a firewall"},
		Counter{Name: "ReasmReqds", Class: NonZero, Sentence: "%d reassemblies required", Meaning: "fragments received that had to be put together"},
		Counter{Name: "ReasmOKs", Class: NonZero, Sentence: "%d packets reassembled ok", Meaning: "packets put together from fragments"},
		Counter{Name: "ReasmFails", Class: NonZero, Sentence: "%d packet reassemblies failed", Meaning: "failures to put fragments together: timeout, overlap, or more memory needed than net.ipv4.ipfrag_high_thresh", Bad: "when it grows: large UDP packets (NFS, DNS, tunnels) are lost"},
		Counter{Name: "FragOKs", Class: NonZero, Sentence: "%d outgoing packets fragmented ok", Meaning: "packets cut into fragments for a smaller MTU", Bad: "when large for forwarded tunnel traffic: the MTU inside the tunnel is too big"},
		Counter{Name: "FragFails", Class: NonZero, Sentence: "%d outgoing packets failed fragmentation", Meaning: "packets too large for the MTU that could not be cut, mostly because DF is set", Bad: "when it grows while connections hang: path MTU discovery is broken"},
		Counter{Name: "FragCreates", Class: NonZero, Sentence: "%d fragments created", Meaning: "fragments made of outgoing packets"},
		Counter{Name: "OutTransmits", Meaning: "packets handed to the link for sending, forwarded ones and fragments included"},
	)
}

// ipExt is section IpExt of netstat (netstat_seq_show, net/ipv4/proc.c), of
// Linux 2.6.29 on.
func ipExt() []Counter {
	return concat(
		in(
			"IpExt", ipMIB,
			Counter{Name: "InNoRoutes", Meaning: "packets to forward that were dropped because no route led on", Bad: "when it grows on a router"},
			Counter{Name: "InTruncatedPkts", Meaning: "packets shorter than their header says", Bad: "when it grows: a broken link, driver or sender"},
			Counter{Name: "InMcastPkts", Meaning: "multicast packets received"},
			Counter{Name: "OutMcastPkts", Meaning: "multicast packets sent"},
			Counter{Name: "InBcastPkts", Meaning: "broadcast packets received", Bad: "when it grows by thousands a second: a broadcast storm"},
			Counter{Name: "OutBcastPkts", Meaning: "broadcast packets sent"},
			Counter{Name: "InOctets", Meaning: "bytes of IP packets received, headers included"},
			Counter{Name: "OutOctets", Meaning: "bytes of IP packets sent, headers included"},
			Counter{Name: "InMcastOctets", Meaning: "bytes of multicast packets received"},
			Counter{Name: "OutMcastOctets", Meaning: "bytes of multicast packets sent"},
			Counter{Name: "InBcastOctets", Meaning: "bytes of broadcast packets received"},
			Counter{Name: "OutBcastOctets", Meaning: "bytes of broadcast packets sent"},
		),
		in(
			"IpExt", kernel,
			Counter{Name: "InCsumErrors", Meaning: "packets with a wrong header checksum; they are in InHdrErrors too", Bad: "when it grows: broken hardware on the way"},
			Counter{Name: "InNoECTPkts", Meaning: "packets received that are not ECN-capable, the usual case"},
			Counter{Name: "InECT1Pkts", Meaning: "packets received that are marked ECN-capable, ECT(1), as L4S uses it"},
			Counter{Name: "InECT0Pkts", Meaning: "packets received that are marked ECN-capable, ECT(0)"},
			Counter{Name: "InCEPkts", Meaning: "packets received that a router on the way marked as having met congestion", Bad: "when it is a large share of the ECN-capable packets: the path is full"},
			Counter{Name: "ReasmOverlaps", Meaning: "fragments that overlap an earlier one; the packet is dropped", Bad: "when it grows: a broken sender or an attack"},
		),
	)
}

// ip6Known are the counters of IPv6 that netstat words as those of IPv4.
func ip6Known() []Counter {
	return concat(
		known("Ip6", "Ip6", ip(), "InReceives", "InHdrErrors"),
		in(
			"Ip6", ipMIB,
			Counter{Name: "Ip6InTooBigErrors", Class: NonZero, Sentence: "%d with packets too big", Meaning: "packets to forward that were larger than the next link's MTU and dropped", Bad: "when it grows while connections hang: path MTU discovery is broken"},
			Counter{Name: "Ip6InNoRoutes", Class: NonZero, Sentence: "%d incoming packets with no route", Meaning: "packets dropped because no route led to their destination", Bad: "when it grows: a route is missing"},
		),
		known("Ip6", "Ip6", ip(), "InAddrErrors", "InUnknownProtos"),
		in(
			"Ip6", ipMIB,
			Counter{Name: "Ip6InTruncatedPkts", Class: NonZero, Sentence: "%d with truncated packets", Meaning: "packets shorter than their header says", Bad: "when it grows: a broken link, driver or sender"},
		),
		known("Ip6", "Ip6", ip(), "InDiscards", "InDelivers"),
		in(
			"Ip6", ipMIB,
			Counter{Name: "Ip6OutForwDatagrams", Class: Always, Sentence: "%d forwarded", Meaning: "packets routed on to another machine", Bad: "if this machine is not meant to be a router"},
		),
		known("Ip6", "Ip6", ip(), "OutRequests", "OutDiscards", "OutNoRoutes", "ReasmTimeout", "ReasmReqds",
			"ReasmOKs", "ReasmFails", "FragOKs", "FragFails", "FragCreates"),
		in(
			"Ip6", ipMIB,
			Counter{Name: "Ip6InMcastPkts", Class: NonZero, Sentence: "%d incoming multicast packets", Meaning: "multicast packets received; neighbour discovery uses them"},
			Counter{Name: "Ip6OutMcastPkts", Class: NonZero, Sentence: "%d outgoing multicast packets", Meaning: "multicast packets sent; neighbour discovery uses them"},
		),
	)
}

// ip6 is what snmp6 has of IPv6 (snmp6_ipstats_list, net/ipv6/proc.c).
func ip6() []Counter {
	return concat(
		ip6Known(),
		without(concat(like("Ip6", "Ip6", ipExt()), like("Ip6", "Ip6", ip())), ip6Known()),
	)
}
