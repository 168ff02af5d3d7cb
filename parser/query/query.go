// Package query holds netstat's selection rules: which options mean which
// tables, and which rows of a table are shown. It knows no text and no file
// contents beyond the decoded rows, so that every output format selects alike.
package query

import (
	"errors"
	"slices"

	"github.com/coldstat/coldstat/parser"
)

// A Family is an address family by netstat's canonical name.
type Family string

// The families that netstat knows.
const (
	Inet      Family = "inet"
	Inet6     Family = "inet6"
	UnixAF    Family = "unix"
	AX25      Family = "ax25"
	X25       Family = "x25"
	IPX       Family = "ipx"
	Netrom    Family = "netrom"
	Rose      Family = "rose"
	DDP       Family = "ddp"
	Econet    Family = "ec"
	Ash       Family = "ash"
	Bluetooth Family = "bluetooth"
)

// familyWords are the words that -A accepts.
var familyWords = map[string]Family{
	"inet": Inet, "ip": Inet, "tcpip": Inet, "inet6": Inet6, "ip6": Inet6,
	"unix": UnixAF, "ax25": AX25, "x25": X25, "ipx": IPX, "netrom": Netrom,
	"rose": Rose, "ddp": DDP, "appletalk": DDP, "econet": Econet, "ash": Ash,
	"bluetooth": Bluetooth,
}

// FamilyByName translates a word as -A takes it.
func FamilyByName(word string) (Family, bool) {
	f, ok := familyWords[word]
	return f, ok
}

// Options are what the command line says about rows. The zero value selects
// what netstat without options shows: connected sockets of all kinds.
type Options struct {
	All       bool // -a: listening and connected
	Listening bool // -l: only listening; All overrides it

	TCP, UDP, UDPLite, SCTP, Raw bool     // -t -u -U -S -w
	Groups                       bool     // -g
	Families                     []Family // -A, -4, -6, -x, in the order given

	// Bluetooth is -2 or -f, which unlike --bluetooth are no family.
	Bluetooth bool

	Routes, Interfaces, Statistics, Masquerade int // how often -r -i -s -M was given

	FIB, Cache bool // -F, -C: only with Routes
	// AllCounters shows counters that are zero, or that netstat hides, too:
	// only with Statistics.
	AllCounters bool
	Verbose     bool // -v: also speak of tables that are missing unasked

	// Filtered is set if a filter will select among the rows: no row of the rare
	// families is shown then, as it knows none of their columns.
	Filtered bool
}

// A Mode is what one run shows.
type Mode int

// The modes, of which one run has one.
const (
	Sockets Mode = iota
	Routes
	Interfaces
	Statistics
	Masquerade
)

// ErrModes is the error of options that ask for two modes at once.
var ErrModes = errors.New("only one of -r, -i, -s and -M can be used, and only once")

// A Plan is what the options come to.
type Plan struct {
	Options
	Mode Mode
	// Explicit is set if any protocol or socket family was asked for; else all
	// sections are shown.
	Explicit bool
	// V4 and V6 tell which file of each protocol's pair is read.
	V4, V6 bool
	// Whole is set if whole tables are wanted by the kind of their rows, and not
	// by netstat's options; Named if those kinds were named one by one.
	Whole, Named bool
	// Quiet is set if protocols were only chosen by their family: netstat then
	// says nothing of missing files.
	Quiet bool
	// Filter narrows the rows of sockets down further, unless it is nil.
	Filter Filter
}

// A Filter selects among the sockets that the options select. Several goroutines use
// it at once.
type Filter interface {
	Inet(proto Protocol, s *parser.InetSocket) bool
	SCTP(s *parser.SCTPSocket) bool
	Unix(s *parser.UnixSocket) bool
}

// Plan works out section 1.3 of netstat's behaviour, in its order.
func (o Options) Plan() (Plan, error) {
	if o.Interfaces+o.Routes+o.Masquerade+o.Statistics > 1 {
		return Plan{}, ErrModes
	}
	p := Plan{Options: o}
	switch {
	case o.Masquerade > 0:
		p.Mode = Masquerade
	case o.Statistics > 0:
		p.Mode = Statistics
	case o.Routes > 0:
		p.Mode = Routes
	case o.Interfaces > 0:
		p.Mode = Interfaces
	}
	if (p.Chose(Inet) || p.Chose(Inet6) || o.Statistics > 0) && !p.anyProtocol() {
		p.TCP, p.UDP, p.UDPLite, p.SCTP, p.Raw = true, true, true, true, true
		p.Quiet = true
	}
	p.V4, p.V6 = p.Chose(Inet), p.Chose(Inet6)
	if (p.anyProtocol() || o.Groups) && !p.V4 && !p.V6 {
		p.V4, p.V6 = true, true
	}
	p.Explicit = p.anyProtocol() || o.Groups || o.Bluetooth ||
		slices.ContainsFunc([]Family{UnixAF, IPX, AX25, X25, Netrom, Rose, Bluetooth}, p.Chose)
	if !p.Explicit {
		p.V4, p.V6 = true, true
	}
	return p, nil
}

// ErrWhole is the error of options that ask for a mode beside whole tables.
var ErrWhole = errors.New("-r, -i, -s, -g and -M name kinds of rows themselves")

// Whole plans whole tables: as with -a, unless only listening sockets are
// wanted, and of both internet families unless one is chosen.
func (o Options) Whole(named bool) (Plan, error) {
	if o.Interfaces+o.Routes+o.Masquerade+o.Statistics > 0 || o.Groups {
		return Plan{}, ErrWhole
	}
	o.All = o.All || !o.Listening
	o.AllCounters, o.FIB, o.Cache = true, true, true
	p, err := o.Plan()
	p.Whole, p.Named = true, named
	p.V4, p.V6 = p.ShowsFamily(Inet), p.ShowsFamily(Inet6)
	return p, err
}

// ShowsFamily reports whether whole tables of an internet family are shown.
func (p Plan) ShowsFamily(f Family) bool {
	return p.Chose(f) || !p.Chose(Inet) && !p.Chose(Inet6)
}

// Chose reports whether the family was asked for.
func (p Plan) Chose(f Family) bool { return slices.Contains(p.Families, f) }

func (p Plan) anyProtocol() bool { return p.TCP || p.UDP || p.UDPLite || p.SCTP || p.Raw }

// Shows reports whether the section of a socket family is part of the output.
func (p Plan) Shows(f Family) bool {
	return (!p.Explicit || p.Whole || p.Chose(f)) && (f == UnixAF || !p.Filtered)
}

// ShowsLegacy reports whether the sections of the rare families are.
func (p Plan) ShowsLegacy() bool {
	return p.Bluetooth || p.Chose(Bluetooth) || slices.ContainsFunc(SocketFamilies[1:], p.Shows)
}

// NoBluetooth is what there is to say of Bluetooth sockets.
const NoBluetooth = "no file of /proc/net holds Bluetooth sockets; netstat knows none either"

// ShowsInternet reports whether there is an internet section at all.
func (p Plan) ShowsInternet() bool { return !p.Explicit || p.anyProtocol() }

// RouteFamilies are the families whose routing tables are shown, in the order
// given; each mention counts, also a repeated one.
func (p Plan) RouteFamilies() []Family {
	switch {
	case p.Whole:
		return slices.DeleteFunc([]Family{Inet, Inet6, AX25, X25, IPX, Netrom, Rose, DDP}, func(f Family) bool {
			return (f == Inet || f == Inet6) && !p.ShowsFamily(f)
		})
	case len(p.Families) == 0:
		return []Family{Inet}
	}
	return p.Families
}

// A Protocol is one of the internet protocols, in the order netstat shows them.
type Protocol int

// The internet protocols.
const (
	TCP Protocol = iota
	SCTP
	UDP
	UDPLite
	Raw
)

// An InetTable is one file of internet sockets.
type InetTable struct {
	Protocol Protocol
	V6       bool
	File     string
}

// inetTables are in the order netstat shows them. SCTP has files of its own.
var inetTables = []InetTable{
	{TCP, false, "proc/net/tcp"},
	{TCP, true, "proc/net/tcp6"},
	{SCTP, false, ""},
	{UDP, false, "proc/net/udp"},
	{UDP, true, "proc/net/udp6"},
	{UDPLite, false, "proc/net/udplite"},
	{UDPLite, true, "proc/net/udplite6"},
	{Raw, false, "proc/net/raw"},
	{Raw, true, "proc/net/raw6"},
}

// InetTables lists what the internet section shows, in order. The entry for
// SCTP has no File: see SCTPEndpoints and SCTPAssociations.
func (p Plan) InetTables() []InetTable {
	on := [...]bool{TCP: p.TCP, SCTP: p.SCTP, UDP: p.UDP, UDPLite: p.UDPLite, Raw: p.Raw}
	var list []InetTable
	for _, t := range inetTables {
		if (on[t.Protocol] || !p.Explicit) && (t.V6 && p.V6 || !t.V6 && p.V4) {
			list = append(list, t)
		}
	}
	return list
}

// Inet tells whether a row of the protocol's table is shown (rule 4.5). The
// state plays no part: a tcp row is a server if its foreign port is 0, a row of
// another protocol if its foreign address is all zeros.
func (p *Plan) Inet(proto Protocol, s *parser.InetSocket) bool {
	if !p.All {
		server := s.Remote.Addr().IsUnspecified()
		if proto == TCP {
			server = s.Remote.Port() == 0
		}
		if server != p.Listening {
			return false
		}
	}
	return p.Filter == nil || p.Filter.Inet(proto, s)
}

// SCTPEndpoints and SCTPAssociations tell which of SCTP's two tables are shown.
func (p Plan) SCTPEndpoints() bool { return p.All || p.Listening }

// SCTPAssociations: see SCTPEndpoints.
func (p Plan) SCTPAssociations() bool { return p.All || !p.Listening }

// Unix tells whether a row of the unix table is shown (rule 6).
func (p *Plan) Unix(s *parser.UnixSocket) bool {
	return (p.All || p.Listening == (s.State == 1 && s.Flags&parser.UnixAccept != 0)) && (p.Filter == nil || p.Filter.Unix(s))
}

// SCTPSocket tells whether a row is shown of a table that is.
func (p *Plan) SCTPSocket(s *parser.SCTPSocket) bool { return p.Filter == nil || p.Filter.SCTP(s) }

// X25 tells whether a row of the X.25 table is shown: without a logical channel
// only if all are.
func (p Plan) X25(s *parser.PacketSocket) bool { return p.All || s.LCI != 0 }

// Route tells whether a row of the IPv4 table is shown: it must be up.
func (p Plan) Route(r *parser.Route) bool { return p.Whole || r.Flags&parser.RouteUp != 0 }

// Interface tells whether an interface is shown: without -a only if it is up,
// or may be.
func (p Plan) Interface(up, known bool) bool { return p.All || up || !known }

// Route6 tells whether a row of the IPv6 table is shown, in the table of routes
// or in that of cached ones.
func (p Plan) Route6(r *parser.Route6, cache bool) bool {
	return cache == (r.Flags&parser.RouteCache != 0)
}
