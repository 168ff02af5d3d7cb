package counters

import (
	"strconv"
	"strings"
)

// icmp is section Icmp of snmp (icmp_put, net/ipv4/proc.c).
func icmp() []Counter {
	return concat(
		in(
			"Icmp", icmpMIB,
			Counter{Name: "InMsgs", Class: Always, Sentence: "%d ICMP messages received", Meaning: "ICMP messages received, broken ones included"},
			Counter{Name: "InErrors", Class: Always, Sentence: "%d input ICMP message failed", Meaning: "ICMP messages received that were broken or told of an error that fits no socket here", Bad: "when it is a large share of InMsgs"},
			Counter{Name: "InDestUnreachs", Class: Input, Sentence: "destination unreachable: %d", Meaning: "others told us that a host, network or port cannot be reached, or that a packet was too large", Bad: "when it grows: something here sends to addresses or ports that do not answer"},
			Counter{Name: "InTimeExcds", Class: Input, Sentence: "timeout in transit: %d", Meaning: "routers told us that a packet's TTL was used up; traceroute makes them on purpose", Bad: "when it grows without traceroute: a routing loop"},
			Counter{Name: "InParmProbs", Class: Input, Sentence: "wrong parameters: %d", Meaning: "others could not read a header that we sent", Bad: "when it grows"},
			Counter{Name: "InSrcQuenchs", Class: Input, Sentence: "source quenches: %d", Meaning: "old requests to send more slowly, ignored today (RFC 6633)"},
			Counter{Name: "InRedirects", Class: Input, Sentence: "redirects: %d", Meaning: "routers told us of a better router", Bad: "when it grows: the routes here are not what the network wants, or somebody forges them"},
			Counter{Name: "InEchos", Class: Input, Sentence: "echo requests: %d", Meaning: "pings received"},
			Counter{Name: "InEchoReps", Class: Input, Sentence: "echo replies: %d", Meaning: "answers to our pings"},
			Counter{Name: "InTimestamps", Class: Input, Sentence: "timestamp request: %d", Meaning: "requests for our time"},
			Counter{Name: "InTimestampReps", Class: Input, Sentence: "timestamp reply: %d", Meaning: "answers to our requests for time"},
			Counter{Name: "InAddrMasks", Class: Input, Sentence: "address mask request: %d", Meaning: "requests for our netmask, which nobody sends any more"},
			Counter{Name: "InAddrMaskReps", Class: Input, Sentence: "address mask replies: %d", Meaning: "answers with a netmask, which nobody sends any more"},
			Counter{Name: "OutMsgs", Class: Always, Sentence: "%d ICMP messages sent", Meaning: "ICMP messages that we tried to send"},
			Counter{Name: "OutErrors", Class: Always, Sentence: "%d ICMP messages failed", Meaning: "ICMP messages that could not be sent, for instance without a route", Bad: "when it grows"},
			Counter{Name: "OutDestUnreachs", Class: Output, Sentence: "destination unreachable: %d", Meaning: "we told others that a host or port cannot be reached here", Bad: "when it grows: others send to UDP ports that nobody serves, or through us to hosts that are gone"},
			Counter{Name: "OutTimeExcds", Class: Output, Sentence: "time exceeded: %d", Meaning: "we dropped a packet whose TTL or time for its fragments was used up", Bad: "when it grows: a routing loop, or lost fragments"},
			Counter{Name: "OutParmProbs", Class: Output, Sentence: "wrong parameters: %d", Meaning: "we could not read a header", Bad: "when it grows"},
			Counter{Name: "OutSrcQuenchs", Class: Output, Sentence: "source quench: %d", Meaning: "requests to send more slowly; Linux sends none"},
			Counter{Name: "OutRedirects", Class: Output, Sentence: "redirect: %d", Meaning: "we told hosts of a better router", Bad: "when it grows: hosts on our network have a route that leads around"},
			Counter{Name: "OutEchos", Class: Output, Sentence: "echo requests: %d", Meaning: "pings sent by the kernel; programs' own pings only count in OutMsgs or in IcmpMsg OutType8"},
			Counter{Name: "OutEchoReps", Class: Output, Sentence: "echo replies: %d", Meaning: "answers to pings"},
			Counter{Name: "OutTimestamps", Class: Output, Sentence: "timestamp requests: %d", Meaning: "requests for another machine's time"},
			Counter{Name: "OutTimestampReps", Class: Output, Sentence: "timestamp replies: %d", Meaning: "answers with our time"},
			Counter{Name: "OutAddrMasks", Class: Output, Sentence: "address mask requests: %d", Meaning: "requests for a netmask, which nobody sends any more"},
			Counter{Name: "OutAddrMaskReps", Class: Output, Sentence: "address mask replies: %d", Meaning: "answers with our netmask, which nobody sends any more"},
		),
		in(
			"Icmp", kernel,
			Counter{Name: "InCsumErrors", Meaning: "ICMP messages with a wrong checksum; they are in InErrors too", Bad: "when it grows: broken hardware on the way"},
			Counter{Name: "OutRateLimitGlobal", Meaning: "messages not sent because of the limit for the whole machine (net.ipv4.icmp_msgs_per_sec)", Bad: "when it grows: somebody scans or floods this machine"},
			Counter{Name: "OutRateLimitHost", Meaning: "messages not sent because of the limit for one destination (net.ipv4.icmp_ratelimit)", Bad: "when it grows: a peer provokes errors again and again"},
		),
	)
}

// icmp6Counters is what snmp6 has of ICMPv6 (snmp6_icmp6_list and icmp6type2name,
// net/ipv6/proc.c). Old kernels have a name for each known type, newer ones
// Icmp6InType128 and so on besides.
func icmp6Counters() []Counter {
	return concat(
		in(
			"Icmp6", icmp6,
			Counter{Name: "Icmp6InMsgs", Class: Always, Sentence: "%d ICMP messages received", Meaning: "ICMPv6 messages received, broken ones included"},
			Counter{Name: "Icmp6InErrors", Class: Always, Sentence: "%d input ICMP message failed", Meaning: "ICMPv6 messages received that were broken or told of an error that fits no socket here", Bad: "when it is a large share of Icmp6InMsgs"},
			Counter{Name: "Icmp6OutMsgs", Class: Always, Sentence: "%d ICMP messages sent", Meaning: "ICMPv6 messages sent"},
			Counter{Name: "Icmp6OutErrors", Meaning: "ICMPv6 messages that could not be sent", Bad: "when it grows"},
			Counter{Name: "Icmp6InDestUnreachs", Class: Input, Sentence: "destination unreachable: %d", Meaning: "others told us that a host, network or port cannot be reached", Bad: "when it grows: something here sends to addresses or ports that do not answer"},
			Counter{Name: "Icmp6InPktTooBigs", Class: Input, Sentence: "packets too big: %d", Meaning: "routers told us to send smaller packets: path MTU discovery at work"},
			Counter{Name: "Icmp6InTimeExcds", Class: Input, Sentence: "received ICMPv6 time exceeded: %d", Meaning: "routers told us that a packet's hop limit was used up", Bad: "when it grows without traceroute: a routing loop"},
			Counter{Name: "Icmp6InParmProblems", Class: Input, Sentence: "parameter problem: %d", Meaning: "others could not read a header that we sent", Bad: "when it grows"},
			Counter{Name: "Icmp6InEchos", Class: Input, Sentence: "echo requests: %d", Meaning: "pings received"},
			Counter{Name: "Icmp6InEchoReplies", Class: Input, Sentence: "echo replies: %d", Meaning: "answers to our pings"},
			Counter{Name: "Icmp6InGroupMembQueries", Class: Input, Sentence: "group member queries: %d", Meaning: "routers asked which multicast groups are wanted"},
			Counter{Name: "Icmp6InGroupMembResponses", Class: Input, Sentence: "group member responses: %d", Meaning: "others told that they want a multicast group (MLDv1)"},
			Counter{Name: "Icmp6InGroupMembReductions", Class: Input, Sentence: "group member reductions: %d", Meaning: "others told that they left a multicast group (MLDv1)"},
			Counter{Name: "Icmp6InRouterSolicits", Class: Input, Sentence: "router solicits: %d", Meaning: "hosts asked for routers"},
			Counter{Name: "Icmp6InRouterAdvertisements", Class: Input, Sentence: "router advertisement: %d", Meaning: "routers announced themselves", Bad: "when it grows fast: somebody floods the network with announcements"},
			Counter{Name: "Icmp6InNeighborSolicits", Class: Input, Sentence: "neighbour solicits: %d", Meaning: "others asked for our link address, as ARP does for IPv4"},
			Counter{Name: "Icmp6InNeighborAdvertisements", Class: Input, Sentence: "neighbour advertisement: %d", Meaning: "others told us their link address"},
			Counter{Name: "Icmp6InRedirects", Class: Input, Sentence: "redirects: %d", Meaning: "routers told us of a better router", Bad: "when it grows: the routes here are not what the network wants, or somebody forges them"},
			Counter{Name: "Icmp6OutDestUnreachs", Class: Output, Sentence: "destination unreachable: %d", Meaning: "we told others that a host or port cannot be reached here", Bad: "when it grows: others send to UDP ports that nobody serves"},
			Counter{Name: "Icmp6OutPktTooBigs", Class: Output, Sentence: "packets too big: %d", Meaning: "we told others, as their router, to send smaller packets"},
			Counter{Name: "Icmp6OutTimeExcds", Class: Output, Sentence: "sent ICMPv6 time exceeded: %d", Meaning: "we dropped a packet whose hop limit or time for its fragments was used up", Bad: "when it grows: a routing loop, or lost fragments"},
			Counter{Name: "Icmp6OutParmProblems", Class: Output, Sentence: "parameter problem: %d", Meaning: "we could not read a header", Bad: "when it grows"},
			Counter{Name: "Icmp6OutEchos", Class: Output, Sentence: "echo requests: %d", Meaning: "pings sent"},
			Counter{Name: "Icmp6OutEchoReplies", Class: Output, Sentence: "echo replies: %d", Meaning: "answers to pings"},
			Counter{Name: "Icmp6OutGroupMembQueries", Class: Output, Sentence: "group member queries: %d", Meaning: "we asked, as a router or bridge, which multicast groups are wanted"},
			Counter{Name: "Icmp6OutGroupMembResponses", Class: Output, Sentence: "group member responses: %d", Meaning: "we told that we want a multicast group (MLDv1)"},
			Counter{Name: "Icmp6OutGroupMembReductions", Class: Output, Sentence: "group member reductions: %d", Meaning: "we told that we left a multicast group (MLDv1)"},
			Counter{Name: "Icmp6OutRouterSolicits", Class: Output, Sentence: "router solicits: %d", Meaning: "we asked for routers", Bad: "when it grows and no router advertisement comes in"},
			Counter{Name: "Icmp6OutRouterAdvertisements", Class: Lost, Sentence: "router advertisement: %d", Meaning: "we announced ourselves as a router"},
			Counter{Name: "Icmp6OutNeighborSolicits", Class: Output, Sentence: "neighbor solicits: %d", Meaning: "we asked for a neighbour's link address", Bad: "when it is far above Icmp6InNeighborAdvertisements: neighbours do not answer"},
			Counter{Name: "Icmp6OutNeighborAdvertisements", Class: Output, Sentence: "neighbor advertisements: %d", Meaning: "we told our link address"},
			Counter{Name: "Icmp6OutRedirects", Class: Output, Sentence: "redirects: %d", Meaning: "we told hosts of a better router"},
		),
		in(
			"Icmp6", kernel,
			Counter{Name: "Icmp6InCsumErrors", Meaning: "ICMPv6 messages with a wrong checksum; they are in Icmp6InErrors too", Bad: "when it grows: broken hardware on the way"},
			Counter{Name: "Icmp6OutRateLimitHost", Meaning: "messages not sent because of the limit for one destination (net.ipv6.icmp.ratelimit)", Bad: "when it grows: a peer provokes errors again and again"},
			Counter{Name: "Icmp6InMLDv2Reports", Meaning: "others told which multicast groups they want (MLDv2)"},
			Counter{Name: "Icmp6OutMLDv2Reports", Meaning: "we told which multicast groups we want (MLDv2)"},
		),
	)
}

// Names of ICMP and ICMPv6 message types, from IANA's registries.
var icmpTypes = map[int]string{
	0: "echo reply", 3: "destination unreachable", 4: "source quench", 5: "redirect", 8: "echo request",
	9: "router advertisement", 10: "router solicitation", 11: "time exceeded", 12: "parameter problem",
	13: "timestamp request", 14: "timestamp reply", 17: "address mask request", 18: "address mask reply",
}

var icmp6Types = map[int]string{
	1: "destination unreachable", 2: "packet too big", 3: "time exceeded", 4: "parameter problem",
	128: "echo request", 129: "echo reply", 130: "multicast listener query", 131: "multicast listener report",
	132: "multicast listener done", 133: "router solicitation", 134: "router advertisement",
	135: "neighbour solicitation", 136: "neighbour advertisement", 137: "redirect", 143: "multicast listener report, version 2",
}

// messageType makes the entry of IcmpMsg's InTypeN and OutTypeN and of ICMPv6's
// Icmp6InTypeN and Icmp6OutTypeN.
func messageType(section, name string) (Counter, bool) {
	types, rest := icmpTypes, name
	switch section {
	case "IcmpMsg":
	case "Icmp6":
		types, rest = icmp6Types, strings.TrimPrefix(name, "Icmp6")
	default:
		return Counter{}, false
	}
	way, number := "received", strings.TrimPrefix(rest, "InType")
	if number == rest {
		way, number = "sent", strings.TrimPrefix(rest, "OutType")
	}
	n, err := strconv.ParseUint(number, 10, 8)
	if number == rest || err != nil {
		return Counter{}, false
	}
	what, ok := types[int(n)]
	c := Counter{Section: section, Name: name, Source: kernel}
	if !ok {
		c.Meaning = "messages of type " + number + " " + way + ", which has no common use"
		c.Bad = "when it grows: somebody probes this machine, or a program here sends what nobody expects"
		return c, true
	}
	c.Meaning = "messages of type " + number + " (" + what + ") " + way
	return c, true
}
