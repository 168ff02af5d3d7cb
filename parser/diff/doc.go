// Package diff compares two captures of one machine: which sockets, routes, interfaces
// and facts came, went or changed, and by how much counters grew in the time between.
//
// What only one of the captures tells is not compared: a table that the other one lacks
// has not gone, and an unknown value is neither equal to another nor different.
package diff
