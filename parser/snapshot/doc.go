// Package snapshot is the captured machine as tables: each file of the capture
// decoded row by row when it is asked for, and what has to be put together from
// several files (interfaces, the owners of sockets, the byte order).
//
// It takes any [fs.FS] that is rooted where the machine's root was, so it needs
// no archive; links are read through [fs.ReadLink].
package snapshot
