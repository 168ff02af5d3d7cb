// Package words gives the numbers of /proc/net their names: states, types,
// timers, protocols and flags, as netstat spells them, and where netstat has no
// word, as the kernel's headers do. It knows no layout and reads nothing.
package words
