package bundle

import (
	"errors"
	"fmt"
	"slices"
)

// maxNotes bounds how often a hostile archive is commented.
const maxNotes = 20

func (ld *loader) note(format string, args ...any) { add(&ld.notes, format, args) }

// damage also tells, whatever else was told, of each limit that is reached.
func (ld *loader) damage(format string, args ...any) {
	for _, arg := range args {
		err, _ := arg.(error)
		if e, ok := errors.AsType[*limitError](err); ok && !slices.Contains(ld.told, e.limit) {
			ld.told = append(ld.told, e.limit)
			ld.damages = append(ld.damages, fmt.Sprintf(format, args...))
			return
		}
	}
	add(&ld.damages, format, args)
}

// passOver tells of a member without a usable name: of one that is too long as of
// damage, as of each limit.
func (ld *loader) passOver(format string, args ...any) {
	if _, ok := errors.AsType[*longNameError](args[len(args)-1].(error)); ok {
		ld.damage(format, args...)
		return
	}
	ld.note(format, args...)
}

func add(to *[]string, format string, args []any) {
	const further = "further remarks of this kind are left out"
	switch {
	case len(*to) < maxNotes:
		*to = append(*to, fmt.Sprintf(format, args...))
	case !slices.Contains(*to, further):
		*to = append(*to, further)
	}
}
