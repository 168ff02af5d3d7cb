package parser

// An Opt is a value that a capture may lack. The zero Opt is unknown, which is
// never the same as a zero value.
type Opt[T any] struct {
	value T
	known bool
}

// Some is a known value.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, known: true} }

// Get gives the value, and whether it is known.
func (o Opt[T]) Get() (T, bool) { return o.value, o.known }

// Known reports whether there is a value.
func (o Opt[T]) Known() bool { return o.known }

// Or gives o if it is known, else other.
func (o Opt[T]) Or(other Opt[T]) Opt[T] {
	if o.known {
		return o
	}
	return other
}
