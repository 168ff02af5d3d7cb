package parser

import (
	"io"
	"iter"
)

// An AtalkRoute is one row of /proc/net/atalk/route or atalk_route, written by
// atalk_seq_route_show (net/appletalk/atalk_proc.c). Addresses are NET:NODE in
// hexadecimal.
type AtalkRoute struct {
	Line int // 1-based line in the file

	Target string // or "Default"
	Router string
	Flags  int64 // RTF_* of include/uapi/linux/route.h
	Device string
}

// AtalkRoutes decodes the table in file order, with errors as [Inet] yields them.
func AtalkRoutes(file string, r io.Reader, _ Options) iter.Seq2[AtalkRoute, error] {
	return rows(file, r, true, nil, func(c *cursor, line int) AtalkRoute {
		return AtalkRoute{
			Line:   line,
			Target: string(c.token("Target")),
			Router: string(c.token("Router")),
			Flags:  c.sdec("Flags"),
			Device: string(c.token("Dev")),
		}
	})
}
