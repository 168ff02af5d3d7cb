package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/coldstat/coldstat/parser/bundle"
	"github.com/coldstat/coldstat/parser/filter"
	"github.com/coldstat/coldstat/parser/names"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/rows"
	"github.com/coldstat/coldstat/render"
)

// options are everything that the command line says.
type options struct {
	query.Options
	render.Columns
	services  names.Source
	byteOrder string
	host      string // "" is each
	netns     string // "" is that of proc/net
	quick     bool
	limits    bundle.Limits
	xzCommand []string       // program and arguments that decompress xz; nil is none
	filter    *filter.Filter // nil selects all

	format    string // "" is netstat, or with kinds table
	kinds     []*rows.Kind
	allKinds  bool
	columns   []string
	sort      []string
	noHeader  bool
	rawCSV    bool
	output    string // a file, or "" or "-" for standard output
	outputDir string
}

// A textWanted ends the run as soon as its option is read, as in netstat, with
// a text as the output.
type textWanted struct{ text func() string }

func (*textWanted) Error() string { return "a text is wanted" }

// A flag is one option of netstat, with the help text.
type flag struct {
	short, long string
	value       pflag.Value
	help        string
}

// netstatFlags lists netstat's options in the order of the help. Values are set
// in the order of the command line, which matters for the families and for the
// options that end the run at once.
func netstatFlags(o *options) []flag {
	on := func(targets ...*bool) pflag.Value {
		return action(func() error {
			for _, t := range targets {
				*t = true
			}
			return nil
		})
	}
	count := func(n *int) pflag.Value { return action(func() error { *n++; return nil }) }
	family := func(word string) pflag.Value { return action(func() error { return addFamilies(o, word) }) }
	refuse := func(err error) pflag.Value { return action(func() error { return err }) }
	return []flag{
		{"t", "tcp", on(&o.TCP), "TCP sockets"},
		{"u", "udp", on(&o.UDP), "UDP sockets"},
		{"U", "udplite", on(&o.UDPLite), "UDP-Lite sockets"},
		{"S", "sctp", on(&o.SCTP), "SCTP sockets"},
		{"w", "raw", on(&o.Raw), "raw sockets"},
		{"x", "unix", family("unix"), "UNIX domain sockets"},
		{"a", "all", on(&o.All), "listening and connected sockets; with -i, interfaces that are down too"},
		{"l", "listening", on(&o.Listening), "only listening sockets (default: only connected ones)"},

		{"r", "route", count(&o.Routes), "the routing table"},
		{"F", "fib", on(&o.FIB), "with -r: the forwarding table (default)"},
		{"C", "cache", on(&o.Cache), "with -r: the routing cache"},
		{"i", "interfaces", count(&o.Interfaces), "the interfaces and their counters; -ie as ifconfig shows them"},
		{"g", "groups", on(&o.Groups), "multicast group memberships"},
		{"s", "statistics", count(&o.Statistics), "the counters of each protocol"},
		{"M", "masquerade", count(&o.Masquerade), "masqueraded connections"},

		{"4", "inet", family("inet"), "IPv4 only; also --ip"},
		{"6", "inet6", family("inet6"), "IPv6 only"},
		{"A", "protocol", listValue(func(list string) error { return addFamilies(o, strings.Split(list, ",")...) }), "address families: inet, inet6, unix, ..."},

		{"n", "numeric", on(&o.NumericHosts, &o.NumericPorts, &o.NumericUsers), "no names at all"},
		{"", "numeric-hosts", on(&o.NumericHosts), "no names of hosts"},
		{"", "numeric-ports", on(&o.NumericPorts), "no names of ports"},
		{"", "numeric-users", on(&o.NumericUsers), "no names of users"},
		{"N", "symbolic", on(&o.Symbolic), "as netstat has it: makes the addresses of -r and of SCTP numeric"},
		{"e", "extend", count(&o.Extend), "more columns; -ee even more for -r"},
		{"o", "timers", on(&o.Timers), "timers of sockets"},
		{"p", "programs", on(&o.Programs), "PID and name of the program, as proc/PID of the bundle or an output of netstat, ss or lsof in it has it"},
		{"W", "wide", on(&o.Wide), "do not cut addresses and UNIX paths; in tables cut nothing and leave no column out that says something"},
		{"v", "verbose", on(&o.Verbose), "say more: tables that are missing unasked, every row that is skipped"},

		{"", "ip", family("ip"), ""},
		{"", "ax25", family("ax25"), ""},
		{"", "x25", family("x25"), ""},
		{"", "ipx", family("ipx"), ""},
		{"", "appletalk", family("appletalk"), ""},
		{"", "ddp", family("ddp"), ""},
		{"", "netrom", family("netrom"), ""},
		{"", "rose", family("rose"), ""},
		{"", "bluetooth", family("bluetooth"), ""},
		{"2", "l2cap", on(&o.Bluetooth), ""},
		{"f", "rfcomm", on(&o.Bluetooth), ""},
		{"", "tcpip", on(), ""}, // accepted and ignored by netstat; -A tcpip works
		{"d", "", on(), ""},     // accepted, no effect

		{"c", "continuous", refuse(errContinuous), ""},
		{"Z", "context", refuse(errContext), ""},
		{"V", "version", refuse(&textWanted{versionText}), "print the version"},
		{"h", "help", refuse(&textWanted{helpText}), "print this help"},
	}
}

var (
	errContinuous = &exitError{
		code: exitUsage, err: errors.New("-c would print the same capture forever"),
		hint: "leave -c out; a capture does not change",
	}
	errContext = &exitError{
		code: exitLacking, err: errors.New("-Z cannot work: no file of /proc/net holds SELinux contexts"),
		hint: "leave -Z out",
	}
)

// addFamilies takes words as -A knows them.
func addFamilies(o *options, words ...string) error {
	for _, word := range words {
		f, ok := query.FamilyByName(word)
		if !ok {
			return &exitError{
				code: exitLacking, err: fmt.Errorf("unknown address family %q", word),
				hint: "families are inet, inet6, unix, ax25, x25, ipx, netrom, rose, ddp, econet, ash and bluetooth",
			}
		}
		o.Families = append(o.Families, f)
	}
	return nil
}

// unset is what pflag hands to an option that got no argument. No argument of a
// command line can hold a NUL byte.
const unset = "\x00"

// action is an option without argument. Set runs in command-line order.
type action func() error

func (a action) Set(s string) error {
	if s != unset {
		return errNoArgument
	}
	return a()
}
func (action) String() string { return "false" }
func (action) Type() string   { return "bool" }

var errNoArgument = errors.New("doesn't allow an argument")

// listValue is an option with an argument.
type listValue func(string) error

func (l listValue) Set(s string) error { return l(s) }
func (listValue) String() string       { return "" }
func (listValue) Type() string         { return "string" }
