package triage

// Rules is THE list of rules, in the order of their ids. A new rule is one file and one
// line here.
func Rules() []*Rule { return rules }

var rules = []*Rule{
	acceptQueueFull,
	acceptQueueFilling,
	listenDrops,
	synRecvFlood,
	closeWaitLeak,
	closeWaitNotAccepted,
	synSentPile,
	ephemeralPorts,
	retransmitting,
	windowClosed,
	largeSendQ,
	largeRecvQ,
	keepaliveUnanswered,
	orphansStuck,
	finWait2Pile,
	sharedPort,
	selfConnected,
	serviceInRange,
	manySockets,
}
