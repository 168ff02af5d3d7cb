// Package bundle opens what was captured from one machine, a directory or an
// archive, and shows it as a read-only [fs.FS] rooted where that machine's own
// root was: proc/net/tcp, etc/services, sys/class/net/eth0/mtu.
//
// Nothing is ever extracted, and no link is followed out of the bundle: links
// are resolved here, inside the tree, with a limit. A directory and an
// uncompressed tar in a regular file are read in place; of a zip and of a stream
// only the members that were asked for are held in memory.
//
// Compressed streams in files are decompressed in goroutines (crew.go), which have
// ended when Open returns.
//
// Which containers there are is the list in formats.go; where the files of a
// machine may lie is layout.go, the list of collectors that store them under
// other names is in layouts.go, that of the outputs of commands in outputs.go, and
// where network namespaces are is spaces.go.
package bundle
