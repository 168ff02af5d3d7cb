package peers

import (
	"fmt"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/words"
)

// single judges a connection of which one end is there, and the machine that has the
// address of the other has no such socket.
func (x *matching) single(c *connection) judgement {
	here, there := c.client, c.server.m
	asThere := tuple{c.toServer, c.toClient, here.protoOf(c)}
	if here.s == nil {
		here, there = c.server, c.client.m
		asThere = tuple{c.toClient, c.toServer, here.protoOf(c)}
	}
	if c.nat != nil { // as NAT makes it
		asThere = c.nat.asThere
	}
	if here.s.proto == udp {
		return x.singleUDP(c, here, there)
	}
	switch here.s.state {
	case parser.Established:
		return x.halfOpen(c, here, there, asThere)
	case parser.SynSent:
		return x.unanswered(c, here, there)
	}
	j := lonely(here, there)
	if lacking := there.lacking[tcp]; j.Verdict == OneSided && lacking != "" {
		j.why += "; but " + lacking
	}
	return j
}

// lonely judges an end that is opening or closing, and has no other end.
func lonely(here end, there *Machine) judgement {
	switch here.s.state {
	case parser.SynRecv:
		if n := here.s.retransmitted(); n > 0 {
			return judgement{OneSided, fmt.Sprintf("%s answers a SYN of %s, which has no such socket: repeated %s", here.m.Name, there.Name, times(n)), "whether somebody forges the address of " + there.Name + ", or its program gave up"}
		}
		return judgement{Verdict: Opening}
	case parser.CloseWait:
		if n, listens := here.m.waiting(here.s.proto, here.s.local); listens && here.s.unaccepted() {
			return judgement{
				NotAccepted, fmt.Sprintf("%s has given up a connection that was never accepted on %s, where %s", there.Name, here.m.Name, words.Counted(uint64(n), "connection waits", "connections wait")),
				"why the program that listens on port " + port(here.s.local.port) + " of " + here.m.Name + " does not call accept: it hangs, or is too slow",
			}
		}
		if there.lacking[tcp] != "" {
			return notClosed(here, "the other end has closed")
		}
		return notClosed(here, "the other end has closed, and is gone on "+there.Name)
	case parser.FinWait1, parser.LastAck, parser.Closing:
		if n := here.s.retransmitted(); n > 0 {
			return judgement{OneSided, fmt.Sprintf("%s repeats its end (%s), and %s has no such socket any more", here.m.Name, times(n), there.Name), pathNext(here.m, there)}
		}
	case parser.FinWait2:
		if held := here.s.flags&(knowsInode|hasInode) == knowsInode|hasInode; held {
			return judgement{OneSided, fmt.Sprintf("%s waits for the end of %s, which has no such socket any more", here.program(), there.Name), "whether " + there.Name + " was restarted, or its program was killed"}
		}
	}
	return judgement{Verdict: Closing}
}

func (e end) protoOf(c *connection) uint8 {
	if e.s != nil {
		return e.s.proto
	}
	return c.server.s.proto
}

// halfOpen judges an established connection that the other machine does not have.
func (x *matching) halfOpen(c *connection, here end, there *Machine, asThere tuple) judgement {
	why := fmt.Sprintf("%s holds an established connection that is not there on %s", here.program(), there.Name)
	if here.s.unaccepted() {
		why = fmt.Sprintf("an established connection waits on %s to be accepted, and is not there on %s", here.m.Name, there.Name)
	}
	next := "whether " + there.Name + " was restarted or its program was killed, and which firewall or NAT between them forgets idle connections; TCP keepalive at " + here.m.Name + " would find such connections"
	if here.s == c.client.s {
		if _, listens := there.waiting(here.s.proto, c.toServer); !listens && there.lacking[tcp] == "" {
			why += ", where nothing listens on port " + port(c.toServer.port) + " any more"
		}
	}
	if up, ok := there.uptime.Get(); ok && up < freshlyStarted {
		why += fmt.Sprintf(", which was started %s before its capture", seconds(up))
	}
	if lacking := there.lacking[tcp]; lacking != "" {
		return judgement{MaybeHalfOpen, why + "; but " + lacking, "a whole capture of " + there.Name}
	}
	if reason := x.hidden(c, here, there); reason != "" {
		return judgement{MaybeHalfOpen, why + "; but NAT may change it on the way: " + reason, hiddenNext}
	}
	certain, reason := x.older(here, there, asThere, c.port)
	if !certain {
		return judgement{MaybeHalfOpen, why + "; " + reason, "captures of both at the same moment, or another one of " + here.m.Name + ": give both of its captures"}
	}
	return judgement{HalfOpen, why + "; " + reason, next}
}

const hiddenNext = "proc/net/nf_conntrack of the machines between them, which root may read"

// hidden says why NAT that no capture tells of may be what hides the other end: that
// machine may hand the connection on, or one between them gives it another address.
func (x *matching) hidden(c *connection, here end, there *Machine) string {
	if there.forwards != "" && here.s.remote.addr.addr().Is4() {
		return there.Name + ": " + there.forwards
	}
	if here.s == c.client.s && c.nat == nil && x.strangers.has(door{c.toServer, here.s.proto}, true) &&
		!x.straight.has(between(here.m, there, here.s.proto, c.port), false) {
		return fmt.Sprintf("%s has connections to port %s from addresses that it cannot be told whose they are", there.Name, port(c.toServer.port))
	}
	return ""
}

// freshlyStarted is for how many seconds the start of a machine is worth a word.
const freshlyStarted = 3600

// unanswered judges a SYN that the other machine knows nothing of.
func (x *matching) unanswered(c *connection, here end, there *Machine) judgement {
	n := here.s.retransmitted()
	if n == 0 {
		return judgement{Verdict: Opening}
	}
	waiting, listens := there.waiting(here.s.proto, c.toServer)
	switch {
	case listens && waiting > 0:
		return judgement{
			NotAccepted, fmt.Sprintf("%s has repeated its SYN %s; on %s %s at the listener to be accepted: if its queue is full, the kernel drops the SYN", here.m.Name, times(n), there.Name, words.Counted(uint64(waiting), "connection waits", "connections wait")),
			"why the program that listens on port " + port(c.toServer.port) + " of " + there.Name + " does not call accept: it hangs, or is too slow",
		}
	case listens:
		return judgement{Path, fmt.Sprintf("%s has repeated its SYN %s; %s listens on port %s, and has not got it, or dropped it", here.m.Name, times(n), there.Name, port(c.toServer.port)), pathNext(here.m, there)}
	case there.lacking[tcp] != "":
		return judgement{OneSided, fmt.Sprintf("%s has repeated its SYN %s; not known whether %s listens on port %s: %s", here.m.Name, times(n), there.Name, port(c.toServer.port), there.lacking[tcp]), "a whole capture of " + there.Name}
	}
	if reason := x.hidden(c, here, there); reason != "" {
		return judgement{OneSided, fmt.Sprintf("%s has repeated its SYN %s; nothing on %s listens on port %s, but NAT may change it on the way: %s", here.m.Name, times(n), there.Name, port(c.toServer.port), reason), hiddenNext}
	}
	return judgement{
		NoListener, fmt.Sprintf("%s has repeated its SYN %s; nothing on %s listens on port %s, and no refusal came back", here.m.Name, times(n), there.Name, port(c.toServer.port)),
		"why the service is not running on " + there.Name + ", and which firewall drops the packets instead of refusing them",
	}
}

// singleUDP: a server has one socket for all its clients.
func (x *matching) singleUDP(c *connection, here end, there *Machine) judgement {
	if j, ok := unread(here, end{}); ok {
		return j
	}
	at := c.toServer
	if here.s == c.server.s {
		at = c.toClient
	}
	if _, bound := there.waiting(udp, at); bound {
		return judgement{}
	}
	if there.lacking[udp] != "" {
		return judgement{OneSided, fmt.Sprintf("not known whether anything on %s has udp port %s: %s", there.Name, port(at.port), there.lacking[udp]), "a whole capture of " + there.Name}
	}
	if here.s == c.server.s {
		return judgement{Closing, "the client's socket is gone", ""}
	}
	if reason := x.hidden(c, here, there); reason != "" {
		return judgement{OneSided, fmt.Sprintf("%s sends to udp port %s of %s, which nothing there has, but NAT may change it on the way: %s", here.program(), port(at.port), there.Name, reason), hiddenNext}
	}
	return judgement{
		NoListener, fmt.Sprintf("%s sends to udp port %s of %s, which nothing there has", here.program(), port(at.port), there.Name),
		"why the service is not running on " + there.Name,
	}
}
