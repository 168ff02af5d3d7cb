package triage

// Rules is THE list of rules, in the order of their ids. A new rule is one file and one
// line here.
func Rules() []*Rule { return rules }

var rules = []*Rule{
	listenDrops,
	closeWaitLeak,
	socketDrops,
	netlinkDrops,
	softnetDrops,
	softnetSqueezed,
	cpuImbalance,
	ifaceDrops,
	ifaceErrors,
	promiscuous,
	packetSockets,
	neighbourTable,
	conntrackFull,
	bondDegraded,
	mtuMismatch,
}
