package cli

import (
	"fmt"
	"sync"
	"time"

	"github.com/coldstat/coldstat/parser/words"
)

// A progress line on the terminal shows that a large archive is being read. It
// appears after a second and goes away with what follows.
type progress struct {
	s     Streams
	name  string
	mu    sync.Mutex
	start time.Time
	last  time.Time
	shown bool
	ended bool
}

const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

func startProgress(s Streams, name string) *progress {
	return &progress{s: s, name: name, start: time.Now()}
}

// told is called while the bundle is read.
func (p *progress) told(bytes int64) {
	if !p.s.ErrIsTerminal {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.ended || now.Sub(p.start) < progressAfter || now.Sub(p.last) < progressEvery {
		return
	}
	p.last, p.shown = now, true
	fmt.Fprintf(p.s.Err, "\rcoldstat: reading %s: %d MB", words.Safe(p.name), bytes/1_000_000)
}

// stop wipes the line.
func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	if p.shown {
		fmt.Fprint(p.s.Err, "\r\x1b[K")
	}
}
