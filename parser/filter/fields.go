package filter

import "strings"

// A field is what a condition may speak of.
type field struct {
	name   string
	of     value
	ops    []comparison
	bare   bool // the operator may be left out: = is meant
	doc    string
	expect string // what stands behind the operator
}

// A value is the type of a field.
type value uint8

const (
	hostValue value = iota
	portValue
	stateValue
	numberValue
	textValue
	userValue
	timerValue
	typeValue
)

var (
	equality = []comparison{equal, unequal}
	order    = []comparison{equal, unequal, less, lessEqual, greater, greaterEqual}
	matching = []comparison{equal, unequal, match, noMatch}
)

// fields is THE list of fields.
var fields = []*field{
	src, dst, sport, dport, state, recvQ, sendQ, uid, user, pid, prog, inode, retrans, timer, iface, hostName, netNS, path, sockType,
}

var (
	src      = &field{"src", hostValue, equality, true, "the local address, and the port if one is given; inet: or inet6: before it for one family; unix:GLOB is the name of a UNIX socket", "HOST, HOST/PREFIX, HOST:PORT, :PORT or unix:GLOB, such as 10.0.0.0/8 or [2001:db8::1]:443"}
	dst      = &field{"dst", hostValue, equality, true, "the foreign address, and the port if one is given", src.expect}
	sport    = &field{"sport", portValue, order, true, "the local port; of raw sockets the IP protocol", "a port, such as :443, 443 or :https"}
	dport    = &field{"dport", portValue, order, true, "the foreign port", sport.expect}
	state    = &field{"state", stateValue, equality, true, "the state; adjacent ones are alternatives", "a state: " + stateWords()}
	recvQ    = &field{"recv-q", numberValue, order, false, "netstat's Recv-Q: bytes, and of a tcp listener connections that wait", "a number"}
	sendQ    = &field{"send-q", numberValue, order, false, "netstat's Send-Q, in bytes", "a number"}
	uid      = &field{"uid", numberValue, order, false, "number of the socket's owner", "a number"}
	user     = &field{"user", userValue, equality, false, "name of the socket's owner, by the bundle's etc/passwd", "the name of a user, or a number"}
	pid      = &field{"pid", numberValue, order, false, "the first process that holds the socket", "a number"}
	prog     = &field{"prog", textValue, matching, false, "its program; = compares the whole name, or what stands before its first blank or colon", "a name, or behind ~ a regular expression"}
	inode    = &field{"inode", numberValue, order, false, "the socket's inode", "a number"}
	retrans  = &field{"retrans", numberValue, order, false, "unrecovered retransmissions of a tcp socket", "a number"}
	timer    = &field{"timer", timerValue, equality, false, "the timer that runs in a tcp socket: " + alternatives(timerNames), "a timer: " + alternatives(timerNames)}
	iface    = &field{"iface", textValue, matching, false, "the interface that has the local address, if the bundle tells of one", "the name of an interface, or behind ~ a regular expression"}
	hostName = &field{"host", textValue, matching, false, "the captured machine, with or without its domain", "the name of a machine, or behind ~ a regular expression"}
	netNS    = &field{"netns", textValue, matching, false, "the network namespace", "the name of a network namespace, or behind ~ a regular expression"}
	path     = &field{"path", textValue, matching, false, "the name of a UNIX socket; abstract ones begin with @", "a path, or behind ~ a regular expression"}
	sockType = &field{"type", typeValue, equality, false, "the type of a UNIX socket: " + alternatives(typeNames[1:]), "a type: " + alternatives(typeNames[1:])}
)

func (f *field) takes(c comparison) bool {
	for _, op := range f.ops {
		if op == c {
			return true
		}
	}
	return false
}

func fieldByName(name string) *field {
	for _, f := range fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// Words that begin a condition without being a field.
const (
	excludeWord   = "exclude"
	exclWord      = "excl" // ss's short form
	autoboundWord = "autobound"
)

// heads are all words that may begin a condition.
func heads() (list []string) {
	for _, f := range fields {
		if list = append(list, f.name); f == state {
			list = append(list, excludeWord, autoboundWord)
		}
	}
	return list
}

// elsewhere are fields of ss that no file of /proc/net tells, and what there is.
var elsewhere = map[string]string{
	"dev":    "no file of /proc/net tells which device a socket is bound to; iface = NAME is the interface with its local address",
	"fwmark": "no file of /proc/net tells marks",
	"cgroup": "no file of /proc/net tells cgroups",
}

// Documented lists the fields with what they are, for a help text.
func Documented() (list [][2]string) {
	for _, f := range fields {
		list = append(list, [2]string{f.name, f.doc})
		if f == state {
			list = append(list, [2]string{excludeWord, "all states but this one"},
				[2]string{autoboundWord, "the local port is one that the kernel chooses itself; a UNIX socket's name is, or it has none"})
		}
	}
	return list
}

func alternatives(list []string) string { return strings.Join(list, ", ") }

// timerNames are netstat's words for the timers of tcp, by number.
var timerNames = []string{"off", "on", "keepalive", "timewait", "probe"}

// typeNames are the types of UNIX sockets, by number.
var typeNames = []string{1: "stream", 2: "dgram", 3: "raw", 4: "rdm", 5: "seqpacket"}
