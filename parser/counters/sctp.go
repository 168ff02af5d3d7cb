package counters

// sctp is sctp/snmp (sctp_snmp_list, net/sctp/proc.c), which netstat prints as
// section Sctp. Two of netstat's sentences end in a blank.
func sctp() []Counter {
	return concat(
		in(
			"Sctp", sctpMIB,
			Counter{Name: "SctpCurrEstab", Class: Always, Sentence: "%d Current Associations", Meaning: "associations established or shutting down now: a level, not a count"},
			Counter{Name: "SctpActiveEstabs", Class: Always, Sentence: "%d Active Associations", Meaning: "associations opened from here"},
			Counter{Name: "SctpPassiveEstabs", Class: Always, Sentence: "%d Passive Associations", Meaning: "associations opened by peers"},
			Counter{Name: "SctpAborteds", Class: Always, Sentence: "%d Number of Aborteds ", Meaning: "associations that ended by an abort, from either side", Bad: "when it grows: peers or programs crash, or time out"},
			Counter{Name: "SctpShutdowns", Class: Always, Sentence: "%d Number of Graceful Terminations", Meaning: "associations that ended in good order"},
			Counter{Name: "SctpOutOfBlues", Class: Always, Sentence: "%d Number of Out of Blue packets", Meaning: "packets that fit no association here", Bad: "when it grows: a peer did not notice a restart, or somebody scans this machine"},
			Counter{Name: "SctpChecksumErrors", Class: Always, Sentence: "%d Number of Packets with invalid Checksum", Meaning: "packets with a wrong checksum", Bad: "when it grows: broken hardware on the way, or a NAT that does not know SCTP"},
			Counter{Name: "SctpOutCtrlChunks", Class: Always, Sentence: "%d Number of control chunks sent", Meaning: "control chunks sent, retransmits not counted"},
			Counter{Name: "SctpOutOrderChunks", Class: Always, Sentence: "%d Number of ordered chunks sent", Meaning: "chunks of ordered data sent"},
			Counter{Name: "SctpOutUnorderChunks", Class: Always, Sentence: "%d Number of Unordered chunks sent", Meaning: "chunks of unordered data sent"},
			Counter{Name: "SctpInCtrlChunks", Class: Always, Sentence: "%d Number of control chunks received", Meaning: "control chunks received"},
			Counter{Name: "SctpInOrderChunks", Class: Always, Sentence: "%d Number of ordered chunks received", Meaning: "chunks of ordered data received"},
			Counter{Name: "SctpInUnorderChunks", Class: Always, Sentence: "%d Number of Unordered chunks received", Meaning: "chunks of unordered data received"},
			Counter{Name: "SctpFragUsrMsgs", Class: Always, Sentence: "%d Number of messages fragmented", Meaning: "messages cut into several chunks because of the MTU"},
			Counter{Name: "SctpReasmUsrMsgs", Class: Always, Sentence: "%d Number of messages reassembled ", Meaning: "messages put together from several chunks"},
			Counter{Name: "SctpOutSCTPPacks", Class: Always, Sentence: "%d Number of SCTP packets sent", Meaning: "packets sent, retransmits included"},
			Counter{Name: "SctpInSCTPPacks", Class: Always, Sentence: "%d Number of SCTP packets received", Meaning: "packets received, broken ones included"},
		),
		in(
			"Sctp", kernel,
			Counter{Name: "SctpT1InitExpireds", Meaning: "timeouts while waiting for the answer to INIT", Bad: "when it grows: the peer is down or a firewall drops SCTP"},
			Counter{Name: "SctpT1CookieExpireds", Meaning: "timeouts while waiting for the answer to COOKIE ECHO", Bad: "when it grows"},
			Counter{Name: "SctpT2ShutdownExpireds", Meaning: "timeouts while waiting for the answer to SHUTDOWN", Bad: "when it grows: peers vanish before the end"},
			Counter{Name: "SctpT3RtxExpireds", Meaning: "retransmission timeouts of data", Bad: "when it grows fast: packets are lost or a path is dead"},
			Counter{Name: "SctpT4RtoExpireds", Meaning: "timeouts while waiting for the answer to a change of addresses (ASCONF)", Bad: "when it grows"},
			Counter{Name: "SctpT5ShutdownGuardExpireds", Meaning: "shutdowns given up because they took too long", Bad: "when it grows"},
			Counter{Name: "SctpDelaySackExpireds", Meaning: "acknowledgments sent when their delay was over; normal"},
			Counter{Name: "SctpAutocloseExpireds", Meaning: "idle associations closed because the program wanted it so (SCTP_AUTOCLOSE)"},
			Counter{Name: "SctpT3Retransmits", Meaning: "chunks sent again after a timeout", Bad: "when it grows fast"},
			Counter{Name: "SctpPmtudRetransmits", Meaning: "chunks sent again smaller because of the path MTU"},
			Counter{Name: "SctpFastRetransmits", Meaning: "chunks sent again at once, without waiting for a timeout", Bad: "when it grows fast: packets are lost on the way"},
			Counter{Name: "SctpInPktSoftirq", Meaning: "packets processed as they came in"},
			Counter{Name: "SctpInPktBacklog", Meaning: "packets that had to wait for a program to let go of the socket"},
			Counter{Name: "SctpInPktDiscards", Meaning: "packets dropped by a socket, for instance because its buffer was full", Bad: "when it grows"},
			Counter{Name: "SctpInDataChunkDiscards", Meaning: "chunks of data dropped, for instance because the receive buffer was full", Bad: "when it grows: a program reads too slowly"},
		),
	)
}
