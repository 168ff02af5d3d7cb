package counters

// udp is section Udp of snmp (snmp4_udp_list, net/ipv4/proc.c).
func udp() []Counter {
	return concat(
		in(
			"Udp", udpMIB,
			Counter{Name: "InDatagrams", Class: Always, Sentence: "%d packets received", Meaning: "datagrams handed to programs"},
			Counter{Name: "NoPorts", Class: Always, Sentence: "%d packets to unknown port received", Meaning: "datagrams for a port that nobody has open", Bad: "when it grows: a service is down, or somebody scans this machine"},
			Counter{Name: "InErrors", Class: Always, Sentence: "%d packet receive errors", Meaning: "datagrams for an open port that were dropped for any other reason: RcvbufErrors, InCsumErrors, MemErrors and others", Bad: "when it grows: programs lose datagrams"},
			Counter{Name: "OutDatagrams", Class: Always, Sentence: "%d packets sent", Meaning: "datagrams sent"},
		),
		in(
			"Udp", kernel,
			Counter{Name: "RcvbufErrors", Class: Always, Sentence: "%d receive buffer errors", Meaning: "datagrams dropped because the socket's receive buffer was full", Bad: "when it grows: a program reads too slowly, or its buffer (net.core.rmem_max) is too small"},
			Counter{Name: "SndbufErrors", Class: Always, Sentence: "%d send buffer errors", Meaning: "datagrams not sent because the socket's send buffer or the interface's queue was full", Bad: "when it grows: more is sent than the link takes"},
			Counter{Name: "InCsumErrors", Meaning: "datagrams dropped for a wrong checksum", Bad: "when it grows: broken hardware on the way"},
			Counter{Name: "IgnoredMulti", Meaning: "broadcast and multicast datagrams that no socket wanted; normal on a busy network"},
			Counter{Name: "MemErrors", Meaning: "datagrams dropped because UDP's memory (net.ipv4.udp_mem) was used up", Bad: "when it grows at all"},
		),
	)
}

// udpLite is section UdpLite of snmp.
func udpLite() []Counter { return like("UdpLite", "", udp()) }

// udp6 is what snmp6 has of UDP over IPv6; netstat knows the first four.
func udp6() []Counter {
	return concat(
		known("Udp6", "Udp6", udp(), "InDatagrams", "NoPorts", "InErrors", "OutDatagrams"),
		without(like("Udp6", "Udp6", udp()), known("Udp6", "Udp6", udp(), "InDatagrams", "NoPorts", "InErrors", "OutDatagrams")),
	)
}

// udpLite6 is what snmp6 has of UDP-Lite over IPv6.
func udpLite6() []Counter { return like("UdpLite6", "UdpLite6", udp()) }
