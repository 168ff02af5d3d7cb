package parser

import (
	"encoding/binary"
	"io"
	"iter"
	"net/netip"
	"strings"
)

// A CachedRoute is one row of /proc/net/rt_cache, written by rt_cache_seq_show
// (net/ipv4/route.c). Since Linux 3.6 there is no cache, and the file has its
// header only.
type CachedRoute struct {
	Line int // 1-based line in the file

	Iface       string
	Destination netip.Addr
	Gateway     netip.Addr
	Source      netip.Addr
	Flags       uint32 // RTCF_* and RTF_* of include/uapi/linux/{in_route,route}.h
	RefCnt      int64
	Use         int64
	Metric      int64
	MTU         int64 // the advertised MSS + 40, or 0
	Window      int64 // bytes
	IRTT        int64 // ms
	HHRef       int64 // references to the link header, -1 if there is none; "HH" in Linux 2.0
	HHUptod     int64 // 1 if the link header is valid; "ARP" in Linux 2.0
	TOS         Opt[uint8]
	SpecDst     Opt[netip.Addr] // the address to answer from; unknown, as TOS, in Linux 2.0
}

// The columns of the two layouts, in this order; others may stand between them.
var (
	cacheColumns = []string{
		"Iface", "Destination", "Gateway", "Flags", "RefCnt", "Use", "Metric", "Source",
		"MTU", "Window", "IRTT", "TOS", "HHRef", "HHUptod", "SpecDst",
	}
	oldCacheColumns = []string{
		"Iface", "Destination", "Gateway", "Flags", "RefCnt", "Use", "Metric", "Source",
		"MTU", "Window", "IRTT", "HH", "ARP",
	}
)

// CachedRoutes decodes /proc/net/rt_cache in file order, with errors as [Routes]
// yields them. The header tells which of two layouts the file has.
func CachedRoutes(file string, r io.Reader, o Options) iter.Seq2[CachedRoute, error] {
	var columns []string
	order := o.order()
	return rows(file, r, true, func(head []byte) (err error) {
		columns, err = cacheHeader(file, string(head))
		return err
	}, func(c *cursor, line int) CachedRoute {
		rt := c.cachedRoute(columns, order)
		rt.Line = line
		return rt
	})
}

func cacheHeader(file, head string) ([]string, error) {
	if strings.HasSuffix(strings.TrimRight(head, " \t"), "\tARP") {
		return routeHeader(file, head, oldCacheColumns)
	}
	return routeHeader(file, head, cacheColumns)
}

func (c *cursor) cachedRoute(columns []string, order binary.ByteOrder) (rt CachedRoute) {
	for _, name := range columns {
		switch name {
		case "Iface":
			rt.Iface = string(c.token(name))
		case "Destination":
			rt.Destination = c.addr4(name, order)
		case "Gateway":
			rt.Gateway = c.addr4(name, order)
		case "Source":
			rt.Source = c.addr4(name, order)
		case "SpecDst":
			rt.SpecDst = Some(c.addr4(name, order))
		case "Flags":
			rt.Flags = uint32(c.hex(name, 32))
		case "TOS":
			rt.TOS = Some(uint8(c.hex(name, 8)))
		case "":
			c.token("column")
		default:
			*rt.number(name) = c.sdec(name)
		}
	}
	return rt
}

// number is where a decimal column goes.
func (rt *CachedRoute) number(column string) *int64 {
	switch column {
	case "RefCnt":
		return &rt.RefCnt
	case "Use":
		return &rt.Use
	case "Metric":
		return &rt.Metric
	case "MTU":
		return &rt.MTU
	case "Window":
		return &rt.Window
	case "IRTT":
		return &rt.IRTT
	case "HHRef", "HH":
		return &rt.HHRef
	default: // HHUptod, ARP
		return &rt.HHUptod
	}
}
