package cli

import (
	"io"
	"os"
	"runtime"
	"time"

	"golang.org/x/term"
)

// Streams are what the program reads and writes. Tests put their own in.
type Streams struct {
	In  io.Reader
	Out io.Writer // data only
	Err io.Writer // everything else

	InIsTerminal, OutIsTerminal, ErrIsTerminal bool

	Width int  // columns of the terminal that Out is, or 0
	Color bool // Out may have colours

	Now func() time.Time // the clock; nil is the system's

	completing bool // a shell asks for words
}

func (s Streams) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// System gives the process's own streams. Colours are for terminals only, and
// not if NO_COLOR is set (no-color.org).
func System() Streams {
	s := Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InIsTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		ErrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if out := int(os.Stdout.Fd()); term.IsTerminal(out) {
		s.OutIsTerminal = true
		s.Width, _, _ = term.GetSize(out)
		s.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" &&
			// Older consoles of Windows would show the codes themselves.
			(runtime.GOOS != "windows" || os.Getenv("WT_SESSION") != "")
	}
	return s
}
