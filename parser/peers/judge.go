package peers

import (
	"fmt"
	"strconv"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/words"
)

// An end is one end of a connection: the machine, and its socket there. Either may be nil:
// a machine that has no such socket, or no machine that is known.
type end struct {
	m *Machine
	s *socket
}

// program names who holds the socket.
func (e end) program() string {
	name := e.m.programs[e.s.program]
	switch {
	case name != "" && e.s.pid > 0:
		return fmt.Sprintf("%s (pid %d) on %s", name, e.s.pid, e.m.Name)
	case name != "":
		return name + " on " + e.m.Name
	case e.s.pid > 0:
		return fmt.Sprintf("process %d on %s", e.s.pid, e.m.Name)
	}
	return "the program on " + e.m.Name
}

// A connection is what is known of both ends.
type connection struct {
	client, server end
	toServer       endpoint // the server's end, as the server has it
	toClient       endpoint // the client's end, as the client has it
	port           uint16   // the server's, as the client has it
	direction      string   // what tells who is the server
	nat            *translation
	judgement
}

func bytes(n uint32) string { return words.Counted(uint64(n), "byte", "bytes") }

func times(n int) string { return words.Counted(uint64(n), "time", "times") }

// sends reports whether a socket may have something to send, be it its end.
func sends(s *socket) bool {
	switch s.state {
	case parser.Established, parser.CloseWait, parser.FinWait1, parser.LastAck, parser.Closing:
		return true
	}
	return false
}

// both judges a connection of which both ends were captured.
func (x *matching) both(c *connection) judgement {
	ways := [2][2]end{{c.client, c.server}, {c.server, c.client}}
	if c.client.s.proto == udp {
		return eachWay(ways, unread)
	}
	if c.client.s.state == parser.SynSent || c.client.s.state == parser.SynRecv || c.server.s.state == parser.SynSent || c.server.s.state == parser.SynRecv {
		return x.opening(c)
	}
	return eachWay(ways, unaccepted, stopped, repeated, unclosed, blocked, slow, unread, meanwhile)
}

// eachWay gives the first judgement that holds in either direction, or that all is well.
func eachWay(ways [2][2]end, rules ...func(here, there end) (judgement, bool)) judgement {
	for _, rule := range rules {
		for _, way := range ways {
			if j, ok := rule(way[0], way[1]); ok {
				return j
			}
		}
	}
	return judgement{}
}

// unaccepted: the program at this end has not accepted the connection. That is nothing
// unless the other one waits for it.
func unaccepted(here, there end) (judgement, bool) {
	if !here.s.unaccepted() || here.s.recvQ == 0 && there.s.sendQ == 0 && here.s.state != parser.CloseWait {
		return judgement{}, false
	}
	n, listens := here.m.waiting(here.s.proto, here.s.local)
	if !listens {
		return judgement{}, false // inode 0 for another reason
	}
	why := fmt.Sprintf("no program on %s has accepted it: it waits at the listener (%s there), with %s unread",
		here.m.Name, words.Counted(uint64(n), "connection", "connections"), bytes(here.s.recvQ))
	return judgement{NotAccepted, why, "why the program that listens on port " + port(here.s.local.port) + " of " + here.m.Name + " does not call accept: it hangs, or is too slow"}, true
}

func port(n uint16) string { return strconv.Itoa(int(n)) }

// queued reports whether there is more to send here, and something unread there.
func queued(here, there end) bool {
	if !sends(here.s) || here.s.sendQ == 0 || there.s.recvQ == 0 {
		return false
	}
	switch there.s.state {
	case parser.Established, parser.FinWait1, parser.FinWait2:
		return true
	}
	return false
}

// stopped: here is more to send, and there it is not read. The sender waits for a window
// to open, or repeats what the full buffer there does not take; with neither, packets are
// on their way, and the reader may only be busy. Captures without timers tell neither.
func stopped(here, there end) (judgement, bool) {
	timers := here.s.flags&knowsTimer != 0
	closed := timers && here.s.timer == parser.TimerProbe
	if !queued(here, there) || timers && !closed && here.s.retransmitted() == 0 {
		return judgement{}, false
	}
	why := fmt.Sprintf("%s does not read: %s there, and %s has %s more to send", there.program(),
		words.Counted(uint64(there.s.recvQ), "byte waits", "bytes wait"), here.m.Name, bytes(here.s.sendQ))
	if closed {
		why += ", which the closed window keeps back"
	}
	return judgement{ReaderStopped, why, "what " + there.program() + " is doing: it hangs, is stopped, or is slower than what it is sent"}, true
}

// slow: the same, but more is on its way.
func slow(here, there end) (judgement, bool) {
	if !queued(here, there) {
		return judgement{}, false
	}
	why := fmt.Sprintf("%s has not read %s, and %s has %s more to send, of which some are on their way", there.program(), bytes(there.s.recvQ), here.m.Name, bytes(here.s.sendQ))
	return judgement{SlowReader, why, "another capture of both: if the queues are still there, " + there.program() + " is too slow"}, true
}

// repeated: what is sent is not acknowledged, though the other end is there.
func repeated(here, there end) (judgement, bool) {
	n := here.s.retransmitted()
	if n == 0 || !sends(here.s) {
		return judgement{}, false
	}
	why := fmt.Sprintf("%s has repeated %s what %s does not acknowledge (%s in Send-Q); the socket is still there, and nothing in it waits to be read",
		here.m.Name, times(n), there.m.Name, bytes(here.s.sendQ))
	return judgement{Path, why, pathNext(here.m, there.m)}, true
}

func pathNext(a, b *Machine) string {
	return fmt.Sprintf("the path between %s and %s: routes, firewalls, MTU, errors of the links; what tcpdump sees at either end", a.Name, b.Name)
}

// unclosed: the other end has closed, and the program at this one has not.
func unclosed(here, there end) (judgement, bool) {
	if here.s.state != parser.CloseWait || there.s.state != parser.FinWait2 {
		return judgement{}, false
	}
	return notClosed(here, there.m.Name+" has closed"), true
}

func notClosed(here end, reason string) judgement {
	why := reason + ", and " + here.program() + " has not (CLOSE_WAIT)"
	if here.s.recvQ > 1 { // the end counts for one
		why += ": it has not even read what came before, " + bytes(here.s.recvQ-1)
	}
	return judgement{NotClosed, why, "where " + here.program() + " forgets to close its sockets"}
}

// blocked: this end may not send, and nobody knows why.
func blocked(here, there end) (judgement, bool) {
	if here.s.flags&knowsTimer == 0 || here.s.timer != parser.TimerProbe || here.s.sendQ == 0 || there.s.recvQ > 0 {
		return judgement{}, false
	}
	why := fmt.Sprintf("%s may not send (%s in Send-Q, window closed), though nothing is unread on %s: it was read meanwhile, or the answer that opens the window was lost",
		here.m.Name, bytes(here.s.sendQ), there.m.Name)
	return judgement{WindowClosed, why, "another capture of both, at the same moment"}, true
}

// unread: what arrived here is not read, and nothing more was sent.
func unread(here, _ end) (judgement, bool) {
	n := here.s.recvQ
	if here.s.proto == tcp && here.s.state != parser.Established && here.s.state != parser.FinWait1 && here.s.state != parser.FinWait2 {
		return judgement{}, false
	}
	if n == 0 {
		return judgement{}, false
	}
	why := fmt.Sprintf("%s has not read %s; nothing is on the way to it", here.program(), bytes(n))
	if here.s.proto == udp {
		why = fmt.Sprintf("%s has not read %s", here.program(), bytes(n))
	}
	return judgement{Unread, why, "another capture of " + here.m.Name + ": if they are still there, the program does not read"}, true
}

// meanwhile tells of ends that are no longer both established.
func meanwhile(here, there end) (judgement, bool) {
	if here.s.state == parser.Established && there.s.state == parser.Established {
		return judgement{}, false
	}
	var why string
	if here.s.state == parser.Established {
		why = fmt.Sprintf("%s at %s, %s at %s: closed while it was captured, or between the captures", here.s.state, here.m.Name, there.s.state, there.m.Name)
	} else if there.s.state == parser.Established {
		return judgement{}, false // the other way says it
	}
	return judgement{Closing, why, ""}, true
}

// opening judges a connection that is not established at both ends yet.
func (x *matching) opening(c *connection) judgement {
	client, server := c.client, c.server
	waiting, listens := server.m.waiting(server.s.proto, server.s.local)
	full := fmt.Sprintf("%s wait at the listener on %s to be accepted: if its queue is full, the kernel drops what would complete others", words.Counted(uint64(waiting), "connection", "connections"), server.m.Name)
	accept := "why the program that listens on port " + port(server.s.local.port) + " of " + server.m.Name + " does not call accept: it hangs, or is too slow"
	repeats := max(client.s.retransmitted(), server.s.retransmitted())
	switch {
	case server.s.state == parser.SynRecv && client.s.state == parser.Established && listens && waiting > 0 && repeats > 0:
		return judgement{NotAccepted, full, accept}
	case repeats == 0:
		return judgement{Verdict: Opening}
	case server.s.state == parser.SynRecv && client.s.state == parser.SynSent:
		return judgement{Path, fmt.Sprintf("the SYN of %s arrives on %s, whose answer does not get back: repeated %s", client.m.Name, server.m.Name, times(repeats)), pathNext(server.m, client.m)}
	case server.s.state == parser.SynRecv:
		return judgement{Path, fmt.Sprintf("%s has answered %s, and got no acknowledgement: repeated %s", server.m.Name, client.m.Name, times(repeats)), pathNext(client.m, server.m)}
	}
	return judgement{
		OneSided, fmt.Sprintf("%s at %s, %s at %s: these states do not fit", client.s.state, client.m.Name, server.s.state, server.m.Name),
		"whether the client uses a port again that the server still has from an earlier connection",
	}
}
