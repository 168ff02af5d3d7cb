package diff

// Bounded are options with small bounds: of sockets and routes, of what else is held, and
// of rows that are shown.
func Bounded(all bool, sockets, held, rows int) Options {
	return Options{All: all, bounds: bounds{sockets: sockets, routes: sockets, held: held, rows: rows}}
}
