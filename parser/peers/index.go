package peers

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
)

// An index finds sockets of all machines by their tuple. Sockets have numbers in the
// order of the machines. It takes some ten bytes a socket, where a map would take sixty.
type index struct {
	machines []*Machine
	bases    []int // the number of each machine's first socket
	heads    []int32
	next     []int32 // the next one with the same head, 1 more than its number; 0 is none
	seed     maphash.Seed
}

func newIndex(machines []*Machine) *index {
	x := &index{machines: machines, seed: maphash.MakeSeed()}
	total := 0
	for _, m := range machines {
		x.bases = append(x.bases, total)
		total += len(m.sockets)
	}
	size := 1
	for size < total {
		size *= 2
	}
	x.heads, x.next = make([]int32, size), make([]int32, total)
	for n := total - 1; n >= 0; n-- { // so that each chain is in order
		head := &x.heads[x.head(x.at(n).s.tuple)]
		x.next[n], *head = *head, int32(n+1)
	}
	return x
}

// head is where the chain of a tuple begins. The seed is another one in each run, so
// that nobody can write a table whose sockets all have the same chain.
func (x *index) head(t tuple) uint64 {
	var b [37]byte
	copy(b[:], t.local.addr[:])
	copy(b[16:], t.remote.addr[:])
	binary.LittleEndian.PutUint16(b[32:], t.local.port)
	binary.LittleEndian.PutUint16(b[34:], t.remote.port)
	b[36] = t.proto
	return maphash.Bytes(x.seed, b[:]) & uint64(len(x.heads)-1)
}

// at gives the socket with a number.
func (x *index) at(n int) end {
	i, found := slices.BinarySearch(x.bases, n)
	if !found {
		i--
	}
	for i+1 < len(x.bases) && x.bases[i+1] <= n { // machines without sockets
		i++
	}
	m := x.machines[i]
	return end{m, &m.sockets[n-x.bases[i]]}
}

// find gives the numbers of the sockets with a tuple, on machines that are wanted.
func (x *index) find(t tuple, wanted func(*Machine) bool) (list []int) {
	for n := x.heads[x.head(t)]; n != 0; n = x.next[n-1] {
		if e := x.at(int(n - 1)); e.s.tuple == t && wanted(e.m) {
			list = append(list, int(n-1))
		}
	}
	return list
}
