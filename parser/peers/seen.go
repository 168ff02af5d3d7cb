package peers

// A relation is a service between two machines.
type relation struct {
	low, high int // their numbers
	service
}

func between(a, b *Machine, proto uint8, port uint16) relation {
	return relation{min(a.number, b.number), max(a.number, b.number), service{proto, port}}
}

// A seen is a set of what was seen somewhere, which stops to grow when it is large.
type seen[K comparable] struct {
	set  map[K]bool
	full bool
}

const maxSeen = 1 << 16

func (s *seen[K]) add(key K) {
	switch {
	case s.set == nil:
		s.set = map[K]bool{key: true}
	case len(s.set) < maxSeen:
		s.set[key] = true
	case !s.set[key]:
		s.full = true
	}
}

// has reports whether something was seen. otherwise is the answer if there was no room to
// remember it.
func (s *seen[K]) has(key K, otherwise bool) bool {
	return s.set[key] || s.full && otherwise
}
