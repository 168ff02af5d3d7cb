package rows

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"sync"

	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
)

// A Kind is one shape of row.
type Kind struct {
	Name, Doc string
	// Source lists the files that the rows are read from.
	Source string
	// Columns gives the columns in the order of the fields. They are made when
	// they are first asked for: most runs need none.
	Columns func() []Column

	// About is set if the rows are about the bundle, and not the machine's own.
	About bool

	mode  query.Mode
	files []string // what the mode itself does not read
	typ   reflect.Type
	held  int // rows in memory, see Holding
	rows  func(r *Reader, sort []SortKey) iter.Seq[any]
	// pieces are the rows by pieces, which tell what is bad in them.
	pieces func(r *Reader, sort []SortKey, told Reporter) iter.Seq[Piece]
}

// Kinds is THE list of kinds of rows.
func Kinds() []*Kind { return kinds }

var kinds = []*Kind{
	inPieces(kind("socket", "internet sockets", "proc/net/tcp, tcp6, udp, udp6, udplite, udplite6, raw, raw6, sctp/eps, sctp/assocs; else output of netstat or ss",
		query.Sockets, (*Reader).Sockets), (*Reader).sockets),
	inPieces(kind("unix", "UNIX domain sockets", "proc/net/unix; else output of netstat or ss",
		query.Sockets, (*Reader).UnixSockets), (*Reader).unixSockets),
	kind("packet", "packet sockets, as sniffers have them", "proc/net/packet",
		query.Sockets, (*Reader).Packets, "proc/net/packet", "proc/net/igmp", "proc/net/igmp6", "proc/net/if_inet6"),
	kind("netlink", "netlink sockets", "proc/net/netlink", query.Sockets, (*Reader).NetlinkSockets, "proc/net/netlink"),
	kind("route", "routes of IPv4 and IPv6", "proc/net/route, ipv6_route; else output of route, netstat -r or ip", query.Routes, (*Reader).Routes),
	kind("interface", "network interfaces", "proc/net/dev, if_inet6, fib_trie, sys/class/net/*, output of netstat, ifconfig and ip",
		query.Interfaces, (*Reader).Interfaces),
	kind("group", "multicast groups", "proc/net/igmp, igmp6", query.Sockets, (*Reader).Groups, "proc/net/igmp", "proc/net/igmp6"),
	kind("neighbour", "neighbours on the links (ARP)", "proc/net/arp, ndisc",
		query.Routes, (*Reader).Neighbours, "proc/net/arp", "proc/net/ndisc"),
	kind("counter", "protocol counters", "proc/net/snmp, netstat, snmp6, sctp/snmp", query.Statistics, (*Reader).Counters),
	kind("route_cache", "the IPv4 routing cache (kernels before 3.6)", "proc/net/rt_cache", query.Routes, (*Reader).CachedRoutes),
	kind("masquerade", "masqueraded connections (kernels 2.0 to 2.2)", "proc/net/ip_masquerade", query.Masquerade, (*Reader).Masquerades),
	kind("legacy_socket", "sockets of IPX, AX.25, X.25, NET/ROM and ROSE", "proc/net/ipx/socket, ax25, x25/socket, nr, rose",
		query.Sockets, (*Reader).LegacySockets),
	kind("legacy_route", "routes of AX.25, X.25, IPX, NET/ROM, ROSE and AppleTalk",
		"proc/net/ax25_route, x25/route, ipx/route, nr_nodes, nr_neigh, rose_nodes, rose_neigh, atalk/route",
		query.Routes, (*Reader).LegacyRoutes),
	kind("fact", "what is known of the capture as a whole", "uname, date, proc/version, ...", query.Statistics, (*Reader).Facts).about(),
	kind("file", "what the bundle has of each file that coldstat reads", "all of them", query.Sockets, (*Reader).Files).about(),
}

func kind[T any](name, doc, source string, mode query.Mode, read func(*Reader) iter.Seq[T], files ...string) *Kind {
	k := &Kind{Name: name, Doc: doc, Source: source, mode: mode, files: files, typ: reflect.TypeFor[T]()}
	k.Columns = sync.OnceValue(func() []Column { return columnsOf(k.typ) })
	setRows(k, func(r *Reader, sort []SortKey) iter.Seq[*T] {
		if len(sort) > 0 {
			return sorted(read(r), sort, r.report())
		}
		return func(yield func(*T) bool) {
			row := new(T) // one for all: a row is only valid until the next
			for *row = range read(r) {
				if !yield(row) {
					return
				}
			}
		}
	})
	return k
}

// inPieces is a kind whose rows can be made by several goroutines, unless they are
// sorted.
func inPieces[T any](k *Kind, pieces func(*Reader, Reporter) iter.Seq[piece[T]]) *Kind {
	whole := k.pieces
	k.pieces = func(r *Reader, sort []SortKey, told Reporter) iter.Seq[Piece] {
		if len(sort) > 0 {
			return whole(r, sort, told)
		}
		return erased(pieces(r, told))
	}
	return k
}

func (k *Kind) about() *Kind {
	k.About = true
	return k
}

// KindByName finds a kind.
func KindByName(name string) (*Kind, bool) {
	for _, k := range kinds {
		if k.Name == name {
			return k, true
		}
	}
	return nil, false
}

// Rows yields pointers to the rows, each valid until the next is asked for, in
// the order of the sort keys or, without any, in netstat's.
func (k *Kind) Rows(r *Reader, sort []SortKey) iter.Seq[any] {
	return func(yield func(any) bool) {
		r.seen = false
		for row := range k.rows(r, sort) {
			if !yield(row) {
				return
			}
		}
		k.missing(r)
	}
}

// missing says that a kind that was named has no file.
func (k *Kind) missing(r *Reader) {
	if r.Plan.Named && !r.seen {
		r.report().Notef("no file of the bundle has rows of kind %s", k.Name)
		r.report().Fail()
	}
}

// Type is the type of the rows.
func (k *Kind) Type() reflect.Type { return k.typ }

// Column finds a column.
func (k *Kind) Column(name string) (*Column, bool) {
	all := k.Columns()
	i := slices.IndexFunc(all, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return nil, false
	}
	return &all[i], true
}

// Files lists the files of the captured machine that the kind's rows are made
// of, for [bundle.Options].
func (k *Kind) Files(p query.Plan, n query.Needs) []string {
	if k.Name == "file" {
		return snapshot.Names()
	}
	p.Mode, n.Extend = k.mode, true
	if k.Name == "counter" && p.Whole {
		p.Families = []query.Family{query.Inet, query.Inet6}
	}
	return append(p.Files(n), k.files...)
}

// NeedsByteOrder reports whether the rows hold words of the machine's own byte
// order.
func (k *Kind) NeedsByteOrder(p query.Plan) bool {
	p.Mode = k.mode
	return p.NeedsByteOrder(query.Needs{Extend: true})
}

// Selected lists the kinds of rows that a plan of netstat's options shows.
func Selected(p query.Plan) (list []*Kind) {
	add := func(name string, selected bool) {
		if k, ok := KindByName(name); ok && selected {
			list = append(list, k)
		}
	}
	switch p.Mode {
	case query.Routes:
		families := p.RouteFamilies()
		inet := slices.Contains(families, query.Inet)
		add("route", inet && (p.FIB || !p.Cache) || slices.Contains(families, query.Inet6))
		add("route_cache", inet && p.Cache)
		add("legacy_route", slices.ContainsFunc(families, func(f query.Family) bool { return f != query.Inet && f != query.Inet6 }))
	case query.Interfaces:
		add("interface", true)
	case query.Statistics:
		add("counter", true)
	case query.Masquerade:
		add("masquerade", true)
	default:
		add("socket", p.ShowsInternet())
		add("group", p.Groups)
		add("unix", p.Shows(query.UnixAF))
		add("legacy_socket", p.ShowsLegacy())
	}
	return list
}

// ErrTooMany ends sorted rows of which there are more than can be held.
var ErrTooMany = errors.New("too many rows to sort")

// MaxSorted is how many rows are held for sorting.
const MaxSorted = 1 << 20

// A SortKey is a column to sort by.
type SortKey struct {
	Column  *Column
	Reverse bool
}

// sorted holds all rows and yields them in order; rows with equal keys keep
// theirs, and unknown values come last either way.
func sorted[T any](rows iter.Seq[T], keys []SortKey, report Reporter) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		var list []T
		for row := range rows {
			if len(list) >= MaxSorted {
				report.Bad(fmt.Errorf("%w: only the first %d are shown; leave --sort out, or select fewer", ErrTooMany, MaxSorted))
				break
			}
			list = append(list, row)
		}
		order := make([]int32, len(list))
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortStableFunc(order, func(a, b int32) int {
			ra, rb := RowOf(&list[a]), RowOf(&list[b])
			for _, k := range keys {
				ca, cb := k.Column.Of(ra), k.Column.Of(rb)
				c := ca.Compare(cb)
				if k.Reverse && ca.Known == cb.Known {
					c = -c
				}
				if c != 0 {
					return c
				}
			}
			return 0
		})
		for _, i := range order {
			if !yield(&list[i]) {
				return
			}
		}
	}
}
