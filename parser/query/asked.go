package query

// Asked grades how much a table was wanted, and so what its absence means.
type Asked int

// Grades of Asked.
const (
	InPassing Asked = iota // one of many: netstat does not speak of it
	ByFamily               // its family was chosen: netstat does not speak of it, we do
	ByName                 // its protocol was chosen: its absence is a failure
)

// AskedInet grades a table of internet sockets or groups: netstat only complains
// of a missing IPv4 file, and only if its protocol was chosen by name. Few
// kernels have SCTP and UDP-Lite loaded: that their files are missing says
// nothing unless they were asked for.
func (p Plan) AskedInet(t InetTable) Asked {
	rare := t.Protocol == SCTP || t.Protocol == UDPLite
	switch {
	case !p.Explicit, t.V6 && p.V4, p.Quiet && rare:
		return InPassing
	case t.V6 || p.Quiet:
		return ByFamily
	default:
		return ByName
	}
}

// AskedUnix grades the table of UNIX sockets.
func (p Plan) AskedUnix() Asked {
	switch {
	case !p.Chose(UnixAF):
		return InPassing
	case p.Quiet:
		return ByFamily
	default:
		return ByName
	}
}

// AskedRare grades the table of a rare family: netstat complains if it was
// chosen, even if an internet family was chosen with it.
func (p Plan) AskedRare(f Family) Asked {
	if p.Chose(f) {
		return ByName
	}
	return InPassing
}
