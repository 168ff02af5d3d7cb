package triage

// Rules is THE list of rules, in the order of their ids. A new rule is one file and one
// line here.
func Rules() []*Rule { return rules }

var rules = []*Rule{
	listenDrops,
	closeWaitLeak,
	noDefaultRoute,
	defaultRoutes,
	rejectRoutes,
	gatewayOffSubnet,
	overlappingSubnets,
	deadInterface,
	gatewayUnresolved,
	sharedMAC,
	duplicateAddress,
	unixBacklog,
	unixNames,
	cleartextServices,
	wildcardExposure,
	socketWithoutProcess,
	realAddresses,
}
