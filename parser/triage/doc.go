// Package triage says what is wrong with a captured machine's network: what a senior
// support engineer would say after ten minutes with its files, with the rows that
// prove it.
//
// A [Rule] is one value in the list of rules.go, each in a file of its own. It says
// which files it needs, what is too much and why, what that means and what to do. Its
// Check looks at the [Host] and adds a [Finding] for each thing that is wrong. The
// internet and UNIX sockets, of which there may be millions, are read once for all
// rules, which are shown one after the other; other tables are read when a rule first
// asks for them.
//
// A rule whose files the capture lacks was not checked, which is not the same as fine.
package triage
