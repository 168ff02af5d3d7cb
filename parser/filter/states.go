package filter

import (
	"strings"

	"github.com/coldstat/coldstat/parser"
)

func bit(s parser.State) uint16 {
	if !s.Known() {
		return 1
	}
	return 1 << s
}

const (
	allStates    = 1<<(parser.Closing+1) - 1
	noConnection = 1<<parser.Listen | 1<<parser.Close | 1
	buckets      = 1<<parser.SynRecv | 1<<parser.TimeWait
)

// states are ss's words, then those of netstat that are not the same but for a hyphen
// and the size of the letters, then the sets.
var states = []struct {
	word string
	mask uint16
}{
	{"established", 1 << parser.Established},
	{"syn-sent", 1 << parser.SynSent},
	{"syn-recv", 1 << parser.SynRecv},
	{"fin-wait-1", 1 << parser.FinWait1},
	{"fin-wait-2", 1 << parser.FinWait2},
	{"time-wait", 1 << parser.TimeWait},
	{"closed", 1 << parser.Close},
	{"close-wait", 1 << parser.CloseWait},
	{"last-ack", 1 << parser.LastAck},
	{"listening", 1 << parser.Listen},
	{"closing", 1 << parser.Closing},

	{"estab", 1 << parser.Established},
	{"syn-rcv", 1 << parser.SynRecv},
	{"close", 1 << parser.Close},
	{"unconn", 1 << parser.Close},
	{"unconnected", 1 << parser.Close},
	{"listen", 1 << parser.Listen},
	{"connecting", 1 << parser.SynSent},    // UNIX
	{"disconnecting", 1 << parser.Closing}, // UNIX

	{"all", allStates},
	{"connected", allStates &^ noConnection},
	{"synchronized", allStates &^ (noConnection | 1<<parser.SynSent)},
	{"bucket", buckets},
	{"big", allStates &^ (buckets | 1)},
}

// stateWords lists those that errors show.
func stateWords() string {
	var list []string
	for _, s := range states[:11] {
		list = append(list, s.word)
	}
	return strings.Join(list, ", ") + ", all, connected, synchronized, bucket, big, or as netstat prints it"
}

// stateMask translates a word. Hyphens, underscores and the size of letters do not
// matter: FIN_WAIT1 is fin-wait-1.
func stateMask(word string) (uint16, bool) {
	plain := plainState(word)
	for _, s := range states {
		if plainState(s.word) == plain {
			return s.mask, true
		}
	}
	return 0, false
}

func plainState(word string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(word))
}

// unixState gives a UNIX socket the state that ss gives it.
func unixState(s *parser.UnixSocket) uint16 {
	switch {
	case s.State == 1 && s.Flags&parser.UnixAccept != 0:
		return 1 << parser.Listen
	case s.State == 1:
		return 1 << parser.Close
	case s.State == 2:
		return 1 << parser.SynSent
	case s.State == 3:
		return 1 << parser.Established
	case s.State == 4:
		return 1 << parser.Closing
	}
	return 1
}
