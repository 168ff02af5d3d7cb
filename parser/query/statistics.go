package query

// StatisticsFamily is the one family whose counters are shown. It is not ok if
// the options name another or more than one, even the same one twice.
func (p Plan) StatisticsFamily() (f Family, ok bool) {
	switch {
	case len(p.Families) == 0:
		return Inet, true
	case len(p.Families) == 1 && (p.Chose(Inet) || p.Chose(Inet6)):
		return p.Families[0], true
	}
	return "", false
}

// A CounterFile is a kind of file with counters: netstat has a table of
// sections for each.
type CounterFile int

// The kinds of files with counters.
const (
	Counters  CounterFile = iota // snmp, netstat, sctp/snmp
	Counters6                    // snmp6
)

// counterSections are the sections that netstat knows, and what shows them.
var counterSections = [...]map[string]Protocol{
	Counters:  {"Ip": Raw, "Icmp": Raw, "Tcp": TCP, "TcpExt": TCP, "Udp": UDP, "Sctp": SCTP},
	Counters6: {"Ip6": Raw, "Icmp6": Raw, "Tcp6": TCP, "Udp6": UDP},
}

// CounterSection tells whether netstat knows a section of counters, and whether
// it is shown. Those that it does not know are, whatever the options say.
func (p Plan) CounterSection(file CounterFile, title string) (known, shown bool) {
	proto, known := counterSections[file][title]
	if !known {
		return false, true
	}
	return true, [...]bool{TCP: p.TCP, SCTP: p.SCTP, UDP: p.UDP, UDPLite: p.UDPLite, Raw: p.Raw}[proto]
}
