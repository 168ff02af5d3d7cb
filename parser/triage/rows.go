package triage

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/coldstat/coldstat/parser"
	"github.com/coldstat/coldstat/parser/rows"
)

// SocketEvidence is an internet socket as netstat -anop shows it, one blank between the
// columns.
func SocketEvidence(s *rows.Socket) Evidence {
	sendQ := s.SendQ
	if s.State == "LISTEN" {
		sendQ = sendQ.Or(parser.Some[uint64](0)) // as netstat has it
	}
	words := []string{s.Protocol, unknown(s.RecvQ.Or(s.AcceptQueue)), unknown(sendQ), endpoint(s.LocalAddress, s.LocalPort), endpoint(s.RemoteAddress, s.RemotePort), s.State}
	if timer, ok := s.Timer.Get(); ok {
		words = append(words, fmt.Sprintf("%s (%s/%s/%s)", timer, seconds(s.TimerMS), orZero(s.Retransmits), orZero(s.Probes)))
	}
	if drops, ok := s.Drops.Get(); ok && drops > 0 {
		words = append(words, fmt.Sprintf("drops %d", drops))
	}
	if inode, ok := s.Inode.Get(); ok {
		words = append(words, fmt.Sprintf("inode %d", inode))
	}
	if h := HolderOf(s.Holder); h != "" {
		words = append(words, h)
	}
	return Evidence{s.File, lineOf(s.Origin), strings.Join(words, " ")}
}

// UnixEvidence is a UNIX socket as netstat -xap shows it.
func UnixEvidence(s *rows.Unix) Evidence {
	words := []string{"unix", unknown(s.RefCount), "[ " + strings.Join(s.FlagNames, " ") + " ]", s.Type, s.State, unknown(s.Inode)}
	if h := HolderOf(s.Holder); h != "" {
		words = append(words, h)
	}
	return Evidence{s.File, lineOf(s.Origin), strings.Join(append(words, s.Path), " ")}
}

// HolderOf is program (pid), as far as both are known, or empty.
func HolderOf(h rows.Holder) string {
	program, _ := h.Program.Get()
	pid, ok := h.PID.Get()
	switch {
	case !ok:
		return program
	case program == "":
		return "process " + strconv.FormatUint(pid, 10)
	}
	return program + " (" + strconv.FormatUint(pid, 10) + ")"
}

// IsTCP reports whether a socket is one of tcp or tcp6.
func IsTCP(s *rows.Socket) bool { return s.Protocol == "tcp" || s.Protocol == "tcp6" }

// Held reports whether a process has the socket: the kernel prints inode 0 for those
// that nobody has. known is false if the row does not tell.
func Held(s *rows.Socket) (held, known bool) {
	inode, known := s.Inode.Get()
	return inode != 0, known
}

// Of gives a number, or 0 if it is not known.
func Of[T uint64 | int64](o parser.Opt[T]) T {
	v, _ := o.Get()
	return v
}

func unknown(n parser.Opt[uint64]) string {
	if v, ok := n.Get(); ok {
		return strconv.FormatUint(v, 10)
	}
	return "-"
}

func orZero[T uint64 | int64](n parser.Opt[T]) string { return fmt.Sprint(Of(n)) }

func seconds(ms parser.Opt[uint64]) string {
	return strconv.FormatFloat(float64(Of(ms))/1000, 'f', 2, 64)
}

// endpoint is address:port, with * for port 0, as netstat -n has it.
func endpoint(a parser.Opt[netip.Addr], port parser.Opt[uint64]) string {
	text := "-"
	if addr, ok := a.Get(); ok {
		text = addr.String()
	}
	switch n, ok := port.Get(); {
	case ok && n > 0:
		return text + ":" + strconv.FormatUint(n, 10)
	case ok:
		return text + ":*"
	}
	return text
}

// A group is rows that have something in common: a program, a port, a peer.
type group[K comparable] struct {
	Key      K
	Count    int
	Evidence []Evidence // the first MaxEvidence
}

// A keyed has a value for each key, up to maxGroups of them. The zero value is empty.
type keyed[K comparable, V any] struct {
	list []*V // in the order in which they were first seen
	by   map[K]*V
	more int // how many rows had no room in any
}

// maxGroups bounds what a hostile table can make us hold.
const maxGroups = 1 << 14

// at gives the value of a key, which is the given one if the key is new. What is given
// back is never nil, but is not kept if there was no room. Texts in the key must outlive
// the row: those of rows do not.
func (k *keyed[K, V]) at(key K, fresh V) (of *V, kept bool) {
	if of, ok := k.by[key]; ok {
		return of, true
	}
	own := fresh // so that only new keys cost memory
	if len(k.list) >= maxGroups {
		k.more++
		return &own, false
	}
	if k.by == nil {
		k.by = map[K]*V{}
	}
	k.by[key] = &own
	k.list = append(k.list, &own)
	return &own, true
}

// groups gathers rows by a key. The zero value is ready to use.
type groups[K comparable] struct{ keyed[K, group[K]] }

// add counts a row, and keeps what proves it if it is one of the first.
func (g *groups[K]) add(key K, evidence func() Evidence) *group[K] {
	of, kept := g.at(key, group[K]{Key: key})
	if !kept {
		return &group[K]{}
	}
	of.Count++
	if len(of.Evidence) < MaxEvidence {
		of.Evidence = append(of.Evidence, evidence())
	}
	return of
}

// socket is add for an internet socket.
func (g *groups[K]) socket(key K, s *rows.Socket) *group[K] {
	return g.add(key, func() Evidence { return SocketEvidence(s) })
}
