package parser

import "strings"

// An Arena makes strings of small pieces with one allocation for many. The pieces
// stay valid as long as they are used: a strings.Builder never moves what it has
// handed out while its capacity lasts. The zero Arena is empty; a nil one makes each
// string by itself. It is used by one goroutine at a time.
type Arena struct{ b *strings.Builder }

const arenaSize = 32 << 10

// Keep gives a copy of p.
func (a *Arena) Keep(p []byte) string {
	if len(p) == 0 {
		return ""
	}
	if a == nil || len(p) > arenaSize/8 {
		return string(p)
	}
	if a.b == nil || a.b.Cap()-a.b.Len() < len(p) {
		a.b = new(strings.Builder)
		a.b.Grow(arenaSize)
	}
	from := a.b.Len()
	a.b.Write(p)
	return a.b.String()[from:]
}
