package rows

import (
	"fmt"
	"iter"
	"strconv"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/query"
	"github.com/coldstat/coldstat/parser/snapshot"
	"github.com/coldstat/coldstat/parser/words"
)

// A LegacySocket is a socket of a family that few machines still have: IPX,
// AX.25, X.25, NET/ROM or ROSE. Their addresses are texts.
type LegacySocket struct {
	Family      string             `json:"family" csv:"family" head:"Family" show:"key" doc:"ipx, ax25, x25, netrom or rose"`
	Local       string             `json:"local" csv:"local" head:"Local" show:"key" from:"src_addr" doc:"NET:PORT or NET:NODE:PORT of IPX, hexadecimal; a call sign or digits of the others"`
	LocalCall   parser.Opt[string] `json:"local_call" csv:"local_call" head:"Local Call" show:"4" from:"src_call" doc:"rose only"`
	Remote      parser.Opt[string] `json:"remote" csv:"remote" head:"Remote" show:"key" from:"dest_addr" doc:"null if there is none"`
	RemoteCall  parser.Opt[string] `json:"remote_call" csv:"remote_call" head:"Remote Call" show:"4" from:"dest_call" doc:"rose only"`
	UserCall    parser.Opt[string] `json:"user_call" csv:"user_call" head:"User Call" show:"4" from:"user_addr" doc:"netrom only"`
	Device      parser.Opt[string] `json:"device" csv:"device" head:"Device" show:"3" from:"dev" doc:"null if there is none"`
	LCI         parser.Opt[uint64] `json:"lci" csv:"lci" head:"LCI" show:"4" from:"lci" doc:"logical channel, of rose and x25"`
	Neighbour   parser.Opt[uint64] `json:"neighbour" csv:"neighbour" head:"Neigh" show:"4" from:"neigh" doc:"number of the neighbour, rose only"`
	StateNumber uint64             `json:"state_number" csv:"state_number" from:"st" doc:"of IPX as of TCP; of the others 0 listening, 1 connecting, 2 disconnecting, 3 established, 4 recovering"`
	State       string             `json:"state" csv:"state" head:"State" show:"key" doc:"netstat's word"`
	VS          parser.Opt[int64]  `json:"send_number" csv:"send_number" head:"Vs" show:"5" from:"vs" doc:"next number to send; not of ipx and rose"`
	VR          parser.Opt[int64]  `json:"receive_number" csv:"receive_number" head:"Vr" show:"5" from:"vr" doc:"next number to receive; not of ipx and rose"`
	RecvQ       parser.Opt[int64]  `json:"recv_q_bytes" csv:"recv_q_bytes" head:"Recv-Q" show:"1" unit:"bytes" from:"Rcv-Q" doc:"not of rose; 0 also for an AX.25 connection without a socket"`
	SendQ       parser.Opt[int64]  `json:"send_q_bytes" csv:"send_q_bytes" head:"Send-Q" show:"1" unit:"bytes" from:"Snd-Q" doc:"not of rose; 0 also for an AX.25 connection without a socket"`
	UID         parser.Opt[uint64] `json:"uid" csv:"uid" head:"UID" show:"5" from:"Uid" doc:"ipx only"`
	User        parser.Opt[string] `json:"user" csv:"user" head:"User" show:"5" from:"etc/passwd" cut:"yes" doc:"its name; null with -n"`

	Origin
}

// LegacySockets yields the sockets of the rare families that the plan selects.
func (r *Reader) LegacySockets() iter.Seq[LegacySocket] {
	return func(yield func(LegacySocket) bool) {
		for _, f := range query.SocketFamilies {
			if !r.Plan.Shows(f) {
				continue
			}
			goOn := true
			switch f {
			case query.IPX:
				goOn = r.ipx(yield)
			case query.AX25:
				goOn = r.radio(f, r.Snapshot.AX25(), words.AX25State, yield)
			case query.X25:
				goOn = r.radio(f, r.Snapshot.X25(), words.X25State, yield)
			case query.Netrom:
				goOn = r.radio(f, r.Snapshot.Netrom(), words.NetromState, yield)
			case query.Rose:
				goOn = r.radio(f, r.Snapshot.Rose(), words.NetromState, yield)
			}
			if !goOn {
				return
			}
		}
		if r.Plan.Bluetooth || r.Plan.Chose(query.Bluetooth) {
			r.report().Notef("%s", query.NoBluetooth)
			r.report().Fail()
		}
	}
}

func (r *Reader) ipx(yield func(LegacySocket) bool) bool {
	t := r.Snapshot.IPX()
	if !usable(r, t, r.Plan.AskedRare(query.IPX)) {
		return true
	}
	for s := range good(r, t) {
		row := LegacySocket{
			Family: "ipx", Local: ipxText(s.Local), StateNumber: uint64(s.State), State: s.State.String(),
			RecvQ: parser.Some(int64(s.RecvQ)), SendQ: parser.Some(int64(s.SendQ)),
			UID: parser.Some(uint64(s.UID)), User: r.user(s.UID), Origin: r.origin(t.File, s.Line),
		}
		if remote, ok := s.Remote.Get(); ok {
			row.Remote = text(ipxText(remote))
		}
		if !yield(row) {
			return false
		}
	}
	return true
}

func ipxText(a parser.IPXAddr) string {
	if a.HasNode {
		return fmt.Sprintf("%08X:%012X:%04X", a.Net, a.Node[:], a.Port)
	}
	return fmt.Sprintf("%08X:%04X", a.Net, a.Port)
}

// unlessMark is unknown for the mark that stands in place of nothing.
func unlessMark(s, mark string) parser.Opt[string] {
	if s == mark {
		return parser.Opt[string]{}
	}
	return text(s)
}

func (r *Reader) radio(f query.Family, t snapshot.Table[parser.PacketSocket], state func(uint8) string,
	yield func(LegacySocket) bool,
) bool {
	if !usable(r, t, r.Plan.AskedRare(f)) {
		return true
	}
	for s := range good(r, t) {
		if f == query.X25 && !r.Plan.X25(&s) {
			continue
		}
		row := LegacySocket{
			Family: string(f), Local: s.Source, LocalCall: text(s.SourceCall),
			Remote: unlessMark(s.Dest, "*"), RemoteCall: unlessMark(s.DestCall, "*"), UserCall: text(s.User),
			Device: unlessMark(s.Device, "???"), StateNumber: uint64(s.State), State: state(s.State),
			Origin: r.origin(t.File, s.Line),
		}
		if f == query.Rose || f == query.X25 {
			row.LCI = parser.Some(uint64(s.LCI))
		}
		if f == query.Rose {
			row.Neighbour = parser.Some(uint64(s.Neighbour))
		} else {
			row.VS, row.VR = parser.Some(s.VS), parser.Some(s.VR)
			row.RecvQ, row.SendQ = parser.Some(s.RecvQ), parser.Some(s.SendQ)
		}
		if !yield(row) {
			return false
		}
	}
	return true
}

// A LegacyRoute is a route of one of these families, or of AppleTalk (ddp).
type LegacyRoute struct {
	Family       string             `json:"family" csv:"family" head:"Family" show:"key" doc:"ax25, x25, ipx, netrom, rose or ddp"`
	Destination  parser.Opt[string] `json:"destination" csv:"destination" head:"Destination" show:"key" doc:"a call sign, digits, a network of IPX (hexadecimal) or AppleTalk; null for the default route of X.25"`
	Digits       parser.Opt[uint64] `json:"digits" csv:"digits" head:"Digits" show:"3" doc:"how many digits of the destination count, of x25 and rose"`
	Mnemonic     parser.Opt[string] `json:"mnemonic" csv:"mnemonic" head:"Mnemonic" show:"3" doc:"of a NET/ROM node"`
	Gateway      parser.Opt[string] `json:"gateway" csv:"gateway" head:"Gateway" show:"1" doc:"the neighbour's call sign or the router; null if there is none, or if the table of neighbours lacks it"`
	Device       parser.Opt[string] `json:"device" csv:"device" head:"Device" show:"key" doc:"null if there is none or it is not known"`
	Mode         parser.Opt[string] `json:"mode" csv:"mode" head:"Mode" show:"4" doc:"of AX.25: d datagram, v virtual circuit, * the device's"`
	Quality      parser.Opt[uint64] `json:"quality" csv:"quality" head:"Quality" show:"3" doc:"of the NET/ROM route in use"`
	Flags        parser.Opt[uint64] `json:"flags" csv:"flags" doc:"RTF_* of AppleTalk"`
	FlagLetters  parser.Opt[string] `json:"flag_letters" csv:"flag_letters" head:"Flags" show:"2" doc:"netstat's letters for them"`
	Alternatives Words              `json:"alternatives" csv:"alternatives" head:"All Routes" show:"6" cut:"yes" doc:"of NET/ROM quality/obsolescence/neighbour, of ROSE the numbers of all neighbours; null for the others"`

	Origin
}

// LegacyRoutes yields the routes of the rare families that the plan selects. As
// in netstat, the first table that is missing ends them.
func (r *Reader) LegacyRoutes() iter.Seq[LegacyRoute] {
	return func(yield func(LegacyRoute) bool) {
		for _, f := range r.Plan.RouteFamilies() {
			goOn := true
			switch f {
			case query.AX25:
				goOn = legacyRoutes(r, f, r.Snapshot.AX25Routes(), yield, func(rt *parser.AX25Route, row *LegacyRoute) int {
					row.Destination, row.Device, row.Mode = text(rt.Destination), unlessMark(rt.Device, "???"), text(rt.Mode)
					return rt.Line
				})
			case query.X25:
				goOn = legacyRoutes(r, f, r.Snapshot.X25Routes(), yield, func(rt *parser.X25Route, row *LegacyRoute) int {
					row.Destination, row.Device = text(rt.Address), unlessMark(rt.Device, "???")
					row.Digits = parser.Some(uint64(rt.Digits))
					return rt.Line
				})
			case query.IPX:
				goOn = legacyRoutes(r, f, r.Snapshot.IPXRoutes(), yield, func(rt *parser.IPXRoute, row *LegacyRoute) int {
					row.Destination = text(fmt.Sprintf("%08X", rt.Net))
					if !rt.Direct {
						row.Gateway = text(fmt.Sprintf("%08X:%X", rt.RouterNet, rt.RouterNode[:]))
					}
					return rt.Line
				})
			case query.DDP:
				goOn = legacyRoutes(r, f, r.Snapshot.AtalkRoutes(), yield, func(rt *parser.AtalkRoute, row *LegacyRoute) int {
					row.Destination, row.Gateway, row.Device = text(rt.Target), text(rt.Router), text(rt.Device)
					row.Flags = found(uint64(rt.Flags), rt.Flags >= 0)
					row.FlagLetters = text(string(words.AppendLetters(nil, uint32(rt.Flags), words.AtalkFlags)))
					return rt.Line
				})
			case query.Netrom:
				goOn = r.netromRoutes(yield)
			case query.Rose:
				goOn = r.roseRoutes(yield)
			}
			if !goOn {
				return
			}
		}
	}
}

// legacyRoutes yields the routes of one table. fill gives the row's line.
func legacyRoutes[T any](r *Reader, f query.Family, t snapshot.Table[T], yield func(LegacyRoute) bool,
	fill func(*T, *LegacyRoute) (line int),
) bool {
	if !usable(r, t, r.asked(query.ByName)) {
		return r.lost()
	}
	for rt := range good(r, t) {
		row := LegacyRoute{Family: string(f)}
		row.Origin = r.origin(t.File, fill(&rt, &row))
		if !yield(row) {
			return false
		}
	}
	return true
}

// radioNeighbours reads a table of neighbours by their number.
func (r *Reader) radioNeighbours(t snapshot.Table[parser.RadioNeighbour]) map[uint32]parser.RadioNeighbour {
	m := map[uint32]parser.RadioNeighbour{}
	if !usable(r, t, r.asked(query.ByName)) {
		return m
	}
	for n := range good(r, t) {
		if len(m) < maxIfNames {
			m[n.Number] = n
		}
	}
	return m
}

func (r *Reader) netromRoutes(yield func(LegacyRoute) bool) bool {
	known := r.radioNeighbours(r.Snapshot.NetromNeighbours())
	return legacyRoutes(r, query.Netrom, r.Snapshot.NetromNodes(), yield, func(n *parser.NetromNode, row *LegacyRoute) int {
		row.Destination, row.Mnemonic, row.Alternatives = text(n.Callsign), unlessMark(n.Mnemonic, "*"), Words{}
		for _, rt := range n.Routes {
			row.Alternatives = append(row.Alternatives, fmt.Sprintf("%d/%d/%d", rt.Quality, rt.Obsolete, rt.Neighbour))
		}
		if n.Which >= 1 && n.Which <= len(n.Routes) {
			used := n.Routes[n.Which-1]
			row.Quality = parser.Some(uint64(used.Quality))
			row.via(known, used.Neighbour)
		}
		return n.Line
	})
}

func (r *Reader) roseRoutes(yield func(LegacyRoute) bool) bool {
	known := r.radioNeighbours(r.Snapshot.RoseNeighbours())
	return legacyRoutes(r, query.Rose, r.Snapshot.RoseNodes(), yield, func(n *parser.RoseNode, row *LegacyRoute) int {
		row.Destination, row.Digits, row.Alternatives = text(n.Address), parser.Some(uint64(n.Digits)), Words{}
		for i, neighbour := range n.Neighbours {
			row.Alternatives = append(row.Alternatives, strconv.FormatUint(uint64(neighbour), 10))
			if i == 0 {
				row.via(known, neighbour)
			}
		}
		return n.Line
	})
}

// via fills in the neighbour, if the table has it.
func (row *LegacyRoute) via(known map[uint32]parser.RadioNeighbour, number uint32) {
	if n, ok := known[number]; ok {
		row.Gateway, row.Device = text(n.Callsign), unlessMark(n.Device, "???")
	}
}
