package cli

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Streams are what the program reads and writes. Tests put their own in.
type Streams struct {
	In  io.Reader
	Out io.Writer // data only
	Err io.Writer // everything else

	InIsTerminal, ErrIsTerminal bool
}

// System gives the process's own streams.
func System() Streams {
	return Streams{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		InIsTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		ErrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
}
