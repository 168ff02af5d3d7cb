package peers

// A Verdict says what the two ends of a connection, or one of them, come to.
type Verdict uint8

// The verdicts, the better ones first.
const (
	OK Verdict = iota
	Closing
	Opening
	Unread
	SlowReader
	WindowClosed
	OneSided
	MaybeHalfOpen
	Ambiguous
	NotAccepted
	NoListener
	NotClosed
	Path
	ReaderStopped
	HalfOpen
	verdicts int = iota
)

// A Grade says how bad a verdict is.
type Grade uint8

// The grades, the better ones first.
const (
	Fine Grade = iota
	Doubt
	Fault
)

func (g Grade) String() string { return [...]string{"fine", "doubt", "fault"}[g] }

// A Description is what is to be known of a verdict.
type Description struct {
	Name  string
	Grade Grade
	Doc   string
}

// descriptions is THE list of verdicts.
var descriptions = [verdicts]Description{
	OK:            {"ok", Fine, "the ends fit, and nothing waits"},
	Closing:       {"closing", Fine, "on the way to the end, as it should be"},
	Opening:       {"opening", Fine, "on the way to be established"},
	Unread:        {"unread", Doubt, "the program at one end has not read what is there; nothing more was sent yet"},
	SlowReader:    {"slow-reader", Doubt, "Send-Q at one end, Recv-Q at the other, but the window is open: the program there may only be busy"},
	WindowClosed:  {"window-closed", Doubt, "one end may not send, though the program at the other has read everything"},
	OneSided:      {"one-sided", Doubt, "the other end is gone, or in a state that does not fit; our kernel will give up"},
	MaybeHalfOpen: {"maybe-half-open", Doubt, "established at one end, not there at the other; it may just have come or gone between the two captures"},
	Ambiguous:     {"ambiguous", Doubt, "several captured machines have the address: which one is meant cannot be told"},
	NotAccepted:   {"not-accepted", Fault, "the server's program does not accept the connection, or not fast enough"},
	NoListener:    {"no-listener", Fault, "nothing at the server has the port, and the client is not told so: a firewall drops the packets"},
	NotClosed:     {"not-closed", Fault, "one end has closed, and the program at the other does not close: CLOSE_WAIT"},
	Path:          {"path", Fault, "packets are repeated that the other end did not get, or its answers do not come back: the network between"},
	ReaderStopped: {"reader-stopped", Fault, "Send-Q at one end, Recv-Q at the other, and nothing more goes through: the program there does not read"},
	HalfOpen:      {"half-open", Fault, "established at one end, and gone at the other, for longer than the time between the captures"},
}

// Verdicts describes all verdicts, the worst first.
func Verdicts() (list []Description) {
	for v := verdicts - 1; v >= 0; v-- {
		list = append(list, descriptions[v])
	}
	return list
}

func (v Verdict) String() string { return descriptions[v].Name }

// Grade is how bad it is.
func (v Verdict) Grade() Grade { return descriptions[v].Grade }

// A judgement is a verdict and the reason for it.
type judgement struct {
	Verdict
	why, next string
}
