package triage

// Rules is THE list of rules, in the order of their ids. A new rule is one file and one
// line here.
func Rules() []*Rule { return rules }

var rules = []*Rule{
	listenDrops,
	synCookies,
	closeWaitLeak,
	timeWaitLimit,
	timeWaitOverflow,
	retransmits,
	orphans,
	tcpMemory,
	udpMemory,
	memoryAborts,
	abortOnTimeout,
	pruned,
	stackDrops,
	checksumErrors,
	failedConnections,
	reversePath,
	paws,
	hostQueues,
	udpBuffers,
	udpNoPorts,
	fragments,
	ipDiscards,
}
