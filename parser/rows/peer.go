package rows

import (
	"net/netip"

	"github.com/coldstat/coldstat/parser"
)

// What `coldstat peers` writes. Package peers works it out; here is only its shape.

// A Pair is a connection of which one or both ends were captured.
type Pair struct {
	Verdict  string             `json:"verdict" csv:"verdict" head:"Verdict" show:"key" doc:"what the two ends say together: ok, half-open, reader-stopped, path, ...; coldstat peers --help lists them"`
	Grade    string             `json:"grade" csv:"grade" doc:"fault, doubt, or fine"`
	Protocol string             `json:"protocol" csv:"protocol" head:"Proto" show:"4" doc:"tcp or udp"`
	Port     parser.Opt[uint64] `json:"service_port" csv:"service_port" head:"Port" show:"1" doc:"the server's port as the client has it: before NAT, if there is any"`
	Service  parser.Opt[string] `json:"service" csv:"service" head:"Service" show:"3" cut:"yes" doc:"name of that port in the server's capture, else in the client's; null with -n"`

	Client            parser.Opt[string]     `json:"client" csv:"client" head:"Client" show:"key" cut:"yes" doc:"the machine at that end: its name, and what else tells it apart; null if no capture is of it"`
	ClientAddress     parser.Opt[netip.Addr] `json:"client_address" csv:"client_address" head:"Client Address" show:"2" doc:"as the client has it"`
	ClientPort        parser.Opt[uint64]     `json:"client_port" csv:"client_port" head:"Port" show:"2" doc:"as the client has it"`
	ClientState       parser.Opt[string]     `json:"client_state" csv:"client_state" head:"State" show:"key" doc:"netstat's word; null if that end was not captured, or has no such socket"`
	ClientRecvQ       parser.Opt[uint64]     `json:"client_recv_q_bytes" csv:"client_recv_q_bytes" head:"Recv-Q" show:"1" unit:"bytes" doc:"received and not read by the client's program"`
	ClientSendQ       parser.Opt[uint64]     `json:"client_send_q_bytes" csv:"client_send_q_bytes" head:"Send-Q" show:"1" unit:"bytes" doc:"sent or to be sent, and not acknowledged by the server's kernel"`
	ClientTimer       parser.Opt[string]     `json:"client_timer" csv:"client_timer" head:"Timer" doc:"netstat's word for what the kernel waits for"`
	ClientRetransmits parser.Opt[uint64]     `json:"client_retransmits" csv:"client_retransmits" head:"Retrans" show:"5" doc:"retransmission timeouts without an answer"`
	ClientProgram     parser.Opt[string]     `json:"client_program" csv:"client_program" head:"Program" show:"3" cut:"yes" doc:"the first process that holds the socket"`
	ClientPID         parser.Opt[uint64]     `json:"client_pid" csv:"client_pid" doc:"its number"`
	ClientUID         parser.Opt[uint64]     `json:"client_uid" csv:"client_uid" doc:"of the socket's owner"`

	Server            parser.Opt[string]     `json:"server" csv:"server" head:"Server" show:"key" cut:"yes" doc:"the machine at that end: its name, and what else tells it apart; null if no capture is of it, or if it may be one of several"`
	ServerAddress     parser.Opt[netip.Addr] `json:"server_address" csv:"server_address" head:"Server Address" show:"2" doc:"as the server has it, or would"`
	ServerPort        parser.Opt[uint64]     `json:"server_port" csv:"server_port" head:"Port" show:"2" doc:"as the server has it, or would"`
	ServerState       parser.Opt[string]     `json:"server_state" csv:"server_state" head:"State" show:"key" doc:"netstat's word; null if that end was not captured, or has no such socket"`
	ServerRecvQ       parser.Opt[uint64]     `json:"server_recv_q_bytes" csv:"server_recv_q_bytes" head:"Recv-Q" show:"1" unit:"bytes" doc:"received and not read by the server's program"`
	ServerSendQ       parser.Opt[uint64]     `json:"server_send_q_bytes" csv:"server_send_q_bytes" head:"Send-Q" show:"1" unit:"bytes" doc:"sent or to be sent, and not acknowledged by the client's kernel"`
	ServerTimer       parser.Opt[string]     `json:"server_timer" csv:"server_timer" head:"Timer" doc:"netstat's word for what the kernel waits for"`
	ServerRetransmits parser.Opt[uint64]     `json:"server_retransmits" csv:"server_retransmits" head:"Retrans" show:"5" doc:"retransmission timeouts without an answer"`
	ServerProgram     parser.Opt[string]     `json:"server_program" csv:"server_program" head:"Program" show:"3" cut:"yes" doc:"the first process that holds the socket"`
	ServerPID         parser.Opt[uint64]     `json:"server_pid" csv:"server_pid" doc:"its number"`
	ServerUID         parser.Opt[uint64]     `json:"server_uid" csv:"server_uid" doc:"of the socket's owner"`

	Why  parser.Opt[string] `json:"why" csv:"why" head:"Why" show:"1" cut:"yes" doc:"what was seen, with its numbers; null if there is nothing to say"`
	Next parser.Opt[string] `json:"next" csv:"next" head:"Next" cut:"yes" doc:"where to look next"`

	NAT           parser.Opt[string] `json:"nat" csv:"nat" head:"NAT" show:"2" cut:"yes" doc:"which captured machine changes the addresses on the way, and how"`
	DirectionFrom parser.Opt[string] `json:"direction_from" csv:"direction_from" doc:"what tells who is the server: listener, state, nat, or port if one of the ports is none that kernels give to clients; null if nothing does: then the lower port is called the server's"`

	ClientHost   parser.Opt[string] `json:"client_host" csv:"client_host" cut:"yes" doc:"the captured machine's name"`
	ClientNetNS  parser.Opt[string] `json:"client_netns" csv:"client_netns" cut:"yes" doc:"its network namespace: its name, or else the kernel's number"`
	ClientBundle parser.Opt[string] `json:"client_bundle" csv:"client_bundle" cut:"yes" doc:"the bundle, as it was named on the command line"`
	ClientFile   parser.Opt[string] `json:"client_file" csv:"client_file" cut:"yes" doc:"the file that has the client's end"`
	ClientLine   parser.Opt[uint64] `json:"client_line" csv:"client_line" doc:"the line in it, from 1"`
	ServerHost   parser.Opt[string] `json:"server_host" csv:"server_host" cut:"yes" doc:"the captured machine's name"`
	ServerNetNS  parser.Opt[string] `json:"server_netns" csv:"server_netns" cut:"yes" doc:"its network namespace: its name, or else the kernel's number"`
	ServerBundle parser.Opt[string] `json:"server_bundle" csv:"server_bundle" cut:"yes" doc:"the bundle, as it was named on the command line"`
	ServerFile   parser.Opt[string] `json:"server_file" csv:"server_file" cut:"yes" doc:"the file that has the server's end"`
	ServerLine   parser.Opt[uint64] `json:"server_line" csv:"server_line" doc:"the line in it, from 1"`
}

// A Talk is who talks to whom: the connections between two machines to one service.
type Talk struct {
	From     parser.Opt[string] `json:"from" csv:"from" head:"From" show:"key" cut:"yes" doc:"the machine that begins: its name, and what else tells it apart; null if its capture is missing or it may be one of several"`
	To       parser.Opt[string] `json:"to" csv:"to" head:"To" show:"key" cut:"yes" doc:"the machine that has the service, likewise"`
	Protocol string             `json:"protocol" csv:"protocol" head:"Proto" show:"key" doc:"tcp or udp"`
	Port     parser.Opt[uint64] `json:"service_port" csv:"service_port" head:"Port" show:"key" doc:"the server's port as the client has it"`
	Service  parser.Opt[string] `json:"service" csv:"service" head:"Service" show:"1" cut:"yes" doc:"name of that port in the server's capture, else in the client's; null with -n"`

	Connections uint64 `json:"connections" csv:"connections" head:"Conns" show:"key" doc:"those of which one or both ends were captured, in any state"`
	Established uint64 `json:"established" csv:"established" head:"ESTAB" show:"key" doc:"those of which at least one end is ESTABLISHED"`
	Queued      uint64 `json:"queued_bytes" csv:"queued_bytes" head:"Queued" show:"1" unit:"bytes" doc:"sum of Recv-Q and Send-Q of all their ends"`
	NAT         uint64 `json:"through_nat" csv:"through_nat" head:"NAT" show:"2" doc:"those whose addresses a captured machine changes on the way"`
	Fine        uint64 `json:"fine" csv:"fine" head:"Fine" show:"1" doc:"those without fault or doubt"`
	Doubts      uint64 `json:"doubts" csv:"doubts" head:"Doubts" show:"key" doc:"those that may have a fault"`
	Faults      uint64 `json:"faults" csv:"faults" head:"Faults" show:"key" doc:"those that have one"`
	Verdicts    Words  `json:"verdicts" csv:"verdicts" head:"Verdicts" show:"1" doc:"how many have each verdict, those that are ok aside: half-open=2"`

	FromHost   parser.Opt[string] `json:"from_host" csv:"from_host" cut:"yes" doc:"the captured machine's name"`
	FromNetNS  parser.Opt[string] `json:"from_netns" csv:"from_netns" cut:"yes" doc:"its network namespace: its name, or else the kernel's number"`
	FromBundle parser.Opt[string] `json:"from_bundle" csv:"from_bundle" cut:"yes" doc:"the bundle, as it was named on the command line"`
	ToHost     parser.Opt[string] `json:"to_host" csv:"to_host" cut:"yes" doc:"the captured machine's name"`
	ToNetNS    parser.Opt[string] `json:"to_netns" csv:"to_netns" cut:"yes" doc:"its network namespace: its name, or else the kernel's number"`
	ToBundle   parser.Opt[string] `json:"to_bundle" csv:"to_bundle" cut:"yes" doc:"the bundle, as it was named on the command line"`
}

// A MissingPeer is an address that captured machines are connected with, and that none of
// them has.
type MissingPeer struct {
	Address  parser.Opt[netip.Addr] `json:"address" csv:"address" head:"Address" show:"key" doc:"of the machine that is not among the captures"`
	Role     string                 `json:"role" csv:"role" head:"It Is" show:"key" doc:"server if it has the service, client if it uses that of a captured machine"`
	Protocol string                 `json:"protocol" csv:"protocol" head:"Proto" show:"key" doc:"tcp or udp"`
	Port     parser.Opt[uint64]     `json:"service_port" csv:"service_port" head:"Port" show:"key" doc:"the server's port"`
	Service  parser.Opt[string]     `json:"service" csv:"service" head:"Service" show:"1" cut:"yes" doc:"name of that port in the capture of the other end; null with -n"`

	Connections    uint64 `json:"connections" csv:"connections" head:"Conns" show:"key" doc:"with captured machines, in any state"`
	Established    uint64 `json:"established" csv:"established" head:"ESTAB" show:"key" doc:"those that are ESTABLISHED here"`
	Queued         uint64 `json:"queued_bytes" csv:"queued_bytes" head:"Queued" show:"2" unit:"bytes" doc:"sum of Recv-Q and Send-Q here"`
	Retransmitting uint64 `json:"retransmitting" csv:"retransmitting" head:"Retrans" show:"1" doc:"those with a retransmission timeout here that it has not answered"`
	Hosts          Words  `json:"hosts" csv:"hosts" head:"Connected With" show:"1" cut:"yes" doc:"the captured machines, as client and server name them; blanks in a name are written as \\040"`
}

// The kinds of peers.
var (
	TalkKind        = described[Talk]("talk", "who talks to whom, by service, among the captured machines")
	PairKind        = described[Pair]("pair", "connections with one or both ends captured, those with a fault first")
	MissingPeerKind = described[MissingPeer]("missing_peer", "peers whose capture would tell more")
)

// PeerKinds lists them in the order of the output.
func PeerKinds() []*Kind { return []*Kind{TalkKind, PairKind, MissingPeerKind} }

// NamesOf makes a list of names that may hold blanks, which are escaped.
func NamesOf(names []string) Words { return escaped(names) }
