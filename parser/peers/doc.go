// Package peers finds out what the captures of several machines say of the connections
// between them: which socket of one is the other end of which socket of another, through
// NAT as well where the tables of connection tracking were captured, and whose fault it is
// where the two ends do not fit.
//
// [Gather] takes the few facts of one machine that are needed, so that captures can be
// read one after the other and closed. [Fleet.Match] compares all of them. What cannot be told,
// it says so of, and guesses nothing: an address that two machines have is ambiguous,
// a connection that may have come or gone between two captures may be fine.
package peers
